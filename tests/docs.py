"""What the pages say, against what the program accepts: the keys of experiments.md, prompts.md and suites.md, the commands
of all (docs_commands.py), and the index. Run by docs.sh.

The program is asked for its keys: an unknown key is answered with all that are expected. So no list of keys stands here."""
import pathlib
import re
import subprocess
import sys

import docs_commands
from counting import check, finish

hrm, root, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
UNKNOWN = "zzzzzzzzzzzzzzzz"  # near to nothing


def dry_run(text, *args):
    (work / "x.yaml").write_text(text)
    p = subprocess.run([hrm, "run", "x.yaml", "--dry_run", *args], capture_output=True, text=True, cwd=work)
    return p.returncode, p.stderr.strip()


def expected(sentence):
    """The words of '...; expected a, b or c'."""
    m = re.search(r"expected (.*)$", sentence)
    return re.split(r", | or ", m.group(1)) if m else []


def tables(page):
    """{heading: [(key, example)]} of the rows | `key` | ... | `example` |."""
    found, heading = {}, ""
    for line in (root / "docs" / page).read_text().splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        m = re.match(r"\| `([\w.@-]+)` \|.*?(?:\| `([^`]+)` )?\|$", line)
        if m:
            found.setdefault(heading, []).append(m.groups())
    return found


ARMS = "- {name: hrm, controller: hrm}\n- {name: flat, controller: flat}\n"
MATH = "suite: eval/suites/math_suite.yaml\n"
PARTS = {
    "name": "name: docs\n",
    "suite": "suite: eval/suites/coding_suite.yaml\n",
    "weights": "weights: eval/models/hrm-tiny-code.gguf\n",
    "arms": "arms:\n" + ARMS,
}
CURRICULUM = {"suite": "suite: eval/suites/curriculum.yaml\n", "weights": "",
              "arms": "arms:\n- {name: flat, controller: flat, strategy: pot}\n"}


def experiment(**parts):
    return "".join({**PARTS, **parts}.values())


def in_file(example):
    """An experiment with this line of the first table."""
    key = example.split(":")[0]
    parts = {key: example + "\n"}
    if key == "arms":
        parts["primary"] = ""
    if key == "curriculum":
        parts.update({k: v for k, v in CURRICULUM.items()})
    return experiment(**parts)


def in_arms(example):
    math = {"suite": MATH, "weights": "weights: eval/models/hrm-tiny-math.gguf\n"} if "verifier" in example else {}
    return experiment(arms=f"arms:\n- {example}\n", **math)


def in_curriculum(example):
    more = "" if example.startswith("n:") else ", n: [100, 200]"
    return experiment(curriculum=f"curriculum: {{{example}{more}}}\n", **CURRICULUM)


SECTIONS = {  # heading: an experiment around one example; the same with an unknown key
    "The file": (in_file, experiment(u=f"{UNKNOWN}: 1\n")),
    "Budget": (lambda e: experiment(b=f"budget: {{{e}}}\n"), experiment(b=f"budget: {{{UNKNOWN}: 1}}\n")),
    "Sampling": (lambda e: experiment(s=f"sampling: {{{e}}}\nroles: {{coder: {{{e}}}}}\n"),
                 experiment(s=f"sampling: {{{UNKNOWN}: 1}}\n")),
    "Arms": (in_arms, experiment(arms=f"arms:\n- {{name: a, controller: hrm, {UNKNOWN}: 1}}\n")),
    "Criteria": (lambda e: experiment(c=f"criteria:\n- {e}\n"), experiment(c=f"criteria:\n- {{{UNKNOWN}: 1}}\n")),
    "Curriculum": (in_curriculum, in_curriculum(f"{UNKNOWN}: 1")),
    "Quick": (lambda e: in_curriculum(f"quick: {{{e}}}"), in_curriculum(f"quick: {{{UNKNOWN}: 1}}")),
}


def experiments():
    page = tables("experiments.md")
    check("experiments.md: its tables are those known here", set(page) == set(SECTIONS))
    for heading, (around, unknown) in SECTIONS.items():
        rows = page.get(heading, [])
        code, said = dry_run(unknown)
        keys = expected(said)
        check(f"{heading}: an unknown key is refused with those that exist: {said}", code == 2 and len(keys) > 2)
        for key in keys:
            check(f"experiments.md, {heading}: key '{key}' has a row", key in [k for k, _ in rows])
        for key, example in rows:
            check(f"experiments.md, {heading}: there is a key '{key}'", key in keys)
            check(f"experiments.md, {heading}: '{key}' has an example that holds it",
                  example and re.search(rf"\b{key}:", example))
            code, said = dry_run(around(example or ""))
            check(f"experiments.md, {heading}: `{example}` is accepted; {said}", code == 0)
    first = re.search(r"```yaml\n(.*?)```", (root / "docs/experiments.md").read_text(), re.S).group(1)
    code, said = dry_run(first + PARTS["weights"])
    check(f"experiments.md: the example at its top is accepted; {said}", code == 0)


def templates(name):
    """Of every profile that has it."""
    return [p.read_text() for p in root.glob(f"prompts/*/{name}.txt")]


