#!/bin/bash
# The pages on experiments, prompts and suites against the program: every key, variable and template stands there, and every
# example is accepted. Last line: "N passed, N failed".
set -u
. "$(dirname "$0")/lib/harness.sh"
python3 -B "$root/tests/docs.py" "$hrm" "$root" "$work"
