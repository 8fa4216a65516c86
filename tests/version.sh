#!/bin/bash
# The version of a tree (scripts/version.sh, which the build asks): a commit, a tree that has changed since, a tarball, and a
# tarball unpacked inside another project's git checkout.
set -u
. "$(dirname "$0")/lib/harness.sh"

version() {
    code 0 "$1/scripts/version.sh" 1.2.3 && prints "^1\\.2\\.3\\+$2\$"
}

# in_git DIR COMMAND...: with an author of our own, whatever the machine's settings are.
in_git() {
    local dir=$1
    shift
    git -C "$dir" -c user.name=a -c user.email=a@example.org -c init.defaultBranch=main "$@" >/dev/null 2>err
}

mkdir -p tree/scripts other/tree/scripts
cp "$root/scripts/version.sh" tree/scripts/
cp "$root/scripts/version.sh" other/tree/scripts/
check "a tarball" version tree nogit
command -v git >/dev/null || skip "git is not installed"

in_git tree init && in_git tree add . && in_git tree commit -m one
commit=$(git -C tree rev-parse --short=12 HEAD)
check "a checkout" version tree "$commit"
touch tree/new
check "an untracked file changes nothing" version tree "$commit"
echo "# changed" >>tree/scripts/version.sh
check "a changed file does" version tree "$commit\\.dirty"
in_git other init && in_git other commit --allow-empty -m one
check "a tarball inside another checkout" version other/tree nogit
check "hrm itself" code 0 "$hrm" --version
finish
