/* Names, things and wordings. The re-parser in gen_math_test.c spells the same wordings out anew: a
 * change here needs one there. */
#include "gen/gen_math_words.h"
#include <string.h>
#include "base/str.h"
#include "gen/gen_math.h"

const char *const gen_math_names[GEN_MATH_NAMES] = {
    "Ana", "Ben", "Cem", "Dan", "Eva", "Finn", "Gia", "Hugo", "Ivo", "Jan", "Kim", "Leo", "Mia",
    "Noa", "Olga", "Pia", "Raj", "Sara", "Tom", "Uma", "Vera", "Will", "Yan", "Zoe",
    /* held out */
    "Aki", "Bea", "Ida", "Max", "Nina", "Otto"};

const char *const gen_math_counted[GEN_MATH_COUNTED] = {"marbles", "stamps",  "shells",  "coins",
                                                        "cards",   "beads",   "buttons", "pebbles",
                                                        "nuts",    "stickers"};

const struct gen_math_noun gen_math_things[GEN_MATH_THINGS] = {
    {"pen", "pens"},   {"cup", "cups"},   {"book", "books"}, {"ball", "balls"},
    {"cap", "caps"},   {"lamp", "lamps"}, {"kite", "kites"}, {"drum", "drums"},
    {"mug", "mugs"},   {"toy", "toys"},   {"hat", "hats"},   {"map", "maps"},
    {"rope", "ropes"}, {"bell", "bells"}, {"cake", "cakes"}, {"doll", "dolls"}};

const struct gen_math_noun gen_math_containers[GEN_MATH_CONTAINERS] = {
    {"bag", "bags"}, {"box", "boxes"},      {"jar", "jars"},   {"bowl", "bowls"},
    {"tin", "tins"}, {"basket", "baskets"}, {"sack", "sacks"}, {"crate", "crates"}};

/* clang-format off */
const struct gen_math_event gen_math_story[] = {
    {GEN_MATH_START, 0, 0, false, NULL,
     {"{p} has {a} {n}.",
      "{p} starts with {a} {n}.",
      "At first {p} has {a} {n}.",
      "{p} owns {a} {n}.",
      "In a box {p} has {a} {n}."}},
    {GEN_MATH_START, '*', 0, false, NULL,
     {"{p} has {a} {c} with {b} {n} each.",
      "{p} starts with {a} {c} of {b} {n}.",
      "At first {p} has {a} {c}, each with {b} {n}.",
      "Each {C} holds {b} {n}.|{p} owns {a} {c}.",
      "In a box {p} has {a} {c} of {b} {n}."}},
    {GEN_MATH_MIDDLE, 0, '+', false, NULL,
     {"{p} finds {a} more {n}.",
      "{p} gets {a} {n} from {o}.",
      "{o} gives {p} {a} {n}.",
      "Then {p} buys {a} {n}.",
      "{p} buys {a} more {n}."}},
    {GEN_MATH_MIDDLE, 0, '-', false, NULL,
     {"{p} loses {a} {n}.",
      "{p} gives {a} {n} to {o}.",
      "{o} takes {a} {n} from {p}.",
      "Then {p} sells {a} {n}.",
      "{p} sells {a} of the {n}."}},
    {GEN_MATH_MIDDLE, 0, '*', false, NULL,
     {"Now {p} has {a} times as many {n}.",
      "The {n} of {p} become {a} times as many.",
      "After that {p} has {a} times as many {n} as before.",
      "Soon {p} owns {a} times as many {n}.",
      "In the end {p} has {a} times as many {n}."}},
    {GEN_MATH_MIDDLE, 0, '/', false, NULL,
     {"{p} puts the {n} into {a} equal piles and keeps one.",
      "{p} splits the {n} into {a} equal parts and keeps one part.",
      "The {n} of {p} are shared equally by {a} people, {p} among them.",
      "Then {p} keeps only one of {a} equal parts of the {n}.",
      "{p} splits the {n} into {a} equal piles and keeps one."}},
    {GEN_MATH_MIDDLE, '*', '+', false, "more",
     {"{p} buys {a} {c} with {b} {n} each.",
      "{p} gets {a} {c} of {b} {n} from {o}.",
      "{o} gives {p} {a} {c}, each with {b} {n}.",
      "Each {C} holds {b} {n}.|Then {p} finds {a} {c}.",
      "{p} finds {a} {c} of {b} {n} each."}},
    {GEN_MATH_MIDDLE, '*', '-', false, "less",
     {"{p} gives {a} {c} with {b} {n} each to {o}.",
      "{p} sells {a} {c} of {b} {n}.",
      "{p} loses {a} {c}, each with {b} {n}.",
      "Each {C} holds {b} {n}.|{o} takes {a} {c} from {p}.",
      "{p} sells {a} {c} with {b} {n} each."}},
    {GEN_MATH_MIDDLE, '/', '+', false, "share",
     {"{o} splits {a} {n} into {b} equal parts and gives {p} one part.",
      "{p} gets one of {b} equal parts of {a} {n}.",
      "A pile of {a} {n} is shared equally by {b} people, {p} among them.",
      "Then {o} gives {p} one of {b} equal parts of {a} {n}.",
      "{o} puts {a} {n} into {b} equal piles and gives {p} one."}},
    {GEN_MATH_MIDDLE, '-', '+', false, "rest",
     {"{o} has {a} {n}, loses {b} and gives {p} the rest.",
      "{p} gets {a} {n} from {o} but gives {b} back.",
      "{o} finds {a} {n}, keeps {b} and gives {p} the rest.",
      "Then {p} gets {a} {n} and loses {b} of them.",
      "Of {a} {n}, {o} keeps {b} and gives {p} the rest."}},
};
const size_t gen_math_n_story = sizeof gen_math_story / sizeof gen_math_story[0];

