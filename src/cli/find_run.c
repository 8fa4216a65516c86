/* See find_run.h. */
#include "cli/find_run.h"
#include <stdio.h>
#include <stdlib.h>
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/runs_listed.h"
#include "experiment/rundir.h"

static bool is_complete(const json_t *entry)
{
    const char *status = json_get_str(entry, "status", "");
    return str_eq(status, "complete") || str_eq(status, "decided");
}

/* The run that `latest` leads to, and the others beside it. dir: of the experiment. */
static void tell(const char *dir)
{
    char *link CLEANUP_FREE = file_join(dir, "latest");
    char *real CLEANUP_FREE = realpath(link, NULL);
    json_t *list CLEANUP_JSON = runs_listed(dir), *entry;
    const json_t *latest = NULL, *complete = NULL;
    size_t i;
    json_array_foreach (list, i, entry) {
        if (real && str_eq(json_get_str(entry, "key", ""), file_base(real)))
            latest = entry;
        else if (!complete && is_complete(entry))
            complete = entry;
    }
    if (!latest || is_complete(latest))
        return;
    size_t others = json_array_size(list) - 1;
    fprintf(stderr, "hrm: %s is %s, %lld of %lld episodes done", json_get_str(latest, "path", ""),
            json_get_str(latest, "status", "?"), json_get_int(latest, "done", 0),
            json_get_int(latest, "total", 0));
    if (others > 0)
        fprintf(stderr, "; %zu other run%s; newest complete: %s", others, others > 1 ? "s" : "",
                complete ? json_get_str(complete, "path", "") : "none");
    fputc('\n', stderr);
}

/* The newest run under runs/. Caller frees; NULL = there is none. */
static char *newest(void)
{
    json_t *list CLEANUP_JSON = file_is_dir("runs") ? runs_listed("runs") : json_array();
    const json_t *entry = json_array_get(list, 0);
    const char *path = json_get_str(entry, "path", NULL);
    if (path)
        fprintf(stderr, "hrm: the latest run is %s, %s, %lld of %lld episodes done\n", path,
                json_get_str(entry, "status", "?"), json_get_int(entry, "done", 0),
                json_get_int(entry, "total", 0));
    return path ? xstrdup(path) : NULL;
}

int find_run(const char *name, char **db, struct err *err)
{
    char *latest CLEANUP_FREE = str_eq(name, "latest") && !file_exists("latest") ? newest() : NULL;
    int rc = rundir_find(latest ? latest : name, db, err);
    char *dir CLEANUP_FREE = rc == 0 ? file_dir(*db) : NULL;
    if (rc == 0 && str_eq(file_base(dir), "latest")) {
        char *above CLEANUP_FREE = file_dir(dir);
        fflush(stdout);
        tell(above);
    }
    return rc;
}
