/* See price_table.h. */
#include "model/price_table.h"
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/ytree.h"

static const double MOST = 1e6; /* for a million tokens */

struct row {
    const char *model, *server; /* server NULL = any */
    double input, output;
};

struct price_table {
    struct arena *arena;
    const char *path, *currency;
    struct row *rows; /* [n] */
    size_t n;
};

struct reader {
    struct ytree tree;
    struct price_table *t;
    struct err *err;
};

static int refuse(const struct reader *r, const struct ynode *n, const char *what)
{
    return err_input(r->err, "%s:%d: %s", r->tree.path, n->line, what);
}

static int read_text(struct reader *r, const struct ynode *n, const char *what, const char **out)
{
    const char *text = NULL;
    int rc = ynode_string(&r->tree, n, what, &text, r->err);
    if (rc == 0)
        *out = arena_strdup(r->t->arena, text);
    return rc;
}

static int read_amount(struct reader *r, const struct ynode *row, const char *key, double *out)
{
    const struct ynode *n = ynode_get(row, key);
    double x = 0;
    if (!n)
        return err_input(r->err, "%s:%d: a price needs %s: what a million tokens cost",
                         r->tree.path, row->line, key);
    int rc = ynode_double(&r->tree, n, key, &x, r->err);
    if (rc == 0 && !(x >= 0 && x <= MOST))
        rc =
            err_input(r->err, "%s:%d: %s: expected what a million tokens cost, 0 to %.0f, found %s",
                      r->tree.path, n->line, key, MOST, n->text);
    if (rc == 0)
        *out = x;
    return rc;
}

static int read_row(struct reader *r, const struct ynode *map, struct row *out)
{
    static const char *const keys[] = {"model", "server", "input", "output"};
    int rc = ynode_expect(&r->tree, map, "a price", YNODE_MAP, r->err);
    if (rc == 0)
        rc = ynode_check_keys(&r->tree, map, "a price", keys, sizeof keys / sizeof *keys, r->err);
    if (rc == 0 && !ynode_get(map, "model"))
        rc = refuse(r, map, "a price needs a model: a name, in which * is any text");
    if (rc == 0)
        rc = read_text(r, ynode_get(map, "model"), "model", &out->model);
    if (rc == 0 && ynode_get(map, "server"))
        rc = read_text(r, ynode_get(map, "server"), "server", &out->server);
    if (rc == 0)
        rc = read_amount(r, map, "input", &out->input);
    return rc < 0 ? rc : read_amount(r, map, "output", &out->output);
}

/* "USD", "EUR", "credits": a word. */
static int read_currency(struct reader *r, const struct ynode *root)
{
    const struct ynode *n = ynode_get(root, "currency");
    if (!n)
        return refuse(r, root, "a table of prices needs a currency, such as 'currency: USD'");
    int rc = read_text(r, n, "currency", &r->t->currency);
    const char *text = rc == 0 ? r->t->currency : "";
    bool shown = true; /* control characters would act on a terminal */
    for (const char *c = text; *c; c++)
        shown &= (unsigned char)*c >= ' ' && *c != 0x7f;
    if (rc == 0 && (!*text || strlen(text) > 12 || !shown || strpbrk(text, " \"'\\%&$#_{}~^|<>=")))
        rc = refuse(r, n, "currency: expected a short word, such as USD");
    return rc;
}

static int read_root(struct reader *r)
{
    static const char *const keys[] = {"currency", "prices"};
    const struct ynode *root = r->tree.root;
    int rc = ynode_expect(&r->tree, root, "a table of prices", YNODE_MAP, r->err);
    if (rc == 0)
        rc = ynode_check_keys(&r->tree, root, "a table of prices", keys, 2, r->err);
    if (rc == 0)
        rc = read_currency(r, root);
    if (rc < 0)
        return rc;
    const struct ynode *list = ynode_get(root, "prices");
    if (!list)
        return refuse(r, root, "a table of prices needs prices: a list of models");
    rc = ynode_expect(&r->tree, list, "prices", YNODE_SEQ, r->err);
    if (rc < 0)
        return rc;
    r->t->n = list->n;
    r->t->rows = arena_alloc(r->t->arena, (list->n + 1) * sizeof *r->t->rows);
    for (size_t i = 0; rc == 0 && i < list->n; i++)
        rc = read_row(r, list->val[i], &r->t->rows[i]);
    return rc;
}

