#!/bin/bash
# The manual pages: one for each command, installed with the scripts of completion, clean for groff, and readable without
# being installed. Last line: "N passed, N failed".
set -u
. "$(dirname "$0")/lib/harness.sh"
build=$(dirname "$(dirname "$(dirname "$hrm")")")

# pages: every command as the name of its page, subcommands too.
pages() {
    local name sub
    "$hrm" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | while read -r name; do
        echo "$name"
        "$hrm" completion words -- "$name" '' | cut -f 1 | while read -r sub; do
            case $sub in
                :* | -*) ;;
                *) "$hrm" help "$name" "$sub" >/dev/null 2>&1 && echo "$name-$sub" ;;
            esac
        done
    done
}

pages >listed
check "there are pages" grep -qx slurm-submit listed
check "a command's help has a page" code 0 "$hrm" help show --man
check "with its options" prints '^ +--failed$'
check "and its name" prints '^    hrm-show - list a run'
check "not in columns that nobody reads" [ "$(wc -L <out)" -le 80 ]
check "and no control codes where it is no terminal" sh -c "! grep -q '[[:cntrl:]]' out"
check "a subcommand's, too" code 0 "$hrm" help slurm submit --man
check "which takes another's options" prints 'options of hrm-run\(1\)'
check "the program's own" code 0 "$hrm" help --man
sed -n '/^COMMANDS/,/^EXIT/s/^    \([a-z]*\)$/\1/p' out >of_page
check "with all commands" bash -c 'diff of_page <(grep -v - listed) >err'
# on_terminal NAME=VALUE...: 'hrm help show --man' on a terminal, in this environment.
on_terminal() {
    python3 -c '
import os, pty, sys
os.environ.update(word.split("=", 1) for word in sys.argv[2:])
out = open("out", "wb", buffering=0)
def keep(fd):
    text = os.read(fd, 65536)
    out.write(text)
    return text
sys.exit(os.waitstatus_to_exitcode(pty.spawn([sys.argv[1], "help", "show", "--man"], keep)))' "$hrm" "$@" >/dev/null 2>err
}
check "on a terminal without man and pager it is printed" on_terminal PATH=/nowhere PAGER=
check "as the same text" prints 'hrm-show - list a run'
check "without man it goes through the pager" on_terminal PATH=/nowhere "PAGER=/bin/sed s/^/paged:/"
check "whole" prints 'paged:    hrm-show - list a run'
if command -v man >/dev/null; then
    check "with man it is man's" on_terminal MANPAGER=cat
    check "with its header" prints '^HRM-SHOW\(1\)'
fi
refuse "there is no command 'rn'; did you mean 'hrm run'" help rn --man
refuse "there is no command 'sumbit'; did you mean 'hrm slurm submit'" help slurm sumbit
refuse "'hrm run' has no commands of its own; 'fast' is one too many" help run fast
refuse "there is no completion for 'bsh'; did you mean 'bash'" completion bsh
refuse "there is no completion for 'powershell'; expected bash, zsh or fish" completion powershell
refuse 'name your shell' completion

# shellcheck disable=SC2086 # the words of the command
while read -r page; do
    check "$page has a page" code 0 "$hrm" help ${page//-/ } --roff
    cp out "hrm-$page.1"
    "$hrm" help ${page//-/ } >help
    grep -oE -- '^ +(-.,)? +--[a-z-]+' help | grep -oE -- '--[a-z-]+' | sort -u >options
    sed 's/\\-/-/g; s/\\f.//g' "hrm-$page.1" | grep -oE -- '^(-., )?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u >in_page
    [ "$page" = slurm ] || check "$page: the page has the options of the help" bash -c 'diff options in_page >err'
    command -v groff >/dev/null && check "$page: groff is content" sh -c "groff -man -ww -z hrm-$page.1 2>err && [ ! -s err ]"
    command -v man >/dev/null && check "$page: man shows it" sh -c "man -l hrm-$page.1 2>err | grep -q hrm-$page && [ ! -s err ]"
done <listed
command -v groff >/dev/null || echo "skipped: groff is not installed, so nothing checks the pages' source"
command -v man >/dev/null || echo "skipped: man is not installed"

if [ -f "$build/build.ninja" ] && command -v meson >/dev/null; then
    check "installing" code 0 env DESTDIR="$work/to" meson install -C "$build" --no-rebuild --quiet
    sed 's/.*/hrm-&.1/' listed | sort >expected
    # shellcheck disable=SC2016 # for find's sh
    check "installs a page for each command" sh -c 'find to -name "hrm-*.1*" -exec basename {} \; | sed "s/\.gz$//" |
        sort | diff expected - >err'
    for script in bash-completion/completions/hrm zsh/site-functions/_hrm fish/vendor_completions.d/hrm.fish; do
        check "installs $script" sh -c "find to -path '*/share/$script' | grep -q ."
    done
else
    echo "skipped: $hrm stands in no build directory of meson, so nothing is installed"
fi
finish
