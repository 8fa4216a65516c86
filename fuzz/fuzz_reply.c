/* Replies of models: plans, tests, code and answers are read out of any text. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "control/plan.h"
#include "control/selftests.h"
#include "tool/answer.h"
#include "tool/extract.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *arena = arena_new();
    char *text = utf8_clean((const char *)data, n); /* as backends hand it on */
    struct plan plan = {0};
    if (plan_parse(text, &plan, arena) && (plan.n == 0 || !plan.text || !plan.steps[0].desc))
        abort();
    static const struct task task = {.id = "t", .prompt = "p", .entry_point = "f"};
    struct self_tests tests;
    self_tests_parse(text, &task, &tests, arena);
    if (tests.n > SELF_TESTS_MAX || !extract_code(text, "f", arena) ||
        !extract_code(text, NULL, arena))
        abort();
    read_answer(text, arena);
    free(text);
    arena_free(arena);
    return 0;
}
