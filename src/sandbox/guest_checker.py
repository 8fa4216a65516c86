"""The checker's side of a grading: runs the task's own tests on stubs that call the candidate.

Only trusted text runs here (prelude, the task's prompt, tests). What comes from the candidate is decoded to exact built-in
values (guest_wire.py, guest_values.py), objects that are no plain values stay there and are stood for (guest_proxy.py),
and no text of the program's is evaluated (guest_guard.py). So nothing of the candidate's decides a comparison."""
import gc
import re


def run_test(wire, trusted, source, filename, entry, call_check):
    """One test in names of its own. Raises what the test raises."""
    code = compile(source, filename, "exec", dont_inherit=True)
    names, mentioned = bind_names(wire, trusted, code, source, entry)
    if mentioned & {"unittest", "doctest"}:
        prepare_libraries(mentioned)
        names = as_main(names)
    if mentioned & {"seed"}:
        share_seed(wire)
    if mentioned & MUTATORS:
        wire.keep_containers(True)
    wire.last = None
    RUNS.clear()
    try:
        exec(code, names)
        if call_check:
            names["check"](names[entry])
        require_success()
    except SystemExit as e:  # the program's own comes as Exit: this is the end of unittest.main()
        if e.code or not mentioned & {"unittest", "exit", "SystemExit"}:
            raise AssertionError(f"the test ended with exit status {e.code}") from None
    finally:
        sys.stdout, sys.stderr, sys.stdin = wire.streams


def as_main(names):
    """unittest.main() looks for tests in __main__."""
    module = _types.ModuleType("__main__")
    module.__dict__.update(names, __name__="__main__")
    sys.modules["__main__"] = module
    return module.__dict__


def share_seed(wire):
    """random.seed() of a test holds for the program too: in one process they would share it."""
    def sharing(seed, *where):
        def both(x=None, *rest, **named):
            if type(x) in (int, str, float, bytes):
                wire.ask("S", (x,), list(where))
            return seed(x, *rest, **named)
        return both
    if not hasattr(random.seed, "__closure__") or random.seed.__name__ != "both":
        random.seed = sharing(random.seed)
    if NUMPY and NUMPY.random.seed.__name__ != "both":
        NUMPY.random.seed = sharing(NUMPY.random.seed, "numpy")


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
        wire.frame = None
        return "e", "ProtocolError", str(e)
    except BaseException as e:
        if isinstance(wire.fault, PeerGone):
            raise wire.fault
        if wire.fault:
            wire.fault = wire.frame = None
        _, name, text, place = wire.place.get(id(e), (None, type(e).__name__, None, ""))
        if text is not None:
            letter = "m" if name == "MemoryError" else "e"
            return letter, name, f"{text} ({place})" if place else text
        if isinstance(e, AssertionError):
            return "f", "AssertionError", explain(wire, e, source, filename)
        return ("m" if isinstance(e, MemoryError) else "e"), name, text_of(e)


class Trusted:
    """What tests may use of the task itself: the prelude's names, and the prompt's but for the entry point. The prompt
    is run only when something could want it: most tests do not, and running it is a third of a check's cost."""

    def __init__(self, wire, prelude, support, entry):
        self.names, self.used = {"__name__": "tests"}, set()
        if prelude:
            code = compile(prelude, "prelude.py", "exec", dont_inherit=True)
            exec(code, self.names)
            stored = set()
            names_used(code, self.used, stored, set())
            self.used -= stored | _BUILTINS.keys()
        self.names.pop(entry, None)
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
        self._wire.records = {k: x for k, x in self.names.items() if isinstance(x, type)
                              and x.__module__ == "tests" and not issubclass(x, BaseException)}


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
        bind(wire, trusted.names, entry, frame.decode(reply[2]))
        if entry not in trusted.names:
            return "load", "NameError", f"name '{entry}' is not defined"
    return "done", "", ""


def check(fd, inputs):
    """(exit status, report): state, type, message, then letter, type, message of each test that was judged."""
    flags, entry, prelude, support, with_check, *tests = inputs
    entry = entry.decode()
    TRUSTED_TEXT[:] = (prelude, support, *tests)
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
