"""What the viewer's tests share: starting it, asking it, counting checks."""
import atexit
import http.client
import json
import pathlib
import subprocess
import sys
import time
import traceback
import urllib.parse

passed = failed = 0


def check(what, good):
    global passed, failed
    if good:
        passed += 1
        return
    failed += 1
    print(f"FAILED: {what}", flush=True)
    traceback.print_stack(limit=2, file=sys.stdout)


def finish():
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


def wait_for(what, true, seconds=60):
    """Until it is true; a failed check when it is not in time."""
    until = time.monotonic() + seconds
    while True:
        value = true()
        if value:
            check(what, True)
            return value
        if time.monotonic() > until:
            check(what, False)
            return value
        time.sleep(0.05)


class Viewer:
    def __init__(self, hrm, directory, *more):
        self.process = subprocess.Popen([hrm, "view", directory, *more], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True)
        atexit.register(self.process.kill)
        self.url = self.process.stdout.readline().strip()
        parts = urllib.parse.urlsplit(self.url)
        self.host, self.token = parts.netloc, urllib.parse.parse_qs(parts.query)["token"][0]
        self.port = parts.port

    def request(self, path, method="GET", body=None, token=True, host=None, **headers):
        """(status, headers, body): over a connection of its own, so that every header is ours to choose."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.putrequest(method, path, skip_host=True)
        sent = {"Host": host or self.host, **headers}
        if token:
            sent["X-Hrm-Token"] = self.token if token is True else token
        if body is not None:
            sent["Content-Length"] = str(len(body))
        for name, value in sent.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        reply = connection.getresponse()
        value = reply.status, reply.headers, reply.read()
        connection.close()
        return value

    def ask(self, name, **args):
        status, _, body = self.request(f"/api/{name}?{urllib.parse.urlencode(args)}")
        if status != 200:
            raise RuntimeError(f"{name} {args}: {status} {body[:300]}")
        return json.loads(body)

    def status(self, path, **more):
        return self.request(path, **more)[0]

    def events(self, run, seconds):
        """The events of that time: [(name, data)]."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        connection.request("GET", f"/api/events?{urllib.parse.urlencode({'run': run})}", headers={"X-Hrm-Token": self.token})
        reply, found, name = connection.getresponse(), [], None
        until = time.monotonic() + seconds
        try:
            while time.monotonic() < until:
                line = reply.readline().decode().rstrip("\n")
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    found.append((name, json.loads(line[6:])))
                    yield found[-1]
        except TimeoutError:
            pass
        finally:
            connection.close()

    def close(self):
        """The exit status after Ctrl-C."""
        self.process.send_signal(2)
        return self.process.wait(timeout=20)


def page_files(root):
    return sorted(p for p in pathlib.Path(root, "src/view/page").iterdir())
