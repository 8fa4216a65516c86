/* Writes that come together are made durable together. A commit costs several times what its
 * statements cost, and a lock with hundreds of threads at its door costs more than either: so a
 * write is handed in, and of all that are, one thread plays them in one transaction. Nobody is told
 * that something is written before it is; who writes alone waits for no one. */
#include <sched.h>
#include <semaphore.h>
#include "store/db.h"

struct db_write {
    db_write_fn *run;
    const void *arg;
    int rc;
    struct err err;
    bool leads; /* its thread is to play what is handed in, this among it */
    sem_t turn; /* posted when it was played, or is to lead */
    struct db_write *next;
};

/* One transaction of a list: all of it or nothing. */
static int transact(struct store *s, const struct db_write *list, struct err *err)
{
    int rc = db_run(s, s->stmt[DB_BEGIN], err);
    if (rc < 0)
        return rc;
    for (const struct db_write *w = list; rc == 0 && w; w = w->next)
        rc = w->run(s, w->arg, err);
    if (rc == 0)
        rc = db_run(s, s->stmt[DB_COMMIT], err);
    if (rc < 0)
        db_exec(s, "ROLLBACK", NULL); /* SQLite may have done so itself */
    return rc;
}

/* No write pays for the fault of another: when they fail together, each is tried alone. */
static void play(struct store *s, struct db_write *list)
{
    DB_LOCKED(s);
    struct err err = {0};
    bool alone = !list->next || transact(s, list, &err) < 0;
    for (struct db_write *w = list, *next; alone && w; w = next) {
        next = w->next;
        w->next = NULL;
        w->rc = transact(s, w, &w->err);
        w->next = next;
    }
}

/* ---- who plays ---- */

/* True when nobody leads yet, so that we do. */
static bool hand_in(struct store *s, struct db_write *w)
{
    pthread_mutex_lock(&s->handing_in);
    *s->handed_in_end = w;
    s->handed_in_end = &w->next;
    bool first = w->leads = !s->led;
    s->led = true;
    pthread_mutex_unlock(&s->handing_in);
    return first; /* w->leads may have changed: whoever led may have passed on to us */
}

static struct db_write *take_all(struct store *s)
{
    pthread_mutex_lock(&s->handing_in);
    struct db_write *list = s->handed_in;
    s->handed_in = NULL;
    s->handed_in_end = &s->handed_in;
    pthread_mutex_unlock(&s->handing_in);
    return list;
}

/* The first of those that came in the meantime leads next. */
static void pass_on(struct store *s)
{
    pthread_mutex_lock(&s->handing_in);
    struct db_write *next = s->handed_in;
    s->led = next != NULL;
    if (next)
        next->leads = true;
    pthread_mutex_unlock(&s->handing_in);
    if (next)
        sem_post(&next->turn);
}

static void lead(struct store *s, const struct db_write *own)
{
    struct db_write *list = take_all(s);
    play(s, list);
    pass_on(s);
    for (struct db_write *w = list, *next; w; w = next) {
        next = w->next; /* w is gone once its thread knows */
        if (w != own)
            sem_post(&w->turn);
    }
}

/* db_lock counts how many stores' locks a thread holds. */
_Thread_local int db_held;

int db_write(struct store *s, db_write_fn *run, const void *arg, struct err *err)
{
    struct db_write w = {.run = run, .arg = arg};
    if (db_held > 0) { /* inside a reading: the thread that leads may wait for the lock we hold */
        play(s, &w);
    } else {
        sem_init(&w.turn, 0, 0);
        if (hand_in(s, &w))
            sched_yield(); /* who is ready to run may come along */
        else
            while (sem_wait(&w.turn) != 0) /* a signal came */
                continue;
        if (w.leads)
            lead(s, &w);
        sem_destroy(&w.turn);
    }
    if (w.rc < 0 && err)
        *err = w.err;
    return w.rc;
}
