/* See prompt_file.h. */
#include "control/prompt_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "control/template.h"

static const char *const role_names[] = {"system", "user", "assistant"};

const char *prompt_role_name(enum prompt_role role)
{
    return role_names[role];
}

void prompt_file_free(struct prompt_file *f)
{
    free(f->name);
    free(f->text);
    free(f->turns);
}

struct reading {
    const char *path;
    const struct template_vars *vars;
    struct prompt_file *f;
    int line;       /* of the file, 1-based */
    int turn_line;  /* where the open turn begins */
    size_t n_slots; /* of f->turns */
};

static void open_turn(struct reading *r, enum prompt_role role, const char *text)
{
    struct prompt_file *f = r->f;
    f->turns = xgrow(f->turns, &r->n_slots, f->n + 1, sizeof *f->turns);
    f->turns[f->n++] = (struct prompt_turn){role, text};
    r->turn_line = r->line + 1;
}

static int close_turn(struct reading *r, struct err *err)
{
    return template_check(r->path, r->turn_line, r->f->turns[r->f->n - 1].text, r->vars, err);
}

/* Is this line one between two turns? *word: what stands behind its "---", "" = nothing. */
static bool is_rule(const char *line, const char **word)
{
    if (strncmp(line, "---", 3) != 0 || (line[3] != '\0' && line[3] != ' '))
        return false;
    *word = line + 3 + (line[3] == ' ');
    return true;
}

/* The turn that the line `word` opens, whose text is `text`. */
static int next_turn(struct reading *r, const char *word, const char *text, struct err *err)
{
    struct prompt_turn *last = &r->f->turns[r->f->n - 1];
    bool first = r->f->n == 1, bare = *word == '\0';
    enum prompt_role role = bare || strcmp(word, "user") == 0 ? PROMPT_USER : PROMPT_ASSISTANT;
    if (role == PROMPT_ASSISTANT && strcmp(word, "assistant") != 0)
        return err_input(err, "%s:%d: unknown turn '--- %s'; expected user or assistant", r->path,
                         r->line, word);
    if (bare && !first)
        return err_input(err, "%s:%d: a second line '---'; expected '--- user' or '--- assistant'",
                         r->path, r->line);
    if (first && role == PROMPT_USER)
        last->role = PROMPT_SYSTEM;
    if (last->role == role)
        return err_input(err, "%s:%d: two turns of the %s in a row", r->path, r->line,
                         prompt_role_name(role));
    int rc = close_turn(r, err);
    if (!rc)
        open_turn(r, role, text);
    return rc;
}

static int read_turns(struct reading *r, struct err *err)
{
    open_turn(r, PROMPT_USER, r->f->text);
    r->turn_line = 1;
    int rc = 0;
    for (char *line = r->f->text, *next; line && !rc; line = next) {
        const char *word;
        char *end = strchr(line, '\n');
        next = end ? end + 1 : NULL;
        r->line++;
        if (end)
            *end = '\0';
        bool rule = is_rule(line, &word);
        if (rule)
            rc = next_turn(r, word, next ? next : "", err);
        if (rule)
            *line = '\0'; /* ends the text of the turn before */
        else if (end)
            *end = '\n';
    }
    if (!rc)
        rc = close_turn(r, err);
    if (!rc && r->f->turns[r->f->n - 1].role != PROMPT_USER)
        rc = err_input(err, "%s:%d: the last turn is the assistant's; expected the question",
                       r->path, r->turn_line - 1);
    return rc;
}

int prompt_file_parse(const char *path, const char *bytes, size_t n, const char *const *var_names,
                      size_t n_vars, struct prompt_file *out, struct err *err)
{
    const char *base = file_base(path);
    *out = (struct prompt_file){.name = xstrndup(base, strlen(base) - strlen(".txt")),
                                .text = xstrndup(bytes, n)};
    if (memchr(bytes, '\0', n))
        return err_input(err, "%s: a NUL byte; expected text", path);
    const char **unused CLEANUP_FREE = xcalloc(n_vars, sizeof *unused);
    struct template_vars vars = {var_names, unused, n_vars};
    struct reading r = {.path = path, .vars = &vars, .f = out};
    return read_turns(&r, err);
}
