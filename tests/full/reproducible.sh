#!/bin/bash
# One commit gives one package: made twice, in directories of different names and depths, with other umasks, locales and
# times of the files, and compared by their bytes.
set -u
. "$(dirname "$0")/../lib/harness.sh"
for tool in git dpkg-buildflags dpkg-shlibdeps scdoc; do
    command -v $tool >/dev/null || skip "there is no $tool"
done
export CCACHE_DISABLE=1 # the second build shall not get the first one's objects
mkdir -p first 'second one/deep' out1 out2
git clone -q "$root" first/tree
git -C "$root" archive HEAD | tar -x -m -C 'second one/deep' # not a checkout, and files of today
check "first package" code 0 env LC_ALL=C TZ=Asia/Tokyo first/tree/packaging/deb.sh out1
check "second package" code 0 bash -c "umask 077; TMPDIR='$work/second one' 'second one/deep/packaging/deb.sh' out2"
check "both have one name" diff <(ls out1) <(ls out2)
check "there is one" [ "$(find out1 -name 'hrm_*.deb' | wc -l)" -eq 1 ]
check "and are the same bytes" cmp out1/*.deb out2/*.deb
check "no path of the build is in it" code 1 grep -aqF "$work" <(dpkg-deb --fsys-tarfile out1/*.deb)
finish
