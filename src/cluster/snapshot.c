/* See snapshot.h. */
#include "cluster/snapshot.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include "base/file.h"
#include "base/mem.h"

static int copy(const char *from, const char *to_dir, const char *name, struct err *err)
{
    char *to CLEANUP_FREE = file_join(to_dir, name), *text CLEANUP_FREE = NULL;
    size_t n;
    int rc = file_read(from, 0, &text, &n, err);
    return rc < 0 ? rc : file_write(to, text, n, err);
}

static int copy_directory(const char *from, const char *to, struct err *err)
{
    DIR *d = opendir(from);
    const struct dirent *f;
    int rc = d ? file_mkdirs(to, err) : err_errno(err, errno, "%s", from);
    while (rc == 0 && (f = readdir(d)) != NULL) {
        char *path CLEANUP_FREE = file_join(from, f->d_name);
        if (f->d_name[0] != '.' && !file_is_dir(path))
            rc = copy(path, to, f->d_name, err);
    }
    if (d)
        closedir(d);
    return rc;
}

int snapshot_make(const char *dir, const struct snapshot_files *files, struct err *err)
{
    char *experiment CLEANUP_FREE = file_join(dir, "experiment");
    char *prompts CLEANUP_FREE = xasprintf("%s/prompts/%s", dir, file_base(files->prompts));
    int rc = file_mkdirs(experiment, err);
    if (rc == 0)
        rc = copy(files->experiment, experiment, "experiment.yaml", err);
    if (rc == 0)
        rc = copy(files->suite, experiment, "suite.yaml", err);
    return rc < 0 ? rc : copy_directory(files->prompts, prompts, err);
}
