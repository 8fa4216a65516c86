/* Threads put their writes into a queue, and one writer thread commits them in order. It takes the
 * whole queue at a time and commits it in one transaction, because a commit costs several times as
 * much as its statements, and hundreds of threads competing for the lock would cost even more.
 *
 * db_write waits for its commit. db_queue_write does not: an episode need not wait until a call is
 * committed before it makes the next one. The order is kept, so after kill -9 the record holds a
 * prefix of what each episode did. For the same reason every later write fails once a queued write
 * has failed. */
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include "base/mem.h"
#include "store/db.h"

struct db_write {
    db_write_fn *run;
    const void *arg;
    void *owned;      /* arg of a queued write, freed after its commit */
    sem_t *done;      /* posted after the commit; NULL: nobody waits */
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

static void commit_one(struct store *s, struct db_write *w)
{
    struct db_write *next = w->next;
    w->next = NULL;
    if (atomic_load(&s->write_failed)) {
        w->fault = s->write_fault;
    } else if (transact(s, w, &w->fault) < 0 && !w->done) {
        s->write_fault = w->fault;
        atomic_store(&s->write_failed, true);
    }
    w->next = next;
}

/* If the batch fails, each write is tried alone, so that no write fails because of another. */
static void commit_batch(struct store *s, struct db_write *list)
{
    pthread_mutex_lock(&s->mutex);
    bool alone = atomic_load(&s->write_failed) || !list->next || transact(s, list, NULL) < 0;
    for (struct db_write *w = list; alone && w; w = w->next)
        commit_one(s, w);
    pthread_mutex_unlock(&s->mutex);
}

/* ---- the writer thread ---- */

static struct db_write *take_queue(struct store *s)
{
    pthread_mutex_lock(&s->queue_mutex);
    s->idle = true;
    while (!s->queue && !s->closing)
        pthread_cond_wait(&s->queue_changed, &s->queue_mutex);
    struct db_write *list = s->queue;
    s->queue = NULL;
    s->queue_end = &s->queue;
    s->idle = false;
    pthread_mutex_unlock(&s->queue_mutex);
    return list;
}

static void *write_queue(void *store)
{
    struct store *s = store;
    for (struct db_write *list; (list = take_queue(s));) {
        commit_batch(s, list);
        for (struct db_write *w = list, *next; w; w = next) {
            next = w->next; /* w is on the stack of its thread and gone after sem_post */
            if (w->done) {
                sem_post(w->done);
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
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are handled by other threads */
    int failed = pthread_create(&s->writer, NULL, write_queue, s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    s->has_writer = !failed;
    return failed ? err_errno(err, failed, "cannot start a thread") : 0;
}

void db_writer_stop(struct store *s)
{
    if (!s->has_writer)
        return;
    pthread_mutex_lock(&s->queue_mutex);
    s->closing = true;
    pthread_cond_signal(&s->queue_changed);
    pthread_mutex_unlock(&s->queue_mutex);
    pthread_join(s->writer, NULL);
    s->has_writer = false;
}

/* ---- the queue ---- */

_Thread_local const char db_self;

static void enqueue(struct store *s, struct db_write *w)
{
    pthread_mutex_lock(&s->queue_mutex);
    bool wake = s->idle && !s->queue;
    *s->queue_end = w;
    s->queue_end = &w->next;
    pthread_mutex_unlock(&s->queue_mutex);
    if (wake)
        pthread_cond_signal(&s->queue_changed);
}

static int hand_on(const struct err *fault, struct err *err)
{
    if (fault->code && err)
        *err = *fault;
    return fault->code;
}

int db_write(struct store *s, db_write_fn *run, const void *arg, struct err *err)
{
    sem_t done;
    struct db_write w = {.run = run, .arg = arg, .done = &done};
    if (db_is_reading(s) || !s->has_writer) { /* the writer may wait for the lock we hold */
        commit_batch(s, &w);
    } else {
        sem_init(&done, 0, 0);
        enqueue(s, &w);
        while (sem_wait(&done) != 0) /* a signal came */
            continue;
        sem_destroy(&done);
    }
    return hand_on(&w.fault, err);
}

int db_queue_write(struct store *s, db_write_fn *run, void *arg, struct err *err)
{
    if (atomic_load(&s->write_failed) || !s->has_writer) {
        int rc = atomic_load(&s->write_failed) ? hand_on(&s->write_fault, err)
                                               : db_write(s, run, arg, err);
        free(arg);
        return rc;
    }
    struct db_write *w = xmalloc(sizeof *w);
    *w = (struct db_write){.run = run, .arg = arg, .owned = arg};
    enqueue(s, w);
    return 0;
}

static int no_write(struct store *s, const void *arg, struct err *err)
{
    (void)s, (void)arg, (void)err;
    return 0;
}

void db_flush(struct store *s)
{
    pthread_mutex_lock(&s->queue_mutex);
    bool settled = s->idle && !s->queue;
    pthread_mutex_unlock(&s->queue_mutex);
    if (!settled)
        db_write(s, no_write, NULL, NULL);
}
