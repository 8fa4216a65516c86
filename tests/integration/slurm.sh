#!/bin/bash
# hrm slurm on a real Slurm (tests/lib/slurm_cluster.sh): 8 shards give what one process gives, whatever is done to their
# jobs; incomplete studies are refused by name; nothing stays behind. Works as root and as an ordinary user.
#
# usage: HRM=PROGRAM [MODEL=GGUF] tests/integration/slurm.sh [INTERFERENCES [SEED]]
set -u
interferences=${1:-30}
RANDOM=${2:-$$}
cd "$(dirname "$0")/../.." || exit 1
. scripts/packages.sh
if ! install_missing slurmctld slurmd slurm-client munge >/dev/null 2>&1; then
    echo "slurm: skipped: slurmctld, slurmd and munge cannot be installed here"
    exit 0
fi
. tests/lib/harness.sh
[ -f "$model" ] || skip "there is no $model yet"
cluster=$(mktemp -d /tmp/hrm-slurm.XXXXXX)
chmod 755 "$cluster" # munged asks for that
trap '"$root/tests/lib/slurm_cluster.sh" stop "$cluster" >/dev/null 2>&1; rm -rf "$cluster" "$work"' EXIT
if ! "$root/tests/lib/slurm_cluster.sh" start "$cluster" >out 2>err; then
    skip "a Slurm cannot be started here: $(tail -n 1 err)"
fi
# shellcheck source=/dev/null
. "$cluster/env.sh"
mkdir node
export TMPDIR=$work/node # the "node's" scratch, in the environment of all jobs

count() { # count FILE...: those that exist
    local n=0 file
    for file; do
        [ -e "$file" ] && n=$((n + 1))
    done
    echo $n
}

submit() { # submit STUDY SHARDS ARG...
    local study=$1 shards=$2
    shift 2
    "$hrm" slurm submit "$exp" --model_name "$model" --array "$shards" -o "$study" --time 10 --checkpoint 1 "$@" >out 2>err
}

queue_is_empty() {
    [ -z "$(squeue -h -t PD,R,CG -o %i)" ]
}

wait_for_queue() { # wait_for_queue SECONDS
    for _ in $(seq "$1"); do
        queue_is_empty && return 0
        sleep 1
    done
    return 1
}

state() { # state STUDY EXPRESSION: of status --json as `s`
    "$hrm" slurm status "$1" --json >status.json 2>err
    python3 -c "import json; s = json.load(open('status.json')); assert $2, s" 2>>err
}

same_record() { # same_record RUN RUN
    contents "$1" >a.jsonl && contents "$2" >b.jsonl && [ -s a.jsonl ] && cmp a.jsonl b.jsonl
}

# summary.json without what the clock decides (seconds, and times until solved) and where the suite lies.
same_summary() {
    python3 - "$1/summary.json" "$2/summary.json" <<'PY'
import json, sys
def still(x):
    if isinstance(x, dict):
        return {k: still(v) for k, v in x.items() if "seconds" not in k and k not in ("time_to_solve", "path")}
    if isinstance(x, list):
        return [still(v) for v in x if not (isinstance(v, dict) and v.get("of") == "seconds")]
    return x
a, b = (still(json.load(open(p))) for p in sys.argv[1:])
assert len(a) > 10 and a == b, [k for k in a if a[k] != b.get(k)]
PY
}

# Processes of hrm that work in this test's directory, whatever they are called.
nobody_works() {
    for _ in $(seq 100); do
        pgrep -f "$work/" >left || return 0
        sleep 0.1
    done
    xargs -r ps -o pid,args -p <left >>err
    return 1
}

