/* Generated problems can be solved from their text alone, and only by reading it: an independent
 * reader solves every one, solvers that do not read solve almost none.
 *
 * The rules of the reader spell every statement out anew: P is the person asked about, N what is
 * counted ("dollars" in a shop), W any word, T a thing, A and B numbers. Every statement must match
 * one of them. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "base/rng.h"
#include "gen/gen_math.h"

enum { MAX_WORDS = 32, MAX_SENTENCES = 16, WORD = 24, MAX_FACTS = 16 };

struct sentence {
    char word[MAX_WORDS][WORD];
    int n;
};

struct rule {
    const char *pattern;
    /* What happens to the result x: '=' x = A, 'S' x = A * B, '+' '-' '*' '/' with A, 'G' x + A *
     * B, 'L' x - A * B, 'H' x + A / B, 'R' x + (A - B), 'C' A - x, 'D' A * B - x; 'f' one T has B;
     * with things whose number is said elsewhere: 's' x = A * T, 'g' x + A * T, 'l' x - A * T,
     * 'o' T alone is the start or is added; 'b' like 'o' with A times T, 'e' with A, 'E' with
     * A * B; '.' nothing. */
    char action;
};

static const struct rule story_rules[] = {
    {"P also has A W in a box", '.'},
    {"W is A years old and likes W", '.'},
    {"On the big table are A W", '.'},
    {"P has A N", '='},
    {"P starts with A N", '='},
    {"At first P has A N", '='},
    {"P owns A N", '='},
    {"In a box P has A N", '='},
    {"P has A T with B N each", 'S'},
    {"P starts with A T of B N", 'S'},
    {"At first P has A T each with B N", 'S'},
    {"In a box P has A T of B N", 'S'},
    {"Each T holds B N", 'f'},
    {"P owns A T", 's'},
    {"P finds A more N", '+'},
    {"P gets A N from W", '+'},
    {"W gives P A N", '+'},
    {"Then P buys A N", '+'},
    {"P buys A more N", '+'},
    {"P loses A N", '-'},
    {"P gives A N to W", '-'},
    {"W takes A N from P", '-'},
    {"Then P sells A N", '-'},
    {"P sells A of the N", '-'},
    {"Now P has A times as many N", '*'},
    {"The N of P become A times as many", '*'},
    {"After that P has A times as many N as before", '*'},
    {"Soon P owns A times as many N", '*'},
    {"In the end P has A times as many N", '*'},
    {"P puts the N into A equal piles and keeps one", '/'},
    {"P splits the N into A equal parts and keeps one part", '/'},
    {"The N of P are shared equally by A people P among them", '/'},
    {"Then P keeps only one of A equal parts of the N", '/'},
    {"P splits the N into A equal piles and keeps one", '/'},
    {"P buys A T with B N each", 'G'},
    {"P gets A T of B N from W", 'G'},
    {"W gives P A T each with B N", 'G'},
    {"Then P finds A T", 'g'},
    {"P finds A T of B N each", 'G'},
    {"P gives A T with B N each to W", 'L'},
    {"P sells A T of B N", 'L'},
    {"P loses A T each with B N", 'L'},
    {"W takes A T from P", 'l'},
    {"P sells A T with B N each", 'L'},
    {"W splits A N into B equal parts and gives P one part", 'H'},
    {"P gets one of B equal parts of A N", 'H'},
    {"A pile of A N is shared equally by B people P among them", 'H'},
    {"Then W gives P one of B equal parts of A N", 'H'},
    {"W puts A N into B equal piles and gives P one", 'H'},
    {"W has A N loses B and gives P the rest", 'R'},
    {"P gets A N from W but gives B back", 'R'},
    {"W finds A N keeps B and gives P the rest", 'R'},
    {"Then P gets A N and loses B of them", 'R'},
    {"Of A N W keeps B and gives P the rest", 'R'},
    {"W also has A W at home", '.'},
    {"W finds A N and keeps them", '.'},
    {"W has A T with B W each", '.'},
    {NULL, 0},
};

