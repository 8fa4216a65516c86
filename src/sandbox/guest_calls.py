"""The checker's end of the wire: calls into the candidate, and the functions it may call back."""
import builtins as _builtins
from _thread import RLock as _RLock

MESSAGE = 2000
MAX_KEPT = 300  # containers that both sides go on holding
LIBRARY_EXCEPTIONS = {"JSONDecodeError": "json", "InvalidOperation": "decimal", "DivisionByZero": "decimal",
                      "FrozenInstanceError": "dataclasses", "Empty": "queue", "Full": "queue",
                      "StatisticsError": "statistics", "UnsupportedOperation": "io", "InvalidStateError": "asyncio",
                      "LinAlgError": "numpy.linalg"}
ENDS_LOOPS = (StopIteration, StopAsyncIteration)
PLAIN_HANDLES = {"i": Iterator, "f": Function, "g": Generator, "a": AsyncGenerator}


class Exit(BaseException):
    """The candidate's SystemExit and the like: must end the test, must not end the checker."""


CURRENT = [None]  # the Checker of this run: a decoder costs more to make than to use


class Checker(Wire):
    parse = staticmethod(_json.JSONDecoder(parse_constant=lambda name: CURRENT[0].constant(name)).raw_decode)

    def __init__(self, fd):
        super().__init__(fd)
        self.lock = _RLock()
        self.exports = []      # functions the candidate may call, by number
        self.export_numbers = {}
        self.thrown = []       # exceptions of the test's own that went to the candidate
        self.classes = {}      # exception classes made for the candidate's, by name
        self.records = {}      # the task's own classes, by name
        self.local_types = {}  # classes that stand for the program's, by number
        self.valued = {}
        self.named = set()     # classes of the program that the test calls by their names
        self.proxies = {}      # number -> what stands for the object
        self.prompt_classes = frozenset()  # classes the prompt names, defined or to be written
        self.last = None       # (name, value) of the last call of a stub
        self.fault = None      # the PeerGone or WireError that a test may have swallowed
        self.place = {}        # id(exception) -> where it happened in the program
        self.streams = sys.stdout, sys.stderr, sys.stdin
        self.operands = ()     # of the call under way
        CURRENT[0] = self
        self.begin_test("", frozenset())

    def begin_test(self, source, used):
        self.source, self.used, self.shown = source, used, {}
        self.watch = bool(used & WATCHED)
        self.identity = "is" in used
        if self.frame and not used & MUTATORS:
            self.keep_containers(False)

    frame = None  # containers that both sides go on holding
    before = ()   # what they held after the last exchange

    def keep_containers(self, keep):
        self.frame = None
        self.ask("L", (), ["on"] if keep else [])
        self.frame = Frame(self) if keep else None
        self.before = []

    def shows_class(self, made=False):
        """made: the question is about an object that the test made itself, and less evidence will do."""
        if self.prompt_classes:
            return True
        if made not in self.shown:
            self.shown[made] = shows_class(self.source, BUILT_IN_NAMES if made else VALUE_NAMES)
        return self.shown[made]

    # ---- values ----

    def check_field(self, field, x):
        """The test must not call it as if it were the method of this name that built-in values have."""
        if field in BUILT_IN_NAMES | JUDGING and callable(x):
            raise WireError(f"the field '{field}' of a named tuple of the program's would stand in for a method")

    def encode_foreign(self, frame, x, depth):
        if isinstance(x, Handle):
            if type(x) is Stub:
                x = self.ask("v", (), [x._hrm[2]])
            return ["h", x._hrm[1]] if isinstance(x, Handle) else frame.encode(x, depth)
        if isinstance(x, Class):
            return ["h", x._remote[1]]
        if hasattr(type(x), "_stands_for"):
            return ["h", vars(x)["_hrm"]]
        t, name = type(x), type(x).__name__
        if self.records.get(name) is t:
            return encode_record(frame, x, name, depth)
        if isinstance(x, BaseException):
            return ["ex", name, frame.encode(list(x.args), depth), *[c.__name__ for c in t.__mro__[1:-1]]]
        if t is type and issubclass(x, BaseException):
            return ["e", x.__name__, *[c.__name__ for c in x.__mro__[1:-1]]]
        named = library_name(x)
        if named:
            return ["u", *named]
        if callable(x):
            return ["x", *self.export(x)]
        plain = frame.encode_base(x, depth)
        if plain is not NotImplemented:
            return plain
        if hasattr(t, "__next__"):
            return ["X", *self.export(x.__next__)]
        if t.__module__ in OWN_MODULES:
            self.records[name] = t
            self.ask("k", (), [name])
            return encode_record(frame, x, name, depth)
        try:
            items = list(x)
        except TypeError:
            raise WireError(f"a {name} cannot be handed to the program") from None
        return frame.encode(items, depth)

    def export(self, x):
        number = self.export_numbers.get(id(x))
        if number is None:
            number = self.export_numbers[id(x)] = len(self.exports)
            self.exports.append(x)
        texts = getattr(x, "__name__", ""), getattr(x, "__doc__", None)
        return number, *[text if type(text) is str else "" for text in texts]

    def decode_foreign(self, frame, tag, x, depth):
        if tag == "h":
            _, number, kind, what = x
            if type(number) is not int or type(kind) is not str:
                raise WireError("malformed value")
            if number not in self.proxies:
                self.proxies[number] = self.stand_in(number, kind, what)
            found = self.proxies[number]
            if isinstance(found, Instance):
                object.__setattr__(found, "_made", False)
            return wait_for(found) if kind == "c" else found
        if tag == "x":
            return self.exported(x)
        if tag == "k":
            return decode_record(frame, x, self.records[x[1]], depth)
        if tag == "ke":
            return decode_member(self.records[x[1]], x[2])
        if tag == "ex":
            args = frame.decode(x[2], depth + 1)
            bases = [b if type(b) is str else malformed() for b in x[3:]]
            return self.make_exception(bases[0], bases[:-1], args if type(args) is list else [], bases[-1])
        if tag == "V":
            return self.decode_valued(frame, x, depth)
        raise WireError("malformed value")

    def stand_in(self, number, kind, what):
        if kind == "y":
            return self.local_type(what)
        if kind == "o":
            return new_handle(self.local_type(what), self, number, "")
        if type(what) is not str:
            raise WireError("malformed value")
        return new_handle(PLAIN_HANDLES.get(kind, Handle), self, number, what[:100])

    def local_type(self, number):
        if type(number) is not int:
            raise WireError("malformed value")
        if number not in self.local_types:
            self.local_types[number] = make_class(self, number)
        return self.local_types[number]

    def decode_valued(self, frame, x, depth):
        _, number, kind, value = x
        if number not in self.proxies:
            value = frame.decode(value, depth + 1)
            if type(value) is list or not isinstance(value, (int, str, float, tuple)):
                raise WireError("malformed value")
            key = (kind, type(value))
            if key not in self.valued:
                self.valued[key] = make_valued(self, kind, type(value))
            made = tuple.__new__(self.valued[key], value) if isinstance(value, tuple) else self.valued[key](value)
            vars(made)["_hrm"] = number
            self.proxies[number] = made
        return self.proxies[number]

    def exported(self, x):
        if type(x[1]) is not int or not 0 <= x[1] < len(self.exports):
            raise WireError("malformed value")
        return self.exports[x[1]]

    # ---- calls ----

    def ask(self, verb, operands, names):
        with self.lock:
            try:
                return self._ask(verb, operands, names)
            except (PeerGone, WireError) as e:
                self.fault = e
                raise

    def _ask(self, verb, operands, names):
        if self.fault:
            raise self.fault
        self.operands = operands
        frame, context = self.frame or Frame(self), None
        if self.frame or self.watch:
            context = self.context(frame)
        encoded = [frame.encode(x) for x in operands]
        sent = len(frame.table)
        self.send([verb, encoded, names] if context is None else [verb, encoded, names, context])
        reply = self.receive()
        while reply[0] == "c":
            self.send(self.answer(reply))
            reply = self.receive()
        if context is not None and len(reply) in (4, 10):
            self.take_effects(reply.pop())
        if reply[0] == "=" and len(reply) == 3:
            apply_changes(frame, reply[1], sent)
            value = frame.decode(reply[2])
            if self.frame:
                self.before = snapshot(frame.table)
            return self.same_object(value, operands) if self.identity else value
        if self.frame:
            frame.truncate(sent)
        e = self.exception(frame, reply, sent)
        if self.frame:
            self.before = snapshot(frame.table)
        if isinstance(e, ENDS_LOOPS) and not (verb == "w" or verb == "o" and names[0] in ("next", "send", "throw")) \
                and "StopIteration" not in self.used and "StopAsyncIteration" not in self.used:
            e = RuntimeError(f"{type(e).__name__} came out of the program")
        raise e

    def same_object(self, value, operands):
        """What the program returned as it got it is the same object here."""
        for x in operands:
            if type(x) is type(value) and type(x) in (str, float, int, bytes) and x == value and (
                    x or repr(x) == repr(value)):  # 0.0 is not -0.0
                return x
        return value

    def constant(self, name):
        """NaN equals nothing but itself: where the program was given one, it is that one which came back."""
        return next(nans(self.operands, 0), None) or float(name) if name == "NaN" else float(name)

    def answer(self, request):
        """The candidate calls a function that a test passed to it."""
        frame = Frame(self)
        try:
            verb, encoded, names = request
            target = self.exported(encoded[0])
            operands = [frame.decode(x) for x in encoded[1:]]
            if type(names) is not list or not all(type(n) is str for n in names):
                raise WireError("malformed call")
        except (IndexError, TypeError, ValueError, KeyError):
            raise WireError("malformed call") from None
        before = snapshot(frame.table)
        n = len(operands) - len(names)
        try:
            value = target(*operands[:n], **dict(zip(names, operands[n:])))
            return ["=", changes(frame, before), frame.encode(value)]
        except Exception as e:
            self.thrown.append(e)
            try:
                args = Frame(self).encode(list(e.args))
            except Exception:
                args = ["l", text_of(e)[:MESSAGE]]
            bases = [c.__name__ for c in type(e).__mro__[1:-1]]
            return ["!", changes(frame, before), type(e).__name__, args, bases, len(self.thrown) - 1]

    # ---- a test that replaced the streams, watches warnings, or changes what it was given ----

    def context(self, frame):
        if self.frame and len(frame.table) > MAX_KEPT:
            self.keep_containers(False)
        if frame is not self.frame and not self.watch:
            return [None, False, None, None, False]
        listed = changes(frame, self.before) if frame is self.frame else None
        out, err, given = self.streams
        text = None
        if sys.stdin is not given and hasattr(sys.stdin, "getvalue"):
            text = sys.stdin.getvalue()[sys.stdin.tell():]
        asked = None
        if _builtins.input is not INPUT:
            asked = ["x", *self.export(_builtins.input)]
        return [listed, sys.stdout is not out or sys.stderr is not err, text, asked, "warnings" in self.used or bool(
            self.used & {"warns", "assertWarns", "assertWarnsRegex"})]

    def take_effects(self, effects):
        if effects is None:
            return
        try:
            printed, complained, place, warned = effects
            if printed:
                sys.stdout.write(printed)
            if complained:
                sys.stderr.write(complained)
            if place is not None:
                sys.stdin.seek(sys.stdin.tell() + place)
            for name, text in warned:
                kind = builtin_exception(name)
                if not kind or not issubclass(kind, Warning):
                    kind = self.classes.get(name) or UserWarning
                library("warnings", "warn", True)(str(text), kind, stacklevel=4)
        except (TypeError, ValueError):
            raise WireError("malformed reply") from None

    # ---- exceptions ----

    def exception(self, frame, reply, sent):
        """The exception a "!" reply stands for: of a type of its own name, or of its nearest base."""
        try:
            mark, listed, name, args, bases, text, place, fields, number = reply
            ok = mark == "!" and type(bases) is list and all(
                type(x) is str for x in [name, text, place, *bases])
        except ValueError:
            ok = False
        if not ok:
            raise WireError("malformed reply")
        apply_changes(frame, listed, sent)
        if type(number) is int and 0 <= number < len(self.thrown):
            return self.thrown[number]
        args, fields = Frame(self).decode(args), Frame(self).decode(fields)
        e = self.make_exception(name, bases, args if type(args) is list else [text], text)
        if type(fields) is dict:
            vars(e).update((k, x) for k, x in fields.items() if type(k) is str and k[:1] != "_")
        self.place[id(e)] = (e, name, text, place)
        return e

    def make_exception(self, name, bases, args, text):
        kind = self.exception_class(name, bases)
        try:
            e = kind.__new__(kind, *args)
            e.args = tuple(args)
        except Exception:
            e = Exception(text)
        if kind in self.classes.values() and text_of(e) != text:
            vars(e)["_hrm_text"] = text
        return e

    def exception_class(self, name, bases):
        """Python's own, or one made here with the name and the bases it has in the program."""
        if name in self.classes:
            return self.classes[name]
        kind = builtin_exception(name)
        if kind is None and name in LIBRARY_EXCEPTIONS:
            kind = library(LIBRARY_EXCEPTIONS[name], name, True)
        if kind is not None:
            return kind if issubclass(kind, Exception) else Exit
        rest = bases[bases.index(name) + 1:] if name in bases else bases
        parent = self.exception_class(rest[0], rest) if rest and rest[0] != "object" else Exception
        made = type(name[:100], (parent,), {"__module__": "solution", "__str__": own_text})
        self.classes[name] = made
        return made


