/* See doctor_record.h. */
#include "cli/doctor_record.h"
#include <stdio.h>
#include "base/mem.h"
#include "cli/cmd.h"
#include "experiment/rundir.h"
#include "store/store.h"

struct seen {
    const char *db;
    long n;
};

static int show(void *ctx, const char *what)
{
    struct seen *seen = ctx;
    if (seen->n++ == 0)
        printf("%s\n", seen->db);
    printf("  %-12s %s\n", "damaged", what);
    return 0;
}

int doctor_show_record(const char *run)
{
    struct err err = {0};
    struct seen seen = {0};
    char *db CLEANUP_FREE = NULL;
    struct store *store = NULL;
    int rc = rundir_find(run, &db, &err);
    if (rc == 0)
        rc = store_open(db, STORE_READ, &store, &err);
    if (rc == 0)
        rc = store_check_pages(store, &err);
    seen.db = db;
    if (rc == 0)
        rc = store_damage(store, true, show, &seen, &err);
    store_close(store);
    if (rc < 0)
        return cmd_fail(&err);
    if (seen.n == 0) {
        printf("%s: every fact and every episode that has ended is as it was written\n", db);
        return EXIT_DONE;
    }
    err_input(&err,
              "%s: damaged in %ld place%s; restore a copy of it, or move it away to start anew", db,
              seen.n, seen.n == 1 ? "" : "s");
    return cmd_fail(&err);
}
