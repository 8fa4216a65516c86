/* Records of older schemas. Schema 4 kept what roles spent and the moments as text in the row of an
 * episode; they are tables now. Schema 5 had no checksums: they are made of what is there.
 *
 * A record is brought up to date where it lies, in one transaction, under the lock of whoever plays
 * the run. A reader that cannot have that (read-only media, a run that an older hrm is playing)
 * reads a copy in memory that is brought up to date. */
#include "base/mem.h"
#include "store/db.h"

/* Shares: {"coder":{"calls":2,...},...}. Moments: "TOKENS:CALLS:TOOL_RUNS:SECONDS:PASSED;...", read
 * as an array of arrays. */
static const char copy_sql[] =
    "CREATE TEMP VIEW old_roles AS SELECT e.id AS episode, j.id AS seq, j.key AS role, j.value AS "
    "v\n"
    "  FROM episodes e, json_each(iif(json_valid(e.roles), e.roles, '{}')) j;\n"
    "INSERT OR IGNORE INTO roles(name) SELECT role FROM old_roles ORDER BY episode, seq;\n"
    "INSERT INTO shares SELECT episode, seq, r.id, coalesce(v ->> 'calls', 0),\n"
    "  coalesce(v ->> 'tool_runs', 0), coalesce(v ->> 'prompt_tokens', 0),\n"
    "  coalesce(v ->> 'generated_tokens', 0), coalesce(v ->> 'model_seconds', 0.0),\n"
    "  coalesce(v ->> 'tool_seconds', 0.0) FROM old_roles o JOIN roles r ON r.name = o.role;\n"
    "INSERT INTO moments SELECT e.id, j.key, j.value ->> 0, j.value ->> 1, j.value ->> 2,\n"
    "  j.value ->> 3, j.value ->> 4 FROM episodes e, json_each('[[' ||\n"
    "  replace(replace(e.curve, ';', '],['), ':', ',') || ']]') j WHERE e.curve <> '';\n"
    "DROP VIEW temp.old_roles;\n"
    "DROP VIEW results;\n"
    "ALTER TABLE episodes DROP COLUMN roles;\n"
    "ALTER TABLE episodes DROP COLUMN curve;\n";

static int bring_up_to_date(struct store *s, int schema, struct err *err)
{
    struct str sql CLEANUP_STR = {0};
    if (schema < 5) {
        db_parts_sql(&sql);
        str_add(&sql, copy_sql);
        db_views_sql(&sql);
    }
    db_sums_sql(&sql);
    str_add(&sql, "ALTER TABLE meta ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;\n");
    str_addf(&sql, "UPDATE meta SET value = '%d' WHERE key = 'schema'; PRAGMA user_version = %d;\n",
             DB_SCHEMA, DB_SCHEMA);
    int rc = db_exec(s, sql.p, err);
    return rc < 0 ? rc : db_sums_fill(s, err);
}

/* *schema: as the connection sees it, which may be newer than the file's header says. */
static int read_schema(struct store *s, int *schema, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = db_prepare(s, "PRAGMA user_version", &stmt, err);
    if (rc == 0 && sqlite3_step(stmt) != SQLITE_ROW)
        rc = db_fail(s, err);
    if (rc == 0)
        *schema = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    return rc;
}

static int migrate(struct store *s, struct err *err)
{
    int schema, rc = db_exec(s, "BEGIN IMMEDIATE", err);
    if (rc < 0)
        return rc;
    rc = read_schema(s, &schema, err);
    if (rc == 0 && schema < DB_SCHEMA)
        rc = bring_up_to_date(s, schema, err);
    if (rc == 0)
        rc = db_exec(s, "COMMIT", err);
    db_exec(s, rc < 0 ? "ROLLBACK" : "PRAGMA wal_checkpoint(TRUNCATE)",
            NULL); /* so the header says it */
    return rc;
}

int db_copy_to_memory(struct store *s, sqlite3 *from, struct err *err)
{
    sqlite3 *copy = NULL;
    sqlite3_backup *backup = NULL;
    if (sqlite3_open(":memory:", &copy) == SQLITE_OK)
        backup = sqlite3_backup_init(copy, "main", from, "main");
    int step = backup ? sqlite3_backup_step(backup, -1) : SQLITE_NOMEM;
    sqlite3_backup_finish(backup);
    s->db = copy;
    return step == SQLITE_DONE ? 0 : db_fail(s, err);
}

static int copy_to_memory(struct store *s, struct err *err)
{
    sqlite3 *file = s->db;
    int rc = db_copy_to_memory(s, file, err);
    sqlite3_close(file);
    return rc;
}

int db_migrate(struct store *s, struct err *err)
{
    int lock = -1, schema = 0, rc;
    sqlite3_busy_timeout(s->db, 10000);
    rc = read_schema(s, &schema, err);
    if (rc < 0 || schema == DB_SCHEMA)
        return rc;
    if (s->writing || s->capsule) /* which has the lock; which is in memory */
        return migrate(s, err);
    if (!sqlite3_db_readonly(s->db, "main") && db_lock_take(s->path, &lock, NULL) == 0)
        rc = migrate(s, err);
    else if (s->annotating)
        rc =
            err_input(err, "%s: an older hrm plays this run; try again when it has ended", s->path);
    else if ((rc = copy_to_memory(s, err)) == 0)
        rc = migrate(s, err);
    if (lock >= 0)
        db_lock_drop(s->path, lock);
    return rc;
}
