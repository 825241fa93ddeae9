/*
 * Examines rows of an instrument's file. Runs once per row of large files: the usual cell, one
 * digit, takes a table look-up.
 */
#include "assess.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/score/reason.h"

/* Answers of one digit, found out once. */
struct als_cell_plan {
    const struct als_item *item;
    enum als_cell_type type;
    ptrdiff_t at; /* field of a record; -1 = not in the file */
    ptrdiff_t reason_at;
    bool digit_ok[10]; /* items stored INTEGER only */
    int8_t digit_value[10];
    uint8_t digit_rank[10];
};

void als_chunk_init(struct als_chunk *chunk, const struct als_instrument *instrument)
{
    *chunk = (struct als_chunk){.batch = als_batch_new(instrument)};
    chunk->notes = als_alloc_array(ALS_BULK_ROWS, sizeof *chunk->notes);
    chunk->note_of = als_alloc_array(ALS_BULK_ROWS, sizeof *chunk->note_of);
    als_buf_init(&chunk->raw, ALS_BUF_LARGE);
    als_findings_init(&chunk->findings);
}

void als_chunk_clear(struct als_chunk *chunk)
{
    als_batch_clear(chunk->batch);
    als_buf_clear(&chunk->raw);
    als_findings_clear(&chunk->findings);
    chunk->n_notes = chunk->n_doubts = chunk->out_of_window = 0;
}

void als_chunk_release(struct als_chunk *chunk)
{
    als_batch_free(chunk->batch);
    free(chunk->notes);
    free(chunk->note_of);
    free(chunk->doubts);
    als_buf_release(&chunk->raw);
    als_findings_release(&chunk->findings);
}

static void plan_cell(struct als_cell_plan *plan, const struct als_columns *columns, size_t item)
{
    plan->item = &columns->instrument->items[item];
    plan->type = als_item_cell_type(plan->item);
    plan->at = columns->at[als_column_item(item)];
    plan->reason_at = columns->at[als_column_item_reason(columns, item)];
    for (int d = 0; d < 10 && plan->type == ALS_CELL_INTEGER; d++) {
        const char digit = (char)('0' + d);
        struct als_value value;
        char expected[8];
        plan->digit_ok[d] =
            als_value_parse(plan->item, &digit, 1, &value, expected, sizeof expected);
        if (!plan->digit_ok[d])
            continue;
        plan->digit_value[d] = (int8_t)value.integer;
        plan->digit_rank[d] = als_rank(plan->item, &value);
    }
}

static bool takes_historical(const struct als_importer *importer)
{
    const struct als_protocol *protocol = importer->protocol;
    for (size_t i = 0; i < protocol->n_baselines; i++) {
        const struct als_baseline_rule *rule = &protocol->baselines[i];
        if (rule->kind == ALS_BASELINE_HISTORICAL &&
            strcmp(protocol->instruments[rule->instrument], importer->instrument->code) == 0)
            return true;
    }
    return false;
}

static void is_stored_already(int64_t patient_id, void *context)
{
    struct als_assessor *assessor = context;
    const ptrdiff_t patient = als_roster_of_id(&assessor->importer->roster, patient_id);
    if (patient >= 0)
        assessor->late[patient] = 1;
}

enum als_status als_assessor_init(struct als_assessor *assessor, struct als_importer *importer,
                                  struct als_err *err)
{
    const struct als_instrument *instrument = importer->instrument;
    const size_t n = instrument->n_items, patients = importer->roster.patients.count + 1;
    *assessor = (struct als_assessor){.importer = importer,
                                      .judge = als_judge_new(instrument),
                                      .historical = takes_historical(importer)};
    assessor->plans = als_alloc_array(n, sizeof *assessor->plans);
    assessor->values = als_alloc_array(n, sizeof *assessor->values);
    assessor->ranks = als_alloc_array(n, 1);
    assessor->prior.values = als_alloc_array(n, sizeof *assessor->prior.values);
    assessor->prior.ranks = als_alloc_array(n, 1);
    assessor->arena = als_arena_new();
    assessor->scores = als_score_cache_new(instrument, assessor->arena);
    assessor->prior.scores = als_score_cache_new(instrument, assessor->arena);
    assessor->met = als_alloc_array(patients, 1);
    assessor->late = als_alloc_array(patients, 1);
    assessor->disordered = als_alloc_array(patients, 1);
    for (size_t i = 0; i + 1 < patients; i++)
        assessor->disordered[i] = als_roster_disordered(&importer->roster, i);
    for (size_t i = 0; i < n; i++)
        plan_cell(&assessor->plans[i], &importer->columns, i);
    return als_assessed_each(importer->store, instrument, is_stored_already, assessor, err);
}

