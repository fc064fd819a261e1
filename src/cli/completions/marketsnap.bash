# Completions of marketsnap for bash: source <(marketsnap completions bash)
_marketsnap() {
    local IFS=$'\n' words=("${COMP_WORDS[0]}") at=0 i word head='' reply
    # bash splits at = and :, which stand inside our words.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word == [=:]* && ${words[at]} == -* ]] || [[ $word == :* && $at -gt 0 ]] ||
            [[ ${words[at]} == -*= || ${words[at]} == *: ]]; then
            head=${words[at]}
            [[ $word == [=:]* ]] && head+=${word:0:1}
            words[at]+=$word
        else
            at=$((at + 1))
            head=''
            words[at]=$word
        fi
    done
    # An open quote is the shell's.
    [[ ${words[at]} == [\'\"]* ]] && words[at]=${words[at]:1}
    COMPREPLY=()
    while read -r reply; do
        reply=${reply#"$head"}
        [[ -n $reply ]] && COMPREPLY+=("$reply")
    done < <(marketsnap complete bash "$at" -- "${words[@]}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[.=:] ]]; then
        compopt -o nospace 2>/dev/null
    fi
    return 0
}
complete -o default -F _marketsnap marketsnap
