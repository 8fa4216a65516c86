#!/bin/bash
# A real llama-server: Debian forky's llama.cpp-tools in a folder of their own (they need a newer glibc than bookworm's),
# serving the weights that hrm trains. exp1 and exp2 go through the openai backend, and the greedy answers are held
# against those of the embedded engine. HRM names the program, HRM_FORKY the folder where there is one already; HRM_SERVER
# is the command of another server to hold against it, with {model} and {port} in it.
set -u
cd "$(dirname "$0")/../.." || exit 1
. scripts/packages.sh
hrm=${HRM:-$PWD/build/src/cli/hrm}
forky=${HRM_FORKY:-${HRM_CACHE:-$PWD/.cache}/forky}
prompts=100
unset OPENAI_API_KEY OPENAI_BASE_URL OPENAI_MODEL
work=$(mktemp -d)
server=
passed=0
failed=0

stop_server() {
    [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
    server=
}

finish() {
    stop_server
    rm -rf "$work" "$forky/model.$$.gguf"
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

# About 30 s and 280 MB, once. Bookworm's debootstrap does not know forky, but sid is made the same way.
bootstrap() {
    [ -x "$forky/usr/bin/llama-server" ] && return 0
    install_missing debootstrap || return
    [ -e /usr/share/debootstrap/scripts/forky ] || ln -s sid /usr/share/debootstrap/scripts/forky
    mkdir -p "$(dirname "$forky")"
    rm -rf "$forky.new"
    debootstrap --variant=minbase --include=llama.cpp-tools,ca-certificates forky "$forky.new" &&
        mv "$forky.new" "$forky"
}

healthy() {
    python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1] + "/health", timeout=2)' "$url" 2>/dev/null
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_server() { # start_server MODEL
    port=$(free_port)
    url=http://127.0.0.1:$port
    local command="env OMP_WAIT_POLICY=passive chroot $forky llama-server -m {model} --host 127.0.0.1 --port {port} -np 4"
    local weights=/model.$$.gguf
    if [ -n "${HRM_SERVER-}" ]; then
        command=$HRM_SERVER weights=$1
    else
        cp "$1" "$forky$weights"
    fi
    command=${command//"{model}"/$weights}
    # exec, so that the process to stop is the server itself
    # shellcheck disable=SC2086
    (exec ${command//"{port}"/$port} >"$work/server.log" 2>&1) &
    server=$!
    for _ in $(seq 150); do # 30 s
        healthy && return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.2
    done
    tail -n 20 "$work/server.log"
    return 1
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

if [ -z "${HRM_SERVER-}" ]; then
    [ "$(id -u)" -eq 0 ] || skip "chroot needs root"
    bootstrap >"$work/bootstrap.log" 2>&1 || skip "Debian forky cannot be had here: $(tail -n 1 "$work/bootstrap.log")"
fi

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
