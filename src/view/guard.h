/* Who may ask: the checks that stand before every answer of the viewer. Pure functions.
 *
 * Other pages in the same browser can send requests to this machine, and a name that they control
 * may point to it. The Host header stops the second; that all data needs a token in a header, which
 * no other page can set or read, stops the first. */
#pragma once
#include <stdbool.h>
#include "view/request.h"

enum { GUARD_TOKEN_HEX = 32 };

/* A random token; false when the system gives no random bytes. */
bool guard_make_token(char token[GUARD_TOKEN_HEX + 1]);
/* In a time that does not tell how much of it was right. NULL is wrong. */
bool guard_is_token(const char *given, const char *token);
/* "127.0.0.1:PORT" or "localhost:PORT". */
bool guard_is_host(const char *host, int port);
/* "http://" and such a host: where a page that writes must come from. */
bool guard_is_origin(const char *origin, int port);
/* An HTTP status: 0 = answer it. `data`: what needs the token; the page itself does not. */
int guard_check(const struct view_request *q, bool data, const char *token, int port,
                const char **why);
