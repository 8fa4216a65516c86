#!/bin/bash
# Runs against a server with faults and outages, and runs that are killed, end with the same record as an undisturbed run.
# The scripted server answers by prompt and seed alone, so every episode has one right outcome.
set -u
. "$(dirname "$0")/server/lib.sh"
exp=exp1_decomp_vs_flat
kills=${KILLS:-10}

command=("$hrm" run "$exp" --suite "$suite" --model_backend ollama --model_name "$ollama_model")

play() { # play OUTDIR ARG...: one attempt at the run
    local out=$1
    shift
    OLLAMA_BASE_URL=$url "${command[@]}" --max_connections 8 --outdir "$out" "$@" >out 2>err </dev/null
}

start() { # start ARG...: a server for it
    start_server --suite "$suite" --slots 8 "$@"
}

episodes() { # episodes OUTDIR: how many, and how many of them are different ones
    sqlite3 "$1/$exp/latest/run.db" 'SELECT count(*), count(DISTINCT task || arm || sample) FROM results WHERE status = 1'
}

count() { # count OUTDIR SQL
    sqlite3 "$1/$exp/latest/run.db" "SELECT count(*) FROM $2"
}

under_way() { # waits until the server has been asked 20 times
    until [ -s server.log ] && [ "$(grep -c '/api/chat' server.log)" -gt 20 ]; do sleep 0.05; done
}

# ---- more than three requests in ten go wrong, ten times and more in every way ----
start
check "180 episodes without faults" play quiet --samples 3
check "all there" [ "$(episodes quiet)" = "180|180" ]
# noisy OUTDIR KINDS ARG...: the same with faults; the same command retries episodes in error.
noisy() {
    local out=$1 kinds=$2 rounds=1 faults
    shift 2
    until play "$out" --samples 3 --max_connections 32 "$@" || [ $rounds -eq 20 ]; do
        rounds=$((rounds + 1))
    done
    faults=$(python3 -c 'import json, sys, urllib.request
s = json.load(urllib.request.urlopen(sys.argv[1] + "/_/stats"))
print(len(s["faults"]), min(s["faults"].values()), sum(s["faults"].values()), "in", s["chats"], "requests")' "$url")
    check "$out: faults of all $kinds kinds were there" [ "${faults%% *}" -eq "$kinds" ]
    faults=${faults#* }
    check "$out: each of them ten times, not ${faults%% *}" [ "${faults%% *}" -ge 10 ]
    check "$out: no episode lost or doubled" [ "$(episodes "$out")" = "180|180" ]
    check "$out: every episode as without faults" same_record quiet "$out"
    echo "$out: ${faults#* } went wrong, $(count "$out" 'calls WHERE attempts > 1') of" \
        "$(count "$out" calls) calls were retried, the command was given $rounds times"
}
start --faults 0.35
noisy ollama 27
start --faults 0.35 --dialect llama-server --fault-seed 2
OPENAI_API_BASE=$url/v1 noisy openai 30 --model_backend openai

# ---- what no retry helps against is an error, never a wrong answer ----
start --faults 0.03 --kinds huge_line,redirect_away,model_missing,key_echo
play lasting --limit 10
rc=$?
check "exit 1 or 3 when episodes are in error" [ $rc -eq 1 -o $rc -eq 3 ]
check "they are not scored" [ "$(count lasting 'results WHERE status != 1 AND passed')" -eq 0 ]
check "and stay blank in results.csv" python3 -c "
import csv, glob
rows = list(csv.DictReader(open('lasting/$exp/latest/results.csv', newline='')))
assert all(not r['passed'] for r in rows if r['error']), rows"
start
check "the same command heals the run" play lasting --limit 10
check "to what it would have been" eval 'play whole --limit 10 && same_record whole lasting'

# ---- the server goes away and comes back; and does not come back ----
some=(--limit 15 --samples 2)
start --latency 30 --outage 2
play away "${some[@]}" &
run=$!
under_way
kill -USR1 "$server"
wait $run
check "an outage is waited for" [ $? -eq 0 ]
check "with one line when it begins" [ "$(grep -ciE 'waiting|paus' err)" -eq 1 ]
check "and the run is what it would have been" eval 'play calm "${some[@]}" && same_record calm away'
start --latency 30 --outage 1000
play gone "${some[@]}" --max_outage 1 &
run=$!
under_way
kill -USR1 "$server"
wait $run
check "past the limit: exit 3" [ $? -eq 3 ]
check "which says how to go on" says 'the same command continues'
check "no episode is in error for it" [ "$(count gone 'results WHERE status = 2')" -eq 0 ]
start
check "the same command continues" play gone "${some[@]}"
check "to the same record" same_record calm gone

# ---- it comes back with another model under the same name ----
start --latency 30
play other "${some[@]}" --max_outage 30 &
run=$!
under_way
stop_server
start_server --text 'said by the other model' --slots 8 --latency 30 --port "$port" --weights finetuned
wait $run
check "another model: exit 3" [ $? -eq 3 ]
check "which says what changed" says 'another model answers at .*: its digest was'
check "it has answered" grep -q '"/api/chat"' server.log
check "but no reply of it counts" [ "$(count other "calls WHERE reply_text LIKE '%the other model%'")" -eq 0 ]
check "the manifest has both" python3 - "other/$exp/latest/manifest.json" <<'EOF'
import json, sys
m = json.load(open(sys.argv[1]))
sys.exit(m["model"]["digest"] == m["model_after"]["digest"] or m["status"] != "interrupted")
EOF

start --latency 30
check "the first model continues the run" play other "${some[@]}"
check "to the record of an undisturbed one" same_record calm other
check "whose manifest still has both" grep -q model_after "other/$exp/latest/manifest.json"
start --dialect llama-server --models tiny --weights a
export OPENAI_API_BASE=$url/v1
check "a server that tells no digest" play quantised --limit 2 --model_backend openai --model_name tiny
start --dialect llama-server --models tiny --weights b
export OPENAI_API_BASE=$url/v1
check "another file under the same name does not continue its record" code 3 "${command[@]}" --outdir quantised --limit 4 \
    --model_backend openai --model_name tiny
check "and it is said what differs" says 'was begun with another model: its file was "a.gguf", it is "b.gguf"'
unset OPENAI_API_BASE

# ---- killed ten times ----
start --latency 40
began=$(date +%s%3N)
check "an undisturbed run" play whole2 "${some[@]}" --max_connections 4
took=$(($(date +%s%3N) - began))
RANDOM=7
landed=0
for _ in $(seq "$kills"); do
    setsid env OLLAMA_BASE_URL="$url" "${command[@]}" --max_connections 4 --outdir killed "${some[@]}" \
        >out 2>err </dev/null &
    pid=$!
    pause=$((150 + (RANDOM * 32768 + RANDOM) % (took / 6)))
    sleep "$((pause / 1000)).$(printf %03d $((pause % 1000)))"
    kill -KILL $pid 2>/dev/null
    wait $pid 2>/dev/null
    [ $? -eq 137 ] && landed=$((landed + 1))
done
check "most kills landed" [ $landed -gt $((kills / 2)) ]
check "the killed run completes" play killed "${some[@]}"
check "its record is that of the undisturbed run" same_record whole2 killed
echo "faults: $landed of $kills kills landed"
verdict
