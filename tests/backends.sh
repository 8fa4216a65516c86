#!/bin/bash
# Model servers from outside: the quick start against Ollama's protocol, every OpenAI-compatible dialect, messages when
# there is no server or no model, that a key is written nowhere, and replay without a server.
set -u
. "$(dirname "$0")/server/lib.sh"
exp=exp1_decomp_vs_flat
data=$root/../shared/data/protocol/recordings.jsonl

play() { # play OUTDIR ARG...: a small run of the coding suite
    local out=$1
    shift
    "$hrm" run $exp --suite "$suite" --limit 4 --samples 1 --outdir "$out" "$@" >out 2>err </dev/null
}

manifest() { # manifest OUTDIR TEXT...: all of them are in its manifest
    local file=$1/$exp/latest/manifest.json text
    shift
    for text in "$@"; do
        grep -qF -- "$text" "$file" || return
    done
}

# ---- the quick start, as written ----
start_server --suite "$suite"
export OLLAMA_BASE_URL=$url
cp -r "$root/eval" "$root/experiments" . # the paths of the command are relative
quick_start() {
    "$hrm" run exp1_decomp_vs_flat --suite eval/suites/coding_suite.yaml --model_backend ollama \
        --model_name llama3.1:8b-instruct-q4_K_M --max_iters 3 >out 2>err </dev/null
}
check "quick start" quick_start
check "prints the tables" grep -q 'pass@1' out
check "one row per episode" [ "$(tail -n +2 runs/$exp/latest/results.csv | wc -l)" -eq 180 ]
check "some are solved, some are not" eval "cut -d, -f1-20 runs/$exp/latest/results.csv | grep -q ',fail,' &&
    grep -q ',pass,' runs/$exp/latest/results.csv"
check "the manifest names the model" manifest runs "$ollama_model" Q4_K_M 0.33.0 \
    "$(printf %s "$ollama_model" | sha256sum | cut -c1-64)"
check "truncate:false in every request" asked 'all(c["truncate"] is False for c in chats)'
check "one context size for the run" asked 'len({c["options"]["num_ctx"] for c in chats}) == 1'
check "and it is shown" says "$(asked 'print(chats[0]["options"]["num_ctx"]) or True')"
check "all sampling fields are sent" asked 'all({"temperature", "top_p", "top_k", "seed", "num_predict"}
    <= set(c["options"]) for c in chats)'
check "every reply is limited" asked 'all(0 < c["options"]["num_predict"] <= 1024 for c in chats)'
check "no reply is constrained by a schema" asked 'not any("format" in c for c in chats)'
check "the model is loaded before the first question" asked 'next(r["body"].get("messages") for r in log
    if r["path"] in ("/api/chat", "/api/generate")) in ([], None)'
check "replies are streamed" asked 'all(c.get("stream", True) for c in chats)'
before=$(stat_of chats)
check "the same command again" quick_start
check "asks nothing" [ "$before" = "$(stat_of chats)" ]

# ---- replay ----
check "a run to replay" play first --model_backend ollama --model_name "$ollama_model"
stop_server
run=first/$exp/latest
check "replays without a server" play second --model_backend replay --replay "$run"
check "to the same results" cmp first/$exp/latest/results.csv second/$exp/latest/results.csv
check "and the same record" same_record first second
check "another seed is a miss" code 1 "$hrm" run $exp --suite "$suite" --limit 4 --samples 1 --outdir third --seed 5 \
    --model_backend replay --replay "$run"
cp -r "$root/prompts/chat" changed
echo 'Think twice.' >>changed/coder.txt
check "a changed prompt is a miss" code 1 "$hrm" run $exp --suite "$suite" --limit 4 --samples 1 --outdir fourth \
    --model_backend replay --replay "$run" --prompts ./changed
check "that names the first differing request" says 'coder'
start_server --suite "$suite"
export OLLAMA_BASE_URL=$url
check "with a live model behind the record" play fifth --model_backend ollama --model_name "$ollama_model" \
    --replay "$run" --prompts ./changed
check "only what changed is asked" asked 'all("Think twice." in c["messages"][-1]["content"] or
    "You are the" in c["messages"][0]["content"] for c in chats) and len(chats) < 24'

# ---- what is not there ----
start_server --suite "$suite" --models "phi4:14b,qwen3:8b"
OLLAMA_BASE_URL=$url check "a missing model" code 3 "$hrm" run $exp --suite "$suite" --outdir none --model_backend ollama \
    --model_name "$ollama_model"
