/* The table of units, and how they are written. */
#include "tool/unit.h"
#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>
#include "base/str.h"

/* Words in all their forms; the plural "s" is taken off before looking. Single letters and other
 * short forms count only in this case of theirs ("m", not "M"). */
static const struct row {
    const char *words; /* separated by blanks */
    enum unit_kind kind;
    int power;
    double factor;
} rows[] = {
    {"% percent pct percentage", UNIT_PERCENT, 1, 1},
    {"second sec s", UNIT_TIME, 1, 1},
    {"minute min", UNIT_TIME, 1, 60},
    {"hour hr h", UNIT_TIME, 1, 3600},
    {"day", UNIT_TIME, 1, 86400},
    {"week", UNIT_TIME, 1, 604800},
    {"month", UNIT_CALENDAR, 1, 1},
    {"year yr", UNIT_CALENDAR, 1, 12},
    {"millimeter millimetre mm", UNIT_LENGTH, 1, .001},
    {"centimeter centimetre cm", UNIT_LENGTH, 1, .01},
    {"meter metre m", UNIT_LENGTH, 1, 1},
    {"kilometer kilometre km", UNIT_LENGTH, 1, 1000},
    {"inch inche", UNIT_LENGTH, 1, .0254},
    {"foot feet ft", UNIT_LENGTH, 1, .3048},
    {"yard yd", UNIT_LENGTH, 1, .9144},
    {"mile mi", UNIT_LENGTH, 1, 1609.344},
    {"hectare ha", UNIT_LENGTH, 2, 1e4},
    {"acre", UNIT_LENGTH, 2, 4046.8564224},
    {"milligram mg", UNIT_MASS, 1, .001},
    {"gram g", UNIT_MASS, 1, 1},
    {"kilogram kilo kg", UNIT_MASS, 1, 1000},
    {"tonne", UNIT_MASS, 1, 1e6},
    {"ounce oz", UNIT_MASS, 1, 28.349523125},
    {"pound lb", UNIT_MASS, 1, 453.59237},
    {"milliliter millilitre ml mL", UNIT_VOLUME, 1, .001},
    {"liter litre l L", UNIT_VOLUME, 1, 1},
    {"gallon gal", UNIT_VOLUME, 1, 3.785411784},
    {"quart qt", UNIT_VOLUME, 1, .946352946},
    {"pint pt", UNIT_VOLUME, 1, .473176473},
    {"degree \u00b0 ^\\circ ^{\\circ} \\degree", UNIT_ANGLE, 1, 1},
    {"dollar $ USD US$ buck", UNIT_DOLLAR, 1, 1},
    {"cent \u00a2", UNIT_DOLLAR, 1, .01},
    {"euro \u20ac EUR", UNIT_EURO, 1, 1},
    {"\u00a3 GBP", UNIT_POUND, 1, 1},
    {"pence", UNIT_POUND, 1, .01},
    {"yen \u00a5", UNIT_YEN, 1, 1},
    {"rupee \u20b9 Rs Rs.", UNIT_RUPEE, 1, 1},
};

static bool is_letter(char c)
{
    return isalpha((unsigned char)c);
}

static bool same_word(const char *word, size_t n, const char *p, size_t len)
{
    if (n != len)
        return false;
    return n > 3 ? strncasecmp(word, p, n) == 0 : strncmp(word, p, n) == 0;
}

static const struct row *find_word(const char *p, size_t len)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *w = rows[i].words;
        for (size_t n; *w; w += n + (w[n] == ' ')) {
            n = strcspn(w, " ");
            if (same_word(w, n, p, len))
                return &rows[i];
        }
    }
    return NULL;
}

/* Bytes of the sign at p that is a unit in itself, "%", "$", "°": the longest; 0 if there is none.
 */
static size_t find_sign(const char *p, const struct row **row)
{
    size_t best = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *w = rows[i].words;
        for (size_t n; *w; w += n + (w[n] == ' ')) {
            n = strcspn(w, " ");
            if (!is_letter(*w) && n > best && strncmp(w, p, n) == 0) {
                best = n;
                *row = &rows[i];
            }
        }
    }
    return best;
}

/* A word or sign at p; *row is NULL for a word that is no unit. Its bytes. */
static size_t read_word(const char *p, const struct row **row)
{
    size_t n = 0;
    *row = NULL;
    if (*p == '\\' && p[1] == '%')
        return 1 + find_sign(p + 1, row);
    while (is_letter(p[n]) || (n > 0 && p[n] == '-' && is_letter(p[n + 1])))
        n++;
    if (n == 0)
        return find_sign(p, row);
    *row = find_word(p, n);
    if (!*row && n > 2 && p[n - 1] == 's')
        *row = find_word(p, n - 1);
    return n;
}

static size_t skip_word(const char *p, const char *word)
{
    size_t n = strlen(word);
    return strncasecmp(p, word, n) == 0 && !is_letter(p[n]) ? n + strspn(p + n, " ") : 0;
}

