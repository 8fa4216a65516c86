#!/bin/bash
# Builds hrm every way that matters and runs every test. A line per step; the log of a step that
# fails is shown. Last line: "N passed, N failed". --full adds what is slow or needs more software.
set -u
cd "$(dirname "$0")" || exit 1
. scripts/packages.sh

full=
case "${1-}" in
--full) full=1 ;;
'') ;;
*)
    echo "check.sh: there is no option '$1'; did you mean '--full'?" >&2
    exit 2
    ;;
esac

out=build-check
logs=$out/logs
mkdir -p $logs
passed=0
failed=0

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
    local name=$1 log=$logs/$1.log start=$SECONDS ok bad
    shift
    "$@" >"$log" 2>&1 </dev/null
    read -r ok bad < <(count "$log" $?)
    passed=$((passed + ok))
    failed=$((failed + bad))
    if [ "$bad" -eq 0 ]; then
        printf 'ok      %-24s %4d s  %s passed\n' "$name" $((SECONDS - start)) "$ok"
        grep -h 'skipped: ' "$log" | grep -v '^Dependency ' | sed 's/^/        /'
        return 0
    fi
    printf 'FAILED  %-24s %4d s  %s of %s failed; the end of %s:\n' "$name" $((SECONDS - start)) "$bad" \
        $((ok + bad)) "$log"
    tail -n 40 "$log" | sed 's/^/    | /'
    return 1
}

# build NAME CC [MESON OPTION...]
build() {
    local dir=$out/$1 cc=$2
    shift 2
    [ -f "$dir/build.ninja" ] || CC=$cc meson setup "$dir" -Dtests=enabled "$@" || return
    ninja -C "$dir" --quiet
}

# Only the fuzzers: the interpreter in the jail does not link with their instrumentation.
build_fuzzers() {
    local dir=$out/fuzz
    [ -f "$dir/build.ninja" ] ||
        CC=clang meson setup "$dir" -Dtests=disabled -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false ||
        return
    # shellcheck disable=SC2046
    ninja -C "$dir" --quiet $(basename -a -s .c fuzz/fuzz_*.c | sed 's,^,fuzz/,')
}

unit_tests() {
    meson test -C "$1" --no-rebuild --print-errorlogs
}

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}

# shellcheck disable=SC2086
step packages install_missing $BUILD_PACKAGES $TEST_PACKAGES || finish
step include-directions scripts/check_includes.py
step format scripts/check_format.sh
step spelling scripts/check_spelling.py
step shell-scripts scripts/check_shell.sh
step paths-in-docs scripts/check_paths.py
step build-clang build clang clang
if step build-gcc build gcc gcc; then
    step unit-tests unit_tests $out/gcc
    export HRM=$PWD/$out/gcc/src/cli/hrm
    for script in tests/*.sh; do
        step "$(basename "$script" .sh)" "$script"
    done
    step sandbox tests/sandbox/run.sh $out/gcc
fi

# Leaks are looked for too; a leak fails the test in which it happens.
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
if step build-asan build asan gcc -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1; then
    step unit-tests-asan unit_tests $out/asan
    HRM=$PWD/$out/asan/src/cli/hrm step cli-asan tests/cli.sh
fi
export TSAN_OPTIONS=halt_on_error=1
if step build-tsan build tsan gcc -Db_sanitize=thread -Db_lundef=false -Doptimization=1; then
    HRM=$PWD/$out/tsan/src/cli/hrm step tsan-experiment tests/tsan/experiment.sh
    for name in write call runner; do # where threads meet
        step tsan-$name $out/tsan/src/${name}_test
    done
fi

if step build-fuzz build_fuzzers; then
    step fuzz fuzz/run.sh "$PWD/$out/fuzz" ${full:+60}
fi

if [ -n "$full" ]; then
    HRM=$PWD/$out/gcc/src/cli/hrm
    for script in tests/full/*.sh tests/integration/*.sh; do
        [ -e "$script" ] && step "$(basename "$script" .sh)" "$script"
    done
fi
finish
