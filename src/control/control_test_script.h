/* What the tests of the controllers share: a model that answers each role from a list, and one
 * episode played with it. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "control/control.h"
#include "model/backend.h"

struct script {
    const char *role, *reply;
};

static const struct script *script; /* ends with a NULL role */
static int script_used[32];
static char asked[2048]; /* "role:temperature " of each call, in order */
static char last_prompt[8192];
static size_t last_n_messages;
static int fail_at; /* this call fails (1-based), 0 = none */
static int n_chats;

static int scripted_chat(void *ctx, const struct model_request *q, struct model_reply *r,
                         struct arena *arena, struct err *err)
{
    (void)ctx;
    (void)arena;
    if (++n_chats == fail_at) {
        r->attempt_log = "[{\"status\":503}]";
        r->attempts = 4;
        r->text = "def f";
        return err_env(err, "the server is down");
    }
    snprintf(asked + strlen(asked), sizeof asked - strlen(asked), "%s:%.1f ", q->role,
             q->sampling.temperature);
    snprintf(last_prompt, sizeof last_prompt, "%s", q->messages[q->n_messages - 1].content);
    last_n_messages = q->n_messages;
    for (int i = 0; script[i].role; i++) {
        if (script_used[i] || strcmp(script[i].role, q->role) != 0)
            continue;
        script_used[i] = 1;
        *r = (struct model_reply){.text = script[i].reply,
                                  .prompt_tokens = 10,
                                  .generated_tokens =
                                      20 < q->sampling.max_tokens ? 20 : q->sampling.max_tokens,
                                  .total_s = 1,
                                  .attempts = 2,
                                  .attempt_log = "[{\"status\":429},{\"status\":200}]",
                                  .label = "schema_invalid"};
        return 0;
    }
    return err_fault(err, "the script has no reply left for %s", q->role);
}

static void scripted_close(void *ctx)
{
    (void)ctx;
}

static const struct model_ops scripted = {
    .name = "scripted", .chat = scripted_chat, .close = scripted_close};

/* ---- one episode ---- */

struct played {
    struct store_episode row;
    struct arena *arena;
    int rc;
    struct err err;
};

static struct store *store;
static struct control_env env;
static const struct task *script_task; /* what is played */
static int sample_counter;             /* so that every episode is its own */

static struct played play(const struct arm *arm, int sample, const struct script *replies)
{
    struct played p = {.arena = arena_new()};
    script = replies;
    memset(script_used, 0, sizeof script_used);
    asked[0] = '\0';
    n_chats = 0;
    long long id = 0;
    assert_int_equal(store_episode_add(store, arm->name, script_task->id, sample, &id, &p.err), 0);
    assert_int_equal(store_episode_restart(env.store, id, &p.err), 0); /* as the runner does */
    p.rc = control_run(&env, arm, script_task, sample, id, &p.row, p.arena, &p.err);
    return p;
}

static char db[] = "/tmp/hrm-control-XXXXXX";

static void script_set_up(const char *profile)
{
    struct err e = {0};
    assert_non_null(mkdtemp(db));
    CLEANUP_FREE char *path = xasprintf("%s/run.db", db);
    assert_int_equal(store_open(path, STORE_WRITE, &store, &e), 0);
    struct prompt_set *prompts = NULL;
    assert_int_equal(prompt_set_load(profile, &prompts, &e), 0);
    env = (struct control_env){.model = model_from_ops(&scripted, NULL),
                               .prompts = prompts,
                               .store = store,
                               .sampling = {.temperature = 0.2, .top_p = 1, .max_tokens = 100},
                               .budget = {.max_iters = 3},
                               .seed = 1};
}

static int script_tear_down(void **state)
{
    (void)state;
    store_close(store);
    model_close(env.model);
    prompt_set_free((struct prompt_set *)env.prompts);
    CLEANUP_FREE char *command = xasprintf("rm -rf %s", db);
    return system(command);
}
