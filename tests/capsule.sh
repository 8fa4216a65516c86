#!/bin/bash
# A capsule is a run in one file: reported, shown and replayed in a fresh clone without the run's directory, with the same
# numbers and figures. Files that are damaged, cut, foreign or hostile are refused with one sentence.
#
# usage: HRM=PROGRAM [MODEL=GGUF] tests/capsule.sh
set -u
. "$(dirname "$0")/lib/harness.sh"
[ -f "$model" ] || skip "there is no $model yet"
made() { python3 "$root/tests/capsule_make.py" "$@"; }

check "a run" code 0 "$hrm" run $exp --model_name "$model" --limit 6 --samples 2 --seed 7 --outdir there
run=$(realpath there/$exp/latest)
check "it is packed" code 0 "$hrm" export "$run" --capsule study.hrm
check "it says what is in it" says '^hrm: study.hrm: 24 episodes of exp1_decomp_vs_flat in [0-9.]+ MB'
check "the same run gives the same bytes" code 0 "$hrm" export "$run" --capsule twin.hrm
check "bit for bit" cmp study.hrm twin.hrm

# ---- another machine: nothing but a clone, of which only what git has is there ----
mkdir -p clone/elsewhere
cp -r "$root/prompts" "$root/experiments" clone/
mkdir -p clone/eval && cp -r "$root/eval/suites" clone/eval/
mv there gone
for format in text md csv json latex html; do
    "$hrm" report gone/$exp/latest --format $format >was."$format" 2>>err
    check "report --format $format" code 0 env HRM_HOME="$work/clone" "$hrm" report study.hrm --format $format
    check "report --format $format: the same bytes" cmp was."$format" out
done
cp was.html report.html
"$hrm" report gone/$exp/latest | grep -v '^Report: ' | sed "s,gone/$exp/latest,study.hrm," >was
check "its first screen" code 0 "$hrm" report study.hrm
check "is that of the run, and names no page of another beside it" cmp was out
"$hrm" show gone/$exp/latest >was
check "show" code 0 "$hrm" show study.hrm
check "show: the same list" cmp was out
"$hrm" show gone/$exp/latest hrm/"$(sed -n 2p out | awk '{print $2}')"/1 >was
check "show: one transcript" code 0 "$hrm" show study.hrm hrm/"$(sed -n 2p out | awk '{print $2}')"/1
check "show: the same transcript" cmp was out
"$hrm" export gone/$exp/latest --format jsonl >was
check "export" code 0 "$hrm" export study.hrm --format jsonl
check "export: the same record" cmp was out
check "compare reads it" code 0 "$hrm" compare study.hrm gone/$exp/latest
check "the packed report" code 0 "$hrm" export study.hrm --part report.html
check "is that of the run" cmp out was.html
check "the packed suite" code 0 "$hrm" export study.hrm --part suite.yaml
check "is the suite" cmp out "$root/eval/suites/compositional_code.yaml"
refuse "has no file 'suite'; found: experiment.yaml prompts/" export study.hrm --part suite
refuse 'a capsule is only read' tag study.hrm
refuse '--without-texts: only with --capsule FILE' export study.hrm --without_texts

replay() { # replay OUTDIR ARG...
    local outdir=$1
    shift
    env HRM_HOME="$work/clone/elsewhere" "$hrm" run --model_backend replay --outdir "$outdir" --replay "$@"
}
# No experiments, prompts or suites are in reach here: all comes from the capsule.
check "replay" code 0 replay again study.hrm
check "replay: every call from the capsule" says 'calls answered from study.hrm, 0 not in it'
check "replay: what was finished, not the whole suite" says '24 of 24 episodes done, 24 here'
again=$(realpath again/$exp/latest)
same_numbers() { # but for who answered
    cmp "$1/results.csv" "$2/results.csv" && python3 -c '
import json, sys
a, b = (json.load(open(f"{d}/summary.json")) for d in sys.argv[1:])
for s in (a, b):
    for key in ("model", "config_hash", "created"):
        s.pop(key, None)
assert a == b, [k for k in a if a[k] != b.get(k)]' "$1" "$2"
}
check "replay: every number" same_numbers gone/$exp/latest "$again"
figures() { grep -oP '(?s)<svg.*?</svg>' "$1/report.html"; }
check "replay: every figure" cmp <(figures gone/$exp/latest) <(figures "$again")
check "replay of a plain record needs the experiment" code 2 "$hrm" run --model_backend replay --replay gone/$exp/latest
check "it says so" says 'name an experiment: .* is a record, not a capsule'
check "an experiment by name still works" code 0 "$hrm" run $exp --limit 6 --samples 2 --seed 7 --outdir named \
    --model_backend replay --replay study.hrm

