#compdef hrm
# Completion of hrm for zsh: 'source <(hrm completion zsh)' behind compinit, or this file as _hrm in a directory of
# $fpath. The program itself says which words may stand where.

_hrm() {
    local line word meaning place
    local -a answer plain joined before
    (( CURRENT > 2 )) && before=("${(@Q)words[2,CURRENT-1]}")
    answer=("${(@f)$(${(Q)~words[1]} completion words -- "${before[@]}" "${(Q)PREFIX}" 2>/dev/null)}")
    place=$answer[-1]
    for line in "${(@)answer[1,-2]}"; do
        word=${line%%$'\t'*}
        meaning=${line#*$'\t'}
        if [[ $word == *= ]]; then
            joined+=("${word//:/\\:}${meaning:+:$meaning}")
        else
            plain+=("${word//:/\\:}${meaning:+:$meaning}")
        fi
    done
    (( $#plain )) && _describe -V hrm plain
    (( $#joined )) && _describe -V hrm joined -S ''
    [[ $place == :* && $PREFIX == --*=* ]] && compset -P '*='
    case $place in
        :files) _files ;;
        :dirs) _files -/ ;;
    esac
}

if [[ $funcstack[1] == _hrm ]]; then
    _hrm "$@"
else
    compdef _hrm hrm
fi
