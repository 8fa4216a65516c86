/* See run_model.h. */
#include "cli/run_model.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/command_line.h"
#include "cli/run_money.h"
#include "experiment/learner_icl.h"
#include "experiment/learner_lora.h"
#include "experiment/learner_native.h"
#include "experiment/num_ctx.h"
#include "model/name.h"
#include "model/purse.h"
#include "model/redact.h"
#include "model/replay.h"
#include "model/router.h"

enum { START_TRIES = 5 };
static const double START_LIMIT_S = 1800; /* large models load from slow disks */

/* ---- a server started by --serve ---- */

static void show_wait(void *user, double seconds)
{
    const char *url = user;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\rhrm: waiting for the server at %s: %.0f s ", url, seconds);
}

static int start_once(const char *command, const char *log, struct run_job *job, struct err *err)
{
    int rc = serve_start(command, log, &job->serve, err);
    if (rc < 0)
        return rc;
    const char *url = serve_url(job->serve);
    const char *clear = isatty(STDERR_FILENO) ? "\r\x1b[K" : "";
    double start = clock_seconds();
    fprintf(stderr, "hrm: starting the server at %s\n", url);
    rc = serve_wait(job->serve, START_LIMIT_S, show_wait, (void *)url, err);
    fputs(clear, stderr);
    if (rc == 0)
        fprintf(stderr, "hrm: the server answered after %.1f s\n", clock_seconds() - start);
    return rc;
}

/* The port may be taken between its choice and the server's start. */
static int start_server(const struct run_args *args, struct run_job *job, struct err *err)
{
    const char *dir = args->run_dir ? args->run_dir : args->outdir;
    char *log CLEANUP_FREE = xasprintf("%s/.serve-%d.log", dir, (int)getpid());
    job->fresh_outdir = file_exists(dir) ? NULL : dir;
    int rc = file_mkdirs(dir, err);
    for (int tries = 0; rc == 0 && tries < START_TRIES; tries++) {
        rc = start_once(args->serve, log, job, err);
        if (rc != -EADDRINUSE || tries + 1 == START_TRIES)
            break;
        fprintf(stderr, "hrm: %s; started again on another\n", err->msg);
        serve_stop(job->serve);
        job->serve = NULL;
        rc = 0;
    }
    return rc;
}

/* ---- the configuration ---- */

/* The first line of the file, without white space around it. Caller frees. */
static int read_key(const char *path, char **out, struct err *err)
{
    char *text CLEANUP_FREE = NULL;
    size_t n;
    int rc = file_read(path, 64 << 10, &text, &n, err);
    if (rc < 0)
        return rc;
    const char *key = text + strspn(text, " \t\r\n");
    n = strcspn(key, " \t\r\n");
    if (n == 0)
        return err_input(err, "--api-key-file: %s is empty", path);
    *out = xstrndup(key, n);
    return 0;
}

static int choose_context(const struct run_args *args, const struct run_job *job, int *out,
                          struct err *err)
{
    *out = args->num_ctx;
    if (args->num_ctx || !model_can(args->backend, MODEL_CONTEXT))
        return 0;
    int rc = num_ctx_needed(&job->experiment, &job->suite, job->prompts, out, err);
    if (job->icl)
        *out +=
            (int)(learner_icl_bytes(job->icl) / 3 + NUM_CTX_STEP - 1) / NUM_CTX_STEP * NUM_CTX_STEP;
    if (rc == 0 && !args->dry_run)
        fprintf(stderr,
                "hrm: every call gets a context of %d tokens (from the prompts; --num_ctx "
                "sets another)\n",
                *out);
    return rc;
}

/* The model's name if no flag gives it: from the environment, or the only model that a server has.
 */
static int choose_name(const struct run_args *args, const struct run_job *job, const char **out,
                       struct err *err)
{
    const char *name = args->model_name                          ? args->model_name
                       : model_can(args->backend, MODEL_WEIGHTS) ? job->experiment.weights
                                                                 : "";
    if (!name)
        return err_input(err, "--model-name: expected a GGUF file: %s names no weights",
                         job->experiment.path);
    *out = name;
    return 0;
}

static int configure(const struct run_args *args, struct run_job *job, struct model_config *cfg,
                     struct err *err)
{
    *cfg = (struct model_config){.backend = args->backend,
                                 .replay = job->record.db,
                                 .max_connections = args->strict ? 1 : args->max_connections,
                                 .most_connections = job->files.connections,
                                 .strict = args->strict,
                                 .think = args->think,
                                 .max_outage_s = args->max_outage_s};
    int rc = choose_name(args, job, &cfg->name, err);
    if (rc == 0)
        rc = choose_context(args, job, &cfg->num_ctx, err);
    if (rc == 0 && args->api_key_file)
        rc = read_key(args->api_key_file, &job->api_key, err);
    cfg->api_key = job->api_key;
    cfg->base_url = args->base_url;
    return rc;
}

