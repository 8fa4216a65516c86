#!/bin/bash
# A run killed with -9 or stopped with Ctrl-C at random moments, and continued by the same command each time,
# ends with the same record as an undisturbed run, and no answered call is sent again.
#
# usage: HRM=PROGRAM [MODEL=GGUF] tests/kill_resume.sh [KILLS]
set -u
# Under nohup no shell may set SIGHUP back, and the lost terminal below would not be one.
[ -n "${HRM_HUP_RESET-}" ] || HRM_HUP_RESET=1 exec env --default-signal=HUP "$0" "$@"
kills=${1:-12}
. "$(dirname "$0")/lib/harness.sh"
[ -f "$model" ] || skip "there is no $model yet"

command=("$hrm" run "$exp" --model_name "$model" --limit 20 --samples 3
    --max_connections 4)

play() { # play OUTDIR: one attempt at the run
    "${command[@]}" --outdir "$1" >out 2>err
}

start=$(date +%s%3N)
check "the undisturbed run completes" play whole
took=$(($(date +%s%3N) - start))

landed=0
: >before
for i in $(seq "$kills"); do
    # In a process group of its own, so that Ctrl-C reaches the jails too, as it does from a terminal.
    setsid "${command[@]}" --outdir killed >out 2>err &
    pid=$!
    wait=$((100 + (RANDOM * 32768 + RANDOM) % (took / 3)))
    sleep "$((wait / 1000)).$(printf '%03d' $((wait % 1000)))"
    if [ $((i % 3)) -eq 0 ]; then
        signal=INT
        kill -INT -- -$pid 2>/dev/null
        kill -INT $pid 2>/dev/null # timeout(1) too reaches a process twice
    else
        signal=KILL
        kill -KILL $pid 2>/dev/null
    fi
    wait $pid 2>/dev/null
    code=$?
    [ $code -ne 0 ] && landed=$((landed + 1))
    if [ $signal = INT ] && [ $code -ne 0 ]; then
        check "a stopped run exits with 130, not $code" [ $code -eq 130 ]
        check "and says how to continue" grep -Eq 'the same command (continues|starts it)' err
    fi
    db=$(echo killed/*/latest/run.db)
    [ -f "$db" ] && finished_calls "$db" >>before
done
check "at least one landed" [ "$landed" -gt 0 ]
check "the killed run completes" play killed

killed=$(echo killed/*/latest)
whole=$(echo whole/*/latest)
finished_calls "$killed/run.db" | sort -u >after
check "no finished call was lost or asked again" \
    test -z "$(sort -u before | comm -23 - after)"
contents "$whole" >whole.jsonl
contents "$killed" >killed.jsonl
check "the record is that of the undisturbed run" cmp whole.jsonl killed.jsonl
check "the record is not empty" [ -s whole.jsonl ]

# ---- a lost terminal ----
hang_up() { # hang_up OUTDIR: SIGHUP for all of them once an episode is finished; $code is the exit status
    setsid "${command[@]}" --outdir "$1" >out 2>err &
    local pid=$! db=
    until db=$(echo "$1"/*/latest/run.db) && [ -f "$db" ] && [ -n "$(finished_calls "$db" 2>/dev/null)" ]; do sleep 0.05; done
    kill -HUP -- -$pid 2>/dev/null
    wait $pid 2>/dev/null
    code=$?
}
hang_up lost
check "a lost terminal: exit 130, not $code" [ "$code" -eq 130 ]
check "and it is said" says 'interrupted; the same command continues'
check "the manifest says interrupted" grep -q '"status": "interrupted"' lost/*/latest/manifest.json
check "the same command continues" play lost
contents "$(echo lost/*/latest)" >lost.jsonl
check "to the record of the undisturbed run" cmp whole.jsonl lost.jsonl
trap '' HUP # as nohup does
hang_up nohup
trap - HUP
check "under nohup it goes on: exit 0, not $code" [ "$code" -eq 0 ]
for signal in INT TERM HUP; do
    rm -f fifo graded
    mkfifo fifo
    setsid "$hrm" exec fifo >graded 2>err &
    pid=$!
    exec 9>fifo
    echo '{"id":1,"code":"print(1)"}' >&9
    sleep 1
    kill -$signal $pid
    wait $pid
    code=$?
    exec 9>&-
    check "exec, SIG$signal: exit 130, not $code" [ $code -eq 130 ]
    check "exec, SIG$signal: the row that was finished is written" grep -q '"id":1,' graded
done

again=$(stat -c %s "$killed/run.db")
check "a finished run has nothing left to do" play killed
check "and asks nothing" [ "$again" = "$(stat -c %s "$killed/run.db")" ]

echo "kill_resume: $landed kills and stops, $(sort -u before | wc -l) of $(wc -l <after) calls" \
    "were finished before one, $(wc -l <whole.jsonl) episodes"
finish
