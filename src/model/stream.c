/* See stream.h. */
#include "model/stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "model/refusal.h"
#include "model/wirejson.h"

enum { HEAD_BYTES = 200 };
#define BOM "\xef\xbb\xbf"

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

static int stream_error_status(const json_t *error, int fallback)
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
    char *sentence CLEANUP_FREE = refusal_sentence(error);
    json_t *body CLEANUP_JSON = json_object();
    json_object_set(body, "error", (json_t *)error); /* NULL where it is none: left out */
    char *text CLEANUP_FREE = json_text(body);
    str_add(&s->error, sentence);
    str_add(&s->error_body, text);
    fail(s, STREAM_ERROR);
}

/* What the server says when it breaks a reply off, in the place where the model's reason belongs.
 */
static bool is_servers_own(const char *finish)
{
    static const char *const words[] = {"load",
                                        "unload",
                                        "error",
                                        "abort",
                                        "aborted",
                                        "cancel",
                                        "canceled",
                                        "cancelled",
                                        "shutdown",
                                        "network_error",
                                        "insufficient_system_resource"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(finish, words[i]) == 0)
            return true;
    return false;
}

static void fail_by_finish(struct stream *s)
{
    char *text CLEANUP_FREE =
        xasprintf("the server ended the reply with finish '%s'", str_text(&s->piece));
    json_t *why CLEANUP_JSON =
        json_pack("{s:o, s:i}", "message", json_bytes(text, strlen(text)), "code", 503);
    stream_error(s, why);
}

void stream_finish(struct stream *s, size_t choice, int why, const char *unsaid)
{
    uint64_t bit = choice < 64 ? 1ull << choice : 1ull << 63;
    bool is_text = skim_is_text(&s->skim, why);
    s->begun |= bit;
    take(s, why);
    if (!is_text && unsaid)
        str_add(&s->piece, unsaid);
    if (is_text && s->piece.len == 0 && s->shape == STREAM_WHOLE && s->deltas > 0)
        str_add(&s->piece, "stop"); /* one document is no piece: it does not go on */
    if (s->piece.len == 0)
        return;
    if (is_servers_own(s->piece.p)) {
        fail_by_finish(s);
        return;
    }
    s->finished |= bit;
    if (choice == 0)
        snprintf(s->finish, sizeof s->finish, "%s", s->piece.p);
}

/* ---- the same once more ---- */

enum { REPEAT_MIN = 16 }; /* bytes: as many do not come twice in a row by chance */

static bool is_blank(const struct str *s)
{
    return strspn(str_text(s), " \t\r\n") == s->len;
}

/* What the message says, read beside the stream's own text: is it that text, or longer? A longer
 * one takes its place. */
static bool repeats(struct stream *s, void (*add)(struct stream *, const struct skim *, int),
                    const struct skim *o, int message, bool whole)
{
    struct str text = s->text, reasoning = s->reasoning;
    struct think think = s->think;
    int deltas = s->deltas;
    s->text = s->reasoning = (struct str){0};
    s->think = (struct think){0};
    add(s, o, message);
    think_end(&s->think, &s->text, &s->reasoning);
    bool same = s->text.len >= text.len && memcmp(str_text(&s->text), text.p, text.len) == 0;
    if (same && (whole || text.len >= REPEAT_MIN)) {
        struct str longer = s->text;
        s->text = text;
        text = longer;
        str_addn(&s->text, str_text(&text) + s->text.len, text.len - s->text.len);
    } else {
        struct str other = s->text;
        s->text = text;
        text = other;
        same = false;
    }
    str_free(&text);
    str_free(&s->reasoning);
    think_free(&s->think);
    s->reasoning = reasoning;
    s->think = think;
    s->deltas = deltas;
    return same;
}

void stream_message(struct stream *s, void (*add)(struct stream *, const struct skim *, int),
                    const struct skim *o, int message, bool whole)
{
    size_t thought = s->reasoning.len;
    if (!is_blank(&s->text) && (repeats(s, add, o, message, whole) || whole))
        return;
    add(s, o, message);
    if (thought > 0 && s->reasoning.len == 2 * thought &&
        memcmp(s->reasoning.p, s->reasoning.p + thought, thought) == 0)
        str_shorten(&s->reasoning, thought);
}

/* ---- from bytes to objects ---- */

static int on_object(struct stream *s, const char *text, size_t n)
{
    if (!skim_object(&s->skim, text, n))
        return fail(s, STREAM_NOT_JSON);
    s->format->object(s, &s->skim);
    return s->fault ? -EPROTO : 0;
}

/* The data of an "error" event: an error object, bare or in an "error", or a sentence. */
static int on_error(struct stream *s, const char *data, size_t n)
{
    json_t *j CLEANUP_JSON = wirejson_value(data, n, &s->repaired);
    json_t *error CLEANUP_JSON = json_incref(json_object_get(j, "error"));
    if (!error)
        error = j ? json_incref(j) : json_bytes(data, n);
    stream_error(s, error);
    return -EPROTO;
}

static int on_event(void *user, const char *event, const char *data, size_t n)
{
    static const char done[] = "[DONE]";
    struct stream *s = user;
    if (s->terminated) /* what follows is no part of the reply */
        return 0;
    if (strcmp(event, "error") == 0 && n > 0)
        return on_error(s, data, n);
    while (n > strlen(done) && data[n - 1] == ' ')
        n--;
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
    return s->terminated || strspn(line, " \t\r") >= n ? 0 : on_object(s, line, n);
}

/* Some servers answer a request for a stream with one JSON document, proxies with a page. */
static void find_shape(struct stream *s, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n && s->shape == STREAM_UNKNOWN; i++) {
        if (strchr(" \t\r\n" BOM, bytes[i]) && bytes[i])
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

static bool has_finish(const struct stream *s)
{
    return s->begun != 0 && s->finished == s->begun && s->finish[0];
}

bool stream_complete(const struct stream *s)
{
    return s->terminated || (s->shape == STREAM_EVENTS && has_finish(s) && s->has_usage);
}

static void finish_whole(struct stream *s)
{
    size_t bom = str_starts(str_text(&s->lines.part), BOM) ? strlen(BOM) : 0;
    /* a document is complete when it parses: no cut JSON object does */
    if (on_object(s, str_text(&s->lines.part) + bom, s->lines.part.len - bom) == 0)
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
    if (!s->terminated && !(whole && stream_complete(s)))
        s->fault = STREAM_CUT;
    else if (!has_finish(s))
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
    str_free(&s->error_body);
}