static const struct rule shop_rules[] = {
    {"W is A years old and likes W", '.'},
    {"The shop has A T on the shelf", '.'},
    {"In the window is a T for A dollars", '.'},
    {"P looks at A T but takes none", '.'},
    {"P buys a T for A dollars", 'e'},
    {"P takes a T that costs A dollars", 'e'},
    {"A T costs B dollars", 'f'},
    {"P buys one T", 'o'},
    {"In the basket P puts a T for A dollars", 'e'},
    {"P puts a T in the basket for A dollars", 'e'},
    {"P buys A T for B dollars each", 'E'},
    {"P buys A T", 'b'},
    {"P takes A T that cost B dollars each", 'E'},
    {"In the basket P puts A T for B dollars each", 'E'},
    {"P puts A T in the basket for B dollars each", 'E'},
    {"A coupon takes A dollars off the total", '-'},
    {"P has a coupon for A dollars off", '-'},
    {"The shop takes A dollars off the bill", '-'},
    {"With a coupon P saves A dollars", '-'},
    {"A coupon saves P A dollars", '-'},
    {"Delivery costs A dollars more", '+'},
    {"The shop adds A dollars for delivery", '+'},
    {"P adds a tip of A dollars", '+'},
    {"Wrapping adds A dollars to the bill", '+'},
    {"P pays A dollars more for delivery", '+'},
    {"P orders all this A times", '*'},
    {"P pays this bill A times", '*'},
    {"The same order is placed A times", '*'},
    {"P wants the whole order A times", '*'},
    {"P pays for the whole order A times", '*'},
    {"The bill is split equally among A people", '/'},
    {"P and others A people in all share the bill equally", '/'},
    {"A friends split the total into equal parts", '/'},
    {"Each of A people pays the same part of the bill", '/'},
    {"The total is shared equally by A people", '/'},
    {"P uses A coupons of B dollars each", 'L'},
    {"A coupons take B dollars each off the total", 'L'},
    {"With A coupons P saves B dollars each", 'L'},
    {"P has A coupons each for B dollars off", 'L'},
    {"P saves B dollars with each of A coupons", 'L'},
    {"P pays with A dollars", 'C'},
    {"To pay P uses a gift card with A dollars", 'C'},
    {"P gives the shop A dollars", 'C'},
    {"A gift card of A dollars pays for this", 'C'},
    {"P pays for this with A dollars", 'C'},
    {"P pays with A gift cards of B dollars each", 'D'},
    {"To pay P uses A gift cards with B dollars each", 'D'},
    {"P gives the shop A notes of B dollars", 'D'},
    {"A gift cards of B dollars each pay for this", 'D'},
    {"P pays for this with A notes of B dollars", 'D'},
    {"W has A dollars in a bag", '.'},
    {"W would like A T for B dollars each", '.'},
    {NULL, 0},
};

/* Here P is the person the statement is about, Q and W others, and x is P's number. */
static const struct rule compare_rules[] = {
    {"P has A N", '='},
    {"P owns A N", '='},
    {"P holds A N", '='},
    {"There P has A N", '='},
    {"P keeps A N at home", '='},
    {"P has A more N than Q", '+'},
    {"P has A N more than Q", '+'},
    {"P owns A more N than Q", '+'},
    {"P holds A N more than Q", '+'},
    {"P keeps A more N than Q", '+'},
    {"P has A fewer N than Q", '-'},
    {"P has A N fewer than Q", '-'},
    {"P owns A fewer N than Q", '-'},
    {"P holds A N fewer than Q", '-'},
    {"P keeps A fewer N than Q", '-'},
    {"P has A times as many N as Q", '*'},
    {"P owns A times as many N as Q", '*'},
    {"P holds A times the N of Q", '*'},
    {"P has A times the N of Q", '*'},
    {"P keeps A times as many N as Q", '*'},
    {"P has one of A equal parts of what Q has", '/'},
    {"P owns one of A equal parts of what Q has", '/'},
    {"P has as many N as Q has divided by A", '/'},
    {"P holds as many N as Q divided by A", '/'},
    {"P keeps as many N as Q divided by A", '/'},
    {"P has as many N as Q and W together", '&'},
    {"P owns as many N as Q and W together", '&'},
    {"P holds the N of Q and W together", '&'},
    {"P has the N of Q and W together", '&'},
    {"P keeps as many N as Q and W together", '&'},
    {NULL, 0},
};

