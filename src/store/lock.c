/* One writer per run. A POSIX record lock on RUN.db.lock: the kernel drops it when the process
 * dies, however it dies, children do not inherit it, and it can be asked who holds it. The file
 * goes when the lock does. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/mem.h"
#include "store/db.h"

static struct flock whole_file(short type)
{
    return (struct flock){.l_type = type, .l_whence = SEEK_SET};
}

static int refuse(const char *db_path, int fd, struct err *err)
{
    struct flock held = whole_file(F_WRLCK);
    if (fcntl(fd, F_GETLK, &held) == 0 && held.l_type != F_UNLCK && held.l_pid > 0)
        return err_input(err, "%s: another hrm (pid %d) is running this", db_path, (int)held.l_pid);
    return err_input(err, "%s: another hrm is running this", db_path);
}

/* The holder before us removes the file when it ends; a lock on a removed file protects nothing. */
static bool is_still(int fd, const char *path)
{
    struct stat here, there;
    return fstat(fd, &here) == 0 && stat(path, &there) == 0 && here.st_ino == there.st_ino &&
           here.st_dev == there.st_dev;
}

int db_lock_take(const char *db_path, int *out, struct err *err)
{
    char *path CLEANUP_FREE = xasprintf("%s.lock", db_path);
    for (;;) {
        int fd CLEANUP_FD = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (fd < 0)
            return err_is_full(errno)
                       ? err_full(err, path)
                       : err_input(err, "%s: cannot be written: %s", path, strerror(errno));
        struct flock want = whole_file(F_WRLCK);
        if (fcntl(fd, F_SETLK, &want) < 0) {
            if (errno == EAGAIN || errno == EACCES)
                return refuse(db_path, fd, err);
            return err_errno(err, errno, "%s: lock", path);
        }
        if (is_still(fd, path)) {
            *out = fd;
            fd = -1;
            return 0;
        }
    }
}

void db_lock_drop(const char *db_path, int fd)
{
    if (fd < 0)
        return;
    char *path CLEANUP_FREE = xasprintf("%s.lock", db_path);
    unlink(path);
    close(fd);
}
