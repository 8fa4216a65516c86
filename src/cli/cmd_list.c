/* hrm list: the experiments and suites that are found; hrm list runs: what was run. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "cli/cmd.h"
#include "cli/list_runs.h"
#include "cli/values.h"
#include "experiment/experiment.h"
#include "suite/suite.h"

struct list_args {
    const char *what; /* "experiments", "suites" or "runs"; NULL = the first two */
    const char *dir;  /* of the runs */
    bool json;
};

static const struct argp_option options[] = {
    {"json", 'j', 0, 0, "one JSON object"},
    {"format", 'f', "text|json", 0, "text (default), or json, which is --json"},
    {0}};

static error_t take_what(const char *word, const char **what, struct argp_state *state)
{
    static const char *const known[] = {"experiments", "suites", "runs"};
    const size_t n = sizeof known / sizeof *known;
    for (size_t i = 0; i < n; i++)
        if (str_eq(word, known[i]))
            *what = known[i];
    const char *near = *what ? NULL : str_nearest(word, known, n);
    if (near)
        argp_error(state, "there is no list of '%s'; did you mean '%s'?", word, near);
    else if (!*what)
        argp_error(state, "there is no list of '%s'; expected experiments, suites or runs", word);
    return 0;
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct list_args *args = state->input;
    if (key == 'j') {
        args->json = true;
        return 0;
    }
    if (key == 'f') {
        args->json = value_json(value, state);
        return 0;
    }
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    if (state->arg_num == 0)
        return take_what(value, &args->what, state);
    if (state->arg_num > 1 || !str_eq(args->what, "runs"))
        argp_error(state, "expected nothing behind '%s', found '%s'",
                   state->arg_num > 1 ? args->dir : args->what, value);
    args->dir = value;
    return 0;
}

const struct argp list_argp = {options, parse_option, "[experiments|suites]\nruns [DIR]",
                               "List the experiments and the suites, or the runs.\v"
                               "'hrm list runs' lists the runs under DIR (default runs), newest "
                               "first, with what they found."};

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* A file that cannot be read is listed with the reason, so that it does not hide the others. */
static json_t *trouble(const char *name, const char *path, const struct err *err)
{
    return json_pack("{s:s, s:s, s:s}", "name", name, "path", path, "error", err->msg);
}

static json_t *describe_experiment(const char *dir, const char *name)
{
    char *home CLEANUP_FREE = file_join(dir, name);
    char *path CLEANUP_FREE = file_join(home, "experiment.yaml");
    struct experiment x;
    struct err err = {0};
    if (!file_exists(path))
        return NULL;
    if (experiment_load(path, "embedded", &x, &err) < 0)
        return trouble(name, path, &err);
    json_t *entry =
        json_pack("{s:s, s:s, s:s, s:I, s:i}", "name", x.name, "path", path, "question",
                  x.question ? x.question : "", "arms", (json_int_t)x.n_arms, "samples", x.samples);
    experiment_free(&x);
    return entry;
}

static json_t *describe_suite(const char *dir, const char *name)
{
    char *path CLEANUP_FREE = file_join(dir, name);
    struct suite s;
    struct err err = {0};
    if (!str_ends(name, ".yaml") || file_is_dir(path))
        return NULL;
    if (suite_load(path, &s, &err) < 0)
        return trouble(name, path, &err);
    json_t *entry =
        json_pack("{s:s, s:s, s:s, s:I}", "name", s.name, "path", path, "domain",
                  s.domain == SUITE_MATH ? "math" : "code", "tasks", (json_int_t)s.n_tasks);
    suite_free(&s);
    return entry;
}

/* What `describe` makes of each file in the data directory, in the order of their names. */
static json_t *collect(const char *where, json_t *(*describe)(const char *dir, const char *name))
{
    char *dir CLEANUP_FREE = file_find_data(where);
    struct dirent **entries = NULL;
    json_t *list = json_array();
    int n = dir ? scandir(dir, &entries, visible, alphasort) : 0;
    for (int i = 0; i < n; i++) {
        json_t *entry = describe(dir, entries[i]->d_name);
        if (entry)
            json_array_append_new(list, entry);
        free(entries[i]);
    }
    free(entries);
    return list;
}

static int name_width(const json_t *list)
{
    size_t i;
    json_t *entry;
    int width = 0;
    json_array_foreach (list, i, entry) {
        int w = utf8_width(json_get_str(entry, "name", ""));
        width = w > width ? w : width;
    }
    return width;
}

static void print_experiment(const json_t *x)
{
    long long arms = json_get_int(x, "arms", 0), samples = json_get_int(x, "samples", 0);
    printf("%s  (%lld arm%s, %lld sample%s)\n", json_get_str(x, "question", ""), arms,
           arms == 1 ? "" : "s", samples, samples == 1 ? "" : "s");
}

static void print_suite(const json_t *s)
{
    printf("%5lld %s tasks  %s\n", json_get_int(s, "tasks", 0), json_get_str(s, "domain", ""),
           json_get_str(s, "path", ""));
}

static void print_list(const char *title, const json_t *list, void (*print)(const json_t *entry))
{
    size_t i;
    json_t *entry;
    int width = name_width(list);
    puts(title);
    if (json_array_size(list) == 0)
        puts("  none here");
    json_array_foreach (list, i, entry) {
        const char *error = json_get_str(entry, "error", NULL);
        printf("  %-*s  ", width, json_get_str(entry, "name", ""));
        if (error)
            printf("cannot be read: %s\n", error);
        else
            print(entry);
    }
}

int cmd_list(int argc, char **argv)
{
    struct list_args args = {.dir = "runs"};
    int code = cmd_parse(&list_argp, argc, argv, &args);
    if (code)
        return code - 1;
    if (str_eq(args.what, "runs"))
        return list_runs(args.dir, args.json);
    bool experiments = !str_eq(args.what, "suites"), suites = !str_eq(args.what, "experiments");
    json_t *all CLEANUP_JSON = json_object();
    if (experiments)
        json_object_set_new(all, "experiments", collect("experiments", describe_experiment));
    if (suites)
        json_object_set_new(all, "suites", collect("eval/suites", describe_suite));
    if (args.json) {
        char *text CLEANUP_FREE = json_text_pretty(all);
        puts(text);
        return EXIT_DONE;
    }
    if (experiments)
        print_list("Experiments (hrm run NAME)", json_object_get(all, "experiments"),
                   print_experiment);
    if (experiments && suites)
        putchar('\n');
    if (suites)
        print_list("Suites (--suite NAME or PATH)", json_object_get(all, "suites"), print_suite);
    return EXIT_DONE;
}
