/* See store.h. A write is done when it is in the write-ahead log (synchronous = NORMAL): kill -9
 * loses nothing that was reported as written; a power cut may lose the last moments, but never
 * damages the database. */
#include "store/store.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/mem.h"
#include "base/mount.h"
#include "store/capsule.h"
#include "store/capsule_head.h"
#include "store/db.h"

/* ---- opening ---- */

static bool has_log(const struct store *s)
{
    struct stat st;
    char *wal CLEANUP_FREE = xasprintf("%s-wal", s->path);
    return stat(wal, &st) == 0 && st.st_size > 0;
}

/* On a full disk SQLite cannot make what a reader shares with a writer. */
static bool is_readable(struct store *s)
{
    struct err fault = {0};
    return db_exec(s, "SELECT count(*) FROM sqlite_schema", &fault) == 0 || fault.code != -ENOSPC;
}

/* A reader opens the file for writing if it can, so that the last to close it removes the log. On
 * read-only media and on a full disk, without a log, immutable is enough. */
static int connect(struct store *s, struct err *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(s->path, &s->db, flags, NULL) != SQLITE_OK)
        return db_fail(s, err);
    bool readonly = sqlite3_db_readonly(s->db, "main") == 1;
    if (s->writing || (!readonly && (s->annotating || is_readable(s))))
        return 0;
    if (s->annotating)
        return err_input(err, "%s: cannot be opened for writing", s->path);
    if (has_log(s))
        return 0;
    sqlite3_close(s->db);
    s->db = NULL;
    struct str uri CLEANUP_STR = {0};
    str_add(&uri, "file:");
    for (const char *p = s->path; *p; p++)
        str_addf(&uri, strchr("%?#", *p) ? "%%%02x" : "%c", (unsigned char)*p);
    str_add(&uri, "?immutable=1");
    flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
    if (sqlite3_open_v2(uri.p, &s->db, flags, NULL) != SQLITE_OK)
        return db_fail(s, err);
    return 0;
}

static int open_capsule(struct store *s, struct err *err)
{
    uint32_t schema;
    int rc = capsule_connect(s, &schema, err);
    if (rc == 0 && schema != DB_SCHEMA)
        rc = db_migrate(s, err);
    if (rc == 0)
        rc = db_set_up(s, err);
    return rc < 0 ? rc : db_prepare_all(s, err);
}

static int open_checked(struct store *s, struct err *err)
{
    uint32_t schema = DB_SCHEMA;
    if (capsule_is(s->path))
        return s->writing || s->annotating
                   ? err_input(err, "%s: a capsule is only read; this needs a run's own record",
                               s->path)
                   : open_capsule(s, err);
    int rc = db_check_header(s->path, &schema, err);
    if (rc == 1 && !s->writing)
        return err_input(err, "%s: there is no run database", s->path);
    if (rc < 0)
        return rc;
    if (s->writing) {
        int locked = db_lock_take(s->path, &s->lock_fd, err);
        if (locked < 0)
            return locked;
        if (rc == 1 && access(s->path, F_OK) < 0) /* looked at again, under the lock */
            rc = db_create(s->path, err);
        if (rc < 0)
            return rc;
    }
    /* large records rely on SQLite's own checks as pages are read */
    if ((rc = connect(s, err)) == 0 && (schema == DB_SCHEMA || (rc = db_migrate(s, err)) == 0) &&
        (rc = db_set_up(s, err)) == 0 &&
        (!store_is_small(s) || (rc = store_check_pages(s, err)) == 0))
        rc = db_prepare_all(s, err);
    return rc == 0 && s->writing ? db_writer_start(s, err) : rc;
}

struct store *db_new(const char *path)
{
    struct store *s = xcalloc(1, sizeof *s);
    *s = (struct store){.lock_fd = -1, .path = xstrdup(path)};
    pthread_mutexattr_t recursive;
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&s->mutex, &recursive);
    pthread_mutexattr_destroy(&recursive);
    pthread_mutex_init(&s->queue_mutex, NULL);
    pthread_cond_init(&s->queue_changed, NULL);
    s->queue_end = &s->queue;
    return s;
}

