"""What a test found false, in words: looked up only after the fact, so that passing tests pay nothing."""
import ast as _ast

VALUE = 200
SHOWN_PARTS = 2000  # a value of more parts is shown in outline


def show(value):
    """repr, cut; of a value that is larger than it looks (lists of lists of the same list) an outline."""
    if parts_of(value, SHOWN_PARTS) <= 0:
        import reprlib
        text = reprlib.repr(value)
    else:
        try:
            text = repr(value)
        except (ValueError, RecursionError):  # an integer of too many digits
            text = f"<{type(value).__name__} that is too large to be shown>"
    return text if len(text) <= VALUE else text[:VALUE] + "..."


def parts_of(x, left):
    """What is left of a number after the parts of a value have been counted off."""
    left -= 1
    if type(x) in (list, tuple, set, frozenset, dict):
        for y in (*x, *x.values()) if type(x) is dict else x:
            if left <= 0:
                break
            left = parts_of(y, left)
    return left


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
