/* The options of `hrm run`. */
#include "cli/run_args.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/decimal.h"
#include "base/env_file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/values.h"
#include "control/role.h"

enum {
    OPT_SUITE = 0x100,
    OPT_PROMPTS,
    OPT_ARMS,
    OPT_LIMIT,
    OPT_TASK,
    OPT_SHARD,
    OPT_BACKEND,
    OPT_MODEL,
    OPT_ROLE_MODEL,
    OPT_BASE_URL,
    OPT_API_KEY_FILE,
    OPT_ENV_FILE,
    OPT_THINK,
    OPT_NUM_CTX,
    OPT_REPLAY,
    OPT_SERVE,
    OPT_CONNECTIONS,
    OPT_MAX_OUTAGE,
    OPT_PRICES,
    OPT_MAX_COST,
    OPT_STOP_WHEN,
    OPT_STRICT,
    OPT_ISOLATED,
    OPT_PILOT,
    OPT_OUTDIR,
    OPT_SANDBOX,
    OPT_DRY_RUN,
    OPT_FULL,
    OPT_JSON,
    OPT_YES,
    OPT_SETTING, /* from here on: numbers of the experiment, named as in its file */
    OPT_SETTING_LAST = OPT_SETTING + 11,
    OPT_CURRICULUM, /* the same for its curriculum */
    OPT_CURRICULUM_LAST = OPT_CURRICULUM + 9,
    OPT_QUICK,
    OPT_PARALLEL,
    OPT_ADAPTER,
    OPT_RUN_DIR,
    OPT_JOURNAL,
    OPT_SAME_AS,
};

