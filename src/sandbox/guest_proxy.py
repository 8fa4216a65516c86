"""What stands in the checker for objects that live in the candidate.

A test may ask such an object for whatever comes back as a plain value and is compared here: attributes, methods, items,
length, text, iteration. It is never asked to judge a plain value, because that would hand it the expected one: comparisons
go only to another object of the program, and what a built-in value would answer with True or False (startswith, issubset)
is asked of it only where the test shows that it means an object of a class (see shows_class). Membership is decided here,
by iterating. Arithmetic with plain values needs, besides, an object that the test itself has made."""
import types as _types

READABLE = frozenset("""__doc__ __name__ __qualname__ __annotations__ __defaults__ __kwdefaults__ __dict__ __members__
__version__ __len__ __iter__ __str__ __repr__ __bool__ __getitem__ __setitem__ __delitem__ __call__ __enter__ __next__ __int__
__float__ __index__ __abs__ __neg__ __hash__""".split())
BUILT_IN = (str, bytes, list, tuple, dict, set, frozenset, int, float, complex, range, memoryview, _re.Match)
BUILT_IN_NAMES = frozenset(name for t in BUILT_IN for name in dir(t))
JUDGING = frozenset(name for name in BUILT_IN_NAMES if name[:2] == "is" or name in ("startswith", "endswith")) | {
    "all", "any", "equals", "is_nan", "is_zero", "is_infinite", "is_finite", "is_signed", "is_subset", "is_superset"}

# Methods that are given what is looked for, and whose answer is as good as a verdict: -1 or not, empty or not.
SEARCHING = frozenset("""find rfind index rindex count compare remove discard subtract union intersection difference
symmetric_difference difference_update intersection_update symmetric_difference_update""".split())

# What arrays, numbers, dates and expressions of libraries have: no evidence of a class of the program's.
VALUE_NAMES = BUILT_IN_NAMES | frozenset("""shape dtype ndim size T flat tolist astype sum mean std max min argmax argmin
argsort flatten reshape ravel item dot nonzero cumsum isoformat strftime year month day hour minute second date time weekday
total_seconds days seconds numerator denominator quantize as_tuple most_common elements subtract appendleft popleft
extendleft rotate maxlen free_symbols subs evalf simplify expand iloc loc columns values""".split())


class Handle:
    """An object that lives in the candidate: it can be handed back, and is equal to itself."""
    __slots__ = ("_hrm", "_made")

    def __repr__(self):
        return f"<{self._hrm[2]} object of the program>"

    def __copy__(self):
        return operate(self, "copy")

    def __deepcopy__(self, memo):
        return operate(self, "deepcopy")

    def __reduce_ex__(self, protocol):
        raise TypeError("an object of the program cannot be pickled here")


def new_handle(kind, wire, number, name):
    made = object.__new__(kind)
    object.__setattr__(made, "_hrm", (wire, number, name))
    object.__setattr__(made, "_made", False)
    return made


def operate(handle, name, *others):
    return handle._hrm[0].ask("o", (handle, *others), [name])


def exact(value, kind):
    if type(value) is not kind:
        raise TypeError(f"the program's object gave {type(value).__name__}, not {kind.__name__}")
    return value


def may_ask(wire, kind, name, made=False):
    """Raises what Python would if the attribute were not there. made: does the test name this class, or has it made this
    object?"""
    if name[:2] == "__" and name not in READABLE:
        raise AttributeError(f"'{kind}' object of the program: '{name}' is not looked up")
    if name in JUDGING and not wire.shows_class(made):
        raise AttributeError(f"'{kind}' object of the program cannot stand in for a built-in value ('{name}')")


def ask_attribute(wire, handle, kind, name, made=False):
    may_ask(wire, kind, name, made)
    return may_use(wire, kind, name, made, wire.ask("a", (handle,), [name]))


def may_use(wire, kind, name, made, x):
    """x is what an object has under this name. As with JUDGING in may_ask(), but a number of this name is only a number,
    and an object that the test made itself may be asked."""
    if name in SEARCHING and callable(x) and not made and not wire.shows_class():
        raise AttributeError(f"'{kind}' object of the program cannot stand in for a built-in value ('{name}')")
    return x


