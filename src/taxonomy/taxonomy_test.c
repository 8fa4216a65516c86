/* The rules on prepared transcripts (tests/taxonomy/cases.jsonl), precedence pair by pair, and the
 * table against docs/taxonomy.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "suite/suite.h"
#include "control/arm.h"
#include "fixtures/manual.h"
#include "fixtures/transcript_json.h"
#include "taxonomy/taxonomy.h"

static const char cases_path[] = "tests/taxonomy/cases.jsonl";

static json_t *lines;       /* of cases.jsonl, comments left out */
static struct arena *arena; /* of the tests */

static int open_cases(void **state)
{
    (void)state;
    char *text CLEANUP_FREE = NULL;
    size_t n;
    struct err err = {0};
    if (file_read(cases_path, 0, &text, &n, &err) < 0)
        fail_msg("%s", err.msg);
    lines = json_array();
    arena = arena_new();
    int number = 0;
    for (char *p = text, *end; *p; p = end + (*end == '\n')) {
        end = strchrnul(p, '\n');
        number++;
        if (*p == '#' || end == p)
            continue;
        char *where CLEANUP_FREE = xasprintf("%s:%d", cases_path, number);
        json_t *line = json_parse(p, (size_t)(end - p), where, &err);
        if (!line)
            fail_msg("%s", err.msg);
        json_array_append_new(lines, line);
    }
    return 0;
}

static int close_cases(void **state)
{
    (void)state;
    json_decref(lines);
    arena_free(arena);
    return 0;
}

/* The line that defines the task or arm of that name. */
static const json_t *definition(const char *what, const char *name)
{
    const json_t *line;
    size_t i;
    json_array_foreach (lines, i, line) {
        if (!json_object_get(line, "case") && str_eq(json_get_str(line, what, NULL), name))
            return line;
    }
    fail_msg("%s: no %s '%s'", cases_path, what, name);
    return NULL;
}

static const char *const *texts(const json_t *list, size_t *n)
{
    *n = json_array_size(list);
    const char **out = arena_alloc(arena, *n * sizeof *out);
    for (size_t i = 0; i < *n; i++)
        out[i] = json_string_value(json_array_get(list, i));
    return out;
}

static struct task task_of(const char *name)
{
    const json_t *j = definition("task", name), *graph = json_object_get(j, "graph");
    struct task t = {.id = name,
                     .prompt = json_get_str(j, "prompt", ""),
                     .entry_point = json_get_str(j, "entry_point", NULL),
                     .reference = json_get_str(j, "reference", NULL),
                     .has_answer = json_object_get(j, "answer") != NULL,
                     .answer = json_get_num(j, "answer", 0),
                     .tolerance = SUITE_TOLERANCE,
                     .unit = json_get_str(j, "unit", NULL)};
    t.public_tests = texts(json_object_get(j, "public_tests"), &t.n_public);
    t.hidden_tests = texts(json_object_get(j, "hidden_tests"), &t.n_hidden);
    t.n_graph = json_array_size(graph);
    struct suite_node *nodes = arena_alloc(arena, t.n_graph * sizeof *nodes);
    for (size_t i = 0; i < t.n_graph; i++) {
        const json_t *node = json_array_get(graph, i);
        nodes[i] = (struct suite_node){json_get_str(node, "id", ""), json_get_str(node, "expr", ""),
                                       json_get_num(node, "value", NAN)};
    }
    t.graph = nodes;
    return t;
}

static struct taxonomy_tags tag(const json_t *episode, const struct task *task,
                                const struct taxonomy_arm *arm)
{
    struct transcript t;
    struct taxonomy_tags tags;
    transcript_from_json(episode, &t, arena);
    taxonomy_tag(&t, task, arm, &tags, arena);
    return tags;
}

static struct taxonomy_tags tags_of(const json_t *line)
{
    struct task task = task_of(json_get_str(line, "task", ""));
    struct arm played = arm_from_json(definition("arm", json_get_str(line, "arm", "")));
    struct taxonomy_arm arm = taxonomy_arm_of(&played);
    return tag(json_object_get(line, "episode"), &task, &arm);
}

/* ---- the prepared transcripts ---- */

static bool same(const char *name, const char *what, const char *got, const char *want)
{
    if (strcmp(got, want) == 0)
        return true;
    print_error("%s: %s '%s', expected '%s'\n", name, what, got, want);
    return false;
}

