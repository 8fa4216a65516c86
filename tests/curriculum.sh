#!/bin/bash
# exp3_curriculum from outside: training data for other trainers, the native learner (the same curves with any number of
# trainings at once, and after a kill), worked problems in the prompt, and refused input.
set -u
. "$(dirname "$0")/lib/harness.sh"
exp=exp3_curriculum

# ---- hrm gen curriculum ----

field() { # field FILE KEY: a string of a manifest
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$1" "$2"
}

for order in random strict cumulative reverse; do
    check "gen curriculum --order $order" code 0 "$hrm" gen curriculum --order $order --n 30 --seed 3 -o $order.jsonl
    check "$order: the multiset of the random mix" \
        [ "$(field $order.jsonl.manifest.json multiset_sha256)" = "$(field random.jsonl.manifest.json multiset_sha256)" ]
    check "$order: 30 problems once each as flat and plan, 90 steps" [ "$(wc -l <$order.jsonl)" -eq 150 ]
    check "$order: the same lines in some order" cmp -s <(sort $order.jsonl) <(sort random.jsonl)
done
check "four orders, four hashes" [ "$(for f in *.manifest.json; do field "$f" order_sha256; done | sort -u | wc -l)" -eq 4 ]
check "nothing of the tests is in it" [ "$(grep -c '"overlap_[a-z0-9_]*": 0' strict.jsonl.manifest.json)" -eq 2 ]
check "strict goes from two steps to four" code 0 "$hrm" gen curriculum --order strict --n 30 --format jsonl --roles flat
check "one line a problem" [ "$(wc -l <out)" -eq 30 ]
check "its steps never fall" python3 -c '
import json
steps = [json.loads(line)["steps"] for line in open("out")]
assert steps == sorted(steps) and set(steps) == {2, 3, 4}'
check "a mixed end" code 0 "$hrm" gen curriculum --order strict --n 30 --seed 3 --finish 0.3 -o finish.jsonl
check "of the same multiset" [ "$(field finish.jsonl.manifest.json multiset_sha256)" = "$(field random.jsonl.manifest.json multiset_sha256)" ]
check "in another order" [ "$(field finish.jsonl.manifest.json order_sha256)" != "$(field strict.jsonl.manifest.json order_sha256)" ]
refuse '--finish: expected a share from 0 to 0.9' gen curriculum --finish 1
check "a supervisor alone, as chat" code 0 "$hrm" gen curriculum --n 3 --roles supervisor
check "the plan has the lines that the chat prompts ask for" python3 -c '
import json, re
for line in open("out"):
    messages = json.loads(line)["messages"]
    plan = messages[-1]["content"]
    assert messages[-1]["role"] == "assistant" and messages[0]["role"] == "system"
    assert len(re.findall(r"(?m)^\d\. ", plan)) >= 2 and len(re.findall("(?m)^unknown: ", plan)) == 1
    assert all(quote in messages[1]["content"] for quote in re.findall(r"(?m)^given: .*\(\"(.*)\"\)$", plan))'
check "the shipped tests come from the generator" code 0 "$hrm" gen curriculum --tests
check "byte for byte" cmp -s out "$root/eval/suites/curriculum.yaml"
refuse 'random, strict, cumulative or reverse' gen curriculum --order sideways
refuse 'flat, supervisor or solver' gen curriculum --roles coach
refuse 'whole number from 1' gen curriculum --n 0

# ---- the native learner ----

small="--orders random,strict --n 24,48 --seeds 2 --tests 2"
# shellcheck disable=SC2086
play() { # play DIR [OPTION...]
    local dir=$1
    shift
    code 0 "$hrm" run $exp $small --outdir "$dir" --full "$@"
}

outcomes() { # outcomes DIR: the results without what a clock measured
    python3 - "$1"/$exp/latest/results.csv <<'PY'
import csv, sys
for row in csv.DictReader(open(sys.argv[1], newline="")):
    print([row[k] for k in row if "seconds" not in k and k not in ("curve", "roles")])
PY
}

