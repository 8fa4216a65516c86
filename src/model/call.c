/* One call to a server, with retries, until there is a reply or an error: the only retry layer. */
#include "model/server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "model/attempts.h"
#include "model/flight.h"
#include "base/patience.h"
#include "model/reply.h"

static const double longest_s = 3600; /* for a call without a time budget */
enum { REFUSED_BODY_MAX = 64 << 10, RESHAPES_MAX = 8, WHY_MAX = 1000 };

enum verdict {
    REPLIED, /* a whole reply */
    NO_ROOM, /* the prompt fills the context */
    OUT_OF_TIME,
    RESHAPED, /* ask again at once, with another body */
    FREE_RETRY,
    AWAY, /* the server may be gone */
    RETRY,
    RETRY_ONE, /* but only once */
    HOPELESS,
    STOPPED,
};

/* One call under way; the second half belongs to its latest attempt. */
struct call {
    struct server *s;
    const struct model_request *q;
    struct call_shape shape;
    json_t *log;
    double began, queue_s;
    int sent, counted; /* requests sent; of them, attempts in the sense of RETRY_ATTEMPTS */
    int once;          /* faults so far that are retried only once */
    int reshapes, free_retries;
    bool asked_for_room;

    struct stream stream;
    struct str refused; /* the body of a response other than 200 */
    struct http_result http;
    double started;
    const char *fault; /* its type, for the record */
    char *why;         /* in words, without secrets */
};

/* ---- one attempt ---- */

static int on_body(void *user, long status, const char *bytes, size_t n)
{
    struct call *c = user;
    if (status != 200) {
        str_addn(&c->refused, bytes, n);
        return c->refused.len > REFUSED_BODY_MAX ? HTTP_ABORT : HTTP_GO_ON;
    }
    if (stream_feed(&c->stream, bytes, n))
        return HTTP_ABORT;
    const struct str *said = c->stream.text.len ? &c->stream.text : &c->stream.reasoning;
    flight_note(c->q->flight, said->p, said->len, c->stream.deltas);
    return c->stream.terminated          ? HTTP_ENOUGH
           : stream_complete(&c->stream) ? HTTP_LIKELY
                                         : HTTP_GO_ON;
}

static bool is_talking(void *user)
{
    const struct call *c = user;
    return c->stream.first_token_at > 0;
}

static void attempt_clear(struct call *c)
{
    stream_free(&c->stream);
    str_free(&c->refused);
    free(c->why);
    c->why = NULL;
    c->fault = NULL;
    stream_open(&c->stream, c->s->protocol->format);
}

/* False when a stop was requested before a connection was free. */
static bool attempt(struct call *c)
{
    attempt_clear(c);
    struct http *h = slots_take(c->s->slots, &c->queue_s);
    if (!h)
        return false;
    char *body CLEANUP_FREE = body_make(c->s, c->q, &c->shape);
    c->started = clock_seconds();
    c->sent++;
    http_perform(
        h,
        &(struct http_request){.url = c->s->chat_url,
                               .body = body,
                               .first_s = c->s->first_s,
                               .idle_s = c->s->idle_s,
                               .total_s = c->q->timeout_s > 0 ? c->q->timeout_s : longest_s,
                               .on_body = on_body,
                               .talking = is_talking,
                               .user = c},
        &c->http);
    slots_give(c->s->slots, h);
    stream_end(&c->stream,
               c->http.whole || (c->http.fault == HTTP_OK && stream_complete(&c->stream)));
    return true;
}

/* ---- the result of an attempt ---- */

static enum verdict verdict_of(enum retry_class class)
{
    return class == RETRY_YES ? RETRY : class == RETRY_ONCE ? RETRY_ONE : HOPELESS;
}

/* Whatever a server says is redacted before any of it is cut off. */
static void say(struct call *c, const char *fault, char *owned)
{
    free(c->why);
    c->fault = fault;
    c->why = redact_text(&c->s->redact, owned, WHY_MAX);
    free(owned);
}

/* The server refused fields: leave them out, in this run's other calls too. max_tokens goes back
 * and forth between its two names. */
static enum verdict leave_out(struct call *c, unsigned fields)
{
    unsigned gone = fields & ~(unsigned)FIELD_MAX_TOKENS & ~c->shape.without;
    if (!gone && !(fields & FIELD_MAX_TOKENS))
        return HOPELESS;
    c->shape.without |= gone;
    if ((atomic_fetch_or(&c->s->without, gone) & gone) != gone)
        log_warn(gone == FIELD_SYSTEM ? "the model server takes no system role: its text opens the "
                                        "first user message (%s)"
                                      : "the model server does not take a field of our requests, "
                                        "which is left out: %s",
                 c->why);
    if (fields & FIELD_MAX_TOKENS) {
        c->shape.without ^= FIELD_MAX_TOKENS;
        if (c->shape.without & FIELD_MAX_TOKENS)
            atomic_fetch_or(&c->s->without, (unsigned)FIELD_MAX_TOKENS);
        else
            atomic_fetch_and(&c->s->without, ~(unsigned)FIELD_MAX_TOKENS);
    }
    return RESHAPED;
}

