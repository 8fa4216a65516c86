/* See run_list.h. What is in manifest.json and summary.json is read from there; a record is opened
 * only for a run that is not over. */
#include "view/run_list.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "view/outcome_copy.h"

enum { DEPTH_MAX = 6 }; /* runs/EXPERIMENT/RUN, and a study has its shards in shards/0001/life1 */

/* ---- is it running? ---- */

/* Whoever plays a run holds a lock on this file until the end. */
static bool is_played(const char *dir)
{
    char *path CLEANUP_FREE = file_join(dir, "run.db.lock");
    int fd CLEANUP_FD = open(path, O_RDWR | O_CLOEXEC);
    struct flock held = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fd >= 0 && fcntl(fd, F_GETLK, &held) == 0 && held.l_type != F_UNLCK;
}

/* "running" only while somebody plays it, else "interrupted", "complete", ... */
static const char *run_list_status(const char *dir, const char *recorded)
{
    if (!str_eq(recorded, "running"))
        return recorded;
    return is_played(dir) ? "running" : "interrupted";
}

/* ---- progress ---- */

static json_t *read_json(const char *dir, const char *name)
{
    char *path CLEANUP_FREE = file_join(dir, name);
    return json_read_file(path, NULL);
}

static json_t *arm_entry(const char *name)
{
    return json_pack("{s:s, s:i, s:i, s:i, s:i}", "arm", name, "total", 0, "done", 0, "solved", 0,
                     "errors", 0);
}

static void count(json_t *o, const char *key, long long n)
{
    json_object_set_new(o, key, json_integer(json_get_int(o, key, 0) + n));
}

static int count_arms(struct shelf_record *r, json_t *all, json_t *arms, struct err *err)
{
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    int step, rc = shelf_prepare(r,
                                 "SELECT a.name, e.status, e.n, e.solved FROM (SELECT arm, status, "
                                 "count(*) AS n, sum(passed) AS solved FROM main.e GROUP BY arm, "
                                 "status) e JOIN r.arms a ON a.id = e.arm ORDER BY e.arm",
                                 &stmt, err);
    if (rc < 0)
        return rc;
    while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(stmt, 0);
        json_t *last = json_array_get(arms, json_array_size(arms) - 1);
        if (!str_eq(json_get_str(last, "arm", NULL), name))
            json_array_append_new(arms, last = arm_entry(name));
        int status = sqlite3_column_int(stmt, 1);
        long long n = sqlite3_column_int64(stmt, 2);
        json_t *both[] = {all, last};
        for (int i = 0; i < 2; i++) {
            count(both[i], "total", n);
            count(both[i], "done", status == STORE_DONE ? n : 0);
            count(both[i], "solved", status == STORE_DONE ? sqlite3_column_int64(stmt, 3) : 0);
            count(both[i], "errors", status == STORE_ERROR ? n : 0);
        }
    }
    return step == SQLITE_DONE ? 0 : shelf_fail(r, err);
}

/* The calls under way, which whoever plays the run writes down every second. */
static void add_flights(json_t *o, const char *dir)
{
    json_t *flights = read_json(dir, "live.json");
    if (flights)
        json_object_set_new(o, "flights", flights);
}

json_t *run_list_progress(struct shelf_record *r, struct err *err)
{
    json_t *all = arm_entry(""), *arms = json_array();
    struct arena *arena = arena_new();
    json_object_del(all, "arm");
    json_object_set_new(all, "arms", arms);
    int rc = copy_refresh(r, err);
    if (rc == 0)
        rc = count_arms(r, all, arms, err);
    const char *recorded = NULL;
    if (rc == 0)
        rc = store_meta_get(r->store, "status", &recorded, arena, err);
    const char *status = run_list_status(r->dir, recorded ? recorded : "running");
    json_object_set_new(all, "status", json_string(status));
    if (str_eq(status, "running"))
        add_flights(all, r->dir);
    arena_free(arena);
    if (rc == 0)
        return all;
    json_decref(all);
    return NULL;
}

/* ---- an entry ---- */

static void copy_fact(json_t *to, const char *key, const json_t *from, const char *name)
{
    const char *text = json_get_str(from, name, NULL);
    if (text)
        json_object_set_new(to, key, json_string(text));
}

static void add_manifest(json_t *o, const json_t *m, const char *dir)
{
    const json_t *x = json_object_get(m, "experiment"), *model = json_object_get(m, "model");
    const json_t *suite = json_object_get(m, "suite"), *plan = json_object_get(m, "selection");
    copy_fact(o, "experiment", x, "name");
    copy_fact(o, "question", x, "question");
    copy_fact(o, "model", model, "name");
    copy_fact(o, "backend", model, "backend");
    copy_fact(o, "suite", suite, "name");
    copy_fact(o, "suite_sha256", suite, "sha256");
    copy_fact(o, "created", m, "created");
    copy_fact(o, "updated", m, "updated");
    json_object_set_new(o, "samples", json_integer(json_get_int(x, "samples", 0)));
    json_object_set_new(o, "total", json_integer(json_get_int(plan, "n_episodes", 0)));
    json_object_set_new(o, "status",
                        json_string(run_list_status(dir, json_get_str(m, "status", "running"))));
}

