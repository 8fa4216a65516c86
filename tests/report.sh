#!/bin/bash
# hrm report from outside: every format of one small run, a valid page that opens from disk, and refused
# arguments. HRM names the program, MODEL a GGUF file.
set -u
. "$(dirname "$0")/lib/harness.sh"
page=$root/tests/lib/check_page.py

check "the golden page is well made" python3 "$page" "$root/tests/golden/report.html"
[ -f "$model" ] || skip "there is no $model yet"

"$hrm" run $exp --model_name "$model" --max_tokens 100 --limit 12 --samples 2 --base-url 'http://u:s3cret@h/' 2>err
check "a flag for servers is refused before anything" [ ! -e runs ]
"$hrm" run $exp --model_name "$model" --max_tokens 100 --limit 12 --samples 2 >run.out 2>err
check "a run ends with at most 20 lines" [ "$(wc -l <run.out)" -le 20 ]
latest=runs/$exp/latest
check "the run leaves its page" python3 "$page" $latest/report.html
check "which is what hrm report writes" code 0 "$hrm" report $exp --format html -o again.html
check "to the byte" cmp again.html $latest/report.html
check "it begins with the sentence of summary.json" python3 - $latest <<'END'
import html, json, re, sys
sentence = json.load(open(sys.argv[1] + "/summary.json"))["headline"]["sentence"]
page = open(sys.argv[1] + "/report.html").read()
first = re.search(r'<p class="statement">(.*?)</p>', page, re.S).group(1)
first = html.unescape(re.sub("<[^>]*>", "", first)).translate({0x2212: "-", 0xa0: " "})
sys.exit(first != sentence)
END
check "it names the program's commit" grep -Eq 'Program: hrm [0-9.]+, (commit [0-9a-f]{12}|from no)' again.html
check "and the file of the model" grep -q "file $(basename "$model")" again.html
check "no cap of 0 is named" sh -c "! grep -q 'budget.max_calls' again.html"
check "it says how to run it again" \
    grep -q "hrm run $exp --model_name $model --max_tokens 100 --limit 12 --samples 2" again.html
check "and how to cite it" grep -q '@misc{hrm-[0-9a-f]\{12\},' again.html
check "no secret of a URL is kept" sh -c "OPENAI_API_KEY=topsecret123 '$hrm' run $exp --model_name '$model' \
    --max_tokens 100 --limit 1 --samples 1 --outdir topsecret123 >out 2>err; ! grep -r topsecret123 topsecret123/*/*/*.json"

check "latex to a directory" code 0 "$hrm" report $exp --format latex -o thesis
for file in tables.tex table-outcomes-by-arm.tex table-cost-by-arm.tex figures.tex rates-1-hrm.csv pass-at-k-1-hrm.csv pass-at-k-2-flat.csv differences.csv; do
    check "has $file" [ -s thesis/$file ]
done
check "every file that figures.tex names is there" \
    sh -c 'cd thesis && for f in $(grep -o "hrmfigures/[^}]*" figures.tex | cut -d/ -f2); do [ -s "$f" ] || exit 1; done'
set -- thesis/table-*.tex
check "one table a file" [ "$(cat "$@" | grep -c 'begin{table}')" = $# ]
check "and every table has one" [ $# = "$(grep -c 'begin{table}' thesis/tables.tex)" ]
check "bars have error bars" grep -q 'xbar, error bars' thesis/figures.tex
check "the criterion has its line in the forest" grep -q 'extra x ticks={0,5}' thesis/figures.tex
check "latex to a file is the tables" code 0 "$hrm" report $exp --format latex -o tables.tex
check "the same" cmp tables.tex thesis/tables.tex
check "and so is stdout" code 0 "$hrm" report $exp --format latex
check "the same" cmp out thesis/tables.tex
for format in text md csv; do
    check "$format" code 0 "$hrm" report $exp --format $format -o report.$format
    check "$format says what was solved" grep -q 'pass@1' report.$format
done
check "without a format it fits a screen" code 0 "$hrm" report $exp
check "of 20 lines" [ "$(wc -l <out)" -le 20 ]
check "which begins with the answer" sh -c "sed -n 2p out | grep -Eq '^(Yes|No|Cannot tell|Partly): '"
check "and names the page" grep -q "^Report: runs/$exp/.*report.html" out
check "which is there" [ -s "$(sed -n 's/^Report: //p' out)" ]
check "the run ended with the same" cmp out run.out
check "the answer alone" code 0 "$hrm" report $exp --answer
check "is a sentence" sh -c "sed 1d out | tr '\n' ' ' | grep -Eq '^[A-Z].* tasks?.*[.] $'"
check "all tables" code 0 "$hrm" report $exp --full
check "are the text format" cmp out report.text
"$hrm" report $exp --format html 2>err | head -1 >/dev/null
codes=("${PIPESTATUS[@]}")
check "a reader that leaves is no error" [ "${codes[0]}" -eq 0 ]
check "and nothing is said about it" [ ! -s err ]
"$hrm" report $exp nosuchrun >both 2>&1
check "messages stand behind what was printed before" sh -c "tail -1 both | grep -q 'there is no run'"
check "several runs make one text" code 0 "$hrm" report $exp $exp --full
check "of two reports" [ "$(grep -c '^Outcomes by arm' out)" -eq 2 ]

refuse "no report format 'docx'; available: text, md, csv, json, latex, html" report $exp --format docx
refuse "an HTML page: one RUN at a time; found 2" report $exp $exp --format html
refuse "a directory of LaTeX files: one RUN at a time; found 2" report $exp $exp --format latex -o elsewhere
refuse "thesis/tables.tex" report $exp --format latex -o thesis/tables.tex/below
finish
