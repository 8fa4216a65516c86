/* The caller raises the round number, every worker runs the function once, the last one signals the
 * caller. */
#include "nn/team.h"
#include <pthread.h>
#include <stdlib.h>
#include "base/mem.h"

struct worker {
    struct nn_team *pool;
    pthread_t thread;
    int index;
};

struct nn_team {
    int started;            /* threads besides the caller */
    struct worker *workers; /* [started] */
    pthread_mutex_t lock;   /* guards what follows */
    pthread_cond_t start, end;
    unsigned round;
    int busy;
    void (*fn)(void *ctx, int worker); /* NULL: exit */
    void *ctx;
};

static void *work(void *arg)
{
    const struct worker *w = arg;
    struct nn_team *p = w->pool;

    for (unsigned seen = 0;;) {
        pthread_mutex_lock(&p->lock);
        while (p->round == seen)
            pthread_cond_wait(&p->start, &p->lock);
        seen = p->round;
        pthread_mutex_unlock(&p->lock);
        if (!p->fn)
            return NULL;
        p->fn(p->ctx, w->index);
        pthread_mutex_lock(&p->lock);
        if (--p->busy == 0)
            pthread_cond_signal(&p->end);
        pthread_mutex_unlock(&p->lock);
    }
}

static void begin_round(struct nn_team *p, void (*fn)(void *ctx, int worker), void *ctx)
{
    pthread_mutex_lock(&p->lock);
    p->fn = fn;
    p->ctx = ctx;
    p->busy = p->started;
    p->round++;
    pthread_cond_broadcast(&p->start);
    pthread_mutex_unlock(&p->lock);
}

struct nn_team *nn_team_new(int threads)
{
    struct nn_team *p = xcalloc(1, sizeof *p);

    p->workers = xcalloc((size_t)threads, sizeof *p->workers);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->start, NULL);
    pthread_cond_init(&p->end, NULL);
    for (; p->started < threads - 1; p->started++) {
        struct worker *w = &p->workers[p->started];
        *w = (struct worker){.pool = p, .index = p->started + 1};
        if (pthread_create(&w->thread, NULL, work, w) != 0) {
            nn_team_free(p);
            return NULL;
        }
    }
    return p;
}

void nn_team_free(struct nn_team *p)
{
    if (!p)
        return;
    begin_round(p, NULL, NULL);
    for (int i = 0; i < p->started; i++)
        pthread_join(p->workers[i].thread, NULL);
    pthread_cond_destroy(&p->end);
    pthread_cond_destroy(&p->start);
    pthread_mutex_destroy(&p->lock);
    free(p->workers);
    free(p);
}

void nn_team_run(struct nn_team *p, void (*fn)(void *ctx, int worker), void *ctx)
{
    begin_round(p, fn, ctx);
    fn(ctx, 0);
    pthread_mutex_lock(&p->lock);
    while (p->busy > 0)
        pthread_cond_wait(&p->end, &p->lock);
    pthread_mutex_unlock(&p->lock);
}
