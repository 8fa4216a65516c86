/* Several logs as one table of outcomes (eval_log.h). What would make a comparison meaningless is
 * refused: logs of different programs, scores or benchmarks, ids under which the logs hold
 * different tasks, and logs without a task in common. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/csv.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "import/eval_log_impl.h"

/* A row and what it is called in the table. */
struct entry {
    const struct log *log;
    const struct log_row *row;
    char *task, *arm; /* owned */
    size_t place;     /* among all rows */
};

struct merged {
    struct entry *e; /* [n] */
    size_t n;
    bool many; /* benchmarks */
};

static bool has_benchmark(const struct log *logs, size_t n, const struct log *of, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(logs[i].benchmark, name) && str_eq(logs[i].rows[0].system, of->rows[0].system))
            return true;
    return false;
}

/* Does the log's system stand in another file of the same benchmark, as in two runs of one model?
 */
static bool needs_file(const struct log *logs, size_t n, const struct log *l, const char *system)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; &logs[i] != l && k < logs[i].n; k++)
            if (str_eq(logs[i].rows[k].system, system) && str_eq(logs[i].benchmark, l->benchmark))
                return true;
    return false;
}

static int check_logs(const struct log *logs, size_t n, bool *many, struct err *err)
{
    *many = false;
    for (size_t i = 1; i < n; i++) {
        const struct log *a = &logs[0], *b = &logs[i];
        if (!str_eq(a->tool, b->tool))
            return err_input(err,
                             "%s is a log of %s and %s one of %s: they grade in their own ways, so "
                             "a difference would not be the systems'",
                             a->path, a->tool, b->path, b->tool);
        if (!str_eq(a->metric, b->metric))
            return err_input(err, "the scores differ: '%s' in %s, '%s' in %s; --metric chooses one",
                             a->metric, a->path, b->metric, b->path);
        *many |= !str_eq(a->benchmark, b->benchmark);
    }
    for (size_t i = 0; *many && i < n; i++) /* every system on every benchmark */
        for (size_t k = 0; k < n; k++)
            if (!has_benchmark(logs, n, &logs[i], logs[k].benchmark))
                return err_input(err,
                                 "the benchmarks differ: %s is of '%s', and there is no log of "
                                 "'%s' for %s",
                                 logs[i].path, logs[i].benchmark, logs[k].benchmark,
                                 logs[i].rows[0].system);
    return 0;
}

static void fill(struct merged *m, struct log *logs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char *base CLEANUP_FREE = xstrdup(file_base(logs[i].path));
        char *dot = strrchr(base, '.');
        if (dot && dot > base)
            *dot = '\0';
        for (size_t k = 0; k < logs[i].n; k++) {
            const struct log_row *r = &logs[i].rows[k];
            struct entry *e = &m->e[m->n];
            *e = (struct entry){.log = &logs[i], .row = r, .place = m->n};
            e->task = m->many ? xasprintf("%s/%s", logs[i].benchmark, r->task) : xstrdup(r->task);
            e->arm =
                k > 0 && str_eq(r->system, logs[i].rows[k - 1].system) ? xstrdup(m->e[m->n - 1].arm)
                : needs_file(logs, n, &logs[i], r->system) ? xasprintf("%s (%s)", r->system, base)
                                                           : xstrdup(r->system);
            m->n++;
        }
    }
}

static int by_task(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int c = strcmp(x->task, y->task);
    return c ? c : (x->place > y->place) - (x->place < y->place);
}

