/* A server that goes away pauses all threads: one asks whether it is back, the others wait, and one
 * message is printed. After the limit the run stops (and can be continued). */
#pragma once
#include <pthread.h>
#include <stdbool.h>

struct err;

struct outage {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool asking;       /* a thread is asking */
    bool gone;         /* after the limit: no more calls */
    unsigned ended;    /* outages that have ended */
    const char *shown; /* the server's URL, for the line; borrowed */
    double limit_s;
    bool (*alive)(void *user); /* asks the server; called by one thread at a time */
    void *user;
};

void outage_init(struct outage *o, const char *shown, double limit_s, bool (*alive)(void *user),
                 void *user);
void outage_destroy(struct outage *o);

/* After a fault that may mean that the server is away. 0: it is there. 1: it was away and is back
 * (the failed attempt does not count). -EHOSTDOWN (ERR_ENV): away past the limit. -EINTR. */
int outage_check(struct outage *o, struct err *err);
