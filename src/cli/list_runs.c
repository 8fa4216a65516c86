/* See list_runs.h. */
#include "cli/list_runs.h"
#include <stdio.h>
#include <stdlib.h>
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/print_screen.h"
#include "cli/runs_listed.h"
#include "doc/doc.h"

/* "2026-12-01 10:05" of "2026-12-01T10:05:51Z" */
static void add_date(struct str *s, const char *utc)
{
    str_addf(s, "%.10s", utc);
    if (*utc)
        str_addf(s, " %.5s", utc + 11);
}

/* A line of facts, where it is, and what it found. */
static void add_entry(struct str *out, const json_t *e, int width)
{
    struct str facts CLEANUP_STR = {0};
    const char *status = json_get_str(e, "status", "?");
    long long errors = json_get_int(e, "errors", 0);
    add_date(&facts, json_get_str(e, "created", ""));
    str_addf(&facts, "  %s  %s on %s  %lld/%lld", json_get_str(e, "experiment", "?"),
             json_get_str(e, "model", "?"), json_get_str(e, "suite", "?"),
             json_get_int(e, "done", 0), json_get_int(e, "total", 0));
    if (errors)
        str_addf(&facts, ", %lld in error", errors);
    if (!str_eq(status, "complete"))
        str_addf(&facts, "  %s", status);
    doc_wrap_text(out, facts.p, width);
    doc_wrap_indented(out, run_listed_words(e), 2, width);
    str_addf(out, "  %s\n", json_get_str(e, "path", ""));
}

int list_runs(const char *dir, bool json)
{
    struct err err = {0};
    if (!file_is_dir(dir) && !str_eq(dir, "runs")) {
        err_input(&err, "there is no directory '%s' with runs", dir);
        return cmd_fail(&err);
    }
    json_t *list CLEANUP_JSON = file_is_dir(dir) ? runs_listed(dir) : json_array(), *entry;
    size_t i;
    if (json) {
        json_t *all CLEANUP_JSON = json_pack("{s:O}", "runs", list);
        char *text CLEANUP_FREE = json_text_pretty(all);
        puts(text);
        return EXIT_DONE;
    }
    if (json_array_size(list) == 0)
        printf("no runs in %s yet: 'hrm list' names the experiments, 'hrm run NAME' runs one\n",
               dir);
    json_array_foreach (list, i, entry) {
        struct str out CLEANUP_STR = {0};
        add_entry(&out, entry, print_columns());
        printf("%s%s", i ? "\n" : "", out.p);
    }
    return EXIT_DONE;
}
