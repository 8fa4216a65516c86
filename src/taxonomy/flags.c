/* The flags of methods.md, said once: this table drives the tagger, 'hrm tag --list' and
 * docs/taxonomy.md (taxonomy_test.c holds the two against each other). */
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "taxonomy/rules.h"
#include "taxonomy/taxonomy.h"

const struct taxonomy_flag taxonomy_flags[N_TAXONOMY_FLAGS] = {
    {"I1", GROUP_INFRA, "server or sandbox error",
     "A fault of server, sandbox or harness ended the episode.", "every episode", rule_i1},
    {"I2", GROUP_INFRA, "reference fails",
     "The reference solution does not pass the hidden tests of its own task.",
     "tasks with a reference; looked at when the submission failed", rule_i2},
    {"B1", GROUP_BUDGET, "out of tokens",
     "A token cap was hit before anything stood to be submitted.", "every episode", rule_b1},
    {"B2", GROUP_BUDGET, "out of calls",
     "The cap on calls was hit before anything stood to be submitted.", "every episode", rule_b2},
    {"B3", GROUP_BUDGET, "out of tool runs",
     "The cap on tool runs or iterations was hit before anything stood to be submitted.",
     "every episode", rule_b3},
    {"B4", GROUP_BUDGET, "out of time",
     "The cap on seconds was hit before anything stood to be submitted.", "every episode", rule_b4},
    {"F1", GROUP_FORMAT, "no answer or code",
     "Nothing was submitted though no cap was hit, or the submitted program is no Python.",
     "every episode", rule_f1},
    {"F2", GROUP_FORMAT, "no plan after re-ask",
     "The reply held no plan, and that to the re-ask held none either.", "arms with a planner",
     rule_f2},
    {"F3", GROUP_FORMAT, "conflicting finals",
     "One reply has two final answers that differ, or two blocks that define the entry point "
     "differently.",
     "all but programs that read stdin", rule_f3},
    {"T1", GROUP_TOOL, "unknown tool", "A call named a tool that does not exist.",
     "math arms with the tool", rule_t1},
    {"T2", GROUP_TOOL, "bad argument",
     "A call had a wrong argument: its name, its type, or none at all.", "math arms with the tool",
     rule_t2},
    {"T3", GROUP_TOOL, "caller's error",
     "An execution ended in SyntaxError, NameError, a failed import, a banned operation, or out of "
     "time.",
     "arms with the tool", rule_t3},
    {"T4", GROUP_TOOL, "same call again",
     "A role made the same call again with no new plan, value, answer or verdict in between.",
     "math arms with the tool", rule_t4},
    {"T5", GROUP_TOOL, "empty output", "A program ended well, printed nothing and left no value.",
     "math arms with the tool", rule_t5},
    {"T6", GROUP_TOOL, "answer from nowhere",
     "Programs gave numbers, and the final answer is none of them, rounding allowed.",
     "math arms with the tool", rule_t6},
    {"T7", GROUP_TOOL, "prints a constant",
     "A program computes nothing: it names and prints literals.", "math arms with the tool",
     rule_t7},
    {"T8", GROUP_TOOL, "tool not used", "An answer was submitted and no program was run.",
     "math arms with the tool", rule_t8},
    {"S1", GROUP_SPEC, "entry point or arity",
     "A test of the submission found no entry point, or could not call it with its arguments.",
     "tasks with an entry point", rule_s1},
    {"S2", GROUP_SPEC, "return type",
     "A test of the submission failed on a value of another type than the expected one.",
     "tasks with an entry point", rule_s2},
    {"S3", GROUP_SPEC, "fails a shown test", "The submission fails a public test.",
     "code tasks with public tests, arms with the tool", rule_s3},
    {"S4", GROUP_SPEC, "banned import or I/O",
     "The submission (math: a program) imports or calls what reaches files, processes or the "
     "network.",
     "code tasks, and math arms with the tool", rule_s4},
    {"S5", GROUP_SPEC, "answer type, unit, range",
     "The wrong answer is no number, in another unit, a fraction or negative where it cannot be, "
     "or a "
     "thousandfold off.",
     "math tasks", rule_s5},
    {"S6", GROUP_SPEC, "invented given",
     "A plan has a given whose value is neither in the problem's numbers nor in its number words.",
     "math hierarchies with a planner", rule_s6},
    {"P1", GROUP_DRIFT, "step left out", "A step of the last plan was never carried out.",
     "plans carried out step by step", rule_p1},
    {"P2", GROUP_DRIFT, "step not in plan",
     "A step was carried out that is not in the plan in force.", "plans carried out step by step",
     rule_p2},
    {"P3", GROUP_DRIFT, "order broken", "A step was carried out before one that it depends on.",
     "plans carried out step by step", rule_p3},
    {"P4", GROUP_DRIFT, "plan repeats", "A new plan is word for word an earlier one.",
     "episodes with a plan", rule_p4},
    {"P5", GROUP_DRIFT, "value changed",
     "A step used another value for a subgoal than the recorded one.", "math episodes with a plan",
     rule_p5},
    {"P6", GROUP_DRIFT, "program repeats",
     "A candidate (math: a program for a subgoal or an answer) was executed that had been executed "
     "before.",
     "arms with the tool", rule_p6},
    {"V1", GROUP_VERIFICATION, "right one not submitted",
     "Another candidate or answer of the failed episode is right.", "every episode", rule_v1},
    {"V2", GROUP_VERIFICATION, "never executed", "The submitted program was never executed.",
     "code arms that execute candidates", rule_v2},
    {"V3", GROUP_VERIFICATION, "accepts wrong",
     "The verifier accepted the submission, which is wrong.", "submissions with a verdict",
     rule_v3},
    {"V4", GROUP_VERIFICATION, "rejects right",
     "The verifier rejected the submission, which is right.", "submissions with a verdict",
     rule_v4},
    {"V5", GROUP_VERIFICATION, "unsound self-test",
     "A self-written test fails on the reference solution.",
     "episodes with self-written tests and a reference", rule_v5},
    {"V6", GROUP_VERIFICATION, "accepts despite log",
     "The verifier accepted although a test or the program it rests on had failed.",
     "submissions with a verdict", rule_v6},
    {"R1", GROUP_REASONING, "wrong value",
     "A hidden test found a wrong value; math: the answer is wrong.", "every episode", rule_r1},
    {"R2", GROUP_REASONING, "exception",
     "A hidden test met an exception, a crash, or a memory or output limit.", "code tasks",
     rule_r2},
    {"R3", GROUP_REASONING, "out of time in test", "A hidden test ran out of time.", "code tasks",
     rule_r3},
    {"R4", GROUP_REASONING, "gold step missed",
     "The value of a gold step appears nowhere in programs' outputs, subgoals and replies.",
     "math tasks with gold steps", rule_r4},
};

