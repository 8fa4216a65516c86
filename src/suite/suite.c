/* Reading suites: every form of design.md section 4, and an error message for everything else. */
#include "suite/suite.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/ytree.h"
#include "suite/protocol.h"
#include "suite/suite_graph.h"
#include "suite/suite_limits.h"

enum {
    MAX_SUITE_BYTES = 64 << 20,
    MAX_ID_BYTES = 120,
    MAX_STEPS = 1000,
};

struct reader {
    const struct ytree *tree;
    struct arena *arena;
    const char *subject; /* "task 'rle'", for messages */
    struct err *err;
};

#define KEYS(list) (list), sizeof(list) / sizeof((list)[0])

static const char *const suite_keys[] = {"suite",    "version", "domain",
                                         "protocol", "cluster", "tasks"};
static const char *const task_keys[] = {
    "id",    "prompt",  "oracle", "entry_point", "public_tests", "hidden_tests",
    "check", "prelude", "answer", "reference",   "public_cases", "tolerance",
    "unit",  "steps",   "group",  "graph",       "wrong",        "cluster"};
static const char *const case_keys[] = {"stdin", "stdout", "expect_substr"};
static const char *const oracle_keys[] = {"stdin", "stdout", "expect_substr", "cases"};

static int complain(const struct reader *r, int line, const char *found, const char *expected)
{
    return err_input(r->err, "%s:%d: %s: %s; expected %s", r->tree->path, line, r->subject, found,
                     expected);
}

static const char *what(const struct reader *r, const char *key)
{
    return arena_printf(r->arena, "%s: %s", r->subject, key);
}

/* *out is unchanged when the key is absent. */
static int read_text(const struct reader *r, const struct ynode *map, const char *key,
                     const char **out)
{
    const struct ynode *n = ynode_get(map, key);
    const char *text = NULL;
    if (!n)
        return 0;
    int rc = ynode_string(r->tree, n, what(r, key), &text, r->err);
    if (rc == 0)
        *out = arena_strdup(r->arena, text);
    return rc;
}

static int read_texts(const struct reader *r, const struct ynode *map, const char *key,
                      const char *const **out, size_t *n_out)
{
    const struct ynode *list = ynode_get(map, key);
    if (!list)
        return 0;
    int rc = ynode_expect(r->tree, list, what(r, key), YNODE_SEQ, r->err);
    if (rc < 0)
        return rc;
    const char **texts = arena_alloc(r->arena, (list->n + 1) * sizeof *texts);
    for (size_t i = 0; i < list->n; i++) {
        const char *text = NULL;
        rc = ynode_string(r->tree, list->val[i], what(r, key), &text, r->err);
        if (rc < 0)
            return rc;
        if (text[0] == '\0')
            return complain(r, list->val[i]->line, arena_printf(r->arena, "%s: empty text", key),
                            "some Python");
        texts[i] = arena_strdup(r->arena, text);
    }
    *out = texts;
    *n_out = list->n;
    return 0;
}

static int read_case(const struct reader *r, const struct ynode *map, struct suite_case *out)
{
    struct suite_case c = {.stdin_text = ""};
    int rc = read_text(r, map, "stdin", &c.stdin_text);
    if (rc == 0)
        rc = read_text(r, map, "stdout", &c.stdout_text);
    if (rc == 0)
        rc = read_text(r, map, "expect_substr", &c.expect_substr);
    if (rc < 0)
        return rc;
    if (!c.stdout_text && !c.expect_substr)
        return complain(r, map->line, "a case that checks nothing", "stdout or expect_substr");
    if (!c.stdout_text && c.expect_substr[0] == '\0')
        return complain(r, map->line, "an empty expect_substr, which every output contains",
                        "some text");
    *out = c;
    return 0;
}

