#!/bin/bash
# Daily commands from outside: hrm list runs, what "latest" says of itself, the filters of hrm show, names that are
# forgiven. HRM names the program, MODEL a GGUF file.
set -u
. "$(dirname "$0")/lib/harness.sh"
[ -f "$model" ] || skip "there is no $model yet"

says() { # says TEXT: one line on stderr
    grep -qF -- "$1" err || { sed 's/^/    stderr: /' err && false; }
}

# ---- names ----
check "the beginning of an experiment's name is enough" code 0 "$hrm" run exp1 --dry_run
check "it is that one" grep -q 'exp1_decomp_vs_flat' out
check "where several begin so, none is taken" code 2 "$hrm" run exp --dry_run
check "and one of them is proposed" says "there is no experiment 'exp'; did you mean 'exp1_decomp_vs_flat'?"
check "a suite by the name that is listed" code 0 "$hrm" run exp1 --suite coding_suite --limit 1 --dry_run
check "it is that suite" grep -q 'coding_suite' out
check "a misspelt one" code 2 "$hrm" run exp1 --suite codng_suite --dry_run
check "is answered with the nearest" says "no suite of that name; did you mean 'coding_suite'?"
check "validate takes names, too" code 2 "$hrm" validate codng_suite
check "with the same answer" says "no suite of that name; did you mean 'coding_suite'?"
check "a misspelt arm" code 2 "$hrm" run exp1 --arms hmr --dry_run
check "is answered with those there are" says "it has hrm, flat"
check "help of a command" code 0 "$hrm" help show
check "is its --help" grep -q -- '--parts' out

# ---- runs ----
check "no run yet" code 0 "$hrm" list runs
check "is said" grep -q 'no runs in runs yet' out
check "as JSON, too" code 0 "$hrm" list runs --json
check "an empty list" python3 -c 'import json; assert json.load(open("out")) == {"runs": []}'
run() { # run ARG...: of exp1 on the embedded model
    "$hrm" run exp1 --model_name "$model" --max_tokens 100 "$@" >out 2>err
}
check "a run" run --limit 8 --samples 1
check "it is found by the beginning of its name" code 0 "$hrm" report exp1 --answer
check "nothing is said about a complete one" [ ! -s err ]
first=$(readlink -f runs/$exp/latest)

# A second one of another suite.
mkdir own
cat >own/s.yaml <<'END'
suite: s
domain: code
tasks:
- {id: a, prompt: "Read a number n and print 2 n.", oracle: {cases: [{stdin: "2\n", stdout: "4\n"}]}}
- {id: b, prompt: "Read a number n and print n + 1.", oracle: {cases: [{stdin: "2\n", stdout: "3\n"}]}}
END
sleep 1 # runs are dated in seconds
check "another run" run --suite own/s.yaml --samples 2
second=$(readlink -f runs/$exp/latest)
# As a run is left that was killed: its status says running, an episode is not over.
python3 - "$second" <<'END'
import json, os, pathlib, sqlite3, sys
here = pathlib.Path(sys.argv[1])
m = json.loads((here / "manifest.json").read_text())
m["status"] = "running"
(here / "manifest.json").write_text(json.dumps(m))
db = sqlite3.connect(here / "run.db")
db.execute("UPDATE meta SET value = ? WHERE key = 'manifest'", (json.dumps(m),))
db.execute("UPDATE episodes SET status = 0 WHERE id = (SELECT max(id) FROM episodes)")
db.commit()
db.executescript((pathlib.Path(os.environ["HRM_HOME"]) / "tests/records/to_schema5.sql").read_text())  # no checksums, which would tell
END
check "the list" code 0 "$hrm" list runs
check "has both, the newest first" sh -c "grep -n '  runs/' out | head -1 | grep -q $(basename "$second")"
check "with model, suite and how far it is" grep -q "exp1_decomp_vs_flat .* on s 7/8 interrupted" out
check "and what was found" grep -Eq '^  (Yes|No|Cannot tell|Partly)' out
check "as JSON" code 0 "$hrm" list runs --json
check "with the sentence of the report" python3 - <<'END'
import json
runs = json.load(open("out"))["runs"]
assert [r["status"] for r in runs] == ["interrupted", "complete"], runs
assert runs[0]["done"] == 7 and runs[0]["total"] == 8, runs[0]
assert runs[1]["headline"] == json.load(open(runs[1]["path"] + "/summary.json"))["headline"]
assert runs[0]["created"] >= runs[1]["created"]
END
check "no file is left beside the records" [ ! -e "$second/view.db" ]
check "latest of an experiment" code 0 "$hrm" report exp1
check "says that it is not over, and which one is" \
    says "$(basename "$second") is interrupted, 7 of 8 episodes done; 1 other run; newest complete: runs/$exp/$(basename "$first")"
