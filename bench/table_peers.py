"""llama-server for bench/table: started on one thread, asked over as many connections as there are slots, its CPU time read
from /proc."""
import concurrent.futures
import contextlib
import http.client
import json
import re
import shlex
import shutil
import socket
import subprocess
import time

from table_tools import Failed, Missing, cpu_of_process

CONTEXT, MAX_TOKENS = 256, 200  # of the embedded models; of bench/decode_bench.c


class Server:
    def __init__(self, process, port, version):
        self.process, self.port, self.version = process, port, version

    def ready(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


def version_of(command):
    p = subprocess.run([*command, "--version"], capture_output=True, text=True)
    found = re.search(r"version: (\S+)", p.stdout + p.stderr)
    return f"llama.cpp {found[1]}" if found else "llama.cpp"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def llama_server(setting, model, slots):
    """setting.llama: a command whose process is the server's own in the end (it may exec), so that its CPU time can be read. The
    model is copied to the working directory, which a command that changes its root has to bring along."""
    command = shlex.split(setting.llama)
    if not command or not shutil.which(command[0]):
        raise Missing("llama-server is not installed: apt-get install llama.cpp (Debian forky) or build llama.cpp; then have it on PATH, "
                      "or --llama-server COMMAND or HRM_BENCH_LLAMA=COMMAND")
    copy = setting.work / model.name
    shutil.copy(model, copy)
    log = setting.work / "llama-server.log"
    port = free_port()
    with log.open("w") as out:
        process = subprocess.Popen([*command, "-m", copy, "-t", "1", "-np", str(slots), "-c", str(CONTEXT * slots), "--host", "127.0.0.1",
                                    "--port", str(port)], stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    server = Server(process, port, version_of(command))
    try:
        until = time.monotonic() + 60
        while not server.ready():
            if process.poll() is not None or time.monotonic() > until:
                raise Failed(f"llama-server does not answer: {log.read_text()[-300:]}")
            time.sleep(.2)
        yield server
    finally:
        process.terminate()
        process.wait()


def post(connection, body):
    """The reply and its text. The server closes a connection after 5 s without a request, which may be just now: once again then."""
    for last in (False, True):
        try:
            connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
            reply = connection.getresponse()
            return reply, reply.read()
        except ConnectionError as e:
            connection.close()
            if last:
                raise Failed(f"llama-server: {e}") from None


def ask_llama(server, prompts, connections):
    """(generated tokens, CPU seconds of the server) of one greedy answer to each prompt."""
    def ask(mine):
        connection, tokens = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300), 0
        for prompt in mine:
            body = {"messages": [{"role": "user", "content": prompt}], "temperature": 0, "max_tokens": MAX_TOKENS, "cache_prompt": False}
            reply, text = post(connection, json.dumps(body))
            if reply.status != 200:
                raise Failed(f"llama-server: {reply.status}: {text[:200]}")
            tokens += json.loads(text)["usage"]["completion_tokens"]
        connection.close()
        return tokens

    before = cpu_of_process(server.process.pid)
    with concurrent.futures.ThreadPoolExecutor(connections) as pool:
        tokens = sum(pool.map(ask, [prompts[i::connections] for i in range(connections)]))
    return tokens, cpu_of_process(server.process.pid) - before
