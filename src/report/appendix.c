/* See appendix.h. */
#include "report/appendix.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "report/analysis.h"
#include "report/latex.h"
#include "report/transcript.h"
#include "store/store.h"

/* Limits of the page, so that it opens anywhere: about 1 MB of transcripts at most. */
enum { MAX_TASKS = 200, MAX_SHOWN = 20, MAX_TRANSCRIPT = 24 << 10, MAX_VALUE = 600 };

/* ---- the tasks on which the arms part ---- */

struct parted { /* tasks that the first arm solves and another does not, and the other way round */
    size_t *task; /* [n] the first n_ahead are those where the first arm is ahead */
    bool *shown;  /* [n] with transcripts */
    size_t n, n_ahead;
};

/* +1: the first arm solves it and some other does not; -1: the other way round; 0: they agree. */
static int direction(const struct report_run *run, size_t task)
{
    if (!run->tasks[task].sets)
        return 0;
    bool first = report_majority(report_tally(run, task, 0));
    for (size_t b = 1; b < run->n_arms; b++)
        if (report_majority(report_tally(run, task, b)) != first)
            return first ? 1 : -1;
    return 0;
}

/* Transcripts for the first tasks of either kind in turn. */
static void choose_shown(struct parted *p)
{
    size_t ahead = 0, behind = p->n_ahead;
    for (size_t left = MAX_SHOWN; left > 0 && (ahead < p->n_ahead || behind < p->n);) {
        if (ahead < p->n_ahead && left > 0) {
            p->shown[ahead++] = true;
            left--;
        }
        if (behind < p->n && left > 0) {
            p->shown[behind++] = true;
            left--;
        }
    }
}

static struct parted find_parted(struct doc *d, const struct report_run *run)
{
    struct parted p = {.task = arena_alloc(d->arena, (run->n_tasks + 1) * sizeof *p.task),
                       .shown = arena_alloc(d->arena, run->n_tasks + 1)};
    for (int want = 1; want >= -1; want -= 2) {
        for (size_t i = 0; i < run->n_tasks; i++)
            if (direction(run, i) == want)
                p.task[p.n++] = i;
        if (want == 1)
            p.n_ahead = p.n;
    }
    choose_shown(&p);
    return p;
}

/* The episode that stands for an arm on a task: the first one that ended as most did. */
static long long episode_of(const struct report_tally *t)
{
    return report_majority(t) ? t->a_solved : t->a_failed;
}

static const char *anchor(struct doc *d, long long id)
{
    return arena_printf(d->arena, "episode-%lld", id);
}

static void add_parted_table(struct doc *d, const struct report_run *run, const struct parted *p)
{
    size_t rows = p->n < MAX_TASKS ? p->n : MAX_TASKS, c = 0;
    struct doc_column *columns = arena_alloc(d->arena, (3 + run->n_arms) * sizeof *columns);
    columns[c++] = (struct doc_column){DOC_TEXT, "task", ""};
    columns[c++] = (struct doc_column){DOC_TEXT, "group", ""};
    columns[c++] = (struct doc_column){DOC_COUNT, "steps", ""};
    for (size_t a = 0; a < run->n_arms; a++)
        columns[c++] = (struct doc_column){DOC_TEXT, run->arms[a], "solved"};
    struct doc_table *t = doc_add_table(d, "Tasks on which the arms part", columns, c, rows);
    for (size_t i = 0; i < rows; i++) {
        const struct report_task *task = &run->tasks[p->task[i]];
        doc_cell(t, i, 0)->text = task->id;
        doc_cell(t, i, 1)->text = run->groups[task->group];
        if (task->steps)
            doc_set_count(t, i, 2, task->steps);
        for (size_t a = 0; a < run->n_arms; a++) {
            const struct report_tally *tally = report_tally(run, p->task[i], a);
            struct doc_cell *cell = doc_cell(t, i, 3 + a);
            cell->text = arena_printf(d->arena, "%d of %d", tally->solved, tally->samples);
            if (p->shown[i])
                cell->link = anchor(d, episode_of(tally));
        }
    }
    t->note = arena_printf(
        d->arena,
        "Solved means: in more than half of the samples. %zu tasks %s solves and another arm does "
        "not, %zu the other way round%s. A link leads to the transcript of one sample that ended "
        "as most did.",
        p->n_ahead, run->arms[0], p->n - p->n_ahead,
        rows < p->n ? arena_printf(d->arena, "; the table has the first %d", MAX_TASKS) : "");
}

