/* See flight.h. */
#include "model/flight.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/mem.h"
#include "model/model.h"

enum { TAIL = 400 };

struct flight {
    struct flight *next, **at; /* in the list, by their beginning */
    const struct model_request *req;
    double began;
    pthread_mutex_t mutex; /* guards the rest: a call notes what it has while others begin */
    int tokens;
    char tail[TAIL];
    size_t n_tail;
};

struct flights {
    pthread_mutex_t mutex;
    struct flight *first, **end;
    long tokens; /* of calls that ended */
};

struct flights *flights_new(void)
{
    struct flights *f = xcalloc(1, sizeof *f);
    pthread_mutex_init(&f->mutex, NULL);
    f->end = &f->first;
    return f;
}

void flights_free(struct flights *f)
{
    pthread_mutex_destroy(&f->mutex);
    free(f);
}

struct flight *flights_begin(struct flights *f, const struct model_request *req)
{
    struct flight *flight = xcalloc(1, sizeof *flight);
    flight->req = req;
    flight->began = clock_seconds();
    pthread_mutex_init(&flight->mutex, NULL);
    pthread_mutex_lock(&f->mutex);
    flight->at = f->end;
    *f->end = flight;
    f->end = &flight->next;
    pthread_mutex_unlock(&f->mutex);
    return flight;
}

void flights_end(struct flights *f, struct flight *flight, int tokens)
{
    pthread_mutex_lock(&f->mutex);
    f->tokens += tokens;
    *flight->at = flight->next;
    if (flight->next)
        flight->next->at = flight->at;
    else
        f->end = flight->at;
    pthread_mutex_unlock(&f->mutex);
    pthread_mutex_destroy(&flight->mutex);
    free(flight);
}

void flight_note(struct flight *flight, const char *text, size_t n, int tokens)
{
    if (!flight)
        return;
    size_t kept = n < TAIL ? n : TAIL;
    pthread_mutex_lock(&flight->mutex);
    flight->tokens = tokens;
    flight->n_tail = kept;
    if (kept)
        memcpy(flight->tail, text + n - kept, kept);
    pthread_mutex_unlock(&flight->mutex);
}

/* From a whole character on. */
static json_t *tail_json(const struct flight *flight)
{
    size_t from = 0;
    while (from < flight->n_tail && ((unsigned char)flight->tail[from] & 0xc0) == 0x80)
        from++;
    return json_bytes(flight->tail + from, flight->n_tail - from);
}

static json_t *flight_json(struct flight *flight)
{
    const struct model_key *key = &flight->req->key;
    pthread_mutex_lock(&flight->mutex);
    json_t *o = json_pack("{s:s, s:s, s:s, s:i, s:f, s:i, s:o}", "role", flight->req->role, "arm",
                          key->arm ? key->arm : "", "task", key->task ? key->task : "", "sample",
                          key->sample, "seconds", clock_seconds() - flight->began, "tokens",
                          flight->tokens, "tail", tail_json(flight));
    pthread_mutex_unlock(&flight->mutex);
    return o;
}

json_t *flights_json(struct flights *f)
{
    json_t *list = json_array();
    pthread_mutex_lock(&f->mutex);
    for (struct flight *flight = f->first; flight; flight = flight->next)
        json_array_append_new(list, flight_json(flight));
    pthread_mutex_unlock(&f->mutex);
    return list;
}

static int tokens_of(struct flight *flight)
{
    pthread_mutex_lock(&flight->mutex);
    int tokens = flight->tokens;
    pthread_mutex_unlock(&flight->mutex);
    return tokens;
}

size_t flights_roles(struct flights *f, struct flight_role *out, size_t cap)
{
    size_t n = 0, i;
    double now = clock_seconds();
    pthread_mutex_lock(&f->mutex);
    for (struct flight *flight = f->first; flight; flight = flight->next) {
        const char *name = flight->req->role ? flight->req->role : "";
        for (i = 0; i < n && strncmp(out[i].name, name, sizeof out[i].name - 1) != 0; i++)
            continue;
        if (i == n && n == cap)
            continue;
        if (i == n) { /* the list begins with the oldest */
            out[n] = (struct flight_role){.oldest_s = now - flight->began,
                                          .oldest_tokens = tokens_of(flight)};
            strncpy(out[n++].name, name, sizeof out->name - 1);
        }
        out[i].calls++;
    }
    pthread_mutex_unlock(&f->mutex);
    return n;
}

long flights_tokens(struct flights *f)
{
    pthread_mutex_lock(&f->mutex);
    long tokens = f->tokens;
    for (struct flight *flight = f->first; flight; flight = flight->next)
        tokens += tokens_of(flight);
    pthread_mutex_unlock(&f->mutex);
    return tokens;
}
