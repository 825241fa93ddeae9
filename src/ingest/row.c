/*
 * Examines the cells of a row.
 */
#include "row.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "alstrack/core/num.h"
#include "alstrack/score/reason.h"

const char *const als_modes[] = {"clinic", "phone", "video", "home"};

#define FOUND_SHOWN 40

/* The cell for a message: its beginning, with control characters as '?'. */
static void show_cell(const struct als_csv_field *cell, char text[FOUND_SHOWN + 8])
{
    size_t n = cell->length < FOUND_SHOWN ? cell->length : FOUND_SHOWN;
    while (n > 0 && n < cell->length && ((unsigned char)cell->text[n] & 0xC0) == 0x80)
        n--;
    for (size_t i = 0; i < n; i++)
        text[i] = (unsigned char)cell->text[i] < 0x20 ? '?' : cell->text[i];
    strcpy(text + n, n < cell->length ? "…" : "");
}

void als_row_fail(struct als_row *row, size_t column, const char *code, const char *hint,
                  const char *format, ...)
{
    row->bad = true;
    const ptrdiff_t at = row->columns->at[column];
    va_list args;
    va_start(args, format);
    als_finding_add(row->findings, ALS_SEVERITY_ERROR, code, row->record,
                    at < 0 ? ALS_NO_FIELD : (size_t)at, row->columns->names[column], hint, format,
                    args);
    va_end(args);
}

static struct als_warning_kind *kind_of(struct als_warnings *warnings,
                                        const struct als_verdict *verdict)
{
    const size_t room = sizeof warnings->kinds / sizeof warnings->kinds[0];
    size_t i = 0;
    while (i < warnings->n && strcmp(warnings->kinds[i].code, verdict->code) != 0)
        i++;
    if (i == warnings->n && i < room)
        warnings->kinds[warnings->n++] =
            (struct als_warning_kind){.code = verdict->code, .level = verdict->level};
    return &warnings->kinds[i < room ? i : room - 1];
}

bool als_warnings_count(struct als_warnings *warnings, const struct als_verdict *verdict)
{
    return kind_of(warnings, verdict)->count++ < ALS_WARNINGS_SHOWN;
}

__attribute__((format(printf, 6, 7))) static void tell(struct als_row *row,
                                                       enum als_severity severity, size_t column,
                                                       const char *code, const char *hint,
                                                       const char *format, ...)
{
    const ptrdiff_t at = column == ALS_NO_FIELD ? -1 : row->columns->at[column];
    va_list args;
    va_start(args, format);
    als_finding_add(row->findings, severity, code, row->record, at < 0 ? ALS_NO_FIELD : (size_t)at,
                    column == ALS_NO_FIELD ? NULL : row->columns->names[column], hint, format,
                    args);
    va_end(args);
}

void als_row_verdict(struct als_row *row, struct als_warnings *warnings, size_t column,
                     const struct als_verdict *verdict)
{
    if (verdict->level == ALS_RULE_HARD)
        als_row_fail(row, column, verdict->code, verdict->hint, "%s", verdict->message);
    else if (als_warnings_count(warnings, verdict))
        tell(row, verdict->level == ALS_RULE_SOFT ? ALS_SEVERITY_WARNING : ALS_SEVERITY_INFO,
             column, verdict->code, verdict->hint, "%s", verdict->message);
}

/* Digits and one kind of separator: 31/12/2020, 1.2.20. */
static bool looks_like_other_date(const struct als_csv_field *cell)
{
    size_t digits = 0, marks = 0;
    for (size_t i = 0; i < cell->length; i++) {
        digits += isdigit((unsigned char)cell->text[i]) != 0;
        marks += strchr("/.-", cell->text[i]) != NULL;
    }
    return digits + marks == cell->length && marks == 2 && digits >= 4 && digits <= 8;
}

/* YYYY-MM-DD by its form, whether or not there is such a day. */
static bool has_iso_form(const struct als_csv_field *cell)
{
    for (size_t i = 0; i < cell->length; i++)
        if ((i == 4 || i == 7) ? cell->text[i] != '-' : !isdigit((unsigned char)cell->text[i]))
            return false;
    return cell->length == 10;
}

/* 2020-8-1, 2020-08-1. */
static bool lacks_digits(const struct als_csv_field *cell)
{
    char text[11];
    unsigned year, month, day;
    int end = 0;
    if (cell->length < 8 || cell->length > 9 || cell->text[4] != '-')
        return false;
    memcpy(text, cell->text, cell->length);
    text[cell->length] = '\0';
    return sscanf(text, "%4u-%2u-%2u%n", &year, &month, &day, &end) == 3 &&
           (size_t)end == cell->length;
}

