/* See criteria.h. */
#include "experiment/criteria.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/arena.h"
#include "base/decimal.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "experiment/experiment.h"
#include "experiment/metric.h"

struct criteria_reader {
    const struct ytree *t;
    struct experiment *x;
    struct err *err;
};

static int fail(struct criteria_reader *r, const struct ynode *n, const char *what)
{
    return err_input(r->err, "%s:%d: %s", r->t->path, n->line, what);
}

static int read_text(struct criteria_reader *r, const struct ynode *n, const char *what,
                     const char **out)
{
    const char *text = NULL;
    int rc = ynode_string(r->t, n, what, &text, r->err);
    if (rc == 0)
        *out = arena_strdup(r->x->arena, text);
    return rc;
}

bool criterion_parse(const char *text, struct criterion *c)
{
    char quantity[16], relation[3], number[32], rest;
    int got = sscanf(text, " %15[a-z] %2[<>=] %31s %c", quantity, relation, number, &rest);
    bool good = got == 3 && decimal_parse(number, &c->threshold);
    c->ratio = good && str_eq(quantity, "ratio");
    c->at_least = good && relation[0] == '>';
    return good && (c->ratio || str_eq(quantity, "difference")) &&
           (str_eq(relation, ">=") || str_eq(relation, "<="));
}

bool criterion_side_parse(char *text, struct criterion_side *out)
{
    char *at = strrchr(text, '@'), *minus = at ? strchr(at, '-') : NULL;
    if (!at)
        return false;
    *at = '\0';
    if (minus)
        *minus++ = '\0';
    *out = (struct criterion_side){.arm = text, .order = at + 1, .minus = minus};
    return true;
}

/* ---- the keys of one criterion ---- */

static int read_metric(struct criteria_reader *r, const struct ynode *n, struct criterion *c)
{
    struct str known CLEANUP_STR = {0};
    const char *text = NULL;
    int rc = ynode_string(r->t, n, "metric", &text, r->err);
    if (rc < 0)
        return rc;
    const struct metric *m = metric_find(text);
    if (m) {
        c->metric = m->name;
        return 0;
    }
    for (size_t i = 0; i < n_metrics; i++)
        str_addf(&known, "%s%s", i ? ", " : "", metrics[i].name);
    return err_input(r->err, "%s:%d: metric: expected one of %s; found '%s'", r->t->path, n->line,
                     str_text(&known), text);
}

/* Of a curriculum: an arm of the file, and an order or the gain of one order over another. */
static bool is_arm_in_order(const struct experiment *x, const char *name)
{
    struct criterion_side side;
    char *text CLEANUP_FREE = xstrdup(name);
    return criterion_side_parse(text, &side) && experiment_arm(x, side.arm) &&
           curriculum_order_parse(side.order, &(enum curriculum_order){0}, NULL) == 0 &&
           (!side.minus ||
            (curriculum_order_parse(side.minus, &(enum curriculum_order){0}, NULL) == 0 &&
             !str_eq(side.order, side.minus)));
}

static bool is_gain(const char *name)
{
    return strchr(strrchr(name, '@'), '-') != NULL;
}

static int read_arms(struct criteria_reader *r, const struct ynode *n, const char *what,
                     struct criterion *c)
{
    bool of_orders = metric_find(c->metric)->of_orders;
    if (n->kind != YNODE_SEQ || n->n != 2)
        return err_input(r->err, "%s:%d: %s: expected two arms, the one claimed to be better first",
                         r->t->path, n->line, what);
    for (size_t i = 0; i < 2; i++) {
        const char *name = NULL;
        int rc = ynode_string(r->t, n->val[i], "arm", &name, r->err);
        if (rc < 0)
            return rc;
        if (of_orders ? !is_arm_in_order(r->x, name) : !experiment_arm(r->x, name))
            return err_input(
                r->err, "%s:%d: %s: there is no arm '%s'%s", r->t->path, n->val[i]->line, what,
                name,
                of_orders ? " (expected ARM@ORDER, like flat@strict, or ARM@ORDER-ORDER)" : "");
        if (of_orders && i > 0 && is_gain(name) != is_gain(c->arms[0]))
            return err_input(r->err,
                             "%s:%d: %s: expected two orders, or the gain of one over another "
                             "twice; found %s and %s",
                             r->t->path, n->line, what, c->arms[0], name);
        c->arms[i] = of_orders ? arena_strdup(r->x->arena, name) : experiment_arm(r->x, name)->name;
    }
    return 0;
}

