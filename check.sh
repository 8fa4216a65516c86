#!/bin/bash
# Builds hrm every way that matters and runs every test. A line per step: its seconds, and the CPU seconds in brackets; the
# log of a step that fails is shown. Last line: "N passed, N failed". --full adds what is slow or needs more software.
# --coverage runs the unit programs and tests/*.sh alone, and says which share of the lines of src/ ran, by room.
set -u
cd "$(dirname "$0")" || exit 1
. scripts/packages.sh

full=
coverage=
case "${1-}" in
--full) full=1 ;;
--coverage) coverage=1 ;;
'') ;;
*)
    echo "check.sh: there is no option '$1'; expected --full or --coverage" >&2
    exit 2
    ;;
esac

out=build-check
logs=$out/logs
mkdir -p $logs
: >$logs/counts # "OK BAD" of every step that has ended
steps=0
at_once=$(($(getconf _NPROCESSORS_ONLN) + 1)) # tests: many of them wait more than they compute

# Steps that run in the background have process groups of their own, which Ctrl-C does not reach.
stop() {
    local group
    for group in $(jobs -p); do
        kill -TERM -- "-$group" 2>/dev/null
    done
    exit 130
}
trap stop INT TERM HUP

# "OK BAD" of a finished log: what meson counted, or a last line "N passed, N failed", else the step itself.
count() {
    awk -v rc="$2" '
        /^Ok: / { meson = 1; ok = $2 }
        /^(Fail|Unexpected Pass|Timeout): / { bad += $NF }
        { last = $0 }
        END {
            if (!meson && last ~ /^[0-9]+ passed, [0-9]+ failed$/) {
                split(last, n, " ")
                ok = n[1]
                bad = n[3]
            } else if (!meson) {
                ok = rc == 0
            }
            if (rc != 0 && bad == 0)
                bad = 1
            print ok + 0, bad + 0
        }' "$1"
}

# step NAME COMMAND...: runs it, counts it, says so. Non-zero when something failed.
step() {
    local name=$1 log=$logs/$1.log start=$SECONDS TIMEFORMAT='%3U + %3S' cpu rc ok bad skipped
    shift
    steps=$((steps + 1))
    cpu=$({ time "$@" >"$log" 2>&1 </dev/null; } 2>&1)
    rc=$?
    cpu=$(awk "BEGIN {printf \"%.0f\", ${cpu//,/.}}")
    read -r ok bad < <(count "$log" $rc)
    echo "$ok $bad" >>$logs/counts
    if [ "$bad" -eq 0 ]; then
        skipped=$(grep -h 'skipped: ' "$log" | grep -v '^Dependency ' | sed 's/^/        /')
        printf 'ok      %-24s %4d s (%s)  %s passed\n%s' "$name" $((SECONDS - start)) "$cpu" "$ok" "${skipped:+$skipped$'\n'}"
        return 0
    fi
    printf 'FAILED  %-24s %4d s (%s)  %s of %s failed; the end of %s:\n%s\n' "$name" $((SECONDS - start)) "$cpu" \
        "$bad" $((ok + bad)) "$log" "$(tail -n 40 "$log" | sed 's/^/    | /')"
    return 1
}

# beside NAME COMMAND...: a step in the background, beside others.
beside() {
    while [ "$(jobs -rp | wc -l)" -ge "$at_once" ]; do
        wait -n
    done
    set -m
    step "$@" &
    set +m
    steps=$((steps + 1))
}

# build NAME CC [MESON OPTION...] [-- TARGET...]
build() {
    local dir=$out/$1 cc=$2 options=()
    shift 2
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    [ -f "$dir/build.ninja" ] || CC=$cc meson setup "$dir" "${options[@]}" || return
    ninja -C "$dir" --quiet "$@"
}

unit_tests() {
    meson test -C "$1" --no-rebuild --print-errorlogs
}

finish() {
    local passed failed
    wait
    read -r passed failed < <(awk -v steps=$steps '{ok += $1; bad += $2} END {print ok + 0, bad + steps - NR}' $logs/counts)
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}

# shellcheck disable=SC2086
step packages install_missing $BUILD_PACKAGES $TEST_PACKAGES ${coverage:+gcovr} ${full:+$FULL_PACKAGES} || finish
if [ -n "$coverage" ]; then
    # Without optimization, because it joins and drops lines; the counters of threads are added up.
    step build-coverage build coverage gcc -Dtests=enabled -Db_coverage=true -Doptimization=0 -Dc_args=-fprofile-update=atomic &&
        step coverage scripts/coverage.sh $out/coverage tests/*.sh
    grep '%' $logs/coverage.log
    finish
fi
step include-directions scripts/check_includes.py
step format scripts/check_format.sh
step spelling scripts/check_spelling.py
step shell-scripts scripts/check_shell.sh
step paths-in-docs scripts/check_paths.py

# All builds first, as each of them takes all cores; then the tests beside each other, the longest first. Those with
# sanitizers have lines for their traces and no more, and clang's alone is never run.
gcc=$PWD/$out/gcc asan=$PWD/$out/asan tsan=$PWD/$out/tsan
sanitized="-Db_lundef=false -Doptimization=1 -Ddebug=false -Dc_args=-g1"
threaded="write call runner" # unit tests of where threads meet
# shellcheck disable=SC2086,SC2046
{
    step build-clang build clang clang -Dtests=enabled -Doptimization=0 -Ddebug=false
    step build-gcc build gcc gcc -Dtests=enabled
    gcc_built=$?
    step build-asan build asan gcc -Dtests=enabled -Db_sanitize=address,undefined $sanitized
    asan_built=$?
    step build-tsan build tsan gcc -Dtests=enabled -Db_sanitize=thread $sanitized -- src/cli/hrm src/sandbox/hrm-python \
        $(printf 'src/%s_test ' $threaded)
    tsan_built=$?
    # Only the fuzzers: the interpreter in the jail does not link with their instrumentation.
    step build-fuzz build fuzz clang -Dtests=disabled -Dfuzz=true -Db_sanitize=address,undefined $sanitized -- \
        $(basename -a -s .c fuzz/fuzz_*.c | sed 's,^,fuzz/,')
    fuzz_built=$?
}

# Leaks are looked for too; a leak fails the test in which it happens.
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1
export HRM=$gcc/src/cli/hrm
if [ $gcc_built -eq 0 ]; then
    beside sandbox tests/sandbox/run.sh "$gcc"
fi
[ $fuzz_built -eq 0 ] && beside fuzz fuzz/run.sh "$PWD/$out/fuzz" ${full:+60}
if [ $asan_built -eq 0 ]; then
    beside unit-tests-asan unit_tests "$asan"
    HRM=$asan/src/cli/hrm beside cli-asan tests/cli.sh
fi
if [ $tsan_built -eq 0 ]; then
    HRM=$tsan/src/cli/hrm beside tsan-experiment tests/tsan/experiment.sh
    for name in $threaded; do
        beside tsan-"$name" "$tsan/src/${name}_test"
    done
fi
if [ $gcc_built -eq 0 ]; then
    beside unit-tests unit_tests "$gcc"
    for script in tests/*.sh; do
        beside "$(basename "$script" .sh)" "$script"
    done
fi
wait

if [ -n "$full" ]; then # one after the other: some measure
    step static-analysis scripts/check_static.sh $out/clang
    for script in tests/full/*.sh tests/integration/*.sh; do
        [ -e "$script" ] && step "$(basename "$script" .sh)" "$script"
    done
fi
finish
