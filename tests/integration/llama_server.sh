#!/bin/bash
# A real llama-server: Debian forky's llama.cpp-tools in a folder of their own (they need a newer glibc than bookworm's),
# serving the weights that hrm trains. exp1 and exp2 go through the openai backend, and the greedy answers are held
# against those of the embedded engine. HRM names the program, HRM_FORKY the folder where there is one already; HRM_SERVER
# is the command of another server to hold against it, with {model} and {port} in it.
set -u
cd "$(dirname "$0")/../.." || exit 1
. scripts/packages.sh
hrm=${HRM:-$PWD/build/src/cli/hrm}
prompts=100
unset OPENAI_API_KEY OPENAI_BASE_URL OPENAI_MODEL
work=$(mktemp -d)
. tests/lib/llama_server.sh
passed=0
failed=0

finish() {
    stop_server
    rm -rf "$work"
}
trap finish EXIT

skip() {
    echo "llama_server: skipped: $*"
    echo "0 passed, 0 failed"
    exit 0
}

check() { # check SENTENCE COMMAND...
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $what"
    fi
}

play() { # play EXPERIMENT SUITE OUTDIR ARG...: with greedy answers
    local experiment=$1 suite=$2 out=$3
    shift 3
    "$hrm" run "$experiment" --suite "$suite" --prompts tiny --limit 40 --samples 1 --temperature 0 \
        --max_tokens 100 --outdir "$out" "$@" >"$work/out" 2>"$work/err" && return
    cat "$work/err"
    return 1
}

# A second try is warmer, so that it can differ: only episodes without one must end alike.
episodes_match() {
    python3 - "$@" <<'PY'
import glob, sqlite3, sys
def rows(d):
    db = sqlite3.connect(glob.glob(d + "/*/latest/run.db")[0])
    return {row[:3]: row[3] for row in db.execute(
        "SELECT arm, task, sample, passed FROM results r WHERE status = 1 AND NOT EXISTS"
        " (SELECT 1 FROM calls c WHERE c.episode = r.id AND c.request ->> 'temperature' > 0)")}
ours, theirs = rows(sys.argv[1]), rows(sys.argv[2])
both = set(ours) & set(theirs)
same = sum(ours[k] == theirs[k] for k in both)
print(f"episodes: {same} of {len(both)} have the same outcome")
sys.exit(len(both) < 40 or same < 0.95 * len(both))
PY
}

missing=$(no_server)
[ -z "$missing" ] || skip "$missing"

both() { # both EXPERIMENT SUITE MODEL: on the embedded engine and through llama-server
    local out=$work/$1
    [ -f "$3" ] || { echo "$1: there is no $3 yet"; return; }
    check "the server starts" start_server "$3"
    export OPENAI_API_BASE=$url/v1
    check "$1 on the embedded engine" play "$1" "$2" "$out-embedded"
    check "$1 through the server" play "$1" "$2" "$out-server" --model_backend openai
    check "the manifest says what served" grep -q 'llama' "$out"-server/*/latest/manifest.json
    check "the same outcomes" episodes_match "$out-embedded" "$out-server"
    check "at least 95 % of $prompts greedy answers are equal" tests/integration/compare_greedy.py \
        "$out"-embedded/*/latest/run.db "$out"-server/*/latest/run.db "$url" $prompts
    stop_server
}

both exp1_decomp_vs_flat eval/suites/compositional_code.yaml eval/models/hrm-tiny-code.gguf
both exp2_pot_tool_aug eval/suites/compositional_math.yaml eval/models/hrm-tiny-math.gguf
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
