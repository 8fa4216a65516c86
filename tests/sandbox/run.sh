#!/bin/sh
# tests/sandbox/run.sh BUILD_DIR [--soak]
# The hostile, forge, right and benign suites and what surrounds them, as root and as an ordinary user.
# Last line: "N passed, N failed".
set -u
build=${1:?"usage: run.sh BUILD_DIR [--soak]"}
soak=${2:-}
here=$(cd "$(dirname "$0")" && pwd)
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
# Copies, because an ordinary user may not be able to reach the build directory.
cp "$build/src/cli/hrm" "$build/src/sandbox/hrm-python" "$bin/" && cp -r "$here" "$bin/tests" || exit 1
mkdir "$bin/guest" && cp "$here"/../../src/sandbox/guest_*.py "$bin/guest/" || exit 1
data=$here/../../../shared/data
[ -d "$data" ] && cp -r "$data" "$bin/data"
chmod -R a+rX "$bin"
python=/usr/bin/python3
[ -x "$python" ] || python=python3

export PYTHONHASHSEED=0 # as in the jail: the order of sets is part of what is tested
run() { # run NAME COMMAND...: in the background, with its output in out.NAME
    name=$1
    shift
    "$@" "$python" "$bin/tests/run.py" "$bin/hrm" "$bin/data" ${soak:+"$soak"} >"$bin/out.$name" 2>&1 &
}
if [ "$(id -u)" = 0 ]; then # both at once, as either waits for many limits to be reached
    run root env
    run user setpriv --reuid 64999 --regid 64999 --clear-groups env
else
    run user env
fi
wait
status=0
for out in "$bin"/out.*; do
    echo "== as ${out##*.}"
    cat "$out"
    tail -n 1 "$out" | grep -q ' 0 failed$' || status=1
    tail -n 1 "$out" >>"$bin/totals"
done
awk '{p += $1; f += $3} END {print p " passed, " f " failed"}' "$bin/totals"
exit $status
