/* See stream.h. */
#include "model/stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"

enum { HEAD_BYTES = 200 };

void stream_open(struct stream *s, const struct stream_format *format)
{
    *s = (struct stream){.format = format, .lines = {.max = STREAM_LINE_MAX}};
}

static int fail(struct stream *s, enum stream_fault fault)
{
    if (!s->fault)
        s->fault = fault;
    return -EPROTO;
}

/* ---- what formats add ---- */

static void take(struct stream *s, int value)
{
    str_clear(&s->piece);
    skim_text(&s->skim, value, &s->piece, &s->repaired);
}

static bool take_piece(struct stream *s, int value)
{
    if (skim_is_empty(&s->skim, value))
        return false;
    take(s, value);
    s->deltas++;
    if (s->first_token_at == 0)
        s->first_token_at = clock_seconds();
    return true;
}

void stream_content(struct stream *s, int value)
{
    if (take_piece(s, value))
        think_feed(&s->think, s->piece.p, s->piece.len, &s->text, &s->reasoning);
}

void stream_reasoning(struct stream *s, int value)
{
    if (take_piece(s, value))
        str_addn(&s->reasoning, s->piece.p, s->piece.len);
}

void stream_finish(struct stream *s, size_t choice, int why, const char *unsaid)
{
    uint64_t bit = choice < 64 ? 1ull << choice : 1ull << 63;
    s->begun |= bit;
    take(s, why);
    if (!skim_is_text(&s->skim, why) && unsaid)
        str_add(&s->piece, unsaid);
    if (s->piece.len == 0)
        return;
    s->finished |= bit;
    if (choice == 0)
        snprintf(s->finish, sizeof s->finish, "%s", s->piece.p);
}

const char *stream_error_text(const json_t *error)
{
    if (json_is_string(error))
        return json_string_value(error);
    if (json_is_object(json_object_get(error, "error")))
        return stream_error_text(json_object_get(error, "error"));
    const char *text = json_get_str(error, "message", NULL);
    if (!text)
        text = json_get_str(error, "error", json_get_str(error, "detail", NULL));
    return text ? text : "an error without a message";
}

int stream_error_status(const json_t *error, int fallback)
{
    static const char *const keys[] = {"code", "status_code", "status"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const json_t *v = json_object_get(error, keys[i]);
        long long code = json_is_integer(v)  ? json_integer_value(v)
                         : json_is_string(v) ? strtoll(json_string_value(v), NULL, 10)
                                             : 0;
        if (code >= 400 && code < 600)
            return (int)code;
    }
    return fallback;
}

void stream_error(struct stream *s, const json_t *error)
{
    if (s->fault)
        return;
    s->error_status = stream_error_status(error, 500);
    str_add(&s->error, stream_error_text(error));
    fail(s, STREAM_ERROR);
}

/* ---- from bytes to objects ---- */

static int on_object(struct stream *s, const char *text, size_t n)
{
    if (!skim_object(&s->skim, text, n))
        return fail(s, STREAM_NOT_JSON);
    s->format->object(s, &s->skim);
    return s->fault ? -EPROTO : 0;
}

static int on_event(void *user, const char *event, const char *data, size_t n)
{
    static const char done[] = "[DONE]";
    struct stream *s = user;
    (void)event; /* an "error" event carries an error object too */
    if (n == strlen(done) && memcmp(data, done, n) == 0) {
        s->terminated = true;
        return 0;
    }
    return n == 0 ? 0 : on_object(s, data, n);
}

static int on_line(void *user, const char *line, size_t n)
{
    struct stream *s = user;
    if (s->shape == STREAM_EVENTS)
        return sse_line(&s->sse, line, n, on_event, s);
    return strspn(line, " \t\r") >= n ? 0 : on_object(s, line, n);
}

/* Some servers answer a request for a stream with one JSON document, proxies with a page. */
static void find_shape(struct stream *s, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n && s->shape == STREAM_UNKNOWN; i++) {
        if (strchr(" \t\r\n", bytes[i]) && bytes[i])
            continue;
        if (!s->format->sse)
            s->shape = STREAM_LINES;
        else
            s->shape = strchr("{[<", bytes[i]) && bytes[i] ? STREAM_WHOLE : STREAM_EVENTS;
    }
}

int stream_feed(struct stream *s, const char *bytes, size_t n)
{
    if (s->fault)
        return -EPROTO;
    s->body_bytes += n;
    if (s->body_bytes > STREAM_BODY_MAX)
        return fail(s, STREAM_TOO_LARGE);
    if (s->head.len < HEAD_BYTES)
        str_addn(&s->head, bytes, n < HEAD_BYTES - s->head.len ? n : HEAD_BYTES - s->head.len);
    if (s->shape == STREAM_UNKNOWN)
        find_shape(s, bytes, n);
    if (s->shape == STREAM_WHOLE) {
        str_addn(&s->lines.part, bytes, n);
        return 0;
    }
    int rc = lines_feed(&s->lines, bytes, n, on_line, s);
    return rc == -EMSGSIZE ? fail(s, STREAM_TOO_LARGE) : rc;
}

static void finish_whole(struct stream *s)
{
    /* a document is complete when it parses: no cut JSON object does */
    if (on_object(s, str_text(&s->lines.part), s->lines.part.len) == 0)
        s->terminated = true;
}

enum stream_fault stream_end(struct stream *s, bool whole)
{
    if (!s->fault && s->shape == STREAM_WHOLE) {
        finish_whole(s);
    } else if (!s->fault && whole && !s->terminated) {
        int rc = lines_end(&s->lines, on_line, s);
        if (rc == 0 && s->shape == STREAM_EVENTS)
            rc = sse_end(&s->sse, on_event, s);
        if (rc == -EMSGSIZE)
            fail(s, STREAM_TOO_LARGE);
    }
    think_end(&s->think, &s->text, &s->reasoning);
    if (s->fault)
        return s->fault;
    if (!s->terminated)
        s->fault = STREAM_CUT;
    else if (s->begun == 0 || s->finished != s->begun || !s->finish[0])
        s->fault = STREAM_NO_FINISH;
    return s->fault;
}

void stream_free(struct stream *s)
{
    lines_free(&s->lines);
    sse_free(&s->sse);
    skim_free(&s->skim);
    str_free(&s->piece);
    think_free(&s->think);
    str_free(&s->head);
    str_free(&s->text);
    str_free(&s->reasoning);
    str_free(&s->error);
}
