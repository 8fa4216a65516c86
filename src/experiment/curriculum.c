/* See curriculum.h. */
#include "experiment/curriculum.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "experiment/experiment.h"
#include "experiment/plan.h"

const char *const curriculum_learner_names[] = {"native", "icl", "lora"};

/* ---- arms and cells ---- */

static bool asks_supervisor(const struct arm *arm)
{
    return str_eq(arm->controller, "hrm") && arm->planner;
}

void curriculum_expand(struct experiment *x)
{
    const struct curriculum *c = x->curriculum;
    struct arm *arms = arena_alloc(x->arena, c->n_base * c->n_orders * c->n_sizes * sizeof *arms);
    x->arms = arms;
    x->n_arms = 0;
    for (size_t b = 0; b < c->n_base; b++) {
        if (c->learner == LEARNER_LORA && !c->adapts_all && !asks_supervisor(&c->base[b]))
            continue; /* this arm does not ask the adapted role */
        for (size_t s = 0; s < c->n_sizes; s++)
            for (size_t o = 0; o < c->n_orders; o++) {
                arms[x->n_arms] = c->base[b];
                arms[x->n_arms++].name =
                    arena_printf(x->arena, "%s@%s:%d", c->base[b].name,
                                 curriculum_order_names[c->orders[o]], c->sizes[s]);
            }
    }
}

bool curriculum_cell_of(const struct curriculum *c, const char *arm, int sample,
                        struct curriculum_cell *out)
{
    const char *at = strrchr(arm, '@'), *colon = at ? strchr(at, ':') : NULL;
    if (!c || !colon)
        return false;
    char *order CLEANUP_FREE = xstrndup(at + 1, (size_t)(colon - at - 1));
    *out = (struct curriculum_cell){.n = atoi(colon + 1), .seed = sample};
    return curriculum_order_parse(order, &out->order, NULL) == 0;
}

bool curriculum_is_arm_of(const struct experiment *x, size_t i, const char *name)
{
    const char *at = strrchr(x->arms[i].name, '@');
    return x->curriculum && at && strlen(name) == (size_t)(at - x->arms[i].name) &&
           strncmp(name, x->arms[i].name, strlen(name)) == 0;
}

struct curriculum_set curriculum_set_of(const struct experiment *x,
                                        const struct curriculum_cell *cell)
{
    const struct curriculum *c = x->curriculum;
    return (struct curriculum_set){.seed = seed_derive(x->seed, "curriculum/data/%d", cell->seed),
                                   .n = (size_t)cell->n,
                                   .steps_min = c->steps_min,
                                   .steps_max = c->steps_max,
                                   .replay = c->replay,
                                   .finish = c->finish,
                                   .plain = str_eq(c->text, "plain")};
}

char *curriculum_cell_name(const struct curriculum_cell *cell)
{
    return xasprintf("%s-%d-s%d", curriculum_order_names[cell->order], cell->n, cell->seed);
}

size_t curriculum_cell_number(const struct curriculum *c, const struct curriculum_cell *cell)
{
    size_t size = 0, order = 0;
    while (size < c->n_sizes && c->sizes[size] != cell->n)
        size++;
    while (order < c->n_orders && c->orders[order] != cell->order)
        order++;
    return ((size_t)cell->seed * c->n_sizes + size) * c->n_orders + order;
}

/* ---- the plan ---- */

/* Of an item of the plan. */
struct place {
    struct curriculum_cell cell;
    size_t item;
};

static int by_cell(const void *a, const void *b)
{
    const struct place *p = a, *q = b;
    if (p->cell.seed != q->cell.seed)
        return p->cell.seed < q->cell.seed ? -1 : 1;
    if (p->cell.n != q->cell.n)
        return p->cell.n < q->cell.n ? -1 : 1;
    if (p->cell.order != q->cell.order)
        return p->cell.order < q->cell.order ? -1 : 1;
    return p->item < q->item ? -1 : p->item > q->item;
}

void curriculum_sort(const struct experiment *x, struct plan *p)
{
    struct place *places CLEANUP_FREE = xcalloc(p->n + 1, sizeof *places);
    struct plan sorted = {.items = xcalloc(p->n + 1, sizeof *p->items),
                          .arms = xcalloc(p->n + 1, sizeof *p->arms),
                          .tasks = xcalloc(p->n + 1, sizeof *p->tasks),
                          .n = p->n,
                          .n_tasks = p->n_tasks};
    for (size_t i = 0; i < p->n; i++) {
        places[i].item = i;
        curriculum_cell_of(x->curriculum, p->items[i].arm, p->items[i].sample, &places[i].cell);
    }
    qsort(places, p->n, sizeof *places, by_cell);
    for (size_t i = 0; i < p->n; i++) {
        sorted.items[i] = p->items[places[i].item];
        sorted.arms[i] = p->arms[places[i].item];
        sorted.tasks[i] = p->tasks[places[i].item];
    }
    plan_free(p);
    *p = sorted;
}

/* ---- into the manifest ---- */

json_t *curriculum_json(const struct curriculum *c, bool all)
{
    json_t *o = json_pack("{s:s, s:s, s:[i, i], s:f, s:f}", "text", c->text, "learner",
                          curriculum_learner_names[c->learner], "steps", c->steps_min, c->steps_max,
                          "replay", c->replay, "finish", c->finish);
    if (c->learner == LEARNER_LORA)
        json_object_set_new(o, "adapts", json_string(c->adapts_all ? "all" : "supervisor"));
    if (c->learner == LEARNER_NATIVE) {
        json_object_set_new(o, "size", json_string(c->size));
        json_object_set_new(o, "schedule", json_string(c->schedule));
        json_object_set_new(o, "loss", json_string(c->loss));
        json_object_set_new(o, "warmup", json_real(c->warmup));
    }
    if (!all)
        return o;
    json_t *orders = json_array(), *sizes = json_array(), *arms = json_array();
    for (size_t i = 0; i < c->n_orders; i++)
        json_array_append_new(orders, json_string(curriculum_order_names[c->orders[i]]));
    for (size_t i = 0; i < c->n_sizes; i++)
        json_array_append_new(sizes, json_integer(c->sizes[i]));
    for (size_t i = 0; i < c->n_base; i++)
        json_array_append_new(arms, json_string(c->base[i].name));
    json_object_set_new(o, "orders", orders);
    json_object_set_new(o, "n", sizes);
    json_object_set_new(o, "arms", arms);
    json_object_set_new(o, "tests", json_integer(c->tests));
    json_object_set_new(o, "same_tests", json_boolean(c->same_tests));
    json_object_set_new(o, "threshold", json_real(c->threshold));
    return o;
}
