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
MAX_DEPTH = 150
MAX_INT = 1 << 53
SCALARS = frozenset((type(None), bool, str, float))
MUTABLE = {list: "l", dict: "d", set: "s", bytearray: "B", deque: "q", Counter: "C", OrderedDict: "O",
           defaultdict: "D"}
MUTABLE_TAGS = {tag: kind for kind, tag in MUTABLE.items()}
FACTORIES = {"int": int, "list": list, "dict": dict, "set": set, "str": str, "float": float, "bool": bool,
             "tuple": tuple}
DATES = ("date", "datetime", "time")
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

    def __init__(self, fd):
        self.fd = fd

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
            message, _ = _from_json(b"".join(parts).decode())
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
        return self._encode_rare(x, t, depth)

    def contents(self, x, tag, depth=0):
        if tag == "l":
            kinds = set(map(type, x))
            if kinds <= SCALARS or kinds == {int} and -MAX_INT < min(x) and max(x) < MAX_INT:
                return ["l", *x]
            return ["l", *[self.encode(y, depth + 1) for y in x]]
        if tag in "sq":
            head = [tag] if tag == "s" else [tag, x.maxlen]
            return head + [self.encode(y, depth + 1) for y in x]
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

    def _encode_rare(self, x, t, depth):
        if t is frozenset:
            return ["f", *[self.encode(y, depth + 1) for y in x]]
        if t is bytes:
            return ["b", x.decode("latin-1")]
        if t is complex:
            return ["c", x.real, x.imag]
        if t is range:
            return ["g", *[self.encode(y) for y in (x.start, x.stop, x.step)]]
        if t is slice:
            return ["S", *[self.encode(y, depth + 1) for y in (x.start, x.stop, x.step)]]
        if x is Ellipsis:
            return ["."]
        if t is type and FACTORIES.get(x.__name__) is x:
            return ["y", x.__name__]
        if t is library("decimal", "Decimal"):
            return ["m", str(x)]
        if t is library("fractions", "Fraction"):
            return ["F", self.encode(x.numerator), self.encode(x.denominator)]
        if t.__name__ in DATES and t is library("datetime", t.__name__) and getattr(x, "tzinfo", None) is None:
            return ["T", t.__name__, x.isoformat()]
        if t is library("datetime", "timedelta"):
            return ["E", x.days, x.seconds, x.microseconds]
        numpy = sys.modules.get("numpy")
        if numpy and isinstance(x, numpy.generic):
            return self.encode(x.item(), depth)
        if numpy and t is numpy.ndarray and x.dtype.kind in "biufc":
            return ["n", x.dtype.str, self.encode(x.shape), self.encode(x.ravel().tolist())]
        return self.wire.encode_foreign(self, x, depth)

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
            return self._decode_rare(tag, x, depth)
        except (IndexError, TypeError, ValueError, ArithmeticError, AttributeError, KeyError):
            raise WireError("malformed value") from None

    @staticmethod
    def _empty(kind, tag, x):
        if tag == "D":
            return defaultdict(FACTORIES.get(x[1]) if type(x[1]) is str else None)
        if tag == "q":
            return deque(maxlen=x[1])
        return kind()

    def fill(self, made, tag, x, depth=0):
        """Gives a container the contents in x, from empty or from what it was."""
        if tag == "l":
            made[:] = [y if type(y) is not list else self.decode(y, depth + 1) for y in x[1:]]
        elif tag in "sq":
            items = [self.decode(y, depth + 1) for y in x[1 if tag == "s" else 2:]]
            made.clear()
            made.update(items) if tag == "s" else made.extend(items)
        elif tag == "B":
            made[:] = x[1].encode("latin-1")
        else:
            flat = [self.decode(y, depth + 1) for y in x[2 if tag == "D" else 1:]]
            made.clear()
            for i in range(0, len(flat), 2):
                made[flat[i]] = flat[i + 1]

    def _decode_rare(self, tag, x, depth):
        if tag == "i":
            return int(x[1], 16)
        if tag == "f":
            return frozenset([self.decode(y, depth + 1) for y in x[1:]])
        if tag == "b":
            return x[1].encode("latin-1")
        if tag == "c":
            return complex(*map(float, x[1:3]))
        if tag == "g":
            return range(*[self.decode(y) for y in x[1:4]])
        if tag == "S":
            return slice(*[self.decode(y, depth + 1) for y in x[1:4]])
        if tag == ".":
            return Ellipsis
        if tag == "y":
            return FACTORIES[x[1]]
        if tag == "m":
            return library("decimal", "Decimal", True)(x[1])
        if tag == "F":
            return library("fractions", "Fraction", True)(self.decode(x[1]), self.decode(x[2]))
        if tag == "T" and x[1] in DATES:
            return library("datetime", x[1], True).fromisoformat(x[2])
        if tag == "E":
            return library("datetime", "timedelta", True)(*x[1:4])
        if tag == "n":
            flat = self.decode(x[3])
            return sys.modules["numpy"].array(flat, dtype=x[1]).reshape(self.decode(x[2]))
        return self.wire.decode_foreign(self, tag, x, depth)


def snapshot(table):
    """Shallow copies of containers: enough to see later which of them changed, as each is in the table itself."""
    return [flat_items(x) for x in table]


def flat_items(x):
    if type(x) not in MUTABLE:  # a record
        x = vars(x)
    if isinstance(x, dict):
        return [y for pair in x.items() for y in pair]
    return list(x)


def changes(frame, before):
    """[[position, new contents]] of the containers that differ from the snapshot."""
    out = []
    for k, old in enumerate(before):
        x = frame.table[k]
        new = flat_items(x)
        if len(new) != len(old) or any(map(is_not, new, old)):
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
        except (IndexError, TypeError, ValueError, AttributeError):
            raise WireError("malformed value") from None


def encode_record(frame, x, name, depth):
    """An instance of a class that the task itself defines crosses by value: name and attributes."""
    k = frame.index.get(id(x))
    if k is not None:
        return ["r", k]
    frame.index[id(x)] = len(frame.table)
    frame.table.append(x)
    return ["k", name, *record_contents(frame, x, depth)]


def record_contents(frame, x, depth=0):
    return [frame.encode(y, depth + 1) for pair in vars(x).items() for y in pair]


def decode_record(frame, x, kind, depth):
    made = object.__new__(kind)
    frame.table.append(made)
    frame.index[id(made)] = len(frame.table) - 1
    fill_record(frame, made, x, depth)
    return made


def fill_record(frame, made, x, depth=0):
    flat = [frame.decode(y, depth + 1) for y in x[2:]]
    fields = dict(zip(flat[::2], flat[1::2]))
    if not all(type(name) is str for name in fields):
        raise WireError("malformed value")
    vars(made).clear()
    vars(made).update(fields)
