/* hrm tag: tags a finished run again, from its record alone; no model is called and no program is
 * run. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/find_run.h"
#include "cli/episode_name.h"
#include "cli/results.h"
#include "cli/values.h"
#include "report/told.h"
#include "experiment/tagging.h"
#include "analysis/run.h"

struct tag_args {
    const char *run, *episode, *suite;
    bool list, dry_run;
};

enum { KEY_SUITE = 2000, KEY_LIST, KEY_DRY_RUN };

static const struct argp_option options[] = {
    {"suite", KEY_SUITE, "FILE", 0, "the run's suite, if it has been moved"},
    {"dry-run", KEY_DRY_RUN, 0, 0, "only print what would change"},
    {"list", KEY_LIST, 0, 0, "the codes and their rules, in order of precedence"},
    {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct tag_args *args = state->input;
    switch (key) {
    case KEY_SUITE:
        args->suite = value;
        return 0;
    case KEY_LIST:
        args->list = true;
        return 0;
    case KEY_DRY_RUN:
        args->dry_run = true;
        return 0;
    case ARGP_KEY_NO_ARGS:
        if (args->list)
            return 0;
        /* fall through */
    default:
        return value_run(key, value, &args->run, &args->episode, state);
    }
}

const struct argp tag_argp = {
    options, parse_option, "RUN [EPISODE]\n--list",
    "Tag a run's episodes again by the rules of the failure taxonomy, and print what changed. With "
    "EPISODE, show one episode's flags and why each holds.\v"
    "EPISODE is its number in 'hrm show RUN', or ARM/TASK/SAMPLE. 'hrm run' tags as it goes; this "
    "is for runs whose rules have changed since. Only the record and the suite are read. "
    "results.csv, summary.json and report.html are written anew."};

/* ---- the codes ---- */

static void print_codes(void)
{
    printf("%-4s  %-16s  %-24s  %s\n", "code", "group", "name", "rule");
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++) {
        const struct taxonomy_flag *f = &taxonomy_flags[taxonomy_ranked(i)];
        printf("%-4s  %-16s  %-24s  %s (%s)\n", f->code, taxonomy_group_name(f->group), f->name,
               f->rule, f->scope);
    }
}

/* ---- a run ---- */

struct retag {
    const struct tagging *tagging;
    struct store_tag *changed; /* [n_changed] */
    size_t n_changed, cap_changed, n;
    struct arena *kept; /* holds their text */
    struct err *err;
};

static void print_change(const struct store_episode *row, const struct taxonomy_tags *tags,
                         struct arena *arena)
{
    taxonomy_set was = taxonomy_parse(row->flags);
    const char *gained = taxonomy_text(tags->flags & ~was, arena);
    const char *lost = taxonomy_text(was & ~tags->flags, arena);
    printf("%s/%s/%d:", row->arm, row->task, row->sample);
    if (!str_eq(row->label, tags->label))
        printf(" label %s -> %s", *row->label ? row->label : "none",
               *tags->label ? tags->label : "none");
    if (*gained)
        printf(" +%s", gained);
    if (*lost)
        printf(" -%s", lost);
    if (!str_eq(row->inapplicable, tags->inapplicable_text))
        printf(" not applicable: %s", tags->inapplicable_text);
    putchar('\n');
}

static int retag_episode(void *ctx, long long id, const struct store_episode *row)
{
    struct retag *r = ctx;
    if (row->status == STORE_PENDING)
        return 0;
    struct arena *arena = arena_new();
    struct taxonomy_tags tags;
    int rc = tagging_tags(r->tagging, id, row, &tags, arena, r->err);
    r->n += rc == 0;
    if (rc == 0 && !(str_eq(row->label, tags.label) && str_eq(row->flags, tags.flags_text) &&
                     str_eq(row->inapplicable, tags.inapplicable_text))) {
        print_change(row, &tags, arena);
        r->changed = xgrow(r->changed, &r->cap_changed, r->n_changed + 1, sizeof *r->changed);
        r->changed[r->n_changed++] =
            (struct store_tag){id, tags.label, arena_strdup(r->kept, tags.flags_text),
                               arena_strdup(r->kept, tags.inapplicable_text)};
    }
    arena_free(arena);
    return rc;
}

