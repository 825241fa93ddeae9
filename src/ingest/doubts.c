/*
 * Opens the queries of an import of assessments. A row is judged as it is read; of patients who had
 * rows before, or whose rows do not come in order of day, what looks back is judged at the end, and
 * so are visits that the import has made or moved to where they may be out of order.
 */
#include <stdlib.h>
#include <string.h>

#include "assess.h"

static bool is_stored(const struct als_chunk *chunk, const struct als_row_note *note)
{
    return note->state == ALS_ROW_READY && chunk->batch->outcome[note->slot] <= ALS_PUT_CHANGED;
}

enum als_status als_doubts_note(struct als_storing *storing, struct als_chunk *chunk,
                                struct als_err *err)
{
    const struct als_instrument *instrument = storing->importer->instrument;
    struct als_check_counts counts = {.opened = 0};
    if (chunk->n_doubts == 0)
        return ALS_OK;
    struct als_check_row *rows = als_alloc_array(chunk->n_doubts, sizeof *rows);
    size_t n = 0;
    for (size_t i = 0; i < chunk->n_doubts; i++) {
        const struct als_doubt *doubt = &chunk->doubts[i];
        const struct als_row_note *note = &chunk->notes[doubt->note];
        if (doubt->late || storing->refused[note->patient] || !is_stored(chunk, note))
            continue;
        rows[n++] = (struct als_check_row){
            .patient_id = note->patient_id,
            .visit_no = note->visit_no,
            .record = instrument->code,
            .rater = note->rater,
            .item = doubt->verdict.item < 0 ? NULL : instrument->items[doubt->verdict.item].code,
            .verdict = doubt->verdict,
            .value = doubt->value};
    }
    const enum als_status status = als_check_note(storing->importer->store, rows, n, &counts, err);
    als_importer_queries(storing->importer, &counts);
    free(rows);
    return status;
}

/* ---- At the end ---- */

struct finishing {
    const struct als_storing *storing;
    const struct als_assessor *assessor;
};

static bool is_left(const struct finishing *finishing, size_t patient)
{
    const struct als_assessor *assessor = finishing->assessor;
    return finishing->storing->touched[patient] &&
           (assessor->late[patient] || finishing->storing->refused[patient] ||
            assessor->disordered[patient] ||
            als_roster_disordered(&finishing->storing->importer->roster, patient));
}

static bool is_wanted(int64_t patient_id, void *context)
{
    const struct finishing *finishing = context;
    const ptrdiff_t patient = als_roster_of_id(&finishing->storing->importer->roster, patient_id);
    return patient >= 0 && is_left(finishing, (size_t)patient);
}

/* Was it not said when the row was read? */
static bool is_news(const struct finishing *finishing, const struct als_check_row *row)
{
    static const char *const at_the_end[] = {"W-TWO-RATERS", "W-SAME-DAY", "W-HISTORICAL-OLD",
                                             "W-BEFORE-CONSENT"};
    const struct als_instrument *instrument = finishing->storing->importer->instrument;
    if (!row->fresh)
        return false;
    if (strcmp(row->record, "visit") == 0)
        return true;
    for (size_t i = 0; i < (finishing->assessor->historical ? 4u : 2u); i++)
        if (strcmp(row->verdict.code, at_the_end[i]) == 0)
            return true;
    for (size_t i = 0; i < instrument->n_rules; i++)
        if (strcmp(instrument->rules[i].code, row->verdict.code) == 0)
            return als_rule_looks_back(&instrument->rules[i]);
    return false;
}

static void receive(const struct als_check_row *row, void *context)
{
    const struct finishing *finishing = context;
    struct als_importer *importer = finishing->storing->importer;
    size_t line = 0;
    if (!is_news(finishing, row) || !als_warnings_count(&importer->warnings, &row->verdict))
        return;
    const int rater_no =
        row->rater ? als_store_rater_no(importer->store, row->rater, strlen(row->rater)) : 0;
    /* A line that cannot be found again is no reason to stop. */
    (void)!als_seen_line(
        finishing->storing->seen,
        als_key_assessment(als_key_visit(row->patient_id, row->visit_no), rater_no), &line, NULL);
    als_importer_finding(importer, line, row);
}

enum als_status als_doubts_finish(struct als_storing *storing, const struct als_assessor *assessor,
                                  struct als_err *err)
{
    struct als_importer *importer = storing->importer;
    struct finishing finishing = {storing, assessor};
    struct als_check_counts counts = {.hard = 0};
    bool any = false;
    for (size_t i = 0; i < importer->roster.patients.count && !any; i++)
        any = is_left(&finishing, i);
    if (!any)
        return ALS_OK;
    const struct als_check_options options = {.records = ALS_CHECK_ASSESSMENT | ALS_CHECK_VISIT,
                                              .instrument = importer->instrument,
                                              .wanted = is_wanted,
                                              .wanted_context = &finishing,
                                              .today = importer->options->today,
                                              .queries = true};
    const enum als_status status =
        als_check(importer->store, &options, receive, &finishing, &counts, err);
    als_importer_send(importer, &importer->findings);
    if (status == ALS_OK)
        als_importer_queries(importer, &counts);
    return status;
}
