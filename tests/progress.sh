#!/bin/bash
# What a run will take, said before it starts, and how far it is: against a slow scripted server, on terminals of 40 and 80
# columns (tmux) that change their size meanwhile, and elsewhere.
set -u
. "$(dirname "$0")/server/lib.sh"
exp=exp1_decomp_vs_flat

play() { # play OUTDIR ARG...: on the scripted server
    local out=$1
    shift
    "$hrm" run $exp --suite "$suite" --outdir "$out" --model_backend ollama --model_name $ollama_model --base_url "$url" "$@" \
        >out 2>err </dev/null
}

# ---- what it will take ----
start_server --suite "$suite" --latency 40 --slots 4
check "a dry run that knows nothing" play plain --dry_run --limit 2
check "says so, and when it will be known" grep -q '^expects   not known: neither a pilot .* first 10 episodes$' out
check "as JSON" play plain --dry_run --json --limit 2
check "it is null" python3 -c 'import json; assert json.load(open("out"))["expects"] is None'
check "a first run" play first --limit 7 --samples 1 --max_connections 1
check "did not know either" says 'hrm: what 14 episodes will take is not known: neither a pilot'
check "but does after ten" says 'hrm: the other 4 episodes will take [0-9]* to [0-9]* calls, .* tokens, of them .* written, .*; from the first 10, an episode of hrm [0-9.]* calls'
check "a pilot for another one" play second --limit 10 --samples 1 --dry_run --pilot first/$exp/latest --max_connections 4
check "is what it rests on, arm by arm" grep -Eq "^  from first/$exp/latest \(14 episodes\), an episode of hrm [0-9.]+ calls and [0-9.]+( thousand)? tokens, flat [0-9.]+ calls" out
check "in ranges" grep -Eq '^expects   [0-9]+ to [0-9]+ calls, [0-9.a-z ]+ to [0-9.a-z ]+ tokens, of them .* written, ' out
check "variances are the pilot's, too" grep -q '^detects .*as in the pilot: variance' out
check "as JSON" play second --limit 10 --samples 1 --dry_run --json --pilot first/$exp/latest
cp out plan.json
check "what then happens" play second --limit 10 --samples 1 --pilot first/$exp/latest --max_connections 4
check "was said before the first call" says "hrm: 20 episodes will take .* from first/$exp/latest"
in_range() {
    python3 - <<'PY'
import csv, glob, json
rows = list(csv.DictReader(open(glob.glob("second/*/latest/results.csv")[0])))
e = json.load(open("plan.json"))["expects"]
calls = sum(int(r["calls"]) for r in rows)
tokens = sum(int(r["prompt_tokens"]) + int(r["generated_tokens"]) for r in rows)
assert e["episodes"] == len(rows) == 20
assert e["calls"]["low"] <= calls <= e["calls"]["high"], (calls, e["calls"])
assert e["tokens"]["low"] <= tokens <= e["tokens"]["high"], (tokens, e["tokens"])
assert e["per_episode"]["hrm"]["tokens"] > 0 < e["per_episode"]["flat"]["tokens"]
PY
}
check "and came to something within the range" in_range
check "a continued run" play second --limit 11 --samples 1
check "rests on itself" says 'hrm: 2 episodes will take .*; from the 20 episodes that are done, an episode of'
check "a finished one" play second --limit 11 --samples 1
check "has nothing to say" eval "! says 'will take'"
check "a pilot that is not there" eval "! play odd --pilot nowhere"
check "is refused before anything runs" eval "says 'pilot: .*nowhere' && [ ! -e odd ]"

sed 's/^suite:.*/suite: humaneval/' "$suite" >humaneval.yaml
# shellcheck disable=SC2016
check "a calibration" eval '"$hrm" calibrate --suite humaneval.yaml --limit 3 --outdir cal --model_backend ollama \
    --model_name $ollama_model --base_url "$url" >out 2>err </dev/null'
check "stands for a pilot, in a dry run" play cal --dry_run --limit 3 --samples 1
check "which says what it is" grep -Eq "^  from the calibration cal/calibrate/.* calls on humaneval\), whose calls had .* tokens each" out
check "and before a run" play cal --limit 3 --samples 1
check "from one call an episode on" says 'hrm: 6 episodes will take (at least )?6 .*calls, .* from the calibration'

