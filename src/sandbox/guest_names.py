"""Which names a test starts with.

They are the test's, the prompt's or Python's before they are the program's. What the program imported is taken from the list
below, under its own name, and never for the entry point; what it imported under a name of its choice is not bound at all. A
function of the program's own does not judge what another one gave."""
from opcode import opmap as _opmap

LOAD_GLOBAL, LOAD_NAME, STORE_NAME, EXTENDED_ARG = (
    _opmap[name] for name in ("LOAD_GLOBAL", "LOAD_NAME", "STORE_NAME", "EXTENDED_ARG"))
NOTED = {_opmap["IS_OP"]: "is", _opmap["STORE_SUBSCR"]: "STORE_SUBSCR", _opmap["DELETE_SUBSCR"]: "DELETE_SUBSCR"}
INTERESTING = frozenset((LOAD_GLOBAL, LOAD_NAME, STORE_NAME, EXTENDED_ARG, *NOTED))
GLOBAL_SHIFT = sys.version_info >= (3, 11)

MODULES = {name: name for name in """math cmath random re string json itertools functools collections heapq bisect operator
copy datetime time statistics decimal fractions typing sys io unittest abc enum dataclasses numbers textwrap calendar asyncio
inspect types array struct hashlib numpy sympy""".split()} | {"np": "numpy", "sp": "sympy"}
FROM = {
    "math": """sqrt isclose floor ceil gcd lcm factorial comb perm prod log log2 log10 exp sin cos tan pi inf nan isnan isinf hypot
        isqrt fabs""",
    "collections": "Counter deque defaultdict OrderedDict namedtuple ChainMap",
    "datetime": "date timedelta timezone",
    "decimal": "Decimal", "fractions": "Fraction", "copy": "deepcopy", "functools": "reduce partial lru_cache cmp_to_key",
    "itertools": """permutations combinations product chain accumulate groupby islice count cycle repeat zip_longest
        combinations_with_replacement takewhile dropwhile""",
    "heapq": "heappush heappop heapify nlargest nsmallest", "bisect": "bisect_left bisect_right",
    "typing": "Any Callable Dict Iterable Iterator List NamedTuple Optional Sequence Set Tuple Union",
    "enum": "Enum IntEnum", "dataclasses": "dataclass field", "abc": "ABC abstractmethod",
}
HARMLESS = {name: (module, name) for module, names in FROM.items() for name in names.split()}
HARMLESS.update((name, (module, "")) for name, module in MODULES.items())


def harmless(name, kind):
    """The object of this name in the list, or None. datetime is the module and a class of the same name."""
    module, inner = HARMLESS[name]
    if name == "datetime" and kind != "module":
        inner = "datetime"
    try:
        __import__(module)
    except ImportError:
        return None
    return getattr(sys.modules[module], inner) if inner else sys.modules[module]


def names_used(code, used, stored, every):
    """Names that compiled code looks up as globals, those it defines itself, and all it mentions."""
    text, names, arg = code.co_code, code.co_names, 0
    every.update(names)
    for i in range(0, len(text), 2):
        op = text[i]
        if op not in INTERESTING:
            arg = 0
            continue
        arg = arg << 8 | text[i + 1]
        if op == EXTENDED_ARG:
            continue
        if op == LOAD_GLOBAL:
            used.add(names[arg >> GLOBAL_SHIFT])
        elif op == LOAD_NAME:
            used.add(names[arg])
        elif op == STORE_NAME:
            stored.add(names[arg])
        else:
            every.add(NOTED[op])
        arg = 0
    for x in code.co_consts:
        if type(x) is type(code):
            names_used(x, used, stored, every)


class LiveNames(dict):
    """A test's names, of which some are the program's data: looked up anew whenever they are used."""

    def __init__(self, names, wire, live):
        super().__init__(names)
        self.wire, self.live = wire, live

    def __getitem__(self, name):
        if name in self.live:
            return self.wire.ask("v", (), [name])
        return super().__getitem__(name)

    def __setitem__(self, name, value):
        self.live.discard(name)
        super().__setitem__(name, value)


def bind(wire, names, name, kind, live=None):
    """Puts what stands for a global of the program into the test's names."""
    what = kind[0] if type(kind) is list and kind and type(kind[0]) is str else "missing"
    if what in ("function", "library") or what == "class" and not capital_name(wire, name):
        names[name] = new_handle(Stub, wire, -1, name)
    elif what == "class":
        names[name] = wire.ask("v", (), [name])
        wire.named.add(names[name] if isinstance(names[name], Class) else None)
    elif what == "tuple" and len(kind) == 4:
        for field, x in zip(kind[2][::-1], kind[3][::-1]):
            wire.check_field(field, x)
        names[name] = named_tuple(kind[1], kind[2], kind[3])
    elif what == "exception":
        bases = [b for b in kind[1:] if type(b) is str]
        names[name] = wire.exception_class(bases[0] if bases else name, bases)
    elif what == "data":
        if live is None:
            names[name] = wire.ask("v", (), [name])
        else:
            live.add(name)


def capital_name(wire, name):
    """A program must not gain powers over a test by making a function a class: only such names stand for classes."""
    return name.lstrip("_")[:1].isupper() or name in wire.prompt_classes


def bind_unknown(wire, names, name, kind, live, has_entry):
    """A name that neither the test nor the prompt nor Python has."""
    if kind == ["missing"]:
        return
    imported = kind in (["library"], ["module"])
    if name in HARMLESS:
        found = harmless(name, kind[0])
        if found is not None and (imported or not callable(found) or judges(wire.source, name)):
            names[name] = found
            return
    if not imported and not (has_entry and judges(wire.source, name)):
        bind(wire, names, name, kind, live)


def bind_names(wire, trusted, code, source, entry):
    """The names a test starts with. A name that Python itself defines (sum, set) is the program's only where no other
    name of the test is: a program must not redefine what judges it."""
    used, stored, every = set(), set(), set()
    names_used(code, used, stored, every)
    used -= stored
    if any(name not in trusted.names and name not in _BUILTINS for name in used):
        trusted.run_support()
    wire.begin_test(source, every)
    names = dict(trusted.names)
    live = set()
    unknown = sorted((used | trusted.used) - names.keys())
    own = bool(entry)
    for name in unknown:
        if name not in _BUILTINS:
            kind = wire.ask("n", (), [name])
            bind_unknown(wire, names, name, kind, live, bool(entry))
            own = own or name in live or isinstance(names.get(name), (Handle, Class))
    for name in unknown if not own else ():
        kind = wire.ask("n", (), [name]) if name in _BUILTINS else ["missing"]
        if kind not in (["missing"], ["library"], ["module"]):
            bind(wire, names, name, kind, live)
    for name in trusted.used & names.keys():  # for the prelude's own functions
        trusted.names.setdefault(name, names[name])
    if "__builtins__" not in trusted.names or every & {"eval", "exec", "compile"}:
        names["__builtins__"] = guarded_builtins(every)
    return LiveNames(names, wire, live) if live else names, every