static const char *date_hint(const struct als_csv_field *cell)
{
    if (has_iso_form(cell))
        return "there is no such day";
    if (lacks_digits(cell))
        return "write two digits for month and day: 2020-08-01";
    if (looks_like_other_date(cell))
        return "write the year first: 3/4/2020 may be 3 April or 4 March, 2020-04-03 is one day";
    return NULL;
}

static bool looks_like_decimal_comma(const struct als_csv_field *cell)
{
    size_t digits = 0, commas = 0;
    for (size_t i = 0; i < cell->length; i++) {
        digits += isdigit((unsigned char)cell->text[i]) != 0;
        commas += cell->text[i] == ',';
    }
    return commas == 1 && digits + 1 == cell->length && digits > 0;
}

static const char *hint_for(const struct als_csv_field *cell, const char *expected)
{
    if (cell->length && (isspace((unsigned char)cell->text[0]) ||
                         isspace((unsigned char)cell->text[cell->length - 1])))
        return "remove the blanks around it";
    if (strstr(expected, "date"))
        return date_hint(cell);
    if (strstr(expected, "number") && looks_like_decimal_comma(cell))
        return "write a decimal point, not a comma";
    return NULL;
}

void als_row_expect(struct als_row *row, size_t column, const char *expected)
{
    const struct als_csv_field cell = als_row_cell(row, column);
    char found[FOUND_SHOWN + 8];
    show_cell(&cell, found);
    if (cell.length == 0)
        als_row_fail(row, column, "E-MISSING", NULL, "expected %s, found nothing", expected);
    else
        als_row_fail(row, column, "E-VALUE", hint_for(&cell, expected), "expected %s, found '%s'",
                     expected, found);
}

__attribute__((format(printf, 5, 6))) static void complain(struct als_row *row, size_t field,
                                                           const char *code, const char *hint,
                                                           const char *format, ...)
{
    row->bad = true;
    va_list args;
    va_start(args, format);
    als_finding_add(row->findings, ALS_SEVERITY_ERROR, code, row->record, field, NULL, hint, format,
                    args);
    va_end(args);
}

void als_row_conflict(struct als_row *row, const char *stored, const char *code, const char *hint,
                      const char *text)
{
    const ptrdiff_t column = als_columns_stored(row->columns, stored);
    const ptrdiff_t at = column < 0 ? -1 : row->columns->at[column];
    complain(row, at < 0 ? ALS_NO_FIELD : (size_t)at, code, hint, "%s", text);
}

bool als_row_complete(struct als_row *row)
{
    const size_t n = row->record->n, expected = row->columns->n_fields;
    if (n == expected)
        return true;
    complain(row, n < expected ? n : expected, "E-RAGGED",
             n > expected ? "put text that contains commas in quotes" : NULL,
             "expected %zu columns as in the header, found %zu", expected, n);
    return false;
}

size_t als_row_patient(struct als_row *row, struct als_roster *roster)
{
    const struct als_csv_field cell = als_row_cell(row, ALS_IN_PATIENT);
    const ptrdiff_t index = als_roster_find(roster, cell.text, cell.length);
    if (index >= 0)
        return (size_t)index;
    if (cell.length == 0) {
        als_row_expect(row, ALS_IN_PATIENT, "a patient");
        return 0;
    }
    char found[FOUND_SHOWN + 8], hint[128] = "register patients before the rest: import patients";
    show_cell(&cell, found);
    const char *nearest = als_roster_nearest(roster, cell.text, cell.length);
    if (nearest)
        snprintf(hint, sizeof hint, "did you mean '%s'?", nearest);
    als_row_fail(row, ALS_IN_PATIENT, "E-PATIENT", hint, "there is no patient '%s'", found);
    return 0;
}

int als_row_day(struct als_row *row, size_t column, bool required)
{
    const struct als_csv_field cell = als_row_cell(row, column);
    int day = ALS_NO_DAY;
    if (cell.length == 0 && !required)
        return ALS_NO_DAY;
    if (!als_date_parse_full(cell.text, cell.length, &day))
        als_row_expect(row, column, "a date as YYYY-MM-DD");
    return day;
}

struct als_date als_row_date(struct als_row *row, size_t column, bool required)
{
    const struct als_csv_field cell = als_row_cell(row, column);
    struct als_date date = ALS_NO_DATE;
    if (cell.length == 0 && !required)
        return date;
    if (!als_date_parse(cell.text, cell.length, &date))
        als_row_expect(row, column, "a date as YYYY-MM-DD, YYYY-MM or YYYY");
    return date;
}

