/* The private /tmp: 64 MB in memory, empty at the start of every run.
 *
 * Making it costs more than looking whether it was touched, so after a run it is compared with how
 * it looked when fresh, and made anew if anything differs: times, mode, owner, free blocks, free
 * inodes. */
#include "sandbox/warm.h"
#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

int warm_mount_tmp(struct warm *w)
{
    if (mount("tmp", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
              "size=64m,nr_inodes=4096,mode=700") < 0)
        return warm_fail(w, errno, "private /tmp");
    if (stat("/tmp", &w->tmp.st) < 0 || statfs("/tmp", &w->tmp.fs) < 0)
        return warm_fail(w, errno, "look at /tmp");
    w->tmp.mounted = true;
    return 0;
}

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool untouched(const struct warm_tmp *fresh)
{
    struct stat st;
    struct statfs fs;
    return stat("/tmp", &st) == 0 && statfs("/tmp", &fs) == 0 &&
           same_time(st.st_mtim, fresh->st.st_mtim) && same_time(st.st_ctim, fresh->st.st_ctim) &&
           st.st_mode == fresh->st.st_mode && st.st_uid == fresh->st.st_uid &&
           st.st_nlink == fresh->st.st_nlink && fs.f_bfree == fresh->fs.f_bfree &&
           fs.f_ffree == fresh->fs.f_ffree;
}

int warm_clean_tmp(struct warm *w)
{
    if (!w->tmp.mounted || untouched(&w->tmp))
        return 0;
    if (umount2("/tmp", MNT_DETACH) < 0)
        return warm_fail(w, errno, "unmount /tmp");
    int rc = warm_mount_tmp(w);
    return rc < 0 ? rc : warm_build_landlock(w); /* its rules are bound to the old inode */
}
