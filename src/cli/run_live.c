/* See run_live.h. */
#include "cli/run_live.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "model/model.h"

struct run_live {
    char *path, *fresh; /* fresh: written, then renamed; readers see a whole one */
    double next;
};

static const double EVERY_S = 1;

struct run_live *run_live_open(const char *run_dir)
{
    struct run_live *live = xcalloc(1, sizeof *live);
    live->path = file_join(run_dir, "live.json");
    live->fresh = file_join(run_dir, "live.json.new");
    return live;
}

void run_live_show(struct run_live *live, struct model *m)
{
    double now = clock_seconds();
    if (now < live->next)
        return;
    live->next = now + EVERY_S;
    json_t *flights CLEANUP_JSON = model_flights(m);
    char *text CLEANUP_FREE = json_text(flights);
    FILE *f = fopen(live->fresh, "we"); /* no fsync: it is worth nothing after a power cut */
    if (!f)
        return;
    bool whole = fputs(text, f) >= 0;
    if (fclose(f) != 0 || !whole || rename(live->fresh, live->path) < 0)
        unlink(live->fresh);
}

void run_live_close(struct run_live *live)
{
    if (!live)
        return;
    unlink(live->path);
    free(live->path);
    free(live->fresh);
    free(live);
}
