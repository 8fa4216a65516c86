/* Reading the supervisor's plan, and putting its subgoals into an order of computation. */
#include "control/math_plan.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "control/math_value.h"
#include "tool/reply_scan.h"
#include "tool/reply_text.h"

enum { MAX_SUBGOALS = 64 };

#define TEXT "{\"type\":\"string\"}"
const char math_plan_schema[] =
    "{\"type\":\"object\",\"required\":[\"givens\",\"unknown\",\"type\",\"unit\",\"subgoals\"],"
    "\"properties\":{\"givens\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
    "\"required\":[\"name\",\"value\",\"quote\"],\"properties\":{\"name\":" TEXT ","
    "\"value\":{\"type\":\"number\"},\"quote\":" TEXT "}}},"
    "\"unknown\":" TEXT ",\"type\":{\"enum\":[\"integer\",\"number\"]},\"unit\":" TEXT ","
    "\"subgoals\":{\"type\":\"array\",\"minItems\":1,\"items\":{\"type\":\"object\","
    "\"required\":[\"id\",\"desc\",\"deps\"],\"properties\":{\"id\":" TEXT ",\"desc\":" TEXT ","
    "\"deps\":{\"type\":\"array\",\"items\":" TEXT "}}}}}}";

struct math_reading {
    struct math_plan plan;
    struct math_subgoal *subgoals; /* [plan.n], plan.subgoals while they are made */
    struct arena *arena;
};

static void complain(struct math_reading *r, const char *problem)
{
    if (!r->plan.problem)
        r->plan.problem = problem;
}

static const char *first_word(const json_t *j, const char *const *names, size_t n,
                              struct arena *arena)
{
    for (size_t i = 0; i < n; i++) {
        const char *text = json_word(json_object_get(j, names[i]), arena);
        if (text && *text)
            return text;
    }
    return NULL;
}

static const char *word_or_empty(const json_t *j, const char *name, struct arena *arena)
{
    const char *text = first_word(j, &name, 1, arena);
    return text ? text : "";
}

/* ---- dependencies ---- */

size_t math_plan_reference(const char *p)
{
    size_t n = 0;
    if (*p == '#')
        while (isalnum((unsigned char)p[1 + n]) || p[1 + n] == '_')
            n++;
    return n;
}

size_t math_plan_find(const struct math_plan *p, const char *id, size_t len)
{
    size_t i = 0;
    while (i < p->n &&
           (strlen(p->subgoals[i].id) != len || strncmp(p->subgoals[i].id, id, len) != 0))
        i++;
    return i;
}

struct deps {
    size_t *of; /* [n] */
    size_t n, cap;
};

static void add_dep(struct math_reading *r, struct deps *d, size_t self, const char *id, size_t len)
{
    size_t i = math_plan_find(&r->plan, id, len);
    for (size_t k = 0; k < d->n; k++)
        if (d->of[k] == i)
            return;
    if (i < r->plan.n && i != self && d->n < d->cap)
        d->of[d->n++] = i;
    else
        complain(r,
                 arena_printf(r->arena, "subgoal %s depends on '%.*s', which is no other subgoal",
                              r->subgoals[self].id, (int)len, id));
}

/* The ids in `list` (NULL = none) and those that the description refers to. */
static void read_deps(struct math_reading *r, size_t self, const json_t *list)
{
    struct deps d = {.cap = json_array_size(list) + MAX_SUBGOALS};
    d.of = arena_alloc(r->arena, d.cap * sizeof *d.of);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = json_word(json_array_get(list, i), r->arena);
        if (id)
            add_dep(r, &d, self, id + (*id == '#'), strlen(id + (*id == '#')));
        else
            complain(r, "deps must hold ids of subgoals");
    }
    for (const char *p = r->subgoals[self].desc; (p = strchr(p, '#')); p++) {
        size_t n = math_plan_reference(p);
        if (n)
            add_dep(r, &d, self, p + 1, n);
    }
    r->subgoals[self].deps = d.of;
    r->subgoals[self].n_deps = d.n;
}

static bool is_ready(const struct math_subgoal *g, const bool *placed)
{
    for (size_t k = 0; k < g->n_deps; k++)
        if (!placed[g->deps[k]])
            return false;
    return true;
}