class Iterator(Handle):
    __slots__ = ()

    def __iter__(self):
        return self

    def __next__(self):
        return operate(self, "next")


class Generator(Iterator):
    __slots__ = ()

    def send(self, value):
        return operate(self, "send", value)

    def throw(self, exception, *rest):
        return operate(self, "throw", exception)

    def close(self):
        return operate(self, "close")


class AsyncGenerator(Handle):
    __slots__ = ()

    def __aiter__(self):
        return self

    async def __anext__(self):
        return self._hrm[0].ask("w", (self,), ["anext"])


async def wait_for(handle):
    return handle._hrm[0].ask("w", (handle,), [])


class Function(Handle):
    __slots__ = ()
    __doc__ = property(lambda self: self.__getattr__("__doc__"))

    def __call__(self, *args, **kwargs):
        return self._hrm[0].ask("c", (self, *args, *kwargs.values()), list(kwargs))

    def __get__(self, instance, owner=None):
        return self if instance is None else _types.MethodType(self, instance)

    def __getattr__(self, name):
        return ask_attribute(self._hrm[0], self, "function", name)

    def __setattr__(self, name, value):
        self._hrm[0].ask("A", (self, value), [name])

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


class Stub(Function):
    """A function of the program, called by its name."""
    __slots__ = ()
    __doc__ = Function.__dict__["__doc__"]

    def __call__(self, *args, **kwargs):
        wire, _, name = self._hrm
        value = wire.ask("g", (*args, *kwargs.values()), [name, *kwargs])
        wire.last = (name, value)
        return value

    def __getattr__(self, name):
        wire, _, mine = self._hrm
        if name == "__signature__":
            return make_signature(wire.ask("s", (), [mine]))
        may_ask(wire, "function", name)
        return wire.ask("f", (), [mine, name])

    def __setattr__(self, name, value):
        wire, _, mine = self._hrm
        wire.ask("A", (wire.ask("v", (), [mine]), value), [name])


def make_signature(listed):
    from inspect import Parameter, Signature
    return Signature([Parameter(name, kind, default=default if has else Parameter.empty)
                      for name, kind, has, default in listed])


class Class(type):
    """A class of the program. A test may derive from it; the derived class then lives in the candidate too, and its
    functions here."""

    def __new__(meta, name, bases, own, remote=None):
        if remote is None:
            remote = derive(name, bases, own)
        made = super().__new__(meta, name, bases, {"__slots__": (), **own})
        type.__setattr__(made, "_remote", remote)  # (wire, number)
        if len(remote) == 3:
            remote[0].local_types[remote[2]] = made
        return made

    def __init__(cls, name, bases, own, remote=None):
        super().__init__(name, bases, own)

    def __call__(cls, *args, **kwargs):
        wire = cls._remote[0]
        made = wire.ask("c", (cls, *args, *kwargs.values()), list(kwargs))
        if isinstance(made, Instance):
            object.__setattr__(made, "_made", True)
        return made

    def __getattr__(cls, name):
        wire = cls._remote[0]
        return ask_attribute(wire, cls, "type", name, cls in wire.named)

    def __setattr__(cls, name, value):
        cls._remote[0].ask("A", (cls, value), [name])

    def __instancecheck__(cls, x):
        return type.__instancecheck__(cls, x) or \
            issubclass(type(x).__dict__.get("_stands_for", object), cls)

    def __repr__(cls):
        return f"<class '__main__.{cls.__name__}'>"


class EnumClass(Class):
    def __iter__(cls):
        return iter(cls._remote[0].ask("o", (cls,), ["iter"]))

    def __len__(cls):
        return exact(cls._remote[0].ask("o", (cls,), ["len"]), int)

    def __getitem__(cls, name):
        return cls._remote[0].ask("o", (cls, name), ["getitem"])

    def __contains__(cls, x):
        return isinstance(x, cls)


