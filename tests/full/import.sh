#!/bin/bash
# The two large benchmarks: all of MBPP, and HumanEval-ET with the faults it is known for. Minutes.
set -u
hrm=${HRM:-$PWD/build/src/cli/hrm}
data=$(realpath -m "$PWD/../shared/data")
if [ ! -d "$data/humaneval_et" ] || [ ! -d "$data/mbpp" ]; then
    echo "import: skipped: there are no benchmarks in $data"
    exit 0
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0
failed=0

judge() { # judge BENCHMARK FILE PATTERN
    "$hrm" import "$1" "$data/$2" -o "$dir/suite.yaml" 2>"$dir/err"
    "$hrm" validate "$dir/suite.yaml" >"$dir/out" 2>>"$dir/err"
    if grep -q "$3" "$dir/out"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $2: expected '$3'"
        tail -n 20 "$dir/err" "$dir/out"
    fi
}

judge mbpp mbpp/mbpp.jsonl "references pass 974/974, empty programs 0/974, 'return None' 0/974; valid"
# Six tasks have tests that no program passes: floats compared exactly (2), names that nothing defines.
judge humaneval humaneval_et/HumanEvalET.jsonl "references pass 158/164, empty programs 0/164, 'return None' 0/164"
for id in 2 38 44 50 53 151; do
    if grep -q "task 'HumanEval/$id': the reference does not pass" "$dir/out"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: HumanEval/$id is not named"
    fi
done

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
