#!/bin/bash
# hrm run, show and export from outside: what a run leaves behind, what continues and extends it, and what is refused
# before anything is written. HRM names the program, MODEL a GGUF file.
set -u
hrm=${HRM:-$PWD/build/src/cli/hrm}
model=${MODEL:-$PWD/eval/models/hrm-tiny-code.gguf}
export HRM_HOME=$PWD
if [ ! -f "$model" ]; then
    echo "run_cli: skipped: there is no $model yet"
    exit 0
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
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
        sed 's/^/    stderr: /' err
    fi
}

play() { # play ARG...: a small run
    "$hrm" run exp1_decomp_vs_flat --model_name "$model" --max_tokens 100 "$@" >out 2>err
}

code() { # code N COMMAND...: exits with N
    local want=$1
    shift
    "$@" >out 2>err
    local rc=$?
    [ $rc -eq "$want" ] || echo "exit $rc, expected $want" >>err
    [ $rc -eq "$want" ]
}

refuse() { # refuse PATTERN ARG...: exit 2, one sentence, nothing on stdout, nothing written
    local pattern=$1 before
    shift
    before=$(find . ! -name out ! -name err | sort)
    check "run $*: exit 2" code 2 "$hrm" run "$@"
    check "run $*: says '$pattern'" grep -qE -- "$pattern" err
    check "run $*: one sentence" [ "$(grep -cv '^Try ' err)" -eq 1 ]
    check "run $*: prints no results" [ ! -s out ]
    check "run $*: writes nothing" [ "$before" = "$(find . ! -name out ! -name err | sort)" ]
}

# ---- refused ----
exp=exp1_decomp_vs_flat
printf 'suite: s\ndomain: code\ntasks:\n- {id: a, promt: p, oracle: {stdin: "1", expect_substr: "1"}}\n' >key.yaml
head -c 3000 "$model" >cut.gguf
printf 'name: x\nsuite: s.yaml\narms:\n- {name: a, controler: flat}\n' >wrong.yaml
printf 'name: x\nsuite: s.yaml\narms:\n- {name: a, controller: circular}\n' >controller.yaml
touch file
refuse "did you mean '--max-iters'" $exp --max_itters 3
refuse "did you mean '--max-iters'" $exp --max-itters 3
refuse "max-iters: expected a whole number" $exp --max_iters many
refuse "temperature: expected a number from 0" $exp --temperature -1
refuse "limit: expected" $exp --limit 5-2
refuse "shard: expected" $exp --shard 3/2
refuse "no arm 'flt'" $exp --arms hrm,flt
refuse "no task 'nope'" $exp --task nope
refuse "key.yaml:4: .*'promt'" $exp --suite key.yaml
refuse "nowhere.yaml" $exp --suite nowhere.yaml
refuse "cut.gguf: .*cut short" $exp --model_name cut.gguf
refuse "nowhere.gguf" $exp --model_name nowhere.gguf
refuse "backend 'abacus'.*embedded" $exp --model_backend abacus
refuse "no experiment 'exp99'" exp99
refuse "wrong.yaml:4: .*'controler'; did you mean 'controller'" wrong.yaml
refuse "file.*not a directory" $exp --model_name "$model" --outdir file/runs

# ---- a dry run prints and writes nothing ----
before=$(find . ! -name out ! -name err | sort)
check "--dry_run" play --limit 2 --dry_run
check "--dry_run prints the plan" grep -q '2 tasks x 3 samples x 2 arms = 12 episodes' out
check "--dry_run prints the detectable difference" grep -q 'true difference of [0-9.]* pp' out
check "--dry_run prints the first prompts" grep -q 'flat asks first' out
check "--dry_run --json" play --limit 2 --dry_run --json
check "--dry_run --json is JSON" python3 -c 'import json; assert len(json.load(open("out"))["episodes"]) == 12'
check "a dry run writes nothing" [ "$before" = "$(find . ! -name out ! -name err | sort)" ]

# ---- a run, its record, more of it ----
check "a run" play --limit 2 --samples 1
check "prints a table" grep -q 'pass@1' out
latest=runs/$exp/latest
for file in run.db manifest.json results.csv summary.json; do
    check "leaves $file" [ -s $latest/$file ]
done
check "leaves nothing else" [ "$(ls -A $latest/ | wc -l)" -eq 4 ]
check "the manifest says complete" \
    python3 -c "import json; assert json.load(open('$latest/manifest.json'))['status'] == 'complete'"
check "the same command continues" play --limit 2 --samples 1
check "and asks nothing" grep -q '4 of 4 episodes done, 0 here' err
check "a wider one extends it" play --limit 3 --samples 2
check "and asks only the new" grep -q '12 of 12 episodes done, 8 here' err
check "--json" play --limit 3 --samples 2 --json
check "--json prints JSON only" python3 -c 'import json; json.load(open("out"))'
check "one row per episode" [ "$(tail -n +2 $latest/results.csv | wc -l)" -eq 12 ]
check "another budget is another run" play --limit 1 --samples 1 --max_iters 1
check "of which there are two" [ "$(ls -d runs/$exp/*-* | wc -l)" -eq 2 ]
check "a shard has its own directory" play --shard 1/50 --samples 1
check "named after it" [ -d runs/$exp/*-shard1of50 ]

# ---- read back ----
play --limit 3 --samples 2
check "show lists" code 0 "$hrm" show $exp
check "every episode" [ "$(tail -n +2 out | wc -l)" -eq 12 ]
task=$(awk 'NR == 2 {print $2}' out)
check "show an episode by name" code 0 "$hrm" show $exp "flat/$task/0"
check "with its prompts and its ledger" grep -qE '^(CALL flat 0|LEDGER)' out
check "show what is not there" code 2 "$hrm" show $exp flat/nope/0
check "export csv" code 0 "$hrm" export $exp --format csv
check "is results.csv" cmp -s out $latest/results.csv
check "export jsonl" code 0 "$hrm" export $exp --format jsonl -o record.jsonl
check "is whole" python3 -c '
import json
rows = [json.loads(line) for line in open("record.jsonl")]
assert len(rows) == 12
assert all(r["calls"] and r["tool_runs"] and r["events"] for r in rows)
assert all(c["request"]["messages"] for r in rows for c in r["calls"])'

# ---- a record that is damaged ----
echo junk >$latest/run.db
check "a damaged record is refused" [ "$(play --limit 3 --samples 2; echo $?)" -eq 2 ]
check "in one sentence" grep -q 'run.db: not a run database' err
check "and left as it is" [ "$(cat $latest/run.db)" = junk ]

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
