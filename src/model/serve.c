/* See serve.h. */
#include "model/serve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "model/http.h"
#include "model/keeper.h"
#include "model/port_owner.h"

enum { TAIL_BYTES = 700, TAIL_LINES = 6, PAUSE_MS = 500 };

struct serve {
    struct keeper keeper;
    int port;
    char *url, *log;
    bool log_is_kept; /* it was moved to where it belongs */
};

/* A port that is free now. The kernel assigns ports in turn, so it is unlikely that another process
 * takes it before the server does. */
static int free_port(struct err *err)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd CLEANUP_FD = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, n) < 0 ||
        getsockname(fd, (struct sockaddr *)&at, &n) < 0)
        return err_errno(err, errno, "no free port on 127.0.0.1");
    return ntohs(at.sin_port);
}

/* Every {port} becomes the port. Caller frees. */
static char *with_port(const char *command, int port)
{
    struct str s CLEANUP_STR = {0};
    for (const char *at; (at = strstr(command, "{port}")); command = at + 6) {
        str_addn(&s, command, (size_t)(at - command));
        str_addf(&s, "%d", port);
    }
    str_add(&s, command);
    return str_take(&s);
}

int serve_start(const char *command, const char *log, struct serve **out, struct err *err)
{
    if (!strstr(command, "{port}"))
        return err_input(err, "--serve: the command must say {port} where the server's port goes: "
                              "'llama-server -m model.gguf --port {port}'");
    int port = free_port(err);
    if (port < 0)
        return port;
    int fd CLEANUP_FD = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0)
        return err_errno(err, errno, "%s", log);
    char *line CLEANUP_FREE = with_port(command, port);
    struct keeper keeper;
    int rc = keeper_start(line, fd, &keeper, err);
    if (rc) {
        unlink(log);
        return rc;
    }
    struct serve *s = xmalloc(sizeof *s);
    *s = (struct serve){keeper, port, xasprintf("http://127.0.0.1:%d", port), xstrdup(log), false};
    *out = s;
    return 0;
}

/* ---- stopping ---- */

/* The last lines of the log, indented, fit for a terminal. Caller frees. */
static char *log_tail(const char *path)
{
    char bytes[TAIL_BYTES];
    int fd CLEANUP_FD = open(path, O_RDONLY | O_CLOEXEC);
    off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
    off_t from = size > TAIL_BYTES ? size - TAIL_BYTES : 0;
    ssize_t n = fd < 0 ? 0 : pread(fd, bytes, sizeof bytes, from);
    while (n > 0 && bytes[n - 1] == '\n')
        n--;
    if (n <= 0)
        return xstrdup(" (its log is empty)");
    ssize_t start = n;
    for (int lines = 0; start > 0 && lines < TAIL_LINES; start--)
        if (bytes[start - 1] == '\n' && ++lines == TAIL_LINES)
            break;
    char *clean CLEANUP_FREE = utf8_clean(bytes + start, (size_t)(n - start));
    struct str s CLEANUP_STR = {0};
    str_add(&s, "; the end of its log:\n    ");
    for (const char *c = clean; *c; c++) {
        if (*c == '\n')
            str_add(&s, "\n    ");
        else
            str_addc(&s, (unsigned char)*c < ' ' || *c == 0x7f ? ' ' : *c);
    }
    return str_take(&s);
}

int serve_check(struct serve *s, struct err *err)
{
    int status;
    if (!keeper_ended(&s->keeper, &status))
        return 0;
    char *tail CLEANUP_FREE = log_tail(s->log);
    if (WIFEXITED(status))
        return err_env(err, "--serve: the server ended with exit code %d%s", WEXITSTATUS(status),
                       tail);
    return err_env(err, "--serve: the server was killed by signal %d%s", WTERMSIG(status), tail);
}

/* ---- starting ---- */

static int ignore_body(void *user, long status, const char *bytes, size_t n)
{
    (void)user;
    (void)status;
    (void)bytes;
    (void)n;
    return HTTP_GO_ON;
}

static long status_of(struct http *h, const char *root, const char *path)
{
    char *url CLEANUP_FREE = xasprintf("%s%s", root, path);
    struct http_request q = {
        .url = url, .first_s = 2, .idle_s = 2, .total_s = 4, .on_body = ignore_body};
    struct http_result r = {0};
    http_perform(h, &q, &r);
    return r.fault == HTTP_OK ? r.status : 0;
}

/* A server that asks for a key is up. */
static bool is_there(long status)
{
    return status == 200 || status == 401 || status == 403;
}

/* llama-server and vLLM have /health, which is 503 while a model loads; Ollama and LM Studio have
 * not. */
static bool is_ready(struct http *h, const char *root)
{
    long health = status_of(h, root, "/health");
    if (health == 0 || health == 503 || is_there(health))
        return is_there(health);
    return is_there(status_of(h, root, "/api/version")) ||
           is_there(status_of(h, root, "/v1/models"));
}

/* Of a server that answers, or that has ended already: then whoever listens is another one. */
static int check_port(const struct serve *s, bool ended, struct err *err)
{
    struct str who CLEANUP_STR = {0};
    enum port_owner owner = port_find_owner(s->port, s->keeper.pid, &who);
    if (owner != PORT_FOREIGN && !(ended && owner == PORT_UNKNOWN))
        return 0;
    err_env(err, "--serve: %s has taken the port %d", who.len ? who.p : "another process", s->port);
    return err->code = -EADDRINUSE;
}

static int wait_ready(struct serve *s, struct http *h, double limit_s,
                      void (*on_wait)(void *user, double seconds), void *user, struct err *err)
{
    double start = clock_seconds();
    for (;;) {
        double waited = clock_seconds() - start;
        int rc = serve_check(s, err);
        if (rc)
            return check_port(s, true, err) ? err->code : rc;
        if (stop_requested())
            return err_interrupted(err);
        if (is_ready(h, s->url))
            return check_port(s, false, err);
        if (waited > limit_s) {
            char *tail CLEANUP_FREE = log_tail(s->log);
            return err_env(err, "--serve: no answer at %s for %.0f s%s", s->url, limit_s, tail);
        }
        if (on_wait)
            on_wait(user, waited);
        poll(NULL, 0, waited < 2 ? PAUSE_MS / 5 : PAUSE_MS);
    }
}

int serve_wait(struct serve *s, double limit_s, void (*on_wait)(void *user, double seconds),
               void *user, struct err *err)
{
    struct http *h = http_new(&(struct http_options){.loopback = true, .connect_s = 1});
    int rc = wait_ready(s, h, limit_s, on_wait, user, err);
    http_free(h);
    return rc;
}

int serve_log_to(struct serve *s, const char *path, struct err *err)
{
    if (rename(s->log, path) < 0)
        return err_errno(err, errno, "%s", path);
    free(s->log);
    s->log = xstrdup(path);
    s->log_is_kept = true;
    return 0;
}

const char *serve_url(const struct serve *s)
{
    return s->url;
}

void serve_stop(struct serve *s)
{
    if (!s)
        return;
    keeper_stop(&s->keeper);
    if (!s->log_is_kept)
        unlink(s->log);
    free(s->url);
    free(s->log);
    free(s);
}
