/* See rundir.h. */
#include "experiment/rundir.h"
#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/entries.h"
#include "base/str.h"
#include "model/model.h"

/* The facts of a model's identity that affect its replies; not the server's address or its number
 * of slots. */
static json_t *model_identity(const json_t *model)
{
    static const char *const keys[] = {"backend", "name", "digest", "think", "lora"};
    json_t *o = json_object();
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        json_object_set_new(o, keys[i], json_string(json_get_str(model, keys[i], "")));
    const json_t *roles = json_object_get(model, "roles");
    json_t *of_roles = json_object();
    const char *role;
    json_t *own;
    json_object_foreach ((json_t *)roles, role, own)
        json_object_set_new(of_roles, role, model_identity(own));
    if (roles)
        json_object_set(o, "roles", of_roles);
    json_decref(of_roles);
    return o;
}

/* A replay of another record is another run; a record in front of a live model only saves calls. */
static const char *replayed(const json_t *model, const char *key)
{
    bool live = !model_can(json_get_str(model, "backend", ""), MODEL_REPLAYS);
    return live ? "" : json_get_str(json_object_get(model, "replay"), key, "");
}

/* The part of the configuration that affects an episode. */
static json_t *identity(const struct experiment *x, const struct suite *suite,
                        const struct prompt_set *prompts, const json_t *model)
{
    json_t *o = experiment_json(x);
    json_object_del(o, "question");
    json_object_del(o, "criteria");
    json_object_del(o, "samples");
    if (x->curriculum) { /* more orders, sizes or seeds extend the run */
        struct experiment file = *x;
        file.arms = (struct arm *)x->curriculum->base;
        file.n_arms = x->curriculum->n_base;
        json_t *whole CLEANUP_JSON = experiment_json(&file);
        json_object_set(o, "arms", json_object_get(whole, "arms"));
        json_object_set_new(o, "curriculum", curriculum_json(x->curriculum, false));
    }
    json_object_set_new(o, "suite", json_string(suite->sha256));
    json_object_set_new(o, "prompts", json_string(prompt_set_sha256(prompts)));
    json_object_set_new(o, "model", model_identity(model));
    json_object_set_new(
        o, "replay",
        json_pack("[s, s]", replayed(model, "config_hash"), replayed(model, "created")));
    return o;
}

/* A model's name as a file name: what is not plain becomes '-', but not at its start ("/m.gguf").
 */
static void add_file_name(struct str *s, const char *name)
{
    while (*name && !isalnum((unsigned char)*name))
        name++;
    for (; *name; name++)
        str_addc(s, isalnum((unsigned char)*name) || strchr("._", *name) ? *name : '-');
}

struct rundir rundir_name(const char *outdir, const struct experiment *x, const struct suite *suite,
                          const struct prompt_set *prompts, const json_t *model,
                          const struct plan_selection *sel)
{
    struct rundir d = {0};
    struct str path CLEANUP_STR = {0};
    char hex[HASH_HEX];
    json_t *id CLEANUP_JSON = identity(x, suite, prompts, model);
    char *text CLEANUP_FREE = json_text(id);
    hash_sha256_hex(text, strlen(text), hex);
    memcpy(d.hash, hex, RUN_HASH_HEX);
    str_addf(&path, "%s/%s/", outdir, x->name);
    add_file_name(&path, json_get_str(model, "name", "model"));
    str_addf(&path, "-%s", d.hash);
    if (sel->n_shards)
        str_addf(&path, "-shard%uof%u", sel->shard, sel->n_shards);
    d.path = str_take(&path);
    d.db = file_join(d.path, "run.db");
    return d;
}

void rundir_place(struct rundir *d, const char *path)
{
    free(d->path);
    free(d->db);
    d->path = xstrdup(path);
    d->db = file_join(path, "run.db");
}

void rundir_free(struct rundir *d)
{
    free(d->path);
    free(d->db);
    *d = (struct rundir){0};
}

