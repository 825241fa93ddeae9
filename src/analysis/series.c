/* The values of one measure, patient by patient, on the time axis of the trial. */
#include <stdlib.h>

#include "alstrack/analysis/slopes.h"

/* Points come in order of key, so a patient is complete when the next one begins. */
struct pass {
    const struct als_patient_list *patients;
    const struct als_timeline *timelines;
    size_t patient; /* index of the patient under way */
    struct als_series_point *points;
    size_t count, room;
    als_series_fn *receive;
    void *context;
};

/* Visits of a patient are in order of day but for a few: insertion, stable for equal days. */
static void sort_by_day(struct als_series_point *points, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct als_series_point point = points[i];
        size_t k = i;
        for (; k > 0 && points[k - 1].day > point.day; k--)
            points[k] = points[k - 1];
        points[k] = point;
    }
}

static void finish_patient(struct pass *pass)
{
    if (pass->count == 0)
        return;
    const struct als_timeline *time = &pass->timelines[pass->patient];
    sort_by_day(pass->points, pass->count);
    struct als_series series = {.patient_id = pass->patients->items[pass->patient].id,
                                .zero_day = time->zero_day == ALS_NO_DAY ? pass->points[0].day
                                                                         : time->zero_day,
                                .zero = time->zero,
                                .zero_is_partial = time->zero_is_partial,
                                .death_day = time->death_day,
                                .points = pass->points,
                                .count = pass->count};
    for (size_t i = 0; i < pass->count; i++)
        pass->points[i].month = (pass->points[i].day - series.zero_day) / ALS_DAYS_PER_MONTH;
    pass->receive(&series, pass->context);
    pass->count = 0;
}

size_t als_series_alive(const struct als_series *series)
{
    size_t n = series->count;
    while (n > 0 && series->death_day != ALS_NO_DAY &&
           series->points[n - 1].day > series->death_day)
        n--;
    return n;
}

unsigned als_source_bit(enum als_score_source source)
{
    return source == ALS_SOURCE_NONE ? 0 : 1u << source;
}

bool als_sources_differ(unsigned sources)
{
    return sources & (sources - 1);
}

static bool is_after_death(const struct pass *pass, int day)
{
    const int death_day = pass->timelines[pass->patient].death_day;
    return death_day != ALS_NO_DAY && day > death_day;
}

/* The raters of a visit come one after the other. What is dated after death stays alone. */
static struct als_series_point *of_same_visit(const struct pass *pass,
                                              const struct als_point *point)
{
    if (is_after_death(pass, point->day))
        return NULL;
    for (size_t i = pass->count; i-- > 0 && pass->points[i].visit_no == point->visit_no;)
        if (!is_after_death(pass, pass->points[i].day))
            return &pass->points[i];
    return NULL;
}

static void join(struct als_series_point *visit, const struct als_point *point)
{
    visit->n++;
    visit->value += (point->value - visit->value) / visit->n;
    visit->day = point->day < visit->day ? point->day : visit->day;
    visit->sources |= als_source_bit(point->source);
}

static void take_point(const struct als_point *point, void *context)
{
    struct pass *pass = context;
    const struct als_patient_list *patients = pass->patients;
    if (patients->items[pass->patient].id != point->patient_id) {
        finish_patient(pass);
        while (pass->patient + 1 < patients->count &&
               patients->items[pass->patient].id < point->patient_id)
            pass->patient++;
        if (patients->items[pass->patient].id != point->patient_id)
            return; /* not one of the patients asked for */
    }
    struct als_series_point *visit = of_same_visit(pass, point);
    if (visit) {
        join(visit, point);
        return;
    }
    if (pass->count == pass->room) {
        pass->room = pass->room ? 2 * pass->room : 64;
        pass->points = als_realloc_array(pass->points, pass->room, sizeof *pass->points);
    }
    pass->points[pass->count++] =
        (struct als_series_point){.day = point->day,
                                  .visit_no = point->visit_no,
                                  .value = point->value,
                                  .n = 1,
                                  .sources = als_source_bit(point->source)};
}

enum als_status als_series_each_counted(struct als_store *store, const struct als_measure *measure,
                                        const struct als_patient_list *patients,
                                        als_series_fn *receive, void *context, size_t *missing,
                                        struct als_err *err)
{
    *missing = 0;
    if (patients->count == 0)
        return ALS_OK;
    struct als_timeline *timelines = als_alloc_array(patients->count, sizeof *timelines);
    struct pass pass = {
        .patients = patients, .timelines = timelines, .receive = receive, .context = context};
    enum als_status status = als_timelines_load(store, patients, timelines, err);
    if (status == ALS_OK)
        status = als_points_each(store, measure, patients, patients->items[0].id,
                                 patients->items[patients->count - 1].id, take_point, &pass,
                                 missing, err);
    if (status == ALS_OK)
        finish_patient(&pass);
    free(pass.points);
    free(timelines);
    return status;
}

enum als_status als_series_each(struct als_store *store, const struct als_measure *measure,
                                const struct als_patient_list *patients, als_series_fn *receive,
                                void *context, struct als_err *err)
{
    size_t missing;
    return als_series_each_counted(store, measure, patients, receive, context, &missing, err);
}
