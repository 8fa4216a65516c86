#!/bin/bash
# Records of schema 4 and 5 are reported and exported as before, and the same command continues from one. In 4 an episode's
# row held what roles spent and the moments as text (tests/records/to_schema4.sql takes one back from 5); in 5 there were no
# checksums. tests/records/schema4.sql is a record as hrm wrote it then. And: a changed cell is noticed.
#
# usage: HRM=PROGRAM [MODEL=GGUF] tests/schema4.sh
set -u
records=$(realpath "$(dirname "$0")/records")
. "$(dirname "$0")/lib/harness.sh"
[ -f "$model" ] || skip "there is no $model yet"

play() { # play ARG...
    "$hrm" run "$exp" --model_name "$model" --limit 4 --samples 2 --outdir runs "$@" >out 2>err
}

age() { # age RUN: takes it back to schema 4
    cat "$records"/to_schema5.sql "$records"/to_schema4.sql | sqlite3 "$1/run.db" >/dev/null && [ "$(schema "$1")" = 4 ]
}

schema() { # schema RUN
    sqlite3 "$1/run.db" "PRAGMA user_version"
}

outputs() { # outputs RUN DIR
    mkdir "$2"
    "$hrm" export "$1" --format jsonl >"$2/x.jsonl" && "$hrm" export "$1" --format csv >"$2/x.csv" &&
        "$hrm" report "$1" >"$2/report.txt" && "$hrm" report "$1" --format csv -o "$2/report.csv" &&
        "$hrm" show "$1" 1 >"$2/show.txt" && "$hrm" tag "$1" --dry-run >"$2/tag.txt"
}

check "a run" play
run=$(realpath runs/$exp/latest)
check "its outputs" outputs "$run" new
check "it knows what roles spent" [ "$(sqlite3 "$run/run.db" "SELECT count(*) > 16 FROM spent")" = 1 ]
check "it knows moments" [ "$(sqlite3 "$run/run.db" "SELECT count(*) > 0 FROM moments")" = 1 ]
check "it is taken back to schema 4" age "$run"
check "the outputs of the old record" outputs "$run" old
check "are the same" diff -r new old
check "it was brought up to date" [ "$(schema "$run")" = 6 ]

# Episodes that were not finished: their calls are found again.
check "it is taken back again" age "$run"
sqlite3 "$run/run.db" "UPDATE episodes SET status = 0, roles = '', curve = '' WHERE id IN (3, 4)"
check "the same command continues" play
check "with the two that were left" says "2 here in"
check "it is complete" [ "$(sqlite3 "$run/run.db" "SELECT count(*) FROM episodes WHERE status = 1")" = 16 ]
check "all of them have shares" [ "$(sqlite3 "$run/run.db" "SELECT count(DISTINCT episode) FROM shares")" = 16 ]

# ---- schema 5 ----
check "the outputs of the new record" outputs "$run" six
sqlite3 "$run/run.db" <"$records/to_schema5.sql" >/dev/null
check "taken back to schema 5" [ "$(schema "$run")" = 5 ]
check "its outputs" outputs "$run" five
check "are those of before" diff -r six five
check "it was brought up to date" [ "$(schema "$run")" = 6 ]

# ---- damage ----
check "the record is whole" code 0 "$hrm" doctor "$run"
damage() { # damage SQL NAME: noticed by doctor, report and export, none of which says numbers
    cp "$run/run.db" sound.db
    sqlite3 "$run/run.db" "$1"
    check "$2: doctor notices" code 2 "$hrm" doctor "$run"
    check "$2: and says where" prints "damaged +$3"
    check "$2: report notices" code 2 "$hrm" report "$run"
    check "$2: and prints nothing" [ ! -s out ]
    check "$2: export notices" code 2 "$hrm" export "$run" --format csv
    check "$2: and prints nothing" [ ! -s out ]
    check "$2: says how to go on" says 'is damaged: .* is not what was written there; hrm doctor RUN lists all such damage'
    cp sound.db "$run/run.db"
}
damage "UPDATE episodes SET passed = 1 - passed WHERE id = 1" "an outcome" "(hrm|flat)/"
damage "UPDATE calls SET reply_text = 'x' || substr(reply_text, 2) WHERE rowid = (SELECT min(rowid) FROM calls)" \
    "a reply" "(hrm|flat)/"
damage "UPDATE meta SET value = replace(value, 'complete', 'complexe') WHERE key = 'manifest'" "the manifest" \
    "the fact 'manifest'"
check "the record is whole again" code 0 "$hrm" doctor "$run"

mkdir written
sqlite3 written/run.db <"$records/schema4.sql"
check "a record as it was written then is reported" code 0 "$hrm" report written
check "with its tasks" prints "n = 2 tasks|2 tasks"

for i in 1 2; do
    check "shard $i" play --shard $i/2
done
parts=(runs/"$exp"/*-shard{1,2}of2)
check "one part is of schema 4" age "${parts[0]}"
check "they are merged" code 0 "$hrm" merge -o merged "${parts[@]}"
check "with all shares" [ "$(sqlite3 merged/run.db "SELECT count(DISTINCT episode) FROM spent")" = 16 ]
finish
