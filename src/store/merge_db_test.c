/* Merged records: everything is copied, in the experiment's order; no episode twice; unfinished
 * ones can be continued. */
#include "fixtures/record.h"

#include <pthread.h>

#include "store/db.h"
#include "store/export.h"

static const char *const arms[] = {"hrm", "flat"}, *const tasks[] = {"t0", "t1", "t2"};

struct parts {
    struct fixture *f;
    struct store *whole, *part[2];
    char *path[2];
};

static struct parts open_parts(struct fixture *f)
{
    struct parts p = {.f = f, .whole = open_or_fail(f, STORE_WRITE)};
    for (int i = 0; i < 2; i++) {
        p.path[i] = file_join(f->dir, i ? "b.db" : "a.db");
        assert_int_equal(store_open(p.path[i], STORE_WRITE, &p.part[i], &f->err), 0);
    }
    return p;
}

static void close_parts(struct parts *p)
{
    store_close(p->whole);
    for (int i = 0; i < 2; i++) {
        store_close(p->part[i]);
        unlink(p->path[i]);
        free(p->path[i]);
    }
}

static long long plan(struct store *s, const char *arm, const char *task, int sample)
{
    struct store_plan_item item = {.arm = arm, .task = task, .sample = sample};
    struct err err = {0};
    assert_int_equal(store_plan(s, arms, 2, tasks, 3, &item, 1, &err), 0);
    return item.id;
}

/* An episode with all that one can have. */
static void play(struct store *s, const char *arm, const char *task, int sample,
                 enum store_status status)
{
    long long id = plan(s, arm, task, sample);
    struct store_call c0 = a_call("planner", 0, task), c1 = a_call("coder", 0, arm);
    struct store_tool_run tool = {.role = "coder", .kind = "run", .verdict = "pass"};
    struct store_event event = {.kind = "plan", .role = "planner", .seconds = .5};
    struct store_failure failure = {.role = "coder", .at = "2026-01-01", .error = "reset"};
    struct store_label label = {"me", "S3", "why", "2026-01-02"};
    struct store_episode row = a_row(status);
    struct err err = {0};
    store_call_put(s, id, &c0, &err);
    store_call_put(s, id, &c1, &err);
    store_tool_put(s, id, &tool, &err);
    store_event_put(s, id, &event, &err);
    store_failure_put(s, id, &failure, &err);
    if (status != STORE_PENDING) {
        assert_int_equal(store_episode_finish(s, id, &row, &err), 0);
        assert_int_equal(store_label_put(s, id, &label, &err), 0);
    }
    assert_int_equal(err.code, 0);
}

struct told {
    struct store *s;
    struct str text;
};

static int tell(void *ctx, long long id, const struct store_episode *row)
{
    struct told *t = ctx;
    struct err err = {0};
    json_t *o CLEANUP_JSON = store_episode_json(t->s, id, row, &err);
    assert_non_null(o);
    char *text CLEANUP_FREE = json_text(o);
    str_addf(&t->text, "%s\n", text);
    return 0;
}

static char *all_of(struct store *s)
{
    struct told t = {.s = s};
    struct err err = {0};
    assert_int_equal(store_episodes(s, tell, &t, &err), 0);
    return str_take(&t.text);
}

static void what_the_parts_hold_arrives_in_the_order_of_the_whole(void **state)
{
    struct parts p = open_parts(*state);
    struct store *one = NULL;
    char *path CLEANUP_FREE = file_join(p.f->dir, "one.db");
    assert_int_equal(store_open(path, STORE_WRITE, &one, &p.f->err), 0);
    for (int t = 0; t < 3; t++)
        for (int a = 0; a < 2; a++)
            for (int k = 0; k < 2; k++) {
                enum store_status status = t == 1 && a ? STORE_ERROR : STORE_DONE;
                play(one, arms[a], tasks[t], k, status);
                play(p.part[t % 2], arms[a], tasks[t], k, status);
            }
    assert_int_equal(store_merge(p.whole, p.part[1], &p.f->err), 0);
    assert_int_equal(store_merge(p.whole, p.part[0], &p.f->err), 0);
    char *expected CLEANUP_FREE = all_of(one), *got CLEANUP_FREE = all_of(p.whole);
    assert_string_equal(got, expected);
    store_close(one);
    unlink(path);
    close_parts(&p);
}

static void an_episode_played_twice_is_refused(void **state)
{
    struct parts p = open_parts(*state);
    play(p.part[0], "hrm", "t0", 0, STORE_DONE);
    play(p.part[1], "hrm", "t2", 0, STORE_DONE);
    play(p.part[1], "hrm", "t0", 0, STORE_ERROR);
    assert_int_equal(store_merge(p.whole, p.part[0], &p.f->err), 0);
    char *before CLEANUP_FREE = all_of(p.whole);
    assert_true(store_merge(p.whole, p.part[1], &p.f->err) < 0);
    assert_int_equal(p.f->err.kind, ERR_INPUT);
    assert_non_null(strstr(p.f->err.msg, "b.db: hrm/t0/0 was played in another of the runs"));
    char *after CLEANUP_FREE = all_of(p.whole);
    assert_string_equal(after, before);
    close_parts(&p);
}

