#!/usr/bin/env python3
"""Checks what the rooms of src/ include and how they name things.

- A room includes itself and the rooms before it in the list of src/meson.build (design.md section 2).
- No circle of headers.
- What tests share stands under tests/fixtures and is included by tests only.
- No two files of src/ have the same name. A struct, enum or union that a header defines has its name to itself;
  one of a .c file has it to itself within the room."""
import collections
import pathlib
import re
import sys

src = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "src")
listed = re.search(r"^rooms = \[(.*?)\]", (src / "meson.build").read_text(), re.S | re.M)
rooms = re.findall(r"'(\w+)'", listed.group(1)) + ["cli"]
files = {p.relative_to(src).as_posix(): p.read_text() for p in sorted(src.glob("*/*.[ch]"))}
includes = {}  # file -> [(line, included file)]
complaints = []


def is_test(name):
    return name.endswith("_test.c")


def check_include(name, line, target):
    room, of = name.split("/")[0], target.split("/")[0]
    if of == "fixtures" and is_test(name):
        return
    if "/" not in target or of not in rooms:
        complaints.append(f"{name}:{line}: write the room in the include: {target}")
    elif rooms.index(of) > rooms.index(room):
        complaints.append(f"{name}:{line}: {room} may not include {target}: {of} is a later room")


def find_circle(name, path, done):
    if name in path:
        return path[path.index(name):] + [name]
    if name in done:
        return None
    for _, target in includes.get(name, []):
        circle = find_circle(target, path + [name], done)
        if circle:
            return circle
    done.add(name)
    return None


for name, text in files.items():
    if name.split("/")[0] not in rooms:
        complaints.append(f"{name}: its room is not in the list of src/meson.build")
        continue
    found = [(n, re.match(r'\s*#\s*include\s+"([^"]+)"', s)) for n, s in enumerate(text.splitlines(), 1)]
    includes[name] = [(n, m.group(1)) for n, m in found if m]
    for line, target in includes[name]:
        check_include(name, line, target)

done = set()
for name in files:
    circle = find_circle(name, [], done)
    if circle:
        complaints.append("a circle of includes: " + " -> ".join(circle))
        break

homes, basenames = collections.defaultdict(list), collections.defaultdict(list)
for name, text in files.items():
    basenames[name.split("/")[1]].append(name)
    if not is_test(name):
        for m in re.finditer(r"^(?:struct|enum|union) \w+ \{|^static (?:const )?(?:struct|enum|union) \w+ \{", text, re.M):
            homes[" ".join(m.group(0).split()[-3:-1])].append(name)
for base, where in basenames.items():
    if len(where) > 1:
        complaints.append(f"{', '.join(where)}: files of one name")
for what, where in homes.items():
    in_header = any(w.endswith(".h") for w in where)
    if len(where) > (1 if in_header else len({w.split("/")[0] for w in where})):
        complaints.append(f"{what} is defined in {', '.join(where)}")

print(*complaints, f"includes: {len(rooms)} rooms, {len(complaints)} bad", sep="\n")
sys.exit(bool(complaints))
