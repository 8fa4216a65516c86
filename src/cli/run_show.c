/* hrm run --dry_run: the plan, and the first prompt of each arm. */
#include <stdio.h>
#include <string.h>
#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli/run_forecast.h"
#include "cli/run_job.h"
#include "cli/run_power.h"

/* Arms of the plan, in the experiment's order. */
static size_t n_planned_arms(const struct run_job *job)
{
    size_t n = 0;
    for (size_t i = 0; i < job->experiment.n_arms; i++)
        n += plan_has_arm(&job->plan, &job->experiment.arms[i]);
    return n;
}

static int show_json(const struct run_job *job)
{
    json_t *o CLEANUP_JSON = experiment_json(&job->experiment);
    json_t *episodes = json_array();
    for (size_t i = 0; i < job->plan.n; i++) {
        const struct store_plan_item *it = &job->plan.items[i];
        json_array_append_new(episodes, json_pack("[s, s, i]", it->arm, it->task, it->sample));
    }
    json_object_set_new(o, "suite", json_string(job->suite.path));
    json_object_set(o, "model", job->identity);
    json_object_set_new(o, "prompts", json_string(prompt_set_name(job->prompts)));
    json_object_set_new(o, "run", job->dir.path ? json_string(job->dir.path) : json_null());
    json_object_set_new(o, "detects", run_power_json(job));
    json_object_set_new(o, "expects", run_forecast_json(job));
    json_object_set_new(o, "episodes", episodes);
    char *text CLEANUP_FREE = json_text_pretty(o);
    puts(text);
    return 0;
}

static void show_model(const struct run_job *job)
{
    const json_t *id = job->identity, *roles = json_object_get(id, "roles");
    const char *name = json_get_str(id, "name", ""), *role;
    json_t *own;
    printf("model     %s, %s", *name ? name : "the one that is served",
           json_get_str(id, "backend", "?"));
    if (json_object_get(id, "num_ctx"))
        printf(", a context of %lld tokens", json_get_int(id, "num_ctx", 0));
    puts(job->model ? "" : " (a dry run does not ask the server)");
    const char *missing = tool_missing_libraries();
    if (missing)
        printf("not installed: %s; programs that import them will fail (packages python3-numpy and "
               "python3-sympy)\n",
               missing);
    json_object_foreach ((json_t *)roles, role, own)
        printf("  %-7s %s\n", role, json_get_str(own, "name", "?"));
}

static void show_plan(const struct run_job *job)
{
    const struct experiment *x = &job->experiment;
    json_t *all CLEANUP_JSON = experiment_json(x);
    printf("%s: %zu tasks x %d samples x %zu arms = %zu episodes\n", x->name, job->plan.n_tasks,
           x->samples, n_planned_arms(job), job->plan.n);
    run_power_show(job);
    run_forecast_show(job);
    printf("suite     %s (%zu tasks)\n", job->suite.path, job->suite.n_tasks);
    show_model(job);
    printf("prompts   %s\n", prompt_set_name(job->prompts));
    static const char *const sections[] = {"budget", "sampling", "roles"};
    for (size_t i = 0; i < 3 && json_object_get(all, sections[i]); i++) {
        char *text CLEANUP_FREE = json_text(json_object_get(all, sections[i]));
        printf("%-9s %s\n", sections[i], text);
    }
    const json_t *arm;
    size_t i;
    json_array_foreach (json_object_get(all, "arms"), i, arm) {
        char *text CLEANUP_FREE = json_text(arm);
        if (plan_has_arm(&job->plan, &x->arms[i]))
            printf("arm       %s\n", text);
    }
    if (job->dir.path)
        printf("directory %s%s\n", job->dir.path,
               file_exists(job->dir.db) ? " (exists: the run would continue)" : "");
    if (job->workers)
        printf("at once   %d episodes\n", job->workers);
    else
        printf("at once   as many episodes as the server has slots\n");
}

/* The arms of a curriculum's cells ("flat@strict:512") ask what the first of them asks. */
static bool asks_as_an_earlier_one(const struct run_job *job, size_t arm)
{
    const struct arm *arms = job->experiment.arms;
    size_t n = strcspn(arms[arm].name, "@") + 1;
    for (size_t i = 0; i < arm && job->experiment.curriculum; i++)
        if (strncmp(arms[i].name, arms[arm].name, n) == 0 && plan_has_arm(&job->plan, &arms[i]))
            return true;
    return false;
}

static int show_prompts(const struct run_job *job, struct err *err)
{
    struct arena *arena = arena_new();
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < job->experiment.n_arms; i++) {
        const struct arm *arm = &job->experiment.arms[i];
        if (!plan_has_arm(&job->plan, arm) || asks_as_an_earlier_one(job, i))
            continue;
        const char *text = control_first_prompt(&job->env, arm, job->plan.tasks[0], arena, err);
        if (text)
            printf("\n--- %s asks first, for task %s\n%s\n", arm->name, job->plan.tasks[0]->id,
                   text);
        else
            rc = err->code;
    }
    arena_free(arena);
    return rc;
}

int run_job_show(const struct run_job *job, bool json, struct err *err)
{
    if (json)
        return show_json(job);
    show_plan(job);
    return job->plan.n ? show_prompts(job, err) : 0;
}
