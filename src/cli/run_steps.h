/* The steps of `hrm run` that other commands take, too (cmd_run.c). */
#pragma once
#include "cli/run_job.h"
#include "experiment/runner.h"

/* Ctrl-C asks to stop; a second one ends the program at once. */
void run_watch_signals(void);
/* Nothing but a record answers. */
bool run_replays(const struct run_job *job);
/* Of a replay: the model that gave the recorded replies. */
const json_t *run_real_model(const struct run_job *job);
/* The manifest of a job that is about to be played. Caller decrefs. */
json_t *run_manifest(const struct run_job *job, const struct run_args *args);
/* A record is continued only with the model that began it. The directory's name tells apart what
 * has a digest or another name; a server may have neither. */
int run_check_same_model(const struct run_job *job, struct err *err);
/* Plays the plan and shows how far it is. -EHOSTDOWN when the server is gone, -ECANCELED when the
 * money is spent: what is unfinished stays so. */
int run_play(struct run_job *job, struct runner_progress *end, struct err *err);
/* What goes to stdout at the end: nothing; the first screen; all tables; summary.json. */
enum run_print { RUN_PRINT_NOTHING, RUN_PRINT_SCREEN, RUN_PRINT_FULL, RUN_PRINT_JSON };
/* results.csv, summary.json, report.html, and what is to be printed. */
int run_write_results(struct run_job *job, enum run_print print, struct err *err);
/* The exit code for a job that could not be opened; Ctrl-C before the first episode leaves nothing
 * to continue. */
int run_refuse(const struct err *err);