static int read_relation(struct criteria_reader *r, const struct ynode *n, struct criterion *c)
{
    int rc = read_text(r, n, "criterion", &c->criterion);
    if (rc == 0 && !criterion_parse(c->criterion, c))
        rc = fail(r, n,
                  "criterion: expected 'difference >= NUMBER' or 'ratio <= NUMBER' (either with >= "
                  "or <=)");
    if (rc == 0 && c->ratio && !(c->threshold > 0))
        rc = fail(r, n, "criterion: a ratio is compared with a number greater than 0");
    return rc;
}

/* "5-6", or 5 */
static int read_steps(struct criteria_reader *r, const struct ynode *n, struct criterion *c)
{
    const char *text = NULL;
    char rest;
    int rc = ynode_string(r->t, n, "steps", &text, r->err);
    if (rc < 0)
        return rc;
    int got = sscanf(text, "%d-%d%c", &c->steps[0], &c->steps[1], &rest);
    if (got == 1 && sscanf(text, "%d%c", &c->steps[0], &rest) == 1)
        c->steps[1] = c->steps[0];
    else if (got != 2)
        return fail(r, n, "steps: expected a number of steps or a range like 5-6");
    if (c->steps[0] < 1 || c->steps[1] < c->steps[0])
        return fail(r, n, "steps: expected a number of steps or a range like 5-6");
    return 0;
}

static int check_criterion(struct criteria_reader *r, const struct ynode *map,
                           const struct criterion *c)
{
    const struct metric *m = metric_find(c->metric);
    const char *quantity = c->ratio ? "ratio" : "difference";
    if (!(m->quantities & (c->ratio ? CRITERION_RATIO : CRITERION_DIFFERENCE)))
        return err_input(r->err, "%s:%d: criterion: metric %s is not judged by a %s", r->t->path,
                         map->line, c->metric, quantity);
    if (metric_is_share(m) && !c->ratio && fabs(c->threshold) >= 1)
        return err_input(r->err,
                         "%s:%d: criterion: found a difference of %g; expected a share between -1 "
                         "and 1 (5 pp is 0.05)",
                         r->t->path, map->line, c->threshold);
    if (m->needs_seconds && !(c->seconds > 0))
        return err_input(r->err, "%s:%d: metric %s needs seconds: more than 0", r->t->path,
                         map->line, c->metric);
    if (!m->needs_seconds && c->seconds > 0)
        return err_input(r->err, "%s:%d: seconds: metric %s has none", r->t->path, map->line,
                         c->metric);
    return 0;
}

/* all_of: [a, b]: names that check_parts looks for once all are known. */
static int read_joint(struct criteria_reader *r, const struct ynode *map, struct criterion *c)
{
    static const char *const keys[] = {"name", "all_of"};
    const struct ynode *list = ynode_get(map, "all_of"), *name = ynode_get(map, "name");
    int rc = ynode_check_keys(r->t, map, "criteria", keys, 2, r->err);
    if (rc == 0 && !name)
        rc = fail(r, map, "criteria: expected name and all_of");
    if (rc == 0)
        rc = read_text(r, name, "name", &c->name);
    if (rc == 0 && (list->kind != YNODE_SEQ || list->n < 2))
        rc = fail(r, list, "all_of: expected the names of two criteria or more");
    if (rc < 0)
        return rc;
    const char **names = arena_alloc(r->x->arena, list->n * sizeof *names);
    for (size_t i = 0; rc == 0 && i < list->n; i++)
        rc = read_text(r, list->val[i], "all_of", &names[i]);
    c->all_of = names;
    c->n_all_of = list->n;
    c->metric = c->criterion = "";
    c->arms[0] = c->arms[1] = "";
    return rc;
}

