/* See field.h. CSV follows RFC 4180; times have microseconds. */
#include "store/field.h"
#include <inttypes.h>
#include <string.h>
#include "base/csv.h"
#include "base/err.h"
#include "store/store.h"

#define FIELD(type, member, kind, role) #member, kind, offsetof(struct type, member), role
#define F(type, member, kind) FIELD(type, member, kind, FIELD_PLAIN)
#define BULKY(type, member, kind) FIELD(type, member, kind, FIELD_BULKY)
#define OUTCOME(member, kind) FIELD(store_episode, member, kind, FIELD_OUTCOME)
#define FIELDS(type)                                                                               \
    sizeof(struct type), type##_columns, sizeof type##_columns / sizeof(struct store_field)

static const struct store_field store_episode_columns[] = {
    {F(store_episode, task, FIELD_TEXT)},
    {F(store_episode, arm, FIELD_TEXT)},
    {F(store_episode, sample, FIELD_INT)},
    {F(store_episode, group, FIELD_TEXT)},
    {F(store_episode, steps, FIELD_INT)},
    {F(store_episode, seed, FIELD_U64)},
    {F(store_episode, status, FIELD_STATUS)},
    {F(store_episode, error, FIELD_TEXT_NULL)},
    {OUTCOME(passed, FIELD_BOOL)},
    {OUTCOME(verdict, FIELD_TEXT)},
    {F(store_episode, n_hidden, FIELD_INT)},
    {OUTCOME(n_hidden_passed, FIELD_INT)},
    {OUTCOME(public_passed, FIELD_BOOL)},
    {F(store_episode, stop, FIELD_TEXT)},
    {BULKY(store_episode, submission, FIELD_TEXT)},
    {F(store_episode, iterations, FIELD_INT)},
    {F(store_episode, calls, FIELD_INT)},
    {F(store_episode, tool_runs, FIELD_INT)},
    {F(store_episode, replans, FIELD_INT)},
    {F(store_episode, prompt_tokens, FIELD_LONG)},
    {F(store_episode, generated_tokens, FIELD_LONG)},
    {F(store_episode, seconds, FIELD_REAL)},
    {F(store_episode, model_seconds, FIELD_REAL)},
    {F(store_episode, tool_seconds, FIELD_REAL)},
    {F(store_episode, queue_seconds, FIELD_REAL)},
    {OUTCOME(solve_seconds, FIELD_REAL)},
    {F(store_episode, label, FIELD_TEXT)}, /* an episode in error has one, too */
    {F(store_episode, flags, FIELD_TEXT)},
    {F(store_episode, inapplicable, FIELD_TEXT)},
};

static const struct store_field store_share_columns[] = {
    {F(store_share, role, FIELD_TEXT)},
    {F(store_share, calls, FIELD_INT)},
    {F(store_share, tool_runs, FIELD_INT)},
    {F(store_share, prompt_tokens, FIELD_LONG)},
    {F(store_share, generated_tokens, FIELD_LONG)},
    {F(store_share, model_seconds, FIELD_REAL)},
    {F(store_share, tool_seconds, FIELD_REAL)},
};

static const struct store_field store_moment_columns[] = {
    {F(store_moment, generated_tokens, FIELD_LONG)}, {F(store_moment, calls, FIELD_INT)},
    {F(store_moment, tool_runs, FIELD_INT)},         {F(store_moment, seconds, FIELD_REAL)},
    {F(store_moment, passed, FIELD_BOOL)},
};

static const struct store_field store_call_columns[] = {
    {F(store_call, role, FIELD_TEXT)},           {F(store_call, index, FIELD_INT)},
    {F(store_call, request_hash, FIELD_TEXT)},   {BULKY(store_call, request, FIELD_JSON)},
    {BULKY(store_call, reply_text, FIELD_TEXT)}, {BULKY(store_call, reasoning, FIELD_TEXT_NULL)},
    {F(store_call, finish, FIELD_TEXT)},         {F(store_call, seed, FIELD_U64)},
    {F(store_call, prompt_tokens, FIELD_INT)},   {F(store_call, generated_tokens, FIELD_INT)},
    {F(store_call, attempts, FIELD_INT)},        {BULKY(store_call, attempt_log, FIELD_JSON)},
    {F(store_call, label, FIELD_TEXT)},          {F(store_call, queue_s, FIELD_REAL)},
    {F(store_call, first_token_s, FIELD_REAL)},  {F(store_call, total_s, FIELD_REAL)},
};

static const struct store_field store_failure_columns[] = {
    {F(store_failure, role, FIELD_TEXT)},
    {F(store_failure, index, FIELD_INT)},
    {F(store_failure, at, FIELD_TEXT)},
    {F(store_failure, error, FIELD_TEXT)},
    {BULKY(store_failure, partial_text, FIELD_TEXT)},
    {F(store_failure, attempts, FIELD_INT)},
    {F(store_failure, attempt_log, FIELD_JSON)},
};

