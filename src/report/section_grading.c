/* How programs were graded, where that needs saying: tasks graded in one process, and programs
 * about which the two ways of grading disagree. */
#include "analysis/run.h"
#include "report/sections.h"

/* Disputed episodes of an arm. */
static long disputed_of(const struct analysis_run *run, size_t arm)
{
    long n = 0;
    for (size_t i = 0; i < run->n_played; i++)
        n += run->played[i].disputed && run->played[i].arm == arm;
    return n;
}

static void add_disputed(struct doc *d, const struct analysis_run *run)
{
    static const struct doc_column columns[] = {
        {DOC_TEXT, "arm", ""}, {DOC_COUNT, "episodes", ""}, {DOC_COUNT, "disputed", ""}};
    struct doc_table *t = doc_add_table(d, "Disputed episodes by arm", columns, 3, run->n_arms);
    for (size_t a = 0; a < run->n_arms; a++) {
        long episodes = 0;
        for (size_t i = 0; i < run->n_played; i++)
            episodes += run->played[i].arm == a;
        doc_set_text(t, a, 0, run->arms[a]);
        doc_set_count(t, a, 1, episodes);
        doc_set_count(t, a, 2, disputed_of(run, a));
    }
    t->note =
        "Disputed: the submission fails its hidden tests when graded isolated and passes them "
        "in one process. It counts as failed. Either it forges its verdict, or the isolated "
        "grading does not carry what it does; the transcripts show which.";
}

/* What the references say of a suite that has none, or not for every task. */
static void add_unknown(struct doc *d, const json_t *graded)
{
    long long unknown = json_get_int(graded, "no_reference", 0);
    doc_add_text(
        d,
        "%lld of %lld tasks have no reference. Programs for them were graded isolated, and "
        "whether a right program can pass so is not known.",
        unknown, json_get_int(graded, "tasks", 0));
}

void section_grading(struct doc *d, const struct analysis_run *run)
{
    const json_t *graded = json_object_get(run->manifest.json, "grading");
    bool unknown = json_get_int(graded, "no_reference", 0) > 0;
    if (!run->tasks_one_process && !run->disputed && !unknown)
        return;
    doc_add_section(d, "grading", "How programs were graded");
    if (unknown)
        add_unknown(d, graded);
    if (run->tasks_one_process)
        doc_add_text(d,
                     "%ld of %ld tasks were graded in one process (isolated: no), because their "
                     "references pass only so. There a program could decide its own verdict.",
                     run->tasks_one_process, run->tasks_graded);
    if (run->disputed)
        add_disputed(d, run);
}

json_t *grading_json(const struct analysis_run *run)
{
    if (!run->tasks_one_process && !run->disputed)
        return NULL;
    json_t *disputed = json_object(), *tasks = json_array();
    for (size_t a = 0; a < run->n_arms; a++)
        json_object_set_new(disputed, run->arms[a], json_integer(disputed_of(run, a)));
    for (size_t i = 0; i < run->n_tasks; i++)
        if (run->tasks[i].one_process)
            json_array_append_new(tasks, json_string(run->tasks[i].id));
    return json_pack("{s:I, s:o, s:o}", "tasks", (json_int_t)run->tasks_graded, "one_process",
                     tasks, "disputed", disputed);
}
