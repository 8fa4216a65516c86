"""check_page.py PAGE.html: is it a report that opens from disk, and that everybody can read?

Well-formed (every element closed, ids unique, links lead to ids), nothing fetched, no script, every figure with title,
description, caption and its numbers in a table (those that repeat a table have it elsewhere), every table with headings that say what they head, contrast of text at least 4.5 to 1."""
import html.parser
import pathlib
import re
import sys

VOID = {"meta", "br"}
text = pathlib.Path(sys.argv[1]).read_text()
bad = []


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links, self.labels = [], [], [], []
        self.figures, self.tables = [], []
        self.counts = {}

    def handle_starttag(self, tag, attributes):
        at = dict(attributes)
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if "id" in at:
            self.ids.append(at["id"])
        if len(at) != len(attributes):
            bad.append(f"{self.getpos()}: <{tag}> has an attribute twice")
        for name, value in attributes:
            if name.startswith("on") or name in ("src", "srcset", "action", "data", "xlink:href", "style"):
                bad.append(f"{self.getpos()}: <{tag} {name}> may fetch or run something")
            if name == "href":
                self.links.append(value)
            if name == "aria-labelledby":
                self.labels += value.split()
        if tag in ("script", "iframe", "object", "embed", "img", "link", "base", "form", "video", "audio"):
            bad.append(f"{self.getpos()}: there is a <{tag}>")
        if tag == "figure":
            self.figures.append({"repeats": "repeats" in at.get("class", "").split(), "svg": 0, "title": 0, "desc": 0, "figcaption": 0, "table": 0})
        for part in ("svg", "title", "desc", "figcaption", "table"):
            if tag == part and "figure" in self.open:
                self.figures[-1][part] += 1
        if tag == "svg" and (at.get("role") != "img" or "viewbox" not in at or "aria-labelledby" not in at):
            bad.append(f"{self.getpos()}: an svg without role, viewBox or label")
        if tag == "table":
            self.tables.append({"caption": 0, "col": 0, "row": 0, "pos": self.getpos()})
        if tag == "caption":
            self.tables[-1]["caption"] += 1
        if tag == "th":
            self.tables[-1][at.get("scope", "none")] += 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag == "html" and tag not in self.counts:
            return # a golden page, which begins with its body
        if not self.open or self.open[-1] != tag:
            bad.append(f"{self.getpos()}: </{tag}> closes <{self.open[-1] if self.open else 'nothing'}>")
        else:
            self.open.pop()


page = Page()
page.feed(text)
page.close()
if page.open:
    bad.append(f"not closed: {page.open}")
for name in sorted({i for i in page.ids if page.ids.count(i) > 1}):
    bad.append(f"id '{name}' is there twice")
bad += [f"link to {to!r}" for to in page.links if to[:1] != "#" or to[1:] not in page.ids]
bad += [f"label {to!r} is not there" for to in page.labels if to not in page.ids]
for i, f in enumerate(page.figures, 1):
    if not (f["svg"] and f["svg"] == f["title"] == f["desc"] and f["figcaption"] == 1
            and f["table"] == (0 if f["repeats"] else 1)):
        bad.append(f"figure {i} lacks a part: {f}")
for t in page.tables:
    if not (t["caption"] == 1 and t["col"] and t["row"]) or t.get("none"):
        bad.append(f"table at {t['pos']} lacks a caption or the scope of its headings: {t}")
style = "".join(re.findall(r"<style>(.*?)</style>", text, re.S))
if re.search(r"url\(|@import|@font-face|expression\(", style):
    bad.append("the style fetches something")
if page.counts.get("style") and "default-src &#39;none&#39;" not in text:
    bad.append("no Content-Security-Policy")


def luminance(colour):
    if len(colour) == 4:
        colour = "#" + "".join(2 * c for c in colour[1:])
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


for block in re.findall(r":root \{(.*?)\}", style, re.S): # light, dark, print
    colour = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", block))
    for ink in ("ink", "soft", "link"):
        for paper in ("paper", "faint"):
            if contrast(colour[ink], colour[paper]) < 4.5:
                bad.append(f"{ink} on {paper}: contrast {contrast(colour[ink], colour[paper]):.2f}")
    for s in range(6):
        if contrast(colour[f"s{s}"], colour["paper"]) < 3: # graphics
            bad.append(f"series {s}: contrast {contrast(colour[f's{s}'], colour['paper']):.2f}")

print("\n".join(bad[:20] or [f"{len(page.figures)} figures, {len(page.tables)} tables, {len(page.links)} links: all right"]))
sys.exit(bool(bad))
