/* Reading and writing the assessment of a page. */
#include "enter.h"

#include "alstrack/store/scan.h"

static void keep_row(struct page *page, const struct als_assessment *row,
                     struct als_assessment *out)
{
    const size_t n = page->instrument->n_items;
    struct als_value *values = als_arena_array(page->arena, n, sizeof *values);
    const char **reasons = als_arena_array(page->arena, n, sizeof *reasons);
    for (size_t i = 0; i < n; i++) {
        values[i] = row->values[i];
        if (values[i].kind == ALS_VALUE_TEXT)
            values[i].text = als_arena_strndup(page->arena, values[i].text, values[i].length);
        reasons[i] = row->item_reasons ? als_arena_strdup(page->arena, row->item_reasons[i]) : NULL;
    }
    *out = *row;
    out->values = values;
    out->item_reasons = reasons;
    out->mode = als_arena_strdup(page->arena, row->mode);
    out->respondent = als_arena_strdup(page->arena, row->respondent);
    out->reason = als_arena_strdup(page->arena, row->reason);
}

static int64_t row_id(const struct als_assessment *row)
{
    return als_key_assessment(als_key_visit(row->patient_id, row->visit_no), row->rater_no);
}

enum als_status store_get(struct page *page, int rater_no, struct als_assessment *out,
                          int64_t *change_id, struct als_err *err)
{
    struct enter *enter = page->enter;
    struct als_store *store = enter->cli->store;
    struct als_scan *scan;
    enum als_status status =
        als_scan_open(store, page->instrument, ALS_SCAN_ITEMS | ALS_SCAN_COLUMNS, enter->patient.id,
                      enter->patient.id, &scan, err);
    if (status)
        return status;
    const struct als_assessment *row;
    bool found = false;
    while (!(status = als_scan_next(scan, &row, err)) && row) {
        if (row->visit_no != enter->visit_no || row->rater_no != rater_no)
            continue;
        keep_row(page, row, out);
        found = true;
    }
    als_scan_close(scan);
    if (status || !found)
        return status;
    return als_assessment_change(store, page->instrument, row_id(out), change_id, err);
}

enum als_status store_put(struct page *page, const struct als_assessment *assessment,
                          struct als_err *err)
{
    struct enter *enter = page->enter;
    struct als_store *store = enter->cli->store;
    int64_t found = 0;
    enum als_status status =
        als_assessment_change(store, page->instrument, row_id(assessment), &found, err);
    if (!status && found != page->expected_change)
        status =
            als_fail(err, ALS_DATA, "E-CHANGED-MEANWHILE", "somebody else has saved it meanwhile");
    if (!status)
        status =
            als_assessment_put(store, page->instrument, assessment, ALS_GIVEN_ALL, NULL, NULL, err);
    return status;
}
