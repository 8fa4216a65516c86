/* See run_progress.h.
 *
 * Lines are broken at the terminal's width, never by the terminal. When it was made narrower
 * meanwhile, it has broken the lines that stand there again (tmux, VTE and most others do), so the
 * rows to take back are counted in the new width. */
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
#include "label/wrap.h"
#include "stats/rate.h"
#include "store/prices.h"

enum { MOST_ARMS = 8, MOST_ROWS = 64 }; /* MOST_ARMS: to be shown one by one */

struct run_screen {
    const char *title;
    char *note;           /* NULL = none */
    bool live;            /* a terminal that can be redrawn */
    int width[MOST_ROWS]; /* [rows] columns of what is on it now */
    int rows;
    double next; /* when to show again */
};

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

/* ---- what is said ---- */

static void add_duration(struct str *out, double seconds)
{
    long s = lround(seconds);
    if (s >= 3600)
        str_addf(out, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    else
        str_addf(out, "%ld:%02ld", s / 60, s % 60);
}

/* "12 of 720 episodes, 3:20 elapsed, 25 to 40 min left, 23.4 tokens/s" */
static void add_total(struct str *out, const struct run_sight *what)
{
    const struct runner_progress *p = what->progress;
    str_addf(out, "%zu of %zu episodes", p->done, p->total);
    if (p->errors)
        str_addf(out, ", %zu in error", p->errors);
    if (!isnan(p->e_value))
        str_addf(out, ", e = %.3g (%.0f decides)", p->e_value, p->decides);
    str_add(out, ", ");
    add_duration(out, p->seconds);
    str_add(out, " elapsed, ");
    if (isnan(what->left.value))
        str_add(out, "time left not known yet");
    else {
        forecast_add_times(out, what->left.low, what->left.high);
        str_add(out, " left");
    }
    if (p->seconds > 0)
        str_addf(out, ", %.1f tokens/s", what->tokens / p->seconds);
    if (!isnan(what->cost)) {
        str_add(out, ", ");
        prices_add_amount(out, what->cost);
        str_addf(out, " %s so far", what->currency);
    }
}

/* "8 calls: 3 coder (oldest 1:12, 214 tokens), 5 planner (oldest 0:04, 0 tokens)" */
static void add_calls(struct str *out, const struct run_sight *what)
{
    size_t n = 0;
    for (size_t i = 0; i < what->n_roles; i++)
        n += what->roles[i].calls;
    str_addf(out, "%zu call%s:", n, n == 1 ? "" : "s");
    for (size_t i = 0; i < what->n_roles; i++) {
        const struct flight_role *r = &what->roles[i];
        str_addf(out, "%s %zu %s (%s", i ? "," : "", r->calls, r->name,
                 r->calls > 1 ? "oldest " : "");
        add_duration(out, r->oldest_s);
        str_addf(out, ", %d tokens)", r->oldest_tokens);
    }
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

/* ---- on a terminal ---- */

static struct winsize size(void)
{
    struct winsize w = {0};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) < 0 || w.ws_col == 0)
        w.ws_col = 80;
    if (w.ws_row == 0)
        w.ws_row = 24;
    return w;
}

static void take_back(struct run_screen *s)
{
    int rows = 0, columns = size().ws_col;
    for (int i = 0; i < s->rows; i++)
        rows += s->width[i] > columns ? (s->width[i] + columns - 1) / columns : 1;
    if (rows)
        fprintf(stderr, "\x1b[%dA\r\x1b[J", rows);
    s->rows = 0;
}

static void put_row(struct run_screen *s, const char *text, size_t n, int indent)
{
    struct str row CLEANUP_STR = {0};
    str_addf(&row, "%*s", indent, "");
    str_addn(&row, text, n);
    while (row.len && row.p[row.len - 1] == ' ')
        str_shorten(&row, row.len - 1);
    s->width[s->rows++] = utf8_width(str_text(&row));
    fprintf(stderr, "\r\x1b[2K%s\n", str_text(&row));
}

