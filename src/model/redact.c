/* See redact.h. */
#include "model/redact.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { SECRET_MIN = 4, REPLY_SECRET_MIN = 16 };
static const char hidden[] = "[redacted]";

void redact_add(struct redact *r, const char *secret)
{
    if (!secret || strlen(secret) < SECRET_MIN)
        return;
    r->secrets = xrealloc(r->secrets, (r->n + 1) * sizeof *r->secrets);
    r->secrets[r->n++] = xstrdup(secret);
}

static void add_part(struct redact *r, CURLU *u, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    if (curl_url_get(u, part, &text, flags) == CURLUE_OK)
        redact_add(r, text);
    curl_free(text);
}

void redact_add_url(struct redact *r, const char *url)
{
    CURLU *u = curl_url();
    if (u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK) {
        add_part(r, u, CURLUPART_PASSWORD, 0);
        add_part(r, u, CURLUPART_PASSWORD, CURLU_URLDECODE);
    }
    curl_url_cleanup(u);
}

static void replace(struct str *s, size_t at, size_t n)
{
    struct str out = {0};
    str_addn(&out, s->p, at);
    str_add(&out, hidden);
    str_addn(&out, s->p + at + n, s->len - at - n);
    str_free(s);
    *s = out;
}

static bool replace_all(struct str *s, const char *secret)
{
    size_t from = 0, n = strlen(secret);
    bool any = false;
    for (const char *p; s->len > from && (p = memmem(s->p + from, s->len - from, secret, n));) {
        size_t at = (size_t)(p - s->p);
        replace(s, at, n);
        from = at + strlen(hidden);
        any = true;
    }
    return any;
}

/* Whatever credential it is: a server may echo one that is not ours. */
static void replace_bearers(struct str *s)
{
    static const char mark[] = "Bearer ";
    size_t from = 0;
    for (const char *p; s->len > from && (p = strcasestr(s->p + from, mark));) {
        size_t at = (size_t)(p - s->p) + strlen(mark), n = strcspn(s->p + at, " \t\r\n\"',;}");
        from = at;
        if (n == 0)
            continue;
        replace(s, at, n);
        from = at + strlen(hidden);
    }
}

char *redact_text(const struct redact *r, const char *text)
{
    struct str s = {0};
    str_add(&s, text);
    for (size_t i = 0; i < r->n; i++)
        replace_all(&s, r->secrets[i]);
    replace_bearers(&s);
    return str_take(&s);
}

bool redact_reply(const struct redact *r, struct str *text)
{
    bool any = false;
    for (size_t i = 0; i < r->n; i++)
        if (strlen(r->secrets[i]) >= REPLY_SECRET_MIN && replace_all(text, r->secrets[i]))
            any = true;
    return any;
}

void redact_free(struct redact *r)
{
    for (size_t i = 0; i < r->n; i++)
        free(r->secrets[i]);
    free(r->secrets);
    *r = (struct redact){0};
}
