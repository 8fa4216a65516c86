/* hrm gen: tasks made by the generators, as a suite or as JSON lines. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/commands.h"
#include "cli/gen_curriculum.h"
#include "cli/values.h"
#include "gen/gen_code.h"
#include "gen/gen_math.h"

enum { KEY_SPLIT = 1000, KEY_STEPS, KEY_SUITE, KEY_FAMILY, MAX_TASKS = 200000, MAX_STEPS = 6 };

struct gen_args {
    const char *what, *split, *family, *format, *output;
    int steps_min, steps_max;
    long n;
    unsigned long long seed;
    bool suite;
    struct gen_code_options code; /* from split and steps, once all is read */
    struct gen_math_options math;
};

static const struct argp_option options[] = {
    {"steps", KEY_STEPS, "A-B", 0,
     "operations per task, from A to B (default 1-4 for code, 2-6 for math)"},
    {"n", 'n', "N", 0, "so many tasks (default 100)"},
    {"seed", 's', "S", 0, "seed (default 1)"},
    {"split", KEY_SPLIT, "train|test|heldout|heldout_pairs|heldout_phrasing", 0,
     "code: train, test (default), heldout_pairs or heldout_phrasing; math: train, test (default) "
     "or heldout: see below"},
    {"family", KEY_FAMILY, "story|shop|compare", 0, "of math (default: story and shop)"},
    {"format", 'f', "yaml|jsonl", 0,
     "yaml (default): a suite; jsonl: one task per line with its plan"},
    {"suite", KEY_SUITE, 0, 0, "the shipped suite of held-out tasks, whatever the other options"},
    {"output", 'o', "FILE", 0, "write to FILE instead of standard output"},
    {0}};

