/* harness_overhead DIR BACKEND BASE_URL LATENCY_MS CONNECTIONS EPISODES CALLS: what the harness
 * itself costs.
 *
 * Plays EPISODES episodes of CALLS model calls each, as `hrm run` does it: the same runner,
 * prompts, client and record, every call in run.db. Only Python is left out, as a program's run
 * costs more than the call that wrote it (bench/exec_cost). Prints the rate of calls beside the
 * ideal of CONNECTIONS / LATENCY, the CPU time of a call and the peak of memory. The rate is that
 * of the time in which every connection is busy: from the first second, in which they are made,
 * until there are fewer episodes left than connections. That of the whole run stands beside it. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "control/episode.h"
#include "experiment/runner.h"

enum { TASKS = 100 };

static int calls_per_episode;
static atomic_long calls_made;

/* A controller that only asks. */
static int play_calls(const struct control_env *env, const struct arm *arm, const struct task *task,
                      int sample, long long id, struct transcript *out, struct arena *arena,
                      struct err *err)
{
    struct episode e = {.env = env,
                        .arm = arm,
                        .task = task,
                        .sample = sample,
                        .id = id,
                        .arena = arena,
                        .err = err};
    struct ask ask = {.role = "flat", .prompt = "flat", .vars = episode_vars(&e)};
    for (int i = 0; i < calls_per_episode; i++) {
        struct model_reply reply;
        int rc = episode_ask(&e, &ask, &reply);
        if (rc)
            return rc < 0 ? rc : err_fault(err, "a cap was reached");
        atomic_fetch_add(&calls_made, 1);
    }
    *out = e.transcript;
    out->row = (struct store_episode){.arm = arm->name,
                                      .task = task->id,
                                      .sample = sample,
                                      .group = "",
                                      .status = STORE_DONE,
                                      .verdict = "none",
                                      .stop = "oneshot",
                                      .submission = "",
                                      .calls = e.spent.calls,
                                      .prompt_tokens = e.spent.prompt_tokens,
                                      .generated_tokens = e.spent.generated_tokens,
                                      .model_seconds = e.spent.model_seconds,
                                      .queue_seconds = e.spent.queue_seconds,
                                      .solve_seconds = -1};
    return 0;
}

static int write_files(const char *dir, int samples, struct err *err)
{
    struct str suite CLEANUP_STR = {0};
    char *suite_path CLEANUP_FREE = file_join(dir, "suite.yaml"),
                     *x_path CLEANUP_FREE = file_join(dir, "experiment.yaml");
    str_add(&suite, "suite: bench\ndomain: code\ntasks:\n");
    for (int i = 0; i < TASKS; i++)
        str_addf(&suite,
                 "- {id: t%d, prompt: \"Write a function f(x) that returns the sum of the %d "
                 "largest numbers of the "
                 "list x, or 0 if there are none.\", entry_point: f, hidden_tests: [\"assert f([]) "
                 "== 0\"]}\n",
                 i, i);
    char *x CLEANUP_FREE =
        xasprintf("name: bench\nsuite: %s\nsamples: %d\nsampling: {max_tokens: 512}\n"
                  "arms:\n- {name: flat, controller: flat, strategy: oneshot}\n",
                  suite_path, samples);
    int rc = file_write(suite_path, str_text(&suite), suite.len, err);
    return rc ? rc : file_write(x_path, x, strlen(x), err);
}

struct bench {
    struct experiment experiment;
    struct suite suite;
    struct plan plan;
    struct prompt_set *prompts;
    struct model *model;
    struct store *store;
    struct control_env env;
};

