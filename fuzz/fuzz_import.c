/* Benchmark files: whatever the bytes, a suite that reads back, or one sentence. The first byte
 * chooses the benchmark. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "import/import.h"
#include "suite/suite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_suite(struct suite *s)
{
    struct suite again = {0};
    struct err err = {0};
    char *text CLEANUP_FREE = suite_yaml(s);
    if (suite_parse("again.yaml", text, strlen(text), &again, &err) != 0) {
        fprintf(stderr, "%s\n", err.msg);
        abort();
    }
    char *twice CLEANUP_FREE = suite_yaml(&again);
    if (strcmp(text, twice) != 0)
        abort();
    suite_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    int fd CLEANUP_FD = memfd_create("rows", MFD_CLOEXEC);
    if (n == 0 || fd < 0 || write(fd, data + 1, n - 1) != (ssize_t)(n - 1))
        return 0;
    static const char *const names[] = {"mbpp",  "humaneval", "gsm8k",
                                        "svamp", "gsm_hard",  "humaneval"};
    const struct import_options opt = {.benchmark = names[data[0] % 2 + (data[0] >> 4) % 3 * 2],
                                       .skip_bad = data[0] % 4 > 1};
    char *path CLEANUP_FREE = xasprintf("/proc/self/fd/%d", fd);
    struct import_report report = {0};
    struct suite s = {0};
    struct err err = {0};
    if (suite_import(path, &opt, &s, &report, &err) == 0)
        check_suite(&s);
    else if (err.msg[0] == '\0')
        abort();
    suite_free(&s);
    import_report_free(&report);
    return 0;
}
