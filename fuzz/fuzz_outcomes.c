/* Tables of outcomes: whatever the bytes, statistics or one sentence with the file's name. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "report/stats_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    int fd CLEANUP_FD = memfd_create("outcomes", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, n) != (ssize_t)n)
        return 0;
    char *path CLEANUP_FREE = xasprintf("/proc/self/fd/%d", fd);
    struct analysis_outcomes outcomes;
    struct err err = {0};
    if (outcomes_read(path, NULL, &outcomes, &err) < 0) {
        if (!strstr(err.msg, path))
            abort();
        return 0;
    }
    if (outcomes.run.n_arms <= 8) { /* every pair is a table */
        struct str text CLEANUP_STR = {0};
        struct doc *d = outcomes_doc(&outcomes, "fuzz");
        doc_write_text(d, &text);
        doc_write_csv(d, &text);
        doc_free(d);
    }
    analysis_run_free(&outcomes.run);
    return 0;
}
