# shellcheck shell=bash
# Sourced by tests that need a fresh Debian: trees made by debootstrap, and commands that run inside them.

# tree_make RELEASE DIR: the smallest system of that release. What was downloaded stays in build-check/debootstrap.
tree_make() {
    local cache=${root:?}/build-check/debootstrap/$1
    mkdir -p "$cache" &&
        debootstrap --variant=minbase --cache-dir="$cache" "$1" "$2" >"$2.log" 2>&1 &&
        cp /etc/resolv.conf "$2/etc/resolv.conf" &&
        echo 'APT::Install-Suggests "0"; Acquire::Retries "3";' >"$2/etc/apt/apt.conf.d/90test"
}

# in_tree DIR [-n] COMMAND...: as root, with DIR as the root of its own mounts and processes; -n = without a network.
# Not by chroot: the kernel makes no user namespaces there, and the jail of hrm is one.
in_tree() {
    local dir=$1 net=
    shift
    if [ "$1" = -n ]; then
        net=--net
        shift
    fi
    # shellcheck disable=SC2016,SC2086 # expanded inside; no word at all without -n
    unshare --mount --pid --fork --kill-child $net /bin/bash -c '
        mount --make-rprivate / && mount --bind "$1" "$1" && cd "$1" && shift &&
        mount -t proc proc proc && mount -t sysfs sysfs sys && mount --rbind /dev dev && mkdir -p outside &&
        pivot_root . outside && cd / && umount -l outside && exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
            LC_ALL=C.UTF-8 HOME=/root TERM=dumb DEBIAN_FRONTEND=noninteractive "$@"' - "$dir" "$@" </dev/null
}

# tree_needs: prints why trees cannot be made or entered here; nothing if they can.
tree_needs() {
    if [ "$(id -u)" -ne 0 ]; then
        echo "debootstrap needs root"
    elif ! command -v debootstrap >/dev/null; then
        echo "there is no debootstrap"
    elif ! unshare --mount --pid --fork mount --make-rprivate / 2>/dev/null; then
        echo "no mounts of one's own can be made here"
    elif [ "$(df --output=avail -k "${TMPDIR:-/tmp}" | tail -n 1)" -lt $((4 << 20)) ]; then
        echo "less than 4 GB are free in ${TMPDIR:-/tmp}"
    fi
}
