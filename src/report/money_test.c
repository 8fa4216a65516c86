/* What a run cost: from the record into the report, against sums made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "analysis/money.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "fixtures/close.h"
#include "report/compare_many.h"
#include "report/report.h"
#include "report/screen.h"
#include "report/stats_report.h"

/* The planner has a model of its own. Prices for a million tokens. */
static const char manifest[] =
    "{\"experiment\": {\"name\": \"x\", \"arms\": [{\"name\": \"hrm\"}, {\"name\": \"flat\"}]},"
    " \"suite\": {\"name\": \"s\", \"path\": \"s.yaml\", \"sha256\": \"00\"},"
    " \"model\": {\"backend\": \"openai\", \"name\": \"small\"},"
    " \"prices\": {\"currency\": \"USD\", \"source\": \"p.yaml\","
    "  \"model\": {\"name\": \"small\", \"input\": 0.15, \"output\": 0.6},"
    "  \"roles\": {\"planner\": {\"name\": \"large\", \"input\": 3, \"output\": 15}}}}";

struct fixture {
    char dir[64];
    struct store *store;
    struct analysis_run run;
    struct err err;
};

static void must(int rc, const struct err *err)
{
    if (rc < 0)
        fail_msg("%s", err->msg);
}

/* tokens of the planner (hrm), then of the coder (hrm) or of flat */
static void put(struct fixture *f, const char *task, const char *arm, bool passed,
                const long tokens[4])
{
    long long id;
    bool hrm = str_eq(arm, "hrm");
    struct store_share shares[] = {
        {.role = "planner", .calls = 1, .prompt_tokens = tokens[0], .generated_tokens = tokens[1]},
        {.role = hrm ? "coder" : "flat",
         .calls = 1,
         .prompt_tokens = tokens[2],
         .generated_tokens = tokens[3]}};
    struct store_episode e = {.group = "",
                              .status = STORE_DONE,
                              .error = "",
                              .passed = passed,
                              .verdict = passed ? "pass" : "fail",
                              .stop = "accepted",
                              .submission = "",
                              .calls = 2,
                              .seconds = 1,
                              .solve_seconds = passed ? 1 : -1,
                              .shares = hrm ? shares : shares + 1,
                              .n_shares = hrm ? 2 : 1};
    must(store_episode_add(f->store, arm, task, 0, &id, &f->err), &f->err);
    must(store_episode_finish(f->store, id, &e, &f->err), &f->err);
}

static void put_unfinished(struct fixture *f)
{
    long long id;
    struct store_call c = {.role = "coder",
                           .request_hash = "h",
                           .request = "{}",
                           .reply_text = "",
                           .finish = "stop",
                           .prompt_tokens = 1000,
                           .generated_tokens = 100};
    must(store_episode_add(f->store, "hrm", "c", 0, &id, &f->err), &f->err);
    must(store_episode_add(f->store, "flat", "c", 0, &id, &f->err), &f->err);
    must(store_call_put(f->store, id, &c, &f->err), &f->err);
}

/* Costs:        planner                      coder, or flat
 * hrm  a: 1000 x 3 + 100 x 15 = 4500   2000 x 0.15 +  500 x 0.6 =  600    0.0051, solved
 * hrm  b: 2000 x 3 + 200 x 15 = 9000   4000 x 0.15 + 1000 x 0.6 = 1200    0.0102
 * flat a:                              4000 x 0.15 + 1000 x 0.6 = 1200    0.0012, solved
 * flat b:                              8000 x 0.15 + 2000 x 0.6 = 2400    0.0024, solved
 * c, not finished, one call:           1000 x 0.15 +  100 x 0.6 =  210    0.00021 */
static int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);
    strcpy(f->dir, "/tmp/hrm-money-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    char *db CLEANUP_FREE = file_join(f->dir, "run.db");
    must(store_open(db, STORE_WRITE, &f->store, &f->err), &f->err);
    must(store_meta_set(f->store, "manifest", manifest, &f->err), &f->err);
    put(f, "a", "hrm", true, (const long[]){1000, 100, 2000, 500});
    put(f, "a", "flat", true, (const long[]){0, 0, 4000, 1000});
    put(f, "b", "hrm", false, (const long[]){2000, 200, 4000, 1000});
    put(f, "b", "flat", true, (const long[]){0, 0, 8000, 2000});
    put_unfinished(f);
    must(analysis_load(f->store, &f->run, &f->err), &f->err);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    char *command CLEANUP_FREE = xasprintf("rm -rf %s", f->dir);
    analysis_run_free(&f->run);
    store_close(f->store);
    int rc = system(command);
    free(f);
    return rc;
}

