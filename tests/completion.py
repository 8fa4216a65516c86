"""Completion held against the program's own help, and typed into shells. Run by completion.sh, in a directory that has
'my dir/x.gguf' and tasks.yaml."""
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import time

from counting import check, finish

hrm, root = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
os.environ["PATH"] = f"{hrm.parent}:{os.environ['PATH']}"
os.environ["TERM"] = "dumb"


def run(*args):
    return subprocess.run([hrm, *args], capture_output=True, text=True)


def words(*line):
    """{word: meaning} that may stand in place of the last word, and the last line."""
    p = run("completion", "words", "--", *line)
    lines = p.stdout.splitlines()
    return dict(word.split("\t") for word in lines[:-1]), lines[-1] if lines else f"exit {p.returncode}"


# ---- against the help ----

def commands():
    """Every command, as its words; subcommands behind it."""
    for name in re.findall(r"^  (\w+) ", run("--help").stdout.split("Exit codes")[0], re.M):
        yield [name]
        below, _ = words(name, "")
        yield from ([name, sub] for sub in below if sub[0] != "-" and run("help", name, sub).returncode == 0)


def options(command):
    """(name, placeholder or None) of its help."""
    return re.findall(r"^ +(?:-\S, )?--([\w-]+)(?:\[?=(\S+?)\]?)?(?:\s|$)", run("help", *command).stdout, re.M)


def against_help():
    known = set(re.findall(r'^    \{"([^"]+)", \w+, COMPLETE_', (root / "src/cli/complete_values.c").read_text(), re.M))
    all_commands = list(commands())
    check("there are commands, and some have commands of their own",
          ["run"] in all_commands and ["slurm", "submit"] in all_commands and ["gen", "curriculum"] in all_commands)
    for command in all_commands:
        title = "hrm " + " ".join(command)
        offered, place = words(*command, "--")
        listed = options(command)
        check(f"{title}: no files where an option is begun", place == ":nothing")
        if command != ["slurm"]:
            check(f"{title}: has options", len(listed) > 1)
            check(f"{title}: an empty line is completed", words(*command, "") != ({}, ":nothing"))
        for name, placeholder in listed:
            check(f"{title} --{name} is offered, with its meaning", offered.get(f"--{name}"))
            under = name.replace("-", "_")
            if under != name:
                begun = under[:under.index("_") + 1]
                check(f"{title} --{begun} goes on with '_'", f"--{under}" in words(*command, f"--{begun}")[0])
            for one in re.split(r"[|]", placeholder):
                parts = {one} if one in known else set(one.split(","))
                check(f"{title} --{name}={placeholder}: complete_values.c has a row for {one}",
                      not re.match("[A-Z]", one) or parts <= known)
            if placeholder and re.match("[a-z]", placeholder):
                values, _ = words(*command, f"--{name}", "")
                check(f"{title} --{name}: its values are offered", set(values) >= set(re.findall(r"[a-z][\w-]*", placeholder)))
                for value in values:
                    p = run(*command, f"--{name}={value}", "--help")
                    check(f"{title} --{name}={value} is accepted; {p.stderr}", p.returncode == 0)


# ---- what is offered where ----

