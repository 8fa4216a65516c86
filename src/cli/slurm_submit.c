/* hrm slurm submit: makes the directory of a study and submits its shards. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/decimal.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/command_line.h"
#include "cli/run_job.h"
#include "cli/slurm_cmds.h"
#include "cli/values.h"
#include "cli/version.h"
#include "cluster/script.h"
#include "cluster/snapshot.h"
#include "cluster/submit.h"

struct submit_args {
    unsigned shards, at_once;
    const char *dir, *template, *merge_template, *scratch;
    double checkpoint_s;
    int lead_s, requeues;
    bool print;
    struct str options, merge_options; /* "#SBATCH ..." lines */
};

enum {
    OPT_ARRAY = 0x100,
    OPT_AT_ONCE,
    OPT_PRINT,
    OPT_SBATCH,
    OPT_LEAD,
    OPT_REQUEUES,
    OPT_SCRATCH,
    OPT_CHECKPOINT,
    OPT_TEMPLATE,
    OPT_MERGE_TEMPLATE,
    OPT_OWN, /* from here on: options of sbatch by their own names */
    OPT_OWN_LAST = OPT_OWN + 5,
};

static const struct argp_option options[] = {
    {0, 0, 0, 0, "The study:", 1},
    {"array", OPT_ARRAY, "N", 0, "into how many shards the experiment is cut"},
    {"at-once", OPT_AT_ONCE, "K", 0, "no more than K of them at a time"},
    {"study", 'o', "DIR", 0, "its directory, which must not exist yet (default: studies/...)"},
    {"print", OPT_PRINT, 0, 0, "make the directory and print the commands, submit nothing"},
    {0, 0, 0, 0, "Options of sbatch for the jobs of the array:", 2},
    {"partition", OPT_OWN, "NAME", 0, "and the merge"},
    {"account", OPT_OWN + 1, "NAME", 0, "and the merge"},
    {"qos", OPT_OWN + 2, "NAME", 0, "and the merge"},
    {"gres", OPT_OWN + 3, "LIST", 0, "such as gpu:1"},
    {"time", OPT_OWN + 4, "TIME", 0, "of one job, such as 04:00:00"},
    {"constraint", OPT_OWN_LAST, "LIST", 0, "of nodes"},
    {"sbatch", OPT_SBATCH, "OPTION", 0, "any other, such as '--mem=8G' (may be given again)"},
    {0, 0, 0, 0, "How its jobs work:", 3},
    {"lead", OPT_LEAD, "S", 0,
     "seconds before the end of its time that a job is told to stop (default: 120)"},
    {"requeues", OPT_REQUEUES, "N", 0, "how often a job may be requeued (default: 20)"},
    {"scratch", OPT_SCRATCH, "auto|direct|DIR", 0,
     "where a shard is recorded: auto = SLURM_TMPDIR or TMPDIR of the node if there is one, else "
     "direct, in the study (default: auto)"},
    {"checkpoint", OPT_CHECKPOINT, "S", 0,
     "seconds between copies of a record from the node to the study (default: 60)"},
    {"template", OPT_TEMPLATE, "FILE", 0,
     "of the array's script (default: cluster/array.sbatch.in)"},
    {"merge-template", OPT_MERGE_TEMPLATE, "FILE", 0,
     "of the merge's script (default: cluster/merge.sbatch.in)"},
    {0}};

/* An option that sbatch has by the same name; the first three are the merge's, too. */
static void add_own(struct submit_args *args, int key, const char *value)
{
    const struct argp_option *o = options;
    while (o->key != key)
        o++;
    char *line CLEANUP_FREE = xasprintf("#SBATCH --%s=%s", o->name ? o->name : "", value);
    str_addf(&args->options, "%s%s", args->options.len ? "\n" : "", line);
    if (key < OPT_OWN + 3)
        str_addf(&args->merge_options, "%s%s", args->merge_options.len ? "\n" : "", line);
}

