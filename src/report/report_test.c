/* Reports of small synthetic runs: the numbers by hand, the rendered tables against tests/golden
 * (HRM_UPDATE_GOLDEN=1 writes them anew), and the awkward runs: empty, interrupted, faulty,
 * unsolved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/analysis.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "report/report.h"
#include "store/store.h"

/* Outcomes as text, one character per sample: '+' solved, '-' not, '!' fault of ours, '.' still to
 * be played. */
struct row {
    const char *task, *group;
    int steps;
    const char *hrm, *flat;
};

struct fixture {
    char dir[64];
    struct store *store;
    struct analysis_run run;
    bool tagged; /* failed episodes have labels and flags */
    struct err err;
};

static const char manifest[] =
    "{\"status\":\"complete\",\"experiment\":{\"name\":\"exp1\",\"arms\":[{\"name\":\"flat\"},"
    "{\"name\":\"hrm\"}],\"budget\":{\"max_iters\":3,\"max_generated_tokens\":1000,"
    "\"max_seconds\":10}},\"criteria\":[{\"name\":\"primary\",\"arms\":[\"hrm\",\"flat\"],"
    "\"metric\":\"pass@1\",\"criterion\":\"difference >= 0.05\",\"frozen\":\"2026-01-01\"}],"
    "\"model\":{\"backend\":\"embedded\",\"name\":\"tiny|code\",\"digest\":\"0123456789abcdef\"},"
    "\"suite\":{\"name\":\"toy\",\"path\":\"toy.yaml\",\"sha256\":\"fedcba9876543210\"},"
    "\"prompts\":{\"profile\":\"tiny\"}}";

static void must(int rc, const struct err *err)
{
    if (rc < 0)
        fail_msg("%s", err->msg);
}

/* Of the k-th sample, as the tagger might have them. */
static void tag(struct store_episode *e, bool hrm, int k)
{
    static const struct {
        const char *label, *flags;
    } failed[2][3] = {{{"T3", "T3 S3 R2"}, {"S3", "S3 R1"}, {"R1", "R1"}},
                      {{"T3", "T3 P4 V3 R2"}, {"P4", "P4 R1"}, {"V3", "V3 R1"}}};
    e->label = e->passed ? "" : failed[hrm][k].label;
    e->flags = !e->passed ? failed[hrm][k].flags : hrm && k == 1 ? "T3 V4" : "";
    e->inapplicable = hrm ? "S6 P5 R4" : "S6 P1 P2 P3 P4 P5 V3 V4 V6 R4";
}

/* What the roles of an episode spent, together what its row says: their number. */
static size_t shares_of(bool hrm, int tokens, int tool_runs, struct store_share shares[2])
{
    struct store_share planner = {.role = "planner",
                                  .calls = 1,
                                  .prompt_tokens = 15,
                                  .generated_tokens = tokens / 4,
                                  .model_seconds = 0.5};
    struct store_share last = {.role = hrm ? "coder" : "flat",
                               .calls = hrm ? 2 : 1,
                               .tool_runs = tool_runs,
                               .prompt_tokens = hrm ? 25 : 40,
                               .generated_tokens = hrm ? tokens - tokens / 4 : tokens,
                               .model_seconds = 1.5,
                               .tool_seconds = 0.25 * tool_runs};
    shares[0] = planner;
    shares[hrm] = last;
    return 1 + hrm;
}

static void put_episode(struct fixture *f, const struct row *row, const char *arm, int sample,
                        char outcome)
{
    long long id;
    bool hrm = strcmp(arm, "hrm") == 0, passed = outcome == '+';
    must(store_episode_add(f->store, arm, row->task, sample, &id, &f->err), &f->err);
    if (outcome == '.')
        return;
    double solve_seconds = passed ? row->steps + 0.5 * sample : -1;
    struct store_moment moment = {60 * row->steps, hrm ? 2 : 1, 1 + sample, solve_seconds, true};
    struct store_share shares[2];
    struct store_episode e = {
        .arm = arm,
        .task = row->task,
        .sample = sample,
        .group = row->group,
        .steps = row->steps,
        .status = outcome == '!' ? STORE_ERROR : STORE_DONE,
        .error = outcome == '!' ? "the server is gone" : "",
        .passed = passed,
        .verdict = passed ? "pass" : "fail",
        .stop = "public_pass",
        .submission = "",
        .iterations = hrm ? 2 : 1,
        .calls = hrm ? 3 : 1,
        .tool_runs = 1 + sample,
        .generated_tokens = 100 * row->steps,
        .prompt_tokens = 40,
        .seconds = row->steps + 1,
        .solve_seconds = solve_seconds,
        .moments = &moment,
        .n_moments = passed,
        .shares = shares,
        .n_shares = shares_of(hrm, 100 * row->steps, 1 + sample, shares),
    };
    if (f->tagged)
        tag(&e, hrm, sample);
    must(store_episode_finish(f->store, id, &e, &f->err), &f->err);
}

