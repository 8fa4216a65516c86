/* Internal: what the readers of logs share, and the readers themselves. */
#pragma once
#include <stdbool.h>
#include "import/eval_log.h"

/* A new row, with everything unknown. */
struct log_row *log_add(struct log *l);
/* "C", 1, true, "pass" ... are passed, "I", "N", 0, false, "fail" ... are not, null is unknown.
 * ERR_INPUT for anything else, such as .37. */
int log_outcome(const struct log *l, const char *task, const json_t *value, int *out,
                struct err *err);
/* The member `key` of o as text: a string, or a number. NULL = there is none. In the arena. */
const char *log_text(const struct log *l, const json_t *o, const char *key);
double log_number(const json_t *o, const char *key); /* NAN = there is none */
/* First 12 hex digits of the SHA-256 of its canonical text. In the arena. */
const char *log_digest(const struct log *l, const json_t *o);
/* Which of the names that a log offers is read: choice, or the only one. NULL and ERR_INPUT, which
 * lists them, when that does not say. names: the keys of an object. */
const char *log_choose(const struct log *l, const char *choice, const json_t *names,
                       struct err *err);
/* Says where the reading failed: path, then printf text. */
int log_refuse(const struct log *l, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Does the JSON look like that program's? Then read_* fills rows. */
bool log_is_inspect(const json_t *o);
int log_read_inspect(struct log *l, const json_t *o, const struct log_choice *c, struct err *err);
/* file: the bytes of an .eval archive. */
int log_read_inspect_zip(struct log *l, const char *file, size_t n, const struct log_choice *c,
                         struct err *err);
bool log_is_evalplus(const json_t *o);
int log_read_evalplus(struct log *l, const json_t *o, const struct log_choice *c, struct err *err);
bool log_is_promptfoo(const json_t *o);
int log_read_promptfoo(struct log *l, const json_t *o, const struct log_choice *c, struct err *err);
bool log_is_hal(const json_t *o);
int log_read_hal(struct log *l, const json_t *o, const struct log_choice *c, struct err *err);
/* Of JSON lines: o is a list of them. */
bool log_is_lm_eval(const json_t *line);
int log_read_lm_eval(struct log *l, const json_t *lines, const struct log_choice *c,
                     struct err *err);
bool log_is_promptfoo_line(const json_t *line);
int log_read_promptfoo_lines(struct log *l, const json_t *lines, const struct log_choice *c,
                             struct err *err);

/* An archive (zip) in memory: a member that is stored, deflated or compressed with zstd. */
struct zip {
    const unsigned char *p;
    size_t n;
};
typedef int zip_member_fn(void *ctx, const char *name, size_t index);
bool zip_is(const char *file, size_t n);
/* Calls fn for each member; index is for zip_get. -EINVAL when the archive is damaged. */
int zip_each(const struct zip *z, zip_member_fn *fn, void *ctx);
/* *out is NUL-terminated, caller frees; never more than `max` bytes. -EINVAL damaged, -EFBIG larger
 * than max or than its size says, -ENOTSUP compressed in another way. */
int zip_get(const struct zip *z, size_t index, size_t max, char **out, size_t *n);
