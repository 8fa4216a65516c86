/* A record in a folder of its own, and rows to put into it. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/store.h"

struct fixture {
    char dir[64];
    char *db;
    struct arena *arena;
    struct err err;
};

static inline int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);
    strcpy(f->dir, "/tmp/hrm-store-XXXXXX");
    if (!mkdtemp(f->dir))
        return -1;
    f->db = file_join(f->dir, "run.db");
    f->arena = arena_new();
    *state = f;
    return 0;
}

static inline int teardown(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = {"run.db", "run.db-wal", "run.db-shm", "run.db.lock"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *p CLEANUP_FREE = file_join(f->dir, names[i]);
        unlink(p);
    }
    int left = rmdir(f->dir); /* fails when something unexpected was left behind */
    free(f->db);
    arena_free(f->arena);
    free(f);
    return left;
}

static inline struct store *open_or_fail(struct fixture *f, enum store_mode mode)
{
    struct store *s = NULL;
    int rc = store_open(f->db, mode, &s, &f->err);
    if (rc < 0)
        fail_msg("%s", f->err.msg);
    return s;
}

static inline struct store_call a_call(const char *role, int index, const char *hash)
{
    return (struct store_call){
        .role = role,
        .index = index,
        .request_hash = hash,
        .request = "{\"messages\":[]}",
        .reply_text = "def f(x):\n    return 'ü'",
        .finish = "stop",
        .seed = 0xfedcba9876543210u,
        .prompt_tokens = 12,
        .generated_tokens = 34,
        .attempts = 2,
        .attempt_log = "[{\"error\":\"reset\"},{}]",
        .label = "thinking_ate_budget",
        .queue_s = .25,
        .first_token_s = .5,
        .total_s = 1.5,
    };
}

static inline struct store_episode a_row(enum store_status status)
{
    return (struct store_episode){
        .arm = "ignored", /* the key is the episode's id */
        .task = "ignored",
        .group = "seen_pairs",
        .steps = 2,
        .seed = UINT64_MAX,
        .status = status,
        .error = status == STORE_ERROR ? "server gone" : NULL,
        .passed = true,
        .verdict = "pass",
        .n_hidden = 4,
        .n_hidden_passed = 4,
        .public_passed = true,
        .stop = "public_pass",
        .submission = "def f(x): return x\n",
        .iterations = 2,
        .calls = 3,
        .tool_runs = 2,
        .prompt_tokens = 5000000000,
        .generated_tokens = 99,
        .seconds = 1.25,
        .solve_seconds = -1,
        .label = "T3",
        .flags = "T3 R1",
        .inapplicable = "P1 P2",
        .roles = "{}",
    };
}

struct collected {
    struct str text;
    int n;
};

static inline int collect_call(void *ctx, const struct store_call *call)
{
    struct collected *c = ctx;
    str_addf(&c->text, "%s%d:%s ", call->role, call->index, call->request_hash);
    c->n++;
    return 0;
}

static inline int count_tool(void *ctx, const struct store_tool_run *t)
{
    (void)t;
    ++*(int *)ctx;
    return 0;
}

static inline int count_event(void *ctx, const struct store_event *e)
{
    (void)e;
    ++*(int *)ctx;
    return 0;
}
