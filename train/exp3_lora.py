#!/usr/bin/env python3
"""exp3 with adapters of a real model, in one command: data, adapters, their GGUF files, llama-server, episodes, report.

    python train/exp3_lora.py SmolLM2-135M-Instruct.Q4_1.gguf --out lora

Trains one adapter for every order, N and seed of experiments/exp3_curriculum/lora.yaml, on the CPU unless there is a GPU,
and plays the experiment through llama-server with all of them. What is there already is not made again, so an
interrupted command is continued by the same one. Ends with a table of what every adapter took.
"""
import argparse
import glob
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import yaml

import adapter_to_gguf
import gguf_to_hf
import lora_supervisor

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def parse():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("model", help="GGUF file of the base, of the architectures llama or qwen2")
    p.add_argument("--out", required=True, help="directory for everything that is made")
    p.add_argument("--experiment", default=f"{ROOT}/experiments/exp3_curriculum/lora.yaml")
    p.add_argument("--hrm", default=f"{ROOT}/build/src/cli/hrm")
    p.add_argument("--llama-server", default="llama-server")
    p.add_argument("--chroot", help="run llama-server in this folder, with the files copied into it")
    p.add_argument("--threads", type=int, default=1, help="of training and of llama-server")
    p.add_argument("--orders", help="instead of the experiment's: A,B")
    p.add_argument("--n", help="instead of the experiment's: N,M")
    p.add_argument("--seeds", help="instead of the experiment's")
    p.add_argument("--tests", help="instead of the experiment's")
    p.add_argument("--rank", type=int, default=16)
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--batch", type=int, default=4, help="examples a step")
    p.add_argument("--micro-batch", type=int, default=2, help="examples at once, of about the same length")
    p.add_argument("--only-train", action="store_true", help="make the adapters and stop")
    return p.parse_args()


def grid(args):
    """The experiment's orders, sizes and seeds, and those of the flags; and the flags for hrm run."""
    with open(args.experiment) as f:
        x = yaml.safe_load(f)
    c, flags = x["curriculum"], []
    for key in "orders", "n", "seeds", "tests":
        if getattr(args, key):
            c[key] = getattr(args, key).split(",") if key in ("orders", "n") else getattr(args, key)
            flags += [f"--{key}", getattr(args, key)]
    cells = [(o, int(n), s) for s in range(int(c["seeds"])) for n in c["n"] for o in c["orders"]]
    return x, c, cells, flags


def cell_name(cell):
    return "%s-%d-s%d" % cell


def make_data(args, x, c, cell, path):
    order, n, seed = cell
    roles = [] if c.get("adapts") == "all" else ["--roles", "supervisor"]
    command = [args.hrm, "gen", "curriculum", "--order", order, "--n", str(n), "--seed", str(seed + 1), "--prompts",
               x["prompts"], "--steps", str(c.get("steps", "2-4")), "--replay", str(c.get("replay", 0.2)), "--finish",
               str(c.get("finish", 0)), *roles, "-o", path]
    subprocess.run(command, check=True, env={**os.environ, "HRM_HOME": ROOT})


def settings(args, base, data, out, seed):
    """What lora_supervisor.py reads."""
    return lora_supervisor.options().parse_args(
        ["--base", base, "--data", data, "--out", out, "--seed", str(seed + 1), "--rank", str(args.rank), "--alpha",
         str(2 * args.rank), "--lr", str(args.lr), "--batch", str(args.batch), "--micro-batch", str(args.micro_batch)])


def train(args, x, c, cells):
    """Adapters of all cells; returns their GGUF files."""
    import torch
    torch.set_num_threads(args.threads)
    base, model, files = f"{args.out}/base", None, []
    if not os.path.exists(f"{base}/tokenizer_config.json"):
        print(f"{base}: {gguf_to_hf.convert(args.model, base)} parameters", flush=True)
    for i, cell in enumerate(cells):
        out = f"{args.out}/{cell_name(cell)}"
        files.append(f"{out}.gguf")
        if os.path.exists(files[-1]):
            continue
        options = settings(args, base, f"{out}.jsonl", out, cell[2])
        make_data(args, x, c, cell, options.data)
        print(f"adapter {i + 1} of {len(cells)}: {cell_name(cell)}", flush=True)
        model = model or lora_supervisor.load_base(options)
        lora_supervisor.make_adapter(options, model)
        print(adapter_to_gguf.convert(base, out, files[-1] + ".part"), flush=True)
        os.rename(files[-1] + ".part", files[-1])
    return files


