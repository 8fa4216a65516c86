"""inspect_peer.py URL: Inspect (pip install inspect_ai openai) asking bench/fast_server as bench/harness_overhead does.

Reads lines "CONNECTIONS SAMPLES" and answers each with the CPU seconds that an evaluation of so many samples took, four
calls a sample, its log included. One process plays all rounds, so that its start of several seconds is paid once and is in
no number."""
import os
import resource
import sys
import tempfile

os.environ.update(LOC_API_KEY="none", LOC_BASE_URL=sys.argv[1] + "/v1")
import inspect_ai  # noqa: E402
from inspect_ai.dataset import MemoryDataset, Sample  # noqa: E402
from inspect_ai.solver import solver  # noqa: E402

CALLS = 4


@solver
def only_asks():
    async def solve(state, generate):
        asked = list(state.messages)
        for _ in range(CALLS):
            state.messages = list(asked)
            state = await generate(state)
        return state
    return solve


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def play(connections, samples, logs):
    prompt = "Write a function f(x) that returns the sum of the %d largest numbers of the list x, or 0 if there are none."
    task = inspect_ai.Task(dataset=MemoryDataset([Sample(input=prompt % (i % 100)) for i in range(samples)]), solver=only_asks())
    before = cpu()
    log = inspect_ai.eval(task, model="openai-api/loc/bench", max_connections=connections, max_samples=connections, max_tokens=512,
                          display="none", log_dir=logs)[0]
    used = cpu() - before
    if log.status != "success" or log.results.completed_samples != samples:
        sys.exit(f"inspect_peer.py: {log.status}: {log.error}")
    return used


with tempfile.TemporaryDirectory() as directory:
    for line in sys.stdin:
        print(f"{play(*map(int, line.split()), directory):.6f}", flush=True)