double als_row_number(struct als_row *row, size_t column, double min, double max,
                      const char *expected)
{
    const struct als_csv_field cell = als_row_cell(row, column);
    double value = NAN;
    if (cell.length == 0)
        return NAN;
    if (!als_num_parse_double(cell.text, cell.length, &value) || !(value >= min && value <= max))
        als_row_expect(row, column, expected);
    return value;
}

ptrdiff_t als_row_choice(struct als_row *row, size_t column, const char *const *choices, size_t n)
{
    const struct als_csv_field cell = als_row_cell(row, column);
    if (cell.length == 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (strlen(choices[i]) == cell.length && memcmp(choices[i], cell.text, cell.length) == 0)
            return (ptrdiff_t)i;
    struct als_buf expected;
    als_buf_init(&expected, 400);
    als_buf_text(&expected, n > 1 ? "one of " : "");
    for (size_t i = 0; i < n; i++)
        als_buf_printf(&expected, "%s%s", i ? ", " : "", choices[i]);
    char found[FOUND_SHOWN + 8], hint[128];
    show_cell(&cell, found);
    const char *nearest = als_nearest(found, choices, n);
    if (nearest)
        snprintf(hint, sizeof hint, "did you mean '%s'?", nearest);
    als_row_fail(row, column, "E-VALUE", nearest ? hint : hint_for(&cell, expected.data),
                 "expected %s, found '%s'", expected.data, found);
    als_buf_release(&expected);
    return -1;
}

int als_row_yes_no(struct als_row *row, size_t column)
{
    const struct als_csv_field cell = als_row_cell(row, column);
    if (cell.length == 0)
        return ALS_UNSAID;
    if (cell.length == 1 && (cell.text[0] == 'Y' || cell.text[0] == 'N'))
        return cell.text[0] == 'Y';
    als_row_expect(row, column, "Y or N");
    return ALS_UNSAID;
}

const char *als_row_text(struct als_row *row, size_t column, size_t most, struct als_arena *arena)
{
    const struct als_csv_field cell = als_row_cell(row, column);
    size_t characters = 0;
    bool control = false;
    for (size_t i = 0; i < cell.length; i++) {
        const unsigned char c = (unsigned char)cell.text[i];
        characters += (c & 0xC0) != 0x80;
        control = control || (c < 0x20 && !strchr("\n\r\t", c)) || c == 0x7F;
    }
    if (cell.length == 0)
        return NULL;
    if (control || characters > most) {
        char expected[80];
        snprintf(expected, sizeof expected, "text of at most %zu characters", most);
        als_row_expect(row, column, expected);
    }
    return als_arena_strndup(arena, cell.text, cell.length);
}

/* Every code that a visit of this study may have, for a hint. */
static void list_visits(const struct als_protocol *protocol, struct als_buf *out)
{
    als_buf_text(out, "visits are ");
    for (size_t i = 0; i < protocol->n_visits; i++)
        als_buf_printf(out, "%s, ", protocol->visits[i].code);
    als_buf_text(out, "and UNS1, UNS2 … and ET for others");
}

int als_row_visit(struct als_row *row, size_t column, struct als_visit_codes *codes,
                  struct als_arena *arena, const char **extra)
{
    const struct als_csv_field cell = als_row_cell(row, column);
    *extra = NULL;
    if (cell.length == 0)
        return 0;
    const int number = als_visit_codes_find(codes, cell.text, cell.length);
    if (number > 0)
        return number;
    const char *code = als_arena_strndup(arena, cell.text, cell.length);
    if (als_visit_code_is_extra(code)) {
        *extra = code;
        return 0;
    }
    char found[FOUND_SHOWN + 8];
    struct als_buf hint;
    als_buf_init(&hint, 390);
    show_cell(&cell, found);
    list_visits(codes->protocol, &hint);
    als_row_fail(row, column, "E-VISIT", hint.data, "expected a visit of the protocol, found '%s'",
                 found);
    als_buf_release(&hint);
    return 0;
}

bool als_row_not_done(struct als_row *row, size_t status, size_t reason, const char **why)
{
    static const char *const states[] = {"done", "not-done"};
    const bool not_done = als_row_choice(row, status, states, 2) == 1;
    const struct als_csv_field cell = als_row_cell(row, reason);
    *why = als_reason_find(cell.text, cell.length);
    if (!*why && (cell.length > 0 || not_done))
        als_row_expect(row, reason, "one of " ALS_REASON_LIST);
    else if (*why && !not_done)
        als_row_fail(row, reason, "E-REASON", "say status not-done, or leave the reason empty",
                     "a reason why it was not done, but its status is done");
    return not_done;
}
