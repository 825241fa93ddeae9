/* The eligibility worksheet: patients in order of id, each instrument read once. */
#include <math.h>
#include <stdlib.h>

#include "alstrack/core/num.h"
#include "screening_int.h"

/* ---- What to read ---- */

static const struct als_instrument *lookup(const char *code, void *context)
{
    return als_store_find_instrument(context, code);
}

static ptrdiff_t scale_of(struct als_screening *screening, const char *code)
{
    const struct als_instrument *instrument = als_store_find_instrument(screening->store, code);
    if (!instrument)
        return -1;
    for (size_t i = 0; i < screening->n_scales; i++) {
        if (screening->scales[i].instrument == instrument)
            return (ptrdiff_t)i;
    }
    screening->scales[screening->n_scales] = (struct als_screen_scale){.instrument = instrument};
    return (ptrdiff_t)screening->n_scales++;
}

static void add_field(struct als_screening *screening, const char *name)
{
    struct als_store *store = screening->store;
    for (size_t i = 0; i < screening->n_fields; i++) {
        if (strcmp(screening->fields[i].name, name) == 0)
            return;
    }
    struct als_screen_field field = {.name = name, .scale = -1, .item = -1, .score = -1};
    if (!als_known_find(store->protocol, lookup, store, screening->arena, name, &field.source))
        return;
    if (field.source.instrument && field.source.code)
        field.scale = scale_of(screening, field.source.instrument);
    if (field.scale >= 0) {
        const struct als_instrument *instrument = screening->scales[field.scale].instrument;
        field.score = als_instrument_score(instrument, field.source.code);
        if (field.score < 0)
            field.item = als_instrument_item(instrument, field.source.code);
        if (field.score < 0 && field.item < 0)
            field.scale = -1;
    }
    screening->fields[screening->n_fields++] = field;
}

/* The age of a historical baseline follows from every instrument that may have one. */
static void add_baselines(struct als_screening *screening)
{
    const struct als_protocol *protocol = screening->store->protocol;
    for (size_t i = 0; i < protocol->n_baselines; i++) {
        if (protocol->baselines[i].kind == ALS_BASELINE_HISTORICAL)
            (void)scale_of(screening, protocol->instruments[protocol->baselines[i].instrument]);
    }
}

static void choose_fields(struct als_screening *screening)
{
    const struct als_protocol *protocol = screening->store->protocol;
    size_t room = 0;
    for (size_t i = 0; i < protocol->n_criteria; i++)
        room +=
            1 + (protocol->criteria[i].condition ? protocol->criteria[i].condition->n_names : 0);
    screening->fields = als_arena_array(screening->arena, room, sizeof *screening->fields);
    screening->scales = als_arena_array(
        screening->arena, als_store_instrument_count(screening->store), sizeof *screening->scales);
    for (size_t i = 0; i < protocol->n_criteria; i++) {
        const struct als_criterion *criterion = &protocol->criteria[i];
        if (criterion->kind & ALS_CRITERION_AUTO)
            add_field(screening, criterion->field);
        if (strcmp(criterion->field, "baseline_age_days") == 0)
            add_baselines(screening);
        for (size_t k = 0; criterion->condition && k < criterion->condition->n_names; k++)
            add_field(screening, criterion->condition->names[k]);
    }
}

static enum als_status load_patients(struct als_screening *screening, int64_t first_id,
                                     int64_t last_id, struct als_err *err)
{
    struct als_store *store = screening->store;
    struct als_patient_list *list = &screening->patients;
    if (first_id == last_id) {
        const char *name = als_word_patient(store, first_id);
        list->items = als_arena_take(screening->arena, sizeof *list->items);
        list->count = 1;
        return als_patient_get(store, name, screening->arena, list->items, err);
    }
    enum als_status status = als_patient_load(store, screening->arena, list, err);
    while (list->count && list->items[0].id < first_id) {
        list->items++;
        list->count--;
    }
    while (list->count && list->items[list->count - 1].id > last_id)
        list->count--;
    return status;
}