void als_assessor_release(struct als_assessor *assessor)
{
    als_judge_free(assessor->judge);
    free(assessor->plans);
    free(assessor->values);
    free(assessor->ranks);
    free(assessor->prior.values);
    free(assessor->prior.ranks);
    als_arena_free(assessor->arena);
    free(assessor->met);
    free(assessor->late);
    free(assessor->disordered);
}

void als_assessor_given(const struct als_assessor *assessor, struct als_batch *batch)
{
    const struct als_columns *columns = &assessor->importer->columns;
    enum { DAY, MODE, RESPONDENT, NOT_DONE, REASON };
    batch->given = 1u << DAY | 1u << NOT_DONE | 1u << REASON;
    if (als_column_present(columns, als_column_after(columns, ALS_AFTER_MODE)))
        batch->given |= 1u << MODE;
    if (als_column_present(columns, als_column_after(columns, ALS_AFTER_RESPONDENT)))
        batch->given |= 1u << RESPONDENT;
    for (size_t i = 0; i < columns->instrument->n_items; i++)
        batch->given_item[i] = assessor->plans[i].at >= 0 || assessor->plans[i].reason_at >= 0;
}

/* ---- Cells ---- */

static void set_cell(struct als_batch *batch, const struct als_cell_plan *plan, size_t item,
                     struct als_value *value)
{
    union als_batch_cell *cell = &batch->cells[item][batch->n];
    if (plan->type == ALS_CELL_INTEGER)
        cell->integer = value->kind == ALS_VALUE_MISSING ? ALS_BULK_MISSING : value->integer;
    else if (plan->type == ALS_CELL_NUMBER)
        cell->number = value->kind == ALS_VALUE_MISSING ? NAN : value->number;
    else if (value->kind == ALS_VALUE_MISSING)
        cell->text = NULL;
    else
        value->text = cell->text = als_arena_strndup(batch->arena, value->text, value->length);
}

/* The long way for one answer: anything but a single digit. */
static bool parse_cell(struct als_assessor *assessor, struct als_row *row, struct als_batch *batch,
                       size_t item, const struct als_csv_field *cell)
{
    const struct als_cell_plan *plan = &assessor->plans[item];
    struct als_value value;
    char expected[400];
    if (!als_value_parse(plan->item, cell->text, cell->length, &value, expected, sizeof expected)) {
        als_row_expect(row, als_column_item(item), expected);
        value = ALS_MISSING_VALUE;
    }
    set_cell(batch, plan, item, &value);
    assessor->values[item] = value;
    assessor->ranks[item] = als_rank(plan->item, &value);
    return value.kind != ALS_VALUE_MISSING;
}

/* All answers into the next row of the batch; returns how many there are. */
static size_t parse_items(struct als_assessor *assessor, struct als_row *row,
                          struct als_batch *batch)
{
    const struct als_csv_field none = {.text = ""};
    size_t answered = 0;
    for (size_t i = 0; i < batch->instrument->n_items; i++) {
        const struct als_cell_plan *plan = &assessor->plans[i];
        const struct als_csv_field *cell = plan->at < 0 ? &none : &row->record->fields[plan->at];
        const unsigned digit = cell->length == 1 ? (unsigned)(cell->text[0] - '0') : 10;
        if (digit < 10 && plan->digit_ok[digit]) {
            batch->cells[i][batch->n].integer = plan->digit_value[digit];
            assessor->ranks[i] = plan->digit_rank[digit];
            assessor->values[i].kind = ALS_VALUE_INTEGER;
            assessor->values[i].integer = plan->digit_value[digit];
            answered++;
        } else {
            answered += parse_cell(assessor, row, batch, i, cell);
        }
    }
    return answered;
}

