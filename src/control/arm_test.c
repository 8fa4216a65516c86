/* Switches of an arm: each position from the file into the manifest and back, and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/ytree.h"
#include "control/control.h"

/* The switches of `text`, "tester: off", read for an arm of this controller. */
static int read_arm(const char *controller, const char *text, struct arm *arm, struct err *err)
{
    struct ytree t;
    *arm = arm_initial();
    arm->name = "a";
    arm->controller = controller;
    assert_int_equal(ytree_load_text("arm.yaml", text, strlen(text), &t, err), 0);
    int rc = arm_read(&t, t.root, arm, err);
    ytree_free(&t);
    return rc;
}

/* One position, written as `value` in the file. */
static void check_position(const struct arm_switch *s, const char *value)
{
    char *text CLEANUP_FREE = xasprintf("%s: %s\n", s->name, value);
    struct arm arm, other = arm_initial();
    struct err err = {0};
    const char *owner = s->of_flat ? "flat" : "hrm", *stranger = s->of_flat ? "hrm" : "flat";
    if (read_arm(owner, text, &arm, &err) < 0)
        fail_msg("%s: %s", text, err.msg);
    bool moved = s->words || (strcmp(value, "true") == 0) != s->initial;
    json_t *o CLEANUP_JSON = arm_json(&arm);
    struct arm back = arm_from_json(o);
    for (size_t i = 0; i < n_arm_switches;
         i++) /* this switch has its value, the others their defaults */
        if (arm_has_moved(&arm, &arm_switches[i]) != (moved && &arm_switches[i] == s) ||
            arm_has_moved(&other, &arm_switches[i]))
            fail_msg("'%s' moves '%s'", text, arm_switches[i].name);
    json_t *again CLEANUP_JSON = arm_json(&back);
    assert_true(json_equal(o, again));
    /* in the other domain it is refused, if it means nothing there; on a flat arm likewise */
    for (int d = SUITE_CODE; d <= SUITE_MATH; d++) {
        bool fits = !moved || !s->of_domain || s->domain == (enum suite_domain)d;
        struct arm checked = arm; /* its strategy is filled in */
        assert_int_equal(control_check(&checked, (enum suite_domain)d, &err) == 0, fits);
    }
    assert_int_equal(read_arm(stranger, text, &arm, &err) == 0, !s->of_hierarchy && !s->of_flat);
}

static void every_position_comes_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_arm_switches; i++) {
        if (!arm_switches[i].words) {
            check_position(&arm_switches[i], "true");
            check_position(&arm_switches[i], "false");
        }
        for (size_t w = 1; w < arm_switches[i].n_words; w++)
            check_position(&arm_switches[i], arm_switches[i].in_file[w]);
    }
}

static void other_values_are_refused(void **state)
{
    (void)state;
    struct arm arm;
    struct err err = {0};
    assert_true(read_arm("hrm", "tester: write\n", &arm, &err) < 0);
    assert_non_null(strstr(err.msg, "arm.yaml:1: tester: expected true, false or execute, found"));
    assert_true(read_arm("hrm", "coder: yes\n", &arm, &err) < 0);
    assert_non_null(strstr(err.msg, "expected whole or per_step, found 'yes'"));
    assert_true(read_arm("hrm", "coder: []\n", &arm, &err) < 0);
    assert_true(read_arm("hrm", "planner: maybe\n", &arm, &err) < 0);
    assert_int_equal(read_arm("hrm", "tester: no\n", &arm, &err), 0);
    assert_int_equal(arm.tester, ARM_TESTER_OFF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_position_comes_back),
        cmocka_unit_test(other_values_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
