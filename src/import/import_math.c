/* Word problems with a number for an answer: GSM8K (Cobbe et al., "Training Verifiers to Solve Math
 * Word Problems", 2021), SVAMP (Patel et al., "Are NLP Models really able to Solve Simple Math Word
 * Problems?", 2021), and GSM-Hard, GSM8K with large numbers (Gao et al., "PAL", 2022). None names a
 * unit. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "import/import_row.h"
#include "suite/suite.h"
#include "tool/answer.h"

/* PAL's own comparison, of targets that are binary fractions with all their digits; relative where
 * they are below 1, or 0 would do for the smallest. */
static const double GSM_HARD_TOLERANCE = 1e-3;

const char *import_gsm8k_name(const json_t *row)
{
    (void)row;
    return "gsm8k";
}

const char *import_svamp_name(const json_t *row)
{
    (void)row;
    return "svamp";
}

const char *import_gsm_hard_name(const json_t *row)
{
    (void)row;
    return "gsm_hard";
}

/* Without white space around it. */
static const char *trimmed(const char *text, struct arena *arena)
{
    text += strspn(text, " \t\n");
    size_t n = strlen(text);
    while (n > 0 && strchr(" \t\n", text[n - 1]))
        n--;
    return arena_strndup(arena, text, n);
}

/* A number, or a text that is one. */
static int read_number(const struct import_row *row, const char *key, double *out, struct err *err)
{
    const json_t *j = json_object_get(row->json, key);
    const char *text = json_string_value(j);
    char *end = NULL;
    double value = text ? strtod(text, &end) : json_number_value(j);
    bool whole = text ? end > text && *end == '\0' : json_is_number(j);
    if (!j || !whole || !isfinite(value))
        return import_bad(err, key, j ? "not a number" : "missing", "a finite number");
    *out = value;
    return 0;
}

/* How many steps the solution takes: its calculator marks, "<<16-3-4=9>>", that compute something;
 * "<<8=8>>" only copies. 0 when it has none: 18 of the test split's solutions write equations. */
static int count_marks(const char *solution)
{
    int n = 0;
    for (const char *p = solution; (p = strstr(p, "<<")); p++) {
        const char *expression = p + 2;
        size_t len = strcspn(expression, "=>");
        size_t sign = strspn(expression, " -(");
        n += sign < len && strcspn(expression + sign, "+-*/") < len - sign;
    }
    return n;
}

int import_gsm8k(const struct import_row *row, struct task *t, struct err *err)
{
    const char *solution = NULL;
    int rc = import_text(row, "question", &t->prompt, err);
    if (rc == 0)
        rc = import_text(row, "answer", &solution, err);
    if (rc < 0)
        return rc;
    struct answer_reading reading = {0};
    const char *mark = strstr(solution, "####");
    if (mark)
        answer_read(mark, &reading, row->arena);
    if (!reading.found)
        return import_bad(err, "answer", "no number behind '####'", "a solution that ends in one");
    t->id = arena_printf(row->arena, "gsm8k/%zu", row->number);
    t->prompt = trimmed(t->prompt, row->arena);
    t->answer = reading.value;
    t->steps = count_marks(solution);
    return 0;
}

/* "( ( 7.0 - 3.0 ) * 2.0 )": the operators. -1 when it is anything else. */
static int count_operators(const char *equation)
{
    int n = 0;
    if (equation[strspn(equation, "0123456789.+-*/() ")])
        return -1;
    for (const char *p = equation; *p; p++)
        n += strchr("+-*/", *p) && p[1] == ' ';
    return n;
}

/* The body may lack its full stop, or end in the first half of the question: "If there are 2
 * groups" + "How big is each group?" */
static const char *join_question(const char *body, const char *question, struct arena *arena)
{
    body = trimmed(body, arena);
    bool ended = strchr(".?!,;:", body[strlen(body) - 1]);
    return arena_printf(arena, "%s%s %s", body, ended ? "" : ",", trimmed(question, arena));
}

int import_svamp(const struct import_row *row, struct task *t, struct err *err)
{
    const char *id = NULL, *body = NULL, *question = NULL, *equation = NULL;
    int rc = import_text(row, "ID", &id, err);
    if (rc == 0)
        rc = import_text(row, "Body", &body, err);
    if (rc == 0)
        rc = import_text(row, "Question", &question, err);
    if (rc == 0)
        rc = import_text(row, "Equation", &equation, err);
    if (rc == 0)
        rc = import_optional_text(row, "Type", &t->group, err);
    if (rc == 0)
        rc = read_number(row, "Answer", &t->answer, err);
    if (rc < 0)
        return rc;
    int steps = count_operators(equation);
    if (steps < 0)
        return import_bad(err, "Equation", equation, "numbers, operators and brackets");
    if (str_eq(t->group, "Common-Divison"))
        t->group = "Common-Division"; /* chal-967 alone is written so */
    t->id = arena_printf(row->arena, "SVAMP/%s", id);
    t->prompt = join_question(body, question, row->arena);
    t->steps = steps;
    t->reference = arena_printf(row->arena, "print(%s)\n", trimmed(equation, row->arena));
    return 0;
}

int import_gsm_hard(const struct import_row *row, struct task *t, struct err *err)
{
    const char *code = NULL;
    int rc = import_text(row, "input", &t->prompt, err);
    if (rc == 0)
        rc = import_text(row, "code", &code, err);
    if (rc == 0)
        rc = read_number(row, "target", &t->answer, err);
    if (rc < 0)
        return rc;
    if (!strstr(code, "def solution():"))
        return import_bad(err, "code", "no 'def solution():'", "PAL's form of a program");
    t->id = arena_printf(row->arena, "gsm_hard/%zu", row->number);
    t->prompt = trimmed(t->prompt, row->arena);
    t->reference =
        arena_printf(row->arena, "%sprint(solution())\n", import_source(code, row->arena));
    if (t->answer != rint(t->answer))
        t->tolerance = GSM_HARD_TOLERANCE * fmin(1, fabs(t->answer));
    return 0;
}
