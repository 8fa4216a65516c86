/* Self-written tests against the truth, samples that never differ, and what is said of the embedded
 * model's numbers: from the record into the report, the counts by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "analysis/samples.h"
#include "analysis/tester.h"
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

/* A candidate: how many of its self-written tests it passes (total 0: there are none), and the
 * hidden verdict. */
struct tried {
    const char *hash;
    int self_passed, self_total;
    const char *hidden;
};

struct episode {
    const char *arm, *task;
    int sample;
    const char *reply;
    bool passed;
    struct tried tried[3];
    const char *reference; /* detail of the self-written tests' run on it; NULL = none */
};

static void must(int rc, const struct err *err)
{
    if (rc < 0)
        fail_msg("%s", err->msg);
}

static void put_run(struct fixture *f, long long id, int index, const char *kind,
                    const struct tried *t, const char *detail)
{
    struct store_tool_run run = {.index = index,
                                 .role = "grader",
                                 .kind = kind,
                                 .program_hash = t->hash,
                                 .program = "x",
                                 .verdict = t->hidden,
                                 .detail = detail};
    must(store_tool_put(f->store, id, &run, &f->err), &f->err);
}

static void put(struct fixture *f, const struct episode *e)
{
    long long id;
    int runs = 0;
    must(store_episode_add(f->store, e->arm, e->task, e->sample, &id, &f->err), &f->err);
    struct store_call call = {.role = "coder",
                              .request_hash = "",
                              .request = "{}",
                              .reply_text = e->reply,
                              .reasoning = "",
                              .finish = "stop",
                              .attempts = 1,
                              .attempt_log = "",
                              .label = ""};
    must(store_call_put(f->store, id, &call, &f->err), &f->err);
    for (int i = 0; i < 3 && e->tried[i].hash; i++) {
        const struct tried *t = &e->tried[i];
        struct store_event v = {.index = i,
                                .kind = "candidate",
                                .role = "hrm",
                                .candidate_hash = t->hash,
                                .self_passed = t->self_passed,
                                .self_total = t->self_total,
                                .detail = ""};
        must(store_event_put(f->store, id, &v, &f->err), &f->err);
        put_run(f, id, runs++, "hidden", t, "{\"tests\":[]}");
    }
    if (e->reference)
        put_run(f, id, runs, "self", &(struct tried){.hash = "r", .hidden = "pass"}, e->reference);
    struct store_episode row = {.arm = e->arm,
                                .task = e->task,
                                .sample = e->sample,
                                .group = "",
                                .status = STORE_DONE,
                                .error = "",
                                .passed = e->passed,
                                .verdict = e->passed ? "pass" : "fail",
                                .stop = "public_pass",
                                .submission = "x",
                                .calls = 1,
                                .generated_tokens = 7,
                                .solve_seconds = e->passed ? 1 : -1,
                                .label = e->passed ? "" : "R1",
                                .flags = e->passed ? "" : "R1",
                                .inapplicable = ""};
    must(store_episode_finish(f->store, id, &row, &f->err), &f->err);
}

