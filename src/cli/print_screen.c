/* See print_screen.h. */
#include "cli/print_screen.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "report/screen.h"

enum { COLUMNS = 80, COLUMNS_LEAST = 30, COLUMNS_MOST = 100 };

int print_columns(void)
{
    struct winsize w;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) < 0 || w.ws_col == 0)
        return COLUMNS;
    return w.ws_col < COLUMNS_LEAST  ? COLUMNS_LEAST
           : w.ws_col > COLUMNS_MOST ? COLUMNS_MOST
                                     : w.ws_col;
}

/* Where a link leads, beside it. Caller frees. */
static char *behind_link(const char *path)
{
    char target[PATH_MAX];
    ssize_t n = readlink(path, target, sizeof target - 1);
    if (n <= 0)
        return xstrdup(path);
    target[n] = '\0';
    char *dir CLEANUP_FREE = file_dir(path);
    return *target == '/' ? xstrdup(target) : file_join(dir, target);
}

/* The shortest name by which commands find the run: its experiment where it is the latest one.
 * Caller frees. */
static char *short_name(const char *dir)
{
    char *above CLEANUP_FREE = file_dir(dir);
    char *link CLEANUP_FREE = file_join(above, "latest");
    char *latest CLEANUP_FREE = behind_link(link);
    if (!str_eq(latest, dir))
        return xstrdup(dir);
    return xstrdup(str_starts(above, "runs/") ? above + strlen("runs/") : above);
}

void print_screen(const struct analysis_run *run, const char *dir, const char *name)
{
    struct str out CLEANUP_STR = {0};
    char *place CLEANUP_FREE = dir ? behind_link(dir) : NULL;
    char *page CLEANUP_FREE = dir ? file_join(place, "report.html") : NULL;
    char *found CLEANUP_FREE = dir ? short_name(place) : NULL;
    struct screen_place where = {name ? name : found, dir && file_exists(page) ? page : NULL,
                                 print_columns()};
    report_screen(run, &where, &out);
    fwrite(out.p, 1, out.len, stdout);
    fflush(stdout);
}

void print_answer(const struct analysis_run *run)
{
    struct str out CLEANUP_STR = {0};
    report_answer(run, print_columns(), &out);
    fwrite(out.p, 1, out.len, stdout);
    fflush(stdout);
}
