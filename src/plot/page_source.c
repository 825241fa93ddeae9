/* Reading what pages are made of: lists once, values of measures by blocks of patients. */
#include "page_source.h"

#include <stdlib.h>
#include <string.h>

/* Cut a list ordered by patient id into one span per patient. */
#define CUT_SPANS(source, list, spans)                                                             \
    do {                                                                                           \
        (spans) = als_arena_array((source)->arena, (source)->patients.count + 1, sizeof *(spans)); \
        size_t at_ = 0;                                                                            \
        for (size_t i_ = 0; i_ < (source)->patients.count; i_++) {                                 \
            int64_t id_ = (source)->patients.items[i_].id;                                         \
            while (at_ < (list).count && (list).items[at_].patient_id < id_)                       \
                at_++;                                                                             \
            (spans)[i_].first = at_;                                                               \
            while (at_ < (list).count && (list).items[at_].patient_id == id_)                      \
                at_++;                                                                             \
            (spans)[i_].count = at_ - (spans)[i_].first;                                           \
        }                                                                                          \
    } while (0)

static enum als_status load_patients(struct als_page_source *source, const char *patient,
                                     struct als_err *err)
{
    if (!patient)
        return als_patient_load(source->store, source->arena, &source->patients, err);
    struct als_patient *one = als_arena_take(source->arena, sizeof *one);
    source->patients = (struct als_patient_list){one, 1};
    return als_patient_get(source->store, patient, source->arena, one, err);
}

static enum als_status load_lists(struct als_page_source *source, const char *patient,
                                  struct als_err *err)
{
    enum als_status status = load_patients(source, patient, err);
    if (status)
        return status;
    int64_t id = patient ? source->patients.items[0].id : 0;
    status = als_event_load(source->store, id, source->arena, &source->events, err);
    if (!status)
        status = als_visit_load(source->store, id, source->arena, &source->visits, err);
    if (!status)
        status = als_adverse_event_load(source->store, id, source->arena, &source->adverse, err);
    source->timelines =
        als_arena_array(source->arena, source->patients.count + 1, sizeof *source->timelines);
    if (!status)
        status = als_timelines_load(source->store, &source->patients, source->timelines, err);
    if (status)
        return status;
    CUT_SPANS(source, source->events, source->event_spans);
    CUT_SPANS(source, source->visits, source->visit_spans);
    CUT_SPANS(source, source->adverse, source->adverse_spans);
    return ALS_OK;
}

/* At how many planned visits is the instrument asked? */
static size_t times_planned(const struct als_protocol *protocol, const char *code)
{
    ptrdiff_t instrument = als_protocol_instrument(protocol, code);
    size_t n = 0;
    for (size_t i = 0; i < protocol->n_visits; i++)
        for (size_t k = 0; k < protocol->visits[i].n_assessments; k++)
            n += (ptrdiff_t)protocol->visits[i].assessments[k].instrument == instrument;
    return n;
}

/* A curve needs numbers, asked for more than once. */
static bool is_longitudinal(const struct als_protocol *protocol, const struct als_measure *measure)
{
    if (times_planned(protocol, measure->instrument->code) < 2)
        return false;
    if (measure->score >= 0)
        return true;
    const struct als_item *item = &measure->instrument->items[measure->item];
    return item->type == ALS_ITEM_INTEGER || item->type == ALS_ITEM_NUMBER ||
           (item->type == ALS_ITEM_CHOICE && item->numeric_choice);
}

static enum als_status add_column(struct als_page_source *source, size_t index,
                                  const char *instrument, const char *score, struct als_err *err)
{
    const char *name = als_arena_printf(source->arena, "%s.%s", instrument, score);
    return als_measure_find(source->store, name, &source->columns[index].measure, err);
}

/* The main measure, its instrument's domains, and the main scores of the protocol's other
 * instruments, in the protocol's order. */
static enum als_status choose_columns(struct als_page_source *source, const char *measure,
                                      struct als_err *err)
{
    const struct als_protocol *protocol = source->protocol;
    struct als_measure main;
    enum als_status status =
        als_measure_find(source->store, measure ? measure : protocol->measure, &main, err);
    if (status)
        return status;
    size_t most = 1 + main.instrument->n_scores + protocol->n_instruments;
    source->columns = als_arena_array(source->arena, most, sizeof *source->columns);
    source->columns[0].measure = main;
    size_t n = 1;
    for (size_t i = 0; i < main.instrument->n_scores && !status; i++)
        if (main.instrument->scores[i].domain && (ptrdiff_t)i != main.score) {
            status = add_column(source, n++, main.instrument->code, main.instrument->scores[i].code,
                                err);
            source->n_domains++;
        }
    for (size_t i = 0; i < protocol->n_instruments && !status; i++) {
        const struct als_instrument *other =
            als_store_find_instrument(source->store, protocol->instruments[i]);
        if (!other || other == main.instrument || !other->main_score)
            continue;
        status = add_column(source, n, other->code, other->main_score, err);
        if (!status && is_longitudinal(protocol, &source->columns[n].measure)) {
            source->n_others++;
            n++;
        }
    }
    return status;
}

