#!/bin/bash
# hrm run, show and export from outside: the files of a run, continuing and extending it, and input that is refused
# before anything is written. HRM names the program, MODEL a GGUF file.
set -u
. "$(dirname "$0")/lib/harness.sh"
[ -f "$model" ] || skip "there is no $model yet"

play() { # play ARG...: a small run
    "$hrm" run $exp --model_name "$model" --max_tokens 100 "$@" >out 2>err
}

# ---- refused ----
printf 'suite: s\ndomain: code\ntasks:\n- {id: a, promt: p, oracle: {stdin: "1", expect_substr: "1"}}\n' >key.yaml
head -c 3000 "$model" >cut.gguf
printf 'name: x\nsuite: s.yaml\narms:\n- {name: a, controler: flat}\n' >wrong.yaml
printf 'name: x\nsuite: s.yaml\narms:\n- {name: a, controller: circular}\n' >controller.yaml
printf 'name: x\nsuite: s.yaml\nroles: {plannr: {temperature: 0}}\narms:\n- {name: a, controller: flat}\n' >roles.yaml
echo >empty.key
touch file
refuse "did you mean '--max-iters'" run $exp --max_itters 3
refuse "did you mean '--max-iters'" run $exp --max-itters 3
refuse "max-iters: expected a whole number" run $exp --max_iters many
refuse "temperature: expected a number from 0" run $exp --temperature -1
refuse "limit: expected" run $exp --limit 5-2
refuse "shard: expected" run $exp --shard 3/2
refuse "no arm 'flt'" run $exp --arms hrm,flt
refuse "no task 'nope'" run $exp --task nope
refuse "key.yaml:4: .*'promt'" run $exp --suite key.yaml
refuse "nowhere.yaml" run $exp --suite nowhere.yaml
refuse "cut.gguf: .*cut short" run $exp --model_name cut.gguf
refuse "nowhere.gguf" run $exp --model_name nowhere.gguf
refuse "'llama3.1:8b' is no file, .*needs its backend beside its name: --model_backend ollama" run $exp --model_name llama3.1:8b
refuse "backend 'abacus'.*embedded" run $exp --model_backend abacus
refuse "think: expected on or off" run $exp --think maybe
refuse "max-outage: expected seconds" run $exp --max_outage -1
refuse "role-model: expected ROLE=NAME .*planner" run $exp --role_model planer=big
refuse "role-model: expected ROLE=NAME" run $exp --role_model planner=
refuse "num-ctx: expected a whole number" run $exp --num_ctx lots
refuse "num-ctx: only ollama" run $exp --num_ctx 4096
refuse "min-p: expected a number from 0 to 1" run $exp --min_p 1.5
refuse "think: only openai and ollama" run $exp --think off
refuse "base-url: only openai and ollama" run $exp --base_url http://localhost:1
refuse "serve: the command must say .port." run $exp --serve 'sleep 1'
refuse "serve and --base-url: give only one" run $exp --serve 'sleep {port}' --base_url http://localhost:1
refuse "needs --replay RUN" run $exp --model_backend replay
refuse "no run 'nowhere'" run $exp --model_backend replay --replay nowhere
refuse "replay answers for the models" run $exp --model_backend replay --replay nowhere --role_model planner=x
refuse "empty.key is empty" run $exp --model_backend openai --base_url http://localhost:1 --api_key_file empty.key
refuse "roles.yaml:3: roles: there is no role 'plannr'" run roles.yaml
refuse "no experiment 'exp99'" run exp99
refuse "wrong.yaml:4: .*'controler'; did you mean 'controller'" run wrong.yaml
refuse "file.*not a directory" run $exp --model_name "$model" --outdir file/runs

# ---- a dry run prints and writes nothing ----
before=$(listing)
check "--dry_run" play --limit 2 --dry_run
check "--dry_run prints the plan" grep -q '2 tasks x 3 samples x 2 arms = 12 episodes' out
check "--dry_run says that two tasks detect nothing, not 467 pp" grep -q '^detects   no difference' out
check "--dry_run prints the first prompts" grep -q 'flat asks first' out
check "--dry_run of more" play --limit 60 --dry_run
check "--dry_run prints the detectable difference" grep -q 'true difference of [0-9.]* pp' out
check "--dry_run says how the criterion will come out" grep -q 'no difference (+0.0 pp): met [0-9]* %, not met' out
check "--dry_run --json" play --limit 2 --dry_run --json
check "--dry_run --json is JSON" python3 -c 'import json; assert len(json.load(open("out"))["episodes"]) == 12'
check "a dry run writes nothing" [ "$before" = "$(listing)" ]

# ---- a run, its record, more of it ----
check "a run" play --limit 2 --samples 1
check "prints a table" grep -q 'pass@1' out
latest=runs/$exp/latest
for file in run.db manifest.json results.csv summary.json report.html; do
    check "leaves $file" [ -s $latest/$file ]
done
check "the manifest says which hrm played" grep -qF "\"hrm\": \"$("$hrm" --version | cut -d' ' -f2)\"" $latest/manifest.json
check "leaves nothing else" [ "$(find "$latest"/ -mindepth 1 | wc -l)" -eq 5 ]
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
check "of which there are two" [ "$(find runs/$exp -mindepth 1 -maxdepth 1 -name "*-*" -type d | wc -l)" -eq 2 ]
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

# ---- tagged again ----
spoil() { # spoil: label and flags of every episode are gone; without checksums, which would tell
    python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE episodes SET label = \"R4\", flags = \"B1 R4\", inapplicable = \"\"")
