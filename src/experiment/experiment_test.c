/* experiment.yaml: what it may say, and one sentence with file and line for everything else; the
 * plan made from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "experiment/experiment.h"
#include "experiment/num_ctx.h"
#include "experiment/plan.h"
#include "experiment/rundir.h"

static const char whole[] =
    "name: exp1\n"
    "question: RQ1\n"
    "suite: {embedded: a.yaml, default: b.yaml}\n"
    "samples: 3\n"
    "seed: 7\n"
    "budget: {max_iters: 3, max_calls: 9, max_tool_runs: 8, max_generated_tokens: 4096,\n"
    "         max_total_tokens: 9000000000, max_seconds: 300.5}\n"
    "sampling: {temperature: 0.2, top_p: 0.9, max_tokens: 100}\n"
    "roles: {planner: {temperature: 0, max_tokens: 50}, tester: {top_p: 0.5}}\n"
    "arms:\n"
    "- {name: hrm, controller: hrm, planner: false, tester: execute, coder: per_step, as_needed: "
    "true}\n"
    "- {name: flat, controller: flat, strategy: best_of_n, tool: false}\n"
    "primary: {arms: [hrm, flat], metric: pass@1, criterion: \"difference >= 0.05\"}\n";

struct fixture {
    const char *backend; /* NULL = embedded */
    char path[64];
    struct experiment x;
    struct err err;
};

static int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);
    strcpy(f->path, "/tmp/hrm-experiment-XXXXXX");
    int fd = mkstemp(f->path);
    close(fd);
    *state = f;
    return fd < 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    experiment_free(&f->x);
    unlink(f->path);
    free(f);
    return 0;
}

static int load(struct fixture *f, const char *text)
{
    experiment_free(&f->x);
    f->err = (struct err){0};
    assert_int_equal(file_write(f->path, text, strlen(text), NULL), 0);
    return experiment_load(f->path, f->backend ? f->backend : "embedded", &f->x, &f->err);
}

/* Numbers may depend on the backend as the suite does, and all of them are checked. */
static void numbers_depend_on_the_backend(void **state)
{
    struct fixture *f = *state;
    static const char text[] =
        "name: n\nsuite: s.yaml\narms: [{name: a, controller: flat}]\n"
        "samples: {embedded: 2, default: 5}\n"
        "budget:\n  embedded: {max_iters: 3}\n  default: {max_iters: 0, max_total_tokens: 8192}\n"
        "sampling: {default: {temperature: 0.6}}\n";
    static const struct {
        const char *backend;
        int samples, max_iters;
        long max_total_tokens;
    } rows[] = {{"embedded", 2, 3, 0}, {"openai", 5, 0, 8192}, {"ollama", 5, 0, 8192}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        f->backend = rows[i].backend;
        if (load(f, text) < 0)
            fail_msg("%s", f->err.msg);
        assert_int_equal(f->x.samples, rows[i].samples);
        assert_int_equal(f->x.budget.max_iters, rows[i].max_iters);
        assert_int_equal(f->x.budget.max_total_tokens, rows[i].max_total_tokens);
        assert_true(f->x.sampling.temperature == 0.6);
        assert_true(f->x.sampling.top_p == 0.95); /* what is absent is as ever */
    }
    static const char *const bad[][2] = {
        {"name: n\nsuite: s\narms: [{name: a, controller: flat}]\n"
         "budget: {default: {max_iters: 1}, embedded: {max_itres: 3}}\n",
         "max_itres"},
        {"name: n\nsuite: s\narms: [{name: a, controller: flat}]\n"
         "budget: {default: {max_iters: 1}, embeded: {max_iters: 3}}\n",
         "there is no backend 'embeded'"},
        {"name: n\nsuite: s\narms: [{name: a, controller: flat}]\n"
         "sampling: {default: 0.6}\n",
         "sampling"},
    };
    f->backend = "openai";
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_true(load(f, bad[i][0]) < 0);
        assert_non_null(strstr(f->err.msg, bad[i][1]));
        assert_non_null(strstr(f->err.msg, ":4:"));
    }
    f->backend = NULL;
}

