#!/usr/bin/env python3
"""Fails on an include that points up the floors of the house (design.md section 2).

A room may include itself and the rooms before it in the list that src/meson.build holds."""
import pathlib
import re
import sys

src = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "src")
listed = re.search(r"^rooms = \[(.*?)\]", (src / "meson.build").read_text(), re.S | re.M)
rooms = re.findall(r"'(\w+)'", listed.group(1)) + ["cli"]
bad = 0
for path in sorted(src.glob("*/*.[ch]")):
    room = path.parent.name
    if room not in rooms:
        print(f"{path}: room '{room}' is not in the list of src/meson.build")
        bad += 1
        continue
    for number, line in enumerate(path.read_text().splitlines(), 1):
        m = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if not m:
            continue
        target = m.group(1).split("/")[0]
        if "/" not in m.group(1) or target not in rooms:
            print(f"{path}:{number}: write the room in the include: {m.group(1)}")
            bad += 1
        elif rooms.index(target) > rooms.index(room):
            print(f"{path}:{number}: {room} may not include {m.group(1)}: {target} is a later room")
            bad += 1
print(f"includes: {len(rooms)} rooms, {bad} bad")
sys.exit(bad > 0)
