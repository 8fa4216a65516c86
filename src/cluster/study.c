/* See study.h. */
#include "cluster/study.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

enum { STUDY_SCHEMA = 1 };

static int save(const char *dir, const json_t *json, struct err *err)
{
    char *text CLEANUP_FREE = json_text_pretty(json);
    char *path CLEANUP_FREE = file_join(dir, "study.json");
    return file_write(path, text, strlen(text), err);
}

int study_create(const char *dir, json_t *json, struct err *err)
{
    char *now CLEANUP_FREE = clock_utc_now();
    json_object_set_new(json, "schema", json_integer(STUDY_SCHEMA));
    json_object_set_new(json, "created", json_string(now));
    json_object_set_new(json, "submissions", json_array());
    int rc = save(dir, json, err);
    json_decref(json);
    return rc;
}

static int check(const char *path, const json_t *json, struct err *err)
{
    long long schema = json_get_int(json, "schema", 0), shards = json_get_int(json, "shards", 0);
    if (schema < 1 || shards < 1 || !json_is_array(json_object_get(json, "run")))
        return err_input(err, "%s: this describes no study", path);
    if (schema > STUDY_SCHEMA)
        return err_input(err, "%s: made by a newer hrm (schema %lld, this one reads %d)", path,
                         schema, STUDY_SCHEMA);
    return 0;
}

/* 500 shards write 100 small files a second at most, however many they are. */
static double beat_of(long long shards)
{
    return shards > 500 ? 5 * (double)shards / 500 : 5;
}

int study_open(const char *dir, struct study *out, struct err *err)
{
    char *real = realpath(dir, NULL);
    char *path CLEANUP_FREE = file_join(real ? real : dir, "study.json");
    if (!real || !file_exists(path)) {
        free(real);
        return err_input(err,
                         "%s: there is no study here: expected a directory that 'hrm slurm "
                         "submit' has made, with study.json in it",
                         dir);
    }
    json_t *json = json_read_file(path, err);
    int rc = json ? check(path, json, err) : -EINVAL;
    if (rc < 0) {
        json_decref(json);
        free(real);
        return rc;
    }
    double beat_s = beat_of(json_get_int(json, "shards", 1));
    *out = (struct study){.dir = real,
                          .json = json,
                          .experiment = json_get_str(json, "experiment", ""),
                          .scratch = json_get_str(json, "scratch", "auto"),
                          .shards = (unsigned)json_get_int(json, "shards", 1),
                          .checkpoint_s = json_get_num(json, "checkpoint_s", 60),
                          .beat_s = beat_s,
                          .stale_s = beat_s * 4 > 120 ? beat_s * 4 : 120,
                          .requeues = (int)json_get_int(json, "requeues", 20),
                          .run = json_object_get(json, "run"),
                          .planned = json_object_get(json, "planned")};
    return 0;
}

void study_close(struct study *s)
{
    free(s->dir);
    json_decref(s->json);
    *s = (struct study){0};
}

const json_t *study_submissions(const struct study *s)
{
    return json_object_get(s->json, "submissions");
}

int study_add_submission(struct study *s, json_t *submission, struct err *err)
{
    json_array_append_new(json_object_get(s->json, "submissions"), submission);
    return save(s->dir, s->json, err);
}

char *study_path(const struct study *s, const char *name)
{
    return file_join(s->dir, name);
}

char *study_expand(const struct study *s, const char *word)
{
    static const char mark[] = "{study}";
    const char *at = strstr(word, mark);
    return at ? xasprintf("%.*s%s%s", (int)(at - word), word, s->dir, at + strlen(mark))
              : xstrdup(word);
}

char *study_shard_dir(const struct study *s, unsigned shard)
{
    return xasprintf("%s/shards/%04u", s->dir, shard);
}

bool study_is_cancelled(const struct study *s)
{
    char *path CLEANUP_FREE = study_path(s, "CANCELLED");
    return file_exists(path);
}

int study_set_cancelled(const struct study *s, bool cancelled, struct err *err)
{
    char *path CLEANUP_FREE = study_path(s, "CANCELLED"), *now CLEANUP_FREE = clock_utc_now();
    if (cancelled)
        return file_write(path, now, strlen(now), err);
    return unlink(path) < 0 && errno != ENOENT ? err_errno(err, errno, "%s", path) : 0;
}
