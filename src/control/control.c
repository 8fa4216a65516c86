/* The table of controllers, and control_run: run an episode, grade it, fill its row. */
#include "control/control.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "control/flat.h"
#include "control/flat_math.h"
#include "control/grading.h"
#include "control/hrm_code.h"
#include "control/hrm_math.h"
#include "control/truncation.h"
#include "model/backend.h"

struct controller {
    const char *name;
    enum suite_domain domain;
    const struct strategy *strategies; /* the first is what an arm plays that names none */
    bool hierarchy;                    /* it has switches instead of strategies */
};

static const struct controller controllers[] = {
    {"hrm", SUITE_CODE, hrm_code_strategies, true},
    {"flat", SUITE_CODE, flat_strategies, false},
    {"hrm", SUITE_MATH, hrm_math_strategies, true},
    {"flat", SUITE_MATH, flat_math_strategies, false},
};

enum { N_CONTROLLERS = sizeof controllers / sizeof *controllers };

static const struct controller *find_controller(const char *name, enum suite_domain domain)
{
    for (size_t i = 0; i < N_CONTROLLERS; i++)
        if (strcmp(controllers[i].name, name) == 0 && controllers[i].domain == domain)
            return &controllers[i];
    return NULL;
}

static const struct strategy *find_strategy(const struct controller *c, const char *name)
{
    for (const struct strategy *s = c->strategies; name && !c->hierarchy && s->name; s++)
        if (strcmp(s->name, name) == 0)
            return s;
    return NULL;
}

/* ---- which arms make sense ---- */

static const char *domain_name(enum suite_domain domain)
{
    return domain == SUITE_CODE ? "code" : "math";
}

/* The strategies of one domain, or, with NULL, of all. */
static void list_strategies(const enum suite_domain *domain, struct str *out)
{
    const char *name[32];
    size_t n = 0;
    for (size_t i = 0; i < N_CONTROLLERS; i++) {
        const struct strategy *s = controllers[i].strategies;
        bool wanted = !controllers[i].hierarchy && (!domain || controllers[i].domain == *domain);
        for (; wanted && s->name; s++)
            name[n++] = s->name;
    }
    str_add_choice(out, name, n);
}

bool control_strategy_exists(const char *name)
{
    for (size_t i = 0; i < N_CONTROLLERS; i++)
        if (find_strategy(&controllers[i], name))
            return true;
    return false;
}

void control_strategy_list(struct str *out)
{
    list_strategies(NULL, out);
}

/* A switch that this domain's controllers ignore is rejected: the arm would not be what its file
 * says. */
static int check_switches(const struct arm *arm, enum suite_domain domain, struct err *err)
{
    for (size_t i = 0; i < n_arm_switches; i++) {
        const struct arm_switch *s = &arm_switches[i];
        bool looks = arm_is_flat(arm) ? !s->of_hierarchy : !s->of_flat;
        if (looks && s->of_domain && s->domain != domain && arm_has_moved(arm, s))
            return err_input(err, "arm '%s': '%s' is a switch for %s tasks, and these are %s tasks",
                             arm->name, s->name, domain_name(s->domain), domain_name(domain));
    }
    return 0;
}

static int check_strategy(struct arm *arm, const struct controller *c, struct err *err)
{
    const struct strategy *s = find_strategy(c, arm->strategy);
    struct str list CLEANUP_STR = {0};
    list_strategies(&c->domain, &list);
    if (arm->strategy && !s)
        return err_input(err, "arm '%s': strategy: expected %s for %s tasks, found '%s'", arm->name,
                         str_text(&list), domain_name(c->domain), arm->strategy);
    s = s ? s : c->strategies;
    if (s->needs_tool && !arm->tool)
        return err_input(err, "arm '%s': strategy %s runs programs; it cannot do without the tool",
                         arm->name, s->name);
    arm->strategy = s->name;
    return 0;
}

int control_check(struct arm *arm, enum suite_domain domain, struct err *err)
{
    const struct controller *c = find_controller(arm->controller, domain);
    if (!c)
        return err_input(err, "arm '%s': no controller '%s' for %s tasks (there are hrm and flat)",
                         arm->name, arm->controller, domain_name(domain));
    int rc = check_switches(arm, domain, err);
    return rc < 0 || c->hierarchy ? rc : check_strategy(arm, c, err);
}

/* ---- one episode ---- */

/* A math suite may hold programming tasks. They are run as in a code suite, where an arm's math
 * strategy does not apply, so the first code strategy is used. */
