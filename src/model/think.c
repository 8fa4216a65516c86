/* See think.h. */
#include "model/think.h"

#include <string.h>

static const char open_tag[] = "<think>", close_tag[] = "</think>";

static size_t blanks(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && strchr(" \t\r\n\f\v", s[i]) && s[i])
        i++;
    return i;
}

/* How many bytes at the end of s are a beginning of tag. */
static size_t overlap(const char *s, size_t n, const char *tag)
{
    size_t k = strlen(tag) - 1;
    for (k = k < n ? k : n; k > 0; k--)
        if (memcmp(s + n - k, tag, k) == 0)
            return k;
    return 0;
}

static void held_drop(struct think *t, size_t n)
{
    t->held.len -= n;
    memmove(t->held.p, t->held.p + n, t->held.len);
    t->held.p[t->held.len] = '\0';
}

/* One step of the machine on what is held; false when more bytes are needed. */
static bool step(struct think *t, struct str *text, struct str *reasoning)
{
    struct str *h = &t->held;
    size_t skip = t->blanks + blanks(str_text(h) + t->blanks, h->len - t->blanks), tag_n;
    const char *found;
    switch (t->state) {
    case THINK_START:
        tag_n = strlen(open_tag);
        if (h->len - skip >= tag_n && memcmp(h->p + skip, open_tag, tag_n) == 0) {
            held_drop(t, skip + tag_n);
            t->blanks = 0;
            t->state = THINK_OPENED;
            return true;
        }
        if (overlap(str_text(h), h->len, open_tag) == h->len - skip) {
            t->blanks = skip;
            return false;
        }
        t->blanks = 0;
        t->state = THINK_TEXT;
        return true;
    case THINK_OPENED:
    case THINK_CLOSED:
        if (skip == h->len) {
            str_clear(h);
            return false;
        }
        held_drop(t, skip);
        t->state = t->state == THINK_OPENED ? THINK_INSIDE : THINK_TEXT;
        return true;
    case THINK_INSIDE:
        found = h->len ? memmem(h->p, h->len, close_tag, strlen(close_tag)) : NULL;
        if (!found) {
            size_t sure = h->len - overlap(str_text(h), h->len, close_tag);
            str_addn(reasoning, str_text(h), sure);
            if (sure)
                held_drop(t, sure);
            return false;
        }
        str_addn(reasoning, h->p, (size_t)(found - h->p));
        held_drop(t, (size_t)(found - h->p) + strlen(close_tag));
        t->state = THINK_CLOSED;
        return true;
    case THINK_TEXT:
        str_addn(text, str_text(h), h->len);
        str_clear(h);
        return false;
    }
    return false;
}

void think_feed(struct think *t, const char *s, size_t n, struct str *text, struct str *reasoning)
{
    if (t->state == THINK_TEXT) {
        str_addn(text, s, n);
        return;
    }
    str_addn(&t->held, s, n);
    while (step(t, text, reasoning))
        continue;
}

void think_end(struct think *t, struct str *text, struct str *reasoning)
{
    str_addn(think_unclosed(t) ? reasoning : text, str_text(&t->held), t->held.len);
    str_clear(&t->held);
}

bool think_unclosed(const struct think *t)
{
    return t->state == THINK_OPENED || t->state == THINK_INSIDE;
}

bool think_split_unopened(struct str *text, struct str *reasoning)
{
    size_t tag_n = strlen(close_tag);
    const char *found = text->len ? memmem(text->p, text->len, close_tag, tag_n) : NULL;
    if (!found)
        return false;
    size_t before = (size_t)(found - text->p), behind = before + tag_n;
    behind += blanks(text->p + behind, text->len - behind);
    str_addn(reasoning, text->p, before);
    text->len -= behind;
    memmove(text->p, text->p + behind, text->len);
    text->p[text->len] = '\0';
    return true;
}

void think_free(struct think *t)
{
    str_free(&t->held);
}
