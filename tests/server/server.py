#!/usr/bin/python3
"""A model server that follows a script, and misbehaves on request.

Speaks Ollama's native protocol and the OpenAI-compatible ones on a free port of the loopback, printed
as its first line. SIGUSR1 begins an outage: it stops listening and hangs up, for --outage seconds.
GET /_/stats tells what it has seen. See oracle.py for what it answers, faults.py for how it fails.
"""
import argparse
import asyncio
import copy
import json
import os
import random
import signal
import ssl
import sys
import urllib.parse
import time

import faults
import http1
import ollama
import openai
import oracle
import recordings

DIALECTS = {"ollama": ollama.Ollama, "openai": openai.OpenAI, "llama-server": openai.LlamaServer,
            "vllm": openai.VLLM, "lm-studio": openai.LMStudio}


def arguments():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--dialect", choices=DIALECTS, default="ollama")
    p.add_argument("--port", type=int, default=0)
    p.add_argument("--models", default="llama3.1:8b-instruct-q4_K_M", help="those that are there, by comma")
    p.add_argument("--weights", default="", help="other ones under the same name: another digest")
    p.add_argument("--slots", type=int, default=4, help="requests served at once, the rest waits")
    p.add_argument("--n-ctx", type=int, default=16384)
    p.add_argument("--latency", type=float, default=0, metavar="MS", help="of every answer")
    what = p.add_mutually_exclusive_group(required=True)
    what.add_argument("--suite", help="answer its tasks, some of them rightly")
    what.add_argument("--text", help="answer this to everything")
    what.add_argument("--recordings", help="answer with recorded responses")
    p.add_argument("--only", help="of the recordings these ids, by comma")
    p.add_argument("--right", type=float, metavar="SHARE", help="of the tasks, solved whatever the seed")
    p.add_argument("--form", choices=["plain", "prose", "marked", "thinking"], default="plain",
                   help="of every answer: without a program, with an end mark in it, with an open thought")
    p.add_argument("--turn", default="<|{role}|>{content}", help="of llama-server's chat template")
    p.add_argument("--template", help="Ollama's chat template")
    p.add_argument("--params", type=int, default=8030261312, help="of llama-server's model")
    p.add_argument("--flips", action="store_true", help="another text when it is busy")
    p.add_argument("--reasoning", action="store_true", help="think before every answer")
    p.add_argument("--chunks", choices=["events", "whole", "byte", "random"], default="events")
    p.add_argument("--script", default="", help="faults of the first requests, by comma; - for none")
    p.add_argument("--faults", type=float, default=0, metavar="SHARE", help="of all chat requests")
    p.add_argument("--kinds", default=",".join({**faults.PASSING, **faults.LASTING}),
                   help="of these, by comma")
    p.add_argument("--fault-seed", type=int, default=1)
    p.add_argument("--loading", type=float, default=0, metavar="S", help="503 for the first seconds")
    p.add_argument("--outage", type=float, default=2, metavar="S")
    p.add_argument("--key", help="the API key that is asked for")
    p.add_argument("--tls", metavar="PEM", help="speak https with this certificate and key")
    p.add_argument("--log", help="a line of JSON for every request")
    return p.parse_args()


