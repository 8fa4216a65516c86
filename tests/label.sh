#!/bin/bash
# hrm label from outside: lines and keys that label failed episodes, the record afterwards, continuing a session, and the
# table of agreement. The embedded model fails on everyday tasks, so there is something to label.
set -u
. "$(dirname "$0")/lib/harness.sh"
[ -f "$model" ] || skip "there is no $model yet"

play() { # play OUTDIR SUITE LIMIT
    "$hrm" run "$exp" --model_name "$model" --max_tokens 60 --samples 1 --outdir "$1" --suite "$2" --limit "$3" >out 2>err
}
label() { # label LINES ARG...: the lines as standard input
    local lines=$1
    shift
    printf '%s' "$lines" | "$hrm" label "$run" "$@" >out 2>err
}
labels() { # what the record holds: annotator and label, sorted
    python3 - "$run/run.db" <<'PY'
import sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute("SELECT annotator, label, note FROM labels ORDER BY annotator, label, note")
print(" ".join("%s=%s(%s)" % row for row in rows), end="")
PY
}

check "an experiment to label" play runs "$root/eval/suites/coding_suite.yaml" 8
run=runs/$exp/latest

# ---- refused ----
refuse "name a run" label
refuse "no run 'nowhere'" label nowhere
refuse "n: expected a whole number from 1 to 1000000, found '0'" label "$run" --n 0
refuse "seed: expected a whole number, found 'x'" label "$run" --seed x
refuse "expected a name of 1 to 60 bytes without blanks" label "$run" --annotator 'a b'
refuse "'automatic' stands for the tag" label "$run" --annotator automatic
refuse "no report format 'yaml'" label "$run" --agreement --format yaml
refuse "did you mean '--annotator'" label "$run" --anotator x

# ---- lines ----
check "a walk by lines" label $'S3 not what the statement says\ns\nS9\nR1\nu\nR\nq\n' --annotator ada --n 5
check "it shows the statement" prints '^TASK$'
check "and replies" prints '^REPLY 1'
check "and the result" prints '^RESULT: not solved'
check "it says what was labelled" prints 'S3: fails a shown test'
check "and what was not understood" prints "'S9' is no label; expected a group"
check "and what was taken back" prints 'taken back: R1'
check "and how far it got" prints '^ada: 2 of 5 labelled; the same command continues with the other 3$'
check "the arm is not named" sh -c '! grep -qwE "hrm|flat|planner|coder|tester" out'
check "the record holds the labels" [ "$(labels)" = 'ada=R() ada=S3(not what the statement says)' ]
check "the walk goes on" label $'T1\nB2\nF1\n' --annotator ada --n 5
check "it is complete" prints '^ada: 5 of 5 labelled; '
check "it is over" label $'S\n' --annotator ada --n 5
check "nothing is asked any more" sh -c '! grep -q "label>" out'
first() { # the first statement that annotator $1 sees with the options behind
    local who=$1
    shift
    label $'q\n' --annotator "$who" "$@"
    sed -n '1,/^REPLY/p' out
}
# Played in the folder of a clone, and labelled from another one: the suite that ships is the same.
mkdir -p clone/eval/suites
cp "$root/eval/suites/coding_suite.yaml" clone/eval/suites
check "a run that names its suite from where it stood" eval '(cd clone && play runs eval/suites/coding_suite.yaml 1)'
check "is labelled from elsewhere" eval "printf q | '$hrm' label clone/runs/$exp/latest >out 2>err"
check "with its statement" prints '^TASK$'
check "everybody gets the same sample" [ "$(first bob --n 5)" = "$(first carl --n 5)" ]
check "another seed, another sample" [ "$(first bob --n 5)" != "$(first bob --n 5 --seed 2)" ]
check "an empty walk is no error" label '' --annotator dora --n 3

check "an export holds them" [ "$("$hrm" export "$run" --format jsonl | grep -o '"labels":\[{"annotator":"ada"' | wc -l)" -eq 5 ]

# ---- keys ----
keys() { # keys KEYS ARG...: hrm label on a terminal of its own
    python3 - "$hrm" "$run" "$@" >out 2>err <<'PY'
import fcntl, os, pty, select, struct, sys, termios, time
hrm, run, keys, args = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    os.execv(hrm, [hrm, "label", run] + args)
def drain(seconds):
    text = b""
    while select.select([fd], [], [], seconds)[0]:
        try:
            text += os.read(fd, 65536)
        except OSError:
            break
    return text
text = drain(2)
for key in keys.encode().decode("unicode_escape"):
    os.write(fd, key.encode())
    text += drain(0.1)
text += drain(0.5)
sys.stdout.buffer.write(text)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
}
check "a walk by keys" keys 'V3nwhy\x7fo\rR\ru T \x1bs\x1bsPxq\x1bq' --annotator eve --n 5
check "its keys fit into 80 columns" grep -q 'q quit  space b g G: scroll' out
check "the screen is left as it was" sh -c 'grep -q "1049l" out'
check "the keys have labelled" [ "$(labels | tr ' ' '\n' | grep '^eve')" = 'eve=V3()' ]
check "a note, a group alone" keys ' nwho\x7fy\rB\rq' --annotator eve --n 5
check "both are in the record" [ "$(labels | tr ' ' '\n' | grep '^eve' | tr '\n' ' ')" = 'eve=B(why) eve=V3() ' ]

