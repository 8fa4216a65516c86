#!/bin/bash
# The page of results is what scripts/results.py makes of the committed records; and on a small run: packed records replay, hold
# no text of a suite that is not ours and nothing of this machine, and the page has the numbers of results.csv.
set -u
. "$(dirname "$0")/lib/harness.sh"
export HRM=$hrm
results=$root/scripts/results.py
pack=$root/scripts/pack_record.py

check "docs/results.md is what the committed records make" code 0 python3 "$results" --check
[ -f "$model" ] || skip "there is no $model yet"

check "a run" code 0 "$hrm" run $exp --model_name "$model" --limit 6 --samples 2 --outdir own
run=$(echo own/*/latest)
mkdir packed
check "is packed" code 0 python3 "$pack" "$run" packed/own.db.gz
check "with its texts" prints 'with its texts; it can be replayed'
mkdir unpacked
gunzip -c packed/own.db.gz >unpacked/run.db
contents "$run" >before.jsonl
contents unpacked >after.jsonl
check "nothing of the episodes is lost" cmp before.jsonl after.jsonl
check "it is replayed" code 0 "$hrm" run $exp --limit 6 --samples 2 --outdir again --model_backend replay --replay unpacked
contents again/*/latest >replayed.jsonl
check "bit for bit" cmp before.jsonl replayed.jsonl
check "no folder of this machine is in it" eval "! grep -aq '$root\|$work' unpacked/run.db"
check "nor its name" eval "! sqlite3 unpacked/run.db 'SELECT value FROM meta' | grep -q '\"name\":\"$(uname -n)\"'"

# The same tasks as a suite that is not ours.
sed 's/^suite:.*/suite: theirs/' "$root/eval/suites/compositional_code.yaml" >theirs.yaml
check "a run of another suite" code 0 "$hrm" run $exp --suite theirs.yaml --model_name "$model" --limit 6 --samples 2 --outdir theirs
check "is packed" code 0 python3 "$pack" theirs/*/latest packed/theirs.db.gz
check "without texts" prints 'without texts'
mkdir hidden
gunzip -c packed/theirs.db.gz >hidden/run.db
check "the texts were there" grep -aq 'def f(x)' unpacked/run.db
check "no program, prompt or test is left" eval "! grep -aqE 'def f|Let f\(x\)|assert |return ' hidden/run.db"
numbers() { "$hrm" report "$1" --format csv | grep -E ',(Criteria|Outcomes by arm|Flags by arm|Cost by role),' | cut -d, -f2- | grep -v ',s,'; }
numbers theirs/*/latest >numbers.before
numbers hidden >numbers.after
check "the numbers stay" cmp numbers.before numbers.after
check "and are some" [ "$(wc -l <numbers.after)" -gt 20 ]

# What roles replied that could not be used: a reply whose text is hidden is not one without a program.
mkdir refused without
cp "$(echo theirs/*/latest)/run.db" refused
sqlite3 refused/run.db "UPDATE events SET kind = 'refused', role = 'planner', detail = '{\"part\": \"plan\", \"reason\": \"echo\", \"again\": true}'
    WHERE rowid = (SELECT min(rowid) FROM events WHERE kind = 'plan')"
check "a record with a refused plan is packed" code 0 python3 "$pack" refused without/run.db.gz
gunzip without/run.db.gz
rate() { python3 "$root/bench/role_rates" --json "$1" | python3 -c '
import json, sys
((arms),) = json.load(sys.stdin).values()
print({arm: {name: (r["k"], r["n"]) for name, r in sorted(rates.items()) if (name == "programs") == (sys.argv[1] == "programs")}
       for arm, rates in sorted(arms.items())})' "$2"; }
rate refused others >rates.before
rate without others >rates.after
check "a refused plan stays one" eval "cmp rates.before rates.after && grep -q \"'plans': (1, \" rates.after"
rate without programs >rates.programs
check "hidden replies are not called replies without a program" eval "! grep -q '([1-9]' rates.programs && ! grep -q ', [1-9]' rates.programs"
check "which they are not with their texts, either" eval "rate refused programs | grep -q \"'programs': (0, [1-9]\""
check "a run that is not there" code 1 python3 "$pack" nowhere packed/no.db.gz
check "says what was expected" says 'expected a run.s directory or its run.db'

printf '# R\n%s\n%s\nafter\n' '<!-- made by scripts/results.py: begin -->' '<!-- made by scripts/results.py: end -->' >page.md
check "a page" code 0 python3 "$results" packed page.md
check "is then as it should be" code 0 python3 "$results" --check packed page.md
check "has what stands around" eval "head -1 page.md | grep -qx '# R' && tail -1 page.md | grep -qx after"
as_in_csv() {
    python3 - "$run/results.csv" page.md <<'PY'
import csv, re, sys
rows = [r for r in csv.DictReader(open(sys.argv[1])) if r["status"] == "done"]
page = open(sys.argv[2]).read().split("\n## ")[1]
assert "(own)" in page
def mean(arm, value):
    tasks = {}
    for r in rows:
        if r["arm"] == arm:
            tasks.setdefault(r["task"], []).append(value(r))
    return sum(sum(v) / len(v) for v in tasks.values()) / len(tasks)
last = re.findall(r"^\| \d+ \|(.*)\|$", page.split("**Accuracy")[1].split("**What")[0], re.M)[-1].split("|")
for at, arm in enumerate(("hrm", "flat")):
    solved = 100 * mean(arm, lambda r: int(r["passed"]))
    tokens = mean(arm, lambda r: int(r["prompt_tokens"]) + int(r["generated_tokens"]))
    row = re.search(rf"^\| {arm} \| (\d+) \| (\d+) \| ([\d.]+) .*\| (\d+) \|$", page, re.M)
    assert row, page
    assert abs(float(row[3]) - solved) < .06 and abs(int(row[4]) - tokens) <= .5, (row[0], solved, tokens)
    assert abs(float(last[at].split()[0]) - solved) < .06, (last, solved)  # with every token, all that was solved
PY
}
check "its numbers are those of results.csv" as_in_csv
for figure in packed/own-cost.svg packed/own-roles.svg packed/theirs-cost.svg; do
    check "$figure is XML" python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' $figure
done
sed -i 's/^| hrm |/| hrm  |/' page.md
check "a number that was changed by hand" code 1 python3 "$results" --check packed page.md
check "is found" prints 'page.md is not what the records make'
rm packed/theirs.db.gz
check "so is a figure without a record" eval 'code 1 python3 "$results" --check packed page.md && prints theirs-cost.svg'
finish
