/* Lists of indices, and arrays beyond MaxArraySize. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cluster/arrays.h"

static void lists_join_neighbours(void **state)
{
    const unsigned some[] = {1, 2, 3, 7, 9, 10};
    struct str s CLEANUP_STR = {0};
    (void)state;
    arrays_add_list(some, 6, &s);
    assert_string_equal(s.p, "1-3,7,9-10");
    str_clear(&s);
    arrays_add_list(some + 3, 1, &s);
    assert_string_equal(s.p, "7");
}

/* Every shard is index + offset of one array, and no index reaches MaxArraySize. */
static void long_ones_are_cut(void **state)
{
    unsigned all[2500];
    struct array_cut *cuts;
    (void)state;
    for (unsigned i = 0; i < 2500; i++)
        all[i] = i + 1;
    size_t n = arrays_cut(all, 2500, 1001, 0, &cuts);
    assert_int_equal(n, 3);
    assert_string_equal(cuts[0].list, "1-1000");
    assert_string_equal(cuts[1].list, "1-1000");
    assert_string_equal(cuts[2].list, "1-500");
    assert_int_equal(cuts[1].offset, 1000);
    assert_int_equal(cuts[2].offset, 2000);
    assert_int_equal(cuts[2].first, 2000);
    assert_int_equal(cuts[2].n, 500);
    arrays_free(cuts, n);
}

static void missing_ones_keep_their_numbers(void **state)
{
    const unsigned missing[] = {3, 1000, 1001, 2400};
    struct array_cut *cuts;
    (void)state;
    size_t n = arrays_cut(missing, 4, 1001, 0, &cuts);
    assert_int_equal(n, 3);
    assert_string_equal(cuts[0].list, "3,1000");
    assert_string_equal(cuts[1].list, "1");
    assert_string_equal(cuts[2].list, "400");
    arrays_free(cuts, n);
}

static void limits_are_shared(void **state)
{
    const unsigned shards[] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct array_cut *cuts;
    (void)state;
    size_t n = arrays_cut(shards, 8, 4, 5, &cuts);
    assert_int_equal(n, 3);
    assert_string_equal(cuts[0].list, "1-3%2");
    assert_string_equal(cuts[1].list, "1-3%2");
    assert_string_equal(cuts[2].list, "1-2%1");
    arrays_free(cuts, n);
    n = arrays_cut(shards, 8, 4, 1, &cuts); /* at least one each */
    assert_string_equal(cuts[2].list, "1-2%1");
    arrays_free(cuts, n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_join_neighbours),
        cmocka_unit_test(long_ones_are_cut),
        cmocka_unit_test(missing_ones_keep_their_numbers),
        cmocka_unit_test(limits_are_shared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
