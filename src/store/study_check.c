/* All rules on the whole study: one cursor per table, patient by patient. */
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/num.h"
#include "judge_int.h"

/* One instrument's assessments on their way by. */
struct lane {
    const struct als_instrument *instrument;
    const struct als_baseline_rule *baseline; /* NULL if there is none */
    struct als_judge *judge;
    struct als_scan *scan;
    const struct als_assessment *row; /* the next one; NULL at the end */
};

struct check {
    struct als_store *store;
    const struct als_check_options *options;
    als_check_fn *receive;
    void *context;
    struct als_check_counts *counts;
    struct als_arena *arena; /* of lists of the whole study */
    struct als_patient_list patients;
    struct als_event_list events;
    struct als_adverse_event_list adverse;
    size_t event_at, adverse_at; /* of the next patient */
    struct lane *lanes;
    size_t n_lanes;
    /* Of the present patient. */
    struct als_arena *own;
    struct als_case the_case;
    struct als_book book;
};

static bool checks(const struct check *check, unsigned record)
{
    return !check->options->records || check->options->records & record;
}

/* ---- Findings ---- */

static enum als_status send(struct check *check, const struct als_cell_of *cell,
                            const struct als_verdict *verdict, const char *value,
                            struct als_err *err)
{
    struct als_check_row row = {.patient_id = check->the_case.patient->id,
                                .visit_no = cell->visit_no,
                                .record = cell->record,
                                .rater = cell->rater,
                                .item = cell->item,
                                .verdict = *verdict,
                                .value = value};
    struct als_check_counts *counts = check->counts;
    enum als_status status = ALS_OK;
    *(verdict->level == ALS_RULE_HARD   ? &counts->hard
      : verdict->level == ALS_RULE_SOFT ? &counts->soft
                                        : &counts->info) += 1;
    if (check->options->queries && verdict->level == ALS_RULE_SOFT) {
        const struct als_query_counts before = check->book.counts;
        const char *answer =
            check->options->answer ? check->options->answer(&row, check->context) : NULL;
        status =
            als_book_note(&check->book, cell, verdict->code, verdict->message, value, answer, err);
        row.fresh = check->book.counts.opened > before.opened ||
                    check->book.counts.refreshed > before.refreshed;
    }
    const struct als_query *query = als_book_find(&check->book, cell, verdict->code);
    if (query) {
        row.query = query->name;
        row.query_state = als_query_state_names[query->state];
    }
    if (status == ALS_OK && check->receive)
        check->receive(&row, check->context);
    return status;
}

/* All of one assessment; values NULL: of its series. */
static enum als_status send_all(struct check *check, struct als_cell_of cell,
                                const struct als_instrument *instrument,
                                const struct als_value *values,
                                const struct als_verdict_list *verdicts, struct als_err *err)
{
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < verdicts->count && status == ALS_OK; i++) {
        const struct als_verdict *verdict = &verdicts->items[i];
        cell.item = values && verdict->item >= 0 ? instrument->items[verdict->item].code : NULL;
        status =
            send(check, &cell, verdict,
                 values ? als_verdict_value(instrument, verdict, values, check->own) : NULL, err);
    }
    return status;
}

/* ---- Registration, events, visits, adverse events ---- */

/* The values of a record that its verdicts are about: one rule has its own. */
struct judged {
    const char *usual;
    const char *rule, *of_rule;
};

static enum als_status send_record(struct check *check, const struct als_cell_of *cell,
                                   const struct judged *judged,
                                   const struct als_verdict_list *verdicts, struct als_err *err)
{
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < verdicts->count && status == ALS_OK; i++) {
        const struct als_verdict *verdict = &verdicts->items[i];
        const bool own = judged->rule && strcmp(verdict->code, judged->rule) == 0;
        status = send(check, cell, verdict, own ? judged->of_rule : judged->usual, err);
    }
    return status;
}

static const char *number_text(const struct check *check, double number)
{
    char text[ALS_NUM_TEXT];
    als_num_format(number, text);
    return als_arena_strdup(check->own, text);
}

static enum als_status check_patient(struct check *check, struct als_err *err)
{
    const struct als_case *the_case = &check->the_case;
    struct als_verdict_list verdicts = {.arena = check->own};
    if (!checks(check, ALS_CHECK_PATIENT))
        return ALS_OK;
    als_patient_judge(&the_case->facts, the_case->birth, the_case->patient->height_cm,
                      the_case->limits.today, &verdicts);
    const struct judged judged = {.usual = the_case->patient->birth_date,
                                  .rule = "W-HEIGHT",
                                  .of_rule = number_text(check, the_case->patient->height_cm)};
    return send_record(check, &(struct als_cell_of){.record = "patient"}, &judged, &verdicts, err);
}