static void test_transcripts_are_tagged_exactly(void **state)
{
    (void)state;
    const json_t *line;
    size_t i, n = 0, wrong = 0;
    json_array_foreach (lines, i, line) {
        const char *name = json_get_str(line, "case", NULL);
        if (!name)
            continue;
        struct taxonomy_tags tags = tags_of(line);
        bool ok = same(name, "flags", tags.flags_text, json_get_str(line, "flags", "?"));
        ok &= same(name, "label", tags.label, json_get_str(line, "label", "?"));
        ok &= same(name, "not applicable", tags.inapplicable_text,
                   json_get_str(line, "na", tags.inapplicable_text));
        wrong += !ok;
        n++;
        assert_int_equal(tags.flags & tags.inapplicable, 0);
        for (int f = 0; f < N_TAXONOMY_FLAGS; f++) /* what holds can be shown, and only that */
            assert_int_equal(tags.why[f] != NULL, tags.flags >> f & 1);
    }
    assert_int_equal(wrong, 0);
    assert_true(n >= 60);
}

static taxonomy_set one(const char *code)
{
    int i = taxonomy_index(code);
    if (i < 0)
        fail_msg("there is no code '%s'", code);
    return (taxonomy_set)1 << i;
}

/* Every rule has a transcript that triggers it, a near miss to which it applies, and, where it can
 * mean nothing, a transcript for which it does not apply. */
static void test_every_rule_is_shown_and_nearly_missed(void **state)
{
    (void)state;
    taxonomy_set shown = 0, missed = 0, na = 0;
    const json_t *line;
    size_t i;
    json_array_foreach (lines, i, line) {
        const char *shows = json_get_str(line, "shows", NULL);
        const char *misses = json_get_str(line, "misses", NULL);
        if (!json_object_get(line, "case"))
            continue;
        struct taxonomy_tags tags = tags_of(line);
        if (json_object_get(line, "na") &&
            json_is_true(json_object_get(json_object_get(line, "episode"), "passed")))
            na |= tags.inapplicable;
        if (shows && !(tags.flags & one(shows)))
            fail_msg("'%s' does not show %s", json_get_str(line, "case", ""), shows);
        if (misses && (tags.flags & one(misses)))
            fail_msg("'%s' does not miss %s", json_get_str(line, "case", ""), misses);
        shown |= shows ? one(shows) : 0;
        missed |= misses && !(tags.inapplicable & one(misses)) ? one(misses) : 0;
    }
    assert_string_equal(taxonomy_text(TAXONOMY_ALL & ~shown, arena), "");
    assert_string_equal(taxonomy_text(TAXONOMY_ALL & ~missed, arena), "");
    assert_string_equal(taxonomy_text(TAXONOMY_ALL & ~na, arena), "I1 B1 B2 B3 B4 F1 V1 R1");
}

/* ---- precedence ---- */

static void test_precedence_pair_by_pair(void **state)
{
    (void)state;
    /* methods.md and flags.c; later groups yield to earlier ones, within a group the higher number
     * yields */
    static const char *const groups[] = {"I1 I2",       "B1 B2 B3 B4",
                                         "F1 F2 F3",    "T1 T2 T3 T4 T5 T6 T7 T8",
                                         "V1 V2 V6",    "S1 S2 S4 S5 S6",
                                         "P4 P5 P6",    "V3",
                                         "R1 R2 R3 R4", "S3",
                                         "P1 P2 P3",    "F4 F5 F6 V4 V5"};
    const char *codes[N_TAXONOMY_FLAGS];
    size_t n = 0;
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++)
        for (const char *p = groups[g]; *p; p += 2 + (p[2] == ' '))
            codes[n++] = arena_strndup(arena, p, 2);
    assert_int_equal(n, N_TAXONOMY_FLAGS);
    for (size_t a = 0; a < n; a++) {
        assert_string_equal(taxonomy_flags[taxonomy_ranked((int)a)].code, codes[a]);
        for (size_t b = a; b < n; b++)
            assert_int_equal(taxonomy_primary(one(codes[a]) | one(codes[b])),
                             taxonomy_index(codes[a]));
    }
    assert_int_equal(taxonomy_primary(0), -1);
    assert_string_equal(taxonomy_flags[taxonomy_primary(TAXONOMY_ALL)].code, "I1");
}

/* Codes that one kind of arm cannot have do not apply to the other; codes of failures alone hold in
 * no solved episode. */
