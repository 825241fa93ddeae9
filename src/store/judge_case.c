/* Gathers what the rules need of a patient, and asks them. */
#include <string.h>

#include "alstrack/store/screening.h"
#include "judge_int.h"

/* The study's own data begin with screening; a screening visit that was made from an older record
 * says nothing of it, and consent does. */
static int begins_on(const struct als_case *the_case, int screening_day, bool made)
{
    const int consent = the_case->limits.consent_first;
    return made && consent != ALS_NO_DAY && screening_day < consent ? consent : screening_day;
}

void als_case_from(const struct als_store *store, const struct als_patient *patient,
                   const struct als_event *events, size_t n_events, const struct als_visit *visits,
                   size_t n_visits, int today, struct als_arena *arena, struct als_case *out)
{
    const struct als_protocol *protocol = store->protocol;
    *out = (struct als_case){.store = store,
                             .patient = patient,
                             .events = events,
                             .n_events = n_events,
                             .visits = visits,
                             .n_visits = n_visits,
                             .birth = ALS_NO_DATE,
                             .screening_day = ALS_NO_DAY};
    als_facts_from(store, patient, events, n_events, visits, n_visits, arena, &out->facts);
    if (patient->birth_date)
        (void)als_date_parse(patient->birth_date, strlen(patient->birth_date), &out->birth);
    out->limits = als_limits_of(&out->facts, out->birth, today);
    out->rows = als_arena_array(arena, protocol->n_visits + n_visits + 1, sizeof *out->rows);
    out->n_rows = als_schedule_build(protocol, &out->facts, ALS_NO_DAY, out->rows);
    out->screening = protocol->visits[als_screening_visit(protocol)].code;
    for (size_t i = 0; i < n_visits; i++)
        if (!visits[i].not_done && strcmp(out->facts.visits[i].code, out->screening) == 0)
            out->screening_day = begins_on(out, visits[i].day, visits[i].made);
}

enum als_status als_case_load(struct als_store *store, int64_t patient_id, int today,
                              struct als_arena *arena, struct als_case *out, struct als_err *err)
{
    struct als_patient *patient = als_arena_take(arena, sizeof *patient);
    struct als_event_list events;
    struct als_visit_list visits;
    enum als_status status =
        als_patient_get(store, als_word_patient(store, patient_id), arena, patient, err);
    if (status == ALS_OK)
        status = als_event_load(store, patient_id, arena, &events, err);
    if (status == ALS_OK)
        status = als_visit_load(store, patient_id, arena, &visits, err);
    if (status == ALS_OK)
        als_case_from(store, patient, events.items, events.count, visits.items, visits.count, today,
                      arena, out);
    return status;
}

/* ---- Assessments ---- */

static const struct als_value *copy_values(const struct als_instrument *instrument,
                                           const struct als_value *values, struct als_arena *arena)
{
    struct als_value *copy = als_arena_array(arena, instrument->n_items, sizeof *copy);
    memcpy(copy, values, instrument->n_items * sizeof *copy);
    for (size_t i = 0; i < instrument->n_items; i++)
        if (copy[i].kind == ALS_VALUE_TEXT)
            copy[i].text = als_arena_strndup(arena, copy[i].text, copy[i].length);
    return copy;
}

static const char *const *copy_reasons(const struct als_instrument *instrument,
                                       const char *const *reasons, struct als_arena *arena)
{
    if (!reasons)
        return NULL;
    const char **copy = als_arena_array(arena, instrument->n_items, sizeof *copy);
    for (size_t i = 0; i < instrument->n_items; i++)
        copy[i] = als_arena_strdup(arena, als_or_missing(reasons[i]));
    return copy;
}

