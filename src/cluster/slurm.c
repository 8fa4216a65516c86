/* See slurm.h. */
#include "cluster/slurm.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/mem.h"
#include "base/str.h"
#include "cluster/spawn.h"

/* sbatch tries again for minutes where MaxJobCount is reached; the others answer at once or not. */
static const double SUBMIT_S = 120, ASK_S = 20, STATE_S = 5;

/* ---- the configuration ---- */

/* "MaxArraySize            = 1001" */
static void read_limit(const char *text, const char *name, unsigned *out)
{
    unsigned value;
    const char *at = strstr(text, name);
    at = at ? strchr(at, '=') : NULL;
    if (at && sscanf(at + 1, " %u", &value) == 1 && value > 1)
        *out = value;
}

struct slurm_limits slurm_read_limits(void)
{
    static const char *const argv[] = {"scontrol", "show", "config", NULL};
    struct slurm_limits l = {.max_array_size = 1001, .max_jobs = 10000};
    struct str out CLEANUP_STR = {0};
    struct err ignored;
    if (spawn_read(argv, ASK_S, &out, NULL, &ignored) != 0)
        return l;
    read_limit(str_text(&out), "\nMaxArraySize", &l.max_array_size);
    read_limit(str_text(&out), "\nMaxJobCount", &l.max_jobs);
    l.known = true;
    return l;
}

/* ---- the queue ---- */

static bool is_named(const char *job, const char *const *jobs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(job, jobs[i]))
            return true;
    return false;
}

struct found {
    struct slurm_job *jobs;
    size_t n, cap;
};

static void add_job(struct found *f, const char *job, long index, const char *state,
                    const char *reason)
{
    struct slurm_job *j;
    f->jobs = xgrow(f->jobs, &f->cap, f->n + 1, sizeof *f->jobs);
    j = &f->jobs[f->n++];
    *j = (struct slurm_job){.index = index};
    snprintf(j->job, sizeof j->job, "%s", job);
    snprintf(j->state, sizeof j->state, "%s", state);
    snprintf(j->reason, sizeof j->reason, "%s", reason);
}

/* A number, of which newer versions make {"set": true, "number": 3}. */
static long long number_of(const json_t *o, const char *key, long long none)
{
    const json_t *value = json_object_get(o, key);
    if (json_is_object(value))
        return json_get_bool(value, "set", false) ? json_get_int(value, "number", none) : none;
    return json_is_integer(value) ? json_integer_value(value) : none;
}

/* A word, of which newer versions make a list. */
static const char *word_of(const json_t *o, const char *key)
{
    const json_t *value = json_object_get(o, key);
    const char *text = json_string_value(json_is_array(value) ? json_array_get(value, 0) : value);
    return text ? text : "";
}

int slurm_parse_json(const char *text, size_t len, const char *const *jobs, size_t n_jobs,
                     struct slurm_job **out, size_t *n, struct err *err)
{
    json_t *answer CLEANUP_JSON = json_parse(text, len, "squeue --json", err);
    const json_t *list = json_object_get(answer, "jobs"), *job;
    struct found f = {0};
    size_t i;
    if (!answer)
        return -EINVAL;
    if (!json_is_array(list))
        return err_env(err, "squeue --json: there is no list of jobs in its answer");
    json_array_foreach (list, i, job) {
        char name[24];
        long long array = number_of(job, "array_job_id", 0);
        long long index = array ? number_of(job, "array_task_id", -2) : -1;
        snprintf(name, sizeof name, "%lld", array ? array : number_of(job, "job_id", 0));
        if (is_named(name, jobs, n_jobs))
            add_job(&f, name, (long)index, word_of(job, "job_state"), word_of(job, "state_reason"));
    }
    *out = f.jobs;
    *n = f.n;
    return 0;
}

