#!/usr/bin/python3
"""Prints what a run's record says of every episode and call, without times and numbers of attempts."""
import json
import sqlite3
import sys

db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
db.row_factory = sqlite3.Row
LEFT_OUT = {"id", "episode", "seq", "task_no", "arm_no", "status", "attempts", "attempt_log"}


def timeless(key, value):
    if key == "curve":  # tokens:calls:runs:SECONDS:passed;...
        return [p.split(":")[:3] + p.split(":")[4:] for p in value.split(";")]
    if key != "roles" or not value:
        return value
    return {role: {k: v for k, v in spent.items() if not k.endswith("seconds")}
            for role, spent in json.loads(value).items()}


def show(kind, name, row):
    kept = {k: timeless(k, row[k]) for k in row.keys()
            if k not in LEFT_OUT and not k.endswith(("seconds", "_s"))}
    print(kind, *name, kept)


assert not db.execute("SELECT * FROM results WHERE status != 1").fetchall(), "unfinished episodes"
names = {}
for row in db.execute("SELECT * FROM results ORDER BY arm, task, sample"):
    names[row["id"]] = (row["arm"], row["task"], row["sample"])
    show("episode", (), row)
calls = sorted(db.execute("SELECT * FROM calls"), key=lambda c: (names[c["episode"]], c["role"], c["index"]))
for row in calls:
    show("call", names[row["episode"]], row)
