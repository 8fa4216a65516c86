/* One reader, n workers, one writer around a ring of rows. The writer has its own thread, so that a
 * program that sends one row and waits gets its answer. */
#include "cli/jsonl.h"
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/patience.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/stop_signals.h"

enum { RING = 256, SHOW_MS = 200, MAX_LINE = 64 << 20 };

enum state { EMPTY, READ, TAKEN, DONE };

struct row {
    enum state state;
    size_t line;
    bool bad; /* the row itself is wrong, and out says how */
    json_t *in, *out;
    struct err err;
};

struct batch {
    const struct jsonl_job *job;
    const char *name; /* of the input, for messages */
    FILE *input, *output;
    pthread_t reader;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct row ring[RING];
    size_t n_read, n_taken, n_written; /* rows, counted from 0 */
    size_t n_bad;
    struct err bad;  /* of the first bad row, in input order */
    bool eof;        /* no more input */
    int write_errno; /* 0, or the errno of writing; EPIPE: the reader has exited */
    struct err err;  /* of the first row, in input order, that failed */
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

static void on_stop(int sig)
{
    (void)sig;
    stop_request();
}

/* Ends a system call of the reader. */
static void on_wake(int sig)
{
    (void)sig;
}

/* Called with the lock held. */
static bool ended(const struct batch *b)
{
    return b->err.code || b->write_errno || stop_requested();
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

/* Waits for room and puts a row into the ring. False when the batch has ended. */
static bool put_row(struct batch *b, const struct row *row)
{
    pthread_mutex_lock(&b->lock);
    while (!ended(b) && b->ring[b->n_read % RING].state != EMPTY)
        pthread_cond_wait(&b->changed, &b->lock);
    bool room = !ended(b);
    if (room)
        b->ring[b->n_read++ % RING] = *row;
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->lock);
    return room;
}

/* A bad line is queued as a failed row. */
static bool put_line(struct batch *b, const char *text, size_t n, size_t line)
{
    char *what CLEANUP_FREE = xasprintf("%s:%zu", b->name, line);
    struct row row = {.state = READ, .line = line};
    row.in = json_parse(text, n, what, &row.err);
    if (row.in && !json_is_object(row.in)) {
        json_decref(row.in);
        row.in = NULL;
        err_input(&row.err, "%s: found no JSON object; expected one per line", what);
    }
    bool put = put_row(b, &row);
    if (!put)
        json_decref(row.in);
    return put;
}

/* One line into *line; what is longer than any row may be is cut, and so a bad row. False at the
 * end or at an interrupt. */
static bool read_line(struct batch *b, struct str *line)
{
    int c = 0;
    str_clear(line);
    while (c != '\n' && (c = getc_unlocked(b->input)) != EOF)
        if (line->len < MAX_LINE)
            str_addc(line, (char)c);
    return line->len > 0 && !stop_requested();
}

static void read_all(struct batch *b)
{
    struct str line CLEANUP_STR = {0};
    for (size_t number = 1; read_line(b, &line); number++) {
        const char *text = str_text(&line);
        if (strspn(text, " \t\r\n") < line.len && !put_line(b, text, line.len, number))
            break;
    }
    pthread_mutex_lock(&b->lock);
    b->eof = true;
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->lock);
}

/* The next row to work on, or NULL at the end. */
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

/* The answer to a row that is wrong itself. */
static void answer_bad_row(const struct jsonl_job *job, struct row *row)
{
    json_t *id = row->in ? jsonl_id(row->in) : NULL;
    row->bad = true;
    row->out = json_object();
    json_object_set_new(row->out, "id", id ? id : json_null());
    json_object_set_new(row->out, job->result, json_null());
    json_object_set_new(row->out, "bad_row", json_string(row->err.msg));
}

static void *work(void *arg)
{
    struct batch *b = arg;
    struct row *row;
    while ((row = take(b))) {
        struct arena *arena = arena_new();
        if (row->in && b->job->map(b->job->ctx, row->in, &row->out, arena, &row->err) < 0 &&
            row->err.kind == ERR_INPUT)
            err_prefix(&row->err, "%s:%zu", b->name, row->line);
        if (row->err.code && row->err.kind == ERR_INPUT)
            answer_bad_row(b->job, row);
        arena_free(arena);
        pthread_mutex_lock(&b->lock);
        row->state = DONE;
        pthread_cond_broadcast(&b->changed);
        pthread_mutex_unlock(&b->lock);
    }
    return NULL;
}

