#!/bin/bash
# Every shell script as shellcheck wants it; .shellcheckrc says what it does not ask for, and why.
set -u
cd "$(dirname "$0")/.." || exit 1
mapfile -t scripts < <({
    find . -path './build*' -prune -o -path ./shared -prune -o -name '*.sh' -print
    find .ci bench scripts -type f ! -name '*.*' -exec grep -lE '^#!/bin/(ba)?sh' {} +
} | sort)
shellcheck "${scripts[@]}"
