#!/bin/bash
# hrm slurm without a Slurm: what is submitted (to programs of the same names that note it), and the jobs played by hand:
# lives that are stopped, killed, and go on; what is refused; a study that is not complete. tests/integration/slurm.sh has
# a real Slurm.
#
# usage: HRM=PROGRAM [MODEL=GGUF] tests/slurm.sh
set -u
. "$(dirname "$0")/lib/harness.sh"
[ -f "$model" ] || skip "there is no $model yet"
mkdir bin node
cat >bin/sbatch <<END
#!/bin/sh
echo "sbatch \$*" >>$work/asked
[ ! -e $work/refuse ] || { echo 'sbatch: error: Invalid account' >&2; exit 1; }
n=\$(wc -l <$work/asked)
echo "\$((100 + n));somewhere"
END
cat >bin/scontrol <<END
#!/bin/sh
echo "scontrol \$*" >>$work/controlled
printf 'X = 1\nMaxArraySize            = 4\nMaxJobCount             = 10000\n'
END
printf '#!/bin/sh\necho "scancel $*" >>%s/cancelled\n' "$work" >bin/scancel
printf '#!/bin/sh\ncat %s/queue 2>/dev/null || exit 1\n' "$work" >bin/squeue
chmod +x bin/*
export PATH=$work/bin:$PATH TMPDIR=$work/node
size=(--model_name "$model" --limit 12 --samples 1)

task() { # task STUDY SHARD
    "$hrm" slurm task "$1" --shard "$2" >out 2>err
}

says_json() { # says_json STUDY EXPRESSION: of status --json as `s`
    "$hrm" slurm status "$1" --json >status.json 2>err
    python3 -c "import json; s = json.load(open('status.json')); assert $2, s" 2>>err
}

same_record() { # same_record RUN RUN
    contents "$1" >a.jsonl && contents "$2" >b.jsonl && [ -s a.jsonl ] && cmp a.jsonl b.jsonl
}

# ---- what is submitted ----
echo '{"jobs": []}' >queue
check "a study" code 0 "$hrm" slurm submit $exp "${size[@]}" --array 8 -o s --partition gpu --gres gpu:1 --account me \
    --time 1:00:00 --sbatch '--mem=8G' --lead 90 --at_once 5
check "is three arrays" [ "$(grep -c -- '--array=' asked)" -eq 3 ]
check "of indices below MaxArraySize" grep -q -- '--array=1-3%2 .*/s/array.sbatch 3$' asked
check "with one merge behind them" grep -q -- '--dependency=afterany:101:102:103 --kill-on-invalid-dep=yes .*/s/merge.sbatch$' asked
check "the array has the options" grep -qx '#SBATCH --gres=gpu:1' s/array.sbatch
check "also any other" grep -qx '#SBATCH --mem=8G' s/array.sbatch
check "and the warning" grep -qx '#SBATCH --signal=B:TERM@90' s/array.sbatch
check "the merge has those it needs" grep -qx '#SBATCH --account=me' s/merge.sbatch
check "and no others" eval '! grep -q gres s/merge.sbatch'
check "both are scripts" bash -n s/array.sbatch s/merge.sbatch
check "the command is kept" grep -q '^hrm slurm submit .*--array 8' s/command
check "and what it was made of" [ -s s/experiment/suite.yaml -a -s s/prompts/tiny/coder.txt ]
check "all shards together are all episodes" says_json s 'sum(x["planned"] for x in s["each"]) == 24'
check "none is in the queue" says_json s 's["queue_answered"] and not any(x["queued"] for x in s["each"])'
rm queue
check "a queue that does not answer" code 0 "$hrm" slurm status s
check "is said" prints '^queue +no answer'
check "and nothing is submitted twice" code 3 "$hrm" slurm resume s
cat >queue <<'END'
{"jobs": [{"job_id": 101, "array_job_id": 101, "array_task_id": null, "job_state": "PENDING", "state_reason": "Priority"},
 {"job_id": 105, "array_job_id": 102, "array_task_id": 2, "job_state": "FAILED", "state_reason": "None"}]}
END
check "the queue is joined with the files" says_json s '[x["queued"] for x in s["each"]] == [True] * 3 + [False] * 5'
check "one that failed at once is named" says_json s '"before it began" in s["each"][4]["reason"] and s["each"][4]["state"] == "failed"'
: >asked
check "what is missing" code 0 "$hrm" slurm resume s
check "and only that is submitted" [ "$(grep -o -- '--array=[^ ]*' asked | tr '\n' ' ')" = "--array=1-3%3 --array=1-2%2 " ]
touch refuse
check "a refusal of sbatch" code 3 "$hrm" slurm submit $exp "${size[@]}" --array 2 -o t
check "is told" says 'sbatch: sbatch: error: Invalid account'
rm refuse
check "the study is cancelled" code 0 "$hrm" slurm cancel s
check "with all its jobs" grep -q 'scancel 101 102 103 104' cancelled