/* 0 or an errno. */
static int write_row(struct batch *b, struct row *row, bool flush)
{
    int rc = 0;
    if (row->out) {
        char *text CLEANUP_FREE = json_text(row->out);
        if (fprintf(b->output, "%s\n", text) < 0 || (flush && fflush(b->output) != 0))
            rc = errno;
        if (b->job->seen && !row->bad)
            b->job->seen(b->job->ctx, row->in, row->out);
    }
    json_decref(row->in);
    json_decref(row->out);
    return rc;
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
            if (done.bad && b->n_bad++ == 0)
                b->bad = done.err;
            if (!done.bad && (b->err = done.err).code)
                break;
            row->in = row->out = NULL;
            /* the reader may be waiting for this row */
            bool idle = b->ring[(b->n_written + 1) % RING].state != DONE;
            pthread_mutex_unlock(&b->lock);
            int rc = write_row(b, &done, idle);
            pthread_mutex_lock(&b->lock);
            if ((b->write_errno = rc))
                break;
            row->state = EMPTY;
            b->n_written++;
            show_progress(b, false);
            pthread_cond_broadcast(&b->changed);
        } else if ((b->eof && !there) || (stop_requested() && row->state != TAKEN)) {
            break;
        } else {
            pthread_cond_wait(&b->changed, &b->lock);
        }
    }
    show_progress(b, true);
    while (!b->eof) { /* after an error: out of getline, or out of waiting for room */
        pthread_cond_broadcast(&b->changed);
        pthread_kill(b->reader, SIGUSR1);
        patience_wait(&b->changed, &b->lock);
    }
    pthread_mutex_unlock(&b->lock);
    return NULL;
}

static void run_threads(struct batch *b)
{
    size_t n = (size_t)b->job->threads;
    pthread_t *workers = xcalloc(n, sizeof *workers), writer;
    sigset_t ours, before;
    stop_signals_set(&ours);
    b->reader = pthread_self();
    pthread_sigmask(SIG_BLOCK, &ours, &before); /* the reader takes them: it may be in getline */
    pthread_create(&writer, NULL, write_all, b);
    for (size_t i = 0; i < n; i++)
        pthread_create(&workers[i], NULL, work, b);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    read_all(b);
    for (size_t i = 0; i < n; i++)
        pthread_join(workers[i], NULL);
    pthread_mutex_lock(&b->lock); /* after an interrupt all workers may leave a sleeping writer */
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->lock);
    pthread_join(writer, NULL);
    free(workers);
    for (; b->n_written < b->n_read; b->n_written++) { /* rows left after an early end */
        json_decref(b->ring[b->n_written % RING].in);
        json_decref(b->ring[b->n_written % RING].out);
    }
}

static FILE *open_or(const char *path, const char *mode, FILE *standard, struct err *err)
{
    if (!path || strcmp(path, "-") == 0)
        return standard;
    FILE *f = fopen(path, mode);
    struct stat st;
    if (f && fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode)) {
        fclose(f);
        f = NULL;
        errno = EISDIR;
    }
    if (!f)
        err_input(err, "%s: %m", path);
    return f;
}

int jsonl_run(const struct jsonl_job *job)
{
    struct batch *b = xcalloc(1, sizeof *b);
    /* no SA_RESTART */
    const struct sigaction stop = {.sa_handler = on_stop}, wake = {.sa_handler = on_wake};
    b->job = job;
    b->name = job->input && !str_eq(job->input, "-") ? job->input : "standard input";
    b->tty = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
    b->started = clock_seconds();
    pthread_mutex_init(&b->lock, NULL);
    patience_init(&b->changed);
    b->input = open_or(job->input, "re", stdin, &b->err);
    b->output = b->input ? open_or(job->output, "we", stdout, &b->err) : NULL;
    stop_signals_watch(&stop);
    sigaction(SIGUSR1, &wake, NULL);
    if (b->output)
        run_threads(b);
    stop_signals_watch(&(struct sigaction){.sa_handler = SIG_DFL});
    if (b->output && !b->write_errno && fflush(b->output) != 0)
        b->write_errno = errno;
    if (b->write_errno && b->output == stdout) { /* reported here, so not again at exit */
        __fpurge(stdout);
        clearerr(stdout);
    }
    if (b->write_errno && b->write_errno != EPIPE && !b->err.code)
        err_errno(&b->err, b->write_errno, "cannot write to %s",
                  job->output ? job->output : "standard output");
    if (b->input && b->input != stdin)
        fclose(b->input);
    if (b->output && b->output != stdout)
        fclose(b->output);
    if (b->n_bad && !b->err.code && b->n_written > 1) {
        char *first CLEANUP_FREE = xstrdup(b->bad.msg);
        err_input(&b->err,
                  "%zu of %zu rows are bad; the output says what is wrong with each; the first: %s",
                  b->n_bad, b->n_written, first);
    } else if (b->n_bad && !b->err.code) {
        b->err = b->bad;
    }
    int code = b->err.code        ? cmd_fail(&b->err)
               : b->write_errno   ? EXIT_EPISODES_IN_ERROR
               : stop_requested() ? EXIT_INTERRUPTED
                                  : EXIT_DONE;
    pthread_mutex_destroy(&b->lock);
    pthread_cond_destroy(&b->changed);
    free(b);
    return code;
}
