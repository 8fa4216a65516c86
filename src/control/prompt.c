/* Prompt profiles: a directory of templates and a small profile.yaml. */
#include "control/prompt.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "base/ytree.h"
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
    [PROMPT_INVALID] = "invalid",
    [PROMPT_STEP] = "step",
    [PROMPT_NAMES] = "names",
    [PROMPT_SUBGOAL] = "subgoal",
    [PROMPT_VALUES] = "values",
    [PROMPT_ANSWER] = "answer",
    [PROMPT_OUTPUT] = "output",
};

struct prompt_file {
    char *name; /* "coder", without .txt */
    char *text;
    const char *user; /* in text, after "---"; text itself when there is no system part */
    bool has_system;
};

struct prompt_set {
    char *name;
    struct prompt_file *files; /* [n], sorted by name */
    size_t n;
    char sha256[HASH_HEX];
    enum arm_tester tester;
    enum arm_coder coder;
    bool plan_json, dialogue;
};

void prompt_set_free(struct prompt_set *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n; i++) {
        free(p->files[i].name);
        free(p->files[i].text);
    }
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

static int profile_load(struct prompt_set *p, const char *path, struct err *err)
{
    static const char *const keys[] = {"tester", "coder", "plan", "dialogue"};
    static const char *const testers[] = {"write", "execute"},
                             *const coders[] = {"whole", "per_step"},
                             *const plans[] = {"lines", "json"};
    struct ytree t CLEANUP_YTREE = {0};
    int rc = ytree_load_file(path, &t, err);
    if (!rc)
        rc = ynode_expect(&t, t.root, "profile", YNODE_MAP, err);
    if (!rc)
        rc = ynode_check_keys(&t, t.root, "profile", keys, 4, err);
    int tester = 0, coder = 0, plan = 1;
    const struct ynode *dialogue = ynode_get(t.root, "dialogue");
    if (!rc)
        rc = profile_word(&t, "tester", testers, &tester, err);
    if (!rc)
        rc = profile_word(&t, "coder", coders, &coder, err);
    if (!rc)
        rc = profile_word(&t, "plan", plans, &plan, err);
    p->dialogue = true;
    if (!rc && dialogue)
        rc = ynode_bool(&t, dialogue, "dialogue", &p->dialogue, err);
    p->tester = tester ? ARM_TESTER_EXECUTE : ARM_TESTER_WRITE;
    p->coder = coder ? ARM_CODER_PER_STEP : ARM_CODER_WHOLE;
    p->plan_json = plan;
    return rc;
}

static void strip_end(char *text)
{
    size_t n = strlen(text);
    while (n > 0 && strchr(" \t\r\n", text[n - 1]))
        text[--n] = '\0';
}

static int template_load(struct prompt_set *p, const char *path, struct err *err)
{
    char *text = NULL;
    size_t n;
    int rc = file_read(path, 1 << 20, &text, &n, err);
    if (rc)
        return rc;
    p->files = xrealloc(p->files, (p->n + 1) * sizeof *p->files);
    struct prompt_file *f = &p->files[p->n++];
    const char *base = file_base(path);
    *f = (struct prompt_file){.name = xstrndup(base, strlen(base) - 4), .text = text, .user = text};
    const char *unused[PROMPT_N_VARS] = {0};
    rc = template_check(path, text, &(struct template_vars){var_names, unused, PROMPT_N_VARS}, err);
    char *rule = strstr(text, "\n---\n");
    if (rule) {
        rule[1] = '\0';
        f->user = rule + 5;
        f->has_system = true;
    }
    return rc;
}

static int is_profile_file(const struct dirent *d)
{
    return str_ends(d->d_name, ".txt") || strcmp(d->d_name, "profile.yaml") == 0;
}

static int prompt_set_read(struct prompt_set *p, const char *dir, struct err *err)
{
    struct dirent **entries = NULL;
    int n = scandir(dir, &entries, is_profile_file, alphasort), rc = 0;
    bool described = false;
    struct str all CLEANUP_STR = {0};
    for (int i = 0; i < n && !rc; i++) {
        char *path CLEANUP_FREE = file_join(dir, entries[i]->d_name), *bytes CLEANUP_FREE = NULL;
        size_t len;
        rc = file_read(path, 1 << 20, &bytes, &len, err);
        if (rc)
            break;
        str_addf(&all, "%s%c%zu%c", entries[i]->d_name, 0, len, 0);
        str_addn(&all, bytes, len);
        bool is_yaml = str_ends(path, ".yaml");
        described |= is_yaml;
        rc = is_yaml ? profile_load(p, path, err) : template_load(p, path, err);
    }
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    if (!rc && !described)
        rc = err_input(err, "%s: not a prompt profile (profile.yaml expected there)", dir);
    hash_sha256_hex(str_text(&all), all.len, p->sha256);
    return rc;
}

int prompt_set_load(const char *profile, struct prompt_set **out, struct err *err)
{
    char *relative CLEANUP_FREE = xasprintf("prompts/%s", profile);
    char *found CLEANUP_FREE = strchr(profile, '/') ? xstrdup(profile) : file_find_data(relative);
    if (!found || !file_is_dir(found))
        return err_input(
            err, "prompt profile '%s' not found (a name under prompts/ or a directory expected)",
            profile);
    struct prompt_set *p = xcalloc(1, sizeof *p);
    p->name = xstrdup(file_base(profile));
    int rc = prompt_set_read(p, found, err);
    if (rc)
        prompt_set_free(p);
    else
        *out = p;
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

static const char *prompt_part(const char *text, const struct prompt_vars *vars,
                               struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    template_render(text, &(struct template_vars){var_names, vars->v, PROMPT_N_VARS}, &s);
    char *rendered = arena_strndup(arena, str_text(&s), s.len);
    strip_end(rendered);
    return rendered;
}

int prompt_render(const struct prompt_set *p, const char *name, const struct prompt_vars *vars,
                  struct prompt_text *out, struct arena *arena, struct err *err)
{
    const struct prompt_file *f = prompt_find(p, name);
    if (!f)
        return err_input(err, "prompt profile '%s' has no %s.txt, which this arm needs", p->name,
                         name);
    out->system = f->has_system ? prompt_part(f->text, vars, arena) : NULL;
    out->user = prompt_part(f->user, vars, arena);
    return 0;
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
