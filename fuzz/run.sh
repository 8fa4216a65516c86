#!/bin/sh
# Runs every fuzzer of a build directory for SECONDS each; the last line counts. Usage: fuzz/run.sh BUILD [SECONDS]
set -u
build=$1
seconds=${2:-10}
here=$(cd "$(dirname "$0")/.." && pwd)
passed=0
failed=0
for fuzzer in "$build"/fuzz/fuzz_*; do
    if [ ! -f "$fuzzer" ] || [ ! -x "$fuzzer" ]; then
        continue
    fi
    name=$(basename "$fuzzer")
    work=$(mktemp -d)
    case $name in
    fuzz_suite) seeds="$here/eval/suites" ;;
    *) seeds="$here/fuzz/seeds/${name#fuzz_}" ;;
    esac
    [ -d "$seeds" ] || seeds=
    if (cd "$work" && mkdir corpus && "$fuzzer" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
            -max_len=65536 corpus ${seeds:+"$seeds"} >log 2>&1); then
        echo "$name: $(grep -o '^Done [0-9]* runs' "$work/log") in $seconds s"
        passed=$((passed + 1))
        rm -rf "$work"
    else
        echo "$name: FAILED, see $work"
        tail -n 25 "$work/log"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
