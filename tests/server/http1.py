"""HTTP/1.1 as far as a model server needs it, over asyncio streams.

A Response says what goes onto the wire and how it ends, so that faults.py can bend it.
"""
import asyncio
import json
import socket
import struct
from dataclasses import dataclass, field

REASONS = {200: "OK", 302: "Found", 307: "Temporary Redirect", 400: "Bad Request", 401: "Unauthorized",
           404: "Not Found", 429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway",
           503: "Service Unavailable", 504: "Gateway Timeout"}


@dataclass
class Request:
    method: str
    path: str
    headers: dict  # names in lower case
    body: bytes

    def json(self):
        """The body as an object, or None when it is not one."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return None
        return value if isinstance(value, dict) else None


@dataclass
class Response:
    status: int = 200
    headers: dict = field(default_factory=dict)
    pieces: list = field(default_factory=list)  # [bytes]: the events of a stream, or one whole body
    stream: bool = False    # chunked, else with Content-Length
    first_s: float = 0.0    # pause before the first byte
    between_s: float = 0.0  # pause between pieces
    ending: str = "whole"   # whole | fin (cut: closed before its end) | reset (the same, by RST)
    hang_up: bool = False   # close after a whole answer although keep-alive was promised


def json_response(value, status=200, headers=None):
    head = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
    return Response(status, head, [json.dumps(value).encode()])


def text_response(text, status=200, content_type="text/html; charset=utf-8"):
    return Response(status, {"Content-Type": content_type}, [text.encode()])


async def read_request(reader, writer):
    """The next request of a connection, or None when the peer is done with it."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, path, headers, body)


def reset(writer):
    """Closes with RST instead of FIN."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def head_bytes(r, keep_alive):
    headers = dict(r.headers)
    if r.stream:
        headers["Transfer-Encoding"] = "chunked"
    else:
        headers["Content-Length"] = str(sum(map(len, r.pieces)))
    headers["Connection"] = "keep-alive" if keep_alive else "close"
    lines = [f"HTTP/1.1 {r.status} {REASONS.get(r.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def send_response(writer, r, keep_alive):
    """Writes r. True when the connection can carry another request."""
    keep_alive = keep_alive and r.ending == "whole"
    if r.first_s:
        await asyncio.sleep(r.first_s)
    # A cut answer looks on the wire as if it would go on: framed as what it was, ended early.
    out = bytearray()
    if r.pieces or r.ending == "whole":
        out += head_bytes(r, keep_alive or r.ending != "whole")
    if r.ending != "whole" and not r.stream:
        out = out.replace(b"Content-Length: ", b"Content-Length: 9", 1)
    for piece in r.pieces:
        out += b"%x\r\n%b\r\n" % (len(piece), piece) if r.stream else piece
        if r.between_s:
            writer.write(bytes(out))
            out = bytearray()
            await writer.drain()
            await asyncio.sleep(r.between_s)
    if r.stream and r.ending == "whole":
        out += b"0\r\n\r\n"
    writer.write(bytes(out))
    await writer.drain()
    if r.ending == "reset":
        reset(writer)
    return keep_alive and not r.hang_up