/* The last row of a terminal is the cursor's, and rows that went over the top cannot be taken
 * back: what has no room is left out. */
static void put_line(struct run_screen *s, struct str *line, struct winsize w)
{
    const char *rest = str_text(line);
    for (int indent = 0; *rest && s->rows < MOST_ROWS && s->rows + 1 < w.ws_row; indent = 4) {
        int columns = w.ws_col - 1 - indent;
        size_t n = wrap_row(rest, columns > 1 ? columns : 1);
        put_row(s, rest, n, indent);
        rest += n;
    }
    str_clear(line);
}

static void draw(struct run_screen *s, const struct run_sight *what)
{
    const struct runner_progress *p = what->progress;
    struct str line CLEANUP_STR = {0};
    struct winsize w = size();
    int name_width = 0;
    for (size_t i = 0; i < p->n_arms; i++) {
        int n = utf8_width(p->arms[i].name);
        name_width = n > name_width ? n : name_width;
    }
    take_back(s);
    add_total(&line, what);
    if (s->note)
        str_addf(&line, "; %s", s->note);
    if (utf8_width(str_text(&line)) + utf8_width(s->title) + 4 < w.ws_col)
        str_addf(&line, "  (%s)", s->title);
    put_line(s, &line, w);
    for (size_t i = 0; i < p->n_arms && p->n_arms <= MOST_ARMS; i++) {
        const struct runner_arm *a = &p->arms[i];
        str_addf(&line, "  %-*s %zu/%zu  ", name_width, a->name, a->done, a->total);
        add_arm(&line, a);
        put_line(s, &line, w);
    }
    if (what->n_roles) {
        str_add(&line, "  ");
        add_calls(&line, what);
        put_line(s, &line, w);
    }
    fflush(stderr);
}

/* ---- elsewhere ---- */

enum { LINE_COLUMNS = 200, MORE_COLUMNS = 20 }; /* of a line; kept for "; 12 more arms" */

/* What has no room is left out. */
static bool add_part(struct str *line, const struct str *part, int columns)
{
    bool fits = utf8_width(str_text(line)) + 2 + utf8_width(str_text(part)) <= columns;
    if (fits)
        str_addf(line, "; %s", str_text(part));
    return fits;
}

static void print_line(const struct run_screen *s, const struct run_sight *what)
{
    const struct runner_progress *p = what->progress;
    struct str line CLEANUP_STR = {0}, part CLEANUP_STR = {0};
    size_t n = p->n_arms <= MOST_ARMS ? p->n_arms : 0, shown = 0;
    str_addf(&line, "%s: ", s->title);
    add_total(&line, what);
    if (s->note) {
        str_add(&part, s->note);
        add_part(&line, &part, LINE_COLUMNS - MORE_COLUMNS);
    }
    for (bool fits = true; fits && shown < n; shown += fits) {
        str_clear(&part);
        str_addf(&part, "%s ", p->arms[shown].name);
        add_arm(&part, &p->arms[shown]);
        fits = add_part(&line, &part, LINE_COLUMNS - MORE_COLUMNS);
    }
    if (shown < n)
        str_addf(&line, "; %zu more arm%s", n - shown, n - shown == 1 ? "" : "s");
    if (what->n_roles) {
        str_clear(&part);
        add_calls(&part, what);
        add_part(&line, &part, LINE_COLUMNS);
    }
    fprintf(stderr, "%s\n", line.p);
}

bool run_screen_due(const struct run_screen *s)
{
    return clock_seconds() >= s->next;
}

void run_screen_show(struct run_screen *s, const struct run_sight *what)
{
    s->next = clock_seconds() + (s->live ? LIVE_S : LINE_S);
    if (s->live)
        draw(s, what);
    else
        print_line(s, what);
}

void run_screen_say(struct run_screen *s, const char *text)
{
    if (s->live)
        take_back(s);
    fprintf(stderr, "%s\n", text);
    s->next = s->live ? 0 : s->next;
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