static const struct argp_option options[] = {
    {0, 0, 0, 0, "What to run:", 1},
    {"suite", OPT_SUITE, "SUITE", 0, "tasks (default: the experiment's)"},
    {"arms", OPT_ARMS, "ARM,ARM", 0, "only these arms"},
    {"samples", OPT_SETTING, "K", 0, "repeats of each task"},
    {"limit", OPT_LIMIT, "N|A-B", 0, "only the first N tasks, or tasks A to B"},
    {"task", OPT_TASK, "ID", 0, "only this task (may be given again)"},
    {"shard", OPT_SHARD, "I/N", 0, "only the tasks of shard I of N"},
    {0, 0, 0, 0, "The model:", 2},
    {"model-backend", OPT_BACKEND, "BACKEND", 0, "the backend (default: embedded), one of: "},
    {"model-name", OPT_MODEL, "MODEL", 0,
     "the model; for embedded a GGUF file (default: OPENAI_MODEL, or the only one served)"},
    {"role-model", OPT_ROLE_MODEL, "ROLE=NAME", 0, "another model for a role (may be given again)"},
    {"base-url", OPT_BASE_URL, "URL", 0,
     "where the server is (default: OLLAMA_BASE_URL, OPENAI_API_BASE)"},
    {"api-key-file", OPT_API_KEY_FILE, "FILE", 0, "holds the API key (default: OPENAI_API_KEY)"},
    {"env-file", OPT_ENV_FILE, "FILE", 0,
     "read variables such as OPENAI_API_KEY from a .env file; those that are set win over it"},
    {"serve", OPT_SERVE, "COMMAND", 0,
     "start this server, wait for it, end it with the run; {port} becomes its port"},
    {"replay", OPT_REPLAY, "RUN", 0,
     "answer from a run's record; ask a server only what is not in it"},
    {"prompts", OPT_PROMPTS, "PROFILE", 0, "a folder of prompts/ (default: by backend)"},
    {"think", OPT_THINK, "on|off", 0, "of models that can (default: the server's)"},
    {"num-ctx", OPT_NUM_CTX, "N", 0, "context Ollama loads (default: chosen from the prompts)"},
    {"temperature", OPT_SETTING + 1, "T", 0, "0 = greedy"},
    {"top-p", OPT_SETTING + 2, "P", 0, "1 = off"},
    {"min-p", OPT_SETTING_LAST, "P", 0,
     "no token less probable than P times the most probable one; 0 = off"},
    {"max-tokens", OPT_SETTING + 3, "N", 0, "tokens a single reply may have"},
    {"seed", OPT_SETTING + 4, "S", 0, "all others are derived from it"},
    {0, 0, 0, 0, "The budget of an episode, the same for every arm (0 = no cap):", 3},
    {"max-iters", OPT_SETTING + 5, "N", 0, "candidates executed"},
    {"max-calls", OPT_SETTING + 6, "N", 0, "model calls"},
    {"max-tool-runs", OPT_SETTING + 7, "N", 0, "executions of Python"},
    {"max-generated-tokens", OPT_SETTING + 8, "N", 0, "tokens the model writes"},
    {"max-total-tokens", OPT_SETTING + 9, "N", 0, "tokens read and written"},
    {"max-seconds", OPT_SETTING + 10, "S", 0, "model service and tool time"},
    {0, 0, 0, 0, "Experiments with a curriculum:", 4},
    {"quick", OPT_QUICK, 0, 0, "the small version, as the experiment's file says"},
    {"learner", OPT_CURRICULUM, "native|icl|lora", 0,
     "native trains, icl shows examples in the prompt, lora asks adapters"},
    {"orders", OPT_CURRICULUM + 1, "ORDER,ORDER", 0, "of random, strict, cumulative and reverse"},
    {"n", OPT_CURRICULUM + 2, "N,M", 0, "numbers of training problems, rising"},
    {"seeds", OPT_CURRICULUM + 3, "K", 0, "trainings of each order and number"},
    {"tests", OPT_CURRICULUM + 4, "N", 0, "test problems of each number of steps, for each seed"},
    {"size", OPT_CURRICULUM + 5, "d32|d64", 0, "of the native model"},
    {"schedule", OPT_CURRICULUM + 6, "constant|decay", 0, "of the native learning rate"},
    {"loss", OPT_CURRICULUM + 7, "example|token", 0, "which of them weigh the same in training"},
    {"warmup", OPT_CURRICULUM + 8, "R", 0, "share of the steps in which the learning rate rises"},
    {"finish", OPT_CURRICULUM_LAST, "R", 0, "share that every order holds back and ends on, mixed"},
    {"parallel", OPT_PARALLEL, "N", 0, "native trainings at once (default: one per core)"},
    {"adapter", OPT_ADAPTER, "CELL=NAME", 0,
     "lora: the model of a cell, as strict, strict:512 or strict:512:0 (may be given again)"},
    {0, 0, 0, 0, "How to run it:", 5},
    {"max-connections", OPT_CONNECTIONS, "N", 0, "episodes at once (default: the model's slots)"},
    {"max-outage", OPT_MAX_OUTAGE, "S", 0,
     "seconds to wait for a server that went away (default: 600)"},
    {"prices", OPT_PRICES, "FILE", 0,
     "what tokens cost, by model (default: ~/.config/hrm/prices.yaml, if it is there)"},
    {"max-cost", OPT_MAX_COST, "AMOUNT", 0,
     "stop before the run has cost more than that; the same command with more continues"},
    {"stop-when", OPT_STOP_WHEN, "decided", 0,
     "run tasks in random order and stop when the evidence suffices (e-value 20 for either arm)"},
    {"strict", OPT_STRICT, 0, 0, "one request at a time, the server's caches off"},
    {"isolated-only", OPT_ISOLATED, 0, 0,
     "refuse tasks whose reference passes only in one process with its tests"},
    {"pilot", OPT_PILOT, "RUN", 0,
     "a run to learn from: what calls, tokens, hours and variances to expect (default: the "
     "calibration), and limits of criteria in seconds (the 95th percentile of the second arm)"},
    {"outdir", OPT_OUTDIR, "DIR", 0, "where runs live (default: runs)"},
    {"sandbox", OPT_SANDBOX, "weak", 0, "accept a weaker sandbox if the full one cannot be built"},
    {"dry-run", OPT_DRY_RUN, 0, 0, "print the plan and the first prompts, run nothing"},
    {"full", OPT_FULL, 0, 0, "print all tables at the end, not only the first screen"},
    {"json", OPT_JSON, 0, 0, "print the summary as JSON instead of tables"},
    {"yes", OPT_YES, 0, 0, "do not ask before calling a server over https"},
    {0, 0, 0, 0, "As a part of something larger ('hrm slurm'):", 6},
    {"run-dir", OPT_RUN_DIR, "DIR", 0, "the run's own directory, in place of one under --outdir"},
    {"journal", OPT_JOURNAL, "auto|rollback", 0,
     "the record's journal: auto is a write-ahead log, but not on a network file system"},
    {"same-as", OPT_SAME_AS, "FILE", 0,
     "refuse another configuration, model or prompts than FILE's; made if it is not there"},
    {0}};

