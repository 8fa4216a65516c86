/* The tester's reply: asserts that call the entry point. */
#pragma once
#include "control/episode.h"

/* The first SELF_TESTS_MAX asserts in the reply that call the entry point and are neither public
 * already nor a repetition of one before, whatever their quotes and blanks. Whatever else stands in
 * the reply, the function itself for example, does not count. */
void self_tests_parse(const char *reply, const struct task *task, struct self_tests *out,
                      struct arena *arena);