static int read_cases(const struct reader *r, const struct ynode *list, const char *key,
                      const struct suite_case **out, size_t *n_out)
{
    int rc = ynode_expect(r->tree, list, what(r, key), YNODE_SEQ, r->err);
    if (rc < 0)
        return rc;
    if (list->n == 0)
        return complain(r, list->line, arena_printf(r->arena, "%s: an empty list", key),
                        "at least one case");
    struct suite_case *cases = arena_alloc(r->arena, list->n * sizeof *cases);
    for (size_t i = 0; i < list->n; i++) {
        rc = ynode_check_keys(r->tree, list->val[i], what(r, key), KEYS(case_keys), r->err);
        if (rc == 0)
            rc = read_case(r, list->val[i], &cases[i]);
        if (rc < 0)
            return rc;
    }
    *out = cases;
    *n_out = list->n;
    return 0;
}

/* {stdin, stdout | expect_substr}, the starter's form, or {cases: [...]}. */
static int read_oracle(const struct reader *r, const struct ynode *map, struct task *t)
{
    const struct ynode *oracle = ynode_get(map, "oracle"), *cases;
    if (!oracle)
        return 0;
    int rc = ynode_check_keys(r->tree, oracle, what(r, "oracle"), KEYS(oracle_keys), r->err);
    if (rc < 0)
        return rc;
    cases = ynode_get(oracle, "cases");
    if (cases && oracle->n > 1)
        return complain(r, oracle->line, "oracle: cases together with a case of its own",
                        "one or the other");
    if (cases)
        return read_cases(r, cases, "cases", &t->cases, &t->n_cases);
    struct suite_case *only = arena_alloc(r->arena, sizeof *only);
    t->cases = only;
    t->n_cases = 1;
    return read_case(r, oracle, only);
}

static int read_answer(const struct reader *r, const struct ynode *map, struct task *t)
{
    const struct ynode *answer = ynode_get(map, "answer");
    const struct ynode *tolerance = ynode_get(map, "tolerance");
    t->tolerance = SUITE_TOLERANCE;
    int rc = 0;
    if (answer) {
        t->has_answer = true;
        rc = ynode_double(r->tree, answer, what(r, "answer"), &t->answer, r->err);
    }
    if (rc == 0 && tolerance) {
        rc = ynode_double(r->tree, tolerance, what(r, "tolerance"), &t->tolerance, r->err);
        if (rc == 0 && t->tolerance < 0)
            rc = complain(r, tolerance->line, "a negative tolerance", "zero or more");
    }
    return rc;
}

static int read_steps(const struct reader *r, const struct ynode *map, struct task *t)
{
    const struct ynode *n = ynode_get(map, "steps");
    long long steps = 0;
    if (!n)
        return 0;
    int rc = ynode_int(r->tree, n, what(r, "steps"), 1, MAX_STEPS, &steps, r->err);
    t->steps = (int)steps;
    return rc;
}

static int read_id(struct reader *r, const struct ynode *map, struct task *t)
{
    r->subject = "task";
    int rc = read_text(r, map, "id", &t->id);
    if (rc < 0)
        return rc;
    if (!t->id || t->id[0] == '\0')
        return complain(r, map->line, "no id", "one that is unique in the file");
    for (const char *c = t->id; *c; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7f)
            return complain(r, map->line, "an id with a space or control character",
                            "letters, digits, '_', '-', '/'");
    if (strlen(t->id) > MAX_ID_BYTES)
        return complain(r, map->line, "an id of more than 120 bytes", "a shorter one");
    r->subject = arena_printf(r->arena, "task '%s'", t->id);
    return 0;
}