check "as a pilot" code 0 "$hrm" run exp1 --limit 2 --dry_run --pilot exp1
check "it is said once" [ "$(grep -c ' is interrupted, ' err)" -eq 1 ]
check "with a limit in seconds to take from it, too" code 0 "$hrm" run exp2 --limit 2 --dry_run --pilot exp1
check "which is said, and that once" eval 'says "solved_in_time: the limit is" && [ "$(grep -c " is interrupted, " err)" -eq 1 ]'
check "a pilot in which all is solved" code 0 "$hrm" run exp1 --model_name "$model" --limit 2 --samples 2 --outdir alike
check "so that its arms never differ" prints 'the hierarchy and flat solved everything'
check "promises nothing" code 0 "$hrm" power --pilot alike/$exp --difference 0.05
check "but says what is assumed" eval 'tr "\n" " " <out | grep -q "assumed, since in alike/$exp, hrm against flat, 2 tasks x 2 samples, every task came out alike"'
check "as for any 5 points" prints '^A difference of 5.00 pp takes 693 tasks'
check "before a run" code 0 "$hrm" run exp1 --limit 2 --dry_run --pilot alike/$exp
check "likewise" prints "^detects .*\(assuming, as the pilot's arms never differ: variance 0.02 between tasks, 0.10 within\)"
check "latest alone" code 0 "$hrm" report latest --answer
check "is the newest of all, which is named" says "hrm: the latest run is runs/$exp/$(basename "$second"), interrupted, 7 of 8 episodes done"
check "a misspelt run" code 2 "$hrm" show exp1_decmop_vs_flat
check "is answered with the nearest" says "there is no run 'exp1_decmop_vs_flat'; did you mean '$exp'"
cp -r "runs/$exp" runs/exp1_again
check "the beginning of several names" code 2 "$hrm" show exp1
check "is answered with them" says "'exp1' may be exp1_again or $exp: name one of them"
rm -r runs/exp1_again
check "a directory of runs" code 2 "$hrm" show runs
check "is no run" says "runs is a directory of runs; 'hrm list runs runs' names them"
check "a run by its directory is what was asked for" code 0 "$hrm" report "$first"
check "so nothing is said" [ ! -s err ]
check "a directory of runs that is not there" code 2 "$hrm" list runs nowhere
check "is refused" says "there is no directory 'nowhere'"

# The suite changes: the same command cannot continue.
sed -i 's/n + 1/n plus 1/' own/s.yaml
check "a changed suite" run --suite own/s.yaml --samples 2
check "is said before it starts anew" says "7 of 8 episodes done; the suite has changed since, so that this begins anew in runs/$exp/"
check "said once: the new one is complete" run --suite own/s.yaml --samples 2
check "nothing more of it" sh -c "! grep -q 'begins anew' err"

# ---- show ----
check "episodes" code 0 "$hrm" show "$first"
cp out all
check "come in the order of tasks, arms, samples, always" code 0 "$hrm" show "$first"
check "the same" cmp out all
check "failed ones" code 0 "$hrm" show "$first" --failed
check "none is solved" sh -c "! grep -q ' solved ' out"
check "with a count of all" grep -Eq '^[0-9]+ of 16 episodes$' out
check "of an arm" code 0 "$hrm" show "$first" --arm flat
check "half of them" grep -q '^8 of 16 episodes' out
check "of a task" code 0 "$hrm" show "$first" --task "$(awk 'NR == 2 { print $2 }' all)"
check "both arms" grep -q '^2 of 16 episodes' out
check "by label" code 0 "$hrm" show "$first" --label R --json
check "as JSON lines with such labels" python3 -c '
import json
assert all(json.loads(line)["label"].startswith("R") for line in open("out"))'
check "where arms part" code 0 "$hrm" show "$first" --parts --json
check "one of them solves the task, another does not" python3 -c '
import json
tasks = {}
for line in open("out"):
    e = json.loads(line)
    tasks.setdefault(e["task"], {})[e["arm"]] = e["passed"]
assert all(len(set(arms.values())) == 2 for arms in tasks.values()), tasks'
check "an arm that there is not" code 2 "$hrm" show "$first" --arm hmr
check "is answered with those there are" says "has no arm 'hmr'; it has hrm, flat"
check "a task" code 2 "$hrm" show "$first" --task nosuchtask
check "a label" code 2 "$hrm" show "$first" --label Q9
check "is answered with those there are" says "there is no label 'Q9'; there are "
check "an episode and a filter" code 2 "$hrm" show "$first" 1 --failed
# "error" is an exception of a program; what is ours is a fault.
cp -r "$first" faulty
python3 -c '
import sqlite3
db = sqlite3.connect("faulty/run.db")
db.execute("UPDATE episodes SET status = 2, error = ? WHERE id = 1", ("the server is gone",))
db.commit()'
check "a fault of server or harness" code 0 "$hrm" show faulty
check "is no outcome of a program" grep -Eq '^ +1 .* fault ' out
finish
