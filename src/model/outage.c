/* See outage.h. */
#include "model/outage.h"

#include <errno.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/patience.h"

static const double first_pause_s = 0.25, longest_pause_s = 5;

void outage_init(struct outage *o, const char *shown, double limit_s, bool (*alive)(void *user),
                 void *user)
{
    *o = (struct outage){.shown = shown, .limit_s = limit_s, .alive = alive, .user = user};
    pthread_mutex_init(&o->mutex, NULL);
    patience_init(&o->changed);
}

void outage_destroy(struct outage *o)
{
    pthread_mutex_destroy(&o->mutex);
    pthread_cond_destroy(&o->changed);
}

static int say_gone(const struct outage *o, struct err *err)
{
    err_env(err,
            "the model server at %s went away and did not come back within %g s; the same command "
            "continues this run",
            o->shown, o->limit_s);
    if (err)
        err->code = -EHOSTDOWN;
    return -EHOSTDOWN;
}

/* Run by the thread that asks: 0, 1, -EHOSTDOWN or -EINTR, without a message. */
static int find_out(const struct outage *o)
{
    if (o->alive(o->user))
        return 0;
    if (stop_requested())
        return -EINTR;
    double since = clock_seconds(), pause = first_pause_s;
    log_warn("the model server at %s does not answer; waiting up to %g s for it", o->shown,
             o->limit_s);
    while (clock_seconds() - since < o->limit_s) {
        if (!patience_sleep(pause))
            return -EINTR;
        if (o->alive(o->user)) {
            log_warn("the model server at %s answers again after %.0f s; going on", o->shown,
                     clock_seconds() - since);
            return 1;
        }
        pause = pause * 2 < longest_pause_s ? pause * 2 : longest_pause_s;
    }
    return -EHOSTDOWN;
}

/* Under the mutex: until the asking thread knows, 0, 1 or -EINTR. */
static int wait_for_other(struct outage *o)
{
    unsigned before = o->ended;
    while (o->asking && !stop_requested())
        patience_wait(&o->changed, &o->mutex);
    return o->asking ? -EINTR : o->ended != before;
}

int outage_check(struct outage *o, struct err *err)
{
    int rc;
    pthread_mutex_lock(&o->mutex);
    if (!o->gone && o->asking) {
        rc = wait_for_other(o);
    } else if (!o->gone) {
        o->asking = true;
        pthread_mutex_unlock(&o->mutex);
        rc = find_out(o);
        pthread_mutex_lock(&o->mutex);
        o->asking = false;
        o->gone = rc == -EHOSTDOWN;
        o->ended += rc == 1;
        pthread_cond_broadcast(&o->changed);
    } else {
        rc = 0;
    }
    bool gone = o->gone;
    pthread_mutex_unlock(&o->mutex);
    return gone ? say_gone(o, err) : rc == -EINTR ? err_interrupted(err) : rc;
}