static int read_fields(const struct reader *r, const struct ynode *map, struct task *t)
{
    const struct {
        const char *key, **to;
    } texts[] = {{"prompt", &t->prompt},   {"entry_point", &t->entry_point}, {"check", &t->check},
                 {"prelude", &t->prelude}, {"reference", &t->reference},     {"unit", &t->unit},
                 {"group", &t->group},     {"cluster", &t->cluster}};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof texts / sizeof texts[0]; i++)
        rc = read_text(r, map, texts[i].key, texts[i].to);
    if (rc == 0)
        rc = read_texts(r, map, "public_tests", &t->public_tests, &t->n_public);
    if (rc == 0)
        rc = read_texts(r, map, "hidden_tests", &t->hidden_tests, &t->n_hidden);
    if (rc == 0)
        rc = read_texts(r, map, "wrong", &t->wrong, &t->n_wrong);
    if (rc == 0 && ynode_get(map, "public_cases"))
        rc = read_cases(r, ynode_get(map, "public_cases"), "public_cases", &t->public_cases,
                        &t->n_public_cases);
    if (rc == 0)
        rc = read_oracle(r, map, t);
    if (rc == 0)
        rc = read_answer(r, map, t);
    if (rc == 0)
        rc = suite_limits_read(r->tree, map, r->subject, t, r->err);
    return rc < 0 ? rc : read_steps(r, map, t);
}

/* Refuses the first of `keys` that the task gives. */
static int refuse_keys(const struct reader *r, const struct ynode *map, const char *kind,
                       const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct ynode *found = ynode_get(map, keys[i]);
        if (found)
            return complain(r, found->line, arena_printf(r->arena, "'%s' in %s", keys[i], kind),
                            "the keys of one kind of task");
    }
    return 0;
}

static bool is_identifier(const char *s)
{
    const char *const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    return *s && !(*s >= '0' && *s <= '9') && s[strspn(s, letters)] == '\0';
}

static int check_code(const struct reader *r, const struct ynode *map, const struct task *t)
{
    static const char *const math[] = {"answer", "tolerance", "unit", "graph"};
    static const char *const function[] = {"entry_point", "public_tests", "hidden_tests", "check"};
    int rc = refuse_keys(r, map, "a code task", KEYS(math));
    if (rc < 0)
        return rc;
    if (t->n_cases > 0)
        return refuse_keys(r, map, "a task whose program reads stdin (it has an oracle)",
                           KEYS(function));
    if (t->n_public_cases > 0)
        return complain(r, t->line, "public_cases without an oracle", "hidden cases under oracle");
    if (t->n_hidden == 0 && !t->check)
        return complain(r, t->line, "nothing to judge a program by",
                        "oracle, hidden_tests or check");
    if (!t->entry_point)
        return complain(r, t->line, "tests without entry_point", "the name of the function");
    if (!is_identifier(t->entry_point))
        return complain(r, ynode_get(map, "entry_point")->line,
                        arena_printf(r->arena, "entry_point '%s'", t->entry_point),
                        "the name of a Python function");
    return 0;
}

/* A math suite asks for numbers; a task with an oracle asks for a program that reads stdin. */
static int check_math(const struct reader *r, const struct ynode *map, struct task *t)
{
    static const char *const foreign[] = {"oracle", "entry_point",  "public_tests", "hidden_tests",
                                          "check",  "public_cases", "prelude",      "wrong"};
    if (t->n_cases > 0)
        return check_code(r, map, t);
    if (!t->has_answer)
        return complain(r, t->line, "no answer and no oracle",
                        "a number, as the suite's domain is math, or cases for a program");
    int rc = refuse_keys(r, map, "a math task", KEYS(foreign));
    const struct ynode *graph = ynode_get(map, "graph");
    if (rc < 0 || !graph)
        return rc;
    return suite_graph_read(r->tree, graph, r->subject, t->answer, t->tolerance, r->arena,
                            &t->graph, &t->n_graph, r->err);
}

static int check_keys(const struct reader *r, const struct ynode *map)
{
    const char *known[32];
    size_t n = sizeof task_keys / sizeof *task_keys;
    memcpy(known, task_keys, sizeof task_keys);
    for (size_t i = 0; i < n_suite_limits; i++)
        known[n++] = suite_limit_key(i);
    return ynode_check_keys(r->tree, map, "task", known, n, r->err);
}

