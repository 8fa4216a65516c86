/* One line of a reply, looked at as a fence. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "tool/fences.h"

struct fence_line {
    const char *mark;       /* where the run of ` or ~ stands, or the tag */
    size_t width;           /* of the run; 0: a tag */
    int tag;                /* which pair of tags, where it is one */
    size_t column;          /* of the mark, list marks counted as the spaces they stand for */
    size_t quotes;          /* how many > stand before it */
    bool at_start;          /* nothing but space, quotes and list marks before it */
    bool after_colon;       /* a colon is the last thing before it */
    const char *info;       /* what follows, without white space */
    size_t info_len;        /* up to the end of the line, without white space */
    enum fence_label label; /* of the info's first word */
    bool known;             /* a label that is in the table */
    const char *rest;       /* behind the label, without white space */
};

/* The first run of three or more marks in the line at p, or an opening tag at its start; false when
 * there is none. */
bool fence_line_read(const char *p, struct fence_line *out);
/* Is the rest of an opening line's label something that belongs to it: nothing, {...}, key=value, a
 * file name? */
bool fence_line_is_attribute(const char *text, size_t n);
/* The closing tag of a pair; "" = it has none. */
const char *fence_tag_close(int tag);
const char *fence_line_end(const char *p);  /* the line's "\n" or the end */
const char *fence_line_next(const char *p); /* the next line's start or the end */
/* Behind up to `quotes` marks > and the white space around them. */
const char *fence_skip_quotes(const char *p, size_t quotes);