static void load(struct fixture *f, const struct row *rows, size_t n)
{
    strcpy(f->dir, "/tmp/hrm-report-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    char *db CLEANUP_FREE = file_join(f->dir, "run.db");
    must(store_open(db, STORE_WRITE, &f->store, &f->err), &f->err);
    must(store_meta_set(f->store, "manifest", manifest, &f->err), &f->err);
    for (size_t i = 0; i < n; i++)
        for (int k = 0; rows[i].hrm[k]; k++) {
            put_episode(f, &rows[i], "flat", k, rows[i].flat[k]);
            put_episode(f, &rows[i], "hrm", k, rows[i].hrm[k]);
        }
    must(analysis_load(f->store, &f->run, &f->err), &f->err);
}

static void unload(struct fixture *f)
{
    analysis_run_free(&f->run);
    store_close(f->store);
    char *command CLEANUP_FREE = xasprintf("rm -r '%s'", f->dir);
    assert_int_equal(system(command), 0);
}

static void assert_golden(const struct fixture *f, const char *format, const char *name)
{
    struct err err = {0};
    struct str got CLEANUP_STR = {0};
    char *path CLEANUP_FREE = xasprintf("tests/golden/%s", name), *want CLEANUP_FREE = NULL;
    must(report_render(&f->run, format, &got, &err), &err);
    if (strcmp(format, "html") == 0) { /* the style is looked at, not compared */
        struct str body = {0};
        str_add(&body, strstr(got.p, "<body>"));
        str_free(&got);
        got = body;
    }
    if (getenv("HRM_UPDATE_GOLDEN"))
        must(file_write(path, got.p, got.len, &err), &err);
    size_t n;
    must(file_read(path, 0, &want, &n, &err), &err);
    assert_string_equal(got.p, want);
}

static const struct row mixed[] = {
    {"a1", "seen_pairs", 1, "+++", "+++"},    {"a2", "seen_pairs", 1, "+++", "++-"},
    {"a3", "seen_pairs", 2, "++-", "++-"},    {"a4", "seen_pairs", 2, "+++", "---"},
    {"b1", "heldout_pairs", 2, "+--", "---"}, {"b2", "heldout_pairs", 3, "---", "---"},
    {"b3", "heldout_pairs", 3, "+++", "-+-"}, {"b4", "heldout_pairs", 3, "--+", "+++"},
};
enum { N_MIXED = sizeof mixed / sizeof *mixed };

static void test_numbers(void **state)
{
    (void)state;
    struct fixture f = {0};
    load(&f, mixed, N_MIXED);
    assert_int_equal(f.run.sets, 24);
    assert_int_equal(f.run.samples, 3);
    assert_string_equal(f.run.arms[0], "hrm"); /* the primary comparison's order, not the plan's */
    struct analysis_slice all = analysis_slice(&f.run, -1, -1);
    const struct analysis_arm *hrm = &all.arms[0], *flat = &all.arms[1];
    assert_int_equal(hrm->solved, 16);
    assert_true(fabs(hrm->pass_1.value - 16.0 / 24) < 1e-12);
    assert_true(fabs(flat->pass_1.value - 11.0 / 24) < 1e-12);
    assert_true(fabs(hrm->pass_k.value - 7.0 / 8) < 1e-12); /* all but b2 are solved once */
    assert_true(fabs(flat->pass_k.value - 5.0 / 8) < 1e-12);
    assert_true(fabs(hrm->iterations.value - 2) < 1e-12);
    assert_true(fabs(hrm->tool_runs.value - 2) < 1e-12);
    /* Medians by task: 1.5 1.5 2.25 2.5 2 3.5 4; of these 2.25. */
    assert_int_equal(hrm->solve_s.n, 7);
    assert_true(fabs(hrm->solve_s.value - 2.25) < 1e-12);
    const struct analysis_pair *p = &all.pairs[0];
    assert_true(fabs(p->pass_1.value - 5.0 / 24) < 1e-12);
    assert_int_equal(p->majority.b, 2); /* a4, b3 */
    assert_int_equal(p->majority.c, 1); /* b4 */
    assert_int_equal(p->both, 3);
    assert_int_equal(p->neither, 2);
    assert_true(fabs(p->majority.exact - 1) < 1e-12);
    size_t n;
    assert_int_equal(analysis_slices(&f.run, true, false, &n)[0].tasks, 4);
    assert_int_equal(n, 2);
    analysis_slices(&f.run, true, true, &n);
    assert_int_equal(n, 4);
    unload(&f);
}

static void test_golden(void **state)
{
    (void)state;
    struct fixture f = {.tagged = true};
    load(&f, mixed, N_MIXED);
    assert_golden(&f, "text", "report.txt");
    assert_golden(&f, "md", "report.md");
    assert_golden(&f, "csv", "report.csv");
    assert_golden(&f, "latex", "report.tex");
    assert_golden(&f, "html", "report.html");
    json_t *summary = report_summary_json(&f.run);
    char *text CLEANUP_FREE = json_text_pretty(summary), *want CLEANUP_FREE = NULL;
    json_decref(summary);
    if (getenv("HRM_UPDATE_GOLDEN"))
        must(file_write("tests/golden/summary.json", text, strlen(text), &f.err), &f.err);
    size_t n;
    must(file_read("tests/golden/summary.json", 0, &want, &n, &f.err), &f.err);
    assert_string_equal(text, want);
    unload(&f);
}

static void test_faults_drop_the_set_for_all_arms(void **state)
{
    (void)state;
    static const struct row rows[] = {{"a", "", 0, "++", "-!"},
                                      {"b", "", 0, "!+", "++"},
                                      {"c", "", 0, "!-", "!-"},
                                      {"d", "", 0, "+.", "+."}};
    struct fixture f = {0};
    load(&f, rows, 4);
    assert_int_equal(f.run.dropped, 3);
    assert_int_equal(f.run.unfinished, 1);
    assert_int_equal(f.run.sets, 4);
    assert_int_equal(f.run.faults, 4);
    struct analysis_slice all = analysis_slice(&f.run, -1, -1);
    assert_true(fabs(all.pairs[0].pass_1.value - 0.25) < 1e-12); /* a 1, b 0, c 0, d 0 */
    /* Against hrm: a (2-1-1)/2, b (1-2)/2, c (0-0-1)/2, d 0; for it: a (2-1+0)/2 + ..., see run.h.
     */
    struct stats_ci bounds = analysis_fault_bounds(&f.run, 0, 1);
    assert_true(fabs(bounds.low - (0.5 - 0.5 - 0.5 + 0) / 4) < 1e-12);
    assert_true(fabs(bounds.high - (1 + 0 + 0.5 + 0) / 4) < 1e-12);
    assert_golden(&f, "text", "report_faults.txt");
    unload(&f);
}

/* A task whose reference fails its own hidden tests is dropped. */
static void test_broken_tasks_drop_the_set(void **state)
{
    (void)state;
    static const struct row rows[] = {{"a", "", 0, "+-", "--"}, {"b", "", 0, "++", "--"}};
    struct fixture f = {0};
    load(&f, rows, 2);
    assert_int_equal(f.run.dropped, 0);
    struct store_plan_item item = {.arm = "hrm", .task = "a", .sample = 1};
    assert_int_equal(store_plan_find(f.store, &item, &f.err), 1);
    struct store_tag tag = {item.id, "I2", "I2 R1", ""};
    must(store_tags_put(f.store, &tag, 1, &f.err), &f.err);
    analysis_run_free(&f.run);
    must(analysis_load(f.store, &f.run, &f.err), &f.err);
    assert_int_equal(f.run.dropped, 1);
    assert_int_equal(f.run.sets, 3);
    assert_int_equal(f.run.faults, 0); /* no episode is in error */
    assert_string_equal(f.run.first_fault,
                        "the reference solution of a fails its own hidden tests");
    unload(&f);
}

static void test_unsolved_and_empty(void **state)
{
    (void)state;
    static const struct row unsolved[] = {{"a", "", 1, "-", "-"}, {"b", "", 1, "-", "-"}};
    static const struct row pending[] = {{"a", "", 1, ".", "."}};
    struct fixture f = {0};
    load(&f, unsolved, 2);
    struct analysis_slice all = analysis_slice(&f.run, -1, -1);
    assert_string_equal(all.pairs[0].method, "exact");
    assert_true(all.pairs[0].pass_1.ci.high > 0.5); /* two tasks exclude next to nothing */
    assert_true(isnan(all.arms[0].solve_s.value));
    assert_golden(&f, "text", "report_unsolved.txt");
    unload(&f);
    load(&f, pending, 1);
    assert_golden(&f, "text", "report_pending.txt");
    json_decref(report_summary_json(&f.run));
    unload(&f);
    load(&f, pending, 0);
    assert_int_equal(f.run.n_arms, 0);
    struct str out CLEANUP_STR = {0};
    must(report_render(&f.run, "text", &out, &f.err), &f.err);
    json_decref(report_summary_json(&f.run));
    unload(&f);
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, what)); p++)
        n++;
    return n;
}