static const struct store_field store_tool_run_columns[] = {
    {F(store_tool_run, index, FIELD_INT)},        {F(store_tool_run, role, FIELD_TEXT)},
    {F(store_tool_run, kind, FIELD_TEXT)},        {F(store_tool_run, program_hash, FIELD_TEXT)},
    {BULKY(store_tool_run, program, FIELD_TEXT)}, {F(store_tool_run, verdict, FIELD_TEXT)},
    {BULKY(store_tool_run, detail, FIELD_JSON)},  {F(store_tool_run, seconds, FIELD_REAL)},
    {F(store_tool_run, cpu_seconds, FIELD_REAL)},
};

static const struct store_field store_event_columns[] = {
    {F(store_event, index, FIELD_INT)},           {F(store_event, kind, FIELD_TEXT)},
    {F(store_event, role, FIELD_TEXT)},           {F(store_event, generated_tokens, FIELD_LONG)},
    {F(store_event, prompt_tokens, FIELD_LONG)},  {F(store_event, calls, FIELD_INT)},
    {F(store_event, tool_runs, FIELD_INT)},       {F(store_event, seconds, FIELD_REAL)},
    {F(store_event, candidate_hash, FIELD_TEXT)}, {F(store_event, public_passed, FIELD_INT)},
    {F(store_event, public_total, FIELD_INT)},    {F(store_event, self_passed, FIELD_INT)},
    {F(store_event, self_total, FIELD_INT)},      {BULKY(store_event, detail, FIELD_JSON)},
};

static const struct store_field store_label_columns[] = {
    {F(store_label, annotator, FIELD_TEXT)},
    {F(store_label, label, FIELD_TEXT)},
    {F(store_label, note, FIELD_TEXT)},
    {F(store_label, at, FIELD_TEXT)},
};

const struct store_fields store_episode_fields = {"episodes", FIELDS(store_episode)};
const struct store_fields store_share_fields = {"shares", FIELDS(store_share)};
const struct store_fields store_moment_fields = {"moments", FIELDS(store_moment)};
const struct store_fields store_call_fields = {"calls", FIELDS(store_call)};
const struct store_fields store_failure_fields = {"failures", FIELDS(store_failure)};
const struct store_fields store_tool_fields = {"tool_runs", FIELDS(store_tool_run)};
const struct store_fields store_event_fields = {"events", FIELDS(store_event)};
const struct store_fields store_label_fields = {"labels", FIELDS(store_label)};

const char *store_status_name(int status)
{
    static const char *const names[] = {"pending", "done", "error"};
    return status >= 0 && status <= STORE_ERROR ? names[status] : "unknown";
}

/* ---- caps ---- */

static const char cap_prefix[] = "budget:";
static const char *const cap_stops[N_CAPS] = {
    [CAP_ITERATIONS] = "budget:iterations",     [CAP_CALLS] = "budget:calls",
    [CAP_TOOL_RUNS] = "budget:tool_runs",       [CAP_GENERATED_TOKENS] = "budget:generated_tokens",
    [CAP_TOTAL_TOKENS] = "budget:total_tokens", [CAP_SECONDS] = "budget:seconds"};

const char *store_cap_stop(enum store_cap cap)
{
    return cap_stops[cap];
}

const char *store_cap_name(enum store_cap cap)
{
    return cap_stops[cap] + strlen(cap_prefix);
}

enum store_cap store_cap_of_stop(const char *stop)
{
    int cap = str_starts(stop, cap_prefix) ? 0 : N_CAPS;
    while (cap < N_CAPS && strcmp(cap_stops[cap], stop) != 0)
        cap++;
    return (enum store_cap)cap;
}

/* ---- what roles spent, and moments, as an export shows them ---- */

void store_add_roles(const struct store_episode *row, struct str *out)
{
    for (size_t i = 0; i < row->n_shares; i++) {
        const struct store_share *s = &row->shares[i];
        str_addc(out, i ? ',' : '{');
        json_add_string(s->role, out);
        str_addf(out,
                 ":{\"calls\":%d,\"tool_runs\":%d,\"prompt_tokens\":%ld,\"generated_tokens\":%ld,"
                 "\"model_seconds\":",
                 s->calls, s->tool_runs, s->prompt_tokens, s->generated_tokens);
        json_add_real(s->model_seconds, out);
        str_add(out, ",\"tool_seconds\":");
        json_add_real(s->tool_seconds, out);
        str_addc(out, '}');
    }
    if (row->n_shares)
        str_addc(out, '}');
}

