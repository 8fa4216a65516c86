/* LaTeX: booktabs tables for a thesis, to be \input; pgfplots draws the figures, from the
 * files of plots.h. */
#include <math.h>
#include <string.h>
#include "doc/doc.h"
#include "doc/latex.h"

/* A formatted number, with minus signs in place of hyphens. */
static void put_number(struct str *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '-' && text[1])
            str_add(out, "$-$");
        else if (*text == '<')
            str_add(out, "$<$");
        else
            str_addc(out, *text);
    }
}

static void put_cell(struct str *out, const struct doc_column *column, const struct doc_cell *cell)
{
    struct str text CLEANUP_STR = {0};
    doc_format_cell(column, cell, &text);
    if (doc_is_text(column->kind))
        latex_escape(out, str_text(&text));
    else
        put_number(out, str_text(&text));
}

static void put_headings(struct str *out, const struct doc_table *t)
{
    for (size_t c = 0; c < t->n_columns; c++) {
        struct str text CLEANUP_STR = {0};
        doc_format_heading(&t->columns[c], &text);
        str_add(out, c ? " & " : "");
        latex_escape(out, text.p);
    }
    str_add(out, " \\\\\n");
}

static void put_table(struct str *out, const struct doc_table *t)
{
    str_add(out, "\n\\begin{table}[htbp]\n\\centering\\footnotesize\\setlength{\\tabcolsep}{4pt}\n"
                 "\\caption{");
    latex_escape(out, t->title);
    str_add(out, "}\\label{tab:");
    latex_slug(out, t->title);
    str_add(out, "}\n\\begin{tabular}{@{}");
    for (size_t c = 0; c < t->n_columns; c++)
        str_addc(out, doc_is_text(t->columns[c].kind) ? 'l' : 'r');
    str_add(out, "@{}}\n\\toprule\n");
    put_headings(out, t);
    str_add(out, "\\midrule\n");
    for (size_t row = 0; row < t->n_rows; row++) {
        for (size_t c = 0; c < t->n_columns; c++) {
            str_add(out, c ? " & " : "");
            put_cell(out, &t->columns[c], doc_cell(t, row, c));
        }
        str_add(out, " \\\\\n");
    }
    str_add(out, "\\bottomrule\n\\end{tabular}\n");
    if (t->note) {
        str_add(out, "\n\\smallskip\n\\parbox{\\linewidth}{\\footnotesize ");
        latex_escape(out, t->note);
        str_add(out, "}\n");
    }
    str_add(out, "\\end{table}\n");
}

void doc_write_latex_table(const struct doc_table *t, struct str *out)
{
    put_table(out, t);
}

void doc_write_latex(const struct doc *d, struct str *out)
{
    if (out->len == 0)
        str_add(out,
                "% \\usepackage[T1]{fontenc} and \\usepackage{booktabs}, then \\input this.\n");
    str_add(out, "\n\\subsection*{");
    latex_escape(out, d->title);
    str_add(out, "}\n");
    for (size_t i = 0; i < d->n_blocks; i++) {
        const struct doc_block *block = &d->blocks[i];
        if (block->table) {
            put_table(out, block->table);
        } else if (block->text) {
            str_addc(out, '\n');
            latex_escape(out, block->text);
            str_addc(out, '\n');
        }
    }
}
