/* The results of smaller budgets, from events and verdicts written by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "control/truncation.h"
#include "store/store.h"
#include "suite/suite.h"

struct fixture {
    char dir[64];
    char *db;
    struct store *store;
    struct arena *arena;
    long long id;
    int n_events, n_tools;
    struct err err;
};

static int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);
    strcpy(f->dir, "/tmp/hrm-truncation-XXXXXX");
    if (!mkdtemp(f->dir))
        return -1;
    f->db = file_join(f->dir, "run.db");
    f->arena = arena_new();
    *state = f;
    if (store_open(f->db, STORE_WRITE, &f->store, &f->err) < 0)
        return -1;
    return store_episode_add(f->store, "hrm", "t", 0, &f->id, &f->err);
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    store_close(f->store);
    unlink(f->db);
    int left = rmdir(f->dir);
    arena_free(f->arena);
    free(f->db);
    free(f);
    return left;
}

static void judge(struct fixture *f, const char *hash, const char *verdict)
{
    struct store_tool_run t = {.index = f->n_tools++,
                               .role = "grader",
                               .kind = "hidden",
                               .program_hash = hash,
                               .verdict = verdict};
    assert_int_equal(store_tool_put(f->store, f->id, &t, &f->err), 0);
}

/* The n-th event costs 10 tokens, one call, one tool run and 1.5 s more than the one before. */
static void happen(struct fixture *f, const char *kind, const char *hash, int public_passed,
                   int self_passed, const char *detail)
{
    int n = ++f->n_events;
    struct store_event e = {.index = n,
                            .kind = kind,
                            .role = "hrm",
                            .generated_tokens = 10 * n,
                            .calls = n,
                            .tool_runs = n,
                            .seconds = 1.5 * n,
                            .candidate_hash = hash,
                            .public_passed = public_passed,
                            .self_passed = self_passed,
                            .detail = detail};
    assert_int_equal(store_event_put(f->store, f->id, &e, &f->err), 0);
}

static void assert_curve(struct fixture *f, const struct task *task, const char *want)
{
    const char *got = NULL;
    assert_int_equal(truncation_curve(f->store, task, f->id, &got, f->arena, &f->err), 0);
    assert_string_equal(got, want);
}

static const struct task code = {.id = "t"};

static void the_best_candidate_stands(void **state)
{
    struct fixture *f = *state;
    judge(f, "good", "pass");
    judge(f, "bad", "fail");
    judge(f, "luck", "pass");
    happen(f, "plan", "", 0, 0, "{}");
    happen(f, "candidate", "bad", 1, 0, "");
    happen(f, "candidate", "luck", 1, 0, ""); /* no better: the earlier one stays */
    happen(f, "candidate", "good", 1, 1, ""); /* better by a test of its own */
    happen(f, "candidate", "bad", 0, 3, "");
    happen(f, "submit", "good", 0, 0, "{}");
    assert_curve(f, &code, "40:4:4:6:1");
}

static void what_is_submitted_stands_at_the_end(void **state)
{
    struct fixture *f = *state;
    judge(f, "good", "pass");
    judge(f, "bad", "timeout");
    happen(f, "candidate", "good", 2, 0, "");
    happen(f, "submit", "bad", 0, 0, "{}"); /* chosen by anchors, which are not replayed */
    assert_curve(f, &code, "10:1:1:1.5:1;20:2:2:3:0");
}

static void nothing_passes_nothing_is_there(void **state)
{
    struct fixture *f = *state;
    assert_curve(f, &code, "");
    judge(f, "bad", "fail");
    happen(f, "candidate", "bad", 2, 0, "");
    happen(f, "submit", "", 0, 0, "{\"stop\":\"budget:calls\"}");
    assert_curve(f, &code, "");
}

static void the_latest_answer_stands(void **state)
{
    struct fixture *f = *state;
    const struct task math = {.id = "t", .has_answer = true, .answer = 52, .tolerance = 1e-6};
    happen(f, "answer", "", 0, 0, "{\"answer\":\"40\"}");
    happen(f, "answer", "", 0, 0, "{\"answer\":\"52\"}");
    happen(f, "verdict", "", 0, 0, "{\"answer\":\"40\"}");
    happen(f, "answer", "", 0, 0, "{\"answer\":\"7\"}");
    happen(f, "submit", "", 0, 0, "{\"stop\":\"accepted\",\"answer\":\"52\"}"); /* the majority's */
    assert_curve(f, &math, "20:2:2:3:1;40:4:4:6:0;50:5:5:7.5:1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        T(the_best_candidate_stands),
        T(what_is_submitted_stands_at_the_end),
        T(nothing_passes_nothing_is_there),
        T(the_latest_answer_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
