/* See prices.h. */
#include "store/prices.h"
#include <math.h>
#include "base/str.h"

static const double MILLION = 1e6;

static struct price price_of(const json_t *json)
{
    return (struct price){json_get_num(json, "input", 0), json_get_num(json, "output", 0)};
}

struct prices prices_of(const json_t *json)
{
    struct prices p = {.currency = json_get_str(json, "currency", NULL),
                       .base = price_of(json_object_get(json, "model"))};
    const char *role;
    json_t *own;
    json_object_foreach (json_object_get(json, "roles"), role, own)
        if (p.n_roles < PRICES_ROLES_MAX) {
            p.roles[p.n_roles].name = role;
            p.roles[p.n_roles++].price = price_of(own);
        }
    return p;
}

double prices_tokens(const struct prices *p, const char *role, double prompt, double generated)
{
    const struct price *price = &p->base;
    for (size_t i = 0; i < p->n_roles; i++)
        if (str_eq(p->roles[i].name, role))
            price = &p->roles[i].price;
    return (prompt * price->input + generated * price->output) / MILLION;
}

double prices_episode(const struct prices *p, const struct store_episode *row)
{
    double sum = 0;
    for (size_t i = 0; i < row->n_shares; i++) {
        const struct store_share *s = &row->shares[i];
        sum += prices_tokens(p, s->role, (double)s->prompt_tokens, (double)s->generated_tokens);
    }
    return sum;
}

struct spent {
    const struct prices *p;
    double sum;
};

static int add_role(void *ctx, const struct store_share *total)
{
    struct spent *s = ctx;
    s->sum += prices_tokens(s->p, total->role, (double)total->prompt_tokens,
                            (double)total->generated_tokens);
    return 0;
}

int prices_spent(const struct prices *p, struct store *s, double *out, struct err *err)
{
    struct spent spent = {.p = p};
    int rc = store_spent(s, add_role, &spent, err);
    if (rc == 0)
        *out = spent.sum;
    return rc;
}

void prices_add_amount(struct str *out, double amount)
{
    int digits = 2;
    if (amount > 0 && amount < 0.1)
        digits = 1 - (int)floor(log10(amount));
    str_addf(out, "%.*f", digits > 9 ? 9 : digits, amount);
}
