/* A model server for call_test.c, small enough to read: it answers GETs and POSTs to known paths
 * from a table, and chats from a list of steps, the last of which repeats. A thread per connection.
 */
#pragma once
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

struct page { /* what a path answers, whatever is asked */
    const char *path, *body;
    int status; /* 0 = 200 */
};

struct step {            /* how a chat goes */
    int status;          /* 0 = 200 */
    const char *headers; /* extra lines, each ended by CR LF */
    const char *body;
    int wait_ms;   /* before anything is sent */
    int drip_ms;   /* between the bytes of the body; 0 = all at once, -1 = byte by byte at once */
    size_t cut;    /* close after so many bytes of the body; 0 = send all */
    bool no_reply; /* close instead of answering */
    bool hang;     /* after what is sent, say nothing more */
    bool unframed; /* neither length nor chunks: the body ends with the connection */
};

enum { TEST_CONNECTIONS = 512 };

struct test_server {
    const struct page *pages; /* ended by a NULL path */
    const struct step *steps;
    int n_steps;
    int fd, port;
    pthread_t thread;
    pthread_t workers[TEST_CONNECTIONS];
    int sockets[TEST_CONNECTIONS];
    atomic_int n_workers, chats, in_flight, most_in_flight;
    atomic_bool closing;
    pthread_mutex_t mutex;
    struct str last_chat, last_head; /* under mutex: what the latest chat asked */
};

struct test_connection {
    struct test_server *server;
    int fd, i;
};

