"""numpy's arrays and scalars on the wire: arrays are mutable containers like lists, element types are kept."""
NUMPY = None


def register_numpy():
    """Before the fork, where numpy is loaded."""
    global NUMPY
    NUMPY = sys.modules.get("numpy")
    if NUMPY:
        MUTABLE[NUMPY.ndarray] = "n"
        MUTABLE_TAGS["n"] = NUMPY.ndarray


def numpy_module():
    if not NUMPY:
        register_numpy()
    return NUMPY or malformed()


def plain_items(flat):
    """The elements of a flat array as Python's own objects."""
    if flat.dtype.kind in "Mm":
        return flat.astype("i8").tolist()
    if flat.dtype.kind == "f" and flat.dtype.itemsize > 8:
        return flat.astype("f8").tolist()
    return flat.tolist()


def type_text(dtype):
    return [list(field[:2]) for field in dtype.descr] if dtype.names else dtype.str


def encode_array(frame, x):
    if x.dtype.names and not all(len(field) == 2 and type(field[1]) is str for field in x.dtype.descr):
        raise WireError("an array of this type cannot be handed over")
    return ["n", type_text(x.dtype), list(x.shape), frame.encode(plain_items(x.ravel()), 1)]


def array_type(text):
    if type(text) is list:
        return numpy_module().dtype([(name, kind) for name, kind in text])
    return numpy_module().dtype(text if type(text) is str else malformed())


def empty_array(x):
    kind, shape, size = array_type(x[1]), tuple(x[2]), 1
    for n in shape:
        size *= n
    if not 0 <= size * max(kind.itemsize, 1) <= MAX_ARRAY:
        raise WireError("an array too large to hand over")
    return NUMPY.zeros(shape, kind)  # empty() would show what lay there before


def fill_array(frame, made, x):
    if list(made.shape) != x[2] or type_text(made.dtype) != x[1]:
        raise WireError("an array cannot change its shape in place")
    flat = frame.decode(x[3], 1)
    if made.dtype.kind == "O":
        made.ravel()[:] = flat if made.flags.c_contiguous else malformed()
    elif made.dtype.kind in "Mm":
        made[...] = NUMPY.array(flat, dtype="i8").view(made.dtype).reshape(made.shape)
    else:
        made[...] = NUMPY.array(flat, dtype=made.dtype).reshape(made.shape)


def encode_numpy(frame, x, t, depth):
    if not NUMPY and "numpy" in sys.modules:
        register_numpy()
    if NUMPY and t is NUMPY.ndarray:  # numpy was loaded by the program itself
        return frame.encode(x, depth)
    if not NUMPY or not isinstance(x, NUMPY.generic) or x.dtype.names:
        return None
    return ["ns", x.dtype.str, frame.encode(plain_items(NUMPY.asarray(x).ravel())[0])]


def decode_numpy_scalar(frame, x):
    kind, value = array_type(x[1]), frame.decode(x[2])
    if kind.itemsize > MAX_ARRAY or kind.kind not in "biufcSUMm":
        malformed()
    if kind.kind in "Mm":
        return NUMPY.array([value], dtype="i8").view(kind)[0]
    return NUMPY.array([value], dtype=kind)[0]
