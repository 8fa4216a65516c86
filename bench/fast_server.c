/* fast_server LATENCY_MS TOKENS: a model server that costs next to nothing, for load tests.
 *
 * Every chat request is answered LATENCY_MS after it has come in, with the same TOKENS tokens
 * streamed at once: as SSE on /v1/chat/completions (it passes for a llama-server of 256 slots; a
 * request that does not ask for a stream gets one JSON document) and as NDJSON on Ollama's
 * /api/chat. One thread and one epoll; as the latency is the same for all, answers leave in the
 * order in which the requests came. Prints its port. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

enum { MAX_FD = 4096, REQUEST_MAX = 1 << 18 };

static struct client {
    char *in; /* bytes of a request that is not complete yet; NUL-terminated */
    size_t len;
    unsigned serial; /* of the connection: a due answer may be for an earlier one of this number */
} clients[MAX_FD];

/* A ring: answers in the order in which they are due. */
static struct due {
    double at;
    int fd;
    unsigned serial;
    const struct str *reply;
} ring[MAX_FD];
static size_t first_due, n_due;

static struct str sse, plain, ndjson; /* whole HTTP responses */

static const struct page {
    const char *start; /* of the request */
    const char *body;
} pages[] = {
    {"GET /health", "{\"status\":\"ok\"}"},
    {"GET /props", "{\"default_generation_settings\":{\"n_ctx\":16384},\"total_slots\":256,\"model_"
                   "path\":\"/m.gguf\","
                   "\"chat_template\":\"x\",\"build_info\":\"bench\"}"},
    {"GET /v1/models", "{\"object\":\"list\",\"data\":[{\"id\":\"bench\",\"object\":\"model\","
                       "\"owned_by\":\"llamacpp\"}]}"},
    {"GET /api/version", "{\"version\":\"0.33.0\"}"},
    {"GET /api/tags",
     "{\"models\":[{\"name\":\"bench\",\"model\":\"bench\",\"digest\":\"0\",\"details\":{}}]}"},
    {"GET /api/ps",
     "{\"models\":[{\"name\":\"bench\",\"model\":\"bench\",\"context_length\":16384}]}"},
    {"POST /api/show",
     "{\"template\":\"x\",\"details\":{},\"model_info\":{\"llama.context_length\":16384},"
     "\"capabilities\":[\"completion\"]}"},
};

/* ---- answers ---- */

static void respond(struct str *out, const char *status, const char *type, const struct str *body)
{
    str_addf(out, "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", status, type,
             body->len);
    str_addn(out, str_text(body), body->len);
}

static void make_sse(int tokens)
{
    static const char head[] =
        "data: "
        "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"bench\",";
    struct str body CLEANUP_STR = {0};
    for (int i = 0; i < tokens; i++)
        str_addf(&body,
                 "%s\"choices\":[{\"index\":0,\"delta\":{\"content\":\" "
                 "word\"},\"finish_reason\":null}]}\n\n",
                 head);
    str_addf(&body, "%s\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
             head);
    str_addf(&body,
             "%s\"choices\":[],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":%d,\"total_"
             "tokens\":%d}}\n\n"
             "data: [DONE]\n\n",
             head, tokens, tokens + 100);
    respond(&sse, "200 OK", "text/event-stream", &body);
}

static void make_plain(int tokens)
{
    struct str body CLEANUP_STR = {0};
    str_add(&body, "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"bench\","
                   "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"");
    for (int i = 0; i < tokens; i++)
        str_add(&body, " word");
    str_addf(&body,
             "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":100,"
             "\"completion_tokens\":%d,\"total_tokens\":%d}}",
             tokens, tokens + 100);
    respond(&plain, "200 OK", "application/json", &body);
}

static void make_ndjson(int tokens)
{
    static const char head[] = "{\"model\":\"bench\",\"created_at\":\"2026-08-01T12:00:00Z\",";
    struct str body CLEANUP_STR = {0};
    for (int i = 0; i < tokens; i++)
        str_addf(&body,
                 "%s\"message\":{\"role\":\"assistant\",\"content\":\" word\"},\"done\":false}\n",
                 head);
    str_addf(&body,
             "%s\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_"
             "reason\":\"stop\","
             "\"prompt_eval_count\":100,\"eval_count\":%d,\"total_duration\":50000000}\n",
             head, tokens);
    respond(&ndjson, "200 OK", "application/x-ndjson", &body);
}

static void hang_up(int fd)
{
    struct client *c = &clients[fd];
    free(c->in);
    *c = (struct client){.serial = c->serial + 1};
    close(fd);
}

static void send_all(int fd, const struct str *reply)
{
    size_t sent = 0;
    while (sent < reply->len) { /* a reply fits the socket's buffer, or nearly so */
        ssize_t n = send(fd, reply->p + sent, reply->len - sent, MSG_NOSIGNAL);
        if (n <= 0) {
            hang_up(fd);
            return;
        }
        sent += (size_t)n;
    }
}

static void send_page(int fd, const char *request)
{
    struct str reply CLEANUP_STR = {0}, body CLEANUP_STR = {0};
    const char *status = "404 Not Found";
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        if (strncmp(request, pages[i].start, strlen(pages[i].start)) == 0) {
            status = "200 OK";
            str_add(&body, pages[i].body);
        }
    }
    respond(&reply, status, "application/json", &body);
    send_all(fd, &reply);
}