# ---- refused, and nothing is written ----
echo 'no script {{nam}}' >wrong.in
refuse 'says into how many shards' slurm submit $exp
refuse 'array: expected a whole number' slurm submit $exp --array none
refuse "there is no option '--partitoin'" slurm submit $exp --array 2 --partitoin x
refuse '--shard: not here' slurm submit $exp --array 2 --shard 1/2
refuse '--outdir: not here' slurm submit $exp --array 2 --outdir x
refuse "expected an option of sbatch" slurm submit $exp --array 2 --sbatch mem=3
refuse "there is no experiment 'exp9'" slurm submit exp9 --array 2
refuse "there is no study here" slurm status .
refuse "there is no command 'stat'; did you mean 'hrm slurm status'" slurm stat
check "an unknown placeholder" code 2 "$hrm" slurm submit $exp --array 2 -o wrong --template wrong.in
check "is named with its line" says 'wrong.in:1: .*nam'

# ---- one process, and 8 shards ----
size=(--limit 24 --samples 2)
check "one process" code 0 "$hrm" run $exp --model_name "$model" "${size[@]}" --outdir one
one=$(realpath one/$exp/latest)
check "only printed" submit printed 8 "${size[@]}" --print
check "are two commands" [ "$(grep -c '^sbatch --parsable' out)" -eq 2 ]
check "and nothing is in the queue" queue_is_empty
check "which status says" state printed 's["shards"]["pending"] == 8 and not s["each"][0]["queued"]'
check "8 shards are submitted" code 0 "$hrm" slurm resume printed
check "they come to an end" wait_for_queue 120
check "all are done" state printed 's["shards"]["done"] == 8 and s["episodes"]["done"] == 96'
check "on the node's storage, with a log" state printed 'all(x["place"] == "node" and x["journal"] == "wal" for x in s["each"])'
check "the merged record is that of one process" same_record "$one" printed/merged
check "and so is the summary" same_summary "$one" printed/merged
check "with a report" grep -q 'Its parts' printed/merged/report.html
check "no record in the study is in WAL mode" \
    eval '! od -An -tu1 -j18 -N2 printed/shards/0001/life1/run.db | grep -q 2'
check "nothing is left to submit" code 0 "$hrm" slurm resume printed
check "which it says" says 'nothing to submit'
check "status exits with 0" code 0 "$hrm" slurm status printed
check "nothing is left on the node" [ -z "$(ls node)" ]

# ---- hrm view shows its shards, and the whole beside them ----
"$hrm" view printed --port $((20000 + RANDOM % 10000)) >address 2>&1 &
viewer=$!
for _ in $(seq 50); do
    grep -q token address && break
    sleep 0.1
done
check "hrm view lists 8 shards and the whole" python3 - "$(grep -o 'http://[^ ]*' address | head -n 1)" <<'PY'
import json, sys, urllib.parse, urllib.request
url = urllib.parse.urlsplit(sys.argv[1])
ask = urllib.request.Request(url._replace(path="/api/runs", query="").geturl(), headers={"X-Hrm-Token": url.query[6:]})
runs = json.load(urllib.request.urlopen(ask))
keys = [r["key"] for r in (runs["runs"] if isinstance(runs, dict) else runs)]
assert "merged" in keys and len([k for k in keys if k.startswith("shards/")]) == 8, keys
PY
kill -INT $viewer
wait $viewer

# ---- recorded in the study itself, in several arrays ----
"$root/tests/lib/slurm_cluster.sh" stop "$cluster" >/dev/null 2>&1
SLURM_EXTRA=MaxArraySize=4 "$root/tests/lib/slurm_cluster.sh" start "$cluster" >out 2>err
# shellcheck source=/dev/null
. "$cluster/env.sh"
check "an array beyond MaxArraySize" submit direct 8 "${size[@]}" --scratch direct --at_once 4
check "becomes three, and one merge" [ "$(grep -c -- '--array=' out),$(grep -c afterany out)" = 3,1 ]
check "they come to an end" wait_for_queue 120
check "all are done" state direct 's["shards"]["done"] == 8'
check "in the study, with a rollback journal" \
    state direct 'all(x["place"] == "direct" and x["journal"] == "rollback" for x in s["each"])'
check "with the same record" same_record "$one" direct/merged
check "and no log of a WAL" [ -z "$(find direct -name '*-wal' -o -name '*-shm')" ]

