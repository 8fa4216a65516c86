/* Records of schema 4 (tests/records/schema4.sql) are read as if they were of this one. */
#include <sqlite3.h>
#include <sys/wait.h>
#include "store/db.h"
#include "fixtures/record.h"

static void make_old(struct fixture *f)
{
    char *sql CLEANUP_FREE = NULL, *said = NULL;
    size_t n;
    sqlite3 *db = NULL;
    assert_int_equal(file_read("tests/records/schema4.sql", 0, &sql, &n, &f->err), 0);
    assert_int_equal(sqlite3_open(f->db, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &said) != SQLITE_OK)
        fail_msg("%s", said);
    sqlite3_close(db);
}

static int schema_of(struct fixture *f)
{
    char *file CLEANUP_FREE = NULL;
    size_t n;
    assert_int_equal(file_read(f->db, 0, &file, &n, &f->err), 0);
    return file[63]; /* the last byte of user_version */
}

struct seen {
    struct store *s;
    struct arena *arena;
    struct str text;
};

static int keep_spent(void *ctx, long long id, const struct store_episode *row)
{
    struct seen *seen = ctx;
    struct store_episode whole = *row;
    assert_int_equal(store_read_spent(seen->s, id, &whole, seen->arena, NULL), 0);
    str_addf(&seen->text, "%s/%s ", row->arm, row->task);
    store_add_roles(&whole, &seen->text);
    str_addc(&seen->text, ' ');
    store_add_curve(&whole, &seen->text);
    str_addc(&seen->text, '\n');
    return 0;
}

static void assert_spent(struct fixture *f, struct store *s)
{
    struct seen seen = {.s = s, .arena = f->arena};
    assert_int_equal(store_episodes(s, keep_spent, &seen, &f->err), 0);
    assert_string_equal(
        str_text(&seen.text),
        "hrm/seen_pairs/k1/58526f74a4 {\"planner\":{\"calls\":1,\"tool_runs\":0,\"prompt_tokens\":"
        "31,\"generated_tokens\":9,\"model_seconds\":0.0346791020001547,\"tool_seconds\":0.0},"
        "\"coder\":{\"calls\":1,\"tool_runs\":1,\"prompt_tokens\":16,\"generated_tokens\":19,"
        "\"model_seconds\":0.124064215000089,\"tool_seconds\":0.482508378999682}} "
        "28:2:1:0.641252:1\n"
        "flat/seen_pairs/k1/58526f74a4 {\"flat\":{\"calls\":1,\"tool_runs\":1,\"prompt_tokens\":31,"
        "\"generated_tokens\":19,\"model_seconds\":0.00202869699978692,\"tool_seconds\":"
        "0.450204808999842}} 19:1:1:0.452234:1\n"
        "hrm/seen_pairs/k4/df38adaef1 {\"planner\":{\"calls\":1,\"tool_runs\":0,\"prompt_tokens\":"
        "67,\"generated_tokens\":47,\"model_seconds\":0.250243105000209,\"tool_seconds\":0.0},"
        "\"coder\":{\"calls\":1,\"tool_runs\":1,\"prompt_tokens\":54,\"generated_tokens\":61,"
        "\"model_seconds\":0.0271426479998809,\"tool_seconds\":0.104862314999991}} "
        "108:2:1:0.382248:1\n"
        "flat/seen_pairs/k4/df38adaef1 {\"flat\":{\"calls\":1,\"tool_runs\":1,\"prompt_tokens\":67,"
        "\"generated_tokens\":61,\"model_seconds\":0.329073684999912,\"tool_seconds\":"
        "0.238890896000157}} 20:1:1:0.25:1;40:1:1:0.4:0;61:1:1:0.567965:1\n");
    str_free(&seen.text);
}

static void a_reader_brings_it_up_to_date(void **state)
{
    struct fixture *f = *state;
    make_old(f);
    assert_int_equal(schema_of(f), 4);
    for (int i = 0; i < 2; i++) { /* the second time there is nothing to do */
        struct store *s = open_or_fail(f, STORE_READ);
        assert_spent(f, s);
        assert_string_equal(fact(f, s, "schema"), "6");
        assert_int_equal(store_check(s, true, &f->err), 0);
        store_close(s);
        assert_int_equal(schema_of(f), DB_SCHEMA);
    }
}

