"""Every way in which a model server misbehaves. Each takes a good Response and returns a bad one.

rnd is a random.Random of this fault alone, so a schedule can be repeated.
"""
import email.utils
import json
import random
import time

from http1 import Response, json_response, text_response


class Context:
    """What a fault may need to know."""

    def __init__(self, dialect, request, other_host):
        self.dialect = dialect
        self.request = request
        self.other_host = other_host  # "host:port" of a second address of this server


def slow_first_byte(r, rnd, ctx):
    r.first_s = 0.5 + rnd.random()
    return r


def slow_drip(r, rnd, ctx):
    """Seven bytes at a time, anywhere inside lines and characters."""
    whole = b"".join(r.pieces)
    r.pieces = [whole[i:i + 7] for i in range(0, len(whole), 7)]
    r.between_s = 0.5 / len(r.pieces)
    return r


def cut_to(r, rnd):
    whole = b"".join(r.pieces)
    r.pieces = [whole[:rnd.randrange(len(whole))]]
    return r


def cut(r, rnd, ctx):
    """The connection is closed at a random byte."""
    r.ending = "fin"
    return cut_to(r, rnd)


def reset(r, rnd, ctx):
    r.ending = "reset"
    return cut_to(r, rnd)


def reset_at_once(r, rnd, ctx):
    return Response(pieces=[], ending="reset")


def end_early(r, rnd, ctx):
    """HTTP ends properly, the stream does not: as Ollama does after 30 equal tokens."""
    r.pieces = r.pieces[:rnd.randrange(len(r.pieces))]
    if not r.stream:
        r.pieces = [b"{"]
    return r


def busy(headers):
    def fault(r, rnd, ctx):
        body = ctx.dialect.error_body("too many requests", "rate_limit_error", 429)
        return json_response(body, 429, headers(rnd))
    return fault


def in_a_second(rnd):
    return {"Retry-After": email.utils.formatdate(time.time() + 1, usegmt=True)}


def status(code, message):
    def fault(r, rnd, ctx):
        if code in (502, 504):
            return text_response(f"<html><body><h1>{code} {message}</h1></body></html>", code)
        return json_response(ctx.dialect.error_body(message, "server_error", code), code)
    return fault


def error_in_stream(r, rnd, ctx):
    """Status 200, a part of the text, then an error where the rest should be."""
    r.pieces = r.pieces[:rnd.randrange(len(r.pieces))]
    r.pieces.append(ctx.dialect.error_event("CUDA error: out of memory"))
    return r


def done_after_error(r, rnd, ctx):
    r = error_in_stream(r, rnd, ctx)
    r.pieces.append(ctx.dialect.done_event)
    return r


def only_done(r, rnd, ctx):
    """The terminator and nothing before it."""
    r.pieces = [ctx.dialect.done_event] if r.stream else [b"{}"]
    return r


def empty_body(r, rnd, ctx):
    r.pieces = []
    return r


def huge_line(r, rnd, ctx):
    r.pieces.insert(rnd.randrange(len(r.pieces)), ctx.dialect.text_event(b"x" * (3 << 20)))
    return r


def bad_utf8(r, rnd, ctx):
    r.pieces.insert(rnd.randrange(len(r.pieces)), ctx.dialect.text_event(b"a\xff\xc3(b"))
    return r


def wrong_type(r, rnd, ctx):
    """A page of a proxy or a login where the answer should be."""
    return text_response("<!doctype html><title>Sign in</title><p>Please sign in.")


def closed_keep_alive(r, rnd, ctx):
    """A good answer; the connection then closes although it was to be kept."""
    r.hang_up = True
    return r


def redirect(r, rnd, ctx):
    """307 to another path on the same host, which answers (see server.py)."""
    return Response(307, {"Location": "/moved" + ctx.request.path}, [b""])


def redirect_away(r, rnd, ctx):
    """307 to another host, where the key must not go."""
    return Response(307, {"Location": f"http://{ctx.other_host}{ctx.request.path}"}, [b""])


def model_missing(r, rnd, ctx):
    name = (ctx.request.json() or {}).get("model")
    return ctx.dialect.missing(name) or status(404, "no such model")(r, rnd, ctx)


def key_echo(r, rnd, ctx):
    """401 whose body repeats the key that was sent."""
    key = ctx.request.headers.get("authorization", "") + ctx.request.headers.get("x-api-key", "")
    message = "Incorrect API key provided: " + key
    return json_response(ctx.dialect.error_body(message, "invalid_api_key", 401), 401)


def quotes(code):
    """An error that quotes what it was asked, as content filters do."""
    def fault(r, rnd, ctx):
        asked = "\n".join(m["content"] for m in ctx.request.json()["messages"])
        return json_response(ctx.dialect.error_body("not answered: " + asked, "error", code), code)
    return fault


