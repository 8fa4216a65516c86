#!/bin/bash
# What a server says when it refuses a request may quote it. So a record that is published without the texts of its suite, as a
# capsule or packed, holds nothing of that either.
set -u
. "$(dirname "$0")/server/lib.sh"
exp=exp1_decomp_vs_flat

sed 's/^suite:.*/suite: theirs/' "$suite" >theirs.yaml
statements() { # statements FILE: are those of the tasks in it?
    python3 - "$1" <<'PY'
import sys, yaml
data = open(sys.argv[1], "rb").read()
words = [t["prompt"].split("\n")[0].strip() for t in yaml.safe_load(open("theirs.yaml"))["tasks"][:2]]
assert all(len(w) > 20 for w in words)
sys.exit(not any(w.encode() in data for w in words))
PY
}

start_server --suite theirs.yaml --dialect openai --models m --script "quotes_500,-,-,-,-,-,-,-,-,-,-,-,quotes_403"
check "a run whose requests are refused" code 1 "$hrm" run $exp --suite theirs.yaml --limit 2 --samples 1 --outdir runs \
    --model_backend openai --base_url "$url/v1" --model_name m --max_connections 1
run=$(realpath runs/$exp/latest)
record() { # record SQL: what the record says
    sqlite3 "$run/run.db" "$1"
}
check "one reply came at the second attempt" [ "$(record "SELECT count(*) FROM calls WHERE attempt_log LIKE '%not answered: %'")" -ge 1 ]
check "one episode is in error" [ "$(record "SELECT count(*) FROM results WHERE status = 2 AND error LIKE '%not answered: %'")" -ge 1 ]
check "one call failed" [ "$(record "SELECT count(*) FROM failures WHERE error LIKE '%not answered: %'")" -ge 1 ]

check "a capsule without texts" code 0 "$hrm" export "$run" --capsule bare.hrm --without_texts
zstd -qdc bare.hrm >bare.db
check "has nothing that the server quoted" eval '! statements bare.db && ! grep -aq "not answered" bare.db'
check "it says how attempts failed" eval 'sqlite3 bare.db "SELECT attempt_log FROM calls" | grep -q "\"status\":500,\"fault\":\"status\""'
check "it is reported" code 0 "$hrm" report bare.hrm --full
check "and is sound" code 0 "$hrm" doctor bare.hrm

check "the same packed" code 0 python3 "$root/scripts/pack_record.py" "$run" packed.db.gz
gunzip -c packed.db.gz >packed.db
check "has nothing of it" eval '! statements packed.db && ! grep -aq "not answered" packed.db'
check "it says how attempts failed" eval 'sqlite3 packed.db "SELECT attempt_log FROM calls" | grep -q "\"fault\":\"status\""'
mkdir unpacked && mv packed.db unpacked/run.db
check "it is reported" code 0 "$hrm" report unpacked --full

# what cannot be packed leaves what was there
echo old >old.db.gz
check "no record" code 1 python3 "$root/scripts/pack_record.py" theirs.yaml old.db.gz
check "is said in a sentence" says '^pack_record.py: theirs.yaml is no record of hrm'
check "a capsule is none" code 1 python3 "$root/scripts/pack_record.py" bare.hrm old.db.gz
check "nowhere to write" code 1 python3 "$root/scripts/pack_record.py" "$run" nowhere/x.db.gz
check "is said in a sentence" says '^pack_record.py: nowhere/x.db.gz: No such file or directory'
sed 's/LIMIT = 10 << 20/LIMIT = 10/' "$root/scripts/pack_record.py" >small.py
sed -i "s,pathlib.Path(__file__).resolve().parent.parent,pathlib.Path('$root')," small.py
check "one that is too large" code 1 python3 small.py "$run" old.db.gz
check "is said, too" says 'at most 0 are committed'
check "the file there is still the old one" [ "$(cat old.db.gz)" = old ]
verdict
