#!/bin/bash
# Verdicts on seconds: a limit comes from a pilot, one that cuts nothing is said to be none, load is marked, and CPU seconds of
# the tool stand beside those of the clock.
#
# usage: HRM=PROGRAM tests/seconds.sh
set -u
. "$(dirname "$0")/lib/harness.sh"
math=$root/eval/models/hrm-tiny-math.gguf
[ -f "$math" ] || skip "there is no $math yet"
exp=exp2_pot_tool_aug

play() { # play OUTDIR ARG...
    local outdir=$1
    shift
    code 0 "$hrm" run "$exp" --model_name "$math" --limit 8 --outdir "$outdir" "$@"
}
# one line, however wide the report is
flat() { tr -s ' \n' ' ' <"$1"; }

check "a run with the shipped limit" play free --max_connections 4
check "is told that the limit is the cap" says 'solved_in_time: its limit of 300 s is the budget.s, which no episode exceeds'
check "its first screen" code 0 "$hrm" report "free/$exp"
flat out >words
check "warns of the limit and of the load" grep -qF \
    'Warning: the limit of 300 s (solved_in_time) cut nothing; seconds are under load, as episodes shared the machine (--strict: one at a time).' words
check "its report" code 0 "$hrm" report "free/$exp" --full
flat out >words
check "says that the limit cut nothing" grep -qE 'The limit of 300 s cut nothing, since the longest episode took [0-9.e-]+ s: this is pass@1' words
check "tau is the longest episode" grep -qE 'tau = [0-9.]+ s \(the longest episode\)' words
check "the seconds are marked" grep -q 'Seconds under load: up to 4 episodes at once' words
check "CPU beside the clock" grep -qE 'Python of an episode, the grading apart: [a-z]+ [0-9.]+ s by the clock and [0-9.]+ s of CPU; ' words
check "as the record has it" python3 -c '
import re, sqlite3
found = {a: (float(w), float(c)) for a, w, c in
         re.findall(r"(hrm|flat) ([0-9.]+) s by the clock and ([0-9.]+) s of CPU", open("words").read())}
db = sqlite3.connect("file:free/exp2_pot_tool_aug/latest/run.db?mode=ro", uri=True)
for arm in ("hrm", "flat"):
    n = db.execute("SELECT count(*) FROM results WHERE arm = ? AND status = 1", [arm]).fetchone()[0]
    w, c = db.execute("SELECT total(t.seconds), total(t.cpu_seconds) FROM tool_runs t JOIN results r ON r.id = t.episode "
                      "WHERE r.arm = ? AND kind IN (?, ?, ?)", [arm, "run", "public", "self"]).fetchone()
    assert n and abs(found[arm][0] - w / n) < .001 and abs(found[arm][1] - c / n) < .001, (found, w / n, c / n)
    assert w > 0 and c > 0'

check "a run with that one as its pilot" play strict --strict --pilot "free/$exp"
check "says the limit, and where it is from" says 'solved_in_time: the limit is [0-9.e-]+ s, the 95th percentile of flat in free/exp2_pot_tool_aug \(median'
check "the claim has it, from before the first call" python3 -c '
import csv, json
c = {c["name"]: c for c in json.load(open("strict/exp2_pot_tool_aug/latest/manifest.json"))["criteria"]}["solved_in_time"]
x = sorted(float(r["seconds"]) for r in csv.DictReader(open("free/exp2_pot_tool_aug/latest/results.csv")) if r["arm"] == "flat")
at = .95 * (len(x) - 1)
p95 = x[int(at)] + (at - int(at)) * ((x[int(at) + 1] if int(at) + 1 < len(x) else x[-1]) - x[int(at)])
assert p95 <= c["seconds"] <= p95 * 1.02 and "added" not in c, (c, p95)'
check "no word of the cap" eval '! grep -q "limit of 300" err'
check "its first screen does not warn of load" eval '"$hrm" report "strict/$exp" >out && grep -q "^Audit" out && ! grep -q "under load" out'
check "its report" code 0 "$hrm" report "strict/$exp" --full
flat out >words
check "is not marked, being strict" eval '! grep -q "Seconds under load" words'
check "a run of one arm" play one --arms hrm --limit 2
check "one option: what the run will take rests on the same pilot" code 0 "$hrm" run "$exp" --model_name "$math" --limit 4 \
    --outdir x --dry_run --pilot "free/$exp"
check "in the dry run" grep -qF "  from free/$exp (16 episodes), an episode of hrm " out
check "with the limit" grep -qE 'criterion solved_in_time: .*, seconds [0-9.e-]+$' out
check "which is not that of the file" eval '! grep -q "seconds 300" out'
check "an experiment without a limit takes the forecast alone" code 0 "$hrm" run exp1_decomp_vs_flat --limit 4 --outdir x --dry_run \
    --model_name "$root/eval/models/hrm-tiny-code.gguf" --pilot "free/$exp"
check "and says so" eval 'grep -q "^  from free/$exp (16 episodes of another model" out && ! says "the limit is"'
refuse 'pilot: .*nowhere' run "$exp" --model_name "$math" --outdir x --pilot nowhere
refuse "has no finished episode of the arm 'flat'" run "$exp" --model_name "$math" --limit 2 --outdir x --pilot "one/$exp"
finish
