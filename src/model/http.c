/* See http.h. */
#include "model/http.h"

#include <curl/curl.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "model/retry.h"
#include "model/url.h"

enum { MAX_REDIRECTS = 3 };
static const double stop_poll_s = 0.2;
static const double courtesy_s = 0.3; /* for the last chunk behind a complete reply */
static const double likely_s = 2;     /* for a terminator that some servers do not send */

struct http {
    CURL *easy;
    CURLM *multi; /* drives easy; holds its connection */
    struct curl_slist *headers;
    char error[CURL_ERROR_SIZE];
    /* of the transfer under way */
    const struct http_request *q;
    struct http_result *r;
    double started, heard_at; /* heard_at: the last byte, or the start */
    double enough_at;         /* 0 = not yet */
    double likely_at;         /* the same of HTTP_LIKELY */
    bool framed, aborted;
    bool connected_before; /* in an earlier transfer */
};

static pthread_once_t curl_ready = PTHREAD_ONCE_INIT;

static void init_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* ---- what comes in ---- */

/* The value when line is "name: value". */
static const char *header_value(const char *line, const char *name)
{
    size_t k = strlen(name);
    if (strncasecmp(line, name, k) != 0 || line[k] != ':')
        return NULL;
    return line + k + 1 + strspn(line + k + 1, " \t");
}

static size_t on_header(char *line, size_t size, size_t n, void *user)
{
    struct http *h = user;
    struct http_result *r = h->r;
    const char *value;
    size_t len = n * size;
    while (len > 0 && strchr("\r\n", line[len - 1]))
        len--;
    char *text CLEANUP_FREE = xstrndup(line, len);
    h->heard_at = clock_seconds();
    r->any_byte = true;
    if (strncmp(text, "HTTP/", 5) == 0) { /* forget those of a redirect before */
        r->retry_after_s = -1;
        h->framed = false;
    } else if ((value = header_value(text, "retry-after-ms"))) {
        r->retry_after_s = retry_after_ms(value);
    } else if ((value = header_value(text, "retry-after")) && r->retry_after_s < 0) {
        r->retry_after_s = retry_after_s(value, time(NULL));
    } else if (header_value(text, "content-length") || header_value(text, "transfer-encoding")) {
        h->framed = true;
    }
    return n * size;
}

static bool is_redirect(long status)
{
    return status >= 301 && status <= 308 && status != 304;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *user)
{
    struct http *h = user;
    long status = 0;
    n *= size;
    h->heard_at = clock_seconds();
    curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
    if (is_redirect(status))
        return n;
    switch (h->q->on_body(h->q->user, status, bytes, n)) {
    case HTTP_GO_ON:
        return n;
    case HTTP_LIKELY:
        if (h->likely_at == 0)
            h->likely_at = h->heard_at;
        return n;
    case HTTP_ENOUGH:
        if (h->enough_at == 0)
            h->enough_at = h->heard_at;
        return n;
    default:
        h->aborted = true;
        return 0; /* CURLE_WRITE_ERROR: closes */
    }
}

/* ---- the handle ---- */

static void set_options(struct http *h, const struct http_options *o)
{
    CURL *c = h->easy;
    const char *ca = getenv("SSL_CERT_FILE");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1); /* h2c fails on some */
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L); /* done by hand: same origin only */
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)(o->connect_s * 1000));
    curl_easy_setopt(c, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 1L);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "hrm");
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, h->headers);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->error);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, h);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, h);
    if (ca && *ca)
        curl_easy_setopt(c, CURLOPT_CAINFO, ca);
    if (o->loopback)
        curl_easy_setopt(c, CURLOPT_PROXY, "");
}

