#!/bin/sh
# scripts/version.sh NUMBER: the version of this tree, for --version and the manifest. NUMBER+COMMIT, with .dirty behind
# it when a tracked file has changed since. In a tree that "git archive" made, which is no checkout, git has written the
# commit into commit.txt. NUMBER+nogit where nothing tells. scripts/version.sh --time: when the commit was made, in seconds
# since 1970; nothing where nothing tells.
cd "$(dirname "$0")/.." || exit 1
if [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$(pwd -P)" ] &&
    commit=$(git rev-parse --short=12 HEAD 2>/dev/null); then
    time=$(git log -1 --format=%ct)
    [ -z "$(git status --porcelain --untracked-files=no 2>/dev/null)" ] || commit=$commit.dirty
else
    commit=$(sed -n 's/^\([0-9a-f]\{12\}\).*/\1/p' scripts/commit.txt 2>/dev/null)
    time=$(sed -n 's/^[0-9a-f]\{40\} //p' scripts/commit.txt 2>/dev/null)
fi
if [ "$1" = --time ]; then
    echo "$time"
else
    echo "$1+${commit:-nogit}"
fi
