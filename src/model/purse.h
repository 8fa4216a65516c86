/* Money: adds up what the calls of a run cost, and makes none that might cost more than is left.
 *
 * It stands in front of the models that are really asked, and behind a record that answers for them
 * (replay_in_front). What a call may cost at most is known before it is made: a token has at least
 * a byte, and a reply at most the tokens that are asked for. Calls under way count with that, those
 * that were answered with what they did cost; one that does not fit waits until those under way
 * are back. So the sum is never passed by calls that are answered. What a server charges for
 * attempts that failed is not known here. */
#pragma once
#include "model/model.h"
#include "store/prices.h"

struct purse;

/* The model in front, which closes `model` with itself; *out lives as long. It costs nothing until
 * purse_fill. */
struct model *purse_in_front(struct model *model, struct purse **out);
/* Before the first call. prices: copied, its text borrowed; spent: by earlier sessions; most: of
 * both, INFINITY = no limit. A call that might pass it is refused with -ECANCELED (ERR_ENV): the
 * run should stop, and can be continued with a larger one. */
void purse_fill(struct purse *p, const struct prices *prices, double spent, double most);
double purse_spent(struct purse *purse);
