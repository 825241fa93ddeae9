/* Tables that are one result. */
#include "alstrack/analysis/result.h"

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

void als_result_release(struct als_result *result)
{
    for (size_t i = 0; i < result->count; i++)
        als_table_free(result->parts[i].table);
    *result = (struct als_result){.count = 0};
}
