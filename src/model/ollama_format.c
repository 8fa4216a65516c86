/* The objects of Ollama's own stream: one per line, the last with "done": true and the counts. */
#include "model/stream.h"

#include "base/json.h"
#include "model/wirejson.h"

static void on_object(struct stream *s, const json_t *o)
{
    const json_t *error = json_object_get(o, "error"), *message = json_object_get(o, "message");
    if (json_is_string(error) || json_is_object(error)) {
        stream_error(s, error);
        return;
    }
    stream_reasoning(s, json_object_get(message, "thinking"));
    stream_content(s, json_object_get(message, "content"));
    stream_reasoning(s, json_object_get(o, "thinking")); /* of /api/generate */
    stream_content(s, json_object_get(o, "response"));
    if (!json_get_bool(o, "done", false)) {
        stream_finish(s, 0, NULL);
        return;
    }
    s->terminated = true;
    /* servers before 0.1.38 give no reason */
    stream_finish(s, 0, json_get_str(o, "done_reason", "stop"));
    s->has_usage = wirejson_count(o, "eval_count", -1) >= 0;
    s->generated_tokens = wirejson_count(o, "eval_count", 0);
    /* absent when all of the prompt was cached */
    s->prompt_tokens = wirejson_count(o, "prompt_eval_count", 0);
}

const struct stream_format stream_ollama = {.sse = false, .object = on_object};