/* "12_3|RUNNING|None" or "13|PENDING|Dependency", one in a line. */
void slurm_parse_table(char *text, const char *const *jobs, size_t n_jobs, struct slurm_job **out,
                       size_t *n)
{
    struct found f = {0};
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char *state = strchr(line, '|'), *reason = state ? strchr(state + 1, '|') : NULL;
        if (!reason)
            continue;
        *state++ = *reason++ = '\0';
        char *index = strchr(line, '_');
        if (index)
            *index++ = '\0';
        if (is_named(line, jobs, n_jobs))
            add_job(&f, line,
                    !index                           ? -1
                    : *index >= '0' && *index <= '9' ? strtol(index, NULL, 10)
                                                     : -2,
                    state, reason);
    }
    *out = f.jobs;
    *n = f.n;
}

int slurm_queue(const char *const *jobs, size_t n_jobs, struct slurm_job **out, size_t *n,
                struct err *err)
{
    static const char *const json[] = {"squeue", "--json", NULL};
    struct str text CLEANUP_STR = {0}, said CLEANUP_STR = {0};
    char user[24];
    int rc = spawn_read(json, ASK_S, &text, NULL, err);
    if (rc == 0 && slurm_parse_json(str_text(&text), text.len, jobs, n_jobs, out, n, err) == 0)
        return 0;
    if (rc < 0)
        return rc;
    snprintf(user, sizeof user, "%u", (unsigned)getuid());
    const char *const table[] = {"squeue", "-h", "-r", "-t",       "all",
                                 "-u",     user, "-o", "%i|%T|%r", NULL};
    str_clear(&text);
    rc = spawn_read(table, ASK_S, &text, &said, err);
    if (rc > 0)
        return err_env(err, "squeue: %s", str_text(&said));
    if (rc == 0)
        slurm_parse_table(text.p ? text.p : (char[]){""}, jobs, n_jobs, out, n);
    return rc;
}

bool slurm_is_over(const char *state)
{
    static const char *const over[] = {"COMPLETED", "FAILED",   "CANCELLED", "TIMEOUT",
                                       "NODE_FAIL", "DEADLINE", "BOOT_FAIL", "OUT_OF_MEMORY"};
    return is_named(state, over, sizeof over / sizeof *over);
}

/* ---- one job ---- */

char *slurm_job_state(const char *job)
{
    const char *const argv[] = {"squeue", "-h", "-j", job, "-o", "%T", NULL};
    struct str out CLEANUP_STR = {0};
    struct err ignored;
    if (spawn_read(argv, STATE_S, &out, NULL, &ignored) != 0 || out.len == 0)
        return NULL;
    return xstrndup(out.p, strcspn(out.p, "\n"));
}

void slurm_requeue(const char *job)
{
    const char *const argv[] = {"scontrol", "requeue", job, NULL};
    struct err ignored;
    spawn_read(argv, ASK_S, NULL, NULL, &ignored);
}

int slurm_submit(const char *const *argv, char **job, struct err *err)
{
    struct str out CLEANUP_STR = {0}, said CLEANUP_STR = {0};
    int rc = spawn_read(argv, SUBMIT_S, &out, &said, err);
    if (rc < 0)
        return rc;
    size_t n = strcspn(str_text(&out), ";\n"); /* "12;cluster" */
    if (rc > 0 || n == 0)
        return err_env(err, "sbatch: %.*s", (int)strcspn(str_text(&said), "\n"),
                       said.len ? said.p : "it printed no job number");
    *job = xstrndup(out.p, n);
    return 0;
}

int slurm_cancel(const char *const *jobs, size_t n, struct err *err)
{
    const char **argv CLEANUP_FREE = xcalloc(n + 2, sizeof *argv);
    struct str said CLEANUP_STR = {0};
    argv[0] = "scancel";
    for (size_t i = 0; i < n; i++)
        argv[i + 1] = jobs[i];
    int rc = n ? spawn_read(argv, SUBMIT_S, NULL, &said, err) : 0;
    return rc <= 0 || strstr(str_text(&said), "Invalid job id")
               ? (rc < 0 ? rc : 0)
               : err_env(err, "scancel: %s", str_text(&said));
}
