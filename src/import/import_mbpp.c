/* MBPP (Austin et al., "Program Synthesis with Large Language Models", 2021) in three forms: the
 * full set (`text`, `code`, three asserts), its sanitized part (`prompt`, `code`, three or more
 * asserts, imports for them), and MultiPL-E's typed one (a function head with a docstring, and the
 * asserts in check(candidate); no solution).
 *
 * The statement does not name the function, the tests do. So the first test is public, and the
 * others are hidden. */
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "import/import_python.h"
#include "import/import_row.h"
#include "suite/suite.h"
#include "tool/py_scan.h"

static bool is_typed(const json_t *row)
{
    return json_object_get(row, "test") != NULL;
}

const char *import_mbpp_name(const json_t *row)
{
    if (is_typed(row))
        return "mbpp_typed";
    return json_object_get(row, "text") ? "mbpp" : "mbpp_sanitized";
}

/* The first function called by the test that the program defines; NULL if there is none. */
static const char *called_function(const char *test, const char *program, struct arena *arena)
{
    size_t at = 0, n;
    for (; (n = python_next_call(test, &at)) > 0; at += n) {
        const char *name = arena_strndup(arena, test + at, n);
        if (python_defines(program, name))
            return name;
    }
    return NULL;
}

static int find_entry_point(const struct import_row *row, const struct import_texts *tests,
                            struct task *t, struct err *err)
{
    for (size_t i = 0; i < tests->n && !t->entry_point; i++)
        t->entry_point = called_function(tests->v[i], t->reference, row->arena);
    return t->entry_point
               ? 0
               : import_bad(err, "test_list", "no call of a function that 'code' defines",
                            "asserts on one");
}

/* "def f(a, b)", from the program; NULL if it is not written so. */
static const char *signature_of(const char *program, const char *name, struct arena *arena)
{
    const char *head = arena_printf(arena, "def %s(", name);
    for (const char *at = strstr(program, head); at; at = strstr(at + 1, head)) {
        size_t n = py_line(at, strlen(at));
        while (n > 0 && at[n - 1] != ':')
            n--;
        if (n > 0 && (at == program || at[-1] == '\n'))
            return arena_strndup(arena, at, n - 1);
    }
    return NULL;
}

/* The first test is public, unless there would be no hidden test left: then the statement gets the
 * signature instead. */
static void share_out(const struct import_row *row, const struct import_texts *tests,
                      struct task *t)
{
    const struct import_texts others = {tests->v + 1, tests->n - 1};
    t->public_tests = tests->v;
    t->n_public = 1;
    import_hide(row, t, &others);
    if (t->n_hidden > 0)
        return;
    t->n_public = 0;
    import_hide(row, t, tests);
    const char *signature =
        t->reference ? signature_of(t->reference, t->entry_point, row->arena) : NULL;
    if (signature)
        t->prompt = arena_printf(row->arena, "%s\n\nSignature: %s", t->prompt, signature);
}

/* What the tests need before them, in one text; NULL = nothing. It belongs to the tests and not to
 * a prelude, because a program is to write its own imports. */
static int read_setup(const struct import_row *row, const char **out, struct err *err)
{
    struct import_texts imports = {0};
    const char *setup = NULL;
    int rc = import_optional_list(row, "test_imports", &imports, err);
    if (rc == 0)
        rc = import_optional_text(row, "test_setup_code", &setup, err);
    if (rc < 0)
        return rc;
    struct str s CLEANUP_STR = {0};
    for (size_t i = 0; i < imports.n; i++)
        str_addf(&s, "%s\n", imports.v[i]);
    if (setup)
        str_add(&s, import_source(setup, row->arena));
    *out = s.len > 0 ? arena_strdup(row->arena, s.p) : NULL;
    return 0;
}