def nans(x, depth):
    if type(x) is float:
        if x != x:
            yield x
    elif type(x) in (list, tuple, set, dict) and depth < 5:
        for y in (*x, *x.values()) if type(x) is dict else x:
            yield from nans(y, depth + 1)


def own_text(self):
    return vars(self).get("_hrm_text") or Exception.__str__(self)


def library_name(x):
    """(module, name within it) of something that the candidate can find in its own library."""
    t = type(x)
    if t is _types.ModuleType:
        return x.__name__, ""
    name, home = getattr(x, "__qualname__", None), getattr(x, "__module__", None)
    if t is type(str.lower):
        home = x.__objclass__.__module__
    elif t is _types.BuiltinFunctionType:
        if type(x.__self__) is not _types.ModuleType:
            return None
    elif t is not _types.FunctionType and not isinstance(x, type) and type(x).__name__ != "ufunc":
        return None
    if type(name) is not str or type(home) is not str or home in OWN_MODULES or home not in sys.modules:
        return None
    found = sys.modules[home]
    for part in name.split("."):
        found = getattr(found, part, None)
    return (home, name) if found is x else None


OWN_MODULES = ("tests", "__main__")
INPUT = _builtins.input
WATCHED = frozenset("""stdout stderr stdin redirect_stdout redirect_stderr input patch warnings warns assertWarns
assertWarnsRegex""".split())
MUTATORS = frozenset("""append extend insert remove pop clear sort reverse add discard update setdefault popitem appendleft
popleft extendleft rotate STORE_SUBSCR DELETE_SUBSCR""".split())
