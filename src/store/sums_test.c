/* A changed cell is noticed wherever it stands, and nothing that hrm does to a record is taken for
 * damage. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "store/db.h"
#include "fixtures/record.h"

static long long an_ended_episode(struct fixture *f, struct store *s)
{
    long long id, other;
    struct store_call call = a_call("coder", 0, "h");
    struct store_failure failure = {.role = "coder",
                                    .index = 1,
                                    .at = "2026-12-01T00:00:00Z",
                                    .error = "reset",
                                    .partial_text = "de",
                                    .attempts = 3,
                                    .attempt_log = "[{}]"};
    struct store_tool_run tool = {.role = "coder",
                                  .kind = "hidden",
                                  .program_hash = "p",
                                  .program = "def f(): pass",
                                  .verdict = "pass",
                                  .detail = "{}",
                                  .seconds = 1,
                                  .cpu_seconds = .5};
    struct store_event event = {.kind = "candidate",
                                .role = "coder",
                                .generated_tokens = 3,
                                .seconds = 2,
                                .candidate_hash = "p",
                                .detail = "{}"};
    struct store_episode row = a_row(STORE_DONE);
    assert_int_equal(store_meta_set(s, "manifest", "{\"status\":\"complete\"}", &f->err), 0);
    assert_int_equal(store_episode_add(s, "hrm", "t", 0, &id, &f->err), 0);
    assert_int_equal(store_episode_add(s, "flat", "t", 0, &other, &f->err), 0); /* not ended */
    assert_int_equal(store_call_put(s, id, &call, &f->err), 0);
    assert_int_equal(store_failure_put(s, id, &failure, &f->err), 0);
    assert_int_equal(store_tool_put(s, id, &tool, &f->err), 0);
    assert_int_equal(store_event_put(s, id, &event, &f->err), 0);
    assert_int_equal(store_episode_finish(s, id, &row, &f->err), 0);
    return id;
}

static int collect(void *ctx, const char *what)
{
    str_addf(ctx, "%s;", what);
    return 0;
}

/* What is damaged, in the arena. */
static const char *damage(struct fixture *f, struct store *s, bool trails)
{
    struct str found CLEANUP_STR = {0};
    assert_int_equal(store_damage(s, trails, collect, &found, &f->err), 0);
    return arena_strdup(f->arena, str_text(&found));
}

static void change(struct fixture *f, struct store *s, const char *sql)
{
    if (db_exec(s, sql, &f->err) < 0)
        fail_msg("%s: %s", sql, f->err.msg);
}

/* Each cell of the first row, but for what says whose row it is: "x" behind text, 1 more of a
 * number. */
static void each_cell(struct fixture *f, struct store *s, const char *table, const char *key,
                      bool is_trail)
{
    sqlite3_stmt *columns = NULL;
    int n = 0;
    assert_int_equal(db_prepare(s,
                                "SELECT name FROM pragma_table_info(?1) WHERE name NOT IN "
                                "('id', 'episode', 'task', 'arm') AND NOT (pk AND name = 'seq')",
                                &columns, &f->err),
                     0);
    db_bind_text(columns, 1, table);
    while (sqlite3_step(columns) == SQLITE_ROW) {
        const char *c = (const char *)sqlite3_column_text(columns, 0);
        char *sql CLEANUP_FREE =
            xasprintf("SAVEPOINT cell; UPDATE %s SET \"%s\" = iif(typeof(\"%s\") = 'text', \"%s\" "
                      "|| 'x', coalesce(\"%s\", 0) + 1) WHERE %s = (SELECT min(%s) FROM %s)",
                      table, c, c, c, c, key, key, table);
        change(f, s, sql);
        const char *all = damage(f, s, true), *rows = damage(f, s, false);
        if (!strstr(all, "hrm/t/"))
            fail_msg("%s.%s was changed, found: '%s'", table, c, all);
        if ((*rows != '\0') == is_trail)
            fail_msg("%s.%s: in the rows alone was found: '%s'", table, c, rows);
        change(f, s, "ROLLBACK TO cell; RELEASE cell");
        n++;
    }
    sqlite3_finalize(columns);
    assert_true(n >= 5);
    assert_string_equal(damage(f, s, true), "");
}

static void every_changed_cell_is_found(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    an_ended_episode(f, s);
    db_writer_stop(s);
    assert_string_equal(damage(f, s, true), "");
    each_cell(f, s, "episodes", "id", false);
    each_cell(f, s, "shares", "seq", false);
    each_cell(f, s, "moments", "seq", false);
    each_cell(f, s, "calls", "rowid", true);
    each_cell(f, s, "failures", "id", true);
    each_cell(f, s, "tool_runs", "rowid", true);
    each_cell(f, s, "events", "rowid", true);
    store_close(s);
}

