/* Base URLs of model servers, as people write them. */
#pragma once
#include <stdbool.h>

struct err;

/* What both functions below fill; url_base_free frees. */
struct url_base {
    char *root;  /* "http://localhost:8080", with userinfo if it was given; no slash at the end */
    char *api;   /* root plus "/v1" (or the path that was given) */
    char *shown; /* api or root without userinfo: for people and files */
    bool loopback;
    bool encrypted; /* https */
};

/* Accepts what OPENAI_API_BASE holds: with or without "/v1", slash or scheme. ERR_INPUT, naming
 * `source` ("OPENAI_API_BASE", "--base-url"). */
int url_read_openai(const char *text, const char *source, struct url_base *out, struct err *err);
/* Accepts what OLLAMA_BASE_URL or OLLAMA_HOST hold: a URL, host:port, a host, a port. 0.0.0.0, on
 * which a server listens, becomes 127.0.0.1, at which it answers. api is root plus "/api". */
int url_read_ollama(const char *text, const char *source, struct url_base *out, struct err *err);
void url_base_free(struct url_base *u);
/* The same scheme, host and port. */
bool url_same_origin(const char *a, const char *b);