/* ITEM.reason: only beside an item without an answer. */
static void parse_reasons(struct als_assessor *assessor, struct als_row *row,
                          struct als_batch *batch)
{
    const size_t n = batch->instrument->n_items;
    const char **reasons = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct als_cell_plan *plan = &assessor->plans[i];
        if (plan->reason_at < 0 || row->record->fields[plan->reason_at].length == 0)
            continue;
        const struct als_csv_field *cell = &row->record->fields[plan->reason_at];
        const size_t column = als_column_item_reason(row->columns, i);
        const char *reason = als_reason_find(cell->text, cell->length);
        if (!reason)
            als_row_expect(row, column, "one of " ALS_REASON_LIST);
        else if (assessor->ranks[i] != 0)
            als_row_fail(row, column, "E-REASON", "remove the reason, or the answer",
                         "a reason why %s is missing, but there is an answer", plan->item->code);
        if (!reasons)
            reasons = als_arena_array(batch->arena, n, sizeof *reasons);
        reasons[i] = reason;
    }
    batch->item_reasons[batch->n] = (const char *const *)reasons;
}

/* ---- What the row as a whole must be ---- */

static void find_patient(struct als_assessor *assessor, struct als_row *row)
{
    const struct als_csv_field *cell = &row->record->fields[row->columns->at[ALS_IN_PATIENT]];
    if (cell->length == assessor->patient_length && cell->length > 0 &&
        memcmp(cell->text, assessor->patient, cell->length) == 0)
        return;
    assessor->patient_index = als_row_patient(row, &assessor->importer->roster);
    assessor->patient_length = 0;
    if (!row->bad && cell->length < sizeof assessor->patient) {
        memcpy(assessor->patient, cell->text, cell->length);
        assessor->patient_length = cell->length;
    }
}

static void parse_heading(struct als_assessor *assessor, struct als_row *row,
                          struct als_batch *batch, struct als_row_note *note)
{
    const struct als_columns *columns = row->columns;
    const size_t n = batch->n;
    find_patient(assessor, row);
    note->visit_no =
        als_row_visit(row, ALS_IN_VISIT, &assessor->importer->codes, batch->arena, &note->visit);
    const char *why;
    const bool not_done = als_row_not_done(row, als_column_after(columns, ALS_AFTER_STATUS),
                                           als_column_after(columns, ALS_AFTER_REASON), &why);
    note->day = als_row_day(row, ALS_IN_DATE, !not_done);
    const ptrdiff_t mode =
        als_row_choice(row, als_column_after(columns, ALS_AFTER_MODE), als_modes, ALS_MODE_COUNT);
    const size_t rater = als_column_after(columns, ALS_AFTER_RATER);
    const size_t respondent = als_column_after(columns, ALS_AFTER_RESPONDENT);
    note->rater = als_row_text(row, rater, 100, batch->arena);
    batch->respondent[n] = als_row_text(row, respondent, 100, batch->arena);
    batch->day[n] = note->day;
    batch->mode[n] = (uint8_t)(mode + 1);
    batch->not_done[n] = not_done;
    batch->reason[n] = why;
    batch->assigned[n] = 0;
    batch->outcome[n] = 0;
    batch->item_reasons[n] = NULL;
}

static void check_not_done(struct als_row *row, size_t answered)
{
    const size_t status = als_column_after(row->columns, ALS_AFTER_STATUS);
    if (answered > 0)
        als_row_fail(row, status, "E-NOT-DONE", "remove the answers, or say done",
                     "not done, but %zu item%s answered", answered,
                     answered == 1 ? " is" : "s are");
    if (als_row_cell(row, ALS_IN_VISIT).length == 0)
        als_row_fail(row, ALS_IN_VISIT, "E-VISIT", NULL,
                     "an assessment that was not done needs the code of its visit");
}

/* ---- Rules ---- */

/* A bit for the visit. Two visits with the same bit cost time, no more. */
static uint64_t visit_bit(const struct als_row_note *note)
{
    unsigned hash = (unsigned)note->visit_no;
    for (const char *c = note->visit_no ? NULL : note->visit; c && *c; c++)
        hash = hash * 31 + (unsigned char)*c;
    return UINT64_C(1) << hash % 64;
}

