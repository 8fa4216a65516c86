/* libyaml's document, checked and turned into a tree of nodes that know their lines. Refused here,
 * so that no reader needs to think of them: several documents, tags, keys given twice or not
 * scalar, NUL in text, and trees that aliases blow up. */
#include "base/ytree.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "base/utf8.h"

enum {
    MAX_FILE_BYTES = 64 << 20,
    MAX_NODES = 1000000,
    MAX_DEPTH = 64,
    MAX_KEYS = 4096,  /* of one mapping: they are compared pairwise */
    SHOWN_BYTES = 40, /* of a wrong value, in a message */
};

struct builder {
    const char *name;
    yaml_document_t *doc;
    struct arena *arena;
    size_t n_nodes;
    struct err *err;
};

static int build(struct builder *b, int index, int depth, struct ynode **out);

static const char *shown(const char *text, char buf[SHOWN_BYTES + 4])
{
    size_t n = utf8_cut(text, strlen(text) < SHOWN_BYTES ? strlen(text) : SHOWN_BYTES);
    memcpy(buf, text, n);
    strcpy(buf + n, text[n] ? "..." : "");
    for (char *c = buf; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    return buf;
}

static int line_of(const yaml_node_t *node)
{
    return (int)node->start_mark.line + 1;
}

static int build_scalar(struct builder *b, const yaml_node_t *node, struct ynode *n)
{
    const char *text = (const char *)node->data.scalar.value;
    if (strlen(text) != node->data.scalar.length)
        return err_input(b->err, "%s:%d: NUL character in text", b->name, n->line);
    n->kind = YNODE_SCALAR;
    n->plain = node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    n->text = arena_strdup(b->arena, text);
    return 0;
}

static int build_seq(struct builder *b, const yaml_node_t *node, int depth, struct ynode *n)
{
    const yaml_node_item_t *item = node->data.sequence.items.start;
    n->kind = YNODE_SEQ;
    n->n = (size_t)(node->data.sequence.items.top - item);
    n->val = arena_alloc(b->arena, (n->n + 1) * sizeof *n->val);
    for (size_t i = 0; i < n->n; i++) {
        int rc = build(b, item[i], depth + 1, &n->val[i]);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int check_key(struct builder *b, const struct ynode *n, size_t i)
{
    char buf[SHOWN_BYTES + 4];
    const struct ynode *key = n->key[i];
    if (key->kind != YNODE_SCALAR)
        return err_input(b->err, "%s:%d: a key must be plain text", b->name, key->line);
    for (size_t j = 0; j < i; j++)
        if (strcmp(n->key[j]->text, key->text) == 0)
            return err_input(b->err, "%s:%d: key '%s' is given twice; first in line %d", b->name,
                             key->line, shown(key->text, buf), n->key[j]->line);
    return 0;
}

static int build_map(struct builder *b, const yaml_node_t *node, int depth, struct ynode *n)
{
    const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
    n->kind = YNODE_MAP;
    n->n = (size_t)(node->data.mapping.pairs.top - pair);
    if (n->n > MAX_KEYS)
        return err_input(b->err, "%s:%d: a mapping of %zu keys; expected at most %d", b->name,
                         n->line, n->n, MAX_KEYS);
    n->key = arena_alloc(b->arena, (n->n + 1) * sizeof *n->key);
    n->val = arena_alloc(b->arena, (n->n + 1) * sizeof *n->val);
    for (size_t i = 0; i < n->n; i++) {
        int rc = build(b, pair[i].key, depth + 1, &n->key[i]);
        if (rc == 0)
            rc = check_key(b, n, i);
        if (rc == 0)
            rc = build(b, pair[i].value, depth + 1, &n->val[i]);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static const char *default_tag(yaml_node_type_t type)
{
    return type == YAML_SCALAR_NODE     ? YAML_DEFAULT_SCALAR_TAG
           : type == YAML_SEQUENCE_NODE ? YAML_DEFAULT_SEQUENCE_TAG
                                        : YAML_DEFAULT_MAPPING_TAG;
}

static int build(struct builder *b, int index, int depth, struct ynode **out)
{
    const yaml_node_t *node = yaml_document_get_node(b->doc, index);
    if (!node)
        return err_input(b->err, "%s: not valid YAML", b->name);
    if (depth > MAX_DEPTH)
        return err_input(b->err, "%s:%d: nested more than %d levels deep", b->name, line_of(node),
                         MAX_DEPTH);
    if (++b->n_nodes > MAX_NODES)
        return err_input(b->err, "%s:%d: more than %d values, aliases counted as often as used",
                         b->name, line_of(node), MAX_NODES);
    if (strcmp((const char *)node->tag, default_tag(node->type)) != 0)
        return err_input(b->err, "%s:%d: tag '%s' is not supported", b->name, line_of(node),
                         node->tag);
    struct ynode *n = arena_alloc(b->arena, sizeof *n);
    n->line = line_of(node);
    *out = n;
    switch (node->type) {
    case YAML_SCALAR_NODE:
        return build_scalar(b, node, n);
    case YAML_SEQUENCE_NODE:
        return build_seq(b, node, depth, n);
    default:
        return build_map(b, node, depth, n);
    }
}

static int parser_fail(const yaml_parser_t *parser, const char *name, struct err *err)
{
    const char *problem = parser->problem ? parser->problem : "unreadable";
    if (str_eq(problem, "found character that cannot start any token"))
        problem = "found a tab, @, % or ` where a value or an indentation by spaces was expected";
    if (parser->error == YAML_READER_ERROR)
        return err_input(err, "%s: not valid YAML: %s at byte %zu", name, problem,
                         parser->problem_offset);
    if (parser->context)
        return err_input(err, "%s:%zu: not valid YAML: %s %s that starts in line %zu", name,
                         parser->problem_mark.line + 1, problem, parser->context,
                         parser->context_mark.line + 1);
    return err_input(err, "%s:%zu: not valid YAML: %s", name, parser->problem_mark.line + 1,
                     problem);
}

static int refuse_second_document(yaml_parser_t *parser, const char *name, struct err *err)
{
    yaml_document_t doc;
    if (!yaml_parser_load(parser, &doc))
        return parser_fail(parser, name, err);
    const yaml_node_t *root = yaml_document_get_root_node(&doc);
    int rc =
        root ? err_input(err, "%s:%d: a second document; expected one", name, line_of(root)) : 0;
    yaml_document_delete(&doc);
    return rc;
}

static int load_document(yaml_parser_t *parser, struct builder *b, struct ynode **root)
{
    yaml_document_t doc;
    if (!yaml_parser_load(parser, &doc))
        return parser_fail(parser, b->name, b->err);
    b->doc = &doc;
    int rc = yaml_document_get_root_node(&doc)
                 ? build(b, 1, 0, root)
                 : err_input(b->err, "%s: the file is empty; expected a YAML document", b->name);
    yaml_document_delete(&doc);
    return rc < 0 ? rc : refuse_second_document(parser, b->name, b->err);
}

int ytree_load_text(const char *name, const char *text, size_t n, struct ytree *out,
                    struct err *err)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return err_errno(err, ENOMEM, "%s", name);
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) { /* a byte order mark */
        text += 3;
        n -= 3;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, n);
    struct builder b = {.name = name, .arena = arena_new(), .err = err};
    struct ynode *root = NULL;
    int rc = load_document(&parser, &b, &root);
    yaml_parser_delete(&parser);
    if (rc < 0) {
        arena_free(b.arena);
        return rc;
    }
    *out = (struct ytree){arena_strdup(b.arena, name), root, b.arena};
    return 0;
}

int ytree_load_file(const char *path, struct ytree *out, struct err *err)
{
    char *text CLEANUP_FREE = NULL;
    size_t n = 0;
    int rc = file_read(path, MAX_FILE_BYTES, &text, &n, err);
    return rc < 0 ? rc : ytree_load_text(path, text, n, out, err);
}

void ytree_free(struct ytree *t)
{
    if (!t)
        return;
    arena_free(t->owner);
    *t = (struct ytree){0};
}

static bool is_null(const struct ynode *n)
{
    return n->kind == YNODE_SCALAR && n->plain &&
           (n->text[0] == '\0' || str_eq(n->text, "~") || str_eq(n->text, "null"));
}

const struct ynode *ynode_get(const struct ynode *map, const char *key)
{
    if (!map || map->kind != YNODE_MAP)
        return NULL;
    for (size_t i = 0; i < map->n; i++)
        if (strcmp(map->key[i]->text, key) == 0)
            return is_null(map->val[i]) ? NULL : map->val[i];
    return NULL;
}

static const char *kind_name(enum ynode_kind kind)
{
    return kind == YNODE_SCALAR ? "text" : kind == YNODE_SEQ ? "a list" : "a mapping";
}

static int mismatch(const struct ytree *t, const struct ynode *n, const char *what,
                    const char *expected, struct err *err)
{
    char buf[SHOWN_BYTES + 4];
    if (n->kind != YNODE_SCALAR)
        return err_input(err, "%s:%d: %s: expected %s, found %s", t->path, n->line, what, expected,
                         kind_name(n->kind));
    const char *quote = n->plain ? "'" : "\"";
    return err_input(err, "%s:%d: %s: expected %s, found %s%s%s", t->path, n->line, what, expected,
                     quote, shown(n->text, buf), quote);
}

int ynode_expect(const struct ytree *t, const struct ynode *n, const char *what,
                 enum ynode_kind kind, struct err *err)
{
    return n->kind == kind ? 0 : mismatch(t, n, what, kind_name(kind), err);
}

int ynode_string(const struct ytree *t, const struct ynode *n, const char *what, const char **out,
                 struct err *err)
{
    if (n->kind != YNODE_SCALAR || is_null(n))
        return mismatch(t, n, what, "text", err);
    *out = n->text;
    return 0;
}

/* A quoted number is text. */
static bool is_numeral(const struct ynode *n)
{
    return n->kind == YNODE_SCALAR && n->plain && n->text[0] != '\0' &&
           strspn(n->text, "0123456789+-.eE") == strlen(n->text);
}

int ynode_int(const struct ytree *t, const struct ynode *n, const char *what, long long min,
              long long max, long long *out, struct err *err)
{
    char *end = NULL;
    errno = 0;
    long long value = is_numeral(n) ? strtoll(n->text, &end, 10) : 0;
    if (!end || end == n->text || *end != '\0' || errno != 0)
        return mismatch(t, n, what, "a whole number", err);
    if (value < min || value > max)
        return err_input(err, "%s:%d: %s: expected a whole number from %lld to %lld, found %lld",
                         t->path, n->line, what, min, max, value);
    *out = value;
    return 0;
}

int ynode_double(const struct ytree *t, const struct ynode *n, const char *what, double *out,
                 struct err *err)
{
    char *end = NULL;
    double value = is_numeral(n) ? strtod(n->text, &end) : 0;
    if (!end || end == n->text || *end != '\0' || !isfinite(value))
        return mismatch(t, n, what, "a number", err);
    *out = value;
    return 0;
}

int ynode_bool(const struct ytree *t, const struct ynode *n, const char *what, bool *out,
               struct err *err)
{
    static const char *const word[] = {"false", "true", "no", "yes", "off", "on"};
    for (size_t i = 0; n->kind == YNODE_SCALAR && n->plain && i < 6; i++) {
        if (strcmp(n->text, word[i]) == 0) {
            *out = i % 2 == 1;
            return 0;
        }
    }
    return mismatch(t, n, what, "true or false", err);
}

int ynode_word(const struct ytree *t, const struct ynode *n, const char *what,
               const char *const *words, size_t n_words, int *out, struct err *err)
{
    const char *text = NULL;
    int rc = ynode_string(t, n, what, &text, err);
    for (size_t i = 0; rc == 0 && i < n_words; i++)
        if (strcmp(words[i], text) == 0) {
            *out = (int)i;
            return 0;
        }
    struct str list CLEANUP_STR = {0};
    str_add_choice(&list, words, n_words);
    return rc < 0 ? rc
                  : err_input(err, "%s:%d: %s: expected %s, found '%s'", t->path, n->line, what,
                              str_text(&list), text);
}

int ynode_check_keys(const struct ytree *t, const struct ynode *map, const char *what,
                     const char *const *allowed, size_t n_allowed, struct err *err)
{
    char buf[SHOWN_BYTES + 4];
    int rc = ynode_expect(t, map, what, YNODE_MAP, err);
    for (size_t i = 0; rc == 0 && i < map->n; i++) {
        const struct ynode *key = map->key[i];
        size_t a = 0;
        while (a < n_allowed && strcmp(key->text, allowed[a]) != 0)
            a++;
        if (a < n_allowed)
            continue;
        const char *near = str_nearest(shown(key->text, buf), allowed, n_allowed);
        struct str hint CLEANUP_STR = {0};
        if (near)
            str_addf(&hint, "did you mean '%s'?", near);
        else
            str_add_choice(&hint, allowed, n_allowed);
        rc = err_input(err, "%s:%d: %s: unknown key '%s'; %s%s", t->path, key->line, what, buf,
                       near ? "" : "expected ", str_text(&hint));
    }
    return rc;
}