static void add_summary(json_t *o, const json_t *summary)
{
    static const char *const keys[] = {"headline", "verdicts", "arms", "tasks"};
    const json_t *episodes = json_object_get(summary, "episodes");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        json_t *value = json_object_get(summary, keys[i]);
        if (value)
            json_object_set(o, keys[i], value);
    }
    if (!episodes)
        return;
    json_object_set_new(o, "total", json_integer(json_get_int(episodes, "planned", 0)));
    json_object_set_new(o, "done", json_integer(json_get_int(episodes, "done", 0)));
    json_object_set_new(o, "errors", json_integer(json_get_int(episodes, "error", 0)));
}

/* Of a run that is not over the record knows more than the summary of its last end. */
static void add_progress(json_t *o, struct shelf *s, const char *key)
{
    struct err err = {0};
    struct shelf_record *r = NULL;
    json_t *now = shelf_take(s, key, &r, &err) == 0 ? run_list_progress(r, &err) : NULL;
    shelf_give(s, r);
    if (!now) {
        json_object_set_new(o, "error", json_string(err.msg));
        return;
    }
    json_object_del(now, "status");
    json_object_set(o, "progress", json_object_get(now, "arms"));
    json_object_del(now, "arms");
    json_object_update(o, now);
    json_decref(now);
}

/* What the files of a run say. NULL when there is no such run. */
static json_t *brief_entry(struct shelf *s, const char *key)
{
    char *dir CLEANUP_FREE = shelf_place(s, key);
    char *db CLEANUP_FREE = dir ? file_join(dir, "run.db") : NULL;
    if (!db || !file_exists(db))
        return NULL;
    json_t *o = json_pack("{s:s}", "key", key);
    json_t *manifest CLEANUP_JSON = read_json(dir, "manifest.json");
    json_t *summary CLEANUP_JSON = read_json(dir, "summary.json");
    add_manifest(o, manifest, dir);
    if (summary)
        add_summary(o, summary);
    return o;
}

/* One of them; NULL when there is no such run. */
static json_t *run_list_entry(struct shelf *s, const char *key)
{
    json_t *o = brief_entry(s, key);
    const char *status = json_get_str(o, "status", "");
    if (o &&
        (!json_object_get(o, "done") || str_eq(status, "running") || str_eq(status, "interrupted")))
        add_progress(o, s, key);
    return o;
}

/* ---- the list ---- */

/* Directories with a run.db, "latest" and other links left out: they are there under their own
 * names. */
static void collect(struct shelf *s, const char *key, int depth,
                    json_t *(*describe)(struct shelf *s, const char *key), json_t *list)
{
    json_t *entry = describe(s, *key ? key : ".");
    if (entry) {
        json_array_append_new(list, entry);
        return;
    }
    char *dir CLEANUP_FREE = shelf_place(s, *key ? key : ".");
    DIR *d = dir && depth < DEPTH_MAX ? opendir(dir) : NULL;
    const struct dirent *f;
    while (d && (f = readdir(d)) != NULL) {
        char *path CLEANUP_FREE = file_join(dir, f->d_name);
        struct stat st;
        if (f->d_name[0] == '.' || lstat(path, &st) < 0 || !S_ISDIR(st.st_mode))
            continue;
        char *below CLEANUP_FREE = *key ? file_join(key, f->d_name) : xstrdup(f->d_name);
        collect(s, below, depth + 1, describe, list);
    }
    if (d)
        closedir(d);
}

static int newest_first(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    int order = strcmp(json_get_str(y, "created", ""), json_get_str(x, "created", ""));
    return order ? order : strcmp(json_get_str(x, "key", ""), json_get_str(y, "key", ""));
}

static json_t *list_of(struct shelf *s, json_t *(*describe)(struct shelf *s, const char *key))
{
    json_t *found CLEANUP_JSON = json_array();
    collect(s, "", 0, describe, found);
    size_t n = json_array_size(found);
    json_t **entries = xcalloc(n + 1, sizeof *entries);
    for (size_t i = 0; i < n; i++)
        entries[i] = json_array_get(found, i);
    qsort(entries, n, sizeof *entries, newest_first);
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append(list, entries[i]);
    free(entries);
    return list;
}

json_t *run_list_json(struct shelf *s)
{
    return list_of(s, run_list_entry);
}

json_t *run_list_brief(struct shelf *s)
{
    return list_of(s, brief_entry);
}
