/* hrm show: a run's episodes, or one episode's transcript from the first call to the hidden
 * grading. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "cli/cmd.h"
#include "cli/find_run.h"
#include "cli/episode_name.h"
#include "cli/show_filter.h"
#include "cli/values.h"
#include "report/episode_text.h"
#include "store/export.h"
#include "store/field.h"

struct show_args {
    const char *run, *episode;
    struct show_filter filter;
    bool json;
};

enum { OPT_FAILED = 256, OPT_ARM, OPT_LABEL, OPT_TASK, OPT_PARTS };

static const struct argp_option options[] = {
    {"failed", OPT_FAILED, 0, 0, "list episodes that are finished and not solved"},
    {"arm", OPT_ARM, "ARM", 0, "list those of an arm"},
    {"label", OPT_LABEL, "LABEL", 0, "list failures with a label: a code (S3), or a group (S)"},
    {"task", OPT_TASK, "TASK", 0, "list those of a task"},
    {"parts", OPT_PARTS, 0, 0, "list the tasks that one arm solves and another does not"},
    {"json", 'j', 0, 0, "JSON lines, as 'hrm export --format jsonl' writes them"},
    {"format", 'f', "text|json", 0, "text (default), or json, which is --json"},
    {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct show_args *args = state->input;
    switch (key) {
    case 'j':
        args->json = true;
        return 0;
    case 'f':
        args->json = value_json(value, state);
        return 0;
    case OPT_FAILED:
        args->filter.failed = true;
        return 0;
    case OPT_ARM:
        args->filter.arm = value;
        return 0;
    case OPT_LABEL:
        args->filter.label = value;
        return 0;
    case OPT_TASK:
        args->filter.task = value;
        return 0;
    case OPT_PARTS:
        args->filter.parts = true;
        return 0;
    default:
        return value_run(key, value, &args->run, &args->episode, state);
    }
}

const struct argp show_argp = {
    options, parse_option, "RUN [EPISODE]",
    "List a run's episodes, or print one episode's transcript.\v"
    "EPISODE is its number in the list, or ARM/TASK/SAMPLE. The list is in the "
    "order of tasks, arms and samples. Its outcome 'error' is a program's "
    "(an exception), 'fault' one of the server or of hrm, which is no "
    "outcome and is tried again."};

/* ---- the list ---- */

struct listing {
    const struct show_filter *filter;
    size_t shown, all;
    int task, arm; /* widths */
    long long *disputed;
    size_t n_disputed, cap;
};

static int keep_disputed(void *ctx, long long id)
{
    struct listing *w = ctx;
    w->disputed = xgrow(w->disputed, &w->cap, w->n_disputed + 1, sizeof *w->disputed);
    w->disputed[w->n_disputed++] = id;
    return 0;
}

static int by_id(const void *a, const void *b)
{
    long long x = *(const long long *)a, y = *(const long long *)b;
    return (x > y) - (x < y);
}

/* They come from the store in rising order. */
static bool is_disputed(const struct listing *w, long long id)
{
    return w->n_disputed && bsearch(&id, w->disputed, w->n_disputed, sizeof id, by_id);
}

static int widen(void *ctx, long long id, const struct store_episode *row)
{
    struct listing *w = ctx;
    int task = utf8_width(row->task), arm = utf8_width(row->arm);
    (void)id;
    w->all++;
    if (!show_filter_takes(w->filter, row))
        return 0;
    w->shown++;
    w->task = task > w->task ? task : w->task;
    w->arm = arm > w->arm ? arm : w->arm;
    return 0;
}

static const char *outcome(const struct store_episode *row)
{
    if (row->status != STORE_DONE) /* "error" is what a program can end with */
        return row->status == STORE_ERROR ? "fault" : store_status_name((int)row->status);
    return row->passed ? "solved" : row->verdict;
}

