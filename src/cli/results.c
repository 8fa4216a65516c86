/* See results.h. */
#include "cli/results.h"
#include <string.h>
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "report/report.h"
#include "store/export.h"

int results_write(struct store *store, const char *dir, struct err *err)
{
    struct report_run report;
    char *csv CLEANUP_FREE = file_join(dir, "results.csv");
    char *path CLEANUP_FREE = file_join(dir, "summary.json");
    int rc = store_write_csv(store, csv, err);
    if (rc == 0)
        rc = report_load(store, &report, err);
    if (rc < 0)
        return rc;
    json_t *summary CLEANUP_JSON = report_summary_json(&report);
    char *text CLEANUP_FREE = json_text_pretty(summary);
    rc = file_write(path, text, strlen(text), err);
    report_run_free(&report);
    return rc;
}
