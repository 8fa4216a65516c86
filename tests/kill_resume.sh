#!/bin/bash
# A run killed with -9 or stopped with Ctrl-C at random moments, and continued by the same command each time,
# ends with the very record of a run nobody disturbed; and no call that was finished before is asked again.
#
# usage: tests/kill_resume.sh [BUILD_DIR [MODEL.gguf [KILLS]]]    (without BUILD_DIR: $HRM is the program)
set -u
cd "$(dirname "$0")/.." || exit 1
hrm=${1:+$1/src/cli/hrm}
hrm=${hrm:-$HRM}
model=${2:-eval/models/hrm-tiny-code.gguf}
kills=${3:-12}
if [ ! -f "$model" ]; then
    echo "kill_resume: skipped: there is no $model yet"
    echo "0 passed, 0 failed"
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
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
    fi
}

command=("$hrm" run exp1_decomp_vs_flat --model_name "$model" --limit 20 --samples 3
    --max_connections 4)

play() { # play OUTDIR: one attempt at the run
    "${command[@]}" --outdir "$1" >"$work/out" 2>"$work/err"
}

# Prints the calls of a record that are finished, each with its times: asked again, it would have others.
finished_calls() {
    python3 - "$1" <<'PY'
import sqlite3, sys
db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
for row in db.execute('SELECT task, arm, sample, role, "index", request_hash, queue_s, total_s'
                      ' FROM calls c JOIN results r ON r.id = c.episode ORDER BY 1, 2, 3, 4, 5'):
    print(*row, sep="\t")
PY
}

# Prints everything of a record that does not depend on the clock.
contents() {
    "$hrm" export "$1" --format jsonl | python3 -c '
import json, sys
timed = ("seconds", "_s")
def still(x):
    if isinstance(x, dict):
        return {k: still(v) for k, v in x.items() if not k.endswith(timed)}
    return [still(v) for v in x] if isinstance(x, list) else x
for line in sys.stdin:
    print(json.dumps(still(json.loads(line))))'
}

start=$(date +%s%3N)
check "the undisturbed run completes" play "$work/whole"
took=$(($(date +%s%3N) - start))

landed=0
: >"$work/before"
for i in $(seq "$kills"); do
    # In a process group of its own, so that Ctrl-C reaches the jails too, as it does from a terminal.
    setsid "${command[@]}" --outdir "$work/killed" >"$work/out" 2>"$work/err" &
    pid=$!
    wait=$((100 + (RANDOM * 32768 + RANDOM) % (took / 3)))
    sleep "$((wait / 1000)).$(printf '%03d' $((wait % 1000)))"
    if [ $((i % 3)) -eq 0 ]; then
        signal=INT
        kill -INT -- -$pid 2>/dev/null
    else
        signal=KILL
        kill -KILL $pid 2>/dev/null
    fi
    wait $pid 2>/dev/null
    code=$?
    [ $code -ne 0 ] && landed=$((landed + 1))
    if [ $signal = INT ] && [ $code -ne 0 ]; then
        check "a stopped run exits with 130, not $code" [ $code -eq 130 ]
        check "and says how to continue" grep -q 'the same command continues' "$work/err"
    fi
    db=$(echo "$work"/killed/*/latest/run.db)
    [ -f "$db" ] && finished_calls "$db" >>"$work/before"
done
check "at least one landed" [ "$landed" -gt 0 ]
check "the killed run completes" play "$work/killed"

killed=$(echo "$work"/killed/*/latest)
whole=$(echo "$work"/whole/*/latest)
finished_calls "$killed/run.db" | sort -u >"$work/after"
check "no finished call was lost or asked again" \
    test -z "$(sort -u "$work/before" | comm -23 - "$work/after")"
contents "$whole" >"$work/whole.jsonl"
contents "$killed" >"$work/killed.jsonl"
check "the record is that of the undisturbed run" cmp "$work/whole.jsonl" "$work/killed.jsonl"
check "the record is not empty" [ -s "$work/whole.jsonl" ]
again=$(stat -c %s "$killed/run.db")
check "a finished run has nothing left to do" play "$work/killed"
check "and asks nothing" [ "$again" = "$(stat -c %s "$killed/run.db")" ]

echo "kill_resume: $landed kills and stops, $(sort -u "$work/before" | wc -l) of $(wc -l <"$work/after") calls" \
    "were finished before one, $(wc -l <"$work/whole.jsonl") episodes"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
