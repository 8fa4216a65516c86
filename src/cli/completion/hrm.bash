# shellcheck shell=bash disable=SC2207
# Completion of hrm for bash: 'source <(hrm completion bash)'. The program itself says which words may stand where.

_hrm() {
    local program=${COMP_WORDS[0]} rest=${COMP_LINE:0:COMP_POINT} line word cut answer=() files=()
    local -a words=()
    # bash cuts words at '=' and ':', too: what has no blank between is one word.
    for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        if [[ $rest == [[:blank:]]* || ${#words[@]} -eq 0 ]]; then
            words+=("")
        fi
        rest=${rest#"${rest%%[![:blank:]]*}"}
        words[-1]+=${rest:0:${#word}}
        rest=${rest:${#word}}
    done
    cut=${words[-1]%"$2"} # readline replaces only $2
    [[ $program == "~/"* ]] && program=$HOME/${program:2}
    mapfile -t answer < <("$program" completion words -- "${words[@]:1}" 2>/dev/null)
    COMPREPLY=()
    [[ ${#answer[@]} -gt 0 ]] || return
    for line in "${answer[@]:0:${#answer[@]}-1}"; do
        word=${line%%$'\t'*}
        [[ $word == *= ]] && compopt -o nospace
        word=${word#"$cut"}
        # A name with blanks, or with what the shell would act upon: readline puts it on the line as it is.
        [[ $word == *[!A-Za-z0-9_.,:=/@%+~-]* ]] && printf -v word %q "$word"
        COMPREPLY+=("$word")
    done
    case ${answer[-1]} in
        :files) mapfile -t files < <(compgen -f -- "$2") ;;
        :dirs) mapfile -t files < <(compgen -d -- "$2") ;;
    esac
    if [[ ${#files[@]} -gt 0 ]]; then
        compopt -o filenames
        COMPREPLY+=("${files[@]}")
    fi
}
complete -F _hrm hrm