static int read_task(struct reader *r, const struct ynode *map, enum suite_domain domain,
                     struct task *out)
{
    struct task t = {.line = map->line};
    int rc = check_keys(r, map);
    if (rc == 0)
        rc = read_id(r, map, &t);
    if (rc == 0)
        rc = read_fields(r, map, &t);
    if (rc < 0)
        return rc;
    if (!t.prompt || t.prompt[0] == '\0')
        return complain(r, t.line, "no prompt", "the statement of the task");
    rc = domain == SUITE_MATH ? check_math(r, map, &t) : check_code(r, map, &t);
    if (rc == 0)
        *out = t;
    return rc;
}

static int by_id_then_line(const void *a, const void *b)
{
    const struct task *x = *(struct task *const *)a, *y = *(struct task *const *)b;
    int order = strcmp(x->id, y->id);
    return order ? order : (x > y) - (x < y);
}

static int refuse_duplicates(const struct reader *r, const struct suite *s)
{
    const struct task **sorted CLEANUP_FREE = xcalloc(s->n_tasks, sizeof *sorted);
    const struct task *second = NULL, *first = NULL;
    for (size_t i = 0; i < s->n_tasks; i++)
        sorted[i] = &s->tasks[i];
    qsort(sorted, s->n_tasks, sizeof *sorted, by_id_then_line);
    for (size_t i = 1; i < s->n_tasks; i++) {
        if (strcmp(sorted[i - 1]->id, sorted[i]->id) == 0 && (!second || sorted[i] < second)) {
            first = sorted[i - 1];
            second = sorted[i];
        }
    }
    if (!second)
        return 0;
    return err_input(r->err, "%s:%d: id '%s' is taken by the task in line %d; expected unique ids",
                     r->tree->path, second->line, second->id, first->line);
}

/* A file without `domain` is math if its first task has an answer. */
static int read_domain(const struct reader *r, const struct ynode *root, const struct ynode *tasks,
                       enum suite_domain *out)
{
    const char *name = NULL;
    int rc = read_text(r, root, "domain", &name);
    if (rc < 0)
        return rc;
    if (!name)
        *out = ynode_get(tasks->val[0], "answer") ? SUITE_MATH : SUITE_CODE;
    else if (strcmp(name, "code") == 0)
        *out = SUITE_CODE;
    else if (strcmp(name, "math") == 0)
        *out = SUITE_MATH;
    else
        return complain(r, ynode_get(root, "domain")->line,
                        arena_printf(r->arena, "domain '%s'", name), "code or math");
    return 0;
}

static char *name_from_path(const char *path, struct arena *arena)
{
    const char *base = file_base(path);
    const char *dot = strrchr(base, '.');
    return dot && dot > base ? arena_strndup(arena, base, (size_t)(dot - base))
                             : arena_strdup(arena, base);
}

static int read_protocol(const struct reader *r, const struct ynode *root,
                         const struct suite_protocol **out)
{
    const char *name = NULL;
    int rc = read_text(r, root, "protocol", &name);
    if (rc < 0 || !name)
        return rc;
    *out = suite_protocol_find(name);
    return *out ? 0
                : complain(r, ynode_get(root, "protocol")->line,
                           arena_printf(r->arena, "protocol '%s'", name), suite_protocol_names());
}

/* `cluster: group` of the suite: the groups are the clusters of the tasks that name none. */
static int read_clusters(const struct reader *r, const struct ynode *root, struct suite *s)
{
    const char *by = NULL;
    int rc = read_text(r, root, "cluster", &by);
    if (rc < 0 || !by)
        return rc;
    if (strcmp(by, "group") != 0)
        return complain(r, ynode_get(root, "cluster")->line,
                        arena_printf(r->arena, "cluster '%s'", by),
                        "group, or `cluster: NAME` in the tasks");
    for (size_t i = 0; i < s->n_tasks; i++)
        if (!s->tasks[i].cluster)
            s->tasks[i].cluster = s->tasks[i].group;
    return 0;
}

