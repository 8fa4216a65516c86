/* See calibration_text.h. */
#include "report/calibration_text.h"
#include <string.h>

static const json_t *object(const json_t *o, const char *key)
{
    return json_object_get(o, key);
}

static void add_ours(const json_t *c, struct str *out)
{
    long long n = json_get_int(c, "n", 0), all = json_get_int(c, "n_tasks", 0);
    long long faults = json_get_int(c, "faults", 0);
    str_addf(out, "  ours        %.1f %% [%.1f, %.1f], %lld of %lld solved (Wilson 95 %%)",
             json_get_num(c, "value", 0), json_get_num(c, "low", 0), json_get_num(c, "high", 0),
             json_get_int(c, "solved", 0), n);
    if (faults)
        str_addf(out, "; %lld in error, left out", faults);
    if (n + faults < all)
        str_addf(out, "; the other %lld tasks may be easier or harder", all - n - faults);
    str_addc(out, '\n');
}

static void add_published(const json_t *c, struct str *out)
{
    const json_t *values = object(c, "published"), *v;
    size_t i;
    json_array_foreach (values, i, v) {
        str_addf(out, "  %-11s %.1f %% at %s, protocol: %s; %s%s", i ? "" : "published",
                 json_get_num(v, "value", 0), json_get_str(v, "quantisation", "?"),
                 json_get_str(v, "protocol", "?"), json_get_str(v, "source", "?"),
                 json_get_bool(v, "secondary", false) ? " (read in another work)" : "");
        if (i)
            str_addf(out, ": %s", json_get_str(v, "conclusion", "?"));
        str_addc(out, '\n');
    }
    if (!json_array_size(values))
        return;
    const char *q = json_get_str(c, "quantisation", "");
    str_addf(out,
             "  allowed     %.1f to %.1f %%: ", json_get_num(json_array_get(values, 0), "least", 0),
             json_get_num(json_array_get(values, 0), "value", 0));
    if (json_get_bool(c, "loss_known", false))
        str_addf(out, "%s may cost %g points\n", q, json_get_num(c, "loss", 0));
    else
        str_addf(out, "no loss, %s\n",
                 *q ? "the table knows none of this quantisation"
                    : "the server does not say its quantisation");
}

static void add_conclusion(const json_t *c, struct str *out)
{
    const char *word = json_get_str(c, "conclusion", "?");
    str_addf(out, "  conclusion  %s: %s\n", word, json_get_str(c, "why", ""));
    if (json_array_size(object(c, "published")))
        str_add(out,
                "              rule: agrees when the interval of ours meets what is allowed\n");
}

static void add_causes(const json_t *c, struct str *out)
{
    const json_t *cause;
    size_t i;
    str_add(out, "usual causes of a lower value\n");
    json_array_foreach (object(c, "causes"), i, cause) {
        const char *state = !json_get_bool(cause, "tested", false) ? "?"
                            : json_get_bool(cause, "found", false) ? "SEEN"
                                                                   : "ok";
        str_addf(out, "  %-4s  %-14s  %s\n", state, json_get_str(cause, "cause", ""),
                 json_get_str(cause, "seen", ""));
    }
}

/* "0 of 8 texts differ [0, 32] %" */
static void add_differ(const json_t *d, struct str *out)
{
    str_addf(out, "%lld of %lld texts differ [%.0f, %.0f] %%", json_get_int(d, "differ", 0),
             json_get_int(d, "n", 0), json_get_num(d, "low", 0), json_get_num(d, "high", 0));
}

static void add_repeats(const json_t *c, struct str *out)
{
    const json_t *r = object(c, "repeats");
    long long at_once = json_get_int(r, "connections", 1);
    if (!r)
        return;
    str_add(out, "  flips       asked twice, alone: ");
    add_differ(object(r, "alone_again"), out);
    if (object(r, "busy")) {
        str_addf(out, "; with %lld at once: ", at_once);
        add_differ(object(r, "busy"), out);
    } else {
        str_add(out, "; one request at a time");
    }
    str_add(out, "\n  cache       the same prompt again at once: ");
    add_differ(object(r, "at_once_again"), out);
    str_addf(out, "; first token after %.2f s, before that %.2f s (medians)\n",
             json_get_num(r, "first_token_cached_s", 0), json_get_num(r, "first_token_s", 0));
}

static void add_speed(const json_t *c, struct str *out)
{
    const json_t *alone = object(object(c, "speed"), "alone"),
                 *busy = object(object(c, "speed"), "busy");
    str_add(out, "  speed       ");
    if (object(alone, "tokens_per_s"))
        str_addf(out, "alone %.1f tokens/s written, %.0f read; ",
                 json_get_num(alone, "tokens_per_s", 0),
                 json_get_num(alone, "prompt_tokens_per_s", 0));
    long long at_once = json_get_int(busy, "at_once", 1);
    if (at_once > 1)
        str_addf(out, "with %lld at once %.1f written altogether", at_once,
                 json_get_num(busy, "tokens_per_s", 0));
    else
        str_addf(out, "in the benchmark, one at a time, %.1f written",
                 json_get_num(busy, "tokens_per_s", 0));
    str_add(out, " (prompts included)\n");
}

void calibration_text(const json_t *c, struct str *out)
{
    long long n = json_get_int(c, "n", 0), all = json_get_int(c, "n_tasks", 0);
    str_addf(out, "calibration of %s on %s: one greedy reply to each of %lld task%s",
             json_get_str(object(c, "model"), "name", "the model"), json_get_str(c, "suite", "?"),
             n, n == 1 ? "" : "s");
    if (n < all)
        str_addf(out, " out of %lld", all);
    str_addc(out, '\n');
    add_ours(c, out);
    add_published(c, out);
    add_conclusion(c, out);
    add_causes(c, out);
    str_add(out, "what a study needs to know\n");
    add_repeats(c, out);
    add_speed(c, out);
}
