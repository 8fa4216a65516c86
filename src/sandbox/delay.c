/* From the scheduler's own accounts: /proc/PID/task/TID/schedstat holds nanoseconds on a processor,
 * nanoseconds waiting for one, and the number of turns. */
#include "sandbox/delay.h"
#include "base/mem.h"
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_line(const char *path, char *text, size_t size)
{
    CLEANUP_FILE FILE *f = fopen(path, "re");
    return f && fgets(text, (int)size, f);
}

static pid_t child_of(pid_t parent)
{
    char path[64], text[256] = "";
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
    return read_line(path, text, sizeof text) ? (pid_t)strtol(text, NULL, 10) : 0;
}

static double delay_of(pid_t pid, const char *thread)
{
    char path[320], text[128];
    unsigned long long ran, waited;
    snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", (int)pid, thread);
    if (!read_line(path, text, sizeof text) || sscanf(text, "%llu %llu", &ran, &waited) != 2)
        return 0;
    return 1e-9 * (double)waited;
}

double delay_of_run(pid_t warm)
{
    pid_t run = child_of(warm);
    char path[64];
    double most = 0;
    if (run <= 0)
        return 0;
    snprintf(path, sizeof path, "/proc/%d/task", (int)run);
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        double delay = e->d_name[0] != '.' ? delay_of(run, e->d_name) : 0;
        most = delay > most ? delay : most;
    }
    if (dir)
        closedir(dir);
    return most;
}