def derive(name, bases, own):
    theirs = [b for b in bases if isinstance(b, Class)]
    wire = theirs[0]._remote[0]
    sent = {k: x for k, x in own.items() if type(x) is _types.FunctionType or k[:2] != "__" and (
        x is None or type(x) in SCALARS or type(x) in (int, list, tuple, dict))}
    number = wire.ask("K", (*theirs, *sent.values()), [name, *sent])
    described = wire.ask("t", (), [number])
    return wire, described[1], number


class Instance(Handle):
    """An object of a class of the program's; its subclasses, one for each such class, have the special methods it has."""
    __slots__ = ()

    def __getattr__(self, name):
        return ask_attribute(self._hrm[0], self, type(self).__name__, name, self._made)

    def __setattr__(self, name, value):
        self._hrm[0].ask("A", (self, value), [name])

    def __delattr__(self, name):
        self._hrm[0].ask("D", (self,), [name])


def leave(self, kind, value, trace):
    """Its __exit__ may swallow an exception, but not what the test found false."""
    swallowed = operate(self, "exit", kind, value, None)
    return bool(swallowed) and not isinstance(value, AssertionError)



async def leave_async(self, kind, value, trace):
    swallowed = await operate(self, "aexit", kind, value, None)
    return bool(swallowed) and not isinstance(value, AssertionError)


SPECIAL = {"__exit__": leave, "__aexit__": leave_async}


def define(names, make):
    for name in names.split():
        SPECIAL[f"__{name}__"] = make(name)


def is_remote(x):
    return isinstance(x, (Handle, Class)) or hasattr(type(x), "_stands_for")


def passing(name):
    return lambda self, *others: operate(self, name, *others)


def giving(kind):
    return lambda name: lambda self, *others: exact(operate(self, name, *others), kind)


def comparing(name):
    return lambda self, other: exact(operate(self, name, other), bool) if is_remote(other) else NotImplemented


def calculating(name):
    operation = name + "_" if name in ("and", "or") else name

    def method(self, *others):
        if not all(map(is_remote, others)) and not (self._made and self._hrm[0].shows_class(True)):
            return NotImplemented
        own = self._made
        made = operate(self, operation, *others)
        if isinstance(made, Instance):
            object.__setattr__(made, "_made", own)
        return made
    return method


def awaiting(name):
    async def method(self, *others):
        return await operate(self, name, *others)
    return method


def enter(self):
    made = operate(self, "enter")
    if made is self:
        object.__setattr__(made, "_made", True)
    return made


def contains(self, item):
    if not is_remote(item):
        if hasattr(type(self), "__iter__"):
            return any(item is x or item == x for x in self)
        if not (self._made and self._hrm[0].shows_class(True)):
            raise TypeError(f"argument of type '{type(self).__name__}' is not iterable")
    return exact(operate(self, "contains", item), bool)


define("iter next reversed getitem setitem delitem call trunc floor ceil round aiter copy deepcopy", passing)
define("len int index hash", lambda name: giving(int)(name))
define("str repr format", lambda name: giving(str)(name))
define("bool", lambda name: giving(bool)(name))
define("float", lambda name: giving(float)(name))
define("complex", lambda name: giving(complex)(name))
define("bytes", lambda name: giving(bytes)(name))
define("lt le gt ge eq ne", comparing)
define("""add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv mod rmod pow rpow matmul rmatmul and rand or ror xor
rxor lshift rlshift rshift rrshift iadd isub imul itruediv ifloordiv imod ipow imatmul iand ior ixor ilshift irshift neg pos
abs invert""", calculating)
define("aenter", awaiting)
SPECIAL["__anext__"] = lambda self: wait_for_next(self)
SPECIAL["__await__"] = lambda self: wait_for(self).__await__()
SPECIAL["__enter__"], SPECIAL["__contains__"] = enter, contains


async def wait_for_next(handle):
    return handle._hrm[0].ask("w", (handle,), ["anext"])


