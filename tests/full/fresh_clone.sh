#!/bin/bash
# What a new user does: a fresh clone, ./quickstart.sh, and the table of both arms at the end; then the
# same command again, which has nothing left to do.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
git clone -q . "$dir/hrm"
cd "$dir/hrm"
time ./quickstart.sh 2>"$dir/messages" | tee "$dir/first"
grep -q '^Outcomes by arm' "$dir/first" && exit 1 # the first screens, not all tables
[ "$(grep -Ec '^(Yes|No|Partly|Cannot tell): ' "$dir/first")" -eq 3 ] # after each run, and no second time
[ "$(grep -c '^Report: ' "$dir/first")" -eq 3 ]
[ "$(cat "$dir/first" "$dir/messages" | wc -l)" -le 120 ]
./quickstart.sh 2>"$dir/again" >/dev/null
grep -q ' 0 here ' "$dir/again"
[ -z "$(git status --porcelain)" ] # nothing of it lands among the sources
