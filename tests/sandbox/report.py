"""Counting what passed, printing what failed."""


class Report:
    def __init__(self):
        self.passed = self.failed = 0

    def add(self, name, wrong=""):
        if wrong:
            self.failed += 1
            print(f"FAILED {name}: {wrong}", flush=True)
        else:
            self.passed += 1

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return self.failed > 0
