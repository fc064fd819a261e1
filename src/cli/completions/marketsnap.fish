# Completions of marketsnap for fish: marketsnap completions fish | source
function __marketsnap_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l found (marketsnap complete fish (count $words) -- $words (commandline --current-token --cut-at-cursor | string trim --left --chars "'\"") 2>/dev/null)
    if test (count $found) -eq 0
        __fish_complete_path (commandline --current-token --cut-at-cursor)
    else
        printf '%s\n' $found
    end
end
complete --command marketsnap --no-files --keep-order --arguments '(__marketsnap_complete)'
