/* Transcripts: what models and programs wrote stands at every place where a rule looks for it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "suite/suite.h"
#include "taxonomy/python_text.h"
#include "taxonomy/taxonomy.h"
#include "fixtures/transcript_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static json_t *text_of(const uint8_t *data, size_t n)
{
    return json_bytes((const char *)data, n);
}

/* One run of each kind and one event of each kind, all of them made of the two texts. */
static json_t *make_episode(json_t *a, json_t *b)
{
    json_t *tests = json_pack("[{s:O, s:s, s:s, s:O}, {s:O, s:s, s:O, s:O}]", "test", a, "verdict",
                              "fail", "error_type", "AssertionError", "message", b, "test", b,
                              "verdict", "error", "error_type", a, "message", a);
    json_t *runs = json_array(), *events = json_array();
    static const char *const kinds[] = {"public", "hidden", "self", "reference"};
    for (size_t i = 0; i < 4; i++)
        json_array_append_new(runs, json_pack("{s:s, s:s, s:O, s:s, s:{s:O}}", "kind", kinds[i],
                                              "program_hash", "h", "program", a, "verdict", "fail",
                                              "detail", "tests", tests));
    json_array_append_new(runs,
                          json_pack("{s:s, s:s, s:O, s:s, s:{s:O, s:O, s:O, s:O}}", "kind", "run",
                                    "program_hash", "g", "program", a, "verdict", "ok", "detail",
                                    "stdout", b, "value", a, "message", b, "error_type", a));
    json_decref(tests);
    json_array_append_new(events, json_pack("{s:s, s:{s:O, s:b, s:[{s:O, s:[O]}], s:[{s:O}]}}",
                                            "kind", "plan", "detail", "hash", a, "reasked", 1,
                                            "subgoals", "id", a, "deps", b, "givens", "value", b));
    json_array_append_new(events,
                          json_pack("{s:s, s:{s:O, s:b, s:O, s:{s:O}}}", "kind", "subgoal",
                                    "detail", "id", a, "ok", 1, "value", b, "uses", "s", a));
    json_array_append_new(events, json_pack("{s:s, s:{s:O, s:[O, O]}}", "kind", "answer", "detail",
                                            "answer", b, "finals", a, b));
    json_array_append_new(events, json_pack("{s:s, s:{s:O, s:O}}", "kind", "verdict", "detail",
                                            "verdict", a, "answer", b));
    json_array_append_new(events, json_pack("{s:s, s:s, s:{s:O}}", "kind", "submit",
                                            "candidate_hash", "h", "detail", "answer", b));
    return json_pack("{s:s, s:b, s:O, s:O, s:[{s:s, s:O}], s:o, s:o}", "status", "done", "passed",
                     0, "submission", a, "stop", b, "calls", "role", "flat", "reply_text", a,
                     "tool_runs", runs, "events", events);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const struct suite_node graph[] = {{"s1", "1 + 1", 2}};
    static const struct task tasks[] = {{.id = "c", .prompt = "p", .entry_point = "f"},
                                        {.id = "m",
                                         .prompt = "Two of 3.",
                                         .has_answer = true,
                                         .answer = 2,
                                         .tolerance = SUITE_TOLERANCE,
                                         .unit = "dollars",
                                         .graph = graph,
                                         .n_graph = 1}};
    static const struct taxonomy_arm arm = {true, true, true, true};
    struct arena *arena = arena_new();
    size_t half = n / 2;
    json_t *a = text_of(data, half), *b = text_of(data + half, n - half);
    json_t *episode = make_episode(a, b);
    if (!episode)
        abort();
    for (size_t i = 0; i < 2; i++) {
        struct taxonomy_tags tags;
        struct transcript t;
        transcript_from_json(episode, &t, arena);
        taxonomy_tag(&t, &tasks[i], &arm, &tags, arena);
        if (tags.flags & tags.inapplicable)
            abort();
    }
    const char *program = json_string_value(a);
    if (strlen(python_bare(program, arena)) != strlen(program))
        abort();
    json_decref(episode);
    json_decref(a);
    json_decref(b);
    arena_free(arena);
    return 0;
}
