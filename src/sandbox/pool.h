/* Slots of warm interpreters. A slot holds up to four boxes (candidate or checker, plain or
 * numeric), each started when first wanted; a caller owns a slot from pool_take to pool_give.
 * Thread-safe. */
#pragma once
#include <stdbool.h>
#include "sandbox/box.h"

struct err;
struct pool;
struct pool_slot;

/* slots <= 0: one per core. Starts one box, so that a machine that cannot have a sandbox says so
 * here. */
int pool_open(int slots, bool weak, struct pool **out, struct err *err);
void pool_close(struct pool *p); /* no slot may be taken; NULL is legal */
int pool_slots(const struct pool *p);
const struct box_hello *pool_hello(const struct pool *p); /* of the box started first */

struct pool_slot *pool_take(struct pool *p); /* blocks until one is free */
void pool_give(struct pool *p, struct pool_slot *s);
/* The slot's box of this kind, started if need be. Belongs to the slot. */
int pool_box(struct pool_slot *s, bool checker, bool numeric, struct box **out, struct err *err);
/* Ends the slot's boxes that are lost; pool_box starts new ones. */
void pool_drop(struct pool_slot *s, bool checker, bool numeric);
