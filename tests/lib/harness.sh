# shellcheck shell=bash disable=SC2034 # the variables are for the tests that source this one
# Sourced by the shell tests: the program under test ($HRM), a directory of their own to run in, and counting.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
hrm=$(realpath "${HRM:-$root/build/src/cli/hrm}")
model=$(realpath "${MODEL:-$root/eval/models/hrm-tiny-code.gguf}")
export HRM_HOME=$root
exp=exp1_decomp_vs_flat
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
touch out err

# check SENTENCE COMMAND...: the sentence is true if the command succeeds.
check() {
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        return 0
    fi
    failed=$((failed + 1))
    echo "FAILED: $what"
    tail -n 5 err | sed 's/^/    stderr: /'
}

# code N COMMAND...: exits with N; its output is in out and err.
code() {
    local want=$1 rc
    shift
    "$@" >out 2>err </dev/null
    rc=$?
    [ $rc -eq "$want" ] || echo "exit $rc, expected $want" >>err
    [ $rc -eq "$want" ]
}

# prints PATTERN: on stdout. says PATTERN: on stderr.
prints() {
    grep -qE -- "$1" out
}

says() {
    grep -qE -- "$1" err
}

# Every file there is but those of `code`.
listing() {
    find . ! -name out ! -name err | sort
}

# refuse PATTERN ARG...: hrm ARG... is bad input: exit 2, one sentence, nothing on stdout, nothing written.
refuse() {
    local pattern=$1 before
    shift
    before=$(listing)
    check "hrm $*: exit 2" code 2 "$hrm" "$@"
    check "hrm $*: says '$pattern'" says "$pattern"
    check "hrm $*: one sentence" [ "$(grep -cv '^Try ' err)" -eq 1 ]
    check "hrm $*: prints no results" [ ! -s out ]
    check "hrm $*: writes nothing" [ "$before" = "$(listing)" ]
}

# Prints everything of a record that does not depend on the clock.
contents() {
    "$hrm" export "$1" --format jsonl | python3 -c '
import json, sys
timed = ("seconds", "_s")
def still(x):
    if isinstance(x, dict):
        if x.get("curve"):  # tokens:calls:runs:SECONDS:passed;...
            points = (p.split(":") for p in x["curve"].split(";"))
            x["curve"] = [p[:3] + p[4:] for p in points]
        return {k: still(v) for k, v in x.items() if not k.endswith(timed)}
    return [still(v) for v in x] if isinstance(x, list) else x
for line in sys.stdin:
    print(json.dumps(still(json.loads(line))))'
}

# Prints the answered calls of a record with their times, which would differ if a call were sent again.
finished_calls() {
    python3 - "$1" <<'PY'
import sqlite3, sys
db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
for row in db.execute('SELECT task, arm, sample, role, "index", request_hash, queue_s, total_s'
                      ' FROM calls c JOIN results r ON r.id = c.episode ORDER BY 1, 2, 3, 4, 5'):
    print(*row, sep="\t")
PY
}

# The last line, and the exit status, of a test.
finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}

skip() { # skip SENTENCE
    echo "skipped: $1"
    finish
}
