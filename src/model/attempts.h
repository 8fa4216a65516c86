/* The log of a call's attempts: a JSON array, one object per request sent. */
#pragma once
#include <jansson.h>

struct server;
struct stream;
struct http_result;

/* fault: NULL for the attempt that succeeded, else its type ("lost", "status", "cut", ...). The
 * partial text is kept beside it. */
void attempts_add(json_t *log, const struct server *s, double at_s, const struct http_result *r,
                  const struct stream *partial, const char *fault, const char *message);
/* The seconds waited after the last one. */
void attempts_waited(json_t *log, double seconds);
