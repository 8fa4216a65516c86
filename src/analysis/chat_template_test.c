#include "analysis/chat_template.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void judged(json_t *facts, const char *mark, enum template_verdict verdict, const char *said)
{
    struct str seen CLEANUP_STR = {0};
    json_object_set_new(facts, "messages",
                        json_pack("[{s:s, s:s}, {s:s, s:s}]", "role", "system", "content",
                                  "Be brief.\n", "role", "user", "content", "Add 2 and 3."));
    assert_int_equal(template_judge(facts, mark, &seen), verdict);
    if (!strstr(str_text(&seen), said))
        fail_msg("'%s' is not in '%s'", said, str_text(&seen));
    json_decref(facts);
}

static void rendered(const char *prompt, const char *mark, enum template_verdict verdict,
                     const char *said)
{
    judged(json_pack("{s:s, s:s}", "rendered", prompt, "template", "{{ anything }}"), mark, verdict,
           said);
}

static void template(const char *text, const char *mark, enum template_verdict verdict,
                     const char *said)
{
    judged(json_pack("{s:s}", "template", text), mark, verdict, said);
}

#define CHATML "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nAdd 2 and 3.<|im_end|>\n"

static void a_rendered_prompt(void **state)
{
    (void)state;
    rendered(CHATML "<|im_start|>assistant\n", "<|im_start|>", TEMPLATE_GOOD,
             "'<|im_start|>system\\n<|im_end|>");
    rendered(CHATML "<|im_start|>assistant\n", NULL, TEMPLATE_GOOD, "im_start|>assistant'");
    rendered("[INST] Be brief. Add 2 and 3. [/INST]", NULL, TEMPLATE_GOOD, "'[INST]'");
    rendered("[INST] Be brief. Add 2 and 3. [/INST]", "<|im_start|>", TEMPLATE_BAD,
             "no <|im_start|>, this model's own mark, but '[INST]'");
    rendered("Be brief.\n\nAdd 2 and 3.", NULL, TEMPLATE_BAD,
             "no role marks: the messages stand bare");
    rendered("Be brief.\n\nAdd 2 and 3.\nassistant:", NULL, TEMPLATE_BAD, "before the messages");
    rendered("user: Be brief.\nAdd 2 and 3.\n", NULL, TEMPLATE_BAD, "opens the model's turn");
    rendered("user: Be brief.\nassistant:", NULL, TEMPLATE_BAD, "the user message is not in");
    rendered("user: Add 2 and 3.\nassistant:", NULL, TEMPLATE_BAD, "the system message is not in");
    rendered("", NULL, TEMPLATE_BAD, "message is not in the prompt");
}

static void a_template_alone(void **state)
{
    (void)state;
    template("{{ .Prompt }}", NULL, TEMPLATE_BAD, "'{{ .Prompt }}' has no role marks");
    template("{{ .System }}\n{{ .Prompt }}", NULL, TEMPLATE_BAD, "has no role marks");
    template("{{- range .Messages }}<|{{ .Role }}|>{{ .Content }}{{ end }}", NULL, TEMPLATE_GOOD,
             "template: '{{- range");
    template("<|user|>{{ .Prompt }}", "<|im_start|>", TEMPLATE_BAD, "no <|im_start|>");
    template("{% for m in messages %}{{ '<|' + m['role'] + '|>' + m['content'] }}{% endfor %}",
             NULL, TEMPLATE_GOOD, "template: ");
    template("", NULL, TEMPLATE_UNSEEN, "does not show");
    judged(json_object(), NULL, TEMPLATE_UNSEEN, "does not show");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_rendered_prompt),
                                       cmocka_unit_test(a_template_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
