#!/bin/bash
# scripts/check_static.sh BUILD_DIR: cppcheck over src/ and bench/, and clang-tidy over src/ (.clang-tidy says which checks).
# BUILD_DIR is a build with clang, whose compile commands and generated headers are used. Tests are not looked at: their
# deliberately wrong calls would be most of what is found. Fails on the first kind of finding, and prints all of it.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
for tool in cppcheck clang-tidy; do
    command -v $tool >/dev/null || {
        echo "skipped: $tool is not installed"
        echo "0 passed, 0 failed"
        exit
    }
done
mapfile -t sources < <(find src -name '*.c' ! -name '*_test.c' | sort)
cppcheck --enable=warning,performance --std=c11 --quiet --error-exitcode=1 --library=scripts/cppcheck.xml \
    --suppressions-list=scripts/cppcheck.suppressions -I src -I "$build/src" -D_GNU_SOURCE -D__GNUC__ -j "$(nproc)" \
    "${sources[@]}" bench || exit
# One file at a time: with several, version 14 believes va_list uninitialized from the second one on.
printf '%s\0' "${sources[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy -p "$build" --quiet 2>/dev/null
