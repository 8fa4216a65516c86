/* One episode as readable text: calls with prompts and replies, tool runs, events, the
 * ledger, in the order in which they happened. */
#pragma once
#include "base/str.h"
#include "store/store.h"

int episode_text_add(struct store *s, long long id, const struct store_episode *row,
                     struct str *out, struct err *err);
