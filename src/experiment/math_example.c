/* See math_example.h. */
#include "experiment/math_example.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"

static const char *plan_lines(const struct gen_math_item *item, struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    for (int i = 0; i < item->steps; i++)
        str_addf(&s, "%s%d. %s", i ? "\n" : "", i + 1, item->plan[i]);
    return arena_strdup(arena, str_text(&s));
}

/* The first sentence that says this number, as a quote. */
static json_t *quote_of(const char *prompt, int value)
{
    char *number CLEANUP_FREE = xasprintf("%d", value);
    size_t n = strlen(number);
    const char *begin = prompt;
    for (const char *c = prompt; *c; c++) {
        if (c[0] == '.' && c[1] == ' ')
            begin = c + 2;
        bool alone =
            (c == prompt || !isalnum((unsigned char)c[-1])) && !isalnum((unsigned char)c[n]);
        if (strncmp(c, number, n) == 0 && alone)
            return json_stringn(begin, strcspn(begin, ".?"));
    }
    return json_string(number);
}

static void add_given(json_t *givens, const struct gen_math_item *item,
                      const struct gen_math_operand *o)
{
    if (o->step)
        return;
    char *name CLEANUP_FREE = xasprintf("n%zu", json_array_size(givens) + 1);
    json_array_append_new(givens, json_pack("{s:s, s:i, s:o}", "name", name, "value", o->value,
                                            "quote", quote_of(item->prompt, o->value)));
}

static void add_dep(json_t *deps, const struct gen_math_operand *o)
{
    if (!o->step)
        return;
    char *id CLEANUP_FREE = xasprintf("s%d", o->step);
    json_array_append_new(deps, json_string(id));
}

const char *math_example_subgoal(const struct gen_math_item *item, int i,
                                 enum math_example_form form, struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    for (const char *c = item->plan[i]; *c; c++) {
        if (*c == '#')
            str_add(&s, form == MATH_EXAMPLE_JSON ? "result of s" : "result of step ");
        else
            str_addc(&s, *c);
    }
    return arena_strdup(arena, str_text(&s));
}

static void add_value(const struct gen_math_item *item, const struct gen_math_operand *o,
                      enum math_example_form form, struct arena *arena, struct str *s)
{
    if (o->step)
        str_addf(s, "%s%s%d. %s = %d", s->len ? "\n" : "", form == MATH_EXAMPLE_JSON ? "s" : "",
                 o->step, math_example_subgoal(item, o->step - 1, form, arena), o->value);
}

const char *math_example_values(const struct gen_math_item *item, int i,
                                enum math_example_form form, struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    add_value(item, &item->node[i].left, form, arena, &s);
    add_value(item, &item->node[i].right, form, arena, &s);
    return arena_strdup(arena, str_text(&s));
}

static json_t *subgoal_json(const struct gen_math_item *item, int i, struct arena *arena)
{
    char *id CLEANUP_FREE = xasprintf("s%d", i + 1);
    json_t *deps = json_array();
    add_dep(deps, &item->node[i].left);
    add_dep(deps, &item->node[i].right);
    return json_pack("{s:s, s:s, s:o}", "id", id, "desc",
                     math_example_subgoal(item, i, MATH_EXAMPLE_JSON, arena), "deps", deps);
}

static json_t *givens_of(const struct gen_math_item *item)
{
    json_t *givens = json_array();
    for (int i = 0; i < item->steps; i++) {
        add_given(givens, item, &item->node[i].left);
        add_given(givens, item, &item->node[i].right);
    }
    return givens;
}

/* The last sentence. */
static const char *question_of(const struct gen_math_item *item)
{
    const char *question = strrchr(item->prompt, '.');
    return question ? question + strspn(question, ". ") : item->prompt;
}

static const char *plan_words(const struct gen_math_item *item, struct arena *arena)
{
    json_t *givens CLEANUP_JSON = givens_of(item), *given;
    struct str s CLEANUP_STR = {0};
    size_t k;
    json_array_foreach (givens, k, given) {
        str_addf(&s, "given: %s = %lld (\"%s\")\n", json_get_str(given, "name", ""),
                 json_get_int(given, "value", 0), json_get_str(given, "quote", ""));
    }
    str_addf(&s, "unknown: %s, integer, in %s", question_of(item), item->unit);
    for (int i = 0; i < item->steps; i++)
        str_addf(&s, "\n%d. %s", i + 1, math_example_subgoal(item, i, MATH_EXAMPLE_WORDS, arena));
    return arena_strdup(arena, str_text(&s));
}

static const char *plan_json(const struct gen_math_item *item, struct arena *arena)
{
    json_t *subgoals = json_array();
    for (int i = 0; i < item->steps; i++)
        json_array_append_new(subgoals, subgoal_json(item, i, arena));
    json_t *plan CLEANUP_JSON =
        json_pack("{s:o, s:s, s:s, s:s, s:o}", "givens", givens_of(item), "unknown",
                  question_of(item), "type", "integer", "unit", item->unit, "subgoals", subgoals);
    char *text CLEANUP_FREE = json_text(plan);
    return arena_strdup(arena, text);
}

const char *math_example_plan(const struct gen_math_item *item, enum math_example_form form,
                              struct arena *arena)
{
    return form == MATH_EXAMPLE_JSON    ? plan_json(item, arena)
           : form == MATH_EXAMPLE_WORDS ? plan_words(item, arena)
                                        : plan_lines(item, arena);
}

const char *math_example_step(const struct gen_math_item *item, int i, bool answer,
                              struct arena *arena)
{
    const struct gen_math_node *at = &item->node[i];
    const char *name = answer ? "answer" : "result";
    return arena_printf(arena, "%s = %d %s%c %d\nprint(%s)", name, at->left.value,
                        at->op == '/' ? "/" : "", at->op, at->right.value, name);
}

const char *math_example_program(const struct gen_math_item *item, bool answer, struct arena *arena)
{
    static const char print[] = "print(";
    const char *last = strstr(item->program, print);
    size_t n = strlen(item->program);
    if (!answer || !last)
        return arena_strndup(arena, item->program, n - (n > 0 && item->program[n - 1] == '\n'));
    const char *name = last + strlen(print);
    return arena_printf(arena, "%.*sanswer = %.*s\nprint(answer)", (int)(last - item->program),
                        item->program, (int)strcspn(name, ")"), name);
}
