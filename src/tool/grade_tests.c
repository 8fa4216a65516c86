/* Tests in one process, the program in another (sandbox/guest_checker.py): the pair is started
 * together, joined by a socket, and only the checker's report counts, and only if the checker ended
 * well. Tasks whose reference passes only in one process are graded so (sandbox/guest_together.py).
 *
 * A program that dies under a test is started again for the tests after it, so that each is judged
 * on its own; out of time it is not, because the time is one for all of them. */
#include "tool/tool_impl.h"
#include "base/err.h"
#include "base/mem.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { CHECK_REPORT = 4 << 20, FIXED_INPUTS = 5, CANDIDATE = 1, CHECKER = 0 };
static const double CHECKER_EXTRA_S = 2; /* the tests' own time, over the program's */

struct batch {
    struct tool *t;
    const struct tool_grade_request *q;
    struct tool_limits limits;
    size_t n; /* tests, and check as the last */
    bool numeric;
    struct tool_test_result *out; /* [n] */
    double cpu_seconds;
    struct arena *arena;
};

static const char *source_of(const struct batch *b, size_t i)
{
    return i < b->q->n_tests ? b->q->tests[i] : b->q->check;
}

static struct box_bytes bytes_of(const char *s)
{
    return (struct box_bytes){s, s ? strlen(s) : 0};
}

/* The checker's input: flags, entry point, prelude, support, whether the last test is check(),
 * tests from `first`. */
static size_t checker_input(const struct batch *b, size_t first, struct box_bytes *in)
{
    const struct tool_grade_request *q = b->q;
    const char *fixed[FIXED_INPUTS] = {q->stop_at_first ? "stop" : "", q->entry_point, q->prelude,
                                       q->support, q->check ? "check" : ""};
    size_t n = 0;
    for (; n < FIXED_INPUTS; n++)
        in[n] = bytes_of(fixed[n]);
    for (size_t i = first; i < b->n; i++)
        in[n++] = bytes_of(source_of(b, i));
    return n;
}

/* Starts both and waits for both. lost = either warm interpreter was lost. */
static int run_pair(struct batch *b, struct pool_slot *slot, struct box_run *pair, bool *lost,
                    struct err *err)
{
    int ends[2], rc = 0;
    for (int i = 0; i < 2 && rc == 0; i++)
        rc = pool_box(slot, i == CHECKER, b->numeric, &pair[i].box, err);
    if (rc < 0)
        return rc;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return err_errno(err, errno, "socketpair");
    pair[CHECKER].rpc = ends[0];
    pair[CANDIDATE].rpc = ends[1];
    rc = box_run_all((struct box_run *[]){&pair[CHECKER], &pair[CANDIDATE]}, 2, err);
    *lost = pair[0].lost || pair[1].lost;
    for (int i = 0; i < 2; i++)
        if (pair[i].lost)
            pool_drop(slot, i == CHECKER, b->numeric);
    return rc;
}

static int run_with_retry(struct batch *b, size_t first, struct box_run *pair, struct err *err)
{
    const struct tool_grade_request *q = b->q;
    struct box_bytes *in = arena_alloc(b->arena, (FIXED_INPUTS + b->n) * sizeof *in);
    size_t n = checker_input(b, first, in);
    size_t len = q->program_len ? q->program_len : strlen(q->program);
    struct box_bytes program[] = {
        {q->program, len}, bytes_of(q->prelude), bytes_of(q->entry_point)};
    bool lost = true;
    int rc = 0;
    struct pool_slot *slot = pool_take(b->t->pool);
    for (int attempt = 0; attempt < 2 && rc == 0; attempt++) {
        pair[CHECKER] = (struct box_run){.job = BOX_CHECK, .input = in, .n_input = n};
        pair[CANDIDATE] = (struct box_run){.job = BOX_SERVE, .input = program, .n_input = 3};
        for (int i = 0; i < 2; i++)
            tool_prepare(&pair[i], &b->limits, q->seed);
        pair[CHECKER].report_bytes = CHECK_REPORT;
        pair[CHECKER].cpu_s += CHECKER_EXTRA_S;
        pair[CHECKER].wall_s += CHECKER_EXTRA_S;
        rc = run_pair(b, slot, pair, &lost, err);
        bool again = lost || tool_was_killed(&pair[CHECKER]) || tool_was_killed(&pair[CANDIDATE]);
        if (rc < 0 || (again && attempt == 0))
            box_run_free(&pair[CHECKER]);
        if (rc == 0 && !again)
            break;
    }
    pool_give(b->t->pool, slot);
    return rc;
}

static void fill(struct batch *b, size_t from, struct tool_test_result r)
{
    for (size_t i = from; i < b->n; i++)
        b->out[i] = r;
}

/* The verdict when the program ended before it answered. */
static struct tool_test_result death_of(const struct batch *b, const struct box_run *program)
{
    enum tool_status s = tool_end_status(program, NULL);
    const char *message =
        tool_message_at(tool_end_message(program, s, b->arena), program->line, b->arena);
    if (s == TOOL_OK) {
        s = TOOL_ERROR;
        message = "exit status 0";
    }
    return (struct tool_test_result){s, s == TOOL_ERROR ? "SystemExit" : NULL, message};
}

