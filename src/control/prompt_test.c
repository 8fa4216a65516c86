/* Templates and profiles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"
#include "control/prompt.h"
#include "control/template.h"

static const char *const names[] = {"task", "plan"};

static int check(const char *text, struct err *err)
{
    const char *none[2] = {0};
    return template_check("t.txt", 1, text, &(struct template_vars){names, none, 2}, err);
}

static void assert_renders(const char *text, const char *task, const char *plan, const char *want)
{
    struct err e = {0};
    const char *values[] = {task, plan};
    struct str out CLEANUP_STR = {0};
    assert_int_equal(check(text, &e), 0);
    template_render(text, &(struct template_vars){names, values, 2}, &out);
    assert_string_equal(str_text(&out), want);
}

static void templates_render(void **state)
{
    (void)state;
    assert_renders("a {{task}} b", "X", NULL, "a X b");
    assert_renders("a {{task}} b", NULL, NULL, "a  b");
    assert_renders("{{#plan}}\nP: {{plan}}\n{{/plan}}\n{{^plan}}\nno plan\n{{/plan}}\nend", "",
                   "1. x", "P: 1. x\nend");
    assert_renders("{{#plan}}\nP: {{plan}}\n{{/plan}}\n{{^plan}}\nno plan\n{{/plan}}\nend", "", "",
                   "no plan\nend");
    assert_renders("in {{#plan}}line{{/plan}}!", "", "p", "in line!");
    /* a value is never read as a template */
    assert_renders("{{task}}", "{{plan}}", "secret", "{{plan}}");
}

static void assert_refused(const char *text, const char *message)
{
    struct err e = {0};
    assert_true(check(text, &e) < 0);
    assert_string_equal(e.msg, message);
}

static void bad_templates_name_their_line(void **state)
{
    (void)state;
    assert_refused("a\n{{tsk}}", "t.txt:2: unknown placeholder {{tsk}}; did you mean {{task}}?");
    assert_refused("{{whatever}}",
                   "t.txt:1: unknown placeholder {{whatever}}; expected task or plan");
    assert_refused("{{#task}}", "t.txt:1: section {{#task}} is not closed");
    assert_refused("{{/task}}", "t.txt:1: {{/task}} closes no open section");
    assert_refused("x\n\n{{task", "t.txt:3: '{{' without '}}'");
    assert_refused("{{#task}}{{^plan}}{{/plan}}{{/task}}",
                   "t.txt:1: section inside section {{#task}}");
}

static void shipped_profiles_load_and_render(void **state)
{
    (void)state;
    static const char *const profiles[] = {"chat", "tiny"};
    static const char *const roles[] = {"flat", "self_plan", "planner", "coder", "coder_step"};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < 2; i++) {
        struct err e = {0};
        struct prompt_set *p = NULL;
        assert_int_equal(prompt_set_load(profiles[i], &p, &e), 0);
        for (size_t r = 0; r < 5; r++) {
            struct prompt_vars vars = {.v = {[PROMPT_TASK] = "TASK", [PROMPT_STEP] = "TASK"}};
            struct prompt_text text = {0};
            assert_int_equal(prompt_render(p, roles[r], &vars, &text, arena, &e), 0);
            assert_non_null(strstr(text.user, "TASK"));
            assert_null(strstr(text.user, "{{"));
        }
        assert_int_equal(strlen(prompt_set_sha256(p)), 64);
        prompt_set_free(p);
    }
    arena_free(arena);
}

static void a_profile_needs_its_description(void **state)
{
    (void)state;
    char dir[] = "/tmp/hrm-prompt-XXXXXX";
    assert_non_null(mkdtemp(dir));
    struct prompt_set *p = NULL;
    struct err e = {0};
    assert_true(prompt_set_load(dir, &p, &e) < 0);
    assert_non_null(strstr(e.msg, "profile.yaml expected"));
    assert_true(prompt_set_load("no-such-profile", &p, &e) < 0);
    char *yaml CLEANUP_FREE = file_join(dir, "profile.yaml");
    assert_int_equal(file_write(yaml, "tester: wrote\n", 14, &e), 0);
    assert_true(prompt_set_load(dir, &p, &e) < 0);
    assert_non_null(
        strstr(e.msg, "profile.yaml:1: tester: expected write or execute, found 'wrote'"));
    const char constrained[] = "plan: lines\nconstrained: on\n";
    assert_int_equal(file_write(yaml, constrained, strlen(constrained), &e), 0);
    assert_true(prompt_set_load(dir, &p, &e) < 0);
    assert_non_null(strstr(e.msg, "profile.yaml:2: constrained: on needs 'plan: json'"));
    unlink(yaml);
    rmdir(dir);
}

