/* See assets.h. */
#include "view/assets.h"
#include <string.h>
#include "view/page_files.h" /* made of src/view/page/ */

#define ASSET(path, type, text)                                                                    \
    {                                                                                              \
        path, type, text, sizeof(text) - 1                                                         \
    }
#define HTML "text/html; charset=utf-8"
#define CSS "text/css; charset=utf-8"
#define JS "text/javascript; charset=utf-8"

static const struct asset assets[] = {
    ASSET("/", HTML, index_html),         ASSET("/viewer.css", CSS, viewer_css),
    ASSET("/app.js", JS, app_js),         ASSET("/dom.js", JS, dom_js),
    ASSET("/code.js", JS, code_js),       ASSET("/runs.js", JS, runs_js),
    ASSET("/run.js", JS, run_js),         ASSET("/document.js", JS, document_js),
    ASSET("/episode.js", JS, episode_js), ASSET("/pair.js", JS, pair_js),
    ASSET("/label.js", JS, label_js),
};

const struct asset *asset_find(const char *path)
{
    for (size_t i = 0; i < sizeof assets / sizeof *assets; i++)
        if (strcmp(assets[i].path, path) == 0)
            return &assets[i];
    return NULL;
}
