#!/bin/bash
# The command line from outside: help for every command, one sentence and the right exit code for every error, and
# nothing written by a refused command. HRM names the program.
set -u
. "$(dirname "$0")/lib/harness.sh"

# expect PATTERN ARG...: hrm ARG... succeeds and prints it.
expect() {
    local pattern=$1
    shift
    check "hrm $*: exit 0" code 0 "$hrm" "$@"
    check "hrm $*: prints '$pattern'" prints "$pattern"
}

# full_disk ARG...: output that cannot be written is an error with a message.
full_disk() {
    "$hrm" "$@" 2>err >/dev/full
    check "hrm $* into a full disk: exit 1" [ $? -eq 1 ]
    check "hrm $* into a full disk: says so" says 'cannot write to standard output'
}

expect '^hrm [0-9]+\.[0-9]+\.[0-9]+\+([0-9a-f]{12}(\.dirty)?|nogit)$' --version
expect '^Commands:' --help
check "no command at all: exit 2" code 2 "$hrm"
check "no command at all: usage" says '^Usage: hrm'
refuse "no command 'reprot'; did you mean 'hrm report'" reprot
refuse "no option '--wat'" --wat
commands=$("$hrm" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
check "--help lists commands" [ -n "$commands" ]
for c in $commands; do
    expect "^Usage: hrm $c" "$c" --help
    expect "^Usage: hrm $c" help "$c"
    expect '^hrm [0-9]' "$c" --version
    check "the man page knows hrm $c" grep -q "\*hrm $c\*" "$root/man/hrm.1.scd"
    refuse "hrm $c: there is no option '--no-such-flag'" "$c" --no-such-flag
    refuse "hrm $c: there is no option '-Z'" "$c" -Z
    full_disk "$c" --help
done

: >empty.jsonl
printf 'suite: named\ndomain: code\ntasks:\n- {id: cases, prompt: p, oracle: {stdin: "1", expect_substr: "1"}}\n' >named.yaml
refuse "did you mean '--format'" report --fromat text x
refuse "there is no run 'latest', nor any other in runs/; 'hrm run EXPERIMENT' plays one" report latest
mkdir -p runs/played/latest
touch runs/played/latest/run.db
refuse "there is no run 'no_such_run': .*; 'hrm list runs' shows those there are" report no_such_run
rm -r runs
refuse "there is no run 'no/run': expected a run.db or a run's directory$" report no/run
refuse "no experiment 'exp1_decomp_vs_falt'; did you mean 'exp1_decomp_vs_flat'" run exp1_decomp_vs_falt
refuse "'hrm list' shows them" run nothing_like_it
refuse "there is no prompt profile 'chta'; did you mean 'chat'" run exp1 --prompts chta
refuse "there is no task 'case'.*; did you mean 'cases'" run exp1 --suite named.yaml --task case
refuse "there is no list of 'rusn'; did you mean 'runs'" list rusn
refuse "no suite of that name; did you mean 'curriculum'" grade --suite curiculum empty.jsonl
refuse "no suite of that name; did you mean 'curriculum'" gen curriculum --against curiculum
refuse "no suite of that name; did you mean 'math_suite'" calibrate --model_backend ollama --suite mathsuite
expect '^Suites' list suites
check "hrm list suites: and nothing else" sh -c "! grep -q exp1 out"
expect '^Experiments' list experiments
check "hrm list experiments: and nothing else" sh -c "! grep -q math_suite out"
check "hrm grade --suite NAME" code 0 "$hrm" grade --suite coding_suite empty.jsonl
refuse "there is no report format 'docx'; available: text" report --format docx x
refuse '--format needs a value|-f needs a value' report x -f
printf 'this is not a database, it is a sentence long enough for a header of one hundred bytes......' >run.db
refuse 'run.db' report run.db

printf 'suite: s\ndomain: code\ntasks:\n- {id: a, prompt: p, orcale: {stdin: ""}}\n' >key.yaml
refuse 'key.yaml:4: .*orcale' validate key.yaml
task='- {id: a, prompt: p, oracle: {stdin: "1", expect_substr: "1"}}'
printf 'tasks:\n%s\n%s\n' "$task" "$task" >twice.yaml
refuse "twice.yaml:3: .*'a'" validate twice.yaml
refuse 'no_such.yaml' validate no_such.yaml
refuse 'nowhere/g.yaml: cannot write' gen code --n 1 -o nowhere/g.yaml

mkdir empty
refuse 'empty: the directory has no experiment.yaml' run empty
refuse 'empty: Is a directory' exec empty
for seconds in -1 0 1e300 '"5"'; do
    printf '{"id":1,"code":"1","timeout_s":%s}\n{"id":2,"code":"print(6 * 7)"}\n' "$seconds" >row.jsonl
    check "a bad row ($seconds): exit 2" code 2 "$hrm" exec row.jsonl
    check "a bad row ($seconds) is named" says 'row.jsonl:1: "timeout_s": expected a positive number'
    check "a bad row ($seconds) is answered alone" grep -q '"id":1,"status":null,"bad_row":"row.jsonl:1: ' out
    check "the row behind a bad one ($seconds) is run" grep -q '"id":2,"status":"ok","stdout":"42' out
done
echo '{"id":1,"code":"print(42)"}' >row.jsonl
expect '"stdout":"42' exec row.jsonl
full_disk exec row.jsonl
check "hrm exec into a full disk: one sentence" [ "$(wc -l <err)" -eq 1 ]

# What could have been meant otherwise is said.
printf '%s\n' '{"id":1,"raw":"The answer is 7. No: the answer is 42."}' '{"id":2,"raw":"The answer is 42."}' >replies.jsonl
expect '"id":1,"extracted":"42","ambiguous":"the reply states 7 and 42; the last is taken"' extract answer replies.jsonl
expect '^{"id":2,"extracted":"42"}$' extract answer replies.jsonl

# A task's own memory limit holds, unless a flag says otherwise.
printf 'tasks:\n- {id: a, prompt: p, memory_mb: 50, oracle: {stdin: "1", expect_substr: "1"}}\n' >narrow.yaml
printf '%s\n' '{"id":"a","program":"held = b\"x\" * (100 << 20)\nprint(1)"}' >held.jsonl
expect '"verdict":"memory"' grade --suite narrow.yaml held.jsonl
expect '"verdict":"pass"' grade --suite narrow.yaml --memory-mb 300 held.jsonl

expect $exp list
full_disk list
"$hrm" list 2>err | true
check "hrm list | true is quiet" [ ! -s err ]

# Installed: the program in PREFIX/bin finds its data in PREFIX/share/hrm.
mkdir -p prefix/bin prefix/share
cp "$hrm" prefix/bin/hrm
ln -s "$root" prefix/share/hrm
unset HRM_HOME
hrm=./prefix/bin/hrm
expect 'prefix/share/hrm/eval/suites/coding_suite.yaml' list
finish
