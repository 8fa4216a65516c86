"""browser.py HRM RUNS WORK [PICTURES]: the viewer's pages as a person meets them, in headless Chromium.

RUNS holds one run of exp1_decomp_vs_flat on the embedded model in which some episode failed."""
import json
import os
import pathlib
import sqlite3
import subprocess
import sys

from lib import Viewer, check, finish, wait_for
from webdriver import Browser

hrm, runs, work = sys.argv[1:4]
pictures = sys.argv[4] if len(sys.argv) > 4 else None

# ---- hostile text in one failed episode: in a reply, a prompt, a program, a test's message; and a reply of 5 MB ----
(db,) = (p for p in pathlib.Path(runs).glob("*/*/run.db") if not p.parent.is_symlink())
run = db.parent.relative_to(runs).as_posix()
HOSTILE = ("<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'><a href=\"javascript:window.hacked=3\">x</a>"
           "<svg onload='window.hacked=4'></svg>]]> &lt;b&gt; \u202e txt")
with sqlite3.connect(db) as record:
    failed_id, task, failed_arm = record.execute(
        "SELECT id, task, arm FROM results WHERE status = 1 AND passed = 0 ORDER BY id LIMIT 1").fetchone()
    request = {"messages": [{"role": "user", "content": HOSTILE}]}
    record.execute("UPDATE calls SET reply_text = ?, reasoning = ?, request = ? WHERE episode = ? AND seq = 1",
                   (HOSTILE, HOSTILE, json.dumps(request), failed_id))
    record.execute("UPDATE calls SET reply_text = ? WHERE episode = ? AND seq = 2", ("long " * 1048576, failed_id))
    record.execute("UPDATE tool_runs SET program = ?, detail = ? WHERE episode = ? AND \"index\" = 0",
                   (HOSTILE, json.dumps({"tests": [{"verdict": "fail", "test": HOSTILE, "message": HOSTILE}]}), failed_id))
    others = record.execute("SELECT count(*) FROM results WHERE status = 1 AND passed = 0").fetchone()[0]
record.close()

viewer = Viewer(hrm, runs)
browser = Browser(f"{work}/profile")
home = viewer.url.split("?")[0]


ROUNDED = [81.25, 81.75, 81.35, 0.5, 1.5, 2.5, -81.25, 0, 100]


def at(page):
    return browser.js("return location.hash").startswith(f"#/{page}")


def settle():
    wait_for("the page is there", lambda: browser.js("return document.readyState == 'complete' && !document.getElementById('main').hasAttribute('aria-busy')"))


def picture(name):
    if pictures:
        browser.screenshot(f"{pictures}/{name}.png")


def fits(what):
    check(f"{what} fits into 390 pixels", browser.js("return document.documentElement.scrollWidth") <= 390)


def named(what):
    elements = browser.all("main a, main button, main input, main select, main summary, main progress, main meter")
    check(f"everything of {what} that can be used has a name", all(browser.label_of(e).strip() for e in elements[:80]))


# ---- the list ----
browser.go(home)
browser.find("main .error")
check("without the token there is a sentence", "token" in browser.text("main"))
browser.go(viewer.url)
browser.find(".entry")
settle()
check("the token leaves the address", "token" not in browser.js("return location.href"))
check("the run is listed", "exp1_decomp_vs_flat" in browser.text(".entry") and "complete" in browser.text(".entry"))
named("the list")
picture("runs")

# ---- the matrix ----
sentence = browser.text(".entry .short")
browser.click(".entry h2 a")
browser.find(".matrix")
browser.find(".filters select")
settle()
rows = len(browser.all(".matrix tbody tr"))
check("every task has a row", rows == 20)
check("the verdict is there", sentence != "" and browser.text(".verdict").startswith(sentence))
named("a run")
picture("run")
browser.js("document.querySelector('select[name=outcome]').value = 'failed';"
           "document.querySelector('select[name=outcome]').dispatchEvent(new Event('change'))")