/* Tasks without a cluster beside tasks with one: a key was forgotten. */
static int check_clusters(const struct reader *r, const struct suite *s)
{
    size_t named = 0, bare = 0;
    for (size_t i = 0; i < s->n_tasks; i++) {
        named += s->tasks[i].cluster != NULL;
        if (!s->tasks[i].cluster)
            bare = i;
    }
    if (named == 0 || named == s->n_tasks)
        return 0;
    return complain(r, s->tasks[bare].line,
                    arena_printf(r->arena, "task '%s' without a cluster", s->tasks[bare].id),
                    "one for every task, or for none");
}

static int read_suite(struct reader *r, struct suite *s)
{
    const struct ynode *root = r->tree->root;
    r->subject = "suite";
    int rc = ynode_check_keys(r->tree, root, "suite", KEYS(suite_keys), r->err);
    if (rc < 0)
        return rc;
    const struct ynode *tasks = ynode_get(root, "tasks");
    if (!tasks)
        return complain(r, root->line, "no tasks", "a list of tasks under the key 'tasks'");
    rc = ynode_expect(r->tree, tasks, "tasks", YNODE_SEQ, r->err);
    if (rc == 0 && tasks->n == 0)
        rc = complain(r, tasks->line, "an empty list of tasks", "at least one task");
    if (rc == 0)
        rc = read_text(r, root, "suite", &s->name);
    if (rc == 0)
        rc = read_text(r, root, "version", &s->version);
    if (rc == 0)
        rc = read_domain(r, root, tasks, &s->domain);
    if (rc == 0)
        rc = read_protocol(r, root, &s->protocol);
    s->tasks = arena_alloc(s->arena, tasks->n * sizeof *s->tasks);
    for (; rc == 0 && s->n_tasks < tasks->n; s->n_tasks++)
        rc = read_task(r, tasks->val[s->n_tasks], s->domain, &s->tasks[s->n_tasks]);
    for (size_t i = 0; i < s->n_tasks; i++)
        s->tasks[i].protocol = s->protocol;
    r->subject = "suite";
    if (rc == 0)
        rc = read_clusters(r, root, s);
    if (rc == 0)
        rc = check_clusters(r, s);
    return rc < 0 ? rc : refuse_duplicates(r, s);
}

int suite_parse(const char *path, const char *text, size_t n, struct suite *out, struct err *err)
{
    struct ytree tree CLEANUP_YTREE = {0};
    int rc = ytree_load_text(path, text, n, &tree, err);
    if (rc < 0)
        return rc;
    struct suite s = {.arena = arena_new(), .version = "1"};
    s.path = arena_strdup(s.arena, path);
    s.name = name_from_path(path, s.arena);
    hash_sha256_hex(text, n, s.sha256);
    struct reader r = {.tree = &tree, .arena = s.arena, .err = err};
    rc = read_suite(&r, &s);
    if (rc < 0)
        suite_free(&s);
    else
        *out = s;
    return rc;
}

int suite_load(const char *path, struct suite *out, struct err *err)
{
    char *text CLEANUP_FREE = NULL;
    size_t n = 0;
    int rc = file_read(path, MAX_SUITE_BYTES, &text, &n, err);
    return rc < 0 ? rc : suite_parse(path, text, n, out, err);
}

void suite_free(struct suite *s)
{
    if (!s)
        return;
    arena_free(s->arena);
    *s = (struct suite){0};
}

const struct task *suite_find(const struct suite *s, const char *id)
{
    for (size_t i = 0; i < s->n_tasks; i++)
        if (strcmp(s->tasks[i].id, id) == 0)
            return &s->tasks[i];
    return NULL;
}
