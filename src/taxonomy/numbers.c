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

void numbers_percentages(const char *text, struct number_list *out, struct arena *arena)
{
    for (const char *p = text; *p;) {
        bool starts = isdigit((unsigned char)*p) || (*p == '.' && isdigit((unsigned char)p[1]));
        if (!starts || (p > text && is_name(p[-1]))) {
            p++;
            continue;
        }
        double value;
        p = read_number(p, &value);
        const char *unit = p + strspn(p, " -");
        if (*unit == '%' || strncasecmp(unit, "percent", 7) == 0 ||
            strncasecmp(unit, "per cent", 8) == 0)
            add(out, value, arena);
    }
}

/* ---- numbers as words ---- */

enum word_kind {
    PLAIN,
    TENS,  /* "twenty" five */
    TIMES, /* two "hundred", two "thirds" */
};

static const struct {
    const char *word;
    enum word_kind kind;
    double value;
} words[] = {{"zero", PLAIN, 0},
             {"no", PLAIN, 0},
             {"one", PLAIN, 1},
             {"a", PLAIN, 1},
             {"an", PLAIN, 1},
             {"once", PLAIN, 1},
             {"single", PLAIN, 1},
             {"two", PLAIN, 2},
             {"twice", PLAIN, 2},
             {"double", PLAIN, 2},
             {"pair", TIMES, 2},
             {"both", PLAIN, 2},
             {"couple", TIMES, 2},
             {"half", TIMES, 0.5},
             {"halve", PLAIN, 0.5},
             {"three", PLAIN, 3},
             {"thrice", PLAIN, 3},
             {"triple", PLAIN, 3},
             {"third", TIMES, 1 / 3.0},
             {"four", PLAIN, 4},
             {"quarter", TIMES, 0.25},
             {"fourth", TIMES, 0.25},
             {"five", PLAIN, 5},
             {"fifth", TIMES, 0.2},
             {"six", PLAIN, 6},
             {"sixth", TIMES, 1 / 6.0},
             {"seven", PLAIN, 7},
             {"eight", PLAIN, 8},
             {"eighth", TIMES, 0.125},
             {"nine", PLAIN, 9},
             {"ten", PLAIN, 10},
             {"tenth", TIMES, 0.1},
             {"eleven", PLAIN, 11},
             {"twelve", PLAIN, 12},
             {"thirteen", PLAIN, 13},
             {"fourteen", PLAIN, 14},
             {"fifteen", PLAIN, 15},
             {"sixteen", PLAIN, 16},
             {"seventeen", PLAIN, 17},
             {"eighteen", PLAIN, 18},
             {"nineteen", PLAIN, 19},
             {"twenty", TENS, 20},
             {"thirty", TENS, 30},
             {"forty", TENS, 40},
             {"fifty", TENS, 50},
             {"sixty", TENS, 60},
             {"seventy", TENS, 70},
             {"eighty", TENS, 80},
             {"ninety", TENS, 90},
             {"dozen", TIMES, 12},
             {"hundred", TIMES, 100},
             {"thousand", TIMES, 1000},
             {"million", TIMES, 1e6},
             {"percent", PLAIN, 100},
             /* a unit's factor to the next smaller unit counts as stated when the unit is named */
             {"week", PLAIN, 7},
             {"year", PLAIN, 12},
             {"year", PLAIN, 52},
             {"year", PLAIN, 365},
             {"day", PLAIN, 24},
             {"hour", PLAIN, 60},
             {"minute", PLAIN, 60},
             {"dollar", PLAIN, 100},
             {"foot", PLAIN, 12},
             {"feet", PLAIN, 12},
             {"yard", PLAIN, 3},
             {"decade", PLAIN, 10},
             {"century", PLAIN, 100}};

/* The number that came last, as long as nothing but a space, a hyphen or a slash came after it. */
struct last_number {
    double value;
    bool tens;
    const char *end; /* NULL = there is none */
};

static bool joins(const struct last_number *last, const char *p)
{
    return last->end && p - last->end <= 1 && (p == last->end || strchr(" -/", *last->end));
}

/* "twenty-five", "two hundred", "two thirds", "3/4": the value of both. */
static void add_joined(const struct last_number *last, const char *p, enum word_kind kind,
                       double value, struct number_list *out, struct arena *arena)
{
    if (!joins(last, p))
        return;
    if (kind == TIMES)
        add(out, last->value * value, arena);
    else if (last->tens && kind == PLAIN && value >= 1 && value <= 9)
        add(out, last->value + value, arena);
    else if (*last->end == '/' && value != 0)
        add(out, last->value / value, arena);
}

/* The n letters at p as a number word, added with what they join. */
static void add_word(const char *p, size_t n, struct last_number *last, struct number_list *out,
                     struct arena *arena)
{
    const struct last_number before = *last;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i].word);
        bool plural = n == len + 1 && tolower((unsigned char)p[len]) == 's';
        if ((n != len && !plural) || strncasecmp(p, words[i].word, len) != 0)
            continue;
        add(out, words[i].value, arena);
        if (words[i].kind == TIMES && words[i].value < 1) /* half of it: divided by 2 */
            add(out, 1 / words[i].value, arena);
        add_joined(&before, p, words[i].kind, words[i].value, out, arena);
        double product = words[i].kind == TIMES && joins(&before, p) ? before.value : 1;
        *last = (struct last_number){words[i].value * product, words[i].kind == TENS, p + n};
    }
}

void numbers_in_prose(const char *text, struct number_list *out, struct arena *arena)
{
    struct last_number last = {0};
    numbers_in(text, out, arena);
    for (const char *p = text; *p;) {
        size_t n = 0;
        while (isalpha((unsigned char)p[n]))
            n++;
        if (n > 0) {
            add_word(p, n, &last, out, arena);
        } else if (isdigit((unsigned char)*p) && (p == text || !is_name(p[-1]))) {
            double value;
            const char *end = read_number(p, &value);
            add_joined(&last, p, PLAIN, value, out, arena);
            last = (struct last_number){value, false, end};
            n = (size_t)(end - p);
        }
        p += n ? n : 1;
    }
}
