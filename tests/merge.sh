#!/bin/bash
# Merged shards are the same run as one in one piece: the same record, the same results; it can be continued and replayed.
# Parts that do not belong together are refused, and nothing is written.
#
# usage: HRM=PROGRAM [MODEL=GGUF] tests/merge.sh
set -u
. "$(dirname "$0")/lib/harness.sh"
[ -f "$model" ] || skip "there is no $model yet"

play() { # play OUTDIR ARG...
    local outdir=$1
    shift
    "$hrm" run "$exp" --model_name "$model" --limit 15 --samples 2 --outdir "$outdir" "$@" >out 2>err
}

same_record() { # same_record RUN RUN
    contents "$1" >a.jsonl && contents "$2" >b.jsonl && [ -s a.jsonl ] && cmp a.jsonl b.jsonl
}

status_of() {
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1] + "/manifest.json"))["status"])' "$1"
}

check "the run in one piece" play one
one=$(realpath one/$exp/latest)
for i in 1 2 3; do
    check "shard $i" play parts --shard $i/3
done
whole=parts/$exp/$(basename "$one")
parts=("$whole"-shard{1,2,3}of3)
before=$(cat "${parts[@]/%//run.db}" | sha256sum)

check "they are merged" code 0 "$hrm" merge -o "$whole/" "${parts[@]}"
check "it says what there is now" says "^hrm: $whole: 60 of 60 episodes done, 0 in error$"
check "the record is that of the run in one piece" same_record "$one" "$whole"
check "the parts are as they were" [ "$before" = "$(cat "${parts[@]/%//run.db}" | sha256sum)" ]
check "it is complete" [ "$(status_of "$whole")" = complete ]
check "it is the latest run" [ "$(readlink parts/$exp/latest)" = "$(basename "$whole")" ]
for file in results.csv summary.json report.html; do
    check "it has $file" [ -s "$whole/$file" ]
done
check "its page names the parts" grep -q 'shard2of3/run.db' "$whole/report.html"
check "and how each was played" grep -q -- '--shard 3/3' "$whole/report.html"
check "pass@1 is the same" python3 -c '
import json, sys
one, whole = (json.load(open(f"{d}/summary.json")) for d in sys.argv[1:])
assert one["arms"] and [a["pass@1"] for a in one["arms"]] == [a["pass@1"] for a in whole["arms"]], whole' "$one" "$whole"
check "the command without --shard goes on with it" play parts
check "and finds nothing to do" says '60 of 60 episodes done, 0 here'
check "its parts are still named" grep -q 'shard2of3/run.db' "$whole/manifest.json"
check "it is replayed" code 0 "$hrm" run $exp --limit 15 --samples 2 --outdir again --model_backend replay --replay "$whole"
check "without a model" says 'calls answered from .*, 0 not in it'
check "all of it" says '60 of 60 episodes done, 60 here'

check "two of three" code 0 "$hrm" merge -o two "${parts[0]}" "${parts[2]}/run.db"
check "it says which is missing" says '^hrm: missing shards: 2 of 3$'
check "so it is not complete" [ "$(status_of two)" = interrupted ]
check "merged with the third" code 0 "$hrm" merge -o three two "${parts[1]}"
check "it is" [ "$(status_of three)" = complete ]
check "and the same record again" same_record "$one" three
mkdir -p gone_on/$exp
mv two "gone_on/$exp/$(basename "$whole")"
check "or the command plays what is missing" play gone_on
check "that alone" says '60 of 60 episodes done, 2[0-9] here'
check "with the same record again" same_record "$one" "gone_on/$exp/$(basename "$whole")"

# An interrupted part can be continued in the merged run.
setsid "$hrm" run "$exp" --model_name "$model" --limit 15 --samples 2 --outdir parts2 --shard 1/2 >out 2>err &
for _ in $(seq 100); do # 20 s: before its first episode there would be no part
    compgen -G "parts2/$exp/*/run.db" >/dev/null && break
    sleep 0.2
done
kill -INT $! 2>/dev/null
wait $!
check "the other half" play parts2 --shard 2/2
halves=(parts2/"$exp"/*-shard?of2)
mkdir -p rest/$exp
check "with an interrupted part" code 0 "$hrm" merge -o "rest/$exp/$(basename "$whole")" "${halves[@]}"
check "the command plays the rest" play rest
check "and has the same record" same_record "$one" "rest/$exp/$(basename "$whole")"

# Arms may be run separately, too.
check "one arm" play arms --arms hrm
check "the other, elsewhere" play arms2 --arms flat
check "they are merged" code 0 "$hrm" merge -o both arms/$exp/latest arms2/$exp/latest
check "and have the same record" same_record "$one" both

# Files of a killed merge do not prevent the next one.
mkdir fresh.merging
echo rubbish >fresh.merging/run.db
check "after a killed merge" code 0 "$hrm" merge -o fresh "${parts[@]}"
check "nothing is left of it" [ ! -e fresh.merging ]

check "another seed" play other --seed 7
check "fewer samples" play fewer --samples 1
refuse 'two or more' merge
refuse 'two or more' merge -o x "$one"
refuse '-o DIR' merge "$one" "$one"
refuse "there is no run 'nowhere'" merge -o x "$one" nowhere
refuse 'fresh exists already' merge -o fresh "${parts[@]}"
refuse 'are no parts of one run: they differ in experiment.seed' merge -o x "$one" other/$exp/latest
refuse 'they differ in experiment.samples' merge -o x "$one" fewer/$exp/latest
refuse 'was played in another of the runs, too' merge -o x "$whole" "${parts[1]}"
refuse 'cannot make this directory' merge -o /proc/x "${parts[@]}"
finish
