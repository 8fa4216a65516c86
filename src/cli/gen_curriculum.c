/* hrm gen curriculum: a multiset of generated problems in one of four orders, as chat examples that
 * other trainers read, with a manifest that says what is in it; or the test problems. */
#include "cli/gen_curriculum.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/decimal.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/values.h"
#include "experiment/curriculum_corpus.h"
#include "suite/suite.h"

enum {
    KEY_ORDER = 1000,
    KEY_STEPS,
    KEY_REPLAY,
    KEY_FINISH,
    KEY_TEXT,
    KEY_ROLES,
    KEY_PROMPTS,
    KEY_AGAINST,
    KEY_TESTS
};

static const char tests_path[] = "eval/suites/curriculum.yaml";

struct args {
    const char *output, *prompts, *against, *format;
    enum curriculum_order order;
    struct curriculum_set set;
    unsigned roles; /* 0 = all */
    bool tests;
};

static const struct argp_option options[] = {
    {"order", KEY_ORDER, "ORDER", 0,
     "random (default), strict (2, then 3, then 4 steps), cumulative (strict with replay) or "
     "reverse"},
    {"n", 'n', "N", 0, "so many problems (default 1000); with --tests, for each step count (200)"},
    {"seed", 's', "S", 0, "of the problems (default 1)"},
    {"steps", KEY_STEPS, "A-B", 0, "steps of the problems (default 2-4)"},
    {"replay", KEY_REPLAY, "R", 0,
     "cumulative: share of earlier step counts in later stages (0.2)"},
    {"finish", KEY_FINISH, "R", 0, "share that every order holds back and ends on, mixed (0)"},
    {"text", KEY_TEXT, "plain|full", 0,
     "plain (default), or full: with statements that do not matter"},
    {"roles", KEY_ROLES, "ROLE,ROLE", 0, "flat, supervisor, solver (default: all three)"},
    {"prompts", KEY_PROMPTS, "PROFILE", 0, "the prompt profile (default: chat)"},
    {"against", KEY_AGAINST, "SUITE", 0,
     "share nothing with these tests (default: eval/suites/curriculum.yaml)"},
    {"format", 'f', "jsonl-chat|jsonl", 0,
     "jsonl-chat (default): {\"messages\"} alone; jsonl: with role, steps and problem"},
    {"tests", KEY_TESTS, 0, 0, "the test problems of 2 to 6 steps as a suite instead"},
    {"output", 'o', "FILE", 0,
     "write to FILE, and FILE.manifest.json beside it, instead of standard output"},
    {0}};

static void parse_share(const char *value, const char *flag, double *share,
                        struct argp_state *state)
{
    if (!decimal_parse(value, share) || !(*share >= 0 && *share <= 0.9))
        argp_error(state, "--%s: expected a share from 0 to 0.9, found '%s'", flag, value);
}

