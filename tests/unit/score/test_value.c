/* Answers from text, and back. */
#include "scales.h"

static const struct als_choice grades[] = {
    {.code = "4", .number = 4}, {.code = "0", .number = 0}, {.code = "-1", .number = -1}};
static const struct als_choice words[] = {{.code = "upright"}, {.code = "supine"}};

/* Items of each type; a function, because the worker of a parameterized test is a new process. */
static struct als_item make_item(char type)
{
    switch (type) {
    case 'i':
        return (struct als_item){.type = ALS_ITEM_INTEGER,
                                 .has_min = true,
                                 .has_max = true,
                                 .min = 1,
                                 .max = 8,
                                 .decimals = -1};
    case 'n':
        return (struct als_item){.type = ALS_ITEM_NUMBER,
                                 .has_min = true,
                                 .has_max = true,
                                 .min = 0.1,
                                 .max = 9,
                                 .decimals = 2,
                                 .unit = "L"};
    case 'f':
        return (struct als_item){
            .type = ALS_ITEM_NUMBER, .has_min = true, .min = 0, .decimals = -1};
    case 'c':
        return (struct als_item){.type = ALS_ITEM_CHOICE,
                                 .numeric_choice = true,
                                 .choices = grades,
                                 .n_choices = COUNT(grades)};
    case 'w':
        return (struct als_item){
            .type = ALS_ITEM_CHOICE, .choices = words, .n_choices = COUNT(words)};
    case 't':
        return (struct als_item){.type = ALS_ITEM_TEXT};
    case 'd':
        return (struct als_item){.type = ALS_ITEM_DATE};
    default:
        return (struct als_item){.type = ALS_ITEM_YESNO};
    }
}

static const struct {
    char type;
    char text[24];
    char back[24];
} accepted[] = {
    {'i', "1", "1"},
    {'i', "8", "8"},
    {'n', "3.40", "3.4"},
    {'n', "0.1", "0.1"},
    {'n', "9", "9"},
    {'n', "3.400", "3.4"},
    {'f', "1e-3", "0.001"},
    {'f', "0.125", "0.125"},
    {'c', "4", "4"},
    {'c', "0", "0"},
    {'c', "-1", "-1"},
    {'w', "supine", "supine"},
    {'t', " a, \"b\"", " a, \"b\""},
    {'t', "\xc3\xa9", "\xc3\xa9"},
    {'d', "2019", "2019"},
    {'d', "2019-03", "2019-03"},
    {'d', "2020-02-29", "2020-02-29"},
    {'y', "Y", "Y"},
    {'y', "n", "N"},
};

TABLE_TEST(value, reads_and_writes_back, accepted)
{
    struct als_item item = make_item(accepted[*row_].type);
    struct als_value value;
    char text[64], expected[100];
    cr_assert(als_value_parse(&item, accepted[*row_].text, strlen(accepted[*row_].text), &value,
                              expected, sizeof expected));
    size_t length = als_value_format(&item, &value, text, sizeof text);
    cr_assert_str_eq(text, accepted[*row_].back);
    cr_assert_eq(length, strlen(text));
}

static const struct {
    char type;
    char text[24];
    char expected[64];
} refused[] = {
    {'i', "0", "a whole number from 1 to 8"},
    {'i', "9", "a whole number from 1 to 8"},
    {'i', "3.0", "a whole number from 1 to 8"},
    {'i', " 3", "a whole number from 1 to 8"},
    {'i', "99999999999999999999", "a whole number from 1 to 8"},
    {'n', "3,40", "a number from 0.1 to 9 L with at most 2 decimals"},
    {'n', "3.401", "a number from 0.1 to 9 L with at most 2 decimals"},
    {'n', "340e-2", "a number from 0.1 to 9 L with at most 2 decimals"},
    {'n', "9.01", "a number from 0.1 to 9 L with at most 2 decimals"},
    {'n', "nan", "a number from 0.1 to 9 L with at most 2 decimals"},
    {'f', "-0.5", "a number of at least 0"},
    {'f', "inf", "a number of at least 0"},
    {'c', "5", "one of 4, 0, -1"},
    {'c', "4.0", "one of 4, 0, -1"},
    {'c', "04", "one of 4, 0, -1"},
    {'w', "Supine", "one of upright, supine"},
    {'w', "sup", "one of upright, supine"},
    {'d', "2019-02-29", "a date as YYYY-MM-DD, YYYY-MM or YYYY"},
    {'d', "29.02.2020", "a date as YYYY-MM-DD, YYYY-MM or YYYY"},
    {'y', "yes", "Y or N"},
    {'y', "1", "Y or N"},
};

TABLE_TEST(value, refuses_and_says_what_was_expected, refused)
{
    struct als_item item = make_item(refused[*row_].type);
    struct als_value value = number_value(7);
    char expected[100];
    cr_assert_not(als_value_parse(&item, refused[*row_].text, strlen(refused[*row_].text), &value,
                                  expected, sizeof expected));
    cr_assert_str_eq(expected, refused[*row_].expected);
    cr_assert_eq(value.kind, ALS_VALUE_NUMBER, "a refused answer must leave the value alone");
}

Test(value, takes_an_empty_text_as_missing_for_every_type)
{
    for (const char *type = "infcwtdy"; *type; type++) {
        struct als_item item = make_item(*type);
        struct als_value value = number_value(7);
        char text[8];
        cr_assert(als_value_parse(&item, "", 0, &value, NULL, 0));
        cr_assert_eq(value.kind, ALS_VALUE_MISSING);
        cr_assert_eq(als_value_format(&item, &value, text, sizeof text), 0);
        cr_assert_str_empty(text);
    }
}

Test(value, refuses_a_nul_inside_text)
{
    struct als_item item = make_item('t');
    struct als_value value;
    char expected[40];
    cr_assert_not(als_value_parse(&item, "a\0b", 3, &value, expected, sizeof expected));
}

Test(value, cuts_what_does_not_fit)
{
    struct als_item item = make_item('w');
    struct als_value value;
    char expected[12], text[4];
    cr_assert_not(als_value_parse(&item, "x", 1, &value, expected, sizeof expected));
    cr_assert_str_eq(expected, "one of upri");
    cr_assert(als_value_parse(&item, "supine", 6, &value, NULL, 0));
    cr_assert_eq(als_value_format(&item, &value, text, sizeof text), 3);
    cr_assert_str_eq(text, "sup");
    cr_assert_eq(als_value_format(&item, &value, text, 0), 0);
}

Test(value, gives_numbers_of_numbers_only)
{
    struct als_value integer = integer_value(-3), number = number_value(2.5);
    struct als_value text = text_value("3"), nan = number_value(NAN), missing = ALS_MISSING_VALUE;
    double out = 0;
    cr_assert(als_value_number(&integer, &out));
    assert_close(out, -3, 0);
    cr_assert(als_value_number(&number, &out));
    assert_close(out, 2.5, 0);
    cr_assert_not(als_value_number(&text, &out));
    cr_assert_not(als_value_number(&nan, &out));
    cr_assert_not(als_value_number(&missing, &out));
    assert_close(out, 2.5, 0);
}
