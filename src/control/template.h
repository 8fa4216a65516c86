/* The template language of prompt files: {{name}}, {{#name}}...{{/name}}, {{^name}}...{{/name}};
 * see prompt.h. */
#pragma once
#include <stddef.h>
#include "base/err.h"
#include "base/str.h"

/* Names a template may use; values run beside them, NULL counts as empty. */
struct template_vars {
    const char *const *names;  /* [n] */
    const char *const *values; /* [n] */
    size_t n;
};

/* Are all tags known and all sections closed? `text` starts at this line (1-based) of the file.
 * ERR_INPUT "path:line: ...". */
int template_check(const char *path, int line, const char *text, const struct template_vars *vars,
                   struct err *err);
/* Renders a checked template onto out. */
void template_render(const char *text, const struct template_vars *vars, struct str *out);
/* What the template itself says, without its tags: a TEMPLATE_GAP stands for each. */
void template_literal(const char *text, struct str *out);
enum { TEMPLATE_GAP = '\1' };
