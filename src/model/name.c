/* See name.h. */
#include "model/name.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/str.h"

static const char mark[] = "+lora=";

/* "1" or "1:0.5" up to the end of the text. */
static int parse_lora(const char *text, size_t n, char **out, struct err *err)
{
    char *part CLEANUP_FREE = xstrndup(text, n);
    int id = -1, used = 0;
    double scale = 1;
    bool good = sscanf(part, "%d%n", &id, &used) == 1 && id >= 0;
    if (good && part[used] == ':')
        good = sscanf(part + used, ":%lf%n", &scale, &used) == 1 &&
               strchr(part, ':')[used] == '\0' && scale >= 0;
    else
        good &= part[used] == '\0';
    if (!good)
        return err_input(err, "+lora=: expected a number of an adapter, as 0 or 0:1.0, found '%s'",
                         part);
    *out = xasprintf("[{\"id\":%d,\"scale\":%g}]", id, scale);
    return 0;
}

/* The '@' that starts a URL; names may hold others (phi@sha256:...). */
static const char *find_url(const char *text)
{
    const char *at = strstr(text, "@http://");
    return at ? at : strstr(text, "@https://");
}

int model_name_parse(const char *text, struct model_name *out, struct err *err)
{
    struct model_name m = {0};
    const char *url = find_url(text), *end = url ? url : text + strlen(text);
    const char *lora = strstr(text, mark);
    if (lora && lora < end) {
        const char *from = lora + strlen(mark);
        int rc = parse_lora(from, (size_t)(end - from), &m.lora, err);
        if (rc < 0)
            return rc;
        end = lora;
    }
    m.name = xstrndup(text, (size_t)(end - text));
    m.url = url ? xstrdup(url + 1) : NULL;
    *out = m;
    return 0;
}

void model_name_free(struct model_name *n)
{
    if (!n)
        return;
    free(n->name);
    free(n->lora);
    free(n->url);
    *n = (struct model_name){0};
}
