/* See view.h. A thread of its own looks at what is watched and tells the pages what is new; it
 * rests for fifty times as long as a look took, so that it takes 2 % of a processor at most. */
#include "view/view.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "view/daemon.h"
#include "view/guard.h"
#include "view/routes.h"
#include "view/run_list.h"

struct view {
    struct routes routes;
    struct daemon *daemon;
    char token[GUARD_TOKEN_HEX + 1];
    char *url, *annotator;
    pthread_t watcher;
    bool watching;
    pthread_mutex_t mutex; /* guards the next two */
    pthread_cond_t end;
    bool ending;
};

static const double LOOK_S = 1, PING_S = 15, REST = 50;

/* ---- telling the pages ---- */

static void publish(struct view *v, const char *run, const char *event, json_t *value)
{
    if (!value)
        return;
    char *text CLEANUP_FREE = json_text(value);
    daemon_publish(v->daemon, run, event, text);
    json_decref(value);
}

static void look(struct view *v)
{
    size_t n;
    char **watched = daemon_watched(v->daemon, &n);
    for (size_t i = 0; i < n; i++) {
        struct shelf_record *r = NULL;
        if (!*watched[i]) {
            publish(v, "", "runs", run_list_json(v->routes.shelf));
        } else if (shelf_take(v->routes.shelf, watched[i], &r, NULL) == 0) {
            publish(v, watched[i], "progress", run_list_progress(r, NULL));
            shelf_give(v->routes.shelf, r);
        }
        free(watched[i]);
    }
    free(watched);
}

/* False when the viewer is to end. */
static bool rest(struct view *v, double seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += (time_t)seconds;
    until.tv_nsec += (long)((seconds - (double)(time_t)seconds) * 1e9);
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&v->mutex);
    while (!v->ending && pthread_cond_timedwait(&v->end, &v->mutex, &until) == 0)
        continue;
    bool go_on = !v->ending;
    pthread_mutex_unlock(&v->mutex);
    return go_on;
}

static void *watch(void *ctx)
{
    struct view *v = ctx;
    double took = 0, pinged = clock_seconds();
    while (rest(v, took * REST > LOOK_S ? took * REST : LOOK_S)) {
        double began = clock_seconds();
        look(v);
        took = clock_seconds() - began;
        if (began - pinged > PING_S) { /* finds out who has left */
            daemon_publish(v->daemon, NULL, "ping", "{}");
            pinged = began;
        }
    }
    return NULL;
}

/* ---- opening ---- */

static void answer(void *ctx, const struct view_request *q, struct view_reply *r)
{
    const struct view *v = ctx;
    routes_answer(&v->routes, q, r);
}

int view_open(const struct view_options *o, struct view **out, struct err *err)
{
    struct view *v = xcalloc(1, sizeof *v);
    pthread_mutex_init(&v->mutex, NULL);
    pthread_cond_init(&v->end, NULL);
    v->annotator = xstrdup(o->annotator);
    v->routes = (struct routes){
        .shelf = shelf_new(o->dir), .token = v->token, .annotator = v->annotator, .port = o->port};
    int rc = guard_make_token(v->token) ? 0 : err_env(err, "the system gives no random bytes");
    if (rc == 0)
        rc = daemon_open(&v->routes.port, answer, v, &v->daemon, err);
    if (rc == 0) {
        v->url = xasprintf("http://127.0.0.1:%d/?token=%s", v->routes.port, v->token);
        v->watching = pthread_create(&v->watcher, NULL, watch, v) == 0;
        if (!v->watching)
            rc = err_env(err, "no thread can be started");
    }
    if (rc < 0)
        view_close(v);
    else
        *out = v;
    return rc;
}

const char *view_url(const struct view *v)
{
    return v->url;
}

void view_close(struct view *v)
{
    if (!v)
        return;
    pthread_mutex_lock(&v->mutex);
    v->ending = true;
    pthread_cond_signal(&v->end);
    pthread_mutex_unlock(&v->mutex);
    if (v->watching)
        pthread_join(v->watcher, NULL);
    daemon_close(v->daemon);
    shelf_free(v->routes.shelf);
    pthread_cond_destroy(&v->end);
    pthread_mutex_destroy(&v->mutex);
    free(v->annotator);
    free(v->url);
    free(v);
}
