/* The pool of episodes with a mock controller: all are run once, faults are recorded and retried, a
 * stop leaves the rest for the next run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "experiment/decide.h"
#include "experiment/runner.h"
#include "fixtures/rows.h"

enum { N_TASKS = 30, SAMPLES = 2, EPISODES = N_TASKS * SAMPLES * 2 };

/* The mock's settings, and its counts. */
static struct {
    atomic_int played, at_once, most_at_once;
    int stop_after; /* 0 = never */
    bool faults;    /* every fifth task meets one */
    int gone_after; /* the server goes away; 0 = never */
    bool hrm_wins;  /* every task, and flat none */
} scene;

static int stand_in(const struct control_env *env, const struct arm *arm, const struct task *task,
                    int sample, long long id, struct transcript *out, struct arena *arena,
                    struct err *err)
{
    int now = atomic_fetch_add(&scene.at_once, 1) + 1, most = atomic_load(&scene.most_at_once);
    while (now > most && !atomic_compare_exchange_weak(&scene.most_at_once, &most, now))
        continue;
    struct store_event event = {.kind = "submit", .role = arm->name};
    int rc = store_event_put(env->store, id, &event, err);
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    atomic_fetch_sub(&scene.at_once, 1);
    if (scene.stop_after && atomic_load(&scene.played) >= scene.stop_after) {
        stop_request();
        return -EINTR;
    }
    if (scene.gone_after && atomic_load(&scene.played) >= scene.gone_after) {
        err_env(err, "no answer for 600 s");
        return err->code = -EHOSTDOWN;
    }
    atomic_fetch_add(&scene.played, 1);
    if (rc == 0 && scene.faults && task->steps % 5 == 0)
        return err_env(err, "the server is gone");
    out->row = (struct store_episode){.arm = arm->name,
                                      .task = arena_strdup(arena, task->id),
                                      .sample = sample,
                                      .status = STORE_DONE,
                                      .passed = scene.hrm_wins ? arm->name[0] == 'h'
                                                               : task->steps % 2 == 0,
                                      .generated_tokens = 10};
    return rc;
}

static struct live_rate last_rate; /* of hrm at the end of the last run */

struct fixture {
    char dir[64];
    char *db;
    struct arm arms[2];
    struct experiment x;
    struct task tasks[N_TASKS];
    char ids[N_TASKS][16];
    struct suite suite;
    struct store *store;
    struct err err;
};

static int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);
    strcpy(f->dir, "/tmp/hrm-runner-XXXXXX");
    if (!mkdtemp(f->dir))
        return -1;
    f->db = file_join(f->dir, "run.db");
    f->arms[0].name = "hrm";
    f->arms[1].name = "flat";
    f->x = (struct experiment){.path = "x.yaml", .samples = SAMPLES, .arms = f->arms, .n_arms = 2};
    for (int i = 0; i < N_TASKS; i++) {
        snprintf(f->ids[i], sizeof f->ids[i], "t%d", i);
        f->tasks[i] = (struct task){.id = f->ids[i], .steps = i};
    }
    f->suite = (struct suite){.path = "s.yaml", .tasks = f->tasks, .n_tasks = N_TASKS};
    memset(&scene, 0, sizeof scene);
    stop_reset();
    *state = f;
    return store_open(f->db, STORE_WRITE, &f->store, &f->err);
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    store_close(f->store);
    unlink(f->db);
    int left = rmdir(f->dir);
    free(f->db);
    free(f);
    stop_reset();
    return left;
}

static struct runner_progress run_until(struct fixture *f, bool decides, int expected)
{
    struct plan p = {0};
    struct plan_selection all = {0};
    struct control_env env = {.store = f->store};
    struct runner *r = NULL;
    struct runner_progress last = {0};
    assert_int_equal(plan_make(&f->x, &f->suite, &all, &p, &f->err), 0);
    assert_int_equal(plan_record(&p, &f->x, &f->suite, f->store, &f->err), 0);
    struct decide *decide = decides ? decide_new(&p, &f->arms[0], &f->arms[1], NULL, 0.05) : NULL;
    struct runner_job job = {.play = stand_in,
                             .env = &env,
                             .plan = &p,
                             .experiment = &f->x,
                             .workers = 8,
                             .decide = decide};
    assert_int_equal(runner_start(&job, &r, &f->err), 0);
    while (!last.over)
        runner_look(r, .01, &last);
    last_rate = last.arms[0].rate;
    for (size_t i = 0; i < last.n_arms; i++)
        assert_true(last.arms[i].solved <= last.arms[i].done &&
                    last.arms[i].done + last.arms[i].errors <= last.arms[i].total);
    last.arms = NULL; /* they go with the runner */
    assert_int_equal(runner_finish(r, &f->err), expected);
    decide_free(decide);
    plan_free(&p);
    return last;
}

static struct runner_progress run_to(struct fixture *f, int expected)
{
    return run_until(f, false, expected);
}

static struct runner_progress run(struct fixture *f)
{
    return run_to(f, 0);
}

struct tally {
    struct store *store;
    int done, errors, pending, events;
};

static int count_event(void *ctx, const struct store_event *e)
{
    (void)e;
    ++*(int *)ctx;
    return 0;
}

