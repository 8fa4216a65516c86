#!/usr/bin/env python3
"""results.py [--check] [DIR [PAGE]]: the tables and figures of docs/results.md, from the records that are committed.

Every DIR/NAME.db.gz (docs/results/; scripts/pack_record.py makes them) is unpacked, and its numbers are asked of hrm ($HRM, or
build/src/cli/hrm): `hrm report --format csv` for all that the report has, `hrm export --format jsonl` for the rest. They go between the
markers of PAGE (docs/results.md), the figures into DIR/NAME-*.svg. No number is typed by hand. --check writes nothing and
exits with 1 where a file differs from what is made."""
import collections
import csv
import gzip
import io
import json
import math
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

from results_figures import bars, steps

root = pathlib.Path(__file__).resolve().parent.parent
hrm = os.environ.get("HRM", str(root / "build/src/cli/hrm"))
BEGIN, END = "<!-- made by scripts/results.py: begin -->", "<!-- made by scripts/results.py: end -->"
CAPS = {"max_iters": "iterations", "max_calls": "calls", "max_tool_runs": "tool_runs", "max_generated_tokens": "generated_tokens",
        "max_total_tokens": "total_tokens", "max_seconds": "seconds"}


# ---- reading ----

class Record:
    """The numbers of one run."""

    def __init__(self, name, run):
        self.name = name
        self.tables = collections.defaultdict(lambda: collections.defaultdict(dict))  # table, row, column: cell
        for c in csv.DictReader(io.StringIO(ask("report", run, "--format", "csv"))):
            self.tables[c["table"]][c["row"]][c["column"]] = c
        self.notes = [line for line in ask("report", run, "--format", "md").splitlines() if "a test object" in line]
        self.rates = json.loads(ran(root / "bench/role_rates", "--json", run))[str(run)]
        played = [json.loads(line) for line in ask("export", run, "--format", "jsonl").splitlines()]
        self.manifest = json.loads(ask_manifest(run))
        self.faults = sum(e["status"] != "done" for e in played)
        done = [e for e in played if e["status"] == "done"]
        self.arms = list(dict.fromkeys(a["name"] for a in self.manifest["experiment"]["arms"] if any(e["arm"] == a["name"] for e in done)))
        sets = collections.Counter((e["task"], e["sample"]) for e in done)
        whole = 1 if self.manifest["experiment"].get("curriculum") else len(self.arms)  # complete sets, as in the report
        self.episodes = [e for e in done if sets[e["task"], e["sample"]] >= whole]
        self.tasks = list(dict.fromkeys(e["task"] for e in self.episodes))

    def of(self, arm):
        return [e for e in self.episodes if e["arm"] == arm]


def ran(program, *args):
    p = subprocess.run([program, *map(str, args)], capture_output=True, text=True, env={**os.environ, "HRM_HOME": str(root)})
    if p.returncode:
        sys.exit(f"results.py: {os.path.basename(program)} {args[0]}: {p.stderr.strip()}")
    return p.stdout


def ask(*args):
    return ran(hrm, *args)


def ask_manifest(run):
    with sqlite3.connect(f"file:{run}/run.db?mode=ro", uri=True) as db:
        return db.execute("SELECT value FROM meta WHERE key = 'manifest'").fetchone()[0]


# ---- arithmetic ----

def mean_over_tasks(episodes, value):
    """Samples of a task first. The mean and how many tasks."""
    by_task = collections.defaultdict(list)
    for e in episodes:
        by_task[e["task"]].append(value(e))
    means = [sum(v) / len(v) for v in by_task.values()]
    return (sum(means) / len(means) if means else math.nan), len(means)


def wilson(p, n):
    if n == 0:
        return math.nan, math.nan
    z = 1.959963984540054
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0, (middle - half) / (1 + z * z / n)), min(1, (middle + half) / (1 + z * z / n))


def total(e):
    return e["prompt_tokens"] + e["generated_tokens"]


def moments(e):
    """[(total tokens, passed)]: when what would have been submitted began, or ceased, to pass the hidden tests. The record has moments by
    generated tokens, calls and tool runs; the event of the same ledger has the prompt's tokens too, and so has the end."""
    prompts = {(v["generated_tokens"], v["calls"], v["tool_runs"]): v["prompt_tokens"] for v in e["events"]}
    found = []
    for part in filter(None, (e.get("curve") or "").split(";")):
        generated, calls, runs, _, passed = part.split(":")
        prompt = prompts.get((int(generated), int(calls), int(runs)), e["prompt_tokens"])
        found.append((int(generated) + prompt, passed == "1"))
    return found