static enum als_status open_scales(struct als_screening *screening, int64_t first_id,
                                   int64_t last_id, struct als_err *err)
{
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < screening->n_scales && status == ALS_OK; i++) {
        struct als_screen_scale *scale = &screening->scales[i];
        status =
            als_scan_open(screening->store, scale->instrument, ALS_SCAN_ITEMS | ALS_SCAN_COLUMNS,
                          first_id, last_id, &scale->scan, err);
        if (status == ALS_OK)
            status = als_scan_next(scale->scan, &scale->ahead, err);
    }
    return status;
}

static enum als_status load(struct als_screening *screening, int64_t first_id, int64_t last_id,
                            struct als_err *err)
{
    struct als_store *store = screening->store;
    struct als_arena *arena = screening->arena;
    int64_t only = first_id == last_id ? first_id : 0;
    enum als_status status = load_patients(screening, first_id, last_id, err);
    if (status == ALS_OK)
        status = als_event_load(store, only, arena, &screening->events, err);
    if (status == ALS_OK)
        status = als_visit_load(store, only, arena, &screening->visits, err);
    if (status == ALS_OK)
        status = als_answer_load(store, only, arena, &screening->answers, err);
    return status == ALS_OK ? open_scales(screening, first_id, last_id, err) : status;
}

enum als_status als_screening_open(struct als_store *store, int64_t first_id, int64_t last_id,
                                   int today, struct als_screening **out, struct als_err *err)
{
    struct als_screening *screening = als_alloc(sizeof *screening);
    *screening = (struct als_screening){.store = store, .today = today, .arena = als_arena_new()};
    choose_fields(screening);
    enum als_status status = load(screening, first_id, last_id, err);
    if (status == ALS_OK)
        *out = screening;
    else
        als_screening_close(screening);
    return status;
}

void als_screening_close(struct als_screening *screening)
{
    if (!screening)
        return;
    for (size_t i = 0; i < screening->n_scales; i++)
        als_scan_close(screening->scales[i].scan);
    als_arena_free(screening->arena);
    free(screening);
}

/* ---- One patient ---- */

static struct als_assessment copy_of(const struct als_instrument *instrument,
                                     const struct als_assessment *row, struct als_arena *arena)
{
    struct als_assessment copy = *row;
    struct als_value *values = als_arena_array(arena, instrument->n_items, sizeof *values);
    for (size_t i = 0; i < instrument->n_items; i++) {
        values[i] = row->values[i];
        if (values[i].kind == ALS_VALUE_TEXT)
            values[i].text = als_arena_strndup(arena, values[i].text, values[i].length);
    }
    copy.values = values;
    copy.item_reasons = NULL;
    copy.reason = als_arena_strdup(arena, row->reason);
    copy.mode = copy.respondent = NULL;
    return copy;
}

static enum als_status gather(struct als_screen_scale *scale, int64_t patient_id,
                              struct als_arena *arena, struct als_screen_series *series,
                              struct als_err *err)
{
    enum als_status status = ALS_OK;
    struct als_assessment *list = NULL;
    size_t n = 0, room = 0;
    while (status == ALS_OK && scale->ahead && scale->ahead->patient_id <= patient_id) {
        if (n == room) {
            room = room ? 2 * room : 16;
            list = als_realloc_array(list, room, sizeof *list);
        }
        list[n] = copy_of(scale->instrument, scale->ahead, arena);
        n += list[n].patient_id == patient_id;
        status = als_scan_next(scale->scan, &scale->ahead, err);
    }
    series->items = als_arena_array(arena, n, sizeof *list);
    if (n)
        memcpy(series->items, list, n * sizeof *list);
    series->count = n;
    free(list);
    return status;
}

static enum als_status gather_all(struct als_screening *screening, struct als_screen_case *one,
                                  struct als_err *err)
{
    enum als_status status = ALS_OK;
    struct als_screen_series *series =
        als_arena_array(one->arena, screening->n_scales, sizeof *series);
    for (size_t i = 0; i < screening->n_scales && status == ALS_OK; i++)
        status = gather(&screening->scales[i], one->patient->id, one->arena, &series[i], err);
    one->series = series;
    return status;
}

/* The part of a list that is about the patient: lists are in order of patient. */
#define TAKE_SLICE(list, at, id, first, n)                                                         \
    do {                                                                                           \
        while ((at) < (list).count && (list).items[at].patient_id < (id))                          \
            (at)++;                                                                                \
        (first) = (list).items + (at);                                                             \
        (n) = 0;                                                                                   \
        while ((at) + (n) < (list).count && (list).items[(at) + (n)].patient_id == (id))           \
            (n)++;                                                                                 \
        (at) += (n);                                                                               \
    } while (0)

