#!/bin/bash
# hrm calibrate against the scripted server: what it concludes, which cause it finds, and that it continues and replays. The
# "benchmark" is the suite that ships, under a benchmark's name.
set -u
. "$(dirname "$0")/server/lib.sh"
sed 's/^suite:.*/suite: humaneval/' "$suite" >humaneval.yaml
llama=Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf # published: 72.6
turn='<|start_header_id|>{role}<|end_header_id|>{content}<|eot_id|>'
runs=0

serve() { # serve ARG...: a llama-server that is set up well, but for what is said
    start_server --suite humaneval.yaml --dialect llama-server --models $llama --turn "$turn" "$@"
}

calibrate() { # calibrate ARG...: into runs-N
    runs=$((runs + 1))
    "$hrm" calibrate --model_backend openai --base_url "$url/v1" --outdir runs-$runs "$@"
}

prints() { # prints PATTERN: on stdout
    grep -qE -- "$1" out
}

concludes() { # concludes WORD
    prints "^  conclusion  $1: "
}

sees() { # sees CAUSE SENTENCE: this one, as a cause that was found
    prints "^  SEEN  $1 +.*$2"
}

only_cause() { # only_cause CAUSE: no other was found
    [ "$(grep -c '^  SEEN' out)" -eq 1 ] && prints "^  SEEN  $1"
}

# ---- it agrees ----
serve --right 0.8
check "a set-up that is right" code 0 calibrate
check "agrees" concludes agrees
check "with value, interval and n" prints '^  ours        80.0 % \[62.7, 90.5\], 24 of 30 solved \(Wilson 95 %\)$'
check "beside the published value and its source" prints '^  published   72.6 % at 16 bits, protocol: .*; Qwen blog$'
check "and what the quantisation may cost" prints '^  allowed     69.6 to 72.6 %: Q4_K_M may cost 3 points$'
check "with the rule" prints 'rule: agrees when the interval of ours meets what is allowed'
check "and looks at the rendered prompt" prints "ok    chat template   rendered: '<.start_header_id.>system"
check "on one screen" [ "$(wc -l <out)" -le 24 ]
check "asks greedily" asked 'all(c["temperature"] == 0 for c in chats)'
check "every task once, and eight of them three times more" [ "$(stat_of chats)" -eq 54 ]
check "those eight first" asked 'len({json.dumps(c["messages"]) for c in chats[:24]}) == 8'
check "each at once again, then all once more" asked \
    'all(chats[i] == chats[i + 1] for i in range(0, 16, 2)) and chats[16:24] == chats[0:16:2]'
check "texts are the same" prints 'asked twice, alone: 0 of 8 texts differ \[0, 32\] %; with 4 at once: 0 of 8'
check "says how fast" prints 'speed       alone [0-9.]+ tokens/s written, [0-9]+ read; with 4 at once [0-9.]+ written'
latest="runs-1/calibrate/latest"
for file in run.db manifest.json report.html calibration.json repeats/run.db repeats/manifest.json; do
    check "leaves $file" [ -s $latest/$file ]
done
check "every call is in run.db" [ "$(sqlite3 $latest/run.db 'SELECT count(*) FROM calls')" -eq 30 ]
check "and in that of the repeats" [ "$(sqlite3 $latest/repeats/run.db 'SELECT count(*) FROM calls')" -eq 24 ]

# ---- replayed, again, as JSON ----
cp out screen
stop_server
check "a replay, without a server" code 0 "$hrm" calibrate --suite humaneval.yaml --model_backend replay --replay $latest \
    --outdir replayed
check "shows the same screen" cmp screen out
serve --right 0.8
runs=0
check "the same command" code 0 calibrate --json
check "asks nothing" [ "$(stat_of chats)" -eq 0 ]
check "prints JSON only" python3 -c '
import json
c = json.load(open("out"))
assert c["conclusion"] == "agrees" and c["solved"] == 24 and c["n"] == 30 and len(c["causes"]) == 8
assert [p["value"] for p in c["published"]] == [72.6, 69.5] and c["repeats"]["busy"]["n"] == 8'
check "which is calibration.json" [ "$(cat out)" = "$(cat $latest/calibration.json)" ]
serve --right 0.8 --n-ctx 8192
runs=0
check "another context is another set-up" code 0 calibrate
check "which is played" [ "$(stat_of chats)" -eq 54 ]
runs=1

