/* The subcommands of `hrm slurm`, one file each. argv[0] is "hrm slurm NAME". */
#pragma once
#include <argp.h>

int slurm_cmd_submit(int argc, char **argv);
int slurm_cmd_status(int argc, char **argv);
int slurm_cmd_resume(int argc, char **argv);
int slurm_cmd_cancel(int argc, char **argv);
int slurm_cmd_task(int argc, char **argv);
int slurm_cmd_merge(int argc, char **argv);
extern const struct argp slurm_submit_argp, slurm_status_argp, slurm_merge_argp;

/* Takes the one argument DIR of a study; for the default of an option parser. */
error_t slurm_take_dir(int key, const char *value, const char **dir, struct argp_state *state);
/* Path of this program, for scripts and children. Caller frees. */
char *slurm_program(void);
