/* See tagging.h. */
#include "experiment/tagging.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "control/arm.h"

void tagging_fill(struct transcript *t, const struct task *task, const struct arm *arm,
                  struct arena *arena)
{
    const struct taxonomy_arm facts = taxonomy_arm_of(arm);
    struct taxonomy_tags tags;
    taxonomy_tag(t, task, &facts, &tags, arena);
    t->row.label = tags.label;
    t->row.flags = tags.flags_text;
    t->row.inapplicable = tags.inapplicable_text;
}

/* ---- tagging again ---- */

static int read_manifest(struct tagging *t, struct err *err)
{
    int rc = manifest_read(t->store, &t->manifest, err);
    return rc == 0 ? err_input(err, "the run has no manifest: it never started") : rc < 0 ? rc : 0;
}

/* Where the suite is now: as the manifest says, or among the data that ships. Caller frees. */
static char *suite_place(const char *recorded)
{
    char *shipped = file_exists(recorded) ? NULL : file_find_data(recorded);
    return shipped ? shipped : xstrdup(recorded);
}

static int read_suite(struct tagging *t, const char *path, struct err *err)
{
    const char *want = t->manifest.suite.sha256;
    char *place CLEANUP_FREE = path ? xstrdup(path) : suite_place(t->manifest.suite.path);
    if (!file_exists(place))
        return err_input(err, "the run's suite is not at %s; name it with --suite FILE", place);
    int rc = suite_load(place, &t->suite, err);
    if (rc == 0 && !str_eq(t->suite.sha256, want)) {
        rc = err_input(err,
                       "%s is not the suite that was played: found sha256 %.12s, expected %.12s; "
                       "name that one with --suite FILE",
                       place, t->suite.sha256, want);
        suite_free(&t->suite);
    }
    return rc;
}

int tagging_open(struct store *store, const char *path, struct tagging *out, struct err *err)
{
    struct tagging t = {.store = store};
    int rc = read_manifest(&t, err);
    if (rc == 0)
        rc = read_suite(&t, path, err);
    if (rc == 0)
        *out = t;
    else
        manifest_free(&t.manifest);
    return rc;
}

void tagging_close(struct tagging *t)
{
    if (!t->manifest.json)
        return;
    manifest_free(&t->manifest);
    suite_free(&t->suite);
    *t = (struct tagging){0};
}

int tagging_tags(const struct tagging *t, long long id, const struct store_episode *row,
                 struct taxonomy_tags *out, struct arena *arena, struct err *err)
{
    const struct task *task = suite_find(&t->suite, row->task);
    const json_t *arm = manifest_arm(&t->manifest, row->arm);
    if (!task)
        return err_input(err, "%s has no task '%s', which the run played", t->suite.path,
                         row->task);
    if (!arm)
        return err_input(err, "the run's manifest has no arm '%s'", row->arm);
    const struct arm played = arm_from_json(arm);
    const struct taxonomy_arm facts = taxonomy_arm_of(&played);
    struct transcript transcript;
    int rc = transcript_read(t->store, id, row, &transcript, arena, err);
    if (rc == 0)
        taxonomy_tag(&transcript, task, &facts, out, arena);
    return rc;
}