# ---- later runs know ----
exp=exp1_decomp_vs_flat
fact() { # fact OUTDIR EXPRESSION: of the manifest, m
    python3 -c 'import json, sys; m = json.load(open(sys.argv[1])); sys.exit(not eval(sys.argv[2]))' \
        "$1"/$exp/latest/manifest.json "$2"
}
check "a run beside it" code 0 "$hrm" run $exp --suite "$suite" --limit 2 --samples 1 --outdir runs-1 --model_backend openai \
    --base_url "$url/v1"
check "has it in its manifest" fact runs-1 \
    'm["calibration"]["conclusion"] == "agrees" and m["calibration"]["path"].startswith("runs-1/calibrate/Meta")'
check "and on its page" grep -q 'Calibration: agrees. 80.0.* on humaneval, 24 of 30 tasks; published 72.6' runs-1/$exp/latest/report.html
check "a run elsewhere" code 0 "$hrm" run $exp --suite "$suite" --limit 2 --samples 1 --outdir elsewhere --model_backend openai \
    --base_url "$url/v1"
check "has none" fact elsewhere '"calibration" not in m'
check "and says so" grep -q 'Not calibrated' elsewhere/$exp/latest/report.html
check "another template is another set-up" serve --turn '<|{role}|>{content}'
check "for which a run" code 0 "$hrm" run $exp --suite "$suite" --limit 2 --samples 1 --outdir runs-1 --model_backend openai \
    --base_url "$url/v1" --seed 2
check "has none" fact runs-1 '"calibration" not in m'
check "doctor points to it" eval '"$hrm" doctor 2>&1 | grep -q "hrm calibrate"'

# ---- lower, and why ----
serve --right 0.3
check "a model that cannot" code 0 calibrate
check "is lower" concludes lower
check "and no cause is seen" eval "! prints '^  SEEN'"
serve --right 0.7 --n-ctx 150
check "a small context" code 0 calibrate
check "is lower" concludes lower
check "because of truncation" sees truncation '[0-9]+ of 30 replies ended by the context: .*; context 150 tokens, longest prompt'
serve --right 0.7
check "a cap of 8 tokens" code 0 calibrate --max_tokens 8
check "is lower" concludes lower
check "because of the cap" sees 'token cap' '[0-9]+ of 30 replies cut at 8 tokens: '
check "and of nothing else" only_cause 'token cap'
serve --right 0.3 --turn '{content}
'
check "a template without roles" code 0 calibrate
check "is found" sees 'chat template' 'has no role marks: the messages stand bare'
check "and nothing else" only_cause 'chat template'
serve --right 0.3 --turn '[INST] {content} [/INST]'
check "the template of another model" code 0 calibrate
check "is found" sees 'chat template' "no <.start_header_id.>, this model's own mark, but '\[INST\]"
serve --right 0.7 --form prose
check "replies without programs" code 0 calibrate
check "are lower" concludes lower
check "because of extraction" sees extraction '30 of 30 replies without Python or an answer \(30\)'
serve --right 0.3 --form marked
check "marks within replies" code 0 calibrate
check "are found" sees 'stop marks' '30 of 30 replies contain a token that should have ended them: .*the first: <.im_end.>'
serve --right 0.3 --form thinking
check "thoughts that do not end" code 0 calibrate
check "are found" sees thinking '30 of 30 replies with reasoning that is unfinished'
serve --right 0.3 --weights qwen2.5-coder-0.5b-instruct-q4_k_m --params 494032768
check "another model's file" code 0 calibrate
check "is found" sees 'model served' 'that is qwen2.5-coder-0.5b-instruct'
serve --right 0.3 --weights model --params 494032768
check "a model of another size" code 0 calibrate
check "is found" sees 'model served' '0.49 billion parameters, not 8.00'
serve --right 0.7 --flips --latency 20
check "texts that change when it is busy" code 0 calibrate --limit 12
check "are counted" prints 'alone: 0 of 8 texts differ .*; with 4 at once: [1-8] of 8 texts differ'
check "and the rest of the suite is mentioned" prints 'the other 18 tasks may be easier or harder'
check "one request at a time" code 0 calibrate --limit 3 --strict
check "has no busy ones" prints 'alone: 0 of 3 texts differ .*; one request at a time$'
start_server --suite humaneval.yaml --right 0.3 --template '{{ .Prompt }}'
check "Ollama's template for a file that has none" code 0 calibrate --model_backend ollama --model_name $ollama_model --base_url "$url"
check "is named" sees 'chat template' "the template '\{\{ .Prompt \}\}' has no role marks"
check "the quantisation is the server's" prints 'Q4_K_M may cost 3 points'