static void test_hostile_names(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"<img src=x onerror=alert(1)>", "\"><script>alert(2)</script>", 1, "+", "-"},
        {"\\input{/etc/passwd} % $x$ & _", "</table></svg>", 2, "-", "+"},
        {"</pre></details>'\"", "javascript:alert(3)", 3, "+", "+"}};
    struct fixture f = {0};
    load(&f, rows, 3);
    struct str html CLEANUP_STR = {0}, latex CLEANUP_STR = {0};
    must(report_render(&f.run, "html", &html, &f.err), &f.err);
    assert_int_equal(count(html.p, "<script"), 0);
    assert_int_equal(count(html.p, "<img"), 0);
    assert_int_equal(count(html.p, "<table"), count(html.p, "</table>"));
    assert_int_equal(count(html.p, "<svg"), count(html.p, "</svg>"));
    assert_int_equal(count(html.p, "<pre"), count(html.p, "</pre>"));
    assert_int_equal(count(html.p, "href=\"#"), count(html.p, "href="));
    assert_true(count(html.p, "&lt;img src=x onerror=alert(1)&gt;") >= 2); /* table, transcript */
    must(report_render(&f.run, "latex", &latex, &f.err), &f.err);
    assert_int_equal(count(latex.p, "\\input{"), 0);
    assert_int_equal(count(latex.p, "</table></svg>"), 0);
    assert_non_null(strstr(latex.p, "\\textless{}/table\\textgreater{}"));
    unload(&f);
}

