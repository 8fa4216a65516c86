/* report_scale RUN_DB EPISODES [calls] [shards N]: the record of a large run, made up; or that of
 * the first of its N shards, from which bench/merge_scale makes the others.
 *
 * Two arms, five samples, four groups, one to six steps; outcomes, times, budgets' moments, roles
 * and flags are drawn from a fixed seed, so that the same number of episodes gives the same record.
 * It is written through the store, as a run writes it; but calls, which no table reads, only when
 * they are asked for (bench/view_scale). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "store/store.h"

enum { SAMPLES = 5, ARMS = 2 };
static const char *const arms[ARMS] = {"hrm", "flat"};

static const char manifest[] =
    "{\"status\":\"complete\",\"config_hash\":\"0123456789ab\",\"created\":\"2026-01-01T00:00:"
    "00Z\","
    "\"experiment\":{\"name\":\"report_scale\",\"samples\":5,\"arms\":[{\"name\":\"hrm\"},"
    "{\"name\":\"flat\"}],\"budget\":{\"max_iters\":5,\"max_tool_runs\":8,"
    "\"max_generated_tokens\":4096,\"max_seconds\":300}},"
    "\"criteria\":[{\"name\":\"primary\",\"arms\":[\"hrm\",\"flat\"],\"metric\":\"pass@1\","
    "\"criterion\":\"difference >= 0.05\",\"frozen\":\"2026-01-01T00:00:00Z\"}],"
    "\"model\":{\"backend\":\"embedded\",\"name\":\"made-up\"},"
    "\"suite\":{\"name\":\"made-up\",\"path\":\"made-up.yaml\"},\"prompts\":{\"profile\":\"chat\"}"
    "}";

static int draw(struct rng *rng, int n)
{
    return (int)(rng_double(rng) * n);
}

/* The parts of a row that are lists. */
struct lists {
    struct store_moment moments[3];
    struct store_share shares[3];
};

static void draw_lists(struct lists *l, struct rng *rng, struct store_episode *e, bool hrm)
{
    double stood = e->solve_seconds;
    if (e->passed && draw(rng, 4) == 0) { /* stood, fell, stood again */
        l->moments[e->n_moments++] =
            (struct store_moment){e->generated_tokens / 3, 1, 1, stood / 3, true};
        l->moments[e->n_moments++] =
            (struct store_moment){e->generated_tokens / 2, 2, 2, stood / 2, false};
    }
    if (e->passed)
        l->moments[e->n_moments++] =
            (struct store_moment){e->generated_tokens, e->calls, e->tool_runs, stood, true};
    static const char *const of_hrm[] = {"tester", "planner", "coder"}, *const of_flat[] = {"flat"};
    const char *const *roles = hrm ? of_hrm : of_flat;
    int n = hrm ? 3 : 1;
    for (int i = 0; i < n; i++)
        l->shares[e->n_shares++] = (struct store_share){.role = roles[i],
                                                        .calls = 1 + i,
                                                        .tool_runs = i == n - 1,
                                                        .prompt_tokens = e->prompt_tokens / n,
                                                        .generated_tokens = e->generated_tokens / n,
                                                        .model_seconds = e->seconds / n,
                                                        .tool_seconds = 0.05};
    e->moments = l->moments;
    e->shares = l->shares;
    e->flags = e->passed ? "" : draw(rng, 3) ? "S3 R1" : "T3 P6 R2";
}

/* A prompt and a reply of a few dozen words, some of them rare. */
static int put_calls(struct store *s, struct rng *rng, const struct store_plan_item *item, int task,
                     int calls, struct err *err)
{
    static const char *const words[] = {"list",  "sort",  "value", "return", "count", "string",
                                        "index", "empty", "sum",   "loop",   "check", "result"};
    int rc = 0;
    for (int i = 0; rc == 0 && i < calls; i++) {
        struct str request CLEANUP_STR = {0}, reply CLEANUP_STR = {0};
        str_addf(&request, "{\"messages\":[{\"role\":\"user\",\"content\":\"Task %d: ", task);
        for (int w = 0; w < 30; w++) {
            str_addf(&request, "%s ", words[draw(rng, 12)]);
            str_addf(&reply, "%s ", words[draw(rng, 12)]);
        }
        str_addf(&reply, "w%d r%d", draw(rng, 5000), draw(rng, 1000000));
        str_add(&request, "\"}]}");
        rc = store_call_put(s, item->id,
                            &(struct store_call){.role = i ? "coder" : "planner",
                                                 .index = i,
                                                 .request_hash = "0",
                                                 .request = request.p,
                                                 .reply_text = reply.p,
                                                 .finish = "stop",
                                                 .attempt_log = "",
                                                 .label = "",
                                                 .attempts = 1,
                                                 .prompt_tokens = 60,
                                                 .generated_tokens = 40,
                                                 .total_s = 1},
                            err);
    }
    return rc;
}

