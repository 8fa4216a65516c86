"""The checker's side of a grading: runs the task's own tests on stubs that call the candidate.

Only trusted text runs here (prelude, the task's prompt, tests). What comes from the candidate is decoded to exact
built-in values, so no method of the candidate's can decide a comparison. Objects that are no plain values stay in
the candidate; a Handle stands for them, and what a test may do with it depends on what it is:

  iterator, generator, view   iterate, len: yields values
  function                    call
  instance of a class         nothing, unless the test names a Class of the program, by a capital or by the prompt:
                              then attributes, methods, operators among its own kind

A Handle never compares equal to a plain value and never sends one to the candidate to be compared with."""
import ast as _ast
import builtins as _builtins
import gc
import re
import importlib as _importlib
from opcode import opmap as _opmap

LOAD_GLOBAL, LOAD_NAME, STORE_NAME, EXTENDED_ARG = (
    _opmap[name] for name in ("LOAD_GLOBAL", "LOAD_NAME", "STORE_NAME", "EXTENDED_ARG"))
GLOBAL_SHIFT = sys.version_info >= (3, 11)
MESSAGE = 2000
VALUE = 200


class Handle:
    """An object that lives in the candidate: it can be handed back, and is equal to itself."""

    def __init__(self, wire, number, name):
        self.__dict__["_hrm"] = (wire, number, name)

    def __repr__(self):
        return f"<{self._hrm[2]} object of the program>"

    def __eq__(self, other):
        return isinstance(other, Handle) and self._hrm[1] == other._hrm[1]

    def __hash__(self):
        return hash(self._hrm[1])


class Iterable(Handle):
    def __iter__(self):
        return operate(self, "iter")

    def __next__(self):
        return operate(self, "next")

    def __len__(self):
        return operate(self, "len")


class Function(Handle):
    def __call__(self, *args, **kwargs):
        wire = self._hrm[0]
        return wire.ask("c", (self, *args, *kwargs.values()), list(kwargs))


class Instance(Function, Iterable):
    """An object of a class under test. Operators only among its own kind."""

    def __getattr__(self, name):
        return self._hrm[0].ask("a", (self,), [name])

    def __setattr__(self, name, value):
        self._hrm[0].ask("A", (self, value), [name])

    def __repr__(self):
        return exact(operate(self, "repr"), str)

    def __str__(self):
        return exact(operate(self, "str"), str)

    def __bool__(self):
        return exact(operate(self, "bool"), bool)

    def __eq__(self, other):
        if not isinstance(other, Instance):
            return NotImplemented
        return exact(operate(self, "eq", other), bool)

    def __hash__(self):
        return hash(self._hrm[1])

    def __getitem__(self, key):
        return operate(self, "getitem", key)

    def __contains__(self, item):
        return exact(operate(self, "contains", item), bool)

    def __instancecheck__(self, other):
        return isinstance(other, Instance) and exact(operate(other, "isinstance", self), bool)


def operate(handle, name, *others):
    return handle._hrm[0].ask("o", (handle, *others), [name])


def exact(value, kind):
    if type(value) is not kind:
        raise TypeError(f"the program's object gave {type(value).__name__}, not {kind.__name__}")
    return value


def add_operators():
    def make(name):
        def method(self, *others):
            if not all(isinstance(x, Instance) for x in others):
                return NotImplemented
            return operate(self, name.strip("_") if name.strip("_") not in ("and", "or") else
                           name.strip("_") + "_", *others)
        return method
    for name in "lt le gt ge add sub mul truediv floordiv mod pow neg and or xor".split():
        setattr(Instance, f"__{name}__", make(f"__{name}__"))


add_operators()


class Exit(BaseException):
    """The candidate's SystemExit and the like: must end the test, must not end the checker."""


