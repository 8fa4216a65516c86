#!/bin/bash
# hrm train from outside: a training stopped with Ctrl-C leaves a checkpoint and exit code 130, the same command
# continues to the same bytes as an uninterrupted training, and bad input is refused at once.
set -u
. "$(dirname "$0")/lib/harness.sh"

train() { # train FILE [OPTION...]
    local out=$1
    shift
    "$hrm" train code -o "$out" --steps 120 "$@" 2>err
}

check "a training ends with exit code 0" train straight.gguf
check "and leaves no checkpoint" test ! -e straight.gguf.ckpt

"$hrm" train code -o stopped.gguf --steps 120 2>err & # not the function: the signal is for hrm itself
pid=$!
sleep 0.5
kill -INT "$pid" 2>/dev/null
wait "$pid"
rc=$?
# On a fast machine it may have finished before the signal came.
check "Ctrl-C ends it with exit code 130, or it was done" test "$rc" -eq 130 -o -e stopped.gguf
if [ "$rc" -eq 130 ]; then
    check "stopped: a checkpoint is there" test -s stopped.gguf.ckpt
    check "stopped: one sentence says how to go on" [ "$(grep -v '^train:' err | grep -c '')" -eq 1 ]
    check "stopped: no weights yet" test ! -e stopped.gguf
fi
check "the same command ends it" train stopped.gguf
check "with the same bytes" cmp -s straight.gguf stopped.gguf
check "one thread gives the bytes of two" train one.gguf --threads 1
check "the same bytes" cmp -s straight.gguf one.gguf

small="--steps 40 --d_model 32 --layers 2 --heads 2 --ff 64 --vocab 400"
# shellcheck disable=SC2086
check "the math corpus trains a model of the size asked for" "$hrm" train math -o math.gguf $small 2>err
# shellcheck disable=SC2086
check "and again" "$hrm" train math -o again.gguf $small 2>err
check "to the same bytes" cmp -s math.gguf again.gguf
check "and small it is" [ "$(stat -c %s math.gguf)" -lt 200000 ]

train no/such/folder.gguf
check "a folder that is not there is exit code 2" test $? -eq 2
train x.gguf --steps many
check "a bad number is exit code 2" test $? -eq 2
train x.gguf --d_model 33
check "a size the kernels cannot run is exit code 2" test $? -eq 2
"$hrm" train poetry -o x.gguf 2>err
check "an unknown corpus is exit code 2" test $? -eq 2
check "nothing is written by a refused command" test ! -e x.gguf

finish
