/* See port_owner.h. The formats are those of proc(5). */
#include "model/port_owner.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/mem.h"

enum { LISTENING = 0x0a };

struct listener {
    unsigned long inode;
    unsigned uid;
};

/* In /proc/net/tcp or tcp6; false when nobody listens there. */
static bool find_listener(const char *table, int port, struct listener *out)
{
    FILE *f CLEANUP_FILE = fopen(table, "re");
    char line[512];
    while (f && fgets(line, sizeof line, f)) {
        unsigned at, state, uid;
        unsigned long inode;
        if (sscanf(line,
                   " %*d: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*x:%*x %*x:%*x %*x %u %*d %lu",
                   &at, &state, &uid, &inode) != 4 ||
            state != LISTENING || at != (unsigned)port)
            continue;
        *out = (struct listener){inode, uid};
        return true;
    }
    return false;
}

/* Does this process hold the socket? */
static bool holds(pid_t pid, unsigned long inode)
{
    char *dir CLEANUP_FREE = xasprintf("/proc/%d/fd", (int)pid);
    char *wanted CLEANUP_FREE = xasprintf("socket:[%lu]", inode);
    DIR *d = opendir(dir);
    const struct dirent *f;
    bool found = false;
    while (d && !found && (f = readdir(d)) != NULL) {
        char *path CLEANUP_FREE = xasprintf("%s/%s", dir, f->d_name), target[64];
        ssize_t n = readlink(path, target, sizeof target - 1);
        target[n > 0 ? n : 0] = '\0';
        found = str_eq(target, wanted);
    }
    if (d)
        closedir(d);
    return found;
}

/* The process that holds the socket, of those that may be looked at; 0 = none. */
static pid_t find_holder(unsigned long inode)
{
    DIR *d = opendir("/proc");
    const struct dirent *f;
    pid_t found = 0;
    while (d && !found && (f = readdir(d)) != NULL) {
        pid_t pid = (pid_t)strtol(f->d_name, NULL, 10);
        if (pid > 0 && holds(pid, inode))
            found = pid;
    }
    if (d)
        closedir(d);
    return found;
}

static bool is_same_program(pid_t pid)
{
    struct stat own, other;
    char *path CLEANUP_FREE = xasprintf("/proc/%d/exe", (int)pid);
    return stat("/proc/self/exe", &own) == 0 && stat(path, &other) == 0 &&
           own.st_ino == other.st_ino && own.st_dev == other.st_dev;
}

/* In ticks since boot; 0 = it is gone. */
static unsigned long long start_of(pid_t pid)
{
    char *path CLEANUP_FREE = xasprintf("/proc/%d/stat", (int)pid), text[1024];
    FILE *f CLEANUP_FILE = fopen(path, "re");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
    unsigned long long at = 0;
    text[n] = '\0';
    const char *rest = strrchr(text, ')');
    return rest && sscanf(rest + 1,
                          " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d "
                          "%*d %*d %*d %*d %llu",
                          &at) == 1
               ? at
               : 0;
}

static void name(pid_t pid, struct str *who)
{
    char *path CLEANUP_FREE = xasprintf("/proc/%d/comm", (int)pid), text[64] = "?\n";
    FILE *f CLEANUP_FILE = fopen(path, "re");
    if (f && !fgets(text, sizeof text, f))
        text[0] = '\0';
    str_addf(who, "process %d (%.*s)", (int)pid, (int)strcspn(text, "\n"), text);
}

enum port_owner port_find_owner(int port, pid_t session, struct str *who)
{
    struct listener l;
    if (!find_listener("/proc/net/tcp", port, &l) && !find_listener("/proc/net/tcp6", port, &l))
        return PORT_NOBODY;
    pid_t holder = find_holder(l.inode);
    pid_t leader = holder ? getsid(holder) : 0;
    if (leader == session)
        return PORT_OURS;
    bool foreign = holder ? is_same_program(leader) || start_of(holder) < start_of(session)
                          : l.uid != 0 && l.uid != getuid();
    if (foreign && who && holder)
        name(holder, who);
    else if (foreign && who)
        str_addf(who, "a process of user %u", l.uid);
    return foreign ? PORT_FOREIGN : PORT_UNKNOWN;
}