class Checker(Wire):
    def __init__(self, fd):
        super().__init__(fd)
        self.exports = []     # functions the candidate may call, by number
        self.classes = {}     # exception classes made for the candidate's, by name
        self.records = {}     # the task's own classes, by name
        self.licensed = False  # the test names a class of the program
        self.prompt_classes = frozenset()  # classes the prompt names, defined or to be written
        self.last = None      # (name, value) of the last call of a stub
        self.fault = None     # the PeerGone or WireError that a test may have swallowed
        self.place = {}       # id(exception) -> where it happened in the program

    # ---- values ----

    def encode_foreign(self, frame, x, depth):
        if isinstance(x, Handle):
            return ["h", x._hrm[1]]
        name = type(x).__name__
        if self.records.get(name) is type(x):
            return encode_record(frame, x, name, depth)
        plain = frame.encode_base(x, depth)
        if plain is not NotImplemented:
            return plain
        if callable(x):
            self.exports.append(x)
            return ["x", len(self.exports) - 1]
        try:
            items = list(x)
        except TypeError:
            raise WireError(f"a {name} cannot be handed to the program") from None
        return frame.encode(items, depth)

    def decode_foreign(self, frame, tag, x, depth):
        if tag == "h":
            _, number, kind, name = x
            if type(number) is not int or type(kind) is not str or type(name) is not str:
                raise WireError("malformed value")
            cls = Instance if self.licensed else {"i": Iterable, "f": Function}.get(kind, Handle)
            return cls(self, number, name[:100])
        if tag == "x":
            return self.exported(x)
        if tag == "k":
            return decode_record(frame, x, self.records[x[1]], depth)
        raise WireError("malformed value")

    def exported(self, x):
        if type(x[1]) is not int or not 0 <= x[1] < len(self.exports):
            raise WireError("malformed value")
        return self.exports[x[1]]

    # ---- calls ----

    def ask(self, verb, operands, names):
        try:
            return self._ask(verb, operands, names)
        except (PeerGone, WireError) as e:
            self.fault = e
            raise

    def _ask(self, verb, operands, names):
        if self.fault:
            raise self.fault
        frame = Frame(self)
        encoded = [frame.encode(x) for x in operands]
        sent = len(frame.table)
        self.send([verb, encoded, names])
        reply = self.receive()
        while reply[0] == "c":
            self.send(self.answer(reply))
            reply = self.receive()
        if reply[0] == "=" and len(reply) == 3:
            apply_changes(frame, reply[1], sent)
            return frame.decode(reply[2])
        raise self.exception(frame, reply, sent)

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
            return ["!", [], type(e).__name__, ["l", text_of(e)[:MESSAGE]]]

    def exception(self, frame, reply, sent):
        """The exception a "!" reply stands for: a built-in type of its own name, or of its nearest base."""
        try:
            mark, listed, name, args, bases, text, place = reply
            ok = mark == "!" and type(bases) is list and all(
                type(x) is str for x in [name, text, place, *bases])
        except ValueError:
            ok = False
        if not ok:
            raise WireError("malformed reply")
        apply_changes(frame, listed, sent)
        args = Frame(self).decode(args)
        e = self.exception_class(name, bases)(*(args if type(args) is list else [text]))
        self.place[id(e)] = (e, name, text, place)
        return e

    def exception_class(self, name, bases):
        if name in self.classes:
            return self.classes[name]
        for base in [name, *bases]:
            kind = getattr(_builtins, base, None)
            if isinstance(kind, type) and issubclass(kind, BaseException):
                if not issubclass(kind, Exception):
                    return Exit
                if kind.__init__ is Exception.__init__ or base in PLAIN:
                    if base != name:
                        kind = self.classes[name] = type(name[:100], (kind,), {})
                    return kind
        return Exception

    # ---- names under test ----

    def stub(self, name):
        def call(*args, **kwargs):
            value = self.ask("g", (*args, *kwargs.values()), [name, *kwargs])
            self.last = (name, value)
            return value
        call.__name__ = call.__qualname__ = name
        return call

    def bind(self, names, name, kind):
        """Puts what stands for a global of the program into the test's names."""
        what = kind[0] if type(kind) is list and kind and type(kind[0]) is str else "missing"
        if what == "function":
            names[name] = self.stub(name)
        elif what == "class" and (name.lstrip("_")[:1].isupper() or name in self.prompt_classes):
            self.licensed = True
            names[name] = self.ask("v", (), [name])
        elif what == "class":  # a program must not gain powers over the test by making a function a class
            names[name] = self.stub(name)
        elif what == "exception":
            names[name] = self.exception_class(name, [b for b in kind[1:] if type(b) is str])
        elif what in ("module", "import") and len(kind) > 1 and type(kind[1]) is str:
            bind_import(names, name, kind)
        elif what == "data":
            names[name] = self.ask("v", (), [name])


