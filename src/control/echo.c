/* See echo.h. */
#include "control/echo.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "control/template.h"

static bool in_word(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* " word word word " in small letters, so that a run of words is a substring with its blanks.
 * What parts runs (the characters in `gaps`) becomes " \1 ". */
static void normalise(const char *text, const char *gaps, struct str *out)
{
    str_addc(out, ' ');
    for (const char *p = text; *p; p++) {
        if (in_word(*p))
            str_addc(out, (char)tolower((unsigned char)*p));
        else if (strchr(gaps, *p))
            str_addf(out, "%s%c ", out->p[out->len - 1] == ' ' ? "" : " ", TEMPLATE_GAP);
        else if (out->p[out->len - 1] != ' ')
            str_addc(out, ' ');
    }
    if (out->p[out->len - 1] != ' ')
        str_addc(out, ' ');
}

struct overlap {
    const char *own, *given; /* normalised */
    size_t runs, own_runs;
};

/* The run from the blank at `from` to the blank at `to`. */
static void count_run(struct overlap *o, const char *from, const char *to)
{
    char *run CLEANUP_FREE = xstrndup(from, (size_t)(to - from) + 1);
    o->runs++;
    o->own_runs += strstr(o->own, run) && !strstr(o->given, run);
}

/* All runs of one line: words[0] is the blank before the first word, words[n] the one behind the
 * last. */
static void count_line(struct overlap *o, const char *line, const char *end)
{
    const char *blank[ECHO_RUN + 1]; /* the latest ones, oldest first */
    size_t n = 0, words = 0;
    for (const char *p = line; p < end; p++) {
        if (*p != ' ')
            continue;
        if (n == ECHO_RUN + 1)
            memmove(blank, blank + 1, ECHO_RUN * sizeof *blank), n--;
        blank[n++] = p;
        words += n > 1;
        if (n == ECHO_RUN + 1)
            count_run(o, blank[0], p);
    }
    if (words > 1 && words < ECHO_RUN)
        count_run(o, blank[0], blank[n - 1]);
}

bool echo_is(const char *text, const char *own, const char *given)
{
    static const char gap[] = {TEMPLATE_GAP, '\0'}, gap_or_line[] = {TEMPLATE_GAP, '\n', '\0'};
    struct str t CLEANUP_STR = {0}, o CLEANUP_STR = {0}, g CLEANUP_STR = {0};
    normalise(text, gap_or_line, &t);
    normalise(own, gap, &o);
    normalise(given, gap, &g);
    struct overlap overlap = {.own = str_text(&o), .given = str_text(&g)};
    for (const char *p = str_text(&t); *p;) {
        const char *end = strchrnul(p, TEMPLATE_GAP);
        count_line(&overlap, p, end);
        p = end + (*end != '\0');
    }
    return 2 * overlap.own_runs > overlap.runs;
}
