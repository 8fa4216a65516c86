#!/bin/bash
# --format json: every command prints one JSON document, with exactly the keys that docs/json.md names.
#
# usage: HRM=PROGRAM [MODEL=GGUF] tests/json.sh
set -u
. "$(dirname "$0")/lib/harness.sh"
logs=$root/tests/fixtures/logs

# document FILE: parses, has the documented keys and nothing else, and says the same as --format csv (in csv).
document() {
    python3 -B - "$1" "$root/docs/json.md" <<'EOF2' 2>>err
import csv, json, math, re, sys
d = json.load(open(sys.argv[1]), parse_constant=lambda c: sys.exit(f"{c} is not JSON"))
page = open(sys.argv[2]).read()
part = page.split("## A document")[1].split("## ")[0]
documented = set(re.findall(r"`(\w+)`", part))
assert list(d) == ["schema", "title", "conclusions", "texts", "tables", "figures"], list(d)
assert d["schema"] == 1 and isinstance(d["title"], str) and all(isinstance(t, str) for t in d["texts"])
seen = set(d)
for c in d["conclusions"]:
    seen |= set(c)
    assert c["conclusion"] in ("met", "not met", "cannot tell")
values = {}
for t in d["tables"] + d["figures"]:
    seen |= set(t)
    names = [c["name"] for c in t["columns"]]
    for c in t["columns"]:
        seen |= set(c) | {c["kind"]}
    assert t["rows"] is not None and (t["note"] is None or isinstance(t["note"], str))
    for row in t["rows"]:
        assert set(row) == set(names), (t["title"], row)
        label = " / ".join(row[c["name"]] for c in t["columns"] if c["kind"] == "label")
        for c in t["columns"]:
            v = row[c["name"]]
            if c["kind"] == "estimate":
                assert list(v) == ["value", "low", "high", "n"], v
                seen |= set(v)
                v = v["value"]
            if c["kind"] in ("label", "text"):
                assert isinstance(v, str)
                continue
            assert v is None or isinstance(v, int if c["kind"] == "count" else (int, float)), v
            values[t["title"], label, c["name"]] = v
assert seen <= documented, seen - documented
compared = 0
for r in csv.DictReader(open("csv")):
    key = r["table"], r["row"], r["column"]
    if key in values and r["value"]:
        compared += 1
        assert math.isclose(float(r["value"]), values[key], rel_tol=1e-9, abs_tol=1e-9), (key, r, values[key])
assert compared > 5, compared
EOF2
}

prints_json() { # prints_json ARG...
    check "hrm $*: CSV" code 0 "$hrm" "$@" --format csv
    cp out csv
    check "hrm $*: JSON" code 0 "$hrm" "$@" --format json
    cp out json
    check "hrm $*: as docs/json.md says, and as the CSV" document json
}
prints_json stats "$logs"/evalplus/{alpha,beta}_eval_results.json
prints_json compare "$logs"/inspect/{alpha,beta}.json
prints_json power --tasks 100 --samples 3 --difference 0.05
check "the example of the page" eval 'cd "$work" && PATH="$(dirname "$hrm"):$PATH" && cp "$logs"/inspect/alpha.eval a.eval &&
    cp "$logs"/inspect/beta.eval b.eval && "$hrm" stats a.eval b.eval --format json >json &&
    python3 -c "import json; json.load(open(\"json\"))"'
check "list" code 0 "$hrm" list --format json
check "its keys are those of the page" python3 -B - "$root/docs/json.md" <<'EOF2'
import json, re, sys
d, page = json.load(open("out")), open(sys.argv[1]).read().split("## hrm list")[1].split("key of a run")[0]
documented = set(re.findall(r"`(\w+)`", page))
assert set(d) == {"experiments", "suites"} and d["experiments"] and d["suites"]
for entry in d["experiments"] + d["suites"]:
    assert set(entry) <= documented, set(entry) - documented
EOF2
cp out once
check "list --json" code 0 "$hrm" list --json
check "is the same" cmp once out
refuse 'expected text or json' list --format csv
refuse 'expected text or json' list runs --format csv
refuse 'expected text or json' show x --format csv
[ -f "$model" ] || { echo "skipped: runs: there is no $model yet"; finish; }
check "a run" code 0 "$hrm" run $exp --model_name "$model" --limit 3 --samples 2 --max_tokens 60 --outdir r
check "another" code 0 "$hrm" run $exp --model_name "$model" --limit 3 --samples 2 --max_tokens 60 --temperature 0.9 --outdir s
check "list runs" code 0 "$hrm" list runs r --format json
check "its keys are those of the page" python3 -B - "$root/docs/json.md" <<'EOF2'
import json, re, sys
d, page = json.load(open("out")), open(sys.argv[1]).read().split("key of a run")[1]
documented = set(re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| `"))))
assert set(d) == {"runs"} and len(d["runs"]) == 1, d
assert set(d["runs"][0]) == documented - {"error"}, set(d["runs"][0]) ^ documented
assert d["runs"][0]["done"] == d["runs"][0]["total"] == 12, d["runs"][0]
EOF2
cp out once
check "list runs --json" code 0 "$hrm" list runs r --json
check "is the same" cmp once out
prints_json report r/$exp
prints_json compare r/$exp s/$exp
prints_json compare r/$exp s/$exp r/$exp
refuse 'a JSON document: one RUN at a time; found 2' report r/$exp s/$exp --format json
check "show" code 0 "$hrm" show r/$exp --format json
cp out once
check "export" code 0 "$hrm" export r/$exp --format jsonl
check "the same lines" cmp once out
check "show with a filter" code 0 "$hrm" show r/$exp --arm flat --format json
check "is those lines" eval '"$hrm" show r/$exp --arm flat --json | cmp - out && [ "$(wc -l <out)" = 6 ]'
check "one episode" code 0 "$hrm" show r/$exp 1 --format json
check "is JSON" python3 -c 'import json; assert json.load(open("out"))["task"]'
finish