weights() { # weights DIR
    (cd "$1"/$exp/latest/models && sha256sum -- *.gguf)
}

check "one training at a time" play one --parallel 1
check "8 models of 2 orders, 2 sizes, 2 seeds, and what they share" [ "$(weights one | wc -l)" -eq 9 ]
check "the report has the learning curves" prints '^Accuracy against the number of training problems N'
check "and the verdicts" prints '^E3 efficiency: (cannot tell|met|not met)'
check "160 episodes" [ "$(grep -c "done" one/$exp/latest/results.csv)" -eq 160 ]
check "three at a time" play three --parallel 3
check "the same weights" cmp -s <(weights one) <(weights three)
check "the same outcomes" cmp -s <(outcomes one) <(outcomes three)
check "the manifest tells of every model" python3 -c '
import json, sys
cells = json.load(open("one/exp3_curriculum/latest/manifest.json"))["cells"]
assert len(cells) == 8 and all(c["overlap"] == {"exact": 0, "13_words": 0} for c in cells)
for n in (24, 48):
    for seed in (0, 1):
        same = [c for c in cells if c["n"] == n and c["seed"] == seed]
        assert len({c["multiset_sha256"] for c in same}) == 1 and len({c["order_sha256"] for c in same}) == 2
        assert len({c["steps"] for c in same}) == 1 and len({c["examples"] for c in same}) == 1'

# Killed when some models exist; those are not trained again.
# shellcheck disable=SC2086
"$hrm" run $exp $small --outdir killed --parallel 1 >out 2>err </dev/null &
pid=$!
for _ in $(seq 600); do
    [ "$(find killed/$exp -path "*/models/*.json" 2>/dev/null | wc -l)" -ge 2 ] && break
    kill -0 $pid 2>/dev/null || break
    sleep 0.05
done
kill -9 $pid 2>/dev/null
wait $pid 2>/dev/null
before=$(stat -c '%n %Y %i' killed/$exp/*/models/random-24-s0.gguf 2>/dev/null)
check "it had trained a model" [ -n "$before" ]
check "the same command goes on" play killed
check "with the model that was there" [ "$before" = "$(stat -c '%n %Y %i' killed/$exp/*/models/random-24-s0.gguf)" ]
check "to the same weights" cmp -s <(weights one) <(weights killed)
check "and the same outcomes" cmp -s <(outcomes one) <(outcomes killed)
check "a wider command extends the run" code 0 "$hrm" run $exp --orders random --n 24,48,72 --seeds 2 --tests 2 --outdir one
check "only what was missing was trained and played" says ' 200 episodes done|120 of 120 episodes done, 40 here'
check "another seed is another run" code 0 "$hrm" run $exp --orders random --n 24 --seeds 1 --tests 1 --seed 2 --outdir one
check "in a directory of its own" [ "$(find one/$exp -mindepth 1 -maxdepth 1 -type d | wc -l)" -eq 2 ]

# ---- on a terminal ----
frames() { # frames ARG...: what hrm shows, to `frames`
    python3 - "$hrm" "$@" >frames <<'PY'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm"
    os.execv(sys.argv[1], sys.argv[1:])
try:
    while text := os.read(fd, 65536):
        sys.stdout.buffer.write(text)
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
}
# shellcheck disable=SC2086
check "a run that is watched" frames run $exp $small --outdir watched --parallel 1
check "shows how far training is, and no calls that wait for it" python3 -c '
shown = [f for f in open("frames", newline="").read().split("\x1b[J") if "models trained" in f]
assert shown
assert not [f for f in shown if " calls:" in f or " call:" in f], shown[:2]'

# ---- other reasons why orders may differ: each switch makes other weights, in a run of its own ----