/* Takes the tree over. */
static int read_tree(struct reader *r, const char *path, struct price_table **out)
{
    struct arena *arena = arena_new();
    r->t = arena_alloc(arena, sizeof *r->t);
    *r->t = (struct price_table){.arena = arena, .path = arena_strdup(arena, path)};
    int rc = read_root(r);
    ytree_free(&r->tree);
    if (rc < 0)
        price_table_free(r->t);
    else
        *out = r->t;
    return rc;
}

int price_table_load(const char *path, struct price_table **out, struct err *err)
{
    struct reader r = {.err = err};
    int rc = ytree_load_file(path, &r.tree, err);
    return rc < 0 ? rc : read_tree(&r, path, out);
}

int price_table_parse(const char *path, const char *text, size_t n, struct price_table **out,
                      struct err *err)
{
    struct reader r = {.err = err};
    int rc = ytree_load_text(path, text, n, &r.tree, err);
    return rc < 0 ? rc : read_tree(&r, path, out);
}

void price_table_free(struct price_table *t)
{
    if (t)
        arena_free(t->arena);
}

/* ---- finding ---- */

static const char *next_character(const char *p)
{
    for (p++; ((unsigned char)*p & 0xc0) == 0x80; p++)
        continue;
    return p;
}

/* Is it all of the text? '*' is any text, '?' any character; nothing else is special: names of
 * models may have brackets and backslashes. */
static bool matches(const char *pattern, const char *text)
{
    const char *star = NULL, *behind = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            behind = text;
        } else if (*pattern == '?') {
            pattern++;
            text = next_character(text);
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) { /* the last star takes a byte more */
            pattern = star + 1;
            text = ++behind;
        } else {
            return false;
        }
    }
    pattern += strspn(pattern, "*");
    return !*pattern;
}

static const struct row *row_of(const struct price_table *t, const json_t *identity)
{
    const char *name = json_get_str(identity, "name", "");
    const char *server = json_get_str(identity, "base_url", "");
    for (size_t i = 0; i < t->n; i++)
        if (matches(t->rows[i].model, name) &&
            (!t->rows[i].server || matches(t->rows[i].server, server)))
            return &t->rows[i];
    return NULL;
}

/* null where there is no row. */
static json_t *price_json(const struct price_table *t, const json_t *identity, bool *any)
{
    const struct row *r = row_of(t, identity);
    if (!r)
        return json_null();
    *any = true;
    return json_pack("{s:s, s:s, s:f, s:f}", "name", json_get_str(identity, "name", ""), "row",
                     r->model, "input", r->input, "output", r->output);
}

json_t *price_table_find(const struct price_table *t, const json_t *identity)
{
    bool any = false;
    json_t *roles = json_object(), *own;
    json_t *o = json_pack("{s:s, s:s, s:o}", "currency", t->currency, "source", t->path, "model",
                          price_json(t, identity, &any));
    const char *role;
    json_object_foreach (json_object_get(identity, "roles"), role, own)
        json_object_set_new(roles, role, price_json(t, own, &any));
    if (json_object_size(roles))
        json_object_set(o, "roles", roles);
    json_decref(roles);
    if (any)
        return o;
    json_decref(o);
    return NULL;
}

char *price_table_of_user(void)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    char *path = config && *config == '/' ? xasprintf("%s/hrm/prices.yaml", config)
                 : home && *home          ? xasprintf("%s/.config/hrm/prices.yaml", home)
                                          : NULL;
    if (path && file_exists(path))
        return path;
    free(path);
    return NULL;
}
