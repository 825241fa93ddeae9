/* All rules on the whole study: one cursor per table, patient by patient. A block of patients is
 * read, then judged in a thread of its own while the next block is read, then told. Only this
 * thread speaks SQL; the other one reads what was read into the block, definitions and names. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/num.h"
#include "judge_int.h"

#define BLOCK_PATIENTS      128
#define BLOCK_ROWS          2048 /* visits and assessments: memory does not grow with them */
#define ENOUGH_FOR_A_THREAD 256  /* rows; fewer are not worth starting one */

/* One instrument's assessments on their way by. */
struct lane {
    const struct als_instrument *instrument;
    const struct als_baseline_rule *baseline; /* NULL if there is none */
    struct als_judge *judge;
    struct als_scan *scan;
    const struct als_assessment *row; /* the next one; NULL at the end */
};

/* A verdict, and what it is about. */
struct finding {
    struct als_cell_of cell;
    struct als_verdict verdict;
    const char *value;
};

/* What the study has of one patient in one lane. */
struct series {
    struct als_sittings sittings;
    bool excused; /* one from before treatment was not done */
};

/* One patient: what was read, and then what is to be said. All of it in the block's arena. */
struct chart {
    const struct als_patient *patient;
    const struct als_event *events;
    const struct als_adverse_event *adverse;
    struct als_visit_list visits;
    size_t n_events, n_adverse;
    struct series *series; /* [lane] */
    struct als_book book;
    struct als_arena *arena;
    struct als_case the_case;
    struct finding *findings;
    size_t n_findings, findings_room;
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
    size_t patient_at, event_at, adverse_at; /* the next ones to be read */
    struct lane *lanes;
    size_t n_lanes;
};

struct block {
    const struct check *check;
    struct als_arena *arena;
    struct chart *charts; /* [BLOCK_PATIENTS] */
    size_t n;
    size_t n_rows; /* of its patients */
};

static bool checks(const struct check *check, unsigned record)
{
    return !check->options->records || check->options->records & record;
}

/* ---- Judging: no SQL ---- */

static void add_finding(struct chart *chart, const struct als_cell_of *cell,
                        const struct als_verdict *verdict, const char *value)
{
    if (chart->n_findings == chart->findings_room) {
        const size_t room = chart->findings_room ? 2 * chart->findings_room : 8;
        struct finding *findings = als_arena_array(chart->arena, room, sizeof *findings);
        if (chart->n_findings)
            memcpy(findings, chart->findings, chart->n_findings * sizeof *findings);
        chart->findings = findings;
        chart->findings_room = room;
    }
    chart->findings[chart->n_findings++] = (struct finding){*cell, *verdict, value};
}

/* All of one assessment; values NULL: of its series. */
static void add_all(struct chart *chart, struct als_cell_of cell,
                    const struct als_instrument *instrument, const struct als_value *values,
                    const struct als_verdict_list *verdicts)
{
    for (size_t i = 0; i < verdicts->count; i++) {
        const struct als_verdict *verdict = &verdicts->items[i];
        cell.item = values && verdict->item >= 0 ? instrument->items[verdict->item].code : NULL;
        add_finding(chart, &cell, verdict,
                    values ? als_verdict_value(instrument, verdict, values, chart->arena) : NULL);
    }
}

/* The values of a record that its verdicts are about: its date, and others of some. */
struct judged {
    const char *date;
    struct {
        const char *field,
            *value; /* field: als_oddity_field of rules that are not about the date */
    } others[2];
};

static void add_record(struct chart *chart, const struct als_cell_of *cell,
                       const struct judged *judged, const struct als_verdict_list *verdicts)
{
    for (size_t i = 0; i < verdicts->count; i++) {
        const struct als_verdict *verdict = &verdicts->items[i];
        const char *field = als_oddity_field(cell->record, verdict->code), *value = judged->date;
        for (size_t k = 0; k < 2; k++)
            if (judged->others[k].field && strcmp(judged->others[k].field, field) == 0)
                value = judged->others[k].value;
        add_finding(chart, cell, verdict, value);
    }
}

static const char *number_text(const struct chart *chart, double number)
{
    char text[ALS_NUM_TEXT];
    als_num_format(number, text);
    return als_arena_strdup(chart->arena, text);
}

