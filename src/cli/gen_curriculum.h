/* hrm gen curriculum: the training examples of the curriculum experiment for other trainers, and
 * its test problems. argv[0] is "hrm gen". */
#pragma once

int gen_curriculum(int argc, char **argv);
