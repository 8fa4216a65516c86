/* See script.h. */
#include "cluster/script.h"
#include <string.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "control/template.h"

enum { TEMPLATE_MAX_BYTES = 1 << 20 };

static const char *const names[SCRIPT_N_VARS] = {
    [SCRIPT_NAME] = "name",       [SCRIPT_STUDY] = "study",
    [SCRIPT_HRM] = "hrm",         [SCRIPT_HOME] = "hrm_home",
    [SCRIPT_WORKDIR] = "workdir", [SCRIPT_LEAD] = "lead",
    [SCRIPT_OPTIONS] = "options", [SCRIPT_MERGE_OPTIONS] = "merge_options",
    [SCRIPT_SHARDS] = "shards",
};

int script_make(const char *path, const struct script_values *values, const char *to,
                struct err *err)
{
    struct template_vars vars = {names, values->v, SCRIPT_N_VARS};
    struct str script CLEANUP_STR = {0};
    char *text CLEANUP_FREE = NULL;
    size_t n;
    int rc = file_read(path, TEMPLATE_MAX_BYTES, &text, &n, err);
    if (rc == 0)
        rc = template_check(path, 1, text, &vars, err);
    if (rc == 0 && !str_starts(text, "#!"))
        rc = err_input(err, "%s:1: expected a script, which begins with #!", path);
    if (rc < 0)
        return rc;
    template_render(text, &vars, &script);
    return file_write(to, script.p, script.len, err);
}

int script_check_path(const char *what, const char *path, struct err *err)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_./:=,@+~";
    size_t n = strspn(path, plain);
    return !path[n] ? 0
                    : err_input(err,
                                "%s: %s: Slurm's scripts take letters, digits and -_./:=,@+~ in a "
                                "path; found '%c'",
                                what, path, path[n]);
}

int script_check_option(const char *option, struct err *err)
{
    if (strpbrk(option, "\n\r"))
        return err_input(err, "an option of sbatch is one line: '%.60s'", option);
    return str_starts(option, "-") ? 0
                                   : err_input(err,
                                               "--sbatch: expected an option of sbatch, as in "
                                               "'--mem=8G', found '%.60s'",
                                               option);
}
