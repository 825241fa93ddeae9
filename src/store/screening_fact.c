/* What is known of the fields of criteria at a point of evaluation. */
#include <math.h>

#include "screening_int.h"

#define NEVER 9999 /* what the form `screening` calls never, in days */

static struct als_date date_of(const char *text)
{
    struct als_date date = ALS_NO_DATE;
    if (text)
        (void)als_date_parse(text, strlen(text), &date);
    return date;
}

static const struct als_event *first_event(const struct als_screen_case *one, const char *name)
{
    for (size_t i = 0; i < one->n_events; i++) {
        if (strcmp(one->events[i].event, name) == 0)
            return &one->events[i];
    }
    return NULL;
}

/* Two days within which something lies, and how they are called. */
struct span {
    int first, last;
    const char *said;
};

/* Consent where it is stored, else the day of the point. */
static struct span day_of_consent(const struct als_screen_case *one)
{
    const struct als_event *consent = first_event(one, "consent");
    char text[ALS_DATE_TEXT];
    if (consent) {
        struct als_date date = date_of(consent->date);
        return (struct span){als_date_first_day(date), als_date_last_day(date),
                             als_arena_printf(one->arena, "consent %s", consent->date)};
    }
    return (struct span){one->point->day, one->point->day,
                         als_arena_printf(one->arena, "no consent yet, counted on %s",
                                          als_day_format(one->point->day, text))};
}

static void set_number(struct als_screen_found *found, double low, double middle, double high)
{
    found->fact.value = (struct als_value){.kind = ALS_VALUE_NUMBER, .number = middle};
    found->fact.low = low;
    found->fact.high = high;
    found->fact.ranged = low < high;
}

static void find_age(const struct als_screen_case *one, bool completed,
                     struct als_screen_found *found)
{
    struct als_date birth = date_of(one->patient->birth_date);
    struct span consent = day_of_consent(one);
    if (birth.day == ALS_NO_DAY) {
        found->needs = als_arena_printf(one->arena, "patient edit %s --birth-date DATE",
                                        one->patient->patient);
        return;
    }
    int born_first = als_date_first_day(birth), born_last = als_date_last_day(birth);
    int middle = consent.first + (consent.last - consent.first) / 2;
    if (completed)
        set_number(found, als_completed_years(born_last, consent.first),
                   als_completed_years(birth.day, middle),
                   als_completed_years(born_first, consent.last));
    else
        set_number(found, als_years_between(born_last, consent.first),
                   als_years_between(birth.day, middle),
                   als_years_between(born_first, consent.last));
    found->source =
        als_arena_printf(one->arena, "born %s, %s", one->patient->birth_date, consent.said);
    if (found->fact.ranged)
        found->needs =
            als_arena_printf(one->arena, "the day of birth and of consent (%s)", found->source);
}

static void find_duration(const struct als_screen_case *one, struct als_screen_found *found)
{
    const struct als_event *onset = first_event(one, "onset");
    struct als_date date = date_of(onset ? onset->date : NULL);
    char text[ALS_DATE_TEXT];
    int day = one->point->day;
    if (!onset) {
        found->needs =
            als_arena_printf(one->arena, "event add %s onset DATE", one->patient->patient);
        return;
    }
    set_number(found, (day - als_date_last_day(date)) / ALS_DAYS_PER_MONTH,
               (day - date.day) / ALS_DAYS_PER_MONTH,
               (day - als_date_first_day(date)) / ALS_DAYS_PER_MONTH);
    found->source =
        als_arena_printf(one->arena, "onset %s, to %s", onset->date, als_day_format(day, text));
    if (found->fact.ranged)
        found->needs = als_arena_printf(one->arena, "the day of onset (known: %s)", onset->date);
}

static void find_text(const struct als_screen_case *one, const char *text, const char *option,
                      struct als_screen_found *found)
{
    if (!text) {
        found->needs =
            als_arena_printf(one->arena, "patient edit %s --%s", one->patient->patient, option);
        return;
    }
    found->fact.value =
        (struct als_value){.kind = ALS_VALUE_TEXT, .text = text, .length = strlen(text)};
    found->source = "registration";
}

static void set_yesno(struct als_screen_found *found, bool yes)
{
    found->fact.value = (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = yes};
    found->is_yesno = true;
}

