"""run.py HRM DATA [--soak]: every suite of this directory against one hrm, as whoever runs it."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import machine
import records
import wire
from report import Report

HRM, DATA = sys.argv[1], pathlib.Path(sys.argv[2])
CANARY = """
import os, sys, threading
print(6 * 7, os.listdir('/tmp'), oct(os.stat('/tmp').st_mode & 0o7777), len(threading.enumerate()), os.getpid())
"""
CANARY_SAYS = "42 [] 0o700 1 1\n"
SECRET = "CANARY-RATESI"


def hrm(command, rows, *options):
    """The rows that the command writes for these."""
    text = "".join(json.dumps(row) + "\n" for row in rows)
    done = subprocess.run([HRM, command, *options], input=text, capture_output=True, text=True)
    out = [json.loads(line) for line in done.stdout.splitlines()]
    if len(out) < len(rows):
        print(done.stderr)
    return out + [{}] * (len(rows) - len(out))


def has_package(name):
    return hrm("exec", [{"id": 0, "code": f"import {name}"}])[0].get("status") == "ok"


def wanted(record, packages):
    return "needs" not in record or record["needs"] in packages


def judge_exec(record, got):
    """What is wrong, or ""."""
    if got.get("status") not in record["status"].split():
        return f"status {got.get('status')}, expected {record['status']}: {str(got)[:300]}"
    out = got["stdout"]
    if "has" in record and record["has"] not in out:
        return f"no {record['has']!r} in {out[:300]!r} {got['stderr'][-300:]!r}"
    if "lacks" in record and record["lacks"] in out:
        return f"{record['lacks']!r} in {out[:300]!r}"
    if "equals" in record and got["value"] != json.loads(record["equals"]):
        return f"value {got['value']!r}, expected {record['equals']}"
    return ""


def limits(record):
    """Only the limit that a record is about may be near: which of two a machine reaches first is no property of hrm."""
    statuses = record["status"].split()
    return {"timeout_s": 0.6 if "cpu" in statuses else 60, "wall_s": 1.5 if "timeout" in statuses else 300}


def exec_suite(report, name, packages):
    """Each program, and after it the canary, through one warm interpreter."""
    suite = [r for r in records.read(name) if wanted(r, packages)]
    rows = []
    for i, r in enumerate(suite):
        rows.append({"id": i, "code": r["program"], "stdin": r.get("stdin", ""), "value": r.get("value"), **limits(r)})
        rows.append({"id": i, "code": f"secret = '{SECRET}'\n" + CANARY, "stdin": SECRET * 100})
    out = hrm("exec", rows, "-j", "1")
    for i, r in enumerate(suite):
        wrong = judge_exec(r, out[2 * i])
        canary = out[2 * i + 1]
        if not wrong and canary.get("stdout") != CANARY_SAYS:
            wrong = f"the canary after it: {canary}"
        report.add(f"{name}: {r['name']}", wrong)


DEFAULT_TESTS = ["assert f(1) == 2", "assert f(10) == 11", "assert f(-3) == -2"]


def grade_row(record, i):
    row = {"id": i, "program": record["program"]}
    if "timeout" in record:
        row["timeout_s"] = float(record["timeout"])
    for key, field in (("stdin", "stdin"), ("stdout", "expect_stdout"), ("substr", "expect_substr"), ("support", "support")):
        if key in record:
            row[field] = record[key]
    if "stdout" not in record and "substr" not in record:
        row["test"] = record["test"] or DEFAULT_TESTS
        if record.get("entry", "f"):
            row["entry_point"] = record.get("entry", "f")
    return row


def as_check(row):
    """The same tests in HumanEval's form."""
    body = "".join("    " + line + "\n" for test in row["test"] for line in test.splitlines())
    return {**row, "test": "def check(candidate):\n" + body.replace("f(", "candidate(") if row["entry_point"] == "f"
            else "def check(candidate):\n" + body}