/* The row before, if all that comes before this one was examined just now and in order. */
static const struct als_sitting *look_back(struct als_assessor *assessor,
                                           const struct als_row_note *note)
{
    const size_t patient = assessor->patient_index;
    struct als_prior *prior = &assessor->prior;
    const bool goes_on = prior->is_there && prior->patient == patient;
    if ((note->visit_no == 0 && !note->visit) || assessor->historical)
        assessor->late[patient] = 1;
    if (goes_on ? note->day <= prior->sitting.day : assessor->met[patient])
        assessor->late[patient] = 1;
    const uint64_t visit = visit_bit(note);
    if (!goes_on)
        prior->visits = 0;
    if (prior->visits & visit)
        assessor->late[patient] = 1;
    prior->visits |= visit;
    assessor->met[patient] = 1;
    return goes_on && !assessor->late[patient] ? &prior->sitting : NULL;
}

static void fill_visit(struct als_assessor *assessor, const struct als_row_note *note,
                       struct als_judge_input *input)
{
    struct als_roster *roster = &assessor->importer->roster;
    const size_t patient = assessor->patient_index;
    const ptrdiff_t plan = als_roster_plan(roster, note->visit_no);
    input->window_from = input->window_to = input->visit_day = ALS_NO_DAY;
    if (plan < 0)
        return;
    input->visit = assessor->importer->protocol->visits[plan].code;
    als_roster_window(roster, patient, (size_t)plan, &input->window_from, &input->window_to);
    int32_t *visit_day = als_roster_visit_day(roster, patient, (size_t)plan);
    input->visit_day = *visit_day;
    if (*visit_day == ALS_NO_DAY || note->day < *visit_day)
        *visit_day = note->day;
}

static struct als_judge_input input_of(struct als_assessor *assessor,
                                       const struct als_row_note *note, struct als_batch *batch)
{
    static const struct als_person nobody = {.age_years = NAN, .height_cm = NAN};
    struct als_roster *roster = &assessor->importer->roster;
    const size_t patient = assessor->patient_index, n = batch->n;
    struct als_judge_input input = {
        .now = {.values = assessor->values,
                .ranks = assessor->ranks,
                .scores = assessor->scores,
                .item_reasons = batch->item_reasons[n],
                .day = note->day,
                .mode = batch->mode[n] ? als_modes[batch->mode[n] - 1] : NULL,
                .rater = note->rater,
                .person = nobody},
        .previous = look_back(assessor, note),
        .limits = roster->limits[patient],
        .study_begins = ALS_NO_DAY,
    };
    input.now.person = als_patient_person(&roster->patients.items[patient],
                                          assessor->importer->protocol, ALS_NO_DAY);
    if (roster->birth_day[patient] != ALS_NO_DAY)
        input.now.person.age_years = als_years_between(roster->birth_day[patient], note->day);
    input.events = als_roster_events(roster, patient, &input.n_events);
    /* Whether it is older than the study shows when screening is stored. */
    if (assessor->historical)
        input.limits.consent_first = ALS_NO_DAY;
    fill_visit(assessor, note, &input);
    return input;
}

static void add_doubt(struct als_assessor *assessor, struct als_chunk *chunk,
                      const struct als_verdict *verdict)
{
    if (chunk->n_doubts == chunk->doubts_room) {
        chunk->doubts_room = chunk->doubts_room ? 2 * chunk->doubts_room : 64;
        chunk->doubts = als_realloc_array(chunk->doubts, chunk->doubts_room, sizeof *chunk->doubts);
    }
    const char *value = als_verdict_value(assessor->importer->instrument, verdict, assessor->values,
                                          chunk->batch->arena);
    chunk->doubts[chunk->n_doubts++] =
        (struct als_doubt){.note = chunk->n_notes,
                           .late = assessor->late[assessor->patient_index],
                           .verdict = *verdict,
                           .value = value};
}

static void tell_verdicts(struct als_assessor *assessor, struct als_row *row,
                          struct als_chunk *chunk, const struct als_verdict_list *verdicts)
{
    for (size_t i = 0; i < verdicts->count; i++) {
        const struct als_verdict *verdict = &verdicts->items[i];
        als_row_verdict(row, &assessor->importer->warnings,
                        verdict->item >= 0 ? als_column_item((size_t)verdict->item) : ALS_IN_DATE,
                        verdict);
        if (verdict->level == ALS_RULE_SOFT)
            add_doubt(assessor, chunk, verdict);
    }
}