/* ---- requests ---- */

static void handle(int fd, const char *request, const char *body, double latency)
{
    bool openai = strncmp(request, "POST /v1/chat/completions ", 26) == 0;
    bool native = strncmp(request, "POST /api/chat ", 15) == 0;
    if (!openai && !native) {
        send_page(fd, request);
        return;
    }
    /* A request to load the model has no messages and is answered at once. */
    bool load = strstr(body, "\"messages\":[]") != NULL;
    const struct str *stream = strstr(body, "\"stream\":true") ? &sse : &plain;
    if (n_due == MAX_FD)
        exit(EXIT_FAILURE);
    ring[(first_due + n_due++) % MAX_FD] =
        (struct due){.at = clock_seconds() + (load ? 0 : latency),
                     .fd = fd,
                     .serial = clients[fd].serial,
                     .reply = openai ? stream : &ndjson};
}

/* Bytes of the first request in the buffer, or 0 when it is not complete. */
static size_t request_size(const struct client *c, const char **body)
{
    const char *end = c->in ? strstr(c->in, "\r\n\r\n") : NULL;
    if (!end)
        return 0;
    const char *length = strcasestr(c->in, "\r\nContent-Length:");
    size_t n = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    *body = end + 4;
    size_t size = (size_t)(*body - c->in) + n;
    return size <= c->len ? size : 0;
}

static void receive(int fd, double latency)
{
    struct client *c = &clients[fd];
    if (!c->in)
        c->in = xmalloc(REQUEST_MAX + 1);
    ssize_t n = recv(fd, c->in + c->len, REQUEST_MAX - c->len, 0);
    if (n <= 0) {
        hang_up(fd);
        return;
    }
    c->len += (size_t)n;
    c->in[c->len] = '\0';
    const char *body;
    size_t size = request_size(c, &body);
    if (size == 0)
        return;
    handle(fd, c->in, body, latency);
    if (!c->in) /* hung up */
        return;
    c->len -= size;
    memmove(c->in, c->in + size, c->len + 1);
}

static void send_what_is_due(void)
{
    double now = clock_seconds();
    for (; n_due > 0 && ring[first_due].at <= now; n_due--) {
        const struct due *d = &ring[first_due];
        if (clients[d->fd].serial == d->serial)
            send_all(d->fd, d->reply);
        first_due = (first_due + 1) % MAX_FD;
    }
}

/* ---- the loop ---- */

static int listen_on_loopback(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, size) < 0 || listen(fd, 1024) < 0 ||
        getsockname(fd, (struct sockaddr *)&at, &size) < 0) {
        perror("fast_server");
        exit(EXIT_FAILURE);
    }
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);
    return fd;
}

static void watch(int epoll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void accept_one(int epoll, int listening)
{
    int fd = accept(listening, NULL, NULL), on = 1;
    if (fd >= MAX_FD) {
        close(fd);
    } else if (fd >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(epoll, fd);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: fast_server LATENCY_MS TOKENS\n");
        return 2;
    }
    double latency = strtod(argv[1], NULL) / 1000;
    make_sse(atoi(argv[2]));
    make_plain(atoi(argv[2]));
    make_ndjson(atoi(argv[2]));
    int listening = listen_on_loopback(), epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(epoll, listening);
    for (;;) {
        struct epoll_event events[256];
        double left = n_due ? ring[first_due].at - clock_seconds() : 1;
        struct timespec wait = {.tv_sec = left >= 1,
                                .tv_nsec = left >= 1 || left < 0 ? 0 : (long)(left * 1e9)};
        int n = epoll_pwait2(epoll, events, 256, &wait, NULL);
        for (int i = 0; i < n; i++) {
            if (events[i].data.fd == listening)
                accept_one(epoll, listening);
            else
                receive(events[i].data.fd, latency);
        }
        send_what_is_due();
    }
}
