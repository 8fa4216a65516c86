#!/bin/bash
# What a release carries: CITATION.cff (format 1.2.0) with the number of meson.build, and notes made from CHANGELOG.md.
set -u
. "$(dirname "$0")/lib/harness.sh"
number=$(sed -n "s/^ *version: '\([0-9.]*\)',$/\1/p" "$root/meson.build")
check "meson.build has a number" [ -n "$number" ]

# The keys that the format requires, and of those that may be there, the ones that are.
cat >cff.py <<'E2'
import re
import sys
import yaml

cff = yaml.safe_load(open(sys.argv[1]))
texts = ("message", "title", "abstract", "license", "type")
assert cff["cff-version"] == "1.2.0", cff["cff-version"]
assert str(cff["version"]) == sys.argv[2], cff["version"]
assert all(isinstance(cff[key], str) and cff[key] for key in texts)
assert cff["type"] in ("software", "dataset")
assert re.fullmatch(r"[A-Za-z0-9.+-]+", cff["license"])  # a name of the SPDX list
assert cff["authors"] and all(set(author) == {"name"} for author in cff["authors"])  # entities
assert cff["keywords"] and len(cff["keywords"]) == len(set(cff["keywords"]))
unknown = set(cff) - {"cff-version", "version", "authors", "keywords", *texts}
assert not unknown, unknown
E2
check "CITATION.cff" code 0 python3 cff.py "$root/CITATION.cff" "$number"

mkdir tree
cp -r "$root/packaging" "$root/scripts" "$root/meson.build" tree/
printf '# Changes\n\nBefore.\n\n## Unreleased\n\n- new\n\n## November\n\n- old\n' >tree/CHANGELOG.md
echo package >hrm_1_amd64.deb
check "release notes" code 0 tree/packaging/release_notes.sh hrm_1_amd64.deb
check "have the newest changes" prints '^- new$'
check "and no others" [ "$(grep -cE 'old|Before' out)" -eq 0 ]
check "and the checksum" prints "$(sha256sum hrm_1_amd64.deb | cut -d ' ' -f 1).*hrm_1_amd64.deb"
printf '# Changes\n\n## Unreleased\n\n## November\n\n- old\n' >tree/CHANGELOG.md
check "nothing to say is refused" code 2 tree/packaging/release_notes.sh
check "with a sentence" says 'has nothing under its first heading'
check "of this tree" code 0 "$root/packaging/release_notes.sh"
finish
