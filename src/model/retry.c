/* See retry.h. */
#include "model/retry.h"

#include <curl/curl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

static const double backoff_base_s = 0.5, backoff_cap_s = 30;
enum { BUDGET_HEAD_START = 50 };

enum retry_class retry_status(long status)
{
    switch (status) {
    case 408: /* request timeout */
    case 409: /* conflict */
    case 429: /* too many requests */
    case 502: /* bad gateway */
    case 503: /* unavailable, loading */
    case 504: /* gateway timeout */
        return RETRY_YES;
    case 201: /* accepted, but no reply: proxies and gateways */
    case 202:
    case 203:
    case 204:
    case 205:
    case 206:
        return RETRY_YES;
    case 501: /* not implemented */
        return RETRY_NEVER;
    default: /* 500 is what servers say of a request they choke on, too */
        return status >= 500 && status < 600 ? RETRY_ONCE : RETRY_NEVER;
    }
}

static double sensible(double s)
{
    return isfinite(s) && s > 0 && s <= RETRY_AFTER_MAX ? s : -1;
}

static bool read_number(const char *text, double *out)
{
    char *end;
    if (!*text || strspn(text, "0123456789.-+ \t") != strlen(text))
        return false;
    *out = strtod(text, &end);
    return end != text && strspn(end, " \t") == strlen(end);
}

double retry_after_s(const char *value, time_t now)
{
    double number;
    if (read_number(value, &number))
        return sensible(number);
    time_t date = curl_getdate(value, NULL);
    return date < 0 ? -1 : sensible(difftime(date, now));
}

double retry_after_ms(const char *value)
{
    double number;
    return read_number(value, &number) ? sensible(number / 1000) : -1;
}

double retry_wait_s(int next, double asked_s, uint64_t seed)
{
    struct rng rng = rng_make(seed_derive(seed, "retry/%d", next));
    double u = rng_double(&rng);
    if (asked_s > 0)
        return asked_s * (1 + u / 10);
    return u * fmin(backoff_cap_s, backoff_base_s * pow(2, next - 2));
}

void retry_count_call(struct retry_budget *b)
{
    atomic_fetch_add(&b->calls, 1);
}

bool retry_allowed(struct retry_budget *b)
{
    if (atomic_fetch_add(&b->retries, 1) < BUDGET_HEAD_START + atomic_load(&b->calls))
        return true;
    atomic_fetch_sub(&b->retries, 1);
    return false;
}
