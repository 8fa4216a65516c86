/* See detail.h. */
#include "store/detail.h"
#include <string.h>

/* ---- the tables ---- */

#define MEMBER(type, name, member, kind) name, kind, offsetof(struct type, member), NULL
#define LIST(type, name, member, of) name, DETAIL_LIST, offsetof(struct type, member), of
#define EVENT(name, member, kind) MEMBER(transcript_event, name, member, kind)
#define RUN(name, member, kind) MEMBER(transcript_run, name, member, kind)
#define FIELDS(name, type, list) name, list, sizeof(list) / sizeof *(list), sizeof(struct type)

static const struct detail_field bare_text[] = {{NULL, DETAIL_TEXT, 0, NULL}};
static const struct detail_fields texts = {"text", bare_text, 1, sizeof(const char *)};

static const struct detail_field step[] = {
    {MEMBER(transcript_step, "id", id, DETAIL_TEXT)},
    {MEMBER(transcript_step, "desc", desc, DETAIL_TEXT)},
    {LIST(transcript_step, "deps", deps, &texts)},
};
static const struct detail_field given[] = {
    {MEMBER(transcript_given, "name", name, DETAIL_TEXT)},
    {MEMBER(transcript_given, "value", value, DETAIL_TEXT)},
    {MEMBER(transcript_given, "quote", quote, DETAIL_TEXT)},
};
static const struct detail_field test[] = {
    {MEMBER(transcript_test, "verdict", verdict, DETAIL_TEXT)},
    {MEMBER(transcript_test, "test", test, DETAIL_TEXT_OPT)},
    {MEMBER(transcript_test, "error_type", error_type, DETAIL_TEXT_OPT)},
    {MEMBER(transcript_test, "message", message, DETAIL_TEXT_OPT)},
    {MEMBER(transcript_test, "stdout", out, DETAIL_TEXT_OPT)},
    {MEMBER(transcript_test, "line", line, DETAIL_INT_OPT)},
};
static const struct detail_fields steps = {FIELDS("step", transcript_step, step)};
static const struct detail_fields givens = {FIELDS("given", transcript_given, given)};
static const struct detail_fields tests = {FIELDS("test", transcript_test, test)};

static const struct detail_field plan[] = {
    {EVENT("plan", plan.text, DETAIL_TEXT)},
    {EVENT("hash", plan.hash, DETAIL_TEXT)},
    {EVENT("valid", plan.valid, DETAIL_BOOL)},
    {EVENT("reasked", plan.reasked, DETAIL_BOOL)},
    {EVENT("valid_final", plan.valid_final, DETAIL_BOOL)},
    {EVENT("repaired", plan.repaired, DETAIL_BOOL)},
    {"steps", DETAIL_LIST_OPT, offsetof(struct transcript_event, plan.steps), &steps},
    {"subgoals", DETAIL_LIST_OPT, offsetof(struct transcript_event, plan.subgoals), &steps},
    {"givens", DETAIL_LIST_OPT, offsetof(struct transcript_event, plan.givens), &givens},
    {EVENT("unknown", plan.unknown, DETAIL_TEXT_OPT)},
    {EVENT("type", plan.type, DETAIL_TEXT_OPT)},
    {EVENT("unit", plan.unit, DETAIL_TEXT_OPT)},
};
static const struct detail_field self_tests[] = {
    {LIST(transcript_event, NULL, self_tests, &texts)}};
static const struct detail_field subgoal[] = {
    {EVENT("id", subgoal.id, DETAIL_TEXT)},      {EVENT("try", subgoal.attempt, DETAIL_INT)},
    {EVENT("ok", subgoal.ok, DETAIL_BOOL)},      {EVENT("value", subgoal.value, DETAIL_TEXT_NULL)},
    {EVENT("uses", subgoal.uses, DETAIL_PAIRS)}, {EVENT("error", subgoal.error, DETAIL_TEXT_NULL)},
};
static const struct detail_field tool_call[] = {
    {EVENT("form", tool_call.form, DETAIL_TEXT)},
    {EVENT("tool", tool_call.tool, DETAIL_TEXT_NULL)},
    {EVENT("ok", tool_call.ok, DETAIL_BOOL)},
    {EVENT("error", tool_call.error, DETAIL_TEXT_NULL)},
    {EVENT("hash", tool_call.hash, DETAIL_TEXT)},
};
static const struct detail_field answer[] = {
    {EVENT("answer", answer.text, DETAIL_TEXT)},
    {EVENT("from", answer.from, DETAIL_TEXT)},
    {LIST(transcript_event, "finals", answer.finals, &texts)},
};
static const struct detail_field verdict[] = {
    {EVENT("verdict", verdict.verdict, DETAIL_TEXT)},
    {EVENT("answer", verdict.answer, DETAIL_TEXT_NULL)},
    {EVENT("computed", verdict.computed, DETAIL_TEXT_NULL)},
    {EVENT("subgoal", verdict.subgoal, DETAIL_TEXT_NULL)},
    {EVENT("log_failed", verdict.log_failed, DETAIL_BOOL)},
};
static const struct detail_field repair[] = {{EVENT("id", repair.id, DETAIL_TEXT)}};
static const struct detail_field refused[] = {
    {EVENT("part", refused.part, DETAIL_TEXT)},
    {EVENT("reason", refused.reason, DETAIL_TEXT)},
    {EVENT("again", refused.again, DETAIL_BOOL)},
};
static const struct detail_field repeated[] = {
    {EVENT("times", repeated.times, DETAIL_INT)},
    {EVENT("then", repeated.then, DETAIL_TEXT)},
};
static const struct detail_field submit[] = {
    {EVENT("stop", submit.stop, DETAIL_TEXT)},
    {EVENT("answer", submit.answer, DETAIL_TEXT_OPT)},
};