static int put_episode(struct store *s, struct rng *rng, const struct store_plan_item *item,
                       int task, bool with_calls, struct err *err)
{
    static const char *const groups[] = {"seen", "held_out", "long", "rare"};
    static const char program[] = "def f(xs):\n    out = []\n    for x in xs:\n        if x > 0:\n"
                                  "            out.append(x * 2)\n    return sorted(out)\n";
    bool hrm = item->arm == arms[0];
    int steps = 1 + task % 6, calls = (hrm ? 3 : 1) + draw(rng, 4);
    double chance = (hrm ? 0.62 : 0.58) * pow(0.93, steps) + 0.2 * ((task * 7919) % 100) / 100;
    bool passed = rng_double(rng) < chance;
    double seconds = 2 + 30 * rng_double(rng) * calls;
    struct store_episode e = {.arm = item->arm,
                              .task = item->task,
                              .sample = item->sample,
                              .group = groups[task % 4],
                              .steps = steps,
                              .seed = (uint64_t)task,
                              .status = STORE_DONE,
                              .error = "",
                              .passed = passed,
                              .verdict = passed ? "pass" : "fail",
                              .n_hidden = 5,
                              .n_hidden_passed = passed ? 5 : draw(rng, 5),
                              .public_passed = passed,
                              .stop = passed ? "public_pass" : "budget:iterations",
                              .submission = program,
                              .iterations = 1 + draw(rng, 5),
                              .calls = calls,
                              .tool_runs = 1 + draw(rng, 4),
                              .prompt_tokens = 400L * calls,
                              .generated_tokens = 90L * calls + draw(rng, 300),
                              .seconds = seconds,
                              .model_seconds = seconds * 0.9,
                              .tool_seconds = seconds * 0.1,
                              .solve_seconds = passed ? seconds * 0.8 : -1,
                              .label = passed ? "" : "R1"};
    struct lists lists;
    draw_lists(&lists, rng, &e, hrm);
    int rc = with_calls ? put_calls(s, rng, item, task, 2, err) : 0;
    return rc < 0 ? rc : store_episode_finish(s, item->id, &e, err);
}

static char *manifest_of(int shards)
{
    json_t *m CLEANUP_JSON = json_parse(manifest, strlen(manifest), "manifest", NULL);
    if (shards > 1)
        json_object_set_new(m, "selection", json_pack("{s:[i,i]}", "shard", 1, shards));
    return json_text(m);
}

static int write_record(const char *path, int n_tasks, bool with_calls, int shards, struct err *err)
{
    struct store *s = NULL;
    struct rng rng = rng_make(1);
    size_t most = (size_t)n_tasks * ARMS * SAMPLES, n = 0;
    char *whole CLEANUP_FREE = manifest_of(shards);
    char **names = xcalloc((size_t)n_tasks + 1, sizeof *names);
    struct store_plan_item *items = xcalloc(most + 1, sizeof *items);
    int *task_of CLEANUP_FREE = xcalloc(most + 1, sizeof *task_of);
    for (int i = 0; i < n_tasks; i++)
        names[i] = xasprintf("made-up/%06d", i);
    for (size_t i = 0; i < most; i++) {
        int task = (int)(i / (ARMS * SAMPLES));
        if (task % shards != 0)
            continue;
        task_of[n] = task;
        items[n++] = (struct store_plan_item){
            .task = names[task], .arm = arms[i / SAMPLES % ARMS], .sample = (int)(i % SAMPLES)};
    }
    int rc = store_open(path, STORE_WRITE, &s, err);
    if (rc == 0)
        rc = store_plan(s, arms, ARMS, (const char *const *)names, (size_t)n_tasks, items, n, err);
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = put_episode(s, &rng, &items[i], task_of[i], with_calls, err);
    if (rc == 0)
        rc = store_meta_set(s, "manifest", whole, err);
    if (rc == 0)
        rc = store_meta_set(s, "status", "complete", err);
    store_close(s);
    for (int i = 0; i < n_tasks; i++)
        free(names[i]);
    free(names);
    free(items);
    return rc;
}

int main(int argc, char **argv)
{
    struct err err = {0};
    int at = 3, shards = 1;
    bool with_calls = argc > at && strcmp(argv[at], "calls") == 0;
    at += with_calls;
    if (argc == at + 2 && strcmp(argv[at], "shards") == 0) {
        shards = atoi(argv[at + 1]);
        at += 2;
    }
    if (argc < 3 || argc != at || shards < 1 || atol(argv[2]) < ARMS * SAMPLES) {
        fprintf(stderr, "usage: report_scale RUN_DB EPISODES (10 or more) [calls] [shards N]\n");
        return 2;
    }
    if (write_record(argv[1], (int)(atol(argv[2]) / (ARMS * SAMPLES)), with_calls, shards, &err) ==
        0)
        return 0;
    fprintf(stderr, "report_scale: %s\n", err.msg);
    return 1;
}
