/* See values.h. */
#include "cli/values.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/str.h"

unsigned long long value_whole(const char *value, const char *option, unsigned long long min,
                               unsigned long long max, struct argp_state *state)
{
    char *end;
    errno = 0;
    unsigned long long n = strtoull(value, &end, 10);
    if (*value >= '0' && *value <= '9' && !*end && !errno && n >= min && n <= max)
        return n;
    char range[64] = "";
    if (max < ULLONG_MAX)
        snprintf(range, sizeof range, " from %llu to %llu", min, max);
    argp_error(state, "--%s: expected a whole number%s, found '%s'", option, range, value);
    return n;
}

void value_steps(const char *value, int most, int *min, int *max, struct argp_state *state)
{
    char *end;
    long from = strtol(value, &end, 10), to = from;
    if (end > value && *end == '-')
        to = strtol(end + 1, &end, 10);
    if (end == value || *end || from < 1 || to < from || to > most)
        argp_error(state, "--steps: expected N or A-B within 1-%d, found '%s'", most, value);
    *min = (int)from;
    *max = (int)to;
}

bool value_json(const char *value, struct argp_state *state)
{
    if (!str_eq(value, "text") && !str_eq(value, "json"))
        argp_error(state, "--format: expected text or json, found '%s'", value);
    return str_eq(value, "json");
}

bool value_sandbox(const char *value, struct argp_state *state)
{
    if (!str_eq(value, "full") && !str_eq(value, "weak"))
        argp_error(state, "--sandbox: expected full or weak, found '%s'", value);
    return str_eq(value, "weak");
}

static error_t say_no_run(struct argp_state *state)
{
    argp_error(state, "name a run: its directory, its run.db, an experiment, or latest");
    return EINVAL;
}

error_t value_run(int key, const char *value, const char **run, const char **episode,
                  struct argp_state *state)
{
    switch (key) {
    case ARGP_KEY_ARG:
        if (!*run)
            *run = value;
        else if (episode && !*episode)
            *episode = value;
        else
            argp_error(state, "expected %s: '%s' is one too many",
                       episode ? "a run and an episode" : "one run", value);
        return 0;
    case ARGP_KEY_NO_ARGS:
        return say_no_run(state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

error_t value_runs(int key, char ***runs, int *n, struct argp_state *state)
{
    switch (key) {
    case ARGP_KEY_ARGS:
        *runs = state->argv + state->next;
        *n = state->argc - state->next;
        return 0;
    case ARGP_KEY_NO_ARGS:
        return say_no_run(state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}