static void take_records(struct als_screening *screening, struct als_screen_case *one)
{
    int64_t id = one->patient->id;
    const struct als_visit *visits;
    size_t n_visits;
    TAKE_SLICE(screening->events, screening->event_at, id, one->events, one->n_events);
    TAKE_SLICE(screening->visits, screening->visit_at, id, visits, n_visits);
    TAKE_SLICE(screening->answers, screening->answer_at, id, one->answers, one->n_answers);
    als_facts_from(screening->store, one->patient, one->events, one->n_events, visits, n_visits,
                   one->arena, &one->facts);
}

/* ---- Rows ---- */

static const struct als_answer *answer_of(const struct als_screen_case *one,
                                          const struct als_criterion *criterion)
{
    for (size_t i = 0; i < one->n_answers; i++) {
        if (one->answers[i].visit_no == one->point->visit_no &&
            strcmp(one->answers[i].criterion, criterion->id) == 0)
            return &one->answers[i];
    }
    return NULL;
}

static struct als_fact fact_of(const char *field, void *context)
{
    return als_screening_find(context, field).fact;
}

static const char *joined(struct als_arena *arena, const char *first, const char *second)
{
    return als_arena_printf(arena, "%s%s%s", first, first[0] && second[0] ? "; " : "", second);
}

/* What would settle a row that is unknown. */
static const char *needs_of(const struct als_screen_case *one, const struct als_screen_row *row,
                            const struct als_screen_found *found)
{
    const struct als_criterion *criterion = row->criterion;
    const char *needs = "";
    for (size_t i = 0; row->result.condition == ALS_UNKNOWN && i < criterion->condition->n_names;
         i++)
        needs = joined(one->arena, needs,
                       als_screening_find(one, criterion->condition->names[i]).needs);
    if (row->result.automatic == ALS_CRITERION_UNKNOWN)
        needs = joined(one->arena, needs, found->needs);
    if (row->result.manual == ALS_CRITERION_UNKNOWN)
        needs = joined(
            one->arena, needs,
            als_arena_printf(one->arena, "an answer to %s (%s)", criterion->id, criterion->manual));
    return needs;
}

static double limit_of(const struct als_criterion *criterion)
{
    double limit = NAN;
    if (criterion->n_values == 1)
        (void)als_num_parse_double(criterion->values[0], strlen(criterion->values[0]), &limit);
    return limit;
}

static struct als_screen_row judge(struct als_screen_case *one,
                                   const struct als_criterion *criterion, size_t point)
{
    struct als_screen_row row = {.criterion = criterion,
                                 .point = point,
                                 .value = "",
                                 .source = "",
                                 .needs = "",
                                 .answer = answer_of(one, criterion)};
    struct als_screen_found found = {.needs = "", .source = ""};
    enum als_truth answer = !row.answer ? ALS_UNKNOWN : row.answer->yes ? ALS_TRUE : ALS_FALSE;
    row.result = als_criterion_judge(criterion, fact_of, one, answer);
    if (criterion->kind & ALS_CRITERION_AUTO) {
        found = als_screening_find(one, criterion->field);
        row.value = als_screening_say(&found, criterion->unit, limit_of(criterion), one->arena);
        row.source = found.source;
    }
    if (one->point->time == ALS_POINT_NEVER)
        row.result.verdict = ALS_CRITERION_NOT_APPLICABLE;
    else if (one->point->time == ALS_POINT_LATER && !row.answer)
        row.result.verdict = ALS_CRITERION_LATER;
    else if (row.result.verdict == ALS_CRITERION_UNKNOWN)
        row.needs = needs_of(one, &row, &found);
    return row;
}

static enum als_eligibility overall_of(const struct als_screen_row *rows, size_t n,
                                       struct als_arena *arena)
{
    struct als_criterion_result *results = als_arena_array(arena, n, sizeof *results);
    for (size_t i = 0; i < n; i++)
        results[i] = rows[i].result;
    return als_eligibility_overall(results, n);
}

