/* See runs_listed.h. */
#include "cli/runs_listed.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/store.h"
#include "view/run_list.h"

struct counts {
    long long total, done, errors;
};

static int count(void *ctx, long long id, const struct store_episode *row)
{
    struct counts *c = ctx;
    (void)id;
    c->total++;
    c->done += row->status == STORE_DONE;
    c->errors += row->status == STORE_ERROR;
    return 0;
}

/* The summary is of the last end; a run that goes on, or was killed, is further. */
static void count_record(json_t *entry, const char *dir)
{
    char *place CLEANUP_FREE = file_join(dir, json_get_str(entry, "key", ""));
    char *db CLEANUP_FREE = file_join(place, "run.db");
    struct store *store = NULL;
    struct counts c = {0};
    struct err err = {0};
    int rc = store_open(db, STORE_READ, &store, &err);
    if (rc == 0)
        rc = store_episodes(store, count, &c, &err);
    store_close(store);
    if (rc < 0) {
        json_object_set_new(entry, "error", json_string(err.msg));
        return;
    }
    json_object_set_new(entry, "total", json_integer(c.total));
    json_object_set_new(entry, "done", json_integer(c.done));
    json_object_set_new(entry, "errors", json_integer(c.errors));
}

json_t *runs_listed(const char *dir)
{
    struct shelf *shelf = shelf_new(dir);
    json_t *list = run_list_brief(shelf), *entry;
    size_t i;
    json_array_foreach (list, i, entry) {
        const char *status = json_get_str(entry, "status", "");
        char *place CLEANUP_FREE = file_join(dir, json_get_str(entry, "key", ""));
        json_object_set_new(entry, "path", json_string(place));
        if (!json_object_get(entry, "done") || str_eq(status, "running") ||
            str_eq(status, "interrupted"))
            count_record(entry, dir);
    }
    shelf_free(shelf);
    return list;
}

const char *run_listed_words(const json_t *entry)
{
    const json_t *first = json_array_get(json_object_get(entry, "verdicts"), 0);
    const char *error = json_get_str(entry, "error", NULL);
    const char *sentence = json_get_str(json_object_get(entry, "headline"), "sentence", NULL);
    if (error)
        return error;
    return sentence ? sentence : json_get_str(first, "verdict", "no result yet");
}
