/* See told.h. */
#include "report/told.h"
#include <stdlib.h>
#include "base/mem.h"

/* Bytes of a control character at s other than newline and tab: C0 and DEL take one, C1 (U+0080-9F)
 * two. */
static size_t control_at(const unsigned char *s)
{
    if ((*s < ' ' && *s != '\n' && *s != '\t') || *s == 0x7f)
        return 1;
    return *s == 0xc2 && s[1] >= 0x80 && s[1] <= 0x9f ? 2 : 0;
}

void told_text(struct str *out, const char *margin, const char *text)
{
    bool line_start = true;
    for (const unsigned char *s = (const unsigned char *)text; *s; s++) {
        if (line_start)
            str_add(out, margin);
        line_start = *s == '\n';
        size_t control = control_at(s);
        for (size_t i = 0; i < control; i++)
            str_addf(out, "\\x%02x", s[i]);
        if (control)
            s += control - 1;
        else
            str_addc(out, (char)*s);
    }
    if (!line_start)
        str_addc(out, '\n');
}

void told_block(struct str *out, const char *text)
{
    told_text(out, "    ", text);
}

void told_titled(struct str *out, const char *title, const char *text)
{
    if (!text || !*text)
        return;
    str_addf(out, "  %s:\n", title);
    told_block(out, text);
}

void told_tests(struct str *out, const struct transcript_tests *tests)
{
    str_addf(out, "  tests%s:\n",
             tests->one_process ? ", in one process with the program"
             : tests->disputed  ? ", isolated; disputed: the program passes "
                                  "them in one process"
                                : "");
    for (size_t i = 0; i < tests->n; i++) {
        struct str line CLEANUP_STR = {0};
        const struct transcript_test *t = &tests->v[i];
        const char *type = t->error_type, *message = t->message;
        str_addf(&line, "%-8s %s", *t->verdict ? t->verdict : "?", t->test ? t->test : "case");
        if (type || message)
            str_addf(&line, "\n         %s%s%s", type ? type : "", type && message ? ": " : "",
                     message ? message : "");
        told_block(out, str_text(&line));
    }
}

void told_outcome(struct str *out, const struct transcript_run *run)
{
    told_titled(out, "value", run->program.value);
    told_titled(out, "error_type", run->program.error_type);
    told_titled(out, "message", run->program.message);
    told_titled(out, "stdout", run->program.out);
    told_titled(out, "stderr", run->program.errout);
}

void told_add(struct told *t, struct str *text)
{
    t->text = xgrow(t->text, &t->cap, t->n + 1, sizeof *t->text);
    t->text[t->n++] = str_take(text);
}

void told_up_to(struct told *t, size_t end, struct str *out)
{
    for (; t->next < t->n && t->next < end; t->next++)
        str_add(out, t->text[t->next]);
}

void told_free(struct told *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->text[i]);
    free(t->text);
}