static const char *const group_names[N_TAXONOMY_GROUPS] = {[GROUP_INFRA] = "infrastructure",
                                                           [GROUP_BUDGET] = "budget",
                                                           [GROUP_FORMAT] = "format",
                                                           [GROUP_TOOL] = "tool misuse",
                                                           [GROUP_SPEC] = "spec error",
                                                           [GROUP_DRIFT] = "plan drift",
                                                           [GROUP_VERIFICATION] =
                                                               "verification gap",
                                                           [GROUP_REASONING] = "reasoning"};

const char *taxonomy_group_name(enum taxonomy_group g)
{
    return group_names[g];
}

taxonomy_set taxonomy_group_codes(enum taxonomy_group g)
{
    taxonomy_set set = 0;
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++)
        if (taxonomy_flags[i].group == g)
            set |= (taxonomy_set)1 << i;
    return set;
}

/* Codes of a letter stand together and are numbered from 1. */
static int index_of(const char *word, size_t n)
{
    static const struct {
        char letter;
        int first, n;
    } letters[] = {{'I', 0, 2},  {'B', 2, 4},  {'F', 6, 3},  {'T', 9, 8},
                   {'S', 17, 6}, {'P', 23, 6}, {'V', 29, 6}, {'R', 35, 4}};
    for (size_t i = 0; n == 2 && i < sizeof letters / sizeof *letters; i++)
        if (word[0] == letters[i].letter && word[1] > '0' && word[1] <= '0' + letters[i].n)
            return letters[i].first + word[1] - '1';
    return -1;
}

int taxonomy_index(const char *code)
{
    return index_of(code, strlen(code));
}

taxonomy_set taxonomy_parse(const char *codes)
{
    taxonomy_set set = 0;
    for (const char *p = codes; *p;) {
        size_t n = strcspn(p, " ");
        int i = index_of(p, n);
        if (i >= 0)
            set |= (taxonomy_set)1 << i;
        p += n + strspn(p + n, " ");
    }
    return set;
}

const char *taxonomy_text(taxonomy_set set, struct arena *arena)
{
    CLEANUP_STR struct str s = {0};
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++)
        if (set >> i & 1)
            str_addf(&s, "%s%s", s.len ? " " : "", taxonomy_flags[i].code);
    return arena_strndup(arena, str_text(&s), s.len);
}