static int renew_results(struct store *store, const char *dir, struct err *err)
{
    struct analysis_run report;
    int rc = analysis_load(store, &report, err);
    if (rc < 0)
        return rc;
    rc = results_write(store, &report, dir, err);
    analysis_run_free(&report);
    return rc;
}

static int tag_run(struct store *store, const struct tagging *t, const struct tag_args *args,
                   const char *db, struct err *err)
{
    struct retag r = {.tagging = t, .kept = arena_new(), .err = err};
    int rc = store_episodes(store, retag_episode, &r, err);
    if (rc == 0 && !args->dry_run && r.n_changed) {
        char *dir CLEANUP_FREE = file_dir(db);
        rc = store_tags_put(store, r.changed, r.n_changed, err);
        if (rc == 0)
            rc = renew_results(store, dir, err);
    }
    if (rc == 0)
        printf("%zu episodes, %zu %schanged\n", r.n, r.n_changed, args->dry_run ? "would be " : "");
    free(r.changed);
    arena_free(r.kept);
    return rc;
}

/* ---- one episode ---- */

struct explaining {
    const struct tagging *tagging;
    const char *name;
    struct err *err;
};

static void print_tags(const struct store_episode *row, const struct taxonomy_tags *tags)
{
    printf("%s/%s/%d: %s", row->arm, row->task, row->sample,
           row->status != STORE_DONE ? "error"
           : row->passed             ? "solved"
                                     : "not solved");
    int label = taxonomy_index(tags->label);
    if (label >= 0)
        printf(", %s %s (%s)", tags->label, taxonomy_flags[label].name,
               taxonomy_group_name(taxonomy_flags[label].group));
    putchar('\n');
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++) {
        int flag = taxonomy_ranked(i);
        if (!(tags->flags >> flag & 1))
            continue;
        printf("  %s  %s\n", taxonomy_flags[flag].code, taxonomy_flags[flag].rule);
        struct str why CLEANUP_STR = {0};
        told_text(&why, "      here: ", tags->why[flag] ? tags->why[flag] : "");
        fputs(str_text(&why), stdout);
    }
    printf("  not applicable: %s\n",
           *tags->inapplicable_text ? tags->inapplicable_text : "none of them");
}

static int explain(void *ctx, long long id, const struct store_episode *row)
{
    const struct explaining *w = ctx;
    if (row->status == STORE_PENDING)
        return err_input(w->err, "episode '%s' has not been played yet", w->name);
    struct arena *arena = arena_new();
    struct taxonomy_tags tags;
    int rc = tagging_tags(w->tagging, id, row, &tags, arena, w->err);
    if (rc == 0)
        print_tags(row, &tags);
    arena_free(arena);
    return rc;
}

int cmd_tag(int argc, char **argv)
{
    struct tag_args args = {0};
    struct store *store = NULL;
    struct tagging tagging = {0};
    struct err err = {0};
    char *db CLEANUP_FREE = NULL;
    int code = cmd_parse(&tag_argp, argc, argv, &args);
    if (code)
        return code - 1;
    if (args.list) {
        print_codes();
        return EXIT_DONE;
    }
    bool reads = args.episode || args.dry_run;
    int rc = find_run(args.run, &db, &err);
    if (rc == 0)
        rc = store_open(db, reads ? STORE_READ : STORE_WRITE, &store, &err);
    if (rc == 0)
        rc = tagging_open(store, args.suite, &tagging, &err);
    if (rc == 0)
        rc = args.episode
                 ? episode_with_name(store, args.run, args.episode, explain,
                                     &(struct explaining){&tagging, args.episode, &err}, &err)
                 : tag_run(store, &tagging, &args, db, &err);
    tagging_close(&tagging);
    store_close(store);
    return rc < 0 ? cmd_fail(&err) : EXIT_DONE;
}