def forwarder(name):
    """A function of a class of the program's, as super() and a call on the class find it."""
    def method(self, *args, **kwargs):
        wire = self._hrm[0]
        may_ask(wire, type(self).__name__, name if name != "__init__" else "init", self._made)
        may_use(wire, type(self).__name__, name, self._made, method)
        return wire.ask("u", (kind[0], self, *args, *kwargs.values()), [name, *kwargs])
    kind = [None]
    method.__name__ = name
    return method, kind


def make_class(wire, number):
    """The class that stands here for the program's class of this number."""
    name, handle, special, bases, own, enum = check_description(wire.ask("t", (), [number]))
    bases = tuple(wire.local_type(b) for b in bases if b != number) or (Instance,)
    functions = {n: forwarder(n) for n in own}
    names = {n: f for n, (f, _) in functions.items()}
    names.update((n, SPECIAL[n]) for n in special if n in SPECIAL)
    if "unhashable" in special:
        names["__hash__"] = None
    elif "__eq__" in names:
        names.setdefault("__hash__", object.__hash__)
    try:
        made = (EnumClass if enum else Class)(name, bases, names, remote=(wire, handle))
    except TypeError:  # no common order of its bases
        made = (EnumClass if enum else Class)(name, (Instance,), names, remote=(wire, handle))
    for _, kind in functions.values():
        kind[0] = made
    return made


def check_description(x):
    kinds = (str, int, list, list, list, bool)
    if type(x) is not list or tuple(map(type, x)) != kinds:
        raise WireError("malformed description of a class")
    name, handle, special, bases, own, enum = x
    if not all(type(n) is str for n in special + own) or not all(type(b) is int for b in bases):
        raise WireError("malformed description of a class")
    return name[:100], handle, special, bases, own, enum


def make_valued(wire, number, base):
    """A class of values that have, besides, attributes in the program: members of an IntEnum, tuples with methods."""
    def __getattr__(self, name):
        return ask_attribute(wire, self, type(self).__name__, name)
    local = wire.local_type(number)
    return type(local.__name__, (base,), {"__getattr__": __getattr__, "_stands_for": local, "__module__": "solution"})


# ---- does a test mean objects of a class? ----

def shows_class(source, plain):
    """Does the text of a test show that it is about objects of a class, and not about built-in values? It does where it
    uses an attribute that no plain value has (plain: the names that they have), names a class elsewhere than in a call,
    enters a context, or sets two calls of one capitalized name against each other."""
    tree = _ast.parse(source)
    nodes = list(_ast.walk(tree))
    imported = {(a.asname or a.name).partition(".")[0] for n in nodes if isinstance(n, (_ast.Import, _ast.ImportFrom))
                for a in n.names} | {"self", "cls", "unittest"}
    return any(is_evidence(n, imported, plain | JUDGING | SEARCHING) for n in nodes)


def root_name(node):
    while isinstance(node, (_ast.Attribute, _ast.Call, _ast.Subscript)):
        node = node.func if isinstance(node, _ast.Call) else node.value
    return node.id if isinstance(node, _ast.Name) else ""


def capital(node):
    return isinstance(node, _ast.Name) and node.id.lstrip("_")[:1].isupper() and node.id not in _BUILTINS


def is_evidence(node, imported, plain):
    if isinstance(node, _ast.Attribute):
        return node.attr not in plain and node.attr[:6] != "assert" and \
            root_name(node) not in imported
    if isinstance(node, _ast.Call) and isinstance(node.func, _ast.Name) and node.func.id in ("isinstance", "issubclass"):
        return len(node.args) == 2 and capital(node.args[1]) and node.args[1].id not in imported
    if isinstance(node, _ast.ClassDef):
        return any(capital(b) and b.id not in imported for b in node.bases)
    if isinstance(node, _ast.withitem):
        return isinstance(node.context_expr, _ast.Call) and capital(node.context_expr.func)
    if isinstance(node, (_ast.Compare, _ast.BinOp)):
        called = [n.func.id for n in _ast.walk(node) if isinstance(n, _ast.Call) and capital(n.func)]
        return len(set(called)) < len(called)
    return False