int store_open(const char *path, enum store_mode mode, struct store **out, struct err *err)
{
    struct store *s = db_new(path);
    s->rollback = mode == STORE_WRITE_ROLLBACK || (mode == STORE_WRITE && mount_is_network(path));
    s->writing = mode == STORE_WRITE || s->rollback;
    s->annotating = mode == STORE_ANNOTATE;
    int rc = open_checked(s, err);
    if (rc < 0)
        store_close(s);
    else
        *out = s;
    return rc;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    db_writer_stop(s);
    for (int i = 0; i < N_DB_STMTS; i++)
        sqlite3_finalize(s->stmt[i]);
    for (size_t i = 0; i < sizeof s->spare / sizeof *s->spare; i++)
        sqlite3_finalize(s->spare[i].stmt);
    db_sums_close(s);
    sqlite3_close(s->db);
    json_decref(s->capsule);
    db_lock_drop(s->path, s->lock_fd);
    pthread_mutex_destroy(&s->mutex);
    pthread_mutex_destroy(&s->queue_mutex);
    pthread_cond_destroy(&s->queue_changed);
    free(s->path);
    free(s);
}

/* ---- facts about the run ---- */

static int set_meta(struct store *s, const void *key_and_value, struct err *err)
{
    const char *const *meta = key_and_value;
    db_bind_text(s->stmt[DB_META_SET], 1, meta[0]);
    db_bind_text(s->stmt[DB_META_SET], 2, meta[1]);
    sqlite3_bind_int64(s->stmt[DB_META_SET], 3, db_meta_sum(meta[0], meta[1]));
    return db_run(s, s->stmt[DB_META_SET], err);
}

int store_meta_set(struct store *s, const char *key, const char *value, struct err *err)
{
    return db_write(s, set_meta, (const char *[]){key, value}, err);
}

int store_meta_get(struct store *s, const char *key, const char **value, struct arena *arena,
                   struct err *err)
{
    DB_LOCKED(s);
    sqlite3_stmt *get = s->stmt[DB_META_GET];
    db_bind_text(get, 1, key);
    int step = sqlite3_step(get), rc = 0;
    *value = NULL;
    if (step == SQLITE_ROW)
        *value = arena_strdup(arena, (const char *)sqlite3_column_text(get, 0));
    else if (step != SQLITE_DONE)
        rc = db_fail(s, err);
    sqlite3_reset(get);
    return rc;
}

static int run_for_episode(struct store *s, enum db_stmt which, long long id, struct err *err)
{
    sqlite3_bind_int64(s->stmt[which], 1, id);
    return db_run(s, s->stmt[which], err);
}

/* ---- the plan ---- */

/* 1 and the item filled when the episode is there, 0 when not. */
static int find_episode(struct store *s, struct store_plan_item *item, struct err *err)
{
    sqlite3_stmt *find = s->stmt[DB_EPISODE_FIND];
    db_bind_text(find, 1, item->task);
    db_bind_text(find, 2, item->arm);
    sqlite3_bind_int(find, 3, item->sample);
    int step = sqlite3_step(find), rc = 0;
    if (step == SQLITE_ROW) {
        item->id = sqlite3_column_int64(find, 0);
        item->status = (enum store_status)sqlite3_column_int(find, 1);
        item->passed = sqlite3_column_int(find, 2) != 0;
        rc = 1;
    } else if (step != SQLITE_DONE) {
        rc = db_fail(s, err);
    }
    sqlite3_reset(find);
    return rc;
}

static int declare_episode(struct store *s, struct store_plan_item *item, struct err *err)
{
    int rc = find_episode(s, item, err);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    sqlite3_stmt *add = s->stmt[DB_EPISODE_ADD];
    db_bind_text(add, 1, item->task);
    db_bind_text(add, 2, item->arm);
    sqlite3_bind_int(add, 3, item->sample);
    rc = db_run(s, add, err);
    item->id = sqlite3_last_insert_rowid(s->db);
    item->status = STORE_PENDING;
    item->fresh = true;
    return rc;
}

static int add_name(struct store *s, enum db_stmt which, const char *name, struct err *err)
{
    db_bind_text(s->stmt[which], 1, name);
    return db_run(s, s->stmt[which], err);
}

int store_plan_find(struct store *s, struct store_plan_item *item, struct err *err)
{
    DB_LOCKED(s);
    return find_episode(s, item, err);
}

struct declaration {
    const char *const *arms, *const *tasks;
    struct store_plan_item *items;
    size_t n_arms, n_tasks, n_items;
};

static int declare(struct store *s, const void *plan, struct err *err)
{
    const struct declaration *d = plan;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < d->n_arms; i++)
        rc = add_name(s, DB_ARM_ADD, d->arms[i], err);
    for (size_t i = 0; rc == 0 && i < d->n_tasks; i++)
        rc = add_name(s, DB_TASK_ADD, d->tasks[i], err);
    for (size_t i = 0; rc == 0 && i < d->n_items; i++)
        rc = declare_episode(s, &d->items[i], err);
    return rc;
}

