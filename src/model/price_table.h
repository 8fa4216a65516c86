/* The user's table of prices: which model costs what, in one currency.
 *
 *   currency: USD
 *   prices:                              # for a million tokens
 *   - {model: "gpt-4o-mini*", input: 0.15, output: 0.60}
 *   - {model: "*llama-3.1-8b*", server: "*openrouter.ai*", input: 0.02, output: 0.03}
 *
 * `model` is the name that is asked for, `server` its base URL; in both * is any text and ? any
 * character. The first row that matches counts; a model without a row costs nothing. */
#pragma once
#include "base/json.h"

struct err;
struct price_table;

/* What is wrong is ERR_INPUT with file and line. */
int price_table_load(const char *path, struct price_table **out, struct err *err);
int price_table_parse(const char *path, const char *text, size_t n, struct price_table **out,
                      struct err *err);
void price_table_free(struct price_table *t); /* NULL is legal */
/* Of a model as its backend describes it (model_probe), those of its roles included: the manifest's
 * "prices" (store/prices.h); NULL when none of them has a row. Caller decrefs. */
json_t *price_table_find(const struct price_table *t, const json_t *identity);
/* $XDG_CONFIG_HOME/hrm/prices.yaml, or the same under ~/.config, which counts where no file is
 * named; NULL where there is none. Caller frees. */
char *price_table_of_user(void);
