/* See suite.h: the file of a suite that the user names. */
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "suite/suite.h"

/* The shipped suite whose name is nearest; NULL if none is. Caller frees. */
static char *similar_suite(const char *arg)
{
    char *dir CLEANUP_FREE = file_find_data("eval/suites");
    char *pattern CLEANUP_FREE = xasprintf("%s/*.yaml", dir ? dir : "");
    glob_t g = {0};
    if (glob(pattern, 0, NULL, &g) != 0)
        g.gl_pathc = 0;
    const char **names = xcalloc(g.gl_pathc + 1, sizeof *names);
    for (size_t i = 0; i < g.gl_pathc; i++) {
        *strrchr(g.gl_pathv[i], '.') = '\0';
        names[i] = file_base(g.gl_pathv[i]);
    }
    const char *near = str_nearest(arg, names, g.gl_pathc);
    char *copy = near ? xstrdup(near) : NULL;
    free(names);
    globfree(&g);
    return copy;
}

int suite_locate(const char *arg, char **path, struct err *err)
{
    char *shipped CLEANUP_FREE = xasprintf("eval/suites/%s.yaml", arg);
    if (file_exists(arg) || strchr(arg, '/')) { /* reading it says what is wrong with it */
        *path = xstrdup(arg);
        return 0;
    }
    *path = file_find_data(shipped);
    if (*path)
        return 0;
    char *near CLEANUP_FREE = similar_suite(arg);
    return near ? err_input(err, "%s: no such file, and no suite of that name; did you mean '%s'?",
                            arg, near)
                : err_input(err,
                            "%s: no such file, and no suite of that name; 'hrm list' shows them",
                            arg);
}
