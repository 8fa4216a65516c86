/* Writes that happen together are made durable together. A commit costs several times what its
 * statements cost, so when hundreds of episodes share a record, whoever begins a transaction lets
 * those come along who are about to write, then commits for all. Nobody is told that something is
 * written before it is; who writes alone waits for no one. */
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "base/mem.h"
#include "store/db.h"

struct db_group {
    atomic_int members; /* that hold it; fixed once it has ended */
    bool ended;         /* under the store's lock */
    sem_t over;         /* posted for each member */
    struct err err;     /* code < 0: nothing of it was written */
};

int db_begin(struct store *s, struct db_group **out, struct err *err)
{
    db_lock(s);
    *out = NULL;
    int rc = s->group ? 0 : db_exec(s, "BEGIN IMMEDIATE", err);
    if (rc < 0)
        return rc;
    if (!s->group) {
        s->group = xcalloc(1, sizeof *s->group);
        sem_init(&s->group->over, 0, 0);
    }
    *out = s->group;
    atomic_fetch_add(&s->group->members, 1);
    return 0;
}

/* Ends the open transaction: commits when rc is 0, else takes back what all its members did. */
static void end_group(struct store *s, int rc, const struct err *why)
{
    struct db_group *g = s->group;
    if (rc < 0)
        g->err = *why;
    else
        rc = db_exec(s, "COMMIT", &g->err);
    if (rc < 0)
        db_exec(s, "ROLLBACK", NULL); /* SQLite may have done so itself */
    g->ended = true;
    s->group = NULL;
}

static void tell_members(struct db_group *g)
{
    for (int n = atomic_load(&g->members); n > 0; n--)
        sem_post(&g->over);
}

/* Gives way once to those that are ready to run, then commits for who came along. */
static void lead(struct store *s, struct db_group *g)
{
    sched_yield();
    db_lock(s);
    bool mine = !g->ended;
    if (mine)
        end_group(s, 0, NULL);
    db_unlock(&s);
    if (mine)
        tell_members(g);
}

static int wait_until_over(struct db_group *g, struct err *err)
{
    while (sem_wait(&g->over) != 0) /* a signal came */
        continue;
    int rc = g->err.code;
    if (rc < 0 && err)
        *err = g->err;
    if (atomic_fetch_sub(&g->members, 1) == 1) {
        sem_destroy(&g->over);
        free(g);
    }
    return rc;
}

int db_end(struct store *s, struct db_group *g, int rc, struct err *err)
{
    struct err why = err ? *err : (struct err){.code = rc};
    bool nested = s->depth > 1; /* inside a reading, which keeps the lock */
    bool now = g && (rc < 0 || nested), leads = g && !now && atomic_load(&g->members) == 1;
    if (now)
        end_group(s, rc, &why);
    db_unlock(&s);
    if (now)
        tell_members(g);
    if (leads)
        lead(s, g);
    return g ? wait_until_over(g, err) : rc;
}
