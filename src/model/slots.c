/* See slots.h. */
#include "model/slots.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/patience.h"

struct waiter {
    pthread_cond_t ready;
    bool served;
    struct http *given;
    struct waiter *next;
};

struct slots {
    pthread_mutex_t mutex;
    /* [n] a stack: the connection used last is the likeliest to be alive; NULL = not made yet */
    struct http **free;
    int n_free, n;
    struct http_options options;
    char *key_line;
    struct waiter *first, **last;
};

struct slots *slots_new(int n, const struct http_options *o)
{
    struct slots *s = xcalloc(1, sizeof *s);
    pthread_mutex_init(&s->mutex, NULL);
    s->n = s->n_free = n < 1 ? 1 : n;
    s->free = xcalloc((size_t)s->n, sizeof(struct http *));
    s->options = *o;
    s->options.key_line = s->key_line = o->key_line ? xstrdup(o->key_line) : NULL;
    s->last = &s->first;
    return s;
}

void slots_free(struct slots *s)
{
    if (!s)
        return;
    for (int i = 0; i < s->n_free; i++)
        http_free(s->free[i]);
    pthread_mutex_destroy(&s->mutex);
    free(s->free);
    free(s->key_line);
    free(s);
}

int slots_count(const struct slots *s)
{
    return s->n;
}

static void leave_queue(struct slots *s, struct waiter *w)
{
    struct waiter **at = &s->first;
    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    if (s->last == &w->next)
        s->last = at;
}

/* Under the mutex: waits until someone hands a connection over; false when a stop is requested. */
static bool wait_turn(struct slots *s, struct http **given)
{
    struct waiter w = {0};
    patience_init(&w.ready);
    *s->last = &w;
    s->last = &w.next;
    while (!w.served && !stop_requested())
        patience_wait(&w.ready, &s->mutex);
    if (!w.served)
        leave_queue(s, &w);
    pthread_cond_destroy(&w.ready);
    *given = w.given;
    return w.served;
}

struct http *slots_take(struct slots *s, double *queue_s)
{
    struct http *h = NULL;
    bool mine = true;
    pthread_mutex_lock(&s->mutex);
    if (s->n_free > 0) {
        h = s->free[--s->n_free];
    } else {
        double began = clock_seconds();
        mine = wait_turn(s, &h);
        *queue_s += clock_seconds() - began;
    }
    pthread_mutex_unlock(&s->mutex);
    return mine && !h ? http_new(&s->options) : h;
}

void slots_give(struct slots *s, struct http *h)
{
    pthread_mutex_lock(&s->mutex);
    struct waiter *w = s->first;
    if (w) {
        s->first = w->next;
        if (!s->first)
            s->last = &s->first;
        w->given = h;
        w->served = true;
        pthread_cond_signal(&w->ready);
    } else {
        s->free[s->n_free++] = h;
    }
    pthread_mutex_unlock(&s->mutex);
}
