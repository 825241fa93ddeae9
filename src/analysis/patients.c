/* Lists of events and visits cut by patient; partial dates; the patients an analysis is about. */
#include "patients.h"

#include <string.h>

struct als_span als_events_of(const struct als_event_list *list, size_t from, int64_t patient_id)
{
    while (from < list->count && list->items[from].patient_id < patient_id)
        from++;
    size_t end = from;
    while (end < list->count && list->items[end].patient_id == patient_id)
        end++;
    return (struct als_span){from, end - from};
}

struct als_span als_visits_of(const struct als_visit_list *list, size_t from, int64_t patient_id)
{
    while (from < list->count && list->items[from].patient_id < patient_id)
        from++;
    size_t end = from;
    while (end < list->count && list->items[end].patient_id == patient_id)
        end++;
    return (struct als_span){from, end - from};
}

int als_date_earliest(struct als_date date)
{
    if (date.precision == ALS_PRECISION_NONE || date.day == ALS_NO_DAY)
        return ALS_NO_DAY;
    int year, month, day;
    als_day_to_civil(date.day, &year, &month, &day);
    if (date.precision == ALS_PRECISION_YEAR)
        return als_day_from_civil(year, 1, 1);
    return date.precision == ALS_PRECISION_MONTH ? als_day_from_civil(year, month, 1) : date.day;
}

int als_date_latest(struct als_date date)
{
    if (date.precision == ALS_PRECISION_NONE || date.day == ALS_NO_DAY)
        return ALS_NO_DAY;
    int year, month, day;
    als_day_to_civil(date.day, &year, &month, &day);
    if (date.precision == ALS_PRECISION_YEAR)
        return als_day_from_civil(year, 12, 31);
    if (date.precision == ALS_PRECISION_MONTH)
        return als_day_add_months(als_day_from_civil(year, month, 1), 1) - 1;
    return date.day;
}

struct als_date als_date_of(const char *text)
{
    struct als_date date = ALS_NO_DATE;
    if (text)
        als_date_parse(text, strlen(text), &date);
    return date;
}

int als_death_day(const struct als_patient_facts *facts)
{
    for (size_t i = 0; i < facts->n_events; i++)
        if (strcmp(facts->events[i].event, "death") == 0)
            return als_date_latest(facts->events[i].date);
    return ALS_NO_DAY;
}

enum als_status als_patients_chosen(struct als_store *store, const char *patient,
                                    struct als_arena *arena, struct als_patient_list *out,
                                    struct als_err *err)
{
    if (!patient)
        return als_patient_load(store, arena, out, err);
    struct als_patient *one = als_arena_take(arena, sizeof *one);
    enum als_status status = als_patient_get(store, patient, arena, one, err);
    if (status == ALS_OK)
        *out = (struct als_patient_list){one, 1};
    return status;
}
