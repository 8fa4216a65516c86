/* Configuration, identity and machine of a run; how to cite it and how to repeat it. */
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "doc/latex.h"
#include "analysis/run.h"
#include "model/model.h"
#include "report/sections.h"

enum { MAX_VALUE = 600 }; /* bytes of one that is shown */

struct facts {
    struct doc *d;
    const char **name, **value; /* [n] */
    size_t n, cap_names, cap_values;
};

static void add_fact(struct facts *f, const char *name, const json_t *value)
{
    char *json CLEANUP_FREE = json_is_string(value) ? NULL : json_text(value);
    const char *text = json ? json : json_string_value(value);
    size_t n = strlen(text), keep = n > MAX_VALUE ? utf8_cut(text, MAX_VALUE) : n;
    f->name = xgrow(f->name, &f->cap_names, f->n + 1, sizeof *f->name);
    f->value = xgrow(f->value, &f->cap_values, f->n + 1, sizeof *f->value);
    f->name[f->n] = name;
    f->value[f->n++] = arena_printf(f->d->arena, "%.*s%s", (int)keep, text,
                                    keep < n ? " ... (whole in manifest.json)" : "");
}

/* A budget of 0 is none. */
static bool is_no_cap(const char *name, const json_t *value)
{
    return str_starts(name, "budget.") && json_is_number(value) && json_number_value(value) == 0;
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
    } else if (!json_is_null(value) && !is_no_cap(prefix, value)) {
        add_fact(f, prefix, value);
    }
}

static void add_facts_table(struct doc *d, const char *title, const json_t *value)
{
    static const struct doc_column columns[] = {{DOC_TEXT, "what", ""}, {DOC_WORD, "value", ""}};
    struct facts f = {.d = d};
    add_members(&f, "", value);
    if (f.n > 0) {
        struct doc_table *t = doc_add_table(d, title, columns, 2, f.n);
        for (size_t i = 0; i < f.n; i++) {
            doc_set_text(t, i, 0, f.name[i]);
            doc_set_text(t, i, 1, f.value[i]);
        }
    }
    free(f.name);
    free(f.value);
}

static const char *shard_text(struct doc *d, const json_t *part)
{
    const json_t *shard = json_object_get(json_object_get(part, "selection"), "shard");
    return shard ? arena_printf(d->arena, "%d of %d",
                                (int)json_integer_value(json_array_get(shard, 0)),
                                (int)json_integer_value(json_array_get(shard, 1)))
                 : "";
}

/* Of a merged run: where and when each part was played. */
static void add_parts(struct doc *d, const struct analysis_run *run)
{
    static const struct doc_column columns[] = {{DOC_TEXT, "part", ""},
                                                {DOC_WORD, "shard", ""},
                                                {DOC_WORD, "status", ""},
                                                {DOC_WORD, "machine", ""},
                                                {DOC_WORD, "episodes at once", ""},
                                                {DOC_WORD, "hrm", ""},
                                                {DOC_WORD, "begun", ""},
                                                {DOC_WORD, "ended", ""}};
    const json_t *parts = run->manifest.parts, *part;
    size_t i, n = sizeof columns / sizeof *columns;
    if (!json_array_size(parts))
        return;
    struct doc_table *t = doc_add_table(d, "Its parts", columns, n, json_array_size(parts));
    json_array_foreach (parts, i, part) {
        const json_t *host = json_object_get(part, "host");
        doc_set_text(t, i, 0, json_get_str(part, "name", ""));
        doc_set_text(t, i, 1, shard_text(d, part));
        doc_set_text(t, i, 2, json_get_str(part, "status", ""));
        doc_set_text(t, i, 3,
                     arena_printf(d->arena, "%s, %s, %lld cores", json_get_str(host, "name", "?"),
                                  json_get_str(host, "cpu", "?"), json_get_int(host, "cores", 0)));
        doc_set_text(t, i, 4, arena_printf(d->arena, "%lld", json_get_int(part, "workers", 0)));
        doc_set_text(t, i, 5, json_get_str(json_object_get(part, "versions"), "hrm", ""));
        doc_set_text(t, i, 6, json_get_str(part, "created", ""));
        doc_set_text(t, i, 7, json_get_str(part, "updated", ""));
    }
    t->note = "Run separately and joined by 'hrm merge'; the facts above hold for all of them.";
}

/* Of a study that was merged before it was complete: its report must not pass for that of the
 * whole.
 */
static void add_missing(struct doc *d, const struct analysis_run *run)
{
    static const struct doc_column columns[] = {{DOC_WORD, "shard", ""},
                                                {DOC_WORD, "state", ""},
                                                {DOC_TEXT, "reason", ""},
                                                {DOC_TEXT, "log", ""}};
    const json_t *missing = json_object_get(run->manifest.json, "missing_shards"), *shard;
    size_t i;
    if (!json_array_size(missing))
        return;
    struct doc_table *t = doc_add_table(d, "Missing shards", columns,
                                        sizeof columns / sizeof *columns, json_array_size(missing));
    json_array_foreach (missing, i, shard) {
        doc_set_text(t, i, 0, arena_printf(d->arena, "%lld", json_get_int(shard, "shard", 0)));
        doc_set_text(t, i, 1, json_get_str(shard, "state", ""));
        doc_set_text(t, i, 2, json_get_str(shard, "reason", ""));
        doc_set_text(t, i, 3, json_get_str(shard, "log", ""));
    }
    t->note = "Their tasks are not in this report, or not all of them.";
}

