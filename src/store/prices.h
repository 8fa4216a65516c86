/* What the tokens of a run cost, as its manifest says under "prices": the run's own prices, so that
 * a report of later days comes to the same sum.
 *
 *   {"currency": "USD", "source": "prices.yaml",
 *    "model": {"name": "gpt-4o-mini", "row": "gpt-4o*", "input": 0.15, "output": 0.6},
 *    "roles": {"planner": {...}, "solver": null}}
 *
 * Prices are for a million tokens. `roles` has those with a model of their own; null is a model
 * without a price, such as a local one: its tokens cost nothing. What a call costs is
 *
 *   (prompt tokens x input + generated tokens x output) / 1,000,000,
 *
 * reasoning counted as generated, as servers bill it. */
#pragma once
#include <stdbool.h>
#include "base/json.h"
#include "store/store.h"

struct str;

enum { PRICES_ROLES_MAX = 32 };

/* For a million tokens. */
struct price {
    double input, output;
};

/* Text is borrowed from the JSON. */
struct prices {
    const char *currency; /* NULL = no model of the run has a price */
    struct price base;
    struct {
        const char *name;
        struct price price;
    } roles[PRICES_ROLES_MAX]; /* [n_roles] */
    size_t n_roles;
};

/* json: NULL = there are none. */
struct prices prices_of(const json_t *json);
/* Of calls by this role, in the currency. */
double prices_tokens(const struct prices *p, const char *role, double prompt, double generated);
/* Of an episode whose shares are filled. */
double prices_episode(const struct prices *p, const struct store_episode *row);
/* Of all that the record has: finished episodes, and answered calls of the others. */
int prices_spent(const struct prices *p, struct store *s, double *out, struct err *err);
/* "0.42", "0.0031", "123.40": at least two digits that mean something. */
void prices_add_amount(struct str *out, double amount);
