#!/usr/bin/python3
"""hrm stats against scipy and statsmodels on tables made here: stats_oracle.py HRM. Prints what it compared."""
import csv
import io
import json
import random
import subprocess
import sys
import tempfile
import warnings

import numpy as np
from scipy import optimize, stats
import statsmodels.api as sm
from statsmodels.discrete.conditional_models import ConditionalLogit
from statsmodels.duration.survfunc import survdiff
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

HRM = sys.argv[1]
warnings.simplefilter("ignore")  # tasks solved always or never drop out of a conditional model
CLUSTERS = 12
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
                             seconds[arm][task, k], f"topic {task % CLUSTERS}"])
    first = rows[0]
    dice.shuffle(rows)
    rows.remove(first)  # arms are named in the order in which they appear
    with open(path, "w", newline="") as f:
        csv.writer(f).writerows([["sample", "task", "note", "passed", "arm", "seconds", "cluster"], first] + rows)
    return outcomes, seconds


def hrm_stats(path, *options):
    text = subprocess.run([HRM, "stats", path, "--format", "csv", *options], check=True, text=True,
                          capture_output=True).stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    found = {(r["table"], r["row"], r["column"]): r for r in rows}
    if len(found) != len(rows):
        sys.exit("table, row and column do not name one line")
    return found


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


def wilson_tasks(outcomes):
    """Wilson with as many trials as would spread as the tasks' rates do."""
    n, samples = outcomes.shape
    rates = outcomes.mean(axis=1)
    p, trials = rates.mean(), n
    if samples > 1 and 0 < p < 1:
        few = (stats.norm.ppf(0.975) / stats.t.ppf(0.975, n - 1)) ** 2
        trials = np.clip(p * (1 - p) / stats.sem(rates) ** 2 * few, n, outcomes.size)
    return proportion_confint(p * trials, trials, method="wilson")


BETS = ((2 * np.arange(24) + 1) / 48) ** 2


def capital(x, m):
    """Of the gamblers who bet that the mean of x in [0, 1] is above m, and below."""
    up = np.log1p(np.outer(BETS, x / m - 1)).sum(axis=1)
    down = np.log1p(np.outer(BETS, (1 - x) / (1 - m) - 1)).sum(axis=1)
    return np.exp(up).mean(), np.exp(down).mean()


def check_betting(rows, name, d):
    x = (d + 1) / 2
    e = max(capital(x, 0.5)) / 2
    near("e-value", rows[name, "e-value / betting, 20 decides", "value"]["value"], e)
    row = rows[name, "difference of rates, pp / betting, any stopping time", "value"]
    low = optimize.brentq(lambda m: np.log(capital(x, m)[0]) - np.log(40), 1e-3, x.mean(), xtol=1e-14)
    high = optimize.brentq(lambda m: np.log(capital(x, m)[1]) - np.log(40), x.mean(), 1 - 1e-3, xtol=1e-14)
    check_interval("betting", row, 2 * low - 1, 2 * high - 1)
    near("betting p", rows[name, "difference of rates, pp / betting, any stopping time", "p"]["value"], min(1, 1 / e))


def check_models(rows, name, a, b):
    """Clusters, and logistic regression with the tasks conditioned away."""
    n, samples = a.shape
    d = a.mean(axis=1) - b.mean(axis=1)
    fit = sm.OLS(d, np.ones(n)).fit(cov_type="cluster", use_t=True, cov_kwds={
        "groups": np.arange(n) % CLUSTERS, "use_correction": True, "df_correction": True})
    row = rows[name, "difference of rates, pp / t over clusters", "value"]
    check_interval("clusters", row, *fit.conf_int()[0])
    near("clusters p", rows[name, "difference of rates, pp / t over clusters", "p"]["value"], fit.pvalues[0])
    y = np.concatenate([a, b], axis=1).ravel().astype(int)
    arm = np.tile(np.repeat([1.0, 0.0], samples), n)
    groups = np.repeat(np.arange(n), 2 * samples)
    beta = ConditionalLogit(y, arm[:, None], groups=groups).fit(method="newton", disp=0).params[0]
    near("log odds", np.log(float(rows[name, "odds ratio / logistic, task effects", "value"]["value"])), beta, 1e-4)
    information = squares = 0
    for solved_a, solved_b in zip(a.sum(axis=1), b.sum(axis=1)):
        solved = solved_a + solved_b
        if 0 < solved < 2 * samples:
            count = stats.nchypergeom_fisher(2 * samples, samples, solved, np.exp(beta))
            information += count.var()
            squares += (solved_a - count.mean()) ** 2
    se, row = np.sqrt(squares) / information, rows[name, "odds ratio / logistic, task effects", "value"]
    near("odds low", np.log(float(row["low"])), beta - stats.norm.ppf(0.975) * se, 1e-4)
    near("odds high", np.log(float(row["high"])), beta + stats.norm.ppf(0.975) * se, 1e-4)


