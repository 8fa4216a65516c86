/* Assembles a reply from the bytes of an HTTP body. A stream_format (openai_format.c,
 * ollama_format.c) interprets the objects; this file decides what counts as a reply: a finish for
 * every choice, the terminator, and no error object. Anything else is a typed fault, with the
 * partial text.
 *
 * Ownership: stream_free ends everything a stream holds. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "model/lines.h"
#include "model/model.h"
#include "model/skim.h"
#include "model/sse.h"
#include "model/think.h"

struct stream;

struct stream_format {
    bool sse; /* server-sent events, else a JSON object per line */
    /* One whole JSON object. Adds to the stream by the functions below. */
    void (*object)(struct stream *s, const struct skim *o);
};

enum stream_fault {
    STREAM_OK,
    STREAM_ERROR,     /* the server put an error object into the stream */
    STREAM_NOT_JSON,  /* a whole line that is no JSON object */
    STREAM_TOO_LARGE, /* a line or the body over its cap */
    STREAM_NO_FINISH, /* the terminator came, but not why the model stopped */
    STREAM_CUT,       /* the body ended before the terminator */
};

struct stream {
    const struct stream_format *format;
    enum { STREAM_UNKNOWN, STREAM_EVENTS, STREAM_LINES, STREAM_WHOLE } shape;
    struct lines lines;
    struct sse sse;
    struct skim skim; /* of the object at hand */
    struct str piece; /* a text of it */
    struct think think;
    struct str head;            /* the first bytes, to show when they were no reply */
    struct str text, reasoning; /* bytes; cleaned when the reply is made */
    size_t body_bytes;
    uint64_t begun, finished; /* bit per choice */
    bool terminated, repaired;
    enum stream_fault fault;
    int error_status;      /* of the error object: its code where it gives one, else 500 */
    struct str error;      /* what the server said, as a sentence */
    struct str error_body; /* the error object as JSON, for refusal_read */
    char finish[32];       /* of choice 0, as the server says it */
    bool refused;          /* the text is a refusal */
    bool by_delta;         /* content came as pieces, so a whole message beside them repeats it */
    bool has_usage;        /* the server counted the reply */
    bool counted_here;     /* reply.c: it did not count that, or not the prompt */
    int prompt_tokens, generated_tokens;
    int deltas;            /* pieces of content or reasoning that were not empty */
    double first_token_at; /* clock_seconds(); 0 = none yet */
};

enum { STREAM_LINE_MAX = 1 << 20, STREAM_BODY_MAX = 16 << 20 };

void stream_open(struct stream *s, const struct stream_format *format);
/* 0 to go on, or non-zero when reading on is pointless (a fault that stays). */
int stream_feed(struct stream *s, const char *bytes, size_t n);
/* Is all there that a reply can have? The terminator, or, from servers that send none, a finish for
 * every choice and the counts. What follows need not be waited for. */
bool stream_complete(const struct stream *s);
/* No more bytes. whole: the transport says that this was all (content length or last chunk seen);
 * otherwise only what was ended by a line's or event's own end counts. Returns s->fault. */
enum stream_fault stream_end(struct stream *s, bool whole);
void stream_free(struct stream *s);

/* For formats. */
void stream_content(struct stream *s, int value);         /* a text, else nothing */
void stream_reasoning(struct stream *s, int value);       /* the same */
void stream_error(struct stream *s, const json_t *error); /* string or {message, code, ...} */
/* A choice was there, and has ended unless `why` is "". unsaid: what it means when that is no text;
 * NULL: that it goes on. A reason that is the server's own and not the model's ("load", "abort") is
 * an error. */
void stream_finish(struct stream *s, size_t choice, int why, const char *unsaid);
/* Adds a message by `add`, which calls the functions above, unless it says once more what came
 * already: servers send the whole behind the pieces. `whole`: it can be nothing else. */
void stream_message(struct stream *s, void (*add)(struct stream *, const struct skim *, int),
                    const struct skim *o, int message, bool whole);

extern const struct stream_format stream_openai, stream_ollama;
