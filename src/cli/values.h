/* Values of options, and arguments, that several commands take. A wrong one ends the command by
 * argp_error: one sentence, exit 2. */
#pragma once
#include <argp.h>
#include <stdbool.h>

/* `option` as the person writes it, without its dashes. */
unsigned long long value_whole(const char *value, const char *option, unsigned long long min,
                               unsigned long long max, struct argp_state *state);
/* "A-B" or "A" of --steps, 1 <= A <= B <= most. */
void value_steps(const char *value, int most, int *min, int *max, struct argp_state *state);
/* Of --format where it is text or json: true = json. */
bool value_json(const char *value, struct argp_state *state);
/* Of --sandbox: true = weak. */
bool value_sandbox(const char *value, struct argp_state *state);
/* For the default of an option parser: the argument RUN and, unless `episode` is NULL, EPISODE
 * behind it. It is an error to name no run. */
error_t value_run(int key, const char *value, const char **run, const char **episode,
                  struct argp_state *state);
/* The same for RUN...: [*n], in argv. */
error_t value_runs(int key, char ***runs, int *n, struct argp_state *state);
