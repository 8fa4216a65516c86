/* Reading asserts out of the tester's reply. */
#include "control/selftests.h"

#include <ctype.h>
#include <string.h>

#include "tool/reply_text.h"

static bool wanted(const char *line, const struct task *task, const struct self_tests *have)
{
    if (!strstr(line, task->entry_point))
        return false;
    for (size_t i = 0; i < task->n_public; i++)
        if (strcmp(task->public_tests[i], line) == 0)
            return false;
    for (int i = 0; i < have->n; i++)
        if (strcmp(have->tests[i], line) == 0)
            return false;
    return true;
}

/* Behind the marks of lists, quotes and inline code before an assert: "1. `assert f(1) == 2`". */
static const char *behind_marks(const char *line)
{
    const char *p = line + strspn(line, " \t>-*+`.)0123456789");
    return strncmp(p, "assert ", 7) == 0 ? p : line;
}

void self_tests_parse(const char *reply, const struct task *task, struct self_tests *out,
                      struct arena *arena)
{
    *out = (struct self_tests){.tests = arena_alloc(arena, SELF_TESTS_MAX * sizeof *out->tests)};
    if (!task->entry_point)
        return;
    for (const char *p = reply_spoken(reply, arena); p && out->n < SELF_TESTS_MAX;
         p = strchr(p, '\n')) {
        p += strspn(p, " \t\n");
        const char *end = strchrnul(p, '\n');
        p = behind_marks(p);
        while (end > p && (isspace((unsigned char)end[-1]) || end[-1] == '`'))
            end--;
        const char *line = arena_strndup(arena, p, (size_t)(end - p));
        if (strncmp(line, "assert ", 7) == 0 && wanted(line, task, out))
            out->tests[out->n++] = line;
    }
}
