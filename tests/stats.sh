#!/bin/bash
# hrm stats, hrm power and hrm compare from outside: tables of outcomes, messages with file and line, and every
# number against scipy and statsmodels where Debian's python3 has them.
set -u
. "$(dirname "$0")/lib/harness.sh"

# value TABLE ROW COLUMN: of out, a table in CSV format. Rounded to 9 digits.
value() {
    /usr/bin/python3 - "$@" <<'EOF'
import csv, sys
for r in csv.DictReader(open("out")):
    if [r["table"], r["row"], r["column"]] == sys.argv[1:4]:
        print(*["%.9g" % float(r[k]) if r[k] else "-" for k in ("value", "low", "high")])
EOF
}

unique_keys() { # unique_keys FILE: table, row and column of a CSV file name one line
    /usr/bin/python3 - "$1" <<'EOF'
import csv, sys
keys = [(r["run"], r["table"], r["row"], r["column"]) for r in csv.DictReader(open(sys.argv[1]))]
assert keys and len(keys) == len(set(keys)), [k for k in keys if keys.count(k) > 1][:3]
EOF
}

equals() { # equals WANTED TABLE ROW COLUMN
    local want=$1 got
    shift
    got=$(value "$@")
    [ "$got" = "$want" ] || echo "found $got" >>err
    [ "$got" = "$want" ]
}

# ---- the table of the reference: 30 tasks, 13 both, 7 only a, 1 only b, 9 neither ----
{
    printf 'passed,note,arm,task\r\n'
    for i in $(seq 30); do
        a=$((i <= 20)) b=$((i <= 13 || i == 21))
        printf '%s,"x, ""y""",a,"t %s"\r\n%s,,b,t %s\r\n' "$a" "$i" "$b" "$i"
    done
} >pairs.csv
check "a table" code 0 "$hrm" stats pairs.csv --format csv
check "counts the pairs" equals "7 - -" "a and b: tasks" solved "b not"
check "the difference with Tango's interval" \
    equals "20 1.87883977 38.6361328" "a - b" "difference of majorities, pp / Tango" value
check "Wald's" equals "20 2.9634641 37.0365359" "a - b" "difference of majorities, pp / Wald" value
check "McNemar's exact p" equals "0.0703125 - -" "a - b" "one arm without the other / McNemar, exact" p
check "and mid-p" equals "0.0390625 - -" "a - b" "one arm without the other / McNemar, mid-p" p
check "from standard input" eval '"$hrm" stats - --format csv <pairs.csv >out 2>err'
check "the same" equals "0.0703125 - -" "a - b" "one arm without the other / McNemar, exact" p
sed 's/,/;/g; s/"x; ""y"""//' pairs.csv | sed '1s/^/\xef\xbb\xbf/' >semicolons.csv
check "semicolons and a byte order mark" code 0 "$hrm" stats semicolons.csv --format csv
check "the same" equals "0.0703125 - -" "a - b" "one arm without the other / McNemar, exact" p
check "text" code 0 "$hrm" stats pairs.csv
check "says how many" prints '^30 tasks x 2 arms, 60 rows'
check "Markdown" code 0 "$hrm" stats pairs.csv --format md
check "the other way round" code 0 "$hrm" stats pairs.csv --arms b,a --format csv
check "turns the sign" equals "-20 -38.6361328 -1.87883977" "b - a" "difference of majorities, pp / Tango" value

# ---- what is left out is counted; degenerate tables have answers too ----
printf 'task,arm,sample,passed\na,x,0,1\na,y,0,\na,y,1,NA\nb,x,0,TRUE\nb,y,0,fail\nc,x,0,1\n' >holes.csv
check "rows without an outcome" code 0 "$hrm" stats holes.csv
check "are said" eval 'tr "\n" " " <out | grep -q "2 tasks without an outcome in every arm. Left out: 2 rows without"'
printf 'task,arm,passed\na,x,1\na,y,1\n' >one.csv
check "one task" code 0 "$hrm" stats one.csv
for p in 0 1; do
    for i in $(seq 5); do printf 't%s,x,%s\nt%s,y,%s\n' "$i" $p "$i" $p; done | sed '1s/^/task,arm,passed\n/' >same.csv
    check "all $p" code 0 "$hrm" stats same.csv --format csv
    check "all $p: no difference, an interval" \
        equals "0 -43.4482465 43.4482465" "x - y" "difference of majorities, pp / Tango" value
    check "all $p: an exact one" \
        equals "0 -52.182375 52.182375" "x - y" "difference of rates, pp / exact, few tasks differ" value
    check "all $p: p is 1" equals "1 - -" "x - y" "one arm without the other / McNemar, exact" p