static enum als_status check_events(struct check *check, struct als_err *err)
{
    const struct als_case *the_case = &check->the_case;
    enum als_status status = ALS_OK;
    for (size_t i = 0; checks(check, ALS_CHECK_EVENT) && i < the_case->n_events && status == ALS_OK;
         i++) {
        const struct als_event *event = &the_case->events[i];
        struct als_verdict_list verdicts = {.arena = check->own};
        als_case_judge_event(the_case, i, &verdicts);
        const struct als_cell_of cell = {
            .record = "event", .item = als_event_item(check->store->protocol, event, check->own)};
        bool of_cells = strcmp(event->event, "infusion") == 0;
        const struct judged judged = {.usual = event->date,
                                      .rule = of_cells ? "W-CELLS" : "W-HOURS",
                                      .of_rule = number_text(check, event->value)};
        status = send_record(check, &cell, &judged, &verdicts, err);
    }
    return status;
}

static enum als_status check_visits(struct check *check, struct als_err *err)
{
    const struct als_case *the_case = &check->the_case;
    enum als_status status = ALS_OK;
    for (size_t i = 0; checks(check, ALS_CHECK_VISIT) && i < the_case->n_visits && status == ALS_OK;
         i++) {
        struct als_verdict_list verdicts = {.arena = check->own};
        char day[ALS_DATE_TEXT];
        als_case_judge_visit(the_case, i, &verdicts);
        const struct als_cell_of cell = {.record = "visit",
                                         .visit_no = the_case->visits[i].visit_no};
        const struct judged judged = {
            .usual = als_arena_strdup(check->own, als_day_format(the_case->visits[i].day, day))};
        status = send_record(check, &cell, &judged, &verdicts, err);
    }
    return status;
}

static int day_of_visit(const struct als_case *the_case, int visit_no)
{
    for (size_t i = 0; visit_no && i < the_case->n_visits; i++)
        if (the_case->visits[i].visit_no == visit_no && !the_case->visits[i].not_done)
            return the_case->visits[i].day;
    return ALS_NO_DAY;
}

static enum als_status check_adverse(struct check *check, const struct als_adverse_event *items,
                                     size_t n, struct als_err *err)
{
    const struct als_case *the_case = &check->the_case;
    enum als_status status = ALS_OK;
    for (size_t i = 0; checks(check, ALS_CHECK_AE) && i < n && status == ALS_OK; i++) {
        struct als_verdict_list verdicts = {.arena = check->own};
        als_case_judge_adverse(the_case, &items[i], day_of_visit(the_case, items[i].visit_no),
                               &verdicts);
        const struct als_cell_of cell = {
            .record = "ae", .visit_no = items[i].visit_no, .item = items[i].ae_id};
        const struct judged judged = {.usual = items[i].onset,
                                      .rule = "W-NO-DEATH",
                                      .of_rule = number_text(check, items[i].grade)};
        status = send_record(check, &cell, &judged, &verdicts, err);
    }
    return status;
}

/* ---- Assessments ---- */

static enum als_status take_sittings(const struct check *check, struct lane *lane,
                                     struct als_sittings *sittings, bool *excused,
                                     struct als_err *err)
{
    const struct als_protocol *protocol = check->store->protocol;
    const int64_t id = check->the_case.patient->id;
    enum als_status status = ALS_OK;
    while (status == ALS_OK && lane->row && lane->row->patient_id <= id) {
        const struct als_assessment *row = lane->row;
        if (row->patient_id == id && !row->not_done) {
            als_sittings_add(sittings, lane->instrument, row, check->own);
        } else if (row->patient_id == id) {
            const ptrdiff_t plan = als_store_plan_of(check->store, row->visit_no);
            *excused = *excused || (plan >= 0 && protocol->visits[plan].epoch == ALS_EPOCH_PRE);
        }
        status = als_scan_next(lane->scan, &lane->row, err);
    }
    return status;
}

static enum als_status check_baseline(struct check *check, const struct lane *lane,
                                      const struct als_sittings *sittings, bool excused,
                                      struct als_err *err)
{
    const struct als_protocol *protocol = check->store->protocol;
    struct als_verdict_list verdicts = {.arena = check->own};
    int *days = als_arena_array(check->own, sittings->count + 1, sizeof *days);
    ptrdiff_t *plans = als_arena_array(check->own, sittings->count + 1, sizeof *plans);
    for (size_t i = 0; i < sittings->count; i++) {
        days[i] = sittings->items[i].day;
        plans[i] = als_store_plan_of(check->store, sittings->items[i].visit_no);
    }
    als_baseline_judge(
        protocol, lane->baseline, als_schedule_time_zero(protocol, &check->the_case.facts),
        check->the_case.screening_day, days, plans, sittings->count, excused, &verdicts);
    return send_all(check, (struct als_cell_of){.record = lane->instrument->code}, NULL, NULL,
                    &verdicts, err);
}

