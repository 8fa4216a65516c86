#!/bin/bash
# hrm stats and hrm compare on what other programs wrote (tests/fixtures/logs), and hrm compare of more than two runs.
set -u
. "$(dirname "$0")/lib/harness.sh"
logs=$root/tests/fixtures/logs

# ---- each program, in one command ----
reads() { # reads PROGRAM SCORE FILE...
    local program=$1 score=$2
    shift 2
    check "compare $program" code 0 "$hrm" compare "$@"
    check "$program: says what was read" prints "^Read from logs of $program, score '$score'"
    cp out compared
    check "stats $program" code 0 "$hrm" stats "$@"
    check "$program: the same" cmp compared out
}
reads Inspect match "$logs"/inspect/{alpha,beta}.eval
check "the difference" prints '^difference of rates, pp +t over tasks +33.33 \[12.64, 54.03\]'
check "the test" prints 'McNemar, exact'
check "the power" prints '^Power: 12 tasks x 2 samples find a true difference of [0-9.]+ pp in 80 of 100 runs'
reads Inspect match "$logs"/inspect/{alpha,beta}.json
reads lm-eval exact_match "$logs"/lm_eval/{alpha,beta}/*.jsonl
check "several benchmarks are clusters" prints 'clusters'
reads EvalPlus plus "$logs"/evalplus/{alpha,beta}_eval_results.json
reads promptfoo success "$logs/promptfoo/both.json"
check "an error is no outcome" prints 'Left out: 1 task without an outcome in every arm'
cp out both
reads promptfoo success "$logs"/promptfoo/{a,b}.jsonl
check "two files are paired as one is, in whatever order" cmp <(tail -n +6 both) <(tail -n +6 out)
reads HAL successful_tasks "$logs"/hal/*_UPLOAD.json
check "of HAL seconds, too" prints 'Time to solve'
check "a cluster by metadata" code 0 "$hrm" stats "$logs"/inspect/{alpha,beta}.json --cluster topic
check "is said" prints 'Clusters: 2, robust'
check "a score is chosen" code 0 "$hrm" stats "$logs"/evalplus/{alpha,beta}_eval_results.json --metric base
check "and said" prints "score 'base'"
check "two of them" code 0 "$hrm" stats "$logs/promptfoo/both.json" --arms openai:gpt-b,openai:gpt-a
check "turned round" prints '^openai:gpt-b - openai:gpt-a'
if /usr/bin/python3 -c 'import scipy, statsmodels' 2>/dev/null; then
    check "against scipy and statsmodels" code 0 /usr/bin/python3 "$root/tests/logs_oracle.py" "$hrm" "$logs"
    check "all of them" prints '^[0-9]+ numbers agree'
else
    echo "skipped: the numbers against scipy and statsmodels: python3-scipy and python3-statsmodels are missing"
fi

# ---- refused with the reason ----
refuse 'several scores; choose one with --metric: match, includes' stats "$logs/inspect/two_scorers.eval"
refuse 'several scores; choose one with --metric: exact_match,strict, exact_match,flexible' stats "$logs"/lm_eval/two_filters/*
check "with one" code 0 "$hrm" stats "$logs"/lm_eval/two_filters/* --metric exact_match,flexible
refuse "there is no 'x'; found base, plus" stats "$logs/evalplus/alpha_eval_results.json" --metric x
refuse 'is a log of Inspect and .* one of EvalPlus: they grade in their own ways' \
    stats "$logs/inspect/alpha.json" "$logs/evalplus/alpha_eval_results.json"
refuse "the benchmarks differ: .* is of 'sums', and there is no log of 'products' for alpha" \
    stats "$logs"/lm_eval/alpha/samples_sums* "$logs"/lm_eval/beta/samples_products*
mkdir other && sed 's/"doc_hash": "./"doc_hash": "x/' "$logs"/lm_eval/beta/samples_sums* >other/samples_sums_2026-01-01T00.jsonl
refuse 'cannot be paired: task 0 is not the same in .* and in .* \(its hash differs\)' \
    stats "$logs"/lm_eval/alpha/samples_sums* other/samples_sums_2026-01-01T00.jsonl
sed 's/HumanEval/Other/g' "$logs/evalplus/beta_eval_results.json" >other/beta_eval_results.json
refuse "the benchmarks differ: .* is of 'HumanEval'" stats "$logs/evalplus/alpha_eval_results.json" other/beta_eval_results.json
sed 's/task__/item__/g' "$logs/hal/agent_two_UPLOAD.json" >other/two_UPLOAD.json
refuse "cannot be paired: no task of .*agent_one_UPLOAD.json \(such as 'task__0'\) is in other/two_UPLOAD.json \(such as 'item__0'\)" \
    stats "$logs/hal/agent_one_UPLOAD.json" other/two_UPLOAD.json
sed 's/"value":"C"/"value":0.37/' "$logs/inspect/alpha.json" >other/graded.json
refuse 'task sum-[0-9]+: match is 0.37; expected pass or fail' stats other/graded.json "$logs/inspect/beta.json"
echo '{"a": 1}' >other/any.json
refuse 'other/any.json: JSON, but not a log of Inspect, lm-eval, EvalPlus, promptfoo or HAL' stats other/any.json
head -c 300 "$logs/inspect/alpha.json" >other/cut.json
refuse 'other/cut.json' stats other/cut.json
echo '{"version":2,"status":"started","eval":{"task":"t","model":"m"}}' >other/empty.json
refuse 'a log of Inspect without any sample' stats other/empty.json
printf 'task,arm,passed\nx,a,1\nx,b,0\n' >other/t.csv
refuse 'is no log of another program; a CSV table is read alone' stats "$logs/inspect/alpha.json" other/t.csv
refuse '--metric: only for logs of other programs' stats other/t.csv --metric x
for cut in 30 200 4000 40000; do
    head -c $cut "$logs/inspect/alpha.eval" >other/cut.eval
    refuse 'other/cut.eval: the archive is damaged or cut off' stats other/cut.eval
done
python3 - "$logs/inspect/alpha.eval" <<'EOF2'
import struct, sys
whole = open(sys.argv[1], "rb").read()
at = whole.index(b"PK\1\2")
def put(name, offset, value):
    data = bytearray(whole)
    struct.pack_into("<I", data, offset, value)
    open(f"other/{name}.eval", "wb").write(data)
end = whole.rindex(b"PK\5\6")
central = struct.unpack_from("<I", whole, end + 16)[0]
# The entry of header.json: its sizes and its offset lie.
entry = central
while whole[entry + 46:entry + 46 + struct.unpack_from("<H", whole, entry + 28)[0]] != b"header.json":
    n, e, c = struct.unpack_from("<HHH", whole, entry + 28)
    entry += 46 + n + e + c
put("huge", entry + 24, 0xF0000000)
put("more", entry + 24, struct.unpack_from("<I", whole, entry + 24)[0] + 100)
put("far", entry + 42, 0x7FFFFFFF)
put("crc", entry + 16, 0)
put("directory", end + 16, 0x7FFFFFFF)
EOF2
refuse 'header.json is larger than 1 GiB' stats other/huge.eval
for lie in more far crc; do
    refuse 'header.json is damaged' stats other/$lie.eval
done
refuse 'damaged or cut off' stats other/directory.eval
refuse 'name two runs or more' compare other/t.csv

# ---- more than two runs ----
[ -f "$model" ] || { echo "skipped: runs: there is no $model yet"; finish; }
for run in "1 0.2" "2 0.9" "3 0.6"; do
    # shellcheck disable=SC2086
    set -- $run
    check "run $1" code 0 "$hrm" run $exp --model_name "$model" --limit 4 --samples 2 --max_tokens 60 --temperature "$2" --outdir r"$1"
done
check "three runs" code 0 "$hrm" compare r1/$exp r2/$exp r3/$exp
check "one table" prints '^Models and experiments$'
check "a row each" [ "$(grep -cE '^exp1_decomp_vs_flat +hrm-tiny-code \([123]: [0-9a-f]{6}\) +hrm +flat +4 +16 ' out)" -eq 3 ]
check "with Holm's adjustment" prints 'p \(Holm\)'
check "models against each other" prints '^exp1_decomp_vs_flat, arm flat: 3 models on the 4 tasks'
check "as a page" code 0 "$hrm" compare r1/$exp r2/$exp r3/$exp --format html
check "with one figure" [ "$(grep -c '<svg' out)" -eq 1 ]
refuse '--arm: of two runs; found 3' compare r1/$exp r2/$exp r3/$exp --arm flat
refuse '--arms: of logs; found runs' compare r1/$exp r2/$exp --arms flat
finish
