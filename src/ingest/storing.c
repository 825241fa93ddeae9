/*
 * Imports assessments: one thread reads and examines rows, this one stores them.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "assess.h"

#define FINDINGS_MOST                                                                              \
    4096                /* a chunk ends early when it has so many, so that memory stays bounded */
#define FIRST_ROWS 1024 /* of the first chunk, which the storing thread waits for */

/* ---- Storing ---- */

static const char *raw_of(const struct als_chunk *chunk, const struct als_row_note *note)
{
    return chunk->raw.data + note->raw_at;
}

/* The number of a visit code or rater, from the study or new to it; kept in map, because a file
 * names the same few again and again. */
typedef enum als_status add_fn(struct als_store *store, const char *text, int *number,
                               struct als_err *err);
static enum als_status settle_name(struct als_storing *storing, struct als_text_map *map,
                                   add_fn *add, const char *text, int *number, struct als_err *err)
{
    const size_t *known = als_text_map_find(map, text, strlen(text));
    if (known) {
        *number = (int)*known;
        return ALS_OK;
    }
    const enum als_status status = add(storing->importer->store, text, number, err);
    if (status == ALS_OK)
        als_text_map_add(map, text, strlen(text), (size_t)*number);
    return status;
}

/* The key of a row: visit codes and raters that are new to the study get their numbers here. */
static enum als_status settle_key(struct als_storing *storing, struct als_chunk *chunk,
                                  struct als_row_note *note, struct als_err *err)
{
    enum als_status status = ALS_OK;
    int rater_no = 0;
    if (note->visit_no == 0)
        status = settle_name(storing, &storing->visits, als_store_add_visit_code, note->visit,
                             &note->visit_no, err);
    if (status == ALS_OK && note->rater)
        status = settle_name(storing, &storing->raters, als_store_add_rater, note->rater, &rater_no,
                             err);
    chunk->batch->assessment_id[note->slot] =
        als_key_assessment(als_key_visit(note->patient_id, note->visit_no), rater_no);
    return status;
}

static void refuse(struct als_storing *storing, struct als_chunk *chunk, struct als_row_note *note)
{
    note->state = ALS_ROW_REFUSED;
    storing->refused[note->patient] = 1;
    chunk->batch->outcome[note->slot] = ALS_BULK_SKIP;
}

static enum als_status settle_row(struct als_storing *storing, struct als_chunk *chunk,
                                  struct als_row_note *note, struct als_err *err)
{
    size_t first_line = 0;
    enum als_status status = settle_key(storing, chunk, note, err);
    if (status == ALS_OK)
        status = als_seen_add(storing->seen, chunk->batch->assessment_id[note->slot], note->line,
                              &first_line, err);
    if (status != ALS_OK || first_line == 0)
        return status;
    refuse(storing, chunk, note);
    als_finding_row(&chunk->findings, "E-TWICE", note->line, raw_of(chunk, note), note->raw_length,
                    "keep one of the two rows",
                    "the same patient, visit and rater are on line %zu already", first_line);
    return ALS_OK;
}

static void report_conflict(struct als_importer *importer, struct als_chunk *chunk,
                            const struct als_row_note *note, const struct als_conflict *conflict)
{
    struct als_csv *csv = als_csv_open_text(raw_of(chunk, note), note->raw_length);
    struct als_csv_record record;
    if (als_csv_next(csv, &record, NULL) != ALS_OK)
        als_bug("a row that was read cannot be read again");
    record.line = note->line;
    struct als_row row = {
        .record = &record, .columns = &importer->columns, .findings = &chunk->findings};
    const bool permitted =
        strcmp(conflict->code, "E-LOCKED") != 0 && strcmp(conflict->code, "E-SITE") != 0;
    als_row_conflict(&row, conflict->column, permitted ? "E-CONFLICT" : conflict->code,
                     permitted ? "give a reason to change stored values (--reason)"
                               : conflict->hint,
                     conflict->text);
    als_csv_close(csv, NULL);
}

static void report_conflicts(struct als_storing *storing, struct als_chunk *chunk)
{
    const struct als_batch *batch = chunk->batch;
    for (size_t i = 0; i < batch->n_conflicts; i++) {
        const struct als_conflict *conflict = &batch->conflicts[i];
        struct als_row_note *note = &chunk->notes[chunk->note_of[conflict->row]];
        note->state = ALS_ROW_REFUSED;
        storing->refused[note->patient] = 1;
        report_conflict(storing->importer, chunk, note, conflict);
    }
}

