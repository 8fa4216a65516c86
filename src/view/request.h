/* A request and its reply, as the viewer's answers see them: no HTTP library here.
 *
 * A request's text is borrowed. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/str.h"

struct view_arg {
    const char *name, *value;
};

struct view_request {
    const char *method, *path;
    const char *host, *origin;   /* headers; NULL = not sent */
    const char *token;           /* X-Hrm-Token */
    const struct view_arg *args; /* [n_args] of the query */
    size_t n_args;
    const char *body; /* of a POST; NUL-terminated */
    size_t body_len;
};

struct view_reply {
    int status;
    const char *type; /* Content-Type */
    struct str body;
    char *feed; /* not NULL: no body but an event stream about this run ("" = none); malloc */
};

/* "" when it was not given. */
const char *request_text(const struct view_request *q, const char *name);
long long request_number(const struct view_request *q, const char *name, long long fallback);
