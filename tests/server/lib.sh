# shellcheck shell=bash disable=SC2034 # the variables are for the tests that source this one
# Sourced by the tests that play against the scripted server (server.py). They run in a directory of their own, $work.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
hrm=${HRM:-$root/build/src/cli/hrm}
export HRM_HOME=$root
suite=$root/eval/suites/coding_suite.yaml
ollama_model=llama3.1:8b-instruct-q4_K_M
work=$(mktemp -d)
cd "$work" || exit 1
export XDG_CONFIG_HOME=$work/config # whatever the user's own table of prices says
server=
passed=0
failed=0
unset OPENAI_API_KEY OPENAI_MODEL OPENAI_BASE_URL OPENAI_API_BASE OLLAMA_BASE_URL http_proxy HTTP_PROXY https_proxy HTTPS_PROXY \
    all_proxy ALL_PROXY no_proxy NO_PROXY SSL_CERT_FILE

at_exit() {
    stop_server
    [ -n "${KEEP-}" ] || rm -rf "$work"
}
trap at_exit EXIT

# start_server ARG...: sets $port and $url; its log is server.log, a line of JSON per request.
start_server() {
    stop_server
    rm -f server.port server.log
    /usr/bin/python3 -B "$root/tests/server/server.py" --log server.log "$@" >server.port 2>server.err &
    server=$!
    for _ in $(seq 100); do
        [ -s server.port ] && break
        sleep 0.05
    done
    port=$(cat server.port)
    url=http://127.0.0.1:$port
}

stop_server() {
    [ -n "$server" ] || return 0
    kill "$server" 2>/dev/null
    wait "$server" 2>/dev/null
    server=
}

# stat_of KEY: a number the server has counted, like chats or max_in_flight.
stat_of() {
    python3 -c 'import json, sys, urllib.request
print(json.load(urllib.request.urlopen(sys.argv[1] + "/_/stats", timeout=10))[sys.argv[2]])' "$url" "$1"
}

# asked PYTHON: is the expression true of the chat requests that came (a list of bodies, `chats`; all lines are `log`)?
asked() {
    python3 -c 'import json, sys
log = [json.loads(line) for line in open("server.log")]
chats = [row["body"] for row in log if row["path"].endswith(("/api/chat", "/chat/completions"))
         and (row["body"] or {}).get("messages")]
assert chats
sys.exit(not eval(sys.argv[1]))' "$1"
}

check() { # check SENTENCE COMMAND...
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $what"
        tail -n 5 err 2>/dev/null | sed 's/^/    stderr: /'
    fi
}

code() { # code N COMMAND...: exits with N; stdout is in out, stderr in err
    local want=$1 rc
    shift
    "$@" >out 2>err </dev/null
    rc=$?
    [ $rc -eq "$want" ] || echo "exit $rc, expected $want" >>err
    [ $rc -eq "$want" ]
}

says() { # says PATTERN: on stderr
    grep -qE -- "$1" err
}

record() { # record OUTDIR: the record without what depends on the clock or the server's moods
    python3 "$root/tests/server/record.py" "$1"/*/latest/run.db
}

same_record() { # same_record OUTDIR OUTDIR
    record "$1" >record.1 && record "$2" >record.2 && [ -s record.1 ] && cmp record.1 record.2
}

verdict() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
