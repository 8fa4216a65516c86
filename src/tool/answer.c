/* Comparing a stated answer with the expected number. */
#include "tool/answer.h"
#include <math.h>
#include "tool/unit.h"

/* Of an expected value: what adding up binary fractions leaves behind is below this. */
static const double FLOAT_NOISE = 1e-12;

bool answer_equal(double a, double b, double tolerance)
{
    return fabs(a - b) <= fmax(tolerance, FLOAT_NOISE * fmax(fabs(a), fabs(b)));
}

/* Half a unit of its last digit away at most, and not a mere 0. */
static bool is_rounded(const struct answer_reading *given, double value, double expected)
{
    double step = pow(10, -given->decimals);
    return value != 0 && fabs(value - expected) <= .5 * step + FLOAT_NOISE * fabs(expected);
}

static enum answer_match compare_number(const struct answer_reading *given, double value,
                                        double expected, double tolerance)
{
    if (answer_equal(value, expected, tolerance))
        return ANSWER_RIGHT;
    if (is_rounded(given, value, expected))
        return ANSWER_ROUNDED;
    if (value != 0 && (answer_equal(value * 100, expected, tolerance) ||
                       answer_equal(value, expected * 100, tolerance * 100)))
        return ANSWER_FACTOR_100;
    return answer_equal(-value, expected, tolerance) ? ANSWER_SIGN : ANSWER_WRONG;
}

/* A per cent sign means what it says where per cent are asked for. Where no unit is, "50%" may
 * stand for 50 as well as for 0.5: problems are written either way. */
static enum answer_match compare_percent(const struct answer_reading *given, double expected,
                                         double tolerance, const struct unit *asked)
{
    enum answer_match as_written = compare_number(given, given->value, expected, tolerance);
    if (asked->kind == UNIT_PERCENT)
        return as_written;
    if (asked->kind != UNIT_UNKNOWN)
        return as_written == ANSWER_RIGHT ? ANSWER_UNIT : as_written;
    if (answer_equal(given->value / 100, expected, tolerance))
        return ANSWER_RIGHT;
    return as_written;
}

enum answer_match answer_compare(const struct answer_reading *given, double expected,
                                 double tolerance, const char *unit)
{
    struct unit asked = {0}, stated = {0};
    double ratio;
    if (!given->found)
        return ANSWER_NONE;
    if (unit)
        unit_read(unit, &asked);
    if (given->percent)
        return compare_percent(given, expected, tolerance, &asked);
    if (given->unit)
        unit_read(given->unit, &stated);
    enum answer_match as_written = compare_number(given, given->value, expected, tolerance);
    enum unit_relation relation = unit_compare(&stated, &asked, &ratio);
    if (relation == UNITS_AGREE)
        return as_written;
    if (relation == UNITS_CONVERT && answer_equal(given->value * ratio, expected, tolerance))
        return ANSWER_CONVERTED;
    return as_written == ANSWER_RIGHT ? ANSWER_UNIT : as_written;
}

const char *answer_match_name(enum answer_match m)
{
    static const char *const names[] = {"right",   "none",       "wrong_unit", "converted",
                                        "rounded", "factor_100", "sign",       "wrong"};
    return names[m];
}
