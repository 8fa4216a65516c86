/* See feed.h. */
#include "view/feed.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include "base/mem.h"
#include "base/str.h"

enum { SENT_MAX = 4, PENDING_MAX = 4 << 20 };

/* The last message of one name. */
struct sent {
    const char *event;
    char *data;
};

struct feed {
    struct feeds *all;
    struct feed *next;
    struct MHD_Connection *connection;
    char *run;
    struct str pending;
    struct sent sent[SENT_MAX];
    size_t n_sent;
    bool suspended;
};

struct feeds {
    pthread_mutex_t mutex;
    struct feed *first;
    bool ending;
};

struct feeds *feeds_new(void)
{
    struct feeds *f = xcalloc(1, sizeof *f);
    pthread_mutex_init(&f->mutex, NULL);
    return f;
}

void feeds_free(struct feeds *f)
{
    pthread_mutex_destroy(&f->mutex);
    free(f);
}

/* ---- one stream, called by the server ---- */

static ssize_t feed_read(void *ctx, uint64_t pos, char *buf, size_t max)
{
    struct feed *feed = ctx;
    (void)pos;
    pthread_mutex_lock(&feed->all->mutex);
    size_t n = feed->pending.len < max ? feed->pending.len : max;
    ssize_t rc = (ssize_t)n;
    if (n > 0) {
        memcpy(buf, feed->pending.p, n);
        memmove(feed->pending.p, feed->pending.p + n, feed->pending.len - n + 1);
        feed->pending.len -= n;
    } else if (feed->all->ending) {
        rc = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        MHD_suspend_connection(feed->connection);
        feed->suspended = true;
    }
    pthread_mutex_unlock(&feed->all->mutex);
    return rc;
}

static void feed_free(void *ctx)
{
    struct feed *feed = ctx;
    pthread_mutex_lock(&feed->all->mutex);
    struct feed **at = &feed->all->first;
    while (*at && *at != feed)
        at = &(*at)->next;
    if (*at)
        *at = feed->next;
    pthread_mutex_unlock(&feed->all->mutex);
    for (size_t i = 0; i < feed->n_sent; i++)
        free(feed->sent[i].data);
    str_free(&feed->pending);
    free(feed->run);
    free(feed);
}

struct MHD_Response *feeds_response(struct feeds *f, struct MHD_Connection *c, const char *run)
{
    struct feed *feed = xcalloc(1, sizeof *feed);
    *feed = (struct feed){.all = f, .connection = c, .run = xstrdup(run)};
    str_add(&feed->pending, ": here\n\n"); /* so that the page knows it is open */
    struct MHD_Response *r =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 32 << 10, feed_read, feed, feed_free);
    pthread_mutex_lock(&f->mutex);
    feed->next = f->first;
    f->first = feed;
    pthread_mutex_unlock(&f->mutex);
    return r;
}

/* ---- publishing ---- */

static void resume(struct feed *feed)
{
    if (!feed->suspended)
        return;
    feed->suspended = false;
    MHD_resume_connection(feed->connection);
}

/* Is it news to this stream? Then it is remembered. */
static bool is_news(struct feed *feed, const char *event, const char *data)
{
    size_t i = 0;
    while (i < feed->n_sent && strcmp(feed->sent[i].event, event) != 0)
        i++;
    if (i < feed->n_sent && strcmp(feed->sent[i].data, data) == 0)
        return false;
    if (i == SENT_MAX)
        return true;
    if (i == feed->n_sent)
        feed->sent[feed->n_sent++] = (struct sent){event, NULL};
    free(feed->sent[i].data);
    feed->sent[i].data = xstrdup(data);
    return true;
}

void feeds_publish(struct feeds *f, const char *run, const char *event, const char *data)
{
    pthread_mutex_lock(&f->mutex);
    for (struct feed *feed = f->first; feed; feed = feed->next) {
        if ((run && strcmp(feed->run, run) != 0) || feed->pending.len > PENDING_MAX)
            continue; /* a page that does not read gets the next state, not every one */
        bool ping = strcmp(event, "ping") == 0;
        if (!ping && !is_news(feed, event, data))
            continue;
        str_addf(&feed->pending, "event: %s\ndata: %s\n\n", event, data);
        resume(feed);
    }
    pthread_mutex_unlock(&f->mutex);
}

char **feeds_watched(struct feeds *f, size_t *n)
{
    char **runs = NULL;
    size_t cap = 0;
    *n = 0;
    pthread_mutex_lock(&f->mutex);
    for (struct feed *feed = f->first; feed; feed = feed->next) {
        size_t i = 0;
        while (i < *n && strcmp(runs[i], feed->run) != 0)
            i++;
        if (i < *n)
            continue;
        runs = xgrow(runs, &cap, *n + 1, sizeof *runs);
        runs[(*n)++] = xstrdup(feed->run);
    }
    pthread_mutex_unlock(&f->mutex);
    return runs;
}

void feeds_end(struct feeds *f)
{
    pthread_mutex_lock(&f->mutex);
    f->ending = true;
    for (struct feed *feed = f->first; feed; feed = feed->next)
        resume(feed);
    pthread_mutex_unlock(&f->mutex);
}