static enum als_status check_lane(struct check *check, struct lane *lane, struct als_err *err)
{
    struct als_sittings sittings = {.count = 0};
    bool excused = false;
    enum als_status status = take_sittings(check, lane, &sittings, &excused, err);
    for (size_t i = 0; i < sittings.count && status == ALS_OK; i++) {
        const struct als_assessment *one = &sittings.items[i];
        struct als_verdict_list verdicts = {.arena = check->own};
        als_case_judge(&check->the_case, lane->judge, lane->instrument, &sittings, i, &verdicts);
        const struct als_cell_of cell = {
            .record = lane->instrument->code,
            .visit_no = one->visit_no,
            .rater = one->rater_no ? als_store_rater(check->store, one->rater_no) : NULL};
        status = send_all(check, cell, lane->instrument, one->values, &verdicts, err);
    }
    if (status == ALS_OK && lane->baseline && check->options->baselines)
        status = check_baseline(check, lane, &sittings, excused, err);
    return status;
}

/* ---- Patient by patient ---- */

static bool in_scope(const struct als_query *query, const void *context)
{
    static const struct {
        const char *record;
        unsigned bit;
    } known[] = {{"patient", ALS_CHECK_PATIENT},
                 {"event", ALS_CHECK_EVENT},
                 {"visit", ALS_CHECK_VISIT},
                 {"ae", ALS_CHECK_AE}};
    const struct check *check = context;
    if (!check->options->baselines && strcmp(query->rule, "W-NO-BASELINE") == 0)
        return false;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(query->record, known[i].record) == 0)
            return checks(check, known[i].bit);
    const struct als_instrument *only = check->options->instrument;
    return checks(check, ALS_CHECK_ASSESSMENT) && (!only || strcmp(only->code, query->record) == 0);
}

#define RUN_OF(list, at, id_of)                                                                    \
    do {                                                                                           \
        while ((at) < (list).count && (list).items[at].id_of < id)                                 \
            (at)++;                                                                                \
        first = (at);                                                                              \
        while ((at) < (list).count && (list).items[at].id_of == id)                                \
            (at)++;                                                                                \
        n = (at)-first;                                                                            \
    } while (0)

/* Visits and queries are as many as rows of assessments, so they are read patient by patient. */
static enum als_status open_case(struct check *check, const struct als_patient *patient,
                                 size_t *first_adverse, size_t *n_adverse, struct als_err *err)
{
    struct als_visit_list visits;
    const int64_t id = patient->id;
    size_t first, n;
    RUN_OF(check->events, check->event_at, patient_id);
    const struct als_event *events = check->events.items + first;
    const size_t n_events = n;
    enum als_status status = als_visit_load(check->store, id, check->own, &visits, err);
    if (status == ALS_OK)
        status = als_book_load(check->store, id, check->own, &check->book, err);
    if (status != ALS_OK)
        return status;
    als_case_from(check->store, patient, events, n_events, visits.items, visits.count,
                  check->options->today, check->own, &check->the_case);
    RUN_OF(check->adverse, check->adverse_at, patient_id);
    *first_adverse = first;
    *n_adverse = n;
    return ALS_OK;
}

static enum als_status check_one(struct check *check, const struct als_patient *patient,
                                 struct als_err *err)
{
    size_t first_adverse, n_adverse;
    enum als_status status = open_case(check, patient, &first_adverse, &n_adverse, err);
    if (status == ALS_OK)
        status = check_patient(check, err);
    if (status == ALS_OK)
        status = check_events(check, err);
    if (status == ALS_OK)
        status = check_visits(check, err);
    if (status == ALS_OK)
        status = check_adverse(check, check->adverse.items + first_adverse, n_adverse, err);
    for (size_t i = 0; i < check->n_lanes && status == ALS_OK; i++)
        status = check_lane(check, &check->lanes[i], err);
    if (status == ALS_OK && check->options->queries)
        status = als_book_finish(&check->book, in_scope, check, err);
    check->counts->opened += check->book.counts.opened;
    check->counts->refreshed += check->book.counts.refreshed;
    check->counts->gone += check->book.counts.gone;
    return status;
}

static bool is_wanted(const struct check *check, const struct als_patient *patient)
{
    const struct als_check_options *options = check->options;
    if (options->patient_id && patient->id != options->patient_id)
        return false;
    if (options->site && (!patient->site || strcmp(patient->site, options->site) != 0))
        return false;
    return !options->wanted || options->wanted(patient->id, options->wanted_context);
}

