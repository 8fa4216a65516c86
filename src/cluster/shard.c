/* See shard.h. */
#include "cluster/shard.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "cluster/life.h"
#include "cluster/study.h"

enum { TAIL_BYTES = 2000 };

const char *const shard_kind_names[] = {"pending", "running", "done", "failed"};

/* ---- DONE ---- */

static char *done_path(const struct study *s, unsigned shard)
{
    char *dir CLEANUP_FREE = study_shard_dir(s, shard);
    return file_join(dir, "DONE");
}

int shard_write_done(const struct study *s, unsigned shard, const struct life *l, json_t *facts,
                     struct err *err)
{
    char *path CLEANUP_FREE = done_path(s, shard), *now CLEANUP_FREE = clock_utc_now();
    json_t *o CLEANUP_JSON =
        json_pack("{s:i, s:i, s:i, s:s, s:s}", "shard", (int)shard, "of", (int)s->shards, "life",
                  l->number, "job", json_get_str(l->claim, "job", ""), "at", now);
    json_object_update(o, facts);
    char *text CLEANUP_FREE = json_text_pretty(o);
    return file_write_new(path, text, strlen(text), err);
}

json_t *shard_read_done(const struct study *s, unsigned shard)
{
    char *path CLEANUP_FREE = done_path(s, shard);
    return json_read_file(path, NULL);
}

char *shard_done_dir(const struct study *s, unsigned shard)
{
    char *dir CLEANUP_FREE = study_shard_dir(s, shard);
    json_t *done CLEANUP_JSON = shard_read_done(s, shard);
    return done ? life_dir(dir, (int)json_get_int(done, "life", 0)) : NULL;
}

char *shard_record_dir(const struct study *s, unsigned shard)
{
    char *dir CLEANUP_FREE = study_shard_dir(s, shard), *found = shard_done_dir(s, shard);
    for (int i = life_newest(dir); !found && i > 0; i--) {
        char *life = life_dir(dir, i), *db CLEANUP_FREE = file_join(life, "run.db");
        if (file_exists(db))
            found = life;
        else
            free(life);
    }
    return found;
}

/* ---- the log ---- */

/* The last line that says something in the log of a job; "" when there is none. Caller frees. */
static char *shard_last_line(const char *log)
{
    char bytes[TAIL_BYTES];
    int fd CLEANUP_FD = *log ? open(log, O_RDONLY | O_CLOEXEC) : -1;
    off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
    ssize_t n =
        fd < 0 ? 0 : pread(fd, bytes, sizeof bytes, size > TAIL_BYTES ? size - TAIL_BYTES : 0);
    while (n > 0 && strchr("\n\r ", bytes[n - 1]))
        n--;
    ssize_t start = n > 0 ? n : 0;
    while (start > 0 && bytes[start - 1] != '\n')
        start--;
    return n > 0 ? utf8_clean(bytes + start, (size_t)(n - start)) : xstrdup("");
}

/* ---- the state ---- */

static struct store_counts counts_of(const json_t *o)
{
    return (struct store_counts){.planned = (long)json_get_int(o, "planned", 0),
                                 .done = (long)json_get_int(o, "done", 0),
                                 .errors = (long)json_get_int(o, "errors", 0),
                                 .calls = (long)json_get_int(o, "calls", 0)};
}

/* It left no word: killed, or its node died. Only for lives of this machine is that known here. */
static char *silent_end(const struct shard_state *st)
{
    char *line CLEANUP_FREE = shard_last_line(st->log);
    return xasprintf("ended without a word: killed, out of time, or its node died%s%s",
                     *line ? "; the last line of its log: " : "", line);
}

static void look_at_life(const char *dir, const json_t *claim, struct shard_state *st)
{
    json_t *beat CLEANUP_JSON = life_read(dir, st->life, "beat.json");
    json_t *end CLEANUP_JSON = life_read(dir, st->life, "end.json");
    enum life_end how = life_ended(dir, st->life);
    st->counts = counts_of(beat);
    st->seconds = json_get_num(beat, "seconds", 0);
    st->here = (long)json_get_int(beat, "here", 0);
    if (how == LIFE_NOT_ENDED) {
        bool dead = life_process(claim) == 0;
        st->kind = dead ? SHARD_FAILED : SHARD_RUNNING;
        st->reason = dead ? silent_end(st) : xstrdup("");
        return;
    }
    st->kind = how == LIFE_FAILED ? SHARD_FAILED : SHARD_PENDING;
    st->reason = xstrdup(json_get_str(end, "reason", ""));
}

void shard_look(const struct study *s, unsigned shard, struct shard_state *out)
{
    char *dir CLEANUP_FREE = study_shard_dir(s, shard);
    json_t *done CLEANUP_JSON = shard_read_done(s, shard);
    struct shard_state st = {.shard = shard};
    st.life = done ? (int)json_get_int(done, "life", 0) : life_newest(dir);
    json_t *claim CLEANUP_JSON = st.life ? life_read(dir, st.life, "claim.json") : NULL;
    st.job = xstrdup(json_get_str(claim, "job", ""));
    st.host = xstrdup(json_get_str(claim, "host", ""));
    st.log = xstrdup(json_get_str(claim, "log", ""));
    if (done) {
        st.kind = SHARD_DONE;
        st.counts = counts_of(done);
        st.seconds = json_get_num(done, "seconds", 0);
        st.here = (long)json_get_int(done, "here", 0);
    } else if (st.life) {
        look_at_life(dir, claim, &st);
    }
    if (!st.reason)
        st.reason = xstrdup("");
    *out = st;
}

void shard_state_free(struct shard_state *st)
{
    free(st->reason);
    free(st->log);
    free(st->job);
    free(st->host);
    *st = (struct shard_state){0};
}