int store_plan(struct store *s, const char *const *arms, size_t n_arms, const char *const *tasks,
               size_t n_tasks, struct store_plan_item *items, size_t n_items, struct err *err)
{
    return db_write(s, declare,
                    &(struct declaration){.arms = arms,
                                          .n_arms = n_arms,
                                          .tasks = tasks,
                                          .n_tasks = n_tasks,
                                          .items = items,
                                          .n_items = n_items},
                    err);
}

int store_episode_add(struct store *s, const char *arm, const char *task, int sample, long long *id,
                      struct err *err)
{
    struct store_plan_item item = {.arm = arm, .task = task, .sample = sample};
    int rc = store_plan(s, &arm, 1, &task, 1, &item, 1, err);
    if (rc == 0)
        *id = item.id;
    return rc;
}

/* ---- one episode ---- */

static int restart(struct store *s, const void *id, struct err *err)
{
    static const enum db_stmt steps[] = {DB_EVENTS_DROP,  DB_TOOLS_DROP,   DB_SHARES_DROP,
                                         DB_MOMENTS_DROP, DB_CALLS_SHELVE, DB_EPISODE_REOPEN,
                                         DB_SUM_DROP};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof steps / sizeof *steps; i++) {
        rc = run_for_episode(s, steps[i], *(const long long *)id, err);
        if (steps[i] == DB_CALLS_SHELVE)
            atomic_fetch_add(&s->shelved, sqlite3_changes(s->db));
    }
    return rc;
}

int store_episode_restart(struct store *s, long long id, struct err *err)
{
    return db_write(s, restart, &id, err);
}

/* Of a table, for an episode. */
struct row {
    long long id;
    enum db_stmt stmt; /* ?1 is the id, the fields follow */
    const struct store_fields *fields;
    const void *row;
};

static int write_row(struct store *s, const void *row, struct err *err)
{
    const struct row *r = row;
    db_bind_row(s->stmt[r->stmt], 2, r->fields, r->row);
    return run_for_episode(s, r->stmt, r->id, err);
}

/* Shares and moments of an episode, in place of those it had. */
static int write_spent(struct store *s, long long id, const struct store_episode *e,
                       struct err *err)
{
    int rc = run_for_episode(s, DB_SHARES_DROP, id, err);
    if (rc == 0)
        rc = run_for_episode(s, DB_MOMENTS_DROP, id, err);
    for (size_t i = 0; rc == 0 && i < e->n_shares; i++) {
        rc = add_name(s, DB_ROLE_ADD, e->shares[i].role, err);
        if (rc == 0)
            rc = write_row(s, &(struct row){id, DB_SHARE_PUT, &store_share_fields, &e->shares[i]},
                           err);
    }
    for (size_t i = 0; rc == 0 && i < e->n_moments; i++)
        rc = write_row(s, &(struct row){id, DB_MOMENT_PUT, &store_moment_fields, &e->moments[i]},
                       err);
    return rc;
}

static int finish(struct store *s, const void *row, struct err *err)
{
    const struct row *r = row;
    const struct store_episode *episode = r->row;
    int rc = 0;
    if (episode->status == STORE_DONE) /* one in error will be tried again, and may find them */
        rc = run_for_episode(s, DB_CALLS_DROP, r->id, err);
    if (rc == 0)
        rc = write_spent(s, r->id, episode, err);
    if (rc == 0)
        rc = write_row(s, row, err);
    return rc < 0 ? rc : db_sums_put(s, r->id, err);
}

int store_episode_finish(struct store *s, long long id, const struct store_episode *row,
                         struct err *err)
{
    return db_write(s, finish, &(struct row){id, DB_EPISODE_FINISH, &store_episode_fields, row},
                    err);
}

struct tags {
    const struct store_tag *tag;
    size_t n;
};

static int write_tags(struct store *s, const void *tags, struct err *err)
{
    const struct tags *t = tags;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < t->n; i++) {
        rc = db_sums_check_row(s, t->tag[i].id, err);
        if (rc < 0)
            return rc; /* a new checksum would hide it */
        bool summed = rc == 0;
        db_bind_text(s->stmt[DB_EPISODE_TAG], 2, t->tag[i].label);
        db_bind_text(s->stmt[DB_EPISODE_TAG], 3, t->tag[i].flags);
        db_bind_text(s->stmt[DB_EPISODE_TAG], 4, t->tag[i].inapplicable);
        rc = run_for_episode(s, DB_EPISODE_TAG, t->tag[i].id, err);
        if (rc == 0 && summed)
            rc = db_sums_put(s, t->tag[i].id, err);
    }
    return rc;
}