static void count_outcomes(struct als_storing *storing, const struct als_chunk *chunk)
{
    struct als_importer *importer = storing->importer;
    const struct als_batch *batch = chunk->batch;
    size_t by_outcome[16] = {0};
    for (size_t i = 0; i < batch->n; i++) {
        by_outcome[batch->outcome[i] & 15]++;
        if (batch->outcome[i] == ALS_PUT_NEW || batch->outcome[i] == ALS_PUT_CHANGED)
            storing->touched[chunk->notes[chunk->note_of[i]].patient] = 1;
    }
    importer->result->same += by_outcome[ALS_PUT_SAME];
    importer->result->entered += by_outcome[ALS_PUT_NEW];
    importer->result->changed += by_outcome[ALS_PUT_CHANGED];
    importer->result->out_of_window += chunk->out_of_window;
    for (size_t i = 0; i < chunk->n_notes; i++)
        if (chunk->notes[i].state == ALS_ROW_REFUSED)
            als_importer_reject(importer, &chunk->findings, chunk->notes[i].line,
                                raw_of(chunk, &chunk->notes[i]), chunk->notes[i].raw_length);
}

enum als_status als_storing_put(struct als_storing *storing, struct als_chunk *chunk,
                                struct als_err *err)
{
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < chunk->n_notes && status == ALS_OK; i++)
        if (chunk->notes[i].state == ALS_ROW_READY)
            status = settle_row(storing, chunk, &chunk->notes[i], err);
    if (status == ALS_OK)
        status = als_bulk_put(storing->bulk, chunk->batch, err);
    if (status != ALS_OK)
        return status;
    report_conflicts(storing, chunk);
    als_findings_sort(&chunk->findings);
    count_outcomes(storing, chunk);
    als_importer_send(storing->importer, &chunk->findings);
    return als_doubts_note(storing, chunk, err);
}

/* Keep the rows without a visit for later. */
static enum als_status put_aside(struct als_storing *storing, const struct als_chunk *chunk,
                                 struct als_err *err)
{
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < chunk->n_notes && status == ALS_OK; i++) {
        const struct als_row_note *note = &chunk->notes[i];
        if (note->state != ALS_ROW_ASIDE)
            continue;
        if (!storing->aside)
            status = als_aside_new(storing->importer->store, &storing->aside, err);
        const struct als_aside_row row = {.patient_id = note->patient_id,
                                          .day = note->day,
                                          .line = note->line,
                                          .raw = raw_of(chunk, note),
                                          .raw_length = note->raw_length};
        if (status == ALS_OK)
            status = als_aside_add(storing->aside, &row, err);
    }
    return status;
}

/* ---- Reading, in a thread of its own ---- */

/* Two chunks: one is filled while the other is stored. */
struct exchange {
    struct als_assessor assessor;
    struct als_chunk chunks[2];
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned filled, emptied; /* how many so far */
    bool stop;                /* the storing thread has given up */
};

static void fill_chunk(struct exchange *exchange, struct als_chunk *chunk, size_t most)
{
    struct als_csv *csv = exchange->assessor.importer->csv;
    als_chunk_clear(chunk);
    chunk->status = ALS_OK;
    while (chunk->n_notes < most && chunk->findings.count < FINDINGS_MOST) {
        struct als_csv_record record;
        chunk->status = als_csv_next(csv, &record, &chunk->err);
        if (chunk->status == ALS_DATA) {
            als_finding_fault(&chunk->findings, als_csv_fault(csv));
            chunk->broken = true;
            chunk->status = ALS_OK;
        }
        chunk->last = chunk->status != ALS_OK || record.n == 0;
        if (chunk->last)
            break;
        als_assess(&exchange->assessor, &record, chunk);
    }
    chunk->progress = als_csv_progress(csv);
}

/* Each chunk is twice as large as the one before, up to a whole batch: storing begins soon, and
 * rows that stand in no order are still stored many at a time. */
static void *read_file(void *context)
{
    struct exchange *exchange = context;
    size_t most = FIRST_ROWS;
    for (unsigned i = 0;; i++) {
        pthread_mutex_lock(&exchange->lock);
        while (exchange->filled - exchange->emptied == 2 && !exchange->stop)
            pthread_cond_wait(&exchange->changed, &exchange->lock);
        const bool stop = exchange->stop;
        pthread_mutex_unlock(&exchange->lock);
        if (stop)
            return NULL;
        struct als_chunk *chunk = &exchange->chunks[i % 2];
        fill_chunk(exchange, chunk, most);
        most = 2 * most < ALS_BULK_ROWS ? 2 * most : ALS_BULK_ROWS;
        const bool last = chunk->last;
        pthread_mutex_lock(&exchange->lock);
        exchange->filled++;
        pthread_cond_signal(&exchange->changed);
        pthread_mutex_unlock(&exchange->lock);
        if (last)
            return NULL;
    }
}

