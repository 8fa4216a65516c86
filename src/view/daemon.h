/* The HTTP server of the viewer: libmicrohttpd with poll and a few threads, on loopback only.
 *
 * Requests are answered by a function that runs on any of these threads. A reply may be a stream of
 * events, which stays open: what is published goes to all streams of its kind. */
#pragma once
#include "base/err.h"
#include "view/request.h"

struct daemon;

/* Fills the reply; it is given as {.status = 200}. */
typedef void daemon_answer_fn(void *ctx, const struct view_request *q, struct view_reply *r);

/* *port 0 = any that is free; the one it is stands there before the first request is answered. */
int daemon_open(int *port, daemon_answer_fn *answer, void *ctx, struct daemon **out,
                struct err *err);
/* To every stream about this run; run NULL = to all streams. What a stream was sent last under this
 * name is not sent again. */
void daemon_publish(struct daemon *d, const char *run, const char *event, const char *data);
/* The runs that somebody watches: names of malloc, count in *n; the caller frees each and the
 * array. "" stands for streams about none. */
char **daemon_watched(struct daemon *d, size_t *n);
/* Ends the streams, then the server. NULL is legal. */
void daemon_close(struct daemon *d);
