#!/bin/bash
# Money: which prices hold for a run, its cost before, during and after it, against sums made here from the record; prices
# stay with the run, a report takes others; and --max-cost stops a run before it costs more.
set -u
. "$(dirname "$0")/server/lib.sh"
exp=exp1_decomp_vs_flat

play() { # play OUTDIR ARG...: a run of the coding suite
    local out=$1
    shift
    "$hrm" run $exp --suite "$suite" --limit 6 --samples 1 --outdir "$out" --model_backend openai "$@" >out 2>err </dev/null
}

latest() {
    realpath "$1/$exp/latest"
}

# sum_of RUN INPUT OUTPUT [ROLE INPUT OUTPUT]...: what its calls cost, from their tokens.
sum_of() {
    python3 - "$@" <<'PY'
import sqlite3, sys
run, base, rest = sys.argv[1], tuple(map(float, sys.argv[2:4])), sys.argv[4:]
roles = {rest[i]: (float(rest[i + 1]), float(rest[i + 2])) for i in range(0, len(rest), 3)}
total = 0
for role, prompt, generated in sqlite3.connect(run + "/run.db").execute(
        "SELECT role, sum(prompt_tokens), sum(generated_tokens) FROM calls GROUP BY role"):
    read, written = roles.get(role, base)
    total += (prompt * read + generated * written) / 1e6
print("%.9f" % total)
PY
}

# costs RUN PYTHON: is it true of summary.json's part `cost` and the rows of results.csv (`rows`)?
costs() {
    python3 - "$@" <<'PY'
import csv, json, sys
cost = json.load(open(sys.argv[1] + "/summary.json")).get("cost")
rows = list(csv.DictReader(open(sys.argv[1] + "/results.csv", newline="")))
def near(a, b):
    return abs(a - b) <= 1e-6 * max(abs(a), abs(b))
sys.exit(not eval(sys.argv[2]))
PY
}

cat >prices.yaml <<'PRICES'
currency: USD
prices:
- {model: "paid-*", server: "http://127.0.0.1:*", input: 15, output: 60}
- {model: large, input: 300, output: 1500}
PRICES
start_server --suite "$suite" --dialect openai --models paid-mini,large,local
export OPENAI_API_BASE=$url/v1

# ---- without prices nothing is said ----
check "a model without a price" play free --model_name local --prices prices.yaml
check "is said to have none" says 'prices.yaml has no price for local at http://127.0.0.1:'
run=$(latest free)
check "no cost in the results" eval '! head -1 "$run/results.csv" | grep -q cost'
check "none in the summary" costs "$run" 'cost is None'
check "none in the report" eval '! "$hrm" report "$run" --full | grep -qE "USD|Cost in money"'
check "no table, nothing said" play plain --model_name paid-mini
check "of money" eval '! says "price|cost|USD"'

# ---- a run that is paid for ----
check "a run with prices" play paid --model_name paid-mini --prices prices.yaml
run=$(latest paid)
sum=$(sum_of "$run" 15 60)
check "its end says what it cost" says "done; |; $(printf %.2f "$sum") USD spent so far"
check "the summary has the sum" costs "$run" "near(cost['spent'], $sum)"
check "as its arms together" costs "$run" 'near(cost["spent"], sum(a["total"] for a in cost["arms"].values()))'
check "and results.csv" costs "$run" "near(sum(float(r['cost']) for r in rows), $sum)"
check "an episode costs the mean" costs "$run" 'all(near(a["per_episode"]["value"], a["total"] / 6)
    for a in cost["arms"].values())'
check "a solved one what all cost over those solved" costs "$run" 'all(near(a["per_solved"]["value"],
    a["total"] / sum(r["passed"] == "1" for r in rows if r["arm"] == name)) for name, a in cost["arms"].items())'
check "the manifest has the prices" eval 'grep -q "\"input\": 15.0" "$run/manifest.json"'
check "the screen shows them" eval '"$hrm" report "$run" | grep -q "cost, USD"'
for format in text md html latex csv json; do
    check "the report as $format shows them" eval '"$hrm" report "$run" --format $format | grep -q "Cost in money"'
done

# ---- they stay with the run ----
mv prices.yaml gone.yaml
check "a report of later days says the same" eval '"$hrm" report "$run" --full | grep -q "Money: $(printf %.2f "$sum") USD"'
sed 's/currency: USD/currency: EUR/; s/input: 15,/input: 30,/; s/output: 60}/output: 120}/' gone.yaml >other.yaml
check "other prices give another sum" eval '"$hrm" report "$run" --full --prices other.yaml >other.txt'
check "twice as much" grep -q "Money: $(python3 -c "print('%.2f' % (2 * $sum))") EUR" other.txt
check "as it is said" grep -q 'run.s *own, but *from' <(tr '\n' ' ' <other.txt)
check "prices that name another model" code 2 "$hrm" report "$(latest free)" --prices other.yaml
check "are refused by name" says 'other.yaml has no price for the model of .*, local at http'
check "the same command, without the table" play paid --model_name paid-mini
check "keeps them" costs "$run" "near(cost['spent'], $sum)"
printf 'currency: USD\nprices:\n- {model: m, input: 1}\n' >bad.yaml
check "a table without a price" code 2 "$hrm" report "$run" --prices bad.yaml
check "is refused by file and line" says 'bad.yaml:3: a price needs output'
check "a run refuses it, too" code 2 "$hrm" run $exp --model_backend openai --model_name paid-mini --prices bad.yaml
check "only servers are paid" code 2 "$hrm" run $exp --prices other.yaml
check "as is said" says 'prices: only .*openai.* have models that are paid for'

