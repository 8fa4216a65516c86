/* The tester's reply: asserts that call the entry point. */
#pragma once
#include "control/episode.h"

/* The first SELF_TESTS_MAX one-line asserts in the reply that mention the entry point and are not
 * public already. */
void self_tests_parse(const char *reply, const struct task *task, struct self_tests *out,
                      struct arena *arena);
