/* Suites: whatever the bytes, a suite or one sentence; and a suite that loads survives being
 * written and read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "suite/suite.h"

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
    CLEANUP_FREE char *text = suite_yaml(&s);
    if (suite_parse("again.yaml", text, strlen(text), &again, &err) != 0 ||
        again.n_tasks != s.n_tasks)
        abort();
    suite_free(&again);
    suite_free(&s);
    return 0;
}
