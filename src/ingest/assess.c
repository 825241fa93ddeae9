/*
 * Examines rows of an instrument's file. Runs once per row of large files: the usual cell, one
 * digit, takes a table look-up.
 */
#include "assess.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/schedule/oddity.h"
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
    chunk->n_notes = chunk->out_of_window = 0;
}

void als_chunk_release(struct als_chunk *chunk)
{
    als_batch_free(chunk->batch);
    free(chunk->notes);
    free(chunk->note_of);
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

void als_assessor_init(struct als_assessor *assessor, struct als_importer *importer)
{
    const struct als_instrument *instrument = importer->instrument;
    *assessor = (struct als_assessor){.importer = importer};
    als_rules_init(&assessor->rules, instrument, importer->protocol);
    assessor->plans = als_alloc_array(instrument->n_items, sizeof *assessor->plans);
    assessor->ranks = als_alloc_array(instrument->n_items, 1);
    for (size_t i = 0; i < instrument->n_items; i++)
        plan_cell(&assessor->plans[i], &importer->columns, i);
}

void als_assessor_release(struct als_assessor *assessor)
{
    als_rules_release(&assessor->rules);
    free(assessor->plans);
    free(assessor->ranks);
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
                     const struct als_value *value)
{
    union als_batch_cell *cell = &batch->cells[item][batch->n];
    if (plan->type == ALS_CELL_INTEGER)
        cell->integer = value->kind == ALS_VALUE_MISSING ? ALS_BULK_MISSING : value->integer;
    else if (plan->type == ALS_CELL_NUMBER)
        cell->number = value->kind == ALS_VALUE_MISSING ? NAN : value->number;
    else if (value->kind == ALS_VALUE_MISSING)
        cell->text = NULL;
    else
        cell->text = als_arena_strndup(batch->arena, value->text, value->length);
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

static void check_rules(struct als_assessor *assessor, struct als_row *row,
                        const struct als_rule_row *seen)
{
    const struct als_instrument *instrument = assessor->rules.instrument;
    for (size_t i = 0; i < instrument->n_rules; i++) {
        const struct als_rule *rule = &instrument->rules[i];
        if (rule->level == ALS_RULE_INFO || als_rules_fired(&assessor->rules, i, seen) != ALS_TRUE)
            continue;
        const ptrdiff_t item = als_rules_item(&assessor->rules, i);
        const size_t column = item >= 0 && assessor->plans[item].at >= 0
                                  ? als_column_item((size_t)item)
                                  : ALS_IN_DATE;
        if (rule->level == ALS_RULE_HARD)
            als_row_fail(row, column, rule->code, NULL, "%s", rule->message);
        else if (!assessor->quiet)
            als_row_warn(row, &assessor->importer->warnings, column, rule->code, NULL, "%s",
                         rule->message);
    }
}

/* Every item that is asked has an answer or a reason, and no other has an answer. */
static void check_items(struct als_assessor *assessor, struct als_row *row,
                        const struct als_rule_row *seen)
{
    const struct als_instrument *instrument = assessor->rules.instrument;
    struct als_warnings *warnings = &assessor->importer->warnings;
    const char *const *reasons = seen->batch->item_reasons[seen->row];
    bool incomplete = false;
    for (size_t i = 0; i < instrument->n_items; i++) {
        const struct als_item *item = &instrument->items[i];
        if (assessor->ranks[i] != 0 && !item->applies)
            continue;
        const bool asked = als_rules_applies(&assessor->rules, i, seen) != ALS_FALSE;
        if (assessor->ranks[i] != 0 && !asked)
            als_row_warn(row, warnings, als_column_item(i), "W-NOT-ASKED", NULL,
                         "an answer to an item that does not apply");
        else if (assessor->ranks[i] == 0 && asked && item->required && !incomplete &&
                 !(reasons && reasons[i])) {
            incomplete = true;
            als_row_warn(row, warnings, als_column_item(i), "W-INCOMPLETE",
                         "a column ITEM.reason can say why an answer is missing",
                         "not answered, and no reason given");
        }
    }
}

/* A row without any answer is a mistake, unless nothing that was asked needs one. */
static void check_answered(struct als_assessor *assessor, struct als_row *row,
                           const struct als_rule_row *seen)
{
    const struct als_instrument *instrument = assessor->rules.instrument;
    for (size_t i = 0; i < instrument->n_items; i++) {
        if (!instrument->items[i].required ||
            als_rules_applies(&assessor->rules, i, seen) == ALS_FALSE)
            continue;
        als_row_fail(row, als_column_item(i), "E-EMPTY",
                     "say why with status not-done and a reason, or leave the row out",
                     "done, but without any answer");
        return;
    }
}

static void check_day(struct als_assessor *assessor, struct als_row *row,
                      const struct als_row_note *note, struct als_chunk *chunk)
{
    struct als_importer *importer = assessor->importer;
    struct als_roster *roster = &importer->roster;
    const size_t patient = assessor->patient_index;
    struct als_oddity oddities[ALS_ODDITIES];
    als_row_odd(row, &importer->warnings, ALS_IN_DATE, oddities,
                als_day_oddities("an assessment", roster->first_day[patient],
                                 roster->last_day[patient], note->day, oddities));
    const ptrdiff_t plan = als_roster_plan(roster, note->visit_no);
    if (plan < 0)
        return;
    const size_t visit = (size_t)plan;
    const int outside = als_roster_outside(roster, patient, visit, note->day);
    int32_t *visit_day = als_roster_visit_day(roster, patient, visit);
    const bool told = *visit_day == note->day; /* with the visit, or another instrument's row */
    if (*visit_day == ALS_NO_DAY || note->day < *visit_day)
        *visit_day = note->day;
    if (outside == 0)
        return;
    chunk->out_of_window++;
    if (told)
        return;
    als_row_warn(row, &importer->warnings, ALS_IN_DATE, "W-WINDOW", NULL,
                 "%d day%s %s the window of %s", outside < 0 ? -outside : outside,
                 outside == 1 || outside == -1 ? "" : "s", outside < 0 ? "before" : "after",
                 importer->protocol->visits[visit].code);
}

static void check_done(struct als_assessor *assessor, struct als_row *row, struct als_chunk *chunk,
                       const struct als_row_note *note, size_t answered)
{
    const struct als_rule_row seen = {.batch = chunk->batch,
                                      .row = chunk->batch->n,
                                      .ranks = assessor->ranks,
                                      .roster = &assessor->importer->roster,
                                      .patient = assessor->patient_index,
                                      .day = note->day};
    if (answered == 0)
        check_answered(assessor, row, &seen);
    check_rules(assessor, row, &seen);
    if (assessor->quiet || row->bad)
        return;
    check_items(assessor, row, &seen);
    check_day(assessor, row, note, chunk);
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
    note->patient_id = assessor->importer->roster.patients.items[assessor->patient_index].id;
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