bool tool_bytes_are(struct box_bytes b, const char *s)
{
    return b.len == strlen(s) && memcmp(b.p, s, b.len) == 0;
}

enum tool_status tool_verdict_of(struct box_bytes letter)
{
    if (letter.len != 1)
        return TOOL_ERROR;
    switch (*(const char *)letter.p) {
    case 'p':
        return TOOL_OK;
    case 'f':
        return TOOL_FAIL;
    case 'm':
        return TOOL_MEMORY;
    default:
        return TOOL_ERROR;
    }
}

/* A checker that ends without a word while a program is attached to it was brought to that by the
 * program: it must not get away with being nobody's fault. */
static const struct tool_test_result no_report = {
    TOOL_ERROR, NULL, "the program made its tests end without a verdict"};

/* Reads the checker's report for the tests from `first`. Returns the first test that is still to be
 * judged. */
static size_t read_report(struct batch *b, size_t first, const struct box_run *pair)
{
    const struct str *report = &pair[CHECKER].report;
    struct box_bytes state[3], row[3];
    size_t pos = 0, i = first;
    bool ok = true;
    for (int j = 0; j < 3; j++)
        ok = ok && box_next(report, &pos, &state[j]);
    if (!ok) {
        fill(b, first, no_report);
        return b->n;
    }
    if (tool_bytes_are(state[0], "load") || tool_bytes_are(state[0], "gone early")) {
        struct tool_test_result r = {tool_bytes_are(state[1], "MemoryError") ? TOOL_MEMORY
                                                                             : TOOL_ERROR,
                                     tool_text(state[1], b->arena), tool_text(state[2], b->arena)};
        fill(b, first, tool_bytes_are(state[0], "load") ? r : death_of(b, &pair[CANDIDATE]));
        return b->n;
    }
    for (; i < b->n && box_next(report, &pos, &row[0]) && box_next(report, &pos, &row[1]) &&
           box_next(report, &pos, &row[2]);
         i++)
        b->out[i] = (struct tool_test_result){tool_verdict_of(row[0]), tool_text(row[1], b->arena),
                                              tool_text(row[2], b->arena)};
    if (i < b->n && tool_bytes_are(state[0], "gone"))
        b->out[i++] = death_of(b, &pair[CANDIDATE]);
    else if (i < b->n) /* stop_at_first */
        fill(b, i, (struct tool_test_result){b->out[i - 1].verdict, NULL, "not run"}), i = b->n;
    return i;
}

/* Judges the tests from `first`; returns the next one to judge, or b->n. */
static size_t judge(struct batch *b, size_t first, const struct box_run *pair)
{
    const struct box_run *checker = &pair[CHECKER], *program = &pair[CANDIDATE];
    b->cpu_seconds += checker->reply.cpu_s + program->reply.cpu_s;
    enum tool_status s = tool_end_status(checker, NULL);
    if (program->lost || program->reply.error)
        s = TOOL_INFRA;
    if (s != TOOL_OK) { /* only a checker that ended with 0 has a verdict */
        const struct box_run *why = s == TOOL_INFRA && !checker->lost ? program : checker;
        fill(b, first, (struct tool_test_result){s, NULL, tool_end_message(why, s, b->arena)});
        return b->n;
    }
    size_t next = read_report(b, first, pair);
    const struct tool_test_result *last = &b->out[next - 1];
    bool out_of_time = last->verdict == TOOL_CPU || last->verdict == TOOL_TIMEOUT;
    if (next < b->n && (out_of_time || b->q->stop_at_first)) {
        fill(b, next, (struct tool_test_result){last->verdict, NULL, "not run"});
        return b->n;
    }
    return next;
}

bool tool_wants_numeric(const struct tool_grade_request *q)
{
    bool numeric = tool_is_numeric(q->program) || tool_is_numeric(q->prelude) ||
                   tool_is_numeric(q->support) || tool_is_numeric(q->check);
    for (size_t i = 0; i < q->n_tests && !numeric; i++)
        numeric = tool_is_numeric(q->tests[i]);
    return numeric;
}

int tool_grade_tests(struct tool *t, const struct tool_grade_request *q,
                     struct tool_test_result *out, double *cpu_seconds, struct arena *arena,
                     struct err *err)
{
    struct batch b = {.t = t,
                      .q = q,
                      .limits = tool_limits_or_default(q->limits),
                      .n = q->n_tests + (q->check != NULL),
                      .numeric = tool_wants_numeric(q),
                      .out = out,
                      .arena = arena};
    for (size_t first = 0; first < b.n;) {
        struct box_run pair[2];
        int rc = run_with_retry(&b, first, pair, err);
        if (rc < 0)
            return rc;
        first = judge(&b, first, pair);
        box_run_free(&pair[CHECKER]);
    }
    *cpu_seconds += b.cpu_seconds;
    return 0;
}