static enum als_status load_patients(struct check *check, struct als_err *err)
{
    const int64_t id = check->options->patient_id;
    if (!id)
        return als_patient_load(check->store, check->arena, &check->patients, err);
    check->patients.items = als_arena_take(check->arena, sizeof *check->patients.items);
    check->patients.count = 1;
    return als_patient_get(check->store, als_word_patient(check->store, id), check->arena,
                           check->patients.items, err);
}

static enum als_status load_lists(struct check *check, struct als_err *err)
{
    const int64_t id = check->options->patient_id;
    enum als_status status = load_patients(check, err);
    if (status == ALS_OK)
        status = als_event_load(check->store, id, check->arena, &check->events, err);
    if (status == ALS_OK && checks(check, ALS_CHECK_AE))
        status = als_adverse_event_load(check->store, id, check->arena, &check->adverse, err);
    return status;
}

static const struct als_baseline_rule *baseline_of(const struct als_protocol *protocol,
                                                   const struct als_instrument *instrument)
{
    for (size_t i = 0; i < protocol->n_baselines; i++)
        if (strcmp(protocol->instruments[protocol->baselines[i].instrument], instrument->code) == 0)
            return &protocol->baselines[i];
    return NULL;
}

static enum als_status open_lanes(struct check *check, struct als_err *err)
{
    const int64_t id = check->options->patient_id;
    enum als_status status = ALS_OK;
    check->lanes =
        als_arena_array(check->arena, check->store->n_definitions + 1, sizeof *check->lanes);
    for (size_t i = 0;
         checks(check, ALS_CHECK_ASSESSMENT) && i < check->store->n_definitions && status == ALS_OK;
         i++) {
        const struct als_instrument *instrument = check->store->definitions[i].instrument;
        if (check->options->instrument && check->options->instrument != instrument)
            continue;
        struct lane *lane = &check->lanes[check->n_lanes++];
        *lane = (struct lane){.instrument = instrument,
                              .baseline = baseline_of(check->store->protocol, instrument),
                              .judge = als_judge_new(instrument)};
        status = als_scan_open(check->store, instrument, ALS_SCAN_ITEMS | ALS_SCAN_COLUMNS, id,
                               id ? id : INT64_MAX, &lane->scan, err);
        if (status == ALS_OK)
            status = als_scan_next(lane->scan, &lane->row, err);
    }
    return status;
}

static enum als_status run(struct check *check, struct als_err *err)
{
    enum als_status status = load_lists(check, err);
    if (status == ALS_OK)
        status = open_lanes(check, err);
    for (size_t i = 0; i < check->patients.count && status == ALS_OK; i++) {
        if (!is_wanted(check, &check->patients.items[i]))
            continue;
        als_arena_clear(check->own);
        status = check_one(check, &check->patients.items[i], err);
    }
    for (size_t i = 0; i < check->n_lanes; i++) {
        als_scan_close(check->lanes[i].scan);
        als_judge_free(check->lanes[i].judge);
    }
    return status;
}

enum als_status als_check(struct als_store *store, const struct als_check_options *options,
                          als_check_fn *receive, void *context, struct als_check_counts *counts,
                          struct als_err *err)
{
    struct check check = {.store = store,
                          .options = options,
                          .receive = receive,
                          .context = context,
                          .counts = counts,
                          .arena = als_arena_new(),
                          .own = als_arena_new()};
    *counts = (struct als_check_counts){.hard = 0};
    const enum als_status status = run(&check, err);
    als_arena_free(check.arena);
    als_arena_free(check.own);
    return status;
}

enum als_status als_check_note(struct als_store *store, const struct als_check_row *rows, size_t n,
                               struct als_check_counts *counts, struct als_err *err)
{
    struct als_arena *arena = als_arena_new();
    struct als_book book = {.patient_id = 0};
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < n && status == ALS_OK; i++) {
        const struct als_check_row *row = &rows[i];
        if (book.patient_id != row->patient_id) {
            counts->opened += book.counts.opened;
            counts->refreshed += book.counts.refreshed;
            als_arena_clear(arena);
            status = als_book_load(store, row->patient_id, arena, &book, err);
            book.value_change = store->change.change_id;
        }
        const struct als_cell_of cell = {.visit_no = row->visit_no,
                                         .record = row->record,
                                         .rater = row->rater,
                                         .item = row->item};
        if (status == ALS_OK)
            status = als_book_note(&book, &cell, row->verdict.code, row->verdict.message,
                                   row->value, NULL, err);
    }
    counts->opened += book.counts.opened;
    counts->refreshed += book.counts.refreshed;
    als_arena_free(arena);
    return status;
}
