"""What the rows of bench/table measure with: commands and their CPU time, servers, and turns."""
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

root = pathlib.Path(__file__).resolve().parent.parent
PYTHON = "/usr/bin/python3"  # Debian's, which hrm embeds


class Missing(Exception):
    """A peer or a file that is not there; the text says what to install."""


class Failed(Exception):
    """A measurement that gave no number, or a wrong answer."""


class Setting:
    """Where everything is, and how many rounds to play. One directory for files, one connection to each peer."""

    def __init__(self, args, work):
        self.build, self.rounds, self.quick = pathlib.Path(args.build).resolve(), args.rounds, args.quick
        self.hrm = str(self.build / "src/cli/hrm")
        self.peers, self.llama, self.humaneval = args.peers, args.llama_server, pathlib.Path(args.humaneval)
        self.work = pathlib.Path(work)
        self.made = {}

    def bench(self, name):
        return str(self.build / "bench" / name)

    def once(self, name, make):
        """make(path), the first time; the path."""
        path = self.work / name
        if name not in self.made:
            make(path)
            self.made[name] = path
        return path

    @contextlib.contextmanager
    def directory(self):
        """A new one, which is gone afterwards."""
        with tempfile.TemporaryDirectory(dir=self.work) as path:
            yield pathlib.Path(path)

    def size(self, whole, quick):
        """How much to do: little with --quick, which only shows that every row can be played."""
        return quick if self.quick else whole

    def peer_python(self, module, package):
        """The interpreter of the peers' environment, which has the module."""
        how = f"python3 -m venv DIR && DIR/bin/pip install {package}; then --peers DIR or HRM_BENCH_PEERS=DIR"
        python = pathlib.Path(self.peers or "nowhere") / "bin/python3"
        if not python.exists() or subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode:
            raise Missing(f"{module} is not installed: {how}")
        return str(python)


def version_of(python, package):
    return said([python, "-c", f"import importlib.metadata as m; print(m.version('{package}'))"]).strip()


def said(command, **more):
    """What a command prints; Failed with its last line if it fails."""
    p = subprocess.run(list(map(str, command)), capture_output=True, text=True, **more)
    if p.returncode:
        raise Failed(f"{pathlib.Path(str(command[0])).name} ended with {p.returncode}: {(p.stderr or p.stdout).strip()[-300:]}")
    return p.stdout


class Cost:
    """What a command used, with all that it waited for: CPU and wall in seconds. And its output."""

    def __init__(self, command, env=None, cwd=None):
        start = time.monotonic()
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            p = subprocess.Popen(list(map(str, command)), stdout=out, stderr=err, cwd=cwd,
                                 env={**os.environ, "HRM_HOME": str(root), **(env or {})})
            _, status, used = os.wait4(p.pid, 0)
            p.returncode = os.waitstatus_to_exitcode(status)
            self.wall, self.cpu = time.monotonic() - start, used.ru_utime + used.ru_stime
            out.seek(0)
            err.seek(0)
            self.out = out.read()
            if p.returncode:
                raise Failed(f"{pathlib.Path(str(command[0])).name} ended with {p.returncode}: {err.read().strip()[-300:]}")


def number(pattern, text):
    m = re.search(pattern, text)
    if not m:
        raise Failed(f"expected {pattern!r} in: {text.strip()[-300:]}")
    return float(m[1])


def in_turns(rounds, **players):
    """{name: [a value per round]}: the players one after the other, in every second round in the opposite order."""
    values = {name: [] for name in players}
    for i in range(rounds):
        for name in list(players) if i % 2 == 0 else reversed(players):
            values[name].append(players[name]())
    return values


def cpu_of_process(pid):
    """Seconds of CPU a running process has used, all threads."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def fast_server(setting, latency_ms, tokens):
    """bench/fast_server; its address."""
    server = subprocess.Popen([setting.bench("fast_server"), str(latency_ms), str(tokens)], stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def need_command(name, package):
    found = shutil.which(name)
    if not found:
        raise Missing(f"{name} is not installed: apt-get install {package}")
    return found
