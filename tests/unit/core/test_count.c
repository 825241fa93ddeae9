/* Counted nouns. */
#include "als_test.h"
#include "alstrack/core/count.h"

static const struct {
    size_t n;
    const char *one, *text;
} rows[] = {{0, "patient", "0 patients"},      {1, "patient", "1 patient"},
            {2, "patient", "2 patients"},      {1, "query", "1 query"},
            {12, "query", "12 queries"},       {2, "day", "2 days"},
            {2, "change set", "2 change sets"}};

TABLE_TEST(count, goes_with_its_noun, rows)
{
    cr_assert_str_eq(als_counted(rows[*row_].n, rows[*row_].one).text, rows[*row_].text);
}
