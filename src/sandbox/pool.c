/* A mutex, a condition and a stack of free slots. */
#include "sandbox/pool.h"
#include "base/cores.h"
#include "base/err.h"
#include "base/mem.h"
#include <pthread.h>
#include <stdlib.h>

struct pool_slot {
    struct box *boxes[2][2]; /* [checker][numeric] */
    unsigned number;
    bool weak;
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t freed;
    struct pool_slot *slots; /* [n] */
    struct pool_slot **free; /* [n_free], the most recently used on top: its pages are warm */
    int n, n_free;
    struct box_hello hello;
};

int pool_open(int slots, bool weak, struct pool **out, struct err *err)
{
    struct pool *p = xcalloc(1, sizeof *p);
    struct box *first;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->freed, NULL);
    p->n = slots > 0 ? slots : cores_allowed();
    p->slots = xcalloc((size_t)p->n, sizeof *p->slots);
    p->free = xcalloc((size_t)p->n, sizeof(struct pool_slot *));
    for (int i = 0; i < p->n; i++) {
        p->slots[i] = (struct pool_slot){.number = (unsigned)i, .weak = weak};
        p->free[p->n - 1 - i] = &p->slots[i];
    }
    p->n_free = p->n;
    int rc = pool_box(&p->slots[0], false, false, &first, err);
    if (rc < 0) {
        pool_close(p);
        return rc;
    }
    p->hello = *box_hello(first);
    *out = p;
    return 0;
}

void pool_close(struct pool *p)
{
    if (!p)
        return;
    for (int i = 0; i < p->n; i++)
        for (int kind = 0; kind < 4; kind++)
            box_close(p->slots[i].boxes[kind / 2][kind % 2]);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->freed);
    free(p->slots);
    free(p->free);
    free(p);
}

int pool_slots(const struct pool *p)
{
    return p->n;
}

const struct box_hello *pool_hello(const struct pool *p)
{
    return &p->hello;
}

struct pool_slot *pool_take(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    while (p->n_free == 0)
        pthread_cond_wait(&p->freed, &p->lock);
    struct pool_slot *s = p->free[--p->n_free];
    pthread_mutex_unlock(&p->lock);
    return s;
}

void pool_give(struct pool *p, struct pool_slot *s)
{
    pthread_mutex_lock(&p->lock);
    p->free[p->n_free++] = s;
    pthread_cond_signal(&p->freed);
    pthread_mutex_unlock(&p->lock);
}

int pool_box(struct pool_slot *s, bool checker, bool numeric, struct box **out, struct err *err)
{
    struct box **place = &s->boxes[checker][numeric];
    if (!*place) {
        struct box_config cfg = {.checker = checker,
                                 .numeric = numeric,
                                 .weak = s->weak,
                                 .slot = s->number * 4 + checker * 2u + numeric};
        int rc = box_open(&cfg, place, err);
        if (rc < 0)
            return rc;
    }
    *out = *place;
    return 0;
}

void pool_drop(struct pool_slot *s, bool checker, bool numeric)
{
    box_close(s->boxes[checker][numeric]);
    s->boxes[checker][numeric] = NULL;
}