/* This row is the one before for the next. */
static void remember(struct als_assessor *assessor, const struct als_judge_input *input)
{
    struct als_prior *prior = &assessor->prior;
    struct als_value *values = prior->values;
    uint8_t *ranks = prior->ranks;
    const struct als_score_cache scores = prior->scores;
    prior->is_there = true;
    prior->patient = assessor->patient_index;
    prior->values = assessor->values;
    prior->ranks = assessor->ranks;
    prior->scores = assessor->scores;
    prior->sitting = input->now;
    assessor->values = values;
    assessor->ranks = ranks;
    assessor->scores = scores;
    if (input->now.rater) {
        snprintf(prior->rater, sizeof prior->rater, "%s", input->now.rater);
        prior->sitting.rater = prior->rater;
    }
}

/* A row without any answer is a mistake, unless nothing that was asked needs one. */
static void check_answered(struct als_assessor *assessor, struct als_row *row,
                           const struct als_judge_input *input)
{
    const struct als_instrument *instrument = assessor->importer->instrument;
    for (size_t i = 0; i < instrument->n_items; i++) {
        if (!instrument->items[i].required ||
            als_judge_applies(assessor->judge, i, input) == ALS_FALSE)
            continue;
        als_row_fail(row, als_column_item(i), "E-EMPTY",
                     "say why with status not-done and a reason, or leave the row out",
                     "done, but without any answer");
        return;
    }
}

static bool is_outside(const struct als_judge_input *input)
{
    return input->window_from != ALS_NO_DAY &&
           (input->now.day < input->window_from || input->now.day > input->window_to);
}

static void check_done(struct als_assessor *assessor, struct als_row *row, struct als_chunk *chunk,
                       const struct als_row_note *note, size_t answered)
{
    struct als_verdict_list verdicts = {.arena = chunk->batch->arena};
    if (assessor->quiet)
        return;
    memset(assessor->scores.known, 0,
           assessor->importer->instrument->n_scores * sizeof *assessor->scores.known);
    const struct als_judge_input input = input_of(assessor, note, chunk->batch);
    if (answered == 0)
        check_answered(assessor, row, &input);
    if (row->bad)
        return;
    als_judge_run(assessor->judge, &input, &verdicts);
    chunk->out_of_window += is_outside(&input);
    tell_verdicts(assessor, row, chunk, &verdicts);
    if (!row->bad)
        remember(assessor, &input);
}

/* ---- The row ---- */

static enum als_row_state examine(struct als_assessor *assessor, struct als_row *row,
                                  struct als_chunk *chunk, struct als_row_note *note)
{
    struct als_batch *batch = chunk->batch;
    if (!als_row_complete(row))
        return ALS_ROW_REFUSED;
    parse_heading(assessor, row, batch, note);
    const size_t answered = parse_items(assessor, row, batch);
    parse_reasons(assessor, row, batch);
    if (batch->not_done[batch->n])
        check_not_done(row, answered);
    else if (!row->bad)
        check_done(assessor, row, chunk, note, answered);
    if (row->bad)
        return ALS_ROW_REFUSED;
    note->patient = assessor->patient_index;
    note->patient_id = assessor->importer->roster.patients.items[note->patient].id;
    return note->visit_no > 0 || note->visit ? ALS_ROW_READY : ALS_ROW_ASIDE;
}

void als_assess(struct als_assessor *assessor, const struct als_csv_record *record,
                struct als_chunk *chunk)
{
    struct als_row row = {
        .record = record, .columns = &assessor->importer->columns, .findings = &chunk->findings};
    struct als_row_note *note = &chunk->notes[chunk->n_notes];
    *note = (struct als_row_note){.line = record->line,
                                  .raw_at = chunk->raw.length,
                                  .raw_length = record->raw_length,
                                  .slot = (uint32_t)chunk->batch->n};
    als_buf_add(&chunk->raw, record->raw, record->raw_length);
    note->state = examine(assessor, &row, chunk, note);
    /* A row that is put aside keeps its slot for now: whoever finds its visit decides. */
    if (note->state == ALS_ROW_READY || (note->state == ALS_ROW_ASIDE && assessor->quiet)) {
        chunk->note_of[note->slot] = chunk->n_notes;
        chunk->batch->n++;
    }
    chunk->n_notes++;
}
