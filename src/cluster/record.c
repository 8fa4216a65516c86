/* See record.h. */
#include "cluster/record.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/mount.h"
#include "base/str.h"
#include "cluster/study.h"

static const char *const small_files[] = {"manifest.json", "serve.log"};
static const char *const last_files[] = {"results.csv", "summary.json", "report.html"};
enum {
    N_SMALL = sizeof small_files / sizeof *small_files,
    N_LAST = sizeof last_files / sizeof *last_files
};

/* ---- scratch ---- */

static bool is_usable(const char *dir)
{
    return dir && *dir && file_is_dir(dir) && access(dir, W_OK | X_OK) == 0 &&
           !mount_is_network(dir);
}

char *record_scratch(const struct study *s)
{
    if (str_eq(s->scratch, "direct"))
        return NULL;
    const char *places[] = {str_eq(s->scratch, "auto") ? NULL : s->scratch, getenv("SLURM_TMPDIR"),
                            getenv("TMPDIR")};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (is_usable(places[i]))
            return xstrdup(places[i]);
    return NULL;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    remove(path);
    return 0;
}

void record_remove_scratch(const char *dir)
{
    nftw(dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* ---- files ---- */

static int copy_bytes(int from, int to, const char *path, struct err *err)
{
    for (ssize_t n; (n = sendfile(to, from, NULL, 1 << 30)) != 0;)
        if (n < 0 && errno != EINTR)
            return err_errno(err, errno, "%s: copying", path);
    return fsync(to) < 0 ? err_errno(err, errno, "%s: copying", path) : 0;
}

/* The whole file under a temporary name, then renamed, with the modification time of the original.
 */
static int copy_file(const char *from, const char *to, struct err *err)
{
    char *temp CLEANUP_FREE = xasprintf("%s.copying", to);
    struct stat st;
    int in CLEANUP_FD = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0 || fstat(in, &st) < 0)
        return err_errno(err, errno, "%s", from);
    int out CLEANUP_FD = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (out < 0)
        return err_errno(err, errno, "%s", temp);
    int rc = copy_bytes(in, out, temp, err);
    const struct timespec times[] = {st.st_atim, st.st_mtim};
    if (rc == 0)
        futimens(out, times);
    if (rc == 0 && rename(temp, to) < 0)
        rc = err_errno(err, errno, "%s", to);
    if (rc < 0)
        unlink(temp);
    return rc;
}

static bool is_same(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_size == y.st_size &&
           x.st_mtim.tv_sec == y.st_mtim.tv_sec;
}

static int copy_if_there(const char *from_dir, const char *to_dir, const char *name,
                         struct err *err)
{
    char *from CLEANUP_FREE = file_join(from_dir, name), *to CLEANUP_FREE = file_join(to_dir, name);
    return file_exists(from) && !is_same(from, to) ? copy_file(from, to, err) : 0;
}

int record_copy_models(const char *from_dir, const char *to_dir, struct err *err)
{
    char *from CLEANUP_FREE = file_join(from_dir, "models");
    char *to CLEANUP_FREE = file_join(to_dir, "models");
    DIR *d = opendir(from);
    const struct dirent *f;
    int rc = d ? file_mkdirs(to, err) : 0;
    while (rc == 0 && d && (f = readdir(d)) != NULL)
        if (f->d_name[0] != '.' && !str_ends(f->d_name, ".tmp") && !str_ends(f->d_name, ".copying"))
            rc = copy_if_there(from, to, f->d_name, err);
    if (d)
        closedir(d);
    return rc;
}

/* ---- the record ---- */

int record_open(const char *dir, struct store **out, struct err *err)
{
    char *db CLEANUP_FREE = file_join(dir, "run.db");
    return file_exists(db) ? store_open(db, STORE_READ, out, err) : 0;
}

/* Of one moment: first beside the record, where its locks and its log are, then as a file. */
static int copy_record(struct store *store, const char *to_dir, const char *beside, struct err *err)
{
    char *still CLEANUP_FREE = file_join(beside, "run.db.copy");
    char *to CLEANUP_FREE = file_join(to_dir, "run.db");
    int rc = store_copy(store, still, err);
    if (rc == 0)
        rc = copy_file(still, to, err);
    unlink(still);
    return rc;
}

int record_publish(struct store *store, const char *from, const char *to, bool last,
                   struct err *err)
{
    if (str_eq(from, to) || !store)
        return 0;
    int rc = record_copy_models(from, to, err); /* before the record that names them */
    if (rc == 0)
        rc = copy_record(store, to, from, err);
    for (size_t i = 0; rc == 0 && i < N_SMALL; i++)
        rc = copy_if_there(from, to, small_files[i], err);
    for (size_t i = 0; rc == 0 && last && i < N_LAST; i++)
        rc = copy_if_there(from, to, last_files[i], err);
    return rc;
}

int record_fetch(const char *from, const char *to, struct err *err)
{
    struct store *store = NULL;
    int rc = str_eq(from, to) ? 0 : record_open(from, &store, err);
    if (rc < 0 || !store)
        return rc;
    rc = file_mkdirs(to, err);
    if (rc == 0)
        rc = record_copy_models(from, to, err);
    if (rc == 0)
        rc = copy_record(store, to, to, err);
    store_close(store);
    return rc;
}

void record_remove(const char *dir)
{
    static const char *const record[] = {"run.db",      "run.db-journal", "run.db-wal",
                                         "run.db-shm",  "run.db.lock",    "run.db.copying",
                                         "run.db.copy", "live.json",      "view.db"};
    char *models CLEANUP_FREE = file_join(dir, "models");
    const struct {
        const char *const *names;
        size_t n;
    } lists[] = {
        {record, sizeof record / sizeof *record}, {small_files, N_SMALL}, {last_files, N_LAST}};
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++)
        for (size_t i = 0; i < lists[l].n; i++) {
            char *path CLEANUP_FREE = file_join(dir, lists[l].names[i]);
            unlink(path);
        }
    if (file_is_dir(models))
        record_remove_scratch(models);
}