static void judge_registration(struct chart *chart)
{
    const struct als_case *the_case = &chart->the_case;
    struct als_verdict_list verdicts = {.arena = chart->arena};
    als_patient_judge(&the_case->facts, the_case->birth, the_case->patient->height_cm,
                      the_case->limits.today, &verdicts);
    const struct judged judged = {
        .date = the_case->patient->birth_date,
        .others = {{"height_cm", number_text(chart, the_case->patient->height_cm)}}};
    add_record(chart, &(struct als_cell_of){.record = "patient"}, &judged, &verdicts);
}

static void judge_events(struct chart *chart)
{
    const struct als_case *the_case = &chart->the_case;
    for (size_t i = 0; i < the_case->n_events; i++) {
        const struct als_event *event = &the_case->events[i];
        struct als_verdict_list verdicts = {.arena = chart->arena};
        als_case_judge_event(the_case, i, &verdicts);
        const struct als_cell_of cell = {
            .record = "event",
            .item = als_event_item(the_case->store->protocol, event, chart->arena)};
        const struct judged judged = {.date = event->date,
                                      .others = {{"value", number_text(chart, event->value)}}};
        add_record(chart, &cell, &judged, &verdicts);
    }
}

static void judge_visits(struct chart *chart)
{
    const struct als_case *the_case = &chart->the_case;
    for (size_t i = 0; i < the_case->n_visits; i++) {
        struct als_verdict_list verdicts = {.arena = chart->arena};
        char day[ALS_DATE_TEXT];
        als_case_judge_visit(the_case, i, &verdicts);
        const struct als_cell_of cell = {.record = "visit",
                                         .visit_no = the_case->visits[i].visit_no};
        const struct judged judged = {
            .date = als_arena_strdup(chart->arena, als_day_format(the_case->visits[i].day, day))};
        add_record(chart, &cell, &judged, &verdicts);
    }
}

static int day_of_visit(const struct als_case *the_case, int visit_no)
{
    for (size_t i = 0; visit_no && i < the_case->n_visits; i++)
        if (the_case->visits[i].visit_no == visit_no && !the_case->visits[i].not_done)
            return the_case->visits[i].day;
    return ALS_NO_DAY;
}

static void judge_adverse(struct chart *chart)
{
    const struct als_case *the_case = &chart->the_case;
    for (size_t i = 0; i < chart->n_adverse; i++) {
        const struct als_adverse_event *ae = &chart->adverse[i];
        struct als_verdict_list verdicts = {.arena = chart->arena};
        als_case_judge_adverse(the_case, ae, day_of_visit(the_case, ae->visit_no), &verdicts);
        const struct als_cell_of cell = {
            .record = "ae", .visit_no = ae->visit_no, .item = ae->ae_id};
        const struct judged judged = {
            .date = ae->onset,
            .others = {{"grade", number_text(chart, ae->grade)}, {"term", ae->term}}};
        add_record(chart, &cell, &judged, &verdicts);
    }
}

static void judge_baseline(struct chart *chart, const struct lane *lane,
                           const struct series *series)
{
    const struct als_store *store = chart->the_case.store;
    const struct als_sittings *sittings = &series->sittings;
    struct als_verdict_list verdicts = {.arena = chart->arena};
    int *days = als_arena_array(chart->arena, sittings->count + 1, sizeof *days);
    ptrdiff_t *plans = als_arena_array(chart->arena, sittings->count + 1, sizeof *plans);
    for (size_t i = 0; i < sittings->count; i++) {
        days[i] = sittings->items[i].day;
        plans[i] = als_store_plan_of(store, sittings->items[i].visit_no);
    }
    als_baseline_judge(store->protocol, lane->baseline,
                       als_schedule_time_zero(store->protocol, &chart->the_case.facts),
                       chart->the_case.screening_day, days, plans, sittings->count, series->excused,
                       &verdicts);
    add_all(chart, (struct als_cell_of){.record = lane->instrument->code}, NULL, NULL, &verdicts);
}

