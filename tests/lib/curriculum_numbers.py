"""curriculum_numbers.py HRM RUN DIR: a copy of a curriculum run in DIR, with outcomes drawn here, and every number of its
criteria and of the spread between seeds worked out from results.csv in another way than hrm does it."""
import csv
import itertools
import math
import os
import pathlib
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys

hrm, run, copy = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
shutil.copytree(run, copy)
db = sqlite3.connect(copy / "run.db")
dice = random.Random(3)
for (episode,) in db.execute("SELECT id FROM episodes ORDER BY task, arm, sample").fetchall():
    db.execute("UPDATE episodes SET passed = ? WHERE id = ?", (dice.random() < 0.5, episode))
db.commit()
db.executescript((pathlib.Path(os.environ["HRM_HOME"]) / "tests/records/to_schema5.sql").read_text())  # no checksums, which would tell
db.close()


def report(*options):
    return subprocess.run([hrm, *options], check=True, text=True, capture_output=True).stdout


shown = {(r["table"], r["row"], r["column"]): r for r in csv.DictReader(report("report", copy, "--format", "csv").splitlines())}
rows = list(csv.DictReader(report("export", copy).splitlines()))
passed = {}  # arm, order, seed, task: [outcome at the smaller N, at the larger]
for r in sorted(rows, key=lambda r: int(r["arm"].split(":")[1])):
    arm, order = r["arm"].split(":")[0].split("@")
    passed.setdefault((arm, order, int(r["sample"]), int(r["steps"]), r["task"]), []).append(int(r["passed"]))
seeds = sorted({k[2] for k in passed})
assert len(seeds) > 1 and all(len(v) == 2 for v in passed.values())


def value(arm, order, seed, steps, area):
    """Of two sizes the area is the mean of both."""
    by_steps = []
    for k in steps:
        tests = [sum(v) / 2 if area else v[1] for (*where, at, _), v in passed.items() if where == [arm, order, seed] and at == k]
        by_steps.append(sum(tests) / len(tests))
    return statistics.mean(by_steps)


def near(what, got, want):
    if not abs(float(got) - want) < 1e-6:
        sys.exit(f"{what}: hrm says {got}, expected {want}")


def criterion(name, *values):
    near(name, shown["Criteria", name, "estimate"]["value"], 100 * statistics.mean(values))
    if len(set(values)) > 1:
        half = shown["Criteria", name, "estimate"]
        assert float(half["low"]) <= 100 * statistics.mean(values) <= float(half["high"]), half


def gain(arm, seed, steps, area):
    return value(arm, "strict", seed, steps, area) - value(arm, "random", seed, steps, area)


criterion("E3 efficiency", *[gain("hrm", s, (2, 3, 4), True) for s in seeds])
criterion("E3 length", *[gain("hrm", s, (5, 6), False) for s in seeds])
criterion("E3 more than flat", *[gain("hrm", s, (2, 3, 4), True) - gain("flat", s, (2, 3, 4), True) for s in seeds])
for arm in "flat", "hrm":
    within = []
    for s in seeds:
        parts = []
        for k in 2, 3, 4:
            pairs = itertools.groupby(sorted(key for key in passed if key[0] == arm and key[2:4] == (s, k)), key=lambda key: key[1])
            tests = {order: {key[4]: sum(passed[key]) / 2 for key in keys} for order, keys in pairs}
            d = [tests["strict"][task] - tests["random"][task] for task in tests["strict"]]
            parts.append(statistics.variance(d) / len(d))
        within.append(sum(parts) / 9)
    total, drawn = statistics.variance([gain(arm, s, (2, 3, 4), True) for s in seeds]), statistics.mean(within)
    table = "Spread between seeds of the difference from random"
    for column, want in (("spread", total), ("by the tests drawn", drawn), ("by the training", max(0, total - drawn))):
        near(f"{arm}, {column}", shown[table, f"{arm} / strict", column]["value"], 100 * math.sqrt(want))
    near(f"{arm}, share", shown[table, f"{arm} / strict", "share of the tests"]["value"], 100 * min(1, drawn / total))