const struct detail_fields detail_of_event[N_EVENT_KINDS] = {
    [EVENT_PLAN] = {FIELDS("plan", transcript_event, plan)},
    [EVENT_SELF_TESTS] = {FIELDS("self_tests", transcript_event, self_tests)},
    [EVENT_CANDIDATE] = {"candidate", NULL, 0, sizeof(struct transcript_event)},
    [EVENT_REPEATED] = {FIELDS("repeated", transcript_event, repeated)},
    [EVENT_SUBGOAL] = {FIELDS("subgoal", transcript_event, subgoal)},
    [EVENT_TOOL_CALL] = {FIELDS("tool_call", transcript_event, tool_call)},
    [EVENT_ANSWER] = {FIELDS("answer", transcript_event, answer)},
    [EVENT_VERDICT] = {FIELDS("verdict", transcript_event, verdict)},
    [EVENT_REPAIR] = {FIELDS("repair", transcript_event, repair)},
    [EVENT_REFUSED] = {FIELDS("refused", transcript_event, refused)},
    [EVENT_SUBMIT] = {FIELDS("submit", transcript_event, submit)},
};

static const struct detail_field graded[] = {
    {LIST(transcript_run, "tests", tests, &tests)},
    {RUN("one_process", tests.one_process, DETAIL_BOOL_OPT)},
    {RUN("disputed", tests.disputed, DETAIL_BOOL_OPT)},
};
static const struct detail_field program[] = {
    {RUN("purpose", program.purpose, DETAIL_TEXT)},
    {RUN("subgoal", program.subgoal, DETAIL_TEXT_NULL)},
    {RUN("stdout", program.out, DETAIL_TEXT)},
    {RUN("stderr", program.errout, DETAIL_TEXT)},
    {RUN("value", program.value, DETAIL_TEXT_NULL)},
    {RUN("error_type", program.error_type, DETAIL_TEXT_NULL)},
    {RUN("message", program.message, DETAIL_TEXT_NULL)},
};

const struct detail_fields detail_of_run[N_RUN_KINDS] = {
    [RUN_PUBLIC] = {FIELDS("public", transcript_run, graded)},
    [RUN_PROGRAM] = {FIELDS("run", transcript_run, program)},
    [RUN_HIDDEN] = {FIELDS("hidden", transcript_run, graded)},
    [RUN_SELF] = {FIELDS("self", transcript_run, graded)},
    [RUN_REFERENCE] = {FIELDS("reference", transcript_run, graded)},
};

static size_t kind_of(const struct detail_fields *kinds, size_t n, const char *name)
{
    size_t i = 0;
    while (i < n && !str_eq(kinds[i].name, name))
        i++;
    return i;
}

enum event_kind detail_event_kind(const char *name)
{
    return (enum event_kind)kind_of(detail_of_event, N_EVENT_KINDS, name);
}

enum run_kind detail_run_kind(const char *name)
{
    return (enum run_kind)kind_of(detail_of_run, N_RUN_KINDS, name);
}

/* ---- a list member: a pointer to its elements and their count, whatever their type ---- */

struct list {
    const void *v;
    size_t n;
};

static struct list list_at(const void *at)
{
    struct list l;
    memcpy(&l, at, sizeof l);
    return l;
}

/* ---- writing ---- */

static void add_text(const char *text, struct str *out)
{
    if (text)
        json_add_string(text, out);
    else
        str_add(out, "null");
}

static void add_pairs(const struct transcript_uses *uses, struct str *out)
{
    str_addc(out, '{');
    for (size_t i = 0; i < uses->n; i++) {
        str_add(out, i ? "," : "");
        add_text(uses->v[i].id, out);
        str_addc(out, ':');
        add_text(uses->v[i].value, out);
    }
    str_addc(out, '}');
}

