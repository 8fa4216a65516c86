/* See facets.h. Rows are counted by what they have in common: of a hundred thousand episodes, a few
 * hundred combinations are left to be looked at. */
#include "view/facets.h"
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "taxonomy/taxonomy.h"
#include "view/outcome_copy.h"

/* Episodes by label and by flag. */
static int count_codes(struct shelf_record *r, json_t *labels, json_t *flags, struct err *err)
{
    long long with[2][N_TAXONOMY_FLAGS] = {{0}};
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    int step, rc = shelf_prepare(r,
                                 "SELECT label, flags, count(*) FROM main.e WHERE status = 1 AND "
                                 "flags <> 0 GROUP BY label, flags",
                                 &stmt, err);
    if (rc < 0)
        return rc;
    while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
        int label = sqlite3_column_int(stmt, 0);
        taxonomy_set set = (taxonomy_set)sqlite3_column_int64(stmt, 1);
        long long n = sqlite3_column_int64(stmt, 2);
        for (int i = 0; i < N_TAXONOMY_FLAGS; i++) {
            with[0][i] += label == i + 1 ? n : 0;
            with[1][i] += set >> i & 1 ? n : 0;
        }
    }
    json_t *const lists[] = {labels, flags};
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < N_TAXONOMY_FLAGS; i++)
            if (with[k][i] > 0)
                json_array_append_new(
                    lists[k], json_pack("{s:s, s:s, s:I}", "value", taxonomy_flags[i].code, "name",
                                        taxonomy_flags[i].name, "n", (json_int_t)with[k][i]));
    return step == SQLITE_DONE ? 0 : shelf_fail(r, err);
}

/* Adds n to the entry of that value, made at the end when there is none. */
static void count_value(json_t *list, const char *value, long long n)
{
    size_t i;
    json_t *entry;
    json_array_foreach (list, i, entry) {
        if (!str_eq(json_get_str(entry, "value", NULL), value))
            continue;
        json_object_set_new(entry, "n", json_integer(json_get_int(entry, "n", 0) + n));
        return;
    }
    json_t *text = json_bytes(value, strlen(value));
    json_array_append_new(list, json_pack("{s:o, s:I}", "value", text, "n", (json_int_t)n));
}

/* Tasks by group, as they come, and by steps. */
static int count_tasks(struct shelf_record *r, json_t *groups, json_t *steps, struct err *err)
{
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    int step, rc = shelf_prepare(r,
                                 "SELECT grp, steps, count(*), min(task) AS first FROM (SELECT "
                                 "task, max(grp) AS grp, max(steps) AS steps FROM main.e WHERE "
                                 "status = 1 GROUP BY task) GROUP BY grp, steps ORDER BY steps, "
                                 "first",
                                 &stmt, err);
    if (rc < 0)
        return rc;
    while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
        const char *group = (const char *)sqlite3_column_text(stmt, 0);
        long long n = sqlite3_column_int64(stmt, 2);
        if (group && *group)
            count_value(groups, group, n);
        if (sqlite3_column_int(stmt, 1) > 0)
            count_value(steps, (const char *)sqlite3_column_text(stmt, 1), n);
    }
    return step == SQLITE_DONE ? 0 : shelf_fail(r, err);
}

static int count_all(struct shelf_record *r, json_t *o, struct err *err)
{
    static const char *const names[] = {"labels", "flags", "groups", "steps"};
    long long parts = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        json_object_set_new(o, names[i], json_array());
    int rc = count_codes(r, json_object_get(o, "labels"), json_object_get(o, "flags"), err);
    if (rc == 0)
        rc = count_tasks(r, json_object_get(o, "groups"), json_object_get(o, "steps"), err);
    if (rc == 0)
        rc = copy_parts(r, err);
    if (rc == 0)
        rc = shelf_number(r, "SELECT count(*) FROM main.parts", &parts, err);
    json_object_set_new(o, "parts", json_integer(parts));
    return rc;
}

json_t *facets_json(struct shelf_record *r, struct err *err)
{
    int rc = copy_refresh(r, err);
    char *kept CLEANUP_FREE = rc == 0 ? copy_info(r, COPY_FACETS) : NULL;
    json_t *o = kept ? json_parse(kept, strlen(kept), "facets", NULL) : NULL;
    if (o || rc < 0)
        return o;
    o = json_object();
    rc = count_all(r, o, err);
    if (rc < 0) {
        json_decref(o);
        return NULL;
    }
    char *text CLEANUP_FREE = json_text(o);
    copy_set_info(r, COPY_FACETS, text, NULL); /* else it is counted again */
    return o;
}
