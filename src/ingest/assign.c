/*
 * Gives assessments without a visit code the visit that their date belongs to.
 */
#include <stdlib.h>
#include <string.h>

#include "alstrack/store/scan.h"
#include "assess.h"

/* What one patient has, brought up to date with every row that is given a visit. */
struct plan {
    struct als_arena *arena;
    int64_t patient_id;
    struct als_patient_facts facts;
    struct als_visit_fact *visits; /* facts.visits, with room for more */
    struct als_visit_row *rows;
    size_t n_rows;
    bool *taken;
    struct had {
        int visit_no, rater_no, day;
    } * had; /* assessments of the instrument; kept from patient to patient */
    size_t n_had, room;
};

struct assigning {
    struct als_storing *storing;
    struct als_assessor *assessor;
    struct als_chunk *chunk;
    struct plan plan;
};

static void note_had(struct plan *plan, int visit_no, int rater_no, int day)
{
    if (plan->n_had == plan->room) {
        plan->room = plan->room ? 2 * plan->room : 16;
        plan->had = als_realloc_array(plan->had, plan->room, sizeof *plan->had);
    }
    plan->had[plan->n_had++] = (struct had){visit_no, rater_no, day};
}

static enum als_status load_had(struct als_importer *importer, struct plan *plan,
                                struct als_err *err)
{
    struct als_scan *scan;
    enum als_status status = als_scan_open(importer->store, importer->instrument, 0,
                                           plan->patient_id, plan->patient_id, &scan, err);
    if (status != ALS_OK)
        return status;
    const struct als_assessment *row;
    while ((status = als_scan_next(scan, &row, err)) == ALS_OK && row)
        note_had(plan, row->visit_no, row->rater_no, row->day);
    als_scan_close(scan);
    return status;
}

static void build_schedule(struct als_importer *importer, struct plan *plan)
{
    plan->n_rows = als_schedule_build(importer->protocol, &plan->facts, ALS_NO_DAY, plan->rows);
}

static enum als_status load_plan(struct als_importer *importer, struct plan *plan,
                                 int64_t patient_id, struct als_err *err)
{
    als_arena_free(plan->arena);
    plan->arena = als_arena_new();
    plan->patient_id = patient_id;
    plan->n_had = 0;
    const ptrdiff_t index = als_roster_of_id(&importer->roster, patient_id);
    const struct als_patient *patient = &importer->roster.patients.items[index];
    enum als_status status =
        als_facts_load(importer->store, patient, plan->arena, &plan->facts, err);
    if (status != ALS_OK)
        return status;
    const size_t most = ALS_KEY_MASK + 1; /* no patient has more visits */
    plan->visits = als_arena_array(plan->arena, most, sizeof *plan->visits);
    if (plan->facts.n_visits)
        memcpy(plan->visits, plan->facts.visits, plan->facts.n_visits * sizeof *plan->visits);
    plan->facts.visits = plan->visits;
    plan->rows =
        als_arena_array(plan->arena, importer->protocol->n_visits + most, sizeof *plan->rows);
    plan->taken =
        als_arena_array(plan->arena, importer->protocol->n_visits + most, sizeof *plan->taken);
    build_schedule(importer, plan);
    return load_had(importer, plan, err);
}

static bool has(const struct plan *plan, int visit_no, int rater_no)
{
    for (size_t i = 0; i < plan->n_had; i++)
        if (plan->had[i].visit_no == visit_no && plan->had[i].rater_no == rater_no)
            return true;
    return false;
}

static int visit_no_of(const struct als_importer *importer, const char *code)
{
    return als_store_visit_no(importer->store, code, strlen(code));
}

/* The visit of a stored row of that date and rater; 0 if there is none. */
static int stored_visit(const struct plan *plan, int rater_no, int day)
{
    for (size_t i = 0; i < plan->n_had; i++)
        if (plan->had[i].rater_no == rater_no && plan->had[i].day == day)
            return plan->had[i].visit_no;
    return 0;
}

/* The planned visit whose window holds the date; 0 if there is none. */
static int planned_visit(const struct als_importer *importer, struct plan *plan, int rater_no,
                         int day)
{
    for (size_t i = 0; i < plan->n_rows; i++)
        plan->taken[i] = has(plan, visit_no_of(importer, plan->rows[i].code), rater_no);
    const ptrdiff_t found = als_schedule_match(plan->rows, plan->n_rows, plan->taken, day);
    return found < 0 ? 0 : visit_no_of(importer, plan->rows[found].code);
}

