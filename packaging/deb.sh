#!/bin/bash
# packaging/deb.sh [DIRECTORY]: a Debian package of this tree in DIRECTORY (otherwise here), for the release that this runs
# on: hrm-python is linked with that release's Python and needs its library. Prints the name of the file.
# SOURCE_DATE_EPOCH is the time of all files, otherwise the commit's. The same tree makes the same bytes, wherever it stands.
set -euo pipefail
tree=$(cd "$(dirname "$0")/.." && pwd)
out=$(cd "${1:-.}" && pwd)
. "$tree/scripts/packages.sh"
# shellcheck disable=SC2086
install_missing $BUILD_PACKAGES $PACKAGING_PACKAGES

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
stage=$work/stage
doc=$stage/usr/share/doc/hrm
umask 022
export TZ=UTC LC_ALL=C.UTF-8

export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$("$tree/scripts/version.sh" --time)}
if [ -z "$SOURCE_DATE_EPOCH" ]; then
    echo "packaging/deb.sh: no commit says when this tree is from; set SOURCE_DATE_EPOCH" >&2
    exit 2
fi

# Debian's flags, without those that choose how much is optimized: the tree does.
export DEB_BUILD_MAINT_OPTIONS='hardening=+bindnow reproducible=-fixfilepath' DEB_CFLAGS_MAINT_STRIP='-g -O2'
# shellcheck disable=SC2089,SC2090 # meson splits them as a shell would
CFLAGS="$(dpkg-buildflags --get CFLAGS) '-ffile-prefix-map=$tree=.' '-ffile-prefix-map=$work=.'"
CPPFLAGS=$(dpkg-buildflags --get CPPFLAGS)
LDFLAGS=$(dpkg-buildflags --get LDFLAGS)
# shellcheck disable=SC2090
export CFLAGS CPPFLAGS LDFLAGS
{
    meson setup "$work/build" "$tree" --prefix=/usr --buildtype=release -Dwerror=false -Dtests=disabled &&
        ninja -C "$work/build" &&
        DESTDIR=$stage meson install -C "$work/build" --no-rebuild
} >"$work/log" 2>&1 || {
    tail -n 40 "$work/log" >&2
    exit 1
}

# 0.1.0+COMMIT of the program; '~' sorts before the release of that number.
version=$("$stage/usr/bin/hrm" --version)
version=${version#hrm }
release=$(. /etc/os-release && echo "${ID/debian/deb}$VERSION_ID")
version=${version%%+*}~git$(date -d "@$SOURCE_DATE_EPOCH" +%Y%m%d).${version#*+}+$release
architecture=$(dpkg --print-architecture)
python=$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
maintainer="${DEBFULLNAME:-the hrm developers} <${DEBEMAIL:-maintainers@hrm.invalid}>"

strip --strip-unneeded --remove-section=.comment --remove-section=.note "$stage/usr/bin/hrm" \
    "$stage/usr/libexec/hrm/hrm-python"

install -m 644 "$tree/LICENSE" "$doc/copyright"
printf 'hrm (%s) unstable; urgency=medium\n\n  * %s\n\n -- %s  %s\n' "$version" \
    'Made from a commit; CHANGELOG.md beside this file says what changed.' "$maintainer" \
    "$(date -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$doc/changelog.gz"
mkdir -p "$stage/usr/share/lintian/overrides"
install -m 644 "$tree/packaging/lintian-overrides" "$stage/usr/share/lintian/overrides/hrm"
find "$stage/usr/share/man" -type f -exec gzip -9n {} +

mkdir -p "$work/deb/debian" "$stage/DEBIAN"
printf 'Source: hrm\n\nPackage: hrm\nArchitecture: any\n' >"$work/deb/debian/control"
libraries=$(cd "$work/deb" && dpkg-shlibdeps -O "$stage/usr/bin/hrm" "$stage/usr/libexec/hrm/hrm-python")
libraries=${libraries#shlibs:Depends=}
cat >"$stage/DEBIAN/control" <<EOF
Package: hrm
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $(du -k -s --apparent-size "$stage/usr" | cut -f 1)
Depends: $libraries, libpython$python-stdlib
Recommends: ca-certificates, python3-numpy, python3-sympy
Suggests: slurm-client
Section: science
Priority: optional
Description: compares a hierarchy of language-model roles with a flat one
 On the same model, tools and budget, does an explicit hierarchy (planner,
 solver, verifier) beat a flat controller? hrm plays the same tasks under
 different controllers and compares them task by task, with paired statistics
 and a record of every call.
 .
 Small transformers come with the program, so the experiments run without a
 server, a network or a GPU. Python that models write is executed in a jail.
EOF
(cd "$stage" && find usr -type f | LC_ALL=C sort | xargs md5sum) >"$stage/DEBIAN/md5sums"

file=$out/hrm_${version}_$architecture.deb
find "$stage" -newermt "@$SOURCE_DATE_EPOCH" -exec touch --no-dereference -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz --build "$stage" "$file" >/dev/null
echo "$file"
