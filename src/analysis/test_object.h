/* What is said wherever numbers of the embedded model are printed. */
#pragma once
#include "store/manifest.h"

/* One sentence, or NULL: the numbers are of a real model. A replay is of the model it replays. */
const char *test_object_note(const struct manifest *m);
