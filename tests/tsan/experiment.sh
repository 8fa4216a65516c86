#!/bin/bash
# 200 episodes of exp1 on the embedded model, several at once, in a build with ThreadSanitizer: a
# data race ends the run.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$HRM" run exp1_decomp_vs_flat --limit 50 --samples 2 --outdir "$dir" --max_connections 4
echo "episodes:"
tail -n +2 "$dir"/exp1_decomp_vs_flat/latest/results.csv | wc -l | tee "$dir/n"
[ "$(cat "$dir/n")" -ge 200 ]
