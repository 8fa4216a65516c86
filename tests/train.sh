#!/bin/bash
# hrm train from outside: a training stopped with Ctrl-C leaves a checkpoint and exit code 130, the same command
# goes on to the very bytes of a training nobody disturbed, and bad input is refused before any work.
#
# usage: tests/train.sh [BUILD_DIR]    (without: $HRM is the program)
set -u
cd "$(dirname "$0")/.." || exit 1
hrm=${1:+$1/src/cli/hrm}
hrm=${hrm:-$HRM}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

check() { # check SENTENCE COMMAND...
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $what"
        sed 's/^/    /' "$work/err"
    fi
}

train() { # train FILE [OPTION...]
    local out=$1
    shift
    "$hrm" train code -o "$out" --steps 120 "$@" 2>"$work/err"
}

check "a training ends with exit code 0" train "$work/straight.gguf"
check "and leaves no checkpoint" test ! -e "$work/straight.gguf.ckpt"

train "$work/stopped.gguf" &
pid=$!
sleep 1
kill -INT "$pid" 2>/dev/null
wait "$pid"
rc=$?
# On a fast machine it may have finished before the signal came.
check "Ctrl-C ends it with exit code 130, or it was done" test "$rc" -eq 130 -o -e "$work/stopped.gguf"
if [ "$rc" -eq 130 ]; then
    check "stopped: a checkpoint is there" test -s "$work/stopped.gguf.ckpt"
    check "stopped: no weights yet" test ! -e "$work/stopped.gguf"
fi
check "the same command ends it" train "$work/stopped.gguf"
check "with the same bytes" cmp -s "$work/straight.gguf" "$work/stopped.gguf"
check "one thread gives the bytes of two" train "$work/one.gguf" --threads 1
check "the same bytes" cmp -s "$work/straight.gguf" "$work/one.gguf"

train "$work/no/such/folder.gguf"
check "a folder that is not there is exit code 2" test $? -eq 2
train "$work/x.gguf" --steps many
check "a bad number is exit code 2" test $? -eq 2
"$hrm" train poetry -o "$work/x.gguf" 2>"$work/err"
check "an unknown corpus is exit code 2" test $? -eq 2
check "nothing is written by a refused command" test ! -e "$work/x.gguf"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
