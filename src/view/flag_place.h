/* Which place of a transcript made a flag's rule hold. */
#pragma once
#include "store/transcript.h"
#include "taxonomy/taxonomy.h"

enum place_kind { PLACE_END, PLACE_CALL, PLACE_RUN, PLACE_EVENT };

/* PLACE_END: the episode as a whole, its end. */
struct flag_place {
    enum place_kind kind;
    size_t index; /* into calls, runs or events */
};

const char *flag_place_name(enum place_kind kind); /* "call" */
/* why: of the tags of this very transcript. */
struct flag_place flag_place_of(const struct transcript *t, const char *code, const char *why);
