/* See calibrate.h. */
#include <errno.h>
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "cli/calibrate.h"
#include "cli/run_steps.h"
#include "store/transcript.h"

static const char meta_key[] = "calibration_server";

/* 1 and *facts; 0 when nothing was noted yet. */
static int read_facts(struct store *s, json_t **facts, struct err *err)
{
    struct arena *arena = arena_new();
    const char *text;
    int rc = store_meta_get(s, meta_key, &text, arena, err);
    *facts = rc == 0 && text ? json_parse(text, strlen(text), meta_key, err) : NULL;
    arena_free(arena);
    return rc < 0 || !text ? rc : *facts ? 1 : -EINVAL;
}

/* A later session adds to what the first one noted: the record is mostly its. */
int calibrate_server_begin(const struct run_job *job, struct err *err)
{
    json_t *facts CLEANUP_JSON = NULL;
    struct store *recorded = run_replays(job) ? job->record.store : job->store;
    int rc = read_facts(recorded, &facts, err);
    if (rc == 0) {
        size_t n = job->plan.n_tasks, workers = (size_t)job->workers;
        facts = json_pack("{s:I}", "connections", (json_int_t)(workers < n ? workers : n));
    }
    char *text CLEANUP_FREE = rc < 0 ? NULL : json_text(facts);
    return rc < 0 ? rc : store_meta_set(job->store, meta_key, text, err);
}

struct first_call {
    json_t *request;
    int prompt_tokens;
};

struct first_reader {
    struct store *store;
    struct first_call *first;
};

static int look_for_call(void *ctx, long long id, const struct store_episode *row)
{
    struct first_reader *r = ctx;
    struct arena *arena = arena_new();
    struct transcript t;
    int rc = row->status == STORE_DONE ? transcript_read(r->store, id, row, &t, arena, NULL) : 1;
    if (rc == 0 && t.n_calls > 0) {
        const struct store_call *c = &t.calls[0];
        r->first->request = json_parse(c->request, strlen(c->request), "request", NULL);
        r->first->prompt_tokens = c->prompt_tokens;
    }
    arena_free(arena);
    return rc < 0 ? rc : r->first->request != NULL;
}

/* The first request of the record, as the server would read it. */
static int inspect(const struct run_job *job, const struct first_call *first, json_t *facts,
                   struct err *err)
{
    const json_t *messages = json_object_get(first->request, "messages"), *m;
    size_t i, n = json_array_size(messages);
    struct model_message *list CLEANUP_FREE = xcalloc(n + 1, sizeof *list);
    json_t *seen CLEANUP_JSON = NULL;
    json_array_foreach (messages, i, m)
        list[i] =
            (struct model_message){json_get_str(m, "role", "user"), json_get_str(m, "content", "")};
    const struct model_request q = {.messages = list, .n_messages = n, .role = "flat"};
    int rc = model_inspect(job->model, &q, &seen, err);
    if (rc < 0)
        return rc;
    json_object_update(facts, seen);
    json_object_set(facts, "messages", (json_t *)messages);
    json_object_set_new(facts, "prompt_tokens", json_integer(first->prompt_tokens));
    return 0;
}

int calibrate_server_end(const struct run_job *job, json_t **out, struct err *err)
{
    struct first_call first = {0};
    struct first_reader reader = {job->store, &first};
    json_t *facts CLEANUP_JSON = NULL;
    int rc = read_facts(job->store, &facts, err);
    if (rc == 0)
        facts = json_object();
    if (rc >= 0 && !run_replays(job)) {
        rc = store_episodes(job->store, look_for_call, &reader, err);
        rc = rc > 0 && first.request ? inspect(job, &first, facts, err) : rc;
        char *text CLEANUP_FREE = json_text(facts);
        if (rc >= 0)
            rc = store_meta_set(job->store, meta_key, text, err);
    }
    json_decref(first.request);
    if (rc < 0)
        return rc;
    *out = json_incref(facts);
    return 0;
}
