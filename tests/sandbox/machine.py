"""What needs a look from outside: interpreters killed mid-run, machines without namespaces, growth over many runs."""
import json
import os
import pathlib
import signal
import subprocess
import time


class Service:
    """An hrm that stays open: one row in, one row out."""

    def __init__(self, hrm, command, *options):
        self.p = subprocess.Popen([hrm, command, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True)

    def send(self, row):
        self.p.stdin.write(json.dumps(row) + "\n")
        self.p.stdin.flush()

    def receive(self):
        return json.loads(self.p.stdout.readline())

    def ask(self, row):
        self.send(row)
        return self.receive()

    def close(self):
        self.p.stdin.close()
        self.p.stdout.read()
        return self.p.wait()


def children(pid):
    out = []
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            out.append(int(path.parent.name))
    return out


def alive(pid):
    """Neither gone nor a zombie that nobody collects."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(condition, seconds=60):
    """What condition() says, as soon as it is true; at the latest after so many seconds."""
    deadline = time.time() + seconds
    while not (said := condition()) and time.time() < deadline:
        time.sleep(0.02)
    return said


def running(hrm_pid):
    """(warm interpreter, its run) that this hrm has under way, or None."""
    return next(((w, r) for w in children(hrm_pid) if alive(w) for r in children(w)), None)


def check_killed(report, hrm, sig):
    """A warm interpreter that is killed or stopped mid-run costs a retry, not a verdict."""
    s = Service(hrm, "exec", "-j", "1", "--wall_s", "2")
    s.ask({"id": 0, "code": "1"})
    warm = children(s.p.pid)
    s.send({"id": 1, "code": "import time; time.sleep(0.5); print('done')"})
    time.sleep(0.2)
    runs = [r for w in warm for r in children(w)]
    for pid in warm:
        os.kill(pid, sig)
    got = s.receive()
    after = s.ask({"id": 2, "code": "print(1)"})
    name = signal.Signals(sig).name
    report.add(f"{name} to the warm interpreter: the run is repeated",
               "" if got["status"] == "ok" and got["stdout"] == "done\n" else got)
    report.add(f"{name} to the warm interpreter: the service lives", "" if after["status"] == "ok" else after)
    left = [pid for pid in warm + runs if alive(pid)]
    report.add(f"{name} to the warm interpreter: nothing is left of it", f"processes {left}" if left else "")
    s.close()


def check_killed_grading(report, hrm):
    for victim in (0, 1):
        s = Service(hrm, "grade", "-j", "1")
        right = {"id": 1, "program": "def f(x): return x", "test": "assert f(1) == 1", "entry_point": "f"}
        s.ask(right)
        warm = sorted(children(s.p.pid))
        slow = {**right, "program": "import time; time.sleep(0.5)\ndef f(x): return x"}
        s.send(slow)
        time.sleep(0.2)
        os.kill(warm[victim], signal.SIGKILL)
        got = s.receive()
        report.add(f"warm interpreter {victim} of a grading killed", "" if got["verdict"] == "pass" else got)
        wrong = s.ask({**right, "program": "def f(x): return 0"})
        report.add(f"a wrong program after that ({victim})", "" if wrong["verdict"] == "fail" else wrong)
        s.close()


def check_killed_twice(report, hrm):
    """Killed at every attempt: ours, never the program's fault."""
    s = Service(hrm, "exec", "-j", "1", "--wall_s", "300")
    s.ask({"id": 0, "code": "1"})
    s.send({"id": 1, "code": "import time; time.sleep(200)"})
    for _ in range(2):
        warm, _run = wait_for(lambda: running(s.p.pid))
        os.kill(warm, signal.SIGKILL)
    got = s.receive()
    report.add("killed twice is infra", "" if got["status"] == "infra" else got)
    after = s.ask({"id": 2, "code": "print(1)"})
    report.add("and the next run is well", "" if after["status"] == "ok" else after)
    s.close()


def check_harness_killed(report, hrm):
    s = Service(hrm, "exec", "-j", "1", "--wall_s", "60")
    s.ask({"id": 0, "code": "1"})
    s.send({"id": 1, "code": "import time; time.sleep(50)"})
    wait_for(lambda: running(s.p.pid))
    warm = children(s.p.pid)
    runs = [r for w in warm for r in children(w)]
    s.p.kill()
    s.p.wait()
    wait_for(lambda: not any(map(alive, warm + runs)))
    left = list(filter(alive, warm + runs))
    report.add("kill -9 of hrm leaves no process", f"left {left}" if left or not runs else "")


def folders_of(pids):
    """The cgroups that an hrm made for these interpreters."""
    return [path for pid in pids for path in pathlib.Path("/sys/fs/cgroup").glob(f"**/hrm-box-{pid}")]


def check_cgroups(report, hrm):
    """The cgroups of a killed hrm are removed by the next one, those of a living one are not."""
    killed, living = Service(hrm, "exec", "-j", "1"), Service(hrm, "exec", "-j", "1")
    for s in killed, living:
        s.ask({"id": 0, "code": "1"})
    warm, kept = children(killed.p.pid), children(living.p.pid)
    left = folders_of(warm)
    if left:  # an ordinary user has none
        killed.p.kill()
        killed.p.wait()
        wait_for(lambda: not any(alive(pid) for pid in warm))
        s = Service(hrm, "exec", "-j", "1")
        s.ask({"id": 0, "code": "1"})
        report.add("kill -9 of hrm: the next one removes its cgroups", [str(p) for p in left if p.exists()])
        report.add("and no others", "" if folders_of(kept) else "the living hrm has lost its own")
        s.close()
    else:
        killed.close()
    ended = folders_of(kept)
    living.close()
    report.add("hrm removes its own cgroups", [str(p) for p in ended if p.exists()])


def run_in(prefix, hrm, *args, row=None):
    return subprocess.run([*prefix, hrm, *args], input=json.dumps(row) + "\n" if row else "", capture_output=True,
                          text=True)


# In a chroot the kernel refuses user namespaces: what a machine without them looks like, without changing the machine.
CHROOT = 'mount --rbind / "$0" && mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'
USER = ["setpriv", "--reuid", "64999", "--regid", "64999", "--clear-groups"]


def check_no_userns(report, hrm):
    if os.geteuid() != 0:
        return
    mount = f"{os.path.dirname(hrm)}/root"
    os.makedirs(mount, exist_ok=True)
    inside = ["unshare", "-m", "sh", "-c", CHROOT, mount]
    row = {"id": 1, "code": "print(6 * 7)"}
    if subprocess.run([*inside, "true"], capture_output=True).returncode != 0:
        print("skipped: no chroot can be made here")
        return
    got = run_in(inside + USER, hrm, "exec", row=row)
    report.add("without user namespaces: refused with exit 3", "" if got.returncode == 3 and not got.stdout else got)
    report.add("without user namespaces: a clear sentence",
               "" if "user namespace" in got.stderr and "--sandbox=weak" in got.stderr else got)
    got = run_in(inside + USER, hrm, "exec", "--sandbox=weak", row=row)
    report.add("without user namespaces: weak when asked", "" if '"stdout":"42\\n"' in got.stdout else got)
    got = run_in(inside, hrm, "exec", row=row)
    report.add("without user namespaces: root takes the others directly", "" if '"stdout":"42\\n"' in got.stdout else got)
    check_weak(report, inside + USER, hrm)


WEAK = {
    "reads nothing": ("open('/etc/passwd').read()", "PermissionError"),
    "lists nothing": ("import os; os.listdir('/')", "PermissionError"),
    "writes nothing": ("open('/tmp/hrm-forbidden', 'w')", "PermissionError"),
    "runs nothing": ("import subprocess; subprocess.run(['ls'])", "Error"),
    "connects nowhere": ("import socket; socket.socket()", "PermissionError"),
    "forks nothing": ("import os; os.fork()", "PermissionError"),
    "signals nobody": ("import os; os.kill(os.getppid(), 9)", "PermissionError"),
    "signals no group": ("import os; os.kill(0, 9)", "PermissionError"),
    "signals none of all": ("import os; os.kill(-1, 9)", "PermissionError"),
    "leaves no group": ("import os; os.setpgid(0, 0)", "PermissionError"),
    "sets no timer that could kill it": ("""import ctypes
lib = ctypes.CDLL(None, use_errno=True)
if lib.timer_create(1, (ctypes.c_int * 16)(0, 0, 9), (ctypes.c_int * 2)()):
    raise OSError(ctypes.get_errno(), "timer_create")""", "PermissionError"),
    "changes no mode": ("import os; os.chmod('/tmp', 0o777)", "PermissionError"),
}


def check_weak(report, inside, hrm):
    for name, (code, error) in WEAK.items():
        got = run_in(inside, hrm, "exec", "--sandbox=weak", row={"id": 1, "code": code})
        report.add(f"the weak jail {name}", "" if error in got.stdout and '"error"' in got.stdout else got)
    got = run_in(inside, hrm, "exec", "--sandbox=weak", row={"id": 1, "code": "import os; os.kill(os.getpid(), 15)"})
    report.add("the weak jail: a program may end itself", "" if '"crash"' in got.stdout else got)
    got = run_in(inside, hrm, "exec", "--sandbox=weak", row={"id": 1, "code": "import os; os.kill(os.getpid(), 9)"})
    report.add("the weak jail: not so that it looks like somebody else", "" if "PermissionError" in got.stdout else got)


def usage(pid):
    """Descriptors, processes, mounts and memory (kB) of hrm and its warm interpreters."""
    pids = [pid, *children(pid)]
    pids += [c for p in pids[1:] for c in children(p)]
    fds = sum(len(os.listdir(f"/proc/{p}/fd")) for p in pids)
    mounts = sum(len(pathlib.Path(f"/proc/{p}/mounts").read_text().splitlines()) for p in pids)
    rss = 0
    for p in pids:
        for line in pathlib.Path(f"/proc/{p}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                rss += int(line.split()[1])
    return {"descriptors": fds, "processes": len(pids), "mounts": mounts, "rss": rss}


SOAK = ["print(sum(range(10)))", "open('/tmp/x', 'w').write('x' * 1000)", "1/0", "import os; os._exit(3)",
        "import threading; threading.Thread(target=print).start()", "print('x' * 70000)",
        "import ctypes; ctypes.string_at(0)", "x = [0] * 10**6", "import os; os.mkdir('/tmp/a'); os.chmod('/tmp', 0)",
        "print(input())"]


def soak(report, hrm, n):
    s = Service(hrm, "exec", "-j", "1")
    wrong = 0
    expected = None
    for i in range(n):
        got = s.ask({"id": i, "code": SOAK[i % len(SOAK)], "stdin": "hi"})
        wrong += got["status"] == "infra"
        if i == n // 10:
            expected = usage(s.p.pid)
    time.sleep(0.2)
    found = usage(s.p.pid)
    s.close()
    print(f"soak of {n} runs: {expected} -> {found}")
    report.add("soak: no run was lost", wrong)
    for what in ("descriptors", "processes", "mounts"):
        report.add(f"soak: no growth of {what}", "" if found[what] <= expected[what] else f"{expected} -> {found}")
    report.add("soak: no growth of memory", "" if found["rss"] < 1.05 * expected["rss"] + 1024 else f"{expected} -> {found}")


def check_all(report, hrm):
    check_killed(report, hrm, signal.SIGKILL)
    check_killed(report, hrm, signal.SIGSTOP)
    check_killed_grading(report, hrm)
    check_killed_twice(report, hrm)
    check_harness_killed(report, hrm)
    check_cgroups(report, hrm)
    check_no_userns(report, hrm)
