/* Asking, running, accounting. */
#include "control/episode.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/rng.h"
#include "base/str.h"
#include "base/utf8.h"
#include "model/replay.h"
#include "tool/extract.h"

double episode_seconds(const struct episode *e)
{
    return e->spent.model_seconds + e->spent.tool_seconds;
}

static int cap_reached(struct episode *e, enum store_cap which)
{
    if (!e->stop)
        e->stop = store_cap_stop(which);
    return EPISODE_CAP;
}

static int check_stop(struct episode *e)
{
    return stop_requested() ? err_interrupted(e->err) : 0;
}

static double seconds_left(const struct episode *e)
{
    double cap = e->env->budget.max_seconds;
    return cap > 0 ? cap - episode_seconds(e) : 0;
}

static int check_seconds(struct episode *e)
{
    const struct budget *b = &e->env->budget;
    return b->max_seconds > 0 && episode_seconds(e) >= b->max_seconds ? cap_reached(e, CAP_SECONDS)
                                                                      : 0;
}

static size_t dialogue_bytes(const struct dialogue *d)
{
    size_t bytes = 0;
    for (size_t i = 0; i < d->n; i++)
        bytes += strlen(d->messages[i].content);
    return bytes;
}

/* The tokens of a prompt, before the server has counted them: as many per byte as those of the
 * episode so far. 0 before the first one. */
static long tokens_of(const struct episode *e, const struct dialogue *d)
{
    const struct ledger *l = &e->spent;
    size_t bytes = dialogue_bytes(d);
    return l->prompt_bytes == 0
               ? 0
               : (long)((double)bytes * (double)l->prompt_tokens / (double)l->prompt_bytes);
}

bool episode_has_room(const struct episode *e, const struct dialogue *d)
{
    const struct ledger *l = &e->spent;
    long left = e->env->budget.max_total_tokens - l->prompt_tokens - l->generated_tokens;
    return !d->full && (!e->env->budget.max_total_tokens || tokens_of(e, d) + d->longest <= left);
}

/* The tokens this call may generate, clamped to what the budget leaves once the prompt is read;
 * EPISODE_CAP when that is none. */
static int clamp_tokens(struct episode *e, const struct dialogue *d, int *max_tokens)
{
    const struct budget *b = &e->env->budget;
    const struct ledger *l = &e->spent;
    if (b->max_calls && l->calls >= b->max_calls)
        return cap_reached(e, CAP_CALLS);
    long left = *max_tokens,
         total = b->max_total_tokens - l->prompt_tokens - l->generated_tokens - tokens_of(e, d);
    if (b->max_generated_tokens && b->max_generated_tokens - l->generated_tokens < left)
        left = b->max_generated_tokens - l->generated_tokens;
    if (left <= 0)
        return cap_reached(e, CAP_GENERATED_TOKENS);
    if (b->max_total_tokens && total < left)
        left = total;
    if (left <= 0)
        return cap_reached(e, CAP_TOTAL_TOKENS);
    *max_tokens = (int)left;
    return check_seconds(e);
}

/* Valid until another role spends something for the first time. */
static struct store_share *spent_by(struct episode *e, const char *role)
{
    for (size_t i = 0; i < e->n_shares; i++)
        if (strcmp(e->shares[i].role, role) == 0)
            return &e->shares[i];
    e->shares = arena_grow(e->arena, e->shares, e->n_shares, &e->cap_shares, sizeof *e->shares);
    e->shares[e->n_shares].role = role;
    return &e->shares[e->n_shares++];
}

static void dialogue_add(struct episode *e, struct dialogue *d, const char *role, const char *text)
{
    if (d->n == d->cap) {
        size_t cap = d->cap ? 2 * d->cap : 8;
        struct model_message *grown = arena_alloc(e->arena, cap * sizeof *grown);
        if (d->n)
            memcpy(grown, d->messages, d->n * sizeof *grown);
        d->messages = grown;
        d->cap = cap;
    }
    d->messages[d->n++] = (struct model_message){role, text};
}

void dialogue_take_back(struct dialogue *d)
{
    while (d->n > 0 && !str_eq(d->messages[d->n - 1].role, "user"))
        d->n--;
    if (d->n > 0)
        d->n--;
    if (d->n == 1 && str_eq(d->messages[0].role, "system"))
        d->n = 0;
}