/* What the letters of a pattern stood for. */
struct match {
    char p[WORD], q[WORD], w[WORD], thing[WORD];
    long a, b;
};

struct problem {
    struct sentence sentence[MAX_SENTENCES];
    int n;
    char person[WORD], counted[WORD];
    bool compare, shop;
};

/* Cuts at spaces and drops commas; a sentence ends with . or ? */
static bool split(const char *text, struct problem *out)
{
    struct sentence *s = &out->sentence[0];
    int len = 0;
    for (const char *c = text; *c; c++) {
        bool end = *c == '.' || *c == '?';
        if (*c != ' ' && *c != ',' && !end) {
            if (s->n >= MAX_WORDS || len + 1 >= WORD)
                return false;
            s->word[s->n][len++] = *c;
        } else if (len > 0) {
            s->word[s->n++][len] = '\0';
            len = 0;
        }
        if (end && ++out->n == MAX_SENTENCES)
            return false;
        s = &out->sentence[out->n];
    }
    return len == 0 && out->n > 1;
}

static bool is_number(const char *word, long *value)
{
    char *end;
    *value = strtol(word, &end, 10);
    return isdigit((unsigned char)word[0]) && *end == '\0';
}

/* A single letter of a pattern against a word. "A" is also an article: "A coupon ...". */
static bool letter_matches(const struct problem *p, char letter, const char *word, struct match *m)
{
    switch (letter) {
    case 'P':
        if (p->compare)
            strcpy(m->p, word);
        return p->compare ? isupper((unsigned char)word[0]) != 0 : strcmp(word, p->person) == 0;
    case 'N':
        return strcmp(word, p->counted) == 0;
    case 'Q':
        strcpy(m->q, word);
        return isupper((unsigned char)word[0]) != 0;
    case 'W':
        strcpy(m->w, word);
        return !isdigit((unsigned char)word[0]) && strcmp(word, p->person) != 0;
    case 'T':
        strcpy(m->thing, word);
        return islower((unsigned char)word[0]) != 0;
    case 'A':
        return is_number(word, &m->a) || strcmp(word, "A") == 0;
    case 'B':
        return is_number(word, &m->b);
    default:
        return false;
    }
}

static bool matches(const struct problem *p, const char *pattern, const struct sentence *s,
                    struct match *m)
{
    int i = 0;
    for (const char *at = pattern; *at; i++) {
        size_t n = strcspn(at, " ");
        if (i == s->n)
            return false;
        const char *word = s->word[i];
        bool letter = n == 1 && isupper((unsigned char)*at);
        if (letter ? !letter_matches(p, *at, word, m)
                   : strlen(word) != n || strncmp(word, at, n) != 0)
            return false;
        at += n + (at[n] == ' ');
    }
    return i == s->n;
}

static char read_sentence(const struct problem *p, const struct rule *rules,
                          const struct sentence *s, struct match *m)
{
    for (const struct rule *rule = rules; rule->pattern; rule++)
        if (matches(p, rule->pattern, s, m))
            return rule->action;
    return 0;
}

struct fact {
    char thing[WORD];
    long value;
};

static bool find_fact(const struct fact *facts, int n, const char *things, long *value)
{
    for (int i = 0; i < n; i++) { /* "boxes" begins with "box" */
        if (strncmp(things, facts[i].thing, strlen(facts[i].thing)) == 0) {
            *value = facts[i].value;
            return true;
        }
    }
    return false;
}

static long apply(char action, const struct match *m, long t, bool begun, long x)
{
    long from = begun ? x : 0;
    switch (action) {
    case '=':
        return m->a;
    case 'S':
        return m->a * m->b;
    case 's':
        return m->a * t;
    case '+':
        return x + m->a;
    case '-':
        return x - m->a;
    case '*':
        return x * m->a;
    case '/':
        return x % m->a ? -1 : x / m->a;
    case 'G':
        return x + m->a * m->b;
    case 'g':
        return x + m->a * t;
    case 'L':
        return x - m->a * m->b;
    case 'l':
        return x - m->a * t;
    case 'H':
        return m->a % m->b ? -1 : x + m->a / m->b;
    case 'R':
        return x + m->a - m->b;
    case 'C':
        return m->a - x;
    case 'D':
        return m->a * m->b - x;
    case 'o':
        return from + t;
    case 'b':
        return from + m->a * t;
    case 'e':
        return from + m->a;
    default:
        return from + m->a * m->b; /* 'E' */
    }
}

