/* The directory of a study: one experiment, cut into shards that the jobs of an array play.
 *
 *   study.json      what follows, and every submission
 *   experiment/     experiment.yaml and suite.yaml as they were when the study was made
 *   prompts/NAME/   its prompts
 *   array.sbatch, merge.sbatch
 *   identity.json   the manifest of the shard that began first: all others must agree with it
 *   logs/           what Slurm writes
 *   shards/0001/    of one shard (life.h, shard.h)
 *   merged/         the whole run; partial/ while shards are missing
 *   CANCELLED       while it is */
#pragma once
#include <stdbool.h>
#include "base/err.h"
#include "base/json.h"

struct study {
    char *dir;    /* absolute */
    json_t *json; /* study.json */
    /* borrowed from it */
    const char *experiment, *scratch; /* "auto", "direct", or a directory */
    unsigned shards;
    double checkpoint_s; /* between copies of a record from scratch to the study */
    double beat_s;  /* between signs of life; longer for many shards, which share a file system */
    double stale_s; /* a life of another machine that shows no sign for so long is dead */
    int requeues;   /* most restarts of one job */
    const json_t *run;     /* arguments of hrm run, without those of a shard; study_expand */
    const json_t *planned; /* [shards] episodes */
};

/* A new study.json in a directory that exists. Takes `json` over. */
int study_create(const char *dir, json_t *json, struct err *err);
/* ERR_INPUT when the directory is none of a study, or of a newer hrm. */
int study_open(const char *dir, struct study *out, struct err *err);
void study_close(struct study *s);

/* {"at","jobs":[..],"shards":"1-8","merge":"9"}; takes it over. */
int study_add_submission(struct study *s, json_t *submission, struct err *err);
const json_t *study_submissions(const struct study *s);

char *study_path(const struct study *s, const char *name); /* caller frees */
/* "--suite={study}/x" with the directory; it may have been moved since. Caller frees. */
char *study_expand(const struct study *s, const char *word);
char *study_shard_dir(const struct study *s, unsigned shard); /* caller frees */
bool study_is_cancelled(const struct study *s);
int study_set_cancelled(const struct study *s, bool cancelled, struct err *err);
