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

    def add(self, text):
        self.tokens = self.tokens + [text]
        self.text += text
        self.generated_tokens += 1


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


MATH_PLAN = {"givens": [], "unknown": "the answer", "type": "number", "unit": "",
             "subgoals": [{"id": "s1", "desc": "half of the way", "deps": []},
                          {"id": "s2", "desc": "the whole answer", "deps": ["s1"]}]}
SEARCH = '<tool_call>{"name": "search", "arguments": {"query": "the answer"}}</tool_call>'


def math_plan(rnd):
    text = json.dumps(MATH_PLAN)
    if rnd < 0.7:
        return text
    if rnd < 0.8:
        return "Here is the plan:\n```json\n" + text + "\n```"
    return text.replace('["s1"]', '["s9"]') if rnd < 0.9 else "I would start with the numbers."


def math_program(value, rnd):
    """Mostly sound; some do not run, and some are calls of a tool that is not there."""
    if rnd < 0.8:
        return fenced(f"answer = {value}\nprint(answer)")
    return fenced("print(answr)") if rnd < 0.9 else SEARCH


class Oracle:
    def __init__(self, suite, reasoning=False, right=None, form="plain"):
        with open(suite, encoding="utf-8") as f:
            tasks = yaml.safe_load(f)["tasks"]
        # The longest statement first: one may contain another.
        self.tasks = sorted(tasks, key=lambda t: -len(t["prompt"]))
        self.reasoning = reasoning
        self.right = right
        self.form = form

    def find(self, text):
        squeezed = " ".join(text.split())
        for task in self.tasks:
            if " ".join(task["prompt"].split()) in squeezed:
                return task
        return None

    def rank(self, task):
        return sorted(share("easy", t["id"]) for t in self.tasks).index(share("easy", task["id"]))

    def formed(self, text):
        if self.form == "prose":
            return "I would begin with the edge cases. Then I would go through the numbers one by one."
        if self.form == "thinking":
            return "<think>First the edge cases, then"
        return text + "<|im_end|>\n<|im_start|>user" if self.form == "marked" else text

    def text(self, prompt, question, seed):
        task = self.find(prompt)
        if task is None:
            return "I do not know this task."
        rnd = share("kind", task["id"], seed, prompt)
        if "answer" in task:
            return self.math(task, prompt, question, seed, rnd)
        if "You are the planner" in prompt:
            return plan_of(task, rnd)
        if "You are the tester" in prompt:
            tests = task.get("hidden_tests") or ["assert True"]
            return fenced("\n".join(tests[: 1 + int(rnd * 3)]))
        # Some tasks are easy and some are hard; one answer in nine is a wrong one for all of them.
        easy = 0.1 + 0.8 * share("easy", task["id"])
        right = share("right", task["id"], seed) < easy
        if self.right is not None:  # the first ones of the suite's hash order, whatever the seed
            right = self.rank(task) < self.right * len(self.tasks)
            rnd = 0  # wrong ones run, and end without a word
        code = task["reference"] if right and "reference" in task else wrong(task, rnd)
        return fenced(code) if rnd < 0.8 else "Let me think.\n\n" + fenced(code) + "\nDone."

    def math(self, task, prompt, question, seed, rnd):
        """`question` is the last message: worked examples before it hold programs and answers, too."""
        easy = 0.3 + 0.7 * share("easy", task["id"])
        value = task["answer"] + (share("right", task["id"], seed) >= easy)
        if "You are the supervisor" in prompt:
            return math_plan(rnd)
        if "VERDICT: " in question:
            verdict = {"verdict": "pass" if rnd < 0.3 else "fail", "subgoal": "s2" if rnd < 0.8 else None}
            return json.dumps(verdict) if rnd < 0.6 else f"I looked.\nVERDICT: {verdict['verdict']}\nSUBGOAL: {verdict['subgoal']}"
        if "ANSWER: <number>" in question and ("```python" not in question or "The program printed" in question):
            return f"I have checked it.\nANSWER: {value}"
        if "half of the way\n" in question and "the whole answer" not in question:
            return fenced(f"print({value} / 2)")
        return math_program(value, rnd)

    def answer(self, messages, seed, limit):
        prompt = prompt_text(messages)
        reasoning = "First the edge cases, then the loop." if self.reasoning else ""
        return Answer(self.formed(self.text(prompt, prompt_text(messages[-1:]), seed)), prompt, reasoning, limit)


class Constant:
    """One answer for everything: for load tests."""

    def __init__(self, text):
        self.reply = text

    def answer(self, messages, seed, limit):
        return Answer(self.reply, prompt_text(messages), limit=limit)
