/* Turns a stream into a reply: clean text, the reason it ended, token counts, and labels for
 * anything unusual. */
#pragma once
#include "model/server.h"

enum reply_end {
    REPLY_WHOLE,     /* a reply by the success rule */
    REPLY_TIMED_OUT, /* the budget's time ran out under it */
    REPLY_NO_ROOM,   /* the server says that the prompt fills the context */
    REPLY_FAILED,    /* no reply; the partial text is kept, the call is an error */
};

bool reply_says_length(const char *finish);

/* Fills everything but queue_s, attempts and attempt_log. Labels, comma-separated:
 * thinking_ate_budget (nothing but thought before max_tokens), think_unclosed, empty, refusal,
 * content_filter, tool_calls, context_full, prompt_cut, schema_invalid, schema_refused,
 * sampling_refused, seed_refused, system_folded (into the first user message), bad_unicode,
 * usage_missing, timeout, incomplete, redacted. */
void reply_make(struct server *s, const struct model_request *q, const struct call_shape *shape,
                struct stream *got, enum reply_end end, double started, double seconds,
                struct model_reply *reply, struct arena *arena);
