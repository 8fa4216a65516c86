/* Landlock (kernel 5.13 and later): a second, independent lock on the file system, on TCP, and on
 * signals and abstract sockets across the jail's border. The ruleset is built once and put on in
 * every run. */
#include "sandbox/warm.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Debian bookworm's header stops at ABI 2; the kernel takes the longer struct by its size. */
struct ruleset {
    uint64_t fs, net, scoped;
};
enum {
    FS_READ = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
    NET_ALL = 3,    /* ABI 4: bind and connect TCP */
    SCOPED_ALL = 3, /* ABI 6: abstract unix sockets, signals */
};

/* The file rights that exist at an ABI: 13 at first, then REFER (2), TRUNCATE (3), IOCTL_DEV (5).
 */
static uint64_t fs_rights(long abi)
{
    int n = abi >= 5 ? 16 : abi >= 3 ? 15 : abi >= 2 ? 14 : 13;
    return (UINT64_C(1) << n) - 1;
}

static size_t ruleset_size(long abi)
{
    return abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
}

static int allow(int ruleset, const char *path, uint64_t rights)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = rights};
    rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return errno == ENOENT ? 0 : -errno;
    long rc = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    int saved = rc < 0 ? -errno : 0;
    close(rule.parent_fd);
    return saved;
}

static int add_rules(const struct warm *w, int ruleset, uint64_t all)
{
    uint64_t write = all & ~(uint64_t)LANDLOCK_ACCESS_FS_EXECUTE;
    uint64_t null = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;
    int rc = allow(ruleset, "/dev/null", all & null);
    for (size_t i = 0; warm_library_dirs[i] && rc == 0; i++)
        rc = allow(ruleset, warm_library_dirs[i], FS_READ);
    if (rc == 0 && w->tmp.mounted)
        rc = allow(ruleset, "/tmp", write);
    return rc;
}

int warm_build_landlock(struct warm *w)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 0)
        return 0; /* the kernel has none, or it is switched off: hrm decides whether that is enough
                   */
    struct ruleset attr = {fs_rights(abi), NET_ALL, SCOPED_ALL};
    int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, ruleset_size(abi), 0);
    if (fd < 0)
        return warm_fail(w, errno, "Landlock ruleset");
    int rc = add_rules(w, fd, attr.fs);
    if (rc < 0) {
        close(fd);
        return warm_fail(w, -rc, "Landlock rule");
    }
    if (w->landlock_fd >= 0)
        close(w->landlock_fd);
    w->landlock_fd = fd;
    w->landlock_abi = (uint32_t)abi;
    w->layers |= BOX_LAYER_LANDLOCK;
    return 0;
}