wait_for("a filter leaves fewer rows", lambda: 0 < len(browser.all(".matrix tbody tr")) < rows)
check("it is in the address", "outcome=failed" in browser.js("return location.hash"))
check("what it means is marked", len(browser.all(".cell.hit")) == others)
browser.reload()
settle()
wait_for("it is there after a reload", lambda: 0 < len(browser.all(".matrix tbody tr")) < rows)
browser.back()
wait_for("back gives all rows", lambda: len(browser.all(".matrix tbody tr")) == rows)
browser.find(".filters input[type=search]")
browser.type(".filters input[type=search]", "onerror")
browser.type(".filters input[type=search]", "Enter")
wait_for("text is found in replies", lambda: "1 episode with this text" in browser.text("main"))
check("one task has it", len(browser.all(".matrix tbody tr")) == 1)
browser.back()
browser.find(".filters")
wait_for("back again", lambda: len(browser.all(".matrix tbody tr")) == rows)

# ---- keys ----
browser.js("document.querySelector('.cell[href]').focus()")
browser.press("Right", "Down")
check("arrow keys move in the matrix", browser.js("const c = document.activeElement; return c.classList.contains('cell') && "
                                                    "c === c.closest('tbody').rows[1].querySelectorAll('.cell')[1]"))

# ---- from a mark to the cause: click 1, click 2 ----
browser.click("a.cell.failed")
browser.find(".parting-text")
settle()
check("the arms part, and it is said how", "never has one" in browser.text(".parting-text"))
check("both are on one axis", len(browser.all(".axis-chart .parting")) == 1 and len(browser.all(".side")) == 2)
browser.click(".go")
check("the cause is jumped to", browser.js("return document.activeElement.classList.contains('marked')"))
check("and is in sight", browser.js("const r = document.activeElement.getBoundingClientRect(); return r.top < innerHeight && r.bottom > 0"))
check("it says what failed", "This is what fails it" in browser.js("return document.activeElement.textContent"))
named("two arms")
browser.js("document.querySelector('.chart ~ *'); [...document.querySelectorAll('button')].find(b => b.textContent == 'axis in tokens').click()")
check("the axis can be tokens", browser.js("return document.querySelector('.axis-chart').getAttribute('aria-label').includes('by tokens')"))
browser.js("window.scrollTo(0, 0)")
check("samples have the numbers that they have in the record", "sample 0" in browser.text(".chooser") and "sample 3" not in browser.text(".chooser"))
picture("pair")

# ---- hostile text ----
browser.go(f"{home}#/episode?run={run}&id={failed_id}")
browser.find(".items")
settle()
browser.js("document.querySelectorAll('details').forEach(d => { d.open = true; })")
wait_for("folded parts open", lambda: "onerror" in browser.text(".items"))
check("markup stays text", HOSTILE in browser.text(".items"))
check("nothing of it ran", browser.js("return window.hacked === undefined"))
check("nothing of it became an element", browser.js("return document.querySelectorAll('main script, main img, main svg[onload], iframe').length") == 0)
check("no address is a script", browser.js("return [...document.querySelectorAll('a')].every(a => a.protocol == 'http:')"))
check("no handler is an attribute", browser.js("return [...document.querySelectorAll('*')].every(e => [...e.attributes].every(a => !a.name.startsWith('on') && a.name != 'style'))"))
check("a long reply is cut", browser.js("return Math.max(...[...document.querySelectorAll('.reply pre')].map(p => p.textContent.length)) <= 20000"))
browser.js("[...document.querySelectorAll('.reply button')].find(b => b.textContent.startsWith('show all')).click()")
check("and is there when it is asked for", browser.js("return Math.max(...[...document.querySelectorAll('.reply pre')].map(p => p.textContent.length)) >= 5000000"))
check("flags say where", browser.text(".flags") != "")
check("the ledger stands against the budget", "limit" in browser.text("table") or "no cap" in browser.text("main"))

# ---- labelling ----
browser.go(f"{home}#/label?run={run}")
browser.find(".transcript pre")
settle()
check("the transcript does not say whose it is", not any(word in browser.text(".transcript").split() for word in ("hrm", "planner", "coder", "flat")))
named("labelling")
picture("label")
browser.js("document.querySelector('.transcript').focus()")
browser.press("S", "3")
check("keys choose a code", browser.js("return document.querySelector('button[aria-pressed=true]').textContent").startswith("S3"))
browser.press("+", "R", "1", "Enter")
wait_for("Enter saves", lambda: "1 labelled" in browser.text(".panel-label") or "1 of" in browser.text(".panel-label"))


