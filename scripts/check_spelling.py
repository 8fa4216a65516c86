#!/usr/bin/env python3
"""One spelling where C allows two; --fix rewrites the files (then run scripts/check_format.sh --fix).

- A cleanup attribute stands after the variable that it cleans up, so that it is clear which one that is:
      char *path CLEANUP_FREE = file_join(dir, name), *end = NULL;
- sizeof has parentheses around types only: sizeof(struct call), sizeof *p, sizeof path.
- The comment on a struct or enum stands above it, since clang-format pushes members to the right of one that follows
  the brace."""
import pathlib
import re
import sys

ATTRIBUTE = re.compile(r"^( *)(CLEANUP_[A-Z]+|CLEANUP\(\w+\)) (?=[a-z])")
TYPE = re.compile(r"((?:const )?(?:(?:struct|enum|union|unsigned|long) )?\w+(?: const)?)\s*(?=[*(\w])")
NAME = re.compile(r"\s*(?:\(\*\w+\)|(?:\*|const )*\s*[A-Za-z_]\w*)(?:\[[^]]*\])*")
SIZEOF = re.compile(r"\bsizeof\(((?:\([\w*]+\)|\"[^\"]*\"|[\w.>*\[\]-])+)\)")
HEADED = re.compile(r"^( *)((?:static |const )*(?:struct|enum|union)\b[^;{}()]*\{) *(/\*.*)$")
TYPES = re.compile(r"^(?:void|bool|char|short|int|long|float|double|\w+_t|jsmntok_t|FILE|DIR)\b(?!\s*[.\[-])")


def declarators(text, at):
    """Where a name ends, for each variable of the declaration whose variables begin at `at`."""
    ends, depth, quote, fresh = [], 0, "", True
    while at < len(text):
        if fresh:
            at = NAME.match(text, at).end()
            ends.append(at)
            fresh = False
            continue
        c = text[at]
        if quote:
            at += c == "\\"
            quote = "" if c == quote else quote
        elif c in "\"'":
            quote = c
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == ";" and depth == 0:
            break
        elif c == "," and depth == 0:
            fresh = True
        at += 1
    return ends


def behind(lines, number):
    """The declaration that begins on this line, with its attribute after each variable."""
    m = ATTRIBUTE.match(lines[number])
    text = m.group(1) + "\n".join(lines[number:])[m.end():]
    for at in reversed(declarators(text, TYPE.match(text, len(m.group(1))).end())):
        text = text[:at] + " " + m.group(2) + text[at:]
    lines[number:] = text.split("\n")


def bare(line):
    def one(m):
        inner = m.group(1)
        return m.group(0) if TYPES.match(inner) else "sizeof " + inner
    macro = line.lstrip().startswith("#define") or line.endswith("\\")  # its arguments may be expressions
    return line if macro else SIZEOF.sub(one, line)


def above(lines, number):
    """The struct that begins on this line, with its comment above it. True if it had one behind the brace."""
    m = HEADED.match(lines[number])
    if not m:
        return False
    end = number
    while "*/" not in lines[end]:
        end += 1
    comment = [m.group(1) + m.group(3)] + [m.group(1) + " * " + x.strip() for x in lines[number + 1:end + 1]]
    if not comment[-1].rstrip().endswith("*/"):
        return False
    comment[0] = re.sub(r"/\* ([a-z])(?=[a-z']*:? )", lambda x: "/* " + x.group(1).upper(), comment[0])
    comment[-1] = re.sub(r"([\w)\]'\"])\s*\*/", r"\1. */", comment[-1])
    lines[number:end + 1] = comment + [m.group(1) + m.group(2)]
    return True


def main():
    fix = "--fix" in sys.argv
    root = pathlib.Path(__file__).parent.parent
    files = sorted(p for d in ("src", "bench", "fuzz", "tests") for p in (root / d).rglob("*.[ch]"))
    bad = 0
    for path in files:
        before = path.read_text()
        lines = before.split("\n")
        for number, line in enumerate(lines):
            if ATTRIBUTE.match(line):
                print(f"{path.relative_to(root)}:{number + 1}: the cleanup attribute stands after the variable")
                bad += 1
                behind(lines, number)
            if above(lines, number):
                print(f"{path.relative_to(root)}:{number + 1}: the comment on a struct or enum stands above it")
                bad += 1
            if bare(lines[number]) != lines[number]:
                print(f"{path.relative_to(root)}:{number + 1}: sizeof of an expression has no parentheses")
                bad += 1
                lines[number] = bare(lines[number])
        after = "\n".join(lines)
        if fix and after != before:
            path.write_text(after)
    print(f"spelling: {len(files)} files, {bad} {'rewritten' if fix else 'bad'}")
    return bad > 0 and not fix


sys.exit(main())