/* Planned in both, begun in one or in none, played in one: each way round. */
static void what_is_only_planned_gives_way(void **state)
{
    struct parts p = open_parts(*state);
    plan(p.part[0], "hrm", "t0", 0);
    play(p.part[1], "hrm", "t0", 0, STORE_DONE);
    play(p.part[0], "flat", "t0", 0, STORE_DONE);
    play(p.part[1], "flat", "t0", 0, STORE_PENDING);
    play(p.part[0], "hrm", "t1", 0, STORE_PENDING);  /* interrupted */
    play(p.part[0], "flat", "t1", 0, STORE_PENDING); /* and finished elsewhere */
    play(p.part[1], "flat", "t1", 0, STORE_DONE);
    assert_int_equal(store_merge(p.whole, p.part[0], &p.f->err), 0);
    assert_int_equal(store_merge(p.whole, p.part[1], &p.f->err), 0);
    struct store_plan_item item[] = {{.arm = "hrm", .task = "t0"},
                                     {.arm = "flat", .task = "t0"},
                                     {.arm = "hrm", .task = "t1"},
                                     {.arm = "flat", .task = "t1"},
                                     {.arm = "flat", .task = "t2"}};
    for (int i = 0; i < 5; i++)
        assert_int_equal(store_plan_find(p.whole, &item[i], &p.f->err), i < 4);
    assert_int_equal(item[0].status, STORE_DONE);
    assert_int_equal(item[1].status, STORE_DONE);
    assert_int_equal(item[2].status, STORE_PENDING);
    assert_int_equal(item[3].status, STORE_DONE);
    struct collected calls = {0};
    assert_int_equal(each_call(p.whole, item[1].id, collect_call, &calls, &p.f->err), 0);
    assert_int_equal(each_call(p.whole, item[3].id, collect_call, &calls, &p.f->err), 0);
    assert_string_equal(str_text(&calls.text), "planner0:t0 coder0:flat planner0:t1 coder0:flat ");
    str_free(&calls.text);
    struct store_call got; /* and the interrupted one can be continued */
    assert_int_equal(store_episode_restart(p.whole, item[2].id, &p.f->err), 0);
    assert_int_equal(
        store_call_find(p.whole, item[2].id, "planner", 0, "t1", &got, p.f->arena, &p.f->err), 1);
    close_parts(&p);
}

static void other_arms_or_tasks_are_refused(void **state)
{
    struct parts p = open_parts(*state);
    long long id;
    play(p.part[0], "hrm", "t0", 0, STORE_DONE);
    assert_int_equal(store_episode_add(p.part[1], "hrm", "t1", 0, &id, &p.f->err), 0);
    assert_int_equal(store_merge(p.whole, p.part[0], &p.f->err), 0);
    assert_true(store_merge(p.whole, p.part[1], &p.f->err) < 0);
    assert_int_equal(p.f->err.kind, ERR_INPUT);
    assert_non_null(strstr(p.f->err.msg, "b.db: has other arms"));
    close_parts(&p);
}

static int interrupt(unsigned what, void *sql, void *stmt, void *text)
{
    (void)what;
    if (strstr(text, sql))
        sqlite3_interrupt(sqlite3_db_handle(stmt));
    return 0;
}

/* A list of columns that a fault cuts short must not pass for the whole list: the rest would be
 * lost without a word. */
static void a_fault_amid_the_columns_is_no_end(void **state)
{
    struct parts p = open_parts(*state);
    play(p.part[0], "hrm", "t0", 0, STORE_DONE);
    sqlite3_trace_v2(p.whole->db, SQLITE_TRACE_STMT, interrupt, (void *)"pragma_table_info");
    assert_true(store_merge(p.whole, p.part[0], &p.f->err) < 0);
    assert_non_null(strstr(p.f->err.msg, "interrupted"));
    sqlite3_trace_v2(p.whole->db, 0, NULL, NULL);
    assert_int_equal(store_merge(p.whole, p.part[0], &p.f->err), 0);
    close_parts(&p);
}

static void *play_many(void *part)
{
    for (int k = 0; k < 150; k++)
        play(part, "hrm", "t1", k, STORE_DONE);
    return NULL;
}

static int is_whole(void *ctx, long long id, const struct store_episode *row)
{
    struct collected calls = {0};
    struct err err = {0};
    int events = 0;
    if (row->status != STORE_DONE)
        return 0;
    assert_int_equal(each_call(ctx, id, collect_call, &calls, &err), 0);
    assert_int_equal(each_event(ctx, id, count_event, &events, &err), 0);
    assert_int_equal(calls.n, 2);
    assert_int_equal(events, 1);
    str_free(&calls.text);
    return 0;
}

/* What is there of it at one moment: finished episodes are whole. */
static void a_part_may_be_played_meanwhile(void **state)
{
    struct parts p = open_parts(*state);
    pthread_t player;
    int rc = 0, merges = 0;
    play(p.part[0], "flat", "t0", 0, STORE_DONE);
    pthread_create(&player, NULL, play_many, p.part[0]);
    for (; rc == 0 && merges < 12; merges++) {
        char *path CLEANUP_FREE = file_join(p.f->dir, "merged.db");
        struct store *whole = NULL, *part = NULL;
        rc = store_open(path, STORE_WRITE, &whole, &p.f->err);
        if (rc == 0)
            rc = store_open(p.path[0], STORE_READ, &part, &p.f->err);
        if (rc == 0)
            rc = store_merge(whole, part, &p.f->err);
        if (rc == 0)
            rc = store_episodes(whole, is_whole, whole, &p.f->err);
        store_close(whole);
        store_close(part);
        unlink(path);
    }
    pthread_join(player, NULL);
    assert_string_equal(p.f->err.msg, "");
    assert_int_equal(rc, 0);
    close_parts(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        T(what_the_parts_hold_arrives_in_the_order_of_the_whole),
        T(an_episode_played_twice_is_refused),
        T(what_is_only_planned_gives_way),
        T(other_arms_or_tasks_are_refused),
        T(a_fault_amid_the_columns_is_no_end),
        T(a_part_may_be_played_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
