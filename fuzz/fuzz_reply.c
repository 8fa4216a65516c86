/* Replies of models: plans, tests and code are read out of any text. */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "control/plan.h"
#include "control/selftests.h"
#include "tool/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

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
    free(text);
    arena_free(arena);
    return 0;
}
