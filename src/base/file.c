/* Whole files and paths. */
#include "base/file.h"
#include "base/installed.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"

static int file_read_all(FILE *f, const char *path, size_t max, struct str *s, struct err *err)
{
    size_t n;
    do {
        s->p = xgrow(s->p, &s->cap, s->len + 65536, 1);
        n = fread(s->p + s->len, 1, s->cap - s->len - 1, f);
        s->len += n;
        if (s->len > max)
            return err_input(err, "%s: larger than %zu bytes", path, max);
    } while (n > 0);
    s->p[s->len] = '\0';
    if (ferror(f))
        return err_input(err, "%s: cannot read: %s", path, strerror(errno));
    return 0;
}

int file_read(const char *path, size_t max, char **out, size_t *len, struct err *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    CLEANUP_FILE FILE *opened = is_stdin ? NULL : fopen(path, "rbe");
    if (!is_stdin && !opened)
        return err_input(err, "%s: cannot open: %s", path, strerror(errno));
    if (file_is_dir(path))
        return err_input(err, "%s: is a directory, a file was expected", path);
    struct str s CLEANUP_STR = {0};
    int rc = file_read_all(is_stdin ? stdin : opened, path, max ? max : (size_t)1 << 30, &s, err);
    if (rc)
        return rc;
    *len = s.len;
    *out = str_take(&s);
    return 0;
}

static int write_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t m = write(fd, p, n);
        if (m < 0 && errno != EINTR)
            return -errno;
        if (m > 0) {
            p += m;
            n -= (size_t)m;
        }
    }
    return fsync(fd) == 0 || errno == EINVAL || errno == EROFS ? 0 : -errno;
}

/* A pipe, a terminal or /dev/full cannot be replaced by a rename: they are written in place. */
static int file_write_special(const char *path, const void *data, size_t n, struct err *err)
{
    int fd CLEANUP_FD = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return err_input(err, "%s: cannot write: %s", path, strerror(errno));
    int rc = write_all(fd, data, n);
    return rc ? err_errno(err, rc, "%s: cannot write", path) : 0;
}

/* What a process that was killed in file_write() has left beside `path`. `prefix` is PATH.HOST.,
 * because a number of another machine says nothing about the processes of this one. */
static void remove_abandoned(const char *prefix)
{
    const char *name = file_base(prefix);
    const size_t n = strlen(name);
    char *dir CLEANUP_FREE = file_dir(prefix);
    DIR *d = opendir(dir);
    for (struct dirent *e; d && (e = readdir(d));) {
        char *end = e->d_name;
        const long pid = strncmp(e->d_name, name, n) == 0 ? strtol(e->d_name + n, &end, 10) : 0;
        if (pid > 0 && str_eq(end, ".tmp") && kill((pid_t)pid, 0) < 0 && errno == ESRCH)
            unlinkat(dirfd(d), e->d_name, 0);
    }
    if (d)
        closedir(d);
}

int file_write(const char *path, const void *data, size_t n, struct err *err)
{
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return file_write_special(path, data, n, err);
    char host[32] = "";
    gethostname(host, sizeof host - 1);
    char *prefix CLEANUP_FREE = xasprintf("%s.%s.", path, host);
    char *temp CLEANUP_FREE = xasprintf("%s%ld.tmp", prefix, (long)getpid());
    remove_abandoned(prefix);
    int fd CLEANUP_FD = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return err_is_full(errno) ? err_full(err, path)
                                  : err_input(err, "%s: cannot write: %s", path, strerror(errno));
    int rc = write_all(fd, data, n);
    if (rc == 0 && rename(temp, path) < 0)
        rc = -errno;
    if (rc == 0)
        return 0;
    unlink(temp);
    return err_is_full(rc) ? err_full(err, path) : err_errno(err, rc, "%s: cannot write", path);
}

int file_write_new(const char *path, const void *data, size_t n, struct err *err)
{
    char host[64] = "";
    gethostname(host, sizeof host - 1); /* processes of two machines may have one number */
    char *temp CLEANUP_FREE = xasprintf("%s.%s.%ld.new", path, host, (long)getpid());
    int rc = file_write(temp, data, n, err);
    if (rc < 0)
        return rc;
    struct stat st;
    rc = link(temp, path) == 0 ? 0 : errno == EEXIST ? 1 : -errno;
    if (rc == 1 && stat(temp, &st) == 0 && st.st_nlink == 2)
        rc = 0; /* NFS asked twice, and the first answer was lost */
    unlink(temp);
    return rc < 0 ? err_errno(err, rc, "%s: cannot write", path) : rc;
}

int file_mkdirs(const char *path, struct err *err)
{
    char *p CLEANUP_FREE = xstrdup(path);
    for (char *slash = p + 1;; slash++) {
        if (*slash && *slash != '/')
            continue;
        char kept = *slash;
        *slash = '\0';
        if (mkdir(p, 0755) < 0 && errno != EEXIST)
            return err_is_full(errno) ? err_full(err, p)
                                      : err_errno(err, errno, "%s: cannot make this directory", p);
        *slash = kept;
        if (!kept)
            break;
    }
    return file_is_dir(path) ? 0 : err_errno(err, ENOTDIR, "%s", path);
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool file_is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

char *file_join(const char *dir, const char *name)
{
    return xasprintf("%s%s%s", dir, str_ends(dir, "/") ? "" : "/", name);
}

const char *file_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

char *file_dir(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return xstrdup(".");
    return slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

/* dir/relative if it exists, else NULL. */
static char *file_under(const char *dir, const char *relative)
{
    char *p = file_join(dir, relative);
    if (file_exists(p))
        return p;
    free(p);
    return NULL;
}

/* Not realpath(): the name of a program that was replaced while it runs ends in " (deleted)", and
 * its directory is still right. */
char *file_program_dir(void)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n < 0 ? 0 : n] = 0;
    return file_dir(self);
}

char *file_find_near(const char *a, const char *b)
{
    char *dir CLEANUP_FREE = file_program_dir();
    while (true) {
        char *found = file_under(dir, a);
        if (!found && b)
            found = file_under(dir, b);
        char *parent = file_dir(dir);
        bool is_top = strlen(parent) >= strlen(dir);
        free(dir);
        dir = parent;
        if (found || is_top)
            return found;
    }
}

char *file_find_data(const char *relative)
{
    if (file_exists(relative))
        return xstrdup(relative);
    const char *home = getenv("HRM_HOME");
    char *found = home && *home ? file_under(home, relative) : NULL;
    char *installed CLEANUP_FREE = file_join(HRM_DATA, relative);
    if (!found)
        found = file_find_near(relative, installed);
    return found ? found : file_under(HRM_DATA_INSTALLED, relative);
}
