#!/bin/bash
# bench/table: the page says what the values are, a row is made anew and the others stay, what is missing is named.
set -u
. "$(dirname "$0")/lib/harness.sh"
build=$(dirname "$hrm")/../..
table() {
    /usr/bin/python3 "$root/bench/table" --build "$build" --output mine --quick --rounds 2 "$@"
}

check "bench/README.md is made of bench/table.json" code 0 "$root/bench/table" --check
mkdir mine
cp "$root"/bench/{table.json,README.md} mine/
check "a copy, too" code 0 table --check
check "the rows" code 0 table --list
check "are those of the page" eval '[ "$(grep -c "(\`[a-z0-9-]*\`) |" mine/README.md)" -eq "$(wc -l <out)" ]'
sed -i '0,/met/s/met/missed/' mine/README.md
check "a word changed by hand" code 1 table --check
check "is found" says 'README.md is not what table.json makes'
check "the page anew" code 0 table --page
check "is as before" cmp mine/README.md "$root/bench/README.md"

check "one row" code 0 table --row version
row_alone() {
    python3 - "$root/bench/table.json" mine/table.json <<'PY'
import json, statistics, sys
old, new = (json.load(open(f)) for f in sys.argv[1:])
mine = new.pop("version")
old.pop("version")
assert old == new
assert len(mine["ours"]) == len(mine["theirs"]) == 2 and all(x > 0 for x in mine["ours"] + mine["theirs"])
line = next(x for x in open("mine/README.md") if "(`version`)" in x)
assert "n=2 (hrm / peer)" in line and f"| {statistics.median(mine['ours']):.3g} ms of CPU |" in line, line
PY
}
check "is measured, and no other" row_alone
cp mine/table.json before.json
check "a peer that is missing" code 3 table --peers nowhere --row harness-1
check "is named, with what to install" says 'inspect_ai is not installed: .*pip install inspect_ai openai'
check "older values stay" cmp before.json mine/table.json
check "a row that is not there" code 2 table --row nothing
check "shows those that are" says "no row 'nothing'; the rows are harness-1,"
check "next to no work is no measurement" code 2 "$root/bench/table" --quick --row version
finish
