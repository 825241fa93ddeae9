/*
 * What the files that write pages share.
 */
#ifndef ALSTRACK_WEB_PAGE_INT_H
#define ALSTRACK_WEB_PAGE_INT_H

#include "page.h"

/* `<tag`, then attributes, then the caller writes `>`. */
void als_html_start(struct als_html *page, const char *tag);
void als_html_attribute(struct als_html *page, const char *name, const char *value);
void als_html_attributes(struct als_html *page, const char *const *attributes);

#endif