static void add_list(const struct detail_fields *of, struct list list, struct str *out)
{
    str_addc(out, '[');
    for (size_t i = 0; i < list.n; i++) {
        str_add(out, i ? "," : "");
        detail_add(of, (const char *)list.v + i * of->size, out);
    }
    str_addc(out, ']');
}

static void add_value(const struct detail_field *f, const void *at, struct str *out)
{
    switch (f->type) {
    case DETAIL_TEXT:
    case DETAIL_TEXT_NULL:
    case DETAIL_TEXT_OPT:
        add_text(*(const char *const *)at, out);
        break;
    case DETAIL_BOOL:
    case DETAIL_BOOL_OPT:
        str_add(out, *(const bool *)at ? "true" : "false");
        break;
    case DETAIL_INT:
    case DETAIL_INT_OPT:
        str_addf(out, "%d", *(const int *)at);
        break;
    case DETAIL_PAIRS:
        add_pairs(at, out);
        break;
    case DETAIL_LIST:
    case DETAIL_LIST_OPT:
        add_list(f->of, list_at(at), out);
        break;
    }
}

static bool is_left_out(const struct detail_field *f, const void *at)
{
    return (f->type == DETAIL_BOOL_OPT && !*(const bool *)at) ||
           (f->type == DETAIL_INT_OPT && !*(const int *)at) ||
           (f->type == DETAIL_TEXT_OPT && !*(const char *const *)at) ||
           (f->type == DETAIL_LIST_OPT && !list_at(at).v);
}

void detail_add(const struct detail_fields *d, const void *row, struct str *out)
{
    const char *before = "{";
    for (size_t i = 0; i < d->n; i++) {
        const struct detail_field *f = &d->field[i];
        const void *at = (const char *)row + f->offset;
        if (is_left_out(f, at))
            continue;
        if (f->name)
            str_addf(out, "%s\"%s\":", before, f->name);
        add_value(f, at, out);
        before = ",";
    }
    if (d->n > 0 && d->field[0].name)
        str_addc(out, '}');
}

/* ---- reading ---- */

static const char *read_text_or_empty(const json_t *j, struct arena *arena)
{
    const char *text = json_word(j, arena);
    return text ? text : "";
}

static struct transcript_uses read_pairs(json_t *j, struct arena *arena)
{
    struct transcript_use *v = arena_alloc(arena, json_object_size(j) * sizeof *v);
    size_t n = 0;
    const char *key;
    json_t *value;
    json_object_foreach (j, key, value)
        v[n++] =
            (struct transcript_use){arena_strdup(arena, key), read_text_or_empty(value, arena)};
    return (struct transcript_uses){v, n};
}

static void read_fields(const struct detail_fields *d, const json_t *j, void *row,
                        struct arena *arena);

static struct list read_list(const struct detail_fields *of, const json_t *j, struct arena *arena)
{
    size_t n = json_array_size(j);
    char *v = arena_alloc(arena, n * of->size);
    for (size_t i = 0; i < n; i++)
        read_fields(of, json_array_get(j, i), v + i * of->size, arena);
    return (struct list){v, n};
}

static void read_value(const struct detail_field *f, json_t *j, void *at, struct arena *arena)
{
    struct list list = {0};
    switch (f->type) {
    case DETAIL_TEXT:
        *(const char **)at = read_text_or_empty(j, arena);
        break;
    case DETAIL_TEXT_NULL:
    case DETAIL_TEXT_OPT:
        *(const char **)at = json_word(j, arena);
        break;
    case DETAIL_BOOL:
    case DETAIL_BOOL_OPT:
        *(bool *)at = json_is_true(j);
        break;
    case DETAIL_INT:
    case DETAIL_INT_OPT:
        *(int *)at = (int)json_integer_value(j);
        break;
    case DETAIL_PAIRS:
        *(struct transcript_uses *)at = read_pairs(j, arena);
        break;
    case DETAIL_LIST:
    case DETAIL_LIST_OPT:
        if (j || f->type == DETAIL_LIST)
            list = read_list(f->of, j, arena);
        memcpy(at, &list, sizeof list);
        break;
    }
}

static void read_fields(const struct detail_fields *d, const json_t *j, void *row,
                        struct arena *arena)
{
    for (size_t i = 0; i < d->n; i++) {
        const struct detail_field *f = &d->field[i];
        json_t *value = f->name ? json_object_get(j, f->name) : (json_t *)j;
        read_value(f, value, (char *)row + f->offset, arena);
    }
}

void detail_read(const struct detail_fields *d, const char *text, void *row, struct arena *arena)
{
    json_t *j CLEANUP_JSON = *text && d->n ? json_parse(text, strlen(text), "detail", NULL) : NULL;
    read_fields(d, j, row, arena);
}
