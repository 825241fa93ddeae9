/* Result tables. */
#include <criterion/criterion.h>
#include <signal.h>

#include "als_test.h"
#include "alstrack/analysis/table.h"
#include "alstrack/core/date.h"

static const struct als_table_column columns[] = {{"name", NULL, ALS_CELL_TEXT, 0},
                                                  {"count", "How many", ALS_CELL_INTEGER, 0},
                                                  {"size", NULL, ALS_CELL_NUMBER, 2},
                                                  {"good", NULL, ALS_CELL_YESNO, 0}};

static void add_row(struct als_table *table, const char *name, int64_t count, double size,
                    bool good)
{
    als_table_text(table, name);
    als_table_integer(table, count);
    als_table_number(table, size);
    als_table_yesno(table, good);
}

Test(table, keeps_every_cell_of_many_rows)
{
    enum { ROWS = 5000 }; /* several chunks */
    struct als_table *table = als_table_new(columns, COUNT(columns));
    for (int i = 0; i < ROWS; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", i);
        add_row(table, name, i, i / 8.0, i % 2);
    }
    cr_assert_eq(als_table_rows(table), (size_t)ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%zu", i);
        cr_assert_str_eq(als_table_cell(table, i, 0).as.text, name);
        cr_assert_eq(als_table_cell(table, i, 1).as.integer, (int64_t)i);
        cr_assert_eq(als_table_cell(table, i, 2).as.number, (double)i / 8.0);
        cr_assert_eq(als_table_cell(table, i, 3).as.yes, i % 2 == 1);
    }
    als_table_free(table);
    assert_no_leaks();
}

Test(table, tells_missing_from_zero)
{
    struct als_table *table = als_table_new(columns, COUNT(columns));
    als_table_text(table, "");
    als_table_missing(table);
    als_table_number(table, NAN);
    als_table_missing(table);
    add_row(table, "0", 0, -0.0, false);
    for (size_t i = 0; i < COUNT(columns); i++) {
        cr_assert(als_table_cell(table, 0, i).missing, "column %zu", i);
        cr_assert_not(als_table_cell(table, 1, i).missing, "column %zu", i);
    }
    cr_assert_eq(signbit(als_table_cell(table, 1, 2).as.number), 0);
    als_table_free(table);
    assert_no_leaks();
}

Test(table, writes_days_as_dates)
{
    const struct als_table_column date[] = {{"date", NULL, ALS_CELL_TEXT, 0}};
    struct als_table *table = als_table_new(date, 1);
    als_table_day(table, als_day_from_civil(2016, 2, 29));
    als_table_day(table, ALS_NO_DAY);
    cr_assert_str_eq(als_table_cell(table, 0, 0).as.text, "2016-02-29");
    cr_assert(als_table_cell(table, 1, 0).missing);
    als_table_free(table);
    assert_no_leaks();
}

Test(table, owns_its_texts_and_notes)
{
    char name[] = "short-lived";
    struct als_table *table = als_table_new(columns, COUNT(columns));
    add_row(table, name, 1, 1, true);
    name[0] = 'X';
    for (int i = 0; i < 20; i++)
        als_table_note(table, "note %d of %s", i, name);
    cr_assert_str_eq(als_table_cell(table, 0, 0).as.text, "short-lived");
    cr_assert_eq(als_table_notes(table), 20u);
    cr_assert_str_eq(als_table_note_at(table, 19), "note 19 of Xhort-lived");
    cr_assert_str_eq(als_table_column(table, 1)->label, "How many");
    als_table_free(table);
    als_table_free(NULL);
    assert_no_leaks();
}

Test(table, counts_complete_rows_only)
{
    struct als_table *table = als_table_new(columns, COUNT(columns));
    cr_assert_eq(als_table_rows(table), 0u);
    als_table_text(table, "begun");
    cr_assert_eq(als_table_rows(table), 0u);
    als_table_free(table);
    assert_no_leaks();
}

Test(table, calls_a_cell_of_another_type_a_bug, .exit_code = 70)
{
    struct als_table *table = als_table_new(columns, COUNT(columns));
    als_table_integer(table, 1);
}

Test(table, calls_infinity_a_bug, .exit_code = 70)
{
    struct als_table *table = als_table_new(columns, COUNT(columns));
    als_table_text(table, "x");
    als_table_integer(table, 1);
    als_table_number(table, INFINITY);
}

/* More rows than a chunk holds, texts that come back and texts that are all different. */
Test(table, keeps_every_text_of_a_long_table)
{
    enum { ROWS = 5000 };
    static const struct als_table_column texts[] = {{"own", NULL, ALS_CELL_TEXT, 0},
                                                    {"again", NULL, ALS_CELL_TEXT, 0},
                                                    {"yes", NULL, ALS_CELL_YESNO, 0},
                                                    {"number", NULL, ALS_CELL_NUMBER, 0}};
    struct als_table *table = als_table_new(texts, COUNT(texts));
    char text[32];
    for (int i = 0; i < ROWS; i++) {
        snprintf(text, sizeof text, "text %d", i);
        als_table_text(table, text);
        snprintf(text, sizeof text, "text %d", i / 3 % 7);
        als_table_text(table, i % 5 ? text : "");
        als_table_yesno(table, i % 2);
        als_table_number(table, i % 11 ? -i / 8.0 : NAN);
    }
    for (int i = 0; i < ROWS; i++) {
        size_t row = (size_t)i;
        snprintf(text, sizeof text, "text %d", i);
        cr_assert_str_eq(als_table_cell(table, row, 0).as.text, text);
        snprintf(text, sizeof text, "text %d", i / 3 % 7);
        cr_assert_eq(als_table_cell(table, row, 1).missing, i % 5 == 0);
        if (i % 5)
            cr_assert_str_eq(als_table_cell(table, row, 1).as.text, text);
        cr_assert_eq(als_table_cell(table, row, 2).as.yes, i % 2 == 1);
        cr_assert_eq(als_table_cell(table, row, 3).missing, i % 11 == 0);
        if (i % 11)
            cr_assert_eq(als_table_cell(table, row, 3).as.number, -i / 8.0);
    }
    als_table_free(table);
    assert_no_leaks();
}
