/* What the placeholders of the help stand for, when a command line is completed: one row for each
 * that stands in a table of options or in the arguments of a command. */
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/entries.h"
#include "cli/commands.h"
#include "cli/complete.h"
#include "control/role.h"
#include "doc/doc.h"
#include "experiment/curriculum_corpus.h"
#include "experiment/experiment.h"
#include "experiment/rundir.h"
#include "gen/curriculum_data.h"
#include "model/model.h"
#include "store/manifest.h"
#include "store/store.h"
#include "taxonomy/taxonomy.h"

void complete_offer(struct complete *c, const char *word, const char *meaning)
{
    struct str line CLEANUP_STR = {0};
    if (!str_starts(word, c->typed) || strpbrk(word, "\n\t"))
        return;
    str_addf(&line, "%.*s%s\t", (int)c->head_len, c->head ? c->head : "", word);
    const char *known = strstr(str_text(&c->out), line.p);
    if (known && (known == c->out.p || known[-1] == '\n'))
        return;
    str_addf(&c->out, "%s%.*s\n", line.p, (int)strcspn(meaning, "\n"), meaning);
}

/* ---- names that are there ---- */

static void offer_names(struct complete *c, struct entries names)
{
    for (size_t i = 0; i < names.n; i++)
        complete_offer(c, names.of[i], "");
    entries_free(&names);
}

static void experiments(struct complete *c)
{
    offer_names(c, entries_of_data("experiments", "/experiment.yaml"));
}

static void suites(struct complete *c)
{
    offer_names(c, entries_of_data("eval/suites", ".yaml"));
}

static void profiles(struct complete *c)
{
    offer_names(c, entries_of_data("prompts", "/profile.yaml"));
}

/* An experiment's name stands for its latest run. */
static void runs(struct complete *c)
{
    struct entries names = entries_in("runs", "/latest/run.db");
    if (names.n)
        complete_offer(c, "latest", "the newest run of all");
    offer_names(c, names);
}

/* Those of the run or the experiment that stands on the line. */
static void arms(struct complete *c)
{
    char *path CLEANUP_FREE = NULL;
    struct store *store = NULL;
    struct manifest m = {0};
    struct experiment x;
    if (!c->first)
        return;
    if (commands_argp(c->cmd) == &run_argp || c->cmd->also == &run_argp) {
        if (experiment_find(c->first, &path, NULL) < 0 ||
            experiment_load(path, "embedded", &x, NULL) < 0)
            return;
        for (size_t i = 0; i < x.n_arms; i++)
            complete_offer(c, x.arms[i].name, "");
        experiment_free(&x);
    } else if (rundir_find(c->first, &path, NULL) == 0 &&
               store_open(path, STORE_READ, &store, NULL) == 0 &&
               manifest_read(store, &m, NULL) == 1) {
        for (size_t i = 0; i < json_array_size(m.arms); i++)
            complete_offer(c, json_get_str(json_array_get(m.arms, i), "name", ""), "");
        manifest_free(&m);
    }
    store_close(store);
}

/* ---- names of the program's own tables ---- */

static void offer_words(struct complete *c, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        complete_offer(c, words[i], "");
}

/* "a, b, c", each with `behind` after it. */
static void offer_listed(struct complete *c, const struct str *list, const char *behind)
{
    for (const char *at = str_text(list); *at;) {
        size_t n = strcspn(at, ",");
        char *word CLEANUP_FREE = xasprintf("%.*s%s", (int)n, at, behind);
        complete_offer(c, word, "");
        at += n + strspn(at + n, ", ");
    }
}

static void backends(struct complete *c)
{
    struct str list CLEANUP_STR = {0};
    model_list(0, ", ", &list);
    offer_listed(c, &list, "");
}

static void formats(struct complete *c)
{
    struct str list CLEANUP_STR = {0};
    doc_writer_names(&list);
    offer_listed(c, &list, "");
}

static void roles_of_models(struct complete *c)
{
    struct str list CLEANUP_STR = {0};
    role_list(&list);
    offer_listed(c, &list, "=");
}

static void roles_of_examples(struct complete *c)
{
    offer_words(c, corpus_role_names, CORPUS_ROLES);
}

