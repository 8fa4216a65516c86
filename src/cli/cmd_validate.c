/* hrm validate: checks suites before they are used. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/values.h"
#include "suite/suite.h"
#include "suite/validate.h"
#include "tool/tool.h"

enum { KEY_SANDBOX = 1000, KEY_ISOLATED, MAX_SUITES = 64 };

struct validate_args {
    const char *suites[MAX_SUITES];
    int n;
    bool json, weak, isolated_only;
};

static const struct argp_option options[] = {
    {"json", 'j', 0, 0, "one JSON object per suite"},
    {"isolated-only", KEY_ISOLATED, 0, 0,
     "a task whose reference passes only in one process with its tests makes a suite not valid"},
    {"sandbox", KEY_SANDBOX, "full|weak", 0,
     "weak: go on without namespaces, behind Landlock, seccomp and limits alone"},
    {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct validate_args *args = state->input;
    switch (key) {
    case 'j':
        args->json = true;
        return 0;
    case KEY_ISOLATED:
        args->isolated_only = true;
        return 0;
    case KEY_SANDBOX:
        args->weak = value_sandbox(value, state);
        return 0;
    case ARGP_KEY_ARG:
        if (args->n == MAX_SUITES)
            argp_error(state, "more than %d suites", MAX_SUITES);
        args->suites[args->n++] = value;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name a suite: a YAML file");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp validate_argp = {
    options, parse_option, "SUITE...",
    "Check that a suite can be measured with: its references pass, an empty program and one that "
    "returns None fail, wrong programs that a task holds fail, ids are unique, and public tests do "
    "not give hidden ones away. Of a task that asks for a number, the reference must print it and "
    "gold steps must lead to it."};

static json_t *findings_json(const struct suite_validation *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->n_findings; i++) {
        const struct suite_finding *f = &v->findings[i];
        json_array_append_new(list, json_pack("{s:s, s:i, s:b, s:s}", "task", f->task->id, "line",
                                              f->task->line, "fault", (int)f->fault, "message",
                                              f->message));
    }
    return list;
}

static void print_json(const struct suite *s, const struct suite_validation *v)
{
    json_t *root CLEANUP_JSON = json_pack(
        "{s:s, s:s, s:I, s:b, s:{s:I, s:I, s:I}, s:{s:I, s:I, s:I}, s:{s:I, s:I}, s:{s:I, s:I, "
        "s:I}, "
        "s:o}",
        "suite", s->name, "path", s->path, "tasks", (json_int_t)s->n_tasks, "valid",
        v->n_faults == 0, "references", "given", (json_int_t)v->n_references, "pass",
        (json_int_t)v->n_references_pass, "one_process", (json_int_t)v->n_one_process,
        "idle_programs", "tasks", (json_int_t)v->n_programs, "empty_pass",
        (json_int_t)v->n_empty_pass, "none_pass", (json_int_t)v->n_none_pass, "wrong_programs",
        "given", (json_int_t)v->n_wrong, "pass", (json_int_t)v->n_wrong_pass, "answers", "tasks",
        (json_int_t)v->n_answers, "last_number", (json_int_t)v->n_last_number, "gold_steps",
        (json_int_t)v->n_graphs, "findings", findings_json(v));
    char *text CLEANUP_FREE = json_text(root);
    puts(text);
}

static void print_text(const struct suite *s, const struct suite_validation *v)
{
    for (size_t i = 0; i < v->n_findings; i++) {
        const struct suite_finding *f = &v->findings[i];
        printf("%s:%d: %stask '%s': %s\n", s->path, f->task->line,
               f->fault ? "" : "note: ", f->task->id, f->message);
    }
    printf("%s: %zu tasks", s->name, s->n_tasks);
    if (v->n_programs > 0 || v->n_references > 0)
        printf("; references pass %zu/%zu", v->n_references_pass, v->n_references);
    if (v->n_one_process > 0)
        printf(" (%zu only in one process)", v->n_one_process);
    if (v->n_programs > 0)
        printf(", empty programs %zu/%zu, 'return None' %zu/%zu", v->n_empty_pass, v->n_programs,
               v->n_none_pass, v->n_programs);
    if (v->n_wrong > 0)
        printf(", wrong programs %zu/%zu", v->n_wrong_pass, v->n_wrong);
    if (v->n_answers > 0)
        printf("; the statement's last number is the answer %zu/%zu", v->n_last_number,
               v->n_answers);
    printf("; %s\n", v->n_faults == 0 ? "valid" : "not valid");
}

/* Opens the tool when the first suite needs it. */
static int validate_one(const char *name, const struct validate_args *args, struct tool **tool,
                        bool *valid, struct err *err)
{
    struct suite s;
    struct suite_validation v;
    char *path CLEANUP_FREE = NULL;
    int rc = suite_locate(name, &path, err);
    if (rc == 0)
        rc = suite_load(path, &s, err);
    if (rc < 0)
        return rc;
    if (suite_validate_needs_tool(&s) && !*tool)
        rc = tool_open(&(struct tool_config){.weak = args->weak}, tool, err);
    if (rc == 0)
        rc = suite_validate(&s, *tool, *tool ? tool_slots(*tool) : 1, &v, err);
    if (rc == 0) {
        (args->json ? print_json : print_text)(&s, &v);
        *valid = *valid && v.n_faults == 0 && !(args->isolated_only && v.n_one_process);
        suite_validation_free(&v);
    }
    suite_free(&s);
    return rc;
}

int cmd_validate(int argc, char **argv)
{
    struct validate_args args = {0};
    int code = cmd_parse(&validate_argp, argc, argv, &args);
    if (code)
        return code - 1;
    struct tool *tool = NULL;
    struct err err = {0};
    bool valid = true;
    int rc = 0;
    for (int i = 0; i < args.n && rc == 0; i++)
        rc = validate_one(args.suites[i], &args, &tool, &valid, &err);
    tool_close(tool);
    if (rc < 0)
        return cmd_fail(&err);
    return valid ? EXIT_DONE : EXIT_BAD_INPUT;
}
