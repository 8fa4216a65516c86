/* Logs of Inspect (inspect_ai): one JSON document, or an archive (.eval) whose header.json is that
 * document without its samples, which stand in summaries.json or in samples/ID_epoch_N.json. A
 * sample that ended in an error has no outcome. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "import/eval_log_impl.h"

static const size_t MEMBER_MAX = (size_t)1 << 30;

bool log_is_inspect(const json_t *o)
{
    const json_t *eval = json_object_get(o, "eval");
    return json_is_integer(json_object_get(o, "version")) && json_object_get(o, "status") &&
           json_is_object(eval) && json_object_get(eval, "task");
}

static void read_header(struct log *l, const json_t *o, const char **system)
{
    const json_t *eval = json_object_get(o, "eval");
    const char *task = log_text(l, eval, "task"), *model = log_text(l, eval, "model");
    l->benchmark = task ? task : "";
    *system = model ? model : "model";
}

static double output_tokens(const json_t *sample)
{
    const char *model;
    json_t *usage;
    double sum = NAN;
    json_object_foreach (json_object_get(sample, "model_usage"), model, usage) {
        double n = log_number(usage, "output_tokens");
        sum = isnan(n) ? sum : n + (isnan(sum) ? 0 : sum);
    }
    return sum;
}

static int read_sample(struct log *l, const char *system, const json_t *s,
                       const struct log_choice *c, struct err *err)
{
    const json_t *scores = json_object_get(s, "scores"), *error = json_object_get(s, "error");
    const char *id = log_text(l, s, "id"), *epoch = log_text(l, s, "epoch");
    bool failed = (error && !json_is_null(error)) || json_object_size(scores) == 0;
    if (!id)
        return log_refuse(l, err, "a sample without an id");
    if (!failed && !*l->metric && !(l->metric = log_choose(l, c->metric, scores, err))) {
        l->metric = "";
        return err ? err->code : -EINVAL;
    }
    struct log_row row = {.system = system,
                          .task = id,
                          .sample = epoch ? epoch : "1",
                          .outcome = -1,
                          .tokens = output_tokens(s),
                          .seconds = log_number(s, "working_time")};
    if (c->cluster)
        row.cluster = log_text(l, json_object_get(s, "metadata"), c->cluster);
    const json_t *value = json_object_get(json_object_get(scores, l->metric), "value");
    int rc = failed ? 0 : log_outcome(l, id, value, &row.outcome, err);
    if (rc == 0)
        *log_add(l) = row;
    return rc;
}

static int read_samples(struct log *l, const char *system, const json_t *samples,
                        const struct log_choice *c, struct err *err)
{
    const json_t *s;
    size_t i;
    int rc = 0;
    json_array_foreach (samples, i, s)
        if (rc == 0)
            rc = read_sample(l, system, s, c, err);
    return rc;
}

int log_read_inspect(struct log *l, const json_t *o, const struct log_choice *c, struct err *err)
{
    const char *system;
    read_header(l, o, &system);
    return read_samples(l, system, json_object_get(o, "samples"), c, err);
}

/* ---- the archive ---- */

struct archive {
    struct zip zip;
    struct log *log;
    const struct log_choice *choice;
    const char *system; /* once the header is read */
    size_t header, summaries;
    bool has_header, has_summaries;
    struct err *err;
};

static json_t *member(const struct archive *a, const char *name, size_t index)
{
    char *text CLEANUP_FREE = NULL, *what CLEANUP_FREE = xasprintf("%s:%s", a->log->path, name);
    size_t n;
    int rc = zip_get(&a->zip, index, MEMBER_MAX, &text, &n);
    if (rc == -ENOTSUP)
        log_refuse(a->log, a->err, "%s is compressed in a way this hrm does not read", name);
    else if (rc < 0)
        log_refuse(a->log, a->err, "%s is %s", name,
                   rc == -EFBIG ? "larger than 1 GiB" : "damaged");
    return rc < 0 ? NULL : json_parse(text, n, what, a->err);
}

static int note_member(void *ctx, const char *name, size_t index)
{
    struct archive *a = ctx;
    if (str_eq(name, "header.json")) {
        a->header = index;
        a->has_header = true;
    } else if (str_eq(name, "summaries.json")) {
        a->summaries = index;
        a->has_summaries = true;
    }
    return 0;
}

static int read_member(void *ctx, const char *name, size_t index)
{
    struct archive *a = ctx;
    if (!str_starts(name, "samples/") || !str_ends(name, ".json"))
        return 0;
    json_t *s CLEANUP_JSON = member(a, name, index);
    return s ? read_sample(a->log, a->system, s, a->choice, a->err) : -EINVAL;
}

int log_read_inspect_zip(struct log *l, const char *file, size_t n, const struct log_choice *c,
                         struct err *err)
{
    struct archive a = {{(const unsigned char *)file, n}, l, c, .err = err};
    json_t *header CLEANUP_JSON = NULL, *summaries CLEANUP_JSON = NULL;
    if (zip_each(&a.zip, note_member, &a) < 0)
        return log_refuse(l, err, "the archive is damaged or cut off");
    if (!a.has_header)
        return log_refuse(l, err,
                          "an archive without header.json: not a log of Inspect, or one of a run "
                          "that has not ended");
    if (!(header = member(&a, "header.json", a.header)))
        return -EINVAL;
    if (!log_is_inspect(header))
        return log_refuse(l, err, "header.json is not one of Inspect");
    read_header(l, header, &a.system);
    if (!a.has_summaries)
        return zip_each(&a.zip, read_member, &a);
    summaries = member(&a, "summaries.json", a.summaries);
    return summaries ? read_samples(l, a.system, summaries, c, err) : -EINVAL;
}
