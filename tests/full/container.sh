#!/bin/bash
# packaging/Containerfile gives a container that plays exp1. Where no container engine runs, its lines are played in fresh systems
# made by debootstrap, which is what the images are made of.
set -u
. "$(dirname "$0")/../lib/harness.sh"
. "$root/tests/lib/debian_tree.sh"
mkdir source runs
git -C "$root" archive HEAD | tar -x -C source
answer='^(Yes|No|Partly|Cannot tell): '

for engine in docker podman; do
    $engine info >/dev/null 2>&1 || continue
    check "$engine build" code 0 $engine build -f source/packaging/Containerfile -t hrm-check source
    check "$engine run" code 0 $engine run --rm --network none --security-opt seccomp=unconfined \
        --security-opt apparmor=unconfined hrm-check run $exp
    check "which says what it found" prints "$answer"
    $engine rmi -f hrm-check >/dev/null 2>&1
    finish
done

why=$(tree_needs)
[ -z "$why" ] || skip "no container engine runs here, and $why"
echo "no container engine runs here; the lines of the Containerfile are played in trees of debootstrap"
tree_make bookworm base || skip "debootstrap could not make a tree of bookworm"

# play LINE: one line of the file. The stage is $stage, who plays is $user, where is $place.
play() {
    local verb=$1 arguments=$2 from what
    case $verb in
    FROM)
        stage=${arguments##* AS }
        [ "$stage" != "$arguments" ] || stage=last
        user=root
        cp -a base "$stage"
        ;;
    COPY)
        from=source
        if [[ $arguments == --from=* ]]; then
            from=${arguments#--from=}
            from=${from%% *}
            arguments=${arguments#* }
        fi
        mkdir -p "$stage/${arguments#* }"
        what=${arguments% *}
        cp -a "$from/${what#.}/." "$stage/${arguments#* }/"
        ;;
    RUN) in_tree "$stage" sh -c "$arguments" >out 2>err ;;
    USER) user=$arguments ;;
    WORKDIR) place=$arguments ;;
    ENTRYPOINT) entry=$(tr -d '[]",' <<<"$arguments") ;;
    *) false ;;
    esac
}

while read -r verb arguments; do
    [[ -z $verb || $verb == \#* ]] || check "$verb $arguments" play "$verb" "$arguments"
done <source/packaging/Containerfile
check "the container runs $exp" code 0 in_tree last -n su "$user" -c "cd $place && $entry run $exp"
check "and says what it found" prints "$answer"
check "its size" [ "$(du -sm last | cut -f 1)" -lt 700 ]
finish
