"""Ollama's native protocol (0.33): /api/chat as NDJSON, and what a client asks before it."""
import hashlib
import json

from http1 import Response, json_response

CREATED = "2026-08-01T12:00:00.000000Z"
TEMPLATE = "{{ range .Messages }}<|{{ .Role }}|>{{ .Content }}<|end|>{{ end }}<|assistant|>"


def error(message, status, headers=None):
    return json_response({"error": message}, status, headers)


class Ollama:
    chat_paths = ("/api/chat",)
    stream_type = "application/x-ndjson"
    requests_per_connection = 1000
    paths_while_loading = ()
    # old servers end a stream without a reason: an empty answer; the others are of events
    not_faults = ("only_done", "error_field", "no_done")

    def __init__(self, server):
        self.server = server
        self.num_ctx = 4096  # of the model that is loaded

    def describe(self, name):
        details = {"parent_model": "", "format": "gguf", "family": "llama", "families": ["llama"],
                   "parameter_size": "8.0B", "quantization_level": "Q4_K_M"}
        return {"name": name, "model": name, "modified_at": CREATED, "size": 4920753328,
                "digest": hashlib.sha256((name + self.server.args.weights).encode()).hexdigest(), "details": details}

    def missing(self, name):
        return error(f"model '{name}' not found", 404)

    def get(self, request):
        models = self.server.models
        path = request.path.partition("?")[0]
        if path == "/":
            return Response(200, {"Content-Type": "text/plain; charset=utf-8"}, [b"Ollama is running"])
        if path == "/api/version":
            return json_response({"version": "0.33.0"})
        if path == "/api/tags":
            return json_response({"models": [self.describe(m) for m in models]})
        if path == "/api/ps":
            more = {"expires_at": CREATED, "size_vram": 0, "context_length": self.num_ctx}
            loaded = [{**self.describe(m), **more} for m in models[:1]]
            return json_response({"models": loaded})
        return None

    def post(self, request):
        body = request.json() or {}
        name = body.get("model") or body.get("name")
        if request.path != "/api/show":
            return None
        if name not in self.server.models:
            return self.missing(name)
        return json_response({
            "modelfile": "FROM " + name, "parameters": 'stop "<|end|>"', "template": self.server.args.template or TEMPLATE,
            "details": self.describe(name)["details"], "capabilities": ["completion"] +
            (["thinking"] if self.server.args.reasoning else []),
            "model_info": {"general.architecture": "llama", "general.parameter_count": 8030261312,
                           "llama.context_length": 131072}})

    def limit(self, body):
        n = (body.get("options") or {}).get("num_predict", -1)
        return n if n >= 0 else None

    def seed(self, body):
        return (body.get("options") or {}).get("seed", 0)

    def refuse(self, body, prompt_tokens):
        """The context as Ollama treats it: with truncate:false too much is an error."""
        self.num_ctx = (body.get("options") or {}).get("num_ctx", 4096)
        if prompt_tokens > self.num_ctx and body.get("truncate") is False:
            return error("the input length exceeds the context length", 400)
        return None

    def loaded(self, body):
        return json_response({"model": body.get("model"), "created_at": CREATED,
                              "message": {"role": "assistant", "content": ""},
                              "done_reason": "load", "done": True})

    def chat(self, body, answer):
        if not body.get("messages"):
            return self.loaded(body)
        head = {"model": body.get("model"), "created_at": CREATED}
        final = {"done": True, "done_reason": answer.finish, "total_duration": 50_000_000,
                 "load_duration": 1_000_000, "prompt_eval_count": min(answer.prompt_tokens, self.num_ctx),
                 "prompt_eval_duration": 10_000_000, "eval_count": answer.generated_tokens,
                 "eval_duration": 39_000_000}
        say = {"role": "assistant", "content": ""}
        think = answer.reasoning if body.get("think") is not False else ""
        if body.get("stream") is False:
            message = {**say, "content": answer.text, **({"thinking": think} if think else {})}
            return json_response({**head, "message": message, **final})
        events = [{**head, "message": {**say, "thinking": t + " "}, "done": False} for t in think.split()]
        events += [{**head, "message": {**say, "content": t}, "done": False} for t in answer.tokens]
        events.append({**head, "message": say, **final})
        lines = [json.dumps(e, ensure_ascii=False).encode() + b"\n" for e in events]
        return Response(200, {"Content-Type": self.stream_type}, lines, stream=True)

    # What faults.py breaks streams with.
    def say_again(self, pieces):
        frames = [json.loads(p) for p in pieces]
        text = "".join(f["message"]["content"] for f in frames)
        frames[-1]["message"]["content"] = text if len(text) >= 16 else ""
        return pieces[:-1] + [json.dumps(frames[-1]).encode() + b"\n"]

    def error_event(self, message):
        return json.dumps({"error": message}).encode() + b"\n"

    done_event = json.dumps({"model": "m", "message": {"role": "assistant", "content": ""},
                             "done": True}).encode() + b"\n"  # ends the stream, but not why

    def text_event(self, content):
        return b'{"model":"m","message":{"role":"assistant","content":"' + content + b'"},"done":false}\n'

    def error_body(self, message, kind, status):
        return {"error": message}