check "says what is there" says 'phi4:14b.*qwen3:8b'
check "and how to get it" says "ollama pull $ollama_model"
stop_server
OLLAMA_BASE_URL=$url check "no server" code 3 "$hrm" run $exp --suite "$suite" --outdir none --model_backend ollama \
    --model_name "$ollama_model"
check "is said in one sentence" [ "$(grep -vc 'gets a context of' err)" -eq 1 ]
check "with its address" says "127.0.0.1:$port"
OPENAI_API_BASE=$url/v1 check "no OpenAI server" code 3 "$hrm" run $exp --suite "$suite" --outdir none \
    --model_backend openai --model_name x
for dialect in openai vllm lm-studio; do
    start_server --suite "$suite" --dialect $dialect --models served-a,served-b
    OPENAI_API_BASE=$url/v1 check "$dialect: a name that is not served" code 2 "$hrm" run $exp --suite "$suite" --outdir none \
        --model_backend openai --model_name gpt-4o
    check "$dialect: says what is served" says "'gpt-4o' is not on the server .*served-a, served-b"
done
check "nothing is written" [ ! -e none ]
start_server --suite "$suite" --dialect llama-server --models real.gguf
OPENAI_API_BASE=$url/v1 check "a server that answers to any name" play named --model_backend openai --model_name gpt-4o
check "says whose name is recorded" says "its model is 'real.gguf', and that is recorded instead of 'gpt-4o'"
check "records it" manifest named '"name": "real.gguf"'
check "and not the other as the model's" eval "! manifest named '\"name\": \"gpt-4o\"'"
check "asks by it" asked 'all(c["model"] == "real.gguf" for c in chats)'

# ---- the dialects of the OpenAI protocol ----
passes() { # passes OUTDIR: the outcomes alone
    python3 -c 'import csv, sys
for r in csv.DictReader(open(sys.argv[1], newline="")): print(r["arm"], r["task"], r["sample"], r["passed"])' \
        "$1/$exp/latest/results.csv"
}
for dialect in llama-server vllm lm-studio openai; do
    start_server --suite "$suite" --dialect $dialect --models tiny-instruct --slots 3
    export OPENAI_API_BASE=$url/v1
    check "$dialect" play $dialect --model_backend openai --model_name tiny-instruct
    check "$dialect gives the outcomes Ollama gave" [ "$(passes first)" = "$(passes $dialect)" ]
    check "$dialect counts the tokens" asked 'all(c["stream_options"]["include_usage"] for c in chats)'
done
check "llama-server's slots limit the requests in flight" manifest llama-server b10470-scripted
start_server --suite "$suite" --dialect llama-server --slots 3 --latency 20
OPENAI_API_BASE=$url/v1 check "llama-server, many episodes" play slots --model_backend openai --limit 12
check "no more requests than slots" [ "$(stat_of max_in_flight)" -le 3 ]
check "but all of its slots" [ "$(stat_of max_in_flight)" -gt 1 ]
start_server --suite "$suite" --dialect llama-server
OPENAI_API_BASE=$url/v1 check "--strict" play strict --model_backend openai --strict
check "one request at a time" [ "$(stat_of max_in_flight)" -eq 1 ]
check "and no cache of prompts" asked 'all(c["cache_prompt"] is False for c in chats)'
unset OPENAI_API_BASE
start_server --suite "$suite" --dialect openai --models o4-mini --key canary-o4
OPENAI_API_KEY=canary-o4 OPENAI_MODEL=o4-mini OPENAI_BASE_URL=$url/v1 check "a model that takes max_completion_tokens" \
    play o4 --model_backend openai
check "gets them" asked 'all("max_completion_tokens" in r["body"] and "max_tokens" not in r["body"]
    for r in log if r["path"].endswith("/chat/completions") and r["status"] == 200)'
start_server --suite "$suite" --dialect llama-server --loading 2
OPENAI_API_BASE=$url/v1 check "a server that is still loading" play loading --model_backend openai
for dialect in ollama llama-server vllm; do
    start_server --suite "$suite" --dialect $dialect --models "$ollama_model" --reasoning
    backend=openai
    [ $dialect = ollama ] && backend=ollama
    OPENAI_API_BASE=$url/v1 OLLAMA_BASE_URL=$url check "a thinking model behind $dialect" play think-$dialect \
        --model_backend "$backend" --model_name "$ollama_model"
    check "$dialect: thinking is kept apart" [ "$(sqlite3 think-$dialect/$exp/latest/run.db "SELECT count(*) FROM calls
        WHERE reasoning NOT LIKE '%edge cases%' OR reasoning IS NULL OR reply_text LIKE '%edge cases%'")" -eq 0 ]
done

