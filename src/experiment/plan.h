/* Which episodes a command runs, and in which order: tasks x samples x arms, the arms of each
 * (task, sample) in a random order drawn from the run's seed, so that neither arm always goes
 * first.
 *
 * A plan borrows the experiment and the suite. */
#pragma once
#include "experiment/experiment.h"
#include "store/store.h"
#include "suite/suite.h"

struct plan_selection {
    const char *arms;         /* names with commas; NULL = all */
    const char *const *tasks; /* [n_tasks] ids; none = all */
    size_t n_tasks;
    size_t first, last;       /* of the suite's tasks, counted from 1; last 0 = all */
    unsigned shard, n_shards; /* shard 1..n_shards; n_shards 0 = no sharding */
};

struct plan {
    struct store_plan_item *items; /* [n] in the order to run them; ids are filled by the store */
    const struct arm **arms;       /* [n] */
    const struct task **tasks;     /* [n] */
    size_t n;
    size_t n_tasks; /* distinct */
};

/* "10" = the first ten tasks, "11-20"; "2/8" = the second of eight shards. */
int plan_parse_limit(const char *text, struct plan_selection *sel, struct err *err);
int plan_parse_shard(const char *text, struct plan_selection *sel, struct err *err);

int plan_make(const struct experiment *x, const struct suite *suite,
              const struct plan_selection *sel, struct plan *out, struct err *err);
/* The shard of n, from 1, that plays item i. */
unsigned plan_shard_of(const struct plan *p, size_t i, const struct experiment *x, unsigned n);
/* task_of[i] of item i: the tasks numbered from 0 by first appearance. [n], caller frees. */
size_t *plan_number_tasks(const struct plan *p);
/* Do the episodes of every task stand together? */
bool plan_goes_by_task(const struct plan *p);
/* For such a plan: shuffles the tasks, each with all its episodes, by the seed. */
void plan_shuffle(struct plan *p, uint64_t seed);
void plan_free(struct plan *p);
bool plan_has_arm(const struct plan *p, const struct arm *arm);
/* Writes the plan into the record and reads which episodes are finished. */
int plan_record(struct plan *p, const struct experiment *x, const struct suite *suite,
                struct store *store, struct err *err);
