/* See wrap.h. */
#include "label/wrap.h"
#include <utf8proc.h>
#include "base/utf8.h"

size_t wrap_row(const char *text, int columns)
{
    size_t n = 0, blank = 0; /* behind the last blank in the second half of the row */
    int width = 0;
    while (text[n] && text[n] != '\n') {
        utf8proc_int32_t point;
        utf8proc_ssize_t bytes = utf8proc_iterate((const utf8proc_uint8_t *)text + n, -1, &point);
        if (bytes < 1)
            return n > 0 ? n : 1; /* not UTF-8: callers clean their text first */
        int columns_of = utf8proc_charwidth(point);
        if (n > 0 && width + columns_of > columns)
            return blank > 0 ? blank : n;
        width += columns_of;
        n += (size_t)bytes;
        if (point == ' ' && 2 * width > columns)
            blank = n;
    }
    return n;
}