class Server:
    def __init__(self, args):
        self.args = args
        self.models = [m for m in args.models.split(",") if m]
        self.dialect = DIALECTS[args.dialect](self)
        kinds = set(args.kinds.split(",")) - set(self.dialect.not_faults)
        script = filter(None, args.script.split(","))
        self.schedule = faults.Schedule(script, args.faults, kinds, args.fault_seed)
        self.slots = asyncio.Semaphore(args.slots)
        self.stats = {"requests": 0, "chats": 0, "in_flight": 0, "max_in_flight": 0, "connections": 0,
                      "max_connections": 0, "outages": 0, "away": 0, "proxied": 0}
        self.started = time.monotonic()
        self.writers = set()
        self.listening = None
        self.other = None  # a second address: where redirects lead away to
        self.log = open(args.log, "a", buffering=1, encoding="utf-8") if args.log else None
        self.recorded = []
        if args.recordings:
            self.recorded = recordings.load(args.recordings, args.only and args.only.split(","))
        elif args.text is not None:
            self.model = oracle.Constant(args.text)
        else:
            self.model = oracle.Oracle(args.suite, args.reasoning, args.right, args.form)
        self.turn = 0

    # ---- answers ----

    def good_answer(self, body):
        if self.recorded:
            self.turn += 1
            return copy.deepcopy(self.recorded[(self.turn - 1) % len(self.recorded)])
        messages = body.get("messages") or []
        answer = self.model.answer(messages, self.dialect.seed(body), self.dialect.limit(body))
        if self.args.flips and self.stats["in_flight"] > 1:
            answer.add("\n# busy")
        return self.dialect.refuse(body, answer.prompt_tokens) or self.dialect.chat(body, answer)

    def unauthorized(self, request):
        if self.args.key and request.headers.get("authorization") != "Bearer " + self.args.key:
            return faults.key_echo(None, None, faults.Context(self.dialect, request, self.other))
        return None

    def rechunk(self, r, rnd):
        whole = b"".join(r.pieces)
        if self.args.chunks == "events" or not r.stream:
            return
        if self.args.chunks == "whole":
            r.pieces = [whole]
            return
        r.pieces = []
        while whole:
            n = 1 if self.args.chunks == "byte" else rnd.randint(1, 40)
            r.pieces.append(whole[:n])
            whole = whole[n:]
        r.between_s = 1e-6  # a write of its own for each

    async def chat(self, request, port):
        body = request.json()
        if body is None:
            error = self.dialect.error_body("invalid JSON", "invalid_request_error", 400)
            return http1.json_response(error, 400)
        if self.models and body.get("model") not in self.models and self.dialect.missing(body.get("model")):
            return self.dialect.missing(body.get("model"))
        if not body.get("messages"):  # Ollama loads the model
            self.note(request, body, None, None)
            return self.good_answer(body)
        self.stats["chats"] += 1
        self.stats["in_flight"] += 1
        self.stats["max_in_flight"] = max(self.stats["max_in_flight"], self.stats["in_flight"])
        try:
            async with self.slots:
                name, rnd = self.schedule.choose(request.body)
                r = self.good_answer(body)
                if r.status == 200:
                    self.rechunk(r, random.Random(1))
                    if name:
                        r = faults.ALL[name](r, rnd, faults.Context(self.dialect, request, self.other))
                if self.args.latency:
                    await asyncio.sleep(self.args.latency / 1000)
        finally:
            self.stats["in_flight"] -= 1
        self.note(request, body, name, r)
        return r

    async def answer(self, request, port):
        self.stats["requests"] += 1
        if request.path.startswith("http://"):  # asked as a proxy: answers itself, whatever the host
            self.stats["proxied"] += 1
            request.path = urllib.parse.urlsplit(request.path).path
        request.path = request.path.removeprefix("/moved")
        if request.path == "/_/stats":
            return http1.json_response({**self.stats, "faults": self.schedule.counts})
        self.stats["away"] += port != self.port
        loading = time.monotonic() - self.started < self.args.loading
        if loading and request.path not in self.dialect.paths_while_loading:
            error = self.dialect.error_body("Loading model", "unavailable_error", 503)
            return http1.json_response(error, 503)
        refused = self.unauthorized(request)
        if refused:
            return refused
        if request.method == "POST" and request.path in self.dialect.chat_paths:
            return await self.chat(request, port)
        r = self.dialect.get(request) if request.method == "GET" else self.dialect.post(request)
        self.note(request, request.json(), None, r)
        return r or http1.text_response("404 page not found", 404, "text/plain")

    def note(self, request, body, fault, r):
        if self.log:
            row = {"t": round(time.monotonic() - self.started, 3), "method": request.method,
                   "path": request.path, "status": r.status if r else None, "fault": fault,
                   "authorized": "authorization" in request.headers, "body": body}
            self.log.write(json.dumps(row) + "\n")

    # ---- connections ----

    async def connection(self, reader, writer):
        self.writers.add(writer)
        self.stats["max_connections"] = max(self.stats["max_connections"], len(self.writers))
        self.stats["connections"] += 1
        port = writer.get_extra_info("sockname")[1]
        left = self.dialect.requests_per_connection
        try:
            while request := await http1.read_request(reader, writer):
                left -= 1
                keep = left > 0 and request.headers.get("connection", "").lower() != "close"
                response = await self.answer(request, port)
                if not await http1.send_response(writer, response, keep):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.writers.discard(writer)
            writer.close()

    async def listen(self):
        tls = None
        if self.args.tls:
            tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            tls.load_cert_chain(self.args.tls)
        self.listening = await asyncio.start_server(
            self.connection, "127.0.0.1", self.port, limit=1 << 24, backlog=1024, reuse_address=True, ssl=tls)
        self.port = self.listening.sockets[0].getsockname()[1]

    async def outage(self):
        self.stats["outages"] += 1
        self.listening.close()
        for writer in list(self.writers):
            http1.reset(writer)
        await asyncio.sleep(self.args.outage)
        await self.listen()

    async def run(self):
        self.port = self.args.port
        away = await asyncio.start_server(self.connection, "127.0.0.1", 0)
        self.other = "127.0.0.1:%d" % away.sockets[0].getsockname()[1]
        await self.listen()
        loop = asyncio.get_running_loop()
        over = asyncio.Event()
        loop.add_signal_handler(signal.SIGUSR1, lambda: loop.create_task(self.outage()))
        loop.add_signal_handler(signal.SIGTERM, over.set)
        loop.add_signal_handler(signal.SIGINT, over.set)
        print(self.port, flush=True)
        await over.wait()


if __name__ == "__main__":
    asyncio.run(Server(arguments()).run())
    sys.stdout.flush()
    os._exit(0)  # connections that are still open do not matter
