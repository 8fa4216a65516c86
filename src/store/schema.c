/* The run database: its tables, creating one, and checking that a file is one.
 *
 * A database is made under another name and renamed, so that it is whole whenever it is there.
 * Foreign or cut files are recognised by their first hundred bytes, before SQLite would write
 * anything beside them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/mem.h"
#include "store/db.h"

/* Columns of `fields` as SQL declarations, those named in `skip` left out. */
static void declare(const struct store_fields *fields, size_t skip, struct str *sql)
{
    for (size_t i = skip; i < fields->n; i++) {
        const struct store_field *f = &fields->field[i];
        const char *type = "INTEGER NOT NULL DEFAULT 0";
        if (f->kind == FIELD_TEXT || f->kind == FIELD_JSON || f->kind == FIELD_U64)
            type = "TEXT NOT NULL DEFAULT ''";
        else if (f->kind == FIELD_TEXT_NULL)
            type = "TEXT";
        else if (f->kind == FIELD_REAL)
            type = "REAL NOT NULL DEFAULT 0";
        str_addf(sql, "    \"%s\" %s,\n", f->name, type);
    }
}

static void columns(const struct store_fields *fields, size_t skip, const char *prefix,
                    struct str *sql)
{
    for (size_t i = skip; i < fields->n; i++)
        str_addf(sql, "%s%s\"%s\"", i > skip ? ", " : "", prefix, fields->field[i].name);
}

/* Task, arm and sample open the fields of an episode: names there, numbers in the table. */
enum { EPISODE_KEY = 3 };

void db_parts_sql(struct str *sql)
{
    str_add(sql, "CREATE TABLE roles(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);\n"
                 "CREATE TABLE shares(\n    episode INTEGER NOT NULL REFERENCES episodes,\n"
                 "    seq INTEGER NOT NULL,\n    role INTEGER NOT NULL REFERENCES roles,\n");
    declare(&store_share_fields, 1, sql);
    str_add(sql, "    PRIMARY KEY(episode, seq)) WITHOUT ROWID;\n"
                 "CREATE TABLE moments(\n    episode INTEGER NOT NULL REFERENCES episodes,\n"
                 "    seq INTEGER NOT NULL,\n");
    declare(&store_moment_fields, 0, sql);
    str_add(sql, "    PRIMARY KEY(episode, seq)) WITHOUT ROWID;\n"
                 "CREATE INDEX IF NOT EXISTS " DB_DISPUTED_INDEX
                 " ON tool_runs(episode) WHERE " DB_DISPUTED ";\n");
}

void db_views_sql(struct str *sql)
{
    str_add(sql, "CREATE VIEW results AS SELECT e.id, e.task AS task_no, e.arm AS arm_no,\n"
                 "    t.name AS task, a.name AS arm, e.sample,\n    ");
    columns(&store_episode_fields, EPISODE_KEY, "e.", sql);
    str_add(sql, "\n    FROM episodes e CROSS JOIN tasks t ON t.id = e.task"
                 " CROSS JOIN arms a ON a.id = e.arm;\n"
                 "CREATE VIEW spent AS SELECT s.episode, s.seq, r.name AS role,\n    ");
    columns(&store_share_fields, 1, "s.", sql);
    str_add(sql, "\n    FROM shares s CROSS JOIN roles r ON r.id = s.role;\n");
}

void db_sums_sql(struct str *sql)
{
    str_add(sql, "CREATE TABLE sums(\n    episode INTEGER PRIMARY KEY REFERENCES episodes,\n"
                 "    \"row\" INTEGER NOT NULL, trail INTEGER NOT NULL);\n");
}

