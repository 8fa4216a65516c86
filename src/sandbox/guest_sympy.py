"""sympy's expressions on the wire: trees of functions from a list, never text to be read again."""
SYMPY_KINDS = frozenset("""Add Mul Pow Abs exp log sin cos tan cot sec csc asin acos atan acot atan2 sinh cosh tanh asinh acosh
atanh sqrt factorial binomial gamma floor ceiling Max Min Mod sign re im conjugate arg Equality Unequality StrictLessThan
LessThan StrictGreaterThan GreaterThan And Or Not Piecewise ExprCondPair Tuple FiniteSet Interval Union Intersection Complement
EmptySet Derivative Integral Sum Product Limit Subs Poly""".split())
SYMPY_CONSTANTS = {"Pi": "pi", "Exp1": "E", "ImaginaryUnit": "I", "Infinity": "oo", "NegativeInfinity": "-oo",
                   "ComplexInfinity": "zoo", "NaN": "nan", "BooleanTrue": "true", "BooleanFalse": "false",
                   "EulerGamma": "EulerGamma", "GoldenRatio": "GoldenRatio", "EmptySet": "EmptySet", "Reals": "Reals",
                   "Integers": "Integers", "Naturals": "Naturals", "Rationals": "Rationals", "Complexes": "Complexes"}


def encode_sympy(frame, x, t, depth):
    sympy = sys.modules.get("sympy")
    if not sympy or not t.__module__.startswith("sympy.") or not hasattr(sympy, "Basic"):
        return None
    if isinstance(x, sympy.MatrixBase):
        return ["Ym", x.rows, x.cols, *[frame.encode(y, depth + 1) for y in x.flat()]]
    if isinstance(x, sympy.Rational):
        return ["Yr", frame.encode(int(x.p)), frame.encode(int(x.q))]
    if isinstance(x, sympy.Float):
        return ["Yf", str(x), x._prec]
    if t is sympy.Symbol or t is sympy.Dummy:
        known = x.assumptions0
        return ["Ys", x.name, frame.encode({} if known == sympy.Symbol(x.name).assumptions0 else known, depth + 1)]
    if t.__name__ in SYMPY_CONSTANTS:
        return ["Yc", t.__name__]
    if isinstance(x, sympy.Basic) and t.__name__ in SYMPY_KINDS:
        return ["Y", t.__name__, *[frame.encode(y, depth + 1) for y in x.args]]


def decode_sympy(frame, tag, x, depth):
    sympy = library("sympy", "Basic", True) and sys.modules["sympy"]
    if tag == "Yr":
        p, q = frame.decode(x[1]), frame.decode(x[2])
        return sympy.Rational(p, q) if type(p) is type(q) is int else malformed()
    if tag == "Yf":
        return sympy.Float(str(float(x[1])) if x[2] == 53 else number_text(x[1]), precision=int(x[2]))
    if tag == "Ys":
        known = frame.decode(x[2], depth + 1)
        return sympy.Symbol(str(x[1]), **known)
    if tag == "Yc":
        name = SYMPY_CONSTANTS[x[1]]
        return -sympy.oo if name == "-oo" else getattr(sympy, name, None) or getattr(sympy.S, name)
    parts = [frame.decode(y, depth + 1) for y in x[3 if tag == "Ym" else 2:]]
    if not all(isinstance(y, (sympy.Basic, sympy.MatrixBase)) for y in parts):
        malformed()
    if tag == "Ym":
        return sympy.Matrix(x[1], x[2], parts)
    if x[1] == "ExprCondPair":  # of a Piecewise
        return library("sympy.functions.elementary.piecewise", x[1], True)(*parts)
    return getattr(sympy, x[1])(*parts) if x[1] in SYMPY_KINDS else malformed()


def number_text(text):
    """The text of a decimal number and nothing else: sympy would evaluate any other."""
    return text if _re.fullmatch(r"[-+]?[0-9.]+(e[-+]?[0-9]+)?", text) else malformed()
