"""embed.py FILE.py... OUT.h: Python modules as C arrays of compiled code, guest_wire.py as `guest_wire`.

Compiled here and not at start, where it would cost more than loading half the standard library. The interpreter that
runs this must be of the version that is linked; meson.build sees to it."""
import marshal
import pathlib
import sys

*sources, out = map(pathlib.Path, sys.argv[1:])
text = "/* Made by embed.py. */\n"
for source in sources:
    code = marshal.dumps(compile(source.read_bytes(), f"<hrm {source.stem}>", "exec", dont_inherit=True, optimize=0))
    rows = (code[i:i + 24] for i in range(0, len(code), 24))
    text += f"static const unsigned char {source.stem}[] = {{\n"
    text += "".join("    " + ", ".join(map(str, row)) + ",\n" for row in rows) + "};\n"
out.write_text(text)
