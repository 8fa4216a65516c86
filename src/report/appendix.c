/* See appendix.h. */
#include "report/appendix.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "analysis/analysis.h"
#include "report/sections.h"
#include "report/episode_text.h"
#include "store/store.h"

/* Limits of the page, so that it opens anywhere: about 1.5 MB of transcripts at most. MAX_SHOWN
 * tasks, and as many disputed episodes. */
enum { MAX_TASKS = 200, MAX_SHOWN = 20, MAX_TRANSCRIPT = 24 << 10 };

/* ---- the tasks on which the arms differ ---- */

/* Tasks that the first arm solves and another does not, and the other way round. */
struct parted {
    size_t *task; /* [n] the first n_ahead are those where the first arm is ahead */
    bool *shown;  /* [n] with transcripts */
    size_t n, n_ahead;
};

/* +1: the first arm solves it and some other does not; -1: the other way round; 0: they agree. */
static int direction(const struct analysis_run *run, size_t task)
{
    if (!run->tasks[task].sets)
        return 0;
    bool first = analysis_majority(analysis_tally(run, task, 0));
    for (size_t b = 1; b < run->n_arms; b++)
        if (analysis_majority(analysis_tally(run, task, b)) != first)
            return first ? 1 : -1;
    return 0;
}

/* Transcripts for the first tasks of both kinds, alternating. */
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

static struct parted find_parted(struct doc *d, const struct analysis_run *run)
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

/* The episode that represents an arm on a task: the first with the most common outcome. */
static long long episode_of(const struct analysis_tally *t)
{
    return analysis_majority(t) ? t->a_solved : t->a_failed;
}

static const char *anchor(struct doc *d, long long id)
{
    return arena_printf(d->arena, "episode-%lld", id);
}

/* The columns of the arms: what each came to. */
static void add_outcomes_of(struct doc *d, const struct analysis_run *run, const struct parted *p,
                            size_t i, const struct doc_table *t)
{
    for (size_t a = 0; a < run->n_arms; a++) {
        const struct analysis_tally *tally = analysis_tally(run, p->task[i], a);
        struct doc_cell *cell = doc_cell(t, i, 3 + a);
        cell->text = tally->samples > 1
                         ? arena_printf(d->arena, "%d of %d", tally->solved, tally->samples)
                     : tally->solved ? "yes"
                                     : "no";
        if (p->shown[i])
            cell->link = anchor(d, episode_of(tally));
    }
}

/* Many arms: their names in two columns, by whether they solve the task. The links are of the first
 * of either. */
static void add_names_of(struct doc *d, const struct analysis_run *run, const struct parted *p,
                         size_t i, const struct doc_table *t)
{
    for (int solved = 0; solved < 2; solved++) {
        struct str names CLEANUP_STR = {0};
        struct doc_cell *cell = doc_cell(t, i, solved ? 3 : 4);
        for (size_t a = 0; a < run->n_arms; a++) {
            const struct analysis_tally *tally = analysis_tally(run, p->task[i], a);
            if (analysis_majority(tally) != solved)
                continue;
            if (!names.len && p->shown[i])
                cell->link = anchor(d, episode_of(tally));
            str_addf(&names, "%s%s", names.len ? ", " : "", run->arms[a]);
        }
        cell->text = arena_strdup(d->arena, str_text(&names));
    }
}

static void add_parted_table(struct doc *d, const struct analysis_run *run, const struct parted *p)
{
    size_t rows = p->n < MAX_TASKS ? p->n : MAX_TASKS, c = 0;
    bool wide = run->n_arms <= WIDE_ARMS;
    struct doc_column *columns = arena_alloc(d->arena, (5 + run->n_arms) * sizeof *columns);
    columns[c++] = (struct doc_column){DOC_TEXT, "task", ""};
    columns[c++] = (struct doc_column){DOC_TEXT, "group", ""};
    columns[c++] = (struct doc_column){DOC_COUNT, "steps", ""};
    for (size_t a = 0; a < run->n_arms && wide; a++)
        columns[c++] = (struct doc_column){DOC_TEXT, run->arms[a], "solved"};
    if (!wide) {
        columns[c++] = (struct doc_column){DOC_TEXT, "solved by", ""};
        columns[c++] = (struct doc_column){DOC_TEXT, "not solved by", ""};
    }
    struct doc_table *t = doc_add_table(d, "Tasks on which the arms differ", columns, c, rows);
    for (size_t i = 0; i < rows; i++) {
        const struct analysis_task *task = &run->tasks[p->task[i]];
        doc_cell(t, i, 0)->text = task->id;
        doc_cell(t, i, 1)->text = run->groups[task->group];
        if (task->steps)
            doc_set_count(t, i, 2, task->steps);
        (wide ? add_outcomes_of : add_names_of)(d, run, p, i, t);
    }
    t->note = arena_printf(
        d->arena,
        "%s%zu tasks are solved by %s and not by another arm, %zu the other way round%s. Links "
        "lead to the transcript of a sample with the most common outcome%s.",
        run->samples > 1 ? "Solved: in more than half of the samples. " : "", p->n_ahead,
        run->arms[0], p->n - p->n_ahead,
        rows < p->n ? arena_printf(d->arena, "; the table shows the first %d", MAX_TASKS) : "",
        wide ? "" : ", of the first arm named");
}