static void schema_sql(struct str *sql)
{
    str_add(sql, "BEGIN;\n"
                 "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL,\n"
                 "    sum INTEGER NOT NULL DEFAULT 0);\n"
                 "CREATE TABLE arms(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);\n"
                 "CREATE TABLE tasks(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);\n"
                 "CREATE TABLE episodes(\n    id INTEGER PRIMARY KEY,\n"
                 "    task INTEGER NOT NULL REFERENCES tasks,\n"
                 "    arm INTEGER NOT NULL REFERENCES arms,\n"
                 "    sample INTEGER NOT NULL,\n");
    declare(&store_episode_fields, EPISODE_KEY, sql);
    str_add(sql, "    UNIQUE(task, arm, sample));\n"
                 "CREATE TABLE calls(\n    episode INTEGER NOT NULL REFERENCES episodes,\n"
                 "    seq INTEGER NOT NULL, -- place among the calls; 0: an earlier attempt's\n");
    declare(&store_call_fields, 0, sql);
    str_add(sql, "    PRIMARY KEY(episode, role, \"index\"));\n"
                 "CREATE TABLE failures(\n    id INTEGER PRIMARY KEY,\n");
    declare(&store_failure_fields, 0, sql);
    str_add(sql, "    episode INTEGER NOT NULL REFERENCES episodes);\n"
                 "CREATE INDEX failures_episode ON failures(episode);\n"
                 "CREATE TABLE tool_runs(\n    episode INTEGER NOT NULL REFERENCES episodes,\n");
    declare(&store_tool_fields, 0, sql);
    str_add(sql, "    PRIMARY KEY(episode, \"index\"));\n"
                 "CREATE TABLE events(\n    episode INTEGER NOT NULL REFERENCES episodes,\n");
    declare(&store_event_fields, 0, sql);
    str_add(sql, "    PRIMARY KEY(episode, \"index\"));\n"
                 "CREATE TABLE labels(\n    episode INTEGER NOT NULL REFERENCES episodes,\n");
    declare(&store_label_fields, 0, sql);
    str_add(sql, "    PRIMARY KEY(episode, annotator));\n");
    db_parts_sql(sql);
    db_views_sql(sql);
    db_sums_sql(sql);
    char *schema CLEANUP_FREE = xasprintf("%d", DB_SCHEMA);
    str_addf(sql, "INSERT INTO meta VALUES('schema', '%s', %lu);\n", schema,
             (unsigned long)db_meta_sum("schema", schema));
    str_addf(sql, "PRAGMA application_id = %d; PRAGMA user_version = %d;\nCOMMIT;\n",
             DB_APPLICATION_ID, DB_SCHEMA);
}

static void remove_leftovers(const char *path)
{
    static const char *const suffix[] = {"", "-journal", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof suffix / sizeof *suffix; i++) {
        char *p CLEANUP_FREE = xasprintf("%s%s", path, suffix[i]);
        unlink(p);
    }
}

int db_create(const char *path, struct err *err)
{
    char *unborn CLEANUP_FREE = xasprintf("%s.new", path);
    struct str sql CLEANUP_STR = {0};
    struct store s = {.path = unborn};
    remove_leftovers(unborn);
    schema_sql(&sql);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int rc = sqlite3_open_v2(unborn, &s.db, flags, NULL) == SQLITE_OK ? 0 : db_fail(&s, err);
    if (rc == 0)
        rc = db_exec(&s, sql.p, err);
    sqlite3_close(s.db);
    if (rc == 0 && rename(unborn, path) < 0)
        rc = err_is_full(errno) ? err_full(err, path) : err_errno(err, errno, "%s", path);
    if (rc < 0)
        remove_leftovers(unborn);
    return rc;
}

