#!/bin/bash
# hrm view in Debian's headless Chromium: the list, the matrix, filters, where arms part, hostile text, labels, a run that goes
# on, 390 pixels, and that no request leaves this machine. Needs chromium and chromium-driver; skips without.
# PICTURES=DIR keeps what was seen.
set -u
. "$(dirname "$0")/../lib/harness.sh"
[ -f "$model" ] || skip "there is no $model yet"
for tool in chromium chromedriver; do
    command -v "$tool" >/dev/null || skip "chromium and chromium-driver are not installed"
done

check "a run to look at" code 0 "$hrm" run "$exp" --model_name "$model" --outdir runs --limit 20
MODEL=$model PYTHONDONTWRITEBYTECODE=1 python3 "$root/tests/view/browser.py" "$hrm" runs "$work" ${PICTURES:+"$PICTURES"} >out 2>err ||
    cat out err
read -r ok _ bad _ < <(tail -n 1 out)
check "the checks ran" [ "${ok:-0}" -gt 40 ]
passed=$((passed + ${ok:-0}))
failed=$((failed + ${bad:-1}))
finish