void store_add_curve(const struct store_episode *row, struct str *out)
{
    for (size_t i = 0; i < row->n_moments; i++) {
        const struct store_moment *m = &row->moments[i];
        str_addf(out, "%s%ld:%d:%d:%.6g:%d", i ? ";" : "", m->generated_tokens, m->calls,
                 m->tool_runs, m->seconds, m->passed);
    }
}

/* ---- values ---- */

static void csv_value(const struct store_field *f, const void *at, struct str *out)
{
    switch (f->kind) {
    case FIELD_TEXT:
    case FIELD_TEXT_NULL:
    case FIELD_JSON:
        if (*(const char *const *)at)
            csv_add_field(out, *(const char *const *)at);
        break;
    case FIELD_STATUS:
        str_add(out, store_status_name((int)*(const enum store_status *)at));
        break;
    case FIELD_BOOL:
        str_addc(out, *(const bool *)at ? '1' : '0');
        break;
    case FIELD_INT:
        str_addf(out, "%d", *(const int *)at);
        break;
    case FIELD_LONG:
        str_addf(out, "%ld", *(const long *)at);
        break;
    case FIELD_U64:
        str_addf(out, "%" PRIu64, *(const uint64_t *)at);
        break;
    case FIELD_REAL:
        str_addf(out, "%.6f", *(const double *)at);
        break;
    }
}

static bool is_unknown(const struct store_fields *fields, size_t i, const void *row)
{
    return fields->field[i].role == FIELD_OUTCOME && fields == &store_episode_fields &&
           ((const struct store_episode *)row)->status != STORE_DONE;
}

void store_csv_header(const struct store_fields *fields, struct str *out)
{
    const char *comma = "";
    for (size_t i = 0; i < fields->n; i++) {
        if (fields->field[i].role == FIELD_BULKY)
            continue;
        str_addf(out, "%s%s", comma, fields->field[i].name);
        comma = ",";
    }
    str_add(out, fields == &store_episode_fields ? ",roles\r\n" : "\r\n");
}

void store_csv_row(const struct store_fields *fields, const void *row, struct str *out)
{
    const char *comma = "";
    for (size_t i = 0; i < fields->n; i++) {
        const struct store_field *f = &fields->field[i];
        if (f->role == FIELD_BULKY)
            continue;
        str_add(out, comma);
        if (!is_unknown(fields, i, row))
            csv_value(f, (const char *)row + f->offset, out);
        comma = ",";
    }
    if (fields == &store_episode_fields) {
        struct str roles CLEANUP_STR = {0};
        store_add_roles(row, &roles);
        str_addc(out, ',');
        csv_add_field(out, str_text(&roles));
    }
    str_add(out, "\r\n");
}

static json_t *json_u64(uint64_t v)
{
    struct str text CLEANUP_STR = {0};
    str_addf(&text, "%" PRIu64, v);
    return json_string(text.p);
}

/* Text that claims to be JSON: as JSON if it is, else as the string it is. */
static json_t *json_embedded(const char *text)
{
    if (!text || !*text)
        return json_null();
    json_t *j = json_parse(text, strlen(text), "record", NULL);
    return j ? j : json_bytes(text, strlen(text));
}

static json_t *json_value(const struct store_field *f, const void *at)
{
    const char *text;
    switch (f->kind) {
    case FIELD_TEXT:
    case FIELD_TEXT_NULL:
        text = *(const char *const *)at;
        return text ? json_bytes(text, strlen(text)) : json_null();
    case FIELD_JSON:
        return json_embedded(*(const char *const *)at);
    case FIELD_STATUS:
        return json_string(store_status_name((int)*(const enum store_status *)at));
    case FIELD_BOOL:
        return json_boolean(*(const bool *)at);
    case FIELD_INT:
        return json_integer(*(const int *)at);
    case FIELD_LONG:
        return json_integer(*(const long *)at);
    case FIELD_U64:
        return json_u64(*(const uint64_t *)at);
    case FIELD_REAL:
        return json_real(*(const double *)at);
    }
    return json_null();
}

json_t *store_row_json(const struct store_fields *fields, const void *row)
{
    json_t *obj = json_object();
    for (size_t i = 0; i < fields->n; i++) {
        const struct store_field *f = &fields->field[i];
        json_object_set_new(obj, f->name,
                            is_unknown(fields, i, row)
                                ? json_null()
                                : json_value(f, (const char *)row + f->offset));
    }
    if (fields == &store_episode_fields) {
        struct str roles CLEANUP_STR = {0}, curve CLEANUP_STR = {0};
        store_add_roles(row, &roles);
        store_add_curve(row, &curve);
        json_object_set_new(obj, "roles", json_embedded(str_text(&roles)));
        json_object_set_new(obj, "curve", json_string(str_text(&curve)));
    }
    return obj;
}
