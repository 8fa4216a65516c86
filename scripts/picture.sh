#!/bin/sh
# The pictures of README.md, docs/report.md and docs/view.md. That of the report: the page of a full run of exp1_decomp_vs_flat on the embedded model, as headless
# Chromium shows it, with a palette so that it is small. Those of hrm view: the matrix, and the first task on which the arms part. Needs chromium and
# pngquant.
#   scripts/picture.sh [RUN]        RUN: a run's directory, when there is one already
set -eu
cd "$(dirname "$0")/.."
run=${1-}
if [ -z "$run" ]; then
    build/src/cli/hrm run exp1_decomp_vs_flat >/dev/null
    run=runs/exp1_decomp_vs_flat/latest
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
build/src/cli/hrm report "$run" --format html -o "$dir/report.html"
chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --blink-settings=preferredColorScheme=1 \
    --window-size=1120,1960 --screenshot="$dir/report.png" "file://$dir/report.html" 2>/dev/null
pngquant --force --speed 1 --strip --output docs/report.png 64 "$dir/report.png"

build/src/cli/hrm view "$run" >"$dir/url" 2>/dev/null &
view=$!
trap 'kill $view; rm -rf "$dir"' EXIT
while [ ! -s "$dir/url" ]; do sleep 0.1; done
url=$(cat "$dir/url")
part=$(python3 - "$url" <<'PY'
import json, sys, urllib.parse, urllib.request
base, token = sys.argv[1].split("/?token=")
asked = urllib.request.Request(f"{base}/api/matrix?run=.&parts=1", headers={"X-Hrm-Token": token})
matrix = json.load(urllib.request.urlopen(asked))
a, b = matrix["arms"][:2]
task, sample = next((t["name"], x["sample"]) for t in matrix["tasks"] for x, y in zip(*t["cells"][:2]) if x["state"] != y["state"])
print("pair?" + urllib.parse.urlencode({"run": ".", "task": task, "sample": sample, "a": a, "b": b}))
PY
)
look() { # look NAME PAGE HEIGHT
    chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --blink-settings=preferredColorScheme=1 \
        --user-data-dir="$dir/profile" --virtual-time-budget=8000 --window-size="1120,$3" --screenshot="$dir/$1.png" "$url#/$2" 2>/dev/null
    pngquant --force --speed 1 --strip --output "docs/$1.png" 64 "$dir/$1.png"
}
look view-run 'run?run=.&sort=gap' 940
look view-pair "$part" 1180
ls -l docs/report.png docs/view-run.png docs/view-pair.png