# ---- without texts ----
check "without texts" code 0 "$hrm" export study.hrm --capsule bare.hrm --without_texts
check "it says what is missing" says "without the texts of the suite: prompts, tests"
check "no text of the suite is in it" made unpacked bare.hrm bare.db
leaks() { # a prompt, a public and a hidden test, the reference of a task that was played
    python3 -c '
import sys, yaml
suite = yaml.safe_load(open(sys.argv[1]))["tasks"][:6]
data = open(sys.argv[2], "rb").read()
texts = [t for task in suite for t in [task["prompt"].strip(), *task.get("public_tests", []), *task["hidden_tests"]]]
assert len(texts) > 30
found = [t for t in texts if t.encode() in data]
print("\n".join(found))
sys.exit(0 if found else 1)' "$root/eval/suites/compositional_code.yaml" "$1" >found
}
check "(they are in the other)" made unpacked study.hrm study.db
check "(and found there)" leaks study.db
check "none is left" code 1 leaks bare.db
check "it is smaller" [ "$(stat -c %s bare.hrm)" -lt "$(stat -c %s study.hrm)" ]
"$hrm" report gone/$exp/latest --full >was
check "it is reported" code 0 "$hrm" report bare.hrm --full
check "with the same numbers" cmp was out
refuse 'made without the texts of its suite, so its calls can be replayed only with --suite' \
    run --model_backend replay --replay bare.hrm
check "with the suite it is replayed" code 0 replay bare bare.hrm --suite "$root/eval/suites/compositional_code.yaml"
check "all of it" says '0 not in it'
check "with the same outcomes" python3 -c '
import csv, sys
a, b = ([(r["arm"], r["task"], r["sample"], r["passed"], r["verdict"], r["calls"], r["generated_tokens"], r["label"])
         for r in csv.DictReader(open(f"{d}/results.csv"))] for d in sys.argv[1:])
assert a and a == b' gone/$exp/latest bare/$exp/latest

# ---- where the inputs are ----
sed 's/samples: 3/samples: 2/' "$root/experiments/$exp/experiment.yaml" >mine.yaml
cp "$root/eval/suites/compositional_code.yaml" mine_suite.yaml
check "a run with a suite of one's own" code 0 "$hrm" run mine.yaml --suite mine_suite.yaml --model_name "$model" --limit 1 \
    --samples 1 --outdir mine
echo '# a line' >>mine_suite.yaml
refuse 'mine_suite.yaml is not the suite of this run: its sha256 is' export mine/$exp/latest --capsule x.hrm
check "it is named" code 0 "$hrm" export mine/$exp/latest --capsule x.hrm --suite "$root/eval/suites/compositional_code.yaml"

# ---- a curriculum: its arms are expanded, and nothing is trained again ----
check "a small curriculum" code 0 "$hrm" run exp3_curriculum --quick --n 64 --seeds 1 --tests 2 --outdir learnt
check "is packed" code 0 "$hrm" export learnt/exp3_curriculum --capsule learnt.hrm
check "and replayed" code 0 replay relearnt learnt.hrm
check "all of it" says 'calls answered from learnt.hrm, 0 not in it'
check "with the same outcomes" cmp learnt/exp3_curriculum/latest/results.csv relearnt/exp3_curriculum/latest/results.csv

# ---- files that nobody should trust ----
bad() { # bad KIND PATTERN
    check "$1 is made" made "$1" study.hrm bad.hrm
    refuse "$2" report bad.hrm
}
bad cut 'bad.hrm: the capsule is damaged: its data are cut off'
bad head_only 'bad.hrm: the capsule is damaged: its data are cut off'
bad head_cut 'bad.hrm: the capsule is cut off: 20 bytes'
bad flipped 'bad.hrm: the capsule is damaged: '
bad more 'bad.hrm: the capsule is damaged: something follows its data'
bad other_sha 'bad.hrm: the capsule is damaged: its SHA-256 is another'
bad says_more 'its head and its data disagree on their size'
bad says_less 'its head and its data disagree on their size'
bad says_negative 'bad.hrm: refused: it says that its [0-9]+ bytes unpack to -1'
bad says_huge 'bad.hrm: refused: it says that its [0-9]+ bytes unpack to 1152921504606846976'
bad bomb 'bad.hrm: refused: it says that its [0-9]+ bytes unpack to 536870912'
bad no_json 'bad.hrm: head of the capsule'
bad long_head 'bad.hrm: not a run database'
bad newer 'bad.hrm: a capsule of version 2; this hrm reads 1'
bad foreign 'bad.hrm: not a capsule of hrm'
bad text 'bad.hrm: not a run database'
bad no_record "bad.hrm: an SQLite database, but not one of hrm's runs"
bad broken 'bad.hrm: '
bad trigger 'bad.hrm: refused: no hrm writes a record with this schema'
bad view 'bad.hrm: refused: no hrm writes a record with this schema'
check "a view that never ends is made" made slow_view study.hrm slow.hrm
check "it is not run" code 0 timeout 20 "$hrm" report slow.hrm
check "a name that climbs out is made" made climbs study.hrm bad.hrm
refuse 'prompts/../../../escaped.txt' run --model_backend replay --replay bad.hrm
check "nothing was written there" [ ! -e ../../escaped.txt ]
check "a capsule that lacks its suite is made" made no_suite study.hrm bad.hrm
refuse 'bad.hrm: there is no suite.yaml in it' run --model_backend replay --replay bad.hrm
check "one without any file is made" made no_files study.hrm bad.hrm
refuse 'bad.hrm' run --model_backend replay --replay bad.hrm
finish
