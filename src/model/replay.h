/* Answers from the record of a finished run, by (arm, task, sample, role, call index, hash of the
 * request); recorded times are counted, not slept. As a backend of its own a request that the
 * record does not have is an error that says what differs; in front of another model it is asked
 * there, so that a changed prompt re-asks only what changed. */
#pragma once
#include "model/model.h"
#include "store/store.h"

/* Puts the record `db` in front of a live model, which the new one owns from then on (not on
 * failure). Its probe refuses a record of another model (ERR_INPUT). */
int replay_in_front(const char *db, struct model *live, struct model **out, struct err *err);
/* Calls answered from the record, and calls asked anew. Zero for a model that replays nothing. */
void replay_counts(const struct model *m, long *recorded, long *asked);
/* A recorded call as the reply it was; text stays borrowed from the row. */
struct model_reply replay_reply(const struct store_call *c);
