/* The state of a form: answers, reasons, wordings, and what follows from them. */
#include "form_int.h"

#include <stdlib.h>
#include <string.h>

#include "alstrack/score/reason.h"

/* ---- Slots ---- */

void form_slot_clear(struct form_slot *slot)
{
    free(slot->text);
    *slot = (struct form_slot){.reason = NULL};
}

bool form_slot_is_empty(const struct form_slot *slot)
{
    return slot->value.kind == ALS_VALUE_MISSING && !slot->reason;
}

void form_slot_put(struct form_slot *slot, const struct als_value *value)
{
    char *text = value->kind == ALS_VALUE_TEXT ? als_strndup(value->text, value->length) : NULL;
    form_slot_clear(slot);
    slot->value = *value;
    slot->value.text = slot->text = text;
}

/* ---- Beginning and end ---- */

static bool names_item(const struct als_expr *expr, const char *code)
{
    for (size_t i = 0; expr && i < expr->n_names; i++)
        if (strcmp(expr->names[i], code) == 0)
            return true;
    return false;
}

static bool selects_wording(const struct als_instrument *instrument, const char *code)
{
    for (size_t i = 0; i < instrument->n_items; i++)
        if (names_item(instrument->items[i].variant, code))
            return true;
    return false;
}

struct als_form *als_form_new(const struct als_instrument *instrument)
{
    struct als_form *form = als_alloc(sizeof *form);
    form->instrument = instrument;
    form->head.day = ALS_NO_DAY;
    form->items = als_alloc_array(instrument->n_items, sizeof *form->items);
    form->values = als_alloc_array(instrument->n_items, sizeof *form->values);
    form->reasons = als_alloc_array(instrument->n_items, sizeof *form->reasons);
    form->shown = als_arena_new();
    form->judge = als_judge_new(instrument);
    for (size_t i = 0; i < instrument->n_items; i++) {
        struct form_item *item = &form->items[i];
        item->selects_wording = selects_wording(instrument, instrument->items[i].code);
        item->number = form->n_numbers + 1;
        form->n_numbers += !item->selects_wording;
    }
    return form;
}

void als_form_free(struct als_form *form)
{
    if (!form)
        return;
    for (size_t i = 0; i < form->instrument->n_items; i++) {
        form_slot_clear(&form->items[i].now);
        form_slot_clear(&form->items[i].aside);
    }
    free(form->items);
    free(form->values);
    free(form->reasons);
    free(form->mode);
    free(form->respondent);
    free(form->rater);
    als_arena_free(form->shown);
    als_judge_free(form->judge);
    free(form);
}

const struct als_instrument *als_form_instrument(const struct als_form *form)
{
    return form->instrument;
}

void form_changed(struct als_form *form)
{
    als_arena_free(form->shown);
    form->shown = als_arena_new();
    form->fresh = false;
}

void als_form_know(struct als_form *form, const struct als_form_known *known)
{
    form->known = *known;
    form_changed(form);
}

const struct als_form_head *als_form_head(const struct als_form *form)
{
    return &form->head;
}

static const char *replace_text(char **place, const char *text)
{
    char *copy = text && *text ? als_strdup(text) : NULL;
    free(*place);
    return *place = copy;
}

void als_form_set_head(struct als_form *form, const struct als_form_head *head)
{
    form->head = (struct als_form_head){
        .day = head->day,
        .not_done = head->not_done,
        .reason = head->reason ? als_reason_find(head->reason, strlen(head->reason)) : NULL,
        .mode = replace_text(&form->mode, head->mode),
        .respondent = replace_text(&form->respondent, head->respondent),
        .rater = replace_text(&form->rater, head->rater),
    };
    form_changed(form);
}

/* ---- What follows from the answers ---- */

/* The choice that the definition takes by itself, or NULL. */
static const struct als_choice *prefilled(const struct als_form *form, size_t item)
{
    const struct als_item *definition = &form->instrument->items[item];
    for (size_t i = 0; !form->known.stored && i < definition->n_choices; i++) {
        const struct als_choice *choice = &definition->choices[i];
        if (choice->prefill && form_truth(form, form->values, choice->prefill) == ALS_TRUE)
            return choice;
    }
    return NULL;
}

static struct als_value choice_value(const struct als_item *definition,
                                     const struct als_choice *choice)
{
    if (definition->numeric_choice)
        return (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = choice->number};
    return (struct als_value){
        .kind = ALS_VALUE_TEXT, .text = choice->code, .length = strlen(choice->code)};
}