static void arms_cost_what_their_tokens_cost(void **state)
{
    struct fixture *f = *state;
    struct analysis_cost hrm = analysis_cost(&f->run, 0), flat = analysis_cost(&f->run, 1);
    assert_string_equal(f->run.arms[0], "hrm");
    assert_close(hrm.total, 0.0153);
    assert_close(hrm.episode.value, 0.00765);
    assert_close(hrm.episode.ci.low, 0); /* cut at 0 */
    /* s = 0.0051 / sqrt 2, s / sqrt 2 = 0.00255, t(1) = 12.7062047 */
    assert_close(hrm.episode.ci.high, 0.00765 + 12.7062047364 * 0.00255);
    assert_close(hrm.solved_one.value, 0.0153); /* one of two is solved */
    assert_close(flat.episode.value, 0.0018);
    assert_close(flat.solved_one.value, 0.0018);
    /* costs are 1/3 and 2/3 of all, the solved 1/2 and 1/2: 2 x (1/6)^2 = 1/18 */
    assert_close(flat.solved_one.ci.high, 0.0018 * exp(1.95996398454 * sqrt(1 / 18.0)));
    assert_close(flat.solved_one.ci.low, 0.0018 / exp(1.95996398454 * sqrt(1 / 18.0)));
    assert_int_equal(flat.solved, 2);
    assert_close(analysis_money_spent(&f->run), 0.0153 + 0.0036 + 0.00021);
}

static void assert_prints(const struct analysis_run *run, const char *format, const char *text)
{
    struct str out CLEANUP_STR = {0};
    struct err err = {0};
    must(report_render(run, format, &out, &err), &err);
    if (!strstr(out.p, text))
        fail_msg("no \"%s\" in the report as %s", text, format);
}

static void all_formats_show_it(void **state)
{
    struct fixture *f = *state;
    assert_prints(&f->run, "text", "Money: 0.019 USD for all recorded calls");
    assert_prints(&f->run, "text", "0.15 read, 0.6 written (small)");
    assert_prints(&f->run, "md", "| an episode, USD | a solved episode, USD | all of them, USD |");
    assert_prints(&f->run, "md", "| 0.00765 \\[0.00000, 0.04005\\] | 0.01530");
    assert_prints(&f->run, "html", "Cost in money");
    assert_prints(&f->run, "html", "0.00180");
    assert_prints(&f->run, "latex", "Cost in money");
    assert_prints(&f->run, "csv", "0.00765");
    struct str screen CLEANUP_STR = {0};
    report_screen(&f->run, &(struct screen_place){"x", NULL, 90}, &screen);
    assert_non_null(strstr(screen.p, "cost, USD"));
    assert_non_null(strstr(screen.p, "0.00765"));
    json_t *o CLEANUP_JSON = report_summary_json(&f->run);
    const json_t *cost = json_object_get(o, "cost");
    const json_t *flat = json_object_get(json_object_get(cost, "arms"), "flat");
    assert_string_equal(json_get_str(cost, "currency", ""), "USD");
    assert_close(json_get_num(cost, "spent", 0), 0.01911);
    assert_close(json_get_num(flat, "total", 0), 0.0036);
    assert_close(json_get_num(json_object_get(flat, "per_solved"), "value", 0), 0.0018);
}

/* The planner's row is dearer than the coder's: 6750 and 900 millionths an episode. */
static void roles_cost_what_their_models_cost(void **state)
{
    struct fixture *f = *state;
    assert_prints(&f->run, "md", "| 0.006750 \\[");
    assert_prints(&f->run, "md", "| 0.000900 \\[");
}

static void other_prices_give_other_sums(void **state)
{
    struct fixture *f = *state;
    json_t *json =
        json_pack("{s:s, s:s, s:b, s:{s:s, s:i, s:i}}", "currency", "EUR", "source", "q.yaml",
                  "instead", 1, "model", "name", "small", "input", 1, "output", 2);
    json_object_set_new(f->run.manifest.json, "prices", json);
    analysis_price(&f->run);
    /* (1000 + 2000 + 2000 + 4000) x 1 + (100 + 500 + 200 + 1000) x 2 */
    assert_close(analysis_cost(&f->run, 0).total, 0.0126);
    assert_prints(&f->run, "text", "EUR");
    assert_prints(&f->run, "text", "not the run's own, but from");
    json_object_del(f->run.manifest.json, "prices");
    analysis_price(&f->run);
    assert_null(f->run.prices.currency);
    struct str out CLEANUP_STR = {0};
    must(report_render(&f->run, "text", &out, &f->err), &f->err);
    assert_null(strstr(out.p, "oney"));
    assert_null(strstr(out.p, "cost, "));
    json_t *o CLEANUP_JSON = report_summary_json(&f->run);
    assert_null(json_object_get(o, "cost"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        T(arms_cost_what_their_tokens_cost),
        T(all_formats_show_it),
        T(roles_cost_what_their_models_cost),
        T(other_prices_give_other_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