/* ---- transcripts ---- */

struct telling {
    struct doc *d;
    struct store *store;
    struct err *err;
};

static int add_transcript(void *ctx, long long id, const struct store_episode *row)
{
    const struct telling *t = ctx;
    struct arena *arena = t->d->arena;
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    if (!f)
        abort(); /* out of memory */
    int rc = transcript_print(f, t->store, id, row, t->err);
    fclose(f);
    size_t keep = n > MAX_TRANSCRIPT ? utf8_cut(text, MAX_TRANSCRIPT) : n;
    const char *shown = arena_strndup(arena, text, keep);
    if (keep < n)
        shown =
            arena_printf(arena, "%s\n\n[cut: %zu of %zu bytes; all of it: hrm show RUN %s/%s/%d]\n",
                         shown, keep, n, row->arm, row->task, row->sample);
    free(text);
    const char *title = arena_printf(arena, "%s on %s, sample %d: %s", row->arm, row->task,
                                     row->sample, row->passed ? "solved" : "not solved");
    doc_add_listing(t->d, anchor(t->d, id), title, shown)->folded = true;
    return rc;
}

static int add_transcripts(struct doc *d, const struct report_run *run, const struct parted *p,
                           struct err *err)
{
    struct telling t = {d, run->store, err};
    size_t shown = 0;
    int rc = 0;
    for (size_t i = 0; i < p->n; i++)
        shown += p->shown[i];
    doc_add_section(d, "transcripts", "Transcripts");
    doc_add_text(d,
                 "One sample of each arm on %zu of the %zu tasks on which the arms part: every "
                 "prompt, reply, execution and grading, in order%s. 'hrm show RUN "
                 "ARM/TASK/SAMPLE' prints the others, RUN being this run's directory.",
                 shown, p->n, shown < p->n ? ", from either side in turn" : "");
    for (size_t i = 0; i < p->n; i++)
        for (size_t a = 0; a < run->n_arms && p->shown[i] && rc == 0; a++)
            rc = store_episode_read(run->store, episode_of(report_tally(run, p->task[i], a)),
                                    add_transcript, &t, err);
    return rc;
}

/* ---- what was run ---- */

struct facts {
    struct doc *d;
    const char **name, **value; /* [n] */
    size_t n, cap_names, cap_values;
};

static void add_fact(struct facts *f, const char *name, const json_t *value)
{
    CLEANUP_FREE char *json = json_is_string(value) ? NULL : json_text(value);
    const char *text = json ? json : json_string_value(value);
    size_t n = strlen(text), keep = n > MAX_VALUE ? utf8_cut(text, MAX_VALUE) : n;
    f->name = xgrow(f->name, &f->cap_names, f->n + 1, sizeof *f->name);
    f->value = xgrow(f->value, &f->cap_values, f->n + 1, sizeof *f->value);
    f->name[f->n] = name;
    f->value[f->n++] = arena_printf(f->d->arena, "%.*s%s", (int)keep, text,
                                    keep < n ? " ... (whole in manifest.json)" : "");
}

/* An object's members as "budget.max_iters"; named lists (arms) by their names. */
static void add_members(struct facts *f, const char *prefix, const json_t *value)
{
    const char *key;
    json_t *member;
    size_t i;
    if (json_is_object(value) && json_object_size(value)) {
        json_object_foreach ((json_t *)value, key, member)
            add_members(f, arena_printf(f->d->arena, "%s%s%s", prefix, *prefix ? "." : "", key),
                        member);
    } else if (json_is_array(value) && json_get_str(json_array_get(value, 0), "name", NULL)) {
        json_array_foreach (value, i, member)
            add_fact(f,
                     arena_printf(f->d->arena, "%s.%s", prefix, json_get_str(member, "name", "?")),
                     member);
    } else if (!json_is_null(value)) {
        add_fact(f, prefix, value);
    }
}

static void add_facts_table(struct doc *d, const char *title, const json_t *value)
{
    static const struct doc_column columns[] = {{DOC_TEXT, "what", ""}, {DOC_TEXT, "value", ""}};
    struct facts f = {.d = d};
    add_members(&f, "", value);
    if (f.n > 0) {
        struct doc_table *t = doc_add_table(d, title, columns, 2, f.n);
        for (size_t i = 0; i < f.n; i++) {
            doc_cell(t, i, 0)->text = f.name[i];
            doc_cell(t, i, 1)->text = f.value[i];
        }
    }
    free(f.name);
    free(f.value);
}