/* The server says that prompt and reply do not fit, but not how long the prompt is: ask, else try
 * with half as much. */
static int find_room(struct call *c, const struct refusal *r)
{
    const struct protocol *p = c->s->protocol;
    int half = c->shape.max_tokens / 2;
    if (c->asked_for_room || !p->count_prompt)
        return half;
    c->asked_for_room = true;
    int prompt = p->count_prompt(c->s, c->q, &c->shape);
    return prompt > 0 ? r->context - prompt : half;
}

static enum verdict shrink(struct call *c, const struct refusal *r)
{
    int room = r->room > 0 ? r->room : find_room(c, r);
    c->stream.prompt_tokens = r->prompt_tokens;
    if (room < 1 || room >= c->shape.max_tokens)
        return r->limit_of_reply ? HOPELESS : NO_ROOM;
    if (r->room > 0 && ++c->reshapes > RESHAPES_MAX)
        return HOPELESS;
    c->shape.max_tokens = room;
    c->shape.short_of_room |= !r->limit_of_reply;
    return RESHAPED;
}

static enum verdict reshape(struct call *c, long status, const struct refusal *r)
{
    bool schema = c->q->json_schema && !(c->shape.without & FIELD_SCHEMA);
    if (r->kind == REFUSAL_CONTEXT) {
        c->stream.prompt_tokens = r->prompt_tokens;
        return NO_ROOM;
    }
    if (r->kind == REFUSAL_ROOM)
        return shrink(c, r);
    if (++c->reshapes > RESHAPES_MAX)
        return HOPELESS;
    if (r->fields & ~(unsigned)FIELD_SCHEMA)
        return leave_out(c, r->fields & ~(unsigned)FIELD_SCHEMA);
    if (schema && (r->kind == REFUSAL_FIELD || status == 400 || status == 422)) {
        c->shape.without |= FIELD_SCHEMA; /* remembered once it proves to be the reason */
        return RESHAPED;
    }
    return HOPELESS;
}

static enum verdict judge_status(struct call *c)
{
    long status = c->http.status;
    struct refusal r;
    refusal_read(status, str_text(&c->refused), c->refused.len, &r);
    char *text CLEANUP_FREE = refusal_text(str_text(&c->refused), c->refused.len);
    say(c, "status", xasprintf("HTTP %ld: %s", status, text));
    if (r.kind == REFUSAL_QUOTA)
        return HOPELESS;
    if (status == 502 || status == 503 || status == 504)
        return AWAY;
    enum retry_class class = retry_status(status);
    bool understood = r.kind != REFUSAL_OTHER && r.kind != REFUSAL_QUOTA;
    return understood || class == RETRY_NEVER ? reshape(c, status, &r) : verdict_of(class);
}

/* A server that has said "length" may add in an error that the limit was reached. */
static bool tells_of_limit(const struct stream *s, const struct refusal *r)
{
    return reply_says_length(s->finish) &&
           (r->kind == REFUSAL_CONTEXT || r->kind == REFUSAL_ROOM ||
            strcasestr(str_text(&s->error), "limit") || strcasestr(str_text(&s->error), "length") ||
            strcasestr(str_text(&s->error), "max_tokens"));
}

static enum verdict judge_error_in_stream(struct call *c)
{
    struct refusal r;
    const struct stream *s = &c->stream;
    refusal_read(s->error_status, str_text(&s->error_body), s->error_body.len, &r);
    if (tells_of_limit(s, &r))
        return REPLIED;
    say(c, "error_in_stream", xasprintf("error in the stream: %s", str_text(&s->error)));
    if (r.kind == REFUSAL_QUOTA)
        return HOPELESS;
    if (r.kind != REFUSAL_OTHER && s->deltas == 0)
        return reshape(c, s->error_status, &r);
    return verdict_of(retry_status(s->error_status));
}

static enum verdict judge_stream(struct call *c)
{
    const struct stream *s = &c->stream;
    switch (s->fault) {
    case STREAM_OK:
        return REPLIED;
    case STREAM_ERROR:
        return judge_error_in_stream(c);
    case STREAM_NOT_JSON: {
        char *head CLEANUP_FREE = refusal_text(str_text(&s->head), s->head.len);
        say(c, "not_json", xasprintf("no reply but this: %s", head));
        return RETRY_ONE;
    }
    case STREAM_TOO_LARGE:
        say(c, "too_large", xstrdup("a line over 1 MiB or a reply over 16 MiB"));
        return HOPELESS;
    case STREAM_NO_FINISH:
        say(c, "no_finish", xstrdup("the reply does not say why it ended"));
        return RETRY_ONE;
    default:
        say(c, "cut", xasprintf("the reply was cut after %zu bytes", s->body_bytes));
        return RETRY;
    }
}

/* The episode's time is over, which is an outcome; unless the server hangs, which is a fault. */
static enum verdict judge_time(struct call *c)
{
    say(c, http_fault_name(c->http.fault), xstrdup(c->http.message));
    if (c->q->timeout_s <= 0)
        return RETRY_ONE;
    return c->stream.deltas > 0 || server_alive(c->s) ? OUT_OF_TIME : RETRY_ONE;
}

