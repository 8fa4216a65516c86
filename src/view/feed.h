/* Streams of server-sent events. One mutex guards all of them: there are few, and little is said.
 */
#pragma once
#include <microhttpd.h>
#include <stddef.h>

struct feeds;

struct feeds *feeds_new(void);
void feeds_free(struct feeds *f); /* after the server has stopped */
/* A response that is a new stream; run is copied. */
struct MHD_Response *feeds_response(struct feeds *f, struct MHD_Connection *c, const char *run);
/* As daemon_publish, daemon_watched. */
void feeds_publish(struct feeds *f, const char *run, const char *event, const char *data);
char **feeds_watched(struct feeds *f, size_t *n);
/* Every stream ends when it has sent what it holds; new ones end at once. */
void feeds_end(struct feeds *f);
