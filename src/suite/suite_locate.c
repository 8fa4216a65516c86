/* See suite.h: the file of a suite that the user names. */
#include <stdlib.h>
#include <string.h>
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/entries.h"
#include "base/str.h"
#include "suite/suite.h"

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
    struct entries shipped_ones CLEANUP_ENTRIES = entries_of_data("eval/suites", ".yaml");
    const char *near = entries_nearest(&shipped_ones, arg);
    return near ? err_input(err, "%s: no such file, and no suite of that name; did you mean '%s'?",
                            arg, near)
                : err_input(err,
                            "%s: no such file, and no suite of that name; 'hrm list' shows them",
                            arg);
}
