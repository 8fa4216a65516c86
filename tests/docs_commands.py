"""The commands on the pages, against the program. Run by docs.py.

A block marked `console` is a session: its commands run in order, and the lines below each must be printed in that order. Numbers
are not compared, as times differ from machine to machine; "..." stands for lines left out, or for a part of a line. Of all
other blocks the commands and their flags must exist."""
import os
import re
import subprocess

SECONDS = 900  # for one command, on a loaded machine


def blocks(text):
    """(language, lines) of the fenced blocks."""
    return [(m[1], m[2].splitlines()) for m in re.finditer(r"^```(\w*)\n(.*?)^```", text, re.S | re.M)]


def still(line):
    """A line without its numbers, the width of its columns and its rules; '' if nothing is left."""
    line = re.sub(r"[\d.]*\d", "#", line)
    line = re.sub(r"-{3,}", "", line)
    return re.sub(r"\s+", " ", line).strip()


def session(lines):
    """[(command, [line shown])]."""
    found = []
    for line in lines:
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
            found[-1][1].append(line)
    return found


def first_missing(shown, printed):
    """The first line of shown that is not in printed behind the ones before it, or None."""
    rest = iter([still(line) for line in printed])
    for line in shown:
        wanted = re.compile(".*".join(re.escape(part) for part in still(line).split("...")))
        if still(line) not in ("", "...") and not any(wanted.fullmatch(found) for found in rest):
            return line
    return None


def run_sessions(check, page, hrm, work):
    """All consoles of the page, one after the other, in a directory of their own."""
    commands = [c for language, lines in blocks(page.read_text()) if language == "console" for c in session(lines)]
    check(f"{page.name} has sessions", len(commands) > 2)
    where = work / page.stem
    where.mkdir()
    env = {**os.environ, "PATH": f"{os.path.dirname(hrm)}:{os.environ['PATH']}"}
    for command, shown in commands:
        p = subprocess.run(["bash", "-c", command], cwd=where, env=env, text=True, timeout=SECONDS,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        check(f"{page.name}: `{command}` ends well; {p.stdout[-300:] if p.returncode else ''}", p.returncode == 0)
        missing = first_missing(shown, p.stdout.splitlines())
        check(f"{page.name}: `{command}` prints '{missing}'", missing is None)


def own_task(check, page, hrm, work):
    """The suite that a page shows is one, and its reference passes."""
    suite = "\n".join(next((lines for language, lines in blocks(page.read_text()) if language == "yaml"), []))
    (work / "mine.yaml").write_text(suite + "\n")
    p = subprocess.run([hrm, "validate", "mine.yaml"], capture_output=True, text=True, cwd=work)
    check(f"{page.name}: its suite is valid; {p.stdout}{p.stderr}", p.returncode == 0 and "references pass 1/1" in p.stdout)


def flags_of(hrm, *words):
    """Those of 'hrm WORDS --help', with '-' as '_'; None if there is no such command."""
    p = subprocess.run([hrm, *words, "--help"], capture_output=True, text=True)
    return {f.replace("-", "_") for f in re.findall(r"--([a-z][\w-]*)", p.stdout)} if p.returncode == 0 else None


def calls(text):
    """(command, next word, [flag]) of every 'hrm COMMAND ... --flag', to the end of its part of the line."""
    text = re.sub(r"\\\n\s*", " ", text)
    for line in text.splitlines():
        line = re.sub(r"'[^']*'|\s#.*", " ", line)
        for part in re.split(r"[|;&`]|\$\(", line):
            m = re.match(r"\s*(?:\$ |sudo |nohup )*(?:build/src/cli/)?hrm ([a-z]+)\b( [a-z]+\b)?(.*)", part)
            if m:
                yield m[1], (m[2] or "").strip(), [f.replace("-", "_") for f in re.findall(r"(?<!\S)--([a-z][\w-]*)", m[3])]


def flags_exist(check, pages, hrm):
    known = {}
    found = 0
    for page in pages:
        text = page.read_text()
        spans = "\n".join(re.findall(r"(?<!`)`(hrm [^`]+)`", text))
        for command, word, flags in calls("\n".join("\n".join(lines) for _, lines in blocks(text)) + "\n" + spans):
            found += 1
            words = (command, word) if command in ("gen", "slurm") and word else (command,)
            if words not in known:
                known[words] = flags_of(hrm, *words)
            check(f"{page.name}: there is a command '{' '.join(words)}'", known[words] is not None)
            for flag in flags:
                check(f"{page.name}: hrm {' '.join(words)} has --{flag}", flag in (known[words] or ()))
    check("the pages have commands", found > 100)


def anchor(heading):
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").strip().lower()).replace(" ", "-")


def links(check, root):
    """Every page is in the index, and every link into a page meets a heading."""
    index = (root / "docs/README.md").read_text()
    pages = sorted((root / "docs").glob("*.md"))
    for page in pages:
        check(f"docs/README.md names {page.name}", page.name == "README.md" or f"({page.name})" in index)
    for page in [root / "README.md", root / "CONTRIBUTING.md", *pages]:
        for path, name in re.findall(r"\]\(([^)#:\s]*)#([^)]+)\)", page.read_text()):
            target = page if not path else page.parent / path
            headings = re.findall(r"^#+ (.*)", target.read_text(), re.M) if target.exists() else []
            check(f"{page.name}: {path}#{name} is a heading there", name in [anchor(h) for h in headings])
