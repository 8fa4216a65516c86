/* <|role|>\ncontent<|end|>\n for every message, then <|assistant|>\n for the one to come. */
#include "nn/chat.h"
#include <string.h>
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "nn/tokenizer.h"

const char nn_chat_template[] =
    "{% for message in messages %}"
    "{{ '<|' + message['role'] + '|>\\n' + message['content'] + '<|end|>\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}";

static void add_token(int token, int **out, size_t *len, size_t *cap)
{
    *out = xgrow(*out, cap, *len + 1, sizeof **out);
    (*out)[(*len)++] = token;
}

static int role_token(const struct nn_tokenizer *t, const char *role)
{
    static const char *const names[] = {"system", "user", "assistant"};

    for (int i = 0; i < 3; i++)
        if (strcmp(role, names[i]) == 0)
            return nn_tokenizer_control(t, (enum nn_control)(NN_SYSTEM + i));
    return -1;
}

int nn_chat_encode(const struct nn_tokenizer *t, const struct nn_message *messages, size_t n,
                   int **out, size_t *len, size_t *cap, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        int role = role_token(t, messages[i].role);
        struct str text = {0};
        if (role < 0)
            return err_input(err,
                             "message %zu has the role '%s', expected system, user or assistant",
                             i + 1, messages[i].role);
        add_token(role, out, len, cap);
        str_addc(&text, '\n'); /* with the content, because the splitting rule looks across it */
        str_add(&text, messages[i].content);
        nn_tokenizer_encode(t, text.p, text.len, out, len, cap);
        add_token(nn_tokenizer_control(t, NN_END), out, len, cap);
        nn_tokenizer_encode(t, "\n", 1, out, len, cap);
        str_free(&text);
    }
    add_token(nn_tokenizer_control(t, NN_ASSISTANT), out, len, cap);
    nn_tokenizer_encode(t, "\n", 1, out, len, cap);
    return 0;
}
