/* See daemon.h. A stream's connection is suspended while there is nothing to send, so that no
 * thread waits for it.
 *
 * poll and not epoll: the latter dropped requests at 256 connections. */
#include "view/daemon.h"
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/mem.h"
#include "view/feed.h"

enum { THREADS = 4, CONNECTIONS = 256, TIMEOUT_S = 60, BODY_MAX = 64 << 10 };

struct daemon {
    struct MHD_Daemon *http;
    daemon_answer_fn *answer;
    void *ctx;
    struct feeds *feeds;
};

/* One request while it is read. */
struct exchange {
    struct str body;
    bool too_long;
};

/* What every reply says to the browser: nothing but this server's own files is loaded or run, no
 * other page may frame it, and nothing is kept on disk. */
static const char *const headers[][2] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
     "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cache-Control", "no-store"},
};

static enum MHD_Result send_response(struct MHD_Connection *c, int status, const char *type,
                                     struct MHD_Response *response)
{
    if (!response)
        return MHD_NO;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        MHD_add_response_header(response, headers[i][0], headers[i][1]);
    MHD_add_response_header(response, "Content-Type", type);
    enum MHD_Result sent = MHD_queue_response(c, (unsigned)status, response);
    MHD_destroy_response(response);
    return sent;
}

/* ---- a request ---- */

struct query {
    struct view_arg *args;
    size_t n, cap;
};

static enum MHD_Result take_arg(void *ctx, enum MHD_ValueKind kind, const char *name,
                                const char *value)
{
    struct query *q = ctx;
    (void)kind;
    q->args = xgrow(q->args, &q->cap, q->n + 1, sizeof *q->args);
    q->args[q->n++] = (struct view_arg){name, value};
    return MHD_YES;
}

static const char *header(struct MHD_Connection *c, const char *name)
{
    return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

static enum MHD_Result answer(struct daemon *d, struct MHD_Connection *c, const char *method,
                              const char *path, const struct exchange *x)
{
    struct query query = {0};
    struct view_reply reply = {.status = 200, .type = "application/json"};
    MHD_get_connection_values(c, MHD_GET_ARGUMENT_KIND, take_arg, &query);
    const struct view_request request = {.method = method,
                                         .path = path,
                                         .host = header(c, "Host"),
                                         .origin = header(c, "Origin"),
                                         .token = header(c, "X-Hrm-Token"),
                                         .args = query.args,
                                         .n_args = query.n,
                                         .body = str_text(&x->body),
                                         .body_len = x->body.len};
    if (x->too_long)
        reply.status = 413;
    else
        d->answer(d->ctx, &request, &reply);
    free(query.args);
    if (reply.feed) {
        struct MHD_Response *stream = feeds_response(d->feeds, c, reply.feed);
        free(reply.feed);
        str_free(&reply.body);
        return send_response(c, reply.status, "text/event-stream", stream);
    }
    size_t n = reply.body.len;
    char *bytes = n ? str_take(&reply.body) : xstrdup("");
    return send_response(c, reply.status, reply.type,
                         MHD_create_response_from_buffer(n, bytes, MHD_RESPMEM_MUST_FREE));
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *c, const char *path,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **state)
{
    struct exchange *x = *state;
    (void)version;
    if (!x) { /* the head has come; a body may follow */
        *state = xcalloc(1, sizeof *x);
        return MHD_YES;
    }
    if (*upload_size > 0) {
        x->too_long |= x->body.len + *upload_size > BODY_MAX;
        if (!x->too_long)
            str_addn(&x->body, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    return answer(ctx, c, method, path, x);
}

static void on_completed(void *ctx, struct MHD_Connection *c, void **state,
                         enum MHD_RequestTerminationCode why)
{
    struct exchange *x = *state;
    (void)ctx;
    (void)c;
    (void)why;
    if (x)
        str_free(&x->body);
    free(x);
    *state = NULL;
}

/* ---- the server ---- */

/* A socket that listens on loopback; *port as it is then. Negative: errno. */
static int listen_on(int *port)
{
    struct sockaddr_in here = {.sin_family = AF_INET,
                               .sin_port = htons((uint16_t)*port),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&here, sizeof here) < 0 || listen(fd, SOMAXCONN) < 0 ||
        getsockname(fd, (struct sockaddr *)&here, &size) < 0) {
        int why = errno;
        close(fd);
        return -why;
    }
    *port = ntohs(here.sin_port);
    return fd;
}

int daemon_open(int *port, daemon_answer_fn *fn, void *ctx, struct daemon **out, struct err *err)
{
    int fd = listen_on(port);
    if (fd < 0)
        return err_env(err, "port %d of 127.0.0.1 cannot be listened on: %s", *port, strerror(-fd));
    struct daemon *d = xcalloc(1, sizeof *d);
    *d = (struct daemon){.answer = fn, .ctx = ctx, .feeds = feeds_new()};
    d->http = MHD_start_daemon(
        MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, d,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)TIMEOUT_S, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_END);
    if (!d->http) {
        close(fd);
        daemon_close(d);
        return err_env(err, "the web server cannot be started");
    }
    *out = d;
    return 0;
}

void daemon_publish(struct daemon *d, const char *run, const char *event, const char *data)
{
    feeds_publish(d->feeds, run, event, data);
}

char **daemon_watched(struct daemon *d, size_t *n)
{
    return feeds_watched(d->feeds, n);
}

void daemon_close(struct daemon *d)
{
    if (!d)
        return;
    feeds_end(d->feeds);
    if (d->http)
        MHD_stop_daemon(d->http);
    feeds_free(d->feeds);
    free(d);
}
