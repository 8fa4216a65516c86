"""No text that a program made is evaluated in the checker, whoever would do it: the test itself, sympy, pickle, timeit."""
TEXT_MAKERS = ("/collections/__init__.py", "/dataclasses.py")  # they write code from names that they have checked
SYMPY_NAMES = frozenset("""Integer Float Rational Symbol Function sin cos tan asin acos atan sinh cosh tanh exp log ln sqrt pi
E I oo Abs factorial Add Mul Pow Eq sympy""".split())
MAY_PICKLE = {"collections": "Counter OrderedDict defaultdict deque", "decimal": "Decimal", "fractions": "Fraction",
              "datetime": "date datetime time timedelta timezone", "copyreg": "_reconstructor", "numpy": "ndarray dtype",
              "numpy.core.multiarray": "_reconstruct scalar", "_codecs": "encode",
              "builtins": "bool bytearray bytes complex dict float frozenset int list object range set slice str tuple"}
ARITHMETIC_NODES = (_ast.Expression, _ast.Constant, _ast.UnaryOp, _ast.BinOp, _ast.BoolOp, _ast.Compare, _ast.Tuple,
                    _ast.List, _ast.Set, _ast.Dict, _ast.IfExp, _ast.Load, _ast.operator, _ast.unaryop, _ast.boolop,
                    _ast.cmpop)
TRUSTED_TEXT = []  # sources of this grading


class Refused(Exception):
    """Text that is not the task's own was to be evaluated."""


def watch_evaluation(event, args):
    """Every evaluation passes here: called by the audit hook of warm_python.c for these two events."""
    if event == "exec":
        caller = sys._getframe(1).f_code.co_filename
        if caller[:5] == "<hrm " or caller[:16] == "<frozen importli" or caller.endswith(TEXT_MAKERS):
            return
        code = args[0]
        if caller.endswith("/sympy/parsing/sympy_parser.py") and SYMPY_NAMES.issuperset(code.co_names) and \
                not any(type(x) is type(code) for x in code.co_consts):
            return
        raise Refused("text from the program would be evaluated as code")
    if event == "pickle.find_class" and not may_unpickle(*args):
        raise Refused(f"text from the program would load {args[0]}.{args[1]}")


def may_unpickle(module, name):
    """By its full name: 'sys.exit' of fractions is no fraction. Of the tests' own only classes."""
    module = "builtins" if module == "__builtin__" else module
    if module in OWN_MODULES:
        x = vars(sys.modules[module]).get(name) if module in sys.modules else None
        return isinstance(x, type) and x.__module__ in OWN_MODULES
    return name in MAY_PICKLE.get(module, "").split()


def guarded(evaluate):
    """eval, exec or compile as tests see it."""
    def call(source, *rest, **named):
        if isinstance(source, (str, bytes, bytearray)):
            text = source if isinstance(source, str) else bytes(source).decode()
            if not is_trusted(text):
                raise Refused("text from the program would be evaluated as code")
        frame = sys._getframe(1)
        if evaluate is not compile and not rest and not named:
            rest = (frame.f_globals, frame.f_locals)
        return evaluate(source, *rest, **named)
    call.__name__ = evaluate.__name__
    return call


def is_trusted(text):
    """A constant of the task's own (a part of its text could be a name: 'expected'), or arithmetic on constants."""
    if without_indent(text) in trusted_constants():
        return True
    try:
        nodes = list(_ast.walk(_ast.parse(text.strip(), mode="eval")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return all(isinstance(n, ARITHMETIC_NODES) for n in nodes)


def without_indent(text):
    return "\n".join(line.strip() for line in text.strip().splitlines())


def trusted_constants():
    """The longer strings in the task's text; short ones are no programs, but may be names."""
    found = set()
    for source in TRUSTED_TEXT:
        try:
            nodes = _ast.walk(_ast.parse(source))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        found.update(without_indent(x.value) for x in nodes if isinstance(x, _ast.Constant) and type(x.value) is str)
    return {text for text in found if not text.isidentifier()}


def guarded_builtins(used):
    """For a test that evaluates text itself."""
    if not used & {"eval", "exec", "compile"}:
        return _BUILTINS
    return {**_BUILTINS, **{f.__name__: guarded(f) for f in (eval, exec, compile)}}


def prepare_libraries(used):
    """Runners of tests that would call a run of no test a success."""
    if "unittest" in used:
        result = library("unittest.result", "TestResult", True)
        if result.wasSuccessful.__module__ != "unittest.result":
            return
        plain = result.wasSuccessful
        result.wasSuccessful = lambda self: plain(self) and self.testsRun > len(self.skipped)
        ended = result.stopTestRun
        result.stopTestRun = lambda self: (RUNS.append(self), ended(self))[1]
    if "doctest" in used:
        for name in ("testmod", "run_docstring_examples", "testfile", "DocTestSuite"):
            library("doctest", name, True)
            setattr(sys.modules["doctest"], name, refuse_doctest)


RUNS = []  # results of unittest's runners in this test


def require_success():
    """A test may not look at the result of its own unittest run: main(exit=False), TextTestRunner().run(suite)."""
    for result in RUNS:
        if not result.wasSuccessful():
            raise AssertionError("the unittest run of the test was not successful" + "".join(
                f": {text.splitlines()[-1]}" for _, text in (result.failures + result.errors)[:1]))


def refuse_doctest(*args, **kwargs):
    raise Refused("examples in the program's own text cannot judge it")
