#include "tool/output.h"
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"

enum { FEW_LINES = 3 }; /* of an output in which any line may be the answer */

/* The next line of a text, without its trailing white space. False at the end. */
static bool next_line(const char **p, const char **line, size_t *len)
{
    if (!**p)
        return false;
    size_t n = strcspn(*p, "\n");
    *line = *p;
    *len = n;
    while (*len && strchr(" \t\r\f\v", (*line)[*len - 1]))
        --*len;
    *p += n + ((*p)[n] == '\n');
    return true;
}

static bool only_space(const char *s)
{
    return s[strspn(s, " \t\r\n\f\v")] == 0;
}

bool output_same(const char *got, const char *want)
{
    const char *a = NULL, *b = NULL;
    size_t n = 0, m = 0;
    while (!only_space(got) && !only_space(want)) {
        next_line(&got, &a, &n);
        next_line(&want, &b, &m);
        if (n != m || memcmp(a, b, n) != 0)
            return false;
    }
    return only_space(got) && only_space(want);
}

static bool word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (c & 0x80);
}

/* Is `want` in the line as a whole? A number must be the line's last, after two others at most:
 * "the sum of the first 3 is 6", but not "1 2 3 4 5 6". */
static bool line_says(const char *line, size_t n, const char *want)
{
    size_t m = strlen(want), numbers = 0;
    const char *at = memmem(line, n, want, m), *end = line + n;
    if (want[strcspn(want, "0123456789")])
        for (const char *next = at; next;
             next = memmem(next + 1, (size_t)(end - next) - 1, want, m))
            at = next;
    if (!at || (at > line && word(at[-1]) && word(want[0])) ||
        (at + m < end && word(at[m]) && word(want[m - 1])))
        return false;
    if (!want[strcspn(want, "0123456789")])
        return true;
    for (const char *p = line; p < end; p++) {
        bool digit = (p < at || p >= at + m) && *p >= '0' && *p <= '9';
        if (digit && p > at)
            return false;
        numbers += digit && (p == line || p[-1] < '0' || p[-1] > '9');
    }
    return numbers < FEW_LINES;
}

/* A program that prints many guesses should not pass: what is expected is the last line that is not
 * blank, or stands in it; or it is a line of an output of a few. Of several lines, the last ones
 * count. */
bool output_says(const char *out, const char *want)
{
    const char *line = NULL, *last = "";
    size_t n = 0, last_n = 0, lines = 0;
    bool whole = false;
    char *wanted CLEANUP_FREE = xstrdup(want + strspn(want, " \t\r\n"));
    for (size_t m = strlen(wanted); m && strchr(" \t\r\n", wanted[m - 1]); m--)
        wanted[m - 1] = 0;
    if (strchr(wanted, '\n')) {
        size_t have = strlen(out), m = strlen(wanted);
        while (have && strchr(" \t\r\n", out[have - 1]))
            have--;
        return have >= m && memcmp(out + have - m, wanted, m) == 0 &&
               (have == m || out[have - m - 1] == '\n');
    }
    while (next_line(&out, &line, &n)) {
        size_t blank = strspn(line, " \t\r");
        if (blank >= n)
            continue;
        last = line + blank;
        last_n = n - blank;
        lines++;
        whole = whole || (last_n == strlen(wanted) && memcmp(last, wanted, last_n) == 0);
    }
    return (whole && lines <= FEW_LINES) || line_says(last, last_n, wanted);
}