# Built-in exceptions whose constructor takes any arguments.
PLAIN = frozenset("""ArithmeticError AssertionError AttributeError BufferError EOFError Exception FileNotFoundError
FloatingPointError IOError ImportError IndexError KeyError LookupError MemoryError NameError NotImplementedError
OSError OverflowError PermissionError RecursionError ReferenceError RuntimeError StopIteration SystemError
TimeoutError TypeError UnboundLocalError ValueError ZeroDivisionError""".split())


def bind_import(names, name, kind):
    """A name the program imported from the standard library: the checker's own, never the program's."""
    if kind[1].partition(".")[0] not in sys.stdlib_module_names | {"numpy", "sympy"}:
        return
    try:
        x = _importlib.import_module(kind[1])
        if kind[0] == "import":
            for part in kind[2].split("."):
                x = getattr(x, part)
        names[name] = x
    except Exception:
        pass


def names_used(code, used, stored):
    """Names that compiled code looks up as globals, and those it defines itself."""
    text, names, arg = code.co_code, code.co_names, 0
    for i in range(0, len(text), 2):
        op = text[i]
        arg = arg << 8 | text[i + 1]
        if op == EXTENDED_ARG:
            continue
        if op == LOAD_GLOBAL:
            used.add(names[arg >> GLOBAL_SHIFT])
        elif op == LOAD_NAME:
            used.add(names[arg])
        elif op == STORE_NAME:
            stored.add(names[arg])
        arg = 0
    for x in code.co_consts:
        if type(x) is type(code):
            names_used(x, used, stored)


def own_classes(names, homes):
    """Classes that trusted text defined, whose instances cross by value."""
    return {k: x for k, x in names.items() if isinstance(x, type) and x.__module__ in homes
            and not issubclass(x, BaseException)}


def bind_names(wire, trusted, code, entry):
    """The names a test starts with: what is trusted, and stubs for what only the program defines. A name that Python
    itself defines (sum, set) is the program's only where no other name of the test is: a program must not redefine
    what judges it."""
    used, stored = set(), set()
    names_used(code, used, stored)
    used -= stored
    if any(name not in trusted.names and not hasattr(_builtins, name) for name in used):
        trusted.run_support()
    names = dict(trusted.names)
    unknown = sorted(used - names.keys())
    own = bool(entry)
    for name in unknown:
        if not hasattr(_builtins, name):
            wire.bind(names, name, wire.ask("n", (), [name]))
            own = own or name in names
    for name in unknown if not own else ():
        if hasattr(_builtins, name):
            wire.bind(names, name, wire.ask("n", (), [name]))
    return names


def run_test(wire, trusted, source, filename, entry, call_check):
    """One test in names of its own. Raises what the test raises."""
    code = compile(source, filename, "exec", dont_inherit=True)
    wire.licensed = trusted.licensed
    names = bind_names(wire, trusted, code, entry)
    wire.last = None
    exec(code, names)
    if call_check:
        names["check"](names[entry])


def judge(wire, trusted, source, filename, entry, call_check):
    """(verdict letter, type, message): p pass, f an assertion of the test was false, e exception, m memory."""
    try:
        run_test(wire, trusted, source, filename, entry, call_check)
        if wire.fault:
            raise wire.fault
        return "p", "", ""
    except (PeerGone, KeyboardInterrupt):
        raise
    except WireError as e:
        wire.fault = None
        return "e", "ProtocolError", str(e)
    except BaseException as e:
        if isinstance(wire.fault, PeerGone):
            raise wire.fault
        _, name, text, place = wire.place.get(id(e), (None, type(e).__name__, None, ""))
        if text is not None:
            letter = "m" if name == "MemoryError" else "e"
            return letter, name, f"{text} ({place})" if place else text
        if isinstance(e, AssertionError):
            return "f", "AssertionError", explain(wire, e, source, filename)
        return ("m" if isinstance(e, MemoryError) else "e"), name, text_of(e)


def show(value):
    text = repr(value)
    return text if len(text) <= VALUE else text[:VALUE] + "..."


def find_assert(e, source, filename):
    """The failed assert as (node, frame), or None."""
    where, trace = None, e.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == filename:
            where = trace
        trace = trace.tb_next
    if where is None:
        return None
    for node in _ast.walk(_ast.parse(source)):
        if isinstance(node, _ast.Assert) and node.lineno <= where.tb_lineno <= node.end_lineno:
            return node, where.tb_frame
    return None


