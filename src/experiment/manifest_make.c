/* See manifest_make.h. */
#include "experiment/manifest_make.h"
#include <gnu/libc-version.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

enum { MANIFEST_SCHEMA = 1 };

/* The first "model name" of /proc/cpuinfo; "unknown" elsewhere. Caller frees. */
static char *cpu_name(void)
{
    FILE *f CLEANUP_FILE = fopen("/proc/cpuinfo", "re");
    char *line CLEANUP_FREE = NULL;
    size_t cap = 0;
    while (f && getline(&line, &cap, f) > 0) {
        char *value = strstr(line, ": ");
        if (str_starts(line, "model name") && value)
            return xstrndup(value + 2, strcspn(value + 2, "\n"));
    }
    return xstrdup("unknown");
}

static json_t *host(void)
{
    struct utsname u = {0};
    struct sysinfo info = {0};
    char *cpu CLEANUP_FREE = cpu_name();
    uname(&u);
    sysinfo(&info);
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I}", "name", u.nodename, "kernel", u.release,
                     "machine", u.machine, "cpu", cpu, "cores",
                     (json_int_t)sysconf(_SC_NPROCESSORS_ONLN), "memory_bytes",
                     (json_int_t)info.totalram * info.mem_unit);
}

static json_t *versions(const char *hrm)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "hrm", hrm, "compiler", __VERSION__, "libc",
                     gnu_get_libc_version(), "sqlite", sqlite3_libversion(), "jansson",
                     jansson_version_str());
}

static json_t *selection(const struct manifest_facts *f)
{
    const struct plan_selection *sel = f->selection;
    json_t *o = json_object(), *arms = json_array(), *tasks = json_array();
    for (size_t i = 0; i < f->experiment->n_arms; i++)
        if (plan_has_arm(f->plan, &f->experiment->arms[i]))
            json_array_append_new(arms, json_string(f->experiment->arms[i].name));
    for (size_t i = 0; i < sel->n_tasks; i++)
        json_array_append_new(tasks, json_string(sel->tasks[i]));
    json_object_set_new(o, "arms", arms);
    if (sel->last)
        json_object_set_new(o, "limit",
                            json_pack("[I, I]", (json_int_t)sel->first, (json_int_t)sel->last));
    if (sel->n_tasks)
        json_object_set(o, "tasks", tasks);
    json_decref(tasks);
    if (sel->n_shards)
        json_object_set_new(o, "shard", json_pack("[i, i]", (int)sel->shard, (int)sel->n_shards));
    json_object_set_new(o, "n_tasks", json_integer((json_int_t)f->plan->n_tasks));
    json_object_set_new(o, "n_episodes", json_integer((json_int_t)f->plan->n));
    return o;
}

static json_t *suite_facts(const struct suite *s)
{
    json_t *o = json_pack("{s:s?, s:s?, s:s, s:s, s:s, s:I}", "name", s->name, "version",
                          s->version, "domain", s->domain == SUITE_MATH ? "math" : "code", "path",
                          s->path, "sha256", s->sha256, "n_tasks", (json_int_t)s->n_tasks);
    json_t *clusters = json_object(); /* {task: cluster}, where the suite names them */
    for (size_t i = 0; i < s->n_tasks; i++)
        if (s->tasks[i].cluster)
            json_object_set_new(clusters, s->tasks[i].id, json_string(s->tasks[i].cluster));
    if (json_object_size(clusters))
        json_object_set(o, "clusters", clusters);
    json_decref(clusters);
    return o;
}

static int is_played(void *ctx, long long id, const struct store_episode *row)
{
    (void)ctx, (void)id;
    return row->status != STORE_PENDING;
}

/* The criteria as declared before the first call, and later changes. */
static json_t *frozen_criteria(const struct manifest_facts *f, const json_t *old, const char *now,
                               struct store *store)
{
    json_t *stated CLEANUP_JSON = criteria_json(f->experiment);
    const json_t *before = json_object_get(old, "criteria");
    bool played = old && store_episodes(store, is_played, NULL, NULL) > 0;
    return criteria_freeze(stated, before, played, now);
}

json_t *manifest_make(const struct manifest_facts *f, const struct rundir *dir, struct store *store)
{
    char *now CLEANUP_FREE = clock_utc_now();
    struct manifest old; /* of an earlier session */
    bool begun = manifest_read(store, &old, NULL) == 1;
    const char *when = begun && *old.created ? old.created : now;
    json_t *m = json_pack("{s:i, s:s, s:s, s:s}", "schema", MANIFEST_SCHEMA, "status", "running",
                          "config_hash", dir->hash, "created", when);
    json_object_set_new(m, "command", json_bytes(f->command, strlen(f->command)));
    json_object_set_new(m, "experiment", experiment_json(f->experiment));
    json_object_set_new(m, "criteria", frozen_criteria(f, begun ? old.json : NULL, now, store));
    json_object_set_new(m, "selection", selection(f));
    json_object_set_new(m, "suite", suite_facts(f->suite));
    json_object_set_new(m, "prompts",
                        json_pack("{s:s, s:s, s:b}", "profile", prompt_set_name(f->prompts),
                                  "sha256", prompt_set_sha256(f->prompts), "constrained",
                                  prompt_set_constrained(f->prompts)));
    json_object_set(m, "model", (json_t *)f->model);
    json_object_set_new(m, "tool", json_string(f->tool));
    json_object_set_new(m, "workers", json_integer(f->workers));
    json_object_set_new(m, "strict", json_boolean(f->strict));
    json_object_set_new(m, "versions", versions(f->version));
    json_object_set_new(m, "host", host());
    static const char *const kept[] = {"parts", "model_after", "grading",
                                       "prices"}; /* of a merged run; of an end; of a beginning */
    for (size_t i = 0; begun && i < sizeof kept / sizeof *kept; i++)
        if (json_object_get(old.json, kept[i]))
            json_object_set(m, kept[i], json_object_get(old.json, kept[i]));
    manifest_free(&old);
    return m;
}
