/* The objects of Ollama's own stream: one per line, the last with "done": true and the counts. */
#include "model/stream.h"

#include "base/json.h"

static void add_message(struct stream *s, const struct skim *o, int message)
{
    stream_reasoning(s, skim_get(o, message, "thinking"));
    stream_content(s, skim_get(o, message, "content"));
}

static void on_object(struct stream *s, const struct skim *o)
{
    int error = skim_get(o, SKIM_ROOT, "error"), message = skim_get(o, SKIM_ROOT, "message");
    if (skim_is_text(o, error) || skim_is_object(o, error)) {
        json_t *why CLEANUP_JSON = skim_json(o, error);
        stream_error(s, why);
        return;
    }
    bool done = skim_is_true(o, skim_get(o, SKIM_ROOT, "done"));
    if (done && !skim_is_empty(o, skim_get(o, message, "content")))
        stream_message(s, add_message, o, message, false);
    else
        add_message(s, o, message);
    stream_reasoning(s, skim_get(o, SKIM_ROOT, "thinking")); /* of /api/generate */
    stream_content(s, skim_get(o, SKIM_ROOT, "response"));
    if (!done) {
        stream_finish(s, 0, SKIM_NONE, NULL);
        return;
    }
    s->terminated = true;
    /* servers before 0.1.38 give no reason */
    stream_finish(s, 0, skim_get(o, SKIM_ROOT, "done_reason"), "stop");
    int generated = skim_count(o, skim_get(o, SKIM_ROOT, "eval_count"), -1);
    s->has_usage = generated >= 0;
    s->generated_tokens = generated >= 0 ? generated : 0;
    /* absent when all of the prompt was cached */
    s->prompt_tokens = skim_count(o, skim_get(o, SKIM_ROOT, "prompt_eval_count"), 0);
}

const struct stream_format stream_ollama = {.sse = false, .object = on_object};
