"""Does a test let a function of the program's decide over what another one of them gave?

`assert approx(f(1), 2)` does, and so do `got = f(1); assert approx(got, 2)`, `ok = approx(f(1), 2)`, `assert all(approx(a, b)
for ...)`, `self.assertTrue(approx(...))` and a function of the test's that returns approx(a, b). `decode(encode(x)) == x` does
not: there the checker compares."""


def judges(source, name):
    return Decisions(_ast.parse(source), name).made()


COLLECTING = frozenset("append add insert extend update".split())


def bindings(node):
    """(target, value) of whatever gives names a value."""
    if isinstance(node, _ast.Assign):
        return [(t, node.value) for t in node.targets]
    if isinstance(node, (_ast.AnnAssign, _ast.AugAssign, _ast.NamedExpr)) and node.value:
        return [(node.target, node.value)]
    if isinstance(node, (_ast.For, _ast.AsyncFor, _ast.comprehension)):
        return [(node.target, node.iter)]
    if isinstance(node, _ast.Call) and isinstance(node.func, _ast.Attribute) and node.func.attr in COLLECTING:
        return [(node.func.value, x) for x in node.args]
    if isinstance(node, _ast.withitem) and node.optional_vars:
        return [(node.optional_vars, node.context_expr)]
    return []


def names_in(node):
    return {x.id for x in _ast.walk(node) if isinstance(x, _ast.Name)}


def is_truth(node):
    return isinstance(node, _ast.Constant) and type(node.value) is bool


class Decisions:
    def __init__(self, tree, name):
        self.nodes = list(_ast.walk(tree))
        self.functions = [x for x in self.nodes if isinstance(x, _ast.FunctionDef) and x.name != "check"]
        self.bound = [(names_in(t), v) for x in self.nodes for t, v in bindings(x)]
        self.judges = {name}  # and functions of the test that return what it says
        self.flags = set()    # names that hold what it said
        lambdas = [x for x in self.nodes if isinstance(x, _ast.Lambda)]
        self.given = {a.arg for f in self.functions + lambdas for a in f.args.args} - {"self"}
        self.grow(self.given, self.is_given)

    def grow(self, names, test):
        size = -1
        while size < len(names):
            size = len(names)
            for targets, value in self.bound:
                if test(value):
                    names |= targets

    def is_given(self, node):
        """Does it hold what a function that is neither Python's nor a class gave?"""
        called = [root_name(x.func) for x in _ast.walk(node) if isinstance(x, _ast.Call)]
        return bool(names_in(node) & self.given) or any(
            n and n not in _BUILTINS and not n.lstrip("_")[:1].isupper() for n in called)

    def made(self):
        size = -1
        while size < len(self.judges):
            size = len(self.judges)
            self.grow(self.flags, self.decides)
            self.judges |= {n for names, v in self.bound if isinstance(v, _ast.Lambda) and self.decides(v.body) for n in names}
            self.judges |= {f.name for f in self.functions for x in _ast.walk(f)
                            if isinstance(x, _ast.Return) and x.value and self.decides(x.value)}
        return any(map(self.decides, self.asked()))

    def asked(self):
        """What is asked whether it is true."""
        for x in self.nodes:
            if isinstance(x, (_ast.Assert, _ast.If, _ast.IfExp, _ast.While)):
                yield x.test
            elif isinstance(x, _ast.Call) and isinstance(x.func, _ast.Attribute) and x.func.attr[:6] == "assert" and (
                    x.func.attr in ("assertTrue", "assertFalse") or any(map(is_truth, x.args))):
                yield from x.args

    def decides(self, node):
        if isinstance(node, _ast.Name):
            return node.id in self.flags
        if isinstance(node, _ast.Compare):
            sides = [node.left, *node.comparators]
            return any(map(is_truth, sides)) and any(map(self.decides, sides))
        if isinstance(node, _ast.Call) and isinstance(node.func, _ast.Name):
            return self.call_decides(node)
        if isinstance(node, _ast.BoolOp):
            return any(map(self.decides, node.values))
        if isinstance(node, (_ast.UnaryOp, _ast.NamedExpr)):
            return self.decides(node.operand if isinstance(node, _ast.UnaryOp) else node.value)
        if isinstance(node, (_ast.GeneratorExp, _ast.ListComp, _ast.SetComp)):
            return self.decides(node.elt)
        if isinstance(node, (_ast.List, _ast.Tuple, _ast.Set)):
            return any(map(self.decides, node.elts))
        return isinstance(node, _ast.IfExp) and (self.decides(node.body) or self.decides(node.orelse))

    def call_decides(self, node):
        name = node.func.id
        if name in self.judges:
            return any(names_in(a) & self.given or any(isinstance(x, _ast.Call) for x in _ast.walk(a))
                       for a in [*node.args, *[k.value for k in node.keywords]])
        if name in ("map", "filter"):
            return bool(node.args) and isinstance(node.args[0], _ast.Name) and node.args[0].id in self.judges
        return name in ("all", "any", "bool", "list", "set", "tuple", "min", "max", "sum") and any(
            map(self.decides, node.args))