static int bench_open(struct bench *b, const char *dir, const struct model_config *model,
                      int samples, struct err *err)
{
    char *suite CLEANUP_FREE = file_join(dir, "suite.yaml"),
                *x CLEANUP_FREE = file_join(dir, "experiment.yaml");
    char *db CLEANUP_FREE = file_join(dir, "run.db");
    json_t *identity CLEANUP_JSON = NULL;
    struct plan_selection all = {0};
    int rc = write_files(dir, samples, err);
    if (!rc)
        rc = experiment_load(x, "embedded", &b->experiment, err);
    if (!rc)
        rc = suite_load(suite, &b->suite, err);
    if (!rc)
        rc = plan_make(&b->experiment, &b->suite, &all, &b->plan, err);
    if (!rc)
        rc = prompt_set_load("chat", &b->prompts, err);
    if (!rc)
        rc = model_open(model, &b->model, err);
    if (!rc)
        rc = model_probe(b->model, &identity, err);
    if (!rc)
        rc = store_open(db, STORE_WRITE, &b->store, err);
    if (!rc)
        rc = plan_record(&b->plan, &b->experiment, &b->suite, b->store, err);
    b->env = (struct control_env){.model = b->model,
                                  .prompts = b->prompts,
                                  .store = b->store,
                                  .sampling = b->experiment.sampling,
                                  .seed = b->experiment.seed};
    return rc;
}

/* The part of a run in which every connection is busy. */
struct busy {
    long first, last;       /* calls made by then */
    double first_s, last_s; /* since the start; 0 = not yet */
};

static void look(struct busy *busy, const struct runner_progress *p, int connections)
{
    long made = atomic_load(&calls_made), all = (long)p->total * calls_per_episode;
    if (p->seconds < 1 || all - made < (long)connections * calls_per_episode)
        return;
    if (busy->first_s == 0) {
        busy->first_s = p->seconds;
        busy->first = made;
    }
    busy->last_s = p->seconds;
    busy->last = made;
}

static int bench_run(struct bench *b, int connections, struct busy *busy,
                     struct runner_progress *end, struct err *err)
{
    struct runner_job job = {.play = play_calls,
                             .env = &b->env,
                             .plan = &b->plan,
                             .experiment = &b->experiment,
                             .workers = connections};
    struct runner *runner = NULL;
    int rc = runner_start(&job, &runner, err);
    if (rc)
        return rc;
    do {
        runner_look(runner, 0.1, end);
        look(busy, end, connections);
    } while (!end->over);
    return runner_finish(runner, err);
}

static void print(const struct busy *busy, const struct runner_progress *end, double cpu_s,
                  double latency_s, int connections)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double calls = (double)end->done * calls_per_episode, ideal = connections / latency_s;
    double whole = calls / end->seconds, seconds = busy->last_s - busy->first_s;
    double rate = (double)(busy->last - busy->first) / seconds;
    printf("%4.0f ms x %d connections: ", latency_s * 1000, connections);
    if (seconds > 0)
        printf("%.0f calls/s, %.1f %% of %.0f", rate, 100 * rate / ideal, ideal);
    else
        printf("too few episodes for a rate");
    printf(" (whole run: %zu episodes, %.0f calls in %.1f s, %.1f %%); CPU %.0f us per call; peak "
           "memory %ld MiB; errors %zu\n",
           end->done, calls, end->seconds, 100 * whole / ideal, cpu_s / calls * 1e6,
           used.ru_maxrss / 1024, end->errors);
}

int main(int argc, char **argv)
{
    if (argc != 8) {
        fprintf(
            stderr,
            "usage: harness_overhead DIR BACKEND BASE_URL LATENCY_MS CONNECTIONS EPISODES CALLS\n");
        return 2;
    }
    int connections = atoi(argv[5]), samples = (atoi(argv[6]) + TASKS - 1) / TASKS;
    calls_per_episode = atoi(argv[7]);
    struct model_config model = {
        .backend = argv[2], .name = "bench", .base_url = argv[3], .max_connections = connections};
    struct bench b = {0};
    struct runner_progress end = {0};
    struct busy busy = {0};
    struct err err = {0};
    int rc = bench_open(&b, argv[1], &model, samples, &err);
    double cpu = clock_cpu_seconds();
    if (!rc)
        rc = bench_run(&b, connections, &busy, &end, &err);
    cpu = clock_cpu_seconds() - cpu;
    if (!rc)
        print(&busy, &end, cpu, strtod(argv[4], NULL) / 1000, connections);
    else
        fprintf(stderr, "harness_overhead: %s\n", err.msg);
    store_close(b.store);
    model_close(b.model);
    prompt_set_free(b.prompts);
    plan_free(&b.plan);
    suite_free(&b.suite);
    experiment_free(&b.experiment);
    return rc ? 1 : 0;
}