static error_t parse_sbatch(int key, const char *value, struct argp_state *state)
{
    struct submit_args *args = state->input;
    char *line CLEANUP_FREE = key == OPT_SBATCH ? xstrdup(value) : xasprintf("-%s", value);
    struct err err;
    if (script_check_option(line, &err) < 0)
        argp_error(state, "%s", err.msg);
    if (key == OPT_SBATCH)
        str_addf(&args->options, "%s#SBATCH %s", args->options.len ? "\n" : "", value);
    else
        add_own(args, key, value);
    return 0;
}

static double seconds_of(const char *value, const char *option, struct argp_state *state)
{
    double s = 0;
    if (!decimal_parse(value, &s) || !(s > 0 && s < 1e6))
        argp_error(state, "--%s: expected seconds, more than 0, found '%s'", option, value);
    return s;
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct submit_args *args = state->input;
    if (key == OPT_SBATCH || (key >= OPT_OWN && key <= OPT_OWN_LAST))
        return parse_sbatch(key, value, state);
    switch (key) {
    case OPT_ARRAY:
        args->shards = (unsigned)value_whole(value, "array", 1, 1000000, state);
        return 0;
    case OPT_AT_ONCE:
        args->at_once = (unsigned)value_whole(value, "at-once", 1, 1000000, state);
        return 0;
    case 'o':
        args->dir = value;
        return 0;
    case OPT_PRINT:
        args->print = true;
        return 0;
    case OPT_LEAD:
        args->lead_s = (int)value_whole(value, "lead", 5, 65535, state);
        return 0;
    case OPT_REQUEUES:
        args->requeues = (int)value_whole(value, "requeues", 0, 1000000, state);
        return 0;
    case OPT_SCRATCH:
        args->scratch = value;
        return 0;
    case OPT_CHECKPOINT:
        args->checkpoint_s = seconds_of(value, "checkpoint", state);
        return 0;
    case OPT_TEMPLATE:
        args->template = value;
        return 0;
    case OPT_MERGE_TEMPLATE:
        args->merge_template = value;
        return 0;
    case ARGP_KEY_END:
        if (!args->shards)
            argp_error(state, "--array N says into how many shards the experiment is cut");
        return 0;
    default:
        return key == ARGP_KEY_NO_ARGS ? 0 : ARGP_ERR_UNKNOWN;
    }
}

const struct argp slurm_submit_argp = {
    options, parse_option, "--array N EXPERIMENT",
    "Cut an experiment into shards and submit them as a job array, and a job that merges them and "
    "writes the report.\vAll options of 'hrm run' that say what is run and by which model are "
    "taken "
    "as they are. With --serve, every job starts a server of its own:\n"
    "  hrm slurm submit exp1_decomp_vs_flat --array 32 --partition gpu --gres gpu:1 --time "
    "04:00:00 "
    "--serve 'vllm serve Qwen/Qwen2.5-Coder-7B-Instruct --port {port}'\n"
    "The study's directory, hrm and the model's files must be seen by all nodes."};

/* ---- two command lines in one ---- */

/* argv of this command and argv of hrm run: an option that stands in the table above is ours. */
struct split {
    char **own, **run;
    int n_own, n_run;
};

/* "--max_iters=3" as "--max-iters"; caller frees. */
static char *name_of(const char *word)
{
    char *name = xstrndup(word, strcspn(word, "="));
    for (char *c = name; *c; c++)
        if (*c == '_')
            *c = '-';
    return name;
}

static const struct argp_option *own_option(const char *word)
{
    char *name CLEANUP_FREE = name_of(word);
    for (const struct argp_option *o = options; o->name || o->doc; o++)
        if (o->name && (str_eq(name + 2 * str_starts(name, "--"), o->name) ||
                        (o->key == 'o' && str_eq(name, "-o"))))
            return o;
    return str_eq(name, "--help") || str_eq(name, "--usage") || str_eq(name, "--version") ? options
                                                                                          : NULL;
}

