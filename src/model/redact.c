/* See redact.h. */
#include "model/redact.h"

#include <curl/curl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { SECRET_MIN = 4, PREFIX_MIN = 8, REPLY_SECRET_MIN = 16 };
static const char hidden[] = "[redacted]";

/* ---- what is secret ---- */

static void keep(struct redact *r, char *owned)
{
    size_t n = strlen(owned);
    r->secrets = xrealloc(r->secrets, (r->n + 1) * sizeof *r->secrets);
    r->secrets[r->n++] =
        (struct redact_secret){owned, n, n < PREFIX_MIN ? n : PREFIX_MIN, n >= REPLY_SECRET_MIN};
    r->begins[(unsigned char)owned[0]] = true;
    for (const char *c = "%\\&=-_"; *c; c++)
        r->begins[(unsigned char)*c] = true;
}

/* What base64 makes of a text that stands `shift` bytes behind a multiple of three: the characters
 * that depend on nothing else. Caller frees. */
static char *base64_inside(const char *text, size_t shift)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n = strlen(text), first = (shift * 8 + 5) / 6, last = (shift + n) * 8 / 6;
    struct str out = {0};
    for (size_t i = first; i < last; i++) {
        unsigned value = 0;
        for (size_t bit = i * 6; bit < i * 6 + 6; bit++) {
            unsigned byte = (unsigned char)text[bit / 8 - shift];
            value = value << 1 | (byte >> (7 - bit % 8) & 1);
        }
        str_addc(&out, digits[value]);
    }
    return str_take(&out);
}

void redact_add(struct redact *r, const char *secret)
{
    if (!secret || strlen(secret) < SECRET_MIN)
        return;
    keep(r, xstrdup(secret));
    for (size_t shift = 0; shift < 3 && strlen(secret) >= PREFIX_MIN; shift++)
        keep(r, base64_inside(secret, shift));
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

/* ---- how it is spelled ---- */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Are the n characters at t the number `want` in hexadecimal? */
static bool is_hex(const char *t, size_t n, unsigned want)
{
    unsigned v = 0;
    for (size_t i = 0; i < n; i++) {
        int digit = hex_digit(t[i]); /* -1 at the end of the text */
        if (digit < 0)
            return false;
        v = v << 4 | (unsigned)digit;
    }
    return v == want;
}

static size_t percent(const char *t, unsigned want)
{
    size_t n = 1;
    while (t[n] == '2' && t[n + 1] == '5') /* %25: a percent sign that was encoded again */
        n += 2;
    if (is_hex(t + n, 2, want))
        return n + 2;
    return is_hex(t + 1, 2, want) ? 3 : 0;
}

static size_t html_entity(const char *t, unsigned want)
{
    char *end = NULL;
    if (t[1] != '#')
        return want == '&' && strncmp(t, "&amp;", 5) == 0 ? 5 : 0;
    bool hex = t[2] == 'x' || t[2] == 'X';
    const char *digits = t + 2 + hex;
    if (hex_digit(*digits) < 0)
        return 0;
    unsigned long v = strtoul(digits, &end, hex ? 16 : 10);
    return v == want && *end == ';' ? (size_t)(end - t) + 1 : 0;
}

/* One byte of a secret as a text may spell it: how many bytes of the text, 0 = it is another. The
 * text is NUL-terminated, or goes on. */
static size_t spelled(const char *t, unsigned char want)
{
    if ((unsigned char)*t == want)
        return 1;
    if ((want == '+' && *t == '-') || (want == '/' && *t == '_')) /* base64 of URLs */
        return 1;
    switch (*t) {
    case '%':
        return percent(t, want);
    case '=':
        return is_hex(t + 1, 2, want) ? 3 : 0;
    case '&':
        return html_entity(t, want);
    case '\\':
        if (t[1] == 'u' && is_hex(t + 2, 4, want))
            return 6;
        if (t[1] == 'x' && is_hex(t + 2, 2, want))
            return 4;
        return (unsigned char)t[1] == want ? 2 : 0;
    default:
        return 0;
    }
}

/* How much of the secret is here: bytes of it, and of the text. */
static size_t match(const char *t, const char *end, const struct redact_secret *s, size_t *of_text)
{
    const char *p = t;
    size_t n = 0;
    for (size_t step; n < s->n && p < end && (step = spelled(p, (unsigned char)s->text[n])); n++)
        p += step;
    *of_text = (size_t)((p < end ? p : end) - t);
    return n;
}

/* ---- out it goes ---- */

/* How many of the text's bytes at t are secret. */
static size_t secret_at(const struct redact *r, const char *t, const char *end, bool reply,
                        bool cut)
{
    size_t most = 0;
    for (size_t i = 0; i < r->n; i++) {
        const struct redact_secret *s = &r->secrets[i];
        size_t of_text, n = match(t, end, s, &of_text);
        size_t least = !reply ? s->least : s->long_one ? REPLY_SECRET_MIN : SIZE_MAX;
        if (reply && cut && s->long_one && t + of_text == end)
            least = PREFIX_MIN;
        if (n >= least && of_text > most)
            most = of_text;
    }
    return most;
}

static bool replace_all(const struct redact *r, struct str *text, bool reply, bool cut)
{
    if (r->n == 0 || text->len == 0)
        return false;
    const char *end = text->p + text->len, *copied = text->p;
    struct str out = {0};
    for (const char *t = text->p; t < end;) {
        size_t n = r->begins[(unsigned char)*t] ? secret_at(r, t, end, reply, cut) : 0;
        if (n == 0) {
            t++;
            continue;
        }
        str_addn(&out, copied, (size_t)(t - copied));
        str_add(&out, hidden);
        copied = t += n;
    }
    bool any = copied > text->p;
    if (any) {
        str_addn(&out, copied, (size_t)(end - copied));
        str_free(text);
        *text = out;
    }
    return any;
}

/* Any credential: a server may echo one that is not ours. */
static void replace_behind(struct str *s, const char *mark)
{
    size_t from = 0;
    for (const char *p; s->len > from && (p = strcasestr(s->p + from, mark));) {
        size_t at = (size_t)(p - s->p) + strlen(mark), n = strcspn(s->p + at, " \t\r\n\"',;}");
        from = at;
        if (n == 0)
            continue;
        struct str out = {0};
        str_addn(&out, s->p, at);
        str_add(&out, hidden);
        str_addn(&out, s->p + at + n, s->len - at - n);
        str_free(s);
        *s = out;
        from = at + strlen(hidden);
    }
}

char *redact_text(const struct redact *r, const char *text, size_t max)
{
    struct str s = {0};
    str_add(&s, text);
    replace_all(r, &s, false, true);
    replace_behind(&s, "Bearer ");
    replace_behind(&s, "Authorization: Basic ");
    if (max > 0 && s.len > max)
        str_shorten(&s, utf8_cut(s.p, max));
    return str_take(&s);
}

bool redact_reply(const struct redact *r, struct str *text, bool cut)
{
    return replace_all(r, text, true, cut);
}

void redact_free(struct redact *r)
{
    for (size_t i = 0; i < r->n; i++)
        free(r->secrets[i].text);
    free(r->secrets);
    *r = (struct redact){0};
}
