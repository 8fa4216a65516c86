#!/bin/bash
# Open files and memory of a run: where the limit (ulimit -n) does not suffice, connections are fewer, and one sentence says
# so; where not even one fits, nothing is started. With many connections both stay under their bounds; CONNECTIONS says how many.
set -u
. "$(dirname "$0")/server/lib.sh"
exp=exp1_decomp_vs_flat
connections=${CONNECTIONS:-200}
rounds=$((connections / 50)) # of 60 episodes each

play() { # play OUTDIR ARG...
    local out=$1
    shift
    OLLAMA_BASE_URL=$url "$hrm" run "$exp" --suite "$suite" --model_backend ollama --model_name "$ollama_model" \
        --outdir "$out" "$@" >out 2>err </dev/null
}

done_of() { # done_of OUTDIR
    sqlite3 "$1/$exp/latest/run.db" 'SELECT count(*) FROM results WHERE status = 1'
}

limited() { # limited N COMMAND...: with at most N open files
    (
        ulimit -n "$1"
        shift
        "$@"
    )
}

start_server --suite "$suite" --slots 64 --latency 20
for n in 40 24; do
    check "64 open files, $n connections: the run completes" limited 64 play few-$n --limit 10 --samples 2 --max_connections $n
    check "every episode is done" [ "$(done_of few-$n)" -eq 40 ]
    check "one sentence says that connections are fewer" \
        [ "$(grep -cE "^hrm: [0-9]+ connections instead of $n: no more than 64 files may be open" err)" -eq 1 ]
done
limited 40 play none --limit 2
check "40 open files: exit 3" [ $? -eq 3 ]
check "says what is needed" says 'a run needs [0-9]+ open files, and no more than 40 are allowed; raise the limit \(ulimit -n\)'
check "nothing is written" [ ! -e none ]
soft() { # a soft limit is raised
    (
        ulimit -Sn 64
        play soft --limit 10 --samples 1 --max_connections 40
    )
}
check "a soft limit of 64" soft
check "is raised without a word" eval '! says "files may be open"'
start_server --suite "$suite" --slots 64 --latency 20 --dialect llama-server
export OPENAI_API_BASE=$url/v1
check "as many as the server has are too many" limited 64 play few --limit 10 --samples 1 --model_backend openai
unset OPENAI_API_BASE
check "said in one sentence" [ "$(grep -cE '^hrm: [0-9]+ connections: no more than 64 files may be open' err)" -eq 1 ]

# ---- many connections ----
peak() { # peak PID: prints the most open files, and the most resident memory in MB, until it has ended
    local now most=0 memory
    while now=$(find "/proc/$1/fd" 2>/dev/null | wc -l) && [ "$now" -gt 1 ]; do
        [ "$now" -gt "$most" ] && most=$now
        memory=$(awk '/VmHWM/ {print int($2 / 1024)}' "/proc/$1/status" 2>/dev/null)
        [ -n "$memory" ] && echo "$most $memory" >peak
        sleep 0.05
    done
}
start_server --suite "$suite" --slots "$connections" --latency 1500
OLLAMA_BASE_URL=$url "$hrm" run "$exp" --suite "$suite" --model_backend ollama --model_name "$ollama_model" \
    --outdir many --samples "$rounds" --max_connections "$connections" >out 2>err </dev/null &
pid=$!
peak $pid
wait $pid
check "$connections connections: the run completes" [ $? -eq 0 ]
episodes=$(sqlite3 "many/$exp/latest/run.db" 'SELECT count(*) FROM episodes')
check "every episode is done" [ "$(done_of many)" -eq "$episodes" ]
read -r files memory <peak
flying=$(stat_of max_in_flight)
cores=$(getconf _NPROCESSORS_ONLN)
check "nearly all connections were used, not $flying" [ "$flying" -ge $((connections * 8 / 10)) ]
check "three open files a connection and what is reserved, not $files" \
    [ "$files" -le $((3 * (connections + 1) + 20 * cores + 30)) ]
check "memory is bounded: $memory MB" [ "$memory" -le $((75 + connections / 8)) ]
echo "descriptors: $episodes episodes over $connections connections, $flying in flight at most: $files open files, $memory MB"
verdict
