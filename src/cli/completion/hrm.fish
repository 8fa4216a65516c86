# Completion of hrm for fish: 'hrm completion fish | source'. The program itself says which words may stand where.

function __fish_hrm_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l answer ($words[1] completion words -- $words[2..-1] "$typed" 2>/dev/null)
    test (count $answer) -gt 0; or return
    string match -v ':*' -- $answer
    set -l head (string match -r -- '^--[^=]*=' $typed)
    set -l rest (string replace -r -- '^--[^=]*=' '' $typed)
    switch $answer[-1]
        case :files
            string replace -r -- '^' "$head" (__fish_complete_path $rest)
        case :dirs
            string replace -r -- '^' "$head" (__fish_complete_directories $rest '')
    end
end

complete -c hrm -f -a '(__fish_hrm_complete)'
