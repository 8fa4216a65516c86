/* See test_object.h. */
#include "analysis/test_object.h"
#include "base/str.h"
#include "model/model.h"

const char *test_object_note(const struct manifest *m)
{
    const json_t *recorded = json_object_get(m->model.identity, "recorded");
    const char *backend = recorded           ? json_get_str(recorded, "backend", "")
                          : m->model.backend ? m->model.backend
                                             : "";
    if (str_eq(backend, "native"))
        return "These numbers are of tiny models trained by this run, a test object: they show "
               "that "
               "the program works, and nothing about large models.";
    return model_can(backend, MODEL_WEIGHTS)
               ? "These numbers are of the embedded model, a test object: they show that the "
                 "program works, and nothing about hierarchy."
               : NULL;
}
