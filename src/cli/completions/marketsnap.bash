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
    # An open quote is the shell's, and after a closed one there is nothing to complete.
    word=${words[at]}
    local quote=''
    if [[ $word == [\'\"]* ]]; then
        quote=${word:0:1}
        words[at]=${word:1}
        if [[ ${words[at]} == *"$quote" ]]; then
            compopt +o default 2>/dev/null
            COMPREPLY=()
            return 0
        fi
    fi
    COMPREPLY=()
    while :; do
        local found=()
        while read -r reply; do
            reply=${reply#"$head"}
            [[ -n $reply ]] && found+=("$reply")
        done < <(marketsnap complete bash "$at" -- "${words[@]}" 2>/dev/null)
        [[ ${#found[@]} -gt 0 ]] && COMPREPLY=("${found[@]}")
        # bash closes the quote of a word that is the only one: what goes on is shown with what follows it.
        [[ -n $quote && ${#found[@]} -eq 1 && ${found[0]} == *[.=:] && ${found[0]} != "${words[at]}" ]] || break
        words[at]=${found[0]}
    done
    if [[ ${#COMPREPLY[@]} -eq 1 ]]; then
        if [[ -n $quote && ${words[1]} == check ]]; then
            # A condition goes on behind its field.
            COMPREPLY+=("${COMPREPLY[0]} ")
        elif [[ ${COMPREPLY[0]} == *[.=:] ]]; then
            compopt -o nospace 2>/dev/null
        fi
    fi
    return 0
}
complete -o default -F _marketsnap marketsnap
