#!/bin/sh
# The README's picture of the report: the page of a full run of exp1_decomp_vs_flat on the embedded model, as headless
# Chromium shows it, with a palette so that it is small. Needs chromium and pngquant.
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
ls -l docs/report.png
