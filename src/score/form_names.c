/* What names in a form's conditions stand for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "form_int.h"

static struct als_value number_of(double number)
{
    if (isnan(number))
        return ALS_MISSING_VALUE;
    return (struct als_value){.kind = ALS_VALUE_NUMBER, .number = number};
}

/* An item or a score of one assessment. */
static struct als_value own_name(const struct als_form *form, const struct als_value *values,
                                 const char *name)
{
    if (!values)
        return ALS_MISSING_VALUE;
    const ptrdiff_t item = als_instrument_item(form->instrument, name);
    if (item >= 0)
        return values[item];
    const ptrdiff_t score = als_instrument_score(form->instrument, name);
    if (score < 0)
        return ALS_MISSING_VALUE;
    return number_of(
        als_score_compute(form->instrument, (size_t)score, values, form->known.person).value);
}

static struct als_value change_of(const struct als_form *form, const struct als_value *values,
                                  const char *name)
{
    const struct als_value now = own_name(form, values, name);
    const struct als_value before = own_name(form, form->known.previous, name);
    double a, b;
    if (!als_value_number(&now, &a) || !als_value_number(&before, &b))
        return ALS_MISSING_VALUE;
    return number_of(a - b);
}

static struct als_value patient_name(const struct als_form *form, const char *name)
{
    const struct als_person *person = form->known.person;
    if (person && strcmp(name, "age") == 0)
        return number_of(person->age_years);
    if (!person || person->sex == ALS_SEX_UNKNOWN || strcmp(name, "sex") != 0)
        return ALS_MISSING_VALUE;
    return (struct als_value){
        .kind = ALS_VALUE_TEXT, .text = person->sex == ALS_SEX_FEMALE ? "F" : "M", .length = 1};
}

static bool happened(const struct als_form *form, const char *event)
{
    for (size_t i = 0; i < form->known.n_events; i++)
        if (strcmp(form->known.events[i], event) == 0)
            return true;
    return false;
}

static struct als_value any_name(const struct als_form *form, const struct als_value *values,
                                 const char *name)
{
    if (strncmp(name, "event.", 6) == 0)
        return (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = happened(form, name + 6)};
    if (strncmp(name, "patient.", 8) == 0)
        return patient_name(form, name + 8);
    if (strncmp(name, "previous.", 9) == 0)
        return own_name(form, form->known.previous, name + 9);
    if (strncmp(name, "change.", 7) == 0)
        return change_of(form, values, name + 7);
    return own_name(form, values, name);
}

enum als_truth form_truth(const struct als_form *form, const struct als_value *values,
                          const struct als_expr *expr)
{
    struct als_value *names = als_alloc_array(expr->n_names + 1, sizeof *names);
    for (size_t i = 0; i < expr->n_names; i++)
        names[i] = any_name(form, values, expr->names[i]);
    const enum als_truth truth = als_expr_truth(expr, names);
    free(names);
    return truth;
}
