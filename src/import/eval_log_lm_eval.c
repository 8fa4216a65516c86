/* samples_TASK_DATE.jsonl of lm-eval (lm-evaluation-harness, --log_samples): one line per document
 * and filter. The file names the task, the directory the model. A task is its doc_id, and two logs
 * are only paired where the document's hash is the same. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "import/eval_log_impl.h"

bool log_is_lm_eval(const json_t *line)
{
    return json_object_get(line, "doc_id") && json_object_get(line, "resps") &&
           json_object_get(line, "target");
}

/* "samples_gsm8k_2026-01-01T10-00-00.123.jsonl" -> "gsm8k" */
static const char *task_of_file(const struct log *l)
{
    const char *base = file_base(l->path);
    if (str_starts(base, "samples_"))
        base += strlen("samples_");
    size_t n = strlen(base) - (str_ends(base, ".jsonl") ? strlen(".jsonl") : 0);
    for (const char *p = strchr(base, '_'); p; p = strchr(p + 1, '_'))
        if (strspn(p + 1, "0123456789") == 4 && p[5] == '-')
            n = (size_t)(p - base);
    return arena_strndup(l->arena, base, n);
}

static const char *system_of_file(const struct log *l)
{
    char *dir CLEANUP_FREE = file_dir(l->path);
    bool named = !str_eq(dir, ".") && !str_eq(dir, "/");
    return arena_strdup(l->arena, named ? file_base(dir) : "model");
}

/* {"exact_match,strict-match": true, ...} of all lines: the name of the metric alone where there is
 * one filter. */
static json_t *metric_names(const json_t *lines)
{
    json_t *names = json_object(), *filters CLEANUP_JSON = json_object();
    const json_t *line, *metric;
    size_t i, k;
    json_array_foreach (lines, i, line)
        json_object_set_new(filters, json_get_str(line, "filter", "none"), json_true());
    json_array_foreach (lines, i, line)
        json_array_foreach (json_object_get(line, "metrics"), k, metric) {
            const char *name = json_string_value(metric);
            char *both CLEANUP_FREE =
                xasprintf("%s,%s", name ? name : "", json_get_str(line, "filter", "none"));
            if (name)
                json_object_set_new(names, json_object_size(filters) > 1 ? both : name,
                                    json_true());
        }
    return names;
}

/* Is the metric that was chosen this line's? *name: of its member. */
static bool is_of(const struct log *l, const json_t *line, char **name)
{
    const char *comma = strrchr(l->metric, ',');
    bool filtered = comma && !json_object_get(line, l->metric);
    *name = filtered ? xstrndup(l->metric, (size_t)(comma - l->metric)) : xstrdup(l->metric);
    return !filtered || str_eq(comma + 1, json_get_str(line, "filter", "none"));
}

int log_read_lm_eval(struct log *l, const json_t *lines, const struct log_choice *c,
                     struct err *err)
{
    json_t *names CLEANUP_JSON = metric_names(lines);
    const json_t *line;
    size_t i;
    l->benchmark = task_of_file(l);
    const char *system = system_of_file(l);
    const char *metric = log_choose(l, c->metric, names, err);
    if (!metric)
        return -EINVAL;
    l->metric = metric;
    json_array_foreach (lines, i, line) {
        char *name CLEANUP_FREE = NULL;
        if (!is_of(l, line, &name))
            continue;
        const char *id = log_text(l, line, "doc_id"), *hash = log_text(l, line, "doc_hash");
        const json_t *doc = json_object_get(line, "doc");
        struct log_row row = {.system = system,
                              .task = id,
                              .sample = "1",
                              .digest = hash ? hash : log_digest(l, doc),
                              .cluster = c->cluster ? log_text(l, doc, c->cluster) : NULL,
                              .seconds = NAN,
                              .tokens = NAN};
        if (!id)
            return log_refuse(l, err, "line %zu has no doc_id", i + 1);
        int rc = log_outcome(l, id, json_object_get(line, name), &row.outcome, err);
        if (rc < 0)
            return rc;
        *log_add(l) = row;
    }
    return 0;
}
