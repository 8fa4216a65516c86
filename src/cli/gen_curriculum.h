/* hrm gen curriculum: the training examples of the curriculum experiment for other trainers, and
 * its test problems. argv[0] is "hrm gen curriculum". */
#pragma once
#include <argp.h>

int gen_curriculum(int argc, char **argv);
extern const struct argp gen_curriculum_argp;
