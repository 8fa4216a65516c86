/* Accessors of an experiment that was read. */
#include "experiment/experiment.h"
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/entries.h"
#include "base/str.h"
#include "experiment/knob.h"

void experiment_free(struct experiment *x)
{
    if (!x)
        return;
    arena_free(x->arena);
    *x = (struct experiment){0};
}

const struct arm *experiment_arm(const struct experiment *x, const char *name)
{
    for (size_t i = 0; i < x->n_arms; i++)
        if (str_eq(x->arms[i].name, name))
            return &x->arms[i];
    return NULL;
}

/* The one experiment whose name starts with `arg`, as its file in *path; 1. Else 0 and the name to
 * ask about in *near, which is NULL if there is none. Caller frees either. */
static int similar_experiment(const char *arg, char **path, char **near)
{
    struct entries names CLEANUP_ENTRIES = entries_of_data("experiments", "/experiment.yaml");
    const char *found = NULL;
    size_t starting = 0;
    for (size_t i = 0; i < names.n; i++)
        if (*arg && str_starts(names.of[i], arg) && starting++ == 0)
            found = names.of[i];
    *path = *near = NULL;
    if (starting == 1) {
        char *relative CLEANUP_FREE = xasprintf("experiments/%s/experiment.yaml", found);
        *path = file_find_data(relative);
    }
    const char *nearest = found ? found : entries_nearest(&names, arg);
    if (!*path && nearest)
        *near = xstrdup(nearest);
    return *path != NULL;
}

int experiment_find(const char *arg, char **path, struct err *err)
{
    if (file_is_dir(arg)) {
        char *inside = file_join(arg, "experiment.yaml");
        if (file_exists(inside)) {
            *path = inside;
            return 0;
        }
        free(inside);
        return err_input(err, "%s: the directory has no experiment.yaml", arg);
    }
    if (file_exists(arg)) {
        *path = xstrdup(arg);
        return 0;
    }
    char *relative CLEANUP_FREE = xasprintf("experiments/%s/experiment.yaml", arg);
    *path = strchr(arg, '/') ? NULL : file_find_data(relative);
    if (*path)
        return 0;
    char *near CLEANUP_FREE = NULL;
    if (!strchr(arg, '/') && similar_experiment(arg, path, &near))
        return 0;
    if (near)
        return err_input(err, "there is no experiment '%s'; did you mean '%s'?", arg, near);
    return err_input(err,
                     "there is no experiment '%s': no such file and no %s; 'hrm list' shows them",
                     arg, strchr(arg, '/') ? "directory" : relative);
}

static const char *choose(const struct experiment_choice *c, const char *backend)
{
    const char *value = NULL;
    for (size_t i = 0; i < c->n; i++) {
        if (str_eq(c->of[i].backend, backend))
            return c->of[i].value;
        if (str_eq(c->of[i].backend, "default"))
            value = c->of[i].value;
    }
    return value;
}

const char *experiment_prompts(const struct experiment *x, const char *backend)
{
    const char *profile = choose(&x->prompts, backend);
    return profile ? profile : model_prompts(backend);
}

int experiment_suite(const struct experiment *x, const char *backend, char **path, struct err *err)
{
    const char *name = choose(&x->suite, backend);
    if (!name)
        return err_input(err, "%s:%d: suite: none for the backend '%s' and no default", x->path,
                         x->suite.line, backend);
    if (file_exists(name)) {
        *path = xstrdup(name);
        return 0;
    }
    char *dir CLEANUP_FREE = file_dir(x->path), *beside = file_join(dir, name);
    if (file_exists(beside)) {
        *path = beside;
        return 0;
    }
    free(beside);
    *path = file_find_data(name);
    return *path
               ? 0
               : err_input(err, "%s:%d: suite: there is no file %s", x->path, x->suite.line, name);
}

/* ---- into the manifest ---- */

/* {"planner":{"temperature":..,"top_p":..,"max_tokens":..}} */
static json_t *roles_json(const struct experiment *x)
{
    json_t *o = json_object();
    for (size_t i = 0; i < x->n_roles; i++) {
        struct experiment of_role = {.sampling = x->roles[i].sampling};
        json_t *sampling = json_object();
        knobs_write(&of_role, "sampling", sampling);
        json_object_set_new(o, x->roles[i].role, sampling);
    }
    return o;
}

json_t *experiment_json(const struct experiment *x)
{
    json_t *o = json_pack("{s:s, s:s?}", "name", x->name, "question", x->question);
    json_t *arms = json_array(), *budget = json_object(), *sampling = json_object();
    knobs_write(x, "", o);
    knobs_write(x, "budget", budget);
    knobs_write(x, "sampling", sampling);
    for (size_t i = 0; i < x->n_arms; i++)
        json_array_append_new(arms, arm_json(&x->arms[i]));
    json_object_set_new(o, "budget", budget);
    json_object_set_new(o, "sampling", sampling);
    if (x->n_roles)
        json_object_set_new(o, "roles", roles_json(x));
    json_object_set_new(o, "arms", arms);
    if (x->n_criteria)
        json_object_set_new(o, "criteria", criteria_json(x));
    if (x->curriculum)
        json_object_set_new(o, "curriculum", curriculum_json(x->curriculum, true));
    return o;
}
