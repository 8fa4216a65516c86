"""embed_text.py FILE... OUT.h: text files as C strings, page.css as `page_css`, app.js as `app_js`.

Comments and indentation of style sheets are left out; everything else is kept byte for byte."""
import pathlib
import re
import sys

*sources, out = map(pathlib.Path, sys.argv[1:])
text = "/* Made by embed_text.py. */\n"
for source in sources:
    content = source.read_text()
    if source.suffix == ".css":
        content = re.sub(r"/\*.*?\*/\s*", "", content, flags=re.S)
        lines = [re.sub(r"\s+", " ", line).strip() for line in content.splitlines()]
        content = "".join(line + "\n" for line in lines if line)
    quoted = (line.replace("\\", "\\\\").replace('"', '\\"').replace("??", "?\\?") for line in content.splitlines())
    name = re.sub(r"\W", "_", source.name)
    text += f"static const char {name}[] =\n" + "\n".join(f'    "{line}\\n"' for line in quoted) + ";\n"
out.write_text(text)