# ---- refused ----
refuse 's exists already' slurm submit $exp "${size[@]}" --array 2 -o s
refuse "did you mean '--partition'" slurm submit $exp --array 2 --partitoin x
refuse '--shard: not here' slurm submit $exp --array 2 --shard 1/2
refuse 'there is no study here' slurm status node
refuse 'there is no shard 9' slurm task s --shard 9
refuse 'no SLURM_ARRAY_TASK_ID' slurm task s

# ---- played by hand ----
check "one process" code 0 "$hrm" run $exp "${size[@]}" --outdir one
check "the same in shards" code 0 "$hrm" slurm submit $exp "${size[@]}" --array 3 -o p --print --checkpoint 0.5
for shard in 1 2; do
    check "shard $shard" task p $shard
done
check "is done" [ -s p/shards/0001/DONE ]
check "again" task p 1
check "is nothing" says 'it is done already'
check "a merge before the third" code 1 "$hrm" slurm merge p
check "is refused by name" says 'shard 3 of 3 is missing \(pending, 0 of [0-9]+ episodes\)'
check "there is no whole" [ ! -e p/merged ]
check "but a report that names it" grep -q 'Missing shards' p/partial/report.html
check "recorded in the study" code 0 env TMPDIR=/nowhere "$hrm" slurm task p --shard 3
check "with a rollback journal" says_json p 's["each"][2]["place"] == "direct" and s["each"][2]["journal"] == "rollback"'
check "they are merged" code 0 "$hrm" slurm merge p
check "into the record of one process" same_record one/$exp/latest p/merged
check "the partial one is gone" [ ! -e p/partial ]
check "nothing is left on the node" [ -z "$(ls node)" ]

# ---- stopped, killed, and going on ----
size=(--model_name "$model" --limit 40 --samples 3)
check "one process" code 0 "$hrm" run $exp "${size[@]}" --outdir two
check "the same as one shard" code 0 "$hrm" slurm submit $exp "${size[@]}" --array 1 -o k --print --checkpoint 0.5
begin() { # begin: the task in the background, until something is recorded
    SLURM_JOB_ID=7 SLURM_RESTART_COUNT=$1 setsid "$hrm" slurm task k --shard 1 >out 2>err &
    task=$!
    for _ in $(seq 200); do
        [ -e "k/shards/0001/life$(($1 + 1))/run.db" ] && [ "$(sqlite3 "k/shards/0001/life$(($1 + 1))/run.db" \
            'SELECT count(*) FROM calls' 2>/dev/null)" != 0 ] && break
        sleep 0.1
    done
}
echo '{"jobs": []}' >queue
begin 0
kill -TERM $task
wait $task
code=$?
check "a stopped task exits with 130, not $code" [ $code -eq 130 ]
check "its life says so" grep -q '"end": "stopped"' k/shards/0001/life1/end.json
check "it asked for the state of its job, and goes back into the queue or not" grep -q '"reason": "stopped' k/shards/0001/life1/end.json
begin 1
kill -KILL $task
wait $task 2>/dev/null
check "a killed one leaves no word" [ ! -e k/shards/0001/life2/end.json ]
check "and status says that" says_json k '"without a word" in s["each"][0]["reason"]'
begin 2
first=$task
begin 3
check "a later start ends an earlier one" grep -q '"end": "superseded"' k/shards/0001/life3/end.json
wait $first
SLURM_JOB_ID=8 check "another job leaves it alone" task k 1
check "and says who plays" says 'job 7 plays this shard now'
wait $task
check "the last one completes it" [ -s k/shards/0001/DONE ]
check "it is merged" code 0 "$hrm" slurm merge k
check "into the record of one process" same_record two/$exp/latest k/merged
check "nothing is left on the node" [ -z "$(ls node)" ]

# ---- parts of one run ----
check "a study" code 0 "$hrm" slurm submit $exp --model_name "$model" --limit 6 --samples 1 --array 2 -o q --print
check "its first shard" task q 1
echo >>q/prompts/tiny/coder.txt
check "with other prompts the second" code 1 "$hrm" slurm task q --shard 2
check "is no part of it" says 'they differ in prompts.sha256'
check "which status says" says_json q '"differ in prompts" in s["each"][1]["reason"]'
finish
