"""The candidate's side of a grading: runs the program under test, then does what the checker asks.

Everything here shares the interpreter with a hostile program and is worth nothing as protection. It need not be: what
it sends is a claim that the checker decodes to plain values, and nothing it is sent contains an expected value."""
import importlib as _importlib
import operator as _operator
import types as _types

ITERATORS = (map, filter, zip, enumerate, reversed, type(iter([])), type(iter(())), type(iter("")), type(iter(range(1))),
             type(iter({})), type(iter({}.values())), type(iter({}.items())), type(iter(set())), type(iter(b"")),
             type(reversed([])), type(iter(len, None)))
FUNCTIONS = (_types.FunctionType, _types.BuiltinFunctionType, _types.MethodType)
LETTERS = {_types.GeneratorType: "g", _types.CoroutineType: "c", _types.AsyncGeneratorType: "a",
           **dict.fromkeys(ITERATORS, "i"), **dict.fromkeys(FUNCTIONS, "f")}
SPECIAL = """add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv mod rmod pow rpow matmul rmatmul and rand or
ror xor rxor lshift rlshift rshift rrshift iadd isub imul itruediv ifloordiv imod ipow imatmul iand ior ixor ilshift
irshift lt le gt ge eq ne neg pos abs invert len iter next reversed contains getitem setitem delitem bool int float index
complex round trunc floor ceil str repr format bytes call enter exit await aiter anext aenter aexit hash""".split()
SPECIAL = [f"__{name}__" for name in SPECIAL]


class Exported:
    """A function of the checker's that was passed as an argument."""

    def __init__(self, wire, number, name, doc):
        self._wire, self._number, self.__name__, self.__qualname__, self.__doc__ = wire, number, name, name, doc

    def __call__(self, *args, **kwargs):
        return self._wire.ask("c", (self, *args, *kwargs.values()), list(kwargs))

    def __get__(self, instance, owner=None):
        return self if instance is None else _types.MethodType(self, instance)


class ExportedIterator:
    """An iterator of the checker's: each value is fetched when it is wanted."""

    def __init__(self, step):
        self._step = step

    def __iter__(self):
        return self

    def __next__(self):
        return self._step()


