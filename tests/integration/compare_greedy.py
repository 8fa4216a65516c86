#!/usr/bin/python3
"""Compares the greedy answers of two runs on the same requests, and shows where they part.

usage: compare_greedy.py EMBEDDED/run.db SERVER/run.db SERVER_URL LIMIT

Requests are matched by their hash, so only the model behind them differs. Where two answers part, the
server is asked for the logarithmic probabilities of the token there: a near tie is rounding, anything else
is a fault of one of the two engines. Exit 0 when at least 95 % of up to LIMIT answers are equal.
"""
import json
import sqlite3
import sys
import urllib.request


def answers(path):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    rows = db.execute("SELECT request, reply_text FROM calls WHERE finish = 'stop' ORDER BY request")
    out = {}
    for request, text in rows:
        r = json.loads(request)
        if r["temperature"] > 0:
            continue  # a second try, warmer so that it can differ
        out.setdefault((r["role"], json.dumps(r["messages"])), text)
    return out


def logprobs(url, messages, upto):
    """[(token, logprob, rival, rival's logprob)] of the server's greedy answer."""
    body = {"messages": messages, "temperature": 0, "max_tokens": upto, "logprobs": True, "top_logprobs": 2}
    request = urllib.request.Request(url + "/v1/chat/completions", json.dumps(body).encode(),
                                     {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as f:
        content = json.load(f)["choices"][0]["logprobs"]["content"]
    return [(t["token"], t["logprob"], t["top_logprobs"][-1]["token"], t["top_logprobs"][-1]["logprob"])
            for t in content]


def show(url, key, ours, theirs):
    role, messages = key
    print(f"differs: {role}: {json.loads(messages)[-1]['content'][:90]!r}")
    print(f"  embedded: {ours!r}\n  server:   {theirs!r}")
    said = ""
    for token, p, rival, q in logprobs(url, json.loads(messages), 250):
        said += token
        if not ours.startswith(said):
            print(f"  they part at {token!r} (log p {p:.4f}); the rival is {rival!r} (log p {q:.4f})")
            return
    print("  asked again, the server says the same as the embedded engine")


def main():
    ours, theirs, url, limit = answers(sys.argv[1]), answers(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    common = sorted(set(ours) & set(theirs))[:limit]
    equal = [k for k in common if ours[k] == theirs[k]]
    for key in common:
        if ours[key] != theirs[key]:
            show(url, key, ours[key], theirs[key])
    print(f"greedy answers: {len(equal)} of {len(common)} equal")
    return 0 if len(common) >= limit and len(equal) >= 0.95 * len(common) else 1


if __name__ == "__main__":
    sys.exit(main())
