#!/bin/sh
# From a fresh Debian machine to the first results: installs what is missing, builds hrm, and runs the three
# experiments on the embedded models. Run again, it continues where it stopped. Options go to
# 'hrm run' of the first two; the third trains its own models.
set -eu
cd "$(dirname "$0")"
. scripts/packages.sh

command -v dpkg-query >/dev/null || {
    echo "quickstart.sh needs Debian 12 or later (apt); elsewhere see 'Building without the scripts' in README.md" >&2
    exit 3
}
# shellcheck disable=SC2086
install_missing $BUILD_PACKAGES

# A warning of some other compiler must not stop a first build; check.sh keeps them errors.
[ -f build/build.ninja ] || meson setup build --buildtype=release -Dwerror=false >/dev/null
echo "Building hrm in build/ ..." >&2
ninja -C build --quiet

hrm=build/src/cli/hrm
$hrm run exp1_decomp_vs_flat "$@"
echo
$hrm run exp2_pot_tool_aug "$@"
echo
$hrm run exp3_curriculum --quick

echo
echo "Each run's directory has its report.html, results.csv, summary.json and run.db."
echo "Answers:  $hrm report --answer exp1_decomp_vs_flat exp2_pot_tool_aug exp3_curriculum"
echo "Tables:   $hrm report exp1_decomp_vs_flat --full"
echo "Look in:  $hrm show exp1_decomp_vs_flat, or $hrm view"
