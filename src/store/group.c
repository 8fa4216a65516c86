/* Writes that happen together are made durable together. A commit costs several times what its
 * statements cost, so when hundreds of episodes share a record, whoever begins a transaction lets
 * those come along who are about to write, then commits for all. Nobody is told that something is
 * written before it is; who writes alone waits for no one. */
#include <sched.h>
#include <stdlib.h>
#include "base/mem.h"
#include "store/db.h"

struct db_group {
    size_t members; /* threads that hold it */
    bool over;
    struct err err; /* code < 0: nothing of it was written */
};

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
    g->over = true;
    s->group = NULL;
    pthread_cond_broadcast(&s->group_over);
}

int db_join(struct store *s, struct db_group **out, struct err *err)
{
    int rc = s->group ? 0 : db_exec(s, "BEGIN IMMEDIATE", err);
    if (rc < 0)
        return rc;
    if (!s->group)
        s->group = xcalloc(1, sizeof *s->group);
    *out = s->group;
    s->group->members++;
    return 0;
}

/* The first of a group gives way once to those that are ready to run. */
static void lead(struct store *s, struct db_group *g)
{
    db_unlock(&s);
    sched_yield();
    db_lock(s);
    if (!g->over)
        end_group(s, 0, NULL);
}

static void follow(struct store *s, const struct db_group *g)
{
    s->depth--;
    while (!g->over)
        pthread_cond_wait(&s->group_over, &s->mutex);
    s->depth++;
}

int db_leave(struct store *s, struct db_group *g, int rc, struct err *err)
{
    if (!g)
        return rc;
    struct err why = err ? *err : (struct err){.code = rc};
    if (rc < 0 || s->depth > 1) /* inside a reading the lock cannot be given away */
        end_group(s, rc, &why);
    else if (g->members == 1)
        lead(s, g);
    else
        follow(s, g);
    rc = g->err.code;
    if (rc < 0 && err)
        *err = g->err;
    if (--g->members == 0)
        free(g);
    return rc;
}