/* Kahn's algorithm, first come first served. A circle is broken at its first subgoal. */
static void sort(struct math_reading *r)
{
    struct math_plan *p = &r->plan;
    size_t *order = arena_alloc(r->arena, p->n * sizeof *order);
    bool *placed = arena_alloc(r->arena, p->n * sizeof *placed);
    for (size_t n = 0; n < p->n; n++) {
        size_t next = p->n, i = 0;
        for (; i < p->n && next == p->n; i++)
            if (!placed[i] && is_ready(&p->subgoals[i], placed))
                next = i;
        for (i = 0; next == p->n; i++) {
            if (!placed[i]) {
                next = i;
                complain(r, arena_printf(r->arena, "subgoal %s depends on itself, through others",
                                         p->subgoals[i].id));
            }
        }
        placed[next] = true;
        order[n] = next;
    }
    p->order = order;
}

/* The last subgoal that no other one needs. */
static size_t goal_of(const struct math_plan *p)
{
    for (size_t g = p->n; g-- > 0;) {
        bool needed = false;
        for (size_t i = 0; i < p->n; i++)
            for (size_t k = 0; k < p->subgoals[i].n_deps; k++)
                needed |= p->subgoals[i].deps[k] == g;
        if (!needed)
            return g;
    }
    return p->n - 1;
}

/* ---- the plan as text ---- */

static void add_text(struct math_reading *r)
{
    struct math_plan *p = &r->plan;
    struct str s CLEANUP_STR = {0};
    for (size_t i = 0; i < p->n_givens; i++)
        str_addf(&s, "given: %s = %s (\"%s\")\n", p->givens[i].name, p->givens[i].value,
                 p->givens[i].quote);
    if (*p->unknown)
        str_addf(&s, "unknown: %s%s%s%s%s\n", p->unknown, *p->type ? ", " : "", p->type,
                 *p->unit ? ", in " : "", p->unit);
    for (size_t i = 0; i < p->n; i++) {
        const struct math_subgoal *g = &p->subgoals[i];
        str_addf(&s, "%s%s. %s", i ? "\n" : "", g->id, g->desc);
        for (size_t k = 0; p->from_json && k < g->n_deps; k++)
            str_addf(&s, "%s%s%s", k ? ", " : " (needs ", p->subgoals[g->deps[k]].id,
                     k + 1 == g->n_deps ? ")" : "");
    }
    p->text = arena_strndup(r->arena, str_text(&s), s.len);
    hash_sha256_hex(p->text, s.len, p->hash);
}

static void finish(struct math_reading *r)
{
    r->plan.goal = goal_of(&r->plan);
    sort(r);
    add_text(r);
}

/* ---- from JSON ---- */

static void read_givens(struct math_reading *r, const json_t *list)
{
    size_t n = json_array_size(list);
    struct math_given *givens = arena_alloc(r->arena, n * sizeof *givens);
    if (!json_is_array(list))
        complain(r, "givens is missing");
    for (size_t i = 0; i < n; i++) {
        const json_t *j = json_array_get(list, i);
        double v;
        givens[i] = (struct math_given){word_or_empty(j, "name", r->arena),
                                        word_or_empty(j, "value", r->arena),
                                        word_or_empty(j, "quote", r->arena)};
        if (!math_number(givens[i].value, &v))
            complain(r, "every given needs a value that is a number");
    }
    r->plan.givens = givens;
    r->plan.n_givens = n;
}

static bool read_subgoal(struct math_reading *r, const json_t *j, size_t i)
{
    static const char *const names[] = {"desc", "description", "expr_desc", "subgoal", "step"};
    const char *desc =
        json_is_string(j) ? json_word(j, r->arena) : first_word(j, names, 5, r->arena);
    const char *id = json_word(json_object_get(j, "id"), r->arena);
    if (!desc || !*desc)
        return false;
    if (id && *id == '#')
        id++;
    if (!id || !*id)
        complain(r, "every subgoal needs an id");
    else if (math_plan_find(&r->plan, id, strlen(id)) < i) {
        complain(r, arena_printf(r->arena, "two subgoals have the id %s", id));
        id = NULL;
    }
    r->subgoals[i].id = id && *id ? id : arena_printf(r->arena, "%zu", i + 1);
    r->subgoals[i].desc = desc;
    return true;
}