static void a_writer_goes_on_with_it(void **state)
{
    struct fixture *f = *state;
    make_old(f);
    struct store *s = open_or_fail(f, STORE_WRITE), *reader;
    assert_spent(f, s);
    assert_int_equal(schema_of(f), DB_SCHEMA); /* not only in the log */
    reader = open_or_fail(f, STORE_READ);      /* beside it */
    assert_spent(f, reader);
    store_close(reader);
    struct store_plan_item item = {.arm = "hrm", .task = "seen_pairs/k1/58526f74a4", .sample = 0};
    assert_int_equal(store_plan_find(s, &item, &f->err), 1);
    assert_true(item.status == STORE_DONE && item.passed);
    assert_int_equal(store_episode_restart(s, item.id, &f->err), 0);
    struct store_episode row = a_row(STORE_DONE);
    assert_int_equal(store_episode_finish(s, item.id, &row, &f->err), 0);
    assert_int_equal(store_read_spent(s, item.id, &row, f->arena, &f->err), 0);
    assert_int_equal(row.n_shares, a_row(STORE_DONE).n_shares);
    store_close(s);
}

/* Another process, an older hrm, plays the run: its record stays as it is. */
static void while_it_is_played_a_reader_has_a_copy(void **state)
{
    struct fixture *f = *state;
    int said[2], told[2];
    make_old(f);
    assert_true(pipe(said) == 0 && pipe(told) == 0);
    pid_t other = fork();
    if (other == 0) {
        int lock, rc = db_lock_take(f->db, &lock, NULL);
        char c = rc == 0 ? '+' : '-';
        rc = write(said[1], &c, 1) == 1 && read(told[0], &c, 1) == 1;
        db_lock_drop(f->db, lock);
        _exit(!rc);
    }
    char c;
    int status;
    assert_true(read(said[0], &c, 1) == 1 && c == '+');
    struct store *s = open_or_fail(f, STORE_READ), *none = NULL;
    assert_spent(f, s);
    store_close(s);
    assert_int_equal(schema_of(f), 4);
    assert_true(store_open(f->db, STORE_ANNOTATE, &none, &f->err) < 0);
    assert_non_null(strstr(f->err.msg, "an older hrm"));
    assert_true(store_open(f->db, STORE_WRITE, &none, &f->err) < 0);
    assert_int_equal(schema_of(f), 4);
    assert_true(write(told[1], &c, 1) == 1);
    assert_true(waitpid(other, &status, 0) == other && status == 0);
    for (int i = 0; i < 2; i++) {
        close(said[i]);
        close(told[i]);
    }
    s = open_or_fail(f, STORE_ANNOTATE);
    assert_spent(f, s);
    store_close(s);
}

/* Text that is no JSON, as a record from elsewhere may hold, is no reason not to open it. */
static void what_cannot_be_read_is_left_out(void **state)
{
    struct fixture *f = *state;
    sqlite3 *db = NULL;
    make_old(f);
    assert_int_equal(sqlite3_open(f->db, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "UPDATE episodes SET roles = 'nonsense', curve = '' WHERE id = 1;"
                                  "UPDATE episodes SET roles = '{\"coder\":{}}' WHERE id = 2",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    struct store *s = open_or_fail(f, STORE_READ);
    struct store_episode row = {0};
    assert_int_equal(store_read_spent(s, 1, &row, f->arena, &f->err), 0);
    assert_int_equal(row.n_shares + row.n_moments, 0);
    assert_int_equal(store_read_spent(s, 2, &row, f->arena, &f->err), 0);
    assert_int_equal(row.n_shares, 1);
    assert_string_equal(row.shares[0].role, "coder");
    assert_int_equal(row.shares[0].calls, 0);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        T(a_reader_brings_it_up_to_date),
        T(a_writer_goes_on_with_it),
        T(while_it_is_played_a_reader_has_a_copy),
        T(what_cannot_be_read_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