const char *const gen_math_story_question[GEN_MATH_WORDINGS] = {
    "How many {n} does {p} have now?",
    "How many {n} does {p} have in the end?",
    "In the end, how many {n} does {p} own?",
    "How many {n} are left for {p} now?",
    "How many {n} does {p} own in the end?"};

const char *const gen_math_story_decoy[GEN_MATH_DECOYS] = {
    "{o} also has {a} {m} at home.",
    "{p} also has {a} {m} in a box.",
    "{o} is {a} years old and likes {m}.",
    "{o} finds {a} {n} and keeps them.",
    "On the big table are {a} {m}.",
    "{o} has {a} {c} with {b} {m} each."};

const struct gen_math_event gen_math_shop[] = {
    {GEN_MATH_START, 0, 0, false, NULL,
     {"{p} buys a {C} for {a} dollars.",
      "{p} takes a {C} that costs {a} dollars.",
      "A {C} costs {a} dollars.|{p} buys one {C}.",
      "In the basket {p} puts a {C} for {a} dollars.",
      "{p} puts a {C} in the basket for {a} dollars."}},
    {GEN_MATH_START, '*', 0, false, NULL,
     {"{p} buys {a} {c} for {b} dollars each.",
      "A {C} costs {b} dollars.|{p} buys {a} {c}.",
      "{p} takes {a} {c} that cost {b} dollars each.",
      "In the basket {p} puts {a} {c} for {b} dollars each.",
      "{p} puts {a} {c} in the basket for {b} dollars each."}},
    {GEN_MATH_MIDDLE, 0, '+', false, NULL,
     {"{p} buys a {C} for {a} dollars.",
      "{p} takes a {C} that costs {a} dollars.",
      "A {C} costs {a} dollars.|{p} buys one {C}.",
      "In the basket {p} puts a {C} for {a} dollars.",
      "{p} puts a {C} in the basket for {a} dollars."}},
    {GEN_MATH_MIDDLE, '*', '+', false, "cost",
     {"{p} buys {a} {c} for {b} dollars each.",
      "A {C} costs {b} dollars.|{p} buys {a} {c}.",
      "{p} takes {a} {c} that cost {b} dollars each.",
      "In the basket {p} puts {a} {c} for {b} dollars each.",
      "{p} puts {a} {c} in the basket for {b} dollars each."}},
    {GEN_MATH_LATE, 0, '-', false, NULL,
     {"A coupon takes {a} dollars off the total.",
      "{p} has a coupon for {a} dollars off.",
      "The shop takes {a} dollars off the bill.",
      "With a coupon {p} saves {a} dollars.",
      "A coupon saves {p} {a} dollars."}},
    {GEN_MATH_LATE, 0, '+', false, NULL,
     {"Delivery costs {a} dollars more.",
      "The shop adds {a} dollars for delivery.",
      "{p} adds a tip of {a} dollars.",
      "Wrapping adds {a} dollars to the bill.",
      "{p} pays {a} dollars more for delivery."}},
    {GEN_MATH_LATE, 0, '*', false, NULL,
     {"{p} orders all this {a} times.",
      "{p} pays this bill {a} times.",
      "The same order is placed {a} times.",
      "{p} wants the whole order {a} times.",
      "{p} pays for the whole order {a} times."}},
    {GEN_MATH_LATE, 0, '/', false, NULL,
     {"The bill is split equally among {a} people.",
      "{p} and others, {a} people in all, share the bill equally.",
      "{a} friends split the total into equal parts.",
      "Each of {a} people pays the same part of the bill.",
      "The total is shared equally by {a} people."}},
    {GEN_MATH_LATE, '*', '-', false, "coupons",
     {"{p} uses {a} coupons of {b} dollars each.",
      "{a} coupons take {b} dollars each off the total.",
      "With {a} coupons {p} saves {b} dollars each.",
      "{p} has {a} coupons, each for {b} dollars off.",
      "{p} saves {b} dollars with each of {a} coupons."}},
    {GEN_MATH_END, 0, '-', true, NULL,
     {"{p} pays with {a} dollars.",
      "To pay, {p} uses a gift card with {a} dollars.",
      "{p} gives the shop {a} dollars.",
      "A gift card of {a} dollars pays for this.",
      "{p} pays for this with {a} dollars."}},
    {GEN_MATH_END, '*', '-', true, "paid",
     {"{p} pays with {a} gift cards of {b} dollars each.",
      "To pay, {p} uses {a} gift cards with {b} dollars each.",
      "{p} gives the shop {a} notes of {b} dollars.",
      "{a} gift cards of {b} dollars each pay for this.",
      "{p} pays for this with {a} notes of {b} dollars."}},
};
const size_t gen_math_n_shop = sizeof gen_math_shop / sizeof gen_math_shop[0];

