"""answers.py HRM RUNS ROOT: the viewer over HTTP, on a run that is over and on one that goes on."""
import hashlib
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import threading

from lib import Viewer, check, finish, page_files, wait_for

hrm, runs, root = sys.argv[1:]
viewer = Viewer(hrm, runs)

# ---- who is answered ----
check("the address is loopback with a token", re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[0-9a-f]{32}", viewer.url))
listening = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
ours = [row[1] for row in listening if row[3] == "0A" and int(row[1].split(":")[1], 16) == viewer.port]
check("it listens on loopback only", ours == [f"0100007F:{viewer.port:04X}"])
check("the page needs no token", viewer.status("/", token=False) == 200)
check("a wrong token in the address is said", viewer.status("/?token=0", token=False) == 403)
check("data needs the token", viewer.status("/api/runs", token=False) == 403)
check("the right one", viewer.status("/api/runs", token="0" * 32) == 403)
check("not in the address", viewer.status(f"/api/runs?token={viewer.token}", token=False) == 403)
check("with it there is data", viewer.status("/api/runs") == 200)
check("another host is refused", viewer.status("/api/runs", host="evil.example") == 421)
check("with our port, too", viewer.status("/", host=f"evil.example:{viewer.port}", token=False) == 421)
check("localhost is we", viewer.status("/api/runs", host=f"localhost:{viewer.port}") == 200)
check("another page is refused", viewer.status("/api/runs", Origin="http://evil.example") == 403)
check("no preflight succeeds", viewer.status("/api/label", method="OPTIONS", Origin="http://evil.example") in (403, 405))
for method in ["PUT", "DELETE", "PATCH"]:
    check(f"{method} is refused", viewer.status("/api/runs", method=method) == 405)
check("POST where there is GET", viewer.status("/api/runs", method="POST", body=b"{}") == 405)
check("a body without end is refused", viewer.status("/api/label?run=.", method="POST", body=b"x" * 100000) == 413)
for path in ["/../../etc/passwd", "/%2e%2e/etc/passwd", "/api/matrix?run=../../etc", "/api/matrix?run=%2Fetc", "/nothing"]:
    check(f"{path} is nothing", viewer.status(path) == 404)

# ---- what a browser is told ----
status, headers, page = viewer.request("/", token=False)
policy = headers["Content-Security-Policy"]
check("nothing is loaded from elsewhere", "default-src 'none'" in policy and "http" not in policy)
check("nothing inline is run", "unsafe" not in policy)
for name, value in [("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"),
                    ("Cross-Origin-Resource-Policy", "same-origin"), ("X-Frame-Options", "DENY")]:
    check(f"{name}: {value}", headers[name] == value)
for path in page_files(root):
    served = viewer.request("/" if path.name == "index.html" else f"/{path.name}", token=False)
    check(f"{path.name} is served", served[0] == 200)
    text = path.read_text()
    if path.suffix != ".css":
        check(f"{path.name} is embedded whole", served[2].decode() == text)
    check(f"{path.name} parses nothing as HTML",
          not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc", text))
    check(f"{path.name} has no style or handler in it", path.suffix == ".js" or not re.search(r"\sstyle=|\son\w+=", text))
    check(f"{path.name} names no other place", not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", text))

# ---- data ----
before = {p: hashlib.sha256(p.read_bytes()).hexdigest() for p in pathlib.Path(runs).rglob("run.db")}
(entry,) = viewer.ask("runs")["runs"]
run = entry["key"]
check("a run is listed with its verdict", entry["status"] == "complete" and entry["verdicts"][0]["verdict"] in ("met", "not met", "cannot tell"))
summary = json.loads((pathlib.Path(runs) / run / "summary.json").read_text())
check("and with the sentence of its report", entry["headline"] == summary["headline"] and entry["headline"]["sentence"].startswith(entry["headline"]["word"]))
matrix = viewer.ask("matrix", run=run)
check("every task is there", matrix["total"] == 10 and len(matrix["tasks"]) == 10)
check("with every arm and sample", all(len(arm) == 3 for task in matrix["tasks"] for arm in task["cells"]))
cells = [cell for task in matrix["tasks"] for arm in task["cells"] for cell in arm]
solved = viewer.ask("matrix", run=run, outcome="solved")
check("a filter marks what it means", sum(bool(c.get("hit")) for t in solved["tasks"] for a in t["cells"] for c in a)
      == sum(c["state"] == "solved" for c in cells))
page = viewer.ask("episode", run=run, id=cells[0]["id"])
exported = [json.loads(line) for line in subprocess.run([hrm, "export", f"{runs}/{run}", "--format", "jsonl"], check=True,
                                                        capture_output=True, text=True).stdout.splitlines()]
first = next(e for e in exported if (e["task"], e["arm"], e["sample"]) == (page["episode"]["task"], page["episode"]["arm"], page["episode"]["sample"]))
check("an episode is as it is exported", page["episode"] == first)
check("all of it stands in the timeline", sorted(i["index"] for i in page["timeline"] if i["kind"] == "call") == list(range(len(first["calls"]))))
report = viewer.ask("report", run=run)
check("the report has figures", any("figure" in b and b["figure"]["panels"][0]["svg"].startswith("<svg") for b in report["blocks"]))
word = first["calls"][0]["reply_text"].split()[0].strip("().,:")
check("text is found", viewer.ask("search", run=run, q=word)["total"] > 0)
check("reading leaves the record as it was", before == {p: hashlib.sha256(p.read_bytes()).hexdigest() for p in before})

# ---- a run that goes on, watched by five pages ----
play = subprocess.Popen([hrm, "run", "exp1_decomp_vs_flat", "--model_name", os.environ["MODEL"], "--outdir", f"{runs}/live", "--seed", "2",
                         "--max_connections", "2"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
wait_for("a run appears in the list when it begins", lambda: len(viewer.ask("runs")["runs"]) == 2)
live = next(r["key"] for r in viewer.ask("runs")["runs"] if r["key"] != run)
pages = [viewer.events(live, 60) for _ in range(5)]
seen = [next(page) for page in pages]
check("five pages are told how far it is", all(name == "progress" and data["status"] == "running" for name, data in seen))
done = seen[0][1]["done"]
later = next(data for name, data in pages[0] if name == "progress" and data["done"] > done)
check("and what is new", later["done"] > done)
check("it is no hindrance to the run", play.wait(timeout=240) == 0)
ended = wait_for("its end is told", lambda: (p := viewer.ask("progress", run=live))["status"] == "complete" and p)
check("all of it is done", ended["done"] == ended["total"])
check("nothing is left behind", not list(pathlib.Path(runs).rglob("live.json*")))
for page in pages:
    page.close()

# ---- a slow model: what it is writing is seen while it writes ----
class Slow(http.server.BaseHTTPRequestHandler):
    go_on = threading.Event()

    def log_message(self, *_):
        pass

    def do_GET(self):
        body = json.dumps({"object": "list", "data": [{"id": "slow", "object": "model"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for text in ["def slow", "ly(x):"]:
            self.say({"delta": {"content": text}})
        self.go_on.wait(60)
        self.say({"delta": {"content": " pass"}, "finish_reason": "stop"})
        self.wfile.write(b"data: [DONE]\n\n")

    def say(self, choice):
        self.wfile.write(b"data: " + json.dumps({"choices": [{"index": 0, **choice}]}).encode() + b"\n\n")
        self.wfile.flush()


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
threading.Thread(target=server.serve_forever, daemon=True).start()
play = subprocess.Popen([hrm, "run", "exp1_decomp_vs_flat", "--suite", f"{root}/eval/suites/coding_suite.yaml", "--model_backend", "openai",
                         "--base_url", f"http://127.0.0.1:{server.server_port}/v1", "--model_name", "slow", "--limit", "1", "--samples", "1",
                         "--outdir", f"{runs}/slow"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
wait_for("it is listed", lambda: len(viewer.ask("runs")["runs"]) == 3)
slow = next(r["key"] for r in viewer.ask("runs")["runs"] if r["key"].startswith("slow/"))
flights = wait_for("what it has written is shown", lambda: [f for f in viewer.ask("progress", run=slow).get("flights", [])
                                                         if f["tail"] == "def slowly(x):"])
check("with who asked, how long and how much", flights and flights[0]["role"] and flights[0]["task"] and flights[0]["seconds"] > 0
      and flights[0]["tokens"] == 2)
Slow.go_on.set()
check("the run ends", play.wait(timeout=120) == 0)

check("Ctrl-C ends it well", viewer.close() == 0)
finish()
