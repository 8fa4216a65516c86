/* See export_capsule.h. The report is made from the copy, so that what is left out of the one is
 * missing in the other. */
#include "cli/export_capsule.h"
#include <stdio.h>
#include <sys/stat.h>
#include "base/mem.h"
#include "base/str.h"
#include "cli/version.h"
#include "experiment/capsule_run.h"
#include "report/report.h"
#include "store/capsule.h"
#include "store/manifest.h"
#include "store/store.h"

static int add_report(struct store *copy, json_t *facts, struct err *err)
{
    struct analysis_run run = {0};
    struct str page CLEANUP_STR = {0};
    int rc = analysis_load(copy, &run, err);
    if (rc < 0)
        return rc;
    rc = report_render(&run, "html", &page, err);
    if (rc == 0)
        rc = capsule_add(copy, CAPSULE_REPORT, page.p, page.len, err);
    json_object_set_new(facts, "episodes", json_integer(run.done));
    analysis_run_free(&run);
    return rc;
}

static void say(const struct capsule_args *args, const json_t *facts)
{
    struct stat st = {0};
    stat(args->path, &st);
    fprintf(stderr, "hrm: %s: %lld episodes of %s in %.2f MB (%.1f MB unpacked)\n", args->path,
            (long long)json_get_int(facts, "episodes", 0), json_get_str(facts, "experiment", ""),
            (double)st.st_size / 1e6, (double)json_get_int(facts, "bytes", 0) / 1e6);
    if (!json_get_bool(facts, "texts", true))
        fprintf(stderr,
                "hrm: without the texts of the suite: prompts, tests, what tests and programs "
                "printed; ids, programs and replies are in it, and replies may quote a prompt. It "
                "can be reported; to replay its calls, 'hrm run' needs --suite\n");
}

int export_capsule(struct store *s, const struct capsule_args *args, struct err *err)
{
    struct manifest m = {0};
    struct store *copy = NULL;
    int rc = manifest_read(s, &m, err);
    if (rc == 0)
        rc = err_input(err, "there is nothing to pack: the run never started");
    if (rc < 0)
        return rc;
    json_t *facts CLEANUP_JSON =
        json_pack("{s:s, s:s, s:s, s:s, s:s}", "hrm", hrm_version, "experiment", m.experiment,
                  "model", m.model.name, "config_hash", m.config_hash, "created", m.created);
    rc = capsule_copy(s, args->without_texts, &copy, err);
    if (rc == 0 && !capsule_facts(s)) /* that of a capsule has them already */
        rc = capsule_add_inputs(&m, args->suite, args->prompts, copy, err);
    if (rc == 0)
        rc = add_report(copy, facts, err);
    if (rc == 0)
        rc = capsule_write(copy, facts, args->path, err);
    if (rc == 0)
        say(args, facts);
    store_close(copy);
    manifest_free(&m);
    return rc;
}
