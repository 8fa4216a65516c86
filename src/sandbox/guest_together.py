"""Grading in one process: for tasks whose own reference passes only so. The program shares the interpreter with its tests
and could decide its verdict; which tasks are graded like this is therefore decided by their references, and recorded."""


class Watch:
    """What explain() wants to know of the calls, which nobody sees here."""
    last = None


def start_together(prelude, support, code, entry):
    """The names of the task and of the program: one module for all."""
    module = _types.ModuleType("solution")
    sys.modules["solution"] = sys.modules["tests"] = module
    names = module.__dict__
    if prelude:
        exec(compile(prelude, "prelude.py", "exec", dont_inherit=True), names)
    if support:
        mine = names.get(entry)
        try:
            exec(compile(support, "prompt.py", "exec", dont_inherit=True), names)
        except Exception:
            pass  # a prompt need not be a program
        if names.pop(entry, None) is not None and mine is not None:
            names[entry] = mine
    exec(compile(code, "main.py", "exec", dont_inherit=True), names)
    if entry and entry not in names:
        raise NameError(f"name '{entry}' is not defined")
    return module


def judge_together(module, source, filename, entry, call_check):
    names = module.__dict__
    runner = "unittest" in source
    streams = sys.stdout, sys.stderr, sys.stdin
    try:
        if runner:  # unittest.main() looks for tests in __main__
            sys.modules["__main__"], names["__name__"] = module, "__main__"
        exec(compile(source, filename, "exec", dont_inherit=True), names)
        if call_check:
            names["check"](names[entry])
        return "p", "", ""
    except AssertionError as e:
        return "f", "AssertionError", explain(Watch, e, source, filename)
    except SystemExit as e:
        if runner and not e.code:
            return "p", "", ""
        return ("f" if runner else "e"), "SystemExit", f"exit status {e.code}"
    except BaseException as e:
        place = place_of(e)
        text = text_of(e)
        return ("m" if isinstance(e, MemoryError) else "e"), type(e).__name__, f"{text} ({place})" if place else text
    finally:
        sys.stdout, sys.stderr, sys.stdin = streams


def together(fd, inputs):
    """(exit status, report) like check(), of the same inputs and the program."""
    flags, entry, prelude, support, with_check, code, *tests = inputs
    entry, report, state = entry.decode(), [], ("done", "", "")
    try:
        module = start_together(prelude, support, code, entry)
    except BaseException as e:
        place = place_of(e)
        state = "load", type(e).__name__, f"{text_of(e)} ({place})" if place else text_of(e)
    for i, source in enumerate(tests if state[0] == "done" else []):
        source = source.decode("utf-8", "surrogateescape")
        last = bool(with_check) and i == len(tests) - 1
        report.append(judge_together(module, source, f"test {i + 1}", entry, last))
        if flags == b"stop" and report[-1][0] != "p":
            break
    return 0, [to_bytes(x, 2000) for row in [state, *report] for x in row]