static int by_place(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

/* The entries of one task stand together: m of them. */
static int check_task(const struct entry *e, size_t m, struct err *err)
{
    for (size_t i = 1; i < m; i++)
        if (e[0].row->digest && e[i].row->digest && !str_eq(e[0].row->digest, e[i].row->digest))
            return err_input(err,
                             "they cannot be paired: task %s is not the same in %s and in %s (its "
                             "hash differs)",
                             e[0].task, e[0].log->path, e[i].log->path);
    return 0;
}

/* Is there a task that stands in logs of both? */
static int check_shared(const struct merged *m, struct log *logs, size_t n, struct err *err)
{
    bool *met CLEANUP_FREE = xcalloc(n + 1, sizeof *met);
    bool *shared CLEANUP_FREE = xcalloc(n + 1, sizeof *shared);
    for (size_t i = 0, k; i < m->n; i += k) {
        memset(met, 0, n * sizeof *met);
        for (k = 0; i + k < m->n && str_eq(m->e[i].task, m->e[i + k].task); k++)
            met[m->e[i + k].log - logs] = true;
        int rc = check_task(&m->e[i], k, err);
        if (rc < 0)
            return rc;
        size_t in = 0;
        for (size_t l = 0; l < n; l++)
            in += met[l];
        for (size_t l = 0; l < n; l++)
            shared[l] |= met[l] && in > 1;
    }
    for (size_t l = 0; n > 1 && !m->many && l < n; l++)
        if (!shared[l])
            return err_input(err,
                             "they cannot be paired: no task of %s (such as '%s') is in %s (such "
                             "as '%s')",
                             logs[l].path, logs[l].rows[0].task, logs[l ? 0 : 1].path,
                             logs[l ? 0 : 1].rows[0].task);
    return 0;
}

/* "%.17g", or nothing. */
static void add_number(struct str *csv, double x)
{
    if (!isnan(x))
        str_addf(csv, "%.17g", x);
}

static void add_rows(const struct merged *m, struct str *csv)
{
    bool clusters = m->many;
    for (size_t i = 0; i < m->n; i++)
        clusters |= m->e[i].row->cluster != NULL;
    str_addf(csv, "task,arm,sample,passed,seconds,tokens%s\r\n", clusters ? ",cluster" : "");
    for (size_t i = 0; i < m->n; i++) {
        const struct entry *e = &m->e[i];
        csv_add_field(csv, e->task);
        str_addc(csv, ',');
        csv_add_field(csv, e->arm);
        str_addc(csv, ',');
        csv_add_field(csv, e->row->sample ? e->row->sample : "");
        str_addf(csv, ",%s,", e->row->outcome < 0 ? "" : e->row->outcome ? "1" : "0");
        add_number(csv, e->row->seconds);
        str_addc(csv, ',');
        add_number(csv, e->row->tokens);
        if (clusters) {
            str_addc(csv, ',');
            csv_add_field(csv, e->row->cluster ? e->row->cluster
                               : m->many       ? e->log->benchmark
                                               : "none");
        }
        str_add(csv, "\r\n");
    }
}

/* The log says nothing of samples: the same task and arm again is the next one. Sorted by task. */
static void number_samples(struct merged *m, struct arena *arena)
{
    for (size_t i = 0; i < m->n; i++) {
        size_t sample = 1;
        for (size_t k = i; k-- > 0 && str_eq(m->e[k].task, m->e[i].task);)
            sample += str_eq(m->e[k].arm, m->e[i].arm);
        if (!m->e[i].row->sample)
            ((struct log_row *)m->e[i].row)->sample = arena_printf(arena, "%zu", sample);
    }
}

int log_table(struct log *logs, size_t n, struct str *csv, struct err *err)
{
    struct merged m = {0};
    size_t rows = 0;
    int rc = check_logs(logs, n, &m.many, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < n; i++)
        rows += logs[i].n;
    m.e = xcalloc(rows + 1, sizeof *m.e);
    fill(&m, logs, n);
    qsort(m.e, m.n, sizeof *m.e, by_task);
    number_samples(&m, logs[0].arena);
    rc = check_shared(&m, logs, n, err);
    qsort(m.e, m.n, sizeof *m.e, by_place);
    if (rc == 0)
        add_rows(&m, csv);
    for (size_t i = 0; i < m.n; i++) {
        free(m.e[i].task);
        free(m.e[i].arm);
    }
    free(m.e);
    return rc;
}
