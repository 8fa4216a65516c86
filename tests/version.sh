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
printf '%s\n' '$Format:%H %ct$' >other/tree/scripts/commit.txt
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

printf '%s\n' '$Format:%H %ct$' >tree/scripts/commit.txt
check "a file that git archive has not filled in" version tree "$commit\\.dirty"
echo 'scripts/commit.txt export-subst' >tree/.gitattributes
in_git tree add . && in_git tree commit -m two
commit=$(git -C tree rev-parse --short=12 HEAD)
mkdir -p made other/made
git -C tree archive HEAD | tar -x -C made
git -C tree archive HEAD | tar -x -C other/made
check "git archive" version made "$commit"
check "git archive, inside another checkout" version other/made "$commit"
check "its time" [ "$(made/scripts/version.sh --time)" = "$(git -C tree log -1 --format=%ct)" ]
check "the time of a checkout" [ "$(tree/scripts/version.sh --time)" = "$(git -C tree log -1 --format=%ct)" ]
check "the time of a tarball" [ -z "$(other/tree/scripts/version.sh --time)" ]
check "this tree says it, too" grep -q '^scripts/commit.txt export-subst$' "$root/.gitattributes"
check "hrm itself" code 0 "$hrm" --version
finish
