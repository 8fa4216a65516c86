"""The wire between checker and candidate: values survive the way there and back, and no message that a program could send
makes the checker's end do anything but decode it or refuse it with WireError."""
import json
import pathlib
import random
import socket
from collections import Counter, OrderedDict, deque
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

CHECKER = "wire values numpy sympy program explain guard proxy calls names checker"
ROUNDS = 3000


def load(folder, names):
    """The modules as hrm-python loads them: into one dict."""
    guest = {"__builtins__": __builtins__ if isinstance(__builtins__, dict) else vars(__builtins__)}
    for name in names.split():
        path = pathlib.Path(folder) / f"guest_{name}.py"
        exec(compile(path.read_text(), f"<hrm {path.stem}>", "exec"), guest)
    return guest


def some_value(rng, depth=0):
    leaves = [lambda: None, lambda: rng.random() < .5, lambda: rng.randint(-2 ** 70, 2 ** 70), lambda: rng.gauss(0, 1e6),
              lambda: "".join(chr(rng.choice((97, 0x20ac, 0x1f600, 0))) for _ in range(rng.randint(0, 5))),
              lambda: bytes(rng.randrange(256) for _ in range(rng.randint(0, 5))), lambda: complex(1, rng.random()),
              lambda: Fraction(rng.randint(-9, 9), rng.randint(1, 9)), lambda: Decimal(rng.randint(-99, 99)) / 7,
              lambda: date(2024, rng.randint(1, 12), 3), lambda: timedelta(rng.randint(-9, 9), 5, 7),
              lambda: datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=rng.randint(-9, 9)))),
              lambda: range(rng.randint(0, 9)), lambda: int, lambda: ValueError, lambda: ...]
    if depth > 3 or rng.random() < .4:
        return rng.choice(leaves)()
    several = [some_value(rng, depth + 1) for _ in range(rng.randint(0, 6))]
    hashable = [x for x in several if type(x) in (int, str, bytes, float, bool, type(None), Fraction, Decimal)]
    return rng.choice([lambda: several, lambda: tuple(several), lambda: dict(zip(hashable, several)),
                       lambda: set(hashable), lambda: frozenset(hashable), lambda: deque(several, maxlen=9),
                       lambda: Counter(hashable), lambda: OrderedDict(zip(hashable, several)),
                       lambda: bytearray(b"ab")])()


def same(a, b):
    """Equal, of the same types, and iterating alike."""
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple, deque)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, (dict, set, frozenset)):
        return list(a) == list(b) and a == b
    return a == b


def check_round_trip(report, guest):
    rng = random.Random(1)
    for i in range(ROUNDS):
        value = some_value(rng)
        text = json.dumps(guest["Frame"](None).encode(value))
        got = guest["Frame"](None).decode(json.loads(text))
        if not same(value, got):
            report.add("the wire carries values", f"{value!r} arrived as {got!r}")
            return
    report.add("the wire carries values")
    for n in range(2, 40):
        shrunk = set(range(n * 3))
        shrunk -= set(range(n, n * 3))
        for x in (set(range(11, 11 + n)) | {16}, shrunk, frozenset(map(str, range(n))), {12, 13, 14, 15, 16}):
            got = guest["Frame"](None).decode(json.loads(json.dumps(guest["Frame"](None).encode(x))))
            if list(got) != list(x):
                report.add("sets iterate as they did", f"{list(x)} arrived as {list(got)}")
                return
    report.add("sets iterate as they did")


TAGS = "l d s B q C O D t f b c g S . ! y m F T E Z Zi P Pm I Ib N ns n i r h x k V w M e ex Y Yr Yf Ys Yc Ym".split()


def some_message(rng, depth=0):
    """What a hostile program might send: tags with anything behind them."""
    if depth > 3 or rng.random() < .35:
        return rng.choice([None, True, 0, -1, 7, 1.5, "", "o", "x" * 9, "0x1f", "int", "date", "2024-01-01", "Integer", "(",
                           2 ** 62, [], {}, {"a": 1}, "<f8", "O", "os", "eval"])
    return [rng.choice(TAGS), *[some_message(rng, depth + 1) for _ in range(rng.randint(0, 5))]]


def check_hostile_messages(report, guest):
    rng = random.Random(2)
    ours, _theirs = socket.socketpair()
    for i in range(ROUNDS * 3):
        wire = guest["Checker"](ours.fileno())
        wire.ask = lambda *call: guest["malformed"]()  # the candidate of this test answers no question
        message = some_message(rng)
        try:
            guest["Frame"](wire).decode(message)
            reply = [rng.choice("=!"), some_message(rng), *[some_message(rng) for _ in range(rng.choice((1, 7)))]]
            if reply[0] == "!":
                wire.exception(guest["Frame"](wire), reply, 0)
            else:
                guest["apply_changes"](guest["Frame"](wire), reply[1], 0)
        except guest["WireError"]:
            pass
        except Exception as e:
            report.add("no message does more than be refused", f"{message!r}: {type(e).__name__}: {e}")
            return
    report.add("no message does more than be refused")


def check_all(report, folder):
    guest = load(folder, CHECKER)
    check_round_trip(report, guest)
    check_hostile_messages(report, guest)
