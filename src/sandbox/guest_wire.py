"""Values on the wire between a candidate and its checker.

A message is a length and a JSON text. Only exact built-in values cross, so no method of one side ever runs in the
other: scalars as JSON scalars, everything else as a list with a tag. Mutable containers are numbered in the
order in which they are met; a second meeting is a reference, and after a call the receiver returns the new
contents of those it was given: call by copy-restore (Tilevich and Smaragdakis, NRMI, 2003)."""
import json as _json
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from operator import is_not
from posix import read as _read, write as _write

MAX_BYTES = 8 << 20
MAX_DEPTH = 250
MAX_INT = 1 << 53
SCALARS = frozenset((type(None), bool, str, float))
MUTABLE = {list: "l", dict: "d", set: "s", bytearray: "B", deque: "q", Counter: "C", OrderedDict: "O",
           defaultdict: "D"}
MUTABLE_TAGS = {tag: kind for kind, tag in MUTABLE.items()}
FACTORIES = {"int": int, "list": list, "dict": dict, "set": set, "str": str, "float": float, "bool": bool,
             "tuple": tuple}
BASES = (int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset)

_to_json = _json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_from_json = _json.JSONDecoder().raw_decode


def library(module, name, load=False):
    """A class of the standard library; None if its module is not loaded and need not be."""
    if load:
        __import__(module)
    return getattr(sys.modules.get(module), name, None)


class WireError(Exception):
    """What came is malformed, or what should go is too large."""


class PeerGone(BaseException):
    """The other process has ended."""


class Wire:
    """One end of the socket. Subclasses say what to do with objects that are not plain values."""

    parse = staticmethod(_from_json)

    def __init__(self, fd):
        self.fd = fd

    def check_field(self, field, x):
        """May x be the field of a named tuple?"""

    def send(self, message):
        data = _to_json(message).encode()
        if len(data) > MAX_BYTES:
            raise WireError("value too large to hand over (more than 8 MB)")
        data = len(data).to_bytes(4, "little") + data
        try:
            n = _write(self.fd, data)
            while n < len(data):
                data = data[n:]
                n = _write(self.fd, data)
        except OSError:
            raise PeerGone from None

    def receive(self):
        data = self._more(65536)
        while len(data) < 4:
            data += self._more(65536)
        size = int.from_bytes(data[:4], "little")
        if size > MAX_BYTES:
            raise WireError("message too large")
        parts, have = [data[4:]], len(data) - 4
        while have < size:
            parts.append(self._more(min(size - have, 1 << 20)))
            have += len(parts[-1])
        if have != size:
            raise WireError("message out of turn")
        try:
            message, _ = self.parse(b"".join(parts).decode())
        except (ValueError, RecursionError):
            raise WireError("malformed message") from None
        if type(message) is not list or not message or type(message[0]) is not str:
            raise WireError("malformed message")
        return message

    def _more(self, n):
        try:
            data = _read(self.fd, n)
        except OSError:
            data = b""
        if not data:
            raise PeerGone
        return data