static const struct criterion *find_part(const struct experiment *x, const char *name)
{
    for (size_t i = 0; i < x->n_criteria; i++)
        if (str_eq(x->criteria[i].name, name))
            return &x->criteria[i];
    return NULL;
}

static int check_parts(struct criteria_reader *r, const struct ynode *list)
{
    for (size_t i = 0; i < r->x->n_criteria; i++) {
        const struct criterion *c = &r->x->criteria[i];
        for (size_t k = 0; k < c->n_all_of; k++) {
            const struct criterion *part = find_part(r->x, c->all_of[k]);
            if (!part || part->all_of)
                return err_input(r->err, "%s:%d: all_of: there is no criterion '%s'%s", r->t->path,
                                 list->line, c->all_of[k],
                                 part ? " that is not made of others itself" : "");
            for (size_t j = 0; j < k; j++)
                if (str_eq(c->all_of[j], c->all_of[k]))
                    return err_input(r->err, "%s:%d: all_of: '%s' is named twice", r->t->path,
                                     list->line, c->all_of[k]);
        }
    }
    return 0;
}

static int read_criterion(struct criteria_reader *r, const struct ynode *map, const char *what,
                          struct criterion *c)
{
    static const char *const keys[] = {"name", "arms", "metric", "criterion", "steps", "seconds"};
    bool listed = !c->name; /* that of `primary:` has its name already */
    int rc = ynode_check_keys(r->t, map, what, keys + !listed, 6 - (size_t)!listed, r->err);
    const struct ynode *arms = ynode_get(map, "arms"), *metric = ynode_get(map, "metric");
    const struct ynode *relation = ynode_get(map, "criterion"), *name = ynode_get(map, "name");
    const struct ynode *steps = ynode_get(map, "steps"), *seconds = ynode_get(map, "seconds");
    if (rc == 0 && (!arms || !metric || !relation || (listed && !name)))
        rc = err_input(r->err, "%s:%d: %s: expected %sarms, metric and criterion", r->t->path,
                       map->line, what, listed ? "name, " : "");
    if (rc == 0 && listed)
        rc = read_text(r, name, "name", &c->name);
    if (rc == 0)
        rc = read_metric(r, metric, c);
    if (rc == 0)
        rc = read_arms(r, arms, what, c);
    if (rc == 0)
        rc = read_relation(r, relation, c);
    if (rc == 0 && steps)
        rc = read_steps(r, steps, c);
    if (rc == 0 && seconds)
        rc = ynode_double(r->t, seconds, "seconds", &c->seconds, r->err);
    return rc < 0 ? rc : check_criterion(r, map, c);
}

static int check_name(struct criteria_reader *r, const struct ynode *map, size_t i)
{
    const struct criterion *c = r->x->criteria;
    for (size_t j = 0; j < i; j++)
        if (str_eq(c[j].name, c[i].name))
            return err_input(r->err, "%s:%d: criteria: there is a criterion '%s' already",
                             r->t->path, map->line, c[i].name);
    return c[i].name[0] ? 0 : fail(r, map, "criteria: a criterion needs a name");
}

