#include "cli/tool_args.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

double tool_args_number(const char *value, const char *option, struct argp_state *state)
{
    char *end;
    double x = strtod(value, &end);
    if (end == value || *end || !(x > 0) || x > 1e6)
        argp_error(state, "--%s: expected a positive number, found '%s'", option, value);
    return x;
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
        if (strcmp(value, "full") && strcmp(value, "weak"))
            argp_error(state, "--sandbox: expected full or weak, found '%s'", value);
        args->weak = strcmp(value, "weak") == 0;
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
