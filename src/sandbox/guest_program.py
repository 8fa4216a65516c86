"""What every forked run shares: preloading before the fork, and the end of a program after it."""
import atexit
import io
import json
import linecache
import random
import sys
import traceback

# What programs import most. A module here saves its import where it is used; everywhere else it costs the copying of
# its page tables, so dataclasses (which brings inspect and ast), statistics (fractions, decimal) and threading are left
# to those that want them.
COMMON = """abc array bisect collections collections.abc contextlib copy datetime enum functools heapq io itertools json
math operator os random re string struct time types typing""".split()
COMMON_IN_TESTS = "collections copy json math random".split()


def preload(checker, numeric):
    """Before the fork. Says whether numpy is loaded."""
    import builtins
    import importlib
    import _sitebuiltins
    builtins.exit = _sitebuiltins.Quitter("exit", "Ctrl-D")
    builtins.quit = _sitebuiltins.Quitter("quit", "Ctrl-D")
    for name in COMMON_IN_TESTS if checker else COMMON:
        importlib.import_module(name)
    if numeric:
        for name in ("numpy", "sympy"):
            try:
                importlib.import_module(name)
            except ImportError:
                pass
        register_numpy()
    return "numpy" in sys.modules


REHEARSAL = b"""
from typing import List
def f(items: List[int], text, n=0):
    counts = {x: text.count(str(x)) for x in sorted(set(items))}
    total = 0
    for i, x in enumerate(items):
        if x % 2 == 0 and x not in counts:
            total += x
        elif x > 1 or not text:
            total = max(total, x - i)
    text = ' '.join(word[::-1].lower() for word in text.split())
    while n:
        n //= 2
    return [total, len(text), (1.5, None)]
out = f([1, 2, 3], 'a b')
"""


REHEARSALS = 10  # Python rewrites a function's code when it has been called eight times


def rehearse(checker, here, there):
    """Before the fork: grades over a socket pair with nobody at its other end. What Python makes at first use (the parser's
    tables, caches of methods, specialised code) is then inherited by the runs, not made by each."""
    def queue(message):
        data = _to_json(message).encode()
        _write(there, len(data).to_bytes(4, "little") + data)

    seed_random(0)
    traceback.format_exception(ValueError("rehearsed"))
    print(1, 2, file=io.StringIO())
    for _ in range(REHEARSALS):
        if checker:
            queue(["=", [], ["l", "function"]])
            for _ in range(3):
                queue(["=", [], ["l", 1, 3, ["t", 1.5, None]]])
            test = b"assert f([1, 2, 3], 'a b', n=2) == [1, 3, (1.5, None)]"
            body = b"def check(candidate):\n" + b"    " + test.replace(b"f(", b"candidate(") + b"\n"
            _, report = check(here, [b"", b"f", b"", b"", b"1", test, test, body])
            if report[3::3] != [b"p"] * 3:
                raise RuntimeError(f"the rehearsal failed: {report}")
        else:
            for _ in range(3):
                queue(["g", [["l", 1, 2, 3], "a b", 2], ["f", "n"]])
            queue("the end")
            try:
                serve(here, [REHEARSAL, b"", b"f"])
            except WireError:
                pass
    sys.modules.pop("solution", None)


def seed_random(seed):
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed & 0xffffffff)


def text_of(exc):
    """The message of an exception, whatever its __str__ does."""
    try:
        return str(exc)
    except Exception:
        return "<message could not be made>"


def to_bytes(text, limit=4000):
    return text[:limit].encode("utf-8", "replace")


def show_traceback(exc, source):
    """As Python would, with the program's own lines in it."""
    text = source.decode("utf-8", "replace")
    linecache.cache["main.py"] = (len(text), None, text.splitlines(True), "main.py")
    shown = "".join(traceback.format_exception(exc))
    if len(shown) > 16000:
        shown = shown[:6000] + "\n...\n" + shown[-6000:]
    sys.stderr.write(shown)


def exit_code(exc):
    """Of SystemExit, as Python does it."""
    if exc.code is None:
        return 0
    if isinstance(exc.code, int):
        return exc.code & 0xff
    print(exc.code, file=sys.stderr)
    return 1


def json_fallback(x):
    """For values json does not know: plain numbers and lists where there is a natural one, else repr."""
    for convert in ("tolist", "item"):  # numpy
        if hasattr(type(x), convert):
            return getattr(x, convert)()
    if isinstance(x, (set, frozenset)):
        return sorted(x, key=repr)
    if hasattr(type(x), "__index__"):
        return x.__index__()
    if hasattr(type(x), "__float__"):
        return float(x)
    return repr(x)


def json_value(x):
    """JSON text of a variable. Integers beyond 64 bits and non-finite numbers become strings."""
    if type(x) is int and not -2**63 <= x < 2**63:
        return json.dumps(hex(x) if x.bit_length() > 10000 else str(x))
    text = json.dumps(x, default=json_fallback)
    try:
        json.loads(text, parse_constant=lambda c: 1 / 0)
    except ZeroDivisionError:
        return json.dumps(repr(x))
    return text


def flush(stream):
    try:
        stream.flush()
        return True
    except Exception:
        return False


def finish(exc, inputs):
    """The end of a program: traceback, value, threads, exit handlers, flush. (exit status, report)"""
    status, kind, message, value = 0, "", "", b""
    if isinstance(exc, SystemExit):
        status = exit_code(exc)
        if status:
            kind, message = "SystemExit", str(status)
    elif exc is not None:
        status, kind, message = 1, type(exc).__name__, text_of(exc)
        try:
            show_traceback(exc, inputs[0])
        except Exception:
            print(f"{kind}: {message}", file=sys.stderr)
    if status == 0 and inputs[1]:
        main = sys.modules["__main__"].__dict__
        name = inputs[1].decode()
        if name in main:
            try:
                value = to_bytes(json_value(main[name]), 1 << 20)
            except Exception:
                value = to_bytes(json.dumps(text_of(main[name])), 1 << 20)
    if "threading" in sys.modules:
        sys.modules["threading"]._shutdown()
    atexit._run_exitfuncs()
    if not flush(sys.stdout) and status == 0:
        status = 120
    flush(sys.stderr)
    return status, [to_bytes(kind, 200), to_bytes(message), value]
