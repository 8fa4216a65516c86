#!/usr/bin/env python3
"""The lines that ran, by room, from a file of gcovr --json. Fails when there is nothing in it or a room is missing."""
import collections
import json
import pathlib
import sys

GOAL = 90  # percent
WORST = 10  # files that are named


def percent(lines):
    return 100 * lines[0] / lines[1] if lines[1] else 100.0


def main():
    rooms, files = collections.defaultdict(lambda: [0, 0]), {}
    for file in json.loads(pathlib.Path(sys.argv[1]).read_text())["files"]:
        counted = [line["count"] for line in file["lines"] if not line.get("gcovr/noncode")]
        lines = [sum(n > 0 for n in counted), len(counted)]
        files[file["file"]] = lines
        for name in (file["file"].split("/")[1], "src"):
            rooms[name] = [a + b for a, b in zip(rooms[name], lines)]
    here = {p.parent.name for p in pathlib.Path("src").glob("*/*.c")}
    if here - set(rooms):
        sys.exit(f"coverage.py: no lines of {', '.join(sorted(here - set(rooms)))}")
    for name, lines in sorted(rooms.items(), key=lambda room: percent(room[1])):
        print(f"{name:12} {percent(lines):5.1f} %  {lines[0]:6} of {lines[1]:6} lines")
    print("files with the most lines that did not run: " + ", ".join(
        f"{name} ({n[1] - n[0]} of {n[1]})" for name, n in sorted(files.items(), key=lambda f: f[1][0] - f[1][1])[:WORST]))
    low = [name for name in rooms if name != "src" and percent(rooms[name]) < GOAL]
    print(f"rooms below {GOAL} %: {', '.join(sorted(low)) or 'none'}")
    print(f"coverage of src/: {percent(rooms['src']):.1f} % of {rooms['src'][1]} lines; expected at least {GOAL} %")
    return percent(rooms["src"]) < GOAL


sys.exit(main())