const struct argp_option *run_args_options(void)
{
    return options;
}

/* ---- values ---- */

static error_t refuse(const struct argp_state *state, const char *message)
{
    fprintf(stderr, "%s: %s\n", state->name, message);
    return EINVAL;
}

static void add_setting(struct run_args *args, int key, const char *value)
{
    const struct argp_option *o = options;
    while (o->key != key)
        o++;
    if (args->n_settings == RUN_SETTINGS_MAX)
        args->n_settings--; /* a repeated flag: the last one counts */
    args->settings[args->n_settings++] = (struct run_setting){o->name, value};
}

/* More than 0. */
static error_t parse_amount(const struct argp_state *state, const char *flag, const char *of,
                            const char *value, double *out)
{
    double x;
    if (!decimal_parse(value, &x) || !(x > 0 && x < 1e9)) {
        char *why CLEANUP_FREE =
            xasprintf("--%s: expected %s, more than 0, found '%s'", flag, of, value);
        return refuse(state, why);
    }
    *out = x;
    return 0;
}

static error_t parse_think(const struct argp_state *state, const char *value, enum model_think *out)
{
    if (!str_eq(value, "on") && !str_eq(value, "off")) {
        char *why CLEANUP_FREE = xasprintf("--think: expected on or off, found '%s'", value);
        return refuse(state, why);
    }
    *out = str_eq(value, "on") ? MODEL_THINK_ON : MODEL_THINK_OFF;
    return 0;
}

static error_t parse_role_model(const struct argp_state *state, const char *value)
{
    struct run_args *args = state->input;
    struct str known CLEANUP_STR = {0};
    struct run_role r = {.model = strchr(value, '=')};
    size_t n = r.model ? (size_t)(r.model - value) : sizeof r.role;
    if (n < sizeof r.role)
        memcpy(r.role, value, n);
    if (!r.model || !*++r.model || !role_exists(r.role)) {
        role_list(&known);
        char *why CLEANUP_FREE = xasprintf("--role-model: expected ROLE=NAME with ROLE one of %s; "
                                           "found '%s'",
                                           known.p, value);
        return refuse(state, why);
    }
    size_t i = 0;
    while (i < args->n_roles && !str_eq(args->roles[i].role, r.role))
        i++; /* given twice: the last one counts */
    args->roles[i] = r;
    args->n_roles += i == args->n_roles;
    return 0;
}

/* ---- options ---- */

