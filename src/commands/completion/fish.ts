/** For fish, which quotes what it inserts itself. */
export const fishScript = `# gitlab-trigger completion fish: load it with  gitlab-trigger completion fish | source
function __gitlab_trigger
  set -l words (commandline -opc) (commandline -ct)
  for line in (gitlab-trigger __complete -- $words[2..-1] 2>/dev/null)
    switch $line
      case ':files'
        __fish_complete_path (commandline -ct | string replace -r '^--[^=]*=' '')
      case ':folders'
        __fish_complete_directories (commandline -ct | string replace -r '^--[^=]*=' '') ''
      case '*'
        echo $line
    end
  end
end
complete -c gitlab-trigger -f -a '(__gitlab_trigger)'
`
