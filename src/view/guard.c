/* See guard.h. */
#include "view/guard.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "base/mem.h"

bool guard_make_token(char token[GUARD_TOKEN_HEX + 1])
{
    unsigned char bytes[GUARD_TOKEN_HEX / 2];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(token + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

bool guard_is_token(const char *given, const char *token)
{
    size_t n = strlen(token);
    unsigned char differs = 0;
    if (!given || strlen(given) != n)
        return false;
    for (size_t i = 0; i < n; i++)
        differs |= (unsigned char)(given[i] ^ token[i]);
    return differs == 0;
}

bool guard_is_host(const char *host, int port)
{
    static const char *const names[] = {"127.0.0.1", "localhost"};
    for (size_t i = 0; host && i < sizeof names / sizeof *names; i++) {
        char *want CLEANUP_FREE = xasprintf("%s:%d", names[i], port);
        if (strcmp(host, want) == 0 || (port == 80 && strcmp(host, names[i]) == 0))
            return true;
    }
    return false;
}

bool guard_is_origin(const char *origin, int port)
{
    static const char scheme[] = "http://";
    return origin && str_starts(origin, scheme) && guard_is_host(origin + strlen(scheme), port);
}

int guard_check(const struct view_request *q, bool data, const char *token, int port,
                const char **why)
{
    bool reads = strcmp(q->method, "GET") == 0, writes = strcmp(q->method, "POST") == 0;
    *why = NULL;
    if (!guard_is_host(q->host, port)) {
        *why = "this server answers to 127.0.0.1 and localhost only";
        return 421;
    }
    if (!reads && !writes) {
        *why = "GET and POST only";
        return 405;
    }
    /* A page of our own sends its origin with a POST; a command line sends none. */
    if (q->origin && !guard_is_origin(q->origin, port)) {
        *why = "requests of other pages are not answered";
        return 403;
    }
    if ((data || writes) && !guard_is_token(q->token, token)) {
        *why = "the token is missing or wrong: open the address that hrm view printed";
        return 403;
    }
    return 0;
}

const char *request_text(const struct view_request *q, const char *name)
{
    for (size_t i = 0; i < q->n_args; i++)
        if (strcmp(q->args[i].name, name) == 0)
            return q->args[i].value ? q->args[i].value : "";
    return "";
}

long long request_number(const struct view_request *q, const char *name, long long fallback)
{
    const char *text = request_text(q, name);
    char *end;
    long long n = strtoll(text, &end, 10);
    return *text && *end == '\0' ? n : fallback;
}
