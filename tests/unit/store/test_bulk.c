/*
 * Entering in batches: the same study as row by row, whatever is stored before.
 */
#include "als_test.h"
#include "alstrack/store/bulk.h"
#include "study.h"

#define N_PATIENTS 40

static unsigned next(unsigned *seed, unsigned below)
{
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 16) % below;
}

/* Rows in random order of key, several raters, some not done, each key once. */
static void fill(struct als_batch *batch, const struct study *study, unsigned seed)
{
    static const char *const codes[] = {"SCR", "D0", "MN1", "MN3"};
    const struct als_instrument *instrument = batch->instrument;
    als_batch_clear(batch);
    batch->given = ALS_GIVEN_ALL;
    for (size_t i = 0; i < instrument->n_items; i++)
        batch->given_item[i] = true;
    for (int64_t patient = N_PATIENTS; patient >= 1; patient--)
        for (size_t v = 0; v < COUNT(codes); v++) {
            const int rater = (int)next(&seed, 2);
            if (next(&seed, 10) < 3)
                continue;
            const size_t n = batch->n++;
            const int64_t visit = als_key_visit(patient, study_visit(study, codes[v]));
            batch->assessment_id[n] = als_key_assessment(visit, rater);
            batch->not_done[n] = next(&seed, 10) == 0;
            batch->day[n] =
                batch->not_done[n] ? ALS_NO_DAY : 18000 + (int)(30 * v + next(&seed, 5));
            batch->mode[n] = (uint8_t)next(&seed, 5);
            batch->assigned[n] = 0;
            batch->outcome[n] = 0;
            batch->respondent[n] = next(&seed, 4) ? NULL : "carer";
            batch->reason[n] = batch->not_done[n] ? "refused" : NULL;
            batch->item_reasons[n] = NULL;
            for (size_t i = 0; i < instrument->n_items; i++) {
                const bool missing = batch->not_done[n] || next(&seed, 12) == 0;
                union als_batch_cell *cell = &batch->cells[i][n];
                if (als_item_cell_type(&instrument->items[i]) == ALS_CELL_INTEGER)
                    cell->integer = missing ? ALS_BULK_MISSING : (int64_t)next(&seed, 5);
                else
                    cell->text = missing ? NULL : "a";
            }
        }
}

static void open_study(struct study *study)
{
    study_open(study);
    study_begin(study, NULL);
    char name[16];
    for (int i = 1; i <= N_PATIENTS; i++) {
        snprintf(name, sizeof name, "P%d", i);
        study_add_patient(study, name);
    }
    int rater;
    struct als_err err = {.code = ""};
    assert_ok(als_store_add_rater(study->store, "ann", &rater, &err), &err);
    cr_assert_eq(rater, 1);
    study_commit(study);
}

/* Enter a batch of random rows in a change set of its own; counts by outcome. */
static void enter(struct study *study, bool row_by_row, unsigned seed, const char *reason,
                  size_t counts[16])
{
    const struct als_instrument *instrument = als_store_find_instrument(study->store, "alsfrsr");
    struct als_batch *batch = als_batch_new(instrument);
    struct als_bulk *bulk;
    struct als_err err = {.code = ""};
    fill(batch, study, seed);
    study_begin(study, reason);
    assert_ok(als_bulk_open(study->store, instrument, row_by_row, &bulk, &err), &err);
    assert_ok(als_bulk_put(bulk, batch, &err), &err);
    als_bulk_close(bulk);
    memset(counts, 0, 16 * sizeof *counts);
    for (size_t i = 0; i < batch->n; i++)
        counts[batch->outcome[i] & 15]++;
    study_commit(study);
    als_batch_free(batch);
}

/* Everything that is stored, without the numbers of change sets. */
static int64_t fingerprint(const struct study *study, const char *column, const char *table)
{
    char sql[600];
    snprintf(sql, sizeof sql, "SELECT ifnull(sum((%s) * 7919 %% 1000003), 0) FROM %s", column,
             table);
    return study_number(study, sql);
}

