#!/bin/bash
# What a new user does: a fresh clone, ./quickstart.sh, and the table of both arms at the end; then the
# same command again, which has nothing left to do.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
git clone -q . "$dir/hrm"
cd "$dir/hrm"
time ./quickstart.sh | tee "$dir/first"
grep -q '^Outcomes by arm' "$dir/first"
grep -q '^hrm - flat ' "$dir/first"
./quickstart.sh 2>"$dir/again" >/dev/null
grep -q ' 0 here ' "$dir/again"
[ -z "$(git status --porcelain)" ] # nothing of it lands among the sources