static void compose_prefill(struct als_form *form, size_t i)
{
    struct form_item *item = &form->items[i];
    const struct als_choice *choice = form_slot_is_empty(&item->now) ? prefilled(form, i) : NULL;
    item->prefilled = choice != NULL;
    if (choice)
        form->values[i] = choice_value(&form->instrument->items[i], choice);
}

/* The answer to the wording that is now in force. */
static void compose_wording(struct als_form *form, size_t i)
{
    struct form_item *item = &form->items[i];
    const struct als_expr *variant = form->instrument->items[i].variant;
    const bool second = variant && form_truth(form, form->values, variant) == ALS_TRUE;
    if (second == item->second)
        return;
    const struct form_slot slot = item->now;
    item->now = item->aside;
    item->aside = slot;
    item->second = second;
    form->values[i] = item->now.value;
    form->reasons[i] = item->now.reason;
}

static void compose_applies(struct als_form *form, size_t i)
{
    const struct als_expr *applies = form->instrument->items[i].applies;
    form->items[i].applies = !applies || form_truth(form, form->values, applies) != ALS_FALSE;
    if (form->items[i].applies)
        return;
    form->values[i] = ALS_MISSING_VALUE;
    form->reasons[i] = NULL;
}

void form_compose(struct als_form *form)
{
    const size_t n = form->instrument->n_items;
    if (form->fresh)
        return;
    for (size_t i = 0; i < n; i++) {
        form->values[i] = form->items[i].now.value;
        form->reasons[i] = form->items[i].now.reason;
    }
    for (size_t i = 0; i < n; i++)
        compose_prefill(form, i);
    for (size_t i = 0; i < n; i++)
        compose_wording(form, i);
    for (size_t i = 0; i < n; i++)
        compose_applies(form, i);
    form->fresh = true;
}

/* ---- Answering ---- */

bool als_form_answer(struct als_form *form, size_t item, const char *text, char *expected,
                     size_t size)
{
    struct als_value value;
    if (!als_value_parse(&form->instrument->items[item], text, strlen(text), &value, expected,
                         size))
        return false;
    als_form_set_value(form, item, &value);
    return true;
}

void als_form_set_value(struct als_form *form, size_t item, const struct als_value *value)
{
    form_compose(form);
    form_slot_put(&form->items[item].now, value);
    form_changed(form);
}

static bool put_missing(struct als_form *form, struct form_slot *slot, const char *reason)
{
    const char *code = reason ? als_reason_find(reason, strlen(reason)) : NULL;
    if (reason && *reason && !code)
        return false;
    form_slot_clear(slot);
    slot->reason = code;
    form_changed(form);
    return true;
}

bool als_form_set_missing(struct als_form *form, size_t item, const char *reason)
{
    form_compose(form);
    return put_missing(form, &form->items[item].now, reason);
}

static struct form_slot *slot_of(struct als_form *form, size_t item, bool second)
{
    form_compose(form);
    struct form_item *found = &form->items[item];
    return second == found->second ? &found->now : &found->aside;
}

bool als_form_answer_wording(struct als_form *form, size_t item, bool second, const char *text,
                             char *expected, size_t size)
{
    struct als_value value;
    if (!als_value_parse(&form->instrument->items[item], text, strlen(text), &value, expected,
                         size))
        return false;
    form_slot_put(slot_of(form, item, second), &value);
    form_changed(form);
    return true;
}

bool als_form_set_missing_wording(struct als_form *form, size_t item, bool second,
                                  const char *reason)
{
    return put_missing(form, slot_of(form, item, second), reason);
}

void als_form_clear(struct als_form *form, size_t item)
{
    (void)als_form_set_missing(form, item, NULL);
}

bool als_form_is_touched(const struct als_form *form)
{
    for (size_t i = 0; i < form->instrument->n_items; i++)
        if (!form_slot_is_empty(&form->items[i].now) || !form_slot_is_empty(&form->items[i].aside))
            return true;
    return form->head.not_done;
}

/* ---- Results ---- */

static void leave_out(struct als_form *form)
{
    for (size_t i = 0; form->head.not_done && i < form->instrument->n_items; i++) {
        form->values[i] = ALS_MISSING_VALUE;
        form->reasons[i] = NULL;
    }
    form->fresh = form->fresh && !form->head.not_done;
}

const struct als_value *als_form_values(struct als_form *form)
{
    form_compose(form);
    leave_out(form);
    return form->values;
}

const char *const *als_form_reasons(struct als_form *form)
{
    form_compose(form);
    leave_out(form);
    return form->reasons;
}