static void test_latex_directory(void **state)
{
    (void)state;
    struct fixture f = {0};
    load(&f, mixed, N_MIXED);
    char *dir CLEANUP_FREE = file_join(f.dir, "tex"), *figures CLEANUP_FREE = NULL,
              *curve CLEANUP_FREE = NULL;
    must(report_write_latex(&f.run, dir, &f.err), &f.err);
    char *figures_path CLEANUP_FREE = file_join(dir, "figures.tex");
    char *curve_path CLEANUP_FREE = file_join(dir, "pass-at-k-1-hrm.csv");
    size_t n;
    must(file_read(figures_path, 0, &figures, &n, &f.err), &f.err);
    assert_non_null(strstr(figures, "{\\hrmfigures/pass-at-k-2-flat.csv}"));
    must(file_read(curve_path, 0, &curve, &n, &f.err), &f.err);
    assert_true(str_starts(curve, "x,y,low,high,minus,plus,n\n1,66.66666667,"));
    unload(&f);
}

static void test_unknown_format(void **state)
{
    (void)state;
    struct err err = {0};
    assert_null(doc_find_writer("docx", &err));
    assert_string_equal(err.msg, "there is no report format 'docx'; available: text, md, csv, "
                                 "json, latex, html");
    assert_int_equal(err.kind, ERR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_faults_drop_the_set_for_all_arms),
        cmocka_unit_test(test_broken_tasks_drop_the_set),
        cmocka_unit_test(test_unsolved_and_empty),
        cmocka_unit_test(test_hostile_names),
        cmocka_unit_test(test_latex_directory),
        cmocka_unit_test(test_unknown_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