class Candidate(Wire):
    def __init__(self, fd, names):
        super().__init__(fd)
        self.names = names     # the program's globals
        self.handles = []      # objects the checker holds by number
        self.numbers = {}      # id -> number
        self.types = []        # classes of those objects, by number
        self.records = {}      # classes that cross by value: the task's own; None = the program has none of that name
        self.mirrors = {}      # exception classes of the checker's that the program does not have, by name
        self.raised = {}       # id(exception) -> (exception, the checker's number for it)
        self.exports = {}      # number -> Exported, so that one function stays one object
        self.frame = None      # containers that both sides go on holding, when the checker wants that
        self.loop = None

    # ---- values ----

    def encode_foreign(self, frame, x, depth):
        t = type(x)
        if t is Exported:
            return ["x", x._number]
        name = t.__name__
        if name in self.records and t in (self.names.get(name), self.records[name]):
            return encode_record(frame, x, name, depth)
        if t in LETTERS:
            return ["h", self.number(x), LETTERS[t], name]
        if issubclass(t, type):
            return ["h", self.number(x), "y", self.type_number(x)]
        enum = library("enum", "Enum")
        if enum and issubclass(t, enum) or issubclass(t, tuple) and hasattr(t, "_fields"):
            plain = self.encode_payload(frame, x, t, depth)
            if plain is not NotImplemented:
                return ["V", self.number(x), self.type_number(t), plain]
        else:
            plain = frame.encode_base(x, depth)
            if plain is not NotImplemented:
                return plain
        if issubclass(t, BaseException):
            return ["ex", name, frame.encode(list(x.args), depth + 1), *[c.__name__ for c in t.__mro__[:-1]], text_of(x)]
        lazy = t.__module__ in ("itertools", "builtins", "_csv", "re") and hasattr(t, "__next__")
        if lazy or t.__module__ in ("functools", "builtins", "operator") and hasattr(t, "__call__"):
            return ["h", self.number(x), "i" if lazy else "f", name]
        return ["h", self.number(x), "o", self.type_number(t)]

    def encode_payload(self, frame, x, t, depth):
        if issubclass(t, tuple) and hasattr(t, "_fields"):
            return ["N", t.__name__, list(t._fields), *[frame.encode(y, depth + 1) for y in tuple.__iter__(x)]]
        return frame.encode_base(x, depth)

    def number(self, x):
        number = self.numbers.get(id(x))
        if number is None:
            number = self.numbers[id(x)] = len(self.handles)
            self.handles.append(x)
        return number

    def type_number(self, t):
        self.number(t)
        if t not in self.types:
            self.types.append(t)
        return self.types.index(t)

    def describe(self, t):
        """[name, handle, special methods, bases of the program's own, its own functions, is an enumeration]"""
        mro = [c for c in type.mro(t) if c is not object]
        special = [n for n in SPECIAL if any(c.__dict__.get(n) is not None for c in mro)]
        if "__hash__" not in special and t.__hash__ is None:
            special.append("unhashable")
        bases = [self.type_number(b) for b in t.__bases__ if b.__module__ == "solution"]
        own = [n for n, x in vars(t).items() if type(x) is _types.FunctionType and (n == "__init__" or n[:2] != "__")]
        enum = library("enum", "EnumMeta")
        return [t.__name__, self.number(t), special, bases, own, bool(enum) and isinstance(t, enum)]

    def decode_foreign(self, frame, tag, x, depth):
        if tag == "h":
            return self.handles[x[1]]
        if tag == "x":
            if x[1] not in self.exports:
                self.exports[x[1]] = Exported(self, *x[1:])
            return self.exports[x[1]]
        if tag == "X":
            return ExportedIterator(self.decode_foreign(frame, "x", x, depth))
        if tag == "u":  # something of a library, by its name
            found = _importlib.import_module(x[1])
            for part in x[2].split(".") if x[2] else ():
                found = getattr(found, part)
            return found
        if tag == "k":
            return decode_record(frame, x, self.record_class(x[1]), depth)
        if tag == "ke":
            return decode_member(self.record_class(x[1]), x[2])
        if tag == "e":
            return self.exception_class(x[1], x[2:])
        if tag == "ex":
            kind = self.exception_class(x[1], x[3:])
            return kind.__new__(kind, *frame.decode(x[2], depth + 1))
        raise WireError("malformed value")

    def record_class(self, name):
        mine = self.names.get(name)
        if isinstance(mine, type):
            return mine
        if self.records.get(name) is None:
            self.records[name] = type(name, (), {})
        return self.records[name]

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
        _, _, name, args, bases, number = reply
        e = self.exception_class(name, bases)
        e = e.__new__(e, *frame.decode(args))
        self.raised[id(e)] = (e, number)
        raise e

    def exception_class(self, name, bases):
        """The program's own class of this name, Python's, or one that has its name and nearest base."""
        mine = self.names.get(name)
        if isinstance(mine, type) and issubclass(mine, BaseException):
            return mine
        found = builtin_exception(name) or self.mirrors.get(name)
        if found is None:
            base = self.exception_class(bases[0], bases[1:]) if bases else Exception
            found = self.mirrors[name] = type(name, (base,), {})
        return found

    def answer(self, request):
        if len(request) == 4:
            return self.answer_in_context(request)
        verb, encoded, names = request
        frame = self.frame or Frame(self)
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
        if verb == "o":
            return OPERATIONS[names[0]](*operands)
        if verb == "u":  # a class's own function, as super() finds it
            n = len(operands) - len(names) + 1
            return getattr(operands[0], names[0])(*operands[1:n], **dict(zip(names[1:], operands[n:])))
        if verb == "a":
            return getattr(operands[0], names[0])
        if verb == "A":
            return setattr(operands[0], names[0], operands[1])
        if verb == "D":
            return delattr(operands[0], names[0])
        return getattr(self, "do_" + verb)(operands, names)

    def do_n(self, operands, names):
        return self.kind_of(names[0])

    def do_v(self, operands, names):
        return self.names[names[0]]

    def do_f(self, operands, names):  # an attribute of a global
        return getattr(self.names[names[0]], names[1])

    def do_k(self, operands, names):
        for name in names:
            self.records.setdefault(name, None)

    def do_t(self, operands, names):
        return self.describe(self.types[names[0]])

    def do_w(self, operands, names):
        return self.run_loop(operands[0].__anext__() if names else operands[0])

    def do_S(self, operands, names):
        if "numpy" in names and "numpy" in sys.modules:
            sys.modules["numpy"].random.seed(operands[0])
        elif "numpy" not in names:
            random.seed(operands[0])

    def do_L(self, operands, names):
        self.frame = Frame(self) if names else None

    def do_K(self, operands, names):
        """A class that a test derived from one of the program's: its functions are the checker's."""
        bases = tuple(operands[:-len(names) + 1] if len(names) > 1 else operands)
        own = dict(zip(names[1:], operands[len(bases):]))
        made = type(bases[0])(names[0], bases, {**own, "__module__": "solution"})
        return self.type_number(made)

    def do_s(self, operands, names):
        """The parameters of a function: [name, kind, has a default, default]"""
        import inspect
        found = inspect.signature(self.names[names[0]])
        return [[p.name, int(p.kind), p.default is not p.empty, None if p.default is p.empty else p.default]
                for p in found.parameters.values()]

    def run_loop(self, x):
        asyncio = library("asyncio", "__name__", True) and sys.modules["asyncio"]
        if self.loop is None:
            self.loop = asyncio.new_event_loop()
        async def wait():
            return await x
        return self.loop.run_until_complete(wait())

    def kind_of(self, name):
        """How the checker should stand for a global of the program."""
        if name not in self.names:
            return ["missing"]
        x = self.names[name]
        if isinstance(x, _types.ModuleType):
            return ["module"]
        home, inner = getattr(x, "__module__", None), getattr(x, "__qualname__", None)
        if isinstance(home, str) and isinstance(inner, str) and home != "solution" and callable(x):
            if getattr(sys.modules.get(home), inner, None) is x:
                return ["library"]
        if isinstance(x, type):
            if issubclass(x, BaseException):
                return ["exception", *[c.__name__ for c in x.__mro__]]
            if issubclass(x, tuple) and is_named_tuple(x):
                return ["tuple", x.__name__, list(x._fields), list(x._field_defaults.values())]
            return ["class"]
        return ["function"] if callable(x) else ["data"]

    def failure(self, e, frame, before):
        """An exception travels as type, arguments, bases, where it happened, and its fields."""
        def encoded(x, otherwise):
            try:
                return Frame(self).encode(x)
            except Exception:
                return otherwise
        args = getattr(e, "args", ())
        args = [a[:4000] if type(a) is str else a for a in args[:10]]
        if any(type(a).__module__ == "solution" for a in args):
            args = [text_of(e)]
        try:
            listed = changes(frame, before)
        except Exception:
            listed = []
        bases = [c.__name__ for c in type(e).__mro__][:20]
        fields = getattr(e, "__dict__", None)
        return ["!", listed, type(e).__name__, encoded(args, ["l"]), bases, text_of(e)[:2000], place_of(e),
                encoded(dict(fields), None) if fields else None, self.raised.get(id(e), (e, None))[1]]

    # ---- a test that replaced the streams, or watches warnings ----

    def answer_in_context(self, request):
        """The request with a fourth part: [changes of linked containers, catch output?, text of stdin, input(), catch
        warnings?]. The reply has one part more: [output, error output, place in stdin, warnings]."""
        listed, catch, stdin, asked, warn = request.pop()
        if self.frame and listed:
            apply_changes(self.frame, listed, len(self.frame.table))
        if not catch and stdin is None and asked is None and not warn:
            return self.answer(request) + [None]
        import io, warnings
        kept = sys.stdout, sys.stderr, sys.stdin, _BUILTINS["input"]
        if catch:
            sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
        if stdin is not None:
            sys.stdin = io.StringIO(stdin)
        if asked is not None:
            _BUILTINS["input"] = Frame(self).decode(asked)
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always" if warn else "ignore")
                reply = self.answer(request)
            return reply + [[sys.stdout.getvalue() if catch else "", sys.stderr.getvalue() if catch else "",
                             sys.stdin.tell() if stdin is not None else None,
                             [[c.category.__name__, str(c.message)] for c in caught] if warn else []]]
        finally:
            sys.stdout, sys.stderr, sys.stdin, _BUILTINS["input"] = kept


