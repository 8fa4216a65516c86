/* The two scripts that Slurm runs, made from templates (docs/slurm.md names the placeholders).
 */
#pragma once
#include "base/err.h"

enum script_var {
    SCRIPT_NAME,          /* of the job */
    SCRIPT_STUDY,         /* the study's directory */
    SCRIPT_HRM,           /* the program */
    SCRIPT_HOME,          /* HRM_HOME where the study was made; empty = none */
    SCRIPT_WORKDIR,       /* where relative paths of the command begin */
    SCRIPT_LEAD,          /* seconds between Slurm's warning and the end of the time */
    SCRIPT_OPTIONS,       /* "#SBATCH ..." lines that the person asked for */
    SCRIPT_MERGE_OPTIONS, /* those of them that the merge job needs, too */
    SCRIPT_SHARDS,        /* how many */
    SCRIPT_N_VARS,
};

struct script_values {
    const char *v[SCRIPT_N_VARS];
};

/* Renders the template `path` into the file `to`. ERR_INPUT for an unknown placeholder. */
int script_make(const char *path, const struct script_values *values, const char *to,
                struct err *err);
/* ERR_INPUT for a path that cannot stand in a script or in an #SBATCH line. */
int script_check_path(const char *what, const char *path, struct err *err);
/* An #SBATCH line is one option: no line breaks. */
int script_check_option(const char *option, struct err *err);
