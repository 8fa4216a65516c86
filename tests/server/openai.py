"""The OpenAI-compatible protocol as its dialects speak it: llama-server, vLLM, LM Studio, plain OpenAI."""
import json

from http1 import Response, json_response

CREATED = 1785585600
TEMPLATE = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}"


class OpenAI:
    """api.openai.com itself."""
    chat_paths = ("/v1/chat/completions",)
    stream_type = "text/event-stream; charset=utf-8"
    owner = "system"
    requests_per_connection = 1000
    not_faults = ()
    paths_while_loading = ("/v1/models",)
    reasoning_key = None  # hidden
    done_event = b"data: [DONE]\n\n"

    def __init__(self, server):
        self.server = server

    def model(self, name):
        return {"id": name, "object": "model", "created": CREATED, "owned_by": self.owner}

    def error_body(self, message, kind, status):
        return {"error": {"message": message, "type": kind, "param": None, "code": None}}

    def error(self, message, kind, status):
        return json_response(self.error_body(message, kind, status), status)

    def missing(self, name):
        return self.error(f"The model `{name}` does not exist or you do not have access to it.",
                          "model_not_found", 404)

    def get(self, request):
        path = request.path.partition("?")[0]
        if path == "/v1/models":
            return json_response({"object": "list", "data": [self.model(m) for m in self.server.models]})
        return None

    def post(self, request):
        return None

    def limit(self, body):
        return body.get("max_completion_tokens", body.get("max_tokens"))

    def seed(self, body):
        return body.get("seed", 0)

    def refuse(self, body, prompt_tokens):
        if "max_tokens" in body and body.get("model", "").startswith("o"):
            return self.error("Unsupported parameter: 'max_tokens' is not supported with this model. "
                              "Use 'max_completion_tokens' instead.", "invalid_request_error", 400)
        return None

    def usage(self, answer):
        return {"prompt_tokens": answer.prompt_tokens, "completion_tokens": answer.generated_tokens,
                "total_tokens": answer.prompt_tokens + answer.generated_tokens}

    def more(self, answer):
        return {"system_fingerprint": "fp_scripted"}

    def whole(self, body, answer, head):
        message = {"role": "assistant", "content": answer.text}
        if answer.reasoning and self.reasoning_key:
            message[self.reasoning_key] = answer.reasoning
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": answer.finish}
        return json_response({**head, "object": "chat.completion", "choices": [choice],
                              "usage": self.usage(answer), **self.more(answer)})

    def chat(self, body, answer):
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": CREATED,
                "model": body.get("model")}
        if not body.get("stream"):
            return self.whole(body, answer, head)

        def event(delta, finish=None):
            return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

        events = [event({"role": "assistant", "content": None})]
        if answer.reasoning and self.reasoning_key:
            events += [event({self.reasoning_key: word + " "}) for word in answer.reasoning.split(" ")]
        events += [event({"content": token}) for token in answer.tokens]
        events.append(event({}, answer.finish))
        if (body.get("stream_options") or {}).get("include_usage"):
            events.append({**head, "choices": [], "usage": self.usage(answer), **self.more(answer)})
        lines = [b"data: " + json.dumps(e, ensure_ascii=False).encode() + b"\n\n" for e in events]
        return Response(200, {"Content-Type": self.stream_type}, lines + [self.done_event], stream=True)

    def say_again(self, pieces):
        choices = [c for p in pieces if p.startswith(b"data: {") for c in json.loads(p[6:])["choices"]]
        text = "".join(c["delta"].get("content") or "" for c in choices)
        again = {"object": "chat.completion", "choices": [
            {"index": 0, "message": {"role": "assistant", "content": text},
             "finish_reason": choices[-1]["finish_reason"]}]}
        return pieces[:-1] + [b"data: " + json.dumps(again).encode() + b"\n\n"] + pieces[-1:]

    def error_event(self, message):
        return b"data: " + json.dumps(self.error_body(message, "server_error", 500)).encode() + b"\n\n"

    def text_event(self, content):
        delta = b'{"content":"' + content + b'"}'
        return b'data: {"choices":[{"index":0,"delta":' + delta + b',"finish_reason":null}]}\n\n'


