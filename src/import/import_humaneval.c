/* HumanEval (Chen et al., "Evaluating Large Language Models Trained on Code", 2021): a prompt that
 * ends inside a function, a solution that goes on from there, and check(candidate). Two relatives
 * have a field more: `sample_io`, the docstring's examples as asserts, and HumanEval-ET's
 * `test_case_list` (Dong et al., "CodeScore", 2023), which become hidden tests beside check.
 *
 * The examples, public tests here, were written for readers: some are not Python, some contradict
 * the tests. Those are left out, each with a note. */
#include <ctype.h>
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "import/import_python.h"
#include "import/import_row.h"
#include "suite/suite.h"
#include "suite/validate.h"

static const char candidate[] = "candidate";

const char *import_humaneval_name(const json_t *row)
{
    return json_object_get(row, "test_case_list") ? "humaneval_et" : "humaneval";
}

/* The text of a call with `name` called in place of the candidate. Caller frees. */
static char *call_text(const char *call, size_t n, const char *name)
{
    struct str renamed CLEANUP_STR = {0};
    struct str out = {0};
    size_t from = 0, at = 0, len;
    while ((len = python_next_call(call, &at)) > 0 && at < n) {
        bool own = len == strlen(candidate) && memcmp(call + at, candidate, len) == 0;
        str_addn(&renamed, call + from, at - from);
        str_addn(&renamed, own ? name : call + at, own ? strlen(name) : len);
        from = at += len;
    }
    str_addn(&renamed, call + from, n - from);
    suite_normal_text(&out, renamed.p, renamed.len);
    return str_take(&out);
}

/* Does check() make the example's call and expect something else? */
static bool contradicts(const char *check, const char *entry_point,
                        const struct python_example *example)
{
    size_t at = 0, len;
    for (; (len = python_next_call(check, &at)) > 0; at += len) {
        struct str literal CLEANUP_STR = {0};
        size_t n = python_call(check + at, candidate);
        const char *rest = check + at + n;
        rest += strspn(rest, " ");
        if (n == 0 || !str_starts(rest, "=="))
            continue;
        rest += 2 + strspn(rest + 2, " ");
        char *call CLEANUP_FREE = call_text(check + at, n, entry_point);
        if (str_eq(call, example->expression) && python_literal(rest, &literal) > 0 &&
            !str_eq(str_text(&literal), example->literal))
            return true;
    }
    return false;
}

/* `text` is "CALL == LITERAL", perhaps with "assert " before it. */
static void add_example(const struct import_row *row, const struct task *t, const char *text,
                        struct import_texts *tests)
{
    struct python_example example;
    text += strspn(text, " \t\n");
    const char *equation = str_starts(text, "assert ") ? text + strlen("assert ") : text;
    if (!python_example(equation, t->entry_point, &example, row->arena))
        import_note(row, "%s: example left out, not a call of %s == a literal: %s", t->id,
                    t->entry_point, text);
    else if (contradicts(t->check, t->entry_point, &example))
        import_note(row, "%s: example left out, the tests expect another value: %s", t->id, text);
    else
        import_add(tests, arena_printf(row->arena, "assert %s", equation), row->arena);
}

/* The text of ">>> f(1)  # comment" and the line below it, as an equation; NULL when the example
 * shows no value that is a literal. Moves *at behind what it read. */
static const char *docstring_example(const struct task *t, const char **at, struct arena *arena)
{
    struct str literal CLEANUP_STR = {0};
    const char *call = *at + strlen(">>>");
    call += strspn(call, " ");
    size_t n = python_call(call, t->entry_point), line = strcspn(call, "\n");
    *at = call + line;
    if (n == 0 || n > line)
        return arena_strndup(arena, call, line);
    const char *rest = call + n + strspn(call + n, " ");
    if (*rest != '\n' && *rest != '#')
        return arena_strndup(arena, call, line);
    const char *value = *at + strspn(*at, " \n");
    size_t value_n = python_literal(value, &literal);
    if (value_n == 0)
        return arena_strndup(arena, call, line);
    *at = value + value_n;
    return arena_printf(arena, "%.*s == %.*s", (int)n, call, (int)value_n, value);
}

static void docstring_examples(const struct import_row *row, const struct task *t,
                               struct import_texts *tests)
{
    const char *at = t->prompt;
    while ((at = strstr(at, ">>>")))
        add_example(row, t, docstring_example(t, &at, row->arena), tests);
}

static int read_program(const struct import_row *row, struct task *t, struct err *err)
{
    const char *solution = NULL;
    int rc = import_text(row, "task_id", &t->id, err);
    if (rc == 0)
        rc = import_text(row, "prompt", &t->prompt, err);
    if (rc == 0)
        rc = import_text(row, "entry_point", &t->entry_point, err);
    if (rc == 0)
        rc = import_text(row, "canonical_solution", &solution, err);
    if (rc == 0)
        rc = import_text(row, "test", &t->check, err);
    if (rc < 0)
        return rc;
    if (!python_defines(t->prompt, t->entry_point))
        return import_bad(err, "prompt", "no definition of the entry point",
                          arena_printf(row->arena, "'def %s' in it", t->entry_point));
    if (!python_defines(t->check, "check"))
        return import_bad(err, "test", "no definition of check", "'def check(candidate)' in it");
    t->check = import_source(t->check, row->arena);
    t->reference = import_source(arena_printf(row->arena, "%s%s", t->prompt, solution), row->arena);
    return 0;
}

int import_humaneval(const struct import_row *row, struct task *t, struct err *err)
{
    struct import_texts samples = {0}, public = {0}, hidden = {0};
    int rc = read_program(row, t, err);
    if (rc == 0)
        rc = import_optional_list(row, "sample_io", &samples, err);
    if (rc == 0)
        rc = import_optional_list(row, "test_case_list", &hidden, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < samples.n; i++)
        add_example(row, t, samples.v[i], &public);
    if (!import_has(row, "sample_io"))
        docstring_examples(row, t, &public);
    t->public_tests = public.v;
    t->n_public = public.n;
    import_hide(row, t, &hidden);
    return 0;
}