static enum verdict judge(struct call *c)
{
    const struct http_result *r = &c->http;
    bool first_byte_lost = r->reused && !r->any_byte;
    if (r->fault == HTTP_OK || r->fault == HTTP_ABORTED)
        return r->status == 200 ? judge_stream(c) : judge_status(c);
    if (r->fault == HTTP_SLOW_TOTAL)
        return judge_time(c);
    say(c, http_fault_name(r->fault), xstrdup(r->message));
    switch (r->fault) {
    case HTTP_STOPPED:
        return STOPPED;
    case HTTP_CONNECT:
        return AWAY;
    case HTTP_LOST:
        return first_byte_lost && c->free_retries++ == 0 ? FREE_RETRY : RETRY;
    case HTTP_GARBLED:
        return RETRY;
    case HTTP_SLOW_FIRST:
    case HTTP_SLOW_IDLE:
        return RETRY_ONE;
    default:
        return HOPELESS;
    }
}

/* ---- retrying ---- */

static int give_up(struct call *c, const char *because, struct err *err)
{
    return err_fault(err, "no whole reply from the model server at %s in %d attempt%s%s: %s",
                     c->s->url.shown, c->sent, c->sent == 1 ? "" : "s", because, c->why);
}

/* 0 to try again (after waiting), or the call's error. */
static int before_retry(struct call *c, enum verdict v, struct err *err)
{
    if (v == AWAY) {
        int rc = outage_check(&c->s->outage, err);
        if (rc < 0)
            return rc;
        if (rc == 1)
            return 0; /* an outage does not count as an attempt */
    }
    c->counted++;
    if (v == HOPELESS || (v == RETRY_ONE && c->once++ > 0) || c->counted >= RETRY_ATTEMPTS)
        return give_up(c, "", err);
    if (!retry_allowed(&c->s->retries))
        return give_up(c, " (this run has spent its retries)", err);
    double wait = retry_wait_s(c->counted + 1, c->http.retry_after_s, c->q->seed);
    attempts_waited(c->log, wait);
    return patience_sleep(wait) ? 0 : err_interrupted(err);
}

/* A reply without the schema shows that the server refused the schema. */
static void remember_schema(struct call *c)
{
    if (c->shape.without & FIELD_SCHEMA)
        if (!(atomic_fetch_or(&c->s->without, FIELD_SCHEMA) & FIELD_SCHEMA))
            log_warn("the model server at %s refuses JSON schemas; replies are parsed tolerantly",
                     c->s->url.shown);
}

/* Whoever answers on a new connection may be another. */
static void note_connection(const struct call *c, enum verdict v)
{
    const struct http_result *r = &c->http;
    if (r->anew || v == AWAY || r->fault == HTTP_LOST || r->fault == HTTP_CONNECT)
        atomic_store(&c->s->shaken, true);
}

/* 0, or the call's error; *end says what kind of reply there is. */
static int run(struct call *c, enum reply_end *end, struct err *err)
{
    static const enum reply_end ends[] = {
        [REPLIED] = REPLY_WHOLE, [NO_ROOM] = REPLY_NO_ROOM, [OUT_OF_TIME] = REPLY_TIMED_OUT};
    for (;;) {
        if (!attempt(c))
            return err_interrupted(err);
        enum verdict v = judge(c);
        note_connection(c, v);
        if (c->fault || c->sent > 1) /* a call that succeeded at once has no log */
            attempts_add(c->log, c->s, c->started - c->began, &c->http, &c->stream, c->fault,
                         c->why);
        if (v == STOPPED)
            return err_interrupted(err);
        if (v <= OUT_OF_TIME) {
            *end = ends[v];
            return server_recheck(c->s, c->started, err);
        }
        int rc = v == RESHAPED || v == FREE_RETRY ? 0 : before_retry(c, v, err);
        if (rc < 0)
            return rc;
    }
}

int call_chat(struct server *s, const struct model_request *q, struct model_reply *reply,
              struct arena *arena, struct err *err)
{
    enum reply_end end = REPLY_FAILED;
    struct call c = {.s = s,
                     .q = q,
                     .shape = {q->sampling.max_tokens, atomic_load(&s->without), false},
                     .log = json_array(),
                     .began = clock_seconds()};
    retry_count_call(&s->retries);
    stream_open(&c.stream, s->protocol->format);
    int rc = server_recheck(s, 0, err);
    if (rc == 0)
        rc = run(&c, &end, err);
    if (rc < 0)
        end = REPLY_FAILED;
    if (end == REPLY_WHOLE)
        remember_schema(&c);
    reply_make(s, q, &c.shape, &c.stream, end, c.started, c.http.seconds, reply, arena);
    char *log CLEANUP_FREE = json_array_size(c.log) ? json_text(c.log) : NULL;
    reply->attempt_log = arena_strdup(arena, log);
    reply->attempts = c.sent;
    reply->queue_s = c.queue_s;
    attempt_clear(&c);
    stream_free(&c.stream);
    json_decref(c.log);
    return rc;
}