static inline void test_nap(int ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

static inline bool test_send(int fd, const char *bytes, size_t n)
{
    return send(fd, bytes, n, MSG_NOSIGNAL) == (ssize_t)n;
}

/* One request: head, then body by Content-Length. False at the connection's end. */
static inline bool test_receive(int fd, struct str *head, struct str *body)
{
    char block[4096];
    const char *end;
    str_clear(head);
    str_clear(body);
    while (!(end = head->len ? strstr(head->p, "\r\n\r\n") : NULL)) {
        ssize_t n = recv(fd, block, sizeof block, 0);
        if (n <= 0)
            return false;
        str_addn(head, block, (size_t)n);
    }
    size_t head_n = (size_t)(end - head->p) + 4;
    const char *length = strcasestr(head->p, "content-length:");
    size_t want = length ? strtoul(length + strlen("content-length:"), NULL, 10) : 0;
    str_addn(body, head->p + head_n, head->len - head_n);
    while (body->len < want) {
        ssize_t n = recv(fd, block, sizeof block, 0);
        if (n <= 0)
            return false;
        str_addn(body, block, (size_t)n);
    }
    return true;
}

static inline bool test_send_head(int fd, int status, const char *headers, const char *framing)
{
    char *head = xasprintf("HTTP/1.1 %d X\r\n%s%s\r\n", status ? status : 200,
                           headers ? headers : "", framing);
    bool ok = test_send(fd, head, strlen(head));
    free(head);
    return ok;
}

/* One chunk per piece, as servers do that stream. False: the connection is over. */
static inline bool test_send_body(struct test_server *s, int fd, const struct step *st)
{
    size_t n = strlen(st->body), upto = st->cut ? st->cut : n, piece = st->drip_ms ? 1 : upto;
    for (size_t at = 0; at < upto && !s->closing; at += piece) {
        char size[16];
        snprintf(size, sizeof size, "%zx\r\n", piece);
        bool ok = st->unframed || test_send(fd, size, strlen(size));
        ok = ok && test_send(fd, st->body + at, piece);
        ok = ok && (st->unframed || test_send(fd, "\r\n", 2));
        if (!ok)
            return false;
        if (st->drip_ms > 0)
            test_nap(st->drip_ms);
    }
    while (st->hang && !s->closing)
        test_nap(10);
    return !st->cut && !st->unframed && test_send(fd, "0\r\n\r\n", 5);
}

static inline bool test_chat(struct test_server *s, int fd, const char *head,
                             const struct str *body)
{
    int i = atomic_fetch_add(&s->chats, 1), now = atomic_fetch_add(&s->in_flight, 1) + 1;
    const struct step *st = &s->steps[i < s->n_steps ? i : s->n_steps - 1];
    pthread_mutex_lock(&s->mutex);
    if (now > s->most_in_flight)
        s->most_in_flight = now;
    str_clear(&s->last_chat);
    str_clear(&s->last_head);
    str_addn(&s->last_chat, str_text(body), body->len);
    str_add(&s->last_head, head);
    pthread_mutex_unlock(&s->mutex);
    for (int left = st->wait_ms; left > 0 && !s->closing; left -= 10)
        test_nap(10);
    bool ok =
        !st->no_reply &&
        test_send_head(fd, st->status, st->headers,
                       st->unframed ? "Connection: close\r\n" : "Transfer-Encoding: chunked\r\n") &&
        (!st->body || test_send_body(s, fd, st));
    if (ok && !st->body)
        ok = test_send(fd, "0\r\n\r\n", 5);
    atomic_fetch_sub(&s->in_flight, 1);
    return ok;
}

static inline bool test_send_page(int fd, int status, const char *body)
{
    char *framing = xasprintf("Content-Length: %zu\r\n", strlen(body));
    bool ok = test_send_head(fd, status, NULL, framing) && test_send(fd, body, strlen(body));
    free(framing);
    return ok;
}

static inline bool test_page(const struct test_server *s, int fd, const char *head)
{
    const char *path = strchr(head, ' ') + 1;
    size_t n = strcspn(path, " ");
    const struct page *p = s->pages;
    while (p->path && (strlen(p->path) != n || strncmp(p->path, path, n) != 0))
        p++;
    return test_send_page(fd, p->path ? p->status : 404, p->path ? p->body : "404 page not found");
}

static inline void *test_serve_connection(void *arg)
{
    struct test_connection *c = arg;
    struct test_server *s = c->server;
    struct str head = {0}, body = {0};
    for (bool ok = true; ok && !s->closing && test_receive(c->fd, &head, &body);) {
        bool chat = str_starts(head.p, "POST") &&
                    (strstr(head.p, "/chat HTTP") || strstr(head.p, "/chat/completions HTTP"));
        bool preload = chat && strstr(str_text(&body), "\"messages\":[]");
        if (preload)
            ok = test_send_page(c->fd, 200, "{\"done\":true,\"done_reason\":\"load\"}");
        else
            ok = chat ? test_chat(s, c->fd, head.p, &body) : test_page(s, c->fd, head.p);
    }
    shutdown(c->fd, SHUT_RDWR);
    str_free(&head);
    str_free(&body);
    free(c);
    return NULL;
}

static inline void *test_accept(void *arg)
{
    struct test_server *s = arg;
    for (int fd; (fd = accept(s->fd, NULL, NULL)) >= 0;) {
        struct test_connection *c = xmalloc(sizeof *c);
        int i = s->n_workers;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        *c = (struct test_connection){s, fd, i};
        s->sockets[i] = fd;
        pthread_create(&s->workers[i], NULL, test_serve_connection, c);
        s->n_workers = i + 1;
        if (i + 1 == TEST_CONNECTIONS)
            break;
    }
    return NULL;
}

/* port 0 = any */
static inline void test_server_start(struct test_server *s, int port, const struct page *pages,
                                     const struct step *steps, int n_steps)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    *s = (struct test_server){.pages = pages, .steps = steps, .n_steps = n_steps};
    pthread_mutex_init(&s->mutex, NULL);
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(s->fd, (struct sockaddr *)&a, sizeof a) || listen(s->fd, TEST_CONNECTIONS) ||
        getsockname(s->fd, (struct sockaddr *)&a, &len))
        abort();
    s->port = ntohs(a.sin_port);
    pthread_create(&s->thread, NULL, test_accept, s);
}

static inline void test_server_stop(struct test_server *s)
{
    s->closing = true;
    shutdown(s->fd, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->fd);
    for (int i = 0; i < s->n_workers; i++) {
        shutdown(s->sockets[i], SHUT_RDWR);
        pthread_join(s->workers[i], NULL);
        close(s->sockets[i]);
    }
    str_free(&s->last_chat);
    str_free(&s->last_head);
    pthread_mutex_destroy(&s->mutex);
}
