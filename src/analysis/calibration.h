/* What a calibration run came to: our value beside the published one, the usual causes of a lower
 * one each looked for, and what greedy requests do when they are repeated. Everything is made from
 * the records and from what was noted of the server, so that a replay says the same. */
#pragma once
#include "analysis/published.h"
#include "base/json.h"
#include "store/store.h"

struct calibration_facts {
    struct store *record; /* the benchmark, one arm */
    struct store
        *repeats;        /* arms alone, cached and again on a few of its tasks; NULL = not played */
    const json_t *model; /* identity as the server gives it; of a replay the recorded one */
    const json_t *server; /* what was noted of the server; see calibration_facts_json */
    const struct published *table;
    const char *suite; /* its name */
    size_t n_tasks;    /* of the whole suite */
    int max_tokens;    /* of a reply */
};

/* {"schema","suite","model","solved","n","faults","value","low","high","conclusion","why",
 * "published":[...],"causes":[{"cause","tested","found","seen","tasks"}],"repeats":{...},
 * "speed":{...}}; values in per cent. Caller decrefs. */
int calibration_make(const struct calibration_facts *f, json_t **out, struct err *err);