static void test_who_can_have_a_code(void **state)
{
    (void)state;
    const json_t *line;
    size_t i;
    json_array_foreach (lines, i, line) {
        if (!json_object_get(line, "case"))
            continue;
        struct taxonomy_tags tags = tags_of(line);
        bool hierarchy = strncmp(json_get_str(line, "arm", ""), "hrm", 3) == 0;
        bool passed = json_is_true(json_object_get(json_object_get(line, "episode"), "passed"));
        for (int f = 0; f < N_TAXONOMY_FLAGS; f++) {
            const struct taxonomy_flag *flag = &taxonomy_flags[f];
            if (flag->who != BY_BOTH && (flag->who == BY_HIERARCHY) != hierarchy)
                assert_true(tags.inapplicable >> f & 1);
            if (flag->outcome == ONLY_WRONG && passed)
                assert_false(tags.flags >> f & 1);
        }
    }
    assert_string_equal(taxonomy_text(taxonomy_comparable() & (taxonomy_group_codes(GROUP_TOOL) |
                                                               taxonomy_group_codes(GROUP_SPEC)),
                                      arena),
                        "T1 T2 T3 T4 T5 T7 S4 S6");
}

static void test_sets_of_codes(void **state)
{
    (void)state;
    assert_string_equal(taxonomy_text(taxonomy_parse("R1 T3  nonsense S3 T3x"), arena), "T3 S3 R1");
    assert_int_equal(taxonomy_parse(""), 0);
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++)
        assert_int_equal(taxonomy_index(taxonomy_flags[i].code), i);
    assert_int_equal(taxonomy_index("T9"), -1);
    assert_int_equal(taxonomy_index("T0"), -1);
    assert_int_equal(taxonomy_index(""), -1);
    assert_string_equal(taxonomy_text(0, arena), "");
    struct taxonomy_label l = taxonomy_read_label("T7,F+S3");
    assert_string_equal(taxonomy_text(l.named, arena), "F1 F2 F3 F4 F5 F6 T7 S3");
    assert_string_equal(taxonomy_text(l.codes, arena), "T7 S3");
    assert_int_equal(l.groups, 1u << GROUP_TOOL | 1u << GROUP_FORMAT | 1u << GROUP_SPEC);
    assert_int_equal(l.first, GROUP_TOOL);
    assert_int_equal(l.first_code, taxonomy_index("T7"));
    assert_int_equal(taxonomy_read_label("S,T7").first_code, -1);
    static const char *const no_labels[] = {"-",   "",      "t",   "T9",  "T7,",
                                            ",T7", "T7,,S", "T71", "T7 S"};
    for (size_t i = 0; i < sizeof no_labels / sizeof *no_labels; i++) {
        l = taxonomy_read_label(no_labels[i]);
        assert_int_equal(l.first, -1);
        assert_int_equal(l.named | l.codes | l.groups, 0);
    }
    taxonomy_set all = 0;
    for (int g = 0; g < N_TAXONOMY_GROUPS; g++) {
        taxonomy_set set = taxonomy_group_codes((enum taxonomy_group)g);
        assert_true(set != 0 && (all & set) == 0);
        all |= set;
    }
    assert_true(all == TAXONOMY_ALL);
    assert_string_equal(taxonomy_text(taxonomy_parse(taxonomy_text(TAXONOMY_ALL, arena)), arena),
                        taxonomy_text(TAXONOMY_ALL, arena));
}

/* ---- the record may be anything ---- */

static void test_strange_transcripts(void **state)
{
    (void)state;
    static const char *const strange[] = {
        "{}", "{\"status\":\"done\",\"events\":[{}],\"tool_runs\":[{}],\"calls\":[{}]}",
        "{\"status\":\"done\",\"events\":[{\"kind\":\"submit\",\"calls\":-1}],\"calls\":7}",
        "{\"status\":\"done\",\"passed\":true,\"submission\":null,\"events\":[{\"kind\":\"plan\","
        "\"detail\":{\"steps\":[null,{\"deps\":3}]}},{\"kind\":\"subgoal\",\"detail\":[]}]}",
        "{\"status\":\"done\",\"submission\":\"31\",\"events\":[{\"kind\":\"verdict\"},"
        "{\"kind\":\"answer\",\"detail\":{\"finals\":[1,[]]}},{\"kind\":\"submit\"}]}"};
    static const char *const tasks[] = {"rle", "stdin", "pencils"};
    static const struct taxonomy_arm arms[] = {{true, true, true, true},
                                               {false, false, false, false}};
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++)
        for (size_t t = 0; t < 3; t++)
            for (size_t a = 0; a < 2; a++) {
                json_t *episode CLEANUP_JSON =
                    json_parse(strange[i], strlen(strange[i]), "strange", NULL);
                struct task task = task_of(tasks[t]);
                assert_non_null(episode);
                struct taxonomy_tags tags = tag(episode, &task, &arms[a]);
                assert_int_equal(tags.flags & tags.inapplicable, 0);
            }
}

