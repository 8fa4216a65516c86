"""embed.py FILE.py... OUT.h: Python texts as C strings, guest_wire.py as `guest_wire`."""
import pathlib
import sys

*sources, out = map(pathlib.Path, sys.argv[1:])
text = "/* Made by embed.py. */\n"
for source in sources:
    lines = source.read_text().splitlines(True)
    quoted = "".join('"' + line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"\n' for line in lines)
    text += f"static const char {source.stem}[] =\n{quoted};\n"
out.write_text(text)