def check_exact(b, c, n):
    """The unconditional interval: its limits leave 2.5 % to tables at least as far away, at worst."""
    def score(i, j, d):
        B, C = -i - j + (2 * n - i + j) * d, -j * d * (1 - d)
        q = (np.sqrt(max(0, B * B - 8 * n * C)) - B) / (4 * n)
        variance, gap = n * (2 * q + d * (1 - d)), i - j - n * d
        return gap / np.sqrt(variance) if variance > 0 else np.sign(gap) * np.inf if gap else 0.0

    def upper(b, c, d):
        i, j = np.array([(i, j) for i in range(n + 1) for j in range(n + 1 - i)
                         if score(i, j, d) >= score(b, c, d) - 1e-9]).T
        cells = np.stack([i, j, n - i - j], axis=1)
        def tail(u):
            less = u * (1 - abs(d)) / 2
            p, q = (less + abs(d), less) if d >= 0 else (less, less + abs(d))
            return stats.multinomial.pmf(cells, n, [p, q, max(0, 1 - p - q)]).sum()
        grid = np.linspace(0, 1, 101)
        best = grid[np.argmax([tail(u) for u in grid])]
        end = optimize.minimize_scalar(lambda u: -tail(u), bounds=(max(0, best - .01), min(1, best + .01)),
                                       method="bounded")
        return max(-end.fun, tail(best))

    with open("exact.csv", "w") as f:
        f.write("task,arm,passed\n")
        for t in range(n):
            f.write(f"t{t},x,{int(t < b)}\nt{t},y,{int(b <= t < b + c)}\n")
    rows = hrm_stats("exact.csv")
    name = "difference of majorities, pp / exact, unconditional"
    low, high = (float(rows["x - y", name, "value"][k]) / 100 for k in ("low", "high"))
    near("exact p", rows["x - y", name, "p"]["value"], min(1, 2 * min(upper(b, c, 0), upper(c, b, 0))), 1e-6)
    near("exact low", upper(b, c, low), 0.025, 1e-5)
    if c == 0:  # y never solves any: odds of the limit of 0 of b
        limit = stats.beta.ppf(0.975, 1, b)
        row = rows["x - y", "ratio of rates / exact", "value"]
        near("one-sided ratio", row["low"], (1 - limit) / limit)
        near("one-sided ratio p", rows["x - y", "ratio of rates / exact", "p"]["value"],
             min(1, 2 * stats.binom.pmf(b, b, 0.5)))
        near("one-sided odds", rows["x - y", "odds ratio / logistic, task effects", "value"]["low"], (1 - limit) / limit)
    if high < 1 - 1e-6:
        near("exact high", upper(c, b, -high), 0.025, 1e-5)