static void names_facts_and_whole_rows_too(void **state)
{
    static const struct {
        const char *sql, *found;
    } changes[] = {
        {"UPDATE tasks SET name = 'u'", "hrm/u/0;"},
        {"UPDATE arms SET name = 'hrn' WHERE name = 'hrm'", "hrn/t/0;"},
        {"UPDATE roles SET name = name || '!'", "hrm/t/0;"},
        {"UPDATE meta SET value = '{\"status\":\"complete,\"}' WHERE key = 'manifest'",
         "the fact 'manifest';"},
        {"UPDATE meta SET value = '7' WHERE key = 'schema'", "the fact 'schema';"},
        {"UPDATE meta SET sum = sum + 1 WHERE key = 'manifest'", "the fact 'manifest';"},
        {"UPDATE episodes SET status = 0 WHERE id = 1", "hrm/t/0;"},
        {"UPDATE episodes SET status = 1 WHERE id = 2", "flat/t/0;"},
        {"UPDATE sums SET \"row\" = 0", "hrm/t/0;"},
        {"DELETE FROM sums", "hrm/t/0;"},
        {"DELETE FROM episodes WHERE id = 1", "episode 1, which is gone;"},
        {"DELETE FROM shares", "hrm/t/0;"},
        {"DELETE FROM moments", "hrm/t/0;"},
        {"DELETE FROM events", "hrm/t/0;"},
    };
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    assert_int_equal(an_ended_episode(f, s), 1);
    db_writer_stop(s);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        change(f, s, "SAVEPOINT whole");
        change(f, s, changes[i].sql);
        assert_string_equal(damage(f, s, true), changes[i].found);
        assert_int_equal(store_check(s, true, &f->err), -EINVAL);
        assert_non_null(strstr(f->err.msg, "is damaged"));
        assert_int_equal(f->err.kind, ERR_INPUT);
        change(f, s, "ROLLBACK TO whole; RELEASE whole");
    }
    assert_int_equal(store_check(s, true, &f->err), 0);
    store_close(s);
}

static void what_hrm_does_is_no_damage(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    long long id = an_ended_episode(f, s);
    struct store_tag tag = {id, "R4", "B1 R4", "T1"};
    struct store_label label = {"me", "S3", "", "2026-12-01T00:00:00Z"};
    struct store_episode row = a_row(STORE_ERROR);
    assert_int_equal(store_tags_put(s, &tag, 1, &f->err), 0);
    assert_string_equal(damage(f, s, true), "");
    assert_int_equal(store_label_put(s, id, &label, &f->err), 0);
    assert_string_equal(damage(f, s, true), "");
    assert_int_equal(store_episode_restart(s, id, &f->err), 0);
    assert_string_equal(damage(f, s, true), "");
    assert_int_equal(store_episode_finish(s, id, &row, &f->err), 0);
    assert_string_equal(damage(f, s, true), "");
    db_writer_stop(s);
    change(f, s, "VACUUM");
    assert_string_equal(damage(f, s, true), "");
    store_close(s);
    s = open_or_fail(f, STORE_READ);
    assert_int_equal(store_check(s, true, &f->err), 0);
    store_close(s);
}

/* A new checksum would hide the damage. */
static void a_damaged_row_is_not_tagged(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    struct store_tag tag = {an_ended_episode(f, s), "R4", "B1 R4", "T1"};
    db_flush(s);
    change(f, s, "UPDATE episodes SET passed = 0 WHERE id = 1");
    assert_int_equal(store_tags_put(s, &tag, 1, &f->err), -EINVAL);
    assert_string_equal(damage(f, s, false), "hrm/t/0;");
    store_close(s);
}

/* Overwrites the first page of each table or index whose name begins so. */
static void damage_pages(struct fixture *f, struct store *s, const char *name)
{
    static const char garbage[4096] = {0x5a};
    sqlite3_stmt *roots = NULL;
    int fd = open(f->db, O_WRONLY), n = 0;
    assert_int_equal(db_prepare(s,
                                "SELECT rootpage FROM sqlite_schema WHERE tbl_name = ?1 AND "
                                "rootpage > 0",
                                &roots, &f->err),
                     0);
    db_bind_text(roots, 1, name);
    for (; sqlite3_step(roots) == SQLITE_ROW; n++)
        assert_int_equal(pwrite(fd, garbage, sizeof garbage,
                                (sqlite3_column_int64(roots, 0) - 1) * (off_t)sizeof garbage),
                         sizeof garbage);
    sqlite3_finalize(roots);
    close(fd);
    assert_true(n > 0);
    sqlite3_db_release_memory(s->db);
}

/* What cannot be read is not taken for what is not there. */
static void a_damaged_page_is_no_absence(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    const char *value = "untouched";
    long long id = an_ended_episode(f, s);
    store_close(s);
    s = open_or_fail(f, STORE_READ);
    assert_int_equal(db_sums_check_row(s, id, &f->err), 0);
    damage_pages(f, s, "sums");
    assert_int_equal(db_sums_check_row(s, id, &f->err), -EINVAL);
    assert_non_null(strstr(f->err.msg, "the run database is damaged"));
    damage_pages(f, s, "meta");
    f->err.msg[0] = '\0';
    assert_int_equal(store_meta_get(s, "manifest", &value, f->arena, &f->err), -EINVAL);
    assert_null(value);
    assert_non_null(strstr(f->err.msg, "the run database is damaged"));
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        T(every_changed_cell_is_found),  T(names_facts_and_whole_rows_too),
        T(what_hrm_does_is_no_damage),   T(a_damaged_row_is_not_tagged),
        T(a_damaged_page_is_no_absence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
