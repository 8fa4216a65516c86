/* See run_progress.h. */
#include "cli/run_progress.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "stats/rate.h"

struct run_screen {
    const char *title;
    char *note;   /* NULL = none */
    bool live;    /* a terminal that can be redrawn */
    size_t lines; /* on it now */
    double next;  /* when to show again */
};

enum { MOST_ARMS = 8 }; /* to be shown one by one */

static const double LIVE_S = 0.2, LINE_S = 10;

struct run_screen *run_screen_open(const char *title)
{
    struct run_screen *s = xcalloc(1, sizeof *s);
    const char *term = getenv("TERM");
    s->title = title;
    s->live = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
    s->next = clock_seconds() + (s->live ? 0 : LINE_S);
    return s;
}

void run_screen_note(struct run_screen *s, const char *text)
{
    free(s->note);
    s->note = *text ? xstrdup(text) : NULL;
}

static int columns(void)
{
    struct winsize w;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}

static void add_duration(struct str *out, double seconds)
{
    long s = lround(seconds);
    if (s >= 3600)
        str_addf(out, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    else
        str_addf(out, "%ld:%02ld", s / 60, s % 60);
}

/* "120 of 720 episodes, 0:16 left, 5200 tokens/s" */
static void add_total(struct str *out, const struct runner_progress *p)
{
    size_t left = p->total - p->done - p->errors;
    str_addf(out, "%zu of %zu episodes", p->done, p->total);
    if (p->errors)
        str_addf(out, ", %zu in error", p->errors);
    if (!isnan(p->e_value))
        str_addf(out, ", e = %.3g (%.0f decides)", p->e_value, p->decides);
    if (p->done_here == 0 || p->seconds <= 0)
        return;
    str_add(out, ", ");
    add_duration(out, p->seconds * (double)left / (double)p->done_here);
    str_addf(out, " left, %.0f tokens/s", (double)p->generated_tokens / p->seconds);
}

/* "solved 55 of 60, pass@1 91.7 % [81.9, 96.4], n = 20 tasks", as in the report. */
static void add_arm(struct str *out, const struct runner_arm *a)
{
    double tasks = (double)a->rate.tasks;
    str_addf(out, "solved %zu of %zu", a->solved, a->done);
    if (a->rate.tasks == 0)
        return;
    struct stats_ci ci = stats_wilson(a->rate.sum, tasks, 0.95);
    str_addf(out, ", pass@1 %.1f %% [%.1f, %.1f], n = %zu task%s", 100 * a->rate.sum / tasks,
             100 * ci.low, 100 * ci.high, a->rate.tasks, a->rate.tasks == 1 ? "" : "s");
}

/* Cuts the line to the terminal's width: a line that wraps could not be taken back. */
static void put_line(struct run_screen *s, struct str *line, int width)
{
    size_t n = line->len;
    while (n > 0 && utf8_width(str_text(line)) >= width) {
        n = utf8_cut(line->p, n - 1);
        line->p[n] = '\0';
    }
    fprintf(stderr, "\r\x1b[2K%s\n", str_text(line));
    str_clear(line);
    s->lines++;
}

static void take_back(struct run_screen *s)
{
    if (s->lines)
        fprintf(stderr, "\x1b[%zuA\r\x1b[J", s->lines);
    s->lines = 0;
}

static void draw(struct run_screen *s, const struct runner_progress *p)
{
    struct str line CLEANUP_STR = {0};
    int width = columns(), name_width = 0;
    for (size_t i = 0; i < p->n_arms; i++) {
        int n = utf8_width(p->arms[i].name);
        name_width = n > name_width ? n : name_width;
    }
    take_back(s);
    add_total(&line, p);
    if (s->note)
        str_addf(&line, "; %s", s->note);
    str_addf(&line, "  (%s)", s->title); /* last: a narrow terminal cuts it off */
    put_line(s, &line, width);
    for (size_t i = 0; i < p->n_arms && p->n_arms <= MOST_ARMS; i++) {
        const struct runner_arm *a = &p->arms[i];
        str_addf(&line, "  %-*s %zu/%zu  ", name_width, a->name, a->done, a->total);
        add_arm(&line, a);
        put_line(s, &line, width);
    }
    fflush(stderr);
}

static void print_line(const struct run_screen *s, const struct runner_progress *p)
{
    struct str line CLEANUP_STR = {0};
    str_addf(&line, "%s: ", s->title);
    add_total(&line, p);
    if (s->note)
        str_addf(&line, "; %s", s->note);
    for (size_t i = 0; i < p->n_arms && p->n_arms <= MOST_ARMS; i++) {
        str_addf(&line, "; %s ", p->arms[i].name);
        add_arm(&line, &p->arms[i]);
    }
    fprintf(stderr, "%s\n", line.p);
}

void run_screen_show(struct run_screen *s, const struct runner_progress *p)
{
    double now = clock_seconds();
    if (now < s->next)
        return;
    s->next = now + (s->live ? LIVE_S : LINE_S);
    if (s->live)
        draw(s, p);
    else
        print_line(s, p);
}

void run_screen_close(struct run_screen *s)
{
    if (!s)
        return;
    if (s->live)
        take_back(s);
    fflush(stderr);
    free(s->note);
    free(s);
}
