/*
 * A result of several tables that belong together, such as a model's coefficients, its variances
 * and how its fit went. One of them is the table that a CSV reader gets unless another is asked for
 * by its name; people get all of them, and in JSON all are one object.
 */
#ifndef ALSTRACK_ANALYSIS_RESULT_H
#define ALSTRACK_ANALYSIS_RESULT_H

#include <stdbool.h>
#include <stddef.h>

#include "alstrack/analysis/table.h"

struct als_result_part {
    const char *name;        /* key in JSON; NULL: the columns of its one row are keys themselves */
    struct als_table *table; /* owned by the result */
    bool single;             /* one row: an object in JSON, not an array of objects */
};

#define ALS_RESULT_PARTS 6
struct als_result {
    struct als_result_part parts[ALS_RESULT_PARTS];
    size_t count;
    size_t main;               /* the part that CSV and TSV consist of; it carries the notes */
    struct als_table *summary; /* made when it is asked for */
};

/* Take over a table as the next part; returns it. */
struct als_table *als_result_add(struct als_result *result, const char *name, bool single,
                                 struct als_table *table);
/* The same for the main part. */
struct als_table *als_result_add_main(struct als_result *result, const char *name,
                                      struct als_table *table);
const struct als_table *als_result_main(const struct als_result *result);
/* One table by its name: that of a part, or ALS_RESULT_SUMMARY for all parts without a name, which
 * are one row each, side by side in one row. NULL: there is none of that name. Owned by the result.
 */
#define ALS_RESULT_SUMMARY "summary"
const struct als_table *als_result_table(struct als_result *result, const char *name);
struct als_buf;
void als_result_names(const struct als_result *result, struct als_buf *out); /* "curve, groups" */
void als_result_release(struct als_result *result); /* a zeroed one is fine */

#endif