static void everything_the_file_says_is_read(void **state)
{
    struct fixture *f = *state;
    struct experiment *x = &f->x;
    if (load(f, whole) < 0)
        fail_msg("%s", f->err.msg);
    assert_string_equal(x->name, "exp1");
    assert_int_equal(x->samples, 3);
    assert_int_equal(x->seed, 7);
    assert_int_equal(x->budget.max_calls, 9);
    assert_true(x->budget.max_total_tokens == 9000000000 && x->budget.max_seconds == 300.5);
    assert_true(x->sampling.temperature == .2 && x->sampling.max_tokens == 100);
    assert_int_equal(x->n_arms, 2);
    const struct arm *hrm = &x->arms[0], *flat = &x->arms[1];
    assert_true(!hrm->planner && hrm->verifier && hrm->as_needed && hrm->tool);
    assert_int_equal(hrm->tester, ARM_TESTER_EXECUTE);
    assert_int_equal(hrm->coder, ARM_CODER_PER_STEP);
    assert_string_equal(flat->strategy, "best_of_n");
    assert_false(flat->tool);
    assert_ptr_equal(x->criteria[0].arms[0], hrm->name);
    assert_true(x->criteria[0].at_least && x->criteria[0].threshold == .05);
    assert_string_equal(experiment_prompts(x, "embedded"), "tiny");
    assert_string_equal(experiment_prompts(x, "ollama"), "chat");
}

static void what_is_wrong_is_named_with_its_line(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *line, *instead, *says;
    } wrong[] = {
        {"samples: 3", "sample: 3",
         ":4: experiment: unknown key 'sample'; did you mean 'samples'?"},
        {"samples: 3", "samples: 0", ":4: samples: expected a whole number from 1"},
        {"samples: 3", "samples: three", ":4: samples: expected a whole number, found 'three'"},
        {"name: exp1", "name: a/b", ":1: name: it names a directory"},
        {"name: exp1\n", "", "needs a name and a suite"},
        {"max_iters: 3", "max_iter: 3", ":6: budget: unknown key 'max_iter'"},
        {"max_iters: 3", "max_iters: -1", ":6: max_iters: expected a whole number from 0"},
        {"temperature: 0.2", "temperature: warm", ":8: temperature: expected a number"},
        {"top_p: 0.9", "top_p: 1.5", ":8: top_p: expected a number from 0.01 to 1, found 1.5"},
        {"planner: {t", "plannr: {t", ":9: roles: there is no role 'plannr'; expected planner, "},
        {"top_p: 0.5", "top_k: 5", ":9: tester: unknown key 'top_k'"},
        {"top_p: 0.5", "top_p: 5", ":9: top_p: expected a number from 0.01 to 1, found 5"},
        {"top_p: 0.9", "min_p: 1.5", ":8: min_p: expected a number from 0 to 1, found 1.5"},
        {"top_p: 0.9", "min_p: -0.1", ":8: min_p: expected a number from 0 to 1, found -0.1"},
        {"top_p: 0.9", "min_p: .nan", ":8: min_p: expected a number"},
        {"{top_p: 0.5}", "cold", ":9: tester: expected"},
        {"tester: execute", "tester: maybe", ":11: tester: expected true, false or execute"},
        {"coder: per_step", "coder: half", ":11: coder: expected whole or per_step, found 'half'"},
        {"planner: false", "strategy: retry", ":11: strategy: only flat arms have one"},
        {"strategy: best_of_n", "planner: true", ":12: planner: flat arms have none"},
        {"strategy: best_of_n", "verifier: true", ":12: verifier: flat arms have none"},
        {"planner: false", "verifier: never", ":11: verifier: expected true or false"},
        {"strategy: best_of_n", "strategy: best",
         ":12: strategy: expected retry, oneshot, best_of_n"},
        {"controller: flat", "controler: flat", ":12: arm: unknown key 'controler'"},
        {"controller: flat, strategy: best_of_n, ", "", ":12: an arm needs a name and a contr"},
        {"name: flat", "name: hrm", ":12: name: there is an arm 'hrm' already"},
        {"name: flat", "name: \"a b\"", ":12: name: expected letters"},
        {"[hrm, flat]", "[hrm, flt]", ":13: primary: there is no arm 'flt'"},
        {"[hrm, flat]", "[hrm]", ":13: primary: expected two arms"},
        {"pass@1", "passes", ":13: metric: expected one of pass@1, accuracy_within_seconds"},
        {"difference >= 0.05", "difference > 0.05", ":13: criterion: expected"},
        {"difference >= 0.05", "difference >= 0.05 pp", ":13: criterion: expected"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct str text CLEANUP_STR = {0};
        const char *at = strstr(whole, wrong[i].line);
        assert_non_null(at);
        str_addn(&text, whole, (size_t)(at - whole));
        str_add(&text, wrong[i].instead);
        str_add(&text, at + strlen(wrong[i].line));
        assert_true(load(f, text.p) < 0);
        assert_int_equal(f->err.kind, ERR_INPUT);
        assert_true(str_starts(f->err.msg, f->path));
        if (!strstr(f->err.msg, wrong[i].says))
            fail_msg("'%s' does not say '%s'", f->err.msg, wrong[i].says);
    }
}

