/* The tester of the code hierarchy: tests from the statement alone. */
#pragma once
#include "control/episode.h"

/* What tests candidates in this arm; the profile decides where the arm leaves it open. */
enum arm_tester code_tester_of(const struct episode *e);
/* Asks for tests where this arm and task have a tester that writes some (else *T stays), once more
 * when the reply holds none. They are also the episode's own (e->self). */
int code_tester_ask(struct episode *e, struct self_tests *T);
