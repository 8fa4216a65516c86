#!/bin/bash
# Checks that clang-format would not change any C file. Versions differ, so only one major version decides; with another one
# installed the check is skipped. scripts/check_format.sh --fix formats instead.
set -u
cd "$(dirname "$0")/.." || exit 1
major=14 # Debian 12's

found=$(clang-format --version 2>/dev/null | sed -E 's/.*version ([0-9]+).*/\1/')
if [ "$found" != $major ]; then
    echo "skipped: clang-format $major decides, found ${found:-none}"
    echo "0 passed, 0 failed"
    exit
fi
mapfile -t files < <(find src bench fuzz tests -name '*.[ch]' | sort)
if [ "${1-}" = --fix ]; then
    exec clang-format -i "${files[@]}"
fi
clang-format --dry-run --Werror "${files[@]}"
