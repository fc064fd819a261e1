#compdef marketsnap
# Completions of marketsnap for zsh: source <(marketsnap completions zsh), after compinit
_marketsnap() {
    local value help
    local -a shown open
    # Quotes are the shell's.
    local -a typed=("${(@Q)words[1,CURRENT]}")
    typed[CURRENT]="${typed[CURRENT]#[\'\"]}"
    while IFS=$'\t' read -r value help; do
        value="${${value//\\/\\\\}//:/\\:}"
        if [[ "$value" == *[.=:] ]]; then
            open+=("$value${help:+:$help}")
        else
            shown+=("$value${help:+:$help}")
        fi
    done < <(marketsnap complete zsh "$((CURRENT - 1))" -- "${typed[@]}" 2>/dev/null)
    if (( ! ${#shown} && ! ${#open} )); then
        _files
        return
    fi
    # What goes on after a dot or an equals sign gets no blank.
    (( ${#open} )) && _describe -V 'values' open -S ''
    (( ${#shown} )) && _describe -V 'values' shown
}
if [[ "${funcstack[1]}" == _marketsnap ]]; then
    _marketsnap "$@"
else
    compdef _marketsnap marketsnap
fi
