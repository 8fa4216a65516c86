"""Values that cross rarely: sets in their order, records, the standard library's own types, numpy's.

Everything here is decoded from names and plain data to types that are listed in this file, so what a program claims
about a value can make it another value, but never a thing that runs."""
import re as _re

DATES = ("date", "datetime", "time")
TYPES = {x.__name__: x for x in (int, float, complex, bool, str, bytes, bytearray, list, tuple, dict, set, frozenset, range,
                                 slice, object, type(None), type(...), type(NotImplemented))}
MAX_TABLE = 1 << 20        # slots of a set's table
MAX_ARRAY = 64 << 20       # bytes
EMPTY_SET = sys.getsizeof(set())
NAMED_TUPLES = {}
VIEWS = (type({}.keys()), type({}.values()), type({}.items()))


# ---- sets: what crosses must iterate as it did ----

def same_objects(a, b):
    return not any(map(is_not, a, b))


def encode_set(frame, tag, x, depth):
    recipe, items = set_recipe(x, list(x))
    return [tag, recipe, *[frame.encode(y, depth + 1) for y in items]]


def set_recipe(x, items):
    """How to build a set that iterates like x, and in which order its items go in: 0 = item by item, 1 = merged in at
    once, else its number of slots. The order of a set depends on what it went through, not only on what is in it."""
    kind = type(x)
    if len(items) < 2 or same_objects(kind(items), items):
        return 0, items
    slots = max((sys.getsizeof(x) - EMPTY_SET) // 16, 8)
    for recipe in (1, 0, slots) if kind is set else (1, 0):
        order = find_order(recipe, items)
        if order:
            return recipe, order
    return 1, items


def find_order(recipe, items):
    """An order in which to put the items in, so that they iterate as given; None if none was found. Where one stands in
    the place of another, it went in later."""
    order = items[:]
    for _ in range(min(3 * len(items) + 20, 300)):
        made = set()
        fill_set(made, recipe, order)
        wrong = next(((x, y) for x, y in zip(items, made) if x is not y), None)
        if wrong is None:
            return order
        at = {id(x): i for i, x in enumerate(order)}
        first, second = at[id(wrong[0])], at[id(wrong[1])]
        order.insert(first, order.pop(second))
    return next((list(o) for o in some_orders(items) if same_objects(set(o) if recipe != 1 else
                                                                     set(dict.fromkeys(o)), items)), None)


def some_orders(items):
    """All of a few items; of more, each one late."""
    if len(items) <= 6:
        return library("itertools", "permutations", True)(items)
    return (items[:i] + items[i + 1:] + items[i:i + 1] for i in range(min(len(items), 200)))


def fill_set(made, recipe, items):
    if type(recipe) is not int or not 0 <= recipe <= MAX_TABLE:
        raise WireError("malformed value")
    if recipe == 1:
        made.update(dict.fromkeys(items))
        return
    if recipe > 1:
        widen_set(made, recipe, items)
    made.update(items)


def widen_set(made, slots, items):
    """Gives an empty set this many slots: by members that are not in the way of the items and leave again."""
    near = {(hash(x) + i) % slots for x in items for i in range(10)}
    want = max(slots // 4, 5)
    members = dict.fromkeys([i for i in range(slots) if i not in near][:want])
    if len(members) == want:
        made.update(members)
        for x in members:
            made.discard(x)


# ---- records: instances of classes that trusted text defines ----

def slots_of(kind):
    for base in kind.__mro__:
        own = base.__dict__.get("__slots__", ())
        yield from (own,) if isinstance(own, str) else own


def record_fields(x):
    """Name and value of what an object holds."""
    fields = dict(vars(x)) if hasattr(x, "__dict__") else {}
    for name in slots_of(type(x)):
        if name not in ("__dict__", "__weakref__") and hasattr(x, name):
            fields[name] = getattr(x, name)
    return fields


def encode_record(frame, x, name, depth):
    """By value: the name of the class, its contents if it is a container, and the fields."""
    enum = library("enum", "Enum")
    if enum and isinstance(x, enum):  # its members are there already; of flags there may be sums
        return ["ke", name, x._value_ if isinstance(x, library("enum", "Flag")) else x._name_]
    k = frame.index.get(id(x))
    if k is not None:
        return ["r", k]
    frame.index[id(x)] = len(frame.table)
    frame.table.append(x)
    return ["k", name, *record_contents(frame, x, depth)]


def decode_member(kind, which):
    return kind.__members__[which] if type(which) is str else kind(which) if type(which) is int else malformed()


def record_contents(frame, x, depth=0):
    base = frame.encode_base(x, depth)
    out = [None if base is NotImplemented else base]
    for name, value in record_fields(x).items():
        out += [name, frame.encode(value, depth + 1)]
    return out


def decode_record(frame, x, kind, depth):
    base = next((b for b in BASES if issubclass(kind, b)), None)
    if base in (None, list, dict, set, bytearray):
        made = (base or object).__new__(kind)
        place_record(frame, made)
    else:  # its contents cannot change
        place = place_record(frame, None)
        made = base.__new__(kind, frame.decode(x[2], depth + 1))
        frame.table[place] = made
        frame.index[id(made)] = place
    fill_record(frame, made, x, depth)
    return made


def place_record(frame, made):
    frame.table.append(made)
    frame.index[id(made)] = len(frame.table) - 1
    return len(frame.table) - 1


def hides_method(kind, name):
    """Would a field of this name stand in front of what the class defines?"""
    for base in kind.__mro__:
        if name in base.__dict__:
            x = base.__dict__[name]
            return not isinstance(x, _MEMBER) and (callable(x) or hasattr(type(x), "__get__"))
    return False


class _Slotted:
    __slots__ = ("x",)


_MEMBER = type(_Slotted.x)


def fill_record(frame, made, x, depth=0):
    kind = type(made)
    flat = [frame.decode(y, depth + 1) for y in x[3:]]
    fields = dict(zip(flat[::2], flat[1::2]))
    for name in fields:
        if type(name) is not str or hides_method(kind, name):
            raise WireError(f"a field of a {kind.__name__} of the program's hides what the class defines: {name!s:.80}")
    if x[2] is not None and isinstance(made, (list, dict, set, bytearray)):
        base = next(b for b in BASES if isinstance(made, b))
        inner = frame.decode(x[2], depth + 1)
        base.clear(made)
        (base.extend if base in (list, bytearray) else base.update)(made, inner)
    if hasattr(made, "__dict__"):
        vars(made).clear()
    slots = set(slots_of(kind))
    for name, value in fields.items():
        if name in slots:
            object.__setattr__(made, name, value)
        else:
            vars(made)[name] = value


# ---- out ----

def encode_rare(frame, x, t, depth):
    if t is frozenset:
        return encode_set(frame, "f", x, depth)
    if t is bytes:
        return ["b", x.decode("latin-1")]
    if t is complex:
        return ["c", x.real, x.imag]
    if t is range or t is slice:
        return ["g" if t is range else "S", *[frame.encode(y, depth + 1) for y in (x.start, x.stop, x.step)]]
    if x is Ellipsis or x is NotImplemented:
        return ["." if x is Ellipsis else "!"]
    if t is type and TYPES.get(x.__name__) is x:
        return ["y", x.__name__]
    if t is type and isinstance(x, type) and builtin_exception(x.__name__) is x:
        return ["y", x.__name__]
    if t in VIEWS:
        return ["w", VIEWS.index(t), *[frame.encode(y, depth + 1) for y in x]]
    if t is memoryview:
        return ["M", bytes(x).decode("latin-1")]
    for encode in (encode_number, encode_date, encode_text_type, encode_named_tuple, encode_numpy, encode_sympy):
        out = encode(frame, x, t, depth)
        if out is not None:
            return out
    return frame.wire.encode_foreign(frame, x, depth)


def builtin_exception(name):
    x = _BUILTINS.get(name)
    return x if isinstance(x, type) and issubclass(x, BaseException) else None


_BUILTINS = __builtins__ if type(__builtins__) is dict else vars(__builtins__)


def encode_number(frame, x, t, depth):
    if t is library("decimal", "Decimal"):
        return ["m", str(x)]
    if t is library("fractions", "Fraction"):
        return ["F", frame.encode(x.numerator), frame.encode(x.denominator)]


def encode_date(frame, x, t, depth):
    if t.__name__ in DATES and t is library("datetime", t.__name__):
        zone = getattr(x, "tzinfo", None)
        if zone is None:
            return ["T", t.__name__, x.isoformat(), getattr(x, "fold", 0)]
        zone = encode_date(frame, zone, type(zone), depth)
        return zone and ["T", t.__name__, x.replace(tzinfo=None).isoformat(), x.fold, zone]
    if t is library("datetime", "timedelta"):
        return ["E", x.days, x.seconds, x.microseconds]
    if t is library("datetime", "timezone"):
        offset, *name = x.__getinitargs__()
        return ["Z", offset.days, offset.seconds, offset.microseconds, *name]
    if t is library("zoneinfo", "ZoneInfo") and x.key:
        return ["Zi", x.key]


def encode_text_type(frame, x, t, depth):
    if t is _re.Pattern and type(x.pattern) in (str, bytes):
        return ["P", frame.encode(x.pattern), x.flags]
    if t is _re.Match and type(x.string) in (str, bytes):
        return ["Pm", frame.encode(x.re), frame.encode(x.string), x.pos, x.endpos, x.start(), x.end()]
    if t is library("io", "StringIO") and not x.closed:
        return ["I", x.getvalue(), x.tell()]
    if t is library("io", "BytesIO") and not x.closed:
        return ["Ib", x.getvalue().decode("latin-1"), x.tell()]


NAMED_TUPLE_OWN = frozenset(("__doc__", "__slots__", "_fields", "_field_defaults", "__new__", "_make", "_replace",
                             "__repr__", "_asdict", "__getnewargs__", "__match_args__", "__module__", "__orig_bases__",
                             "__annotations__"))


def is_named_tuple(t):
    """A tuple class with names for its places, and with nothing else of its own."""
    fields = t.__dict__.get("_fields")
    return issubclass(t, tuple) and t.__base__ is tuple and type(fields) is tuple and not (
        set(t.__dict__) - NAMED_TUPLE_OWN - set(fields))


def encode_named_tuple(frame, x, t, depth):
    if isinstance(x, tuple) and is_named_tuple(t):
        return ["N", t.__name__, list(t._fields), *[frame.encode(y, depth + 1) for y in tuple.__iter__(x)]]


# ---- in ----

def decode_rare(frame, tag, x, depth):
    if tag == "i":
        return int(x[1], 16)
    if tag == "f":
        items = [frame.decode(y, depth + 1) for y in x[2:]]
        return frozenset(dict.fromkeys(items) if x[1] else items)
    if tag in ("b", "M"):
        data = x[1].encode("latin-1")
        return data if tag == "b" else memoryview(data)
    if tag == "c":
        return complex(*map(float, x[1:3]))
    if tag in ("g", "S"):
        return (range if tag == "g" else slice)(*[frame.decode(y, depth + 1) for y in x[1:4]])
    if tag in (".", "!"):
        return Ellipsis if tag == "." else NotImplemented
    if tag == "y":
        return TYPES.get(x[1]) or builtin_exception(x[1]) or malformed()
    if tag == "w":
        return make_view(x[1], [frame.decode(y, depth + 1) for y in x[2:]])
    if tag == "m":
        return library("decimal", "Decimal", True)(x[1])
    if tag == "F":
        return library("fractions", "Fraction", True)(frame.decode(x[1]), frame.decode(x[2]))
    if tag in ("T", "E", "Z", "Zi"):
        return decode_date(tag, x)
    if tag in ("P", "Pm", "I", "Ib"):
        return decode_text_type(frame, tag, x)
    if tag == "N":
        items = [frame.decode(y, depth + 1) for y in x[3:]]
        for field, y in zip(x[2], items):
            frame.wire.check_field(field, y)
        return named_tuple(x[1], x[2])._make(items)
    if tag[:1] == "Y":
        return decode_sympy(frame, tag, x, depth)
    if tag == "ns":
        return decode_numpy_scalar(frame, x)
    return frame.wire.decode_foreign(frame, tag, x, depth)


def make_view(which, items):
    if which == 1:
        return dict(enumerate(items)).values()
    return dict.fromkeys(items).keys() if which == 0 else dict(items).items()


def malformed():
    raise WireError("malformed value")


def decode_date(tag, x):
    if tag == "T" and x[1] in DATES:
        made = library("datetime", x[1], True).fromisoformat(x[2])
        if len(x) > 4:
            made = made.replace(tzinfo=decode_date(x[4][0], x[4]))
        return made.replace(fold=x[3]) if x[3] else made
    if tag == "E":
        return library("datetime", "timedelta", True)(*x[1:4])
    if tag == "Z":
        zone, delta = library("datetime", "timezone", True), library("datetime", "timedelta")(*x[1:4])
        return zone.utc if not delta and len(x) == 4 else zone(delta, *x[4:5])
    if tag == "Zi" and type(x[1]) is str:
        return library("zoneinfo", "ZoneInfo", True)(x[1])
    malformed()


def decode_text_type(frame, tag, x):
    if tag == "P":
        return _re.compile(frame.decode(x[1]), x[2])
    if tag == "Pm":
        _, pattern, string, pos, endpos, start, end = x
        pattern, string = frame.decode(pattern), frame.decode(string)
        found = pattern.match(string, start, endpos) if type(pattern) is _re.Pattern else None
        if not found or found.end() != end:  # a lookbehind or an anchor wants the place where the search began
            found = next((m for m in pattern.finditer(string, pos, endpos) if m.span() == (start, end)), None)
        return found or malformed()
    made = library("io", "StringIO" if tag == "I" else "BytesIO", True)()
    made.write(x[1] if tag == "I" else x[1].encode("latin-1"))
    made.seek(x[2])
    return made


def named_tuple(name, fields, defaults=()):
    key = (name, *fields)
    if not all(type(x) is str for x in key):
        malformed()
    if key not in NAMED_TUPLES:
        NAMED_TUPLES[key] = library("collections", "namedtuple")(name, fields, defaults=defaults or None)
    return NAMED_TUPLES[key]