/* The nearest option of both tables to a word that is in neither. */
static const char *misspelt(const char *word)
{
    const struct argp_option *tables[] = {options, run_args_options()};
    const char *names[256];
    char *name CLEANUP_FREE = name_of(word);
    size_t n = 0;
    for (size_t t = 0; t < 2; t++)
        for (const struct argp_option *o = tables[t]; o->name || o->doc || o->group; o++) {
            if (o->name && str_eq(name + 2, o->name))
                return NULL;
            if (o->name && n < sizeof names / sizeof *names)
                names[n++] = o->name;
        }
    return str_nearest(name + 2, names, n);
}

/* False when an option is of neither table but near one. */
static bool check_spelling(const struct split *s)
{
    for (int i = 1; i < s->n_run; i++) {
        const char *near = str_starts(s->run[i], "--") ? misspelt(s->run[i]) : NULL;
        if (!near)
            continue;
        fprintf(stderr, "%s: there is no option '%s'; did you mean '--%s'?\n", s->own[0], s->run[i],
                near);
        return false;
    }
    return true;
}

static struct split split_argv(int argc, char **argv)
{
    struct split s = {.own = xcalloc((size_t)argc + 1, sizeof *s.own),
                      .run = xcalloc((size_t)argc + 1, sizeof *s.run)};
    s.own[s.n_own++] = s.run[s.n_run++] = argv[0];
    for (int i = 1; i < argc; i++) {
        const struct argp_option *o = argv[i][0] == '-' ? own_option(argv[i]) : NULL;
        if (!o) {
            s.run[s.n_run++] = argv[i];
            continue;
        }
        s.own[s.n_own++] = argv[i];
        if (o->arg && !strchr(argv[i], '=') && i + 1 < argc)
            s.own[s.n_own++] = argv[++i];
    }
    return s;
}

/* ---- what is run ---- */