# ---- the user's own table ----
mkdir -p config/hrm
cp gone.yaml config/hrm/prices.yaml
check "the user's table is found" play own --model_name paid-mini
check "and counts" costs "$(latest own)" "near(cost['spent'], $(sum_of "$(latest own)" 15 60))"
check "a file that is named counts more" play named --model_name paid-mini --prices other.yaml
check "than it" costs "$(latest named)" "cost['currency'] == 'EUR'"
rm -r config

# ---- roles with models of their own ----
check "a planner that is dearer" play roles --model_name paid-mini --role_model planner=large --prices gone.yaml
run=$(latest roles)
check "costs what it costs" costs "$run" "near(cost['spent'], $(sum_of "$run" 15 60 planner 300 1500))"
check "in the table of roles" eval '"$hrm" report "$run" --full | grep -q "cost, USD"'

# ---- before it begins ----
check "a pilot says what to expect" play expects --model_name paid-mini --prices gone.yaml --pilot "$(latest paid)" --limit 30 \
    --dry_run
check "in money" grep -qE 'expects .* h?, [0-9.]+ to [0-9.]+ USD|expects .*[0-9.]+ to [0-9.]+ USD' out
check "as JSON" play expects --model_name paid-mini --prices gone.yaml --pilot "$(latest paid)" --limit 30 --dry_run --json
check "five times the pilot's sum" python3 -c "import json
e = json.load(open('out'))['expects']
assert e['currency'] == 'USD' and abs(e['cost']['value'] - 5 * $sum) < 1e-6 * $sum, e
assert e['cost']['low'] < e['cost']['value'] < e['cost']['high']"
check "and before the first call" play expects --model_name paid-mini --prices gone.yaml --pilot "$(latest paid)" --limit 30
check "it is said" says 'episodes will take .*, [0-9.]+ to [0-9.]+ USD; from'
pilot_cost() { # pilot_cost ARG...: the cost to expect by a dry run
    "$hrm" run $exp --suite "$suite" --limit 30 --samples 1 --outdir expects --pilot "$(latest paid)" --dry_run --json "$@" 2>err \
        </dev/null | python3 -c 'import json, sys; print(json.load(sys.stdin)["expects"].get("cost", {}).get("value"))'
}
check "a planner that is dearer is expected to be" python3 -c "import sys; sys.exit(not $(pilot_cost --model_backend openai \
    --model_name paid-mini --role_model planner=large --prices gone.yaml) > 5.5 * $sum)"
check "a planner without a price costs nothing" [ "$(pilot_cost --model_backend openai --model_name paid-mini \
    --role_model planner=local --prices gone.yaml)" != None ]
check "as is said" says 'gone.yaml has no price for local, the model of planner: its tokens count as nothing'
sed 's,server: "http://127.0.0.1:[*]",server: "https://api.openai.com/*",' gone.yaml >theirs.yaml
check "the price at the address that a key alone means" [ "$(OPENAI_API_BASE='' OPENAI_API_KEY=sk-x pilot_cost --model_backend openai \
    --model_name paid-mini --prices theirs.yaml)" != None ]
sed 's,server: "http://127.0.0.1:[*]",server: "http://localhost:11434",' gone.yaml >usual.yaml
check "at Ollama's own" [ "$(pilot_cost --model_backend ollama --model_name paid-mini --prices usual.yaml)" != None ]
sed 's,server: "http://127.0.0.1:[*]",server: "http://127.0.0.1:7",' gone.yaml >host.yaml
check "at that of OLLAMA_HOST" [ "$(OLLAMA_HOST=127.0.0.1:7 pilot_cost --model_backend ollama --model_name paid-mini \
    --prices host.yaml)" != None ]
start_server --suite "$suite" --dialect openai --models paid-mini --latency 4000
export OPENAI_API_BASE=$url/v1
"$hrm" run $exp --suite "$suite" --limit 6 --samples 1 --outdir slow --model_backend openai \
    --model_name paid-mini --prices gone.yaml >out 2>err </dev/null &
slow=$!
for _ in $(seq 600); do
    says ' elapsed' && break
    sleep 0.1
done
kill -TERM $slow
wait $slow
check "the progress line has the cost so far" says 'tokens/s, [0-9.]+ USD so far'

