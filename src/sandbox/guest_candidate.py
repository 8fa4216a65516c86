"""The candidate's side of a grading: runs the program under test, then does what the checker asks.

Everything here shares the interpreter with a hostile program and is worth nothing as protection. It need not be: what
it sends is a claim that the checker decodes to plain values, and nothing it is sent contains an expected value."""
import importlib as _importlib
import operator as _operator
import types as _types

ITERABLES = (_types.GeneratorType, map, filter, zip, enumerate, reversed, type({}.keys()), type({}.values()),
             type({}.items()), type(iter([])), type(iter(())), type(iter("")), type(iter(range(1))),
             type(iter({})), type(iter(set())))
FUNCTIONS = (_types.FunctionType, _types.BuiltinFunctionType, _types.MethodType, type)


class Exported:
    """A function of the checker's that was passed as an argument."""

    def __init__(self, wire, number):
        self._wire, self._number = wire, number

    def __call__(self, *args, **kwargs):
        return self._wire.ask("c", (self, *args, *kwargs.values()), list(kwargs))


class Candidate(Wire):
    def __init__(self, fd, names):
        super().__init__(fd)
        self.names = names    # the program's globals
        self.handles = []     # objects the checker holds by number
        self.numbers = {}     # id -> number
        self.records = set()  # classes that cross by value: the task's own

    # ---- values ----

    def encode_foreign(self, frame, x, depth):
        if type(x) is Exported:
            return ["x", x._number]
        name = type(x).__name__
        if name in self.records and type(x) is self.names.get(name) and hasattr(x, "__dict__"):
            return encode_record(frame, x, name, depth)
        plain = frame.encode_base(x, depth)
        if plain is not NotImplemented:
            return plain
        number = self.numbers.get(id(x))
        if number is None:
            number = self.numbers[id(x)] = len(self.handles)
            self.handles.append(x)
        kind = "f" if isinstance(x, FUNCTIONS) else "i" if self.iterable(x) else "o"
        return ["h", number, kind, name]

    @staticmethod
    def iterable(x):
        return isinstance(x, ITERABLES) or type(x).__module__ == "itertools"

    def decode_foreign(self, frame, tag, x, depth):
        if tag == "h":
            return self.handles[x[1]]
        if tag == "x":
            return Exported(self, x[1])
        if tag == "k":
            return decode_record(frame, x, self.names[x[1]], depth)
        raise WireError("malformed value")

    # ---- requests ----

    def ask(self, verb, operands, names):
        """A call of something exported: the checker may ask things in between."""
        frame = Frame(self)
        encoded = [frame.encode(x) for x in operands]
        before = snapshot(frame.table)
        self.send([verb, encoded, names])
        while True:
            reply = self.receive()
            if reply[0] in "=!":
                break
            self.send(self.answer(reply))
        apply_changes(frame, reply[1], len(before))
        if reply[0] == "=":
            return frame.decode(reply[2])
        kind = getattr(__builtins__, reply[2], None) if hasattr(__builtins__, "print") else \
            __builtins__.get(reply[2])
        raise (kind if isinstance(kind, type) and issubclass(kind, Exception) else RuntimeError)(
            *frame.decode(reply[3]))

    def answer(self, request):
        verb, encoded, names = request
        frame = Frame(self)
        operands = [frame.decode(x) for x in encoded]
        before = snapshot(frame.table)
        try:
            value = self.perform(verb, operands, names)
            return ["=", changes(frame, before), frame.encode(value)]
        except BaseException as e:
            return self.failure(e, frame, before)

    def perform(self, verb, operands, names):
        if verb == "g":  # call a global: names[0], the rest are keywords
            n = len(operands) - len(names) + 1
            return self.names[names[0]](*operands[:n], **dict(zip(names[1:], operands[n:])))
        if verb == "c":
            n = len(operands) - len(names)
            return operands[0](*operands[1:n], **dict(zip(names, operands[n:])))
        if verb == "n":
            return self.kind_of(names[0])
        if verb == "v":
            return self.names[names[0]]
        if verb == "a":
            return getattr(operands[0], names[0])
        if verb == "k":
            self.records = set(names)
            return None
        if verb == "A":
            return setattr(operands[0], names[0], operands[1])
        return OPERATIONS[names[0]](*operands)

    def kind_of(self, name):
        """How the checker should stand for a global of the program: ["function"], ["module", "math"], ..."""
        if name not in self.names:
            return ["missing"]
        x = self.names[name]
        if isinstance(x, _types.ModuleType):
            return ["module", x.__name__]
        home, inner = getattr(x, "__module__", None), getattr(x, "__qualname__", None)
        if isinstance(home, str) and isinstance(inner, str) and home != "solution" and callable(x):
            if getattr(sys.modules.get(home), inner, None) is x:
                return ["import", home, inner]
        if isinstance(x, type):
            if issubclass(x, BaseException):
                return ["exception", *[c.__name__ for c in x.__mro__]]
            return ["class"]
        return ["function"] if callable(x) else ["data"]

    def failure(self, e, frame, before):
        """An exception travels as type, plain arguments, bases, and where it happened."""
        args = getattr(e, "args", ())
        if not all(type(a) in SCALARS or type(a) is int for a in args):
            args = (text_of(e),)
        args = [a[:4000] if type(a) is str else a for a in args[:10]]
        try:
            listed = changes(frame, before)
        except Exception:
            listed = []
        try:
            encoded = Frame(self).encode(args)
        except Exception:
            encoded = ["l"]
        bases = [c.__name__ for c in type(e).__mro__][:20]
        return ["!", listed, type(e).__name__, encoded, bases, text_of(e)[:2000], place_of(e)]


OPERATIONS = {"len": len, "iter": iter, "next": next, "str": str, "repr": repr, "bool": bool,
              "isinstance": isinstance, "getitem": _operator.getitem, "contains": _operator.contains}
OPERATIONS.update((name, getattr(_operator, name)) for name in
                  "eq ne lt le gt ge add sub mul truediv floordiv mod pow neg and_ or_ xor".split())


def place_of(e):
    """ "line 3" of the innermost frame in the program; for a SyntaxError, the line it names."""
    if isinstance(e, SyntaxError) and e.filename == "main.py":
        return f"line {e.lineno}"
    line, trace = None, getattr(e, "__traceback__", None)
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "main.py":
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"line {line}" if line else ""


def load_program(code, prelude):
    """The program's globals. A module of its own, so that dataclasses, pickle and typing find it."""
    module = _types.ModuleType("solution")
    sys.modules["solution"] = module
    names = module.__dict__
    if prelude:
        exec(compile(prelude, "prelude.py", "exec", dont_inherit=True), names)
    exec(compile(code, "main.py", "exec", dont_inherit=True), names)
    return names


def serve(fd, inputs):
    code, prelude, entry = inputs
    candidate = Candidate(fd, {})
    try:
        candidate.names = load_program(code, prelude)
        candidate.send(["=", [], ["l", *candidate.kind_of(entry.decode())] if entry else ["l"]])
    except BaseException as e:
        candidate.send(candidate.failure(e, Frame(candidate), []))
        return 0, []
    try:
        while True:
            request = candidate.receive()
            try:
                reply = candidate.answer(request)
                candidate.send(reply)
            except (WireError, RecursionError, ValueError) as e:
                candidate.send(["!", [], "ValueError", ["l", str(e)], ["ValueError"], str(e), ""])
    except PeerGone:
        return 0, []
