/* Results of promptfoo (`promptfoo eval -o FILE.json`, or .jsonl with one result per line). A task
 * is a test: its description, or else its number, and the values of its variables, by which it is
 * paired with the same test of another file. Every provider and prompt is a system. The same test
 * again is another sample. A result that failed by an error (failureReason 2) has no outcome. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "import/eval_log_impl.h"

enum { FAILED_BY_ERROR = 2 };

bool log_is_promptfoo_line(const json_t *o)
{
    return json_is_boolean(json_object_get(o, "success")) && json_object_get(o, "provider") &&
           (json_object_get(o, "testCase") || json_object_get(o, "vars"));
}

static const json_t *results_of(const json_t *o)
{
    return json_object_get(json_object_get(o, "results"), "results");
}

bool log_is_promptfoo(const json_t *o)
{
    return log_is_promptfoo_line(json_array_get(results_of(o), 0));
}

static const char *provider_name(const struct log *l, const json_t *r)
{
    const json_t *provider = json_object_get(r, "provider");
    const char *label = log_text(l, provider, "label"), *id = log_text(l, provider, "id");
    if (json_is_string(provider))
        return arena_strdup(l->arena, json_string_value(provider));
    return label && *label ? label : id ? id : "provider";
}

/* The label of a prompt is its text where it has none of its own: then its number. */
static const char *prompt_name(const struct log *l, const json_t *r)
{
    const json_t *prompt = json_object_get(r, "prompt");
    const char *label = log_text(l, prompt, "label"), *raw = log_text(l, prompt, "raw");
    bool own = label && strlen(label) <= 40 && !strpbrk(label, "\n{") && !str_eq(label, raw);
    return own ? label : NULL;
}

static int read_result(struct log *l, const json_t *r, const struct log_choice *c, struct err *err)
{
    const json_t *test = json_object_get(r, "testCase"), *vars = json_object_get(r, "vars");
    vars = vars ? vars : json_object_get(test, "vars");
    const char *prompt = prompt_name(l, r), *number = log_text(l, r, "testIdx");
    const char *described = log_text(l, test, "description");
    const json_t *metadata = json_object_get(test, "metadata");
    if (!log_is_promptfoo_line(r))
        return log_refuse(l, err, "result %zu has no success or no provider", l->n + 1);
    struct log_row *row = log_add(l);
    row->system = provider_name(l, r);
    if (prompt)
        row->system = arena_printf(l->arena, "%s, %s", row->system, prompt);
    row->digest = log_digest(l, vars);
    row->task = described && *described ? described
                : number                ? arena_printf(l->arena, "test %s", number)
                                        : "test";
    row->task = arena_printf(l->arena, "%s %s", row->task, row->digest);
    row->sample = NULL; /* counted by log_table */
    if (c->cluster) {
        row->cluster = log_text(l, metadata, c->cluster);
        row->cluster = row->cluster ? row->cluster : log_text(l, vars, c->cluster);
    }
    row->seconds = log_number(r, "latencyMs") / 1000;
    row->tokens =
        log_number(json_object_get(json_object_get(r, "response"), "tokenUsage"), "completion");
    row->outcome = json_get_int(r, "failureReason", 0) == FAILED_BY_ERROR
                       ? -1
                       : json_is_true(json_object_get(r, "success"));
    return 0;
}

int log_read_promptfoo_lines(struct log *l, const json_t *lines, const struct log_choice *c,
                             struct err *err)
{
    const json_t *r;
    size_t i;
    int rc = 0;
    l->metric = "success";
    if (c->metric && !str_eq(c->metric, l->metric))
        return log_refuse(l, err, "--metric: there is no '%s'; found success", c->metric);
    json_array_foreach (lines, i, r)
        if (rc == 0)
            rc = read_result(l, r, c, err);
    return rc;
}

int log_read_promptfoo(struct log *l, const json_t *o, const struct log_choice *c, struct err *err)
{
    const char *name = log_text(l, json_object_get(o, "config"), "description");
    l->benchmark = name ? name : "";
    return log_read_promptfoo_lines(l, results_of(o), c, err);
}