static const char claims[] =
    "name: exp2\n"
    "suite: a.yaml\n"
    "arms:\n"
    "- {name: hrm, controller: hrm}\n"
    "- {name: flat, controller: flat}\n"
    "criteria:\n"
    "- {name: fewer, arms: [hrm, flat], metric: tool_misuse_and_spec_errors, criterion: ratio <= "
    "0.8}\n"
    "- {name: fast, arms: [hrm, flat], metric: accuracy_within_seconds, seconds: 60,\n"
    "   criterion: difference >= 0}\n"
    "- {name: far, arms: [flat, hrm], metric: pass@1, steps: 5-6, criterion: difference >= -0.1}\n"
    "- {name: frugal, arms: [hrm, flat], metric: calls, criterion: difference <= 0}\n"
    "- {name: both, all_of: [fewer, fast]}\n";

static void criteria_are_read(void **state)
{
    struct fixture *f = *state;
    const struct criterion *c;
    if (load(f, claims) < 0)
        fail_msg("%s", f->err.msg);
    assert_int_equal(f->x.n_criteria, 5);
    assert_true(f->x.criteria[4].n_all_of == 2 && str_eq(f->x.criteria[4].all_of[1], "fast"));
    c = f->x.criteria;
    assert_true(c[0].ratio && !c[0].at_least && c[0].threshold == .8);
    assert_true(c[1].seconds == 60 && !c[1].ratio && c[1].at_least);
    assert_true(c[2].steps[0] == 5 && c[2].steps[1] == 6 && c[2].threshold == -.1);
    assert_ptr_equal(c[2].arms[0], f->x.arms[1].name);
    assert_true(str_eq(c[3].metric, "calls") && !c[3].at_least);
    static const struct {
        const char *line, *instead, *says;
    } wrong[] = {
        {"name: fewer, ", "", ":7: criteria: expected name, arms, metric and criterion"},
        {"name: fast", "name: fewer", ":8: criteria: there is a criterion 'fewer' already"},
        {"name: fewer", "nme: fewer", ":7: criteria: unknown key 'nme'"},
        {"[flat, hrm]", "[flat, hm]", ":10: criteria: there is no arm 'hm'"},
        {"seconds: 60,", "", ":8: metric accuracy_within_seconds needs seconds"},
        {"steps: 5-6", "seconds: 5", ":10: seconds: metric pass@1 has none"},
        {"steps: 5-6", "steps: six", ":10: steps: expected a number of steps or a range"},
        {"steps: 5-6", "steps: 6-5", ":10: steps: expected a number of steps or a range"},
        {"<= 0.8", "<= 0", ":7: criterion: a ratio is compared with a number greater than 0"},
        {">= -0.1", ">= 5", ":10: criterion: found a difference of 5; expected a share between"},
        {">= -0.1", ">= -1", ":10: criterion: found a difference of -1; expected a share"},
        {">= -0.1", ">= 0x10", ":10: criterion: expected 'difference >= NUMBER'"},
        {">= -0.1", ">= nan", ":10: criterion: expected 'difference >= NUMBER'"},
        {"[fewer, fast]", "[fewer]", ":12: all_of: expected the names of two criteria or more"},
        {"[fewer, fast]", "[fewer, both]", "no criterion 'both' that is not made of others"},
        {"[fewer, fast]", "[fewer, slow]", "all_of: there is no criterion 'slow'"},
        {"[fewer, fast]", "[fewer, fewer]", "all_of: 'fewer' is named twice"},
        {"[fewer, fast]", "[fewer, fast], metric: calls", ":12: criteria: unknown key 'metric'"},
        {"metric: pass@1", "metric: pass@2", ":10: metric: expected one of pass@1, "},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct str text CLEANUP_STR = {0};
        const char *at = strstr(claims, wrong[i].line);
        assert_non_null(at);
        str_addn(&text, claims, (size_t)(at - claims));
        str_add(&text, wrong[i].instead);
        str_add(&text, at + strlen(wrong[i].line));
        assert_true(load(f, text.p) < 0);
        if (!strstr(f->err.msg, wrong[i].says))
            fail_msg("'%s' does not say '%s'", f->err.msg, wrong[i].says);
    }
}

