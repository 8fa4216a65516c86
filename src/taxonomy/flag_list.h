/* The failure flags (docs/taxonomy.md), one row each:
 *
 *   FLAG(code, rule, group, tier, which arms can have it, whether only a failed episode can have
 * it, name, sentence, scope)
 *
 * No "#pragma once": whoever includes this defines FLAG first, as what to make of a row. taxonomy.h
 * counts them, rules.h declares their rules, flags.c has the table.
 *
 * Codes of a letter stand together and are numbered from 1. */
FLAG(I1, rule_i1, GROUP_INFRA, TIER_INFRA, BY_BOTH, ONLY_WRONG, "server or sandbox error",
     "A fault of server, sandbox or harness ended the episode.", "every episode")
FLAG(I2, rule_i2, GROUP_INFRA, TIER_INFRA, BY_BOTH, ONLY_WRONG, "reference fails",
     "The reference solution does not pass the hidden tests of its own task.",
     "tasks with a reference; looked at when the submission failed")
FLAG(B1, rule_b1, GROUP_BUDGET, TIER_BUDGET, BY_BOTH, ONLY_WRONG, "out of tokens",
     "A token cap was hit before anything stood to be submitted.", "every episode")
FLAG(B2, rule_b2, GROUP_BUDGET, TIER_BUDGET, BY_BOTH, ONLY_WRONG, "out of calls",
     "The cap on calls was hit before anything stood to be submitted.", "every episode")
FLAG(B3, rule_b3, GROUP_BUDGET, TIER_BUDGET, BY_BOTH, ONLY_WRONG, "out of tool runs",
     "The cap on tool runs or iterations was hit before anything stood to be submitted.",
     "every episode")
FLAG(B4, rule_b4, GROUP_BUDGET, TIER_BUDGET, BY_BOTH, ONLY_WRONG, "out of time",
     "The cap on seconds was hit before anything stood to be submitted.", "every episode")
FLAG(F1, rule_f1, GROUP_FORMAT, TIER_FORMAT, BY_BOTH, ONLY_WRONG, "no answer or code",
     "Nothing was submitted though no cap was hit or all programs were prose, or the submission is "
     "no Python.",
     "every episode")
FLAG(F2, rule_f2, GROUP_FORMAT, TIER_FORMAT, BY_HIERARCHY, ANY_OUTCOME, "no plan after re-ask",
     "The reply held no plan, and that to the re-ask held none either.", "arms with a planner")
FLAG(F3, rule_f3, GROUP_FORMAT, TIER_FORMAT, BY_BOTH, ANY_OUTCOME, "conflicting finals",
     "One reply has two final answers that differ, or two blocks that define the entry point "
     "differently.",
     "all but programs that read stdin")
FLAG(F4, rule_f4, GROUP_FORMAT, TIER_ROLE, BY_HIERARCHY, ANY_OUTCOME, "plan refused",
     "The first reply held no plan as asked, or repeated the prompt's own form or example.",
     "arms with a planner")
FLAG(F5, rule_f5, GROUP_FORMAT, TIER_ROLE, BY_BOTH, ANY_OUTCOME, "no test written",
     "Tests were asked for, and no reply held one.",
     "episodes in which the model is to write tests")
FLAG(F6, rule_f6, GROUP_FORMAT, TIER_ROLE, BY_HIERARCHY, ANY_OUTCOME, "signature invented",
     "A plan has a signature that is not the task's, or one with a body behind it.",
     "code arms with a planner")
FLAG(T1, rule_t1, GROUP_TOOL, TIER_TOOL, BY_BOTH, ANY_OUTCOME, "unknown tool",
     "A call named a tool that does not exist.", "math arms with the tool")
FLAG(T2, rule_t2, GROUP_TOOL, TIER_TOOL, BY_BOTH, ANY_OUTCOME, "bad argument",
     "A call had a wrong argument: its name, its type, or none at all.", "math arms with the tool")
FLAG(T3, rule_t3, GROUP_TOOL, TIER_TOOL, BY_BOTH, ANY_OUTCOME, "caller's error",
     "A program failed by its own fault: SyntaxError, NameError, a failed import, a banned "
     "operation, EOFError; math: any exception.",
     "arms with the tool")
FLAG(T4, rule_t4, GROUP_TOOL, TIER_TOOL, BY_BOTH, ANY_OUTCOME, "same call again",
     "A role made the same call again with no new plan, value, answer or verdict in between.",
     "math arms with the tool")
FLAG(T5, rule_t5, GROUP_TOOL, TIER_TOOL, BY_BOTH, ANY_OUTCOME, "empty output",
     "A program ended well, printed nothing and left no value.", "math arms with the tool")
FLAG(T6, rule_t6, GROUP_TOOL, TIER_TOOL, BY_FLAT, ANY_OUTCOME, "answer from nowhere",
     "Programs gave numbers, and the final answer does not follow from them by rounding, a "
     "percentage, a sum or a difference.",
     "flat math arms with the tool")
FLAG(T7, rule_t7, GROUP_TOOL, TIER_TOOL, BY_BOTH, ANY_OUTCOME, "prints a constant",
     "A program computes nothing: it names and prints literals that no earlier program computed.",
     "math arms with the tool")
FLAG(T8, rule_t8, GROUP_TOOL, TIER_TOOL, BY_FLAT, ANY_OUTCOME, "tool not used",
     "An answer was submitted and no program was run.", "flat math arms with the tool")
