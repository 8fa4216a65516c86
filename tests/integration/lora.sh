#!/bin/bash
# The whole loop of docs/lora.md on a randomly initialised tiny Llama: exported curriculum data, two adapters by
# train/lora_supervisor.py (PEFT), their GGUF files, a real llama-server with both, and exp3 and exp2 through it.
# HRM_TRAIN_PYTHON names a Python with train/requirements.txt; otherwise one is made in .cache (about 1 GB).
set -u
cd "$(dirname "$0")/../.." || exit 1
. scripts/packages.sh
hrm=${HRM:-$PWD/build/src/cli/hrm}
cache=${HRM_CACHE:-$PWD/.cache}
forky=${HRM_FORKY:-$cache/forky}
python=${HRM_TRAIN_PYTHON:-$cache/train/bin/python}
unset OPENAI_API_KEY OPENAI_BASE_URL OPENAI_MODEL
export OMP_NUM_THREADS=2 HF_HUB_OFFLINE=1
work=$(mktemp -d)
server=
passed=0
failed=0

finish() {
    [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
    rm -rf "$work" "$forky/lora.$$"
}
trap finish EXIT

skip() {
    echo "lora: skipped: $*"
    echo "0 passed, 0 failed"
    exit 0
}

check() { # check SENTENCE COMMAND...
    local what=$1
    shift
    if "$@" >"$work/out" 2>"$work/err"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $what"
        tail -n 5 "$work/out" "$work/err"
    fi
}

# torch comes from PyPI with what a GPU needs unless its CPU index can be reached.
make_python() {
    "$python" -c 'import torch, transformers, peft, gguf' 2>/dev/null && return 0
    [ -n "${HRM_TRAIN_PYTHON-}" ] && return 1
    install_missing python3-venv || return
    mkdir -p "$cache"
    python3 -m venv "$cache/train" || return
    "$cache/train/bin/pip" install -q --index-url https://download.pytorch.org/whl/cpu --retries 0 --timeout 5 torch ||
        "$cache/train/bin/pip" install -q torch || return
    grep -v bitsandbytes train/requirements.txt | sed 's/^torch==.*//' >"$work/requirements.txt"
    "$cache/train/bin/pip" install -q -r "$work/requirements.txt"
}

bootstrap() { # as in llama_server.sh
    [ -x "$forky/usr/bin/llama-server" ] && return 0
    install_missing debootstrap || return
    [ -e /usr/share/debootstrap/scripts/forky ] || ln -s sid /usr/share/debootstrap/scripts/forky
    mkdir -p "$(dirname "$forky")"
    rm -rf "$forky.new"
    debootstrap --variant=minbase --include=llama.cpp-tools,ca-certificates forky "$forky.new" && mv "$forky.new" "$forky"
}

healthy() {
    python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1] + "/health", timeout=2)' "$url" 2>/dev/null
}

start_server() {
    url=http://127.0.0.1:$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    mkdir -p "$forky/lora.$$"
    cp "$base" "$work/strict.gguf" "$work/random.gguf" "$forky/lora.$$/"
    (exec env OMP_WAIT_POLICY=passive chroot "$forky" llama-server -m "/lora.$$/base.gguf" --lora "/lora.$$/strict.gguf" \
        --lora "/lora.$$/random.gguf" --lora-init-without-apply --cache-ram 0 --host 127.0.0.1 --port "${url##*:}" -np 4 \
        >"$work/server.log" 2>&1) &
    server=$!
    for _ in $(seq 300); do # 60 s
        healthy && return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.2
    done
    tail -n 20 "$work/server.log"
    return 1
}

[ "$(id -u)" -eq 0 ] || skip "chroot needs root"
make_python >"$work/pip.log" 2>&1 || skip "no Python with train/requirements.txt: $(tail -n 1 "$work/pip.log")"
bootstrap >"$work/bootstrap.log" 2>&1 || skip "Debian forky cannot be had here: $(tail -n 1 "$work/bootstrap.log")"

# A random tiny model: the one that exp3's trainings start from.
check "a randomly initialised base" "$hrm" run exp3_curriculum --orders random --n 12 --seeds 1 --tests 1 --outdir "$work/native"
base=$work/native/exp3_curriculum/latest/models/base.gguf
check "as a directory for transformers" "$python" train/gguf_to_hf.py "$base" "$work/base"
for order in strict random; do
    check "$order: data" "$hrm" gen curriculum --order $order --n 48 --roles supervisor --prompts tiny -o "$work/$order.jsonl"
    check "$order: adapter" "$python" train/lora_supervisor.py --base "$work/base" --data "$work/$order.jsonl" \
        --out "$work/$order" --rank 4 --alpha 64 --lr 2e-2 --max-length 256
    check "$order: GGUF" "$python" train/adapter_to_gguf.py --base "$work/base" "$work/$order" "$work/$order.gguf"
done
check "llama-server with both adapters" start_server
check "it answers as transformers does: strict" "$python" tests/integration/lora_replies.py "$work/base" "$work/strict" "$url" 0 "$work/strict.jsonl" 12
check "and random" "$python" tests/integration/lora_replies.py "$work/base" "$work/random" "$url" 1 "$work/strict.jsonl" 12
export OPENAI_API_BASE=$url/v1
exp3="run exp3_curriculum --learner lora --model_backend openai --model_name +lora=0:0 --prompts tiny --orders strict,random
    --n 48 --seeds 1 --tests 2"
# shellcheck disable=SC2086
check "exp3 through it" "$hrm" $exp3 --adapter strict=+lora=0 --adapter random=+lora=1 --outdir "$work/lora"
check "every adapter answered otherwise than the base" python3 -c '
import json, sys
canary = json.load(open(sys.argv[1]))["canary"]
assert set(canary) == {"strict", "random"} and all(c["different"] > 0 for c in canary.values()), canary' \
    "$work"/lora/exp3_curriculum/latest/manifest.json
# shellcheck disable=SC2086
"$hrm" $exp3 --adapter strict=+lora=0 --adapter random=+lora=0:0 --outdir "$work/off" >"$work/out" 2>"$work/err"
check "an adapter that is off is refused" [ $? -eq 3 ]
check "exp2 with an adapted supervisor" "$hrm" run exp2_pot_tool_aug --model_backend openai --model_name +lora=0:0 \
    --role_model supervisor=+lora=0 --suite eval/suites/curriculum.yaml --prompts tiny --limit 3 --outdir "$work/exp2"

# The same in one command, with adapters that answer for every role; and again: nothing is trained anew.
one() {
    "$python" train/exp3_lora.py "$base" --out "$work/one" --hrm "$hrm" --chroot "$forky" --orders strict,random --n 12 --seeds 1 \
        --tests 1 --lr 2e-2
}
check "train/exp3_lora.py" one
check "both arms are played, every adapter is on" python3 -c '
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1] + "/results.csv", newline="")))
assert {r["arm"].split("@")[0] for r in rows} == {"flat", "hrm"} and len(rows) == 20, len(rows)
canary = json.load(open(sys.argv[1] + "/manifest.json"))["canary"]
assert len(canary) == 2 and all(c["different"] > 0 for c in canary.values()), canary' "$work/one/runs/exp3_lora/latest"
check "again" one
check "without training" [ "$(grep -c '^adapter [0-9]' "$work/out")" -eq 0 ]
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
