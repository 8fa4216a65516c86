/* hrm label: people label failed episodes with the arm hidden; --agreement compares them with the
 * automatic tag. */
#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "cli/cmd.h"
#include "cli/find_run.h"
#include "cli/label_files.h"
#include "cli/label_tty.h"
#include "cli/print_doc.h"
#include "cli/values.h"
#include "experiment/tagging.h"
#include "store/store.h"
#include "label/blind.h"
#include "label/label_agree.h"
#include "label/label_codes.h"
#include "label/label_sample.h"
#include "label/label_session.h"

enum {
    KEY_ANNOTATOR = 1000,
    KEY_SEED,
    KEY_AGREEMENT,
    KEY_SAMPLE,
    KEY_BLIND,
    KEY_EXPORT,
    KEY_IMPORT,
    MAX_NAME_BYTES = 60
};

struct label_args {
    struct print_args print; /* of --agreement */
    const char *run, *annotator;
    size_t n;
    uint64_t seed;
    bool agreement;
    const char *export_dir, *import_file;
};

static const struct argp_option options[] = {
    {"annotator", KEY_ANNOTATOR, "NAME", 0, "whose labels these are (default: your user name)"},
    {"n", 'n', "N", 0, "so many failed episodes, of all arms and automatic labels (default 60)"},
    {"sample", KEY_SAMPLE, "N", 0, "the same as -n"},
    {"blind", KEY_BLIND, 0, 0, "hide the arm; it always is"},
    {"export", KEY_EXPORT, "DIR", 0,
     "write the sample's episodes, blinded, as DIR/001.txt ..., and the codes as DIR/codes.txt"},
    {"import", KEY_IMPORT, "FILE", 0,
     "take labels of this sample from FILE: JSON lines {\"item\", \"label\", \"note\"}, or CSV"},
    {"seed", KEY_SEED, "S", 0, "another sample in another order (default 1)"},
    {"agreement", KEY_AGREEMENT, 0, 0,
     "print how far annotators agree with the automatic tag and with each other"},
    {"format", 'f', "FORMAT", 0, "of --agreement: text (default), md, csv or json"},
    {"output", 'o', "FILE", 0, "of --agreement: write to FILE instead of standard output"},
    {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct label_args *args = state->input;
    switch (key) {
    case KEY_ANNOTATOR:
        args->annotator = value;
        return 0;
    case 'n':
        args->n = (size_t)value_whole(value, "n", 1, 1000000, state);
        return 0;
    case KEY_SAMPLE:
        args->n = (size_t)value_whole(value, "sample", 1, 1000000, state);
        return 0;
    case KEY_BLIND:
        return 0;
    case KEY_EXPORT:
        args->export_dir = value;
        return 0;
    case KEY_IMPORT:
        args->import_file = value;
        return 0;
    case KEY_SEED:
        args->seed = value_whole(value, "seed", 0, ULLONG_MAX, state);
        return 0;
    case KEY_AGREEMENT:
        args->agreement = true;
        return 0;
    case 'f':
        args->print.format = value;
        return 0;
    case 'o':
        args->print.output = value;
        return 0;
    default:
        return value_run(key, value, &args->run, NULL, state);
    }
}

const struct argp label_argp = {
    options, parse_option, "RUN",
    "Label failed episodes one after the other, with the arm hidden.\v"
    "A key names the group: S spec error, T tool misuse, P plan drift, V verification gap, "
    "R reasoning, F format, B budget, I infrastructure; a digit after it the code, if you can "
    "tell. "
    "s skips, u undoes the last one, q quits; the same command continues. Without a terminal, "
    "each "
    "line of standard input is a label ('S', 'S3', 'S3 with a note'), s, u or q. docs/labelling.md "
    "says what is hidden and what can be guessed."};

/* ---- what is shown ---- */

/* An episode of the sample: what the screen needs of its row. */
struct shown {
    long long id;
    struct store_episode row;
};

struct labelling {
    struct store *store;
    struct tagging run;  /* its suite has no tasks when it is not at hand */
    struct shown *items; /* [n] */
    size_t n;
    struct arena *arena;
};

static int keep_row(void *ctx, long long id, const struct store_episode *row)
{
    struct labelling *l = ctx;
    for (size_t i = 0; i < l->n; i++) {
        if (l->items[i].id != id)
            continue;
        l->items[i].row =
            (struct store_episode){.task = arena_strdup(l->arena, row->task),
                                   .verdict = arena_strdup(l->arena, row->verdict),
                                   .stop = arena_strdup(l->arena, row->stop),
                                   .submission = arena_strdup(l->arena, row->submission),
                                   .n_hidden = row->n_hidden,
                                   .n_hidden_passed = row->n_hidden_passed};
    }
    return 0;
}

static char *transcript_of(void *ctx, size_t item, struct err *err)
{
    const struct labelling *l = ctx;
    const struct shown *e = &l->items[item];
    const struct task *task = suite_find(&l->run.suite, e->row.task);
    struct str out = {0};
    if (blind_transcript(l->store, e->id, &e->row, task, &out, err) < 0) {
        str_free(&out);
        return NULL;
    }
    char *text CLEANUP_FREE = str_take(&out);
    return utf8_clean(text, strlen(text));
}

/* ---- without a terminal ---- */

static int label_by_lines(struct label_session *s, struct labelling *l, struct err *err)
{
    char *line CLEANUP_FREE = NULL;
    size_t cap = 0, shown = SIZE_MAX;
    int rc = 0;
    while (rc == 0 && !label_session_over(s)) {
        if (shown != s->at) {
            char *text CLEANUP_FREE = transcript_of(l, s->at, err);
            if (!text)
                return err->code;
            printf("==== episode %zu of %zu ====\n%s\n", s->at + 1, s->n, text);
            shown = s->at;
        }
        fputs("label> ", stdout);
        fflush(stdout);
        if (getline(&line, &cap, stdin) < 0)
            break;
        const char *say;
        rc = label_session_input(s, line, &say, err);
        if (rc == 0 && *say)
            printf("%s\n\n", say);
    }
    if (!label_session_over(s) || s->quit)
        putchar('\n'); /* behind the prompt that got no label */
    return rc;
}

/* ---- the command ---- */

static const char *user_name(void)
{
    const char *name = getenv("USER");
    if (name && *name)
        return name;
    const struct passwd *user = getpwuid(getuid());
    return user ? user->pw_name : "somebody";
}

static int check_name(const char *name, struct err *err)
{
    bool good = *name && strlen(name) <= MAX_NAME_BYTES && utf8_valid(name, strlen(name));
    for (const char *c = name; *c && good; c++)
        good = (unsigned char)*c > ' ' && *c != 0x7f;
    if (!good)
        return err_input(err, "--annotator: expected a name of 1 to %d bytes without blanks",
                         MAX_NAME_BYTES);
    return str_eq(name, "automatic")
               ? err_input(err, "--annotator: 'automatic' stands for the tag; expected a person")
               : 0;
}

static void print_farewell(const struct label_args *args, const struct label_session *s)
{
    size_t labelled = label_session_labelled(s), left = s->n - labelled;
    printf("%s: %zu of %zu labelled", s->annotator, labelled, s->n);
    if (left > 0)
        printf("; the same command continues with the other %zu", left);
    else
        printf("; 'hrm label %s --agreement' compares", args->run);
    putchar('\n');
}

static int walk(const struct label_args *args, struct labelling *l, const long long *ids,
                struct err *err)
{
    struct label_session *s;
    l->items = arena_alloc(l->arena, l->n * sizeof *l->items);
    for (size_t i = 0; i < l->n; i++)
        l->items[i].id = ids[i];
    int rc = store_episodes(l->store, keep_row, l, err);
    if (rc == 0)
        rc = label_session_open(l->store, args->annotator, ids, l->n, l->arena, &s, err);
    if (rc < 0)
        return rc;
    tagging_open(l->store, NULL, &l->run, NULL);
    const struct label_source source = {transcript_of, l};
    if (args->export_dir || args->import_file) {
        rc = args->export_dir ? label_files_export(s, &source, args->export_dir, err)
                              : label_files_import(s, args->import_file, err);
        return rc;
    }
    rc = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? label_tty_run(s, &source, err)
                                                       : label_by_lines(s, l, err);
    if (rc == 0)
        print_farewell(args, s);
    return rc;
}

/* Items are numbers within a sample: of another one, labels would go to other episodes. */
static int check_sample(const struct label_args *args, struct store *store, struct err *err)
{
    int rc = args->import_file ? label_sample_drawn(store, args->seed, args->n, err) : 1;
    return rc ? rc
              : err_input(err,
                          "no sample of %zu with seed %" PRIu64 " has been drawn from %s; give the "
                          "--sample and --seed that --export had",
                          args->n, args->seed, args->run);
}

static int label(const struct label_args *args, struct store *store, struct err *err)
{
    struct labelling l = {.store = store, .arena = arena_new()};
    long long *ids CLEANUP_FREE = NULL;
    int rc = check_sample(args, store, err);
    if (rc >= 0)
        rc = label_sample_of_run(store, args->seed, args->n, &ids, &l.n, err);
    if (rc == 0 && l.n == 0)
        printf("%s: no episode has failed, so there is nothing to label\n", args->run);
    else if (rc == 0)
        rc = walk(args, &l, ids, err);
    tagging_close(&l.run);
    arena_free(l.arena);
    return rc;
}

static int agreement(const struct label_args *args, struct store *store, struct err *err)
{
    struct doc *d;
    int rc = label_agreement_doc(store, args->run, &d, err);
    return rc < 0 ? rc : print_doc(d, &args->print);
}

int cmd_label(int argc, char **argv)
{
    struct label_args args = {
        .n = 60, .seed = 1, .print = {.format = "text"}, .annotator = user_name()};
    struct store *store = NULL;
    struct err err = {0};
    char *db CLEANUP_FREE = NULL;
    int code = cmd_parse(&label_argp, argc, argv, &args);
    if (code)
        return code - 1;
    int rc = args.agreement ? 0 : check_name(args.annotator, &err);
    if (args.agreement + !!args.export_dir + !!args.import_file > 1)
        rc = err_input(&err, "--agreement, --export and --import: expected one of them at a time");
    if (rc == 0 && args.agreement && !doc_find_writer(args.print.format, &err))
        rc = err.code;
    if (rc == 0)
        rc = find_run(args.run, &db, &err);
    if (rc == 0)
        rc = store_open(db, args.agreement ? STORE_READ : STORE_ANNOTATE, &store, &err);
    if (rc == 0)
        rc = (args.agreement ? agreement : label)(&args, store, &err);
    store_close(store);
    return rc < 0 ? cmd_fail(&err) : rc;
}
