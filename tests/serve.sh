#!/bin/bash
# hrm run --serve: the server is started, waited for, and stopped on every exit; and servers in hrm doctor, --role_model and roles of experiment.yaml. The server is the scripted one.
set -u
. "$(dirname "$0")/server/lib.sh"
exp=exp1_decomp_vs_flat
serving="exec /usr/bin/python3 -B $root/tests/server/server.py --port {port} --suite $suite --log $work/server.log"

play() { # play OUTDIR ARG...
    local out=$1
    shift
    "$hrm" run $exp --suite "$suite" --limit 4 --samples 1 --outdir "$out" "$@"
}

no_server() { # within about six seconds
    for _ in $(seq 60); do
        pgrep -f "^/usr/bin/python3 .*$work/server.log" >/dev/null || return 0
        sleep 0.1
    done
    return 1
}

episodes() { # episodes OUTDIR STATUS
    sqlite3 "$1/$exp/latest/run.db" "SELECT count(*) FROM episodes WHERE status = $2"
}

# ---- a run with a server of its own ----
serve="$serving --dialect llama-server --models tiny --loading 1"
check "a run" code 0 play runs --serve "$serve"
check "says that it waits" says 'starting the server at http://127.0.0.1:[0-9]+'
check "and for how long" says 'the server answered after [1-9]'
check "the log is beside the record" [ -s runs/$exp/latest/serve.log ]
check "no other file is left" [ "$(find runs -name '.serve*' | wc -l)" -eq 0 ]
check "the server is gone" no_server
check "the manifest has the command" grep -q '"serve": "exec ' runs/$exp/latest/manifest.json
check "the same command continues, on another port" code 0 play runs --serve "$serve"
check "and asks nothing" says '8 of 8 episodes done, 0 here'
check "ollama can be served, too" code 0 play ollama --model_backend ollama --model_name tiny --serve "$serving --models tiny"
check "with a context chosen from the prompts" says 'every call gets a context of 4096 tokens'
check "or as said" code 0 play ollama --model_backend ollama --model_name tiny --num_ctx 8192 --serve "$serving --models tiny"
check "which is in the manifest" grep -q '"num_ctx": 8192' ollama/$exp/latest/manifest.json
check "a dry run starts none" code 0 play dry --dry_run --serve "false {port}"
check "and writes nothing" [ ! -e dry ]

# ---- another process takes its port first ----
thief="if [ ! -e taken ]; then touch taken; setsid /usr/bin/python3 -m http.server --bind 127.0.0.1 {port} >/dev/null 2>&1 & \
echo \$! >thief; sleep 2; echo address in use >&2; exit 1; fi; $serve"
check "a run whose port is taken" code 0 play taken_port --serve "$thief"
check "says so" says 'another process has taken the port [0-9]+|has taken the port'
check "and starts its server on another" says 'started again on another'
check "which answers" says 'the server answered after'
kill "$(cat thief)"

# ---- it ends before the run does ----
check "a server that cannot start" code 3 play none --serve 'echo no such model >&2; exit 3 # {port}'
check "tells why" says 'server ended with exit code 3; the end of its log:'
check "in the words of its log" says '^    no such model$'
check "and leaves nothing" [ ! -e none ]
key=sk-canary-77aa88bb99cc
OPENAI_API_KEY=$key check "a key in the command" code 0 play keyed --serve "$serve --key $key"
check "is not in the manifest" grep -q -- '--key \[redacted\]' keyed/$exp/latest/manifest.json
check "nor anywhere else" eval "! grep -rqF $key keyed out err"
echo $key >key.txt
check "a key in a file and in the command" code 0 play filed --serve "$serve --key $key" --api_key_file key.txt
check "is nowhere" eval "! grep -rqF $key filed out err"
slow="$serving --dialect llama-server --models tiny --latency 400 --slots 1"
rm -f server.log
timeout 60 "$hrm" run $exp --suite "$suite" --limit 4 --samples 1 --outdir dead --serve "$slow" >out 2>err </dev/null &
pid=$!
until [ -s server.log ] && grep -q chat/completions server.log; do sleep 0.1; done
sleep 1
pkill -KILL -f "^/usr/bin/python3 .*$work/server.log"
wait $pid
check "a server killed in mid-run ends the run with 3" [ $? -eq 3 ]
check "says so" says 'server was killed by signal 9'
check "and how to go on" says 'the same command continues'
check "no episode is in error" [ "$(episodes dead 2)" -eq 0 ]
check "some are unfinished" [ "$(episodes dead 0)" -gt 0 ]
check "the same command completes it" code 0 play dead --serve "$slow --latency 1"
check "all of it" [ "$(episodes dead 1)" -eq 8 ]

