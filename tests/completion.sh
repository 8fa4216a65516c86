#!/bin/bash
# Completion of the command line: the words that the program offers, and what the Tab key makes of them in a real bash, and in
# zsh and fish where they are installed. Last line: "N passed, N failed".
set -u
. "$(dirname "$0")/lib/harness.sh"
mkdir "my dir"
touch "my dir/x.gguf" tasks.yaml
python3 -B "$root/tests/completion.py" "$hrm" "$root"
