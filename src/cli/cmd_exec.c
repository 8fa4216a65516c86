/* hrm exec: run programs, one per JSON line. */
#include <string.h>
#include "base/json.h"
#include "base/mem.h"
#include "base/rng.h"
#include "cli/cmd.h"
#include "cli/jsonl.h"
#include "cli/tool_args.h"
#include "tool/tool.h"

struct exec_args {
    struct tool_args tool;
    struct tool *opened;
};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct exec_args *args = state->input;
    (void)value;
    if (key != ARGP_KEY_INIT)
        return ARGP_ERR_UNKNOWN;
    state->child_inputs[0] = &args->tool;
    return 0;
}

static const struct argp_child children[] = {{&tool_argp, 0, NULL, 0}, {0}};
const struct argp exec_argp = {
    NULL, parse_option, "[FILE]",
    "Run programs in the sandbox. Reads JSON lines "
    "{\"id\",\"code\",\"stdin\"?,\"timeout_s\"?,\"wall_s\"?,\"value\"?} and writes, in "
    "the same order, "
    "{\"id\",\"status\",\"stdout\",\"stderr\",\"exit_code\",\"signal\",\"value\",\"seconds\",\"cpu_"
    "seconds\"}.",
    children};

static json_t *value_json(const char *text)
{
    json_t *value = text ? json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL) : NULL;
    return value ? value : text ? json_string(text) : json_null();
}

static json_t *result_json(const json_t *row, const struct tool_run_result *r)
{
    json_t *out = json_object(), *id = jsonl_id(row);
    json_object_set_new(out, "id", id ? id : json_null());
    json_object_set_new(out, "status", json_string(tool_status_name(r->status)));
    json_object_set_new(out, "stdout", json_stringn(r->out, r->out_len));
    json_object_set_new(out, "stderr", json_stringn(r->errout, r->errout_len));
    json_object_set_new(out, "exit_code", r->signal ? json_null() : json_integer(r->exit_code));
    json_object_set_new(out, "signal", r->signal ? json_integer(r->signal) : json_null());
    json_object_set_new(out, "value", value_json(r->value));
    json_object_set_new(out, "seconds", jsonl_seconds(r->seconds));
    json_object_set_new(out, "cpu_seconds", jsonl_seconds(r->cpu_seconds));
    return out;
}

static int exec_row(void *ctx, const json_t *row, json_t **out, struct arena *arena,
                    struct err *err)
{
    const struct exec_args *args = ctx;
    const json_t *code = json_object_get(row, "code"), *in = json_object_get(row, "stdin");
    struct tool_run_result res;
    if (!json_is_string(code))
        return err_input(err, "found no \"code\"; expected a string with the program");
    struct tool_run_request req = {.code = json_string_value(code),
                                   .code_len = json_string_length(code),
                                   .stdin_text = json_string_value(in),
                                   .stdin_len = json_string_length(in),
                                   .value_name = json_get_str(row, "value", NULL),
                                   .limits = args->tool.limits,
                                   .seed = seed_derive(0, "exec/%s", json_string_value(code))};
    int rc = tool_args_row(row, &req.limits, err);
    if (rc == 0)
        rc = tool_run(args->opened, &req, &res, arena, err);
    if (rc == 0)
        *out = result_json(row, &res);
    return rc;
}

int cmd_exec(int argc, char **argv)
{
    struct exec_args args = {0};
    struct err err = {0};
    int code = cmd_parse(&exec_argp, argc, argv, &args);
    if (code)
        return code - 1;
    struct tool_config cfg = {.slots = args.tool.jobs, .weak = args.tool.weak};
    if (tool_open(&cfg, &args.opened, &err) < 0)
        return cmd_fail(&err);
    struct jsonl_job job = {.label = "run",
                            .result = "status",
                            .input = args.tool.input,
                            .output = args.tool.output,
                            .threads = tool_slots(args.opened),
                            .map = exec_row,
                            .ctx = &args};
    code = jsonl_run(&job);
    tool_close(args.opened);
    return code;
}