static void judge_series(const struct check *check, struct chart *chart, size_t number)
{
    const struct lane *lane = &check->lanes[number];
    struct series *series = &chart->series[number];
    for (size_t i = 0; i < series->sittings.count; i++) {
        const struct als_assessment *one = &series->sittings.items[i];
        struct als_verdict_list verdicts = {.arena = chart->arena};
        als_case_judge(&chart->the_case, lane->judge, lane->instrument, &series->sittings, i,
                       &verdicts);
        const struct als_cell_of cell = {
            .record = lane->instrument->code,
            .visit_no = one->visit_no,
            .rater = one->rater_no ? als_store_rater(check->store, one->rater_no) : NULL};
        add_all(chart, cell, lane->instrument, one->values, &verdicts);
    }
    if (lane->baseline && check->options->baselines)
        judge_baseline(chart, lane, series);
}

static void judge_chart(const struct check *check, struct chart *chart)
{
    als_case_from(check->store, chart->patient, chart->events, chart->n_events, chart->visits.items,
                  chart->visits.count, check->options->today, chart->arena, &chart->the_case);
    if (checks(check, ALS_CHECK_PATIENT))
        judge_registration(chart);
    if (checks(check, ALS_CHECK_EVENT))
        judge_events(chart);
    if (checks(check, ALS_CHECK_VISIT))
        judge_visits(chart);
    if (checks(check, ALS_CHECK_AE))
        judge_adverse(chart);
    for (size_t i = 0; i < check->n_lanes; i++)
        judge_series(check, chart, i);
}

static void *judge_block(void *context)
{
    struct block *block = context;
    for (size_t i = 0; i < block->n; i++)
        judge_chart(block->check, &block->charts[i]);
    return NULL;
}

/* ---- Reading ---- */