struct http *http_new(const struct http_options *o)
{
    pthread_once(&curl_ready, init_curl);
    struct http *h = xcalloc(1, sizeof *h);
    h->easy = curl_easy_init();
    h->multi = curl_multi_init();
    if (!h->easy || !h->multi)
        abort(); /* out of memory, as in xmalloc */
    h->headers = curl_slist_append(h->headers, "Content-Type: application/json");
    h->headers = curl_slist_append(h->headers, "Accept: application/json, text/event-stream");
    h->headers = curl_slist_append(h->headers, "Expect:"); /* no 100-continue round trip */
    if (o->key_line)
        h->headers = curl_slist_append(h->headers, o->key_line);
    set_options(h, o);
    return h;
}

void http_free(struct http *h)
{
    if (!h)
        return;
    curl_easy_cleanup(h->easy);
    curl_multi_cleanup(h->multi);
    curl_slist_free_all(h->headers);
    free(h);
}

/* ---- one transfer ---- */

static enum http_fault fault_of(CURLcode code)
{
    switch (code) {
    case CURLE_OK:
        return HTTP_OK;
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_OPERATION_TIMEDOUT: /* the only timeout set in libcurl is the connection's */
    case CURLE_SSL_CONNECT_ERROR:
        return HTTP_CONNECT;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
        return HTTP_LOST;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
        return HTTP_TLS;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL: /* of a reply: HTTP/0.9; ours are http and https only */
    case CURLE_BAD_CONTENT_ENCODING:
        return HTTP_GARBLED;
    default:
        return HTTP_OTHER;
    }
}

/* Why the transfer must end now (HTTP_OK: it may go on), and the time until the next check. */
static enum http_fault overdue(const struct http *h, double *wait)
{
    const struct http_request *q = h->q;
    bool talking = q->talking ? q->talking(q->user) : h->r->any_byte;
    double now = clock_seconds(), silence = talking ? q->idle_s : q->first_s;
    double quiet_left = h->heard_at + silence - now, total_left = h->started + q->total_s - now;
    if (stop_requested())
        return HTTP_STOPPED;
    if (total_left <= 0)
        return HTTP_SLOW_TOTAL;
    if (quiet_left <= 0)
        return talking ? HTTP_SLOW_IDLE : HTTP_SLOW_FIRST;
    *wait = fmin(stop_poll_s, fmin(quiet_left, total_left));
    return HTTP_OK;
}

static enum http_fault drive(struct http *h)
{
    for (int running = 1, left; running;) {
        double wait = stop_poll_s;
        if (curl_multi_perform(h->multi, &running) != CURLM_OK)
            return HTTP_OTHER;
        if (!running) {
            const CURLMsg *m = curl_multi_info_read(h->multi, &left);
            return m ? fault_of(m->data.result) : HTTP_OTHER;
        }
        enum http_fault fault = overdue(h, &wait);
        if (fault)
            return fault;
        if (h->enough_at > 0 && clock_seconds() - h->enough_at > courtesy_s)
            return HTTP_OK;
        if (h->likely_at > 0 && clock_seconds() - h->likely_at > likely_s)
            return HTTP_OK;
        curl_multi_poll(h->multi, NULL, 0, (int)ceil(wait * 1000), NULL);
    }
    return HTTP_OTHER;
}

static void describe(const struct http *h, struct http_result *r)
{
    static const char *const words[] = {
        [HTTP_CONNECT] = "cannot connect",
        [HTTP_LOST] = "the connection was lost",
        [HTTP_ABORTED] = "the response was not worth reading on",
        [HTTP_STOPPED] = "interrupted",
        [HTTP_TLS] = "the server's certificate was refused",
        [HTTP_GARBLED] = "what came is no HTTP response",
        [HTTP_OTHER] = "no HTTP response",
    };
    const char *detail = h->error[0] ? h->error : NULL;
    if (r->fault == HTTP_SLOW_FIRST)
        snprintf(r->message, sizeof r->message, "no token within %g s", h->q->first_s);
    else if (r->fault == HTTP_SLOW_IDLE)
        snprintf(r->message, sizeof r->message, "silent for %g s", h->q->idle_s);
    else if (r->fault == HTTP_SLOW_TOTAL)
        snprintf(r->message, sizeof r->message, "not done after %g s", h->q->total_s);
    else if (r->fault)
        snprintf(r->message, sizeof r->message, "%s%s%s%s", words[r->fault], detail ? " (" : "",
                 detail ? detail : "", detail ? ")" : "");
}