def calls_in(node):
    return any(isinstance(x, _ast.Call) for x in _ast.walk(node))


def explain(wire, e, source, filename):
    """ "assert f(1) == 2: got 3", looked up only after the fact, so that passing tests pay nothing."""
    try:
        found = find_assert(e, source, filename)
        if not found:
            return text_of(e)
        node, frame = found
        text = "assert " + " ".join(_ast.get_source_segment(source, node.test).split())
        text = text if len(text) <= 400 else text[:400] + "..."
        sides = [node.test.left, *node.test.comparators] if isinstance(node.test, _ast.Compare) else []
        called = [s for s in sides if isinstance(s, _ast.Call)]
        if wire.last and len(called) == 1 and len(sides) == 2:
            text += f": got {show(wire.last[1])}"
            other = sides[0] if sides[1] is called[0] else sides[1]
            if not calls_in(other) and not isinstance(other, _ast.Constant) and any(
                    isinstance(x, _ast.Name) for x in _ast.walk(other)):
                value = eval(compile(_ast.Expression(other), filename, "eval"),
                             frame.f_globals, frame.f_locals)
                text += f", expected {show(value)}"
        elif wire.last:
            text += f": {wire.last[0]} returned {show(wire.last[1])}"
        return text
    except Exception:
        return text_of(e)


class Trusted:
    """What tests may use of the task itself: the prelude's names, and the prompt's but for the entry point. The prompt
    is run only when something could want it: most tests do not, and running it is a third of a check's cost."""

    def __init__(self, wire, prelude, support, entry):
        self.names = {"__name__": "tests"}
        if prelude:
            exec(compile(prelude, "prelude.py", "exec", dont_inherit=True), self.names)
        self.names.pop(entry, None)
        self.licensed = False
        self._wire, self._support, self._entry = wire, support, entry
        if b"class " in support:
            text = support.decode("utf-8", "replace")
            wire.prompt_classes = frozenset(re.findall(r"^class\s+(\w+)", text, re.M))
            self.run_support()

    def run_support(self):
        if not self._support:
            return
        mine = dict(self.names)
        try:
            exec(compile(self._support, "prompt.py", "exec", dont_inherit=True), self.names)
        except Exception:
            pass  # a prompt need not be a program
        self.names.pop(self._entry, None)
        if self._entry in mine:
            self.names[self._entry] = mine[self._entry]
        self._support = b""
        self._wire.records = own_classes(self.names, ("tests",))


def open_candidate(wire, trusted, entry):
    """Waits until the candidate has run its program. ("done", "", "") or the state that ends the grading."""
    try:
        reply = wire.receive()
    except PeerGone:
        return "gone early", "", ""
    frame = Frame(wire)
    if reply[0] != "=":
        e = wire.exception(frame, reply, 0)
        _, name, text, place = wire.place[id(e)]
        return "load", name, f"{text} ({place})" if place else text
    if wire.records:
        wire.ask("k", (), sorted(wire.records))
    if entry:
        wire.bind(trusted.names, entry, frame.decode(reply[2]))
        trusted.licensed = wire.licensed
        if entry not in trusted.names:
            return "load", "NameError", f"name '{entry}' is not defined"
    return "done", "", ""


def check(fd, inputs):
    """(exit status, report): state, type, message, then letter, type, message of each test that was judged."""
    flags, entry, prelude, support, with_check, *tests = inputs
    entry = entry.decode()
    report, state = [], ("done", "", "")
    gc.disable()  # a checker lives for milliseconds
    wire = Checker(fd)
    try:
        trusted = Trusted(wire, prelude, support, entry)
        state = open_candidate(wire, trusted, entry)
        for i, source in enumerate(tests if state[0] == "done" else []):
            last = bool(with_check) and i == len(tests) - 1
            source = source.decode("utf-8", "surrogateescape")
            report.append(judge(wire, trusted, source, f"test {i + 1}", entry, last))
            if flags == b"stop" and report[-1][0] != "p":
                break
    except PeerGone:
        state = ("gone", "", "")
    except WireError as e:
        state = ("load", "ProtocolError", str(e))
    except BaseException as e:
        state = ("load", type(e).__name__, text_of(e))
    flat = [x for row in [state, *report] for x in row]
    return 0, [to_bytes(x, MESSAGE) for x in flat]