static const char *const junk[] = {"null", "-3", "\"x = (\\\"\"", "[]", "{}", "true"};

/* Puts each piece of junk in the place of every value under `at`, one at a time, and tags. */
static size_t damage(json_t *at, const json_t *line)
{
    size_t n = 0, i;
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe(at, next, key, value)
    {
        n += damage(value, line);
        json_incref(value);
        for (size_t j = 0; j < sizeof junk / sizeof *junk; j++, n++) {
            json_object_set_new(at, key, json_loads(junk[j], JSON_DECODE_ANY, NULL));
            struct taxonomy_tags tags = tags_of(line);
            assert_int_equal(tags.flags & tags.inapplicable, 0);
        }
        json_object_set_new(at, key, value);
    }
    for (i = 0; i < json_array_size(at); i++)
        n += damage(json_array_get(at, i), line);
    return n;
}

static void test_damaged_transcripts(void **state)
{
    (void)state;
    const json_t *line;
    size_t i, n = 0;
    struct arena *outer = arena;
    json_array_foreach (lines, i, line) {
        if (!json_object_get(line, "case"))
            continue;
        struct taxonomy_tags before = tags_of(line);
        arena = arena_new();
        n += damage(json_object_get(line, "episode"), line);
        arena_free(arena);
        arena = outer;
        assert_string_equal(tags_of(line).flags_text, before.flags_text);
    }
    assert_true(n > 10000);
}

/* A failure has a name, whatever its transcript holds. */
static void test_no_failure_is_without_a_label(void **state)
{
    (void)state;
    static const struct {
        const char *submission, *stop;
    } rows[] = {{"x = 1", "stale"}, {"", "stale"}, {"", "budget:seconds"}};
    static const char *const verdicts[] = {"fail",   "error",        "cpu",   "timeout",
                                           "memory", "output_limit", "crash", "none"};
    struct task task = task_of("rle"), problem = task_of("pencils");
    struct taxonomy_arm arm = {.tool = true};
    for (size_t r = 0; r < 3; r++)
        for (size_t v = 0; v < 8; v++) {
            if (r == 0 && v == 7)
                continue; /* submitted, and not graded: that is no record */
            json_t *episode CLEANUP_JSON =
                json_pack("{s:s, s:b, s:s, s:s, s:s}", "status", "done", "passed", 0, "verdict",
                          verdicts[v], "submission", rows[r].submission, "stop", rows[r].stop);
            assert_true(*tag(episode, &task, &arm).label != '\0');
            assert_true(*tag(episode, &problem, &arm).label != '\0');
        }
}

/* ---- the manual ---- */

static char *manual_rows(void)
{
    struct str s = {0};
    static const char *const who[] = {
        [BY_BOTH] = "both", [BY_HIERARCHY] = "hierarchies", [BY_FLAT] = "flat"};
    str_add(&s, "| code | group | name | rule | applies to | arms | if solved |\n"
                "|:--|:--|:--|:--|:--|:--|:--|\n");
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++) {
        const struct taxonomy_flag *f = &taxonomy_flags[taxonomy_ranked(i)];
        str_addf(&s, "| %s | %s | %s | %s | %s | %s | %s |\n", f->code,
                 taxonomy_group_name(f->group), f->name, f->rule, f->scope, who[f->who],
                 f->outcome == ANY_OUTCOME ? "can hold" : "no");
    }
    return str_take(&s);
}

static void test_the_manual_has_this_table(void **state)
{
    (void)state;
    char *rows CLEANUP_FREE = manual_rows();
    check_manual_table("docs/taxonomy.md", "flags", rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transcripts_are_tagged_exactly),
        cmocka_unit_test(test_every_rule_is_shown_and_nearly_missed),
        cmocka_unit_test(test_precedence_pair_by_pair),
        cmocka_unit_test(test_who_can_have_a_code),
        cmocka_unit_test(test_sets_of_codes),
        cmocka_unit_test(test_strange_transcripts),
        cmocka_unit_test(test_damaged_transcripts),
        cmocka_unit_test(test_no_failure_is_without_a_label),
        cmocka_unit_test(test_the_manual_has_this_table),
    };
    return cmocka_run_group_tests(tests, open_cases, close_cases);
}
