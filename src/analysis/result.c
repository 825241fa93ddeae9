/* Tables that are one result. */
#include "alstrack/analysis/result.h"

#include <stdlib.h>
#include <string.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/buf.h"
#include "alstrack/core/err.h"

struct als_table *als_result_add(struct als_result *result, const char *name, bool single,
                                 struct als_table *table)
{
    if (result->count == ALS_RESULT_PARTS)
        als_bug("a result of more than %d tables", ALS_RESULT_PARTS);
    result->parts[result->count++] =
        (struct als_result_part){.name = name, .table = table, .single = single};
    return table;
}

struct als_table *als_result_add_main(struct als_result *result, const char *name,
                                      struct als_table *table)
{
    result->main = result->count;
    return als_result_add(result, name, false, table);
}

const struct als_table *als_result_main(const struct als_result *result)
{
    return result->parts[result->main].table;
}

static bool is_summary(const struct als_result_part *part)
{
    return !part->name && part->single;
}

static void copy_cell(struct als_cell cell, enum als_cell_type type, struct als_table *to)
{
    if (cell.missing)
        als_table_missing(to);
    else if (type == ALS_CELL_TEXT)
        als_table_text(to, cell.as.text);
    else if (type == ALS_CELL_INTEGER)
        als_table_integer(to, cell.as.integer);
    else if (type == ALS_CELL_NUMBER)
        als_table_number(to, cell.as.number);
    else
        als_table_yesno(to, cell.as.yes);
}

/* NULL when no part is without a name. */
static struct als_table *make_summary(const struct als_result *result)
{
    size_t n = 0, at = 0;
    for (size_t i = 0; i < result->count; i++)
        n += is_summary(&result->parts[i]) ? als_table_columns(result->parts[i].table) : 0;
    if (n == 0)
        return NULL;
    struct als_table_column *columns = als_alloc_array(n, sizeof *columns);
    for (size_t i = 0; i < result->count; i++)
        for (size_t k = 0;
             is_summary(&result->parts[i]) && k < als_table_columns(result->parts[i].table); k++)
            columns[at++] = *als_table_column(result->parts[i].table, k);
    struct als_table *summary = als_table_new(columns, n);
    for (size_t i = 0; i < result->count; i++)
        for (size_t k = 0;
             is_summary(&result->parts[i]) && k < als_table_columns(result->parts[i].table); k++)
            copy_cell(als_table_cell(result->parts[i].table, 0, k),
                      als_table_column(result->parts[i].table, k)->type, summary);
    free(columns);
    return summary;
}

const struct als_table *als_result_table(struct als_result *result, const char *name)
{
    for (size_t i = 0; i < result->count; i++)
        if (result->parts[i].name && strcmp(result->parts[i].name, name) == 0)
            return result->parts[i].table;
    if (strcmp(name, ALS_RESULT_SUMMARY) != 0)
        return NULL;
    if (!result->summary)
        result->summary = make_summary(result);
    return result->summary;
}

void als_result_names(const struct als_result *result, struct als_buf *out)
{
    bool summary = false;
    for (size_t i = 0; i < result->count; i++) {
        const char *name = result->parts[i].name;
        if (name)
            als_buf_printf(out, "%s%s", out->length ? ", " : "", name);
        summary |= is_summary(&result->parts[i]);
    }
    if (summary)
        als_buf_printf(out, "%s%s", out->length ? ", " : "", ALS_RESULT_SUMMARY);
}

void als_result_release(struct als_result *result)
{
    als_table_free(result->summary);
    for (size_t i = 0; i < result->count; i++)
        als_table_free(result->parts[i].table);
    *result = (struct als_result){.count = 0};
}