/* ---- disputed episodes ---- */

/* The disputed episodes of the run; the first MAX_SHOWN have transcripts. */
static struct analysis_episode **find_disputed(struct doc *d, const struct analysis_run *run)
{
    size_t n = 0;
    struct analysis_episode **list =
        arena_alloc(d->arena, ((size_t)run->disputed + 1) * sizeof *list);
    for (size_t i = 0; i < run->n_played; i++)
        if (run->played[i].disputed)
            list[n++] = &run->played[i];
    return list;
}

static void add_disputed_table(struct doc *d, const struct analysis_run *run,
                               struct analysis_episode *const *list)
{
    static const struct doc_column columns[] = {
        {DOC_TEXT, "task", ""}, {DOC_TEXT, "arm", ""}, {DOC_COUNT, "sample", ""}};
    size_t n = (size_t)run->disputed, rows = n < MAX_TASKS ? n : MAX_TASKS;
    doc_add_section(d, "disputed", "Disputed episodes");
    struct doc_table *t = doc_add_table(d, "Disputed episodes", columns, 3, rows);
    for (size_t i = 0; i < rows; i++) {
        doc_set_text(t, i, 0, run->tasks[list[i]->task].id);
        doc_set_text(t, i, 1, run->arms[list[i]->arm]);
        doc_set_count(t, i, 2, list[i]->sample);
        if (i < MAX_SHOWN)
            doc_cell(t, i, 0)->link = anchor(d, list[i]->id);
    }
    t->note = arena_printf(
        d->arena,
        "Failed isolated, passed in one process. Links lead to transcripts; "
        "'hrm show RUN ARM/TASK/SAMPLE' prints any%s.",
        rows < n ? arena_printf(d->arena, ". The table shows %d of %zu", MAX_TASKS, n) : "");
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
    struct str text CLEANUP_STR = {0};
    int rc = episode_text_add(t->store, id, row, &text, t->err);
    size_t n = text.len, keep = n > MAX_TRANSCRIPT ? utf8_cut(text.p, MAX_TRANSCRIPT) : n;
    const char *shown = arena_strndup(arena, str_text(&text), keep);
    if (keep < n)
        shown =
            arena_printf(arena, "%s\n\n[cut: %zu of %zu bytes; all of it: hrm show RUN %s/%s/%d]\n",
                         shown, keep, n, row->arm, row->task, row->sample);
    const char *title = arena_printf(arena, "%s on %s, sample %d: %s", row->arm, row->task,
                                     row->sample, row->passed ? "solved" : "not solved");
    doc_add_listing(t->d, anchor(t->d, id), title, shown)->folded = true;
    return rc;
}

/* Is the episode among those of the tasks on which the arms differ? */
static bool is_shown(const struct analysis_run *run, const struct parted *p,
                     const struct analysis_episode *e)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->shown[i] && p->task[i] == e->task)
            return episode_of(analysis_tally(run, e->task, e->arm)) == e->id;
    return false;
}

static void introduce(struct doc *d, const struct analysis_run *run, const struct parted *p)
{
    size_t shown = 0;
    for (size_t i = 0; i < p->n; i++)
        shown += p->shown[i];
    doc_add_section(d, "transcripts", "Transcripts");
    if (p->n)
        doc_add_text(d,
                     "One sample of each arm on %zu of the %zu tasks on which the arms differ: "
                     "every prompt, reply, execution and grading, in order%s. 'hrm show RUN "
                     "ARM/TASK/SAMPLE' prints the others, RUN being this run's directory.",
                     shown, p->n, shown < p->n ? ", alternating between the two kinds" : "");
    if (run->disputed)
        doc_add_text(d, "%s disputed episodes: %ld of %ld.", p->n ? "Then" : "The",
                     run->disputed < MAX_SHOWN ? run->disputed : (long)MAX_SHOWN, run->disputed);
}

static int add_transcripts(struct doc *d, const struct analysis_run *run, const struct parted *p,
                           struct analysis_episode *const *disputed, struct err *err)
{
    struct telling t = {d, run->store, err};
    int rc = 0;
    introduce(d, run, p);
    for (size_t i = 0; i < p->n; i++)
        for (size_t a = 0; a < run->n_arms && p->shown[i] && rc == 0; a++)
            rc = store_episode_read(run->store, episode_of(analysis_tally(run, p->task[i], a)),
                                    add_transcript, &t, err);
    for (long i = 0; i < run->disputed && i < MAX_SHOWN && rc == 0; i++)
        if (!is_shown(run, p, disputed[i]))
            rc = store_episode_read(run->store, disputed[i]->id, add_transcript, &t, err);
    return rc;
}

int appendix_add(struct doc *d, const struct analysis_run *run, struct err *err)
{
    struct parted p = {0};
    struct analysis_episode **disputed = find_disputed(d, run);
    if (run->n_arms > 1) {
        p = find_parted(d, run);
        doc_add_section(d, "discordant", "Where the arms differ");
        if (p.n)
            add_parted_table(d, run, &p);
        else
            doc_add_text(d, "There is no task that one arm solves and another does not.");
    }
    if (run->disputed)
        add_disputed_table(d, run, disputed);
    section_identity(d, run);
    int rc = p.n || run->disputed ? add_transcripts(d, run, &p, disputed, err) : 0;
    doc_drop_empty(d);
    return rc;
}
