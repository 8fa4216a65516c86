/* The table of controllers, and the frame of every episode: play, grade, account. */
#include "control/control.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "control/flat.h"
#include "control/grading.h"
#include "control/hrm_code.h"

struct controller {
    const char *name;
    enum suite_domain domain;
    int (*play)(struct episode *e); /* 0, EPISODE_CAP or a fault; submits before it returns */
    const char *(*first_prompt)(const struct episode *e); /* template of the first question */
};

static const struct controller controllers[] = {
    {"hrm", SUITE_CODE, hrm_code_play, hrm_code_first_prompt},
    {"flat", SUITE_CODE, flat_play, flat_first_prompt},
};

enum { N_CONTROLLERS = sizeof controllers / sizeof *controllers };

static const struct controller *find_controller(const char *name, enum suite_domain domain)
{
    for (size_t i = 0; i < N_CONTROLLERS; i++)
        if (strcmp(controllers[i].name, name) == 0 && controllers[i].domain == domain)
            return &controllers[i];
    return NULL;
}

int control_check(const struct arm *arm, enum suite_domain domain, struct err *err)
{
    if (find_controller(arm->controller, domain))
        return 0;
    return err_input(err, "arm '%s': no controller '%s' for %s tasks (hrm and flat exist for code)",
                     arm->name, arm->controller, domain == SUITE_CODE ? "code" : "math");
}

static void fill_row(const struct episode *e, struct store_episode *row)
{
    const struct ledger *l = &e->spent;
    const struct candidate *s = e->submission;
    row->arm = e->arm->name;
    row->task = e->task->id;
    row->sample = e->sample;
    row->group = e->task->group ? e->task->group : "";
    row->steps = e->task->steps;
    row->seed = e->env->seed;
    row->status = STORE_DONE;
    row->public_passed = s && s->executed && s->public_passed == s->public_total;
    row->stop = e->stop ? e->stop : "";
    row->submission = s ? s->program : "";
    row->iterations = l->iterations;
    row->calls = l->calls;
    row->tool_runs = l->tool_runs;
    row->replans = e->replans;
    row->prompt_tokens = l->prompt_tokens;
    row->generated_tokens = l->generated_tokens;
    row->seconds = episode_seconds(e);
    row->model_seconds = l->model_seconds;
    row->tool_seconds = l->tool_seconds;
    row->queue_seconds = l->queue_seconds;
    row->solve_seconds = !row->passed ? -1 : s->executed ? s->seconds : row->seconds;
}

int control_run(const struct control_env *env, const struct arm *arm, const struct task *task,
                int sample, long long id, struct store_episode *row, struct arena *arena,
                struct err *err)
{
    struct episode e = {.env = env,
                        .arm = arm,
                        .task = task,
                        .sample = sample,
                        .id = id,
                        .arena = arena,
                        .err = err};
    const struct controller *c = find_controller(arm->controller, SUITE_CODE);
    if (!c)
        return control_check(arm, SUITE_CODE, err);
    int rc = store_episode_restart(env->store, id, err);
    if (!rc)
        rc = c->play(&e);
    if (rc < 0)
        return rc;
    rc = episode_log(&e, "submit", arm->controller, e.submission,
                     json_pack("{s:s}", "stop", e.stop));
    *row = (struct store_episode){0};
    if (!rc)
        rc = grading_hidden(&e, row);
    if (!rc)
        fill_row(&e, row);
    return rc;
}

const char *control_first_prompt(const struct control_env *env, const struct arm *arm,
                                 const struct task *task, struct arena *arena, struct err *err)
{
    const struct controller *c = find_controller(arm->controller, SUITE_CODE);
    struct episode e = {.env = env, .arm = arm, .task = task, .arena = arena, .err = err};
    struct prompt_vars vars = episode_vars(&e);
    struct prompt_text text;
    if (prompt_render(env->prompts, c->first_prompt(&e), &vars, &text, arena, err))
        return NULL;
    return text.system ? arena_printf(arena, "%s\n\n%s", text.system, text.user) : text.user;
}
