#!/bin/sh
# From a fresh Debian machine to the first result: installs what is missing, builds hrm, and runs
# exp1_decomp_vs_flat on the embedded model. Run again, it continues where it stopped.
set -eu
cd "$(dirname "$0")"
. scripts/packages.sh

command -v dpkg-query >/dev/null || {
    echo "quickstart.sh needs Debian 12 or later (apt); elsewhere see 'Building' in README.md" >&2
    exit 3
}
# shellcheck disable=SC2086
install_missing $BUILD_PACKAGES

# A warning of some other compiler must not stop a first build; check.sh keeps them errors.
[ -f build/build.ninja ] || meson setup build --buildtype=release -Dwerror=false >/dev/null
echo "Building hrm in build/ ..." >&2
ninja -C build --quiet

experiment=exp1_decomp_vs_flat
build/src/cli/hrm run $experiment "$@"
run=$(readlink -f runs/$experiment/latest)
echo
echo "Report:   $run/report.html"
echo "Results:  $run/results.csv, summary.json, run.db"
echo "Again:    build/src/cli/hrm report $experiment"
echo "Look in:  build/src/cli/hrm show $experiment"
