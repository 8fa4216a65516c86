/* Writes are played by a thread of the record's own, in the order in which they were handed in, and
 * those that came meanwhile together in one transaction: a commit costs several times what its
 * statements cost, and a lock with hundreds of threads at its door costs more than either.
 *
 * Some writes are waited for: nobody is told that such a one is written before it is. What an
 * episode notes on its way is not, as its next call need not wait for a commit. Since the order is
 * kept, a record cut short at any moment holds the beginning of what every episode did; for the
 * same reason nothing is written any more after such a note has failed. */
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include "base/mem.h"
#include "store/db.h"

struct db_write {
    db_write_fn *run;
    const void *arg;
    void *owned;      /* a note's arg, freed once it is played */
    sem_t *played;    /* posted then; NULL: a note, nobody waits */
    struct err fault; /* code < 0: it was not written */
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

static void play_alone(struct store *s, struct db_write *w)
{
    struct db_write *next = w->next;
    w->next = NULL;
    if (atomic_load(&s->torn)) {
        w->fault = s->tear;
    } else if (transact(s, w, &w->fault) < 0 && !w->played) {
        s->tear = w->fault;
        atomic_store(&s->torn, true);
    }
    w->next = next;
}

/* No write pays for the fault of another: when they fail together, each is tried alone. */
static void play(struct store *s, struct db_write *list)
{
    pthread_mutex_lock(&s->mutex);
    bool alone = atomic_load(&s->torn) || !list->next || transact(s, list, NULL) < 0;
    for (struct db_write *w = list; alone && w; w = w->next)
        play_alone(s, w);
    pthread_mutex_unlock(&s->mutex);
}

/* ---- the thread that plays ---- */

static struct db_write *take_all(struct store *s)
{
    pthread_mutex_lock(&s->handing_in);
    s->idle = true;
    while (!s->handed_in && !s->closing)
        pthread_cond_wait(&s->something, &s->handing_in);
    struct db_write *list = s->handed_in;
    s->handed_in = NULL;
    s->handed_in_end = &s->handed_in;
    s->idle = false;
    pthread_mutex_unlock(&s->handing_in);
    return list;
}

static void *play_all(void *store)
{
    struct store *s = store;
    for (struct db_write *list; (list = take_all(s));) {
        play(s, list);
        for (struct db_write *w = list, *next; w; w = next) {
            next = w->next; /* what was waited for is gone once its thread knows */
            if (w->played) {
                sem_post(w->played);
            } else {
                free(w->owned);
                free(w);
            }
        }
    }
    return NULL;
}

int db_writer_start(struct store *s, struct err *err)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for other threads */
    int failed = pthread_create(&s->writer, NULL, play_all, s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    s->has_writer = !failed;
    return failed ? err_errno(err, failed, "cannot start a thread") : 0;
}

void db_writer_stop(struct store *s)
{
    if (!s->has_writer)
        return;
    pthread_mutex_lock(&s->handing_in);
    s->closing = true;
    pthread_cond_signal(&s->something);
    pthread_mutex_unlock(&s->handing_in);
    pthread_join(s->writer, NULL);
    s->has_writer = false;
}

/* ---- handing in ---- */

_Thread_local const char db_self;

static void hand_in(struct store *s, struct db_write *w)
{
    pthread_mutex_lock(&s->handing_in);
    bool wake = s->idle && !s->handed_in;
    *s->handed_in_end = w;
    s->handed_in_end = &w->next;
    pthread_mutex_unlock(&s->handing_in);
    if (wake)
        pthread_cond_signal(&s->something);
}

static int told(const struct err *fault, struct err *err)
{
    if (fault->code && err)
        *err = *fault;
    return fault->code;
}

int db_write(struct store *s, db_write_fn *run, const void *arg, struct err *err)
{
    sem_t played;
    struct db_write w = {.run = run, .arg = arg, .played = &played};
    if (db_is_reading(s) || !s->has_writer) { /* the writer may wait for the lock we hold */
        play(s, &w);
    } else {
        sem_init(&played, 0, 0);
        hand_in(s, &w);
        while (sem_wait(&played) != 0) /* a signal came */
            continue;
        sem_destroy(&played);
    }
    return told(&w.fault, err);
}

int db_note(struct store *s, db_write_fn *run, void *arg, struct err *err)
{
    if (atomic_load(&s->torn) || !s->has_writer) {
        int rc = atomic_load(&s->torn) ? told(&s->tear, err) : db_write(s, run, arg, err);
        free(arg);
        return rc;
    }
    struct db_write *w = xmalloc(sizeof *w);
    *w = (struct db_write){.run = run, .arg = arg, .owned = arg};
    hand_in(s, w);
    return 0;
}

static int nothing(struct store *s, const void *arg, struct err *err)
{
    (void)s, (void)arg, (void)err;
    return 0;
}

void db_settle(struct store *s)
{
    pthread_mutex_lock(&s->handing_in);
    bool settled = s->idle && !s->handed_in;
    pthread_mutex_unlock(&s->handing_in);
    if (!settled)
        db_write(s, nothing, NULL, NULL);
}