def passes_within(e, cap):
    passed = False
    for at, now in moments(e):
        if at <= cap:
            passed = now
    return passed


# ---- text ----

def number(x, digits=1):
    return "–" if x is None or x == "" or math.isnan(float(x)) else f"{float(x):.{digits}f}"


def cell(c, digits=1):
    """'12.3 [1.0, 20.1]'"""
    if not c or c["value"] == "":
        return c["text"] if c and c["text"] else "–"
    return number(c["value"], digits) + (f" [{number(c['low'], digits)}, {number(c['high'], digits)}]" if c["low"] else "")


def table(head, rows):
    if not rows:
        return []
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(map(str, r)) + " |" for r in rows), ""]


def verdicts(r):
    rows = [(f"{name}", c["verdict"]["text"], cell(c.get("estimate"), 2), number(c.get("tasks", c.get("seeds", {})).get("value"), 0),
             number(c.get("p, Holm", {}).get("value"), 3), number(c.get("tasks to tell", {}).get("value"), 0))
            for name, c in r.tables["Criteria"].items()]
    out = ["**Verdicts** (estimate with its 95 % interval, n = tasks)", ""]
    return out + table(["criterion", "verdict", "estimate", "n", "p (Holm)", "tasks to tell"], rows) if rows else []


def outcomes(r):
    rows = []
    for arm, c in r.tables["Outcomes by arm"].items():
        tokens, n = mean_over_tasks(r.of(arm), total)
        rows.append((arm, c["episodes"]["text"] or number(c["episodes"]["value"], 0), number(c["solved"]["value"], 0), cell(c["pass@1"]),
                     c["pass@1"]["n"], number(tokens, 0)))
    pairs = [(name, cell(c["pass@1"]), c["pass@1"]["n"], number(c["p of no difference"]["value"], 3), number(c["only 1st"]["value"], 0),
              number(c["only 2nd"]["value"], 0)) for name, c in r.tables["Paired differences over tasks"].items()]
    return ["**Outcomes** (pass@1 in %, 95 % Wilson over n tasks; tokens read and written, mean per episode)", "",
            *table(["arm", "episodes", "solved", "pass@1", "n", "total tokens"], rows),
            *table(["difference", "pp", "n", "p", "only the first", "only the second"], pairs)]


def cost_accuracy(r, figures):
    most = max((total(e) for e in r.episodes), default=0)
    ends = sorted({at for e in r.episodes for at, _ in moments(e)} | {0, most})
    lines = {arm: [(x, mean_over_tasks(r.of(arm), lambda e, x=x: passes_within(e, x))[0]) for x in ends] for arm in r.arms}
    figures[f"{r.name}-cost.svg"] = steps(f"Accuracy by total tokens: {title(r)}", "total tokens per episode", "solved, %", lines)
    grid = [most * k / 8 for k in (1, 2, 3, 4, 6, 8)]
    rows = []
    for x in grid:
        row = [number(x, 0)]
        for arm in r.arms:
            p, n = mean_over_tasks(r.of(arm), lambda e, x=x: passes_within(e, x))
            low, high = wilson(p, n)
            row.append(f"{100 * p:.1f} [{100 * low:.1f}, {100 * high:.1f}]")
        rows.append(row)
    return [f"**Accuracy against total tokens** (n = {len(r.tasks)} tasks)", "",
            f"![accuracy by total tokens](results/{r.name}-cost.svg)", "",
            "At each number of tokens, read and written: the share of episodes whose program or answer that stood when the episode had spent that "
            "many passes the hidden tests, samples of a task averaged first [95 % Wilson over tasks]. The arm did not know of the smaller "
            "cap, so one that plans for it could do better.", "", *table(["at most", *r.arms], rows)]


