/*
 * A form as text: a line for each thing said, KIND TAB NAME TAB TEXT, with \\, \t and \n written
 * as two characters. Kinds: head, answer, missing; those about a second wording end in 2.
 */
#include <stdlib.h>
#include <string.h>

#include "alstrack/score/reason.h"
#include "form_int.h"

/* ---- Writing ---- */

static void put_line(struct als_buf *out, const char *kind, const char *name, const char *text,
                     size_t length)
{
    als_buf_printf(out, "%s\t%s\t", kind, name);
    for (size_t i = 0; i < length; i++) {
        switch (text[i]) {
        case '\\':
            als_buf_text(out, "\\\\");
            break;
        case '\t':
            als_buf_text(out, "\\t");
            break;
        case '\n':
            als_buf_text(out, "\\n");
            break;
        default:
            als_buf_char(out, text[i]);
        }
    }
    als_buf_char(out, '\n');
}

static void put_head(struct als_buf *out, const char *name, const char *text)
{
    if (text)
        put_line(out, "head", name, text, strlen(text));
}

static void put_slot(struct als_buf *out, const struct als_item *item, const struct form_slot *slot,
                     bool second)
{
    char text[64];
    if (slot->reason)
        put_line(out, second ? "missing2" : "missing", item->code, slot->reason,
                 strlen(slot->reason));
    else if (slot->value.kind == ALS_VALUE_TEXT)
        put_line(out, second ? "answer2" : "answer", item->code, slot->value.text,
                 slot->value.length);
    else if (slot->value.kind != ALS_VALUE_MISSING)
        put_line(out, second ? "answer2" : "answer", item->code, text,
                 als_value_format(item, &slot->value, text, sizeof text));
}

void als_form_write(const struct als_form *form, struct als_buf *out)
{
    const struct als_form_head *head = &form->head;
    char day[ALS_DATE_TEXT];
    if (head->day != ALS_NO_DAY)
        put_head(out, "date", als_day_format(head->day, day));
    put_head(out, "mode", head->mode);
    put_head(out, "respondent", head->respondent);
    put_head(out, "rater", head->rater);
    if (head->not_done)
        put_head(out, "not-done", head->reason ? head->reason : "");
    for (size_t i = 0; i < form->instrument->n_items; i++) {
        const struct form_item *item = &form->items[i];
        put_slot(out, &form->instrument->items[i], &item->now, item->second);
        put_slot(out, &form->instrument->items[i], &item->aside, !item->second);
    }
}

/* ---- Reading ---- */

static void unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from != '\\' || !from[1]) {
            *to++ = *from;
            continue;
        }
        from++;
        *to++ = *from == 't' ? '\t' : *from == 'n' ? '\n' : *from;
    }
    *to = '\0';
}

static bool read_head(struct als_form_head *head, const char *name, const char *text)
{
    if (strcmp(name, "date") == 0)
        return als_date_parse_full(text, strlen(text), &head->day);
    if (strcmp(name, "mode") == 0)
        head->mode = text;
    else if (strcmp(name, "respondent") == 0)
        head->respondent = text;
    else if (strcmp(name, "rater") == 0)
        head->rater = text;
    else if (strcmp(name, "not-done") == 0) {
        head->not_done = true;
        head->reason = text;
    } else
        return false;
    return true;
}

static bool read_item(struct als_form *form, const char *kind, const char *name, const char *text)
{
    const ptrdiff_t index = als_instrument_item(form->instrument, name);
    const char *code;
    char expected[16];
    struct als_value value;
    if (index < 0)
        return false;
    const size_t length = strlen(kind);
    const bool second = kind[length - 1] == '2';
    struct form_item *item = &form->items[index];
    struct form_slot *slot = second == item->second ? &item->now : &item->aside;
    if (strncmp(kind, "missing", 7) == 0) {
        code = als_reason_find(text, strlen(text));
        if (!code)
            return false;
        form_slot_clear(slot);
        slot->reason = code;
        return true;
    }
    if (strncmp(kind, "answer", 6) != 0 || !*text ||
        !als_value_parse(&form->instrument->items[index], text, strlen(text), &value, expected,
                         sizeof expected))
        return false;
    form_slot_put(slot, &value);
    return true;
}

/* One line, in a copy that may be written to. */
static bool read_line(struct als_form *form, struct als_form_head *head, char *line)
{
    char *name = strchr(line, '\t');
    char *text = name ? strchr(name + 1, '\t') : NULL;
    if (!text || name == line)
        return false;
    *name++ = '\0';
    *text++ = '\0';
    unescape(text);
    return strcmp(line, "head") == 0 ? read_head(head, name, text)
                                     : read_item(form, line, name, text);
}

void als_form_read(struct als_form *form, const char *text, size_t *dropped)
{
    char *copy = als_strdup(text), *rest = NULL;
    struct als_form_head head = {.day = ALS_NO_DAY};
    size_t lost = 0;
    for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        lost += !read_line(form, &head, line);
    als_form_set_head(form, &head);
    if (dropped)
        *dropped = lost;
    free(copy);
}