def offers():
    experiments = {p.parent.name for p in root.glob("experiments/*/experiment.yaml")}
    suites = {p.stem for p in root.glob("eval/suites/*.yaml")}
    roles = {"flat", "supervisor", "solver"}
    for line, expected, place in (
            (["ru"], {"run"}, ":nothing"),
            (["--"], {"--help", "--version"}, ":nothing"),
            (["no_such_command", ""], set(), ":nothing"),
            (["run", ""], experiments, ":files"),
            (["run", "exp1_decomp_vs_flat", "--suite", ""], suites, ":files"),
            (["validate", ""], suites, ":files"),
            (["validate", "a", "b", "curr"], {"curriculum"}, ":files"),
            (["run", "--model_backend", ""], {"embedded", "openai", "ollama", "replay"}, ":nothing"),
            (["run", "--prompts="], {"--prompts=chat", "--prompts=tiny"}, ":dirs"),
            (["run", "--seed", ""], set(), ":nothing"),
            (["run", "exp1_decomp_vs_flat", "--arms", "flat,"], {"flat,flat", "flat,hrm"}, ":nothing"),
            (["run", "--arms", ""], set(), ":nothing"),
            (["slurm", "submit", "exp1_decomp_vs_flat", "--arms="], {"--arms=flat", "--arms=hrm"}, ":nothing"),
            (["gen", "curriculum", "--roles", ""], roles, ":nothing"),
            (["gen", "curriculum", "--order", "re"], {"reverse"}, ":nothing"),
            (["gen", "c"], {"code", "curriculum"}, ":nothing"),
            (["report", "x", "--format", "la"], {"latex"}, ":nothing"),
            (["report", "x", "-f", "la"], {"latex"}, ":nothing"),
            (["show", "x", "--label", "V1"], {"V1"}, ":nothing"),
            (["export", "--", "--for"], set(), ":files"),
            (["merge", "-o", ""], set(), ":dirs"),
            (["import", ""], {"humaneval", "mbpp", "gsm8k", "svamp", "gsm_hard", "mast"}, ":nothing"),
            (["import", "gsm8k", ""], set(), ":files"),
            (["list", ""], {"experiments", "suites", "runs"}, ":nothing"),
            (["list", "runs", ""], set(), ":dirs"),
            (["list", "suites", ""], set(), ":dirs"),
            (["help", "slurm", "st"], {"status"}, ":nothing"),
            (["completion", ""], {"bash", "zsh", "fish", "words"}, ":nothing")):
        found, where = words(*line)
        check(f"{line}: {found} {where}, expected {expected} {place}", set(found) == expected and where == place)
    check("where no argument may follow, options are offered", "--list" in words("tag", "a", "b", "")[0])
    check("a meaning is that of the help", words("run", "--max-it")[0] == {"--max-iters": "candidates executed"})
    # Runs by their experiment, and their arms.
    p = run("run", "exp1", "--model_name", str(root / "eval/models/hrm-tiny-code.gguf"), "--limit", "1", "--samples", "1",
            "--max_tokens", "20")
    check(f"a run; {p.stderr[-300:]}", p.returncode == 0)
    check("a run is offered by its experiment's name", words("report", "")[0].keys() == {"exp1_decomp_vs_flat", "latest"})
    check("and its arms are", words("show", "exp1_decomp_vs_flat", "--arm", "")[0].keys() == {"hrm", "flat"})


# ---- in shells ----

TYPED = {  # the line before and after the Tab key
    "hrm rep": "hrm report ",
    "hrm run exp1": "hrm run exp1_decomp_vs_flat ",
    "hrm run --max_gen": "hrm run --max_generated_tokens ",
    "hrm run --max-gen": "hrm run --max-generated-tokens ",
    "hrm run --think=of": "hrm run --think=off ",
    "hrm run exp1_decomp_vs_flat --arms fl": "hrm run exp1_decomp_vs_flat --arms flat ",
    "hrm run exp1_decomp_vs_flat --arms=hrm,fl": "hrm run exp1_decomp_vs_flat --arms=hrm,flat ",
    "hrm run --suite=compositional_m": "hrm run --suite=compositional_math ",
    "hrm run --suite=ta": "hrm run --suite=tasks.yaml ",
    "hrm run --suite ta": "hrm run --suite tasks.yaml ",
    "hrm run --model-name my": "hrm run --model-name my\\ dir/",
    "hrm run --model_backend ol": "hrm run --model_backend ollama ",
    "hrm run --role-model pla": "hrm run --role-model planner=",
    "hrm run --seed ta": "hrm run --seed ta",
    "hrm slurm st": "hrm slurm status ",
    "hrm help gen cu": "hrm help gen curriculum ",
    "hrm view m": "hrm view my\\ dir/",
    "hrm report x --format la": "hrm report x --format latex ",
    "hrm show x --label S": "hrm show x --label S",
}
BASH = r"""bind 'set enable-bracketed-paste off'; bind 'set bell-style none'
bind 'set completion-query-items 0'; bind 'set page-completions off'
source <(hrm completion bash); bind -x '"\C-g": printf "\n<%s>\n" "$READLINE_LINE"'; echo rea''dy
"""
ZSH = r"""PS1='$ '; autoload -Uz compinit; compinit -u -D; source <(hrm completion zsh); LISTMAX=1000
show() { print; print -r -- "<$BUFFER>" }; zle -N show; bindkey '^G' show; echo rea''dy
"""


