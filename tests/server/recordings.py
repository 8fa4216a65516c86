"""Answers with recorded traffic: every chat request gets the next recorded response, byte for byte."""
import json

from http1 import Response


def load(path, only=None):
    """The responses of a file: one raw stream, or JSON lines of {"id", "response"}, and in each of these
    {"status", "headers", "body"}."""
    if not path.endswith(".jsonl"):
        with open(path, "rb") as f:
            return [Response(200, {"Content-Type": "text/event-stream"}, [f.read()], stream=True)]
    out = []
    with open(path, encoding="utf-8") as f:
        for row in map(json.loads, f):
            if only is None or row["id"] in only:
                out.append(response(row["response"]))
    return out


def response(recorded):
    headers = {k.lower(): v for k, v in recorded["headers"].items()}
    kept = {}
    for name in ("content-type", "retry-after", "retry-after-ms"):
        value = headers.get(name)
        if value:
            kept[name] = value[0] if isinstance(value, list) else value
    body = recorded.get("body") or ""
    stream = "event-stream" in kept.get("content-type", "") or "ndjson" in kept.get("content-type", "")
    return Response(recorded["status"], kept, [body.encode()], stream=stream)