static int record_call(struct episode *e, const struct model_request *q, int index,
                       const char *request, const char *hash, const struct model_reply *r)
{
    struct store_call c = {.role = q->role,
                           .index = index,
                           .request_hash = hash,
                           .request = request,
                           .reply_text = r->text,
                           .reasoning = r->reasoning,
                           .finish = model_finish_name(r->finish),
                           .seed = q->seed,
                           .prompt_tokens = r->prompt_tokens,
                           .generated_tokens = r->generated_tokens,
                           .attempts = r->attempts,
                           .attempt_log = r->attempt_log ? r->attempt_log : "",
                           .label = r->label ? r->label : "",
                           .queue_s = r->queue_s,
                           .first_token_s = r->first_token_s,
                           .total_s = r->total_s};
    c.request = arena_strdup(e->arena, request);
    c.request_hash = arena_strdup(e->arena, hash);
    return store_call_put(e->env->store, e->id, transcript_add_call(&e->transcript, &c, e->arena),
                          e->err);
}

/* Records a call that was given up; one that was stopped, or never made, is not recorded. */
static int record_failure(struct episode *e, const struct model_request *q, int index, int rc,
                          const struct model_reply *r)
{
    if (rc == -EINTR || rc == -ECANCELED)
        return rc;
    char *now CLEANUP_FREE = clock_utc_now();
    struct store_failure f = {.role = q->role,
                              .index = index,
                              .at = now,
                              .error = e->err ? e->err->msg : "",
                              .partial_text = r->text,
                              .attempts = r->attempts,
                              .attempt_log = r->attempt_log};
    store_failure_put(e->env->store, e->id, &f,
                      NULL); /* the call's own fault is returned, not this one */
    return rc;
}

/* The reply from the record when this very request was answered before the run was interrupted,
 * else from the model. */
static int answer(struct episode *e, const struct model_request *q, int index,
                  struct model_reply *r)
{
    char hash[HASH_HEX];
    if (!e->env->store)
        return model_chat(e->env->model, q, r, e->arena, e->err);
    char *text CLEANUP_FREE = model_request_text(q, hash);
    struct store_call found;
    int rc = store_call_find(e->env->store, e->id, q->role, index, hash, &found, e->arena, e->err);
    if (rc < 0)
        return rc;
    if (rc == 1) {
        *r = replay_reply(&found);
        transcript_add_call(&e->transcript, &found, e->arena);
        return 0;
    }
    rc = model_chat(e->env->model, q, r, e->arena, e->err);
    return rc ? record_failure(e, q, index, rc, r) : record_call(e, q, index, text, hash, r);
}

static void charge_call(struct episode *e, struct store_share *by, const struct model_reply *r)
{
    struct ledger *l = &e->spent;
    l->calls++;
    l->prompt_tokens += r->prompt_tokens;
    l->generated_tokens += r->generated_tokens;
    l->model_seconds += r->total_s;
    l->queue_seconds += r->queue_s;
    by->calls++;
    by->prompt_tokens += r->prompt_tokens;
    by->generated_tokens += r->generated_tokens;
    by->model_seconds += r->total_s;
}

void episode_charge_run(struct episode *e, const char *role, double seconds)
{
    struct store_share *by = spent_by(e, role);
    e->spent.tool_runs++;
    e->spent.tool_seconds += seconds;
    by->tool_runs++;
    by->tool_seconds += seconds;
}

/* A controller may raise the temperature, to at most 1 (or the user's own value where that is
 * higher). */
static double warmed(double base, double by)
{
    double limit = base > 1 ? base : 1;
    return base + by < limit ? base + by : limit;
}

/* The messages before the first question: the template's worked examples, then an experiment's
 * shots. */
static void open_dialogue(struct episode *e, const char *role, const struct prompt_text *text,
                          struct dialogue *d)
{
    const struct control_env *env = e->env;
    size_t n = 0;
    const struct model_message *shots =
        env->shots ? env->shots(env->shots_ctx, e->arm->name, e->sample, role, &n) : NULL;
    if (text->system)
        dialogue_add(e, d, "system", text->system);
    for (size_t i = 0; i < text->n_examples; i++)
        dialogue_add(e, d, text->examples[i].role, text->examples[i].text);
    for (size_t i = 0; i < n; i++)
        dialogue_add(e, d, shots[i].role, shots[i].content);
}