/* Once there are results no criterion can be removed. */
static void criteria_are_frozen(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(load(f, claims), 0);
    json_t *all CLEANUP_JSON = criteria_json(&f->x);
    f->x.n_criteria = 1;
    json_t *one CLEANUP_JSON = criteria_json(&f->x);
    json_t *first CLEANUP_JSON = criteria_freeze(one, NULL, false, "monday");
    assert_string_equal(json_get_str(json_array_get(first, 0), "frozen", ""), "monday");
    json_t *before CLEANUP_JSON = criteria_freeze(all, first, false, "tuesday");
    assert_int_equal(json_array_size(before), 5);
    assert_string_equal(json_get_str(json_array_get(before, 0), "frozen", ""), "monday");
    assert_null(json_object_get(json_array_get(before, 2), "added"));
    json_t *dropped CLEANUP_JSON = criteria_freeze(one, before, false, "wednesday");
    assert_int_equal(json_array_size(dropped), 1); /* nothing was run yet: criteria may change */
    json_t *added CLEANUP_JSON = criteria_freeze(all, first, true, "tuesday");
    assert_null(json_object_get(json_array_get(added, 0), "added"));
    assert_true(json_is_true(json_object_get(json_array_get(added, 2), "added")));
    json_t *kept CLEANUP_JSON = criteria_freeze(one, added, true, "wednesday");
    assert_int_equal(json_array_size(kept), 5);
    assert_string_equal(json_get_str(json_array_get(kept, 1), "withdrawn", ""), "wednesday");
    json_t *back CLEANUP_JSON = criteria_freeze(all, kept, true, "thursday");
    assert_null(json_object_get(json_array_get(back, 1), "withdrawn"));
    assert_int_equal(json_array_size(back), 5);
}

