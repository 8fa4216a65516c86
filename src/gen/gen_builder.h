/* Building a suite out of generated items, each of them different. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "suite/suite.h"

struct gen_builder {
    struct suite suite;
    uint64_t *seen; /* [n_slots] open addressing, 0 = free */
    size_t n_slots;
};

/* For at most n tasks; ended by gen_builder_finish. */
struct gen_builder gen_builder_start(const char *name, enum suite_domain domain, size_t n);
/* False if the key was there already. */
bool gen_builder_note(struct gen_builder *b, uint64_t key);
/* Hands the suite over, or frees it when rc is an error. Returns rc. */
int gen_builder_finish(struct gen_builder *b, int rc, struct suite *out);
/* The suite (freed) as YAML behind its first lines of comment. Caller frees. */
char *gen_builder_text(const char *header, struct suite *s);
