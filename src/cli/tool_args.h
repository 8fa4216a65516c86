/* Options that exec and grade share. */
#pragma once
#include <argp.h>
#include <jansson.h>
#include "tool/tool.h"

struct tool_args {
    const char *input, *output;
    int jobs;
    bool weak;
    struct tool_limits limits;
};

extern const struct argp
    tool_argp; /* a child parser; state->child_inputs[0] is a struct tool_args * */
/* "5" as a positive number of seconds or the like; argp_error if it is none. */
double tool_args_number(const char *value, const char *option, struct argp_state *state);
/* "timeout_s" and "wall_s" of a row into *limits, where it names them. */
int tool_args_row(const json_t *row, struct tool_limits *limits, struct err *err);
