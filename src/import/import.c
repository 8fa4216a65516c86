/* Importing: rows of a file, one after the other, through the reader of their benchmark. */
#include "import/import.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"
#include "import/import_python.h"
#include "import/import_read.h"
#include "import/import_row.h"
#include "suite/protocol.h"
#include "suite/suite.h"

enum { MAX_ID_BYTES = 120, VERSION_DIGITS = 16 };

static const struct benchmark {
    const char *name;
    int (*task)(const struct import_row *row, struct task *out, struct err *err);
    const char *(*suite_name)(const json_t *row);
    enum suite_domain domain;
    bool has_steps; /* the number of steps can be told from its rows */
} benchmarks[] = {
    {"humaneval", import_humaneval, import_humaneval_name, SUITE_CODE, false},
    {"mbpp", import_mbpp, import_mbpp_name, SUITE_CODE, false},
    {"gsm8k", import_gsm8k, import_gsm8k_name, SUITE_MATH, true},
    {"svamp", import_svamp, import_svamp_name, SUITE_MATH, true},
    {"gsm_hard", import_gsm_hard, import_gsm_hard_name, SUITE_MATH, false},
};

/* One file under way. */
struct import {
    const char *path;
    const struct import_options *opt;
    const struct benchmark *benchmark;
    struct import_reader *reader;
    struct suite suite;
    size_t cap, n_rows; /* read */
    size_t n_counted;   /* of them those with the steps asked for, which the limits are about */
    json_t *ids;        /* id -> line */
    struct import_report report;
};

static const struct benchmark *find(const char *name)
{
    for (size_t i = 0; i < sizeof benchmarks / sizeof benchmarks[0]; i++)
        if (str_eq(benchmarks[i].name, name))
            return &benchmarks[i];
    return NULL;
}

bool import_knows(const char *name)
{
    return find(name) != NULL;
}

char *import_names(const char *between)
{
    struct str s = {0};
    for (size_t i = 0; i < sizeof benchmarks / sizeof benchmarks[0]; i++)
        str_addf(&s, "%s%s", i ? between : "", benchmarks[i].name);
    return str_take(&s);
}

/* The checks of suite.c, with the benchmark's line in the message instead of the suite's.
 */
static int check_task(const struct import *im, const struct task *t, struct err *err)
{
    for (const char *c = t->id; *c; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7f)
            return err_input(err, "id '%s': a space or control character in it", t->id);
    if (strlen(t->id) > MAX_ID_BYTES)
        return err_input(err, "id: more than %d bytes", MAX_ID_BYTES);
    long long line = json_get_int(im->ids, t->id, 0);
    if (line > 0)
        return err_input(err, "id '%s' is taken by line %lld; expected unique ids", t->id, line);
    if (t->entry_point && !python_is_name(t->entry_point))
        return import_bad(err, "entry_point", t->entry_point, "the name of a Python function");
    return 0;
}

static bool is_chosen(const struct import *im, const struct task *t)
{
    return im->opt->steps_max == 0 ||
           (t->steps >= im->opt->steps_min && t->steps <= im->opt->steps_max);
}

static int import_one(struct import *im, const json_t *json, int line, struct err *err)
{
    struct import_row row = {json, im->path, line, im->n_rows, im->suite.arena, &im->report};
    struct task t = {.tolerance = SUITE_TOLERANCE,
                     .prelude = im->opt->prelude,
                     .has_answer = im->benchmark->domain == SUITE_MATH,
                     .line = line};
    int rc = im->benchmark->task(&row, &t, err);
    if (rc == 0)
        rc = check_task(im, &t, err);
    if (rc < 0) {
        err_prefix(err, "%s:%d", im->path, line);
        return rc;
    }
    if (!is_chosen(im, &t)) {
        im->n_counted--;
        im->report.n_other_steps++;
        return 0;
    }
    if (im->n_counted < im->opt->first)
        return 0;
    if (im->suite.n_tasks == 0)
        im->suite.name = im->benchmark->suite_name(json);
    if (im->suite.n_tasks == 0)
        im->suite.protocol = suite_protocol_find(im->suite.name);
    t.protocol = im->suite.protocol;
    json_object_set_new(im->ids, t.id, json_integer(line));
    im->suite.tasks = xgrow(im->suite.tasks, &im->cap, im->suite.n_tasks + 1, sizeof t);
    im->suite.tasks[im->suite.n_tasks++] = t;
    return 0;
}