# ---- agreement ----
check "agreement" code 0 "$hrm" label "$run" --agreement
check "it has a row for each pair" [ "$(grep -cE '^(automatic|ada) +(ada|eve) ' out)" -eq 3 ]
check "n is what both labelled" prints '^ada +eve +2 '
check "each failure has been tagged as it ended" prints '^automatic +ada +5 '
check "the tag's groups by ada's" prints '^Automatic tag and ada, n = 5 episodes'
check "it has alpha of the annotators" prints '^annotators +[0-9]'
check "and the flags mode by mode" prints '^Automatic flags and ada, mode by mode'
check "as CSV" code 0 "$hrm" label "$run" --agreement --format csv
check "CSV has kappa" prints 'kappa'

# ---- several labels, and labels from files ----
check "several labels of one episode" label $'S3,T7 both\n+R1\n+zz\nq\n' --annotator gil --n 3
check "it says so" prints 'the last one is S3,T7,R1'
check "and refuses what is no label" prints "'\\+zz' is no label"
check "the record has all of them" [ "$(labels | tr ' ' '\n' | grep '^gil')" = 'gil=S3,T7,R1(both)' ]
check "an export for readers" code 0 "$hrm" label "$run" --sample 4 --seed 3 --blind --annotator kim --export sheets
check "it has the sample and the codes" [ "$(cd sheets && echo *)" = '001.txt 002.txt 003.txt 004.txt codes.txt' ]
check "the codes have their rules" grep -q '^  T7 prints a constant: A program computes nothing' sheets/codes.txt
check "the files do not name an arm" sh -c '! grep -qwE "hrm|flat|planner|coder|tester" sheets/0*.txt'
printf '{"item": 1, "label": "S3,T7", "note": "x"}\n\n{"item": 4, "label": "R"}\n' >kim.jsonl
check "an import of JSON lines" code 0 "$hrm" label "$run" --sample 4 --seed 3 --annotator kim --import kim.jsonl
check "it says how many" prints '^kim: 2 of 4 labelled from kim.jsonl$'
check "they are in the record" [ "$(labels | tr ' ' '\n' | grep '^kim' | tr '\n' ' ')" = 'kim=R() kim=S3,T7(x) ' ]
printf 'item,note,label\n2,"a, b",V3\n3,,"T3,F1"\n' >lea.csv
check "an import of CSV" code 0 "$hrm" label "$run" --sample 4 --seed 3 --annotator lea --import lea.csv
check "it is read by its header" sh -c 'case "$1" in *"lea=T3,F1() lea=V3(a, b)"*) ;; *) exit 1 ;; esac' - "$(labels)"
# what spreadsheets make of a file: CRLF, a byte order mark, blanks, rows that are not filled in, another order of rows and columns
printf '\xef\xbb\xbfNote; Label ;item\r\n"he said ""x""; y";"S3, T7";4\r\n;;\r\n;;2\r\n; V1 ;1\r\n;;\r\n' >nia.csv
check "an import of a spreadsheet" code 0 "$hrm" label "$run" --sample 4 --seed 3 --annotator nia --import nia.csv
check "rows without a label are not labelled yet" prints '^nia: 2 of 4 labelled from nia.csv$'
check "all of it is understood" sh -c 'case "$1" in *"nia=S3,T7(he said \"x\"; y) nia=V1()"*) ;; *) exit 1 ;; esac' - "$(labels)"
printf '\xef\xbb\xbf{"item": 1, "label": "V1"}\r\n{"item": 4, "label": "T7", "note": null}\r\n' >nia.jsonl
check "JSON lines with a byte order mark" code 0 "$hrm" label "$run" --sample 4 --seed 3 --annotator nia --import nia.jsonl
check "labels that they replace are counted" prints '^nia: 2 of 4 labelled from nia.jsonl; 1 had another label of nia before$'
# items of another sample are other episodes
refuse "no sample of 3 with seed 3 has been drawn from $run; give the --sample and --seed that --export had" \
    label "$run" --sample 3 --seed 3 --annotator mia --import kim.jsonl