static int list_episode(void *ctx, long long id, const struct store_episode *row)
{
    const struct listing *w = ctx;
    if (!show_filter_takes(w->filter, row))
        return 0;
    printf("%6lld  %-*s  %-*s %6d  %-8s %-5s", id, w->task, row->task, w->arm, row->arm,
           row->sample, outcome(row), row->label);
    if (row->status == STORE_DONE)
        printf(" %5d %5d %5d %7ld %8.2f  %s%s\n", row->iterations, row->calls, row->tool_runs,
               row->generated_tokens, row->seconds, row->stop,
               is_disputed(w, id) ? ", disputed" : "");
    else
        printf(" %s\n", row->error ? row->error : "");
    return 0;
}

static int list(struct store *s, const struct show_filter *filter, struct err *err)
{
    struct listing w = {.filter = filter, .task = 4, .arm = 3};
    int rc = store_disputed(s, keep_disputed, &w, err);
    if (rc == 0)
        rc = store_episodes(s, widen, &w, err);
    if (rc < 0)
        goto out;
    printf("%6s  %-*s  %-*s %6s  %-8s %-5s %5s %5s %5s %7s %8s  %s\n", "number", w.task, "task",
           w.arm, "arm", "sample", "outcome", "label", "iters", "calls", "tools", "tokens",
           "seconds", "ended by");
    rc = store_episodes(s, list_episode, &w, err);
    if (rc == 0 && show_filter_any(filter))
        printf("%zu of %zu episodes\n", w.shown, w.all);
out:
    free(w.disputed);
    return rc;
}

/* ---- one episode ---- */

struct showing {
    struct store *s;
    const struct show_filter *filter; /* of a list */
    bool json;
    struct err *err;
};

static int show_episode(void *ctx, long long id, const struct store_episode *row)
{
    const struct showing *w = ctx;
    if (!w->json) {
        struct str transcript CLEANUP_STR = {0};
        int rc = episode_text_add(w->s, id, row, &transcript, w->err);
        if (rc == 0)
            fwrite(str_text(&transcript), 1, transcript.len, stdout);
        return rc;
    }
    json_t *o CLEANUP_JSON = store_episode_json(w->s, id, row, w->err);
    if (!o)
        return -EIO;
    char *text CLEANUP_FREE = json_text_pretty(o);
    puts(text);
    return 0;
}

/* JSON lines of those that the filter takes. */
static int export_taken(void *ctx, long long id, const struct store_episode *row)
{
    const struct showing *w = ctx;
    if (!show_filter_takes(w->filter, row))
        return 0;
    json_t *o CLEANUP_JSON = store_episode_json(w->s, id, row, w->err);
    if (!o)
        return -EIO;
    char *text CLEANUP_FREE = json_text(o);
    puts(text);
    return 0;
}

static int show_list(struct store *s, struct show_args *args, struct err *err)
{
    int rc = show_filter_open(&args->filter, s, args->run, err);
    if (rc == 0 && args->json && show_filter_any(&args->filter))
        rc = store_episodes(s, export_taken,
                            &(struct showing){.s = s, .filter = &args->filter, .err = err}, err);
    else if (rc == 0)
        rc = args->json ? store_export_jsonl(s, stdout, err) : list(s, &args->filter, err);
    show_filter_close(&args->filter);
    return rc;
}

int cmd_show(int argc, char **argv)
{
    struct show_args args = {0};
    struct store *store = NULL;
    struct err err = {0};
    char *db CLEANUP_FREE = NULL;
    int code = cmd_parse(&show_argp, argc, argv, &args);
    if (code)
        return code - 1;
    int rc = 0;
    if (args.episode && show_filter_any(&args.filter))
        rc = err_input(&err,
                       "an episode is named, so there is no list to choose from; leave out "
                       "'%s' or the filters",
                       args.episode);
    if (rc == 0)
        rc = find_run(args.run, &db, &err);
    if (rc == 0)
        rc = store_open(db, STORE_READ, &store, &err);
    if (rc == 0 && args.episode)
        rc = episode_with_name(store, args.run, args.episode, show_episode,
                               &(struct showing){.s = store, .json = args.json, .err = &err}, &err);
    else if (rc == 0)
        rc = show_list(store, &args, &err);
    store_close(store);
    if (rc == -EPIPE) /* hrm show | head: the reader has exited */
        return EXIT_DONE;
    return rc < 0 ? cmd_fail(&err) : EXIT_DONE;
}
