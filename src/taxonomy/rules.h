/* One function per flag, named after its code; a file per group. See transcript.h for what they
 * read. */
#pragma once
#include "taxonomy/transcript.h"

taxonomy_rule rule_i1, rule_i2;
taxonomy_rule rule_b1, rule_b2, rule_b3, rule_b4;
taxonomy_rule rule_f1, rule_f2, rule_f3;
taxonomy_rule rule_t1, rule_t2, rule_t3, rule_t4, rule_t5, rule_t6, rule_t7, rule_t8;
taxonomy_rule rule_s1, rule_s2, rule_s3, rule_s4, rule_s5, rule_s6;
taxonomy_rule rule_p1, rule_p2, rule_p3, rule_p4, rule_p5, rule_p6;
taxonomy_rule rule_v1, rule_v2, rule_v3, rule_v4, rule_v5, rule_v6;
taxonomy_rule rule_r1, rule_r2, rule_r3, rule_r4;

static inline enum flag_state flag_if(bool holds)
{
    return holds ? FLAG_YES : FLAG_NO;
}
