#!/bin/bash
# scripts/coverage.sh BUILD_DIR [TEST...]: runs the unit programs of a build with -Db_coverage=true and the shell tests that are
# named, then says which share of the lines of src/ ran, by room, and names the rooms below 90 %. Details: BUILD_DIR/coverage.json.
# Tests that fail are named and do not end it.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
shift
HRM=$(realpath "$build/src/cli/hrm")
export HRM
find "$build" -name '*.gcda' -delete
meson test -C "$build" --no-rebuild --timeout-multiplier 4 >"$build/unit.log" 2>&1 ||
    echo "unit programs failed, see $build/unit.log"
for test; do
    "$test" >"$build/$(basename "$test").log" 2>&1 || echo "$test failed, see $build/$(basename "$test").log"
done
# hrm-python is not measured: in its jail it can write no counters.
gcovr --root . --filter 'src/' --exclude '.*_test\.c' --exclude 'src/sandbox/warm_.*' --exclude-unreachable-branches \
    --object-directory "$build" --json "$build/coverage.json" "$build" >"$build/gcovr.log" 2>&1 || {
    tail -n 5 "$build/gcovr.log"
    exit 1
}
python3 -B scripts/coverage.py "$build/coverage.json"