static struct als_chunk *wait_for_chunk(struct exchange *exchange)
{
    pthread_mutex_lock(&exchange->lock);
    while (exchange->filled == exchange->emptied)
        pthread_cond_wait(&exchange->changed, &exchange->lock);
    pthread_mutex_unlock(&exchange->lock);
    return &exchange->chunks[exchange->emptied % 2];
}

static void give_back(struct exchange *exchange, bool stop)
{
    pthread_mutex_lock(&exchange->lock);
    exchange->emptied++;
    exchange->stop = stop;
    pthread_cond_signal(&exchange->changed);
    pthread_mutex_unlock(&exchange->lock);
}

static enum als_status store_chunk(struct als_storing *storing, struct als_chunk *chunk,
                                   struct als_err *err)
{
    struct als_importer *importer = storing->importer;
    if (chunk->status != ALS_OK) {
        *err = chunk->err;
        return chunk->status;
    }
    importer->result->rows += chunk->n_notes;
    importer->broken = importer->broken || chunk->broken;
    enum als_status status = put_aside(storing, chunk, err);
    if (status == ALS_OK)
        status = als_storing_put(storing, chunk, err);
    if (status == ALS_OK)
        status = als_importer_progress(importer, chunk->progress, err);
    return status;
}

static enum als_status store_chunks(struct als_storing *storing, struct exchange *exchange,
                                    struct als_err *err)
{
    for (;;) {
        struct als_chunk *chunk = wait_for_chunk(exchange);
        const bool last = chunk->last;
        const enum als_status status = store_chunk(storing, chunk, err);
        give_back(exchange, status != ALS_OK);
        if (last || status != ALS_OK)
            return status;
    }
}

static enum als_status read_and_store(struct als_storing *storing, struct exchange *exchange,
                                      struct als_err *err)
{
    pthread_t reader;
    if (pthread_create(&reader, NULL, read_file, exchange) != 0)
        return als_fail(err, ALS_IO, "E-THREAD", "cannot start a thread");
    enum als_status status = store_chunks(storing, exchange, err);
    pthread_join(reader, NULL);
    if (status == ALS_OK && storing->aside)
        status = als_assign_visits(storing, &exchange->assessor, &exchange->chunks[0], err);
    if (status == ALS_OK)
        status = als_doubts_finish(storing, &exchange->assessor, err);
    return status;
}

static void exchange_open(struct exchange *exchange, struct als_importer *importer)
{
    pthread_mutex_init(&exchange->lock, NULL);
    pthread_cond_init(&exchange->changed, NULL);
    for (size_t i = 0; i < 2; i++) {
        als_chunk_init(&exchange->chunks[i], importer->instrument);
        als_assessor_given(&exchange->assessor, exchange->chunks[i].batch);
    }
}

static void exchange_close(struct exchange *exchange)
{
    for (size_t i = 0; i < 2; i++)
        als_chunk_release(&exchange->chunks[i]);
    als_assessor_release(&exchange->assessor);
    pthread_cond_destroy(&exchange->changed);
    pthread_mutex_destroy(&exchange->lock);
}

static void storing_release(struct als_storing *storing)
{
    als_text_map_release(&storing->visits);
    als_text_map_release(&storing->raters);
    als_seen_free(storing->seen);
    als_aside_free(storing->aside);
    als_bulk_close(storing->bulk);
    free(storing->refused);
    free(storing->touched);
}

enum als_status als_import_assessments(struct als_importer *importer, struct als_err *err)
{
    struct exchange exchange = {.filled = 0};
    struct als_storing storing = {.importer = importer, .seen = als_seen_new(importer->store)};
    const size_t patients = importer->roster.patients.count + 1;
    storing.refused = als_alloc_array(patients, 1);
    storing.touched = als_alloc_array(patients, 1);
    als_text_map_init(&storing.visits);
    als_text_map_init(&storing.raters);
    enum als_status status = als_assessor_init(&exchange.assessor, importer, err);
    exchange_open(&exchange, importer);
    if (status == ALS_OK)
        status = als_bulk_open(importer->store, importer->instrument, importer->options->dry_run,
                               &storing.bulk, err);
    if (status == ALS_OK)
        status = read_and_store(&storing, &exchange, err);
    exchange_close(&exchange);
    storing_release(&storing);
    return status;
}