# ---- we end before it does ----
for signal in INT TERM KILL; do
    rm -f server.log
    setsid "$hrm" run $exp --suite "$suite" --limit 4 --samples 1 --outdir out-$signal --serve "$slow" >out 2>err </dev/null &
    pid=$!
    until [ -s server.log ] && grep -q chat/completions server.log; do sleep 0.1; done
    kill -$signal $pid
    wait $pid 2>/dev/null
    rc=$?
    [ $signal = KILL ] || check "SIG$signal: exit 130, not $rc" [ $rc -eq 130 ]
    check "SIG$signal: the server is gone" no_server
    check "SIG$signal: the log is kept" [ -f out-$signal/$exp/latest/serve.log ]
done
setsid "$hrm" run $exp --suite "$suite" --outdir early --serve "$serving --loading 100" >out 2>err </dev/null &
pid=$!
until grep -q starting err; do sleep 0.1; done
sleep 0.5
kill -INT $pid
wait $pid
check "stopped while it loads: exit 130" [ $? -eq 130 ]
check "the server that loads is gone" no_server
check "nothing is left" [ ! -e early ]

# ---- roles ----
start_server --suite "$suite" --models small,big
export OLLAMA_BASE_URL=$url
check "--role_model" code 0 play roles --model_backend ollama --model_name small --role_model planner=big --role_model tester=big
check "asks each role's own model" asked 'all((c["model"] == "big") ==
    any(w in c["messages"][0]["content"] for w in ("You are the planner", "You are the tester")) for c in chats)'
check "the manifest tells them apart" grep -q '"roles": {' roles/$exp/latest/manifest.json
sed 's/^samples:.*/samples: 1\nroles: {planner: {temperature: 0, max_tokens: 300}, flat: {top_p: 0.5}}/' \
    "$root/experiments/$exp/experiment.yaml" >roles.yaml
start_server --suite "$suite" --models small
export OLLAMA_BASE_URL=$url
check "sampling of a role's own" code 0 "$hrm" run roles.yaml --suite "$suite" --limit 2 --outdir sampling \
    --model_backend ollama --model_name small
check "is sent" asked 'all((c["options"]["temperature"] < 0.6 and c["options"]["num_predict"] == 300) ==
    ("You are the planner" in c["messages"][0]["content"]) for c in chats) and any(
    c["options"]["temperature"] == 0 for c in chats)'
check "--min_p" code 0 "$hrm" run roles.yaml --suite "$suite" --limit 2 --outdir min_p --model_backend ollama \
    --model_name small --min_p 0.05
check "is sent for every role" asked 'all(c["options"]["min_p"] == 0.05 for c in chats[-8:])'
check "and in the manifest" grep -q '"min_p": 0.05' min_p/$exp/latest/manifest.json
check "top_p reached the flat arm, too" asked 'any(c["options"]["top_p"] == 0.5 for c in chats)'

# ---- hrm doctor ----
check "doctor" code 0 "$hrm" doctor
check "finds Ollama" grep -q "Ollama at $url, version 0.33" out
check "and its models" grep -qE '^    small, 8.0B, Q4_K_M, sha256 [0-9a-f]{12}$' out
start_server --suite "$suite" --dialect llama-server --models tiny --slots 3
OPENAI_API_BASE=$url/v1 check "doctor again" code 0 "$hrm" doctor
check "finds llama-server and its slots" grep -q "llama-server at $url/v1, version b10470-scripted, 3 slots:" out
start_server --suite "$suite" --dialect openai --key $key
OPENAI_API_BASE=$url/v1 check "doctor without a key" code 0 "$hrm" doctor
check "says that one is wanted" grep -q "$url/v1 (HTTP 401, it wants an API key)" out
stop_server
start=$(date +%s%3N)
check "doctor where nothing answers" code 0 "$hrm" doctor
check "says where it looked" grep -q 'none found; asked .*11434' out
check "without waiting for anyone" [ $(($(date +%s%3N) - start)) -lt 10000 ] # half a second where nothing else runs
verdict
