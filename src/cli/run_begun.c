/* See run_begun.h. */
#include "cli/run_begun.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/run_job.h"
#include "cli/runs_listed.h"

/* "the suite", "the prompts", both; NULL where neither has changed under its name. */
static const char *changed(const struct manifest *was, const struct run_job *job)
{
    bool suite =
        str_eq(was->suite.path, job->suite.path) && !str_eq(was->suite.sha256, job->suite.sha256);
    bool prompts = str_eq(was->prompts.profile, prompt_set_name(job->prompts)) &&
                   !str_eq(was->prompts.sha256, prompt_set_sha256(job->prompts));
    return suite && prompts ? "the suite and the prompts have"
           : suite          ? "the suite has"
           : prompts        ? "the prompts have"
                            : NULL;
}

/* The entry of the run that `latest` leads to; borrowed from the list. */
static const json_t *latest_of(const char *dir, const json_t *list)
{
    char *link CLEANUP_FREE = file_join(dir, "latest");
    char *real CLEANUP_FREE = realpath(link, NULL);
    json_t *entry;
    size_t i;
    json_array_foreach ((json_t *)list, i, entry)
        if (real && str_eq(json_get_str(entry, "key", ""), file_base(real)))
            return entry;
    return NULL;
}

void run_tell_begun(const struct run_job *job)
{
    char *dir CLEANUP_FREE = file_dir(job->dir.path);
    if (file_exists(job->dir.db) || !file_is_dir(dir))
        return;
    json_t *list CLEANUP_JSON = runs_listed(dir);
    const json_t *entry = latest_of(dir, list);
    const char *status = json_get_str(entry, "status", "");
    if (!entry || str_eq(status, "complete") || str_eq(status, "decided"))
        return;
    const char *path = json_get_str(entry, "path", "");
    char *file CLEANUP_FREE = file_join(path, "manifest.json");
    struct manifest was = manifest_of(json_read_file(file, NULL));
    const char *what = changed(&was, job);
    if (what && str_eq(was.model.name, json_get_str(job->identity, "name", "")))
        fprintf(stderr,
                "hrm: %s is %s, %lld of %lld episodes done; %s changed since, so that this "
                "begins anew in %s\n",
                path, status, json_get_int(entry, "done", 0), json_get_int(entry, "total", 0), what,
                job->dir.path);
    manifest_free(&was);
}