const char *const gen_math_pay_question[GEN_MATH_WORDINGS] = {
    "How many dollars does {p} pay?",
    "How many dollars does this cost {p}?",
    "What does {p} pay in dollars?",
    "In the end, how many dollars does {p} pay?",
    "How many dollars does {p} pay in the end?"};

const char *const gen_math_change_question[GEN_MATH_WORDINGS] = {
    "How many dollars of change does {p} get?",
    "How many dollars does {p} get back?",
    "How many dollars are left for {p} now?",
    "In the end, how many dollars of change does {p} get?",
    "How many dollars does {p} get back in the end?"};

const char *const gen_math_shop_decoy[GEN_MATH_DECOYS] = {
    "{o} has {a} dollars in a bag.",
    "In the window is a {C} for {a} dollars.",
    "{o} is {a} years old and likes {c}.",
    "The shop has {a} {c} on the shelf.",
    "{p} looks at {a} {c} but takes none.",
    "{o} would like {a} {c} for {b} dollars each."};

const char *const gen_math_compare[GEN_MATH_RELATIONS][GEN_MATH_WORDINGS] = {
    [GEN_MATH_BASE] = {"{p} has {a} {n}.",
                       "{p} owns {a} {n}.",
                       "{p} holds {a} {n}.",
                       "There {p} has {a} {n}.",
                       "{p} keeps {a} {n} at home."},
    [GEN_MATH_MORE] = {"{p} has {a} more {n} than {q}.",
                       "{p} has {a} {n} more than {q}.",
                       "{p} owns {a} more {n} than {q}.",
                       "{p} holds {a} {n} more than {q}.",
                       "{p} keeps {a} more {n} than {q}."},
    [GEN_MATH_FEWER] = {"{p} has {a} fewer {n} than {q}.",
                        "{p} has {a} {n} fewer than {q}.",
                        "{p} owns {a} fewer {n} than {q}.",
                        "{p} holds {a} {n} fewer than {q}.",
                        "{p} keeps {a} fewer {n} than {q}."},
    [GEN_MATH_TIMES] = {"{p} has {a} times as many {n} as {q}.",
                        "{p} owns {a} times as many {n} as {q}.",
                        "{p} holds {a} times the {n} of {q}.",
                        "{p} has {a} times the {n} of {q}.",
                        "{p} keeps {a} times as many {n} as {q}."},
    [GEN_MATH_PART] = {"{p} has one of {a} equal parts of what {q} has.",
                       "{p} owns one of {a} equal parts of what {q} has.",
                       "{p} has as many {n} as {q} has, divided by {a}.",
                       "{p} holds as many {n} as {q}, divided by {a}.",
                       "{p} keeps as many {n} as {q}, divided by {a}."},
    [GEN_MATH_BOTH] = {"{p} has as many {n} as {q} and {s} together.",
                       "{p} owns as many {n} as {q} and {s} together.",
                       "{p} holds the {n} of {q} and {s} together.",
                       "{p} has the {n} of {q} and {s} together.",
                       "{p} keeps as many {n} as {q} and {s} together."},
};

const char *const gen_math_compare_question[GEN_MATH_WORDINGS] = {
    "How many {n} does {p} have?",
    "How many {n} does {p} own?",
    "What is the count of {n} that {p} has?",
    "Now how many {n} does {p} have?",
    "What is the number of {n} that {p} has?"};
/* clang-format on */

void gen_math_fill(struct str *s, const char *wording, const char *end, const char *const slot[128])
{
    if (!end)
        end = wording + strlen(wording);
    for (const char *c = wording; c < end; c++) {
        if (*c != '{') {
            str_addc(s, *c);
            continue;
        }
        str_add(s, slot[(unsigned char)c[1]]);
        c += 2;
    }
}