ARITHMETIC = """add sub mul truediv floordiv mod pow matmul and_ or_ xor lshift rshift iadd isub imul itruediv ifloordiv imod
ipow imatmul iand ior ixor ilshift irshift eq ne lt le gt ge neg pos abs invert index contains getitem setitem
delitem""".split()
OPERATIONS = {name: getattr(_operator, name) for name in ARITHMETIC}
OPERATIONS.update({
    "len": len, "iter": iter, "next": next, "reversed": reversed, "str": str, "repr": repr, "format": format, "bool": bool,
    "bytes": bytes, "int": int, "float": float, "complex": complex, "round": round, "hash": hash, "class": type,
    "call": lambda x, *args: x(*args), "enter": lambda x: type(x).__enter__(x), "trunc": lambda x: type(x).__trunc__(x),
    "floor": lambda x: type(x).__floor__(x), "ceil": lambda x: type(x).__ceil__(x),
    "exit": lambda x, *args: type(x).__exit__(x, *args), "await": lambda x: x, "aiter": lambda x: type(x).__aiter__(x),
    "anext": lambda x: type(x).__anext__(x), "aenter": lambda x: type(x).__aenter__(x),
    "aexit": lambda x, *args: type(x).__aexit__(x, *args), "send": lambda x, y: x.send(y), "close": lambda x: x.close(),
    "throw": lambda x, y: x.throw(y), "copy": lambda x: library("copy", "copy", True)(x),
    "deepcopy": lambda x: library("copy", "deepcopy", True)(x)})
for _name in "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift".split():
    _plain = OPERATIONS.get(_name) or OPERATIONS[_name + "_"]
    OPERATIONS["r" + _name] = lambda x, y, _plain=_plain: _plain(y, x)


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
        kind = candidate.kind_of(entry.decode()) if entry else []
        candidate.send(["=", [], Frame(candidate).encode(kind)])
    except BaseException as e:
        candidate.send(candidate.failure(e, Frame(candidate), []))
        return 0, []
    try:
        while True:
            request = candidate.receive()
            size = candidate.frame and len(candidate.frame.table)
            try:
                candidate.send(candidate.answer(request))
            except (WireError, RecursionError, ValueError) as e:
                if size is not None:
                    candidate.frame.truncate(size)
                candidate.send(["!", [], "ValueError", ["l", str(e)], ["ValueError"], str(e), "", None, None])
    except PeerGone:
        return 0, []