/* UNS1, UNS2 …: one of that date where the rater has no row yet, else the first unused. */
static enum als_status unscheduled_visit(struct als_importer *importer, struct plan *plan,
                                         int rater_no, int day, int *visit_no, struct als_err *err)
{
    for (size_t i = 0; i < plan->facts.n_visits; i++) {
        const struct als_visit_fact *visit = &plan->visits[i];
        *visit_no = visit_no_of(importer, visit->code);
        if (strncmp(visit->code, "UNS", 3) == 0 && visit->day == day &&
            !has(plan, *visit_no, rater_no))
            return ALS_OK;
    }
    char code[16];
    bool used = true;
    for (int number = 1; used; number++) {
        snprintf(code, sizeof code, "UNS%d", number);
        used = false;
        for (size_t i = 0; i < plan->facts.n_visits && !used; i++)
            used = strcmp(plan->visits[i].code, code) == 0;
    }
    return als_store_add_visit_code(importer->store, code, visit_no, err);
}

static bool lacks_anchor(const struct plan *plan)
{
    for (size_t i = 0; i < plan->n_rows; i++)
        if (plan->rows[i].plan && plan->rows[i].target == ALS_NO_DAY &&
            plan->rows[i].status != ALS_VISIT_NOT_APPLICABLE)
            return true;
    return false;
}

/* The patient was there: targets that hang on this visit are known from here on. */
static void note_visit(struct als_importer *importer, struct plan *plan, int visit_no, int day)
{
    const char *code = als_store_visit_code(importer->store, visit_no);
    for (size_t i = 0; i < plan->facts.n_visits; i++)
        if (strcmp(plan->visits[i].code, code) == 0)
            return;
    plan->visits[plan->facts.n_visits++] = (struct als_visit_fact){.code = code, .day = day};
    build_schedule(importer, plan);
}

static enum als_status choose_visit(struct assigning *assigning, struct als_row_note *note,
                                    struct als_err *err)
{
    struct als_importer *importer = assigning->storing->importer;
    struct plan *plan = &assigning->plan;
    int rater_no = 0;
    enum als_status status = ALS_OK;
    if (note->rater)
        status = als_store_add_rater(importer->store, note->rater, &rater_no, err);
    if (status != ALS_OK)
        return status;
    note->visit_no = stored_visit(plan, rater_no, note->day);
    if (note->visit_no > 0)
        return ALS_OK;
    note->visit_no = planned_visit(importer, plan, rater_no, note->day);
    if (note->visit_no == 0) {
        importer->result->unscheduled++;
        importer->result->without_anchor += lacks_anchor(plan);
        status = unscheduled_visit(importer, plan, rater_no, note->day, &note->visit_no, err);
        if (status != ALS_OK)
            return status;
    }
    importer->result->visits_assigned++;
    assigning->chunk->batch->assigned[note->slot] = 1;
    note_had(plan, note->visit_no, rater_no, note->day);
    note_visit(importer, plan, note->visit_no, note->day);
    return ALS_OK;
}

/* Examine the row again, now that it is its turn. */
static struct als_row_note *examine(struct assigning *assigning, const struct als_aside_row *row)
{
    struct als_chunk *chunk = assigning->chunk;
    struct als_csv *csv = als_csv_open_text(row->raw, row->raw_length);
    struct als_csv_record record;
    if (als_csv_next(csv, &record, NULL) != ALS_OK)
        als_bug("a row that was read cannot be read again");
    record.line = row->line;
    als_assess(assigning->assessor, &record, chunk);
    als_csv_close(csv, NULL);
    return &chunk->notes[chunk->n_notes - 1];
}

static enum als_status flush(struct assigning *assigning, struct als_err *err)
{
    enum als_status status = als_storing_put(assigning->storing, assigning->chunk, err);
    als_chunk_clear(assigning->chunk);
    if (status == ALS_OK)
        status = als_importer_progress(assigning->storing->importer, 1, err);
    return status;
}

static enum als_status assign_row(struct assigning *assigning, const struct als_aside_row *row,
                                  struct als_err *err)
{
    enum als_status status = ALS_OK;
    if (assigning->chunk->n_notes == ALS_BULK_ROWS)
        status = flush(assigning, err);
    if (status == ALS_OK && assigning->plan.patient_id != row->patient_id)
        status = load_plan(assigning->storing->importer, &assigning->plan, row->patient_id, err);
    if (status != ALS_OK)
        return status;
    struct als_row_note *note = examine(assigning, row);
    if (note->state != ALS_ROW_ASIDE)
        return ALS_OK;
    status = choose_visit(assigning, note, err);
    note->state = ALS_ROW_READY;
    return status;
}

enum als_status als_assign_visits(struct als_storing *storing, struct als_assessor *assessor,
                                  struct als_chunk *chunk, struct als_err *err)
{
    struct assigning assigning = {.storing = storing, .assessor = assessor, .chunk = chunk};
    als_chunk_clear(chunk);
    assessor->quiet = true;
    enum als_status status;
    for (;;) {
        struct als_aside_row row;
        bool more;
        status = als_aside_next(storing->aside, &row, &more, err);
        if (status != ALS_OK || !more)
            break;
        status = assign_row(&assigning, &row, err);
        if (status != ALS_OK)
            break;
    }
    if (status == ALS_OK)
        status = flush(&assigning, err);
    als_arena_free(assigning.plan.arena);
    free(assigning.plan.had);
    return status;
}
