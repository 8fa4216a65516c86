/* See arm.h. */
#include "control/arm.h"
#include <string.h>
#include "base/err.h"
#include "base/str.h"
#include "base/ytree.h"

/* As the manifest has them, then as the file has them. */
static const char *const testers[][4] = {{[ARM_TESTER_PROFILE] = "profile",
                                          [ARM_TESTER_WRITE] = "write",
                                          [ARM_TESTER_OFF] = "off",
                                          [ARM_TESTER_EXECUTE] = "execute"},
                                         {NULL, "true", "false", "execute"}};
static const char *const coders[][3] = {{[ARM_CODER_PROFILE] = "profile",
                                         [ARM_CODER_WHOLE] = "whole",
                                         [ARM_CODER_PER_STEP] = "per_step"},
                                        {NULL, "whole", "per_step"}};

#define BOOL(member, initially) .offset = offsetof(struct arm, member), .initial = (initially)
#define WORD(member, list)                                                                         \
    .offset = offsetof(struct arm, member), .words = (list)[0], .in_file = (list)[1],              \
    .n_words = sizeof *(list) / sizeof **(list)
#define ONLY(of) .of_domain = true, .domain = (of)

const struct arm_switch arm_switches[] = {
    {"tool", "Python may be executed before the grading", BOOL(tool, true)},
    {"planner", "hrm: one role plans (math: the supervisor)", BOOL(planner, true),
     .of_hierarchy = true},
    {"verifier", "hrm, math: one role checks the answer by its own program", BOOL(verifier, true),
     .of_hierarchy = true, ONLY(SUITE_MATH)},
    {"tester", "hrm, code: writes tests; execute: the public ones only", WORD(tester, testers),
     .of_hierarchy = true, ONLY(SUITE_CODE)},
    {"coder", "hrm, code: the first program in one call, or step by step", WORD(coder, coders),
     .of_hierarchy = true, ONLY(SUITE_CODE)},
    {"reviewer", "hrm, code: one role says what is wrong with a program before it is repaired",
     BOOL(reviewer, false), .of_hierarchy = true, ONLY(SUITE_CODE)},
    {"as_needed", "hrm: a flat try first, the roles only when it fails", BOOL(as_needed, false),
     .of_hierarchy = true},
    {"self_tests", "flat, code: writes tests first, which rank its programs",
     BOOL(self_tests, false), .of_flat = true, ONLY(SUITE_CODE)},
};
const size_t n_arm_switches = sizeof arm_switches / sizeof *arm_switches;

static bool *flag_at(struct arm *arm, const struct arm_switch *s)
{
    return (bool *)((char *)arm + s->offset);
}

static unsigned *word_at(struct arm *arm, const struct arm_switch *s)
{
    return (unsigned *)((char *)arm + s->offset);
}

struct arm arm_initial(void)
{
    struct arm arm = {0};
    for (size_t i = 0; i < n_arm_switches; i++)
        if (!arm_switches[i].words)
            *flag_at(&arm, &arm_switches[i]) = arm_switches[i].initial;
    return arm;
}

bool arm_is_flat(const struct arm *arm)
{
    return str_eq(arm->controller, "flat");
}

bool arm_has_moved(const struct arm *arm, const struct arm_switch *s)
{
    struct arm copy = *arm;
    return s->words ? *word_at(&copy, s) != 0 : *flag_at(&copy, s) != s->initial;
}

void arm_switch_values(const struct arm_switch *s, struct str *out)
{
    static const char *const either[] = {"true", "false"};
    str_add_choice(out, s->words ? s->in_file + 1 : either, s->words ? s->n_words - 1 : 2);
}

/* ---- experiment.yaml ---- */

static int read_word(const struct ytree *t, const struct ynode *n, const struct arm_switch *s,
                     unsigned *out, struct err *err)
{
    const char *text = NULL, *found;
    bool on;
    int rc = ynode_string(t, n, s->name, &text, err);
    if (rc < 0)
        return rc;
    found = ynode_bool(t, n, s->name, &on, NULL) < 0 ? text : on ? "true" : "false";
    for (unsigned i = 1; i < s->n_words; i++)
        if (str_eq(s->in_file[i], found)) {
            *out = i;
            return 0;
        }
    struct str list CLEANUP_STR = {0};
    arm_switch_values(s, &list);
    return err_input(err, "%s:%d: %s: expected %s, found '%s'", t->path, n->line, s->name,
                     str_text(&list), text);
}

int arm_read(const struct ytree *t, const struct ynode *map, struct arm *arm, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n_arm_switches; i++) {
        const struct arm_switch *s = &arm_switches[i];
        const struct ynode *n = ynode_get(map, s->name);
        if (n && s->of_hierarchy && arm_is_flat(arm))
            return err_input(err, "%s:%d: %s: flat arms have none", t->path, n->line, s->name);
        if (n && s->of_flat && !arm_is_flat(arm))
            return err_input(err, "%s:%d: %s: only flat arms have it", t->path, n->line, s->name);
        if (n)
            rc = s->words ? read_word(t, n, s, word_at(arm, s), err)
                          : ynode_bool(t, n, s->name, flag_at(arm, s), err);
    }
    return rc;
}

/* ---- the manifest ---- */

json_t *arm_json(const struct arm *arm)
{
    struct arm copy = *arm;
    bool flat = arm_is_flat(arm);
    json_t *o = json_pack("{s:s, s:s}", "name", arm->name, "controller", arm->controller);
    for (size_t i = 0; i < n_arm_switches; i++) {
        const struct arm_switch *s = &arm_switches[i];
        if (flat ? s->of_hierarchy : s->of_flat)
            continue;
        json_object_set_new(o, s->name,
                            s->words ? json_string(s->words[*word_at(&copy, s)])
                                     : json_boolean(*flag_at(&copy, s)));
    }
    if (flat)
        json_object_set_new(o, "strategy",
                            arm->strategy ? json_string(arm->strategy) : json_null());
    return o;
}

void arm_json_as_file(json_t *o)
{
    for (size_t i = 0; i < n_arm_switches; i++) {
        const struct arm_switch *s = &arm_switches[i];
        const char *word = json_get_str(o, s->name, NULL);
        for (unsigned w = 0; word && w < s->n_words; w++) {
            if (!str_eq(s->words[w], word))
                continue;
            if (s->in_file[w])
                json_object_set_new(o, s->name, json_string(s->in_file[w]));
            else
                json_object_del(o, s->name);
            break;
        }
    }
}

struct arm arm_from_json(const json_t *o)
{
    struct arm arm = arm_initial();
    arm.name = json_get_str(o, "name", "");
    arm.controller = json_get_str(o, "controller", "");
    arm.strategy = json_get_str(o, "strategy", NULL);
    for (size_t i = 0; i < n_arm_switches; i++) {
        const struct arm_switch *s = &arm_switches[i];
        if (!s->words)
            *flag_at(&arm, s) = json_get_bool(o, s->name, s->initial);
        for (unsigned w = 0; w < s->n_words; w++)
            if (str_eq(s->words[w], json_get_str(o, s->name, NULL)))
                *word_at(&arm, s) = w;
    }
    return arm;
}
