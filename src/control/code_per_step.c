/* One call per planned step. */
#include "control/code_per_step.h"

#include <string.h>

#include "base/str.h"
#include "control/assigned.h"
#include "tool/extract.h"

/* "def f(a, b):" whatever the planner wrote: "f(a, b)", "def f(a, b) -> int:", nothing. */
static const char *header_line(const char *signature, const char *entry_point, struct arena *arena)
{
    const char *open = strchr(signature, '('), *close = strrchr(signature, ')');
    if (!open || !close || close < open)
        return arena_printf(arena, "def %s(x):", entry_point);
    return arena_printf(arena, "def %s%.*s:", entry_point, (int)(close - open) + 1, open);
}

static bool returns(const char *piece)
{
    return str_starts(piece, "return ") || strstr(piece, "\nreturn ") != NULL;
}

const char *per_step_assemble(const char *signature, const char *entry_point,
                              const char *const *pieces, size_t n, struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    const char *result = "x";
    str_addf(&s, "%s\n", header_line(signature, entry_point, arena));
    for (size_t i = 0; i < n; i++) {
        for (const char *p = pieces[i]; *p;) {
            size_t len = strcspn(p, "\n");
            str_addf(&s, "    %.*s\n", (int)len, p);
            p += len + (p[len] == '\n');
        }
        const char *name = assigned_last(pieces[i], arena);
        result = name ? name : result;
    }
    if (n == 0 || !returns(pieces[n - 1]))
        str_addf(&s, "    return %s\n", result);
    return arena_strndup(arena, s.p, s.len);
}

int per_step_code(struct episode *e, const struct code_plan *P, double warmer,
                  struct candidate **out)
{
    const char *entry_point = e->task->entry_point ? e->task->entry_point : "main";
    const char **pieces = arena_alloc(e->arena, P->n * sizeof *pieces);
    struct str names CLEANUP_STR = {0};
    str_add(&names, "the arguments");
    for (size_t i = 0; i < P->n; i++) {
        struct ask ask = {
            .role = "coder", .prompt = "coder_step", .vars = episode_vars(e), .warmer = warmer};
        ask.vars.v[PROMPT_STEP] = P->steps[i].desc;
        ask.vars.v[PROMPT_NAMES] = arena_strdup(e->arena, str_text(&names));
        ask.vars.v[PROMPT_SIGNATURE] = header_line(P->signature, entry_point, e->arena);
        struct model_reply reply;
        int rc = episode_ask(e, &ask, &reply);
        if (rc)
            return rc;
        pieces[i] = extract_code(reply.text, NULL, e->arena);
        rc = *pieces[i] ? 0 : episode_refuse_prose(e, "coder", false);
        if (rc)
            return rc;
        const char *name = assigned_last(pieces[i], e->arena);
        if (name)
            str_addf(&names, ", %s", name);
    }
    return episode_candidate(
        e, "coder", per_step_assemble(P->signature, entry_point, pieces, P->n, e->arena), out);
}
