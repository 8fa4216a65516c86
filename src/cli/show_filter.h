/* Which episodes `hrm show` lists. */
#pragma once
#include "store/store.h"

struct show_filter {
    bool failed, parts;             /* finished and not solved; of tasks on which arms differ */
    const char *arm, *label, *task; /* NULL = any; label: a code, "S3", or a group, "S" */
    char **parted;                  /* [n_parted] ids of these tasks, sorted; owned */
    size_t n_parted;
};

/* Checks the names against the record, and finds the tasks on which the arms differ: solved in more
 * than half of the samples by one and not by another. ERR_INPUT lists the names that there are. */
int show_filter_open(struct show_filter *f, struct store *s, const char *run, struct err *err);
bool show_filter_takes(const struct show_filter *f, const struct store_episode *row);
bool show_filter_any(const struct show_filter *f);
void show_filter_close(struct show_filter *f);
