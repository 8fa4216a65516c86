/* See sse.h. */
#include "model/sse.h"

#include <string.h>

static int dispatch(struct sse *s, sse_fn *fn, void *user)
{
    int rc = 0;
    if (s->any_data || s->event.len > 0)
        rc = fn(user, str_text(&s->event), str_text(&s->data), s->data.len);
    str_clear(&s->event);
    str_clear(&s->data);
    s->any_data = false;
    return rc;
}

static bool field_is(const char *line, size_t n, const char *name)
{
    return n == strlen(name) && memcmp(line, name, n) == 0;
}

static void add_data(struct sse *s, const char *value, size_t n)
{
    if (s->any_data)
        str_addc(&s->data, '\n');
    str_addn(&s->data, value, n);
    s->any_data = true;
}

int sse_line(struct sse *s, const char *line, size_t n, sse_fn *fn, void *user)
{
    static const char bom[] = "\xef\xbb\xbf";
    if (!s->started && n >= 3 && memcmp(line, bom, 3) == 0) {
        line += 3;
        n -= 3;
    }
    s->started = true;
    if (n == 0)
        return dispatch(s, fn, user);
    const char *colon = memchr(line, ':', n), *value = colon ? colon + 1 : line + n;
    size_t name_n = colon ? (size_t)(colon - line) : n, value_n = n - (size_t)(value - line);
    if (value_n > 0 && value[0] == ' ') {
        value++;
        value_n--;
    }
    if (field_is(line, name_n, "data")) {
        add_data(s, value, value_n);
    } else if (field_is(line, name_n, "error")) { /* llama-server before September 2025 */
        if (strcmp(str_text(&s->event), "error") != 0)
            str_clear(&s->data);
        str_clear(&s->event);
        str_add(&s->event, "error");
        add_data(s, value, value_n);
    } else if (field_is(line, name_n, "event")) {
        str_clear(&s->event);
        str_addn(&s->event, value, value_n);
    }
    return 0;
}

int sse_end(struct sse *s, sse_fn *fn, void *user)
{
    return dispatch(s, fn, user);
}

void sse_free(struct sse *s)
{
    str_free(&s->event);
    str_free(&s->data);
}
