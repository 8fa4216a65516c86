/* eval_results.json of EvalPlus: {"date", "hash", "eval": {TASK: [{"base_status", "plus_status"},
 * ...]}}, one entry per sample. Read is plus (base tests and more), or base where plus was not
 * graded. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "import/eval_log_impl.h"

bool log_is_evalplus(const json_t *o)
{
    const json_t *eval = json_object_get(o, "eval"), *first = NULL;
    const char *task;
    json_t *results;
    json_object_foreach ((json_t *)eval, task, results)
        first = first ? first : json_array_get(results, 0);
    return json_object_get(first, "base_status") != NULL;
}

/* "gpt-4_temp_0.0_eval_results.json" -> "gpt-4_temp_0.0"; the directory where that is all. */
static const char *system_of_file(const struct log *l)
{
    static const char *const endings[] = {".json", "eval_results", "_", "-", ".", "samples", "_"};
    char *base CLEANUP_FREE = xstrdup(file_base(l->path)), *dir CLEANUP_FREE = file_dir(l->path);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (str_ends(base, endings[i]))
            base[strlen(base) - strlen(endings[i])] = '\0';
    return arena_strdup(l->arena, *base ? base : file_base(dir));
}

static bool has_plus(const json_t *eval)
{
    const char *task;
    json_t *results;
    json_object_foreach ((json_t *)eval, task, results) {
        const json_t *plus = json_object_get(json_array_get(results, 0), "plus_status");
        if (!plus || json_is_null(plus))
            return false;
    }
    return true;
}

static int read_task(struct log *l, const char *system, const char *task, const json_t *results,
                     struct err *err)
{
    const json_t *r;
    size_t i;
    bool plus = str_eq(l->metric, "plus");
    json_array_foreach (results, i, r) {
        struct log_row *row = log_add(l);
        row->system = system;
        row->task = arena_strdup(l->arena, task);
        row->sample = arena_printf(l->arena, "%zu", i + 1);
        int base, rc = log_outcome(l, task, json_object_get(r, "base_status"), &base, err);
        row->outcome = base;
        if (rc == 0 && plus)
            rc = log_outcome(l, task, json_object_get(r, "plus_status"), &row->outcome, err);
        if (rc < 0)
            return rc;
        if (plus && base == 0) /* plus means both, as EvalPlus counts it */
            row->outcome = 0;
    }
    return 0;
}

int log_read_evalplus(struct log *l, const json_t *o, const struct log_choice *c, struct err *err)
{
    json_t *eval = json_object_get(o, "eval"), *results;
    const char *task, *system = system_of_file(l);
    int rc = 0;
    if (c->metric && !str_eq(c->metric, "base") && !str_eq(c->metric, "plus"))
        return log_refuse(l, err, "--metric: there is no '%s'; found base, plus", c->metric);
    l->metric = c->metric ? arena_strdup(l->arena, c->metric) : has_plus(eval) ? "plus" : "base";
    json_object_foreach (eval, task, results) {
        if (!*l->benchmark) /* "HumanEval/0" */
            l->benchmark = arena_strndup(l->arena, task, strcspn(task, "/"));
        if (rc == 0)
            rc = read_task(l, system, task, results, err);
    }
    return rc;
}
