/* hrm extract code|answer: the program or the answer in replies, one per JSON line. */
#include <errno.h>
#include <string.h>
#include "base/json.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/jsonl.h"
#include "tool/extract.h"

struct extract_args {
    const char *what, *input, *output;
};

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "write to FILE instead of standard output"}, {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct extract_args *args = state->input;
    switch (key) {
    case 'o':
        args->output = value;
        return 0;
    case ARGP_KEY_ARG:
        if (args->input)
            argp_error(state, "one file at a time: '%s' is one too many", value);
        if (args->what)
            args->input = value;
        else if (str_eq(value, "code") || str_eq(value, "answer"))
            args->what = value;
        else
            argp_error(state, "expected code or answer, found '%s'", value);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "say what to extract: code or answer");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp extract_argp = {options, parse_option, "code|answer [FILE]",
                                  "Extract programs or answers from replies. Reads JSON lines "
                                  "{\"id\",\"raw\",\"entry_point\"?} and writes, in the same "
                                  "order, {\"id\",\"extracted\",\"ambiguous\"?}: why another "
                                  "program or answer could have been meant."};

static int extract_row(void *ctx, const json_t *row, json_t **out, struct arena *arena,
                       struct err *err)
{
    const struct extract_args *args = ctx;
    const char *raw = json_get_str(row, "raw", NULL),
               *entry = json_get_str(row, "entry_point", NULL);
    if (!raw)
        return err_input(err, "found no \"raw\"; expected a string with the reply");
    const char *text, *ambiguous;
    if (str_eq(args->what, "code"))
        text = extract_code_flagged(raw, entry, &ambiguous, arena);
    else
        text = extract_answer_flagged(raw, &ambiguous, arena);
    json_t *id = jsonl_id(row);
    *out = json_object();
    json_object_set_new(*out, "id", id ? id : json_null());
    json_object_set_new(*out, "extracted", json_bytes(text, strlen(text)));
    if (ambiguous)
        json_object_set_new(*out, "ambiguous", json_bytes(ambiguous, strlen(ambiguous)));
    return 0;
}

int cmd_extract(int argc, char **argv)
{
    struct extract_args args = {0};
    int code = cmd_parse(&extract_argp, argc, argv, &args);
    if (code)
        return code - 1;
    struct jsonl_job job = {.label = "extracted",
                            .result = "extracted",
                            .input = args.input,
                            .output = args.output,
                            .threads = 1,
                            .map = extract_row,
                            .ctx = &args};
    return jsonl_run(&job);
}
