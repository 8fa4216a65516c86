#!/bin/sh
# scripts/version.sh NUMBER: the version of this tree, for --version and the manifest. NUMBER+COMMIT, with .dirty behind
# it when a tracked file has changed since; NUMBER+nogit where this is no git checkout of its own (a tarball).
cd "$(dirname "$0")/.." || exit 1
if [ "$(git rev-parse --show-toplevel 2>/dev/null)" != "$(pwd -P)" ] ||
    ! commit=$(git rev-parse --short=12 HEAD 2>/dev/null); then
    echo "$1+nogit"
    exit
fi
dirty=
[ -z "$(git status --porcelain --untracked-files=no 2>/dev/null)" ] || dirty=.dirty
echo "$1+$commit$dirty"