/* The meaning of options depends on the argument, which may come after them. */
static int settle(struct gen_args *args, struct err *err)
{
    bool math = str_eq(args->what, "math");
    enum gen_math_family family;
    int rc = 0;
    args->steps_min = args->steps_min ? args->steps_min : math ? 2 : 1;
    args->steps_max = args->steps_max ? args->steps_max : math ? 6 : 4;
    args->code = (struct gen_code_options){args->steps_min, args->steps_max, GEN_CODE_TEST};
    args->math = (struct gen_math_options){
        .steps_min = args->steps_min, .steps_max = args->steps_max, .split = GEN_MATH_TEST};
    if (args->family && !math)
        return err_input(err, "--family goes with 'math'");
    if (args->family) {
        rc = gen_math_family_parse(args->family, &family, err);
        args->math.families = rc < 0 ? 0 : 1u << family;
    }
    if (rc == 0 && args->split)
        rc = math ? gen_math_split_parse(args->split, &args->math.split, err)
                  : gen_code_split_parse(args->split, &args->code.split, err);
    return rc;
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct gen_args *args = state->input;
    struct err err;
    switch (key) {
    case KEY_STEPS:
        value_steps(value, MAX_STEPS, &args->steps_min, &args->steps_max, state);
        return 0;
    case 'n':
        args->n = (long)value_whole(value, "n", 1, MAX_TASKS, state);
        return 0;
    case 's':
        args->seed = value_whole(value, "seed", 0, ULLONG_MAX, state);
        return 0;
    case KEY_SPLIT:
        args->split = value;
        return 0;
    case KEY_FAMILY:
        args->family = value;
        return 0;
    case 'f':
        if (!str_eq(value, "yaml") && !str_eq(value, "jsonl"))
            argp_error(state, "--format: expected yaml or jsonl, found '%s'", value);
        args->format = value;
        return 0;
    case KEY_SUITE:
        args->suite = true;
        return 0;
    case 'o':
        args->output = value;
        return 0;
    case ARGP_KEY_ARG:
        if (args->what || (!str_eq(value, "code") && !str_eq(value, "math")))
            argp_error(state, "expected 'code', 'math' or 'curriculum', found '%s'", value);
        args->what = value;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "say what to generate: code, math or curriculum");
        return EINVAL;
    case ARGP_KEY_SUCCESS:
        if (settle(args, &err) < 0)
            argp_error(state, "%s", err.msg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp gen_argp = {
    options, parse_option, "code|math\ncurriculum",
    "Generate tasks: programs composed of list and string operations, or word problems made from "
    "trees of arithmetic.\v"
    "Splits: 'train' is what the embedded models may learn from. 'test' has other chains of "
    "operations (math: other trees) in the same words. Code: 'heldout_pairs' has neighbouring "
    "operations that training never puts together; 'heldout_phrasing' has words that training "
    "never uses. Math: 'heldout' has a name, a statement or a question that training never uses. A "
    "hash of the program or tree decides where a task belongs, so nothing of a test is trained "
    "on."};

static json_t *texts_json(const char *const *texts, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_string(texts[i]));
    return list;
}

static void add_json_line(struct str *out, const struct gen_code_item *item, const struct task *t)
{
    json_t *line CLEANUP_JSON =
        json_pack("{s:s, s:s, s:i, s:s, s:s, s:o, s:o, s:o, s:s}", "id", t->id, "group", t->group,
                  "steps", t->steps, "prompt", t->prompt, "entry_point", t->entry_point, "plan",
                  texts_json(item->plan, (size_t)item->steps), "public_tests",
                  texts_json(t->public_tests, t->n_public), "hidden_tests",
                  texts_json(t->hidden_tests, t->n_hidden), "program", t->reference);
    char *text CLEANUP_FREE = json_text(line);
    str_add(out, text);
    str_addc(out, '\n');
}

static void add_math_line(struct str *out, const struct gen_math_item *item, const struct task *t)
{
    json_t *graph = json_array();
    for (size_t i = 0; i < t->n_graph; i++)
        json_array_append_new(graph, json_pack("{s:s, s:s, s:i}", "id", t->graph[i].id, "expr",
                                               t->graph[i].expr, "value", item->node[i].value));
    json_t *line CLEANUP_JSON =
        json_pack("{s:s, s:s, s:i, s:s, s:i, s:s, s:o, s:o, s:s, s:s}", "id", t->id, "group",
                  t->group, "steps", t->steps, "prompt", t->prompt, "answer", item->answer, "unit",
                  t->unit, "plan", texts_json(item->plan, (size_t)item->steps), "graph", graph,
                  "program", item->program, "check", item->check);
    char *text CLEANUP_FREE = json_text(line);
    str_add(out, text);
    str_addc(out, '\n');
}

static int add_line(const struct gen_args *args, uint64_t index, struct str *out,
                    struct arena *arena, struct err *err)
{
    struct gen_code_item code;
    struct gen_math_item math;
    struct task t;
    int rc;
    if (str_eq(args->what, "math")) {
        rc = gen_math_item(args->seed, index, &args->math, &math, arena, err);
        if (rc < 0)
            return rc;
        gen_math_task(&math, &t, arena);
        add_math_line(out, &math, &t);
        return 0;
    }
    rc = gen_code_item(args->seed, index, &args->code, &code, arena, err);
    if (rc < 0)
        return rc;
    gen_code_task(&code, &t, arena);
    add_json_line(out, &code, &t);
    return 0;
}

/* The stream that training reads; statements may repeat. */
static int generate_lines(const struct gen_args *args, struct str *out, struct err *err)
{
    int rc = 0;
    for (long i = 0; i < args->n && rc == 0; i++) {
        struct arena *arena = arena_new();
        rc = add_line(args, (uint64_t)i, out, arena, err);
        arena_free(arena);
    }
    return rc;
}

static int generate(const struct gen_args *args, struct str *out, struct err *err)
{
    bool math = str_eq(args->what, "math");
    char *text = NULL;
    struct suite s;
    int rc;
    if (!args->suite && str_eq(args->format, "jsonl"))
        return generate_lines(args, out, err);
    if (args->suite) {
        rc = math ? gen_math_suite_text(&text, err) : gen_code_suite_text(&text, err);
    } else {
        rc = math ? gen_math_tasks(args->seed, (size_t)args->n, &args->math, &s, err)
                  : gen_code_tasks(args->seed, (size_t)args->n, &args->code, &s, err);
        if (rc == 0) {
            text = suite_yaml(&s);
            suite_free(&s);
        }
    }
    if (rc == 0)
        str_add(out, text);
    free(text);
    return rc;
}

const struct cmd gen_subcommands[] = {
    {"curriculum", "generate the training examples or the tests of exp3_curriculum", gen_curriculum,
     &gen_curriculum_argp},
    {0},
};

int cmd_gen(int argc, char **argv)
{
    const struct cmd *c = argc > 1 ? commands_find(gen_subcommands, argv[1]) : NULL;
    if (c)
        return commands_start(argv[0], c, argc - 1, argv + 1);
    struct gen_args args = {.format = "yaml", .n = 100, .seed = 1};
    int code = cmd_parse(&gen_argp, argc, argv, &args);
    if (code)
        return code - 1;
    struct str out CLEANUP_STR = {0};
    struct err err = {0};
    int rc = generate(&args, &out, &err);
    if (rc == 0 && args.output && !str_eq(args.output, "-"))
        rc = file_write(args.output, str_text(&out), out.len, &err);
    else if (rc == 0)
        fwrite(str_text(&out), 1, out.len, stdout);
    return rc < 0 ? cmd_fail(&err) : EXIT_DONE;
}
