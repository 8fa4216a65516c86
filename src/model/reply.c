/* See reply.h. */
#include "model/reply.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "model/sampling.h"
#include "model/wirejson.h"

enum { BYTES_PER_TOKEN = 4, PIECE_MOST = 8 /* bytes: longer ones are no single tokens */ };

static void label(struct str *labels, const char *name)
{
    str_addf(labels, "%s%s", labels->len ? "," : "", name);
}

static bool blank(const struct str *s)
{
    for (size_t i = 0; i < s->len; i++)
        if (!isspace((unsigned char)s->p[i]))
            return false;
    return true;
}

static bool valid(const struct str *s)
{
    return utf8_valid(str_text(s), s->len);
}

static size_t prompt_bytes(const struct model_request *q)
{
    size_t n = 0;
    for (size_t i = 0; i < q->n_messages; i++)
        n += strlen(q->messages[i].content);
    return n;
}

static const char *clean(struct server *s, struct str *text, bool cut, struct str *labels,
                         struct arena *arena)
{
    if (redact_reply(&s->redact, text, cut))
        label(labels, "redacted");
    char *valid CLEANUP_FREE = utf8_clean(str_text(text), text->len);
    return arena_strdup(arena, valid);
}

bool reply_says_length(const char *finish)
{
    return strcmp(finish, "length") == 0 || strcmp(finish, "max_tokens") == 0;
}

/* A reply that ended by length before it had the tokens asked for ran into the context's end:
 * llama-server and Ollama call both "length". */
static bool hit_context(const struct server *s, const struct call_shape *shape,
                        const struct stream *got)
{
    long used = (long)got->prompt_tokens + got->generated_tokens;
    if (shape->short_of_room)
        return true;
    return got->has_usage && got->generated_tokens < shape->max_tokens &&
           (s->context == 0 || used >= s->context - 1);
}

static enum model_finish finish_of(const struct server *s, const struct call_shape *shape,
                                   const struct stream *got, enum reply_end end)
{
    if (end == REPLY_NO_ROOM)
        return MODEL_FINISH_CONTEXT;
    if (end == REPLY_TIMED_OUT)
        return MODEL_FINISH_LENGTH;
    if (!reply_says_length(got->finish))
        return MODEL_FINISH_STOP;
    return hit_context(s, shape, got) ? MODEL_FINISH_CONTEXT : MODEL_FINISH_LENGTH;
}

/* What a prompt of this model weighs, in bytes per 100 tokens at most: learned from prompts with
 * fewer bytes than the context has tokens, of which nothing can have been cut. */
static void learn_density(struct server *s, size_t bytes, const struct stream *got)
{
    enum { TOKENS_MIN = 40, SENSIBLE_MAX = 1000 /* above, most of the prompt was cached */ };
    if (s->context == 0 || bytes > (size_t)s->context || got->prompt_tokens < TOKENS_MIN)
        return;
    int density = (int)(bytes * 100 / (size_t)got->prompt_tokens), most = atomic_load(&s->density);
    while (density > most && density < SENSIBLE_MAX &&
           !atomic_compare_exchange_weak(&s->density, &most, density))
        continue;
}

/* Servers that cut a history silently give themselves away: fewer prompt tokens than the text must
 * have, where the text may well be too long for the context. Old versions of Ollama cut to half of
 * it. */
static bool prompt_was_cut(struct server *s, const struct model_request *q,
                           const struct stream *got)
{
    size_t bytes = prompt_bytes(q), tokens = (size_t)got->prompt_tokens;
    if (s->context == 0 || got->counted_here || got->prompt_tokens <= 0)
        return false;
    learn_density(s, bytes, got);
    size_t known = (size_t)atomic_load(&s->density), context = (size_t)s->context;
    size_t most = known ? known * 13 / 10 : 500; /* few texts have 5 bytes a token */
    size_t usual = known ? known * 9 / 10 : 250; /* few have less than 2.5 */
    return bytes * 100 > most * tokens && bytes * 100 > usual * context;
}

static void label_text(const struct stream *got, enum model_finish finish, struct str *labels)
{
    bool empty = blank(&got->text);
    if (finish == MODEL_FINISH_LENGTH && empty)
        label(labels, "thinking_ate_budget");
    else if (think_unclosed(&got->think))
        label(labels, "think_unclosed");
    else if (empty && strcmp(got->finish, "tool_calls") != 0)
        label(labels, "empty");
    if (got->refused)
        label(labels, "refusal");
    if (strcmp(got->finish, "content_filter") == 0)
        label(labels, "content_filter");
    if (strcmp(got->finish, "tool_calls") == 0)
        label(labels, "tool_calls");
}