/* A profile of one template, "t.txt", loaded from a directory of its own. */
static int load_one(const char *text, struct prompt_set **p, struct err *err)
{
    char dir[] = "/tmp/hrm-prompt-XXXXXX";
    assert_non_null(mkdtemp(dir));
    char *yaml CLEANUP_FREE = file_join(dir, "profile.yaml"),
               *file CLEANUP_FREE = file_join(dir, "t.txt");
    assert_int_equal(file_write(yaml, "plan: lines\n", 12, err), 0);
    assert_int_equal(file_write(file, text, strlen(text), err), 0);
    int rc = prompt_set_load(dir, p, err);
    unlink(yaml);
    unlink(file);
    rmdir(dir);
    return rc;
}

static void a_template_may_hold_examples(void **state)
{
    (void)state;
    struct err e = {0};
    struct prompt_set *p = NULL;
    struct arena *arena = arena_new();
    assert_int_equal(load_one("You are {{plan}}.\n---\nshort\n--- assistant\ngood\n\n--- user\n"
                              "{{#plan}}\nplanned\n{{/plan}}\n--- assistant\n{{plan}}\n"
                              "--- user\nnow {{task}}\n",
                              &p, &e),
                     0);
    struct prompt_vars vars = {.v = {[PROMPT_TASK] = "T"}};
    struct prompt_text text = {0};
    assert_int_equal(prompt_render(p, "t", &vars, &text, arena, &e), 0);
    assert_string_equal(text.system, "You are .");
    assert_int_equal(text.n_examples, 2); /* what renders to nothing is no turn */
    assert_string_equal(text.examples[0].role, "user");
    assert_string_equal(text.examples[0].text, "short");
    assert_string_equal(text.examples[1].role, "assistant");
    assert_string_equal(text.examples[1].text, "good");
    assert_string_equal(text.user, "now T");
    vars.v[PROMPT_PLAN] = "P";
    assert_int_equal(prompt_render(p, "t", &vars, &text, arena, &e), 0);
    assert_int_equal(text.n_examples, 4);
    assert_string_equal(text.examples[2].text, "planned");
    assert_string_equal(text.examples[3].text, "P");
    prompt_set_free(p);
    /* Without a system message. */
    assert_int_equal(load_one("short\n--- assistant\ngood\n--- user\n{{task}}", &p, &e), 0);
    assert_int_equal(prompt_render(p, "t", &vars, &text, arena, &e), 0);
    assert_null(text.system);
    assert_int_equal(text.n_examples, 2);
    assert_string_equal(text.user, "T");
    prompt_set_free(p);
    arena_free(arena);
}

static void bad_turns_name_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"s\n---\na\n--- asistant\nb", "t.txt:4: unknown turn '--- asistant'; expected user or "
                                       "assistant"},
        {"s\n---\na\n---\nb",
         "t.txt:4: a second line '---'; expected '--- user' or '--- assistant'"},
        {"s\n---\na\n--- user\nb", "t.txt:4: two turns of the user in a row"},
        {"a\n--- assistant\nb\n--- assistant\nc", "t.txt:4: two turns of the assistant in a row"},
        {"s\n---\na\n--- assistant\nb\n", "t.txt:4: the last turn is the assistant's; expected "
                                          "the question"},
        {"s\n---\na\n--- assistant\n\n{{tsk}}\n--- user\nc",
         "t.txt:6: unknown placeholder {{tsk}}; did you mean {{task}}?"},
        {"s\n---\n{{#task}}\n--- assistant\nb\n{{/task}}\n--- user\nc",
         "t.txt:3: section {{#task}} is not closed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e = {0};
        struct prompt_set *p = NULL;
        assert_true(load_one(cases[i].text, &p, &e) < 0);
        const char *at = strstr(e.msg, "t.txt:");
        assert_non_null(at);
        assert_string_equal(at, cases[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(templates_render),
        cmocka_unit_test(bad_templates_name_their_line),
        cmocka_unit_test(shipped_profiles_load_and_render),
        cmocka_unit_test(a_profile_needs_its_description),
        cmocka_unit_test(a_template_may_hold_examples),
        cmocka_unit_test(bad_turns_name_their_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