FLAG(S1, rule_s1, GROUP_SPEC, TIER_SPEC, BY_BOTH, ONLY_WRONG, "entry point or arity",
     "A test of the submission found no entry point, or could not call it with its arguments.",
     "tasks with an entry point")
FLAG(S2, rule_s2, GROUP_SPEC, TIER_SPEC, BY_BOTH, ONLY_WRONG, "return type",
     "A test of the submission failed on a value of another type than the expected one.",
     "tasks with an entry point")
FLAG(S3, rule_s3, GROUP_SPEC, TIER_SHOWN, BY_BOTH, ONLY_WRONG, "fails a shown test",
     "The submission fails a public test.", "code tasks with public tests, arms with the tool")
FLAG(S4, rule_s4, GROUP_SPEC, TIER_SPEC, BY_BOTH, ANY_OUTCOME, "banned import or I/O",
     "The submission (math: a program) imports or calls what reaches files, processes or the "
     "network.",
     "code tasks, and math arms with the tool")
FLAG(S5, rule_s5, GROUP_SPEC, TIER_SPEC, BY_BOTH, ONLY_WRONG, "answer type, unit, range",
     "The wrong answer is no number, in another unit, a fraction where it cannot be, a "
     "thousandfold off, or the value of an earlier step.",
     "math tasks")
FLAG(S6, rule_s6, GROUP_SPEC, TIER_SPEC, BY_BOTH, ANY_OUTCOME, "invented given",
     "A given of a plan, or a number of a program, comes neither from the problem nor from an "
     "earlier result.",
     "math hierarchies with a planner, and math arms with the tool")
FLAG(P1, rule_p1, GROUP_DRIFT, TIER_CONTROLLER, BY_HIERARCHY, ANY_OUTCOME, "step left out",
     "A step of the last plan was never carried out.", "plans carried out step by step")
FLAG(P2, rule_p2, GROUP_DRIFT, TIER_CONTROLLER, BY_HIERARCHY, ANY_OUTCOME, "step not in plan",
     "A step was carried out that is not in the plan in force.", "plans carried out step by step")
FLAG(P3, rule_p3, GROUP_DRIFT, TIER_CONTROLLER, BY_HIERARCHY, ANY_OUTCOME, "order broken",
     "A step was carried out before one that it depends on.", "plans carried out step by step")
FLAG(P4, rule_p4, GROUP_DRIFT, TIER_DRIFT, BY_HIERARCHY, ANY_OUTCOME, "plan repeats",
     "A new plan is word for word an earlier one, and the planner was asked something else.",
     "episodes with a plan")
FLAG(P5, rule_p5, GROUP_DRIFT, TIER_DRIFT, BY_HIERARCHY, ANY_OUTCOME, "value changed",
     "The program of a step uses another value for a subgoal than the recorded one.",
     "math episodes with a plan")
FLAG(P6, rule_p6, GROUP_DRIFT, TIER_DRIFT, BY_BOTH, ANY_OUTCOME, "program repeats",
     "A candidate (math: a program for a subgoal or an answer) that had been executed before came "
     "again, in reply to another question.",
     "arms with the tool")
FLAG(V1, rule_v1, GROUP_VERIFICATION, TIER_THROWN_AWAY, BY_BOTH, ONLY_WRONG,
     "right one not submitted", "Another candidate or answer of the failed episode is right.",
     "every episode")
FLAG(V2, rule_v2, GROUP_VERIFICATION, TIER_THROWN_AWAY, BY_BOTH, ANY_OUTCOME, "never executed",
     "The submitted program was never executed.", "code arms that execute candidates")
FLAG(V3, rule_v3, GROUP_VERIFICATION, TIER_LET_PASS, BY_HIERARCHY, ONLY_WRONG, "accepts wrong",
     "The verifier accepted the submission, which is wrong.", "submissions with a verdict")
FLAG(V4, rule_v4, GROUP_VERIFICATION, TIER_ROLE, BY_HIERARCHY, ANY_OUTCOME, "rejects right",
     "The verifier rejected the submission, which is right.", "submissions with a verdict")
FLAG(V5, rule_v5, GROUP_VERIFICATION, TIER_ROLE, BY_BOTH, ANY_OUTCOME, "unsound self-test",
     "A self-written test fails on the reference solution.",
     "episodes with self-written tests and a reference")
FLAG(V6, rule_v6, GROUP_VERIFICATION, TIER_THROWN_AWAY, BY_HIERARCHY, ANY_OUTCOME,
     "accepts despite log",
     "The verifier accepted although a public test or the program it rests on had failed.",
     "submissions with a verdict")
FLAG(R1, rule_r1, GROUP_REASONING, TIER_REASONING, BY_BOTH, ONLY_WRONG, "wrong value",
     "A hidden test found a wrong value; math: the answer is wrong.", "every episode")
FLAG(R2, rule_r2, GROUP_REASONING, TIER_REASONING, BY_BOTH, ONLY_WRONG, "exception",
     "A hidden test met an exception, a crash, or a memory or output limit.", "code tasks")
FLAG(R3, rule_r3, GROUP_REASONING, TIER_REASONING, BY_BOTH, ONLY_WRONG, "out of time in test",
     "A hidden test ran out of time.", "code tasks")
FLAG(R4, rule_r4, GROUP_REASONING, TIER_REASONING, BY_BOTH, ONLY_WRONG, "gold step missed",
     "The value of a gold step appears nowhere in programs' outputs, subgoals and replies.",
     "math tasks with gold steps")
#undef FLAG
