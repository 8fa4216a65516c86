/* For the tests of this room only: comparison of doubles with the place in the message. */
#pragma once
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

/* |a - b| <= tol * max(1, |b|), or both NaN. */
static inline void check_near(double a, double b, double tol, const char *file, int line)
{
    if ((isnan(a) && isnan(b)) || a == b || fabs(a - b) <= tol * fmax(1, fabs(b)))
        return;
    print_error("%s:%d: got %.17g, expected %.17g\n", file, line, a, b);
    _fail(file, line);
}
#define assert_near(a, b, tol) check_near((a), (b), (tol), __FILE__, __LINE__)