static void note_skipped(struct import *im, const struct err *err)
{
    struct import_report *r = &im->report;
    r->notes = xrealloc(r->notes, (r->n_notes + 1) * sizeof *r->notes);
    r->notes[r->n_notes++] = (struct import_note){.skipped = true, .text = xstrdup(err->msg)};
    r->n_skipped++;
}

/* Reads the rows up to the last one wanted. */
static int import_rows(struct import *im, struct err *err)
{
    const struct import_options *opt = im->opt;
    while (opt->last == 0 || im->n_counted < opt->last) {
        json_t *row CLEANUP_JSON = NULL;
        struct err why = {0};
        int line, rc = import_next(im->reader, &row, &line, &why);
        if (rc == IMPORT_END)
            return 0;
        bool fatal = rc == -EBADMSG;
        im->n_rows++;
        if ((++im->n_counted >= opt->first || opt->steps_max > 0) && rc == IMPORT_ROW)
            rc = import_one(im, row, line, &why);
        if (rc < 0 && (fatal || !opt->skip_bad)) {
            if (err)
                *err = why;
            return rc;
        }
        if (rc < 0)
            note_skipped(im, &why);
    }
    return 0;
}

static int check_any(const struct import *im, struct err *err)
{
    if (im->suite.n_tasks > 0)
        return 0;
    if (im->n_rows == 0)
        return err_input(err, "%s: no rows; expected JSON lines or a JSON array", im->path);
    if (im->n_counted < im->opt->first || im->n_counted == 0)
        return err_input(err, "%s: %zu rows%s; expected at least %zu", im->path, im->n_counted,
                         im->opt->steps_max > 0 ? " of so many steps" : "",
                         im->opt->first > 0 ? im->opt->first : 1);
    return err_input(err, "%s: none of %zu rows could be imported; the first: %s", im->path,
                     im->report.n_skipped, im->report.notes[0].text);
}

/* The suite's own tasks lie in its arena, as after suite_load. */
static void settle(struct import *im)
{
    char sha256[HASH_HEX];
    struct suite *s = &im->suite;
    struct task *tasks = arena_alloc(s->arena, s->n_tasks * sizeof *tasks);
    memcpy(tasks, s->tasks, s->n_tasks * sizeof *tasks);
    free(s->tasks);
    s->tasks = tasks;
    import_sha256(im->reader, sha256);
    s->version = arena_strndup(s->arena, sha256, VERSION_DIGITS);
}

int suite_import(const char *path, const struct import_options *opt, struct suite *out,
                 struct import_report *report, struct err *err)
{
    struct import im = {.opt = opt, .benchmark = find(opt->benchmark)};
    if (!im.benchmark)
        return err_input(err, "there is no benchmark '%s'", opt->benchmark);
    if (opt->steps_max > 0 && !im.benchmark->has_steps)
        return err_input(err, "the rows of %s do not tell their steps", opt->benchmark);
    if (opt->prelude && im.benchmark->domain == SUITE_MATH)
        return err_input(err, "a prelude goes before programs; %s asks for numbers",
                         opt->benchmark);
    int rc = import_open(path, &im.reader, err);
    if (rc < 0)
        return rc;
    im.ids = json_object();
    im.suite = (struct suite){.domain = im.benchmark->domain, .arena = arena_new()};
    im.path = arena_strdup(im.suite.arena, str_eq(path, "-") ? "standard input" : path);
    im.suite.path = im.path;
    rc = import_rows(&im, err);
    if (rc == 0)
        rc = check_any(&im, err);
    if (rc == 0) {
        settle(&im);
        *out = im.suite;
        *report = im.report;
    } else {
        free(im.suite.tasks);
        suite_free(&im.suite);
        import_report_free(&im.report);
    }
    json_decref(im.ids);
    import_close(im.reader);
    return rc;
}

void import_report_free(struct import_report *r)
{
    for (size_t i = 0; i < r->n_notes; i++)
        free(r->notes[i].text);
    free(r->notes);
    *r = (struct import_report){0};
}