void als_sittings_add(struct als_sittings *sittings, const struct als_instrument *instrument,
                      const struct als_assessment *row, struct als_arena *arena)
{
    if (sittings->count == sittings->room) {
        const size_t room = sittings->room ? 2 * sittings->room : 16;
        struct als_assessment *items = als_arena_array(arena, room, sizeof *items);
        struct als_sitting *ready = als_arena_array(arena, room, sizeof *ready);
        if (sittings->count) {
            memcpy(items, sittings->items, sittings->count * sizeof *items);
            memcpy(ready, sittings->ready, sittings->count * sizeof *ready);
        }
        sittings->items = items;
        sittings->ready = ready;
        sittings->room = room;
    }
    sittings->arena = arena;
    sittings->ready[sittings->count] = (struct als_sitting){.values = NULL};
    struct als_assessment *copy = &sittings->items[sittings->count++];
    *copy = *row;
    copy->values = copy_values(instrument, row->values, arena);
    copy->item_reasons = copy_reasons(instrument, row->item_reasons, arena);
    copy->mode = als_arena_strdup(arena, als_or_missing(row->mode));
    copy->respondent = als_arena_strdup(arena, als_or_missing(row->respondent));
    copy->reason = NULL;
    copy->scores = NULL;
}

enum als_status als_sittings_load(struct als_store *store, const struct als_instrument *instrument,
                                  int64_t patient_id, struct als_arena *arena,
                                  struct als_sittings *out, struct als_err *err)
{
    struct als_scan *scan;
    const struct als_assessment *row;
    *out = (struct als_sittings){.count = 0};
    enum als_status status = als_scan_open(store, instrument, ALS_SCAN_ITEMS | ALS_SCAN_COLUMNS,
                                           patient_id, patient_id, &scan, err);
    if (status != ALS_OK)
        return status;
    while ((status = als_scan_next(scan, &row, err)) == ALS_OK && row)
        if (!row->not_done)
            als_sittings_add(out, instrument, row, arena);
    als_scan_close(scan);
    return status;
}

/* Is `a` nearer to `to` as the assessment before: later, or on the same day by the same rater? */
static bool is_nearer(const struct als_assessment *a, const struct als_assessment *b,
                      const struct als_assessment *to)
{
    if (a->day != b->day)
        return a->day > b->day;
    const bool same_a = a->rater_no == to->rater_no, same_b = b->rater_no == to->rater_no;
    if (same_a != same_b)
        return same_a;
    return a->rater_no != b->rater_no ? a->rater_no < b->rater_no : a->visit_no < b->visit_no;
}

ptrdiff_t als_sittings_previous(const struct als_sittings *sittings, size_t index)
{
    const struct als_assessment *now = &sittings->items[index];
    ptrdiff_t best = -1;
    for (size_t i = 0; i < sittings->count; i++)
        if (sittings->items[i].day < now->day &&
            (best < 0 || is_nearer(&sittings->items[i], &sittings->items[best], now)))
            best = (ptrdiff_t)i;
    return best;
}

/* Another visit with one by the same rater on that day; NULL if there is none. */
static const char *same_day_visit(const struct als_store *store,
                                  const struct als_sittings *sittings, size_t index)
{
    const struct als_assessment *now = &sittings->items[index];
    for (size_t i = 0; i < sittings->count; i++)
        if (i != index && sittings->items[i].day == now->day &&
            sittings->items[i].rater_no == now->rater_no)
            return als_store_visit_code(store, sittings->items[i].visit_no);
    return NULL;
}

/* Who else has one of that visit; NULL: nobody. */
static const char *other_raters(const struct als_store *store, const struct als_sittings *sittings,
                                size_t index, struct als_arena *arena)
{
    const struct als_assessment *now = &sittings->items[index];
    const char *list = NULL;
    for (size_t i = 0; i < sittings->count; i++) {
        const struct als_assessment *one = &sittings->items[i];
        if (i == index || one->visit_no != now->visit_no)
            continue;
        list = als_arena_printf(arena, "%s%s%s%s", list ? list : "", list ? ", " : "",
                                one->rater_no ? "by " : "without a rater",
                                one->rater_no ? als_store_rater(store, one->rater_no) : "");
    }
    return list;
}

