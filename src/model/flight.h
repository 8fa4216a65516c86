/* Calls under way, for people who wait: who asks what, since when, and what has come so far.
 *
 * A call notes what it has; whoever looks gets a copy. Thread-safe. */
#pragma once
#include <stddef.h>
#include "base/json.h"

struct flight; /* one call */
struct flights;
struct model_request;

struct flights *flights_new(void);
void flights_free(struct flights *f); /* when no call is under way */
/* The request must live until the end. */
struct flight *flights_begin(struct flights *f, const struct model_request *req);
/* tokens: that the reply has, as it counts them; 0 = there is no reply. */
void flights_end(struct flights *f, struct flight *flight, int tokens);
/* All text so far, and how many tokens (or pieces) that is. NULL is legal: nobody looks. */
void flight_note(struct flight *flight, const char *text, size_t n, int tokens);
/* [{"role","arm","task","sample","seconds","tokens","tail"}], the longest first; tail: the last
 * characters of what was written. Caller decrefs. */
json_t *flights_json(struct flights *f);

/* The calls of one role. */
struct flight_role {
    char name[24];
    size_t calls;
    double oldest_s; /* the longest under way, and the tokens it has so far */
    int oldest_tokens;
};

/* By their oldest calls, the first `cap` roles; how many. */
size_t flights_roles(struct flights *f, struct flight_role *out, size_t cap);
/* Tokens written so far, by replies that came and by calls under way. */
long flights_tokens(struct flights *f);
