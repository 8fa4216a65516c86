#!/bin/bash
# "meson install", and the installed tree moved elsewhere: the program finds its data and hrm-python beside itself, from an
# empty directory and without any variable. Last line: "N passed, N failed".
set -u
. "$(dirname "$0")/lib/harness.sh"
build=${hrm%/src/cli/hrm}
[ -f "$build/build.ninja" ] || skip "$hrm stands in no build tree that could be installed"
command -v meson >/dev/null || skip "meson is not installed"
unset HRM_HOME HRM_PYTHON

check "meson install" code 0 env DESTDIR="$work/stage" meson install -C "$build" --no-rebuild
usr=$(dirname "$(dirname "$(find stage -path '*/bin/hrm')")")
mkdir 'a place' empty
mv "$usr" 'a place/tree'
tree="$work/a place/tree"
hrm=$tree/bin/hrm
cd empty || exit 1

for file in libexec/hrm/hrm-python share/hrm/prompts/chat/coder.txt share/hrm/eval/models/hrm-tiny-code.gguf \
    share/hrm/cluster/array.sbatch.in share/doc/hrm/README.md share/doc/hrm/docs/methods.md; do
    check "$file is installed" [ -f "$tree/$file" ]
done
check "suites are found" code 0 "$hrm" list
check "in the moved tree" prints "^.*$tree/share/hrm/eval/suites/coding_suite.yaml"
echo '{"id":"a","code":"print(6 * 7)"}' >program.jsonl
check "programs run in the jail" code 0 "$hrm" exec program.jsonl
check "and print" prints '42'
check "an experiment" code 0 "$hrm" run $exp --task sum_first_n --suite coding_suite --samples 1
check "plays" prints '^(Yes|No|Partly|Cannot tell): '

mv "$tree/libexec" "$tree/gone"
if [ ! -e /usr/local/libexec/hrm/hrm-python ]; then
    check "hrm-python elsewhere is not found" code 3 "$hrm" exec program.jsonl
    check "which is said" says 'hrm-python is missing'
fi
check "HRM_PYTHON names it" code 0 env HRM_PYTHON="$tree/gone/hrm/hrm-python" "$hrm" exec program.jsonl
mv "$tree/share" "$tree/data"
check "HRM_HOME names the data" code 0 env HRM_HOME="$tree/data/hrm" "$hrm" list
check "which is found there" prints 'data/hrm/eval/suites/coding_suite.yaml'
finish
