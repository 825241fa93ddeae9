/* `analyze ae`: loads what the tables need and hands it to one of them. */
#include "alstrack/analysis/adverse.h"

#include <string.h>

#include "adverse_int.h"
#include "patients.h"

static enum als_status load(struct als_adverse_data *data, const char *patient, struct als_err *err)
{
    enum als_status status =
        als_patients_chosen(data->store, patient, data->arena, &data->patients, err);
    if (status != ALS_OK)
        return status;
    int64_t only = patient ? data->patients.items[0].id : 0;
    status = als_event_load(data->store, only, data->arena, &data->events, err);
    if (status == ALS_OK)
        status = als_visit_load(data->store, only, data->arena, &data->visits, err);
    if (status == ALS_OK)
        status = als_procedure_load(data->store, only, data->arena, &data->procedures, err);
    if (status == ALS_OK)
        status = als_adverse_event_load(data->store, only, data->arena, &data->adverse, err);
    return status;
}

/* What began after the day that stands for today is not known yet. */
static void leave_out_later(struct als_adverse_data *data)
{
    size_t kept = 0;
    for (size_t i = 0; i < data->adverse.count; i++) {
        int onset = als_date_earliest(als_date_of(data->adverse.items[i].onset));
        if (onset <= data->as_of_day)
            data->adverse.items[kept++] = data->adverse.items[i];
    }
    data->later = data->adverse.count - kept;
    data->adverse.count = kept;
}

enum als_status als_analyze_adverse(struct als_store *store,
                                    const struct als_adverse_options *options, int as_of_day,
                                    struct als_table **out, struct als_err *err)
{
    bool by_visit = options->by && strcmp(options->by, "visit") == 0;
    enum als_status status = by_visit ? ALS_OK : als_factor_check(options->by, err);
    if (status != ALS_OK)
        return status;
    struct als_adverse_data data = {.store = store,
                                    .protocol = als_store_protocol(store),
                                    .as_of_day = as_of_day,
                                    .arena = als_arena_new()};
    status = load(&data, options->patient, err);
    if (status == ALS_OK) {
        leave_out_later(&data);
        als_adverse_spell(&data);
        if (by_visit)
            status = als_adverse_by_visit(&data, out, err);
        else
            *out = als_adverse_by_term(&data, options);
    }
    als_arena_free(data.arena);
    return status;
}