def grade_suite(report, name, right, packages):
    suite = [r for r in records.read(name) if wanted(r, packages)]
    rows, names = [], []
    for i, r in enumerate(suite):
        row = grade_row(r, i)
        rows.append(row)
        names.append(r["name"])
        if not r["test"] and "test" in row:
            rows.append(as_check(row))
            names.append(r["name"] + ", as check(candidate)")
        rows.append({"id": i, "program": "def f(x): return x + 1", "test": DEFAULT_TESTS, "entry_point": "f"})
        names.append(None)
    # A right program gets all the time that a slow machine takes; a forging one may end at any limit.
    out = hrm("grade", rows, "-j", "1", *(["--timeout_s", "30", "--wall_s", "300"] if right else ["--timeout_s", "1"]))
    for title, got, canary in zip(names, out, out[1:] + out[:1]):
        if title is None:
            continue
        verdict = got.get("verdict")
        wrong = "" if right == (verdict == "pass") and verdict not in (None, "infra") else str(got)[:400]
        report.add(f"{name}: {title}", wrong)
    for got, title in zip(out, names):
        if title is None and got.get("verdict") != "pass":
            report.add(f"{name}: canary after {got.get('id')}", str(got)[:300])


def exec_oddities(report):
    """What a text file cannot hold."""
    got = hrm("exec", [{"id": 1, "code": "x = '\0'"}, {"id": 2, "code": "print('\\0a')"},
                       {"id": 3, "code": "import os; os.write(1, b'\\xff')"}])
    report.add("NUL in the source", "" if got[0]["status"] == "error" else got[0])
    report.add("NUL in the output", "" if got[1]["stdout"] == "\u2400a\n" else got[1])
    report.add("ill-formed UTF-8 in the output", "" if got[2]["stdout"] == "\ufffd" else got[2])
    same = hrm("exec", [{"id": i, "code": "import random; print(random.random(), hash('a'))"} for i in range(8)])
    report.add("the same program draws the same numbers", "" if len({r["stdout"] for r in same}) == 1 else same)


def benchmarks(report):
    """The published programs, from the data that tests may use."""
    if not DATA.is_dir():
        print("skipped: the benchmark suites are not there (../shared/data)")
        return
    he = [json.loads(line) for line in (DATA / "humaneval/HumanEval.jsonl").read_text().splitlines()]
    mbpp = json.loads((DATA / "mbpp/sanitized-mbpp.json").read_text())

    def rows(solution):
        return [{"id": r["task_id"], "program": r["prompt"] + solution(r), "test": r["test"],
                 "support": r["prompt"], "entry_point": r["entry_point"]} for r in he]
    tests = [{"id": r["task_id"], "program": r["code"],
              "test": ["\n".join([*r["test_imports"], t]) for t in r["test_list"]]} for r in mbpp]
    for name, these, want in (("HumanEval canonical", rows(lambda r: r["canonical_solution"]), len(he)),
                              ("HumanEval return None", rows(lambda r: "    return None\n"), 0),
                              ("MBPP sanitized references", tests, len(mbpp))):
        out = hrm("grade", these, "--timeout_s", "15")
        passed = sum(r.get("verdict") == "pass" for r in out)
        infra = sum(r.get("verdict") in (None, "infra") for r in out)
        print(f"{name}: {passed}/{len(these)} pass")
        failing = [r["id"] for r in out if r.get("verdict") != "pass"][:10] if want else []
        report.add(name, "" if passed == want and not infra else f"{passed}, expected {want}; {infra} infra; {failing}")


def main():
    report = Report()
    packages = [p for p in ("numpy", "sympy") if has_package(p)]
    exec_suite(report, "hostile.txt", packages)
    exec_suite(report, "benign.txt", packages)
    grade_suite(report, "forge.txt", False, packages)
    grade_suite(report, "right.txt", True, packages)
    exec_oddities(report)
    machine.check_all(report, HRM)
    wire.check_all(report, pathlib.Path(HRM).parent / "guest")
    benchmarks(report)
    if "--soak" in sys.argv:
        machine.soak(report, HRM, 10000)
    return report.finish()


sys.exit(main())
