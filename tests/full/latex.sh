#!/bin/bash
# The thesis: what hrm report --format latex writes compiles with Debian's TeX, tables and figures, with names in it that
# TeX would take for commands. HRM names the program.
set -u
cd "$(dirname "$0")/../.." || exit 1
. scripts/packages.sh
if ! install_missing texlive-latex-base texlive-latex-recommended texlive-pictures >/dev/null 2>&1; then
    echo "latex: skipped: TeX Live cannot be installed here"
    exit 0
fi
. tests/lib/harness.sh

# A small run whose names are as hostile as a suite may make them.
cat >suite.yaml <<'END'
suite: "50% of $x$ & {more}_#1"
domain: code
tasks:
- {id: 'a\input{b}', group: '~^|<>"', prompt: p, entry_point: f, hidden_tests: ["assert f(1) == 1"], steps: 1}
- {id: 'größe-中文', group: 'größe-中文 x_y$', prompt: q, entry_point: f, hidden_tests: ["assert f(1) == 2"], steps: 2}
END
cat >x.yaml <<'END'
name: x_1
suite: suite.yaml
samples: 2
arms:
- {name: hrm_a, controller: hrm}
- {name: flat.b, controller: flat}
END

typesets() { # typesets NAME: thesis.tex of the directory NAME
    (cd "$1" && pdflatex -interaction=nonstopmode -halt-on-error thesis.tex >log 2>&1) || { tail -n 20 "$1/log" >>err && false; }
}

# compiles NAME: thesis.tex with the files of the directory NAME.
compiles() {
    cat >"$1/thesis.tex" <<'END'
\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage{booktabs}
\usepackage{pgfplots}
\pgfplotsset{compat=1.16}
\begin{document}
\input{tables}
\input{figures}
\end{document}
END
    typesets "$1"
}

if [ -f "$model" ]; then
    check "a hostile run" code 0 "$hrm" run x.yaml --model_name "$model" --max_tokens 60 --outdir runs
    check "its report" code 0 "$hrm" report runs/*/latest --format latex -o hostile
    check "compiles" compiles hostile
    check "a run" code 0 "$hrm" run $exp --model_name "$model" --max_tokens 100 --limit 12
    check "its report" code 0 "$hrm" report $exp --format latex -o real
    check "compiles" compiles real

    # The whole document of the tutorial, beside the directory that its command writes.
    mkdir thesis
    awk '/^```/ { inside = $0 == "```latex"; next } inside' "$root/docs/tutorial.md" >thesis/thesis.tex
    check "the tutorial has a document" grep -q 'documentclass' thesis/thesis.tex
    check "the run goes on to all tasks" code 0 "$hrm" run $exp --model_name "$model"
    check "the directory it reads" code 0 "$hrm" report $exp --format latex -o thesis/chapter5
    check "it compiles" typesets thesis
    check "with no reference to what is not there" typesets thesis
    check "in its second pass" [ "$(grep -c 'undefined' thesis/thesis.log)" -eq 0 ]
fi
mkdir golden
cp "$root/tests/golden/report.tex" golden/tables.tex
touch golden/figures.tex
check "the golden tables compile" compiles golden
finish
