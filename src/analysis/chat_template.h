/* Does a chat template mark who speaks? Judged by what is left of the rendered prompt when the
 * messages are taken out of it, or, where a server shows no more, by the template's own text. */
#pragma once
#include <stdbool.h>
#include "base/json.h"
#include "base/str.h"

enum template_verdict { TEMPLATE_GOOD, TEMPLATE_BAD, TEMPLATE_UNSEEN };

/* facts: "rendered" and the "messages" it was made of, or "template". mark: what opens a turn of
 * this model; NULL = not known. *seen gets the sentence. */
enum template_verdict template_judge(const json_t *facts, const char *mark, struct str *seen);
