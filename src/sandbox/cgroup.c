/* Version 2 where it is mounted with a memory controller, else version 1's memory and pids. */
#include "sandbox/cgroup.h"
#include "base/mem.h"
#include "base/str.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_PROCESSES = 128, REMOVE_TRIES = 50 };
static const size_t BESIDES = 768u << 20; /* the interpreter, /tmp, what the kernel needs */

struct cgroup {
    char *memory, *pids; /* directories; the same one in version 2 */
    bool v2;
    size_t run_bytes; /* what is allowed for now */
    long kills;       /* by the kernel for lack of memory, as last seen */
};

static int put(const char *dir, const char *file, const char *text)
{
    char *path CLEANUP_FREE = xasprintf("%s/%s", dir, file);
    int fd CLEANUP_FD = open(path, O_WRONLY | O_CLOEXEC);
    return fd < 0 || write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

static int put_number(const char *dir, const char *file, unsigned long long n)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", n);
    return put(dir, file, text);
}

/* Where this process is in a hierarchy: "memory" or "pids" of version 1, "" for version 2. Caller
 * frees; NULL if nowhere. Lines read "4:memory:/user/x" and "0::/user.slice". */
static char *own_path(const char *controller)
{
    CLEANUP_FILE FILE *f = fopen("/proc/self/cgroup", "re");
    char *line CLEANUP_FREE = NULL;
    size_t cap = 0;
    while (f && getline(&line, &cap, f) > 0) {
        char *names = strchr(line, ':'), *path = names ? strchr(names + 1, ':') : NULL;
        if (!path)
            continue;
        *path++ = 0;
        path[strcspn(path, "\n")] = 0;
        if (strcmp(names + 1, controller) == 0)
            return xasprintf("/sys/fs/cgroup/%s%s", controller, path);
    }
    return NULL;
}

/* No such process, or a zombie: without an init that reaps orphans it stays one. */
static bool is_gone(int pid)
{
    char path[32], text[512] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd CLEANUP_FD = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return kill(pid, 0) < 0 && errno == ESRCH;
    ssize_t n = read(fd, text, sizeof text - 1);
    const char *state = n > 0 ? strrchr(text, ')') : NULL; /* "17 (name) Z ..." */
    return state && (state[2] == 'Z' || state[2] == 'X');
}

/* Directories of interpreters whose hrm was killed before it could remove them. */
static void sweep(const char *base)
{
    DIR *dir = opendir(base);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        int pid;
        if (sscanf(e->d_name, "hrm-box-%d", &pid) == 1 && is_gone(pid))
            unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR);
    }
    if (dir)
        closedir(dir);
}

/* A directory of ours with this limit file in it, or NULL. */
static char *make(const char *controller, pid_t pid, const char *limit)
{
    char *base CLEANUP_FREE = own_path(controller);
    if (!base)
        return NULL;
    sweep(base);
    char *dir = xasprintf("%s/hrm-box-%d", base, (int)pid);
    char *file CLEANUP_FREE = xasprintf("%s/%s", dir, limit);
    rmdir(dir); /* of an earlier process with this number; fails, as it should, if there is none */
    if (mkdir(dir, 0755) == 0 && access(file, W_OK) == 0)
        return dir;
    rmdir(dir);
    free(dir);
    return NULL;
}

static void remove_dir(const char *dir)
{
    for (int i = 0; dir && i < REMOVE_TRIES && rmdir(dir) < 0 && errno == EBUSY; i++)
        usleep(1000); /* a run that was killed has not quite ended */
}

struct cgroup *cgroup_enclose(pid_t pid)
{
    struct cgroup *c = xcalloc(1, sizeof *c);
    c->memory = make("", pid, "memory.max");
    c->v2 = c->memory != NULL;
    if (!c->v2) {
        c->memory = make("memory", pid, "memory.limit_in_bytes");
        c->pids = make("pids", pid, "pids.max");
    }
    const char *pids = c->v2 ? c->memory : c->pids;
    bool held = (c->memory && put_number(c->memory, "cgroup.procs", (unsigned)pid) == 0) ||
                (c->pids && put_number(c->pids, "cgroup.procs", (unsigned)pid) == 0);
    if (pids && held) {
        put_number(pids, "pids.max", MAX_PROCESSES);
        if (!c->v2)
            put_number(pids, "cgroup.procs", (unsigned)pid);
    }
    if (held)
        return c;
    cgroup_remove(c);
    return NULL;
}

void cgroup_allow_memory(struct cgroup *c, size_t run_bytes)
{
    if (!c || !c->memory || run_bytes == c->run_bytes)
        return;
    c->run_bytes = run_bytes;
    put_number(c->memory, c->v2 ? "memory.max" : "memory.limit_in_bytes", run_bytes + BESIDES);
}

bool cgroup_has_killed(struct cgroup *c)
{
    if (!c || !c->memory)
        return false;
    char *path CLEANUP_FREE =
        xasprintf("%s/%s", c->memory, c->v2 ? "memory.events" : "memory.oom_control");
    CLEANUP_FILE FILE *f = fopen(path, "re");
    char line[128];
    long kills = c->kills;
    while (f && fgets(line, sizeof line, f))
        sscanf(line, "oom_kill %ld", &kills);
    bool more = kills > c->kills;
    c->kills = kills;
    return more;
}

void cgroup_remove(struct cgroup *c)
{
    if (!c)
        return;
    remove_dir(c->memory);
    remove_dir(c->pids);
    free(c->memory);
    free(c->pids);
    free(c);
}
