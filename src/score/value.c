/* One answer: from text as an item demands it, and back. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "alstrack/core/date.h"
#include "alstrack/core/num.h"
#include "alstrack/score/score.h"

/* Text that stops silently at its size, for messages. */
struct note {
    char *text;
    size_t size, length;
};

__attribute__((format(printf, 2, 3))) static void note_add(struct note *note, const char *format,
                                                           ...)
{
    if (note->length + 1 >= note->size)
        return;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(note->text + note->length, note->size - note->length, format, args);
    va_end(args);
    note->length += n > 0 ? (size_t)n : 0;
    if (note->length >= note->size)
        note->length = note->size - 1;
}

static void note_range(struct note *note, const struct als_item *item)
{
    char low[ALS_NUM_TEXT], high[ALS_NUM_TEXT];
    als_num_format(item->min, low);
    als_num_format(item->max, high);
    if (item->has_min && item->has_max)
        note_add(note, " from %s to %s", low, high);
    else if (item->has_min)
        note_add(note, " of at least %s", low);
    else if (item->has_max)
        note_add(note, " of at most %s", high);
    if (item->unit)
        note_add(note, " %s", item->unit);
}

static void describe(const struct als_item *item, char *expected, size_t size)
{
    if (!expected || size == 0)
        return;
    struct note note = {expected, size, 0};
    expected[0] = '\0';
    switch (item->type) {
    case ALS_ITEM_INTEGER:
        note_add(&note, "a whole number");
        note_range(&note, item);
        break;
    case ALS_ITEM_NUMBER:
        note_add(&note, "a number");
        note_range(&note, item);
        if (item->decimals >= 0)
            note_add(&note, " with at most %d decimal%s", item->decimals,
                     item->decimals == 1 ? "" : "s");
        break;
    case ALS_ITEM_CHOICE:
        for (size_t i = 0; i < item->n_choices; i++)
            note_add(&note, "%s%s", i ? ", " : "one of ", item->choices[i].code);
        break;
    case ALS_ITEM_TEXT:
        note_add(&note, "text");
        break;
    case ALS_ITEM_DATE:
        note_add(&note, "a date as YYYY-MM-DD, YYYY-MM or YYYY");
        break;
    case ALS_ITEM_YESNO:
        note_add(&note, "Y or N");
        break;
    }
}

static bool in_range(const struct als_item *item, double number)
{
    return !(item->has_min && number < item->min) && !(item->has_max && number > item->max);
}

/* Do the digits after the point fit? Zeros at the end carry nothing and do not count. */
static bool decimals_fit(const char *text, size_t length, int decimals)
{
    if (decimals < 0)
        return true;
    const char *point = memchr(text, '.', length);
    const char *end = text + length;
    if (memchr(text, 'e', length) || memchr(text, 'E', length))
        return false;
    if (!point)
        return true;
    while (end > point + 1 && end[-1] == '0')
        end--;
    return end - (point + 1) <= decimals;
}

static bool parse_choice(const struct als_item *item, const char *text, size_t length,
                         struct als_value *out)
{
    for (size_t i = 0; i < item->n_choices; i++) {
        const struct als_choice *choice = &item->choices[i];
        if (strlen(choice->code) != length || memcmp(choice->code, text, length) != 0)
            continue;
        if (item->numeric_choice)
            *out = (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = choice->number};
        else
            *out =
                (struct als_value){.kind = ALS_VALUE_TEXT, .text = choice->code, .length = length};
        return true;
    }
    return false;
}

static bool parse_number(const struct als_item *item, const char *text, size_t length,
                         struct als_value *out)
{
    struct als_value value = {.kind = ALS_VALUE_NUMBER};
    if (!als_num_parse_double(text, length, &value.number) || !in_range(item, value.number) ||
        !decimals_fit(text, length, item->decimals))
        return false;
    *out = value;
    return true;
}

static bool parse_integer(const struct als_item *item, const char *text, size_t length,
                          struct als_value *out)
{
    struct als_value value = {.kind = ALS_VALUE_INTEGER};
    if (!als_num_parse_integer(text, length, &value.integer) ||
        !in_range(item, (double)value.integer))
        return false;
    *out = value;
    return true;
}

static bool parse_yesno(const char *text, size_t length, struct als_value *out)
{
    if (length != 1 || !strchr("YyNn", text[0]))
        return false;
    *out =
        (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = text[0] == 'Y' || text[0] == 'y'};
    return true;
}

static bool parse_text(const char *text, size_t length, struct als_value *out)
{
    if (memchr(text, '\0', length))
        return false;
    *out = (struct als_value){.kind = ALS_VALUE_TEXT, .text = text, .length = length};
    return true;
}

static bool parse_answer(const struct als_item *item, const char *text, size_t length,
                         struct als_value *out)
{
    struct als_date date;
    switch (item->type) {
    case ALS_ITEM_INTEGER:
        return parse_integer(item, text, length, out);
    case ALS_ITEM_NUMBER:
        return parse_number(item, text, length, out);
    case ALS_ITEM_CHOICE:
        return parse_choice(item, text, length, out);
    case ALS_ITEM_TEXT:
        return parse_text(text, length, out);
    case ALS_ITEM_DATE:
        return als_date_parse(text, length, &date) && parse_text(text, length, out);
    case ALS_ITEM_YESNO:
        return parse_yesno(text, length, out);
    }
    return false;
}

bool als_value_parse(const struct als_item *item, const char *text, size_t length,
                     struct als_value *out, char *expected, size_t size)
{
    if (length == 0) {
        *out = ALS_MISSING_VALUE;
        return true;
    }
    if (parse_answer(item, text, length, out))
        return true;
    describe(item, expected, size);
    return false;
}

bool als_value_number(const struct als_value *value, double *out)
{
    if (value->kind == ALS_VALUE_INTEGER)
        *out = (double)value->integer;
    else if (value->kind == ALS_VALUE_NUMBER && isfinite(value->number))
        *out = value->number;
    else
        return false;
    return true;
}

static size_t put(const char *from, size_t length, char *text, size_t size)
{
    if (size == 0)
        return 0;
    size_t n = length < size ? length : size - 1;
    memcpy(text, from, n);
    text[n] = '\0';
    return n;
}

size_t als_value_format(const struct als_item *item, const struct als_value *value, char *text,
                        size_t size)
{
    char digits[ALS_NUM_TEXT];
    switch (value->kind) {
    case ALS_VALUE_MISSING:
        break;
    case ALS_VALUE_INTEGER:
        if (item->type == ALS_ITEM_YESNO)
            return put(value->integer ? "Y" : "N", 1, text, size);
        return put(digits, als_num_format_integer(value->integer, digits), text, size);
    case ALS_VALUE_NUMBER:
        return put(digits, als_num_format(value->number, digits), text, size);
    case ALS_VALUE_TEXT:
        return put(value->text, value->length, text, size);
    }
    return put("", 0, text, size);
}
