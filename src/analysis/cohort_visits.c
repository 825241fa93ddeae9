/* Three tables read once and walked side by side. */
#include "alstrack/analysis/visits.h"

enum als_status als_cohort_each(struct als_store *store, struct als_arena *kept, int today,
                                als_cohort_fn *receive, void *context, struct als_err *err)
{
    struct als_patient_list patients;
    struct als_event_list events;
    struct als_visit_list visits;
    enum als_status status = als_patient_load(store, kept, &patients, err);
    if (!status)
        status = als_event_load(store, 0, kept, &events, err);
    if (!status)
        status = als_visit_load(store, 0, kept, &visits, err);
    if (status)
        return status;
    const struct als_protocol *protocol = als_store_protocol(store);
    for (size_t i = 0, e = 0, v = 0; i < patients.count; i++) {
        const struct als_patient *patient = &patients.items[i];
        size_t e_first = e, v_first = v;
        while (e < events.count && events.items[e].patient_id == patient->id)
            e++;
        while (v < visits.count && visits.items[v].patient_id == patient->id)
            v++;
        struct als_arena *arena = als_arena_new();
        struct als_patient_facts facts;
        als_facts_from(store, patient, events.items + e_first, e - e_first, visits.items + v_first,
                       v - v_first, arena, &facts);
        struct als_visit_row *rows =
            als_arena_array(arena, protocol->n_visits + facts.n_visits + 1, sizeof *rows);
        struct als_cohort_patient row = {.patient = patient,
                                         .visits = visits.items + v_first,
                                         .n_visits = v - v_first,
                                         .rows = rows};
        row.n_rows = als_schedule_build(protocol, &facts, today, rows);
        receive(&row, context);
        als_arena_free(arena);
    }
    return ALS_OK;
}
