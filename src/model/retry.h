/* When to retry a request without a reply: the table of faults, the waiting time, and the run's
 * budget of retries. There is no other retry layer, except that libcurl reconnects once when a
 * kept-alive connection was closed before any byte. */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum retry_class {
    RETRY_NEVER, /* asking again cannot help */
    RETRY_ONCE,
    RETRY_YES, /* up to RETRY_ATTEMPTS in all */
};

enum { RETRY_ATTEMPTS = 4, RETRY_AFTER_MAX = 120 };

enum retry_class retry_status(long http_status);

/* The seconds a Retry-After header asks for (a number or an HTTP date), or -1 when it says nothing
 * sensible: not positive, or more than RETRY_AFTER_MAX. */
double retry_after_s(const char *value, time_t now);
double retry_after_ms(const char *value); /* the same of a retry-after-ms header, in seconds */

/* How long to wait before attempt `next` (2, 3, ...): what the server asked for (asked_s > 0) with
 * up to a tenth on top, else full jitter: uniform in [0, min(30, 0.5 * 2^(next - 2))] seconds
 * (Brooker, "Exponential backoff and jitter", AWS 2015). Drawn from the call's seed. */
double retry_wait_s(int next, double asked_s, uint64_t seed);

/* A run may make as many retries as calls, and some more at the start; beyond that the server is
 * broken. Zeroed is ready. */
struct retry_budget {
    atomic_long calls, retries;
};

void retry_count_call(struct retry_budget *b);
bool retry_allowed(struct retry_budget *b); /* true has spent one */
