/* Rows of benchmark files: JSON lines or one JSON array of objects, plain or gzip (told by the
 * first bytes), from a file or from standard input. */
#pragma once
#include <jansson.h>
#include "base/hash.h"

struct err;
struct import_reader;

enum { IMPORT_END = 0, IMPORT_ROW = 1 };

/* Reads and unpacks all of path ("-" = stdin). ERR_INPUT names the file. */
int import_open(const char *path, struct import_reader **out, struct err *err);
/* IMPORT_ROW: the next row, an object that the caller decrefs, and the line in which it starts.
 * IMPORT_END: there are no more. A negative errno is ERR_INPUT and reads "file:line: ...": -EINVAL
 * for a row without which the others can still be read, -EBADMSG when nothing after it can. */
int import_next(struct import_reader *r, json_t **row, int *line, struct err *err);
void import_close(struct import_reader *r); /* NULL is legal */
/* SHA-256 of the unpacked bytes. */
void import_sha256(const struct import_reader *r, char out[HASH_HEX]);
