/* One reader, n workers, one writer around a ring of rows. The writer is its own thread, so that a
 * program that sends a row and waits for its answer gets it. */
#include "cli/jsonl.h"
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/cmd.h"

enum { RING = 256, SHOW_MS = 200 };

enum state { EMPTY, READ, TAKEN, DONE };

struct row {
    enum state state;
    size_t line;
    json_t *in, *out;
};

struct batch {
    const struct jsonl_job *job;
    FILE *input, *output;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct row ring[RING];
    size_t n_read, n_taken, n_written; /* rows, counted from 0 */
    bool eof;
    struct err err; /* the first */
    double started, shown;
    bool tty;
};

json_t *jsonl_id(const json_t *row)
{
    json_t *id = json_object_get(row, "id");
    return json_incref(id ? id : json_object_get(row, "task_id"));
}

json_t *jsonl_seconds(double s)
{
    return json_real(round(s * 1e6) / 1e6);
}

static void on_interrupt(int sig)
{
    (void)sig;
    stop_request();
}

/* Called with the lock held. */
static bool ended(const struct batch *b)
{
    return b->err.code || stop_requested();
}

static void show_progress(struct batch *b, bool last)
{
    double now = clock_seconds(), rate = (double)b->n_written / fmax(now - b->started, 1e-3);
    if (!b->tty || (!last && now - b->shown < 1e-3 * SHOW_MS))
        return;
    b->shown = now;
    fprintf(stderr, "\r\033[K%zu %s, %.0f/s%s", b->n_written, b->job->label, rate,
            last ? "\n" : "");
}

/* Parses a line and puts it into the ring, waiting for room. */
static int put_line(struct batch *b, const char *text, size_t n, size_t line)
{
    struct err err = {0};
    const char *path = b->job->input ? b->job->input : "-";
    CLEANUP_FREE char *what =
        xasprintf("%s:%zu", strcmp(path, "-") ? path : "standard input", line);
    json_t *row = json_parse(text, n, what, &err);
    if (row && !json_is_object(row)) {
        json_decref(row);
        row = NULL;
        err_input(&err, "%s: found no JSON object; expected one per line", what);
    }
    pthread_mutex_lock(&b->lock);
    while (row && !ended(b) && b->ring[b->n_read % RING].state != EMPTY)
        pthread_cond_wait(&b->changed, &b->lock);
    if (row && !ended(b))
        b->ring[b->n_read++ % RING] = (struct row){READ, line, row, NULL};
    else
        json_decref(row);
    if (err.code && !b->err.code)
        b->err = err;
    int rc = ended(b) ? -ECANCELED : 0;
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->lock);
    return rc;
}

static void read_all(struct batch *b)
{
    CLEANUP_FREE char *text = NULL;
    size_t cap = 0, line = 0;
    ssize_t n;
    while (!stop_requested() && (n = getline(&text, &cap, b->input)) >= 0) {
        line++;
        if (text[strspn(text, " \t\r\n")] && put_line(b, text, (size_t)n, line) < 0)
            break;
    }
    pthread_mutex_lock(&b->lock);
    b->eof = true;
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->lock);
}

/* The next row to work on, or NULL when there will be none. */
static struct row *take(struct batch *b)
{
    struct row *row = NULL;
    pthread_mutex_lock(&b->lock);
    while (b->n_taken == b->n_read && !b->eof && !ended(b))
        pthread_cond_wait(&b->changed, &b->lock);
    if (b->n_taken < b->n_read && !ended(b)) {
        row = &b->ring[b->n_taken++ % RING];
        row->state = TAKEN;
    }
    pthread_mutex_unlock(&b->lock);
    return row;
}