class Terminal:
    def __init__(self, *argv):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvp(argv[0], argv)

    def type(self, text):
        os.write(self.fd, text.encode())

    def read(self, pattern, seconds):
        """What it writes until this stands there, or nothing came for so long."""
        seen = ""
        while not re.search(pattern, seen) and select.select([self.fd], [], [], seconds)[0]:
            try:
                seen += os.read(self.fd, 65536).decode(errors="replace")
            except OSError:
                break
        return seen

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def in_terminal(shell, argv, setup):
    t = Terminal(*argv)
    t.type(setup)
    check(f"{shell} starts", "ready\r\n" in t.read(r"ready\r\n", 20))
    time.sleep(0.3)
    for typed, expected in TYPED.items():
        t.type(typed)
        t.read(re.escape(typed[-3:]), 5)  # zsh takes a Tab that comes with other keys for a pasted one
        t.type("\t\x07")
        said = re.search(r"\n<(.*?)>", t.read(r"\n<.*?>\r?\n", 20))
        check(f"{shell}: '{typed}' becomes '{expected}', found '{said and said.group(1)}'", said and said.group(1) == expected)
        t.type("\x15")
        t.read("$^", 0.1)
    t.close()


def odd_names():
    """A name that the shell would act upon stands on the line in quotes."""
    runs = pathlib.Path("runs/odd $(touch acted)/latest")
    runs.mkdir(parents=True)
    (runs / "run.db").write_text("")
    t = Terminal("bash", "--norc", "--noprofile", "-i")
    t.type(BASH)
    t.read(r"ready\r\n", 20)
    time.sleep(0.3)
    t.type("hrm report odd\t\x07")
    said = re.search(r"\n<(.*?)>", t.read(r"\n<.*?>\r?\n", 20))
    expected = r"hrm report odd\ \$\(touch\ acted\) "
    check(f"bash: a name with blanks is quoted, found '{said and said.group(1)}'", said and said.group(1) == expected)
    t.close()
    shutil.rmtree(runs.parent)


def in_fish():
    for typed, expected in TYPED.items():
        p = subprocess.run(["fish", "--no-config", "-c", f"hrm completion fish | source; complete -C '{typed}'"],
                           capture_output=True, text=True)
        found = [line.split("\t")[0] for line in p.stdout.splitlines()]
        last = re.sub(r"\\", "", expected[len(typed) - len(typed.split(" ")[-1]):]).rstrip()
        whole = typed == expected and not found or last in found or (typed == expected and len(found) > 1)
        check(f"fish: '{typed}' offers '{last}', found {found} {p.stderr}", whole and not p.stderr)


def syntax(shell):
    script = pathlib.Path(f"hrm.{shell}")
    script.write_text(run("completion", shell).stdout)
    check(f"{shell} reads its script", script.stat().st_size and subprocess.run([shell, "-n", script]).returncode == 0)
    check(f"{shell}: the script that is installed is the one that is printed",
          script.read_text() == (root / f"src/cli/completion/hrm.{shell}").read_text())


against_help()
offers()
for name, test in (("bash", lambda: in_terminal("bash", ["bash", "--norc", "--noprofile", "-i"], BASH)),
                   ("zsh", lambda: in_terminal("zsh", ["zsh", "-f", "-i"], ZSH)), ("fish", in_fish)):
    if shutil.which(name):
        syntax(name)
        test()
        if name == "bash":
            odd_names()
    else:
        print(f"skipped: {name} is not installed")
finish()
