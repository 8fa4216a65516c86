/* See attempts.h. */
#include "model/attempts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "model/server.h"

enum { PARTIAL_MAX = 4000 };

static json_t *milliseconds(double s)
{
    return json_real(round(s * 1000) / 1000);
}

/* Partial text as it may be stored: valid, short, without secrets. */
static json_t *partial_text(const struct server *s, const struct str *text)
{
    struct str copy CLEANUP_STR = {0};
    str_addn(&copy, str_text(text), text->len);
    redact_reply(&s->redact, &copy, true);
    return json_bytes(str_text(&copy),
                      copy.len > PARTIAL_MAX ? utf8_cut(str_text(&copy), PARTIAL_MAX) : copy.len);
}

void attempts_add(json_t *log, const struct server *s, double at_s, const struct http_result *r,
                  const struct stream *partial, const char *fault, const char *message)
{
    json_t *o = json_object();
    json_object_set_new(o, "at_s", milliseconds(at_s));
    json_object_set_new(o, "seconds", milliseconds(r->seconds));
    if (r->status)
        json_object_set_new(o, "status", json_integer(r->status));
    if (fault) {
        char *clean CLEANUP_FREE = redact_text(&s->redact, message, 0);
        json_object_set_new(o, "fault", json_string(fault));
        json_object_set_new(o, "message", json_bytes(clean, strlen(clean)));
        if (partial->reasoning.len)
            json_object_set_new(o, "reasoning_bytes",
                                json_integer((json_int_t)partial->reasoning.len));
        if (partial->text.len)
            json_object_set_new(o, "text", partial_text(s, &partial->text));
    }
    json_array_append_new(log, o);
}

void attempts_waited(json_t *log, double seconds)
{
    size_t n = json_array_size(log);
    if (n)
        json_object_set_new(json_array_get(log, n - 1), "waited_s", milliseconds(seconds));
}
