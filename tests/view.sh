#!/bin/bash
# hrm view over HTTP: who is answered, what browsers are told, the data of a run that is over and of one that goes on.
# tests/full/view_browser.sh looks at the pages with a browser.
set -u
. "$(dirname "$0")/lib/harness.sh"
[ -f "$model" ] || skip "there is no $model yet"

refuse "no directory 'nowhere'" view nowhere
refuse "port: expected a whole number from 1 to 65535, found '70000'" view --port 70000
refuse "'b' is one too many" view a b
check "a run to look at" code 0 "$hrm" run "$exp" --model_name "$model" --outdir runs --limit 10
MODEL=$model PYTHONDONTWRITEBYTECODE=1 python3 "$root/tests/view/answers.py" "$hrm" runs "$root" >out 2>err || cat out err
read -r ok _ bad _ < <(tail -n 1 out)
check "the checks ran" [ "${ok:-0}" -gt 50 ]
passed=$((passed + ${ok:-0}))
failed=$((failed + ${bad:-1}))
finish
