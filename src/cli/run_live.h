/* live.json beside the record of a run that is played: the calls under way, written anew every
 * second for 'hrm view', and removed at the end. */
#pragma once

struct model;
struct run_live;

struct run_live *run_live_open(const char *run_dir);
/* Writes it if it is time to. That it cannot be written is no fault of the run. */
void run_live_show(struct run_live *live, struct model *m);
void run_live_close(struct run_live *live); /* NULL is legal */
