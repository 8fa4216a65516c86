/* Answers from the record of a finished run, by (arm, task, sample, role, call index, hash of the
 * request); recorded times are charged without waiting. Used alone, a request that is not in the
 * record is an error that names the difference; in front of another model it is sent to that model,
 * so that after a change of prompts only changed requests are sent. */
#pragma once
#include "model/model.h"
#include "store/store.h"

/* Puts the record `db` in front of a live model, which the new one owns from then on (not on
 * failure). Its probe refuses a record of another model (ERR_INPUT). */
int replay_in_front(const char *db, struct model *live, struct model **out, struct err *err);
/* Calls answered from the record, and calls sent to the live model. Zero for other models. */
void replay_counts(const struct model *m, long *recorded, long *asked);
/* A recorded call as the reply it was; text stays borrowed from the row. */
struct model_reply replay_reply(const struct store_call *c);