one_cell="--orders strict --n 24 --seeds 1 --tests 1"
# shellcheck disable=SC2086
for switch in "--schedule decay" "--loss token" "--warmup 0.4" "--finish 0.5"; do
    dir=switch${switch// /}
    check "$switch" code 0 "$hrm" run $exp $one_cell $switch --outdir "$dir"
    check "$switch: other weights" [ "$(sha256sum <"$dir"/$exp/latest/models/strict-24-s0.gguf)" != \
        "$(sha256sum <three/$exp/latest/models/strict-24-s0.gguf)" ]
    check "$switch: said in the manifest" python3 -c '
import json, sys
key, value = sys.argv[2].lstrip("-").split()
c = json.load(open(sys.argv[1]))["experiment"]["curriculum"]
assert str(c[key]) == value, c' "$dir/$exp/latest/manifest.json" "$switch"
done
check "four runs" [ "$(find switch*/$exp -mindepth 1 -maxdepth 1 -type d | sed 's/.*-//' | sort -u | wc -l)" -eq 4 ]
tests_of() { # tests_of DIR SEED
    python3 -c '
import csv, sys
print(sorted({r["task"] for r in csv.DictReader(open(sys.argv[1], newline="")) if r["sample"] == sys.argv[2]}))' \
        "$1/$exp/latest/results.csv" "$2"
}
sed 's/same_tests: false/same_tests: true/' "$root/experiments/$exp/experiment.yaml" >same.yaml
check "the same tests for all seeds" code 0 "$hrm" run same.yaml --orders random --n 24 --seeds 2 --tests 2 --outdir same
check "seed 1 plays those of seed 0" [ "$(tests_of same 0)" = "$(tests_of same 1)" ]
check "and else others" [ "$(tests_of one 0)" != "$(tests_of one 1)" ]

# ---- the numbers, worked out from the results ----

check "gains and the spread between seeds" python3 "$root/tests/lib/curriculum_numbers.py" "$hrm" three/$exp/latest drawn

# ---- worked problems in the prompt ----

base=$work/three/$exp/latest/models/base.gguf
check "two worked problems before the question" code 0 "$hrm" run $exp --learner icl --model_name "$base" --orders strict \
    --n 2 --seeds 1 --tests 1 --outdir icl
check "the record holds them" code 0 "$hrm" export icl/$exp/latest --format jsonl
check "in every request: two turns each, then the question" python3 -c '
import json
roles = set()
for line in open("out"):
    for call in json.loads(line)["calls"]:
        roles.add(call["role"])
        turns = [m["role"] for m in call["request"]["messages"]]
        assert turns == ["user", "assistant", "user", "assistant", "user"], turns
assert {"flat", "supervisor"} <= roles, roles'
refuse 'context holds 256' run $exp --learner icl --model_name "$base" --orders strict --n 64 --seeds 1 --tests 1 --outdir icl2

# ---- what is refused ----

wrong() { # wrong PATTERN SED: the experiment's file, changed
    sed "$2" "$root/experiments/$exp/experiment.yaml" >changed.yaml
    refuse "changed.yaml:[0-9]+: $1" run changed.yaml --outdir x
}
wrong "steps: expected a range like 2-4, found '4-2'" 's/steps: 2-4 /steps: 4-2 /'
wrong "order: expected random, strict, cumulative or reverse, found 'up'" 's/orders: \[random, strict, cumulative, reverse\]/orders: [up]/'
wrong 'curriculum: expected n' '/^  n: /d'
wrong "quick: unknown key 'sizes'" 's/quick: {/quick: {sizes: 3, /'
wrong "criteria: there is no arm 'hrm@up'" 's/hrm@strict, /hrm@up, /'
wrong "criteria: there is no arm 'hrm@strict-up' .expected ARM@ORDER.* or ARM@ORDER-ORDER" 's/hrm@strict-random/hrm@strict-up/'
wrong 'criteria: expected two orders, or the gain of one over another twice; found hrm@strict-random and flat@strict' 's/flat@strict-random/flat@strict/'
wrong "loss: expected example or token, found 'word'" 's/loss: example/loss: word/'
wrong "warmup: expected a number from 0 to 0.5, found '0.6'" 's/warmup: 0.02/warmup: 0.6/'
wrong "same_tests: expected false or true, found 'maybe'" 's/same_tests: false/same_tests: maybe/'
wrong 'criterion: metric area_under_learning_curve is not judged by a ratio' 's/area_under_learning_curve, steps: 2-4, criterion: "difference >= 0"/area_under_learning_curve, steps: 2-4, criterion: "ratio >= 1"/'

# icl.yaml on a server, with as many examples as it shows
serving="exec /usr/bin/python3 -B $root/tests/server/server.py --port {port} --dialect llama-server --suite $root/eval/suites/curriculum.yaml"
check "icl.yaml through a server" code 0 "$hrm" run "$root/experiments/$exp/icl.yaml" --model_backend openai --serve "$serving" \
    --full --n 3,9 --seeds 1 --tests 1 --outdir served
check "the verdicts on its null" prints '^E3 no gain from stages: (cannot tell|met|not met)'
check "its record" code 0 "$hrm" export served/exp3_icl/latest --format jsonl
check "3 or 9 turns of two before every first question, short and long ones in strict order" python3 -c '
import json
seen = set()
for line in open("out"):
    e = json.loads(line)
    n = int(e["arm"].split(":")[1])
    for call in e["calls"]:
        asked = [m["content"] for m in call["request"]["messages"] if m["role"] == "user"]
        assert len(call["request"]["messages"]) == 2 * n + 1, e["arm"]
        seen.add((e["arm"], tuple(asked[:-1])))
assert len(seen) >= 12, len(seen)'

# ---- adapters: those of all roles are, here, the models that the native learner made ----

models=$work/three/$exp/latest/models
adapted="--model_name $base --n 48 --seeds 1 --tests 2 --max_generated_tokens 4096 --max_tokens 1024"
# shellcheck disable=SC2086
check "adapters for every role" code 0 "$hrm" run "$root/experiments/$exp/lora.yaml" $adapted --orders random,strict --outdir lora \
    --adapter "random=$models/random-48-s0.gguf" --adapter "strict=$models/strict-48-s0.gguf"
replies() { # replies RUN: what every role of either arm said, at N = 48 and seed 0
    "$hrm" export "$1" --format jsonl | python3 -c '
import json, sys
for line in sys.stdin:
    e = json.loads(line)
    if e["arm"].endswith(":48") and e["sample"] == 0:
        print(e["task"], e["arm"], [(c["role"], c["reply_text"]) for c in e["calls"]])' | sort
}
check "there are some" [ "$(replies lora/exp3_lora/latest | wc -l)" -eq 40 ]
check "both arms answer as the native models do" cmp -s <(replies lora/exp3_lora/latest) <(replies three/$exp/latest)

refuse 'no adapter for strict, N = 24, seed 0' run $exp --learner lora --model_name "$base" --orders strict --n 24 --seeds 1 \
    --adapter "random=$base" --outdir x
check "an adapter that changes nothing is the environment's fault" code 3 "$hrm" run $exp --learner lora --model_name "$base" \
    --orders strict --n 24 --seeds 1 --tests 1 --adapter "strict=$base" --outdir x
check "and named" says 'the adapter strict .* answers 4 problems exactly like the base model'
check "nothing was played" [ ! -e x ]
refuse 'expected CELL=NAME' run $exp --learner lora --model_name "$base" --adapter sideways=x --outdir x
refuse 'only for --learner lora' run $exp --adapter strict=x --outdir x
refuse 'makes its own models' run $exp --model_name x.gguf --outdir x
refuse 'rising numbers' run $exp --n 20,10 --outdir x
refuse 'random, strict, cumulative or reverse' run $exp --orders up --outdir x
refuse 'has no curriculum' run exp1_decomp_vs_flat --orders strict --outdir x
refuse 'has no quick version' run exp1_decomp_vs_flat --quick --outdir x
finish
