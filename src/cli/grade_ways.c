/* Two threads may ask for one task at once; then both grade its reference, and find the same. */
#include "cli/grade_ways.h"
#include <pthread.h>
#include <stdlib.h>
#include "base/mem.h"
#include "suite/suite.h"

struct grade_ways {
    pthread_mutex_t lock;
    bool *known;         /* [n tasks] */
    enum tool_way *ways; /* [n tasks] */
};

struct grade_ways *grade_ways_new(const struct suite *s)
{
    struct grade_ways *w = xcalloc(1, sizeof(*w));
    pthread_mutex_init(&w->lock, NULL);
    w->known = xcalloc(s ? s->n_tasks + 1 : 1, sizeof(*w->known));
    w->ways = xcalloc(s ? s->n_tasks + 1 : 1, sizeof(*w->ways));
    return w;
}

void grade_ways_free(struct grade_ways *w)
{
    if (!w)
        return;
    pthread_mutex_destroy(&w->lock);
    free(w->known);
    free(w->ways);
    free(w);
}

int grade_ways_find(struct grade_ways *w, struct tool *t, const struct tool_grade_request *q,
                    ptrdiff_t task, const char *reference, enum tool_way *way, struct arena *arena,
                    struct err *err)
{
    struct tool_grade_request req = *q;
    struct tool_grade_result res;
    bool known = !reference;
    *way = TOOL_UNKNOWN;
    pthread_mutex_lock(&w->lock);
    if (reference && task >= 0 && (known = w->known[task]))
        *way = w->ways[task];
    pthread_mutex_unlock(&w->lock);
    if (known)
        return 0;
    req.program = reference;
    req.program_len = 0;
    int rc = tool_decide_way(t, &req, way, &res, arena, err);
    if (rc == 0 && task >= 0) {
        pthread_mutex_lock(&w->lock);
        w->known[task] = true;
        w->ways[task] = *way;
        pthread_mutex_unlock(&w->lock);
    }
    return rc;
}