/* ---- opening ---- */

/* A model as the command line names it; the rest is as for the others. */
static int open_named(const struct model_config *cfg, const char *text, struct model **out,
                      struct err *err)
{
    struct model_config own = *cfg;
    struct model_name name = {0};
    bool server = model_can(cfg->backend, MODEL_SERVER);
    struct str can CLEANUP_STR = {0};
    own.name = text;
    int rc = server && text ? model_name_parse(text, &name, err) : 0;
    if (rc == 0 && name.lora && !model_can(cfg->backend, MODEL_ADAPTERS)) {
        model_list(MODEL_ADAPTERS, " or ", &can);
        rc = err_input(err, "%s: +lora= is for llama-server (--model-backend %s)", text,
                       str_text(&can));
    }
    if (rc == 0 && server && text) {
        own.name = name.name;
        own.lora = name.lora;
        own.base_url = name.url ? name.url : cfg->base_url;
    }
    if (rc == 0)
        rc = model_open(&own, out, err);
    model_name_free(&name);
    return rc;
}

/* The model already opened under this name for an earlier role. */
static struct model *opened(const struct run_args *args, const struct router_role *roles, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(args->roles[i].model, args->roles[n].model))
            return roles[i].model;
    return NULL;
}

static void close_roles(struct router_role *roles, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool shared = false;
        for (size_t j = 0; j < i; j++)
            shared |= roles[j].model == roles[i].model;
        if (!shared)
            model_close(roles[i].model);
    }
}

/* job->model becomes a router over itself and the models of the roles. */
static int open_roles(const struct run_args *args, const struct model_config *cfg,
                      struct run_job *job, struct err *err)
{
    struct router_role roles[RUN_ROLES_MAX];
    for (size_t i = 0; i < args->n_roles; i++) {
        roles[i] = (struct router_role){args->roles[i].role, opened(args, roles, i)};
        int rc = roles[i].model ? 0 : open_named(cfg, args->roles[i].model, &roles[i].model, err);
        if (rc < 0) {
            close_roles(roles, i);
            return rc;
        }
    }
    if (args->n_roles)
        job->model = router_make(job->model, roles, args->n_roles);
    return 0;
}

static int put_record_in_front(struct run_job *job, struct err *err)
{
    struct model *front;
    int rc = replay_in_front(job->record.db, job->model, &front, err);
    if (rc == 0)
        job->model = front;
    return rc;
}

/* Adds settings from the flags to the server's identity. */
static void complete_identity(const struct run_args *args, const struct model_config *cfg,
                              struct run_job *job)
{
    static const char *const think[] = {NULL, "on", "off"};
    if (think[args->think])
        json_object_set_new(job->identity, "think", json_string(think[args->think]));
    if (cfg->num_ctx)
        json_object_set_new(job->identity, "num_ctx", json_integer(cfg->num_ctx));
    if (!args->serve)
        return;
    struct redact secrets = {0};
    command_line_keys(&secrets);
    redact_add(&secrets, job->api_key);
    char *shown CLEANUP_FREE = redact_text(&secrets, args->serve, 0);
    json_object_set_new(job->identity, "serve", json_string(shown));
    redact_free(&secrets);
}

/* A dry run asks no server; only the directory's name stays unknown. */
static bool unprobed(const struct run_args *args)
{
    return args->dry_run && model_can(args->backend, MODEL_SERVER);
}

/* ---- learners ---- */

static bool trains(const struct run_args *args, const struct run_job *job)
{
    const struct curriculum *c = job->experiment.curriculum;
    return c && c->learner == LEARNER_NATIVE && !model_can(args->backend, MODEL_REPLAYS);
}

/* A flag that the learner ignores is rejected, so that nobody takes it for a setting of the run. */
static int check_learner(const struct run_args *args, const struct run_job *job, struct err *err)
{
    const struct curriculum *c = job->experiment.curriculum;
    if (!c && (args->parallel || args->n_adapters))
        return err_input(err, "--%s: %s has no curriculum", args->parallel ? "parallel" : "adapter",
                         job->experiment.path);
    if (c && c->learner != LEARNER_LORA && args->n_adapters)
        return err_input(err, "--adapter: only for --learner lora");
    if (c && c->learner != LEARNER_NATIVE && args->parallel)
        return err_input(err, "--parallel: only the native learner trains");
    if (!trains(args, job))
        return 0;
    if (!model_can(args->backend, MODEL_WEIGHTS))
        return err_input(err,
                         "--model-backend %s: the native learner trains the embedded model; "
                         "--learner icl or lora asks a server",
                         args->backend);
    if (args->model_name || args->n_roles || args->replay)
        return err_input(err, "--%s: the native learner makes its own models",
                         args->model_name ? "model-name"
                         : args->n_roles  ? "role-model"
                                          : "replay");
    return 0;
}

