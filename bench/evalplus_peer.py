"""evalplus_peer.py FILE: programs graded by EvalPlus's own untrusted_check (pip install evalplus).

FILE has JSON lines {"program", "entry_point", "inputs", "expected"}; the last two are lists written as Python text. Prints the
number of passes."""
import ast
import json
import sys

from evalplus.eval import untrusted_check

passes = 0
for line in open(sys.argv[1]):
    row = json.loads(line)
    inputs, expected = ast.literal_eval(row["inputs"]), ast.literal_eval(row["expected"])
    verdict, _ = untrusted_check("own", row["program"], inputs, row["entry_point"], expected, 0, [0.5] * len(inputs), fast_check=True)
    passes += verdict == "pass"
print(passes)
