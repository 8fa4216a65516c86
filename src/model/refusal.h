/* What a server means by refusing a request (HTTP 400 and its like): the prompt is too long, the
 * reply asked for is too long, or a field is one it does not take. Pure reading of the error body,
 * by the rows of refusal_rows.c, then by words that sentences of this kind have in common. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Fields of a request that servers refuse; each can be left out (or sent in another form). */
enum refusal_field {
    FIELD_MAX_TOKENS = 1 << 0, /* said as max_completion_tokens, or the other way round */
    FIELD_PENALTIES = 1 << 1,  /* presence_penalty, frequency_penalty */
    FIELD_SEED = 1 << 2,
    FIELD_STREAM_OPTIONS = 1 << 3,
    FIELD_SCHEMA = 1 << 4,    /* response_format, format */
    FIELD_SYSTEM = 1 << 5,    /* the system role: said as part of the first user message */
    FIELD_EXTRAS = 1 << 6,    /* top_k and others outside OpenAI's own list, always sent as off */
    FIELD_THINK = 1 << 7,     /* chat_template_kwargs */
    FIELD_SAMPLING = 1 << 16, /* the first of sampling.h's rows; the next ones have the next bits */
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
    unsigned fields;            /* refusal_field bits */
    int prompt_tokens, context; /* 0 = not said */
    int room;                   /* of REFUSAL_ROOM: tokens the reply may have; 0 = not said */
    bool limit_of_reply;        /* room is what the model writes at most, whatever the prompt */
    const char *family;         /* whose sentence it is (refusal_rows.h), NULL = none of them */
    int row;                    /* in their table of overflows or fields */
};

enum { REFUSAL_TEXT_MAX = 4096 /* of a sentence that is read; more of it is shown */ };

/* body: n bytes of the response; may be any text. */
void refusal_read(long status, const char *body, size_t n, struct refusal *out);
/* The server's own sentence out of an error body, or the body; with the place where pydantic names
 * one. Valid UTF-8, of any length. Caller frees. */
char *refusal_text(const char *body, size_t n);
/* The same of an error object, list or text. */
char *refusal_sentence(const json_t *error);