/* Facts first, as they may stand anywhere, then statement after statement. */
static bool solve_events(const struct problem *p, long *answer)
{
    const struct rule *rules = p->shop ? shop_rules : story_rules;
    struct fact facts[MAX_FACTS];
    int n_facts = 0;
    bool begun = false;
    long x = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i + 1 < p->n; i++) {
            struct match m = {0};
            char action = read_sentence(p, rules, &p->sentence[i], &m);
            if (!action)
                return false;
            if (action == 'f' && pass == 0 && n_facts < MAX_FACTS) {
                strcpy(facts[n_facts].thing, m.thing);
                facts[n_facts++].value = m.b;
            }
            if (action == 'f' || action == '.' || pass == 0)
                continue;
            long t = 0;
            if (strchr("sglob", action) && !find_fact(facts, n_facts, m.thing, &t))
                return false;
            x = apply(action, &m, t, begun, x);
            begun = true;
        }
    }
    *answer = x;
    return begun;
}

struct person {
    char name[WORD];
    long x;
};

static bool known(const struct person *people, int n, const char *name, long *x)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(people[i].name, name) == 0) {
            *x = people[i].x;
            return true;
        }
    }
    return false;
}

/* Again and again over the statements, until the person asked about is known. */
static bool solve_compare(const struct problem *p, long *answer)
{
    struct person people[MAX_SENTENCES];
    int n = 0;
    for (int round = 0; round < p->n; round++) {
        for (int i = 0; i + 1 < p->n; i++) {
            struct match m = {0};
            char action = read_sentence(p, compare_rules, &p->sentence[i], &m);
            long q = 0, w = 0, x;
            if (!action)
                return false;
            if (known(people, n, m.p, &x) || (action != '=' && !known(people, n, m.q, &q)) ||
                (action == '&' && !known(people, n, m.w, &w)))
                continue;
            if (action == '/' && q % m.a != 0)
                continue; /* about persons that do not matter */
            strcpy(people[n].name, m.p);
            people[n++].x = action == '&' ? q + w : apply(action, &m, 0, true, q);
        }
    }
    return known(people, n, p->person, answer);
}

static bool find_word(const struct sentence *s, const char *word, int *at)
{
    for (*at = 0; *at < s->n; ++*at)
        if (strcmp(s->word[*at], word) == 0)
            return true;
    return false;
}

/* The person is the question's name; what is counted stands behind "many", "of" or alone. */
static bool read_question(struct problem *p)
{
    const struct sentence *q = &p->sentence[p->n - 1];
    int at = 0;
    for (int i = 1; i < q->n; i++)
        if (isupper((unsigned char)q->word[i][0]))
            strcpy(p->person, q->word[i]);
    if (find_word(q, "dollars", &at))
        strcpy(p->counted, "dollars");
    else if (find_word(q, "many", &at) || find_word(q, "of", &at))
        strcpy(p->counted, q->word[at + 1]);
    p->shop = strcmp(p->counted, "dollars") == 0;
    return p->person[0] && p->counted[0];
}

/* A story or a shop says what happens; in a comparison every statement compares or counts. */
static bool only_compares(struct problem *p)
{
    p->compare = true;
    for (int i = 0; i + 1 < p->n; i++) {
        struct match m = {0};
        if (!read_sentence(p, compare_rules, &p->sentence[i], &m)) {
            p->compare = false;
            break;
        }
    }
    return p->compare;
}

static bool solve(const char *text, long *answer)
{
    struct problem p = {0};
    if (!split(text, &p) || !read_question(&p))
        return false;
    return only_compares(&p) ? solve_compare(&p, answer) : solve_events(&p, answer);
}

static struct gen_math_item draw(uint64_t index, int steps, unsigned families,
                                 enum gen_math_split split, struct arena *arena)
{
    struct gen_math_options opt = {steps, steps, families, split, false};
    struct gen_math_item item;
    struct err err = {0};
    if (gen_math_item(7, index, &opt, &item, arena, &err) < 0)
        fail_msg("%s", err.msg);
    return item;
}