static void load(struct fixture *f, const struct episode *e, size_t n, const char *backend)
{
    strcpy(f->dir, "/tmp/hrm-tester-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    char *db CLEANUP_FREE = file_join(f->dir, "run.db");
    char *facts CLEANUP_FREE =
        xasprintf("{\"status\":\"complete\",\"experiment\":{\"name\":\"x\",\"arms\":[{\"name\":"
                  "\"a\"},{\"name\":\"b\"}]},\"model\":%s}",
                  backend);
    must(store_open(db, STORE_WRITE, &f->store, &f->err), &f->err);
    must(store_meta_set(f->store, "manifest", facts, &f->err), &f->err);
    for (size_t i = 0; i < n; i++)
        put(f, &e[i]);
    must(analysis_load(f->store, &f->run, &f->err), &f->err);
}

static void unload(struct fixture *f)
{
    analysis_run_free(&f->run);
    store_close(f->store);
    char *command CLEANUP_FREE = xasprintf("rm -r '%s'", f->dir);
    assert_int_equal(system(command), 0);
}

static bool says(const struct fixture *f, const char *format, const char *what)
{
    struct str text CLEANUP_STR = {0};
    struct err err = {0};
    must(report_render(&f->run, format, &text, &err), &err);
    return strstr(str_text(&text), what) != NULL;
}

#define SERVER "{\"backend\":\"ollama\",\"name\":\"m\"}"
#define TWO_OF_THREE                                                                               \
    "{\"tests\":[{\"verdict\":\"pass\"},{\"verdict\":\"fail\"},{\"verdict\":\"pass\"}]}"

/* Accepted: p (right), q (wrong). Rejected: r (right), s and t (wrong). A repeated program counts
 * once, one that was never graded not at all, and those of flat have no tests. */
static void test_tester(void **state)
{
    (void)state;
    static const struct episode rows[] = {
        {"a",
         "t1",
         0,
         "x",
         true,
         {{"s", 1, 3, "fail"}, {"s", 2, 3, "fail"}, {"p", 3, 3, "pass"}},
         TWO_OF_THREE},
        {"b", "t1", 0, "x", true, {{"p", 0, 0, "pass"}}, NULL},
        {"a",
         "t2",
         0,
         "x",
         false,
         {{"r", 1, 2, "pass"}, {"q", 2, 2, "fail"}, {"t", 0, 2, "error"}},
         NULL},
        {"b", "t2", 0, "x", false, {{"q", 0, 0, "fail"}}, NULL},
    };
    struct fixture f = {0};
    const struct analysis_tester *t;
    load(&f, rows, sizeof rows / sizeof *rows, SERVER);
    must(analysis_testers(&f.run, &t, &f.err), &f.err);
    assert_int_equal(t[0].accepted_right, 1);
    assert_int_equal(t[0].accepted_wrong, 1);
    assert_int_equal(t[0].rejected_right, 1);
    assert_int_equal(t[0].rejected_wrong, 2);
    assert_int_equal(t[0].episodes, 2);
    assert_int_equal(t[0].tests, 3);
    assert_true(fabs(t[0].tests_right.value - 2. / 3) < 1e-12);
    assert_true(fabs(t[0].false_accept.value - 1. / 3) < 1e-12);
    assert_int_equal(t[0].false_accept.n, 3);
    assert_true(fabs(t[0].false_reject.value - 1. / 2) < 1e-12);
    /* the three wrong ones are of two tasks */
    struct stats_ci two = stats_wilson(2. / 3, 2, 0.95);
    assert_true(fabs(t[0].false_accept.ci.high - two.high) < 1e-12);
    assert_int_equal(t[1].episodes, 0);
    assert_true(says(&f, "text", "The tester's tests and the truth"));
    assert_true(says(&f, "html", "tests and the truth"));
    assert_true(says(&f, "latex", "tests and the truth"));
    json_t *summary CLEANUP_JSON = report_summary_json(&f.run);
    const json_t *tester = json_object_get(summary, "tester");
    assert_int_equal(json_object_size(tester), 1);
    assert_int_equal(json_get_int(json_object_get(tester, "a"), "rejected_wrong", 0), 2);
    unload(&f);
}

static void test_samples(void **state)
{
    (void)state;
    static const struct episode rows[] = {
        {"a", "t1", 0, "x", true}, {"a", "t1", 1, "y", true},  {"b", "t1", 0, "x", true},
        {"b", "t1", 1, "x", true}, {"a", "t2", 0, "x", false}, {"a", "t2", 1, "z", true},
        {"b", "t2", 0, "x", true}, {"b", "t2", 1, "x", true},
    };
    static const struct episode same[] = {
        {"a", "t1", 0, "x", true},  {"a", "t1", 1, "x", true},  {"b", "t1", 0, "y", true},
        {"b", "t1", 1, "y", true},  {"a", "t2", 0, "x", false}, {"a", "t2", 1, "x", false},
        {"b", "t2", 0, "x", false}, {"b", "t2", 1, "x", false},
    };
    struct fixture f = {0};
    struct analysis_samples s;
    load(&f, rows, sizeof rows / sizeof *rows, SERVER);
    must(analysis_samples(&f.run, &s, &f.err), &f.err);
    assert_true(s.known && !analysis_samples_add_nothing(&s));
    assert_int_equal(s.all.tasks, 2);
    assert_int_equal(s.all.replies, 2); /* t1 agreed in its outcome by luck */
    assert_int_equal(s.all.outcomes, 1);
    assert_int_equal(s.arms[1].replies, 0);
    assert_true(says(&f, "md", "on 2 of 2 tasks, in their outcome on 1 (a 2 and 1, b 0 and 0)"));
    assert_true(says(&f, "md", "With the variance that was seen"));
    unload(&f);
    load(&f, same, sizeof same / sizeof *same, SERVER);
    must(analysis_samples(&f.run, &s, &f.err), &f.err);
    assert_true(analysis_samples_add_nothing(&s));
    assert_true(says(&f, "md", "Samples of a task never differed: they add nothing."));
    json_t *summary CLEANUP_JSON = report_summary_json(&f.run);
    const json_t *differ = json_object_get(summary, "samples_differ");
    assert_int_equal(json_get_int(differ, "tasks", -1), 2);
    assert_int_equal(json_get_int(differ, "replies_differ", -1), 0);
    unload(&f);
}

/* Of the embedded model, and of a replay of it. */
static void test_object(void **state)
{
    static const struct {
        const char *model;
        bool said, trained;
    } models[] = {
        {"{\"backend\":\"embedded\",\"name\":\"tiny\"}", true},
        {"{\"backend\":\"replay\",\"recorded\":{\"backend\":\"embedded\"}}", true},
        {"{\"backend\":\"replay\",\"recorded\":{\"backend\":\"ollama\"}}", false},
        {SERVER, false},
        {"{\"backend\":\"native\",\"name\":\"native-d32\"}", false, true},
    };
    static const struct episode rows[] = {{"a", "t1", 0, "x", true}, {"b", "t1", 0, "x", true}};
    (void)state;
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        struct fixture f = {0};
        load(&f, rows, 2, models[i].model);
        assert_int_equal(says(&f, "md", "the embedded model, a test object"), models[i].said);
        assert_int_equal(says(&f, "html", "the embedded model, a test object"), models[i].said);
        assert_int_equal(says(&f, "md", "trained by this run, a test object"), models[i].trained);
        assert_false(says(&f, "md", "samples of a task")); /* there is one of each */
        unload(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tester),
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
