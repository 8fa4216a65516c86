/* What the tests of the math controllers share: one task, plans and programs for it, and a scripted
 * tool. It reads programs of this kind only: "answer = X" (the variable), "print(X)" (digits are
 * printed as they stand), and "FAIL", which raises a NameError. The tool's functions are defined
 * here, so no jail is needed. */
#pragma once
#include "control/control_test_script.h"

/* ---- the scripted tool ---- */

const char *tool_verdict_name(enum tool_status s)
{
    return s == TOOL_OK ? "pass" : "fail";
}

const char *tool_status_name(enum tool_status s)
{
    return s == TOOL_OK ? "ok" : "error";
}

static double tool_seconds = 0.5;
static int n_runs;

static const char *behind(const char *program, const char *mark, const char *stop,
                          struct arena *arena)
{
    const char *p = strstr(program, mark);
    return p ? arena_strndup(arena, p + strlen(mark), strcspn(p + strlen(mark), stop)) : NULL;
}

int tool_run(struct tool *t, const struct tool_run_request *q, struct tool_run_result *r,
             struct arena *arena, struct err *err)
{
    (void)t;
    (void)err;
    n_runs++;
    *r = (struct tool_run_result){.out = "", .errout = "", .seconds = tool_seconds};
    if (strstr(q->code, "FAIL")) {
        r->status = TOOL_ERROR;
        r->error_type = "NameError";
        r->message = "name 'x' is not defined";
        return 0;
    }
    const char *printed = behind(q->code, "print(", ")", arena);
    if (printed && *printed >= '0' && *printed <= '9')
        r->out = arena_printf(arena, "%s\n", printed);
    if (q->value_name) /* "answer" or the last name */
        r->value = behind(q->code, arena_printf(arena, "%s = ", q->value_name), "\n", arena);
    return 0;
}

/* For the one task whose program is graded: it passes iff it says HIDDEN. */
int tool_grade(struct tool *t, const struct tool_grade_request *q, struct tool_grade_result *r,
               struct arena *arena, struct err *err)
{
    (void)t;
    (void)err;
    bool ok = strstr(q->program, "HIDDEN") != NULL;
    struct tool_test_result *tests = arena_alloc(arena, sizeof *tests);
    *r = (struct tool_grade_result){.n_tests = 1,
                                    .n_passed = ok,
                                    .tests = tests,
                                    .verdict = ok ? TOOL_OK : TOOL_FAIL,
                                    .seconds = tool_seconds};
    tests->verdict = r->verdict;
    return 0;
}

/* ---- what is played ---- */

static const struct task task = {.id = "t",
                                 .prompt = "Five groups of 8 and 12 more: how many?",
                                 .has_answer = true,
                                 .answer = 52,
                                 .tolerance = SUITE_TOLERANCE};
static const char PLAN[] =
    "{\"givens\":[{\"name\":\"groups\",\"value\":5,\"quote\":\"Five groups\"}],\"unknown\":\"all\","
    "\"type\":\"integer\",\"unit\":\"\",\"subgoals\":[{\"id\":\"s1\",\"desc\":\"5 groups of 8\","
    "\"deps\":[]},{\"id\":\"s2\",\"desc\":\"s1 plus 12\",\"deps\":[\"s1\"]}]}";
static const char BETTER[] =
    "{\"givens\":[],\"unknown\":\"all\",\"type\":\"integer\",\"unit\":\"\",\"subgoals\":["
    "{\"id\":\"s1\",\"desc\":\"5 groups of 8\",\"deps\":[]},{\"id\":\"s2\",\"desc\":\"add 12 to "
    "#s1\",\"deps\":[]}]}";
static const char FAILS[] = "```python\nFAIL\n```";
static const char RUN_40[] = "```python\nanswer = 40\nprint(answer)\n```";
static const char RUN_52[] = "```python\nanswer = 52\nprint(answer)\n```";
static const char RUN_7[] = "```python\nprint(7)\n```";
static const char RUN_9[] = "```python\nx = 9\n```";

static const struct arm hrm_arm = {
    .name = "hrm", .controller = "hrm", .planner = true, .verifier = true, .tool = true};
static const struct arm flat_arm = {
    .name = "flat", .controller = "flat", .strategy = "tools", .tool = true};

static int add_event(void *ctx, const struct store_event *v)
{
    str_addf(ctx, "%s %s\n", v->kind, v->detail);
    return 0;
}

static int add_run(void *ctx, const struct store_tool_run *t)
{
    str_addf(ctx, "%s %s %s %s\n", t->kind, t->role, t->verdict, t->detail);
    return 0;
}

/* The events and tool runs of the last episode of this arm, one per line; in a buffer of its own.
 */
static const char *record_of(const struct arm *arm)
{
    static struct str seen;
    struct err e = {0};
    long long id = 0;
    str_clear(&seen);
    assert_int_equal(
        store_episode_add(store, arm->name, script_task->id, sample_counter - 1, &id, &e), 0);
    assert_int_equal(store_events(store, id, add_event, &seen, &e), 0);
    assert_int_equal(store_tools(store, id, add_run, &seen, &e), 0);
    return str_text(&seen);
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in:\n%s", part, text);
}

#define PLAY(arm, ...) play(arm, sample_counter++, (struct script[]){__VA_ARGS__, {0}})

static int set_up(void **state)
{
    (void)state;
    script_set_up("chat");
    script_task = &task;
    return 0;
}