static const char *ids_of(const struct als_worksheet *sheet, enum als_criterion_verdict verdict,
                          struct als_arena *arena)
{
    const char *list = "";
    for (size_t i = 0; i < sheet->n_rows; i++) {
        const struct als_screen_row *row = &sheet->rows[i];
        bool repeats = als_screening_repeats(row->criterion);
        if (row->result.verdict == verdict)
            list = als_arena_printf(arena, "%s%s%s%s%s", list, list[0] ? "," : "",
                                    row->criterion->id, repeats ? "@" : "",
                                    repeats ? sheet->points[row->point].visit : "");
    }
    return list;
}

static void fill(struct als_screen_case *one, struct als_worksheet *sheet)
{
    const struct als_screening *screening = one->screening;
    const struct als_protocol *protocol = screening->store->protocol;
    sheet->points = als_arena_array(one->arena, protocol->n_visits, sizeof *sheet->points);
    sheet->n_points =
        als_screening_points(protocol, &one->facts, screening->today, one->arena, sheet->points);
    size_t room = 0;
    for (size_t p = 0; p < sheet->n_points; p++)
        room += sheet->points[p].n_criteria;
    sheet->rows = als_arena_array(one->arena, room, sizeof *sheet->rows);
    for (size_t p = 0; p < sheet->n_points; p++) {
        struct als_screen_point *point = &sheet->points[p];
        size_t first = sheet->n_rows;
        point->visit_no = als_store_visit_no(screening->store, point->visit, strlen(point->visit));
        one->point = point;
        for (size_t i = 0; i < protocol->n_criteria; i++) {
            if (als_screening_asks(protocol, &one->facts, &protocol->criteria[i], point->plan))
                sheet->rows[sheet->n_rows++] = judge(one, &protocol->criteria[i], p);
        }
        point->n_criteria = sheet->n_rows - first;
        point->eligibility = overall_of(sheet->rows + first, point->n_criteria, one->arena);
        for (size_t i = first; i < sheet->n_rows; i++)
            point->n_later += sheet->rows[i].result.verdict == ALS_CRITERION_LATER;
    }
    sheet->eligibility = overall_of(sheet->rows, sheet->n_rows, one->arena);
    sheet->failed = ids_of(sheet, ALS_CRITERION_FAIL, one->arena);
    sheet->unknown = ids_of(sheet, ALS_CRITERION_UNKNOWN, one->arena);
}

enum als_status als_screening_next(struct als_screening *screening, struct als_arena *arena,
                                   const struct als_patient **patient, struct als_worksheet *out,
                                   struct als_err *err)
{
    *patient = NULL;
    if (screening->next_patient == screening->patients.count)
        return ALS_OK;
    struct als_screen_case one = {.screening = screening,
                                  .arena = arena,
                                  .patient = &screening->patients.items[screening->next_patient++]};
    take_records(screening, &one);
    enum als_status status = gather_all(screening, &one, err);
    if (status != ALS_OK)
        return status;
    *out = (struct als_worksheet){.failed = "", .unknown = ""};
    fill(&one, out);
    *patient = one.patient;
    return ALS_OK;
}

enum als_status als_worksheet_load(struct als_store *store, int64_t patient_id, int today,
                                   struct als_arena *arena, struct als_worksheet *out,
                                   struct als_err *err)
{
    struct als_screening *screening;
    const struct als_patient *patient;
    enum als_status status =
        als_screening_open(store, patient_id, patient_id, today, &screening, err);
    if (status != ALS_OK)
        return status;
    status = als_screening_next(screening, arena, &patient, out, err);
    /* Answers belong to the reader; the worksheet outlives it. */
    for (size_t i = 0; status == ALS_OK && i < out->n_rows; i++) {
        const struct als_answer *answer = out->rows[i].answer;
        if (!answer)
            continue;
        struct als_answer *copy = als_arena_take(arena, sizeof *copy);
        *copy = *answer;
        copy->note = als_arena_strdup(arena, answer->note);
        copy->criterion = out->rows[i].criterion->id;
        copy->user = als_arena_strdup(arena, answer->user);
        copy->at_utc = als_arena_strdup(arena, answer->at_utc);
        out->rows[i].answer = copy;
    }
    als_screening_close(screening);
    return status;
}
