#!/bin/bash
# The command line from outside: help for every command, one sentence and the right exit code for
# everything wrong, and nothing written by a refused command. HRM names the program.
set -u
hrm=${HRM:-$PWD/build/src/cli/hrm}
root=$PWD
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
export HRM_HOME=$root
bad=0

problem() {
    echo "FAILED: $*"
    sed 's/^/    stdout: /' out
    sed 's/^/    stderr: /' err
    bad=$((bad + 1))
}

# expect CODE PATTERN ARG...: hrm ARG... exits with CODE and says PATTERN (stdout for 0, else stderr).
expect() {
    local code=$1 pattern=$2 rc
    shift 2
    "$hrm" "$@" >out 2>err </dev/null
    rc=$?
    [ $rc -eq "$code" ] || problem "hrm $*: exit $rc, expected $code"
    if [ "$code" -eq 0 ]; then
        grep -qE -- "$pattern" out || problem "hrm $*: expected '$pattern' on stdout"
    else
        grep -qE -- "$pattern" err || problem "hrm $*: expected '$pattern' on stderr"
    fi
}

# refuse PATTERN ARG...: bad input: exit 2, one sentence, nothing on stdout, nothing written.
refuse() {
    local pattern=$1 before after
    shift
    before=$(find . ! -name out ! -name err | sort)
    expect 2 "$pattern" "$@"
    after=$(find . ! -name out ! -name err | sort)
    [ "$before" = "$after" ] || problem "hrm $*: wrote something"
    [ -s out ] && problem "hrm $*: printed results"
    [ "$(grep -cv '^Try ' err)" -eq 1 ] || problem "hrm $*: more than one sentence"
}

has() {
    "$hrm" "$1" --help >/dev/null 2>&1
}

expect 0 '^hrm [0-9]+\.[0-9]+\.[0-9]+$' --version
expect 0 '^Commands:' --help
expect 2 '^Usage: hrm' # no command at all
refuse "no command 'reprot'; did you mean 'hrm report'" reprot
refuse "no option '--wat'" --wat
commands=$("$hrm" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
[ -n "$commands" ] || problem "--help lists no commands"
for c in $commands; do
    expect 0 "^Usage: hrm $c" "$c" --help
    expect 0 "^Usage: hrm $c" help "$c"
    expect 0 '^hrm [0-9]' "$c" --version
    grep -q "\*hrm $c\*" "$root/man/hrm.1.scd" || problem "the man page does not know hrm $c"
    refuse "hrm $c: there is no option '--no-such-flag'" "$c" --no-such-flag
    refuse "hrm $c: there is no option '-Z'" "$c" -Z
    "$hrm" "$c" --help 2>err >/dev/full
    [ $? -eq 1 ] && grep -q 'cannot write to standard output' err ||
        problem "hrm $c --help into a full disk"
done

refuse "did you mean '--format'" report --fromat text x
refuse 'there is no run' report no_such_run
refuse "there is no report format 'docx'; available: text" report --format docx x
refuse '--format needs a value|-f needs a value' report x -f
printf 'this is not a database, it is a sentence long enough for a header of one hundred bytes......' >run.db
refuse 'run.db' report run.db

printf 'suite: s\ndomain: code\ntasks:\n- {id: a, prompt: p, orcale: {stdin: ""}}\n' >key.yaml
if has validate; then
    refuse "key.yaml:4: .*orcale" validate key.yaml
    printf 'tasks:\n- {id: a, prompt: p, oracle: {stdin: "1", expect_substr: "1"}}\n- {id: a, prompt: p, oracle: {stdin: "1", expect_substr: "1"}}\n' >twice.yaml
    refuse "twice.yaml:3: .*a" validate twice.yaml
    refuse 'no_such.yaml' validate no_such.yaml
fi
if has run; then
    exp=exp1_decomp_vs_flat
    refuse "did you mean '--max.iters'" run $exp --max_itres 3
    refuse 'no_such_experiment' run no_such_experiment
    refuse 'no_such.yaml' run $exp --suite no_such.yaml
    refuse 'max.iters' run $exp --max_iters none
    refuse 'no_such_arm' run $exp --arms no_such_arm
    refuse 'no_such_backend' run $exp --model_backend no_such_backend
    refuse 'key.yaml:4' run $exp --suite key.yaml
    refuse 'out/x' run $exp --outdir out/x # out is a file
    head -c 2000 "$root"/eval/models/hrm-tiny-code.gguf >cut.gguf
    refuse 'cut.gguf' run $exp --model_name cut.gguf
fi
if has list; then
    expect 0 exp1_decomp_vs_flat list
    "$hrm" list 2>err >/dev/full
    [ $? -eq 1 ] || problem "hrm list into a full disk must not exit 0"
    "$hrm" list 2>err | true
    [ -s err ] && problem "hrm list | true must be quiet"
fi

# Installed: the program in PREFIX/bin finds its data in PREFIX/share/hrm.
mkdir -p prefix/bin prefix/share
cp "$hrm" prefix/bin/hrm
ln -s "$root" prefix/share/hrm
unset HRM_HOME
hrm=./prefix/bin/hrm
expect 0 'prefix/share/hrm/eval/suites/coding_suite.yaml' list
refuse 'nowhere/g.yaml: cannot write' gen code --n 1 -o nowhere/g.yaml

[ $bad -eq 0 ] && echo "command line: all as expected"
[ $bad -eq 0 ]
