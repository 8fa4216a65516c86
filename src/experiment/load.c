/* Reads experiment.yaml (design.md, section 4). Missing keys get the values below; wrong ones are
 * refused with file and line. */
#include "experiment/experiment.h"
#include <stdio.h>
#include <string.h>
#include "base/arena.h"
#include "base/str.h"
#include "base/ytree.h"
#include "control/control.h"
#include "experiment/criteria.h"
#include "experiment/curriculum_load.h"
#include "experiment/knob.h"
#include "model/model.h"

static const struct experiment defaults = {
    .samples = 1,
    .seed = 1,
    .budget = {.max_iters = 3,
               .max_tool_runs = 8,
               .max_generated_tokens = 4096,
               .max_seconds = 300},
    .sampling = {.temperature = 0.2, .top_p = 0.95, .max_tokens = 1024},
};

struct reader {
    struct ytree t;
    const char *backend;
    struct experiment *x;
    struct err *err;
};

static int fail(struct reader *r, const struct ynode *n, const char *what)
{
    return err_input(r->err, "%s:%d: %s", r->t.path, n->line, what);
}

static int copy_text(struct reader *r, const struct ynode *n, const char *what, const char **out)
{
    const char *text = NULL;
    int rc = n ? ynode_string(&r->t, n, what, &text, r->err) : 0;
    if (text)
        *out = arena_strdup(r->x->arena, text);
    return rc;
}

/* ---- arms ---- */

static int check_arm_keys(struct reader *r, const struct ynode *map)
{
    const char *known[32] = {"name", "controller", "strategy"};
    for (size_t i = 0; i < n_arm_switches; i++)
        known[3 + i] = arm_switches[i].name;
    return ynode_check_keys(&r->t, map, "arm", known, 3 + n_arm_switches, r->err);
}

/* Arm names become file names, LaTeX labels and parts of keys. */
static int check_arm_name(struct reader *r, const struct ynode *n, const struct arm *arms, size_t i)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.+";
    const char *name = arms[i].name;
    if (!*name || strspn(name, safe) != strlen(name))
        return fail(r, n, "name: expected letters, digits and _ - . +");
    for (size_t j = 0; j < i; j++)
        if (strcmp(arms[j].name, name) == 0)
            return err_input(r->err, "%s:%d: name: there is an arm '%s' already", r->t.path,
                             n->line, name);
    return 0;
}

/* That it is one for the suite's domain is control_check's to say, once there is a suite. */
static int read_strategy(struct reader *r, const struct ynode *n, struct arm *arm)
{
    struct str list CLEANUP_STR = {0};
    if (n && !arm_is_flat(arm))
        return fail(r, n, "strategy: only flat arms have one");
    int rc = copy_text(r, n, "strategy", &arm->strategy);
    if (rc < 0 || !n || control_strategy_exists(arm->strategy))
        return rc;
    control_strategy_list(&list);
    return err_input(r->err, "%s:%d: strategy: expected %s, found '%s'", r->t.path, n->line,
                     str_text(&list), arm->strategy);
}

static int read_arm(struct reader *r, const struct ynode *map, size_t i)
{
    struct arm *arm = &r->x->arms[i];
    const struct ynode *name = ynode_get(map, "name"), *controller = ynode_get(map, "controller");
    *arm = arm_initial();
    int rc = check_arm_keys(r, map);
    if (rc == 0 && (!name || !controller))
        rc = fail(r, map, "an arm needs a name and a controller");
    if (rc == 0)
        rc = copy_text(r, name, "name", &arm->name);
    if (rc == 0)
        rc = check_arm_name(r, name, r->x->arms, i);
    if (rc == 0)
        rc = copy_text(r, controller, "controller", &arm->controller);
    if (rc == 0)
        rc = read_strategy(r, ynode_get(map, "strategy"), arm);
    return rc < 0 ? rc : arm_read(&r->t, map, arm, r->err);
}

static int read_arms(struct reader *r, const struct ynode *root)
{
    const struct ynode *list = ynode_get(root, "arms");
    if (!list)
        return fail(r, root, "arms: an experiment needs at least one");
    int rc = ynode_expect(&r->t, list, "arms", YNODE_SEQ, r->err);
    if (rc == 0 && list->n == 0)
        rc = fail(r, list, "arms: an experiment needs at least one");
    if (rc < 0)
        return rc;
    r->x->n_arms = list->n;
    r->x->arms = arena_alloc(r->x->arena, list->n * sizeof *r->x->arms);
    for (size_t i = 0; rc == 0 && i < list->n; i++)
        rc = read_arm(r, list->val[i], i);
    return rc;
}

/* ---- the rest of the file ---- */

static int read_choice(struct reader *r, const struct ynode *root, const char *key,
                       struct experiment_choice *out)
{
    const struct ynode *n = ynode_get(root, key);
    const size_t room = sizeof out->of / sizeof *out->of;
    if (!n)
        return 0;
    out->line = n->line;
    if (n->kind != YNODE_MAP) {
        out->n = 1;
        out->of[0].backend = "default";
        return copy_text(r, n, key, &out->of[0].value);
    }
    if (n->n > room)
        return fail(r, n, "too many backends");
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n->n; i++, out->n++) {
        out->of[i].backend = arena_strdup(r->x->arena, n->key[i]->text);
        rc = copy_text(r, n->val[i], key, &out->of[i].value);
    }
    return rc;
}

static int read_knobs(struct reader *r, const struct ynode *map, const char *section,
                      struct experiment *x)
{
    const char *names[32];
    int rc = ynode_expect(&r->t, map, section, YNODE_MAP, r->err);
    if (rc == 0)
        rc = ynode_check_keys(&r->t, map, section, names, knobs_names(section, names), r->err);
    return rc < 0 ? rc : knobs_read(&r->t, map, section, r->backend, x, r->err);
}