static void flags_override_the_file(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(load(f, whole), 0);
    assert_int_equal(experiment_set(&f->x, "max_iters", "5", &f->err), 0);
    assert_int_equal(experiment_set(&f->x, "temperature", "0.75", &f->err), 0);
    assert_int_equal(experiment_set(&f->x, "seed", "9223372036854775807", &f->err), 0);
    assert_int_equal(f->x.budget.max_iters, 5);
    assert_true(f->x.sampling.temperature == .75 && f->x.seed == INT64_MAX);
    static const char *const wrong[][2] = {
        {"max_iters", "5x"},  {"max_iters", ""},
        {"max_iters", "1.5"}, {"temperature", "nan"},
        {"top_p", "2"},       {"seed", "-1"},
        {"samples", "0"},     {"seed", "99999999999999999999"},
        {"nothing", "1"},     {"min_p", "1.01"},
        {"min_p", "-0.01"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_true(experiment_set(&f->x, wrong[i][0], wrong[i][1], &f->err) < 0);
    assert_int_equal(f->x.budget.max_iters, 5);
}

/* Off it is not written: a run from before it was known keeps its directory's name. */
static void min_p_is_written_where_it_is_on(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(load(f, whole), 0);
    json_t *off CLEANUP_JSON = experiment_json(&f->x);
    assert_null(json_object_get(json_object_get(off, "sampling"), "min_p"));
    assert_int_equal(experiment_set(&f->x, "min-p", "0.05", &f->err), 0);
    json_t *on CLEANUP_JSON = experiment_json(&f->x);
    assert_true(json_get_num(json_object_get(on, "sampling"), "min_p", 0) == 0.05);
    const json_t *planner = json_object_get(json_object_get(on, "roles"), "planner");
    assert_true(json_get_num(planner, "min_p", 0) == 0.05);
}

static void roles_have_sampling_of_their_own(void **state)
{
    struct fixture *f = *state;
    struct experiment *x = &f->x;
    assert_int_equal(load(f, whole), 0);
    struct model_sampling planner = role_sampling(x->roles, x->n_roles, "planner", x->sampling);
    struct model_sampling tester = role_sampling(x->roles, x->n_roles, "tester", x->sampling);
    struct model_sampling coder = role_sampling(x->roles, x->n_roles, "coder", x->sampling);
    assert_true(planner.temperature == 0 && planner.top_p == .9 && planner.max_tokens == 50);
    assert_true(tester.temperature == .2 && tester.top_p == .5 && tester.max_tokens == 100);
    assert_true(coder.temperature == .2 && coder.top_p == .9 && coder.max_tokens == 100);
    json_t *o CLEANUP_JSON = experiment_json(x);
    char *text CLEANUP_FREE = json_text(json_object_get(o, "roles"));
    assert_string_equal(text, "{\"planner\":{\"temperature\":0.0,\"top_p\":0.9,\"max_tokens\":50},"
                              "\"tester\":{\"temperature\":0.2,\"top_p\":0.5,\"max_tokens\":100}}");
    assert_int_equal(experiment_set(x, "temperature", "1", &f->err), 0); /* for every role */
    planner = role_sampling(x->roles, x->n_roles, "planner", x->sampling);
    assert_true(planner.temperature == 1 && planner.max_tokens == 50);
}

/* ---- plans ---- */

enum { N_TASKS = 40 };

static struct suite a_suite(struct arena *arena)
{
    struct suite s = {.path = "s.yaml", .n_tasks = N_TASKS, .arena = arena};
    s.tasks = arena_alloc(arena, N_TASKS * sizeof *s.tasks);
    for (int i = 0; i < N_TASKS; i++)
        s.tasks[i].id = arena_printf(arena, "task/%d", i);
    return s;
}

static size_t plan_size(struct fixture *f, const struct suite *s, struct plan_selection sel)
{
    struct plan p = {0};
    if (plan_make(&f->x, s, &sel, &p, &f->err) < 0)
        return 0;
    size_t n = p.n;
    plan_free(&p);
    return n;
}

static void a_plan_holds_each_episode_once_and_mixes_the_arms(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(load(f, whole), 0);
    struct arena *arena = arena_new();
    struct suite s = a_suite(arena);
    struct plan p = {0}, again = {0};
    struct plan_selection all = {0};
    assert_int_equal(plan_make(&f->x, &s, &all, &p, &f->err), 0);
    assert_int_equal(plan_make(&f->x, &s, &all, &again, &f->err), 0);
    assert_int_equal(p.n, N_TASKS * 3 * 2);
    size_t hrm_first = 0;
    for (size_t i = 0; i < p.n; i += 2) { /* the two arms of a task and sample stand together */
        assert_ptr_equal(p.tasks[i], p.tasks[i + 1]);
        assert_int_equal(p.items[i].sample, p.items[i + 1].sample);
        assert_ptr_not_equal(p.arms[i], p.arms[i + 1]);
        assert_string_equal(p.items[i].arm, again.items[i].arm);
        hrm_first += p.arms[i] == &f->x.arms[0];
    }
    assert_in_range(hrm_first, 40, 80); /* of 120, binomial: 40 is 3.6 sd below the mean */
    plan_free(&p);
    plan_free(&again);
    arena_free(arena);
}

static void a_selection_is_a_part_of_the_plan(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(load(f, whole), 0);
    struct arena *arena = arena_new();
    struct suite s = a_suite(arena);
    const char *two[] = {"task/3", "task/9"}, *none[] = {"task/99"};
    size_t sum = 0;
    assert_int_equal(plan_size(f, &s, (struct plan_selection){.arms = "flat"}), N_TASKS * 3);
    assert_int_equal(plan_size(f, &s, (struct plan_selection){.arms = "flt"}), 0);
    assert_non_null(strstr(f->err.msg, "'flt'"));
    assert_int_equal(plan_size(f, &s, (struct plan_selection){.tasks = two, .n_tasks = 2}), 12);
    assert_int_equal(plan_size(f, &s, (struct plan_selection){.tasks = none, .n_tasks = 1}), 0);
    for (unsigned i = 1; i <= 3; i++) {
        size_t n = plan_size(f, &s, (struct plan_selection){.shard = i, .n_shards = 3});
        assert_true(n > 0 && n < N_TASKS * 6);
        sum += n;
    }
    assert_int_equal(sum, N_TASKS * 6);

    struct plan_selection sel = {0};
    assert_int_equal(plan_parse_limit("11-20", &sel, &f->err), 0);
    assert_int_equal(plan_size(f, &s, sel), 10 * 6);
    assert_int_equal(plan_parse_limit("5", &sel, &f->err), 0);
    assert_int_equal(plan_size(f, &s, sel), 5 * 6);
    assert_int_equal(plan_parse_limit("41-50", &sel, &f->err), 0);
    assert_int_equal(plan_size(f, &s, sel), 0);
    static const char *const limits[] = {"", "0", "5-", "-5", "9-3", "1-2-3", "x", "0-4"};
    static const char *const shards[] = {"", "1", "0/4", "5/4", "1/0", "1/2/3", "-1/4"};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        assert_true(plan_parse_limit(limits[i], &sel, &f->err) < 0);
    for (size_t i = 0; i < sizeof shards / sizeof *shards; i++)
        assert_true(plan_parse_shard(shards[i], &sel, &f->err) < 0);
    arena_free(arena);
}

/* ---- where a run lives ---- */

static char *run_path(struct fixture *f, const char *model)
{
    struct suite s = {.sha256 = "s"};
    struct prompt_set *prompts = NULL;
    struct plan_selection all = {0};
    json_t *identity CLEANUP_JSON = json_parse(model, strlen(model), "model", &f->err);
    assert_non_null(identity);
    assert_int_equal(prompt_set_load("chat", &prompts, &f->err), 0);
    struct rundir d = rundir_name("runs", &f->x, &s, prompts, identity, &all);
    char *path = xstrdup(d.path);
    rundir_free(&d);
    prompt_set_free(prompts);
    return path;
}

static void the_directory_depends_on_what_decides_the_replies(void **state)
{
    static const char base[] = "{'backend':'openai','name':'m:8b','digest':'d','base_url':'u'}";
    static const struct {
        const char *model;
        bool same;
    } cases[] = {
        {"{'backend':'openai','name':'m:8b','digest':'d','base_url':'elsewhere','slots':9}", true},
        {"{'backend':'openai','name':'m:8b','digest':'d','replay':{'created':'then'}}", true},
        {"{'backend':'openai','name':'m:8b','digest':'e','base_url':'u'}", false},
        {"{'backend':'ollama','name':'m:8b','digest':'d','base_url':'u'}", false},
        {"{'backend':'openai','name':'m:8b','digest':'d','think':'off'}", false},
        {"{'backend':'openai','name':'m:8b','digest':'d','roles':{'planner':{'name':'x'}}}", false},
        {"{'backend':'replay','name':'m:8b','digest':'d','replay':{'created':'then'}}", false},
    };
    struct fixture *f = *state;
    char *paths[2 + sizeof cases / sizeof *cases] = {0};
    assert_int_equal(load(f, whole), 0);
    for (size_t i = 0; i <= sizeof cases / sizeof *cases; i++) {
        char *text CLEANUP_FREE = xstrdup(i == 0 ? base : cases[i - 1].model);
        for (char *p = text; *p; p++)
            *p = *p == '\'' ? '"' : *p;
        paths[i] = run_path(f, text);
        assert_true(str_starts(paths[i], "runs/exp1/m-8b-"));
        if (i > 0 && str_eq(paths[i], paths[0]) != cases[i - 1].same)
            fail_msg("%s", text);
    }
    for (size_t i = 0; paths[i]; i++)
        free(paths[i]);
}

static int context_for(struct fixture *f, struct suite *s)
{
    struct prompt_set *prompts = NULL;
    int n = 0;
    assert_int_equal(prompt_set_load("chat", &prompts, &f->err), 0);
    assert_int_equal(num_ctx_needed(&f->x, s, prompts, &n, &f->err), 0);
    prompt_set_free(prompts);
    return n;
}

static void a_run_has_one_context_that_holds_its_prompts(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(load(f, whole), 0);
    struct task tasks[] = {{.id = "a", .prompt = "Write f.", .entry_point = "f"},
                           {.id = "b", .prompt = "Write g.", .entry_point = "g"}};
    struct suite s = {.path = "s.yaml", .tasks = tasks, .n_tasks = 2};
    assert_int_equal(context_for(f, &s), 2048);
    assert_int_equal(experiment_set(&f->x, "max_tokens", "1024", &f->err), 0);
    assert_int_equal(context_for(f, &s), 4096);
    char *longer CLEANUP_FREE = xcalloc(1, 30001);
    memset(longer, 'x', 30000);
    tasks[1].prompt = longer;
    assert_int_equal(context_for(f, &s), 14336); /* 10,000 and 3 x 1024 and the margin */
    f->x.arms[1].strategy = "self_plan";         /* says the task again in each of three rounds */
    assert_in_range(context_for(f, &s), 36000, 40960);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        T(numbers_depend_on_the_backend),
        T(everything_the_file_says_is_read),
        T(what_is_wrong_is_named_with_its_line),
        T(criteria_are_read),
        T(criteria_are_frozen),
        T(flags_override_the_file),
        T(min_p_is_written_where_it_is_on),
        T(roles_have_sampling_of_their_own),
        T(a_plan_holds_each_episode_once_and_mixes_the_arms),
        T(a_selection_is_a_part_of_the_plan),
        T(the_directory_depends_on_what_decides_the_replies),
        T(a_run_has_one_context_that_holds_its_prompts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