static uint32_t big_endian(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool has_wal(const char *path)
{
    struct stat st;
    char *wal CLEANUP_FREE = xasprintf("%s-wal", path);
    return stat(wal, &st) == 0 && st.st_size > 0;
}

/* Offsets are of the SQLite file format, section 1.3. */
static int check_bytes(const char *path, const unsigned char *h, uint32_t *schema, struct err *err)
{
    if (memcmp(h, "SQLite format 3", 16) != 0)
        return err_input(err, "%s: not a run database", path);
    if (big_endian(h + 68) != DB_APPLICATION_ID)
        return err_input(err, "%s: an SQLite database, but not one of hrm's runs", path);
    *schema = big_endian(h + 60);
    if (*schema < DB_SCHEMA_OLDEST || *schema > DB_SCHEMA)
        return err_input(err,
                         "%s: written by %s hrm (schema %u, this one reads %d); read it with that "
                         "one, or move its directory away to start anew",
                         path, *schema < DB_SCHEMA ? "an older" : "a newer", *schema, DB_SCHEMA);
    return 0;
}

static long long whole_bytes(const unsigned char *h)
{
    long long page = h[16] << 8 | h[17];
    return (page == 1 ? 65536 : page) * (long long)big_endian(h + 28);
}

static int cut_off(const char *path, long long size, long long whole, struct err *err)
{
    return err_input(err, "%s: the run database is cut off: %lld of %lld bytes", path, size, whole);
}

int db_check_bytes(const char *path, const unsigned char h[DB_HEADER], long long size,
                   uint32_t *schema, struct err *err)
{
    int rc = check_bytes(path, h, schema, err);
    return rc == 0 && size < whole_bytes(h) ? cut_off(path, size, whole_bytes(h), err) : rc;
}

int db_check_header(const char *path, uint32_t *schema, struct err *err)
{
    unsigned char h[DB_HEADER];
    struct stat st;
    int fd CLEANUP_FD = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 1 : err_input(err, "%s: %s", path, strerror(errno));
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return err_input(err, "%s: not a file", path);
    if (read(fd, h, sizeof h) != sizeof h)
        return err_input(err, "%s: not a run database", path);
    int rc = check_bytes(path, h, schema, err);
    if (rc == 0 && st.st_size < whole_bytes(h) &&
        !has_wal(path)) /* an interrupted checkpoint is repaired from the log */
        rc = cut_off(path, st.st_size, whole_bytes(h), err);
    return rc;
}

void db_select(const struct store_fields *fields, const char *more, const char *from,
               const char *tail, struct str *sql)
{
    str_add(sql, "SELECT ");
    columns(fields, 0, "", sql);
    str_addf(sql, "%s FROM %s %s", more, from, tail);
}

static void insert(const struct store_fields *fields, const char *lead, const char *lead_values,
                   struct str *sql)
{
    bool replaces = fields == &store_call_fields || fields == &store_label_fields;
    str_addf(sql, "%s INTO %s(%s, ", replaces ? "REPLACE" : "INSERT", fields->table, lead);
    columns(fields, 0, "", sql);
    str_addf(sql, ") VALUES(%s", lead_values);
    for (size_t i = 0; i < fields->n; i++) {
        bool role = fields == &store_share_fields && i == 0; /* a name here, a number there */
        str_addf(sql, role ? ", (SELECT id FROM roles WHERE name = ?%zu)" : ", ?%zu", i + 2);
    }
    str_add(sql, ")");
}

#define COUNT_OF(table) "(SELECT count(*) FROM " table " WHERE episode = ?1)"
#define NEXT_SEQ "(SELECT coalesce(max(seq), 0) + 1 FROM calls WHERE episode = ?1)"

static void statement_sql(enum db_stmt which, struct str *sql)
{
    static const char *const fixed[N_DB_STMTS] = {
        [DB_BEGIN] = "BEGIN IMMEDIATE",
        [DB_COMMIT] = "COMMIT",
        [DB_META_SET] = "REPLACE INTO meta VALUES(?1, ?2, ?3)",
        [DB_META_GET] = "SELECT value FROM meta WHERE key = ?1",
        [DB_ARM_ADD] = "INSERT OR IGNORE INTO arms(name) VALUES(?1)",
        [DB_TASK_ADD] = "INSERT OR IGNORE INTO tasks(name) VALUES(?1)",
        [DB_ROLE_ADD] = "INSERT OR IGNORE INTO roles(name) VALUES(?1)",
        [DB_EPISODE_ADD] = "INSERT INTO episodes(task, arm, sample) VALUES("
                           "(SELECT id FROM tasks WHERE name = ?1), "
                           "(SELECT id FROM arms WHERE name = ?2), ?3)",
        [DB_EPISODE_FIND] = "SELECT id, status, passed FROM episodes WHERE "
                            "task = (SELECT id FROM tasks WHERE name = ?1) AND "
                            "arm = (SELECT id FROM arms WHERE name = ?2) AND sample = ?3",
        [DB_EPISODE_REOPEN] = "UPDATE episodes SET status = 0, error = NULL, label = '', "
                              "flags = '', inapplicable = '' WHERE id = ?1 AND "
                              "(status <> 0 OR error IS NOT NULL OR label <> '' OR "
                              "flags <> '' OR inapplicable <> '')",
        [DB_EPISODE_TAG] = "UPDATE episodes SET label = ?2, flags = ?3, inapplicable = ?4 "
                           "WHERE id = ?1",
        [DB_EVENTS_DROP] = "DELETE FROM events WHERE episode = ?1",
        [DB_SHARES_DROP] = "DELETE FROM shares WHERE episode = ?1",
        [DB_MOMENTS_DROP] = "DELETE FROM moments WHERE episode = ?1",
        [DB_TOOLS_DROP] = "DELETE FROM tool_runs WHERE episode = ?1",
        [DB_SUM_DROP] = "DELETE FROM sums WHERE episode = ?1",
        [DB_LABEL_DROP] = "DELETE FROM labels WHERE episode = ?1 AND annotator = ?2",
        [DB_CALLS_SHELVE] = "UPDATE calls SET seq = 0 WHERE episode = ?1",
        [DB_CALLS_DROP] = "DELETE FROM calls WHERE episode = ?1 AND seq = 0",
        [DB_CALL_TOUCH] = "UPDATE calls SET seq = " NEXT_SEQ
                          " WHERE episode = ?1 AND role = ?2 AND \"index\" = ?3 AND seq = 0",
    };
    if (fixed[which])
        str_add(sql, fixed[which]);
    else if (which == DB_CALL_FIND)
        db_select(&store_call_fields, "", "calls",
                  "WHERE episode = ?1 AND role = ?2 AND \"index\" = ?3 AND request_hash = ?4", sql);
    else if (which == DB_CALL_PUT)
        insert(&store_call_fields, "episode, seq", "?1, " NEXT_SEQ, sql);
    else if (which == DB_FAILURE_PUT)
        insert(&store_failure_fields, "episode", "?1", sql);
    else if (which == DB_TOOL_FIND)
        db_select(&store_tool_fields, "", "tool_runs",
                  "WHERE episode = ?1 AND \"index\" = ?2 AND kind = ?3 AND program_hash = ?4", sql);
    else if (which == DB_TOOL_PUT)
        insert(&store_tool_fields, "episode", "?1", sql);
    else if (which == DB_EVENT_PUT)
        insert(&store_event_fields, "episode", "?1", sql);
    else if (which == DB_SHARE_PUT)
        insert(&store_share_fields, "episode, seq", "?1, " COUNT_OF("shares"), sql);
    else if (which == DB_MOMENT_PUT)
        insert(&store_moment_fields, "episode, seq", "?1, " COUNT_OF("moments"), sql);
    else if (which == DB_LABEL_PUT)
        insert(&store_label_fields, "episode", "?1", sql);
    else { /* DB_EPISODE_FINISH: ?1 = id, fields from ?2; the key is not touched */
        str_add(sql, "UPDATE episodes SET ");
        for (size_t i = EPISODE_KEY; i < store_episode_fields.n; i++)
            str_addf(sql, "%s\"%s\" = ?%zu", i > EPISODE_KEY ? ", " : "",
                     store_episode_fields.field[i].name, i + 2);
        str_add(sql, " WHERE id = ?1");
    }
}

int db_prepare_all(struct store *s, struct err *err)
{
    struct str sql CLEANUP_STR = {0};
    for (int i = 0; i < N_DB_STMTS; i++) {
        str_clear(&sql);
        statement_sql((enum db_stmt)i, &sql);
        int rc = db_prepare(s, sql.p, &s->stmt[i], err);
        if (rc < 0)
            return rc;
    }
    return 0;
}