static size_t count_columns(const struct als_page_source *source)
{
    return source->columns ? 1 + source->n_domains + source->n_others : 0;
}

enum als_status als_page_source_open(struct als_store *store, const char *patient,
                                     const struct als_plot_options *options,
                                     struct als_page_source **out, struct als_err *err)
{
    struct als_page_source *source = als_alloc(sizeof *source);
    source->store = store;
    source->protocol = als_store_protocol(store);
    source->as_of_day = options->as_of_day;
    source->arena = als_arena_new();
    enum als_status status = choose_columns(source, options->measure, err);
    if (!status)
        status = load_lists(source, patient, err);
    if (status) {
        als_page_source_close(source);
        return status;
    }
    source->lines = als_arena_array(source->arena, ALS_PAGE_BLOCK, sizeof *source->lines);
    for (size_t i = 0; i < count_columns(source); i++)
        source->columns[i].spans =
            als_arena_array(source->arena, ALS_PAGE_BLOCK, sizeof *source->columns[i].spans);
    *out = source;
    return ALS_OK;
}

void als_page_source_close(struct als_page_source *source)
{
    if (!source)
        return;
    for (size_t i = 0; i < count_columns(source); i++)
        free(source->columns[i].points);
    als_arena_free(source->arena);
    free(source);
}

size_t als_page_source_count(const struct als_page_source *source)
{
    return source->patients.count;
}

const char *als_page_source_patient(const struct als_page_source *source, size_t index)
{
    return source->patients.items[index].patient;
}

/* Receives the values of one measure, patient by patient in order of id. */
struct intake {
    struct als_page_source *source;
    struct als_page_column *column;
    size_t at; /* patient of the block */
};

static void take_lines(struct als_page_lines *lines, const struct als_series *series)
{
    *lines = (struct als_page_lines){.known = true,
                                     .zero_day = series->zero_day,
                                     .zero = series->zero,
                                     .pre = als_slope_fit(series, INT_MIN, 0),
                                     .post = als_slope_fit(series, 0, INT_MAX),
                                     .all = als_slope_fit(series, INT_MIN, INT_MAX)};
}

static void take_series(const struct als_series *series, void *context)
{
    struct intake *intake = context;
    struct als_page_source *source = intake->source;
    struct als_page_column *column = intake->column;
    const struct als_patient *patients = source->patients.items + source->block_first;
    while (intake->at < source->block_count && patients[intake->at].id < series->patient_id)
        intake->at++;
    if (intake->at == source->block_count)
        return;
    if (column->n + series->count > column->room) {
        column->room = 2 * (column->n + series->count);
        column->points = als_realloc_array(column->points, column->room, sizeof *column->points);
    }
    memcpy(column->points + column->n, series->points, series->count * sizeof *series->points);
    column->spans[intake->at] = (struct als_page_span){column->n, series->count};
    column->n += series->count;
    if (column == source->columns)
        take_lines(&source->lines[intake->at], series);
}

enum als_status als_page_source_need(struct als_page_source *source, size_t patient,
                                     struct als_err *err)
{
    if (patient >= source->block_first && patient < source->block_first + source->block_count)
        return ALS_OK;
    size_t left = source->patients.count - patient;
    source->block_first = patient;
    source->block_count = left < ALS_PAGE_BLOCK ? left : ALS_PAGE_BLOCK;
    memset(source->lines, 0, ALS_PAGE_BLOCK * sizeof *source->lines);
    struct als_patient_list block = {source->patients.items + patient, source->block_count};
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < count_columns(source) && !status; i++) {
        struct als_page_column *column = &source->columns[i];
        struct intake intake = {source, column, 0};
        column->n = 0;
        memset(column->spans, 0, ALS_PAGE_BLOCK * sizeof *column->spans);
        status =
            als_series_each(source->store, &column->measure, &block, take_series, &intake, err);
    }
    if (status)
        source->block_count = 0;
    return status;
}
