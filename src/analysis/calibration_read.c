/* Reads the one reply of each episode out of a record. */
#include <stdlib.h>
#include <string.h>
#include "analysis/calibration_evidence.h"
#include "base/mem.h"
#include "base/str.h"

struct reply_reader {
    struct store *store;
    struct arena *arena;
    struct calibration_replies *out;
    struct calibration_reply *now;
    struct err *err;
};

static size_t bytes_of(const char *request)
{
    json_t *q CLEANUP_JSON = json_parse(request, strlen(request), "request", NULL);
    const json_t *m;
    size_t i, n = 0;
    json_array_foreach (json_object_get(q, "messages"), i, m)
        n += strlen(json_get_str(m, "content", ""));
    return n;
}

static int keep_call(void *ctx, const struct store_call *c)
{
    struct reply_reader *r = ctx;
    struct calibration_reply *now = r->now;
    if (now->text)
        return 0; /* only the first one */
    now->text = arena_strdup(r->arena, c->reply_text ? c->reply_text : "");
    now->reasoning = arena_strdup(r->arena, c->reasoning ? c->reasoning : "");
    now->finish = arena_strdup(r->arena, c->finish);
    now->label = arena_strdup(r->arena, c->label ? c->label : "");
    now->prompt_tokens = c->prompt_tokens;
    now->generated_tokens = c->generated_tokens;
    now->first_token_s = c->first_token_s;
    now->total_s = c->total_s;
    now->prompt_bytes = bytes_of(c->request);
    return 0;
}

/* "List" of "name 'List' is not defined", from the hidden grading. */
static int keep_unknown_name(void *ctx, const struct store_tool_run *t)
{
    struct reply_reader *r = ctx;
    if (!str_eq(t->kind, "hidden"))
        return 0;
    json_t *detail CLEANUP_JSON = json_parse(t->detail, strlen(t->detail), "detail", NULL);
    const json_t *test;
    size_t i;
    json_array_foreach (json_object_get(detail, "tests"), i, test) {
        const char *said = json_get_str(test, "message", ""), *name = strstr(said, "name '");
        if (!str_eq(json_get_str(test, "error_type", ""), "NameError") || !name)
            continue;
        name += strlen("name '");
        r->now->unknown_name = arena_strndup(r->arena, name, strcspn(name, "'"));
        return 1;
    }
    return 0;
}

static int keep_episode(void *ctx, long long id, const struct store_episode *row)
{
    struct reply_reader *r = ctx;
    struct calibration_replies *out = r->out;
    struct calibration_reply now = {.arm = arena_strdup(r->arena, row->arm),
                                    .task = arena_strdup(r->arena, row->task),
                                    .passed = row->passed,
                                    .flags = taxonomy_parse(row->flags)};
    out->faults += row->status == STORE_ERROR;
    out->open += row->status == STORE_PENDING;
    if (row->status != STORE_DONE)
        return 0;
    r->now = &now;
    int rc = store_calls(r->store, id, keep_call, r, r->err);
    if (rc == 0 && !row->passed)
        rc = store_tools(r->store, id, keep_unknown_name, r, r->err);
    if (rc < 0)
        return rc;
    if (!now.text)
        now.text = now.reasoning = now.finish = now.label = "";
    out->of = xgrow(out->of, &out->cap, out->n + 1, sizeof *out->of);
    out->of[out->n++] = now;
    return 0;
}

int calibration_read(struct store *store, struct arena *arena, struct calibration_replies *out,
                     struct err *err)
{
    struct reply_reader r = {.store = store, .arena = arena, .out = out, .err = err};
    return store_episodes(store, keep_episode, &r, err);
}

const struct calibration_reply *calibration_find(const struct calibration_replies *r,
                                                 const char *arm, const char *task)
{
    for (size_t i = 0; i < r->n; i++)
        if (str_eq(r->of[i].task, task) && (!arm || str_eq(r->of[i].arm, arm)))
            return &r->of[i];
    return NULL;
}