/* An assessment as rules take it. It is judged once and looked back at once or more often. */
static const struct als_sitting *sitting_of(const struct als_case *the_case,
                                            const struct als_instrument *instrument,
                                            struct als_sittings *sittings, size_t index)
{
    const struct als_assessment *assessment = &sittings->items[index];
    struct als_sitting *ready = &sittings->ready[index];
    if (ready->values)
        return ready;
    uint8_t *ranks = als_arena_take(sittings->arena, instrument->n_items + 1);
    for (size_t i = 0; i < instrument->n_items; i++)
        ranks[i] = als_rank(&instrument->items[i], &assessment->values[i]);
    *ready = (struct als_sitting){
        .values = assessment->values,
        .ranks = ranks,
        .scores = als_score_cache_new(instrument, sittings->arena),
        .item_reasons = assessment->item_reasons,
        .day = assessment->day,
        .mode = als_or_missing(assessment->mode),
        .rater =
            assessment->rater_no ? als_store_rater(the_case->store, assessment->rater_no) : NULL,
        .person =
            als_patient_person(the_case->patient, the_case->store->protocol, assessment->day)};
    return ready;
}

static const struct als_baseline_rule *historical_rule(const struct als_protocol *protocol,
                                                       const struct als_instrument *instrument)
{
    for (size_t i = 0; i < protocol->n_baselines; i++)
        if (protocol->baselines[i].kind == ALS_BASELINE_HISTORICAL &&
            strcmp(protocol->instruments[protocol->baselines[i].instrument], instrument->code) == 0)
            return &protocol->baselines[i];
    return NULL;
}

static void fill_visit(const struct als_case *the_case, int visit_no, struct als_judge_input *input)
{
    input->visit = als_store_visit_code(the_case->store, visit_no);
    input->window_from = input->window_to = input->visit_day = ALS_NO_DAY;
    for (size_t i = 0; i < the_case->n_visits; i++)
        if (the_case->visits[i].visit_no == visit_no && !the_case->visits[i].not_done)
            input->visit_day = the_case->visits[i].day;
    for (size_t i = 0; i < the_case->n_rows; i++) {
        const struct als_visit_row *row = &the_case->rows[i];
        if (!row->plan || row->target == ALS_NO_DAY || strcmp(row->code, input->visit) != 0)
            continue;
        input->window_from = row->window_from;
        input->window_to = row->window_to;
    }
}

void als_case_judge(const struct als_case *the_case, struct als_judge *judge,
                    const struct als_instrument *instrument, struct als_sittings *sittings,
                    size_t index, struct als_verdict_list *out)
{
    const struct als_assessment *now = &sittings->items[index];
    const ptrdiff_t before = als_sittings_previous(sittings, index);
    struct als_judge_input input = {
        .now = *sitting_of(the_case, instrument, sittings, index),
        .events = the_case->facts.events,
        .n_events = the_case->facts.n_events,
        .limits = the_case->limits,
        .other_raters = other_raters(the_case->store, sittings, index, out->arena),
        .same_day_visit = same_day_visit(the_case->store, sittings, index),
        .study_begins = ALS_NO_DAY,
    };
    if (before >= 0)
        input.previous = sitting_of(the_case, instrument, sittings, (size_t)before);
    fill_visit(the_case, now->visit_no, &input);
    const struct als_baseline_rule *rule = historical_rule(the_case->store->protocol, instrument);
    if (rule) {
        input.study_begins = the_case->screening_day;
        /* The visit that this one will make. */
        if (input.study_begins == ALS_NO_DAY && strcmp(input.visit, the_case->screening) == 0)
            input.study_begins = begins_on(the_case, now->day, true);
        input.historical_days = rule->max_age_days;
    }
    als_judge_run(judge, &input, out);
}
