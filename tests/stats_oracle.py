#!/usr/bin/python3
"""hrm stats against scipy and statsmodels on tables made here: stats_oracle.py HRM. Prints what it compared."""
import csv
import io
import random
import subprocess
import sys

import numpy as np
from scipy import optimize, stats
from statsmodels.duration.survfunc import survdiff
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

HRM = sys.argv[1]
compared = 0


def near(what, got, want, tolerance=1e-7):
    global compared
    compared += 1
    if not (abs(float(got) - want) <= tolerance * max(1, abs(want))):
        sys.exit(f"{what}: hrm says {got}, expected {want!r}")


def table(path, n_tasks, samples, arms, seed):
    """Writes a table with its rows shuffled; outcomes[arm] is an array [task][sample]."""
    dice = random.Random(seed)
    outcomes = {arm: np.zeros((n_tasks, samples), bool) for arm in arms}
    seconds = {arm: np.zeros((n_tasks, samples)) for arm in arms}
    rows = []
    for task in range(n_tasks):
        hard = dice.random()
        for arm, skill in arms.items():
            for k in range(samples):
                outcomes[arm][task, k] = 0.7 * hard + 0.3 * dice.random() < skill
                seconds[arm][task, k] = round(dice.uniform(1, 20), 3)
                rows.append([k, f"HumanEval/{task}", "ignored, quoted", int(outcomes[arm][task, k]), arm,
                             seconds[arm][task, k]])
    first = rows[0]
    dice.shuffle(rows)
    rows.remove(first)  # arms are named in the order in which they appear
    with open(path, "w", newline="") as f:
        csv.writer(f).writerows([["sample", "task", "note", "passed", "arm", "seconds"], first] + rows)
    return outcomes, seconds


def hrm_stats(path, *options):
    text = subprocess.run([HRM, "stats", path, "--format", "csv", *options], check=True, text=True,
                          capture_output=True).stdout
    return {(r["table"], r["row"], r["column"]): r for r in csv.DictReader(io.StringIO(text))}


def check_interval(what, row, low, high, scale=100):
    near(what + " low", row["low"], scale * low)
    near(what + " high", row["high"], scale * high)


def tango(b, c, n):
    def score(d):
        B, C = -b - c + (2 * n - b + c) * d, -c * d * (1 - d)
        q = (np.sqrt(max(0, B * B - 8 * n * C)) - B) / (4 * n)
        return (b - c - n * d) / np.sqrt(n * (2 * q + d * (1 - d)))

    z, d = stats.norm.ppf(0.975), (b - c) / n
    return (optimize.brentq(lambda x: score(x) - z, -1 + 1e-9, d),
            optimize.brentq(lambda x: score(x) + z, d, 1 - 1e-9))


def check_rates(rows, outcomes, arm):
    solved, n = int(outcomes[arm].sum()), outcomes[arm].shape[0]
    near(f"{arm} solved", rows["Outcomes by arm", arm, "solved"]["value"], solved)
    rate = outcomes[arm].mean(axis=1).sum()
    check_interval("Wilson", rows["Outcomes by arm", arm, "pass@1, Wilson"],
                   *proportion_confint(rate, n, method="wilson"))
    if outcomes[arm].shape[1] == 1:
        check_interval("Clopper-Pearson", rows["Outcomes by arm", arm, "Clopper-Pearson"],
                       *proportion_confint(solved, n, method="beta"))


