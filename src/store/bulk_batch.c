/* Batches: rows in columns, allocated once and filled again and again. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/alloc.h"
#include "alstrack/store/bulk.h"

enum als_cell_type als_item_cell_type(const struct als_item *item)
{
    switch (item->type) {
    case ALS_ITEM_INTEGER:
    case ALS_ITEM_YESNO:
        return ALS_CELL_INTEGER;
    case ALS_ITEM_NUMBER:
        return ALS_CELL_NUMBER;
    case ALS_ITEM_CHOICE:
        return item->numeric_choice ? ALS_CELL_INTEGER : ALS_CELL_TEXT;
    case ALS_ITEM_TEXT:
    case ALS_ITEM_DATE:
        break;
    }
    return ALS_CELL_TEXT;
}

struct als_value als_batch_value(const struct als_batch *batch, size_t item, size_t row)
{
    const union als_batch_cell *cell = &batch->cells[item][row];
    switch (als_item_cell_type(&batch->instrument->items[item])) {
    case ALS_CELL_INTEGER:
        if (cell->integer != ALS_BULK_MISSING)
            return (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = cell->integer};
        break;
    case ALS_CELL_NUMBER:
        if (!isnan(cell->number))
            return (struct als_value){.kind = ALS_VALUE_NUMBER, .number = cell->number};
        break;
    case ALS_CELL_TEXT:
        if (cell->text)
            return (struct als_value){
                .kind = ALS_VALUE_TEXT, .text = cell->text, .length = strlen(cell->text)};
        break;
    }
    return ALS_MISSING_VALUE;
}

struct als_batch *als_batch_new(const struct als_instrument *instrument)
{
    const size_t n = ALS_BULK_ROWS;
    struct als_batch *batch = als_alloc(sizeof *batch);
    batch->instrument = instrument;
    batch->assessment_id = als_alloc_array(n, sizeof *batch->assessment_id);
    batch->day = als_alloc_array(n, sizeof *batch->day);
    batch->mode = als_alloc_array(n, 1);
    batch->not_done = als_alloc_array(n, 1);
    batch->assigned = als_alloc_array(n, 1);
    batch->outcome = als_alloc_array(n, 1);
    batch->respondent = als_alloc_array(n, sizeof *batch->respondent);
    batch->reason = als_alloc_array(n, sizeof *batch->reason);
    batch->item_reasons = als_alloc_array(n, sizeof *batch->item_reasons);
    batch->cells = als_alloc_array(instrument->n_items, sizeof *batch->cells);
    for (size_t i = 0; i < instrument->n_items; i++)
        batch->cells[i] = als_alloc_array(n, sizeof *batch->cells[i]);
    batch->given_item = als_alloc_array(instrument->n_items, sizeof *batch->given_item);
    batch->arena = als_arena_new();
    return batch;
}

void als_batch_clear(struct als_batch *batch)
{
    als_arena_clear(batch->arena);
    batch->n = batch->n_conflicts = 0;
}

void als_batch_free(struct als_batch *batch)
{
    if (!batch)
        return;
    for (size_t i = 0; i < batch->instrument->n_items; i++)
        free(batch->cells[i]);
    free(batch->cells);
    free(batch->assessment_id);
    free(batch->day);
    free(batch->mode);
    free(batch->not_done);
    free(batch->assigned);
    free(batch->outcome);
    free((void *)batch->respondent);
    free((void *)batch->reason);
    free((void *)batch->item_reasons);
    free(batch->given_item);
    free(batch->conflicts);
    als_arena_free(batch->arena);
    free(batch);
}
