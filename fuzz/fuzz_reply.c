/* Replies of models: plans, tests, code and answers are read out of any text. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "tool/finals.h"
#include "control/math_plan.h"
#include "store/detail.h"
#include "control/math_value.h"
#include "control/code_plan.h"
#include "control/selftests.h"
#include "tool/tool_call.h"
#include "tool/answer.h"
#include "tool/extract.h"
#include "tool/fences.h"
#include "tool/reply_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A number that was read is finite, and its plain text says the same number. */
static void read_answer(const char *text, struct arena *arena)
{
    struct answer_reading got, again;
    answer_read(text, &got, arena);
    if (!got.text || (got.found && !isfinite(got.value)))
        abort();
    answer_read(got.text, &again, arena);
    if (got.found && (!again.found || !answer_equal(got.value, again.value, 0)))
        abort();
    if (got.found && answer_compare(&got, got.value, 0, NULL) != ANSWER_RIGHT)
        abort();
}

/* Every subgoal has its place in the order, after what it needs unless that goes round in a circle.
 */
static void read_math_plan(const char *text, struct arena *arena)
{
    struct math_plan p = {0};
    if (!math_plan_parse(text, &p, arena))
        return;
    if (p.n == 0 || p.goal >= p.n || !p.text)
        abort();
    bool *placed = arena_alloc(arena, p.n * sizeof *placed);
    for (size_t k = 0; k < p.n; k++) {
        const struct math_subgoal *s = &p.subgoals[p.order[k]];
        for (size_t d = 0; d < s->n_deps; d++)
            if (s->deps[d] >= p.n || (!placed[s->deps[d]] && !p.problem))
                abort();
        if (placed[p.order[k]] || math_plan_find(&p, s->id, strlen(s->id)) == p.n)
            abort();
        placed[p.order[k]] = true;
    }
    struct transcript_event plan = {.kind = EVENT_PLAN};
    struct str detail CLEANUP_STR = {0};
    math_plan_describe(&p, &plan, arena);
    detail_add(&detail_of_event[EVENT_PLAN], &plan, &detail);
}

static void read_math(const char *text, struct arena *arena)
{
    struct tool_call call;
    const char *error;
    double v;
    if (tool_call_program(text, NULL, &call, arena) &&
        ((call.program == NULL) != (call.error != NULL) ||
         (call.message && !utf8_valid(call.message, strlen(call.message)))))
        abort();
    struct finals f = finals_find(text, arena);
    for (size_t i = 0; i < f.n; i++)
        if (!*f.text[i] || !utf8_valid(f.text[i], strlen(f.text[i])))
            abort();
    const char *stated = math_stated(text, "", &error, arena);
    if ((stated == NULL) != (error != NULL) || (error && !utf8_valid(error, strlen(error))) ||
        (stated && !math_number(stated, &v)))
        abort();
    read_math_plan(text, arena);
}

/* Every role reads the same program, and a block lies within the reply. */
static void read_programs(const char *text, struct arena *arena)
{
    static const char *const entries[] = {"f", NULL};
    struct tool_call call;
    const char *ambiguous, *spoken = reply_spoken(text, arena), *end = spoken + strlen(spoken);
    for (int i = 0; i < 2; i++) {
        const char *code = extract_code_flagged(text, entries[i], &ambiguous, arena);
        if (tool_call_program(text, entries[i], &call, arena) && call.program &&
            strcmp(call.program, code) != 0)
            abort();
        if (!entries[i] && tool_call_find(text, &call, arena) && call.program &&
            strcmp(call.program, code) != 0)
            abort();
    }
    struct fence_blocks blocks = fences_find(spoken, arena);
    for (size_t i = 0; i < blocks.n; i++)
        if (blocks.items[i].start < spoken || blocks.items[i].end > end ||
            blocks.items[i].start > blocks.items[i].end)
            abort();
    if (strpbrk(spoken, "\r") && strstr(spoken, "\r\n"))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *arena = arena_new();
    char *text = utf8_clean((const char *)data, n); /* as backends hand it on */
    struct code_plan plan = {0};
    if (code_plan_parse(text, &plan, arena) && (plan.n == 0 || !plan.text || !plan.steps[0].desc))
        abort();
    static const struct task task = {.id = "t", .prompt = "p", .entry_point = "f"};
    struct self_tests tests;
    self_tests_parse(text, &task, &tests, arena);
    if (tests.n > SELF_TESTS_MAX)
        abort();
    read_programs(text, arena);
    read_answer(text, arena);
    read_math(text, arena);
    free(text);
    arena_free(arena);
    return 0;
}
