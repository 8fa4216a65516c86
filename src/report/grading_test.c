/* Tasks graded in one process and disputed episodes: from the record into the report. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "analysis/run.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "report/report.h"

struct fixture {
    char dir[64];
    struct store *store;
    struct analysis_run run;
    struct err err;
};

/* An episode: what was submitted, and the details of its gradings. */
struct graded {
    const char *arm, *task;
    bool passed;
    const char *submitted;     /* their detail; of program "s" */
    const char *not_submitted; /* of program "other"; NULL = there was none */
};

static const char manifest[] =
    "{\"status\":\"complete\",\"experiment\":{\"name\":\"x\",\"arms\":[{\"name\":\"a\"},"
    "{\"name\":\"b\"}]},\"model\":{\"backend\":\"ollama\",\"name\":\"m\"}%s}";

#define PASS "{\"tests\":[{\"verdict\":\"pass\",\"test\":\"assert f()\"}]}"
#define FAIL "{\"tests\":[{\"verdict\":\"fail\",\"test\":\"assert f()\"}]}"
#define DISPUTED "{\"tests\":[{\"verdict\":\"fail\",\"test\":\"assert f()\"}],\"disputed\":true}"
#define TOGETHER "{\"tests\":[{\"verdict\":\"pass\",\"test\":\"assert f()\"}],\"one_process\":true}"
#define SAYS_SO                                                                                    \
    "{\"tests\":[{\"verdict\":\"fail\",\"test\":\"assert f()\",\"message\":\"got "                 \
    "\\\"disputed\\\":true, \\\"one_process\\\":true\"}]}"

static void must(int rc, const struct err *err)
{
    if (rc < 0)
        fail_msg("%s", err->msg);
}

static void put_run(struct fixture *f, long long id, int index, const char *program,
                    const char *detail)
{
    struct store_tool_run run = {.index = index,
                                 .role = "grader",
                                 .kind = "hidden",
                                 .program_hash = program,
                                 .program = program,
                                 .verdict = "fail",
                                 .detail = detail};
    must(store_tool_put(f->store, id, &run, &f->err), &f->err);
}

static void put(struct fixture *f, const struct graded *g)
{
    long long id;
    must(store_episode_add(f->store, g->arm, g->task, 0, &id, &f->err), &f->err);
    if (g->not_submitted)
        put_run(f, id, 0, "other", g->not_submitted);
    put_run(f, id, 1, "s", g->submitted);
    struct store_episode e = {.arm = g->arm,
                              .task = g->task,
                              .group = "",
                              .status = STORE_DONE,
                              .error = "",
                              .passed = g->passed,
                              .verdict = g->passed ? "pass" : "fail",
                              .n_hidden = 1,
                              .n_hidden_passed = g->passed,
                              .stop = "public_pass",
                              .submission = "s",
                              .solve_seconds = g->passed ? 1 : -1,
                              .label = g->passed ? "" : "R1",
                              .flags = g->passed ? "" : "R1",
                              .inapplicable = ""};
    must(store_episode_finish(f->store, id, &e, &f->err), &f->err);
}