static void orders(struct complete *c)
{
    offer_words(c, curriculum_order_names, CURRICULUM_ORDERS);
}

static void labels(struct complete *c)
{
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++)
        complete_offer(c, taxonomy_flags[i].code, taxonomy_flags[i].name);
}

static void help_commands(struct complete *c)
{
    for (const struct cmd *row = commands; row->name; row++)
        complete_offer(c, row->name, row->summary);
}

static void help_subcommands(struct complete *c)
{
    const struct cmd *of = c->first ? commands_find(commands, c->first) : NULL;
    for (const struct cmd *row = of ? of->subcommands : NULL; row && row->name; row++)
        complete_offer(c, row->name, row->summary);
}

/* ---- the table ---- */

/* A row without words and place is a number or a text that nobody can guess. */
static const struct {
    const char *placeholder;
    void (*offer)(struct complete *c);
    enum complete_place place;
} kinds[] = {
    {"FILE", NULL, COMPLETE_FILES},
    {"DIR", NULL, COMPLETE_DIRS},
    {"LOG", NULL, COMPLETE_FILES},
    {"OUTCOMES.csv", NULL, COMPLETE_FILES},
    {"EXPERIMENT", experiments, COMPLETE_FILES},
    {"SUITE", suites, COMPLETE_FILES},
    {"RUN", runs, COMPLETE_FILES},
    {"PROFILE", profiles, COMPLETE_DIRS},
    {"BACKEND", backends, COMPLETE_NOTHING},
    {"FORMAT", formats, COMPLETE_NOTHING},
    {"ARM", arms, COMPLETE_NOTHING},
    {"LABEL", labels, COMPLETE_NOTHING},
    {"ORDER", orders, COMPLETE_NOTHING},
    {"ROLE", roles_of_examples, COMPLETE_NOTHING},
    {"ROLE=NAME", roles_of_models, COMPLETE_NOTHING},
    {"CMD", help_commands, COMPLETE_NOTHING},
    {"SUBCMD", help_subcommands, COMPLETE_NOTHING},
    {"COMMAND", NULL, COMPLETE_FILES},
    {"MODEL", NULL, COMPLETE_FILES},
    {"A-B", NULL, COMPLETE_NOTHING},
    {"AMOUNT", NULL, COMPLETE_NOTHING},
    {"CELL=NAME", NULL, COMPLETE_NOTHING},
    {"CODE", NULL, COMPLETE_NOTHING},
    {"D", NULL, COMPLETE_NOTHING},
    {"EPISODE", NULL, COMPLETE_NOTHING},
    {"I/N", NULL, COMPLETE_NOTHING},
    {"ID", NULL, COMPLETE_NOTHING},
    {"K", NULL, COMPLETE_NOTHING},
    {"KEY", NULL, COMPLETE_NOTHING},
    {"LIST", NULL, COMPLETE_NOTHING},
    {"M", NULL, COMPLETE_NOTHING},
    {"MB", NULL, COMPLETE_NOTHING},
    {"N", NULL, COMPLETE_NOTHING},
    {"NAME", NULL, COMPLETE_NOTHING},
    {"OPTION", NULL, COMPLETE_NOTHING},
    {"P", NULL, COMPLETE_NOTHING},
    {"R", NULL, COMPLETE_NOTHING},
    {"S", NULL, COMPLETE_NOTHING},
    {"T", NULL, COMPLETE_NOTHING},
    {"TASK", NULL, COMPLETE_NOTHING},
    {"TIME", NULL, COMPLETE_NOTHING},
    {"URL", NULL, COMPLETE_NOTHING},
    {"WORD", NULL, COMPLETE_NOTHING},
};

static bool is_literal(const char *placeholder)
{
    return placeholder[0] >= 'a' && placeholder[0] <= 'z';
}

void complete_value(struct complete *c, const char *placeholder)
{
    if (is_literal(placeholder))
        complete_offer(c, placeholder, "");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_eq(kinds[i].placeholder, placeholder)) {
            if (kinds[i].offer)
                kinds[i].offer(c);
            c->place = kinds[i].place > c->place ? kinds[i].place : c->place;
        }
}