static int check_run(const struct run_args *a, struct err *err)
{
    const struct {
        bool given;
        const char *flag, *why;
    } refused[] = {
        {a->selection.n_shards > 0, "shard", "--array cuts the experiment"},
        {a->stop_when_decided, "stop-when", "a shard does not know the results of the others"},
        {a->max_cost > 0, "max-cost", "a shard does not know what the others have cost"},
        {a->dry_run, "dry-run", "'hrm run --dry_run' shows the plan, --print what is submitted"},
        {a->run_dir || a->same_as || a->rollback, "run-dir", "the study decides this"},
        {!str_eq(a->outdir, "runs"), "outdir", "--study names the study's directory"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (refused[i].given)
            return err_input(err, "--%s: not here: %s", refused[i].flag, refused[i].why);
    return 0;
}

static void add(json_t *list, const char *word)
{
    json_array_append_new(list, json_string(word));
}

/* The arguments of hrm run: as given, but with the snapshot's files. A later flag wins. */
static json_t *run_arguments(const struct split *s, const struct run_args *args,
                             const struct run_job *job)
{
    json_t *list = json_array();
    add(list, "{study}/experiment/experiment.yaml");
    for (int i = 1; i < s->n_run; i++)
        if (s->run[i] != args->experiment)
            json_array_append_new(list, json_bytes(s->run[i], strlen(s->run[i])));
    char *prompts CLEANUP_FREE = xasprintf("{study}/prompts/%s", prompt_set_name(job->prompts));
    add(list, "--suite={study}/experiment/suite.yaml");
    char *flag CLEANUP_FREE = xasprintf("--prompts=%s", prompts);
    add(list, flag);
    return list;
}

/* Episodes of every shard. */
static json_t *planned(const struct run_job *job, unsigned shards)
{
    long *count CLEANUP_FREE = xcalloc(shards, sizeof *count);
    json_t *list = json_array();
    for (size_t i = 0; i < job->plan.n; i++)
        count[plan_shard_of(&job->plan, i, &job->experiment, shards) - 1]++;
    for (unsigned k = 0; k < shards; k++)
        json_array_append_new(list, json_integer(count[k]));
    return list;
}

/* ---- the directory ---- */

/* studies/exp1_decomp_vs_flat-20261201-103000. Caller frees. */
static char *default_dir(const struct run_job *job)
{
    char *now CLEANUP_FREE = clock_utc_now();
    return xasprintf("studies/%s-%.4s%.2s%.2s-%.2s%.2s%.2s", job->experiment.name, now, now + 5,
                     now + 8, now + 11, now + 14, now + 17);
}

static int write_scripts(const struct submit_args *args, const struct run_job *job, const char *dir,
                         struct err *err)
{
    const struct {
        const char *given, *shipped, *made;
    } scripts[] = {{args->template, "cluster/array.sbatch.in", "array.sbatch"},
                   {args->merge_template, "cluster/merge.sbatch.in", "merge.sbatch"}};
    char *program CLEANUP_FREE = slurm_program(), *here CLEANUP_FREE = realpath(".", NULL);
    char lead[16], shards[16];
    snprintf(lead, sizeof lead, "%d", args->lead_s);
    snprintf(shards, sizeof shards, "%u", args->shards);
    struct script_values values = {{[SCRIPT_NAME] = job->experiment.name,
                                    [SCRIPT_STUDY] = dir,
                                    [SCRIPT_HRM] = program,
                                    [SCRIPT_HOME] = getenv("HRM_HOME"),
                                    [SCRIPT_WORKDIR] = here,
                                    [SCRIPT_LEAD] = lead,
                                    [SCRIPT_OPTIONS] = str_text(&args->options),
                                    [SCRIPT_MERGE_OPTIONS] = str_text(&args->merge_options),
                                    [SCRIPT_SHARDS] = shards}};
    int rc = script_check_path("the study's directory", dir, err);
    if (rc == 0)
        rc = script_check_path("the program", program, err);
    if (rc == 0)
        rc = script_check_path("the working directory", here ? here : ".", err);
    for (size_t i = 0; rc == 0 && i < 2; i++) {
        char *found CLEANUP_FREE =
            scripts[i].given ? xstrdup(scripts[i].given) : file_find_data(scripts[i].shipped);
        char *to CLEANUP_FREE = file_join(dir, scripts[i].made);
        rc = found ? script_make(found, &values, to, err)
                   : err_input(err, "there is no %s; --template names one", scripts[i].shipped);
    }
    return rc;
}

static int write_command(const char *dir, const char *command, struct err *err)
{
    char *path CLEANUP_FREE = file_join(dir, "command");
    char *line CLEANUP_FREE = xasprintf("%s\n", command);
    return file_write(path, line, strlen(line), err);
}

static int take_snapshot(const struct run_args *args, const struct run_job *job, const char *dir,
                         struct err *err)
{
    char *experiment CLEANUP_FREE = NULL;
    const char *profile =
        args->prompts ? args->prompts : experiment_prompts(&job->experiment, args->backend);
    char *relative CLEANUP_FREE = xasprintf("prompts/%s", profile);
    char *prompts CLEANUP_FREE = strchr(profile, '/') ? xstrdup(profile) : file_find_data(relative);
    int rc = experiment_find(args->experiment, &experiment, err);
    return rc < 0 ? rc
                  : snapshot_make(
                        dir, &(struct snapshot_files){experiment, job->suite.path, prompts}, err);
}

static int make_study(const struct submit_args *args, const struct run_args *run,
                      const struct run_job *job, const struct split *words, const char *command,
                      const char *dir, struct err *err)
{
    static const char *const folders[] = {"logs", "shards"};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < 2; i++) {
        char *path CLEANUP_FREE = file_join(dir, folders[i]);
        rc = file_mkdirs(path, err);
    }
    if (rc == 0)
        rc = write_scripts(args, job, dir, err);
    if (rc == 0)
        rc = take_snapshot(run, job, dir, err);
    if (rc == 0)
        rc = write_command(dir, command, err);
    if (rc < 0)
        return rc;
    return study_create(dir,
                        json_pack("{s:s, s:I, s:I, s:s, s:f, s:i, s:o, s:o, s:s, s:s}",
                                  "experiment", job->experiment.name, "shards",
                                  (json_int_t)args->shards, "at_once", (json_int_t)args->at_once,
                                  "scratch", args->scratch, "checkpoint_s", args->checkpoint_s,
                                  "requeues", args->requeues, "run", run_arguments(words, run, job),
                                  "planned", planned(job, args->shards), "command", command, "hrm",
                                  hrm_version),
                        err);
}

/* ---- together ---- */

static int submit_all(const char *dir, bool print, struct err *err)
{
    struct study study = {0};
    struct str shown CLEANUP_STR = {0};
    struct slurm_limits limits = slurm_read_limits();
    int rc = study_open(dir, &study, err);
    if (rc < 0)
        return rc;
    unsigned *shards CLEANUP_FREE = xcalloc(study.shards, sizeof *shards);
    for (unsigned k = 0; k < study.shards; k++)
        shards[k] = k + 1;
    rc = submit_shards(&study, shards, study.shards, &limits, print, &shown, err);
    if (rc == 0) {
        fputs(str_text(&shown), stdout);
        fprintf(stderr, "hrm: %s: %u shards%s\n", dir, study.shards,
                print ? "; nothing was submitted, 'hrm slurm resume' does it" : " submitted");
    }
    study_close(&study);
    return rc;
}

static int submit(const struct submit_args *args, struct run_args *run, struct run_job *job,
                  const struct split *words, const char *command, struct err *err)
{
    int rc = check_run(run, err);
    run->dry_run = true; /* opens and checks everything, asks no server */
    if (rc == 0)
        rc = run_job_open(run, job, err);
    if (rc < 0)
        return rc;
    char *made = args->dir ? xstrdup(args->dir) : default_dir(job), *dir CLEANUP_FREE = NULL;
    if (file_exists(made))
        rc = err_input(err, "%s exists already; name a new directory, or 'hrm slurm resume %s'",
                       made, made);
    if (rc == 0)
        rc = file_mkdirs(made, err);
    if (rc == 0)
        dir = realpath(made, NULL);
    free(made);
    char *shown CLEANUP_FREE = command_line_without(command, job->api_key);
    if (rc == 0)
        rc = make_study(args, run, job, words, shown, dir, err);
    return rc < 0 ? rc : submit_all(dir, args->print, err);
}

int slurm_cmd_submit(int argc, char **argv)
{
    struct submit_args args = {
        .scratch = "auto", .checkpoint_s = 60, .lead_s = 120, .requeues = 20};
    struct run_args run = {0};
    struct run_job job = {0};
    struct err err = {0};
    char *command CLEANUP_FREE = command_line(argc, argv);
    struct split words = split_argv(argc, argv);
    char **run_argv CLEANUP_FREE = xcalloc((size_t)words.n_run + 1, sizeof *run_argv);
    memcpy(run_argv, words.run, (size_t)words.n_run * sizeof *run_argv); /* argp sorts it */
    int code = check_spelling(&words) ? 0 : EXIT_BAD_INPUT + 1;
    if (code == 0)
        code = cmd_parse(&slurm_submit_argp, words.n_own, words.own, &args);
    if (code == 0)
        code = run_args_parse(words.n_run, run_argv, &run);
    if (code == 0)
        code = submit(&args, &run, &job, &words, command, &err) < 0 ? cmd_fail(&err) : EXIT_DONE;
    else
        code--;
    run_job_close(&job);
    run_args_free(&run);
    str_free(&args.options);
    str_free(&args.merge_options);
    free(words.own);
    free(words.run);
    return code;
}
