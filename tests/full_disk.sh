#!/bin/bash
# A finished run on a full disk: the same command says that the disk is full and exits with 3, readers still read it, and
# with room again the same command is as before. The disk is a tmpfs of 24 MB in a mount namespace.
#
# usage: HRM=PROGRAM [MODEL=GGUF] tests/full_disk.sh
set -u
this=$(realpath "$0")
. "$(dirname "$0")/lib/harness.sh"
[ -f "$model" ] || skip "there is no $model yet"
if [ -z "${FULL_DISK-}" ]; then
    [ "$(id -u)" -eq 0 ] && own=(-m) || own=(-rm)
    unshare "${own[@]}" mount -t tmpfs -o size=24m none "$work" 2>err || skip "no file system can be mounted here: $(head -1 err)"
    FULL_DISK=yes HRM=$hrm MODEL=$model unshare "${own[@]}" bash "$this"
    exit
fi
trap 'cd / && umount "$work" && rm -rf "$work"' EXIT
mount -t tmpfs -o size=24m none "$work" && cd "$work" || exit 1

play() { # play ARG...: a small run
    "$hrm" run "$exp" --model_name "$model" --limit 2 --samples 1 --outdir runs "$@" >out 2>err
}

fill() {
    head -c 100m /dev/zero >fill 2>/dev/null
    [ "$(df --output=avail . | tail -1)" -eq 0 ]
}

check "a run" play
run=runs/$exp/latest
"$hrm" report $run >before.txt
messages=$(mktemp -p /dev/shm)
check "the disk is filled" fill
check "the same command: exit 3" eval '"$hrm" run $exp --model_name "$model" --limit 2 --samples 1 --outdir runs >/dev/null 2>"$messages"; [ $? -eq 3 ]'
check "says what to do" grep -q 'run.db: the disk is full; with room again, the same command continues' "$messages"
check "in one sentence" [ "$(wc -l <"$messages")" -eq 1 ]
check "a report is read all the same" eval '"$hrm" report $run 2>"$messages" | cmp - before.txt'
check "one that is written is not: exit 3" eval '"$hrm" report $run -o report.txt 2>"$messages"; [ $? -eq 3 ]'
check "says so, too" grep -q 'report.txt: the disk is full' "$messages"
rm -f "$messages" fill
check "with room again the same command ends well" play
check "and has nothing to do" says ' 4 of 4 episodes done, 0 here'
check "more samples are played" play --samples 2
finish