# ---- a server of its own for every job ----
serving="exec /usr/bin/python3 -B $root/tests/server/server.py --port {port} --dialect llama-server --models tiny \
--suite $root/eval/suites/coding_suite.yaml --log $work/server.log"
check "with servers" code 0 "$hrm" slurm submit $exp --array 3 -o served --time 10 --limit 6 --samples 1 --serve "$serving"
check "they come to an end" wait_for_queue 120
check "all are done" state served 's["shards"]["done"] == 3'
check "no server is left" nobody_works

# ---- a curriculum: cells are shards, and their models travel with them ----
cells=(--orders "random,strict" --n "24,48" --seeds 2 --tests 2)
check "cells in one process" code 0 "$hrm" run exp3_curriculum "${cells[@]}" --outdir cells
check "cells as shards" code 0 "$hrm" slurm submit exp3_curriculum "${cells[@]}" --array 8 -o grid --time 10
check "they come to an end" wait_for_queue 180
check "the same record" same_record cells/exp3_curriculum/latest grid/merged
check "with all models" [ "$(count grid/merged/models/*-s?.gguf)" -eq 8 ]
check "each trained once" [ "$(count grid/shards/*/life1/models/*-s?.gguf)" -eq 8 ]

# ---- shards that fail, each for a reason that is named ----
check "a study" submit broken 4 --limit 12 --samples 1 --print
python3 - <<'PY'
import json
study = json.load(open("broken/study.json"))
study["run"].append("--max_connections=1")
json.dump(study, open("broken/study.json", "w"))
PY
check "its first shard" code 0 "$hrm" slurm task broken --shard 1
echo >>broken/prompts/tiny/coder.txt
check "with other prompts" code 1 "$hrm" slurm task broken --shard 2
check "the second refuses to be a part of it" says 'they differ in prompts.sha256'
printf '#!/bin/bash\n#SBATCH --output=%s/broken/logs/x-%%a.log\nexit 7\n' "$work" >broken/array.sbatch
check "a script that fails" code 0 "$hrm" slurm resume broken
check "comes to an end" wait_for_queue 60
check "status exits with 1" code 1 "$hrm" slurm status broken
check "and names the one that refused" prints 'shard 2: failed .*they differ in prompts.sha256'
check "and those that never began" prints 'shard 3: failed .*its job ended before it began to play \(Slurm: FAILED\)'
check "the merge exits with 1" code 1 "$hrm" slurm merge broken
check "and says what is missing" says 'shard 2 of 4 is missing \(failed.*they differ in prompts.sha256'
check "nothing passes for the whole" [ ! -e broken/merged ]
check "the report of what there is names it" grep -q 'differ in prompts.sha256' broken/partial/report.html
check "its status is not complete" grep -q '"status": "interrupted"' broken/partial/manifest.json

# ---- cancelled, and resumed ----
check "a study" submit halted 4 --limit 60 --samples 3
for _ in $(seq 100); do
    state halted 's["episodes"]["done"] > 0' && break
    sleep 0.3
done
check "is cancelled" code 0 "$hrm" slurm cancel halted
check "its jobs end" wait_for_queue 60
check "and none comes back" state halted 's["shards"]["running"] == 0 and s["cancelled"]'
check "nobody works on" nobody_works

