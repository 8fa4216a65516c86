/* The objects of OpenAI-compatible streams: chat.completion.chunk, and chat.completion where a
 * server did not stream. Every field is optional, null or absent, as servers disagree. */
#include "model/stream.h"

#include <limits.h>

#include "base/json.h"

/* Mistral sends content as a list of {type: text|thinking}. */
static void add_part(struct stream *s, const struct skim *o, int part)
{
    int thinking = skim_get(o, part, "thinking");
    if (skim_is_array(o, thinking)) {
        for (int v = skim_first(o, thinking); v != SKIM_NONE; v = skim_next(o, v))
            stream_reasoning(s, skim_get(o, v, "text"));
    } else if (thinking != SKIM_NONE) {
        stream_reasoning(s, thinking);
    } else {
        stream_content(s, skim_get(o, part, "text"));
    }
}

static void add_content(struct stream *s, const struct skim *o, int content)
{
    stream_content(s, content);
    for (int v = skim_first(o, content); v != SKIM_NONE; v = skim_next(o, v))
        add_part(s, o, v);
}

/* Servers between the two names of the field send both. */
static void add_reasoning(struct stream *s, const struct skim *o, int message)
{
    int v = skim_get(o, message, "reasoning_content");
    stream_reasoning(s, skim_is_empty(o, v) ? skim_get(o, message, "reasoning") : v);
}

static void add_message(struct stream *s, const struct skim *o, int message)
{
    int refusal = skim_get(o, message, "refusal");
    add_reasoning(s, o, message);
    add_content(s, o, skim_get(o, message, "content"));
    if (!skim_is_empty(o, refusal)) {
        s->refused = true;
        stream_content(s, refusal);
    }
}

static void add_delta(struct stream *s, const struct skim *o, int delta, bool last)
{
    int before = s->deltas;
    if (last && !skim_is_empty(o, skim_get(o, delta, "content")))
        stream_message(s, add_message, o, delta, false);
    else
        add_message(s, o, delta);
    s->by_delta |= s->deltas > before;
}

static bool is_error(const struct skim *o, int value)
{
    return skim_is_object(o, value) || skim_is_text(o, value);
}

static void add_error(struct stream *s, const struct skim *o, int value)
{
    json_t *why CLEANUP_JSON = skim_json(o, value);
    stream_error(s, why);
}

static void add_choice(struct stream *s, const struct skim *o, int choice, int position)
{
    if (!skim_is_object(o, choice))
        return;
    int error = skim_get(o, choice, "error"), finish = skim_get(o, choice, "finish_reason");
    int index = skim_count(o, skim_get(o, choice, "index"), position);
    if (is_error(o, error)) {
        add_error(s, o, error);
        return;
    }
    if (index == 0) {
        add_delta(s, o, skim_get(o, choice, "delta"), !skim_is_empty(o, finish) || s->finished);
        int message = skim_get(o, choice, "message");
        if (skim_is_object(o, message))
            stream_message(s, add_message, o, message, s->by_delta);
        stream_content(s, skim_get(o, choice, "text"));
    }
    stream_finish(s, (size_t)index, finish, NULL);
}

static int count(const struct skim *o, int object, const char *key, int fallback)
{
    return skim_count(o, skim_get(o, object, key), fallback);
}

static void add_usage(struct stream *s, const struct skim *o, int usage)
{
    int prompt = count(o, usage, "prompt_tokens", -1);
    int generated = count(o, usage, "completion_tokens", 0);
    if (prompt < 0)
        return;
    int beside = count(o, usage, "total_tokens", 0) - prompt;
    s->has_usage = true;
    s->prompt_tokens = prompt;
    /* some count hidden reasoning in the total only */
    s->generated_tokens = beside > generated ? beside : generated;
}

/* llama-server's own counts, there without being asked for */
static void add_timings(struct stream *s, const struct skim *o, int timings)
{
    int generated = count(o, timings, "predicted_n", -1);
    if (s->has_usage || generated < 0)
        return;
    s->has_usage = true;
    int read = count(o, timings, "prompt_n", 0), cached = count(o, timings, "cache_n", 0);
    s->prompt_tokens = cached > INT_MAX - read ? INT_MAX : read + cached;
    s->generated_tokens = generated;
}

static void on_object(struct stream *s, const struct skim *o)
{
    int error = skim_get(o, SKIM_ROOT, "error"), position = 0;
    if (is_error(o, error) || skim_says(o, skim_get(o, SKIM_ROOT, "object"), "error")) {
        add_error(s, o, is_error(o, error) ? error : SKIM_ROOT);
        return;
    }
    int choices = skim_get(o, SKIM_ROOT, "choices");
    for (int c = skim_first(o, choices); c != SKIM_NONE; c = skim_next(o, c))
        add_choice(s, o, c, position++);
    add_usage(s, o, skim_get(o, SKIM_ROOT, "usage"));
    add_usage(s, o, skim_get(o, skim_get(o, SKIM_ROOT, "x_groq"), "usage"));
    add_timings(s, o, skim_get(o, SKIM_ROOT, "timings"));
}

const struct stream_format stream_openai = {.sse = true, .object = on_object};