db.commit()' $latest/run.db
    sqlite3 $latest/run.db <"$root/tests/records/to_schema5.sql" >/dev/null
}
cp $latest/results.csv before.csv
cp $latest/summary.json before.json
cp $latest/report.html before.html
check "tag" code 0 "$hrm" tag $exp
check "finds what the run found" prints '^12 episodes, 0 changed$'
spoil
check "tag --dry_run" code 0 "$hrm" tag $exp --dry_run
check "says what would change" prints '^12 episodes, 12 would be changed$'
check "tag after that" code 0 "$hrm" tag $exp
check "says what changed" prints '^12 episodes, 12 changed$'
check "episode by episode" prints "^flat/$task/0: label R4 -> .* -B1 R4 not applicable: F2 F4 F5 F6 T1"
check "and results.csv is as it was" cmp before.csv $latest/results.csv
check "and summary.json" cmp before.json $latest/summary.json
check "and report.html" cmp before.html $latest/report.html
check "a second time changes nothing" code 0 "$hrm" tag $exp
check "and says so" prints '^12 episodes, 0 changed$'
check "tag one episode" code 0 "$hrm" tag $exp "flat/$task/0"
check "says what does not apply" prints 'not applicable: F2 F4 F5 F6 T1'
check "show has it, too" code 0 "$hrm" show $exp "flat/$task/0"
check "on top" prints '^Not applicable: F2 F4 F5 F6 T1'
check "tag --list" code 0 "$hrm" tag --list
check "lists every code" [ "$(tail -n +2 out | wc -l)" -eq 42 ]
refuse "is not the suite that was played: found sha256 [0-9a-f]{12}, expected" tag $exp \
    --suite "$root/eval/suites/coding_suite.yaml"
refuse "name it with --suite FILE" tag $exp --suite nowhere.yaml
refuse "no episode 'flat/nope/0'" tag $exp flat/nope/0
refuse "no run 'nowhere'" tag nowhere

# ---- replayed ----
replay() { # replay ARG...: a directory of its own
    "$hrm" run $exp --max_tokens 100 --samples 2 --outdir replayed --model_backend replay --replay $latest "$@" >out 2>err
}
check "a replay" replay --limit 3
check "gives the same results, bit for bit" cmp $latest/results.csv replayed/$exp/latest/results.csv
check "and says where from" grep -qE 'calls answered from .*run.db, 0 not in it' err
check "what was not recorded is an error" [ "$(replay --limit 4; echo $?)" -eq 1 ]
check "that names the episode" grep -q 'hrm: the first error, in .*it has no episode' err
check "another temperature is an error" [ "$(replay --limit 3 --temperature 1; echo $?)" -eq 1 ]
check "that names the request and what differs" \
    grep -qE 'not in the record .*run.db: (planner|coder|flat) 0: temperature was 0.2, it is 1' err
check "roles may have models of their own" play --limit 1 --samples 1 --role_model "planner=$model"
check "which the manifest tells" grep -q '"roles": {' runs/$exp/latest/manifest.json
check "another run than without" [ "$(find runs/$exp -mindepth 1 -maxdepth 1 -name "*-*" -type d ! -name "*shard*" | wc -l)" -eq 3 ]
play --limit 3 --samples 2 # is latest again

# ---- isolated, or in one process ----
cat >ways.yaml <<'END'
suite: ways
domain: code
tasks:
- {id: plain, prompt: Double x., entry_point: f, public_tests: [assert f(1) == 2], hidden_tests: [assert f(2) == 4],
   reference: "def f(x):\n    return 2 * x\n"}
- {id: caller, prompt: Return the x of the caller., entry_point: f, public_tests: ["x = 3\nassert f() == 3"],
   hidden_tests: ["x = 5; assert f() == 5"],
   reference: "import sys\ndef f():\n    return sys._getframe(1).f_globals['x']\n"}
- {id: bare, prompt: Triple x., entry_point: f, public_tests: [assert f(1) == 3], hidden_tests: [assert f(2) == 6]}
END
ways() { # ways ARG...
    play --suite ways.yaml --samples 1 --outdir ways "$@"
}
check "--isolated_only refuses a task whose reference needs one process" [ "$(ways --isolated_only; echo $?)" -eq 2 ]
check "names it" grep -q 'references of 1 of 3 tasks pass only in one process with their tests: caller$' err
check "before anything is written" [ ! -e ways ]
check "a selection without it is played" ways --isolated_only --task plain
check "the suite without the flag, too" ways --full
check "which says what is graded in one process" grep -q '^hrm: 1 of 3 tasks are graded in one process .*: caller$' err
check "and that a reference is missing" grep -q '^hrm: 1 of 3 tasks have no reference: .* graded isolated' err
check "the report says both" grep -q 'in one process (isolated: no)' out
check "the second" grep -q '1 of 3 tasks have no reference' out
check "the manifest and the summary know" python3 -c '
import json
manifest, summary = (json.load(open("ways/'$exp'/latest/" + f))["grading"] for f in ("manifest.json", "summary.json"))
assert manifest == {"tasks": 3, "no_reference": 1, "one_process": ["caller"], "reference_fails": []}, manifest
assert summary["one_process"] == ["caller"] and summary["tasks"] == 3, summary'
check "the transcript says so" sh -c "'$hrm' show ways/$exp/latest flat/caller/0 | grep -q 'tests, in one process'"
check "once it is played, nothing is graded again" ways
check "nor said" [ "$(grep -c reference err)" -eq 0 ]

# ---- a record that is damaged ----
echo junk >$latest/run.db
check "a damaged record is refused" [ "$(play --limit 3 --samples 2; echo $?)" -eq 2 ]
check "in one sentence" grep -q 'run.db: not a run database' err
check "and left as it is" [ "$(cat $latest/run.db)" = junk ]

finish
