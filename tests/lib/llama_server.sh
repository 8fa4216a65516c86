# shellcheck shell=bash disable=SC2034,SC2154 # the variables are for the tests that source this one
# Sourced by the tests that play against a real llama-server: Debian forky's llama.cpp-tools in a folder of their own (they need
# a newer glibc than bookworm's). HRM_FORKY names the folder where there is one already; HRM_SERVER is the command of another
# server, with {model} and {port} in it. Needs $work, and install_missing of scripts/packages.sh.
forky=${HRM_FORKY:-${HRM_CACHE:-$PWD/.cache}/forky}
server=

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

start_server() { # start_server MODEL [ARG...]: arguments of llama-server; sets $url
    port=$(free_port)
    url=http://127.0.0.1:$port
    local weights=/model.$$.gguf given=$1
    shift
    local command="env OMP_WAIT_POLICY=passive chroot $forky llama-server -m {model} --host 127.0.0.1 --port {port} -np 4 $*"
    if [ -n "${HRM_SERVER-}" ]; then
        command=$HRM_SERVER weights=$given
    else
        cp "$given" "$forky$weights"
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

stop_server() {
    [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
    server=
    rm -f "$forky/model.$$.gguf"
}

# What is missing to serve a model here; nothing when it can be served.
no_server() {
    [ -n "${HRM_SERVER-}" ] && return
    if [ "$(id -u)" -ne 0 ]; then
        echo "chroot needs root"
    elif ! bootstrap >"$work/bootstrap.log" 2>&1; then
        echo "Debian forky cannot be had here: $(tail -n 1 "$work/bootstrap.log")"
    fi
}
