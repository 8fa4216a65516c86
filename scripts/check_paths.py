#!/usr/bin/env python3
"""Does every path that the pages name exist? Looked at are `src/...` and the like between backticks, and links.

A path may hold * or {a,b}, and NAME stands for any name. Paths below build/, runs/ and shared/ are not of this tree."""
import itertools
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
pages = [root / "README.md", root / "CONTRIBUTING.md", root / "CHANGELOG.md", *sorted((root / "docs").glob("*.md"))]
tops = {p.name for p in root.iterdir() if p.is_dir()} - {"build", "runs", "shared", ".git"}


def spread(text):
    """'src/a/{b,c}.h' as 'src/a/b.h' and 'src/a/c.h'."""
    parts = [p.split(",") if i % 2 else [p] for i, p in enumerate(re.split(r"\{([^{}]*)\}", text))]
    return ["".join(p) for p in itertools.product(*parts)]


def named(text):
    """(path, folder it is relative to) for all that look like paths of this tree."""
    for line, words in enumerate(text.splitlines(), 1):
        for word in re.findall(r"`([^` ]+)", words):
            if word.split("/")[0] in tops and "/" in word and "<" not in word:
                yield line, word.rstrip("`.,:;"), root
        for word in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", words):
            yield line, word, None


def main():
    bad = n = 0
    for page in pages:
        for line, word, base in named(page.read_text()):
            for path in spread(word.replace("NAME", "*")):
                n += 1
                if not any((base or page.parent).glob(path.rstrip("/"))):
                    print(f"{page.relative_to(root)}:{line}: there is no {path}")
                    bad += 1
    print(f"paths: {n} in {len(pages)} pages, {bad} bad")
    return bad > 0


sys.exit(main())