int rundir_check(const struct rundir *d, struct err *err)
{
    char *at = xstrdup(d->path);
    while (!file_exists(at) && !str_eq(at, ".") && !str_eq(at, "/")) {
        char *up = file_dir(at);
        free(at);
        at = up;
    }
    int rc = 0;
    if (!file_is_dir(at))
        rc = err_input(err, "%s: cannot be written: %s is not a directory", d->path, at);
    else if (access(at, W_OK | X_OK) < 0)
        rc = err_input(err, "%s: cannot be written: %s: %s", d->path, at, strerror(errno));
    free(at);
    return rc;
}

int rundir_make(const struct rundir *d, struct err *err)
{
    int rc = file_mkdirs(d->path, err);
    if (rc < 0 && !err_is_full(rc) && err)
        err->kind = ERR_INPUT;
    return rc;
}

int rundir_mark_latest(const struct rundir *d, struct err *err)
{
    char *dir CLEANUP_FREE = file_dir(d->path);
    char *latest CLEANUP_FREE = file_join(dir, "latest");
    char *fresh CLEANUP_FREE = xasprintf("%s.%d", latest, (int)getpid());
    unlink(fresh);
    if (symlink(file_base(d->path), fresh) == 0 && rename(fresh, latest) == 0)
        return 0;
    int saved = errno;
    unlink(fresh);
    return err_is_full(saved) ? err_full(err, latest) : err_errno(err, saved, "%s", latest);
}

/* The latest run of the only experiment under runs/ whose name begins so. Caller frees. */
static char *begins_with(const char *arg)
{
    char *found = NULL;
    glob_t g = {0};
    if (*arg && !strpbrk(arg, "/*?[\\")) {
        char *pattern CLEANUP_FREE = xasprintf("runs/%s*/latest/run.db", arg);
        if (glob(pattern, 0, NULL, &g) == 0 && g.gl_pathc == 1)
            found = xstrdup(g.gl_pathv[0]);
        globfree(&g);
    }
    return found;
}

/* A directory given to --outdir. */
static bool holds_runs(const char *dir)
{
    struct entries played CLEANUP_ENTRIES = entries_in(dir, "/latest/run.db");
    return played.n > 0;
}

/* "exp1, exp2 or exp3", where the name is the beginning of several. */
static bool several_begin_with(const struct entries *played, const char *arg, struct str *out)
{
    const char **name CLEANUP_FREE = xcalloc(played->n + 1, sizeof *name);
    size_t n = 0;
    for (size_t i = 0; i < played->n && *arg; i++)
        if (str_starts(played->of[i], arg))
            name[n++] = played->of[i];
    if (n > 1)
        str_add_choice(out, name, n);
    return n > 1;
}

static int refuse_name(const char *arg, struct err *err)
{
    struct entries played CLEANUP_ENTRIES = entries_in("runs", "/latest/run.db");
    const char *near = entries_nearest(&played, arg);
    struct str several CLEANUP_STR = {0};
    if (several_begin_with(&played, arg, &several))
        return err_input(err, "'%s' may be %s: name one of them", arg, several.p);
    if (played.n == 0)
        return err_input(err,
                         "there is no run '%s', nor any other in runs/; 'hrm run EXPERIMENT' plays "
                         "one, 'hrm list' shows the experiments",
                         arg);
    if (near)
        return err_input(err, "there is no run '%s'; did you mean '%s'?", arg, near);
    return err_input(err,
                     "there is no run '%s': expected a run.db, a run's directory, or an "
                     "experiment that has been run; 'hrm list runs' shows those there are",
                     arg);
}

int rundir_find(const char *arg, char **db, struct err *err)
{
    char *places[] = {xasprintf("%s/run.db", arg), xasprintf("%s/latest/run.db", arg),
                      xasprintf("runs/%s/latest/run.db", arg)};
    char *found = file_exists(arg) && !file_is_dir(arg) ? xstrdup(arg) : NULL;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (!found && file_exists(places[i]))
            found = places[i];
        else
            free(places[i]);
    }
    if (!found)
        found = begins_with(arg);
    if (!found && holds_runs(arg))
        return err_input(err, "%s is a directory of runs; 'hrm list runs %s' names them", arg, arg);
    if (!found && strchr(arg, '/'))
        return err_input(err, "there is no run '%s': expected a run.db or a run's directory", arg);
    if (!found)
        return refuse_name(arg, err);
    *db = found;
    return 0;
}
