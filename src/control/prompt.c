/* Prompt profiles: a directory of templates and a small profile.yaml. */
#include "control/prompt.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/entries.h"
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "base/ytree.h"
#include "control/echo.h"
#include "control/prompt_file.h"
#include "control/template.h"

static const char *const var_names[PROMPT_N_VARS] = {
    [PROMPT_TASK] = "task",
    [PROMPT_ENTRY_POINT] = "entry_point",
    [PROMPT_PUBLIC_TESTS] = "public_tests",
    [PROMPT_PLAN] = "plan",
    [PROMPT_SIGNATURE] = "signature",
    [PROMPT_CONSTRAINTS] = "constraints",
    [PROMPT_CANDIDATE] = "candidate",
    [PROMPT_FEEDBACK] = "feedback",
    [PROMPT_FINDINGS] = "findings",
    [PROMPT_PROBLEM] = "problem",
    [PROMPT_STEP] = "step",
    [PROMPT_NAMES] = "names",
    [PROMPT_SUBGOAL] = "subgoal",
    [PROMPT_VALUES] = "values",
    [PROMPT_ANSWER] = "answer",
    [PROMPT_OUTPUT] = "output",
};

struct prompt_set {
    char *name;
    struct prompt_file *files; /* [n], sorted by name */
    size_t n;
    char sha256[HASH_HEX];
    enum arm_tester tester;
    enum arm_coder coder;
    bool plan_json, dialogue, constrained;
};

void prompt_set_free(struct prompt_set *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n; i++)
        prompt_file_free(&p->files[i]);
    free(p->files);
    free(p->name);
    free(p);
}

/* *out stays when the key is absent. */
static int profile_word(const struct ytree *t, const char *key, const char *const *words, int *out,
                        struct err *err)
{
    const struct ynode *node = ynode_get(t->root, key);
    return node ? ynode_word(t, node, key, words, 2, out, err) : 0;
}

static int profile_switch(const struct ytree *t, const char *key, bool *out, struct err *err)
{
    const struct ynode *node = ynode_get(t->root, key);
    return node ? ynode_bool(t, node, key, out, err) : 0;
}

static int profile_load(struct prompt_set *p, const char *path, const struct prompt_source *f,
                        struct err *err)
{
    static const char *const keys[] = {"tester", "coder", "plan", "dialogue", "constrained"};
    static const char *const testers[] = {"write", "execute"},
                             *const coders[] = {"whole", "per_step"},
                             *const plans[] = {"lines", "json"};
    struct ytree t CLEANUP_YTREE = {0};
    int rc = ytree_load_text(path, f->bytes, f->n, &t, err);
    if (!rc)
        rc = ynode_expect(&t, t.root, "profile", YNODE_MAP, err);
    if (!rc)
        rc = ynode_check_keys(&t, t.root, "profile", keys, 5, err);
    int tester = 0, coder = 0, plan = 1;
    if (!rc)
        rc = profile_word(&t, "tester", testers, &tester, err);
    if (!rc)
        rc = profile_word(&t, "coder", coders, &coder, err);
    if (!rc)
        rc = profile_word(&t, "plan", plans, &plan, err);
    p->dialogue = true;
    if (!rc)
        rc = profile_switch(&t, "dialogue", &p->dialogue, err);
    if (!rc)
        rc = profile_switch(&t, "constrained", &p->constrained, err);
    if (!rc && p->constrained && !plan)
        rc = err_input(err,
                       "%s:%d: constrained: on needs 'plan: json'; numbered lines have no schema",
                       t.path, ynode_get(t.root, "constrained")->line);
    p->tester = tester ? ARM_TESTER_EXECUTE : ARM_TESTER_WRITE;
    p->coder = coder ? ARM_CODER_PER_STEP : ARM_CODER_WHOLE;
    p->plan_json = plan;
    return rc;
}

static int template_load(struct prompt_set *p, const char *path, const struct prompt_source *f,
                         struct err *err)
{
    p->files = xrealloc(p->files, (p->n + 1) * sizeof *p->files);
    return prompt_file_parse(path, f->bytes, f->n, var_names, PROMPT_N_VARS, &p->files[p->n++],
                             err);
}

/* ---- the files of a profile ---- */

static int is_profile_file(const struct dirent *d)
{
    return str_ends(d->d_name, ".txt") || strcmp(d->d_name, "profile.yaml") == 0;
}

void prompt_sources_free(struct prompt_sources *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free((char *)s->v[i].name);
        free((char *)s->v[i].bytes);
    }
    free(s->v);
    free(s->dir);
    *s = (struct prompt_sources){0};
}

void prompt_sources_add(struct prompt_sources *s, const char *name, char *bytes, size_t n)
{
    s->v = xrealloc(s->v, (s->n + 1) * sizeof *s->v);
    s->v[s->n++] = (struct prompt_source){xstrdup(name), bytes, n};
}

static int refuse_profile(const char *profile, struct err *err)
{
    struct entries shipped CLEANUP_ENTRIES = entries_of_data("prompts", "/profile.yaml");
    const char *near = entries_nearest(&shipped, profile);
    return near ? err_input(err, "there is no prompt profile '%s'; did you mean '%s'?", profile,
                            near)
                : err_input(err,
                            "prompt profile '%s' not found (a name under prompts/ or a directory "
                            "expected)",
                            profile);
}

