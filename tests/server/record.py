#!/usr/bin/python3
"""Prints what a run's record says of every episode and call, without times and without the number of attempts."""
import sqlite3
import sys

db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
db.row_factory = sqlite3.Row
LEFT_OUT = {"id", "episode", "seq", "task_no", "arm_no", "attempts", "attempt_log", "status"}


def show(kind, name, row):
    kept = {k: row[k] for k in row.keys() if k not in LEFT_OUT and not k.endswith(("seconds", "_s"))}
    print(kind, *name, kept)


assert db.execute("SELECT count(*) FROM results WHERE status NOT IN (1, 'done')").fetchone()[0] == 0, "unfinished"
names = {}
for row in db.execute("SELECT * FROM results ORDER BY arm, task, sample"):
    names[row["id"]] = (row["arm"], row["task"], row["sample"])
    show("episode", (), row)
calls = sorted(db.execute("SELECT * FROM calls"), key=lambda c: (names[c["episode"]], c["role"], c["index"]))
for row in calls:
    show("call", names[row["episode"]], row)