static bool has_system(const struct model_request *q)
{
    for (size_t i = 0; i < q->n_messages; i++)
        if (strcmp(q->messages[i].role, "system") == 0)
            return true;
    return false;
}

static void label_request(const struct model_request *q, const struct call_shape *shape,
                          const struct stream *got, struct str *labels)
{
    if (sampling_lost(&q->sampling, shape->without))
        label(labels, "sampling_refused");
    if (shape->without & FIELD_SEED)
        label(labels, "seed_refused");
    if ((shape->without & FIELD_SYSTEM) && has_system(q))
        label(labels, "system_folded");
    if (!q->json_schema)
        return;
    bool repaired = false;
    json_t *j CLEANUP_JSON = wirejson_object(str_text(&got->text), got->text.len, &repaired);
    if (shape->without & FIELD_SCHEMA)
        label(labels, "schema_refused");
    if (!j)
        label(labels, "schema_invalid");
}

static void add_labels(struct server *s, const struct model_request *q,
                       const struct call_shape *shape, const struct stream *got, enum reply_end end,
                       enum model_finish finish, struct str *labels)
{
    if (end == REPLY_FAILED) {
        label(labels, "incomplete");
        return;
    }
    if (finish == MODEL_FINISH_CONTEXT)
        label(labels, "context_full");
    if (end == REPLY_NO_ROOM)
        return;
    if (end == REPLY_TIMED_OUT)
        label(labels, "timeout");
    else
        label_text(got, finish, labels);
    label_request(q, shape, got, labels);
    if (prompt_was_cut(s, q, got))
        label(labels, "prompt_cut");
    if (got->repaired || !valid(&got->text) || !valid(&got->reasoning))
        label(labels, "bad_unicode");
    if (got->counted_here)
        label(labels, "usage_missing");
    if (got->counted_here && end == REPLY_WHOLE && !atomic_exchange(&s->uncounted, true))
        log_warn("the server at %s leaves tokens uncounted; those are estimated here, and labelled "
                 "usage_missing",
                 s->url.shown);
}

static int tokens_of_bytes(size_t bytes)
{
    return (int)((bytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN);
}

/* Budgets and prices need counts, and caps that nothing is charged to would never end an episode.
 * So what a server does not count, or counts as nothing though it was there, is counted here: four
 * bytes each of the prompt (which older Ollama leaves out when all of it was cached), and a
 * token per piece of the reply where pieces are as short as tokens are. */
static void count_tokens(const struct model_request *q, struct stream *got)
{
    size_t prompt = prompt_bytes(q), reply = got->text.len + got->reasoning.len;
    if (got->generated_tokens == 0 && got->deltas > 0)
        got->has_usage = false;
    if (!got->has_usage)
        got->generated_tokens =
            reply > (size_t)got->deltas * PIECE_MOST ? tokens_of_bytes(reply) : got->deltas;
    got->counted_here = !got->has_usage || (got->prompt_tokens == 0 && prompt > 0);
    if (got->prompt_tokens == 0)
        got->prompt_tokens = tokens_of_bytes(prompt);
}

void reply_make(struct server *s, const struct model_request *q, const struct call_shape *shape,
                struct stream *got, enum reply_end end, double started, double seconds,
                struct model_reply *reply, struct arena *arena)
{
    struct str labels CLEANUP_STR = {0};
    if (got->reasoning.len == 0 && !think_unclosed(&got->think))
        think_split_unopened(&got->text, &got->reasoning);
    count_tokens(q, got);
    *reply = (struct model_reply){
        .finish = finish_of(s, shape, got, end),
        .prompt_tokens = got->prompt_tokens,
        .generated_tokens = got->generated_tokens,
        .first_token_s = got->first_token_at > 0 ? got->first_token_at - started : seconds,
        .total_s = seconds};
    add_labels(s, q, shape, got, end, reply->finish, &labels);
    reply->text = clean(s, &got->text, end != REPLY_WHOLE, &labels, arena);
    reply->reasoning =
        got->reasoning.len ? clean(s, &got->reasoning, end != REPLY_WHOLE, &labels, arena) : NULL;
    reply->label = labels.len ? arena_strdup(arena, labels.p) : NULL;
}
