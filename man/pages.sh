#!/bin/sh
# pages.sh HRM FILE...: the manual pages of commands; hrm-slurm-submit.1 is that of 'hrm slurm submit'.
set -eu
hrm=$1
shift
for page in "$@"; do
    name=$(basename "$page" .1)
    # shellcheck disable=SC2046 # the words of the command
    "$hrm" help $(echo "${name#hrm-}" | tr - ' ') --roff >"$page"
done