refuse "no sample of 4 with seed 33 has been drawn" label "$run" --sample 4 --seed 33 --annotator mia --import kim.jsonl
refuse "export and --import: expected one of them at a time" label "$run" --export more --import kim.jsonl
refuse "export and --import: expected one of them at a time" label "$run" --agreement --import kim.jsonl
bad() { # bad SENTENCE TEXT: a file that is refused, and nothing of it is taken
    printf '%b' "$2" >bad.jsonl
    refuse "$1" label "$run" --sample 4 --seed 3 --annotator mia --import bad.jsonl
}
bad "bad.jsonl:2: item: expected a number from 1 to 4" '{"item":1,"label":"R"}\n{"item":5,"label":"R"}\n'
bad "bad.jsonl:2: item: expected a number from 1 to 4" 'item,label\n2x,R\n'
bad "bad.jsonl:1: 'Q' is no label; expected a group" '{"item":1,"label":"Q"}\n'
bad "bad.jsonl:2: item 1 has a label in line 1" '{"item":1,"label":"R"}\n{"item":1,"label":"S"}\n'
bad "bad.jsonl:1:" '{"item":1,'
bad "bad.jsonl:2: found bytes that are no text" '{"item":1,"label":"R"}\n\0{"item":2,"label":"R"}\n'
bad "bad.jsonl:3: found bytes that are no text" 'item,label,note\n1,R,\n2,R,gr\xfcn\n'
bad "bad.jsonl:2: found 3 fields; expected no more than the 2 of the header" 'item,label\n1,S3,T7\n'
bad "bad.jsonl:2: '' is no label" 'item,label,note\n1,,later\n'
bad "bad.jsonl:1: note: expected a text" '{"item":1,"label":"R","note":7}\n'
bad "bad.jsonl:1: expected JSON lines, or a header with item and label" 'episode,code\n1,R\n'
check "nothing of a bad file is taken" [ -z "$(labels | tr ' ' '\n' | grep '^mia')" ]
check "the report corrects by the labels" sh -c "\"$hrm\" report --full \"$run\" | grep -q 'Spec errors and tool misuse corrected by labels'"

# ---- traces of other systems ----
traces="$root/tests/label"
check "traces of MAST" code 0 "$hrm" import mast "$traces/mast.json" -o mast
check "it says what has no code of ours" grep -q '3 traces in mast/run.db, 3 programs in them; 4 modes named, 1 of them (25.0 %)' err
check "they are scored" code 0 "$hrm" label mast --agreement
check "precision and recall of a mode" prints '^step repetition +P6 T4 P4 +1 +0 +1 +0 +100.0 .*n=1 +50.0 .*n=2'
check "the unmapped share" prints 'Unmapped: 1 of 4 modes named \(25.0 %\)'
check "votes of people" code 0 "$hrm" import mast "$traces/mast_people.jsonl" -o people
check "a mode of another version is unmapped" grep -q '16 modes named, 4 of them' err
check "people are compared" code 0 "$hrm" label people --agreement
check "with alpha" prints '^annotators +4 +1.000'
check "traces of Who & When" code 0 "$hrm" import mast "$traces/who_and_when.json" -o who
check "what is not classified is unmapped" grep -q '1 modes named, 1 of them (100.0 %)' err
trace() { # trace SENTENCE TEXT
    printf '%b' "$2" >bad.json
    refuse "$1" import mast bad.json -o none
}
trace "bad.json:2: expected a record of MAST" '[\n{"x": 1}]'
trace "bad.json:1: expected mas_name, trace_id and a trace" '{"mas_name": "A"}'
trace 'bad.json:1: mast_annotation: "9.9": expected a mode of MAST' '{"mas_name":"A","trace_id":1,"trace":"x","mast_annotation":{"9.9":1}}'
trace "bad.json:3: trace 'trace/1' of A stands in line 2 too" '[\n{"mas_name":"A","trace_id":1,"trace":"x","mast_annotation":{}},\n{"mas_name":"A","trace_id":1,"trace":"x","mast_annotation":{}}]'
trace "bad.json:1: turn 1: expected an object with a text" '{"question_ID":1,"mistake_agent":"A","history":[1]}'
trace "bad.json:1: this record does not end" '{"mas_name": "A'
trace "bad.json:1: expected a JSON array of records" 'hello'
trace "bad.json:1: there is no record in it" '[]'
refuse "name a directory for the record" import mast "$traces/mast.json"
refuse "is there already" import mast "$traces/mast.json" -o mast
check "nothing is made of a bad file" [ ! -e none ]

# ---- nothing to label ----
check "tasks that are solved" play solved "$root/eval/suites/compositional_code.yaml" 1
run=solved/$exp/latest
if [ "$("$hrm" export "$run" --format jsonl | grep -c '"passed":true')" -eq 2 ]; then
    check "nothing failed" label 'S' --annotator ada
    check "it says so" prints 'no episode has failed, so there is nothing to label'
fi
finish