start_server --suite humaneval.yaml --right 0.7 --dialect vllm --models meta-llama/Llama-3.1-8B-Instruct
check "a server that shows no template" code 0 calibrate
check "is not taken for one that has none" prints '^  [?]     chat template   this server does not show its template'
check "nor for one that serves another model" eval "! prints 'SEEN  model served'"
check "without a quantisation nothing is allowed for it" prints "72.6 to 72.6 %: no loss, the server does not say"
sed 's/^suite:.*/suite: gsm8k/' "$root/eval/suites/math_suite.yaml" >gsm8k.yaml
start_server --suite gsm8k.yaml --models qwen2.5:7b-instruct-q4_K_M
check "word problems" code 0 calibrate --suite gsm8k.yaml --limit 12 --model_backend ollama --model_name qwen2.5:7b-instruct-q4_K_M \
    --base_url "$url"
check "have values of their own" prints '^  published   91.6 %'
check "and are solved without the tool" asked 'all("```python" not in c["messages"][-1]["content"] for c in chats)'
check "a dry run" code 0 calibrate --suite gsm8k.yaml --dry_run --model_backend ollama --model_name x --base_url "$url"
check "writes nothing" [ ! -e runs-$runs ]

# ---- too few tasks, higher, unknown ----
serve --right 0.7
check "three tasks" code 0 calibrate --limit 3
check "cannot tell" prints '^  conclusion  cannot tell: the interval begins at .*; more tasks would tell$'
sed -i 's/^- {id.*//' humaneval.yaml
serve --right 1
check "all solved" code 0 calibrate
check "is higher" concludes higher
for name in tiny Meta-Llama-3.1-8B-Q4_K_M.gguf; do # the second is the base model
    serve --models $name --right 0.7
    check "$name" code 0 calibrate
    check "is unknown" concludes 'unknown model'
    check "but measured" prints '^  ours        70.0 %'
done
sed 's/^suite:.*/suite: other/' humaneval.yaml >other.yaml
serve --right 0.7
check "a suite without published values" code 0 calibrate --suite other.yaml
check "is said" prints 'conclusion  unknown model: the table has llama-3.1-8b-instruct, but no value of it on other'

# ---- interrupted ----
serve --right 0.8 --latency 100
for asked in 5 30; do # in the repeats, and in the benchmark
    "$hrm" calibrate --model_backend openai --base_url "$url/v1" --outdir stopped >out 2>err </dev/null &
    pid=$!
    until [ "$(stat_of chats)" -ge $asked ]; do sleep 0.05; done
    kill -INT $pid
    wait $pid
    check "interrupted after $asked requests: exit 130" [ $? -eq 130 ]
    check "says so" says 'interrupted; the same command continues'
    check "prints nothing" [ ! -s out ]
done
check "the same command" code 0 "$hrm" calibrate --model_backend openai --base_url "$url/v1" --outdir stopped
check "completes it" concludes agrees
check "with every call once" [ "$(sqlite3 stopped/calibrate/latest/run.db 'SELECT count(*) FROM calls')" -eq 30 ]
check "in both parts" [ "$(sqlite3 stopped/calibrate/latest/repeats/run.db 'SELECT count(*) FROM calls')" -eq 24 ]
check "asked again is only what was cut off" [ "$(stat_of chats)" -le 60 ]
serve --right 0.7 --script="$(printf -- '-,%.0s' $(seq 24))key_echo"
check "an episode in error" code 1 calibrate --max_connections 1
check "is left out" prints 'of 29 solved .*; 1 in error, left out'
check "and tried again" code 0 "$hrm" calibrate --model_backend openai --base_url "$url/v1" --max_connections 1 --outdir runs-$runs
check "with all" prints '21 of 30 solved'
stop_server
check "no server" code 3 calibrate

# ---- refused ----
refused() { # refused PATTERN ARG...
    local pattern=$1
    shift
    check "$*: exit 2" code 2 "$hrm" calibrate --outdir refused "$@"
    check "$*: says '$pattern'" says "$pattern"
    check "$*: writes nothing" [ ! -e refused ]
}
refused "no published value of the embedded model; name a server's \(openai or ollama\)"
refused "expected no argument, found 'exp1'" exp1
refused "there is no option '--temperature'" --temperature 1
refused "there is no option '--samples'" --samples 3
refused "nowhere.yaml" --suite nowhere.yaml --model_backend openai
mkdir none && cd none || exit 1
refused "name a benchmark's suite; 'hrm import humaneval" --model_backend openai
cp -r "$root/prompts" "$root/experiments" . && mkdir eval
sed 's/value: 72.6/value: 172.6/' "$root/eval/published.yaml" >eval/published.yaml
refused 'published.yaml:[0-9]+: value: expected a number from 0 to 100, found 172.6' --suite ../humaneval.yaml --model_backend openai
verdict