/* test_list, then challenge_test_list, each test complete in itself. */
static int read_tests(const struct import_row *row, struct import_texts *out, struct err *err)
{
    struct import_texts challenges = {0};
    const char *setup = NULL;
    int rc = import_list(row, "test_list", out, err);
    if (rc == 0)
        rc = import_optional_list(row, "challenge_test_list", &challenges, err);
    if (rc == 0)
        rc = read_setup(row, &setup, err);
    if (rc < 0)
        return rc;
    struct import_texts all = {
        .v = arena_alloc(row->arena, (out->n + challenges.n) * sizeof *all.v)};
    for (size_t i = 0; i < out->n + challenges.n; i++) {
        const char *test = i < out->n ? out->v[i] : challenges.v[i - out->n];
        all.v[all.n++] = setup ? arena_printf(row->arena, "%s%s", setup, test) : test;
    }
    *out = all;
    return 0;
}

static int import_plain(const struct import_row *row, struct task *t, struct err *err)
{
    struct import_texts asserts = {0}, tests = {0};
    const json_t *id = json_object_get(row->json, "task_id");
    if (!json_is_integer(id))
        return import_bad(err, "task_id", id ? "not a whole number" : "missing", "a whole number");
    t->id = arena_printf(row->arena, "MBPP/%" JSON_INTEGER_FORMAT, json_integer_value(id));
    int rc = import_text(row, import_has(row, "text") ? "text" : "prompt", &t->prompt, err);
    if (rc == 0)
        rc = import_text(row, "code", &t->reference, err);
    if (rc == 0)
        t->reference = import_source(t->reference, row->arena);
    if (rc == 0)
        rc = import_list(row, "test_list", &asserts, err); /* without what stands before them */
    if (rc == 0)
        rc = find_entry_point(row, &asserts, t, err);
    if (rc == 0)
        rc = read_tests(row, &tests, err);
    if (rc == 0)
        share_out(row, &tests, t);
    return rc;
}

/* "    assert candidate(3) == 27" as "assert f(3) == 27"; NULL if the line is anything else. */
static const char *assert_of(const char *line, size_t n, const char *entry_point,
                             struct arena *arena)
{
    static const char start[] = "    assert candidate(";
    size_t len = sizeof start - 1;
    return n > len && strncmp(line, start, len) == 0
               ? arena_printf(arena, "assert %s(%.*s", entry_point, (int)(n - len), line + len)
               : NULL;
}

/* The asserts of a check(candidate) that holds nothing else, as all of MultiPL-E's do. */
static int split_check(const struct import_row *row, const char *check, const char *entry_point,
                       struct import_texts *out, struct err *err)
{
    const char *line = strstr(check, "def check(candidate):\n");
    for (line = line ? strchr(line, '\n') + 1 : ""; *line && *line != '\n';) {
        size_t n = strcspn(line, "\n");
        const char *test = assert_of(line, n, entry_point, row->arena);
        if (!test)
            break;
        import_add(out, test, row->arena);
        line += n + (line[n] == '\n');
    }
    const char *end = arena_printf(
        row->arena, "\ndef test_check():\n    check(%s)\n\ntest_check()\n", entry_point);
    if (out->n == 0 || (*line && !str_eq(line, end)))
        return import_bad(err, "test", "something other than asserts",
                          "check(candidate) with one 'assert candidate(...)' a line");
    return 0;
}

static int import_typed(const struct import_row *row, struct task *t, struct err *err)
{
    struct import_texts tests = {0}, samples = {0};
    const char *check = NULL;
    int rc = import_text(row, "name", &t->id, err);
    if (rc == 0)
        rc = import_text(row, "prompt", &t->prompt, err);
    if (rc == 0)
        rc = import_text(row, "entry_point", &t->entry_point, err);
    if (rc == 0)
        rc = import_text(row, "test", &check, err);
    if (rc == 0)
        rc = import_optional_list(row, "sample_io", &samples, err);
    if (rc == 0)
        rc = split_check(row, check, t->entry_point, &tests, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < samples.n; i++)
        if (!str_eq(samples.v[i], tests.v[0]))
            import_note(row, "%s: sample_io is not the first test and left out: %s", t->id,
                        samples.v[i]);
    share_out(row, &tests, t);
    return 0;
}

int import_mbpp(const struct import_row *row, struct task *t, struct err *err)
{
    return is_typed(row->json) ? import_typed(row, t, err) : import_plain(row, t, err);
}