static const json_t *deps_of(const json_t *j)
{
    static const char *const names[] = {"deps", "dependencies", "depends_on"};
    for (size_t i = 0; i < 3; i++)
        if (json_object_get(j, names[i]))
            return json_object_get(j, names[i]);
    return NULL;
}

static bool from_json(void *ctx, const json_t *root)
{
    struct math_reading *r = ctx;
    const json_t *list = json_is_array(root) ? root : json_object_get(root, "subgoals");
    size_t n = json_array_size(list);
    if (n == 0 || n > MAX_SUBGOALS)
        return false;
    r->subgoals = arena_alloc(r->arena, n * sizeof *r->subgoals);
    r->plan = (struct math_plan){.subgoals = r->subgoals, .from_json = true};
    for (; r->plan.n < n; r->plan.n++) /* so that ids are looked for among those before */
        if (!read_subgoal(r, json_array_get(list, r->plan.n), r->plan.n))
            return false;
    for (size_t i = 0; i < n; i++)
        read_deps(r, i, deps_of(json_array_get(list, i)));
    read_givens(r, json_object_get(root, "givens"));
    r->plan.unknown = word_or_empty(root, "unknown", r->arena);
    r->plan.type = word_or_empty(root, "type", r->arena);
    r->plan.unit = word_or_empty(root, "unit", r->arena);
    if (!*r->plan.unknown)
        complain(r, "unknown is missing");
    finish(r);
    return true;
}

/* ---- from lines ---- */

/* What stands behind "name:" at the start of the line, or NULL. */
static const char *behind_name(const char *line, const char *end, const char *name,
                               struct arena *arena)
{
    size_t n = strlen(name);
    line += strspn(line, " \t*-");
    if (strncasecmp(line, name, n) != 0 || line[n] != ':')
        return NULL;
    line += n + 1;
    line += strspn(line, " \t*");
    return line < end ? arena_strndup(arena, line, (size_t)(end - line)) : "";
}

/* "boxes = 3 ("3 boxes")"; false when it has no value. */
static bool read_given(const char *text, struct math_given *out, struct arena *arena)
{
    const char *sign = strchr(text, '=');
    if (!sign || sign == text)
        return false;
    const char *value = sign + 1 + strspn(sign + 1, " "), *open = strchr(value, '(');
    const char *quote = open ? strpbrk(open, "\"'") : NULL,
               *close = quote ? strrchr(quote, *quote) : NULL;
    double v;
    size_t n_name = (size_t)(sign - text), n_value = open ? (size_t)(open - value) : strlen(value);
    while (n_name > 0 && text[n_name - 1] == ' ')
        n_name--;
    while (n_value > 0 && value[n_value - 1] == ' ')
        n_value--;
    *out = (struct math_given){
        arena_strndup(arena, text, n_name), arena_strndup(arena, value, n_value),
        close && close > quote ? arena_strndup(arena, quote + 1, (size_t)(close - quote - 1)) : ""};
    return math_number(out->value, &v);
}

/* "pencils left, integer, in pencils": the words up to the first of them that says a type or a
 * unit. */
static void read_unknown(struct math_plan *p, const char *text, struct arena *arena)
{
    static const char *const types[] = {"integer", "number"};
    size_t n = strlen(text);
    for (const char *c = text; (c = strchr(c, ',')) != NULL; c++) {
        const char *word = c + 1 + strspn(c + 1, " ");
        bool is_unit = strncmp(word, "in ", 3) == 0, is_type = false;
        for (size_t i = 0; i < 2; i++)
            if (strncmp(word, types[i], strlen(types[i])) == 0) {
                p->type = types[i];
                is_type = true;
            }
        if (is_unit)
            p->unit = arena_strndup(arena, word + 3, strcspn(word + 3, ",."));
        if ((is_unit || is_type) && (size_t)(c - text) < n)
            n = (size_t)(c - text);
    }
    p->unknown = arena_strndup(arena, text, n);
}