int episode_ask(struct episode *e, const struct ask *ask, struct model_reply *reply)
{
    const struct control_env *env = e->env;
    struct model_sampling sampling =
        role_sampling(env->roles, env->n_roles, ask->role, env->sampling);
    int rc = check_stop(e);
    if (!rc && !role_exists(ask->role))
        rc = err_fault(e->err, "there is no role '%s'", ask->role);
    struct prompt_text text = {0};
    if (!rc)
        rc = prompt_render(env->prompts, ask->prompt, &ask->vars, &text, e->arena, e->err);
    if (rc)
        return rc;
    sampling.temperature = warmed(sampling.temperature, ask->warmer);
    struct dialogue alone = {0}, *d = ask->dialogue ? ask->dialogue : &alone;
    if (d->n == 0)
        open_dialogue(e, ask->role, &text, d);
    dialogue_add(e, d, "user", text.user);
    rc = clamp_tokens(e, d, &sampling.max_tokens);
    if (rc)
        return rc;
    struct store_share *by = spent_by(e, ask->role);
    int index = by->calls;
    struct model_request request = {.messages = d->messages,
                                    .n_messages = d->n,
                                    .role = ask->role,
                                    .sampling = sampling,
                                    .json_schema = ask->json_schema,
                                    .timeout_s = seconds_left(e),
                                    .key = {e->arm->name, e->task->id, e->sample, index},
                                    .seed = seed_derive(env->seed, "call/%s/%d/%s/%d", e->task->id,
                                                        e->sample, ask->role, index)};
    *reply = (struct model_reply){0};
    rc = answer(e, &request, index, reply);
    if (rc)
        return rc;
    charge_call(e, by, reply);
    e->spent.prompt_bytes += dialogue_bytes(d);
    d->full = reply->finish == MODEL_FINISH_CONTEXT;
    if (reply->generated_tokens > d->longest)
        d->longest = reply->generated_tokens;
    dialogue_add(e, d, "assistant", reply->text);
    return 0;
}

int episode_check_run(struct episode *e)
{
    const struct budget *b = &e->env->budget;
    if (b->max_tool_runs && e->spent.tool_runs >= b->max_tool_runs)
        return cap_reached(e, CAP_TOOL_RUNS);
    return check_seconds(e);
}

bool episode_may_iterate(struct episode *e)
{
    const struct budget *b = &e->env->budget;
    if (b->max_iters && e->spent.iterations >= b->max_iters)
        return cap_reached(e, CAP_ITERATIONS), false;
    return episode_check_run(e) == 0;
}

int episode_begin(struct episode *e)
{
    if (!episode_may_iterate(e))
        return EPISODE_CAP;
    e->spent.iterations++;
    return 0;
}

void episode_submit(struct episode *e, const struct candidate *c, const char *why)
{
    e->submission = c && *c->program ? c : NULL;
    if (!e->stop)
        e->stop = e->submission && !c->executed ? "no_tool" : why;
}

void episode_submit_answer(struct episode *e, const struct math_answer *a, const char *why)
{
    e->answer = a;
    if (!e->stop)
        e->stop = why;
}

int episode_answer(struct episode *e, const char *role, const char *text, const char *from,
                   const struct finals *finals, const struct math_answer **out)
{
    struct math_answer *a = arena_alloc(e->arena, sizeof *a);
    *a = (struct math_answer){.text = text, .seconds = episode_seconds(e)};
    *out = a;
    struct transcript_event v = {.kind = EVENT_ANSWER, .answer = {.text = text, .from = from}};
    if (finals)
        v.answer.finals = (struct transcript_texts){finals->text, finals->n};
    return episode_log(e, role, NULL, &v);
}

int episode_log(struct episode *e, const char *role, const struct candidate *c,
                const struct transcript_event *event)
{
    struct transcript_event v = *event;
    v.row = (struct store_event){.role = role,
                                 .generated_tokens = e->spent.generated_tokens,
                                 .prompt_tokens = e->spent.prompt_tokens,
                                 .calls = e->spent.calls,
                                 .tool_runs = e->spent.tool_runs,
                                 .seconds = episode_seconds(e),
                                 .candidate_hash = c ? c->hash : ""};
    if (c) {
        v.row.public_passed = c->public_passed;
        v.row.public_total = c->public_total;
        v.row.self_passed = __builtin_popcount(c->self_passed);
        v.row.self_total = c->self_total;
    }
    return store_event_put(e->env->store, e->id, transcript_add_event(&e->transcript, &v, e->arena),
                           e->err);
}

