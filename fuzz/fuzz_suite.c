/* Suites: whatever the bytes, a suite or one sentence; and a suite that loads survives being
 * written and read again, and its steps and units looked at. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "suite/graph.h"
#include "suite/suite.h"
#include "suite/validate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct suite s = {0}, again = {0};
    struct err err = {0};
    if (suite_parse("fuzz.yaml", (const char *)data, n, &s, &err) != 0) {
        if (err.msg[0] == '\0')
            abort();
        return 0;
    }
    char *text CLEANUP_FREE = suite_yaml(&s);
    if (suite_parse("again.yaml", text, strlen(text), &again, &err) != 0 ||
        again.n_tasks != s.n_tasks)
        abort();
    for (size_t i = 0; i < s.n_tasks; i++) {
        const struct task *t = &s.tasks[i];
        free(graph_check(t->graph, t->n_graph, t->answer, t->tolerance));
        free(suite_unit_defect(t));
    }
    suite_free(&again);
    suite_free(&s);
    return 0;
}