def roles(r, figures):
    rows, shares = [], collections.OrderedDict((a, []) for a in r.arms)
    for name, c in r.tables["Cost by role"].items():
        arm, role = name.split(" / ", 1)
        own = r.of(arm)
        mine = lambda e, role=role: sum((e["roles"] or {}).get(role, {}).get(k, 0) for k in ("prompt_tokens", "generated_tokens"))
        tokens, _ = mean_over_tasks(own, mine)
        all_of, _ = mean_over_tasks(own, total)
        rows.append((arm, role, cell(c["calls"]), cell(c["prompt tokens"], 0), cell(c["generated tokens"], 0),
                     f"{100 * tokens / all_of:.0f} %" if all_of else "–"))
        if arm in shares:
            shares[arm].append((role, tokens))
    figures[f"{r.name}-roles.svg"] = bars(f"Tokens by role: {title(r)}", "total tokens per episode", shares)
    return ["**What planning and testing cost** (mean per episode; share of the arm's total tokens)", "",
            f"![tokens by role](results/{r.name}-roles.svg)", "",
            *table(["arm", "role", "calls", "prompt tokens", "generated tokens", "share"], rows)]


def won_and_lost(r):
    """Tasks on which the first arm solved more of its samples than another arm, and fewer, by group and steps."""
    rate = {(a, t): v for a in r.arms for t, v in rates(r.of(a)).items()}
    where = {e["task"]: (e["group"] or "–", e["steps"] or "–") for e in r.episodes}
    rows = []
    for b in r.arms[1:]:
        for kind, pick in (("group", 0), ("steps", 1)):
            parts = collections.OrderedDict()
            for t in r.tasks:
                d = rate[r.arms[0], t] - rate[b, t]
                parts.setdefault(where[t][pick], []).append(d)
            if len(parts) < 2:
                continue
            for part, d in sorted(parts.items(), key=lambda p: str(p[0])):
                rows.append((f"{r.arms[0]} – {b}", kind, part, len(d), sum(x > 0 for x in d), sum(x < 0 for x in d),
                             f"{100 * sum(d) / len(d):+.1f}"))
    if not rows:
        return []
    return [f"**Where {r.arms[0]} helped and hurt** (tasks with more, and with fewer, samples solved; mean difference in pp)", "",
            *table(["arms", "by", "part", "tasks", "won", "lost", "pp"], rows)]


def rates(episodes):
    by_task = collections.defaultdict(list)
    for e in episodes:
        by_task[e["task"]].append(bool(e["passed"]))
    return {t: sum(v) / len(v) for t, v in by_task.items()}


def failures(r):
    names = {row.split(" / ", 1)[0]: row.split(" / ", 1)[1] for row in r.tables["Flags by arm"] if " / " in row}
    count = collections.Counter((e["label"] or "–", e["arm"]) for e in r.episodes if not e["passed"])
    labels = sorted({label for label, _ in count})
    failed = {a: sum(not e["passed"] for e in r.of(a)) for a in r.arms}
    return ["**Failures by category** (unsolved episodes by their label, docs/taxonomy.md)", "",
            *table(["label", "what", *(f"{a} (of {failed[a]})" for a in r.arms)],
                   [(label, names.get(label, "–"), *(count[label, a] for a in r.arms)) for label in labels])]


def share_of(part, whole):
    return f"{part} of {whole} ({100 * part / whole:.1f} %)" if whole else "–"


def trouble(r):
    """Plans, tests and programs that were none, arm by arm (bench/role_rates)."""
    columns = {"plans": "plan replies that are none", "final_plans": "and after a re-ask", "tests": "tester replies without asserts",
               "programs": "no program", "repeated": "program repeated"}
    rows = [(a, *(share_of(r.rates[a][name]["k"], r.rates[a][name]["n"]) for name in columns)) for a in r.arms if a in r.rates]
    return ["**Plans, tests and programs that were none**", "", *table(["arm", *columns.values()], rows)]


def audit(r):
    budget = r.manifest["experiment"].get("budget", {})
    rows, reasons = [], []
    for key, what in CAPS.items():
        cap = budget.get(key) or 0
        if cap <= 0:
            continue
        used = {}
        for a in r.arms:
            unsolved = [e for e in r.of(a) if not e["passed"]]
            used[a], _ = mean_over_tasks(unsolved, lambda e: (total(e) if what == "total_tokens" else spent(e, what)) / cap)
        known = [u for u in used.values() if not math.isnan(u)]
        near = bool(known) and max(known) > 0 and min(known) >= 0.9 * max(known)
        rows.append((what.replace("_", " "), f"{cap:g}", *(f"{100 * u:.0f} %" if not math.isnan(u) else "–" for u in used.values()),
                     "–" if len(known) < 2 else "yes" if near else "no"))
    for a in r.arms:
        stops = collections.Counter(e["stop"] for e in r.of(a) if not e["passed"])
        if stops:
            reasons.append(f"{a}: " + ", ".join(f"{s} {n}" for s, n in stops.most_common()))
    return ["**Budget audit** (share of each cap used by unsolved episodes, mean over tasks; are all arms within 10 % of the one that uses most?)", "",
            *table(["cap", "allowed", *r.arms, "within 10 %"], rows),
            "Why unsolved episodes ended, which is the reason where the shares differ: " + "; ".join(reasons) + "." if reasons else "", ""]