static void add_configuration(struct doc *d, const struct report_run *run)
{
    static const struct {
        const char *title, *keys[8];
    } tables[] = {
        {"Model", {"model"}},
        {"Experiment", {"experiment"}},
        {"Suite, prompts and what was played", {"suite", "prompts", "selection"}},
        {"The run and its machine",
         {"config_hash", "created", "updated", "status", "versions", "tool", "workers", "host"}},
    };
    doc_add_section(d, "configuration", "Configuration and identity");
    doc_add_text(d, "As the manifest (manifest.json, also in run.db) states it. The configuration "
                    "hash covers all that decides what an episode does: arms, budget, sampling, "
                    "seed, model, and the contents of suite and prompts.");
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        json_t *part CLEANUP_JSON = json_object();
        for (size_t k = 0; k < sizeof tables[i].keys / sizeof *tables[i].keys; k++) {
            const char *key = tables[i].keys[k];
            json_t *value = key ? json_object_get(run->manifest, key) : NULL;
            if (value && k == 0 && !tables[i].keys[1])
                json_object_update(part, value);
            else if (value)
                json_object_set(part, key, value);
        }
        add_facts_table(d, tables[i].title, part);
    }
}

/* ---- how to cite it, how to run it again ---- */

static const char *fact(const struct report_run *run, const char *object, const char *key)
{
    return json_get_str(json_object_get(run->manifest, object), key, "");
}

static void add_citation(struct doc *d, const struct report_run *run)
{
    struct str entry CLEANUP_STR = {0};
    const char *experiment = fact(run, "experiment", "name");
    const char *hash = json_get_str(run->manifest, "config_hash", "");
    const char *when = json_get_str(run->manifest, "created", "");
    str_addf(&entry, "@misc{hrm-%s,\n  title        = {{", *hash ? hash : "run");
    latex_escape(&entry, d->title);
    str_addf(&entry, "}},\n  year         = {%.4s},\n  howpublished = {", when);
    latex_escape(&entry, arena_printf(d->arena, "Run of hrm %s, experiment %s, configuration %s",
                                      fact(run, "versions", "hrm"), experiment, hash));
    str_add(&entry, "},\n  note         = {");
    latex_escape(&entry,
                 arena_printf(d->arena,
                              "%zu tasks, %zu arms, %d samples; model %s %s, digest %.16s; suite "
                              "%s, sha256 %.16s; prompts %s, sha256 %.16s; %.10s",
                              run->n_tasks, run->n_arms, run->samples,
                              fact(run, "model", "backend"), fact(run, "model", "name"),
                              fact(run, "model", "digest"), fact(run, "suite", "name"),
                              fact(run, "suite", "sha256"), fact(run, "prompts", "profile"),
                              fact(run, "prompts", "sha256"), when));
    str_add(&entry, "}\n}\n");
    doc_add_section(d, "cite", "How to cite it, and run it again");
    doc_add_text(d, "BibTeX, with what identifies the run; the author is whoever ran it.");
    doc_add_listing(d, "bibtex", "BibTeX", arena_strdup(d->arena, entry.p));
}

static void add_commands(struct doc *d, const struct report_run *run)
{
    const char *command = json_get_str(run->manifest, "command", NULL);
    const char *name = fact(run, "experiment", "name");
    doc_add_text(d, "The first command continues this run where its directory is, and repeats it "
                    "elsewhere. The second answers every call from this run's record, without a "
                    "model: the same results, bit for bit. RUN is this run's directory.");
    struct str text CLEANUP_STR = {0};
    if (command)
        str_addf(&text, "%s\n", command);
    else
        str_addf(&text, "hrm run %s --model_backend %s --model_name '%s'\n", name,
                 fact(run, "model", "backend"), fact(run, "model", "name"));
    str_addf(&text, "hrm run %s --model_backend replay --replay RUN --outdir replayed\n", name);
    doc_add_listing(d, "commands", "Run it again", arena_strdup(d->arena, text.p));
}

int appendix_add(struct doc *d, const struct report_run *run, struct err *err)
{
    struct parted p = {0};
    if (run->n_arms > 1) {
        p = find_parted(d, run);
        doc_add_section(d, "discordant", "Where the arms part");
        if (p.n)
            add_parted_table(d, run, &p);
        else
            doc_add_text(d, "There is no task that one arm solves and another does not.");
    }
    add_configuration(d, run);
    add_citation(d, run);
    add_commands(d, run);
    return p.n ? add_transcripts(d, run, &p, err) : 0;
}
