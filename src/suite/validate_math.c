/* Validation of tasks that ask for a number: does the reference print it, and is the unit one? */
#include "suite/validate.h"
#include <math.h>
#include <string.h>
#include <strings.h>
#include "base/arena.h"
#include "base/str.h"
#include "suite/suite.h"
#include "tool/answer.h"
#include "tool/tool.h"
#include "tool/unit.h"

enum { MAX_UNIT_BYTES = 40 };

/* The last line of the output that holds anything. */
static const char *last_line(const char *out, struct arena *arena)
{
    size_t n = strlen(out), start;
    while (n > 0 && strchr(" \t\r\n", out[n - 1]))
        n--;
    for (start = n; start > 0 && out[start - 1] != '\n';)
        start--;
    return arena_strndup(arena, out + start, n - start);
}

/* What is wrong with a run of the reference; NULL = it prints the answer. */
static char *judge_run(const struct task *t, const struct tool_run_result *res, struct arena *arena)
{
    struct answer_reading reading;
    if (res->status != TOOL_OK)
        return xasprintf("the reference does not run: %s%s%s%s%s", tool_status_name(res->status),
                         res->error_type ? ": " : "", res->error_type ? res->error_type : "",
                         res->message ? ": " : "", res->message ? res->message : "");
    const char *line = last_line(res->out, arena);
    answer_read(line, &reading, arena);
    enum answer_match match = answer_compare(&reading, t->answer, t->tolerance, t->unit);
    if (match == ANSWER_RIGHT)
        return NULL;
    return xasprintf("the reference prints '%.60s', the answer is %.12g (%s)", line, t->answer,
                     answer_match_name(match));
}

int suite_run_reference(const struct task *t, struct tool *tool, double patient_cpu_s, char **why,
                        bool *slow, struct err *err)
{
    struct arena *arena = arena_new();
    struct tool_run_request req = {
        .code = t->reference, .code_len = strlen(t->reference), .limits = t->limits};
    struct tool_run_result res = {0};
    int rc = tool_run(tool, &req, &res, arena, err);
    bool stopped = res.status == TOOL_CPU || res.status == TOOL_TIMEOUT;
    if (rc == 0 && stopped) {
        req.limits.cpu_s = fmax(patient_cpu_s, t->limits.cpu_s);
        rc = tool_run(tool, &req, &res, arena, err);
    }
    if (rc == 0) {
        *why = judge_run(t, &res, arena);
        *slow = stopped && !*why;
    }
    arena_free(arena);
    return rc;
}

/* An answer is compared with its number written out: "2.5 million" is 2500000. */
static bool has_scale_word(const char *unit)
{
    static const char *const words[] = {"hundred", "thousand", "million",
                                        "billion", "trillion", "dozen"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasestr(unit, words[i]))
            return true;
    return false;
}

char *suite_unit_defect(const struct task *t)
{
    struct unit unit;
    if (!t->unit)
        return NULL;
    if (strlen(t->unit) > MAX_UNIT_BYTES)
        return xasprintf("a unit of more than %d bytes: %s", MAX_UNIT_BYTES, t->unit);
    if (has_scale_word(t->unit))
        return xasprintf("unit '%s' scales the answer; write the number out", t->unit);
    if (strpbrk(t->unit, ".,;:?!\n\"") || unit_read(t->unit, &unit) == 0)
        return xasprintf("unit '%s' is no unit; expected a noun, a sign or a rate", t->unit);
    if (unit.kind == UNIT_PERCENT && t->answer != 0 && fabs(t->answer) < 1)
        return xasprintf("%.12g per cent: should it be %.12g?", t->answer, t->answer * 100);
    return NULL;
}
