/* Decimal numbers as people write and read them. */
#pragma once
#include <stdbool.h>
#include "base/str.h"

/* A plain decimal number and nothing else: "0.05", "-1.5e3". Not what strtod also takes:
 * hexadecimal, "inf", "nan", spaces. */
bool decimal_parse(const char *text, double *out);
/* With so many digits behind the point; plus: "+" before what is not negative. What rounds to zero
 * has no sign: "0.0", never "-0.0". Infinity is "inf". */
void decimal_add(struct str *s, double x, int digits, bool plus);