class Server:
    """llama-server with every adapter, none of them on unless a request asks for it."""

    def __init__(self, args, files):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.inside = f"{args.chroot}/hrm-lora.{os.getpid()}" if args.chroot else None
        command = ["chroot", args.chroot, args.llama_server] if args.chroot else [args.llama_server]
        if self.inside:
            os.mkdir(self.inside)
        command += ["-m", self.place(args.model), *[w for f in files for w in ("--lora", self.place(f))],
                    "--lora-init-without-apply", "--cache-ram", "0", "--host", "127.0.0.1", "--port", str(port), "-np",
                    "4", "-c", "4096", "-t", str(args.threads), "--alias", "base"]
        self.log = open(f"{args.out}/server.log", "w")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT,
                                        env={**os.environ, "OMP_WAIT_POLICY": "passive"})

    def place(self, path):
        """Where llama-server finds a file."""
        if not self.inside:
            return path
        shutil.copy(path, self.inside)
        return f"/{os.path.basename(self.inside)}/{os.path.basename(path)}"

    def wait(self):
        for _ in range(3000):
            if self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen(self.url + "/health", timeout=2)
                return
            except OSError:
                time.sleep(0.2)
        raise SystemExit(f"llama-server did not start: see {self.log.name}")

    def ask(self, path, body):
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        for left in 2, 1, 0:  # a busy machine's server may drop a connection
            try:
                return json.load(urllib.request.urlopen(request, timeout=600))
            except ConnectionError:
                if not left:
                    raise
                time.sleep(1)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        if self.inside:
            shutil.rmtree(self.inside)


def check_prompts(args, server, data):
    """An adapter helps only with the very tokens that it was trained on: the server must render and cut alike."""
    from transformers import AutoTokenizer
    tokenizer = AutoTokenizer.from_pretrained(f"{args.out}/base")
    for line in list(open(data))[:8]:
        messages = json.loads(line)["messages"]
        ours = tokenizer.apply_chat_template(messages[:-1], tokenize=False, add_generation_prompt=True)
        theirs = server.ask("/apply-template", {"messages": messages[:-1]})["prompt"]
        if ours != theirs:
            raise SystemExit(f"the server renders another prompt than transformers:\n{theirs!r}\n{ours!r}")
        text = ours + messages[-1]["content"]
        cut = server.ask("/tokenize", {"content": text, "add_special": False, "parse_special": True})["tokens"]
        if cut != tokenizer(text, add_special_tokens=False)["input_ids"]:
            raise SystemExit(f"the server cuts another way into tokens than transformers: {text!r}")


def play(args, server, cells, flags):
    adapters = []
    for i, (order, n, seed) in enumerate(cells):
        adapters += ["--adapter", f"{order}:{n}:{seed}=+lora={i}"]
    command = [args.hrm, "run", args.experiment, "--model-backend", "openai", "--base-url", server.url + "/v1",
               "--model-name", "+lora=0:0", *adapters, *flags, "--outdir", f"{args.out}/runs"]
    return subprocess.run(command, env={**os.environ, "HRM_HOME": ROOT}).returncode


def costs(args, cells):
    print("\nadapter              examples  tokens   steps  loss     seconds  CPU s   tokens/CPU s  peak MB")
    for cell in cells:
        with open(f"{args.out}/{cell_name(cell)}/training.json") as f:
            t = json.load(f)
        print(f"{cell_name(cell):20} {t['examples']:8} {t['tokens']:7} {t['steps']:7}  {t['loss']:.4f} {t['seconds']:9.0f}"
              f" {t['cpu_seconds']:6.0f} {t['tokens'] / max(t['cpu_seconds'], 1e-9):13.1f} {t['peak_bytes'] / 1e6:8.0f}")


def main():
    args = parse()
    x, c, cells, flags = grid(args)
    os.makedirs(args.out, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    files = train(args, x, c, cells)
    costs(args, cells)
    if args.only_train:
        return 0
    server = Server(args, files)
    try:
        server.wait()
        check_prompts(args, server, f"{args.out}/{cell_name(cells[0])}.jsonl")
        begun = time.time()
        rc = play(args, server, cells, flags)
        print(f"\n{time.time() - begun:.0f} s of episodes; report: {glob.glob(args.out + '/runs/*/latest')}")
    finally:
        server.stop()
    return rc


if __name__ == "__main__":
    sys.exit(main())
