/* hrm doctor: what this machine offers. The sandbox is probed by building one, not by reading
 * version numbers; servers by asking them. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/cores.h"
#include "base/env_file.h"
#include "base/mem.h"
#include "cli/cmd.h"
#include "cli/doctor_record.h"
#include "cli/doctor_servers.h"
#include "tool/tool.h"

struct doctor_args {
    const char *run, *env_file; /* NULL = not said */
};

enum { OPT_ENV_FILE = 256 };

static const struct argp_option options[] = {
    {"env-file", OPT_ENV_FILE, "FILE", 0,
     "read variables such as OPENAI_API_BASE from a .env file; those that are set win over it"},
    {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct doctor_args *args = state->input;
    switch (key) {
    case OPT_ENV_FILE:
        args->env_file = value;
        return 0;
    case ARGP_KEY_ARG:
        if (args->run)
            argp_error(state, "one run at a time; found '%s' after '%s'", value, args->run);
        args->run = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp doctor_argp = {
    options, parse_option, "[RUN]",
    "Without RUN: show what this machine offers: the sandbox and its layers, Python and what it "
    "has, and the "
    "model servers that answer, with their models.\v"
    "With RUN: check that its record is what was written. Exit status 2 when it is damaged."};

/* Runs one program in the jail, to prove that it works. */
static void show_python(struct tool *t, const char *what, const char *code)
{
    struct arena *arena = arena_new();
    struct tool_run_request req = {.code = code, .code_len = strlen(code)};
    struct tool_run_result res;
    struct err err = {0};
    if (tool_run(t, &req, &res, arena, &err) < 0)
        printf("  %-12s %s\n", what, err.msg);
    else if (res.status != TOOL_OK)
        printf("  %-12s not there (%s)\n", what,
               res.message ? res.message : tool_status_name(res.status));
    else
        printf("  %-12s %.*s (%.1f ms CPU)\n", what, (int)strcspn(res.out, "\n"), res.out,
               1000 * res.cpu_seconds);
    arena_free(arena);
}

static int show_sandbox(bool weak)
{
    struct tool *t;
    struct err err = {0};
    struct tool_config cfg = {.slots = 1, .weak = weak};
    if (tool_open(&cfg, &t, &err) < 0) {
        printf("  %-12s %s\n", weak ? "weak" : "full", err.msg);
        return cmd_fail(&err);
    }
    printf("  %-12s %s\n", "jail", tool_describe(t));
    show_python(t, "python", "import sys; print(sys.version.split()[0])");
    show_python(t, "numpy", "import numpy; print(numpy.__version__)");
    show_python(t, "sympy", "import sympy; print(sympy.__version__)");
    tool_close(t);
    return EXIT_DONE;
}

int cmd_doctor(int argc, char **argv)
{
    struct doctor_args args = {0};
    struct err err = {0};
    int code = cmd_parse(&doctor_argp, argc, argv, &args);
    if (code)
        return code - 1;
    if (args.env_file && env_file_load(args.env_file, &err) < 0)
        return cmd_fail(&err);
    if (args.run)
        return doctor_show_record(args.run);
    int cores = cores_allowed();
    printf("sandbox (as %s, %d core%s)\n", geteuid() == 0 ? "root" : "an ordinary user", cores,
           cores == 1 ? "" : "s");
    code = show_sandbox(false);
    if (code != EXIT_DONE) {
        printf("with --sandbox=weak\n");
        show_sandbox(true);
    }
    puts("model servers");
    doctor_show_servers();
    puts("Before a study: hrm calibrate says whether a server reproduces its model's published "
         "value.");
    return code;
}
