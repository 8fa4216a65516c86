#!/usr/bin/python3
"""hrm stats on logs of other programs against scipy and statsmodels: logs_oracle.py HRM FIXTURES. Reads each log on
its own, without hrm, and compares to 1e-9."""
import csv
import glob
import io
import json
import subprocess
import sys
from collections import defaultdict

import numpy as np
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

HRM, LOGS = sys.argv[1:]
compared = 0


def near(what, got, want):
    global compared
    compared += 1
    if not abs(float(got) - want) <= 1e-9 * max(1, abs(want)):
        sys.exit(f"{what}: hrm says {got}, expected {want!r}")


def share(what, percent, want):
    near(what, float(percent) / 100, want)


def hrm(*args):
    out = subprocess.run([HRM, "stats", *args, "--format", "csv"], check=True, capture_output=True, text=True).stdout
    return {(r["table"], r["row"], r["column"]): r for r in csv.DictReader(io.StringIO(out))}


def inspect(path):
    log = json.load(open(path))
    tasks = defaultdict(list)
    for s in log["samples"]:
        tasks[s["id"]].append(s["scores"]["match"]["value"] == "C")
    return log["eval"]["model"], tasks


def lm_eval(directory):
    tasks = defaultdict(list)
    for path in glob.glob(f"{directory}/*.jsonl"):
        task = path.rsplit("samples_", 1)[1].split("_")[0]
        for line in open(path):
            row = json.loads(line)
            tasks[f'{task}/{row["doc_id"]}'].append(row["exact_match"] == 1)
    return directory.rsplit("/", 1)[1], tasks


def evalplus(path):
    results = json.load(open(path))["eval"]
    good = {t: [r["base_status"] == r["plus_status"] == "pass" for r in rs] for t, rs in results.items()}
    return path.rsplit("/", 1)[1].replace("_eval_results.json", ""), good


def check(rows, x, y, label):
    (a, of_a), (b, of_b) = x, y
    assert set(of_a) == set(of_b)
    rate = {n: np.array([np.mean(tasks[t]) for t in sorted(of_a)]) for n, tasks in (x, y)}
    d = rate[a] - rate[b]
    near(f"{label}: tasks", rows["Outcomes by arm", a, "tasks"]["value"], len(d))
    near(f"{label}: solved", rows["Outcomes by arm", a, "solved"]["value"], sum(map(sum, of_a.values())))
    share(f"{label}: pass@1", rows["Outcomes by arm", a, "pass@1, Wilson"]["value"], rate[a].mean())
    t = rows[f"{a} - {b}", "difference of rates, pp / t over tasks", "value"]
    low, high = stats.t.interval(0.95, len(d) - 1, d.mean(), stats.sem(d))
    share(f"{label}: difference", t["value"], d.mean())
    share(f"{label}: low", t["low"], low)
    share(f"{label}: high", t["high"], high)
    p = stats.ttest_rel(rate[a], rate[b]).pvalue
    near(f"{label}: p", rows[f"{a} - {b}", "difference of rates, pp / t over tasks", "p"]["value"], p)
    solved = {n: np.array([np.mean(tasks[t]) > 0.5 for t in sorted(of_a)]) for n, tasks in (x, y)}
    only_a, only_b = int((solved[a] & ~solved[b]).sum()), int((~solved[a] & solved[b]).sum())
    exact = mcnemar([[0, only_a], [only_b, 0]], exact=True).pvalue
    near(f"{label}: McNemar", rows[f"{a} - {b}", "one arm without the other / McNemar, exact", "p"]["value"], exact)
    return p


alpha, beta = (inspect(f"{LOGS}/inspect/{m}.json") for m in ("alpha", "beta"))
check(hrm(f"{LOGS}/inspect/alpha.json", f"{LOGS}/inspect/beta.json"), alpha, beta, "Inspect, JSON")
check(hrm(f"{LOGS}/inspect/alpha.eval", f"{LOGS}/inspect/beta.eval"), alpha, beta, "Inspect, .eval")
alpha, beta = (lm_eval(f"{LOGS}/lm_eval/{m}") for m in ("alpha", "beta"))
rows = hrm(*(p for m in ("alpha", "beta") for p in sorted(glob.glob(f"{LOGS}/lm_eval/{m}/*"))))
check(rows, alpha, beta, "lm-eval")
alpha, beta = (evalplus(f"{LOGS}/evalplus/{m}_eval_results.json") for m in ("alpha", "beta"))
check(hrm(*(f"{LOGS}/evalplus/{m}_eval_results.json" for m in ("alpha", "beta"))), alpha, beta, "EvalPlus")

# More than two systems: Holm's adjustment over the pairs.
third = ("gamma", {t: [not s for s in ss] if i % 3 else ss for i, (t, ss) in enumerate(alpha[1].items())})
made = {"date": "", "hash": "", "eval": {t: [{"task_id": t, "base_status": "pass", "plus_status": "pass" if s else "fail"}
                                              for s in ss] for t, ss in third[1].items()}}
json.dump(made, open("gamma_eval_results.json", "w"))
files = [f"{LOGS}/evalplus/{m}_eval_results.json" for m in ("alpha", "beta")] + ["gamma_eval_results.json"]
rows = hrm(*files)
pairs = [(alpha, beta), (alpha, third), (beta, third)]
p = [stats.ttest_rel(*([np.mean(s[1][t]) for t in alpha[1]] for s in pair)).pvalue for pair in pairs]
for (x, y), adjusted, raw in zip(pairs, multipletests(p, method="holm")[1], p):
    near("p", rows["Paired differences", f"{x[0]} - {y[0]}", "p"]["value"], raw)
    near("Holm", rows["Paired differences", f"{x[0]} - {y[0]}", "p (Holm)"]["value"], adjusted)
print(f"{compared} numbers agree with scipy and statsmodels")