static int tally_episode(void *ctx, long long id, const struct store_episode *row)
{
    struct tally *t = ctx;
    int events = 0;
    t->done += row->status == STORE_DONE;
    t->errors += row->status == STORE_ERROR;
    t->pending += row->status == STORE_PENDING;
    if (row->status == STORE_ERROR)
        assert_string_equal(row->error, "the server is gone");
    bool failed = row->status == STORE_DONE && !row->passed; /* the stand-in submits nothing */
    assert_string_equal(row->label, row->status == STORE_ERROR ? "I1" : failed ? "F1" : "");
    assert_int_equal(*row->inapplicable != '\0', row->status != STORE_PENDING);
    assert_int_equal(each_event(t->store, id, count_event, &events, NULL), 0);
    assert_true(events <= 1); /* a second attempt does not add to the first */
    t->events += events;
    return 0;
}

static struct tally tally(struct fixture *f)
{
    struct tally t = {.store = f->store};
    assert_int_equal(store_episodes(f->store, tally_episode, &t, &f->err), 0);
    return t;
}

static void every_episode_is_played_once(void **state)
{
    struct fixture *f = *state;
    struct runner_progress end = run(f);
    assert_int_equal(end.done, EPISODES);
    assert_int_equal(end.generated_tokens, 10 * EPISODES);
    assert_int_equal(atomic_load(&scene.played), EPISODES);
    assert_true(last_rate.tasks == N_TASKS && last_rate.sum == 15); /* the even ones */
    assert_in_range(atomic_load(&scene.most_at_once), 2, 8);
    assert_int_equal(tally(f).done, EPISODES);
    end = run(f); /* nothing is left to do */
    assert_int_equal(end.done, EPISODES);
    assert_int_equal(end.done_here, 0);
    assert_int_equal(atomic_load(&scene.played), EPISODES);
}

static void faults_do_not_end_the_run_and_are_tried_again(void **state)
{
    struct fixture *f = *state;
    const int faulty = N_TASKS / 5 * SAMPLES * 2;
    scene.faults = true;
    struct runner_progress end = run(f);
    assert_int_equal(end.errors, faulty);
    struct tally t = tally(f);
    assert_int_equal(t.errors, faulty);
    assert_int_equal(t.done, EPISODES - faulty);
    assert_true(last_rate.tasks == 24 && last_rate.sum == 12); /* without 0, 5, 10, ... */
    scene.faults = false;
    atomic_store(&scene.played, 0);
    end = run(f);
    assert_int_equal(end.errors, 0);
    assert_int_equal(atomic_load(&scene.played), faulty);
    assert_int_equal(tally(f).done, EPISODES);
}

static void a_stop_leaves_the_rest_for_the_next_time(void **state)
{
    struct fixture *f = *state;
    scene.stop_after = 20;
    struct runner_progress end = run(f);
    assert_in_range(end.done, 20, 20 + 8);
    assert_int_equal(end.errors, 0);
    struct tally t = tally(f);
    assert_int_equal(t.done, end.done);
    assert_int_equal(t.pending, EPISODES - (int)end.done);
    stop_reset();
    scene.stop_after = 0;
    end = run(f);
    assert_int_equal(end.done, EPISODES);
    assert_int_equal(atomic_load(&scene.played), EPISODES);
    assert_int_equal(tally(f).events, EPISODES);
}

static void a_server_that_is_gone_ends_the_run_and_leaves_the_rest(void **state)
{
    struct fixture *f = *state;
    scene.gone_after = 20;
    struct runner_progress end = run_to(f, -EHOSTDOWN);
    assert_int_equal(f->err.kind, ERR_ENV);
    assert_string_equal(f->err.msg, "no answer for 600 s");
    assert_in_range(end.done, 20, 20 + 8);
    assert_int_equal(end.errors, 0);
    assert_int_equal(tally(f).pending, EPISODES - (int)end.done);
    scene.gone_after = 0;
    end = run(f);
    assert_int_equal(end.done, EPISODES);
    assert_int_equal(atomic_load(&scene.played), EPISODES);
}

static void a_run_ends_when_it_is_decided(void **state)
{
    struct fixture *f = *state;
    struct runner_progress end = run_until(f, true, 0); /* both arms alike: never */
    assert_int_equal(end.done, EPISODES);
    assert_true(end.e_value < 1 && end.decides == 20); /* ties cost a little */
    teardown(state);
    assert_int_equal(setup(state), 0);
    f = *state;
    scene.hrm_wins = true;
    end = run_until(f, true, 0);
    /* 9 of 9 tasks: 24 gamblers have 57.8 in the mean, halved for both sides; 8 give 16.4. What was
     * on its way is finished, and while one of the first tasks is slow, later ones are played. */
    assert_true(end.e_value >= 20 && end.e_value < 40);
    assert_in_range(end.done, 9 * SAMPLES * 2, EPISODES - 1);
    assert_int_equal(tally(f).done, end.done);
    size_t before = end.done;
    end = run_until(f, true, 0); /* decided it stays */
    assert_int_equal(end.done, before);
    end = run(f); /* and can be continued without */
    assert_int_equal(end.done, EPISODES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        T(every_episode_is_played_once),
        T(faults_do_not_end_the_run_and_are_tried_again),
        T(a_stop_leaves_the_rest_for_the_next_time),
        T(a_server_that_is_gone_ends_the_run_and_leaves_the_rest),
        T(a_run_ends_when_it_is_decided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
