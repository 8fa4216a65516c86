/* What a server means by refusing a request (HTTP 400 and its like): the prompt is too long, the
 * reply asked for is too long, or a field is one it does not take. Pure reading of the error body.
 */
#pragma once
#include <stddef.h>

/* Fields of a request that servers refuse; each can be left out (or said otherwise). */
enum refusal_field {
    FIELD_MAX_TOKENS = 1 << 0,  /* said as max_completion_tokens, or the other way round */
    FIELD_TEMPERATURE = 1 << 1, /* of models that reason: only their default */
    FIELD_TOP_P = 1 << 2,
    FIELD_PENALTIES = 1 << 3, /* presence_penalty, frequency_penalty */
    FIELD_SEED = 1 << 4,
    FIELD_STREAM_OPTIONS = 1 << 5,
    FIELD_SCHEMA = 1 << 6, /* response_format, format */
    FIELD_SYSTEM = 1 << 7, /* the system role: said as part of the first user message */
    FIELD_EXTRAS = 1 << 8, /* top_k, min_p and others outside OpenAI's own list */
    FIELD_THINK = 1 << 9,  /* chat_template_kwargs */
};

enum refusal_kind {
    REFUSAL_OTHER,
    REFUSAL_CONTEXT, /* the prompt does not fit into the context */
    REFUSAL_ROOM,    /* the prompt fits, the reply's max_tokens beside it do not */
    REFUSAL_FIELD,
    REFUSAL_QUOTA, /* money: waiting does not help, whatever the status says */
};

struct refusal {
    enum refusal_kind kind;
    unsigned field;             /* one refusal_field */
    int prompt_tokens, context; /* 0 = not said */
};

/* body: n bytes of the response; may be any text. */
void refusal_read(long status, const char *body, size_t n, struct refusal *out);
/* The server's own sentence out of an error body, or its beginning. Caller frees. */
char *refusal_text(const char *body, size_t n);
