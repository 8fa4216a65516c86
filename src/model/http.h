/* One HTTP/1.1 connection to a model server: a libcurl easy handle with its own connection, reused
 * from request to request, for one thread at a time. It handles bytes, timeouts and the reason a
 * transfer ended; it does not interpret the bytes.
 *
 * TLS is verified, only http and https are spoken, redirects are followed to the same origin only,
 * proxies come from the environment but never for loopback. A requested stop ends a transfer within
 * about 0.2 s by closing the socket. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct http;

#define HTTP_BEARER "Authorization: Bearer " /* the header most servers want the API key in */

struct http_options {
    const char *key_line; /* the header with the API key; NULL = none */
    bool loopback;        /* no proxy */
    double connect_s;
};

/* Never NULL. */
struct http *http_new(const struct http_options *o);
void http_free(struct http *h); /* NULL is legal */

enum { HTTP_GO_ON = 0, HTTP_ENOUGH = 1, HTTP_ABORT = 2, HTTP_LIKELY = 3 };

struct http_request {
    const char *url;
    const char *body; /* JSON to POST; NULL = GET */
    double first_s;   /* silence allowed before talking() says true; load, queue, prefill */
    double idle_s;    /* silence allowed after that */
    double total_s;   /* of the whole transfer */
    /* Part of the body of the final response. HTTP_ENOUGH: the reply is complete, the rest of the
     * transfer is a courtesy to the connection; HTTP_ABORT: close; HTTP_LIKELY: it seems complete,
     * and when the end does not come within two seconds, it is. */
    int (*on_body)(void *user, long status, const char *bytes, size_t n);
    bool (*talking)(void *user); /* NULL = after the first byte */
    void *user;
};

enum http_fault {
    HTTP_OK,         /* a whole response, of whatever status */
    HTTP_CONNECT,    /* no connection: refused, unreachable, unknown host, too slow */
    HTTP_LOST,       /* the connection ended before the response did */
    HTTP_SLOW_FIRST, /* first_s passed */
    HTTP_SLOW_IDLE,  /* idle_s passed */
    HTTP_SLOW_TOTAL, /* total_s passed */
    HTTP_ABORTED,    /* on_body said so */
    HTTP_STOPPED,    /* stop_requested() */
    HTTP_TLS,        /* the certificate was refused */
    HTTP_REDIRECT,   /* to another host */
    HTTP_GARBLED,    /* what came is no HTTP */
    HTTP_OTHER,
};

struct http_result {
    enum http_fault fault;
    long status;   /* 0 = no response */
    bool whole;    /* the body's end was marked: by its length or its last chunk */
    bool any_byte; /* of a response */
    bool reused;   /* went out on a kept-alive connection */
    bool anew;     /* a connection was made for it, and it was not this handle's first */
    double seconds;
    double retry_after_s; /* what the response asks for, or -1 */
    char message[256];    /* why, in words; may name the URL's host, never its userinfo */
};

void http_perform(struct http *h, const struct http_request *q, struct http_result *r);
const char *http_fault_name(enum http_fault f); /* "connect", "lost", ... for the record */
