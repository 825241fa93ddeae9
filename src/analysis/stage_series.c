/* Assessments and events of one patient at a time, turned into stages. */
#include "stage_series.h"

#include <stdlib.h>
#include <string.h>

#include "patients.h"

struct pass {
    const struct als_instrument *instrument;
    const struct als_stage_rules *rules;
    struct als_event_list events;
    struct als_staged *stages; /* of the patient under way */
    size_t n, room;
};

const struct als_instrument *als_stage_instrument(const struct als_store *store)
{
    const struct als_instrument *revised = als_store_find_instrument(store, "alsfrsr");
    return revised ? revised : als_store_find_instrument(store, "alsfrs");
}

/* Death and the first day of gastrostomy. */
static int read_events(const struct als_event *events, size_t n, struct als_stage_course *course)
{
    int gastrostomy = ALS_NO_DAY;
    course->death = ALS_NO_DATE;
    course->death_day = ALS_NO_DAY;
    for (size_t i = 0; i < n; i++) {
        struct als_date date = als_date_of(events[i].date);
        bool tube = strcmp(events[i].event, "gastrostomy") == 0;
        bool death = strcmp(events[i].event, "death") == 0;
        if (date.day == ALS_NO_DAY || (!tube && !death))
            continue;
        course->partial |= date.precision != ALS_PRECISION_DAY;
        if (death) {
            course->death = date;
            course->death_day = als_date_latest(date);
        } else if (gastrostomy == ALS_NO_DAY || date.day < gastrostomy) {
            gastrostomy = date.day;
        }
    }
    return gastrostomy;
}

static enum als_kings stage_kings(const struct als_stage_input *input,
                                  const struct als_stage_rules *rules)
{
    enum als_kings kings = als_stage_kings(input);
    return kings == ALS_KINGS_0 && rules->kings_from_1 ? ALS_KINGS_1 : kings;
}

static void add_stage(struct pass *pass, int gastrostomy, const struct als_assessment *row)
{
    struct als_stage_input input = {.instrument = pass->instrument,
                                    .values = row->values,
                                    .gastrostomy =
                                        gastrostomy != ALS_NO_DAY && gastrostomy <= row->day};
    if (pass->n == pass->room) {
        pass->room = pass->room ? 2 * pass->room : 32;
        pass->stages = als_realloc_array(pass->stages, pass->room, sizeof *pass->stages);
    }
    pass->stages[pass->n++] =
        (struct als_staged){.visit_no = row->visit_no,
                            .rater_no = row->rater_no,
                            .day = row->day,
                            .kings = stage_kings(&input, pass->rules),
                            .mitos = als_stage_mitos(&input, pass->rules->mitos_or),
                            .ft9 = als_stage_ft9(&input),
                            .gastrostomy = als_stage_gastrostomy(&input),
                            .ventilation = als_stage_ventilation(&input),
                            .regions = als_stage_involved(&input)};
}

/* Visits are nearly in order of day; equal days stay as they came. */
static void sort_by_day(struct als_staged *stages, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct als_staged stage = stages[i];
        size_t k = i;
        for (; k > 0 && stages[k - 1].day > stage.day; k--)
            stages[k] = stages[k - 1];
        stages[k] = stage;
    }
}

static void finish(struct pass *pass, struct als_stage_course *course)
{
    sort_by_day(pass->stages, pass->n);
    course->stages = pass->stages;
    while (course->n < pass->n &&
           (course->death_day == ALS_NO_DAY || pass->stages[course->n].day <= course->death_day)) {
        const struct als_staged *stage = &pass->stages[course->n++];
        course->open += stage->kings == ALS_KINGS_UNKNOWN || stage->mitos < 0 || stage->ft9 < 0;
    }
    course->after_death = pass->n - course->n;
}

/* Without a scan there are no assessments: what is left are deaths. */
static enum als_status read_all(struct pass *pass, const struct als_patient_list *patients,
                                struct als_scan *scan, als_stages_fn *receive, void *context,
                                struct als_err *err)
{
    const struct als_assessment *row = NULL;
    struct als_span span = {0};
    enum als_status status = scan ? als_scan_next(scan, &row, err) : ALS_OK;
    for (size_t i = 0; i < patients->count && status == ALS_OK; i++) {
        struct als_stage_course course = {.patient = &patients->items[i]};
        int64_t id = patients->items[i].id;
        span = als_events_of(&pass->events, span.first + span.count, id);
        int gastrostomy = read_events(pass->events.items + span.first, span.count, &course);
        pass->n = 0;
        while (status == ALS_OK && row && row->patient_id <= id) {
            course.not_done += row->patient_id == id && row->not_done;
            if (row->patient_id == id && !row->not_done)
                add_stage(pass, gastrostomy, row);
            status = als_scan_next(scan, &row, err);
        }
        if (status != ALS_OK)
            break;
        finish(pass, &course);
        receive(&course, context);
    }
    return status;
}

enum als_status als_stages_each(struct als_store *store, const struct als_patient_list *patients,
                                const struct als_stage_rules *rules, als_stages_fn *receive,
                                void *context, struct als_err *err)
{
    if (patients->count == 0)
        return ALS_OK;
    struct pass pass = {.instrument = als_stage_instrument(store), .rules = rules};
    int64_t first = patients->items[0].id, last = patients->items[patients->count - 1].id;
    struct als_arena *arena = als_arena_new();
    struct als_scan *scan = NULL;
    enum als_status status =
        als_event_load(store, patients->count == 1 ? first : 0, arena, &pass.events, err);
    if (status == ALS_OK && pass.instrument)
        status = als_scan_open(store, pass.instrument, ALS_SCAN_ITEMS, first, last, &scan, err);
    if (status == ALS_OK)
        status = read_all(&pass, patients, scan, receive, context, err);
    als_scan_close(scan);
    free(pass.stages);
    als_arena_free(arena);
    return status;
}