bool episode_echoes(const struct episode *e, const struct ask *ask, const char *text)
{
    return prompt_echoed(e->env->prompts, ask->prompt, &ask->vars, text);
}

const char *episode_own_lines(const struct episode *e, const struct ask *ask, const char *reply)
{
    struct str s CLEANUP_STR = {0};
    for (const char *p = reply; *p;) {
        size_t n = strcspn(p, "\n");
        char *line CLEANUP_FREE = xstrndup(p, n);
        if (!episode_echoes(e, ask, line))
            str_addf(&s, "%s\n", line);
        p += n + (p[n] != '\0');
    }
    return arena_strndup(e->arena, str_text(&s), s.len);
}

int episode_refuse(struct episode *e, const char *role, const char *part, const char *reason,
                   bool again)
{
    return episode_log(
        e, role, NULL,
        &(struct transcript_event){.kind = EVENT_REFUSED, .refused = {part, reason, again}});
}

int episode_refuse_prose(struct episode *e, const char *role, bool again)
{
    return episode_refuse(e, role, "program", "none", again);
}

int episode_refuse_echo(struct episode *e, const struct ask *ask, const char *part,
                        const char *text, bool again, bool *echo)
{
    *echo = episode_echoes(e, ask, text);
    return *echo ? episode_refuse(e, ask->role, part, "echo", again) : 0;
}

int episode_log_run(struct episode *e, const struct transcript_run *run)
{
    return store_tool_put(e->env->store, e->id, transcript_add_run(&e->transcript, run, e->arena),
                          e->err);
}

static const char *public_view(const struct episode *e)
{
    struct str s CLEANUP_STR = {0};
    const struct task *t = e->task;
    for (size_t i = 0; i < t->n_public; i++)
        str_addf(&s, "%s%s", s.len ? "\n" : "", t->public_tests[i]);
    for (size_t i = 0; i < t->n_public_cases; i++) {
        const struct suite_case *c = &t->public_cases[i];
        json_t *in CLEANUP_JSON = json_string(c->stdin_text ? c->stdin_text : "");
        json_t *out CLEANUP_JSON = json_string(c->stdout_text ? c->stdout_text : c->expect_substr);
        char *in_text CLEANUP_FREE = json_text(in), *out_text CLEANUP_FREE = json_text(out);
        str_addf(&s, "%s# input %s -> output %s%s", s.len ? "\n" : "", in_text,
                 c->stdout_text ? "" : "contains ", out_text);
    }
    return arena_strndup(e->arena, str_text(&s), s.len);
}

struct prompt_vars episode_vars(const struct episode *e)
{
    return (struct prompt_vars){.v = {[PROMPT_TASK] = e->task->prompt,
                                      [PROMPT_ENTRY_POINT] = e->task->entry_point,
                                      [PROMPT_PUBLIC_TESTS] = public_view(e)}};
}

static struct candidate *known_candidate(const struct episode *e, const char *hash)
{
    for (size_t i = 0; i < e->n_candidates; i++)
        if (strcmp(e->candidates[i]->hash, hash) == 0)
            return e->candidates[i];
    return NULL;
}

int episode_candidate(struct episode *e, const char *role, const char *reply,
                      struct candidate **out)
{
    struct candidate *c = arena_alloc(e->arena, sizeof *c);
    *out = c;
    c->role = role;
    c->program = extract_code(reply, e->task->entry_point, e->arena);
    c->feedback = "";
    hash_sha256_hex(c->program, strlen(c->program), c->hash);
    if (!*c->program) {
        c->feedback = NO_PROGRAM;
        return episode_refuse_prose(e, role, false);
    }
    c->same_as = known_candidate(e, c->hash);
    if (c->same_as)
        return 0;
    if (e->n_candidates == e->cap_candidates) {
        size_t cap = e->cap_candidates ? 2 * e->cap_candidates : 8;
        struct candidate **grown = arena_alloc(e->arena, cap * sizeof *grown);
        if (e->n_candidates)
            memcpy(grown, e->candidates, e->n_candidates * sizeof *grown);
        e->candidates = grown;
        e->cap_candidates = cap;
    }
    e->candidates[e->n_candidates++] = c;
    return 0;
}
