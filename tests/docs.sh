#!/bin/bash
# The pages against the program: every key, variable and template stands on the pages on experiments, prompts and suites, and every
# example is accepted; commands and flags exist; the tutorial's sessions print what it says. Last line: "N passed, N failed".
set -u
. "$(dirname "$0")/lib/harness.sh"
python3 -B "$root/tests/docs.py" "$hrm" "$root" "$work"