# ---- interferences ----
random_of() { # random_of WORD...: one of them
    shift $((RANDOM % $#))
    echo "$1"
}

process_of() { # process_of CLAIM: the task's, if it runs
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["pid"])' "$1" 2>/dev/null
}

newest_claims() { # of lives that have not ended
    local shard life
    for shard in wild/shards/*; do
        life=$(find "$shard" -maxdepth 1 -name 'life*' | sort -V | tail -n 1)
        [ -e "$life/claim.json" ] && [ ! -e "$life/end.json" ] && echo "$life/claim.json"
    done
}

# Answered calls in the study's copies, with their times, which would differ if one were asked again.
published_calls() {
    local db
    for db in wild/shards/*/life*/run.db; do
        cp "$db" copy.db 2>/dev/null && sqlite3 copy.db 'SELECT task, arm, sample, role, "index", request_hash, queue_s, total_s
            FROM calls c JOIN results r ON r.id = c.episode' 2>/dev/null
    done
}

interfere() {
    local job pid node
    job=$(squeue -h -r -t R -n $exp -o %A | shuf -n 1 --random-source=<(yes "$RANDOM"))
    pid=$(process_of "$(newest_claims | shuf -n 1 --random-source=<(yes "$RANDOM"))")
    node=$(random_of n1 n2)
    case $1 in
    term) [ -n "$job" ] && scancel --batch --signal=TERM "$job" ;;
    requeue) [ -n "$job" ] && scontrol requeue "$job" ;;
    shell) [ -n "$pid" ] && kill -KILL "$pid" ;;
    hrm) [ -n "$pid" ] && kill -KILL "$(pgrep -P "$pid" | head -n 1)" ;;
    slurmd) kill -KILL "$(cat "$cluster/run/slurmd-$node.pid")" && "$root/tests/lib/slurm_cluster.sh" slurmd "$cluster" "$node" ;;
    time) [ -n "$job" ] && scontrol update JobId="$job" TimeLimit=1 ;;
    node) scontrol update NodeName="$node" State=DOWN Reason=test && sleep 1 && scontrol update NodeName="$node" State=RESUME ;;
    esac
} >/dev/null 2>&1

size=(--limit 135 --samples 3)
check "one process" code 0 "$hrm" run $exp --model_name "$model" "${size[@]}" --outdir whole
landed=0
resumed=0
: >before_all

# A study of 8 shards that is interfered with until it is done, or enough interferences have landed.
play_wildly() {
    local start=$SECONDS
    check "8 shards" submit wild 8 "${size[@]}" --max_connections 1
    : >before
    while [ $((SECONDS - start)) -lt 600 ] && [ "$(count wild/shards/*/DONE)" -lt 8 ]; do
        if [ "$landed" -lt "$interferences" ]; then
            published_calls >>before
            interfere "$(random_of term requeue shell shell hrm slurmd time node)" && landed=$((landed + 1))
        fi
        sleep "$(random_of 0.2 0.5 1)"
        if queue_is_empty || [ $((RANDOM % 5)) -eq 0 ]; then
            "$hrm" slurm resume wild >out 2>err && grep -q 'are done, .* submitted' err && resumed=$((resumed + 1))
        fi
    done
    check "all shards are done" state wild 's["shards"]["done"] == 8'
    check "the queue becomes empty" wait_for_queue 120
    [ -e wild/merged ] || "$hrm" slurm merge wild >out 2>err
    check "the record is that of one process" same_record whole/$exp/latest wild/merged
    check "and so is the summary" same_summary whole/$exp/latest wild/merged
    sqlite3 wild/merged/run.db 'SELECT task, arm, sample, role, "index", request_hash, queue_s, total_s
        FROM calls c JOIN results r ON r.id = c.episode' | sort >after
    check "no call that was copied to the study was asked again" [ -z "$(sort -u before | comm -23 - after)" ]
    sort -u before >>before_all
    check "nobody works on" nobody_works
    echo "slurm: $landed interferences so far, $resumed resumes, $(find wild/shards -name claim.json | wc -l) lives of 8" \
        "shards, $(sort -u before | wc -l) of $(wc -l <after) calls were in the study before one, $((SECONDS - start)) s"
    mv wild "wild$1"
}

for round in 1 2 3 4 5 6 7 8; do
    [ "$landed" -lt "$interferences" ] && play_wildly $round
done
# In some round: where nothing else is at work, one can be over before a shard was copied.
check "some were copied before an interference" [ -s before_all ]
check "enough interferences have landed" [ "$landed" -ge "$interferences" ]
check "nothing is left on the node but of those killed" [ "$(count node/*)" -le "$interferences" ]
finish
