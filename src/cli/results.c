/* See results.h. */
#include "cli/results.h"
#include <string.h>
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "report/report.h"
#include "store/export.h"

static int write_summary(const struct analysis_run *report, const char *dir, struct err *err)
{
    json_t *summary CLEANUP_JSON = report_summary_json(report);
    char *text CLEANUP_FREE = json_text_pretty(summary);
    char *path CLEANUP_FREE = file_join(dir, "summary.json");
    return file_write(path, text, strlen(text), err);
}

/* The page a person opens. */
static int write_page(const struct analysis_run *report, const char *dir, struct err *err)
{
    struct str page CLEANUP_STR = {0};
    char *path CLEANUP_FREE = file_join(dir, "report.html");
    int rc = report_render(report, "html", &page, err);
    return rc < 0 ? rc : file_write(path, page.p, page.len, err);
}

int results_write(struct store *store, const struct analysis_run *report, const char *dir,
                  struct err *err)
{
    char *csv CLEANUP_FREE = file_join(dir, "results.csv");
    int rc = store_write_csv(store, csv, err);
    if (rc == 0)
        rc = write_summary(report, dir, err);
    return rc < 0 ? rc : write_page(report, dir, err);
}
