/** For zsh, with its completion system. It quotes what it inserts itself. */
export const zshScript = `#compdef gitlab-trigger
# gitlab-trigger completion zsh: load it with  source <(gitlab-trigger completion zsh)
_gitlab_trigger() {
  local line word paths
  local -a candidates shown
  while IFS= read -r line; do
    case $line in
      :files) paths=files ;;
      :folders) paths=folders ;;
      *)
        word=\${line%%$'\\t'*}
        candidates+=("$word")
        if [[ -n \${line#*$'\\t'} ]]; then shown+=("$word -- \${line#*$'\\t'}"); else shown+=("$word"); fi
        ;;
    esac
  done < <(gitlab-trigger __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#candidates} )) && compadd -l -d shown -a candidates
  if [[ $paths == files ]]; then
    compset -P '*='
    _files
  elif [[ $paths == folders ]]; then
    compset -P '*='
    _files -/
  fi
}
if (( ! $+functions[compdef] )); then autoload -Uz compinit && compinit; fi
compdef _gitlab_trigger gitlab-trigger
`
