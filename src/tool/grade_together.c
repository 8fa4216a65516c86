/* Grading in one process (sandbox/guest_together.py): inside the jail like every run, but with the
 * program and its tests in one interpreter, where the program could decide its verdict. For tasks
 * whose own reference passes in no other way; see grade_way.c. */
#include "tool/tool_impl.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

enum { REPORT = 4 << 20, FIXED = 6 };
static const double TESTS_EXTRA_S = 2; /* the tests' own time, over the program's */

static struct box_bytes bytes_of(const char *s)
{
    return (struct box_bytes){s, s ? strlen(s) : 0};
}

static size_t make_input(const struct tool_grade_request *q, struct box_bytes *in)
{
    const char *fixed[FIXED] = {
        q->stop_at_first ? "stop" : "", q->entry_point, q->prelude, q->support,
        q->check ? "check" : "",        q->program};
    size_t n = 0;
    for (; n < FIXED; n++)
        in[n] = bytes_of(fixed[n]);
    if (q->program_len)
        in[FIXED - 1].len = q->program_len;
    for (size_t i = 0; i < q->n_tests; i++)
        in[n++] = bytes_of(q->tests[i]);
    if (q->check)
        in[n++] = bytes_of(q->check);
    return n;
}

/* The rows of the report into out; the tests after the last row end as it did. */
static void read_rows(const struct box_run *r, struct tool_test_result end,
                      struct tool_test_result *out, size_t n, struct arena *arena)
{
    struct box_bytes state[3] = {0}, row[3];
    size_t pos = 0, i = 0;
    bool ok = true;
    for (int j = 0; j < 3; j++)
        ok = ok && box_next(&r->report, &pos, &state[j]);
    if (ok && tool_bytes_are(state[0], "load"))
        end = (struct tool_test_result){tool_bytes_are(state[1], "MemoryError") ? TOOL_MEMORY
                                                                                : TOOL_ERROR,
                                        tool_text(state[1], arena), tool_text(state[2], arena)};
    for (; i < n && ok && box_next(&r->report, &pos, &row[0]) &&
           box_next(&r->report, &pos, &row[1]) && box_next(&r->report, &pos, &row[2]);
         i++) {
        out[i] = (struct tool_test_result){tool_verdict_of(row[0]), tool_text(row[1], arena),
                                           tool_text(row[2], arena)};
        if (out[i].verdict != TOOL_OK)
            end = (struct tool_test_result){out[i].verdict, NULL, "not run"};
    }
    for (; i < n; i++)
        out[i] = end;
}

int tool_grade_together(struct tool *t, const struct tool_grade_request *q,
                        struct tool_test_result *out, double *cpu_seconds, struct arena *arena,
                        struct err *err)
{
    size_t n = q->n_tests + (q->check != NULL);
    struct box_bytes *in = arena_alloc(arena, (FIXED + n) * sizeof *in);
    struct tool_limits limits = tool_limits_or_default(q->limits);
    struct box_run r = {.job = BOX_TOGETHER, .input = in, .n_input = make_input(q, in)};
    tool_prepare(&r, &limits, q->seed);
    r.report_bytes = REPORT;
    r.cpu_s += TESTS_EXTRA_S;
    r.wall_s += TESTS_EXTRA_S;
    struct pool_slot *slot = pool_take(t->pool);
    int rc = tool_run_in_slot(slot, tool_wants_numeric(q), &r, err);
    pool_give(t->pool, slot);
    if (rc < 0)
        return rc;
    enum tool_status s = tool_end_status(&r, NULL);
    const char *message = tool_message_at(tool_end_message(&r, s, arena), r.line, arena);
    if (s == TOOL_OK) { /* only if there are fewer rows than tests */
        s = TOOL_ERROR;
        message = "the program ended before its tests did";
    } else if (s != TOOL_INFRA) {
        str_clear(&r.report);
    }
    read_rows(&r, (struct tool_test_result){s, NULL, message}, out, n, arena);
    *cpu_seconds += r.reply.cpu_s;
    box_run_free(&r);
    return 0;
}