static void *work(void *arg)
{
    struct batch *b = arg;
    struct row *row;
    while ((row = take(b))) {
        struct err err = {0};
        struct arena *arena = arena_new();
        int rc = b->job->map(b->job->ctx, row->in, &row->out, arena, &err);
        arena_free(arena);
        pthread_mutex_lock(&b->lock);
        if (rc < 0 && !b->err.code) {
            if (err.kind == ERR_INPUT)
                err_prefix(&err, "%s:%zu", b->job->input ? b->job->input : "-", row->line);
            b->err = err;
        }
        row->state = DONE;
        pthread_cond_broadcast(&b->changed);
        pthread_mutex_unlock(&b->lock);
    }
    return NULL;
}

static void write_row(struct batch *b, struct row *row)
{
    if (row->out) {
        CLEANUP_FREE char *text = json_text(row->out);
        fprintf(b->output, "%s\n", text);
        if (b->job->seen)
            b->job->seen(b->job->ctx, row->in, row->out);
    }
    json_decref(row->in);
    json_decref(row->out);
}

static void *write_all(void *arg)
{
    struct batch *b = arg;
    pthread_mutex_lock(&b->lock);
    for (;;) {
        struct row *row = &b->ring[b->n_written % RING];
        bool there = b->n_written < b->n_read;
        if (there && row->state == DONE) {
            struct row done = *row;
            bool idle = b->ring[(b->n_written + 1) % RING].state != DONE;
            pthread_mutex_unlock(&b->lock);
            write_row(b, &done);
            if (idle) /* whoever reads us may be waiting */
                fflush(b->output);
            pthread_mutex_lock(&b->lock);
            row->state = EMPTY;
            b->n_written++;
            show_progress(b, false);
            pthread_cond_broadcast(&b->changed);
        } else if (ended(b) ? !there || row->state == READ : b->eof && !there) {
            break;
        } else {
            pthread_cond_wait(&b->changed, &b->lock);
        }
    }
    show_progress(b, true);
    pthread_mutex_unlock(&b->lock);
    return NULL;
}

static void run_threads(struct batch *b)
{
    size_t n = (size_t)b->job->threads;
    pthread_t *workers = xcalloc(n, sizeof(*workers)), writer;
    pthread_create(&writer, NULL, write_all, b);
    for (size_t i = 0; i < n; i++)
        pthread_create(&workers[i], NULL, work, b);
    read_all(b);
    for (size_t i = 0; i < n; i++)
        pthread_join(workers[i], NULL);
    pthread_mutex_lock(
        &b->lock); /* after an interrupt the writer may sleep while all workers have left */
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->lock);
    pthread_join(writer, NULL);
    free(workers);
    for (; b->n_written < b->n_read; b->n_written++)
        json_decref(b->ring[b->n_written % RING].in);
}

static FILE *open_or(const char *path, const char *mode, FILE *standard, struct err *err)
{
    if (!path || strcmp(path, "-") == 0)
        return standard;
    FILE *f = fopen(path, mode);
    if (!f)
        err_input(err, "%s: %m", path);
    return f;
}

int jsonl_run(const struct jsonl_job *job)
{
    struct batch *b = xcalloc(1, sizeof(*b));
    struct sigaction interrupt = {.sa_handler = on_interrupt}, before;
    b->job = job;
    b->tty = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
    b->started = clock_seconds();
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->changed, NULL);
    b->input = open_or(job->input, "re", stdin, &b->err);
    b->output = b->input ? open_or(job->output, "we", stdout, &b->err) : NULL;
    sigaction(SIGINT, &interrupt, &before);
    if (b->output)
        run_threads(b);
    sigaction(SIGINT, &before, NULL);
    if (b->output && (fflush(b->output) != 0 || ferror(b->output)) && !b->err.code &&
        errno != EPIPE)
        err_errno(&b->err, errno, "%s", job->output ? job->output : "standard output");
    if (b->input && b->input != stdin)
        fclose(b->input);
    if (b->output && b->output != stdout)
        fclose(b->output);
    int code = b->err.code ? cmd_fail(&b->err) : stop_requested() ? EXIT_INTERRUPTED : EXIT_DONE;
    pthread_mutex_destroy(&b->lock);
    pthread_cond_destroy(&b->changed);
    free(b);
    return code;
}
