/* Values on their way in, checked with a hint at what was meant, and out. */
#include <math.h>
#include <string.h>

#include "alstrack/core/utf8.h"
#include "store_int.h"

const char *als_or_missing(const char *text)
{
    return text && *text ? text : NULL;
}

bool als_is_given(unsigned given, unsigned bit)
{
    return given >> bit & 1u;
}

struct als_row_cell als_given_text(unsigned given, unsigned bit, const char *text)
{
    return als_cell_when(als_is_given(given, bit), als_cell_text(als_or_missing(text)));
}

const char *als_column_text(sqlite3_stmt *stmt, int column, struct als_arena *arena)
{
    return als_arena_strdup(arena, (const char *)sqlite3_column_text(stmt, column));
}

double als_column_number(sqlite3_stmt *stmt, int column)
{
    return sqlite3_column_type(stmt, column) == SQLITE_NULL ? (double)NAN
                                                            : sqlite3_column_double(stmt, column);
}

int als_column_day(sqlite3_stmt *stmt, int column)
{
    return sqlite3_column_type(stmt, column) == SQLITE_NULL ? ALS_NO_DAY
                                                            : sqlite3_column_int(stmt, column);
}

struct als_row_cell als_cell_day(int day)
{
    struct als_row_cell cell = als_cell_integer(day);
    cell.kind = day == ALS_NO_DAY ? ALS_ROW_NULL : ALS_ROW_INTEGER;
    return cell;
}

enum als_status als_check_date(const char *field, const char *text, struct als_err *err)
{
    struct als_date date;
    if (!als_or_missing(text) || als_date_parse(text, strlen(text), &date))
        return ALS_OK;
    als_fail(err, ALS_DATA, "E-DATE", "%s: '%.40s' is not a date", field, text);
    als_err_hint(err, "write YYYY-MM-DD, or YYYY-MM or YYYY when no more is known");
    return ALS_DATA;
}

enum als_status als_check_day(const char *field, int day, struct als_err *err)
{
    if (day == ALS_NO_DAY ||
        (day >= als_day_from_civil(1800, 1, 1) && day <= als_day_from_civil(2200, 12, 31)))
        return ALS_OK;
    return als_fail(err, ALS_DATA, "E-DATE", "%s: is not in the years 1800 to 2200", field);
}

static void hint_choices(struct als_err *err, const char *text, const char *const *choices,
                         size_t n)
{
    const char *nearest = als_nearest(text, choices, n);
    if (nearest) {
        als_err_hint(err, "did you mean '%s'?", nearest);
        return;
    }
    struct als_buf list;
    als_buf_init(&list, 300);
    for (size_t i = 0; i < n; i++)
        als_buf_printf(&list, "%s%s", i ? ", " : "", choices[i]);
    als_err_hint(err, "one of: %s", list.data);
    als_buf_release(&list);
}

enum als_status als_check_choice(const char *field, const char *text, const char *const *choices,
                                 size_t n, struct als_err *err)
{
    if (!als_or_missing(text))
        return ALS_OK;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(choices[i], text) == 0)
            return ALS_OK;
    }
    als_fail(err, ALS_DATA, "E-CHOICE", "%s: '%.80s' is not known", field, text);
    hint_choices(err, text, choices, n);
    return ALS_DATA;
}

enum als_status als_check_mode(const char *mode, struct als_err *err)
{
    static const char *const modes[] = {"clinic", "phone", "video", "home"};
    return als_check_choice("mode", mode, modes, sizeof modes / sizeof modes[0], err);
}

enum als_status als_check_name(const char *field, const char *text, size_t longest,
                               struct als_err *err)
{
    if (!als_or_missing(text))
        return als_fail(err, ALS_DATA, "E-REQUIRED", "%s: is missing", field);
    size_t length = strlen(text);
    if (length > longest)
        return als_fail(err, ALS_DATA, "E-TOO-LONG", "%s: longer than %zu bytes", field, longest);
    if (text[0] == ' ' || text[length - 1] == ' ')
        return als_fail(err, ALS_DATA, "E-TEXT", "%s: '%s' begins or ends with a blank", field,
                        text);
    if (!als_utf8_is_plain(text, length))
        return als_fail(err, ALS_DATA, "E-TEXT",
                        "%s: contains a control character, or one that cannot be seen", field);
    return ALS_OK;
}

enum als_status als_check_id(const char *field, const char *text, struct als_err *err)
{
    static const char *const taken[] = {"new", ".", ".."};
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        if (strcmp(text, taken[i]) == 0) {
            als_fail(err, ALS_DATA, "E-NAME", "%s: '%s' cannot be one", field, text);
            als_err_hint(err, "the page's addresses need that word; add something to it");
            return ALS_DATA;
        }
    return ALS_OK;
}
