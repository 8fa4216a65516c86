#!/bin/bash
# exp2 from outside, against the scripted server: all arms run, the record is as docs/transcripts.md says, a run can be
# replayed without a server, also from a capsule, a run killed with -9 ends with the record of an undisturbed one, and arms that do not fit the
# suite are refused before anything runs.
set -u
. "$(dirname "$0")/server/lib.sh"
exp=exp2_ablations
file=$root/experiments/exp2_pot_tool_aug/ablations.yaml
math=$PWD/math.yaml
{
    printf 'suite: math\nversion: "1"\ndomain: math\ntasks:\n'
    for i in $(seq 12); do
        printf -- '- {id: shop%d, steps: %d, prompt: "A shop sells %d crates of %d apples. How many apples?", answer: %d}\n' \
            "$i" $((2 + i % 3)) "$i" $((i + 7)) $((i * (i + 7)))
    done
} >"$math"

play() { # play OUTDIR ARG...
    local out=$1
    shift
    "$hrm" run "$file" --suite "$math" --samples 2 --outdir "$out" "$@" \
        >out 2>err </dev/null
}

rows() { # rows OUTDIR SQL
    sqlite3 "$1/$exp/latest/run.db" "$2"
}

start_server --suite "$math"
export OLLAMA_BASE_URL=$url
check "all arms play" play first --model_backend ollama --model_name "$ollama_model"
check "every episode is done" [ "$(rows first 'SELECT count(*) FROM results WHERE status = 1')" -eq $((12 * 2 * 9)) ]
check "every arm solves some and not all" [ "$(rows first 'SELECT count(*) FROM (SELECT avg(passed) AS p FROM results
    GROUP BY arm) WHERE p > 0.2 AND p < 1')" -eq 9 ]
check "nothing is run without the tool" [ "$(rows first "SELECT sum(tool_runs) FROM results
    WHERE arm IN ('hrm_notool', 'flat_notool')")" -eq 0 ]
check "arms with it run programs" [ "$(rows first "SELECT count(*) FROM results
    WHERE tool_runs = 0 AND arm IN ('hrm', 'vote', 'hrm_noplan')")" -eq 0 ]
check "all events of the contract occur" [ "$(rows first "SELECT group_concat(kind, ' ') FROM
    (SELECT DISTINCT kind FROM events ORDER BY kind)")" = "answer plan refused repair repeated subgoal submit tool_call verdict" ]
check "what a row says its roles spent is what it spent" [ "$(rows first "SELECT count(*) FROM results WHERE calls !=
    (SELECT sum(s.calls) FROM spent s WHERE episode = id) OR tool_runs !=
    (SELECT sum(s.tool_runs) FROM spent s WHERE episode = id) OR generated_tokens !=
    (SELECT sum(s.generated_tokens) FROM spent s WHERE episode = id)")" -eq 0 ]
check "no reply is constrained by a schema" asked 'not any("format" in c for c in chats)'
check "the verifier never sees the solver's program" asked 'not any("print(answer)" in c["messages"][-1]["content"].split(
    "Your own")[0].split("Your last")[0].split("Reply with")[0] for c in chats
    if "You are the verifier" in c["messages"][0]["content"])'
check "hrm show tells an episode" code 0 "$hrm" show first/$exp/latest hrm/shop1/0
check "with what its programs came to" grep -q '^  value:' out

# ---- bench/role_rates ----
refused=$(rows first "SELECT count(*) FROM events WHERE kind = 'refused' AND detail LIKE '%\"plan\"%'")
asked_for=$(rows first "SELECT count(*) FROM calls WHERE role = 'supervisor'")
check "some plans are refused" [ "$refused" -gt 0 ]
check "bench/role_rates counts them" eval '"$root"/bench/role_rates --json first/$exp/latest |
    python3 -c "import json, sys
arms = json.load(sys.stdin).popitem()[1].values()
print(sum(a[\"plans\"][\"k\"] for a in arms), sum(a[\"plans\"][\"n\"] for a in arms))" | grep -qx "$refused $asked_for"'
check "and says where it looked" eval '"$root"/bench/role_rates nowhere 2>&1 | grep -q "nowhere/run.db: not there; expected"'

# ---- constrained ----
cp -r "$root/prompts/chat" constrained
printf 'plan: json\nconstrained: on\n' >constrained/profile.yaml
check "with constrained: on" play schemas --model_backend ollama --model_name "$ollama_model" --prompts ./constrained --arms hrm
check "the plan's schema goes to the supervisor, the verdict's to the verifier, none to others" asked 'all(
    ("format" in c) == ("You are the supervisor" in c["messages"][0]["content"] or
    "VERDICT: " in c["messages"][-1]["content"]) for c in chats[-60:])'
check "and the manifest says so" grep -q '"constrained": true' schemas/$exp/latest/manifest.json

# ---- replay ----
stop_server
run=first/$exp/latest
check "replays without a server" play second --model_backend replay --replay "$run"
check "to the same results" cmp first/$exp/latest/results.csv second/$exp/latest/results.csv
check "and the same record" same_record first second
check "packs" code 0 "$hrm" export "$run" --capsule first.hrm
check "replays from the capsule" code 0 "$hrm" run --model_backend replay --replay first.hrm --outdir packed
check "to the same results" cmp first/$exp/latest/results.csv packed/$exp/latest/results.csv
check "under the numbers that the file has for servers, and those of the flags" python3 -c '
import json
was, now = (json.load(open(f"{d}/exp2_ablations/latest/manifest.json"))["experiment"] for d in ("first", "packed"))
assert was == now, [k for k in was if was[k] != now.get(k)]
assert (now["samples"], now["budget"]["max_total_tokens"], now["budget"]["max_seconds"]) == (2, 10240, 0), now
assert now["sampling"]["temperature"] == 0.6, now'

# ---- kill -9 ----
start_server --suite "$math" --latency 20 --slots 8
export OLLAMA_BASE_URL=$url
for wait in 0.5 0.8 1.1; do
    "$hrm" run "$file" --suite "$math" --model_name "$ollama_model" --samples 2 --outdir third --max_connections 8 \
        --model_backend ollama >out 2>err </dev/null &
    pid=$!
    sleep $wait
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
done
check "it was killed on the way" [ "$(rows third 'SELECT count(*) FROM results WHERE status != 1')" -gt 0 ]
check "the same command continues" play third --model_backend ollama --model_name "$ollama_model" --max_connections 8
check "to the record of an undisturbed run" same_record first third
# shellcheck disable=SC2034 # named in the condition
asked_for=$(stat_of chats)
check "and then asks nothing" eval 'play third --model_backend ollama --model_name $ollama_model && [ "$(stat_of chats)" = "$asked_for" ]'
stop_server

# ---- what does not fit ----
cat >odd.yaml <<'YAML'
name: odd
suite: math.yaml
arms:
- {name: flat, controller: flat, strategy: best_of_n}
YAML
check "a strategy for code" code 2 "$hrm" run odd.yaml --dry_run
check "is refused with those that exist" says "strategy: expected tools, tools_vote, pot, cot, vote or self_plan for math tasks, found 'best_of_n'"
sed -i 's/best_of_n/best/' odd.yaml
check "an unknown one" code 2 "$hrm" run odd.yaml --dry_run
check "with its line" says "odd.yaml:4: strategy: expected retry,"
sed -i 's/controller: flat, strategy: best/controller: hrm, reviewer: true/' odd.yaml
check "a switch for code" code 2 "$hrm" run odd.yaml --dry_run
check "is refused" says "'reviewer' is a switch for code tasks"
verdict