done

# ---- the order of the arms, what is missing, wins and losses, clusters ----
printf 'task,arm,passed\na,new,\na,old,1\nb,new,1\nb,old,0\nc,old,1\nc,new,1\n' >first.csv
check "a first row without an outcome" code 0 "$hrm" stats first.csv --format csv
check "names the first arm all the same" \
    equals "50 - -" "new - old" "difference of rates, pp / sign flips, all" value
check "what is missing is bounded" code 0 "$hrm" stats first.csv
check "both ways" eval 'tr "\n" " " <out | grep -q "against new: +0.0 pp; if every one counts for it: +33.3 pp"'
printf 'task,arm,passed\na,x,1\na,y,0\na,z,NA\n' >none.csv
check "an arm without any outcome is not compared" code 0 "$hrm" stats none.csv
check "the others are" prints '^x - y'
{
    echo task,arm,sample,passed,cluster
    for t in $(seq 12); do
        for k in 1 2 3; do
            echo "t$t,x,$k,$((k <= t % 4)),c$((t % 4))"
            echo "t$t,y,$k,$((k <= t % 2)),c$((t % 4))"
        done
    done
} >kinds.csv
check "samples and clusters" code 0 "$hrm" stats kinds.csv --format csv
check "wins, ties and losses are a sign test" \
    equals "0.03125 - -" "x - y" "one arm better on a task / sign test, exact" p
check "clusters widen the interval" eval \
    '[ "$(value "x - y" "difference of rates, pp / t over clusters" value)" != "$(value "x - y" "difference of rates, pp / t over tasks" value)" ]'
check "no bootstrap of 12 tasks" eval '! grep -q bootstrap out'
check "an exact interval of 12 tasks" eval 'grep -q "exact, unconditional" out'
check "no key stands twice" unique_keys out
sed 's/t3,x,2,1,c3/t3,x,2,1,c0/' kinds.csv >moved.csv

# ---- refused, with file and line ----
refuse "moved.csv:[0-9]*: found task 't3' in cluster 'c.'; it is in 'c.' in line" stats moved.csv
printf 'task,arm,passed,seconds\na,x,1,0x10\n' >hex.csv
refuse "hex.csv:2: seconds: found '0x10'; expected a number" stats hex.csv
printf 'task,arm,passed\na,x,1\nb\0,x,1\n' >nul.csv
refuse "nul.csv:3: found a NUL byte; expected text" stats nul.csv
printf 'task,arm\n' >columns.csv
printf 'task,arm,passed\na,x,1\na,y,maybe\n' >maybe.csv
printf 'task,arm,sample,passed\na,x,0,1\nb,x,0,1\na,x,0,0\n' >twice.csv
printf 'task,arm,passed\na,x\n' >short.csv
printf 'task,arm,passed\n"a,x,1\n' >quote.csv
printf 'task,arm,passed\n"a"b,x,1\n' >after.csv
printf 'task,arm,passed,Passed\n' >double.csv
printf 'task,arm,passed\na,,1\n' >noarm.csv
printf 'task,arm,passed,seconds\na,x,1,fast\n' >seconds.csv
printf 'task,arm,passed\na,x,1\nb,y,1\n' >apart.csv
: >nothing.csv
refuse "nothing.csv: found nothing; expected a header" stats nothing.csv
refuse "columns.csv:1: found no column 'passed'" stats columns.csv
refuse "maybe.csv:3: passed: found 'maybe'; expected 0 or 1" stats maybe.csv
refuse "twice.csv:4: found task 'a' and sample '0' again.*line 2" stats twice.csv
refuse "short.csv:2: found 2 fields" stats short.csv
printf 'task,arm,passed,seconds\na,x,1,3,5\na,y,1,2,5\n' >comma.csv # of a decimal number
refuse "comma.csv:2: found 5 fields; expected no more than the 4 of the header" stats comma.csv
printf 'task,arm,passed\na,x,1,,\n,,\na,y,1\n' >filled.csv
check "empty fields and rows of a spreadsheet" code 0 "$hrm" stats filled.csv
refuse "quote.csv:2: found a quote that is never closed" stats quote.csv
refuse "after.csv:2: found text after a closing quote" stats after.csv
refuse "double.csv:1: found two columns 'passed'" stats double.csv
refuse "noarm.csv:2: found no arm" stats noarm.csv
refuse "seconds.csv:2: seconds: found 'fast'; expected a number" stats seconds.csv
printf 'task,arm,passed\na,x\033[2J,1\n' >steers.csv
refuse "steers.csv:2: arm: found bytes that are not plain text" stats steers.csv
refuse "apart.csv: found no task that has an outcome in every arm" stats apart.csv
refuse "there is no arm 'z'" stats pairs.csv --arms a,z
refuse "'a' is named twice" stats pairs.csv --arms a,a
refuse "nowhere.csv" stats nowhere.csv
refuse "no report format 'docx'" stats pairs.csv --format docx
refuse "name a CSV file" stats

