/* See traceback.h. */
#include "tool/traceback.h"

#include <stdlib.h>
#include <string.h>

int traceback_line(const char *text)
{
    static const char mark[] = "File \"main.py\", line ";
    int line = 0;
    for (const char *p = text; (p = strstr(p, mark)); p += strlen(mark))
        line = atoi(p + strlen(mark));
    return line;
}