# ---- the limit ----
start_server --suite "$suite" --dialect openai --models paid-mini,local
export OPENAI_API_BASE=$url/v1
limit=$(python3 -c "print('%.6f' % ($sum / 2))")
check "a limit stops the run" eval 'play capped --model_name paid-mini --prices gone.yaml --max_cost $limit; [ $? -eq 130 ]'
run=$(latest capped)
check "says why" says 'of .* USD are spent, and the next call might cost more than is left'
check "and how to go on" says 'the same command with a larger --max_cost continues'
check "it has cost no more" python3 -c "assert 0 < $(sum_of "$run" 15 60) <= $limit"
check "it is interrupted" grep -q '"status": "interrupted"' "$run/manifest.json"
check "no episode is in error" [ "$(sqlite3 "$run/run.db" 'SELECT count(*) FROM results WHERE status = 2')" -eq 0 ]
check "no call counts as failed" [ "$(sqlite3 "$run/run.db" 'SELECT count(*) FROM failures')" -eq 0 ]
before=$(sqlite3 "$run/run.db" 'SELECT count(*) FROM calls')
asked=$(stat_of chats)
check "every call that was paid is recorded" [ "$before" -eq "$asked" ]
check "the same command stops at once" eval 'play capped --model_name paid-mini --max_cost $limit; [ $? -eq 130 ]'
check "with hardly a call more" python3 -c "assert $(sum_of "$run" 15 60) <= $limit"
check "with more to spend it goes on" play capped --model_name paid-mini --max_cost 100
check "asks nothing twice" [ "$(stat_of chats)" -eq "$(sqlite3 "$run/run.db" 'SELECT count(*) FROM calls')" ]
check "and comes to the same" costs "$run" "near(cost['spent'], $sum)"
check "as the run without a limit" same_record paid capped
check "no limit without a price" code 2 "$hrm" run $exp --suite "$suite" --outdir none --model_backend openai \
    --model_name local --prices gone.yaml --max_cost 1
check "is said" says 'max-cost: there is no price for local'
check "and nothing is written" [ ! -e none ]
check "no limit of a shard" code 2 "$hrm" run $exp --model_backend openai --prices gone.yaml --max_cost 1 --shard 1/2
check "an amount" code 2 "$hrm" run $exp --model_backend openai --max_cost much
check "is asked for" says "max-cost: expected an amount of money, more than 0, found 'much'"

# ---- parts ----
for i in 1 2; do
    check "shard $i" play parts --model_name paid-mini --prices gone.yaml --shard $i/2
done
parts=(parts/"$exp"/*-shard{1,2}of2)
check "they are merged" code 0 "$hrm" merge -o merged "${parts[@]}"
check "and cost what they cost together" costs merged "near(cost['spent'], $(sum_of merged 15 60)) and cost['spent'] > 0"
check "shard 2 at other prices" play parts --model_name paid-mini --prices other.yaml --shard 2/2
check "is merged, too" code 0 "$hrm" merge -o mixed "${parts[@]}"
check "to a run without prices" costs mixed 'cost is None'
check "of which a table makes a sum" eval '"$hrm" report mixed --full --prices gone.yaml | grep -q "Cost in money"'

# ---- the question before a server over https ----
answer_no() { # answer_no ARG...: hrm run on a terminal, whose question is answered with n; what it shows is in tty.out
    python3 - "$hrm" run $exp --suite "$suite" --outdir asked --model_backend openai --model_name paid-mini "$@" <<'PY'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
shown = b""
try:
    while b"Go on?" not in shown:
        shown += os.read(fd, 4096)
    os.write(fd, b"n\n")
    while True:
        shown += os.read(fd, 4096)
except OSError:  # it has ended
    pass
open("tty.out", "wb").write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
}
if openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1 2>/dev/null; then
    cat cert.pem key.pem >both.pem
    start_server --suite "$suite" --dialect openai --models paid-mini --tls both.pem
    export OPENAI_API_BASE=https://127.0.0.1:$port/v1 SSL_CERT_FILE=cert.pem
    sed 's,http://127,https://127,' gone.yaml >tls.yaml
    check "the question is asked" eval 'answer_no --prices tls.yaml --pilot "$(latest paid)" --max_cost 5; [ $? -eq 130 ]'
    check "with the cost to expect, and the limit" grep -qE \
        "will ask https://127.0.0.1:$port/v1, which will cost [0-9.]+ to [0-9.]+ USD, at most 5.00 USD. Go on" tty.out
    check "or that it is not known" eval 'answer_no --prices tls.yaml; grep -q "at a cost that is not known yet. Go on" tty.out'
    check "without prices there is no talk of money" eval 'answer_no; grep -qE "will ask https://[^ ]*. Go on" tty.out'
else
    echo "money: the question skipped: there is no openssl"
fi

# ---- comparing ----
check "two runs are compared" code 0 "$hrm" compare "$(latest paid)" "$(latest roles)"
check "by what they cost" grep -q 'Cost in money' out
check "three runs" code 0 "$hrm" compare "$(latest paid)" "$(latest roles)" "$(latest own)" --format csv
check "by what a solved episode costs" grep -q 'a solved episode' out
check "other currencies are not compared" code 0 "$hrm" compare "$(latest paid)" "$(latest named)"
check "at all" eval '! grep -q "Cost in money" out'
verdict
