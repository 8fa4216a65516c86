#!/bin/bash
# --env-file: variables from a .env file, for run, calibrate, doctor and slurm submit; read only when asked, the environment
# wins, messages name file and line, and a key that stands in it is written nowhere, also when a server sends it back.
set -u
. "$(dirname "$0")/server/lib.sh"
exp=exp1_decomp_vs_flat
key=sk-canary-4a3b2c1d0e9f

play() { # play OUTDIR ARG...: a small run of the coding suite
    local out=$1
    shift
    "$hrm" run $exp --suite "$suite" --limit 2 --samples 1 --outdir "$out" --model_backend openai "$@" >out 2>err </dev/null
    local rc=$?
    cat out err >>terminal
    return $rc
}

nowhere() { # the key is in no file the runs have left, nor on the terminal
    ! grep -rqF "$key" keyed studies terminal 2>/dev/null
}

finished() {
    [ "$(sqlite3 "$1/$exp/latest/run.db" 'SELECT count(*) FROM results WHERE status = 1')" -eq 4 ]
}

: >terminal
start_server --suite "$suite" --dialect openai --models m,n --key $key
printf '\xef\xbb\xbf# my servers\r\n\r\nexport OPENAI_API_KEY="%s" # mine\r\nOPENAI_API_BASE=%s/v1\r\nOPENAI_MODEL = m\r\n' \
    $key "$url" >my.env
cp my.env .env

# ---- only when asked ----
check "a .env that nobody names is not read" eval '! play none'
check "there is no server then" says 'no model server is named'
check "with it, address, key and model are there" play keyed --env_file my.env
check "and the run is complete" finished keyed
check "the model is the file's" grep -q '"name": "m"' keyed/$exp/latest/manifest.json
OPENAI_MODEL=n check "the environment wins over the file" play wins --env_file my.env
check "as the model shows" grep -q '"name": "n"' wins/$exp/latest/manifest.json
check "so the help says" eval '"$hrm" run --help | tr -s " \n" " " | grep -q "that are set win over it"'

# ---- the key ----
check "the key went to the server" asked 'all(r["authorized"] for r in log if r["path"].endswith("completions"))'
check "the key is nowhere" nowhere
start_server --suite "$suite" --dialect openai --models m --key $key --script cut,key_echo,busy,key_echo
sed -i "s,^OPENAI_API_BASE=.*,OPENAI_API_BASE=$url/v1\r," my.env
rm -rf keyed
check "a server that sends the key back" eval '! play keyed --env_file my.env'
sqlite3 keyed/$exp/latest/run.db .dump >dump
check "is told" grep -q 'Incorrect API key provided' dump
check "with the key redacted" grep -q 'provided: Bearer \[redacted\]' dump
check "and the key in no file of the run" nowhere
check "nor in its record" eval '! grep -qF "$key" dump'
check "the run goes on" play keyed --env_file my.env
check "to its end" finished keyed
check "and the key is nowhere still" nowhere
rm -rf keyed
check "a key in the URL of the command" play keyed --env_file my.env --base_url "http://me:$key@127.0.0.1:$port/v1"
check "is not in the manifest" nowhere

# ---- what is wrong with it ----
printf 'OPENAI_MODEL=m\n%s\n' $key >bad.env
check "a line without a name" code 2 "$hrm" run $exp --env-file bad.env
cat out err >>terminal
check "is said by file and line" says "^hrm: bad.env:2: expected NAME=VALUE"
check "and the line is not shown" nowhere
check "no such file" code 2 "$hrm" run $exp --env-file missing.env
check "is said by its name" says 'missing.env'
check "calibrate: the same" code 2 "$hrm" calibrate --env-file bad.env
check "calibrate: by file and line" says "bad.env:2:"
check "doctor: the same" code 2 "$hrm" doctor --env-file bad.env
check "doctor: by file and line" says "bad.env:2:"

# ---- the other commands ----
"$hrm" doctor --env-file my.env >out 2>err
cat out err >>terminal
check "doctor asks the file's server with its key" grep -qE "at http://127.0.0.1:$port" out
check "and gets its models" grep -q '^    m' out
check "calibrate begins with it" eval '"$hrm" calibrate --suite "$suite" --model_backend openai --env_file my.env --limit 1 \
    --outdir keyed --yes >out 2>err || says "not a benchmark|published"'
cat out err >>terminal
check "slurm submit takes it for its jobs" "$hrm" slurm submit $exp --suite "$suite" --array 2 --print --model_backend openai \
    --env-file my.env --study studies/s --limit 2 >out 2>err
check "as the jobs' command shows" grep -q 'my.env' studies/s/study.json
check "but not the key" nowhere
verdict
