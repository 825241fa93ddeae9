/* Removals in the trail, and the texts that history keeps. */
#include "store_int.h"
#include "study.h"

Test(trail, remembers_a_row_that_was_removed_and_entered_again)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_relation *table;
    char text[2048];
    study_open(&study);
    study_fill(&study, 3);
    assert_ok(als_relation_find(study.store, "event", &table, &err), &err);
    study_begin(&study, "entered for the wrong patient");
    assert_ok(als_row_delete(study.store, table, 5, &err), &err);
    assert_ok(als_row_delete(study.store, table, 99, &err), &err);
    assert_ok(als_row_delete(study.store, table, 1, &err), &err);
    cr_expect_eq(study_commit(&study), 3);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM event"), 4);
    study_begin(&study, "it was right");
    struct als_event onset = {.patient_id = 1, .event = "onset", .date = "2018"};
    assert_ok(als_event_put(study.store, &onset, 1, NULL, &err), &err);
    cr_expect_eq(study_commit(&study), 4);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    study_sql(&study, "DROP TRIGGER history_stays;"
                      "DELETE FROM history WHERE operation = 'delete' AND row_id = 1");
    study_verify(&study, text, sizeof text);
    cr_expect_not_null(strstr(text, "change set 3 "), "%s", text);
    cr_expect_not_null(strstr(text, "change set 2 "), "%s", text);
    study_close(&study);
}

Test(trail, old_rows_read_back_as_they_were)
{
    static const struct als_column columns[] = {{"a", ALS_TYPE_INTEGER, ALS_WORDS_NONE},
                                                {"b", ALS_TYPE_REAL, ALS_WORDS_NONE},
                                                {"c", ALS_TYPE_TEXT, ALS_WORDS_NONE},
                                                {"d", ALS_TYPE_TEXT, ALS_WORDS_NONE}};
    const struct als_relation table = {.name = "t", .columns = columns, .n_columns = 4};
    static const double numbers[] = {0.1, 2, -1e300, 5e-324, 1.0 / 3, 123456789012345678.0};
    static const char *const texts[] = {"", "plain", "\"\\/\b\f\n\r\t\x01",
                                        "žluťoučký 漢 🧪"};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        for (size_t k = 0; k < COUNT(texts); k++) {
            struct als_row_cell cells[] = {als_cell_integer(INT64_MIN + (int64_t)i),
                                           als_cell_number(numbers[i]), als_cell_text(texts[k]),
                                           als_cell_text(NULL)};
            struct als_row_cell again[4];
            struct als_arena *arena = als_arena_new();
            struct als_buf json;
            als_buf_init(&json, ALS_BUF_LARGE);
            als_cells_to_json(&table, cells, &json);
            cr_assert(als_cells_from_json(&table, json.data, arena, again), "%s", json.data);
            for (size_t c = 0; c < 4; c++)
                cr_expect(als_cells_equal(&cells[c], &again[c]), "%s column %zu", json.data, c);
            als_buf_release(&json);
            als_arena_free(arena);
        }
    }
}

Test(trail, refuses_what_is_not_a_flat_object)
{
    static const char *const bad[] = {"",
                                      "{",
                                      "[]",
                                      "{\"a\":}",
                                      "{\"a\":1",
                                      "{\"a\":1,}",
                                      "{\"a\":1}x",
                                      "{\"a\":tru}",
                                      "{a:1}",
                                      "{\"a\":\"\\u12\"}",
                                      "{\"a\":\"x}",
                                      "{\"a\":1 2}",
                                      "{,}",
                                      "null",
                                      "{\"a\" 1}",
                                      "{\"a\":\"\\ud800\"}",
                                      "{\"a\":\"\\q\"}"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct als_json json;
        struct als_json_member member;
        als_json_open(&json, bad[i]);
        while (als_json_next(&json, &member))
            ;
        cr_expect(json.failed, "%s", bad[i]);
        als_json_close(&json);
    }
}