static void assert_equal_studies(const struct study *one, const struct study *other)
{
    static const char *const columns[][2] = {
        {"assessment_id", "a_alsfrsr"},
        {"assessment_id * ifnull(day, 1)", "a_alsfrsr"},
        {"assessment_id * length(ifnull(mode, '') || ifnull(respondent, '') || status)",
         "a_alsfrsr"},
        {"assessment_id * (ifnull(speech, 9) + 10 * ifnull(walking, 9) + 100 * ifnull(cutting, 9))",
         "a_alsfrsr"},
        {"assessment_id * (ifnull(total, 99) + length(ifnull(cutting_form, '')))", "a_alsfrsr"},
        {"visit_id", "visit"},
        {"visit_id * (ifnull(day, 3) + length(status) + made + 2 * assigned)", "visit"},
    };
    for (size_t i = 0; i < COUNT(columns); i++)
        cr_assert_eq(fingerprint(one, columns[i][0], columns[i][1]),
                     fingerprint(other, columns[i][0], columns[i][1]), "%s differs", columns[i][0]);
}

Test(bulk, gives_the_same_study_as_row_by_row, .timeout = 120)
{
    struct study one, other;
    open_study(&one);
    open_study(&other);
    for (unsigned seed = 1; seed <= 4; seed++) {
        size_t bulk[16], rows[16];
        enter(&one, false, seed, "a reason", bulk);
        enter(&other, true, seed, "a reason", rows);
        for (size_t i = 0; i < 16; i++)
            cr_assert_eq(bulk[i], rows[i], "seed %u outcome %zu: %zu and %zu", seed, i, bulk[i],
                         rows[i]);
        assert_equal_studies(&one, &other);
        if (seed > 1)
            cr_assert_gt(bulk[ALS_PUT_CHANGED], 0);
    }
    char text[2000];
    cr_assert_eq(study_verify(&one, text, sizeof text), 0, "%s", text);
    cr_assert_eq(study_verify(&other, text, sizeof text), 0, "%s", text);
    study_close(&one);
    study_close(&other);
}

Test(bulk, leaves_equal_rows_alone_and_refuses_others_without_a_reason, .timeout = 120)
{
    struct study study;
    size_t first[16], again[16], other[16];
    open_study(&study);
    enter(&study, false, 1, NULL, first);
    enter(&study, false, 1, NULL, again);
    cr_assert_eq(again[ALS_PUT_SAME], first[ALS_PUT_NEW]);
    enter(&study, false, 2, NULL, other);
    cr_assert_gt(other[ALS_BULK_CONFLICT], 0);
    cr_assert_eq(other[ALS_PUT_CHANGED], 0);
    cr_assert_eq(study_number(&study, "SELECT count(*) FROM history WHERE table_name <> 'visit'"),
                 0);
    char text[2000];
    cr_assert_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    study_close(&study);
}

/* What a file of patient, visit, date, status and reason says: no column for any item. A third of
 * the rows were not done. */
static void narrow(struct als_batch *batch)
{
    const struct als_instrument *instrument = batch->instrument;
    batch->given = 1u << 0 | 1u << 3 | 1u << 4;
    for (size_t i = 0; i < instrument->n_items; i++)
        batch->given_item[i] = false;
    for (size_t n = 0; n < batch->n; n++) {
        batch->not_done[n] = n % 3 == 0;
        batch->day[n] = batch->not_done[n] ? ALS_NO_DAY : 18100 + (int)(n % 7);
        batch->mode[n] = 0;
        batch->respondent[n] = NULL;
        batch->reason[n] = batch->not_done[n] ? "refused" : NULL;
        for (size_t i = 0; i < instrument->n_items; i++) {
            if (als_item_cell_type(&instrument->items[i]) == ALS_CELL_INTEGER)
                batch->cells[i][n].integer = ALS_BULK_MISSING;
            else
                batch->cells[i][n].text = NULL;
        }
    }
}

