/* See numbers.h. */
#include "taxonomy/numbers.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool numbers_close(double a, double b, double tolerance)
{
    return fabs(a - b) <= tolerance * fmax(1, fmax(fabs(a), fabs(b)));
}

bool numbers_same(double a, double b)
{
    return numbers_close(a, b, 1e-9);
}

bool numbers_have(const struct number_list *list, double value)
{
    for (size_t i = 0; i < list->n; i++)
        if (numbers_same(list->v[i], value))
            return true;
    return false;
}

static void add(struct number_list *l, double value, struct arena *arena)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 16;
        double *grown = arena_alloc(arena, cap * sizeof *grown);
        if (l->n)
            memcpy(grown, l->v, l->n * sizeof *grown);
        l->v = grown;
        l->cap = cap;
    }
    l->v[l->n++] = value;
}

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_'; /* "€12" is a number */
}

/* "1,200,000": a comma with three digits after it, and no fourth, belongs to the number. */
static bool is_group(const char *p)
{
    return *p == ',' && isdigit((unsigned char)p[1]) && isdigit((unsigned char)p[2]) &&
           isdigit((unsigned char)p[3]) && !isdigit((unsigned char)p[4]);
}

/* Reads the digits at p; returns the end. */
static const char *read_number(const char *p, double *value)
{
    char digits[64];
    size_t n = 0;
    bool point = false;
    for (; n + 1 < sizeof digits; p++) {
        if (isdigit((unsigned char)*p))
            digits[n++] = *p;
        else if (*p == '.' && !point && isdigit((unsigned char)p[1]))
            digits[n++] = *p, point = true;
        else if (!is_group(p) || point)
            break;
    }
    if ((*p == 'e' || *p == 'E') && n + 6 < sizeof digits) { /* 1e-05, as Python prints it */
        size_t sign = p[1] == '-' || p[1] == '+';
        size_t power = strspn(p + 1 + sign, "0123456789");
        if (power > 0 && power < 4 && !is_name(p[1 + sign + power])) {
            memcpy(digits + n, p, 1 + sign + power);
            n += 1 + sign + power;
            p += 1 + sign + power;
        }
    }
    digits[n] = '\0';
    *value = strtod(digits, NULL);
    return p;
}

void numbers_in(const char *text, struct number_list *out, struct arena *arena)
{
    for (const char *p = text; *p;) {
        bool starts = isdigit((unsigned char)*p) || (*p == '.' && isdigit((unsigned char)p[1]));
        if (!starts || (p > text && is_name(p[-1]))) {
            p++;
            continue;
        }
        /* a minus belongs to the number where nothing stands before it to be subtracted from */
        bool minus = p > text && p[-1] == '-' &&
                     (p - 1 == text || !(is_name(p[-2]) || p[-2] == ')' || p[-2] == '-'));
        double value;
        p = read_number(p, &value);
        add(out, minus ? -value : value, arena);
    }
}

static const struct {
    const char *word;
    double value;
} words[] = {
    {"zero", 0},        {"no", 0},        {"one", 1},         {"a", 1},        {"an", 1},
    {"once", 1},        {"single", 1},    {"two", 2},         {"twice", 2},    {"double", 2},
    {"pair", 2},        {"both", 2},      {"couple", 2},      {"half", 0.5},   {"three", 3},
    {"thrice", 3},      {"triple", 3},    {"third", 1 / 3.0}, {"four", 4},     {"quarter", 0.25},
    {"five", 5},        {"fifth", 0.2},   {"six", 6},         {"seven", 7},    {"week", 7},
    {"eight", 8},       {"nine", 9},      {"ten", 10},        {"tenth", 0.1},  {"eleven", 11},
    {"twelve", 12},     {"dozen", 12},    {"year", 12},       {"year", 52},    {"year", 365},
    {"percent", 100},   {"thirteen", 13}, {"fourteen", 14},   {"fifteen", 15}, {"sixteen", 16},
    {"seventeen", 17},  {"eighteen", 18}, {"nineteen", 19},   {"twenty", 20},  {"day", 24},
    {"thirty", 30},     {"forty", 40},    {"fifty", 50},      {"sixty", 60},   {"hour", 60},
    {"minute", 60},     {"seventy", 70},  {"eighty", 80},     {"ninety", 90},  {"hundred", 100},
    {"thousand", 1000}, {"million", 1e6}};

void numbers_in_prose(const char *text, struct number_list *out, struct arena *arena)
{
    numbers_in(text, out, arena);
    for (const char *p = text; *p;) {
        size_t n = 0;
        while (isalpha((unsigned char)p[n]))
            n++;
        for (size_t i = 0; n > 0 && i < sizeof words / sizeof *words; i++) {
            size_t len = strlen(words[i].word);
            bool plural = n == len + 1 && tolower((unsigned char)p[len]) == 's';
            if ((n == len || plural) && strncasecmp(p, words[i].word, len) == 0)
                add(out, words[i].value, arena);
        }
        p += n ? n : 1;
    }
}
