/* Self-written tests against the hidden ones, arm by arm. */
#include "analysis/tester.h"
#include "base/err.h"
#include "report/estimate_json.h"
#include "report/sections.h"

static const double PERCENT = 100;

static size_t testing_arms(const struct analysis_run *run, const struct analysis_tester *t)
{
    size_t n = 0;
    for (size_t a = 0; a < run->n_arms; a++)
        n += t[a].episodes > 0;
    return n;
}

void section_tester(struct doc *d, const struct analysis_run *run)
{
    static const struct doc_column columns[] = {
        {DOC_TEXT, "arm", ""},
        {DOC_COUNT, "accepts right", ""},
        {DOC_COUNT, "accepts wrong", ""},
        {DOC_COUNT, "rejects right", ""},
        {DOC_COUNT, "rejects wrong", ""},
        {DOC_ESTIMATE, "false accepts", "%", 1, PERCENT, true},
        {DOC_ESTIMATE, "false rejects", "%", 1, PERCENT, true},
        {DOC_ESTIMATE, "tests right", "%", 1, PERCENT, true},
    };
    const struct analysis_tester *t;
    struct err ignored = {0};
    if (analysis_testers(run, &t, &ignored) < 0 || testing_arms(run, t) == 0)
        return;
    struct doc_table *table = doc_add_table(d, "The tester's tests and the truth", columns,
                                            sizeof columns / sizeof *columns, testing_arms(run, t));
    for (size_t a = 0, row = 0; a < run->n_arms; a++) {
        if (t[a].episodes == 0)
            continue;
        doc_set_text(table, row, 0, run->arms[a]);
        doc_set_count(table, row, 1, t[a].accepted_right);
        doc_set_count(table, row, 2, t[a].accepted_wrong);
        doc_set_count(table, row, 3, t[a].rejected_right);
        doc_set_count(table, row, 4, t[a].rejected_wrong);
        doc_set_estimate(table, row, 5, t[a].false_accept);
        doc_set_estimate(table, row, 6, t[a].false_reject);
        doc_set_estimate(table, row++, 7, t[a].tests_right);
    }
    table->note =
        "Distinct programs that self-written tests were run on, against the hidden tests. "
        "Accepted: "
        "it passes all self-written tests of its episode. False accepts: accepted among the wrong; "
        "false rejects: rejected among the right; tests right: self-written tests that the task's "
        "reference passes, where it has one; n = programs, tests. [95 % Wilson, n of the interval "
        "= the tasks they come from.]";
}

json_t *tester_json(const struct analysis_run *run)
{
    const struct analysis_tester *t;
    struct err ignored = {0};
    if (analysis_testers(run, &t, &ignored) < 0 || testing_arms(run, t) == 0)
        return NULL;
    json_t *o = json_object();
    for (size_t a = 0; a < run->n_arms; a++)
        if (t[a].episodes > 0)
            json_object_set_new(o, run->arms[a],
                                json_pack("{s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:I, s:I}",
                                          "accepted_right", (json_int_t)t[a].accepted_right,
                                          "accepted_wrong", (json_int_t)t[a].accepted_wrong,
                                          "rejected_right", (json_int_t)t[a].rejected_right,
                                          "rejected_wrong", (json_int_t)t[a].rejected_wrong,
                                          "false_accepts", estimate_json(t[a].false_accept),
                                          "false_rejects", estimate_json(t[a].false_reject),
                                          "tests_right", estimate_json(t[a].tests_right),
                                          "episodes", (json_int_t)t[a].episodes, "tasks",
                                          (json_int_t)t[a].tasks));
    return o;
}