def check_pair(rows, outcomes, x, y):
    name, n = f"{x} - {y}", outcomes[x].shape[0]
    d = outcomes[x].mean(axis=1) - outcomes[y].mean(axis=1)
    t = rows[name, "difference of rates, pp / t over tasks", "value"]
    near("difference", t["value"], 100 * d.mean())
    check_interval("t", t, *stats.t.interval(0.95, n - 1, d.mean(), stats.sem(d)))
    near("t p", rows[name, "difference of rates, pp / t over tasks", "p"]["value"], stats.ttest_1samp(d, 0).pvalue)
    tost = max(stats.ttest_1samp(d, -0.05, alternative="greater").pvalue,
               stats.ttest_1samp(d, 0.05, alternative="less").pvalue)
    near("equivalence", rows[name, "equivalence within 5 pp / two one-sided tests", "p"]["value"], tost)
    a, b = outcomes[x].mean(axis=1) > 0.5, outcomes[y].mean(axis=1) > 0.5
    counts = [[int((a & b).sum()), int((a & ~b).sum())], [int((~a & b).sum()), int((~a & ~b).sum())]]
    for i, row in enumerate(["solved", "not"]):
        for j, column in enumerate([f"{y} solved", f"{y} not"]):
            near("count", rows[f"{x} and {y}: tasks", row, column]["value"], counts[i][j])
    only_a, only_b = counts[0][1], counts[1][0]
    exact = mcnemar(counts, exact=True).pvalue
    near("McNemar", rows[name, "one arm without the other / McNemar, exact", "p"]["value"], exact)
    middle = stats.binom.pmf(min(only_a, only_b), only_a + only_b, 0.5)
    midp = exact - middle if only_a != only_b else 1 - middle / 2
    near("mid-p", rows[name, "one arm without the other / McNemar, mid-p", "p"]["value"], midp)
    check_interval("Tango", rows[name, "difference of majorities, pp / Tango", "value"], *tango(only_a, only_b, n))
    boot = stats.bootstrap((d,), np.mean, n_resamples=20000, method="percentile", random_state=1).confidence_interval
    row = rows[name, "difference of rates, pp / task bootstrap", "value"]
    near("bootstrap low", float(row["low"]) / 100, boot.low, 0.008)
    near("bootstrap high", float(row["high"]) / 100, boot.high, 0.008)
    signs = np.random.default_rng(1).choice([-1, 1], (20000, n))
    flips = (np.abs(signs @ d) >= abs(d.sum()) - 1e-9).mean()
    near("sign flips", rows[name, "difference of rates, pp / sign flips, 10000", "p"]["value"], flips, 0.015)


def check_time(rows, outcomes, seconds, x, y):
    tau = max(s.max() for s in seconds.values())
    times = {a: np.where(outcomes[a], seconds[a], tau) for a in (x, y)}
    title = "Time to solve, the unsolved included"
    for a in (x, y):
        near("RMST", rows[title, a, "restricted mean"]["value"], times[a].mean(axis=1).mean())
    gap = (times[x] - times[y]).mean(axis=1)
    near("RMST gap p", rows[title, f"{x} - {y}", "p (t)"]["value"], stats.ttest_1samp(gap, 0).pvalue)
    time = np.concatenate([times[x].ravel(), times[y].ravel()])
    event = np.concatenate([outcomes[x].ravel(), outcomes[y].ravel()])
    group = np.repeat([0, 1], times[x].size)
    near("log-rank", rows[title, f"{x} - {y}", "log-rank p"]["value"], survdiff(time, event, group)[1], 1e-6)


for seed, (n_tasks, samples) in enumerate([(164, 1), (164, 5), (40, 2)]):
    arms = {"hrm": 0.62, "flat": 0.55}
    outcomes, seconds = table("oracle.csv", n_tasks, samples, arms, seed)
    rows = hrm_stats("oracle.csv", "--arms", "hrm,flat")
    for arm in arms:
        check_rates(rows, outcomes, arm)
    check_pair(rows, outcomes, "hrm", "flat")
    check_time(rows, outcomes, seconds, "hrm", "flat")

outcomes, _ = table("three.csv", 100, 3, {"a": 0.7, "b": 0.55, "c": 0.6}, 9)
rows = hrm_stats("three.csv", "--arms", "a,b,c")
pairs = [("a", "b"), ("a", "c"), ("b", "c")]
p = [stats.ttest_rel(outcomes[x].mean(axis=1), outcomes[y].mean(axis=1)).pvalue for x, y in pairs]
for (x, y), adjusted in zip(pairs, multipletests(p, method="holm")[1]):
    near("Holm", rows["Paired differences", f"{x} - {y}", "p (Holm)"]["value"], adjusted)
print(f"{compared} numbers agree with scipy and statsmodels")
