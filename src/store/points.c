/* Measures: one number per assessment, the fast way. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/store/scan.h"
#include "ddl.h"
#include "store_int.h"

/* ---- Finding a measure ---- */

static enum als_status unknown_instrument(const struct als_store *store, const char *code,
                                          struct als_err *err)
{
    const char **codes = als_alloc_array(store->n_definitions, sizeof *codes);
    for (size_t i = 0; i < store->n_definitions; i++)
        codes[i] = store->definitions[i].instrument->code;
    als_fail(err, ALS_USAGE, "E-MEASURE", "%s: the study has no such instrument", code);
    const char *nearest = als_nearest(code, codes, store->n_definitions);
    if (nearest)
        als_err_hint(err, "did you mean %s?", nearest);
    free(codes);
    return ALS_USAGE;
}

static enum als_status unknown_score(const struct als_instrument *instrument, const char *code,
                                     struct als_err *err)
{
    size_t n = 0;
    const char **codes = als_alloc_array(instrument->n_scores + instrument->n_items, sizeof *codes);
    for (size_t i = 0; i < instrument->n_scores; i++)
        codes[n++] = instrument->scores[i].code;
    for (size_t i = 0; i < instrument->n_items; i++)
        codes[n++] = instrument->items[i].code;
    als_fail(err, ALS_USAGE, "E-MEASURE", "%s has no score or item '%s'", instrument->code, code);
    const char *nearest = als_nearest(code, codes, n);
    if (nearest)
        als_err_hint(err, "did you mean %s.%s?", instrument->code, nearest);
    else if (instrument->main_score)
        als_err_hint(err, "its main score is %s.%s", instrument->code, instrument->main_score);
    free(codes);
    return ALS_USAGE;
}

enum als_status als_measure_find(const struct als_store *store, const char *name,
                                 struct als_measure *out, struct als_err *err)
{
    const char *dot = strchr(name, '.');
    if (!dot || dot == name || !dot[1]) {
        als_fail(err, ALS_USAGE, "E-MEASURE", "%s: not a measure", name);
        als_err_hint(err, "a measure is INSTRUMENT.SCORE or INSTRUMENT.ITEM, such as %s",
                     store->protocol->measure ? store->protocol->measure : "alsfrsr.total");
        return ALS_USAGE;
    }
    char *code = als_strndup(name, (size_t)(dot - name));
    const struct als_instrument *instrument = als_store_find_instrument(store, code);
    enum als_status status = instrument ? ALS_OK : unknown_instrument(store, code, err);
    free(code);
    if (status != ALS_OK)
        return status;
    *out = (struct als_measure){.instrument = instrument,
                                .score = als_instrument_score(instrument, dot + 1),
                                .item = als_instrument_item(instrument, dot + 1)};
    if (out->score >= 0)
        out->item = -1;
    else if (out->item < 0)
        return unknown_score(instrument, dot + 1, err);
    snprintf(out->name, sizeof out->name, "%s.%s", instrument->code, dot + 1);
    return ALS_OK;
}

const char *als_measure_label(const struct als_measure *measure)
{
    return measure->score >= 0 ? measure->instrument->scores[measure->score].label
                               : measure->instrument->items[measure->item].label;
}

const char *als_measure_unit(const struct als_measure *measure)
{
    const char *unit = measure->score >= 0 ? measure->instrument->scores[measure->score].unit
                                           : measure->instrument->items[measure->item].unit;
    return unit ? unit : "";
}

void als_measure_bounds(const struct als_measure *measure, double *min, double *max)
{
    if (measure->score >= 0)
        als_score_bounds(&measure->instrument->scores[measure->score], min, max);
    else
        als_item_bounds(&measure->instrument->items[measure->item], min, max);
}

/* ---- Points ---- */

/* A stored or generated column; the last result column counts the answers behind a prorated one. */
static void compose(const struct als_measure *measure, struct als_buf *sql)
{
    const struct als_instrument *instrument = measure->instrument;
    const struct als_score *score =
        measure->score >= 0 ? &instrument->scores[measure->score] : NULL;
    char name[ALS_RELATION_NAME];
    als_relation_name("a", instrument, name);
    als_buf_printf(sql, "SELECT assessment_id, day, \"%s\"",
                   score ? score->code : instrument->items[measure->item].code);
    if (score && score->missing == ALS_MISSING_PRORATED) {
        als_buf_text(sql, ", ");
        als_ddl_answered(instrument, score, sql);
    }
    als_buf_printf(sql, " FROM \"%s\" WHERE assessment_id BETWEEN ?1 AND ?2 ORDER BY assessment_id",
                   name);
}

