#!/usr/bin/env python3
"""How long a study takes on a cluster, simulated: what limits it at 100 nodes, and at 10,000?

  bench/cluster_sim.py [--nodes N] [--episodes N] [--seconds S] [...]      --table: the table of docs/scale.md

A shard is a job on one node: it waits for the scheduler, starts its server, plays its episodes (so many at once), copies its
record to the shared file system every minute and at the end. A node dies at random, its shard begins again from the last
copy. When all are done, one job merges and writes the report. Everything is drawn from a fixed seed.

What is assumed, and what is measured, stands beside each parameter below; give others for another site."""
import argparse
import heapq
import math
import random

PARAMETERS = [  # name, default, of what
    ("nodes", 100, "jobs at a time"),
    ("shards", 0, "0 = as many as nodes"),
    ("episodes", 100_000, "of the whole study: tasks x arms x samples"),
    ("seconds", 40.0, "mean of an episode; assumed, a 7B model on one GPU under load"),
    ("spread", 0.8, "sigma of its logarithm: episodes are log-normal; assumed"),
    ("per_task", 10, "episodes of a task, which stay together (arms x samples)"),
    ("at_once", 32, "episodes a node plays at once"),
    ("start", 180.0, "s until a server answers; assumed, weights of 15 GB from a shared disk"),
    ("schedule", 10.0, "jobs the controller starts per second; measured 7.7/s on two loaded cores, sites reach 100"),
    ("record", 15_000.0, "bytes an episode leaves; 6,600 for one call measured on a 0.5B model, times 2 to 3 calls"),
    ("disk", 1e9, "bytes/s of the shared file system for all nodes together; assumed"),
    ("files", 2_000.0, "file operations/s of its metadata server for us; assumed, shared sites have less"),
    ("beat", 5.0, "s between the small files a job writes, times shards / 500 where those are more; the program's"),
    ("checkpoint", 60.0, "s between copies of a record; the program's default"),
    ("merge", 19_000.0, "episodes per s of CPU of the merge with its report; measured, bench/merge_scale"),
    ("mtbf", 1_000.0, "days between failures of one node; assumed"),
    ("requeue", 120.0, "s that Slurm keeps a requeued job waiting; measured, its default"),
    ("seed", 1, "of everything that is drawn"),
]


def work_of(dice, p, count):
    """(seconds of `count` episodes, seconds of the longest): drawn, or for many by the central limit theorem."""
    mu = math.log(p.seconds) - p.spread ** 2 / 2
    if count == 0:
        return 0.0, 0.0
    longest = math.exp(mu + p.spread * math.sqrt(2 * math.log(count + 1)))  # of so many normals, nearly
    if count < 200:
        drawn = [dice.lognormvariate(mu, p.spread) for _ in range(count)]
        return sum(drawn), max(drawn)
    sigma = p.seconds * math.sqrt(math.exp(p.spread ** 2) - 1)
    return dice.gauss(count * p.seconds, sigma * math.sqrt(count)), longest


def with_failures(dice, p, wall):
    """What is played until a shard is done when its node may die, and what of that was lost."""
    lost, at = 0.0, dice.expovariate(1 / (86400 * p.mtbf))
    while at < wall + lost:  # what was played since the last copy is played again
        lost += p.requeue + p.start + p.checkpoint / 2
        at += dice.expovariate(1 / (86400 * p.mtbf))
    return wall + lost, lost


def simulate(p):
    dice = random.Random(p.seed)
    shards = p.shards or p.nodes
    tasks = [0] * shards
    for _ in range(max(1, p.episodes // p.per_task)):
        tasks[dice.randrange(shards)] += 1  # by hash: as good as at random
    free = [(0.0, i) for i in range(p.nodes)]
    ends, busy, lost = [], 0.0, 0.0
    for started, n in enumerate(tasks, 1):
        at, node = heapq.heappop(free)
        work, longest = work_of(dice, p, n * p.per_task)
        play = max(work / p.at_once, longest)  # the tail: the last episode plays alone
        wall, again = with_failures(dice, p, p.start + play)
        lost += again
        busy += work / p.at_once
        ends.append(max(at, started / p.schedule) + wall)
        heapq.heappush(free, (ends[-1], node))
    makespan, merge, at_a_time = max(ends), p.episodes / p.merge, min(p.nodes, shards)
    copied = p.record * p.episodes / shards / 2 / p.checkpoint  # bytes/s of a job: all of its record, half full on average
    files = 3 / (p.beat * max(1, shards / 500)) + 4 / p.checkpoint  # a job's: a beat's write, rename and look, a copy's
    return {"hours": (makespan + merge) / 3600, "ideal": p.episodes * p.seconds / p.at_once / p.nodes / 3600,
            "useful": busy / (p.nodes * makespan), "start": p.start * shards / (p.nodes * makespan),
            "queue": shards / p.schedule, "merge": merge, "slowest": makespan / (sum(ends) / len(ends)),
            "disk": copied * at_a_time / p.disk, "files": files * at_a_time / p.files, "lost": lost / 3600}


def say(p, r):
    print(f"{p.nodes} nodes, {p.shards or p.nodes} shards, {p.episodes} episodes of {p.seconds:g} s, {p.at_once} at once")
    print(f"  {r['hours']:.2f} h until the report; {r['ideal']:.2f} h if nothing but episodes took time")
    print(f"  {100 * r['useful']:.0f} % of the nodes' time plays episodes, {100 * r['start']:.0f} % starts servers")
    print(f"  the last shard ends {r['slowest']:.2f} times as late as the mean; the last job starts after {r['queue']:.0f} s")
    print(f"  the merge takes {r['merge']:.0f} s; failures of nodes cost {r['lost']:.1f} node hours")
    print(f"  the shared disk is busy to {100 * r['disk']:.1f} %, its metadata server to {100 * r['files']:.0f} %")


def table(p):
    print("| nodes | shards | episodes | hours | ideal | playing | last/mean | queue s | merge s | disk | metadata |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for nodes, shards, episodes in [(1, 1, 10_000), (10, 10, 100_000), (100, 100, 100_000), (100, 100, 1_000_000),
                                    (100, 400, 1_000_000), (1_000, 1_000, 1_000_000), (10_000, 10_000, 1_000_000),
                                    (10_000, 10_000, 10_000_000)]:
        p.nodes, p.shards, p.episodes = nodes, shards, episodes
        r = simulate(p)
        print(f"| {nodes} | {shards} | {episodes:,} | {r['hours']:.2f} | {r['ideal']:.2f} | {100 * r['useful']:.0f} % | "
              f"{r['slowest']:.2f} | {r['queue']:.0f} | {r['merge']:.0f} | {100 * r['disk']:.1f} % | {100 * r['files']:.0f} % |")


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
for name, default, what in PARAMETERS:
    parser.add_argument(f"--{name}", type=type(default), default=default, help=f"{what} (default: {default:g})")
parser.add_argument("--table", action="store_true")
args = parser.parse_args()
if args.table:
    table(args)
else:
    say(args, simulate(args))
