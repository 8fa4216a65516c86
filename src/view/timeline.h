/* What happened in an episode, in its order: calls, tool runs and events on one axis of ledger time
 * and generated tokens; gradings after it has closed come last. And where two arms part. */
#pragma once
#include "base/arena.h"
#include "store/transcript.h"

enum timeline_kind { TIMELINE_CALL, TIMELINE_RUN, TIMELINE_EVENT, TIMELINE_GRADING };

struct timeline_item {
    enum timeline_kind kind;
    size_t index; /* into calls, runs, events, runs */
    double from_s, to_s;
    long from_tokens, to_tokens; /* generated */
};

struct timeline {
    struct timeline_item *items; /* [n] in the arena */
    size_t n;
};

const char *timeline_kind_name(enum timeline_kind kind); /* "call" */
struct timeline timeline_make(const struct transcript *t, struct arena *arena);

/* Of one episode: when what would have been submitted began to pass the hidden tests and passed to
 * the end. False when it did not end so. *item: into the timeline, where it came to stand. */
bool timeline_solved_at(const struct transcript *t, const struct timeline *line, double *seconds,
                        long *tokens, size_t *item);
