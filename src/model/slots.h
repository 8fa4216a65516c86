/* A pool of connections, one for each request that the server can handle at once, handed out first
 * come, first served. Waiting here is queue time and does not count as service time. */
#pragma once
#include "model/http.h"

struct slots;

struct slots *slots_new(int n, const struct http_options *o);
void slots_free(struct slots *s); /* all given back; NULL is legal */
int slots_count(const struct slots *s);
/* NULL when a stop was requested. *queue_s grows by the time waited. */
struct http *slots_take(struct slots *s, double *queue_s);
void slots_give(struct slots *s, struct http *h);
