/* Units of measure, as far as they can be compared: "cents" are not "dollars", "2 h" are
 * "120 minutes". A unit that is not in the table (eggs, pages) never counts as a contradiction. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum unit_kind {
    UNIT_UNKNOWN, /* a noun, or nothing */
    UNIT_PERCENT,
    UNIT_TIME,
    UNIT_CALENDAR, /* months and years */
    UNIT_LENGTH,
    UNIT_MASS,
    UNIT_VOLUME,
    UNIT_ANGLE,
    UNIT_DOLLAR,
    UNIT_EURO,
    UNIT_POUND, /* sterling */
    UNIT_YEN,
    UNIT_RUPEE,
};

/* kind^power, per kind^power where `per` is set. */
struct unit {
    enum unit_kind kind, per;
    int power, per_power;
    double factor,
        per_factor;  /* in the kind's base unit: seconds, metres, grams, litres, dollars */
    bool also_pound; /* "pounds" may be money too */
};

/* Reads the unit at p: "km", "dollars", "square feet", "m^2", "miles per hour", "km/h", "\text{
 * cm}^2". The bytes it takes; for a word that is not in the table the word's, with kind
 * UNIT_UNKNOWN. 0 when no word stands there. */
size_t unit_read(const char *p, struct unit *out);

enum unit_relation {
    UNITS_AGREE,   /* the same, or not to be told apart */
    UNITS_CONVERT, /* the same quantity on another scale: minutes and hours */
    UNITS_DIFFER,
};
/* *ratio, where not NULL: what a value in `a` is multiplied with to be one in `b` (1 if they
 * differ). */
enum unit_relation unit_compare(const struct unit *a, const struct unit *b, double *ratio);