def check_rates(rows, outcomes, arm):
    solved, n = int(outcomes[arm].sum()), outcomes[arm].shape[0]
    near(f"{arm} solved", rows["Outcomes by arm", arm, "solved"]["value"], solved)
    check_interval("Wilson", rows["Outcomes by arm", arm, "pass@1, Wilson"], *wilson_tasks(outcomes[arm]))
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
    won, lost = int((d > 1e-12).sum()), int((d < -1e-12).sum())
    near("sign test", rows[name, "one arm better on a task / sign test, exact", "p"]["value"],
         stats.binomtest(won, won + lost).pvalue)
    check_betting(rows, name, d)
    check_models(rows, name, outcomes[x], outcomes[y])
    if n < 50:
        if (name, "difference of rates, pp / task bootstrap", "value") in rows:
            sys.exit("a percentile bootstrap of fewer than 50 tasks")
        return
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
    near("RMST gap p", rows[title, f"{x} - {y}", "p of equal means (t)"]["value"], stats.ttest_1samp(gap, 0).pvalue)
    time = np.concatenate([times[x].ravel(), times[y].ravel()])
    event = np.concatenate([outcomes[x].ravel(), outcomes[y].ravel()])
    group = np.repeat([0, 1], times[x].size)
    near("log-rank", rows[title, f"{x} - {y}", "p of equal curves (log-rank)"]["value"], survdiff(time, event, group)[1], 1e-6)


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
for table_2x2 in [(5, 0, 5), (6, 1, 12), (3, 2, 20)]:
    check_exact(*table_2x2)
def nominal_alpha(ratings):
    """1 - observed / expected disagreement over pairs of values, straight from the definition; ratings[item] = values."""
    units = [u for u in ratings if len(u) > 1]
    n = sum(len(u) for u in units)
    observed = sum(sum(a != b for a in u for b in u) / (len(u) - 1) for u in units) / n
    values = [v for u in units for v in u]
    expected = sum(a != b for a in values for b in values) / (n * (n - 1))
    return 1 - observed / expected


def check_agreement(seed, n):
    """Two people and a third who judged half, by traces of another system: hrm label --agreement."""
    modes = {"P": "1.3 Step Repetition", "V": "3.3 Incorrect Verification", "S": "1.1 Disobey Task Specification"}
    rng = random.Random(seed)
    people = {"annotator_1": [], "annotator_2": [], "annotator_3": []}
    with tempfile.TemporaryDirectory() as d:
        with open(f"{d}/traces.jsonl", "w") as f:
            for i in range(n):
                first = rng.choice("PPPVS")
                said = {
                    "annotator_1": first,
                    "annotator_2": first if rng.random() < 0.7 else rng.choice("PVS"),
                    "annotator_3": rng.choice("PVS") if i % 2 else None,
                }
                rows = [{"failure mode": text, **{who: g == letter for who, g in said.items()}} for letter, text in modes.items()]
                record = {"mas_name": "A", "benchmark_name": "b", "trace_id": i, "trace": f"turn {i}", "annotations": rows}
                print(json.dumps(record), file=f)
                for who, g in said.items():
                    people[who].append(g)
        subprocess.run([HRM, "import", "mast", f"{d}/traces.jsonl", "-o", f"{d}/run"], check=True, capture_output=True)
        text = subprocess.run([HRM, "label", f"{d}/run", "--agreement", "--format", "csv"], check=True, capture_output=True, text=True).stdout
    found = {(r["row"], r["column"]): r for r in csv.DictReader(io.StringIO(text))}
    a, b = people["annotator_1"], people["annotator_2"]
    same = sum(x == y for x, y in zip(a, b))
    table = [[sum(p == x and q == y for p, q in zip(a, b)) for y in "PVS"] for x in "PVS"]
    near("kappa", found["annotator_1 / annotator_2", "kappa"]["value"], cohens_kappa(np.array(table)).kappa)
    near("PABAK", found["annotator_1 / annotator_2", "PABAK"]["value"], (8 * same / n - 1) / 7)
    items = [[v for v in values if v] for values in zip(*people.values())]
    alpha = nominal_alpha(items)
    got = found["annotators", "alpha"]
    near("alpha", got["value"], alpha)
    left = np.array([nominal_alpha(items[:i] + items[i + 1 :]) for i in range(n)])
    half = stats.t.ppf(0.975, n - 1) * np.sqrt((n - 1) / n * np.sum((left - left.mean()) ** 2))
    check_interval("alpha", got, alpha - half, min(1, alpha + half), 1)


check_agreement(3, 40)
check_agreement(4, 15)
print(f"{compared} numbers agree with scipy and statsmodels")
