#include "cli/tool_args.h"
#include <errno.h>
#include <stdlib.h>
#include "base/decimal.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/values.h"

enum { KEY_SANDBOX = 1000, KEY_TIMEOUT, KEY_WALL, KEY_MEMORY };

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "write to FILE instead of standard output"},
    {"jobs", 'j', "N", 0, "so many at once (default: one per core)"},
    {"timeout-s", KEY_TIMEOUT, "S", 0, "CPU seconds for a row that names none (default 2)"},
    {"wall-s", KEY_WALL, "S", 0, "wall-clock seconds, the backstop (default 5 x CPU)"},
    {"memory-mb", KEY_MEMORY, "MB", 0, "memory beyond the interpreter's own (default 512)"},
    {"sandbox", KEY_SANDBOX, "full|weak", 0,
     "weak: go on without namespaces, behind Landlock, seccomp and limits alone"},
    {0}};

static const double MOST = 1e6;

double tool_args_number(const char *value, const char *option, struct argp_state *state)
{
    double x = 0;
    if (!decimal_parse(value, &x) || !(x > 0) || x > MOST)
        argp_error(state, "--%s: expected a positive number, found '%s'", option, value);
    return x;
}

static int row_seconds(const json_t *row, const char *key, double *out, struct err *err)
{
    const json_t *value = json_object_get(row, key);
    double x = json_number_value(value); /* 0 if it is none */
    if (!value || json_is_null(value))
        return 0;
    if (!(x > 0) || x > MOST) {
        char *found CLEANUP_FREE = json_text(value);
        return err_input(err, "\"%s\": expected a positive number of seconds, found %.60s", key,
                         found);
    }
    *out = x;
    return 0;
}

int tool_args_row(const json_t *row, struct tool_limits *limits, struct err *err)
{
    int rc = row_seconds(row, "timeout_s", &limits->cpu_s, err);
    return rc < 0 ? rc : row_seconds(row, "wall_s", &limits->wall_s, err);
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct tool_args *args = state->input;
    switch (key) {
    case 'o':
        args->output = value;
        return 0;
    case 'j':
        args->jobs = (int)tool_args_number(value, "jobs", state);
        return 0;
    case KEY_TIMEOUT:
        args->limits.cpu_s = tool_args_number(value, "timeout-s", state);
        return 0;
    case KEY_WALL:
        args->limits.wall_s = tool_args_number(value, "wall-s", state);
        return 0;
    case KEY_MEMORY:
        args->limits.memory_bytes = (size_t)tool_args_number(value, "memory-mb", state) << 20;
        return 0;
    case KEY_SANDBOX:
        args->weak = value_sandbox(value, state);
        return 0;
    case ARGP_KEY_ARG:
        if (args->input)
            argp_error(state, "one file at a time: '%s' is one too many", value);
        args->input = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp tool_argp = {.options = options, .parser = parse_option};
