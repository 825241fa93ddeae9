/* One question of a form as it is shown: wording, choices with their keys, the answer in words. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "form_int.h"

#define TEXT_ROOM 512

static const char *or_other(bool second, const char *first_text, const char *second_text)
{
    return second && second_text ? second_text : first_text;
}

/* ---- Choices ---- */

static const struct als_form_choice yes_no[] = {{'Y', "Y", "yes"}, {'N', "N", "no"}};

/* A choice whose code is a digit has that key; others are counted, and beyond nine there is none.
 */
static char key_of(const struct als_item *item, size_t choice)
{
    bool digits = item->numeric_choice;
    for (size_t i = 0; i < item->n_choices; i++)
        digits = digits && item->choices[i].number >= 0 && item->choices[i].number <= 9;
    if (digits)
        return (char)('0' + item->choices[choice].number);
    return choice < 9 ? (char)('1' + choice) : '\0';
}

static void show_choices(struct als_form *form, struct als_question *question)
{
    const struct als_item *item = question->definition;
    if (item->type == ALS_ITEM_YESNO) {
        question->choices = yes_no;
        question->n_choices = 2;
    }
    if (item->type != ALS_ITEM_CHOICE)
        return;
    struct als_form_choice *choices =
        als_arena_array(form->shown, item->n_choices, sizeof *choices);
    for (size_t i = 0; i < item->n_choices; i++)
        choices[i] = (struct als_form_choice){.key = key_of(item, i),
                                              .code = item->choices[i].code,
                                              .label = or_other(question->second_wording,
                                                                item->choices[i].label,
                                                                item->choices[i].label_b)};
    question->choices = choices;
    question->n_choices = item->n_choices;
}

static bool takes_one_key(const struct als_question *question)
{
    const struct als_item *item = question->definition;
    if (question->n_choices)
        return question->choices[question->n_choices - 1].key != '\0';
    return item->type == ALS_ITEM_INTEGER && item->has_min && item->has_max && item->min >= 0 &&
           item->max <= 9;
}

const char *als_question_code_of(const struct als_question *question, char key)
{
    static const char *const digits[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    for (size_t i = 0; i < question->n_choices; i++)
        if (key && question->choices[i].key == toupper((unsigned char)key))
            return question->choices[i].code;
    if (question->n_choices || !question->one_key || key < '0' || key > '9')
        return NULL;
    const double number = key - '0';
    const struct als_item *item = question->definition;
    return number >= item->min && number <= item->max ? digits[key - '0'] : NULL;
}

/* ---- Answers in words ---- */

static const char *value_text(struct als_form *form, const struct als_item *item,
                              const struct als_value *value)
{
    char text[TEXT_ROOM];
    if (value->kind == ALS_VALUE_TEXT)
        return als_arena_strndup(form->shown, value->text, value->length);
    als_value_format(item, value, text, sizeof text);
    return als_arena_strdup(form->shown, text);
}

static const char *text_or_none(struct als_form *form, const struct als_item *item,
                                const struct als_value *value)
{
    return value->kind == ALS_VALUE_MISSING ? "" : value_text(form, item, value);
}

/* The label of the choice, the number with its unit, or the text. */
static const char *value_label(struct als_form *form, const struct als_item *item,
                               const struct als_value *value, bool second)
{
    if (value->kind == ALS_VALUE_MISSING)
        return "";
    const char *text = value_text(form, item, value);
    for (size_t i = 0; i < item->n_choices; i++)
        if (strcmp(item->choices[i].code, text) == 0)
            return or_other(second, item->choices[i].label, item->choices[i].label_b);
    if (item->type == ALS_ITEM_YESNO)
        return value->integer ? "yes" : "no";
    if (item->unit)
        return als_arena_printf(form->shown, "%s %s", text, item->unit);
    return text;
}

static const char *aside_label(struct als_form *form, const struct form_item *item,
                               const struct als_item *definition)
{
    if (item->aside.reason)
        return item->aside.reason;
    if (item->aside.value.kind == ALS_VALUE_MISSING)
        return NULL;
    return value_label(form, definition, &item->aside.value, !item->second);
}

static enum als_answer state_of(const struct form_item *item)
{
    if (item->prefilled)
        return ALS_ANSWER_PREFILLED;
    if (item->now.reason)
        return ALS_ANSWER_MISSING;
    return item->now.value.kind == ALS_VALUE_MISSING ? ALS_ANSWER_NONE : ALS_ANSWER_GIVEN;
}

const struct als_question *als_form_question(struct als_form *form, size_t i)
{
    form_compose(form);
    const struct als_item *definition = &form->instrument->items[i];
    const struct form_item *item = &form->items[i];
    struct als_question *question = als_arena_take(form->shown, sizeof *question);
    *question = (struct als_question){
        .item = i,
        .definition = definition,
        .label = or_other(item->second, definition->label, definition->label_b),
        .second_wording = item->second,
        .applies = item->applies,
        .selects_wording = item->selects_wording,
        .number = item->number,
        .state = state_of(item),
        .value = item->prefilled ? form->values[i] : item->now.value,
        .reason = item->prefilled ? NULL : item->now.reason,
        .aside_label = aside_label(form, item, definition),
        .aside_text = text_or_none(form, definition, &item->aside.value),
    };
    question->text = text_or_none(form, definition, &question->value);
    question->answer_label = value_label(form, definition, &question->value, item->second);
    show_choices(form, question);
    question->one_key = takes_one_key(question);
    return question;
}

const char *als_form_previous_text(struct als_form *form, size_t item)
{
    if (!form->known.previous || form->known.previous[item].kind == ALS_VALUE_MISSING)
        return "";
    return value_text(form, &form->instrument->items[item], &form->known.previous[item]);
}

const char *als_form_previous_label(struct als_form *form, size_t item)
{
    const struct als_item *definition = &form->instrument->items[item];
    const struct als_value *previous = form->known.previous;
    if (!previous)
        return "";
    return value_label(form, definition, &previous[item],
                       definition->variant &&
                           form_truth(form, previous, definition->variant) == ALS_TRUE);
}

/* ---- The order of questions ---- */

size_t als_form_count(const struct als_form *form)
{
    return form->n_numbers;
}

ptrdiff_t als_form_next(struct als_form *form, ptrdiff_t from, bool unanswered)
{
    form_compose(form);
    for (size_t i = (size_t)(from + 1); i < form->instrument->n_items; i++)
        if (form->items[i].applies && !(unanswered && state_of(&form->items[i]) != ALS_ANSWER_NONE))
            return (ptrdiff_t)i;
    return -1;
}

ptrdiff_t als_form_previous(struct als_form *form, ptrdiff_t from)
{
    form_compose(form);
    for (ptrdiff_t i = from - 1; i >= 0; i--)
        if (form->items[i].applies && !form->items[i].prefilled)
            return i;
    return -1;
}

size_t als_form_missing(struct als_form *form, size_t *items)
{
    size_t n = 0;
    form_compose(form);
    for (size_t i = 0; i < form->instrument->n_items; i++) {
        if (!form->items[i].applies || !form->instrument->items[i].required ||
            state_of(&form->items[i]) != ALS_ANSWER_NONE)
            continue;
        if (items)
            items[n] = i;
        n++;
    }
    return n;
}

size_t als_form_said(struct als_form *form)
{
    size_t n = 0;
    for (size_t i = 0; i < form->instrument->n_items; i++) {
        const struct als_question *question = als_form_question(form, i);
        n += !question->selects_wording &&
             (question->state == ALS_ANSWER_GIVEN || question->state == ALS_ANSWER_MISSING ||
              question->aside_label);
    }
    return n;
}
