/* What is left of a document without the parts that nothing was added to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "doc/doc.h"

static void empty_parts_are_dropped(void **state)
{
    static const struct doc_column columns[] = {{DOC_TEXT, "arm", ""}};
    struct doc *d = doc_new("t");
    (void)state;
    doc_add_section(d, "first", "First");
    doc_add_table(d, "no row", columns, 1, 0);
    doc_add_section(d, "second", "Second");
    doc_add_text(d, "something");
    doc_add_table(d, "a row", columns, 1, 1);
    doc_add_section(d, "third", "Third");
    doc_drop_empty(d);
    assert_int_equal(d->n_blocks, 3);
    assert_string_equal(d->blocks[0].section->id, "second");
    assert_string_equal(d->blocks[1].text, "something");
    assert_string_equal(d->blocks[2].table->title, "a row");
    doc_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(empty_parts_are_dropped)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