/* An event says yes; only the form can say no. */
static void find_event(const struct als_screen_case *one, const struct als_screen_field *field,
                       struct als_screen_found *found)
{
    const struct als_event *event = first_event(one, field->source.event);
    struct als_date date = date_of(event ? event->date : NULL);
    if (event && als_date_last_day(date) <= one->point->day) {
        set_yesno(found, true);
        found->source = als_arena_printf(one->arena, "event %s %s", event->event, event->date);
        return;
    }
    if (event && als_date_first_day(date) <= one->point->day) {
        found->needs = als_arena_printf(one->arena, "the day of the event %s (known: %s)",
                                        event->event, event->date);
        return;
    }
    if (field->scale >= 0 && field->item >= 0) {
        als_screening_measure(one, field, found);
        if (found->fact.value.kind == ALS_VALUE_MISSING)
            found->needs =
                als_arena_printf(one->arena, "event add %s %s DATE, or %s", one->patient->patient,
                                 field->source.event, found->needs);
        return;
    }
    found->needs =
        als_arena_printf(one->arena, "event add %s %s DATE; no form says that it did not happen",
                         one->patient->patient, field->source.event);
}

static void find_answer(const struct als_screen_case *one, const struct als_screen_field *field,
                        struct als_screen_found *found)
{
    bool is_baseline_age = strcmp(field->name, "baseline_age_days") == 0;
    if (is_baseline_age && als_screening_baseline_age(one, found))
        return;
    const char *records = found->needs;
    found->needs = "";
    als_screening_measure(one, field, found);
    if (found->needs[0] && records[0])
        found->needs = als_arena_printf(one->arena, "%s; or %s", records, found->needs);
    found->is_days_since = strncmp(field->name, "days_since_", 11) == 0;
    bool is_man = one->patient->sex && one->patient->sex[0] == 'M';
    if (found->fact.value.kind == ALS_VALUE_MISSING && is_man &&
        strcmp(field->name, "pregnant_or_breastfeeding") == 0) {
        set_yesno(found, false);
        found->source = "a man";
    }
}

static const struct als_screen_field *field_of(const struct als_screening *screening,
                                               const char *name)
{
    for (size_t i = 0; i < screening->n_fields; i++) {
        if (strcmp(screening->fields[i].name, name) == 0)
            return &screening->fields[i];
    }
    return NULL;
}

static void find_known(const struct als_screen_case *one, const struct als_screen_field *field,
                       struct als_screen_found *found)
{
    const struct als_patient *patient = one->patient;
    switch (field->source.kind) {
    case ALS_KNOWN_AGE:
    case ALS_KNOWN_AGE_COMPLETED:
        find_age(one, field->source.kind == ALS_KNOWN_AGE_COMPLETED, found);
        break;
    case ALS_KNOWN_DURATION:
        find_duration(one, found);
        break;
    case ALS_KNOWN_SEX:
        find_text(one, patient->sex, "sex F|M", found);
        break;
    case ALS_KNOWN_ONSET_SITE:
        find_text(one, patient->onset_site, "onset-site SITE", found);
        break;
    case ALS_KNOWN_HEIGHT:
        if (isnan(patient->height_cm))
            found->needs =
                als_arena_printf(one->arena, "patient edit %s --height CM", patient->patient);
        else
            set_number(found, patient->height_cm, patient->height_cm, patient->height_cm);
        found->source = isnan(patient->height_cm) ? "" : "registration";
        break;
    case ALS_KNOWN_LEADIN_SLOPE:
        found->needs = "the slope before treatment is computed by 'analyze prepost'";
        break;
    case ALS_KNOWN_EVENT:
        find_event(one, field, found);
        break;
    case ALS_KNOWN_ANSWER:
        find_answer(one, field, found);
        break;
    }
}

struct als_screen_found als_screening_find(const struct als_screen_case *one, const char *name)
{
    struct als_screen_found found = {.fact = ALS_NO_FACT, .source = "", .needs = ""};
    const struct als_screen_field *field = field_of(one->screening, name);
    if (field)
        find_known(one, field, &found);
    else
        found.needs = als_arena_printf(one->arena, "there is no field %s", name);
    return found;
}

/* Enough decimals that a number beside a limit is not shown as the limit. */
static const char *number_text(struct als_arena *arena, double number, double near)
{
    int decimals = number == floor(number) ? 0 : 1;
    while (decimals > 0 && decimals < 9 && number != near &&
           fabs(number - near) < 0.5 * pow(10, -decimals))
        decimals++;
    return als_arena_printf(arena, "%.*f", decimals, number);
}

const char *als_screening_say(const struct als_screen_found *found, const char *unit, double near,
                              struct als_arena *arena)
{
    const struct als_fact *fact = &found->fact;
    double number;
    if (fact->value.kind == ALS_VALUE_TEXT)
        return als_arena_strndup(arena, fact->value.text, fact->value.length);
    if (!als_value_number(&fact->value, &number))
        return "";
    if (found->is_yesno)
        return number != 0 ? "yes" : "no";
    if (found->is_days_since && number == NEVER)
        return "never";
    const char *text = number_text(arena, number, near);
    if (fact->ranged)
        text = als_arena_printf(arena, "%s to %s", number_text(arena, fact->low, near),
                                number_text(arena, fact->high, near));
    return unit ? als_arena_printf(arena, "%s %s", text, unit) : text;
}
