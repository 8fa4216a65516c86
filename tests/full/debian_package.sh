#!/bin/bash
# The Debian package, made and used in fresh systems of each release: built in one, installed in another without a network,
# and played there by an ordinary user in an empty directory. Arguments: releases, otherwise bookworm and trixie.
set -u
. "$(dirname "$0")/../lib/harness.sh"
. "$root/tests/lib/debian_tree.sh"
. "$root/scripts/packages.sh"
why=$(tree_needs)
[ -z "$why" ] || skip "$why"
[ $# -gt 0 ] || set -- bookworm trixie

# as_user DIR COMMAND: in an empty directory of an ordinary user, without a network.
as_user() {
    in_tree "$1" -n su - player -c "mkdir -p empty && cd empty && $2"
}

for release; do
    tree_make "$release" "$work/$release" || {
        tail -n 3 "$work/$release.log"
        skip "debootstrap could not make a tree of $release"
    }
    building=$work/$release.build
    tree=$work/$release
    cp -a "$tree" "$building"
    mkdir "$building/source"
    git -C "$root" archive HEAD | tar -x -C "$building/source"
    # shellcheck disable=SC2086
    in_tree "$building" sh -c "apt-get -q update && apt-get -q install -y --no-install-recommends \
        $(printf '%s ' $BUILD_PACKAGES $PACKAGING_PACKAGES lintian)" >"$work/packages.log" 2>&1 || {
        tail -n 3 "$work/packages.log"
        skip "the packages that a build needs could not be installed in $release"
    }
    check "$release: packaging/deb.sh" code 0 in_tree "$building" /source/packaging/deb.sh /root
    deb=$(basename "$(tail -n 1 out)")
    check "$release: which is a file" [ -f "$building/root/$deb" ] || continue
    check "$release: lintian has nothing to say" code 0 in_tree "$building" \
        lintian --allow-root --fail-on error,warning "/root/$deb"
    cp "$building/root/$deb" "$tree/root/"
    rm -rf "$building"

    # What it depends on is fetched first, so that the installation itself needs no network.
    in_tree "$tree" sh -c "apt-get -q update && apt-get -q install -y --download-only /root/$deb &&
        useradd --create-home player" >"$work/packages.log" 2>&1
    check "$release: apt install ./$deb" code 0 in_tree "$tree" -n apt-get -q install -y "/root/$deb"
    check "$release: hrm doctor" code 0 as_user "$tree" 'hrm doctor || [ $? -eq 3 ]'
    check "$release: the full jail" prints 'full jail'
    check "$release: with numpy and sympy" prints 'sympy +[0-9]'
    check "$release: hrm run $exp" code 0 as_user "$tree" "hrm run $exp"
    check "$release: says what it found" prints '^(Yes|No|Partly|Cannot tell): '
    cp out "$work/$release.answer"
    check "$release: leaves its report" code 0 as_user "$tree" "test -s runs/$exp/latest/report.html"
    check "$release: a second run has nothing to do" code 0 as_user "$tree" "hrm run $exp"
    check "$release: and says the same" diff out "$work/$release.answer"
    check "$release: the program alone, elsewhere" code 0 as_user "$tree" \
        "cp /usr/bin/hrm ~/other && ~/other list && echo '{\"id\":\"a\",\"code\":\"print(42)\"}' | ~/other exec -"
    check "$release: finds data" prints '/usr/share/hrm/eval/suites/coding_suite.yaml'
    check "$release: and hrm-python" prints '42'
    check "$release: man page" code 0 in_tree "$tree" sh -c 'zcat /usr/share/man/man1/hrm.1.gz | grep -q HRM_HOME'
    check "$release: apt purge" code 0 in_tree "$tree" -n apt-get -q purge -y hrm
    check "$release: leaves nothing" code 0 in_tree "$tree" sh -c \
        '! find /usr /etc /var/lib -path "*[/.]hrm*" ! -path "/var/lib/apt/*" | grep .'
    rm -rf "$tree"
done
finish