/* Lines "given: ..." and "unknown: ...", as add_text writes them. */
static void read_facts(struct math_reading *r, const char *reply)
{
    size_t lines = 1;
    for (const char *p = reply; *p; p++)
        lines += *p == '\n';
    struct math_given *givens = arena_alloc(r->arena, lines * sizeof *givens);
    for (const char *p = reply; p;) {
        const char *end = strchrnul(p, '\n');
        const char *given = behind_name(p, end, "given", r->arena),
                   *unknown = behind_name(p, end, "unknown", r->arena);
        if (given && read_given(given, &givens[r->plan.n_givens], r->arena))
            r->plan.n_givens++;
        if (unknown)
            read_unknown(&r->plan, unknown, r->arena);
        p = *end ? end + 1 : NULL;
    }
    r->plan.givens = givens;
}

/* Lines without references are carried out one after the other, each with the results of all
 * before. */
static void need_all_before(struct math_reading *r)
{
    size_t *before = arena_alloc(r->arena, r->plan.n * sizeof *before); /* shared by all */
    for (size_t i = 0; i < r->plan.n; i++) {
        before[i] = i;
        r->subgoals[i].deps = before;
        r->subgoals[i].n_deps = i;
    }
}

static bool from_lines(struct math_reading *r, const char *reply)
{
    const char **item;
    size_t n = reply_items(reply, &item, r->arena);
    if (n == 0)
        return false;
    if (n > MATH_PLAN_LINES)
        n = MATH_PLAN_LINES;
    r->subgoals = arena_alloc(r->arena, n * sizeof *r->subgoals);
    r->plan =
        (struct math_plan){.subgoals = r->subgoals, .n = n, .unknown = "", .type = "", .unit = ""};
    for (size_t i = 0; i < n; i++)
        r->subgoals[i] =
            (struct math_subgoal){.id = arena_printf(r->arena, "%zu", i + 1), .desc = item[i]};
    if (strchr(reply, '#'))
        for (size_t i = 0; i < n; i++)
            read_deps(r, i, NULL);
    else
        need_all_before(r);
    read_facts(r, reply);
    finish(r);
    return true;
}

bool math_plan_parse(const char *reply, struct math_plan *out, struct arena *arena)
{
    struct math_reading r = {.arena = arena};
    bool alone = true;
    reply = reply_spoken(reply, arena);
    if (!reply_find_json(reply, from_json, &r, &alone) && !from_lines(&r, reply))
        return false;
    r.plan.repaired = !alone;
    *out = r.plan;
    return true;
}

struct math_plan math_plan_whole(const char *problem, struct arena *arena)
{
    struct math_reading r = {.arena = arena};
    r.subgoals = arena_alloc(arena, sizeof *r.subgoals);
    *r.subgoals = (struct math_subgoal){.id = "1", .desc = problem};
    r.plan =
        (struct math_plan){.subgoals = r.subgoals, .n = 1, .unknown = "", .type = "", .unit = ""};
    finish(&r);
    r.plan.text = "";
    return r.plan;
}

/* ---- into the transcript ---- */

static struct transcript_texts dep_ids(const struct math_plan *p, size_t i, struct arena *arena)
{
    const struct math_subgoal *g = &p->subgoals[i];
    const char **ids = arena_alloc(arena, g->n_deps * sizeof *ids);
    for (size_t k = 0; k < g->n_deps; k++)
        ids[k] = p->subgoals[g->deps[k]].id;
    return (struct transcript_texts){ids, g->n_deps};
}

void math_plan_describe(const struct math_plan *p, struct transcript_event *plan,
                        struct arena *arena)
{
    struct transcript_step *subgoals = arena_alloc(arena, p->n * sizeof *subgoals);
    struct transcript_given *givens = arena_alloc(arena, p->n_givens * sizeof *givens);
    for (size_t i = 0; i < p->n; i++)
        subgoals[i] =
            (struct transcript_step){p->subgoals[i].id, p->subgoals[i].desc, dep_ids(p, i, arena)};
    for (size_t i = 0; i < p->n_givens; i++)
        givens[i] =
            (struct transcript_given){p->givens[i].name, p->givens[i].value, p->givens[i].quote};
    plan->kind = EVENT_PLAN;
    plan->plan.hash = arena_strdup(arena, p->hash);
    plan->plan.repaired = p->repaired;
    plan->plan.subgoals = (struct transcript_steps){subgoals, p->n};
    plan->plan.givens = (struct transcript_givens){givens, p->n_givens};
    plan->plan.unknown = p->unknown;
    plan->plan.type = p->type;
    plan->plan.unit = p->unit;
}
