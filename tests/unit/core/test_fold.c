/* Texts that differ in capital letters and blanks alone. */
#include "als_test.h"
#include "alstrack/core/fold.h"

static const struct {
    const char *a, *b;
    int order;
} pairs[] = {
    {"headache", "Headache", 0},
    {"back pain", "  BACK \t Pain ", 0},
    {"back pain", "backpain", -1},
    {"a", "b", -1},
    {"B", "a", 1},
    {"", " ", 0},
    {"", "a", -1},
    {"a", "a b", -1},
    {"c\xc3\xa9phal\xc3\xa9"
     "e",
     "C\xc3\x89PHAL\xc3\x89"
     "E",
     0},
    {"\xc4\x8d", "\xc4\x8c", 0}, /* c with caron */
    {"\xc5\xbe", "\xc5\xbd", 0}, /* z with caron */
    {"\xce\xb2", "\xce\x92", 0}, /* beta */
    {"\xd0\xb1\xd0\xbe\xd0\xbb\xd1\x8c", "\xd0\x91\xd0\x9e\xd0\x9b\xd0\xac", 0},
    {"\xc3\x97", "\xc3\xb7", -1}, /* times and divided by are no letters */
    {"back\xc2\xa0pain", "back pain", 0},
};

TABLE_TEST(fold, compares_without_regard_to_capitals_and_blanks, pairs)
{
    cr_assert_eq(als_fold_compare(pairs[*row_].a, pairs[*row_].b), pairs[*row_].order);
    cr_assert_eq(als_fold_compare(pairs[*row_].b, pairs[*row_].a), -pairs[*row_].order);
}