static const struct strategy *strategy_of(const struct arm *arm, const struct task *task)
{
    const struct controller *c =
        find_controller(arm->controller, task->has_answer ? SUITE_MATH : SUITE_CODE);
    const struct strategy *named = c ? find_strategy(c, arm->strategy) : NULL;
    return named ? named : c ? c->strategies : NULL;
}

bool control_one_context(const struct arm *arm, const struct task *task)
{
    const struct strategy *s = strategy_of(arm, task);
    return s && s->one_context;
}

static void fill_row(const struct episode *e, struct store_episode *row)
{
    const struct ledger *l = &e->spent;
    const struct candidate *s = e->submission;
    row->arm = e->arm->name;
    row->task = e->task->id;
    row->sample = e->sample;
    row->group = e->task->group ? e->task->group : "";
    row->steps = e->task->steps;
    row->seed = e->env->seed;
    row->status = STORE_DONE;
    row->public_passed = s && s->executed && s->public_passed == s->public_total;
    row->stop = e->stop ? e->stop : "";
    row->submission = s ? s->program : e->answer ? e->answer->text : "";
    row->iterations = l->iterations;
    row->calls = l->calls;
    row->tool_runs = l->tool_runs;
    row->replans = e->replans;
    row->prompt_tokens = l->prompt_tokens;
    row->generated_tokens = l->generated_tokens;
    row->seconds = episode_seconds(e);
    row->model_seconds = l->model_seconds;
    row->tool_seconds = l->tool_seconds;
    row->queue_seconds = l->queue_seconds;
    double stood = e->answer ? e->answer->seconds : s && s->executed ? s->seconds : row->seconds;
    row->solve_seconds = row->passed ? stood : -1;
    row->shares = e->shares;
    row->n_shares = e->n_shares;
}

static int log_submission(struct episode *e)
{
    return episode_log(
        e, e->arm->controller, e->submission,
        &(struct transcript_event){.kind = EVENT_SUBMIT,
                                   .submit = {e->stop, e->answer ? e->answer->text : NULL}});
}

int control_run(const struct control_env *env, const struct arm *arm, const struct task *task,
                int sample, long long id, struct transcript *out, struct arena *arena,
                struct err *err)
{
    struct episode e = {.env = env,
                        .arm = arm,
                        .task = task,
                        .sample = sample,
                        .id = id,
                        .arena = arena,
                        .err = err};
    const struct strategy *s = strategy_of(arm, task);
    if (!s)
        return err_input(err, "arm '%s': no controller '%s'", arm->name, arm->controller);
    struct store_episode *row = &e.transcript.row;
    int rc = s->play(&e);
    if (rc < 0)
        return rc;
    rc = log_submission(&e);
    if (!rc)
        rc = task->has_answer ? grading_answer(&e, row) : grading_hidden(&e, row);
    if (rc)
        return rc;
    fill_row(&e, row);
    row->moments = truncation_moments(&e.transcript, task, s->at_cap, &row->n_moments, arena);
    *out = e.transcript;
    return 0;
}

/* ---- what an arm asks first ---- */

/* The chat of a model that keeps the text of its first request and gives no answer. */
static int keep_request(void *ctx, const struct model_request *q, struct model_reply *reply,
                        struct arena *arena, struct err *err)
{
    const struct model_message *first = q->messages, *last = first + q->n_messages - 1;
    const char **kept = ctx;
    (void)reply, (void)err;
    *kept = str_eq(first->role, "system")
                ? arena_printf(arena, "%s\n\n%s", first->content, last->content)
                : last->content;
    return -ECANCELED;
}

static void keep_nothing(void *ctx)
{
    (void)ctx;
}

const char *control_first_prompt(const struct control_env *env, const struct arm *arm,
                                 const struct task *task, struct arena *arena, struct err *err)
{
    static const struct model_ops asked = {
        .name = "asked", .chat = keep_request, .close = keep_nothing};
    const struct strategy *s = strategy_of(arm, task);
    const char *text = NULL;
    struct control_env alone = {
        .prompts = env->prompts, .sampling = env->sampling, .model = model_from_ops(&asked, &text)};
    struct episode e = {.env = &alone, .arm = arm, .task = task, .arena = arena, .err = err};
    int rc = s ? s->play(&e)
               : err_input(err, "arm '%s': no controller '%s'", arm->name, arm->controller);
    model_close(alone.model);
    if (!text && rc >= 0)
        err_fault(err, "arm '%s' asks nothing", arm->name);
    return text;
}
