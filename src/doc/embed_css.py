"""embed_css.py page.css page_css.h: the style sheet as a C string, without comments and indentation."""
import pathlib
import re
import sys

source, out = map(pathlib.Path, sys.argv[1:])
css = re.sub(r"/\*.*?\*/\s*", "", source.read_text(), flags=re.S)
lines = [re.sub(r"\s+", " ", line).strip() for line in css.splitlines()]
quoted = (line.replace("\\", "\\\\").replace('"', '\\"') for line in lines if line)
out.write_text("/* Made of page.css by embed_css.py. */\nstatic const char page_css[] =\n"
               + "\n".join(f'    "{line}\\n"' for line in quoted) + ";\n")
