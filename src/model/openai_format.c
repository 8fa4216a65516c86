/* The objects of OpenAI-compatible streams: chat.completion.chunk, and chat.completion where a
 * server did not stream. Every field is optional, null or absent, as servers disagree. */
#include "model/stream.h"

#include <string.h>

#include "base/json.h"
#include "model/wirejson.h"

/* Mistral sends content as a list of {type: text|thinking}. */
static void add_part(struct stream *s, const json_t *part)
{
    const json_t *thinking = json_object_get(part, "thinking");
    size_t i;
    json_t *piece;
    if (json_is_array(thinking)) {
        json_array_foreach (thinking, i, piece)
            stream_reasoning(s, json_object_get(piece, "text"));
    } else if (thinking) {
        stream_reasoning(s, thinking);
    } else {
        stream_content(s, json_object_get(part, "text"));
    }
}

static void add_content(struct stream *s, const json_t *content)
{
    size_t i;
    json_t *part;
    if (json_is_array(content)) {
        json_array_foreach (content, i, part)
            add_part(s, part);
    } else {
        stream_content(s, content);
    }
}

/* Servers between the two names of the field send both. */
static void add_reasoning(struct stream *s, const json_t *message)
{
    const json_t *v = json_object_get(message, "reasoning_content");
    stream_reasoning(s, json_string_length(v) ? v : json_object_get(message, "reasoning"));
}

static void add_message(struct stream *s, const json_t *message)
{
    const json_t *refusal = json_object_get(message, "refusal");
    add_reasoning(s, message);
    add_content(s, json_object_get(message, "content"));
    if (json_is_string(refusal) && json_string_length(refusal) > 0) {
        s->refused = true;
        stream_content(s, refusal);
    }
}

static void add_choice(struct stream *s, const json_t *choice, size_t position)
{
    if (!json_is_object(choice))
        return;
    const json_t *error = json_object_get(choice, "error");
    const char *finish = json_get_str(choice, "finish_reason", NULL);
    int index = wirejson_count(choice, "index", (int)position);
    if (json_is_object(error) || json_is_string(error)) {
        stream_error(s, error);
        return;
    }
    if (finish && strcmp(finish, "error") == 0) {
        json_t *why CLEANUP_JSON = json_string("the server ended the reply with finish 'error'");
        stream_error(s, why);
        return;
    }
    if (index == 0) {
        add_message(s, json_object_get(choice, "delta"));
        add_message(s, json_object_get(choice, "message"));
        stream_content(s, json_object_get(choice, "text"));
    }
    stream_finish(s, (size_t)index, finish);
}

static void add_usage(struct stream *s, const json_t *usage)
{
    int prompt = wirejson_count(usage, "prompt_tokens", -1);
    int generated = wirejson_count(usage, "completion_tokens", 0);
    int beside = wirejson_count(usage, "total_tokens", 0) - prompt;
    if (prompt < 0)
        return;
    s->has_usage = true;
    s->prompt_tokens = prompt;
    /* some count hidden reasoning in the total only */
    s->generated_tokens = beside > generated ? beside : generated;
}

/* llama-server's own counts, there without being asked for */
static void add_timings(struct stream *s, const json_t *timings)
{
    int generated = wirejson_count(timings, "predicted_n", -1);
    if (s->has_usage || generated < 0)
        return;
    s->has_usage = true;
    s->prompt_tokens =
        wirejson_count(timings, "prompt_n", 0) + wirejson_count(timings, "cache_n", 0);
    s->generated_tokens = generated;
}

static bool is_error(const json_t *o)
{
    const json_t *e = json_object_get(o, "error");
    return json_is_object(e) || json_is_string(e) ||
           strcmp(json_get_str(o, "object", ""), "error") == 0;
}

static void on_object(struct stream *s, const json_t *o)
{
    const json_t *error = json_object_get(o, "error"), *choice;
    if (is_error(o)) {
        stream_error(s, json_is_object(error) || json_is_string(error) ? error : o);
        return;
    }
    size_t i;
    json_array_foreach (json_object_get(o, "choices"), i, choice)
        add_choice(s, choice, i);
    add_usage(s, json_object_get(o, "usage"));
    add_usage(s, json_object_get(json_object_get(o, "x_groq"), "usage"));
    add_timings(s, json_object_get(o, "timings"));
}

const struct stream_format stream_openai = {.sse = true, .object = on_object};