/* A section, or one for each backend: those of others are checked as well. */
static int read_section(struct reader *r, const struct ynode *root, const char *section)
{
    const struct ynode *map = ynode_get(root, section), *own;
    int rc = 0;
    if (!map)
        return 0;
    own = knobs_of_backend(map, r->backend);
    for (size_t i = 0; rc == 0 && own != map && i < map->n; i++) {
        struct experiment other = *r->x;
        if (!str_eq(map->key[i]->text, "default") && !model_known(map->key[i]->text))
            rc = err_input(r->err, "%s:%d: %s: there is no backend '%s'", r->t.path,
                           map->key[i]->line, section, map->key[i]->text);
        if (rc == 0)
            rc = read_knobs(r, map->val[i], section, &other);
    }
    return rc < 0 ? rc : read_knobs(r, own, section, r->x);
}

/* roles: {planner: {temperature: 0, max_tokens: 512}}: missing keys are as in `sampling`. */
static int read_role(struct reader *r, const struct ynode *key, const struct ynode *map,
                     struct role_sampling *out)
{
    const char *names[32];
    struct str known CLEANUP_STR = {0};
    role_list(&known);
    if (!role_exists(key->text))
        return err_input(r->err, "%s:%d: roles: there is no role '%s'; expected %s", r->t.path,
                         key->line, key->text, known.p);
    struct experiment of_role = *r->x;
    int rc = ynode_expect(&r->t, map, key->text, YNODE_MAP, r->err);
    if (rc == 0)
        rc = ynode_check_keys(&r->t, map, key->text, names, knobs_names("sampling", names), r->err);
    if (rc == 0)
        rc = knobs_read(&r->t, map, "sampling", r->backend, &of_role, r->err);
    *out = (struct role_sampling){arena_strdup(r->x->arena, key->text), of_role.sampling};
    return rc;
}

static int read_roles(struct reader *r, const struct ynode *root)
{
    const struct ynode *map = ynode_get(root, "roles");
    int rc = map ? ynode_expect(&r->t, map, "roles", YNODE_MAP, r->err) : 0;
    if (rc < 0 || !map)
        return rc;
    r->x->roles = arena_alloc(r->x->arena, map->n * sizeof *r->x->roles);
    for (; rc == 0 && r->x->n_roles < map->n; r->x->n_roles++) {
        size_t i = r->x->n_roles;
        rc = read_role(r, map->key[i], map->val[i], &r->x->roles[i]);
    }
    return rc;
}

static int read_root(struct reader *r)
{
    static const char *const keys[] = {"name", "question", "suite",    "prompts",   "weights",
                                       "seed", "samples",  "budget",   "sampling",  "roles",
                                       "arms", "primary",  "criteria", "curriculum"};
    const struct ynode *root = r->t.root;
    struct experiment *x = r->x;
    int rc = ynode_check_keys(&r->t, root, "experiment", keys, sizeof keys / sizeof *keys, r->err);
    if (rc == 0 && (!ynode_get(root, "name") || !ynode_get(root, "suite")))
        rc = fail(r, root, "an experiment needs a name and a suite");
    if (rc == 0)
        rc = copy_text(r, ynode_get(root, "name"), "name", &x->name);
    if (rc == 0 && (strchr(x->name, '/') || x->name[0] == '.' || !x->name[0]))
        rc = fail(r, ynode_get(root, "name"), "name: it names a directory: no '/', no leading dot");
    if (rc == 0)
        rc = copy_text(r, ynode_get(root, "question"), "question", &x->question);
    if (rc == 0)
        rc = copy_text(r, ynode_get(root, "weights"), "weights", &x->weights);
    if (rc == 0)
        rc = read_choice(r, root, "suite", &x->suite);
    if (rc == 0)
        rc = read_choice(r, root, "prompts", &x->prompts);
    if (rc == 0)
        rc = knobs_read(&r->t, root, "", r->backend, x, r->err);
    if (rc == 0)
        rc = read_section(r, root, "budget");
    if (rc == 0)
        rc = read_section(r, root, "sampling");
    if (rc == 0)
        rc = read_roles(r, root);
    if (rc == 0)
        rc = read_arms(r, root);
    if (rc == 0)
        rc = criteria_read(&r->t, root, x, r->err);
    const struct ynode *curriculum = ynode_get(root, "curriculum");
    return rc < 0 || !curriculum ? rc : curriculum_read(&r->t, curriculum, x, r->err);
}

/* Takes ownership of r->t. */
static int load_tree(struct reader *r, const char *path, struct experiment *out)
{
    r->x->arena = arena_new();
    r->x->path = arena_strdup(r->x->arena, path);
    int rc = read_root(r);
    ytree_free(&r->t);
    if (rc < 0)
        arena_free(r->x->arena);
    else
        *out = *r->x;
    return rc;
}

int experiment_load(const char *path, const char *backend, struct experiment *out, struct err *err)
{
    struct experiment x = defaults;
    struct reader r = {.x = &x, .backend = backend, .err = err};
    int rc = ytree_load_file(path, &r.t, err);
    return rc < 0 ? rc : load_tree(&r, path, out);
}

int experiment_parse(const char *path, const char *text, size_t n, const char *backend,
                     struct experiment *out, struct err *err)
{
    struct experiment x = defaults;
    struct reader r = {.x = &x, .backend = backend, .err = err};
    int rc = ytree_load_text(path, text, n, &r.t, err);
    return rc < 0 ? rc : load_tree(&r, path, out);
}