int store_tags_put(struct store *s, const struct store_tag *tags, size_t n, struct err *err)
{
    return db_write(s, write_tags, &(struct tags){tags, n}, err);
}

/* Reads the one row a bound statement may find: 1, 0 or negative. */
static int find_row(struct store *s, sqlite3_stmt *find, const struct store_fields *fields,
                    void *out, struct arena *arena, struct err *err)
{
    int step = sqlite3_step(find);
    int rc = step == SQLITE_DONE ? 0 : step == SQLITE_ROW ? 1 : db_fail(s, err);
    if (rc == 1)
        db_read_row(find, 0, fields, out, arena);
    sqlite3_reset(find);
    return rc;
}

struct asked {
    long long id;
    const char *role;
    int index;
};

static int touch(struct store *s, const void *asked, struct err *err)
{
    const struct asked *a = asked;
    db_bind_text(s->stmt[DB_CALL_TOUCH], 2, a->role);
    sqlite3_bind_int(s->stmt[DB_CALL_TOUCH], 3, a->index);
    return run_for_episode(s, DB_CALL_TOUCH, a->id, err);
}

int store_call_find(struct store *s, long long id, const char *role, int index,
                    const char *request_hash, struct store_call *out, struct arena *arena,
                    struct err *err)
{
    if (s->writing && atomic_load(&s->shelved) == 0) /* as in every run never interrupted */
        return 0;
    DB_LOCKED(s);
    sqlite3_stmt *find = s->stmt[DB_CALL_FIND];
    sqlite3_bind_int64(find, 1, id);
    db_bind_text(find, 2, role);
    sqlite3_bind_int(find, 3, index);
    db_bind_text(find, 4, request_hash);
    int rc = find_row(s, find, &store_call_fields, out, arena, err);
    if (rc < 1 || !s->writing)
        return rc;
    rc = db_write(s, touch, &(struct asked){id, role, index}, err);
    return rc < 0 ? rc : 1;
}

int store_tool_find(struct store *s, long long id, int index, const char *kind,
                    const char *program_hash, struct store_tool_run *out, struct arena *arena,
                    struct err *err)
{
    DB_LOCKED(s);
    sqlite3_stmt *find = s->stmt[DB_TOOL_FIND];
    sqlite3_bind_int64(find, 1, id);
    sqlite3_bind_int(find, 2, index);
    db_bind_text(find, 3, kind);
    db_bind_text(find, 4, program_hash);
    return find_row(s, find, &store_tool_fields, out, arena, err);
}

/* A queued row is a copy, since it outlives its caller's. */
static int note(struct store *s, enum db_stmt which, long long id,
                const struct store_fields *fields, const void *row, struct err *err)
{
    struct row *r = xmalloc(sizeof *r + db_row_bytes(fields, row));
    *r = (struct row){id, which, fields, r + 1};
    db_row_copy(fields, row, r + 1);
    return db_queue_write(s, write_row, r, err);
}

int store_call_put(struct store *s, long long id, const struct store_call *c, struct err *err)
{
    return note(s, DB_CALL_PUT, id, &store_call_fields, c, err);
}

int store_failure_put(struct store *s, long long id, const struct store_failure *f, struct err *err)
{
    return note(s, DB_FAILURE_PUT, id, &store_failure_fields, f, err);
}

int store_tool_put(struct store *s, long long id, const struct store_tool_run *t, struct err *err)
{
    return note(s, DB_TOOL_PUT, id, &store_tool_fields, t, err);
}

int store_event_put(struct store *s, long long id, const struct store_event *e, struct err *err)
{
    return note(s, DB_EVENT_PUT, id, &store_event_fields, e, err);
}

int store_label_put(struct store *s, long long id, const struct store_label *l, struct err *err)
{
    return db_write(s, write_row, &(struct row){id, DB_LABEL_PUT, &store_label_fields, l}, err);
}

struct labelled {
    long long id;
    const char *annotator;
};

static int drop_label(struct store *s, const void *labelled, struct err *err)
{
    const struct labelled *l = labelled;
    db_bind_text(s->stmt[DB_LABEL_DROP], 2, l->annotator);
    return run_for_episode(s, DB_LABEL_DROP, l->id, err);
}

int store_label_drop(struct store *s, long long id, const char *annotator, struct err *err)
{
    return db_write(s, drop_label, &(struct labelled){id, annotator}, err);
}
