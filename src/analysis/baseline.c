/* The baseline rules of a protocol, applied to the values of a patient. */
#include "alstrack/analysis/baseline.h"

#include <math.h>
#include <string.h>

#include "alstrack/store/screening.h"
#include "patients.h"

static const struct als_baseline_rule *rule_of(const struct als_protocol *protocol,
                                               const char *instrument)
{
    for (size_t i = 0; i < protocol->n_baselines; i++)
        if (strcmp(protocol->instruments[protocol->baselines[i].instrument], instrument) == 0)
            return &protocol->baselines[i];
    return NULL;
}

static int day_of_consent(const struct als_event_list *events, struct als_span span)
{
    for (size_t i = span.first; i < span.first + span.count; i++)
        if (strcmp(events->items[i].event, "consent") == 0)
            return als_date_earliest(als_date_of(events->items[i].date));
    return ALS_NO_DAY;
}

/* A historical baseline is counted back from the day of the screening visit. */
static enum als_status load_screenings(struct als_baselines *baselines,
                                       const struct als_patient_list *patients,
                                       struct als_arena *arena, struct als_err *err)
{
    struct als_visit_list visits;
    struct als_event_list events;
    int64_t only = patients->count == 1 ? patients->items[0].id : 0;
    enum als_status status = als_visit_load(baselines->store, only, arena, &visits, err);
    if (status == ALS_OK)
        status = als_event_load(baselines->store, only, arena, &events, err);
    if (status != ALS_OK)
        return status;
    int *days = als_arena_array(arena, patients->count + 1, sizeof *days);
    struct als_span span = {0}, its_events = {0};
    for (size_t i = 0; i < patients->count; i++) {
        span = als_visits_of(&visits, span.first + span.count, patients->items[i].id);
        its_events =
            als_events_of(&events, its_events.first + its_events.count, patients->items[i].id);
        int consent = day_of_consent(&events, its_events);
        days[i] = ALS_NO_DAY;
        for (size_t k = span.first; k < span.first + span.count; k++) {
            const struct als_visit *visit = &visits.items[k];
            if (visit->visit_no != baselines->screening_no || visit->not_done)
                continue;
            bool by_consent = visit->made && consent != ALS_NO_DAY && visit->day < consent;
            days[i] = by_consent ? consent : visit->day;
        }
    }
    baselines->screenings = days;
    return ALS_OK;
}

enum als_status als_baselines_load(struct als_store *store, const struct als_instrument *instrument,
                                   const struct als_patient_list *patients, struct als_arena *arena,
                                   struct als_baselines *out, struct als_err *err)
{
    const struct als_protocol *protocol = als_store_protocol(store);
    const char *screening = protocol->visits[als_screening_visit(protocol)].code;
    *out = (struct als_baselines){.store = store,
                                  .rule = rule_of(protocol, instrument->code),
                                  .screening_no =
                                      als_store_visit_no(store, screening, strlen(screening))};
    if (!out->rule || out->rule->kind != ALS_BASELINE_HISTORICAL)
        return ALS_OK;
    return load_screenings(out, patients, arena, err);
}

static bool is_too_old(const struct als_baselines *baselines, size_t patient,
                       const struct als_series_point *point)
{
    const struct als_baseline_rule *rule = baselines->rule;
    if (!rule || rule->kind != ALS_BASELINE_HISTORICAL)
        return false;
    int screening = baselines->screenings[patient];
    return screening != ALS_NO_DAY && point->day < screening - rule->max_age_days;
}

static bool may_be_baseline(const struct als_baselines *baselines, size_t patient,
                            const struct als_series *series, const struct als_series_point *point)
{
    const struct als_baseline_rule *rule = baselines->rule;
    if (!rule || rule->kind == ALS_BASELINE_LAST_BEFORE_ANCHOR)
        return point->day <= series->zero_day;
    if (rule->kind == ALS_BASELINE_VISIT)
        return als_store_plan_of(baselines->store, point->visit_no) == (ptrdiff_t)rule->visit;
    int screening = baselines->screenings[patient];
    if (point->visit_no != baselines->screening_no &&
        (screening == ALS_NO_DAY || point->day > screening))
        return false;
    return !is_too_old(baselines, patient, point);
}

struct als_baseline als_baseline_of(const struct als_baselines *baselines, size_t patient,
                                    const struct als_series *series)
{
    struct als_baseline baseline = {.day = ALS_NO_DAY, .value = NAN};
    bool too_old = false;
    size_t visits = 0;
    for (size_t i = 0; i < series->count; i++) {
        const struct als_series_point *point = &series->points[i];
        if (series->death_day != ALS_NO_DAY && point->day > series->death_day)
            break;
        too_old = too_old || is_too_old(baselines, patient, point);
        if (!may_be_baseline(baselines, patient, series, point))
            continue;
        if (point->day != baseline.day) {
            baseline =
                (struct als_baseline){.day = point->day, .value = 0, .visit_no = point->visit_no};
            visits = 0;
        }
        baseline.n += point->n;
        baseline.value += (point->value - baseline.value) / (double)++visits;
    }
    baseline.too_old = too_old && baseline.day == ALS_NO_DAY;
    return baseline;
}

const char *als_baseline_text(const struct als_baselines *baselines, struct als_arena *arena)
{
    const struct als_baseline_rule *rule = baselines->rule;
    if (rule && rule->kind == ALS_BASELINE_VISIT)
        return als_arena_printf(arena, "visit %s",
                                als_store_protocol(baselines->store)->visits[rule->visit].code);
    if (rule && rule->kind == ALS_BASELINE_HISTORICAL)
        return als_arena_printf(arena, "visit %s, else the last record at most %d days before it",
                                als_store_visit_code(baselines->store, baselines->screening_no),
                                rule->max_age_days);
    return "the last value on or before time zero";
}

bool als_functional_total(struct als_store *store, struct als_measure *measure, double *maximum)
{
    static const char *const totals[] = {"alsfrsr.total", "alsfrs.total"};
    static const char *const scales[] = {"alsfrsr", "alsfrs"};
    for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++) {
        struct als_err ignored;
        if (als_store_find_instrument(store, scales[i]) &&
            als_measure_find(store, totals[i], measure, &ignored) == ALS_OK) {
            *maximum = measure->instrument->scores[measure->score].max;
            return true;
        }
    }
    return false;
}