static void parse_roles(const char *value, unsigned *roles, struct argp_state *state)
{
    char *list CLEANUP_FREE = xstrdup(value), *rest = NULL;
    for (char *w = strtok_r(list, ",", &rest); w; w = strtok_r(NULL, ",", &rest)) {
        int r = 0;
        while (r < CORPUS_ROLES && !str_eq(corpus_role_names[r], w))
            r++;
        if (r == CORPUS_ROLES)
            argp_error(state, "--roles: expected flat, supervisor or solver, found '%s'", w);
        *roles |= 1u << r;
    }
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct args *args = state->input;
    struct err err;
    switch (key) {
    case KEY_ORDER:
        if (curriculum_order_parse(value, &args->order, &err) < 0)
            argp_error(state, "--%s", err.msg);
        return 0;
    case 'n':
        args->set.n = (size_t)value_whole(value, "n", 1, 10000000, state);
        return 0;
    case 's':
        args->set.seed = value_whole(value, "seed", 0, ULLONG_MAX, state);
        return 0;
    case KEY_STEPS:
        value_steps(value, GEN_MATH_MAX_STEPS, &args->set.steps_min, &args->set.steps_max, state);
        return 0;
    case KEY_REPLAY:
        parse_share(value, "replay", &args->set.replay, state);
        return 0;
    case KEY_FINISH:
        parse_share(value, "finish", &args->set.finish, state);
        return 0;
    case KEY_TEXT:
        if (!str_eq(value, "plain") && !str_eq(value, "full"))
            argp_error(state, "--text: expected plain or full, found '%s'", value);
        args->set.plain = str_eq(value, "plain");
        return 0;
    case KEY_ROLES:
        parse_roles(value, &args->roles, state);
        return 0;
    case KEY_PROMPTS:
        args->prompts = value;
        return 0;
    case KEY_AGAINST:
        args->against = value;
        return 0;
    case 'f':
        if (!str_eq(value, "jsonl") && !str_eq(value, "jsonl-chat"))
            argp_error(state, "--format: expected jsonl-chat or jsonl, found '%s'", value);
        args->format = value;
        return 0;
    case KEY_TESTS:
        args->tests = true;
        return 0;
    case 'o':
        args->output = value;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "expected only options after 'curriculum', found '%s'", value);
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp gen_curriculum_argp = {
    options, parse_option, NULL,
    "Generate the training examples of exp3_curriculum, for other trainers.\v"
    "The same seed and number give the same problems whatever the order, and a larger number "
    "begins "
    "with the smaller one. The manifest holds the hash of the multiset, which is equal for all "
    "orders, and that of the order, and says that no problem shares its text or 13 words in a row "
    "with a test."};

/* ---- examples ---- */

static void add_message(json_t *messages, const char *role, const char *content)
{
    if (content)
        json_array_append_new(messages, json_pack("{s:s, s:s}", "role", role, "content", content));
}

static void add_line(struct str *out, const struct args *args, const struct corpus_example *ex)
{
    json_t *messages = json_array();
    add_message(messages, "system", ex->system);
    add_message(messages, "user", ex->prompt);
    add_message(messages, "assistant", ex->answer);
    json_t *line CLEANUP_JSON = json_pack("{s:o}", "messages", messages);
    if (str_eq(args->format, "jsonl")) {
        json_object_set_new(line, "role", json_string(corpus_role_names[ex->role]));
        json_object_set_new(line, "steps", json_integer(ex->steps));
        json_object_set_new(line, "problem", json_integer((json_int_t)ex->problem));
    }
    char *text CLEANUP_FREE = json_text(line);
    str_addf(out, "%s\n", text);
}

static json_t *roles_json(unsigned roles)
{
    json_t *list = json_array();
    for (int r = 0; r < CORPUS_ROLES; r++)
        if (roles & 1u << r)
            json_array_append_new(list, json_string(corpus_role_names[r]));
    return list;
}

static char *manifest(const struct args *args, unsigned roles, const struct prompt_set *prompts,
                      const struct suite *tests, const struct corpus *corpus,
                      const struct curriculum_check *check)
{
    const struct curriculum_set *s = &args->set;
    char *seed CLEANUP_FREE = xasprintf("%llu", (unsigned long long)s->seed);
    json_t *m CLEANUP_JSON = json_pack(
        "{s:s, s:s, s:s, s:I, s:[i, i], s:f, s:f, s:I, s:o, s:{s:s, s:s}, s:s, s:s, s:{s:s, s:s, "
        "s:I, s:I}}",
        "order", curriculum_order_names[args->order], "text", s->plain ? "plain" : "full", "seed",
        seed, "n", (json_int_t)s->n, "steps", s->steps_min, s->steps_max, "replay", s->replay,
        "finish", s->finish, "examples", (json_int_t)corpus_size(corpus), "roles",
        roles_json(roles), "prompts", "profile", prompt_set_name(prompts), "sha256",
        prompt_set_sha256(prompts), "multiset_sha256", check->multiset, "order_sha256",
        check->order, "tests", "path", tests->path, "sha256", tests->sha256, "overlap_exact",
        (json_int_t)check->exact, "overlap_13_words", (json_int_t)check->ngrams);
    return json_text_pretty(m);
}

static int put(const char *path, const char *text, size_t n, struct err *err)
{
    if (path)
        return file_write(path, text, n, err);
    fwrite(text, 1, n, stdout);
    return 0;
}

static int write_examples(const struct args *args, struct corpus *corpus, const char *facts,
                          struct err *err)
{
    struct str out CLEANUP_STR = {0};
    for (size_t i = 0; i < corpus_size(corpus); i++) {
        struct corpus_example ex;
        int rc = corpus_example(corpus, i, &ex, err);
        if (rc < 0)
            return rc;
        add_line(&out, args, &ex);
    }
    int rc = put(args->output, str_text(&out), out.len, err);
    if (rc < 0 || !args->output)
        return rc;
    char *beside CLEANUP_FREE = xasprintf("%s.manifest.json", args->output);
    return file_write(beside, facts, strlen(facts), err);
}

static int load_tests(const struct args *args, struct suite *tests, struct err *err)
{
    char *found CLEANUP_FREE = args->against ? NULL : file_find_data(tests_path);
    int rc = args->against ? suite_locate(args->against, &found, err) : 0;
    return rc < 0 ? rc : suite_load(found ? found : tests_path, tests, err);
}

static int generate_examples(struct args *args, struct err *err)
{
    unsigned roles = args->roles ? args->roles : (1u << CORPUS_ROLES) - 1;
    struct prompt_set *prompts = NULL;
    struct suite tests = {0};
    struct corpus *corpus = NULL;
    struct curriculum_check check;
    struct curriculum_known *known = NULL;
    int rc = load_tests(args, &tests, err);
    if (rc == 0)
        args->set.known = known = curriculum_known_new(&tests);
    if (rc == 0)
        rc = prompt_set_load(args->prompts, &prompts, err);
    if (rc == 0)
        rc = corpus_open(&args->set, args->order, roles, prompts, &corpus, err);
    if (rc == 0)
        rc = curriculum_check(&args->set, corpus_sequence(corpus), &check, err);
    if (rc == 0) {
        char *facts CLEANUP_FREE = manifest(args, roles, prompts, &tests, corpus, &check);
        rc = write_examples(args, corpus, facts, err);
    }
    corpus_free(corpus);
    prompt_set_free(prompts);
    curriculum_known_free(known);
    suite_free(&tests);
    return rc;
}

static int generate_tests(const struct args *args, struct err *err)
{
    char *text CLEANUP_FREE = NULL;
    int rc = curriculum_tests_text(args->set.seed, args->set.n ? args->set.n : 200, args->set.plain,
                                   &text, err);
    return rc < 0 ? rc : put(args->output, text, strlen(text), err);
}

int gen_curriculum(int argc, char **argv)
{
    struct args args = {
        .prompts = "chat",
        .format = "jsonl-chat",
        .set = {.seed = 1, .steps_min = 2, .steps_max = 4, .replay = 0.2, .plain = true}};
    struct err err = {0};
    int code = cmd_parse(&gen_curriculum_argp, argc, argv, &args);
    if (code)
        return code - 1;
    if (args.output && str_eq(args.output, "-"))
        args.output = NULL;
    if (!args.tests && !args.set.n)
        args.set.n = 1000;
    int rc = args.tests ? generate_tests(&args, &err) : generate_examples(&args, &err);
    return rc < 0 ? cmd_fail(&err) : EXIT_DONE;
}
