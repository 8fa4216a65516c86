/* An episode as an annotator sees it: the statement, what the model wrote, what was run, what was
 * submitted and how it was judged. Left out is what names the arm: arm, roles, prompts, costs, and
 * the controller's own notes. docs/labelling.md lists what can still be guessed. */
#pragma once
#include "base/str.h"
#include "store/store.h"
#include "suite/suite.h"

/* task NULL: the suite is not at hand, and the first request's last message stands for the
 * statement. Control characters are spelt out. */
int blind_transcript(struct store *s, long long id, const struct store_episode *row,
                     const struct task *task, struct str *out, struct err *err);