def no_finish(r, rnd, ctx):
    """The stream ends with its terminator, but nothing in it says why the text ended."""
    kept = [p.replace(b'"finish_reason": "stop"', b'"finish_reason": null')
            .replace(b'"finish_reason": "length"', b'"finish_reason": null')
            .replace(b'"done": true', b'"done": false') for p in r.pieces]
    r.pieces = kept
    return r


def broken_off(r, rnd, ctx):
    """The stream ends in form, but the server says that it was not the model that ended it."""
    r.pieces = [p.replace(b'"finish_reason": "stop"', b'"finish_reason": "abort"')
                .replace(b'"finish_reason": "length"', b'"finish_reason": "abort"')
                .replace(b'"done_reason": "stop"', b'"done_reason": "unload"')
                .replace(b'"done_reason": "length"', b'"done_reason": "unload"') for p in r.pieces]
    return r


def error_field(r, rnd, ctx):
    """An error as llama-server said it until September 2025: a field of its own name."""
    body = json.dumps(ctx.dialect.error_body("slot unavailable", "server_error", 500)).encode()
    r.pieces = r.pieces[:rnd.randrange(len(r.pieces))] + [b"error: " + body + b"\n\n", ctx.dialect.done_event]
    return r


def said_again(r, rnd, ctx):
    """The last frame holds the whole message once more."""
    r.pieces = ctx.dialect.say_again(r.pieces)
    return r


def no_done(r, rnd, ctx):
    """Finish, counts and a clean end, but no [DONE]."""
    r.pieces = [p for p in r.pieces if p != ctx.dialect.done_event]
    return r


def empty_content(r, rnd, ctx):
    """Not a fault of the server as far as a client can tell: a model that says nothing."""
    answer = type("Nothing", (), {"text": "", "tokens": [], "reasoning": "", "finish": "stop",
                                  "prompt_tokens": 10, "generated_tokens": 1})
    return ctx.dialect.chat(ctx.request.json(), answer)


# What a client has to get over by itself, unseen in the results.
PASSING = {
    "slow_first_byte": slow_first_byte, "slow_drip": slow_drip, "cut": cut, "reset": reset,
    "reset_at_once": reset_at_once, "end_early": end_early,
    "busy": busy(lambda rnd: {}), "busy_seconds": busy(lambda rnd: {"Retry-After": "1"}),
    "busy_date": busy(in_a_second), "busy_ms": busy(lambda rnd: {"retry-after-ms": "50"}),
    "internal_error": status(500, "internal error"), "bad_gateway": status(502, "Bad Gateway"),
    "unavailable": status(503, "Loading model"), "gateway_timeout": status(504, "Gateway Time-out"),
    "error_in_stream": error_in_stream, "done_after_error": done_after_error,
    "only_done": only_done, "no_finish": no_finish, "empty_body": empty_body,
    "wrong_type": wrong_type, "closed_keep_alive": closed_keep_alive, "redirect": redirect,
    "broken_off": broken_off, "error_field": error_field, "said_again": said_again, "no_done": no_done,
}
# What a retry need not help against: an episode in error, to be tried again, never a wrong answer.
LASTING = {"huge_line": huge_line, "redirect_away": redirect_away, "model_missing": model_missing,
           "key_echo": key_echo}
# What a client cannot tell from the model's own doing: it counts as its answer.
OUTCOMES = {"empty_content": empty_content, "bad_utf8": bad_utf8}
QUOTES = {"quotes_500": quotes(500), "quotes_403": quotes(403)}
ALL = {**PASSING, **LASTING, **OUTCOMES, **QUOTES}


class Schedule:
    """Which request gets which fault: a script, or a seeded share of all requests."""

    def __init__(self, script, rate, kinds, seed):
        self.script = list(script)  # names, "-" = none; used up one request at a time
        self.rate = rate
        self.kinds = sorted(kinds)
        self.seed = seed
        self.attempts = {}  # how often this very body has been seen
        self.counts = {}

    def choose(self, body):
        """(name or None, random generator). Whether there is a fault depends on the body and on how often it
        came, not on the order of requests; the kinds take turns, so that all of them come."""
        seen = self.attempts[body] = self.attempts.get(body, -1) + 1
        rnd = random.Random(json.dumps([self.seed, seen, body.hex()]))
        name = None
        if self.script:
            name = self.script.pop(0)
            name = None if name == "-" else name
        elif rnd.random() < self.rate:
            name = self.kinds[sum(self.counts.values()) % len(self.kinds)]
        if name:
            self.counts[name] = self.counts.get(name, 0) + 1
        return name, rnd
