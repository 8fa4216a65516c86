#!/usr/bin/python3
"""Prints what a run's record says of every episode and call, without times and numbers of attempts."""
import sqlite3
import sys

db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
db.row_factory = sqlite3.Row
LEFT_OUT = {"id", "episode", "seq", "task_no", "arm_no", "status", "attempts", "attempt_log"}


def show(kind, name, row):
    kept = {k: row[k] for k in row.keys() if k not in LEFT_OUT and not k.endswith(("seconds", "_s"))}
    print(kind, *name, kept)


assert not db.execute("SELECT * FROM results WHERE status != 1").fetchall(), "unfinished episodes"
names = {}
for row in db.execute("SELECT * FROM results ORDER BY arm, task, sample"):
    names[row["id"]] = (row["arm"], row["task"], row["sample"])
    show("episode", (), row)
calls = sorted(db.execute("SELECT * FROM calls"), key=lambda c: (names[c["episode"]], c["role"], c["index"]))
for row in calls:
    show("call", names[row["episode"]], row)