def prompts():
    page = tables("prompts.md")
    own = work / "own"
    own.mkdir()
    (own / "profile.yaml").write_text(f"{UNKNOWN}: 1\n")
    keys = expected(dry_run(experiment(p="prompts: ./own\n"))[1])
    (own / "profile.yaml").write_text("")
    for source in (root / "prompts/chat").glob("*"):
        (own / source.name).write_text(source.read_text())
    (own / "coder.txt").write_text("{{" + UNKNOWN + "}}")
    variables = expected(dry_run(experiment(p="prompts: ./own\n"))[1])
    files = sorted({p.stem for p in root.glob("prompts/*/*.txt")})
    for heading, found in ("profile.yaml", keys), ("Variables", variables), ("Templates", files):
        rows = [k for k, _ in page.get(heading, [])]
        check(f"prompts.md, {heading}: the program has some", len(found) > 2)
        for name in found:
            check(f"prompts.md, {heading}: '{name}' has a row", name in rows)
        for name in rows:
            check(f"prompts.md, {heading}: there is a '{name}'", name in found)
    shipped = "".join(t for name in files for t in templates(name))
    for name in variables:
        check(f"the variable {name} reaches a template", re.search(rf"{{{{#?{name}}}}}", shipped))
    (own / "coder.txt").write_text((root / "prompts/chat/coder.txt").read_text())
    for key, example in page.get("profile.yaml", []):
        (own / "profile.yaml").write_text((example or "") + "\n")
        code, said = dry_run(experiment(p="prompts: ./own\n"))
        check(f"prompts.md, profile.yaml: `{example}` is accepted; {said}", code == 0 and example.startswith(key))
    text = (root / "docs/prompts.md").read_text().split("## Templates\n")[1]
    for name in files:
        row = re.search(rf"^\| `{name}` \|(.*)$", text, re.M)
        for variable in {v for t in templates(name) for v in re.findall(r"{{[#^/]?(\w+)}}", t)}:
            check(f"prompts.md, Templates: the row of {name} has {variable}", row and f"`{variable}`" in row.group(1))


def words():
    """What a key may hold."""
    pages = "".join((root / "docs" / page).read_text() for page in ("experiments.md", "methods.md"))
    for what, text in (
            ("role", experiment(r=f"roles: {{{UNKNOWN}: {{temperature: 0}}}}\n")),
            ("strategy", in_arms(f"{{name: a, controller: flat, strategy: {UNKNOWN}}}")),
            ("coder", in_arms(f"{{name: a, controller: hrm, coder: {UNKNOWN}}}")),
            ("learner", in_curriculum(f"learner: {UNKNOWN}")),
            ("size", in_curriculum(f"size: {UNKNOWN}")),
            ("schedule", in_curriculum(f"schedule: {UNKNOWN}")),
            ("loss", in_curriculum(f"loss: {UNKNOWN}")),
            ("adapts", in_curriculum(f"adapts: {UNKNOWN}")),
            ("metric", experiment(c=f"criteria: [{{name: a, arms: [hrm, flat], metric: {UNKNOWN}, "
                                    "criterion: 'difference >= 0'}]\n"))):
        code, said = dry_run(text)
        found = expected(re.sub(r"[,;] found .*", "", said).replace("expected one of ", "expected "))
        check(f"a wrong {what} is refused with those that exist: {said}", code == 2 and len(found) > 1)
        for word in found:
            check(f"experiments.md or methods.md names the {what} {word}", f"`{word}`" in pages or f" {word}" in pages)


def suites():
    page = (root / "docs/suites.md").read_text()
    task = "id: a, prompt: b, answer: 1"
    for what, text in {"suite": f"{UNKNOWN}: 1\ntasks: []\n", "task": f"tasks: [{{{task}, {UNKNOWN}: 1}}]\n",
                       "oracle": f"tasks: [{{id: a, prompt: b, oracle: {{{UNKNOWN}: 1}}}}]\n",
                       "case": f"tasks: [{{id: a, prompt: b, oracle: {{cases: [{{{UNKNOWN}: 1}}]}}}}]\n",
                       "step": f"tasks: [{{{task}, graph: [{{{UNKNOWN}: 1}}]}}]\n"}.items():
        (work / "suite.yaml").write_text(text)
        p = subprocess.run([hrm, "validate", "suite.yaml"], capture_output=True, text=True, cwd=work)
        keys = expected(p.stderr.strip())
        check(f"suites.md: a {what} has keys: {p.stderr.strip()}", len(keys) > 1)
        for key in keys:
            check(f"suites.md names the {what}'s key '{key}'", re.search(rf"\b{key}\b:|`{key}`", page))


experiments()
prompts()
words()
suites()
docs_commands.links(check, root)
docs_commands.own_task(check, root / "README.md", hrm, work)
docs_commands.flags_exist(check, [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").glob("*.md"))], hrm)
if (root / "eval/models/hrm-tiny-code.gguf").exists():
    docs_commands.run_sessions(check, root / "docs/tutorial.md", hrm, work)
else:
    print("skipped: the tutorial's sessions need eval/models/hrm-tiny-code.gguf")
finish()