Test(bulk, a_row_turned_not_done_keeps_no_answer_as_row_by_row, .timeout = 120)
{
    struct study studies[2];
    struct als_err err = {.code = ""};
    char text[2000];
    for (int way = 0; way < 2; way++) {
        struct study *study = &studies[way];
        size_t counts[16];
        open_study(study);
        enter(study, way == 1, 1, NULL, counts);
        const struct als_instrument *instrument =
            als_store_find_instrument(study->store, "alsfrsr");
        struct als_batch *batch = als_batch_new(instrument);
        struct als_bulk *bulk;
        fill(batch, study, 2);
        narrow(batch);
        study_begin(study, "forms of other patients");
        assert_ok(als_bulk_open(study->store, instrument, way == 1, &bulk, &err), &err);
        assert_ok(als_bulk_put(bulk, batch, &err), &err);
        als_bulk_close(bulk);
        study_commit(study);
        als_batch_free(batch);
        cr_expect_eq(study_number(study, "SELECT count(*) FROM a_alsfrsr WHERE status = 'not-done'"
                                         " AND (speech IS NOT NULL OR cutting_form IS NOT NULL"
                                         " OR total IS NOT NULL)"),
                     0);
        cr_expect_gt(study_number(study, "SELECT count(*) FROM history WHERE table_name ="
                                         " 'a_alsfrsr' AND old_row ->> 'speech' IS NOT NULL"),
                     5);
        cr_expect_eq(study_verify(study, text, sizeof text), 0, "%s", text);
    }
    assert_equal_studies(&studies[0], &studies[1]);
    study_close(&studies[0]);
    study_close(&studies[1]);
}

/* Rows that contradict themselves are refused, on either way in. */
Test(bulk, refuses_an_answer_of_a_row_that_was_not_done)
{
    for (int way = 0; way < 2; way++) {
        struct study study;
        struct als_err err = {.code = ""};
        struct als_bulk *bulk;
        open_study(&study);
        const struct als_instrument *instrument = als_store_find_instrument(study.store, "alsfrsr");
        struct als_batch *batch = als_batch_new(instrument);
        fill(batch, &study, 1);
        batch->n = 1;
        batch->not_done[0] = 1;
        batch->day[0] = ALS_NO_DAY;
        batch->cells[0][0].integer = 3;
        study_begin(&study, NULL);
        assert_ok(als_bulk_open(study.store, instrument, way == 1, &bulk, &err), &err);
        assert_ok(als_bulk_put(bulk, batch, &err), &err);
        als_bulk_close(bulk);
        cr_expect_eq(batch->outcome[0], ALS_BULK_CONFLICT);
        cr_expect(strstr(batch->conflicts[0].text, "not done, but speech is answered"), "%s",
                  batch->conflicts[0].text);
        als_batch_free(batch);
        als_change_abandon(study.store);
        study_close(&study);
    }
}

/* Keys named before are found again with their lines, also after many and out of order. */
Test(bulk, remembers_keys_beyond_what_it_keeps_in_memory, .timeout = 120)
{
    struct study study;
    struct als_err err = {.code = ""};
    size_t line;
    open_study(&study);
    struct als_seen *seen = als_seen_new(study.store);
    for (int64_t key = 1; key <= 150000; key++) {
        assert_ok(als_seen_add(seen, 2 * key, (size_t)key + 1, &line, &err), &err);
        cr_assert_eq(line, 0);
    }
    static const struct {
        int64_t key;
        size_t line;
    } asked[] = {{2, 2}, {300000, 150001}, {3, 0}, {3, 7}, {200000, 100001}, {300001, 0}};
    for (size_t i = 0; i < COUNT(asked); i++) {
        assert_ok(als_seen_add(seen, asked[i].key, 7, &line, &err), &err);
        cr_assert_eq(line, asked[i].line, "key %lld: line %zu", (long long)asked[i].key, line);
    }
    als_seen_free(seen);
    study_close(&study);
}

Test(bulk, reads_rows_put_aside_in_order_of_patient_day_and_line)
{
    static const struct als_aside_row rows[] = {
        {2, 10, 5, "e", 1}, {1, 20, 4, "d", 1}, {1, 10, 9, "c", 1}, {1, 10, 3, "b,\n", 3}};
    struct study study;
    struct als_err err = {.code = ""};
    open_study(&study);
    struct als_aside *aside;
    assert_ok(als_aside_new(study.store, &aside, &err), &err);
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_ok(als_aside_add(aside, &rows[i], &err), &err);
    for (size_t i = COUNT(rows); i-- > 0;) {
        struct als_aside_row row;
        bool more;
        assert_ok(als_aside_next(aside, &row, &more, &err), &err);
        cr_assert(more && row.line == rows[i].line && row.raw_length == rows[i].raw_length);
        cr_assert_eq(memcmp(row.raw, rows[i].raw, row.raw_length), 0);
    }
    als_aside_free(aside);
    study_close(&study);
}
