/* Rows of benchmark files. A file is unpacked as a whole, then cut into rows before JSON is parsed,
 * so that every message can name a line. */
#include "import/import_read.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

enum { MAX_BYTES = 256 << 20, CHUNK = 1 << 16 };

struct import_reader {
    char *path;
    struct str text;
    size_t at;
    int line; /* of text.p[at], from 1 */
    enum { LINES, ARRAY_START, ARRAY, ARRAY_END } form;
};

/* zlib puts the name it knows the file by, "<fd:3>: ", before its messages. */
static const char *gzip_problem(gzFile gz)
{
    int code;
    const char *said = gzerror(gz, &code), *colon = strstr(said, ">: ");
    if (code == Z_BUF_ERROR)
        return "the gzip data ends too early, the file is incomplete";
    return colon ? colon + 3 : said;
}

static int unpack(gzFile gz, const char *path, struct str *out, struct err *err)
{
    int n, code;
    do {
        out->p = xgrow(out->p, &out->cap, out->len + CHUNK + 1, 1);
        n = gzread(gz, out->p + out->len, CHUNK);
        out->len += n > 0 ? (size_t)n : 0;
        if (out->len > MAX_BYTES)
            return err_input(err, "%s: more than %d MB", path, MAX_BYTES >> 20);
    } while (n > 0);
    out->p[out->len] = '\0';
    gzerror(gz, &code); /* the early end of a file is no error to gzread */
    if (code == Z_ERRNO)
        return err_input(err, "%s: cannot read: %s", path, strerror(errno));
    return n < 0 || code != Z_OK ? err_input(err, "%s: %s", path, gzip_problem(gz)) : 0;
}

static int read_text(const char *path, struct str *out, struct err *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    if (file_is_dir(path))
        return err_input(err, "%s: is a directory, a file was expected", path);
    int fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    gzFile gz = fd < 0 ? NULL : gzdopen(fd, "rb");
    if (!gz) {
        int rc = err_input(err, "%s: cannot open: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return rc;
    }
    int rc = unpack(gz, path, out, err);
    gzclose(gz);
    return rc;
}

static bool at_end(const struct import_reader *r)
{
    return r->at == r->text.len;
}

static void skip_space(struct import_reader *r)
{
    for (; !at_end(r) && memchr(" \t\r\n", r->text.p[r->at], 4); r->at++)
        r->line += r->text.p[r->at] == '\n';
}

int import_open(const char *path, struct import_reader **out, struct err *err)
{
    static const char bom[] = "\xef\xbb\xbf";
    struct str text CLEANUP_STR = {0};
    int rc = read_text(path, &text, err);
    if (rc < 0)
        return rc;
    struct import_reader *r = xcalloc(1, sizeof *r);
    *r = (struct import_reader){
        .path = xstrdup(strcmp(path, "-") ? path : "standard input"), .text = text, .line = 1};
    text = (struct str){0};
    if (strncmp(r->text.p, bom, 3) == 0)
        r->at = 3;
    skip_space(r);
    if (!at_end(r) && r->text.p[r->at] == '[') {
        r->form = ARRAY_START;
        r->at++;
    }
    *out = r;
    return 0;
}

void import_close(struct import_reader *r)
{
    if (!r)
        return;
    free(r->path);
    str_free(&r->text);
    free(r);
}

void import_sha256(const struct import_reader *r, char out[HASH_HEX])
{
    hash_sha256_hex(r->text.p, r->text.len, out);
}

/* Bytes up to the comma or bracket that ends an array's element; all that is left if none does. */
static size_t element_length(const char *s, size_t n)
{
    size_t depth = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"') {
            for (i++; i < n && s[i] != '"'; i++)
                i += s[i] == '\\';
        } else if (s[i] == '{' || s[i] == '[') {
            depth++;
        } else if (depth == 0 && (s[i] == ',' || s[i] == ']')) {
            return i;
        } else if (s[i] == '}' || s[i] == ']') {
            depth -= depth > 0;
        }
    }
    return n;
}

static int parse(const struct import_reader *r, size_t n, json_t **row, struct err *err)
{
    json_error_t e;
    json_t *j = json_loadb(r->text.p + r->at, n,
                           JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY, &e);
    if (!j) {
        int line = r->line + (e.line > 0 ? e.line - 1 : 0);
        err_input(err, "%s:%d: not valid JSON: %s (column %d)", r->path, line, e.text, e.column);
        return r->form == LINES ? -EINVAL : -EBADMSG;
    }
    if (json_is_object(j)) {
        *row = j;
        return IMPORT_ROW;
    }
    json_decref(j);
    return err_input(err, "%s:%d: found a value that is no object; expected one object per row",
                     r->path, r->line);
}

/* Parses the n bytes that follow, and goes on behind them. */
static int take(struct import_reader *r, size_t n, json_t **row, int *line, struct err *err)
{
    *line = r->line;
    int rc = parse(r, n, row, err);
    for (size_t end = r->at + n; r->at < end; r->at++)
        r->line += r->text.p[r->at] == '\n';
    return rc;
}

static int broken(const struct import_reader *r, const char *what, struct err *err)
{
    err_input(err, "%s:%d: not valid JSON: %s", r->path, r->line, what);
    return -EBADMSG;
}

static int next_element(struct import_reader *r, json_t **row, int *line, struct err *err)
{
    if (!at_end(r) && r->text.p[r->at] == ']' && r->form != ARRAY_END) {
        r->at++;
        r->form = ARRAY_END;
        skip_space(r);
    }
    if (r->form == ARRAY_END)
        return at_end(r) ? IMPORT_END : broken(r, "text after the array", err);
    if (r->form == ARRAY && !at_end(r)) { /* at the comma, where the last element ended */
        r->at++;
        skip_space(r);
    }
    if (at_end(r))
        return broken(r, "the array is not closed, the file is incomplete", err);
    r->form = ARRAY;
    return take(r, element_length(r->text.p + r->at, r->text.len - r->at), row, line, err);
}

int import_next(struct import_reader *r, json_t **row, int *line, struct err *err)
{
    skip_space(r);
    *line = r->line;
    if (r->form != LINES)
        return next_element(r, row, line, err);
    if (at_end(r))
        return IMPORT_END;
    const char *s = r->text.p + r->at, *end = memchr(s, '\n', r->text.len - r->at);
    return take(r, end ? (size_t)(end - s) : r->text.len - r->at, row, line, err);
}