# ---- a key is nowhere ----
key=sk-canary-0f9e8d7c6b5a
printf '%s\n' $key >key.txt
nowhere() { # the key is in no file the runs have left, nor on the terminal
    ! grep -rqF "$key" keyed out err terminal 2>/dev/null
}
start_server --suite "$suite" --dialect openai --models m --key $key --script cut,key_echo,redirect_away,busy
export OPENAI_API_BASE=$url/v1
OPENAI_API_KEY=$key play keyed --model_backend openai --model_name m
cat out err >terminal
check "the server's 401 is told" eval 'sqlite3 keyed/$exp/latest/run.db "SELECT error FROM results" | cat - err | grep -q 401'
check "the key is in no file and on no terminal" nowhere
check "and did not go to another host" [ "$(stat_of away)" -eq 0 ]
play keyed --model_backend openai --model_name m --api_key_file key.txt
cat out err >>terminal
check "a key from a file completes the run" [ "$(sqlite3 keyed/$exp/latest/run.db \
    'SELECT count(*) FROM results WHERE status = 1')" -eq 8 ]
check "the key from a file is nowhere" nowhere
rm -rf keyed
OPENAI_API_KEY=$key-wrong check "a wrong key" code 3 "$hrm" run $exp --suite "$suite" --outdir keyed \
    --model_backend openai --model_name m
cat out err >>terminal
check "is nowhere" nowhere
start_server --suite "$suite" --dialect openai --models m
OPENAI_API_BASE=http://user:$key@127.0.0.1:$port/v1 play keyed --model_backend openai --model_name m
cat out err >>terminal
check "a key in the URL is nowhere" nowhere

# ---- TLS and proxies ----
if openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1 2>/dev/null; then
    cat cert.pem key.pem >both.pem
    start_server --suite "$suite" --dialect openai --models m --tls both.pem
    export OPENAI_API_BASE=https://127.0.0.1:$port/v1
    check "a certificate that nobody vouches for" code 3 "$hrm" run $exp --suite "$suite" --outdir tls \
        --model_backend openai --model_name m --max_outage 1
    check "is refused" says 'certificate'
    check "and nothing is written" [ ! -e tls ]
    SSL_CERT_FILE=cert.pem check "a certificate that SSL_CERT_FILE vouches for" play tls --model_backend openai --model_name m
    check "https gives the outcomes Ollama gave" [ "$(passes first)" = "$(passes tls)" ]
else
    echo "backends: TLS skipped: there is no openssl"
fi
start_server --suite "$suite" --dialect openai --models m
OPENAI_API_BASE=http://model.invalid/v1 http_proxy=$url check "a server beyond a proxy" play proxied --model_backend openai \
    --model_name m
check "is asked through it" [ "$(stat_of proxied)" -gt 8 ]
OPENAI_API_BASE=$url/v1 http_proxy=http://127.0.0.1:9 check "no proxy stands before this machine" play direct \
    --model_backend openai --model_name m

# ---- recorded traffic, cut into pieces anywhere ----
texts() {
    sqlite3 "$1/$exp/latest/run.db" 'SELECT role, "index", reply_text, finish, generated_tokens FROM calls ORDER BY 1, 2'
}
recorded() { # recorded CHUNKS ARG...
    local chunks=$1
    shift
    start_server --recordings "$data" --chunks "$chunks" --slots 1 "$@"
    OPENAI_API_BASE=$url/v1 OLLAMA_BASE_URL=$url "$hrm" run $exp --suite "$suite" --task clamp --samples 1 --arms flat \
        --strict --outdir "$backend-$chunks" --model_backend "$backend" --model_name m >out 2>err
}
if [ -f "$data" ]; then
    for backend in ollama openai; do
        mark=fr=stop
        dialect=openai
        [ $backend = ollama ] && mark=ollama-native dialect=ollama
        ids=$(python3 -c 'import json, sys
print(",".join(r["id"] for r in map(json.loads, open(sys.argv[1])) if sys.argv[2] in r["features"]
    and {"sse", "ndjson"} & set(r["features"]) and r["response"]["status"] == 200
    and ("/api/chat" in r["request"]["uri"] or "/chat/completions" in r["request"]["uri"])))' "$data" $mark)
        for chunks in whole random byte; do
            check "$backend: recordings in chunks: $chunks" recorded $chunks --only "$ids" --dialect $dialect --models m
            check "$backend: the same text from $chunks" [ "$(texts $backend-whole)" = "$(texts $backend-$chunks)" ]
        done
        check "$backend: there is a text" grep -q . <(texts $backend-whole)
    done
else
    echo "backends: recorded traffic skipped: there is no $data"
fi
verdict