def labels():
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as record:
        return record.execute("SELECT label, note FROM labels").fetchall()


wait_for("the record has it", lambda: labels() == [("R1", "also S3")])
wait_for("agreement is told at once", lambda: "Annotators: 1" in browser.text("main"))
browser.reload()
browser.find(".panel-label progress, .panel-label p")
settle()
wait_for("it is there after a reload", lambda: "1 labelled" in browser.text(".panel-label") or "1 of" in browser.text(".panel-label"))
if others > 1:
    browser.js("document.querySelector('.transcript').focus()")
    browser.press("T", "Enter")
    wait_for("the next one", lambda: len(labels()) == 2)
    browser.press("u")
    wait_for("u takes it back", lambda: len(labels()) == 1)

# ---- the report ----
browser.go(f"{home}#/report?run={run}")
browser.find("figure svg")
check("figures have their titles", browser.js("return [...document.querySelectorAll('figure svg')].every(s => s.querySelector('title'))"))

# ---- a run that goes on ----
browser.go(home + "#/")
browser.find(".entry")
play = subprocess.Popen([hrm, "run", "exp1_decomp_vs_flat", "--model_name", os.environ["MODEL"], "--outdir", f"{runs}/live", "--seed", "2",
                         "--max_connections", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
browser.js("window.sameDocument = true; document.querySelector('.entry input').click()")
wait_for("a run appears as it begins", lambda: len(browser.all(".entry")) == 2)
check("without a reload", browser.js("return window.sameDocument"))
check("a tick stays", browser.js("return document.querySelectorAll('.entry input:checked').length") == 1)
browser.js("[...document.querySelectorAll('.entry')].find(e => e.textContent.includes('running')).querySelector('h2 a').click()")
browser.find(".live progress")
first = browser.js("return document.querySelector('.live progress').value")
browser.js("window.scrollTo(0, 200); window.scrolled = scrollY")
wait_for("its progress is shown as it goes on", lambda: browser.js("const p = document.querySelector('.live progress'); return p ? p.value : -1") > first)
check("the place stays", browser.js("return scrollY == window.scrolled && window.sameDocument"))
check("it ends well", play.wait(timeout=300) == 0)

check("numbers are rounded as the report rounds them", browser.js(
    "return import('./dom.js').then(dom => arguments[0].map(x => [0, 1].map(digits => dom.decimal(x, digits))))", ROUNDED)
    == [[f"{x:.{digits}f}" for digits in (0, 1)] for x in ROUNDED])

# ---- narrow ----
browser.size(390, 844)
for page, css in [("", ".entry"), (f"run?run={run}", ".matrix"), (f"pair?run={run}&task={task}&sample=0&a=hrm&b=flat", ".sides"),
                  (f"episode?run={run}&id={failed_id}", ".items"), (f"label?run={run}", ".panel-label"), (f"report?run={run}", "figure")]:
    browser.go(f"{home}#/{page}")
    browser.find(css)
    settle()
    fits(page.split("?")[0] or "the list")
    if css == ".matrix":
        check("both arms of the matrix are seen there", browser.js("return document.querySelector('.matrix').getBoundingClientRect().right") <= 390)
    picture(f"narrow-{page.split('?')[0] or 'runs'}")

# ---- nothing went elsewhere, nothing went wrong ----
requests = [m["params"]["request"]["url"] for m in (json.loads(e["message"])["message"] for e in browser.log("performance"))
            if m["method"] == "Network.requestWillBeSent"]
elsewhere = [u for u in requests if not u.startswith(home) and not u.startswith(("data:", "about:", "chrome"))]
check(f"no request leaves the machine: {elsewhere[:3]}", len(requests) > 20 and not elsewhere)
trouble = [e["message"] for e in browser.log("browser") if e["level"] == "SEVERE" and "403" not in e["message"]]
check(f"the console is quiet: {trouble[:3]}", not trouble)
browser.close()
check("Ctrl-C ends the viewer", viewer.close() == 0)
finish()
