/**
 * For bash 3.2 and later. Bash splits words at `=` and `:`; the program gets them whole, and of its answers what bash has already is cut off. Words are
 * quoted, since a branch may be called `$(reboot)`: that is why `compgen -W`, which expands them, has no part in it.
 */
export const bashScript = `# gitlab-trigger completion bash: load it with  source <(gitlab-trigger completion bash)
_gitlab_trigger() {
  local i word glue=0 words=() cur cut line candidate
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ \${#words[@]} -gt 0 && ( $word == [=:]* || $glue == 1 ) ]]; then
      words[\${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    [[ $word == *[=:] ]] && glue=1 || glue=0
  done
  cur=\${words[\${#words[@]}-1]-}
  cut=\${cur%"\${cur##*[=:]}"}
  [[ $COMP_WORDBREAKS == *=* ]] || cut=
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) compopt -o default 2>/dev/null ;;
      :folders) compopt -o dirnames 2>/dev/null ;;
      *)
        candidate=\${line%%$'\\t'*}
        candidate=\${candidate#"$cut"}
        [[ $candidate == *[!A-Za-z0-9_./:=@%+,-]* ]] && printf -v candidate %q "$candidate"
        COMPREPLY+=("$candidate")
        ;;
    esac
  done < <(gitlab-trigger __complete -- "\${words[@]}" 2>/dev/null)
}
complete -F _gitlab_trigger gitlab-trigger
`
