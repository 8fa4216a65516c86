#!/bin/bash
# The snippets of docs/elsewhere.md, each run as it stands there: pandas, R and DuckDB find the paired difference that the
# report prints, also where sets are incomplete. What is not installed is skipped.
#
# usage: HRM=PROGRAM tests/full/elsewhere.sh
set -u
. "$(dirname "$0")/../lib/harness.sh"
[ -f "$model" ] || skip "there is no $model yet"
page=$root/docs/elsewhere.md
PATH=$(dirname "$hrm"):$PATH

python=
for candidate in python3 /usr/bin/python3; do
    [ -z "$python" ] && $candidate -c 'import pandas, scipy' 2>/dev/null && python=$candidate
done
[ -n "$python" ] || echo "skipped: no python3 here has pandas and scipy (python3-pandas, python3-scipy)"
rscript=$(command -v Rscript) || echo "skipped: there is no R here (r-base-core)"
json=
[ -n "$rscript" ] && Rscript -e 'library(jsonlite)' >/dev/null 2>&1 && json=1
[ -z "$rscript" ] || [ -n "$json" ] || echo "skipped: R has no jsonlite here (r-cran-jsonlite)"
duckdb=$(command -v duckdb) || echo "skipped: there is no DuckDB here (pip install duckdb-cli)"

snippet() { # snippet LANGUAGE N FILE: the page's Nth block of the language
    awk -v open="\`\`\`$1" -v n="$2" '/^```/ { inside = $0 == open && ++seen == n; next } inside' "$page" >"$3"
    [ -s "$3" ]
}

# The report's value, low, high, p and tasks, as the snippets print them.
reported() {
    "$hrm" report "$exp" --format json -o report.json && python3 - >want <<'PY'
import json
tables = {t["title"]: t["rows"] for t in json.load(open("report.json"))["tables"]}
row = tables["Paired differences over tasks"][0]
print(*(row["pass@1"][k] for k in ("value", "low", "high")), row["p of no difference"], row["tasks"])
PY
}

same() { # same FIELD...: the last line of out has these of the report's numbers, to eight digits
    tail -n 1 out | python3 -c '
import sys
want = [float(x) for x in open("want").read().split()]
found = [float(x) for x in sys.stdin.read().split()]
want = [want[int(i)] for i in sys.argv[1:]]
print("found", found, "expected", want, file=sys.stderr)
sys.exit(len(found) != len(want) or any(abs(f - w) > 1e-8 * max(1, abs(w)) for f, w in zip(found, want)))' "$@" 2>>err
}

calls_counted() { # the table of calls by role has as many calls as results.csv
    python3 - 2>>err <<'PY'
import csv
rows = csv.DictReader(open("runs/exp1_decomp_vs_flat/latest/results.csv"))
want = sum(int(r["calls"]) for r in rows)
found = sum(int(line.split()[-2]) for line in open("out").read().splitlines()[2:])
assert want == found > 0, (want, found)
PY
}

all_agree() { # all_agree WHICH: every snippet on the run as it is
    check "$1: the report" reported
    if [ -n "$python" ]; then
        snippet python 1 pairs.py
        check "$1: pandas on results.csv runs" code 0 "$python" pairs.py
        check "$1: it finds the report's difference" same 0 1 2 3 4
        snippet python 2 report.py
        check "$1: pandas on the report's JSON runs" code 0 "$python" report.py
        check "$1: it reads the report's difference" same 0 1 2 3 4
        snippet python 3 calls.py
        check "$1: pandas on run.db runs" code 0 "$python" calls.py
        check "$1: it counts every call" calls_counted
    fi
    if [ -n "$rscript" ]; then
        snippet r 1 pairs.R
        check "$1: R on results.csv runs" code 0 Rscript --vanilla pairs.R
        check "$1: it finds the report's difference" same 0 1 2 3 4
    fi
    if [ -n "$json" ]; then
        snippet r 2 report.R
        check "$1: R on the report's JSON runs" code 0 Rscript --vanilla report.R
        check "$1: it reads the report's difference" same 0 1 2 3 4
    fi
    if [ -n "$duckdb" ]; then
        snippet sh 1 parquet.sh
        check "$1: DuckDB writes Parquet" code 0 sh -e parquet.sh
        check "$1: which holds the report's difference" same 0 4
        check "$1: and every call" [ "$(duckdb -list -noheader -c "SELECT count(*) FROM 'calls.parquet'")" = \
            "$(sqlite3 "runs/$exp/latest/run.db" 'SELECT count(*) FROM calls')" ]
    fi
}

check "the page has the snippets" snippet python 3 x
check "and those for R" snippet r 2 x
check "and for DuckDB" snippet sh 1 x
# Of three samples, so that some rates are neither 0 nor 1: else the report's interval is not t's.
play() { # play ARG...
    code 0 "$hrm" run "$exp" --model_name "$model" "$@"
}
check "a run of some tasks" play --limit 60
check "the next ones, by one arm alone" play --limit 70 --arms hrm
all_agree "incomplete sets"
check "the whole run" play
all_agree "complete"
finish