def spent(e, what):
    return len(e["calls"]) if what == "calls" else len([t for t in e["tool_runs"] if t["role"] != "grader"]) if what == "tool_runs" else e[what]


def tester(r):
    rows = [(a, *(number(c[k]["value"], 0) for k in ("accepts right", "accepts wrong", "rejects right", "rejects wrong")),
             *(f"{cell(c[k])} n={c[k]['n']}" for k in ("false accepts", "false rejects", "tests right")))
            for a, c in r.tables["The tester's tests and the truth"].items()]
    if not rows:
        return []
    return ["**Self-written tests and the truth** (distinct programs; % with 95 % Wilson)", "",
            *table(["arm", "accepts right", "accepts wrong", "rejects right", "rejects wrong", "false accepts", "false rejects", "tests right"], rows)]


def title(r):
    return f"{r.manifest['experiment']['name']} on {r.manifest['model'].get('name', '?')}"


def section(r, figures):
    m = r.manifest
    samples = max(collections.Counter((e["task"], e["arm"]) for e in r.episodes).values(), default=0)
    played = f"{len(r.arms)} cells, {len(r.episodes)} episodes" if m["experiment"].get("curriculum") else (
        f"{len(r.tasks)} tasks x {samples} sample{'' if samples == 1 else 's'} x {len(r.arms)} arms in complete sets")
    head = (f"Record `results/{r.name}.db.gz`: suite {m['suite']['name']}, {played}, "
            f"{r.faults} episodes in error, status {m['status']}, begun {m['created'][:10]}, "
            f"hrm {m['versions']['hrm']}.")
    parts = [f"## {title(r)} ({r.name})", "", head, ""]
    parts += [x for line in r.notes for x in (line, "")]
    if m["experiment"].get("curriculum"):  # its arms are the cells of a grid, compared by seeds
        return parts + verdicts(r) + [f"`hrm report` of the record has the learning curves of its {len(r.arms)} cells.", ""]
    for piece in (verdicts(r), outcomes(r), cost_accuracy(r, figures), roles(r, figures), won_and_lost(r), failures(r), trouble(r), tester(r), audit(r)):
        parts += piece
    return parts


# ---- writing ----

def make(directory):
    figures, text = {}, []
    for packed in sorted(directory.glob("*.db.gz")):
        with tempfile.TemporaryDirectory() as run:
            (pathlib.Path(run) / "run.db").write_bytes(gzip.decompress(packed.read_bytes()))
            r = Record(packed.name[:-len(".db.gz")], run)
        text += section(r, figures) if r.episodes else [f"## {r.name}", "", "No set is complete.", ""]
    return "\n".join(text) if text else "No record is committed yet.\n", figures


def main(args):
    check = "--check" in args
    args = [a for a in args if a != "--check"]
    directory = pathlib.Path(args[0]) if args else root / "docs/results"
    page = pathlib.Path(args[1]) if len(args) > 1 else root / "docs/results.md"
    before, _, rest = page.read_text().partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        sys.exit(f"results.py: {page}: expected the lines {BEGIN} and {END}")
    text, figures = make(directory)
    wanted = {page: f"{before}{BEGIN}\n{text}{END}{after}", **{directory / n: f for n, f in figures.items()}}
    stale = [p for p, content in wanted.items() if not p.exists() or p.read_text() != content]
    left = [p for p in directory.glob("*.svg") if p not in wanted]
    if check:
        for p in stale + left:
            print(f"results.py: {p} is not what the records make; run scripts/results.py")
        return bool(stale or left)
    for p in stale:
        p.write_text(wanted[p])
    for p in left:
        p.unlink()
    print(f"results.py: {len(wanted)} files, {len(stale)} rewritten")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
