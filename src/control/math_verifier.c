/* See math_verifier.h. */
#include "control/math_verifier.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "control/math_program.h"
#include "control/math_value.h"
#include "control/pace.h"
#include "tool/reply_scan.h"
#include "tool/reply_text.h"

static const char judge_schema[] =
    "{\"type\":\"object\",\"required\":[\"verdict\",\"subgoal\"],\"properties\":{"
    "\"verdict\":{\"enum\":[\"pass\",\"fail\"]},\"subgoal\":{\"type\":[\"string\",\"null\"]}}}";

struct verifying {
    const struct math_work *w;
    const char *program, *error; /* its own last program; what was wrong with it */
    struct math_check *out;
    struct repeats repeats; /* of its programs that failed */
};

bool math_verifies(const struct episode *e)
{
    return e->arm->verifier && (e->arm->tool || prompt_has(e->env->prompts, "verifier_notool"));
}

/* What its program comes to. One that comes again keeps what was wrong with the one before. */
static int run_own(struct verifying *v, const struct ask *ask, const char *reply, bool again)
{
    struct math_outcome out;
    int rc = math_program_run(v->w->e,
                              &(struct math_program){.ask = ask,
                                                     .purpose = "verify",
                                                     .type = v->w->P.type,
                                                     .again = again,
                                                     .repeats = &v->repeats},
                              reply, &out);
    v->program = out.program;
    v->out->computed = out.value;
    if (!out.repeated)
        v->error = out.error;
    return rc;
}

/* The answer that it states. */
static int read_own(struct verifying *v, const struct ask *ask, const char *reply, bool again)
{
    struct episode *e = v->w->e;
    bool echo;
    int rc = episode_refuse_echo(e, ask, "answer", reply, again, &echo);
    if (echo)
        v->error = MATH_ECHO;
    else
        v->out->computed = math_stated(reply, v->w->P.type, &v->error, e->arena);
    return rc;
}

/* Its own answer, from the problem alone. Where its program fails, it is told so and tries again.
 */
static int compute(struct verifying *v)
{
    struct episode *e = v->w->e;
    struct ask ask = {.role = "verifier",
                      .prompt = e->arm->tool ? "verifier" : "verifier_notool",
                      .vars = episode_vars(e)};
    const struct repeats *r = &v->repeats;
    int rc = 0;
    for (int t = 0; !rc && t < VERIFIER_TRIES && !v->out->computed && !r->over; t += r->n == 0) {
        struct model_reply reply;
        ask.warmer = v->w->warmer + r->warmer + math_warmer(e, t);
        ask.vars.v[PROMPT_CANDIDATE] = r->afresh ? NULL : v->program;
        ask.vars.v[PROMPT_FEEDBACK] = r->afresh ? NULL : v->error;
        rc = episode_ask(e, &ask, &reply);
        if (!rc && e->arm->tool)
            rc = run_own(v, &ask, reply.text, t + 1 < VERIFIER_TRIES);
        else if (!rc)
            rc = read_own(v, &ask, reply.text, t + 1 < VERIFIER_TRIES);
    }
    return rc;
}

static void set_verdict(struct verifying *v, const char *verdict, const char *id)
{
    v->out->verdict = strncasecmp(verdict, "pass", 4) == 0 ? MATH_PASS : MATH_FAIL;
    id += *id == '#';
    if (v->out->verdict == MATH_FAIL)
        v->out->suspect = math_plan_find(&v->w->P, id, strcspn(id, " \t\r.,;`*"));
}

static bool take_json(void *ctx, const json_t *root)
{
    const char *verdict = json_get_str(root, "verdict", NULL);
    const json_t *subgoal = json_object_get(root, "subgoal");
    if (!verdict)
        return false;
    char *number CLEANUP_FREE = json_is_integer(subgoal) ? json_text(subgoal) : NULL;
    set_verdict(ctx, verdict,
                json_is_string(subgoal) ? json_string_value(subgoal)
                : number                ? number
                                        : "");
    return true;
}

/* What stands behind the last "NAME:" that opens a line; "" = there is none. */
static const char *behind_name(const char *reply, const char *name, struct arena *arena)
{
    const char *found = "";
    size_t n = strlen(name);
    for (const char *line = reply; line;) {
        const char *p = line + strspn(line, " \t*#>`"), *end = strchrnul(line, '\n');
        if (strncasecmp(p, name, n) == 0 && p[n + strspn(p + n, "*")] == ':') {
            p += n + strspn(p + n, "*: \t`");
            found = arena_strndup(arena, p, strcspn(p, "\n"));
        }
        line = *end ? end + 1 : NULL;
    }
    return found;
}

/* A JSON object, or lines "VERDICT: fail" and "SUBGOAL: s2". */
static void read_judgement(struct verifying *v, const char *reply)
{
    struct arena *arena = v->w->e->arena;
    bool alone;
    reply = reply_spoken(reply, arena);
    if (reply_find_json(reply, take_json, v, &alone))
        return;
    const char *verdict = behind_name(reply, "verdict", arena);
    if (strncasecmp(verdict, "pass", 4) == 0 || strncasecmp(verdict, "fail", 4) == 0)
        set_verdict(v, verdict, behind_name(reply, "subgoal", arena));
}

/* The verifier sees both values. If its reply cannot be read, the values stay different. */
static int judge(struct verifying *v, const char *answer)
{
    const struct math_work *w = v->w;
    struct ask ask = {.role = "verifier",
                      .prompt = "verifier_judge",
                      .vars = episode_vars(w->e),
                      .json_schema =
                          prompt_set_constrained(w->e->env->prompts) ? judge_schema : NULL};
    ask.vars.v[PROMPT_PLAN] = w->P.text;
    ask.vars.v[PROMPT_VALUES] = math_values_text(w);
    ask.vars.v[PROMPT_ANSWER] = answer;
    ask.vars.v[PROMPT_OUTPUT] = v->out->computed;
    ask.vars.v[PROMPT_CANDIDATE] = v->program; /* its own */
    struct model_reply reply;
    int rc = episode_ask(w->e, &ask, &reply);
    if (!rc)
        read_judgement(v, reply.text);
    return rc;
}

static int log_verdict(const struct verifying *v, const char *answer)
{
    static const char *const names[] = {"pass", "fail", "unknown"};
    const struct math_check *c = v->out;
    const char *suspect = c->suspect < v->w->P.n ? v->w->P.subgoals[c->suspect].id : NULL;
    return episode_log(v->w->e, "verifier", NULL,
                       &(struct transcript_event){.kind = EVENT_VERDICT,
                                                  .verdict = {.verdict = names[c->verdict],
                                                              .answer = answer,
                                                              .computed = c->computed,
                                                              .subgoal = suspect,
                                                              .log_failed = !c->computed}});
}

int math_verify(const struct math_work *w, const char *answer, bool may_judge,
                struct math_check *out)
{
    struct verifying v = {.w = w, .out = out};
    *out = (struct math_check){.verdict = MATH_UNKNOWN, .suspect = w->P.n};
    int rc = compute(&v);
    if (rc)
        return rc;
    if (out->computed)
        out->verdict = math_same(answer, out->computed) ? MATH_PASS : MATH_FAIL;
    if (out->verdict == MATH_FAIL && may_judge && prompt_set_dialogue(w->e->env->prompts))
        rc = judge(&v, answer);
    if (rc < 0)
        return rc;
    int logged = log_verdict(&v, answer);
    return logged ? logged : rc; /* if a cap prevented the judgement, the values stay different */
}