static void transfer(struct http *h, const char *url, bool post)
{
    struct http_result *r = h->r;
    long connects = 0;
    h->error[0] = '\0';
    h->aborted = false;
    h->enough_at = h->likely_at = 0;
    h->heard_at = clock_seconds();
    curl_easy_setopt(h->easy, CURLOPT_URL, url);
    if (post) {
        curl_easy_setopt(h->easy, CURLOPT_POSTFIELDS, h->q->body);
        curl_easy_setopt(h->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(h->q->body));
    } else {
        curl_easy_setopt(h->easy, CURLOPT_HTTPGET, 1L);
    }
    curl_multi_add_handle(h->multi, h->easy);
    r->fault = drive(h);
    if (h->aborted)
        r->fault = HTTP_ABORTED;
    else if (h->enough_at > 0 && r->fault != HTTP_STOPPED)
        r->fault = HTTP_OK;
    curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &r->status);
    curl_easy_getinfo(h->easy, CURLINFO_NUM_CONNECTS, &connects);
    r->reused = connects == 0 && r->fault != HTTP_CONNECT;
    r->anew |= connects > 0 && h->connected_before;
    h->connected_before |= connects > 0;
    r->whole = h->framed && r->fault == HTTP_OK;
    curl_multi_remove_handle(h->multi, h->easy); /* closes what has not ended */
}

/* True for a redirect that is followed; *next is its URL (caller frees). */
static bool follow(struct http *h, const char *from, bool *post, char **next)
{
    struct http_result *r = h->r;
    const char *to = NULL;
    if (r->fault || !is_redirect(r->status))
        return false;
    curl_easy_getinfo(h->easy, CURLINFO_REDIRECT_URL, &to);
    if (!to || !url_same_origin(from, to)) {
        r->fault = HTTP_REDIRECT;
        snprintf(r->message, sizeof r->message,
                 "the server redirects to another place, which is not followed");
        return false;
    }
    *post = *post && (r->status == 307 || r->status == 308);
    *next = xstrdup(to);
    return true;
}

void http_perform(struct http *h, const struct http_request *q, struct http_result *r)
{
    *r = (struct http_result){.retry_after_s = -1};
    h->q = q;
    h->r = r;
    h->started = clock_seconds();
    bool post = q->body != NULL;
    char *url CLEANUP_FREE = xstrdup(q->url);
    transfer(h, url, post);
    for (int n = 0; n < MAX_REDIRECTS; n++) {
        char *next = NULL;
        if (!follow(h, url, &post, &next))
            break;
        free(url);
        url = next;
        transfer(h, url, post);
    }
    r->seconds = clock_seconds() - h->started;
    if (r->fault != HTTP_REDIRECT)
        describe(h, r);
}

const char *http_fault_name(enum http_fault f)
{
    static const char *const names[] = {
        [HTTP_OK] = "ok",
        [HTTP_CONNECT] = "connect",
        [HTTP_LOST] = "lost",
        [HTTP_SLOW_FIRST] = "slow_first",
        [HTTP_SLOW_IDLE] = "slow_idle",
        [HTTP_SLOW_TOTAL] = "slow_total",
        [HTTP_ABORTED] = "aborted",
        [HTTP_STOPPED] = "stopped",
        [HTTP_TLS] = "tls",
        [HTTP_REDIRECT] = "redirect",
        [HTTP_GARBLED] = "garbled",
        [HTTP_OTHER] = "other",
    };
    return names[f];
}
