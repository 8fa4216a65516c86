/* Writing HTML and SVG, escaped by default: text of suites, models and programs cannot become
 * markup.
 *
 * Every text and every attribute value is escaped here and nothing else reaches the page; names of
 * elements and attributes are literals of this program. Elements are closed in the order of their
 * opening. Links can only point into the page.
 * Control characters, which HTML forbids, are spelt out as \xNN; ill-formed UTF-8 becomes U+FFFD.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/str.h"

enum { HTML_DEPTH = 32 };

/* Start from {.out = s}. Names are borrowed until their element is closed. */
struct html {
    struct str *out;
    const char *open[HTML_DEPTH];
    int depth;
    bool in_tag; /* "<p" is written and still takes attributes */
};

void html_open(struct html *h, const char *element); /* <element */
void html_attr(struct html *h, const char *name, const char *value);
void html_attrf(struct html *h, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void html_number(struct html *h, const char *name, double value); /* an attribute; 2 decimals */
void html_text(struct html *h, const char *text);
void html_textf(struct html *h, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void html_close(struct html *h);                     /* the innermost element */
void html_close_to(struct html *h, int depth);       /* until `depth` are open */
void html_void(struct html *h, const char *element); /* <br>: an element without content */
/* <element>text</element>, and the same with a class. */
void html_el(struct html *h, const char *element, const char *text);
void html_el_class(struct html *h, const char *element, const char *class, const char *text);
/* <a href="#id">text</a> */
void html_link(struct html *h, const char *id, const char *text);
/* <pre>text</pre>, its first newline kept. */
void html_pre(struct html *h, const char *text);
/* Unescaped bytes: only for the style sheet, never for text of a run. */
void html_trusted(struct html *h, const char *literal);
