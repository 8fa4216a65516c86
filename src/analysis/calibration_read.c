/* Reads the one reply of each episode out of a record. */
#include <stdlib.h>
#include <string.h>
#include "analysis/calibration_evidence.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/transcript.h"

struct reply_reader {
    struct store *store;
    struct arena *arena;
    struct calibration_replies *out;
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

static void keep_call(struct calibration_reply *now, const struct store_call *c, struct arena *a)
{
    now->text = arena_strdup(a, c->reply_text ? c->reply_text : "");
    now->reasoning = arena_strdup(a, c->reasoning ? c->reasoning : "");
    now->finish = arena_strdup(a, c->finish);
    now->label = arena_strdup(a, c->label ? c->label : "");
    now->prompt_tokens = c->prompt_tokens;
    now->generated_tokens = c->generated_tokens;
    now->first_token_s = c->first_token_s;
    now->total_s = c->total_s;
    now->prompt_bytes = bytes_of(c->request);
}

/* "List" of "name 'List' is not defined", from the hidden grading; NULL = none. */
static const char *unknown_name(const struct transcript *t, struct arena *arena)
{
    for (size_t i = 0; i < t->n_runs; i++) {
        const struct transcript_tests *tests = &t->runs[i].tests;
        for (size_t k = 0; t->runs[i].kind == RUN_HIDDEN && k < tests->n; k++) {
            const char *said = tests->v[k].message, *name = said ? strstr(said, "name '") : NULL;
            if (!name || !str_eq(tests->v[k].error_type, "NameError"))
                continue;
            name += strlen("name '");
            return arena_strndup(arena, name, strcspn(name, "'"));
        }
    }
    return NULL;
}

static int keep_episode(void *ctx, long long id, const struct store_episode *row)
{
    struct reply_reader *r = ctx;
    struct calibration_replies *out = r->out;
    out->faults += row->status == STORE_ERROR;
    out->open += row->status == STORE_PENDING;
    if (row->status != STORE_DONE)
        return 0;
    struct arena *arena = arena_new();
    struct transcript t;
    int rc = transcript_read(r->store, id, row, &t, arena, r->err);
    if (rc >= 0) {
        struct calibration_reply now = {.arm = arena_strdup(r->arena, row->arm),
                                        .task = arena_strdup(r->arena, row->task),
                                        .text = "",
                                        .reasoning = "",
                                        .finish = "",
                                        .label = "",
                                        .passed = row->passed,
                                        .flags = taxonomy_parse(row->flags)};
        if (t.n_calls > 0)
            keep_call(&now, &t.calls[0], r->arena);
        if (!row->passed)
            now.unknown_name = unknown_name(&t, r->arena);
        out->of = xgrow(out->of, &out->cap, out->n + 1, sizeof *out->of);
        out->of[out->n++] = now;
    }
    arena_free(arena);
    return rc < 0 ? rc : 0;
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
