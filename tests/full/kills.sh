#!/bin/bash
# exp1, exp2 and exp3 on the embedded model, killed with -9 at random moments until KILLS kills have landed: hrm alone, hrm
# with its jails, or one process of a jail, whose hrm then goes on. The same command continues each time; whenever a run
# gets through, it is compared with an undisturbed one, and the next begins. Nothing may be left of what was killed.
#
# usage: HRM=PROGRAM tests/full/kills.sh [KILLS [SEED [EXPERIMENT...]]]
# The seed decides what is killed and after which share of the run; the machine decides what happens at that moment.
set -u
kills=${1:-100}
seed=${2:-$((RANDOM * 32768 + RANDOM))}
experiments=("${@:3}")
[ ${#experiments[@]} -gt 0 ] || experiments=(exp1_decomp_vs_flat exp2_pot_tool_aug exp3_curriculum)
. "$(dirname "$0")/../lib/harness.sh"
echo "kills: $kills with seed $seed"
RANDOM=$seed

# Copies, by which processes are recognised, and a directory for temporary files in which there is nothing else.
mkdir bin tmp
cp "$hrm" "$(dirname "$hrm")/../sandbox/hrm-python" bin/ || exit 1
hrm=$work/bin/hrm
export TMPDIR=$work/tmp
declare -A limits=(
    [exp1_decomp_vs_flat]="--limit 12 --samples 2 --max_connections 4"
    [exp2_pot_tool_aug]="--limit 12 --max_connections 4"
    [exp3_curriculum]="--orders random,strict --n 24,48 --seeds 1 --tests 1 --parallel 2"
)
declare -A took laps

play() { # play EXPERIMENT OUTDIR
    # shellcheck disable=SC2086
    "$hrm" run "$1" ${limits[$1]} --outdir "$2" >out 2>err </dev/null
}

# Processes of ours, by the name of the program: any, or "hrm-python" for those of jails.
ours() {
    find /proc -maxdepth 2 -name exe -lname "$work/bin/${1:-*}" 2>/dev/null | cut -d/ -f3
}

all_gone() { # within 20 s
    for _ in $(seq 200); do
        [ -z "$(ours)" ] && return 0
        sleep 0.1
    done
    ps -o pid,stat,args -p "$(ours | paste -sd,)" >>err
    return 1
}

no_cgroups() { # of the jails in the file `jails`
    local found
    found=$(find /sys/fs/cgroup -name 'hrm-box-*' 2>/dev/null | sed 's/.*-//' | sort | comm -12 - <(sort -u jails))
    [ -z "$found" ] || echo "cgroups are left of $found" >>err
    [ -z "$found" ]
}

pause() { # pause MILLISECONDS
    sleep "$(($1 / 1000)).$(printf %03d $(($1 % 1000)))"
}

# Numbers of summary.json that no clock has made.
numbers() {
    python3 - "$1/summary.json" <<'PY'
import json, sys
CLOCK = ("seconds", "time_to_solve", "created", "sentence")
def still(x):
    if isinstance(x, dict):
        return {k: still(v) for k, v in x.items() if not any(word in k for word in CLOCK)}
    return [still(v) for v in x if not (isinstance(v, dict) and v.get("of") == "seconds")] if isinstance(x, list) else x
print(json.dumps(still(json.load(open(sys.argv[1]))), indent=1, sort_keys=True))
PY
}

# same_run EXPERIMENT DIR: episodes with their transcripts, numbers, weights and the names of files are those of the undisturbed run.
same_run() {
    local kind
    for kind in contents numbers weights files; do
        $kind "$work/whole/$1/latest" >was || return
        $kind "$work/$2/$1/latest" >is || return
        cmp -s was is && continue
        echo "$kind: $(diff was is | cut -c1-300 | head -n 4)" >>err
        return 1
    done
}

weights() {
    (cd "$1" && find . -name '*.gguf' -exec sha256sum {} + | sort -k 2)
}

files() {
    (cd "$1" && find . | sort)
}

# A run has got through: is it right, and is nothing left?
lap() { # lap EXPERIMENT OUTDIR
    local name=${1%%_*} lap=${laps[$1]}
    check "$name, run $lap: nothing runs any more" all_gone
    check "$name, run $lap: the record of the undisturbed run" same_run "$1" "$2"
    finished_calls "$2/$1/latest/run.db" | sort -u >after
    check "$name, run $lap: no finished call was lost or asked again" test -z "$(sort -u before | comm -23 - after)"
    check "$name, run $lap: no temporary file is left" [ -z "$(find tmp -mindepth 1)" ]
    check "$name, run $lap: no cgroup is left" no_cgroups
    laps[$1]=$((lap + 1))
}

for e in "${experiments[@]}"; do
    start=$(date +%s%3N)
    check "$e undisturbed" play "$e" whole
    took[$e]=$(($(date +%s%3N) - start))
    laps[$e]=1
    check "$e undisturbed has episodes" [ -s "whole/$e/latest/summary.json" ]
done

declare -A landed=([hrm]=0 [group]=0 [jail]=0)
in_training=0
: >jails
: >before
killed() {
    echo $((landed[hrm] + landed[group] + landed[jail]))
}

wait_for_training() { # wait_for_training PID EXPERIMENT OUTDIR
    while kill -0 "$1" 2>/dev/null && ! compgen -G "$3/$2/*/models" >/dev/null; do
        sleep 0.02
    done
}

is_trained() { # is_trained EXPERIMENT OUTDIR: all of its models are there
    [ "$(find "$2/$1" -path '*/models/*-s0.gguf' | wc -l)" -eq 4 ]
}

# strike EXPERIMENT OUTDIR: plays, and kills. Non-zero when the run was through before it was hit.
strike() {
    local victims=(hrm group jail) what jailed pid code hit=
    what=${victims[$((RANDOM % 3))]}
    # shellcheck disable=SC2086
    setsid "$hrm" run "$1" ${limits[$1]} --outdir "$2" >out 2>err </dev/null &
    pid=$!
    if [ "$1" = exp3_curriculum ] && [ $((RANDOM % 2)) -eq 0 ]; then
        wait_for_training $pid "$@"
        pause $((RANDOM % 300))
    else
        pause $(((RANDOM * 32768 + RANDOM) % took[$1]))
    fi
    ours hrm-python >>jails
    if [ "$what" = jail ]; then
        mapfile -t jailed < <(ours hrm-python)
        if [ ${#jailed[@]} -gt 0 ] && kill -KILL "${jailed[$((RANDOM % ${#jailed[@]}))]}" 2>/dev/null; then
            landed[jail]=$((landed[jail] + 1))
            hit=1
        fi
        pause $(((RANDOM * 32768 + RANDOM) % took[$1]))
        what=hrm
        ours hrm-python >>jails
    fi
    if [ "$(killed)" -lt "$kills" ]; then # a group has a minus before its number
        [ "$what" = hrm ] || pid=-$pid
        kill -KILL -- "$pid" 2>/dev/null
    fi
    wait "${pid#-}" 2>/dev/null
    code=$?
    [ $code -ne 137 ] || landed[$what]=$((landed[$what] + 1))
    if [ -n "$hit" ] && [ $code -eq 3 ] && says 'hrm-python does not start'; then
        code=137 # the jail was hit before it had begun, and nothing is started without one
    fi
    check "exit 0, or killed, not $code" [ $code -eq 0 -o $code -eq 137 ]
    check "nothing runs any more" all_gone
    [ $code -ne 137 ] && return 1
    if compgen -G "$2/$1/*/models" >/dev/null && ! is_trained "$@"; then
        in_training=$((in_training + 1))
    fi
    [ ! -f "$2/$1/latest/run.db" ] || finished_calls "$2/$1/latest/run.db" >>before 2>/dev/null
    return 0
}

turn=0
while [ "$(killed)" -lt "$kills" ]; do
    e=${experiments[$((turn++ % ${#experiments[@]}))]}
    : >before
    while [ "$(killed)" -lt "$kills" ]; do
        strike "$e" "killed-${laps[$e]}" || break
    done
    play "$e" "killed-${laps[$e]}"
    check "$e, run ${laps[$e]}: the same command completes it" [ $? -eq 0 ]
    lap "$e" "killed-${laps[$e]}"
done
echo "kills: seed $seed: $(killed) kills over $turn runs: ${landed[hrm]} of hrm, ${landed[group]} with its jails, ${landed[jail]} of a jail;" \
    "$in_training while models were trained"
finish