class LlamaServer(OpenAI):
    owner = "llamacpp"
    requests_per_connection = 100
    reasoning_key = "reasoning_content"

    def model(self, name):
        meta = {"vocab_type": 2, "n_vocab": 128256, "n_ctx_train": 131072, "n_embd": 4096,
                "n_params": self.server.args.params, "size": 4912898048}
        return {**super().model(name), "meta": meta}

    def error_body(self, message, kind, status):
        return {"error": {"code": status, "message": message, "type": kind}}

    def missing(self, name):
        return None  # llama-server has one model and ignores the name

    def get(self, request):
        path = request.path.partition("?")[0]
        args = self.server.args
        slots = [{"id": i, "n_ctx": args.n_ctx, "is_processing": False} for i in range(args.slots)]
        if path in ("/health", "/v1/health"):
            return json_response({"status": "ok"})
        if path == "/props":
            return json_response({"default_generation_settings": {"n_ctx": args.n_ctx, "params": {}},
                                  "total_slots": args.slots, "model_path": "/models/" + (args.weights + ".gguf" if args.weights
                                                                else self.server.models[0]),
                                  "chat_template": TEMPLATE + args.turn, "build_info": "b10470-scripted"})
        if path == "/slots":
            return json_response(slots)
        return super().get(request)

    def post(self, request):
        body = request.json() or {}
        if request.path == "/v1/chat/completions/input_tokens":
            text = "\n".join(str(m.get("content") or "") for m in body.get("messages", []))
            return json_response({"input_tokens": len(text) // 4 + 1})
        if request.path == "/apply-template":
            turns = [self.turn(m["role"], m["content"]) for m in body.get("messages", [])]
            return json_response({"prompt": "".join(turns) + self.turn("assistant", "")})
        if request.path == "/tokenize":
            text = body.get("content", "")  # counted as the oracle counts: without the marks
            for role in ("system", "user", "assistant"):
                for mark in self.turn(role, "{content}").split("{content}"):
                    text = text.replace(mark, "") if mark else text
            return json_response({"tokens": [1] * (len(text) // 4 + 1)})
        return None

    def turn(self, role, content):
        return self.server.args.turn.replace("{role}", role).replace("{content}", content)

    def refuse(self, body, prompt_tokens):
        if prompt_tokens <= self.server.args.n_ctx:
            return None
        return json_response({"error": {
            "code": 400, "type": "exceed_context_size_error",
            "message": "the request exceeds the available context size",
            "n_prompt_tokens": prompt_tokens, "n_ctx": self.server.args.n_ctx}}, 400)

    def more(self, answer):
        return {"timings": {"prompt_n": answer.prompt_tokens, "predicted_n": answer.generated_tokens,
                            "prompt_ms": 10.0, "predicted_ms": 40.0}}


class VLLM(OpenAI):
    owner = "vllm"
    reasoning_key = "reasoning"

    def model(self, name):
        more = {"root": name, "parent": None, "max_model_len": self.server.args.n_ctx}
        return {**super().model(name), **more}

    def get(self, request):
        if request.path == "/version":
            return json_response({"version": "0.11.0"})
        if request.path == "/health":
            return Response(200, {"Content-Type": "text/plain"}, [b""])
        return super().get(request)


class LMStudio(OpenAI):
    owner = "organization_owner"
    reasoning_key = "reasoning_content"

    def get(self, request):
        if request.path == "/api/v0/models":
            more = {"type": "llm", "publisher": "scripted", "arch": "llama", "compatibility_type": "gguf",
                    "quantization": "Q4_K_M", "state": "loaded", "max_context_length": 131072,
                    "loaded_context_length": self.server.args.n_ctx}
            return json_response({"object": "list", "data": [{"id": m, "object": "model", **more}
                                                             for m in self.server.models]})
        return super().get(request)