/* The learner lora: job->model becomes one that asks the cells' adapters as well. */
static int open_adapters(const struct run_args *args, const struct model_config *cfg,
                         struct run_job *job, struct err *err)
{
    const struct curriculum *c = job->experiment.curriculum;
    struct lora_model *models CLEANUP_FREE = xcalloc(args->n_adapters + 1, sizeof *models);
    struct model *all = NULL;
    size_t n = 0;
    int rc = 0;
    if (!c || c->learner != LEARNER_LORA || model_can(args->backend, MODEL_REPLAYS))
        return 0;
    for (; rc == 0 && n < args->n_adapters; n++) {
        rc = lora_adapter_parse(args->adapters[n], &models[n].adapter, err);
        for (size_t i = 0; rc == 0 && i < n; i++)
            if (str_eq(models[i].adapter.model, models[n].adapter.model))
                models[n].model = models[i].model;
        if (rc == 0 && !models[n].model)
            rc = open_named(cfg, models[n].adapter.model, &models[n].model, err);
    }
    if (rc == 0)
        rc = learner_lora_open(&job->experiment, job->model, models, n,
                               c->adapts_all ? NULL : "supervisor", &all, err);
    if (rc == 0) {
        job->model = all;
        return learner_lora_canary(all, &job->experiment, job->prompts, &job->canary, err);
    }
    for (size_t i = 0; i < n; i++) { /* each once */
        bool seen = false;
        for (size_t j = 0; j < i; j++)
            seen |= models[j].model == models[i].model;
        if (!seen)
            model_close(models[i].model);
    }
    return rc;
}

static int open_learner(struct run_job *job, struct err *err)
{
    int rc = learner_native_open(&job->experiment, &job->suite, job->prompts, &job->learner, err);
    if (rc < 0)
        return rc;
    job->model = job->learner;
    return model_probe(job->model, &job->identity, err);
}

int run_model_open(const struct run_args *args, struct run_job *job, struct err *err)
{
    struct model_config cfg;
    char *url CLEANUP_FREE = NULL;
    int rc = check_learner(args, job, err);
    if (rc == 0 && trains(args, job))
        return open_learner(job, err);
    if (rc == 0)
        rc = configure(args, job, &cfg, err);
    if (rc == 0 && unprobed(args)) {
        job->identity = json_pack("{s:s, s:s}", "backend", args->backend, "name", cfg.name);
        complete_identity(args, &cfg, job);
        return 0;
    }
    if (rc == 0 && args->serve) {
        rc = start_server(args, job, err);
        if (rc == 0)
            cfg.base_url = url = xstrdup(serve_url(job->serve));
    }
    if (rc == 0)
        rc = open_named(&cfg, cfg.name, &job->model, err);
    if (rc == 0)
        rc = open_roles(args, &cfg, job, err);
    if (rc == 0)
        rc = open_adapters(args, &cfg, job, err);
    if (rc == 0 && model_can(args->backend, MODEL_SERVER))
        job->model = purse_in_front(job->model, &job->purse);
    if (rc == 0 && job->record.db && !model_can(args->backend, MODEL_REPLAYS))
        rc = put_record_in_front(job, err);
    if (rc == 0)
        rc = model_probe(job->model, &job->identity, err);
    if (rc == 0)
        complete_identity(args, &cfg, job);
    return rc;
}

/* ---- before it starts ---- */

bool run_model_agreed(const struct run_args *args, const struct run_job *job)
{
    const char *url = json_get_str(job->identity, "base_url", "");
    if (args->yes || !str_starts(url, "https:") || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return true;
    struct str cost CLEANUP_STR = {0};
    run_forecast_add_cost(job, &cost);
    if (args->max_cost > 0) {
        str_add(&cost, ", at most ");
        run_money_add(job, args->max_cost, &cost);
    }
    fprintf(stderr, "hrm: %zu episodes will ask %s%s. Go on? [y/N] ", job->plan.n, url,
            str_text(&cost));
    int c = getchar();
    return c == 'y' || c == 'Y';
}