static void load(struct fixture *f, const struct graded *g, size_t n, const char *more)
{
    strcpy(f->dir, "/tmp/hrm-graded-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    char *db CLEANUP_FREE = file_join(f->dir, "run.db"),
             *facts CLEANUP_FREE = xasprintf(manifest, more);
    must(store_open(db, STORE_WRITE, &f->store, &f->err), &f->err);
    must(store_meta_set(f->store, "manifest", facts, &f->err), &f->err);
    for (size_t i = 0; i < n; i++)
        put(f, &g[i]);
    must(analysis_load(f->store, &f->run, &f->err), &f->err);
}

static void unload(struct fixture *f)
{
    analysis_run_free(&f->run);
    store_close(f->store);
    char *command CLEANUP_FREE = xasprintf("rm -r '%s'", f->dir);
    assert_int_equal(system(command), 0);
}

/* As a record of an older hrm has it. */
static void load_without_index(struct fixture *f)
{
    char *db CLEANUP_FREE = file_join(f->dir, "run.db");
    sqlite3 *raw;
    analysis_run_free(&f->run);
    store_close(f->store);
    assert_int_equal(sqlite3_open(db, &raw), SQLITE_OK);
    assert_int_equal(sqlite3_exec(raw, "DROP INDEX tool_runs_disputed", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(raw);
    must(store_open(db, STORE_READ, &f->store, &f->err), &f->err);
    must(analysis_load(f->store, &f->run, &f->err), &f->err);
}

static bool says(const struct fixture *f, const char *format, const char *what)
{
    struct str text CLEANUP_STR = {0};
    struct err err = {0};
    must(report_render(&f->run, format, &text, &err), &err);
    return strstr(str_text(&text), what) != NULL;
}

static void test_disputed(void **state)
{
    (void)state;
    static const struct graded rows[] = {
        {"a", "t1", false, DISPUTED, NULL}, {"b", "t1", true, PASS, NULL},
        {"a", "t2", false, FAIL, DISPUTED}, /* what was disputed was not submitted */
        {"b", "t2", false, SAYS_SO, NULL},  /* what a program prints is no fact */
        {"a", "t3", true, TOGETHER, NULL},  {"b", "t3", true, TOGETHER, NULL},
        {"a", "t4", false, DISPUTED, FAIL}, {"b", "t4", false, DISPUTED, NULL},
    };
    struct fixture f = {0};
    load(&f, rows, sizeof rows / sizeof *rows, "");
    assert_int_equal(f.run.disputed, 3);
    load_without_index(&f);
    assert_int_equal(f.run.disputed, 3);
    assert_int_equal(f.run.tasks_graded, 4);
    assert_int_equal(f.run.tasks_one_process, 1);
    assert_true(f.run.tasks[2].one_process);
    json_t *summary CLEANUP_JSON = report_summary_json(&f.run);
    json_t *want CLEANUP_JSON = json_pack("{s:i, s:[s], s:{s:i, s:i}}", "tasks", 4, "one_process",
                                          "t3", "disputed", "a", 2, "b", 1);
    assert_true(json_equal(json_object_get(summary, "grading"), want));
    assert_true(says(&f, "text", "1 of 4 tasks were graded in one process (isolated: no)"));
    assert_true(says(&f, "text", "Disputed episodes by arm"));
    assert_true(says(&f, "html", "Disputed episodes</h2>"));
    /* t1 is among the tasks on which the arms differ, too: one transcript; t4 only here */
    for (int id = 1; id <= 8; id++) {
        char *link CLEANUP_FREE = xasprintf("href=\"#episode-%d\"", id);
        char *place CLEANUP_FREE = xasprintf("id=\"episode-%d\"", id);
        bool shown = id == 1 || id == 2 || id >= 7;
        assert_int_equal(says(&f, "html", link), shown);
        assert_int_equal(says(&f, "html", place), shown);
    }
    assert_true(says(&f, "html", "disputed: the program passes them in one process"));
    unload(&f);
}

static void test_nothing_to_say(void **state)
{
    (void)state;
    static const struct graded rows[] = {{"a", "t1", false, SAYS_SO, DISPUTED},
                                         {"b", "t1", true, PASS, NULL}};
    struct fixture f = {0};
    load(&f, rows, 2, "");
    assert_int_equal(f.run.disputed + f.run.tasks_one_process, 0);
    assert_false(says(&f, "html", "How programs were graded"));
    assert_false(says(&f, "html", "Disputed"));
    json_t *summary CLEANUP_JSON = report_summary_json(&f.run);
    assert_null(json_object_get(summary, "grading"));
    unload(&f);
    load(&f, rows, 2, ",\"grading\":{\"tasks\":3,\"no_reference\":2}");
    assert_true(says(&f, "text", "2 of 3 tasks have no reference"));
    unload(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_disputed),
        cmocka_unit_test(test_nothing_to_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