static error_t parse_part(int key, const char *value, const struct argp_state *state)
{
    struct run_args *args = state->input;
    switch (key) {
    case OPT_RUN_DIR:
        args->run_dir = value;
        return 0;
    case OPT_SAME_AS:
        args->same_as = value;
        return 0;
    case OPT_JOURNAL:
        args->rollback = str_eq(value, "rollback");
        if (!args->rollback && !str_eq(value, "auto"))
            return refuse(state, "--journal: expected auto or rollback");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_selection(int key, const char *value, const struct argp_state *state)
{
    struct run_args *args = state->input;
    struct plan_selection *sel = &args->selection;
    struct err err;
    switch (key) {
    case OPT_SUITE:
        args->suite = value;
        return 0;
    case OPT_ARMS:
        sel->arms = value;
        return 0;
    case OPT_TASK:
        args->tasks = xrealloc(args->tasks, (sel->n_tasks + 1) * sizeof *args->tasks);
        args->tasks[sel->n_tasks++] = value;
        sel->tasks = args->tasks;
        return 0;
    case OPT_LIMIT:
        return plan_parse_limit(value, sel, &err) < 0 ? refuse(state, err.msg) : 0;
    case OPT_SHARD:
        return plan_parse_shard(value, sel, &err) < 0 ? refuse(state, err.msg) : 0;
    default:
        return parse_part(key, value, state);
    }
}

static error_t parse_model(int key, const char *value, struct argp_state *state)
{
    struct run_args *args = state->input;
    switch (key) {
    case OPT_BACKEND:
        args->backend = value;
        return 0;
    case OPT_MODEL:
        args->model_name = value;
        return 0;
    case OPT_ROLE_MODEL:
        return parse_role_model(state, value);
    case OPT_BASE_URL:
        args->base_url = value;
        return 0;
    case OPT_API_KEY_FILE:
        args->api_key_file = value;
        return 0;
    case OPT_ENV_FILE:
        args->env_file = value;
        return 0;
    case OPT_SERVE:
        args->serve = value;
        return 0;
    case OPT_REPLAY:
        args->replay = value;
        return 0;
    case OPT_PROMPTS:
        args->prompts = value;
        return 0;
    case OPT_THINK:
        return parse_think(state, value, &args->think);
    case OPT_NUM_CTX:
        args->num_ctx = (int)value_whole(value, "num-ctx", 256, 1 << 24, state);
        return 0;
    default:
        return parse_selection(key, value, state);
    }
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct run_args *args = state->input;
    if (key >= OPT_SETTING && key <= OPT_CURRICULUM_LAST) {
        add_setting(args, key, value);
        return 0;
    }
    switch (key) {
    case OPT_CONNECTIONS:
        args->max_connections = (int)value_whole(value, "max-connections", 1, 4096, state);
        return 0;
    case OPT_MAX_OUTAGE:
        return parse_amount(state, "max-outage", "seconds", value, &args->max_outage_s);
    case OPT_MAX_COST:
        return parse_amount(state, "max-cost", "an amount of money", value, &args->max_cost);
    case OPT_PRICES:
        args->prices = value;
        return 0;
    case OPT_STOP_WHEN:
        args->stop_when_decided = str_eq(value, "decided");
        if (!args->stop_when_decided)
            argp_error(state, "--stop-when: expected decided, found '%s'", value);
        return 0;
    case OPT_QUICK:
        args->quick = true;
        return 0;
    case OPT_PARALLEL:
        args->parallel = (int)value_whole(value, "parallel", 1, 1024, state);
        return 0;
    case OPT_ADAPTER:
        args->adapters = xrealloc(args->adapters, (args->n_adapters + 1) * sizeof *args->adapters);
        args->adapters[args->n_adapters++] = value;
        return 0;
    case OPT_STRICT:
        args->strict = true;
        return 0;
    case OPT_ISOLATED:
        args->isolated_only = true;
        return 0;
    case OPT_PILOT:
        args->pilot = value;
        return 0;
    case OPT_OUTDIR:
        args->outdir = value;
        return 0;
    case OPT_SANDBOX:
        args->weak = str_eq(value, "weak");
        if (!args->weak)
            argp_error(state, "--sandbox: expected weak, found '%s'", value);
        return 0;
    case OPT_DRY_RUN:
        args->dry_run = true;
        return 0;
    case OPT_FULL:
        args->full = true;
        return 0;
    case OPT_JSON:
        args->json = true;
        return 0;
    case OPT_YES:
        args->yes = true;
        return 0;
    case ARGP_KEY_ARG:
        if (args->experiment)
            argp_error(state, "one experiment at a time: '%s' is one too many", value);
        args->experiment = value;
        return 0;
    case ARGP_KEY_NO_ARGS:
        if (!args->replay) /* a capsule holds its experiment */
            argp_error(state, "name an experiment; 'hrm list' shows them");
        return 0;
    default:
        return parse_model(key, value, state);
    }
}

/* The help's lists come from their tables: backends, roles, and the switches of an arm. */
static char *help_filter(int key, const char *text, void *input)
{
    struct str s = {0};
    (void)input;
    if (key == OPT_BACKEND) {
        str_add(&s, text);
        model_list(0, ", ", &s);
        return str_take(&s);
    }
    if (key != ARGP_KEY_HELP_EXTRA)
        return (char *)text;
    str_add(&s, "Roles: ");
    role_list(&s);
    str_add(&s, ".\n\nSwitches of an arm in an experiment's file:\n");
    for (size_t i = 0; i < n_arm_switches; i++) {
        struct str values CLEANUP_STR = {0};
        arm_switch_values(&arm_switches[i], &values);
        str_addf(&s, "  %-10s %s\n    %s\n", arm_switches[i].name, values.p,
                 arm_switches[i].meaning);
    }
    return str_take(&s);
}

const struct argp run_argp = {
    options, parse_option, "EXPERIMENT",
    "Run an experiment, or go on with one: what is finished is not asked again.\v"
    "EXPERIMENT is a name under experiments/, a directory or a YAML file; flags override the "
    "file. The run lives in DIR/<experiment>/<model>-<hash>/. A GGUF file and llama.cpp are enough "
    "for a real model:\n"
    "  hrm run exp1_decomp_vs_flat --serve 'llama-server -m model.gguf -np 8 --port {port}'",
    .help_filter = help_filter};

/* ---- together ---- */

static int parse_as(const struct argp *what, int argc, char **argv, struct run_args *out)
{
    *out = (struct run_args){.outdir = "runs"};
    struct err err = {0};
    int code = cmd_parse(what, argc, argv, out);
    if (code)
        return code;
    if (out->env_file && env_file_load(out->env_file, &err) < 0)
        return cmd_fail(&err) + 1;
    if (!out->backend)
        out->backend = out->serve ? "openai" : "embedded";
    char *wrong CLEANUP_FREE = run_args_wrong(out);
    if (!wrong)
        return 0;
    fprintf(stderr, "%s: %s\n", argv[0], wrong);
    return EXIT_BAD_INPUT + 1;
}

int run_args_parse(int argc, char **argv, struct run_args *out)
{
    return parse_as(&run_argp, argc, argv, out);
}

/* ---- hrm calibrate ---- */

/* What it plays and how is fixed; what it plays on, and where, is not. */
static bool calibration_takes(const struct argp_option *o)
{
    static const char *const taken[] = {
        "suite",        "limit",    "task",       "model-backend", "model-name", "base-url",
        "api-key-file", "env-file", "serve",      "think",         "num-ctx",    "max-connections",
        "max-tokens",   "strict",   "max-outage", "json",          "yes",        "outdir",
        "sandbox",      "prompts",  "replay",     "dry-run"};
    for (size_t i = 0; o->name && i < sizeof taken / sizeof *taken; i++)
        if (str_eq(o->name, taken[i]))
            return true;
    return !o->name && o->group != 3 && o->group != 4 && o->group != 6;
}

static error_t parse_calibration(int key, char *value, struct argp_state *state)
{
    if (key == ARGP_KEY_ARG)
        argp_error(state, "expected no argument, found '%s'; --suite names the benchmark", value);
    return key == ARGP_KEY_NO_ARGS ? 0 : parse_option(key, value, state);
}

static char *calibration_help(int key, const char *text, void *input)
{
    return key == ARGP_KEY_HELP_EXTRA ? NULL : help_filter(key, text, input);
}

/* Chosen from the table above when it is first asked for. */
const struct argp *run_args_calibration(void)
{
    static struct argp_option mine[sizeof options / sizeof *options];
    static const struct argp what = {
        mine, parse_calibration, NULL,
        "Does this set-up (server, chat template, quantisation) reproduce the published value of "
        "its model? One greedy reply to each task of an imported benchmark (hrm import humaneval, "
        "mbpp, gsm8k), held against eval/published.yaml; when it is lower, the usual causes, each "
        "looked for.\vThe run lives in DIR/calibrate/; the same command continues it. Without "
        "--suite: humaneval.yaml, mbpp.yaml or gsm8k.yaml of this directory. For example:\n"
        "  hrm import humaneval HumanEval.jsonl.gz -o humaneval.yaml\n"
        "  hrm calibrate --model_backend ollama --model_name qwen2.5-coder:0.5b-instruct-q4_K_M",
        .help_filter = calibration_help};
    size_t n = 0;
    for (size_t i = 0; i + 1 < sizeof options / sizeof *options; i++)
        if (calibration_takes(&options[i]))
            mine[n++] = options[i];
    return &what;
}

int run_args_parse_calibration(int argc, char **argv, struct run_args *out)
{
    return parse_as(run_args_calibration(), argc, argv, out);
}

void run_args_free(struct run_args *args)
{
    free(args->tasks);
    free(args->adapters);
    args->tasks = NULL;
    args->adapters = NULL;
}