static enum als_score_source source_of(const struct als_measure *measure, sqlite3_stmt *stmt)
{
    if (measure->score < 0)
        return ALS_SOURCE_ENTERED;
    const struct als_score *score = &measure->instrument->scores[measure->score];
    if (score->kind == ALS_SCORE_COPY)
        return ALS_SOURCE_ENTERED;
    if (score->missing == ALS_MISSING_PRORATED &&
        sqlite3_column_int64(stmt, 3) < (int64_t)score->n_items)
        return ALS_SOURCE_PRORATED;
    return ALS_SOURCE_COMPUTED;
}

static enum als_status own_points(struct als_store *store, const struct als_measure *measure,
                                  int64_t first_id, int64_t last_id, als_point_fn *receive,
                                  void *context, size_t *missing, struct als_err *err)
{
    struct als_buf sql;
    sqlite3_stmt *stmt;
    als_buf_init(&sql, ALS_BUF_LARGE);
    compose(measure, &sql);
    enum als_status status = als_sql_prepare(store, sql.data, &stmt, err);
    als_buf_release(&sql);
    if (status != ALS_OK)
        return status;
    als_scan_bounds(stmt, first_id, last_id);
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        if (als_day_is_cut(store, als_column_day(stmt, 1)))
            continue;
        int64_t id = sqlite3_column_int64(stmt, 0);
        als_store_tell(store, id >> (2 * ALS_KEY_SHIFT), first_id, last_id);
        int type = sqlite3_column_type(stmt, 2);
        if (type == SQLITE_NULL || type == SQLITE_TEXT ||
            sqlite3_column_type(stmt, 1) == SQLITE_NULL) {
            ++*missing;
            continue;
        }
        struct als_point point = {
            id >> (2 * ALS_KEY_SHIFT),      (int)(id >> ALS_KEY_SHIFT & ALS_KEY_MASK),
            (int)(id & ALS_KEY_MASK),       sqlite3_column_int(stmt, 1),
            sqlite3_column_double(stmt, 2), source_of(measure, stmt)};
        receive(&point, context);
    }
    sqlite3_finalize(stmt);
    return status;
}

/* Both in order of id: a step forward finds the next patient. */
static const struct als_patient *patient_of(const struct als_patient_list *patients, size_t *at,
                                            int64_t id)
{
    while (*at < patients->count && patients->items[*at].id < id)
        ++*at;
    return *at < patients->count && patients->items[*at].id == id ? &patients->items[*at] : NULL;
}

static enum als_status person_points(struct als_store *store, const struct als_measure *measure,
                                     const struct als_patient_list *patients, int64_t first_id,
                                     int64_t last_id, als_point_fn *receive, void *context,
                                     size_t *missing, struct als_err *err)
{
    struct als_scan *scan;
    const struct als_assessment *row;
    size_t at = 0;
    enum als_status status =
        als_scan_open(store, measure->instrument, ALS_SCAN_ITEMS, first_id, last_id, &scan, err);
    if (status != ALS_OK)
        return status;
    while ((status = als_scan_next(scan, &row, err)) == ALS_OK && row) {
        struct als_person person = {.sex = ALS_SEX_UNKNOWN,
                                    .age_years = (double)NAN,
                                    .height_cm = (double)NAN,
                                    .equation = store->protocol->fvc_equation};
        const struct als_patient *patient = patient_of(patients, &at, row->patient_id);
        if (patient)
            person = als_patient_person(patient, store->protocol, row->day);
        struct als_score_value score =
            als_score_compute(measure->instrument, (size_t)measure->score, row->values, &person);
        if (isnan(score.value) || row->day == ALS_NO_DAY) {
            ++*missing;
            continue;
        }
        struct als_point point = {row->patient_id, row->visit_no, row->rater_no,
                                  row->day,        score.value,   score.source};
        receive(&point, context);
    }
    als_scan_close(scan);
    return status;
}

enum als_status als_points_each(struct als_store *store, const struct als_measure *measure,
                                const struct als_patient_list *patients, int64_t first_id,
                                int64_t last_id, als_point_fn *receive, void *context,
                                size_t *missing, struct als_err *err)
{
    size_t ignored = 0;
    size_t *count = missing ? missing : &ignored;
    *count = 0;
    bool own = measure->score < 0 || als_score_is_own(&measure->instrument->scores[measure->score]);
    if (own)
        return own_points(store, measure, first_id, last_id, receive, context, count, err);
    return person_points(store, measure, patients, first_id, last_id, receive, context, count, err);
}
