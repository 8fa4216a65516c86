/* The viewer: a web server on this machine's loopback for the runs under a directory.
 *
 * It reads the records of runs, also while they are played, and writes labels into them and nothing
 * else. Beside a record it keeps view.db, which can be deleted at any time: what is sorted and
 * searched (copy.h, search.h). */
#pragma once
#include "base/err.h"

struct view;

struct view_options {
    const char *dir;       /* a directory of runs, or one run */
    int port;              /* 0 = any that is free */
    const char *annotator; /* whose labels these are, unless the page says otherwise */
};

/* Serves from now on, with threads of its own. */
int view_open(const struct view_options *o, struct view **out, struct err *err);
/* "http://127.0.0.1:PORT/?token=..."; borrowed. */
const char *view_url(const struct view *v);
void view_close(struct view *v); /* NULL is legal */