int criteria_read(const struct ytree *t, const struct ynode *root, struct experiment *x,
                  struct err *err)
{
    struct criteria_reader r = {t, x, err};
    const struct ynode *primary = ynode_get(root, "primary"), *list = ynode_get(root, "criteria");
    int rc = list ? ynode_expect(t, list, "criteria", YNODE_SEQ, err) : 0;
    if (rc < 0)
        return rc;
    x->criteria = arena_alloc(x->arena, (1 + (list ? list->n : 0)) * sizeof *x->criteria);
    if (primary) {
        x->criteria[0].name = "primary";
        rc = read_criterion(&r, primary, "primary", &x->criteria[x->n_criteria++]);
    }
    for (size_t i = 0; rc == 0 && list && i < list->n; i++) {
        struct criterion *c = &x->criteria[x->n_criteria];
        rc = ynode_get(list->val[i], "all_of") ? read_joint(&r, list->val[i], c)
                                               : read_criterion(&r, list->val[i], "criteria", c);
        if (rc == 0)
            rc = check_name(&r, list->val[i], x->n_criteria++);
    }
    return rc == 0 && list ? check_parts(&r, list) : rc;
}

/* ---- the manifest ---- */

json_t *criteria_json(const struct experiment *x)
{
    json_t *list = json_array();
    for (size_t i = 0; i < x->n_criteria; i++) {
        const struct criterion *c = &x->criteria[i];
        if (c->all_of) {
            json_t *names = json_array();
            for (size_t k = 0; k < c->n_all_of; k++)
                json_array_append_new(names, json_string(c->all_of[k]));
            json_array_append_new(list, json_pack("{s:s, s:o}", "name", c->name, "all_of", names));
            continue;
        }
        json_t *o = json_pack("{s:s, s:[s,s], s:s, s:s}", "name", c->name, "arms", c->arms[0],
                              c->arms[1], "metric", c->metric, "criterion", c->criterion);
        if (c->steps[0])
            json_object_set_new(o, "steps", json_pack("[i, i]", c->steps[0], c->steps[1]));
        if (c->seconds > 0)
            json_object_set_new(o, "seconds", json_real(c->seconds));
        json_array_append_new(list, o);
    }
    return list;
}

/* Do two say the same, whenever they were stated? */
static bool same_claim(const json_t *a, const json_t *b)
{
    static const char *const keys[] = {"name",  "arms",    "metric", "criterion",
                                       "steps", "seconds", "all_of"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        json_t *x = json_object_get(a, keys[i]), *y = json_object_get(b, keys[i]);
        bool numbers = json_is_number(x) && json_is_number(y);
        if (numbers ? json_number_value(x) != json_number_value(y)
                    : (x || y) && !(x && y && json_equal(x, y)))
            return false;
    }
    return true;
}

static const json_t *find_claim(const json_t *list, const json_t *claim)
{
    size_t i;
    json_t *c;
    json_array_foreach (list, i, c)
        if (same_claim(c, claim))
            return c;
    return NULL;
}

bool criteria_same(const json_t *a, const json_t *b)
{
    static const char *const marks[] = {"added", "withdrawn"};
    size_t i;
    json_t *c;
    json_array_foreach (a, i, c) {
        const json_t *twin = find_claim(b, c);
        for (size_t k = 0; twin && k < sizeof marks / sizeof *marks; k++)
            if (!json_object_get(c, marks[k]) != !json_object_get(twin, marks[k]))
                twin = NULL;
        if (!twin)
            return false;
    }
    return json_array_size(a) == json_array_size(b);
}

json_t *criteria_freeze(const json_t *now, const json_t *old, bool played, const char *utc)
{
    json_t *out = json_array(), *c;
    size_t i;
    json_array_foreach (old, i, c) {
        bool stated = find_claim(now, c) != NULL;
        if (!stated && !played)
            continue;
        json_t *kept = json_deep_copy(c);
        if (stated)
            json_object_del(kept, "withdrawn");
        else if (!json_object_get(kept, "withdrawn"))
            json_object_set_new(kept, "withdrawn", json_string(utc));
        json_array_append_new(out, kept);
    }
    json_array_foreach (now, i, c) {
        if (find_claim(old, c))
            continue;
        json_t *fresh = json_deep_copy(c);
        json_object_set_new(fresh, "frozen", json_string(utc));
        if (played)
            json_object_set_new(fresh, "added", json_true());
        json_array_append_new(out, fresh);
    }
    return out;
}