/* Has the set-up been shown to be right? Of models of servers only: others have no published
 * values. */
static void add_calibration(struct doc *d, const struct analysis_run *run)
{
    const json_t *model = run->manifest.model.identity;
    const json_t *recorded = json_object_get(model, "recorded");
    const json_t *c = json_object_get(run->manifest.json, "calibration"), *value;
    if (!model_can(json_get_str(recorded ? recorded : model, "backend", ""), MODEL_SERVER))
        return;
    if (!c) {
        doc_add_text(
            d, "Not calibrated: no 'hrm calibrate' of this set-up stands beside the run, so it "
               "is not shown that the model does here what it does elsewhere.");
        return;
    }
    value = json_object_get(c, "published");
    doc_add_text(
        d, "Calibration: %s. %.1f %% [%.1f, %.1f] on %s, %lld of %lld tasks%s (%s, %.10s).",
        json_get_str(c, "conclusion", "?"), json_get_num(c, "value", 0), json_get_num(c, "low", 0),
        json_get_num(c, "high", 0), json_get_str(c, "suite", "?"), json_get_int(c, "solved", 0),
        json_get_int(c, "n", 0),
        value ? arena_printf(d->arena, "; published %.1f %%", json_number_value(value)) : "",
        json_get_str(c, "path", "?"), json_get_str(c, "created", ""));
}

static void add_configuration(struct doc *d, const struct analysis_run *run)
{
    static const struct {
        const char *title, *keys[8];
    } tables[] = {
        {"Model", {"model"}},
        {"Experiment", {"experiment"}},
        {"Suite, prompts and selection", {"suite", "prompts", "selection"}},
        {"The run and its machine",
         {"config_hash", "created", "updated", "status", "versions", "tool", "workers", "host"}},
    };
    doc_add_section(d, "configuration", "Configuration and identity");
    doc_add_text(d, "From the manifest (manifest.json, also in run.db). The configuration hash "
                    "covers everything that affects an episode: arms, budget, sampling, "
                    "seed, model, and the contents of suite and prompts.");
    add_calibration(d, run);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        json_t *part CLEANUP_JSON = json_object();
        for (size_t k = 0; k < sizeof tables[i].keys / sizeof *tables[i].keys; k++) {
            const char *key = tables[i].keys[k];
            json_t *value = key ? json_object_get(run->manifest.json, key) : NULL;
            if (value && k == 0 && !tables[i].keys[1])
                json_object_update(part, value);
            else if (value)
                json_object_set(part, key, value);
        }
        add_facts_table(d, tables[i].title, part);
    }
    add_missing(d, run);
    add_parts(d, run);
}

/* ---- how to cite it, how to run it again ---- */

static void add_citation(struct doc *d, const struct analysis_run *run)
{
    struct str entry CLEANUP_STR = {0};
    const char *experiment = run->manifest.experiment;
    const char *hash = run->manifest.config_hash;
    const char *when = run->manifest.created;
    str_addf(&entry, "@misc{hrm-%s,\n  title        = {{", *hash ? hash : "run");
    latex_escape(&entry, d->title);
    str_addf(&entry, "}},\n  year         = {%.4s},\n  howpublished = {", when);
    latex_escape(&entry, arena_printf(d->arena, "Run of hrm %s, experiment %s, configuration %s",
                                      run->manifest.hrm_version, experiment, hash));
    str_add(&entry, "},\n  note         = {");
    latex_escape(&entry,
                 arena_printf(d->arena,
                              "%zu tasks, %zu arms, %d samples; model %s %s, digest %.16s; suite "
                              "%s, sha256 %.16s; prompts %s, sha256 %.16s; %.10s",
                              run->n_tasks, run->n_arms, run->samples, run->manifest.model.backend,
                              run->manifest.model.name, run->manifest.model.digest,
                              run->manifest.suite.name, run->manifest.suite.sha256,
                              run->manifest.prompts.profile, run->manifest.prompts.sha256, when));
    str_add(&entry, "}\n}\n");
    doc_add_section(d, "cite", "How to cite it, and run it again");
    doc_add_text(
        d, "BibTeX with the facts that identify the run; the author is the person who ran it.");
    doc_add_listing(d, "bibtex", "BibTeX", arena_strdup(d->arena, entry.p));
}

static void add_commands(struct doc *d, const struct analysis_run *run)
{
    const char *command = *run->manifest.command ? run->manifest.command : NULL;
    const char *name = run->manifest.experiment;
    const char *first = run->manifest.parts
                            ? "The commands run the parts of this run, merge them, or continue "
                              "the merged run. The last"
                            : "The first command continues this run where its directory is, and "
                              "repeats it elsewhere. The second";
    doc_add_text(d,
                 "%s answers every call from this run's record, without a model: the same "
                 "results, bit for bit. RUN is this run's directory.",
                 first);
    struct str text CLEANUP_STR = {0};
    if (command)
        str_addf(&text, "%s\n", command);
    else
        str_addf(&text, "hrm run %s --model_backend %s --model_name '%s'\n", name,
                 run->manifest.model.backend, run->manifest.model.name);
    str_addf(&text, "hrm run %s --model_backend replay --replay RUN --outdir replayed\n", name);
    doc_add_listing(d, "commands", "Run it again", arena_strdup(d->arena, text.p));
}

void section_identity(struct doc *d, const struct analysis_run *run)
{
    add_configuration(d, run);
    add_citation(d, run);
    add_commands(d, run);
}
