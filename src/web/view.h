/*
 * What the pages that show results share: result tables as HTML, days, words of a schedule.
 */
#ifndef ALSTRACK_WEB_VIEW_H
#define ALSTRACK_WEB_VIEW_H

#include "alstrack/analysis/result.h"
#include "alstrack/schedule/schedule.h"
#include "page.h"

/* A result as a table with its notes below. Cells of the column `patient` lead to the patient. */
void als_view_table(struct als_html *page, const struct als_table *table, const char *caption);
void als_view_result(struct als_html *page, const struct als_result *result, const char *caption);

/* YYYY-MM-DD in the request's arena; "" for ALS_NO_DAY. */
const char *als_view_day(const struct als_request *request, int day);
const char *als_view_count(const struct als_request *request, size_t n, const char *one);

/* A name and its value inside <dl class="strip">; nothing for a value that is NULL or "". */
void als_view_fact(struct als_html *page, const char *name, const char *value);

/* The state of a visit as a badge. */
void als_view_status(struct als_html *page, const struct als_visit_row *row, bool recorded);

/* Sites of the protocol as choices of a filter, "all sites" first; NULL value means all. Writes
 * nothing when there is only one. */
void als_view_site_filter(struct als_html *page, const char *chosen);

/* A chart of this server that is also a link to itself, whole; it scrolls on narrow screens. */
void als_view_chart(struct als_html *page, const char *url, const char *alternative);

#endif