class Frame:
    """The containers of one exchange, in the order in which both sides meet them."""

    def __init__(self, wire):
        self.wire = wire
        self.table = []  # containers
        self.index = {}  # id(container) -> position in table

    def truncate(self, size):
        """Forgets what a failed exchange has added."""
        for x in self.table[size:]:
            self.index.pop(id(x), None)
        del self.table[size:]

    # ---- out ----

    def encode(self, x, depth=0):
        t = type(x)
        if t in SCALARS:
            return x
        if t is int:
            return x if -MAX_INT < x < MAX_INT else ["i", hex(x)]
        if depth > MAX_DEPTH:
            raise WireError("value nested too deeply to hand over")
        if t is tuple:
            return ["t", *[self.encode(y, depth + 1) for y in x]]
        if t in MUTABLE:
            k = self.index.get(id(x))
            if k is not None:
                return ["r", k]
            self.index[id(x)] = len(self.table)
            self.table.append(x)
            return self.contents(x, MUTABLE[t], depth)
        return encode_rare(self, x, t, depth)

    def contents(self, x, tag, depth=0):
        if tag == "l":
            kinds = set(map(type, x))
            if kinds <= SCALARS or kinds == {int} and -MAX_INT < min(x) and max(x) < MAX_INT:
                return ["l", *x]
            return ["l", *[self.encode(y, depth + 1) for y in x]]
        if tag == "s":
            return encode_set(self, tag, x, depth)
        if tag == "q":
            return [tag, x.maxlen] + [self.encode(y, depth + 1) for y in x]
        if tag == "n":
            return encode_array(self, x)
        if tag == "B":
            return [tag, x.decode("latin-1")]
        out = [tag]
        if tag == "D":
            name = getattr(x.default_factory, "__name__", None)
            out.append(name if FACTORIES.get(name) is x.default_factory else None)
        for key, value in x.items():
            out.append(self.encode(key, depth + 1))
            out.append(self.encode(value, depth + 1))
        return out

    def encode_base(self, x, depth):
        """An instance of a subclass of a built-in type, as a value of that type; NotImplemented if it is none."""
        for base in BASES:
            if isinstance(x, base):
                break
        else:
            return NotImplemented
        if base is int:
            return self.encode(int.__index__(x))
        if base is float:
            return float.__float__(x)
        if base is complex:
            return self.encode(complex.__pos__(x))
        if base is str:
            return str.__str__(x)
        if base in (bytes, bytearray):
            return self.encode(base(memoryview(x)))
        if base is tuple:
            return ["t", *[self.encode(y, depth + 1) for y in tuple.__iter__(x)]]
        plain = dict(dict.items(x)) if base is dict else base(base.__iter__(x))
        return self.encode(plain, depth)

    # ---- in ----

    def decode(self, x, depth=0):
        if type(x) is not list:
            if type(x) is dict:
                raise WireError("malformed value")
            return x
        if depth > MAX_DEPTH or not x:
            raise WireError("malformed value")
        tag = x[0]
        try:
            if tag == "t":
                return tuple([self.decode(y, depth + 1) for y in x[1:]])
            kind = MUTABLE_TAGS.get(tag)
            if kind is not None:
                made = self._empty(kind, tag, x)
                self.table.append(made)
                self.index[id(made)] = len(self.table) - 1
                self.fill(made, tag, x, depth)
                return made
            if tag == "r":
                if type(x[1]) is not int or x[1] < 0:
                    raise WireError("malformed value")
                return self.table[x[1]]
            return decode_rare(self, tag, x, depth)
        except WireError:
            raise
        except Exception:  # whatever a library says of what it was given
            raise WireError("malformed value") from None

    @staticmethod
    def _empty(kind, tag, x):
        if tag == "D":
            return defaultdict(FACTORIES.get(x[1]) if type(x[1]) is str else None)
        if tag == "q":
            return deque(maxlen=x[1])
        if tag == "n":
            return empty_array(x)
        return kind()

    def fill(self, made, tag, x, depth=0):
        """Gives a container the contents in x, from empty or from what it was."""
        if tag == "l":
            made[:] = [y if type(y) is not list else self.decode(y, depth + 1) for y in x[1:]]
        elif tag in "sq":
            items = [self.decode(y, depth + 1) for y in x[2:]]
            made.clear()
            fill_set(made, x[1], items) if tag == "s" else made.extend(items)
        elif tag == "n":
            fill_array(self, made, x)
        elif tag == "B":
            made[:] = x[1].encode("latin-1")
        else:
            flat = [self.decode(y, depth + 1) for y in x[2 if tag == "D" else 1:]]
            made.clear()
            for i in range(0, len(flat), 2):
                made[flat[i]] = flat[i + 1]


def snapshot(table):
    """Shallow copies of containers: enough to see later which of them changed, as each is in the table itself."""
    return [flat_items(x) for x in table]


def flat_items(x):
    kind = MUTABLE.get(type(x))
    if kind == "n":
        return [x.dtype.str, x.shape, x.tobytes()]
    if kind is None:
        x = record_fields(x)
    if isinstance(x, dict):
        return [y for pair in x.items() for y in pair]
    return list(x)


def changed(x, old):
    new = flat_items(x)
    if MUTABLE.get(type(x)) == "n":
        return new != old
    return len(new) != len(old) or any(map(is_not, new, old))


def changes(frame, before):
    """[[position, new contents]] of the containers that differ from the snapshot."""
    out = []
    for k, old in enumerate(before):
        x = frame.table[k]
        if changed(x, old):
            tag = MUTABLE.get(type(x))
            new = frame.contents(x, tag) if tag else ["k", "", *record_contents(frame, x)]
            out.append([k, new])
    return out


def apply_changes(frame, listed, limit):
    """The other direction: only containers that were sent (the first `limit`) may change, and not their kind."""
    if type(listed) is not list:
        raise WireError("malformed value")
    for item in listed:
        if type(item) is not list or len(item) != 2 or type(item[0]) is not int or not 0 <= item[0] < limit:
            raise WireError("malformed value")
        k, x = item
        if type(x) is not list or not x or MUTABLE.get(type(frame.table[k]), "k") != x[0]:
            raise WireError("malformed value")
        try:
            if x[0] == "k":
                fill_record(frame, frame.table[k], x)
            else:
                frame.fill(frame.table[k], x[0], x)
        except WireError:
            raise
        except Exception:
            raise WireError("malformed value") from None