static void the_text_alone_gives_the_answer(void **state)
{
    (void)state;
    enum { ITEMS = 150 };
    for (int i = 0; i < ITEMS * GEN_MATH_MAX_STEPS * GEN_MATH_FAMILIES * 3; i++) {
        struct arena *arena = arena_new();
        enum gen_math_split split = (enum gen_math_split)(i % 3);
        int family = i / 3 % GEN_MATH_FAMILIES, steps = 1 + i / 9 % GEN_MATH_MAX_STEPS;
        if (steps > 1 || split == GEN_MATH_TRAIN) {
            struct gen_math_item item = draw((uint64_t)i, steps, 1u << family, split, arena);
            long answer = 0;
            if (!solve(item.prompt, &answer))
                fail_msg("not understood: %s", item.prompt);
            if (answer != item.answer)
                fail_msg("read as %ld, made as %d: %s", answer, item.answer, item.prompt);
        }
        arena_free(arena);
    }
}

static int numbers_of(const char *text, long *out, int max)
{
    int n = 0;
    for (const char *c = text; *c && n < max;) {
        char *end = (char *)c + 1;
        if (isdigit((unsigned char)*c))
            out[n++] = strtol(c, &end, 10);
        c = end;
    }
    return n;
}

static long last_number(const long *v, int n, struct rng *r)
{
    (void)r;
    return v[n - 1];
}

static long sum_of_all(const long *v, int n, struct rng *r)
{
    long sum = 0;
    (void)r;
    for (int i = 0; i < n; i++)
        sum += v[i];
    return sum;
}

static long random_operations(const long *v, int n, struct rng *r)
{
    long x = v[0];
    int used = 2 + (int)rng_below(r, (uint64_t)n - 1);
    for (int i = 1; i < used; i++) {
        switch (rng_below(r, 4)) {
        case 0:
            x += v[i];
            break;
        case 1:
            x -= v[i];
            break;
        case 2:
            x = labs(x) < 1000000 ? x * v[i] : x;
            break;
        default:
            x /= v[i];
        }
    }
    return x;
}

/* Two numbers that stand side by side, and one operation. */
static long one_operation(const long *v, int n, struct rng *r)
{
    int at = (int)rng_below(r, (uint64_t)n - 1);
    long a = v[at], b = v[at + 1];
    switch (rng_below(r, 4)) {
    case 0:
        return a + b;
    case 1:
        return a - b;
    case 2:
        return a * b;
    default:
        return a / b;
    }
}

static void shortcuts_solve_less_than_5_per_cent(void **state)
{
    (void)state;
    static long (*const solvers[])(const long *, int, struct rng *) = {
        last_number, sum_of_all, random_operations, one_operation};
    enum { ITEMS = 1500, N_SOLVERS = sizeof solvers / sizeof solvers[0] };
    struct rng r = rng_make(1);
    for (int steps = 2; steps <= GEN_MATH_MAX_STEPS; steps++) {
        int solved[N_SOLVERS] = {0};
        for (int i = 0; i < ITEMS; i++) {
            struct arena *arena = arena_new();
            struct gen_math_item item = draw((uint64_t)i, steps, 1u << i % GEN_MATH_FAMILIES,
                                             i % 2 ? GEN_MATH_TEST : GEN_MATH_HELDOUT, arena);
            long v[64];
            int n = numbers_of(item.prompt, v, 64);
            assert_in_range(n, steps + 1, 63);
            for (int k = 0; k < N_SOLVERS; k++)
                solved[k] += solvers[k](v, n, &r) == item.answer;
            arena_free(arena);
        }
        for (int k = 0; k < N_SOLVERS; k++)
            if (solved[k] * 20 >= ITEMS)
                fail_msg("shortcut %d solves %d of %d with %d steps", k, solved[k], ITEMS, steps);
        assert_int_equal(solved[0], 0); /* no number of the text is the answer, */
        assert_int_equal(solved[1], 0); /* nor are all of them together */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_alone_gives_the_answer),
        cmocka_unit_test(shortcuts_solve_less_than_5_per_cent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
