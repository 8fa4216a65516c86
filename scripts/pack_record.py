#!/usr/bin/env python3
"""pack_record.py RUN OUT.db.gz: the record of a run, small enough to be committed.

RUN is a run's directory or its run.db; nothing of it is changed. The copy is a record like any other: gunzip it into a directory as run.db, and
hrm reports, exports and replays it. Left out are the machine's name and the folders of its paths. Of a suite that is not one of
eval/suites/ no text may be published: requests, replies, programs and what they printed are replaced by their SHA-256, so that
numbers, verdicts and comparisons stay and nothing can be read (nor replayed). More than 10 MB is refused."""
import gzip
import hashlib
import json
import pathlib
import re
import shutil
import sqlite3
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parent.parent
LIMIT = 10 << 20
# A word of the program's own, not of a task or a model.
OWN_WORDS = {"fault", "verdict", "stop", "form", "tool", "from", "id", "kind", "purpose", "error_type", "type", "part"}
# What a server said of a request that it refused may quote it: errors and logs of attempts are texts, too.
# (table, columns whose texts are hidden, columns of JSON of which only numbers and such words stay)
TEXTS = [("episodes", ["submission", "error"], []), ("calls", ["request", "reply_text", "reasoning"], ["attempt_log"]),
         ("tool_runs", ["program"], ["detail"]), ("events", [], ["detail"]), ("failures", ["partial_text", "error"], ["attempt_log"])]


def fail(sentence):
    sys.exit(f"pack_record.py: {sentence}")


def without_folders(text):
    """'/home/x/hrm/eval/suites/a.yaml' -> 'eval/suites/a.yaml'; of other absolute paths the last part stays. Addresses stay."""
    return re.sub(r"(?<![\w:/.~-])/(?:[\w.@+~-]+/)*?((?:eval|experiments|prompts)/[\w./+-]+|[\w.@+~-]+(?=[^\w.@+~/-]|$))", r"\1", text)


def clean(x):
    if isinstance(x, dict):
        return {k: clean(v) for k, v in x.items()}
    if isinstance(x, list):
        return [clean(v) for v in x]
    return without_folders(x) if isinstance(x, str) else x


def hidden(text):
    return text if not text else "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def numbers_of(x, key=None):
    if isinstance(x, dict):
        return {k: numbers_of(v, k) for k, v in x.items()}
    if isinstance(x, list):
        return [numbers_of(v) for v in x]
    return x if not isinstance(x, str) or key in OWN_WORDS else hidden(x)


def json_numbers(text):
    return json.dumps(numbers_of(json.loads(text)), separators=(",", ":")) if text else text


def is_own(manifest):
    """Is its suite one that was written here?"""
    sums = {hashlib.sha256(p.read_bytes()).hexdigest() for p in (root / "eval/suites").glob("*.yaml")}
    return manifest["suite"]["sha256"] in sums


def clean_meta(db):
    for key, value in db.execute("SELECT key, value FROM meta").fetchall():
        if value.startswith(("{", "[")):
            value = clean(json.loads(value))
            if key == "manifest":
                value.get("host", {}).pop("name", None)
            value = json.dumps(value, separators=(",", ":"))
        db.execute("UPDATE meta SET value = ? WHERE key = ?", (without_folders(value) if value[:1] not in "{[" else value, key))


def hide_texts(db):
    db.create_function("hidden", 1, hidden, deterministic=True)
    db.create_function("json_numbers", 1, json_numbers, deterministic=True)
    for table, texts, details in TEXTS:
        parts = [f"{c} = hidden({c})" for c in texts] + [f"{c} = json_numbers({c})" for c in details]
        db.execute(f"UPDATE {table} SET " + ", ".join(parts))
    db.execute("UPDATE labels SET note = ''")


def pack(run, out):
    path = pathlib.Path(run) / "run.db" if pathlib.Path(run).is_dir() else pathlib.Path(run)
    if not path.is_file():
        fail(f"{path} is not there; expected a run's directory or its run.db")
    with tempfile.TemporaryDirectory() as tmp:
        copy, small, made = (pathlib.Path(tmp) / name for name in ("copy.db", "small.db", "made.gz"))
        try:
            with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True) as db:
                db.execute("VACUUM INTO ?", (str(copy),))
            db = sqlite3.connect(copy)
            row = db.execute("SELECT value FROM meta WHERE key = 'manifest'").fetchone()
        except sqlite3.DatabaseError as e:
            fail(f"{path} is no record of hrm ({e})")
        if not row:
            fail(f"{path}: the run never started")
        own = is_own(json.loads(row[0]))
        # Texts change below: as a record of schema 5 it has no checksums, and the hrm that opens it makes new ones.
        if db.execute("PRAGMA user_version").fetchone()[0] > 5:
            db.executescript((root / "tests/records/to_schema5.sql").read_text())
        clean_meta(db)
        if not own:
            hide_texts(db)
        db.commit()
        db.execute("VACUUM INTO ?", (str(small),))
        db.close()
        with open(made, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed, small.open("rb") as plain:
            shutil.copyfileobj(plain, packed)
        size = made.stat().st_size
        if size > LIMIT:  # what OUT was before stays
            fail(f"{out} would have {size / 1e6:.1f} MB; at most {LIMIT / 1e6:.0f} are committed. Play fewer samples, or leave it out")
        try:
            shutil.copyfile(made, out)
        except OSError as e:
            fail(f"{out}: {e.strerror}")
    print(f"{out}: {size / 1e6:.2f} MB, " + ("with its texts; it can be replayed" if own else
          "without texts: the suite is not one of eval/suites/"))


if __name__ == "__main__":
    if len(sys.argv) != 3 or not sys.argv[2].endswith(".db.gz"):
        fail("expected RUN OUT.db.gz")
    pack(*sys.argv[1:])