static enum als_status read_series(const struct check *check, struct chart *chart,
                                   struct lane *lane, struct series *series, struct als_err *err)
{
    const struct als_protocol *protocol = check->store->protocol;
    const int64_t id = chart->patient->id;
    enum als_status status = ALS_OK;
    while (status == ALS_OK && lane->row && lane->row->patient_id <= id) {
        const struct als_assessment *row = lane->row;
        if (row->patient_id == id && !row->not_done) {
            als_sittings_add(&series->sittings, lane->instrument, row, chart->arena);
        } else if (row->patient_id == id) {
            const ptrdiff_t plan = als_store_plan_of(check->store, row->visit_no);
            series->excused =
                series->excused || (plan >= 0 && protocol->visits[plan].epoch == ALS_EPOCH_PRE);
        }
        status = als_scan_next(lane->scan, &lane->row, err);
    }
    return status;
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
static enum als_status read_chart(struct check *check, const struct als_patient *patient,
                                  struct als_arena *arena, struct chart *chart, struct als_err *err)
{
    const int64_t id = patient->id;
    size_t first, n;
    *chart = (struct chart){.patient = patient, .arena = arena};
    RUN_OF(check->events, check->event_at, patient_id);
    chart->events = check->events.items + first;
    chart->n_events = n;
    RUN_OF(check->adverse, check->adverse_at, patient_id);
    chart->adverse = check->adverse.items + first;
    chart->n_adverse = n;
    enum als_status status = als_visit_load(check->store, id, arena, &chart->visits, err);
    if (status == ALS_OK)
        status = als_book_load(check->store, id, arena, &chart->book, err);
    chart->series = als_arena_array(arena, check->n_lanes + 1, sizeof *chart->series);
    for (size_t i = 0; i < check->n_lanes && status == ALS_OK; i++)
        status = read_series(check, chart, &check->lanes[i], &chart->series[i], err);
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

static size_t rows_of(const struct check *check, const struct chart *chart)
{
    size_t n = chart->visits.count;
    for (size_t i = 0; i < check->n_lanes; i++)
        n += chart->series[i].sittings.count;
    return n;
}

/* The next patients; none at the end. */
static enum als_status read_block(struct check *check, struct block *block, struct als_err *err)
{
    enum als_status status = ALS_OK;
    als_arena_clear(block->arena);
    block->charts = als_arena_array(block->arena, BLOCK_PATIENTS, sizeof *block->charts);
    block->n = block->n_rows = 0;
    while (status == ALS_OK && block->n < BLOCK_PATIENTS && block->n_rows < BLOCK_ROWS &&
           check->patient_at < check->patients.count) {
        const struct als_patient *patient = &check->patients.items[check->patient_at++];
        struct chart *chart = &block->charts[block->n];
        if (!is_wanted(check, patient))
            continue;
        status = read_chart(check, patient, block->arena, chart, err);
        block->n_rows += rows_of(check, chart);
        block->n++;
    }
    return status;
}

/* ---- Telling ---- */

static enum als_status send(struct check *check, struct chart *chart, const struct finding *finding,
                            struct als_err *err)
{
    const struct als_cell_of *cell = &finding->cell;
    const struct als_verdict *verdict = &finding->verdict;
    struct als_check_row row = {.patient_id = chart->patient->id,
                                .visit_no = cell->visit_no,
                                .record = cell->record,
                                .rater = cell->rater,
                                .item = cell->item,
                                .verdict = *verdict,
                                .value = finding->value};
    struct als_check_counts *counts = check->counts;
    enum als_status status = ALS_OK;
    *(verdict->level == ALS_RULE_HARD   ? &counts->hard
      : verdict->level == ALS_RULE_SOFT ? &counts->soft
                                        : &counts->info) += 1;
    if (check->options->queries && verdict->level == ALS_RULE_SOFT) {
        const struct als_query_counts before = chart->book.counts;
        const char *answer =
            check->options->answer ? check->options->answer(&row, check->context) : NULL;
        status = als_book_note(&chart->book, cell, verdict->code, verdict->message, finding->value,
                               answer, err);
        row.fresh = chart->book.counts.opened > before.opened ||
                    chart->book.counts.refreshed > before.refreshed;
    }
    const struct als_query *query = als_book_find(&chart->book, cell, verdict->code);
    if (query) {
        row.query = query->name;
        row.query_state = als_query_state_names[query->state];
    }
    if (status == ALS_OK && check->receive)
        check->receive(&row, check->context);
    return status;
}

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

static enum als_status send_block(struct check *check, struct block *block, struct als_err *err)
{
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < block->n && status == ALS_OK; i++) {
        struct chart *chart = &block->charts[i];
        for (size_t k = 0; k < chart->n_findings && status == ALS_OK; k++)
            status = send(check, chart, &chart->findings[k], err);
        if (status == ALS_OK && check->options->queries)
            status = als_book_finish(&chart->book, in_scope, check, err);
        check->counts->opened += chart->book.counts.opened;
        check->counts->refreshed += chart->book.counts.refreshed;
        check->counts->gone += chart->book.counts.gone;
    }
    return status;
}

/* ---- The whole study ---- */

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

/* Judge a block while the next one is read. */
static enum als_status judge_and_read(struct check *check, struct block *block, struct block *next,
                                      struct als_err *err)
{
    pthread_t judging;
    const bool beside = block->n_rows >= ENOUGH_FOR_A_THREAD &&
                        pthread_create(&judging, NULL, judge_block, block) == 0;
    if (!beside)
        judge_block(block);
    const enum als_status status = read_block(check, next, err);
    if (beside)
        pthread_join(judging, NULL);
    return status;
}

static enum als_status run_blocks(struct check *check, struct block blocks[2], struct als_err *err)
{
    enum als_status status = read_block(check, &blocks[0], err);
    for (size_t i = 0; status == ALS_OK && blocks[i % 2].n > 0; i++) {
        struct block *block = &blocks[i % 2];
        status = judge_and_read(check, block, &blocks[(i + 1) % 2], err);
        if (status == ALS_OK)
            status = send_block(check, block, err);
    }
    return status;
}

static enum als_status run(struct check *check, struct als_err *err)
{
    struct block blocks[2] = {{.check = check, .arena = als_arena_new()},
                              {.check = check, .arena = als_arena_new()}};
    enum als_status status = load_lists(check, err);
    if (status == ALS_OK)
        status = open_lanes(check, err);
    if (status == ALS_OK)
        status = run_blocks(check, blocks, err);
    for (size_t i = 0; i < check->n_lanes; i++) {
        als_scan_close(check->lanes[i].scan);
        als_judge_free(check->lanes[i].judge);
    }
    for (size_t i = 0; i < 2; i++)
        als_arena_free(blocks[i].arena);
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
                          .arena = als_arena_new()};
    *counts = (struct als_check_counts){.hard = 0};
    const enum als_status status = run(&check, err);
    als_arena_free(check.arena);
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
