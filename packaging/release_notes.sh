#!/bin/bash
# packaging/release_notes.sh [PACKAGE...]: the notes of a release as Markdown: the version of this tree, the newest part of
# CHANGELOG.md, how packages are installed, and the checksums of those that are named.
set -euo pipefail
tree=$(cd "$(dirname "$0")/.." && pwd)
number=$(sed -n "s/^ *version: '\([0-9.]*\)',$/\1/p" "$tree/meson.build")
version=$("$tree/scripts/version.sh" "$number")
part=$(awk '/^## / { n++ } n == 1 && !/^## /' "$tree/CHANGELOG.md")
if [ -z "${part//[[:space:]]/}" ]; then
    echo "packaging/release_notes.sh: $tree/CHANGELOG.md has nothing under its first heading" >&2
    exit 2
fi
printf '# hrm %s\n\nCommit %s.\n\n## Changes\n%s\n' "$number" "${version#*+}" "$part"
[ $# -gt 0 ] || exit 0
printf '\n## Packages\n\n`apt install ./FILE`, each on the release of Debian that its name ends with (deb12 = bookworm, deb13 = trixie).\n'
printf 'The same commit gives the same bytes (docs/install.md).\n\n| SHA-256 | file |\n|---|---|\n'
for package; do
    printf '| `%s` | %s |\n' "$(sha256sum "$package" | cut -d ' ' -f 1)" "$(basename "$package")"
done
