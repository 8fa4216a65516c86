"""Counting, for tests in Python: check() sentences, then finish() with the line that check.sh reads."""
import sys

good = bad = 0


def check(sentence, true):
    global good, bad
    good += bool(true)
    bad += not true
    if not true:
        print(f"FAILED: {sentence}")


def finish():
    print(f"{good} passed, {bad} failed")
    sys.exit(bad > 0)