# ---- how far it is ----
check "no control codes where stderr is no terminal" eval "! grep -q $'\x1b' err"
check "nor carriage returns" eval "! grep -q $'\r' err"

start_server --suite "$suite" --latency 1500 --slots 3
{
    printf 'name: many\nsuite: %s\nsamples: 3\narms:\n' "$suite"
    for i in 1 2 3 4 5 6 7 8; do
        echo "- {name: flat_under_a_long_name_$i, controller: flat, strategy: oneshot}"
    done
} >many.yaml
timeout -s INT 25 "$hrm" run many.yaml --outdir many --model_backend ollama --model_name $ollama_model --base_url "$url" \
    >out 2>err </dev/null
grep ' elapsed, ' err >lines
check "a line now and then, none sooner than in 10 s" eval '[ "$(wc -l <lines)" -ge 1 ] && [ "$(wc -l <lines)" -le 2 ]'
check "of at most 200 columns" awk 'length > 200 { long = 1 } END { exit long }' lines
check "what has no room is counted" grep -q '; [1-8] more arms' lines

if ! command -v tmux >/dev/null; then
    echo "skipped: tmux is not installed; the terminal was not tried"
    verdict
    exit
fi
start_server --suite "$suite" --latency 1500 --slots 3
tmux=(tmux -L "hrm-$$" -f /dev/null)
screen() {
    "${tmux[@]}" capture-pane -p -t hrm 2>/dev/null
}
shows() { # shows PATTERN: within 10 s
    for _ in $(seq 50); do
        screen | tr '\n' ' ' | tr -s ' ' | grep -Eq -- "$1" && return 0
        sleep 0.2
    done
    screen >err
    return 1
}
once() { # once PATTERN: on one line of the screen, and not on another one
    screen >err
    [ "$(grep -Ec -- "$1" err)" -eq 1 ]
}
terminal() { # terminal COLUMNS ROWS
    "${tmux[@]}" kill-server 2>/dev/null
    tmux=(tmux -L "hrm-$$-$1" -f /dev/null) # one of its own: the other may still be ending
    "${tmux[@]}" new-session -d -s hrm -x "$1" -y "$2" "env HRM_HOME=$root TERM=screen '$hrm' run $exp --suite '$suite' --outdir tmux-$1 \
        --limit 6 --samples 1 --model_backend ollama --model_name $ollama_model --base_url $url; sleep 60"
    "${tmux[@]}" set-option -g window-size manual >/dev/null
}
resize() {
    "${tmux[@]}" resize-window -t hrm -x "$1" -y "$2"
    sleep 0.8
}
trap '"${tmux[@]}" kill-server 2>/dev/null; at_exit' EXIT

terminal 80 24
check "80 columns: elapsed, time left and tokens/s from the first seconds on" shows \
    '0 of 12 episodes, 0:0[0-9] elapsed, time left not known yet, [0-9]+\.[0-9] tokens/s'
check "80 columns: calls under way by role, with age and tokens" shows \
    '[1-9] calls?: [1-9] (planner|coder|tester|flat) \((oldest )?0:0[0-9], [0-9]+ tokens\)'
resize 40 24
check "made narrower: one first line" once 'of 12 episodes'
check "made narrower: one line an arm" once '^  flat +[0-9]+/6'
resize 100 24
check "made wider: one first line" once 'of 12 episodes'
resize 23 9
resize 60 24
check "twice, and low: one first line" once 'of 12 episodes'
check "twice, and low: one line an arm" once '^  flat +[0-9]+/6'
check "time left as a range" shows '[0-9] (s|min)( to|) .*left, '
terminal 40 12
check "40 columns: all of the first line, in two rows" shows \
    '0 of 12 episodes, 0:0[0-9] elapsed, time left not known yet, [0-9]+\.[0-9] tokens/s'
check "40 columns: calls" shows '[1-9] calls?: [1-9] (planner|coder|tester|flat) \('
fits() {
    screen >err
    grep -q . err && ! awk 'length($0) > 40' err | grep -q .
}
check "40 columns: nothing is wider" fits
verdict
