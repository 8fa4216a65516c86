/* See timeline.h. Calls, runs and events are three lists; an event's ledger says how many calls and
 * runs came before it. */
#include "view/timeline.h"
#include "base/str.h"

const char *timeline_kind_name(enum timeline_kind kind)
{
    static const char *const names[] = {"call", "run", "event", "grading"};
    return names[kind];
}

static bool is_grading(enum run_kind kind)
{
    return kind == RUN_HIDDEN || kind == RUN_SELF || kind == RUN_REFERENCE;
}

struct telling_time {
    const struct transcript *t;
    struct timeline line;
    size_t calls, runs; /* of the lists, told so far */
    int n_runs;         /* of those, in the ledger */
    double seconds;
    long tokens;
};

static struct timeline_item *add(struct telling_time *m, enum timeline_kind kind, size_t index)
{
    struct timeline_item *i = &m->line.items[m->line.n++];
    *i = (struct timeline_item){kind, index, m->seconds, m->seconds, m->tokens, m->tokens};
    return i;
}

static void tell_calls(struct telling_time *m, size_t end)
{
    for (; m->calls < end && m->calls < m->t->n_calls; m->calls++) {
        const struct store_call *c = &m->t->calls[m->calls];
        struct timeline_item *i = add(m, TIMELINE_CALL, m->calls);
        i->to_s = m->seconds += c->total_s;
        i->to_tokens = m->tokens += c->generated_tokens;
    }
}

/* Gradings are passed over: they come at the end. */
static void tell_runs(struct telling_time *m, int end)
{
    for (; m->runs < m->t->n_runs && m->n_runs < end; m->runs++) {
        const struct transcript_run *r = &m->t->runs[m->runs];
        if (is_grading(r->kind))
            continue;
        struct timeline_item *i = add(m, TIMELINE_RUN, m->runs);
        i->to_s = m->seconds += r->row.seconds;
        m->n_runs++;
    }
}

struct timeline timeline_make(const struct transcript *t, struct arena *arena)
{
    struct telling_time m = {.t = t};
    m.line.items =
        arena_alloc(arena, (t->n_calls + t->n_runs + t->n_events + 1) * sizeof *m.line.items);
    for (size_t k = 0; k < t->n_events; k++) {
        const struct store_event *e = &t->events[k].row;
        tell_calls(&m, e->calls > 0 ? (size_t)e->calls : 0);
        tell_runs(&m, e->tool_runs);
        m.seconds = e->seconds > m.seconds ? e->seconds : m.seconds;
        m.tokens = e->generated_tokens > m.tokens ? e->generated_tokens : m.tokens;
        add(&m, TIMELINE_EVENT, k);
    }
    tell_calls(&m, t->n_calls); /* what no event followed: an episode cut short */
    tell_runs(&m, (int)t->n_runs);
    for (size_t k = 0; k < t->n_runs; k++)
        if (is_grading(t->runs[k].kind))
            add(&m, TIMELINE_GRADING, k);
    return m.line;
}

/* The event that made stand what was submitted: the first at that moment or after it. */
static size_t item_at(const struct transcript *t, const struct timeline *line, double seconds)
{
    size_t found = line->n;
    for (size_t i = 0; i < line->n; i++) {
        const struct timeline_item *item = &line->items[i];
        if (item->kind != TIMELINE_EVENT)
            continue;
        enum event_kind kind = t->events[item->index].kind;
        if (kind != EVENT_CANDIDATE && kind != EVENT_ANSWER && kind != EVENT_SUBMIT)
            continue;
        found = i;
        if (item->to_s >= seconds - 1e-9)
            break;
    }
    return found;
}

bool timeline_solved_at(const struct transcript *t, const struct timeline *line, double *seconds,
                        long *tokens, size_t *item)
{
    const struct store_moment *last = NULL;
    for (size_t i = 0; i < t->row.n_moments; i++)
        last = &t->row.moments[i];
    if (!t->row.passed)
        return false;
    *seconds = last && last->passed ? last->seconds : t->row.seconds;
    *tokens = last && last->passed ? last->generated_tokens : t->row.generated_tokens;
    *item = item_at(t, line, *seconds);
    return true;
}
