"""As much of the WebDriver protocol as the tests of the viewer need, spoken to Debian's chromedriver."""
import atexit
import base64
import json
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Enter": "\ue007", "Tab": "\ue004", "Down": "\ue015", "Right": "\ue014", "Escape": "\ue00c"}


class Browser:
    def __init__(self, profile, dark=False):
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        atexit.register(self.driver.terminate)
        for line in self.driver.stdout:
            if "successfully on port " in line:
                self.base = f"http://127.0.0.1:{line.split('on port ')[1].split('.')[0].strip()}"
                break
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={profile}",
                     "--window-size=1280,1000", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                     "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                     f"--blink-settings=preferredColorScheme={0 if dark else 1}"]
        self.session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}})["sessionId"]
        self.base += f"/session/{self.session}"

    def call(self, method, path, body=None):
        data = json.dumps(body if body is not None else {}).encode() if method == "POST" else None
        request = urllib.request.Request(self.base + path, data=data, method=method, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=120) as reply:
                return json.load(reply)["value"]
        except urllib.error.HTTPError as e:
            raise RuntimeError(f"{method} {path} {body}: {e.read().decode()[:400]}") from None

    def go(self, url):
        self.call("POST", "/url", {"url": url})

    def back(self):
        self.call("POST", "/back")

    def reload(self):
        self.call("POST", "/refresh")

    def js(self, script, *args):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(args)})

    def find(self, css, seconds=20):
        """The first element; waits for it."""
        until = time.monotonic() + seconds
        while True:
            found = self.all(css)
            if found or time.monotonic() > until:
                if not found:
                    raise RuntimeError(f"there is no {css} on {self.js('return location.href')}: {self.text()[:500]}")
                return found[0]
            time.sleep(0.05)

    def all(self, css):
        return [e[ELEMENT] for e in self.call("POST", "/elements", {"using": "css selector", "value": css})]

    def click(self, css_or_id):
        element = css_or_id if css_or_id.startswith("f.") else self.find(css_or_id)
        self.js("arguments[0].scrollIntoView({block: 'center'})", {ELEMENT: element})
        self.call("POST", f"/element/{element}/click")

    def type(self, css, text):
        self.call("POST", f"/element/{self.find(css)}/value", {"text": "".join(KEYS.get(t, t) for t in ([text] if text in KEYS else text))})

    def press(self, *keys):
        actions = []
        for key in keys:
            actions += [{"type": kind, "value": KEYS.get(key, key)} for kind in ("keyDown", "keyUp")]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def label_of(self, element):
        return self.call("GET", f"/element/{element}/computedlabel")

    def text(self, css="body"):
        return self.js("return (document.querySelector(arguments[0]) || {}).textContent || ''", css)

    def size(self, width, height):
        self.call("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}})

    def log(self, kind):
        return self.call("POST", "/se/log", {"type": kind})

    def screenshot(self, path):
        with open(path, "wb") as out:
            out.write(base64.b64decode(self.call("GET", "/screenshot")))

    def close(self):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()
