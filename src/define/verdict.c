/* A growing list of verdicts. */
#include "alstrack/define/verdict.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "alstrack/core/buf.h"

const char *const als_level_names[] = {
    [ALS_RULE_HARD] = "hard", [ALS_RULE_SOFT] = "soft", [ALS_RULE_INFO] = "info"};

void als_verdict_add(struct als_verdict_list *list, const char *code, enum als_rule_level level,
                     ptrdiff_t item, const char *format, ...)
{
    if (list->count == list->room) {
        const size_t room = list->room ? 2 * list->room : 8;
        struct als_verdict *items = als_arena_array(list->arena, room, sizeof *items);
        if (list->count)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->room = room;
    }
    struct als_buf text;
    va_list args;
    als_buf_init(&text, 4000);
    va_start(args, format);
    als_buf_vprintf(&text, format, args);
    va_end(args);
    list->items[list->count++] =
        (struct als_verdict){.code = code,
                             .level = level,
                             .item = item,
                             .score = (double)NAN,
                             .message = als_arena_strdup(list->arena, text.data)};
    als_buf_release(&text);
}

void als_verdict_hint(struct als_verdict_list *list, const char *hint)
{
    list->items[list->count - 1].hint = hint;
}

const struct als_verdict *als_verdict_find(const struct als_verdict_list *list, const char *code,
                                           ptrdiff_t item)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].item == item && strcmp(list->items[i].code, code) == 0)
            return &list->items[i];
    return NULL;
}

void als_verdict_day(struct als_verdict_list *list, const char *what, int day,
                     const struct als_day_limits *limits)
{
    if (limits->birth_first != ALS_NO_DAY && day < limits->birth_first)
        als_verdict_add(list, "W-BEFORE-BIRTH", ALS_RULE_SOFT, -1, "%s before the patient's birth",
                        what);
    if (limits->death_last != ALS_NO_DAY && day > limits->death_last)
        als_verdict_add(list, "W-AFTER-DEATH", ALS_RULE_SOFT, -1, "%s after the patient's death",
                        what);
    if (limits->today != ALS_NO_DAY && day > limits->today + ALS_CLOCK_DAYS)
        als_verdict_add(list, "W-FUTURE", ALS_RULE_SOFT, -1, "%s in the future", what);
    if (limits->consent_first != ALS_NO_DAY && day < limits->consent_first)
        als_verdict_add(list, "W-BEFORE-CONSENT", ALS_RULE_SOFT, -1,
                        "%s before the patient's consent", what);
}

void als_verdict_window(struct als_verdict_list *list, int day, const char *visit, int from, int to)
{
    char first[ALS_DATE_TEXT], last[ALS_DATE_TEXT];
    if (from == ALS_NO_DAY || (day >= from && day <= to))
        return;
    const int n = day < from ? from - day : day - to;
    als_verdict_add(list, "W-WINDOW", ALS_RULE_INFO, -1, "%d day%s %s the window of %s, %s to %s",
                    n, n == 1 ? "" : "s", day < from ? "before" : "after", visit,
                    als_day_format(from, first), als_day_format(to, last));
}