/* "^2", "^{2}", "²", " squared" and the same for 3: the bytes. */
static size_t read_power(const char *p, int *power)
{
    static const struct {
        const char *text;
        int power;
    } powers[] = {{"^2", 2}, {"^{2}", 2}, {"**2", 2},    {"\u00b2", 2}, {" squared", 2},
                  {"^3", 3}, {"^{3}", 3}, {"\u00b3", 3}, {" cubed", 3}};
    for (size_t i = 0; i < sizeof powers / sizeof powers[0]; i++)
        if (str_starts(p, powers[i].text)) {
            *power = powers[i].power;
            return strlen(powers[i].text);
        }
    return 0;
}

struct part {
    enum unit_kind kind;
    int power;
    double factor;
};

/* "square feet", "cm^2", "\text{ cm}^2", "minutes". */
static size_t read_part(const char *p, struct part *out)
{
    static const char *const wrappers[] = {"\\text{",   "\\textbf{", "\\textnormal{", "\\textrm{",
                                           "\\textit{", "\\mathrm{", "\\mbox{"};
    const char *at = p;
    size_t wrapped = 0, n;
    int power = 1;
    for (size_t i = 0; i < sizeof wrappers / sizeof wrappers[0] && !wrapped; i++)
        wrapped = str_starts(at, wrappers[i]) ? strlen(wrappers[i]) : 0;
    at += wrapped;
    at += wrapped ? strspn(at, " ") : 0;
    if ((n = skip_word(at, "square")) > 0 || (n = skip_word(at, "sq")) > 0)
        power = 2;
    else if ((n = skip_word(at, "cubic")) > 0)
        power = 3;
    at += n;
    const struct row *row;
    n = read_word(at, &row);
    *out = (struct part){0};
    if (n == 0)
        return 0;
    at += n;
    at += read_power(at, &power);
    if (wrapped && !row)
        at += strcspn(at, "}\n"); /* "\text{ eggs per day}" */
    at += wrapped && *at == '}';
    at += power == 1 ? read_power(at, &power) : 0;
    if (row)
        *out = (struct part){row->kind, row->power * power, pow(row->factor, power)};
    return (size_t)(at - p);
}

/* "per", "/", "a", "an", "each", "every" before the second half of a rate. */
static size_t read_per(const char *p)
{
    static const char *const words[] = {"per", "an", "a", "each", "every", "for each"};
    size_t blank = strspn(p, " ");
    if (p[blank] == '/')
        return blank + 1 + strspn(p + blank + 1, " ");
    for (size_t i = 0; i < sizeof words / sizeof words[0] && blank > 0; i++) {
        size_t n = skip_word(p + blank, words[i]);
        if (n > 0)
            return blank + n;
    }
    return 0;
}

size_t unit_read(const char *p, struct unit *out)
{
    static const struct {
        const char *text, *meaning;
    } short_forms[] = {{"mph", "miles per hour"}, {"kph", "km per hour"}, {"kmh", "km per hour"}};
    struct part top, bottom = {0};
    *out = (struct unit){0};
    for (size_t i = 0; i < sizeof short_forms / sizeof short_forms[0]; i++)
        if (skip_word(p, short_forms[i].text) > 0) {
            unit_read(short_forms[i].meaning, out);
            return strlen(short_forms[i].text);
        }
    size_t n = read_part(p, &top);
    if (n == 0)
        return 0;
    size_t per = read_per(p + n);
    size_t m = per > 0 ? read_part(p + n + per, &bottom) : 0;
    bool rate = m > 0 && bottom.kind != UNIT_UNKNOWN;
    *out = (struct unit){.kind = top.kind,
                         .power = top.power,
                         .factor = top.factor,
                         .also_pound = top.kind == UNIT_MASS && strncasecmp(p, "pound", 5) == 0};
    if (!rate)
        return n;
    out->per = bottom.kind;
    out->per_power = bottom.power;
    out->per_factor = bottom.factor;
    return n + per + m;
}

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

/* Nothing is said about what one of them leaves out, as "18 dollars" for dollars per day, or about
 * words that are no units. */
enum unit_relation unit_compare(const struct unit *a, const struct unit *b, double *ratio)
{
    bool both_rates = a->per != UNIT_UNKNOWN && b->per != UNIT_UNKNOWN;
    if (ratio)
        *ratio = 1;
    if (a->kind == UNIT_UNKNOWN || b->kind == UNIT_UNKNOWN)
        return UNITS_AGREE;
    if ((a->also_pound && b->kind == UNIT_POUND) || (b->also_pound && a->kind == UNIT_POUND))
        return UNITS_AGREE;
    if (a->kind != b->kind || a->power != b->power)
        return UNITS_DIFFER;
    if (both_rates && (a->per != b->per || a->per_power != b->per_power))
        return UNITS_DIFFER;
    double scale = a->factor / b->factor;
    if (both_rates)
        scale *= b->per_factor / a->per_factor;
    if (near(scale, 1))
        return UNITS_AGREE;
    if (ratio)
        *ratio = scale;
    return UNITS_CONVERT;
}