int prompt_sources_read(const char *profile, struct prompt_sources *out, struct err *err)
{
    char *relative CLEANUP_FREE = xasprintf("prompts/%s", profile);
    struct prompt_sources s = {.dir = strchr(profile, '/') ? xstrdup(profile)
                                                           : file_find_data(relative)};
    struct dirent **entries = NULL;
    int n, rc = 0;
    if (!s.dir || !file_is_dir(s.dir)) {
        prompt_sources_free(&s);
        return refuse_profile(profile, err);
    }
    n = scandir(s.dir, &entries, is_profile_file, alphasort);
    for (int i = 0; i < n; i++) {
        char *path CLEANUP_FREE = file_join(s.dir, entries[i]->d_name), *bytes;
        size_t len;
        if (rc == 0)
            rc = file_read(path, 1 << 20, &bytes, &len, err);
        if (rc == 0)
            prompt_sources_add(&s, entries[i]->d_name, bytes, len);
        free(entries[i]);
    }
    free(entries);
    if (rc < 0)
        prompt_sources_free(&s);
    else
        *out = s;
    return rc;
}

static int prompt_set_fill(struct prompt_set *p, const struct prompt_sources *s, struct err *err)
{
    bool described = false;
    struct str all CLEANUP_STR = {0};
    int rc = 0;
    for (size_t i = 0; i < s->n && !rc; i++) {
        const struct prompt_source *f = &s->v[i];
        char *path CLEANUP_FREE = file_join(s->dir, f->name);
        str_addf(&all, "%s%c%zu%c", f->name, 0, f->n, 0);
        str_addn(&all, f->bytes, f->n);
        bool is_yaml = str_ends(path, ".yaml");
        described |= is_yaml;
        rc = is_yaml ? profile_load(p, path, f, err) : template_load(p, path, f, err);
    }
    if (!rc && !described)
        rc = err_input(err, "%s: not a prompt profile (profile.yaml expected there)", s->dir);
    hash_sha256_hex(str_text(&all), all.len, p->sha256);
    return rc;
}

int prompt_set_parse(const char *name, const struct prompt_sources *s, struct prompt_set **out,
                     struct err *err)
{
    struct prompt_set *p = xcalloc(1, sizeof *p);
    p->name = xstrdup(file_base(name));
    int rc = prompt_set_fill(p, s, err);
    if (rc)
        prompt_set_free(p);
    else
        *out = p;
    return rc;
}

int prompt_set_load(const char *profile, struct prompt_set **out, struct err *err)
{
    struct prompt_sources s = {0};
    int rc = prompt_sources_read(profile, &s, err);
    if (!rc)
        rc = prompt_set_parse(profile, &s, out, err);
    prompt_sources_free(&s);
    return rc;
}

static const struct prompt_file *prompt_find(const struct prompt_set *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->files[i].name, name) == 0)
            return &p->files[i];
    return NULL;
}

bool prompt_has(const struct prompt_set *p, const char *name)
{
    return prompt_find(p, name) != NULL;
}

static const char *rendered(const struct prompt_turn *turn, const struct prompt_vars *vars,
                            struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    template_render(turn->text, &(struct template_vars){var_names, vars->v, PROMPT_N_VARS}, &s);
    while (s.len > 0 && strchr(" \t\r\n", s.p[s.len - 1]))
        s.len--;
    return arena_strndup(arena, s.len ? s.p : "", s.len);
}

int prompt_render(const struct prompt_set *p, const char *name, const struct prompt_vars *vars,
                  struct prompt_text *out, struct arena *arena, struct err *err)
{
    const struct prompt_file *f = prompt_find(p, name);
    if (!f)
        return err_input(err, "prompt profile '%s' has no %s.txt, which this arm needs", p->name,
                         name);
    struct prompt_message *examples = arena_alloc(arena, f->n * sizeof *examples);
    *out = (struct prompt_text){.examples = examples};
    for (size_t i = 0; i + 1 < f->n; i++) {
        const char *text = rendered(&f->turns[i], vars, arena);
        if (f->turns[i].role == PROMPT_SYSTEM)
            out->system = text;
        else if (*text) /* one whose section is not shown leaves no message */
            examples[out->n_examples++] =
                (struct prompt_message){prompt_role_name(f->turns[i].role), text};
    }
    out->user = rendered(&f->turns[f->n - 1], vars, arena);
    return 0;
}

bool prompt_echoed(const struct prompt_set *p, const char *name, const struct prompt_vars *vars,
                   const char *text)
{
    const struct prompt_file *f = prompt_find(p, name);
    struct str own CLEANUP_STR = {0}, given CLEANUP_STR = {0};
    for (size_t i = 0; f && i < f->n; i++) {
        template_literal(f->turns[i].text, &own);
        str_addc(&own, TEMPLATE_GAP);
    }
    for (int i = 0; i < PROMPT_N_VARS; i++)
        if (vars->v[i])
            str_addf(&given, "%s%c", vars->v[i], TEMPLATE_GAP);
    return echo_is(text, str_text(&own), str_text(&given));
}

const char *prompt_set_name(const struct prompt_set *p)
{
    return p->name;
}

const char *prompt_set_sha256(const struct prompt_set *p)
{
    return p->sha256;
}

enum arm_tester prompt_set_tester(const struct prompt_set *p)
{
    return p->tester;
}

enum arm_coder prompt_set_coder(const struct prompt_set *p)
{
    return p->coder;
}

bool prompt_set_plan_json(const struct prompt_set *p)
{
    return p->plan_json;
}

bool prompt_set_dialogue(const struct prompt_set *p)
{
    return p->dialogue;
}

bool prompt_set_constrained(const struct prompt_set *p)
{
    return p->constrained;
}
