"""What the scripted model knows: for every task of a suite the reference solution, and how to get it wrong.

An answer is a function of the messages and the seed alone. So which episodes pass does not depend on
faults, on order or on who asks at the same time, and two runs can be compared row by row.
"""
import hashlib
import json
import re

import yaml


class Answer:
    """What the model says. A token is a word with the blanks before it, or a run of blanks."""

    def __init__(self, text, prompt, reasoning="", limit=None):
        tokens = re.findall(r"\s*\S+|\s+$", text)
        self.finish = "stop"
        if limit is not None and len(tokens) > limit:
            tokens, self.finish = tokens[:limit], "length"
        self.tokens = tokens
        self.text = "".join(tokens)
        self.reasoning = reasoning
        self.prompt_tokens = len(prompt) // 4 + 1
        self.generated_tokens = len(tokens) + len(reasoning.split()) + 1


def share(*parts):
    """A number in [0, 1) that depends on nothing but its arguments."""
    digest = hashlib.sha256("\0".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def prompt_text(messages):
    return "\n".join(str(m.get("content") or "") for m in messages)


def fenced(code):
    return f"```python\n{code.rstrip()}\n```"


def wrong(task, rnd):
    """A program that runs but is not the solution, or does not even run."""
    name = task.get("entry_point")
    kinds = [f"def {name}(*args):\n    return None" if name else "print(input())",
             f"def {name}(*args):\n    return args[0]" if name else "pass",
             f"def {name}(*args):\n    raise ValueError('no idea: ' + repr(args[:1]))" if name else "1 / 0",
             f"def {name}(x:\n    return x" if name else "print('unclosed"]
    return kinds[int(rnd * len(kinds))]


def plan_of(task, rnd):
    plan = {"steps": [{"id": 1, "desc": "read the statement of " + str(task["id"]), "deps": []},
                      {"id": 2, "desc": "write the program", "deps": [1]}],
            "signature": f"def {task.get('entry_point') or 'main'}(*args)",
            "constraints": ["mind the empty input"]}
    text = json.dumps(plan)
    if rnd < 0.7:
        return text
    return "Here is the plan:\n```json\n" + text + "\n```" if rnd < 0.9 else "1. think\n2. write"


class Oracle:
    def __init__(self, suite, reasoning=False):
        with open(suite, encoding="utf-8") as f:
            tasks = yaml.safe_load(f)["tasks"]
        # The longest statement first: one may contain another.
        self.tasks = sorted(tasks, key=lambda t: -len(t["prompt"]))
        self.reasoning = reasoning

    def find(self, text):
        squeezed = " ".join(text.split())
        for task in self.tasks:
            if " ".join(task["prompt"].split()) in squeezed:
                return task
        return None

    def text(self, prompt, seed):
        task = self.find(prompt)
        if task is None:
            return "I do not know this task."
        rnd = share("kind", task["id"], seed, prompt)
        if "You are the planner" in prompt:
            return plan_of(task, rnd)
        if "You are the tester" in prompt:
            tests = task.get("hidden_tests") or ["assert True"]
            return fenced("\n".join(tests[: 1 + int(rnd * 3)]))
        # Some tasks are easy and some are hard; one answer in nine is a wrong one for all of them.
        easy = 0.1 + 0.8 * share("easy", task["id"])
        right = share("right", task["id"], seed) < easy
        code = task["reference"] if right and "reference" in task else wrong(task, rnd)
        return fenced(code) if rnd < 0.8 else "Let me think.\n\n" + fenced(code) + "\nDone."

    def answer(self, messages, seed, limit):
        prompt = prompt_text(messages)
        reasoning = "First the edge cases, then the loop." if self.reasoning else ""
        return Answer(self.text(prompt, seed), prompt, reasoning, limit)


class Constant:
    """One answer for everything: for load tests."""

    def __init__(self, text):
        self.reply = text

    def answer(self, messages, seed, limit):
        return Answer(self.reply, prompt_text(messages), limit=limit)
