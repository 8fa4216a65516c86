/* See url.h. */
#include "model/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"

/* The part, or "" (never NULL). Caller frees. */
static char *part(CURLU *u, CURLUPart which, unsigned flags)
{
    char *text = NULL;
    CURLUcode rc = curl_url_get(u, which, &text, flags);
    char *copy = xstrdup(rc == CURLUE_OK && text ? text : "");
    curl_free(text);
    return copy;
}

static bool is_loopback(const char *host)
{
    struct in_addr a;
    return strcasecmp(host, "localhost") == 0 || strcasecmp(host, "[::1]") == 0 ||
           str_ends(host, ".localhost") ||
           (inet_pton(AF_INET, host, &a) == 1 && (ntohl(a.s_addr) >> 24) == 127);
}

static void cut_end(char *s, const char *end)
{
    if (str_ends(s, end))
        s[strlen(s) - strlen(end)] = '\0';
}

static void cut_slashes(char *s)
{
    while (str_ends(s, "/"))
        cut_end(s, "/");
}

static char *whole_url(CURLU *u)
{
    char *url = part(u, CURLUPART_URL, 0);
    cut_slashes(url);
    return url;
}

/* path NULL: none. The parsed URL's own path is gone afterwards. */
static void fill(CURLU *u, const char *root_path, const char *api_path, struct url_base *out)
{
    char *host CLEANUP_FREE = part(u, CURLUPART_HOST, 0);
    char *scheme CLEANUP_FREE = part(u, CURLUPART_SCHEME, 0);
    curl_url_set(u, CURLUPART_PATH, root_path, 0);
    out->root = whole_url(u);
    out->api = xasprintf("%s%s", out->root, api_path);
    curl_url_set(u, CURLUPART_USER, NULL, 0);
    curl_url_set(u, CURLUPART_PASSWORD, NULL, 0);
    out->shown = whole_url(u);
    out->loopback = is_loopback(host);
    out->encrypted = strcmp(scheme, "https") == 0;
}

static int parse(const char *text, const char *source, CURLU **out, struct err *err)
{
    CURLU *u = curl_url();
    unsigned flags = CURLU_NON_SUPPORT_SCHEME;
    char *url CLEANUP_FREE = strstr(text, "://") ? xstrdup(text) : xasprintf("http://%s", text);
    if (curl_url_set(u, CURLUPART_URL, url, flags) == CURLUE_OK) {
        char *scheme CLEANUP_FREE = part(u, CURLUPART_SCHEME, 0);
        char *query CLEANUP_FREE = part(u, CURLUPART_QUERY, 0);
        char *fragment CLEANUP_FREE = part(u, CURLUPART_FRAGMENT, 0);
        bool http = strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0;
        if (http && !*query && !*fragment) {
            *out = u;
            return 0;
        }
    }
    curl_url_cleanup(u);
    /* the value is not shown: it may hold a password */
    return err_input(
        err, "%s is not the URL of a server (expected http://HOST:PORT or https://HOST)", source);
}

int url_read_openai(const char *text, const char *source, struct url_base *out, struct err *err)
{
    CURLU *u = NULL;
    int rc = parse(text, source, &u, err);
    if (rc < 0)
        return rc;
    char *path CLEANUP_FREE = part(u, CURLUPART_PATH, 0);
    cut_slashes(path);
    cut_end(path, "/chat/completions");
    const char *version = *path ? strrchr(path, '/') : "/v1";
    /* a path without a version of its own (https://host/openai) is the API's root as given */
    char *api CLEANUP_FREE = xstrdup(str_starts(version, "/v") ? version : "");
    cut_end(path, api);
    fill(u, path, api, out);
    char *shown = xasprintf("%s%s", out->shown, api);
    free(out->shown);
    out->shown = shown;
    curl_url_cleanup(u);
    return 0;
}

int url_read_ollama(const char *text, const char *source, struct url_base *out, struct err *err)
{
    bool scheme = strstr(text, "://") != NULL;
    char *url CLEANUP_FREE = text[0] == ':' ? xasprintf("http://127.0.0.1%s", text) : xstrdup(text);
    CURLU *u = NULL;
    int rc = parse(url, source, &u, err);
    if (rc < 0)
        return rc;
    char *host CLEANUP_FREE = part(u, CURLUPART_HOST, 0);
    char *port CLEANUP_FREE = part(u, CURLUPART_PORT, 0);
    char *path CLEANUP_FREE = part(u, CURLUPART_PATH, 0);
    if (strcmp(host, "0.0.0.0") == 0)
        curl_url_set(u, CURLUPART_HOST, "127.0.0.1", 0);
    if (strcmp(host, "[::]") == 0)
        curl_url_set(u, CURLUPART_HOST, "[::1]", 0);
    if (!*port && !scheme)
        curl_url_set(u, CURLUPART_PORT, "11434", 0);
    cut_slashes(path);
    cut_end(path, "/v1"); /* its OpenAI layer ignores num_ctx and truncate, so it is not used */
    cut_end(path, "/api");
    fill(u, path, "/api", out);
    curl_url_cleanup(u);
    return 0;
}

void url_base_free(struct url_base *u)
{
    free(u->root);
    free(u->api);
    free(u->shown);
    *u = (struct url_base){0};
}

bool url_same_origin(const char *a, const char *b)
{
    static const CURLUPart parts[] = {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT};
    CURLU *ua = curl_url(), *ub = curl_url();
    bool same = curl_url_set(ua, CURLUPART_URL, a, 0) == CURLUE_OK &&
                curl_url_set(ub, CURLUPART_URL, b, 0) == CURLUE_OK;
    for (size_t i = 0; same && i < sizeof parts / sizeof *parts; i++) {
        char *pa CLEANUP_FREE = part(ua, parts[i], CURLU_DEFAULT_PORT);
        char *pb CLEANUP_FREE = part(ub, parts[i], CURLU_DEFAULT_PORT);
        same = strcasecmp(pa, pb) == 0;
    }
    curl_url_cleanup(ua);
    curl_url_cleanup(ub);
    return same;
}