# ---- power ----
check "hrm power" code 0 "$hrm" power --tasks 164 --samples 5 --difference 0.05
check "two tasks detect nothing" code 0 "$hrm" power --tasks 2
check "and no 467 pp" prints '2 tasks x 1 sample detect no difference at all'
check "hrm power again" code 0 "$hrm" power --tasks 164 --samples 5 --difference 0.05
check "says what is found" prints '164 tasks x 5 samples detect a true difference of 5.4 pp'
check "and what it takes" prints 'A difference of 5.00 pp takes 191 tasks x 5 samples'
refuse "difference: expected a share" power --difference 5
refuse "tasks: expected a whole number" power --tasks some
refuse "no run 'nowhere'" power --pilot nowhere
refuse "nothing to do with 'x'" power x

# ---- compare, on two runs of the embedded model ----
refuse "name two runs" compare one
refuse "no run 'nowhere'" compare nowhere nowhere
if [ -f "$model" ]; then
    play() {
        code 0 "$hrm" run "$exp" --model_name "$model" --max_tokens 100 --limit 3 --samples 1 "$@"
    }
    check "a run" play
    check "is told that it is a smoke test" says 'a smoke test: 3 tasks x 1 samples? can detect.*5.0 pp.*[0-9]+ tasks are needed'
    first=$(realpath runs/$exp/latest)
    check "another, warmer" play --temperature 0.9
    second=$(realpath runs/$exp/latest)
    check "compared" code 0 "$hrm" compare "$first" "$second" --arm flat
    check "what differs comes first" \
        eval 'sed -n "/^What differs/,\$p" out | sed -n 4p | grep -q "sampling.temperature *0.2 *0.9"'
    check "then the tasks" prints '^3 tasks are complete in both'
    check "then the arm" prints '^flat, 1st - flat, 2nd'
    check "only that one" eval '! grep -q "^hrm, 1st" out'
    check "with itself" code 0 "$hrm" compare "$first" "$first"
    check "nothing differs" prints 'manifests do not differ'
    refuse "no arm 'tree' is in both" compare "$first" "$second" --arm tree
    sed 's/^suite: .*/suite: other/' "$root/eval/suites/compositional_code.yaml" >other.yaml
    check "a run of another suite" play --suite other.yaml
    refuse "suites differ: the first run's is .*compositional_code.yaml .*the second's is other.yaml" \
        compare "$first" runs/$exp
    check "the run as CSV" code 0 "$hrm" report "$first" --format csv
    check "no key of it stands twice" unique_keys out
    check "a pilot" code 0 "$hrm" power --pilot "$first" --difference 0.1
    check "a plan" code 0 "$hrm" run $exp --limit 40 --samples 2 --dry_run --model_name "$model"
    check "tells it, too" prints '^outlook   of these criteria, with '
    check "for several truths" prints '^  primary, no difference \(\+0.0 pp\): met [0-9]+ %, not met [0-9]+ %, cannot tell'
    check "the pilot again" code 0 "$hrm" power --pilot "$first" --difference 0.1
    check "names itself" eval 'tr "\n" " " <out | grep -q "hrm against flat, 3 tasks x 1 sample"'

    # ---- criteria are frozen before the first call ----
    criterion() { # criterion NUMBER
        sed "s/difference >= 0.05/difference >= $1/" "$root/experiments/$exp/experiment.yaml" >claim.yaml
        sed -i "s/^name: .*/name: claim/; s,eval/,$root/eval/,g" claim.yaml
    }
    claims() { # claims PYTHON: true of c, the manifest's list
        /usr/bin/python3 -c "
import json
c = json.load(open('runs/claim/latest/manifest.json'))['criteria']
assert $1, c" 2>>err
    }
    criterion 0.05
    check "a claim" code 0 "$hrm" run claim.yaml --limit 2 --samples 1 --full
    check "is frozen" claims 'len(c) == 1 and c[0]["frozen"] and "added" not in c[0]'
    check "opens the report" prints '^primary: cannot tell.*pass@1: hrm - flat >= \+5.0 pp'
    criterion 0.2
    check "changed afterwards" code 0 "$hrm" run claim.yaml --limit 2 --samples 1 --full
    check "the old one stays, withdrawn" claims 'c[0]["criterion"] == "difference >= 0.05" and c[0]["withdrawn"]'
    check "the new one is marked as added" claims 'c[1]["criterion"] == "difference >= 0.2" and c[1]["added"]'
    check "and the report says so" prints 'exploratory'
    criterion 0.05
    check "back to the old one" code 0 "$hrm" run claim.yaml --limit 2 --samples 1 --full
    check "it stands again" claims '"withdrawn" not in c[0] and c[1]["withdrawn"]'

    # ---- stopping early: a coder that may write one token solves nothing, so flat wins every task ----
    refuse "stop-when: expected decided, found 'never'" run $exp --stop_when never
    refuse "stop-when and --shard" run $exp --stop_when decided --shard 1/2
    refuse "needs the two arms" run $exp --stop_when decided --arms flat
    sed "s/^name: .*/name: early/; s,eval/,$root/eval/,g" "$root/experiments/$exp/experiment.yaml" >early.yaml
    echo 'roles: {coder: {max_tokens: 1}}' >>early.yaml
    early() {
        code 0 "$hrm" run early.yaml --stop_when decided --samples 1 --max_connections 2 --full "$@"
    }
    of_early() { # of_early PYTHON: true of m, the manifest
        /usr/bin/python3 -c "
import json
m = json.load(open('runs/early/latest/manifest.json'))
assert $1, m" 2>>err
    }
    check "four tasks do not decide" early --limit 4
    check "the run is complete" of_early 'm["status"] == "complete" and "decided" not in m and m["stopping"]["tasks"] == 4'
    check "more do" early
    check "it says so" says '^hrm: stopped because the result is decided; the same command without --stop-when runs the rest'
    check "and the manifest" of_early 'm["status"] == "decided" and m["decided"]["lost"] >= 6'
    check "with e" of_early 'm["decided"]["e_value"] >= 20 and m["decided"]["high"] < 0.05 and m["decided"]["arms"] == ["hrm", "flat"]'
    check "not every task was played" eval '[ "$(wc -l <runs/early/latest/results.csv)" -lt 60 ]'
    check "and the report" prints '^Stopped early: decided after [0-9]+ tasks'
    check "its interval is the conclusion" eval 'tr "\n" " " <out | grep -q "stopped on evidence"'
    check "which warns" eval 'tr "\n" " " <out | grep -q "too narrow here"'
    check "again" early
    check "decided it stays" eval 'grep -q ", 0 here in" err && grep -q "^hrm: stopped because the result is decided" err'
    check "without the option it goes on" code 0 "$hrm" run early.yaml --samples 1 --limit 20
    check "for more tasks" eval '! grep -q ", 0 here in" err'
else
    echo "skipped: hrm compare, criteria and --stop_when: there is no $model yet"
fi

# ---- every number against others' ----
if /usr/bin/python3 -c 'import scipy, statsmodels' 2>/dev/null; then
    check "the numbers of scipy and statsmodels" code 0 "$root/tests/stats_oracle.py" "$hrm"
    cat out
else
    echo "skipped: Debian's python3-scipy and python3-statsmodels are not installed"
fi
finish
