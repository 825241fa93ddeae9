/* Change sets: all or nothing, who and why, and what they report. */
#include "study.h"

Test(change, stores_nothing_when_nothing_was_written)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    int64_t change_id = 7;
    study_open(&study);
    study_begin(&study, NULL);
    assert_ok(als_change_commit(study.store, &change_id, &err), &err);
    cr_expect_eq(change_id, 0);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM change_set"), 1);
    study_close(&study);
}

Test(change, forgets_everything_when_abandoned)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    int number;
    study_open(&study);
    study_begin(&study, NULL);
    study_add_patient(&study, "P1");
    assert_ok(als_store_add_visit_code(study.store, "UNS1", &number, &err), &err);
    assert_ok(als_store_add_rater(study.store, "Ota", &number, &err), &err);
    cr_expect_eq(number, 1);
    als_change_abandon(study.store);
    cr_expect_eq(als_store_visit_no(study.store, "UNS1", 4), 0);
    cr_expect_eq(als_store_rater_no(study.store, "Ota", 3), -1);
    study_begin(&study, NULL);
    study_add_patient(&study, "P2");
    assert_ok(als_store_add_rater(study.store, "Sato", &number, &err), &err);
    cr_expect_eq(number, 1);
    study_commit(&study);
    cr_expect_str_eq(als_store_rater(study.store, 1), "Sato");
    cr_expect_eq(study_verify(&study, NULL, 0), 0);
    study_close(&study);
}

Test(change, needs_a_user)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_change_info info = {.user = "", .command = "test"};
    study_open(&study);
    cr_expect_eq(als_change_begin(study.store, &info, &err), ALS_USAGE);
    study_close(&study);
}

Test(change, takes_blanks_for_no_reason_and_trims_one)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    study_open(&study);
    study_fill(&study, 1);
    study_begin(&study, " \t ");
    const struct als_patient patient = {.patient = "P1", .site = "BRN"};
    struct als_patient changed = patient;
    cr_expect_eq(als_patient_put(study.store, &changed, 1, NULL, &err), ALS_DATA);
    als_change_abandon(study.store);
    study_begin(&study, "  moved ");
    assert_ok(als_patient_put(study.store, &changed, 1, NULL, &err), &err);
    study_commit(&study);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM change_set WHERE reason = 'moved'"), 1);
    study_close(&study);
}

Test(change, refuses_a_write_outside)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_patient patient = {.patient = "P1", .height_cm = (double)NAN};
    study_open(&study);
    cr_expect_eq(als_patient_put(study.store, &patient, ALS_GIVEN_ALL, NULL, &err), ALS_INTERNAL);
    study_close(&study);
}

Test(change, keeps_the_trail_append_only_for_every_program)
{
    static const char *const attempts[] = {
        "UPDATE change_set SET user = 'x'",
        "DELETE FROM change_set",
        "INSERT OR REPLACE INTO change_set SELECT * FROM change_set WHERE change_id = 1",
        "UPDATE history SET old_row = ''",
        "DELETE FROM history",
        "INSERT OR REPLACE INTO history SELECT * FROM history",
    };
    struct study study;
    study_open(&study);
    study_fill(&study, 1);
    study_begin(&study, "second look");
    study_add_alsfrsr(&study, 1, "SCR", 18263, 2);
    study_commit(&study);
    for (size_t i = 0; i < COUNT(attempts); i++) {
        char command[600];
        snprintf(command, sizeof command, "sqlite3 '%s' \"%s\" 2>/dev/null", study.path,
                 attempts[i]);
        cr_expect_neq(system(command), 0, "%s", attempts[i]);
    }
    cr_expect_eq(study_verify(&study, NULL, 0), 0);
    study_close(&study);
}

/* ---- Cell by cell ---- */

struct seen {
    size_t count;
    char text[4096];
};

static void note_cell(const struct als_cell_change *cell, void *context)
{
    struct seen *seen = context;
    size_t used = strlen(seen->text);
    snprintf(seen->text + used, sizeof seen->text - used, "%s %s %s %s>%s\n", cell->table,
             cell->key, cell->column, cell->old_text ? cell->old_text : "(none)", cell->new_text);
    seen->count++;
}

Test(change, shows_cell_by_cell_what_a_dry_run_would_do)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct seen seen = {0, ""};
    study_open(&study);
    study_fill(&study, 1);
    als_store_on_cell_change(study.store, note_cell, &seen);
    study_begin(&study, "dry run");
    struct als_patient patient = {.patient = "P1", .height_cm = 179.5, .arm = "A"};
    assert_ok(als_patient_put(study.store, &patient, 1u << 3 | 1u << 4, NULL, &err), &err);
    cr_expect_eq(seen.count, 2);
    cr_expect_not_null(strstr(seen.text, "patient P1 height_cm 178>179.5\n"), "%s", seen.text);
    cr_expect_not_null(strstr(seen.text, "patient P1 arm >A\n"), "%s", seen.text);
    struct als_patient other = {.patient = "P2", .height_cm = (double)NAN};
    assert_ok(als_patient_put(study.store, &other, ALS_GIVEN_ALL, NULL, &err), &err);
    cr_expect_not_null(strstr(seen.text, "patient P2 patient (none)>P2\n"), "%s", seen.text);
    als_change_abandon(study.store);
    als_store_on_cell_change(study.store, NULL, NULL);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM patient WHERE height_cm = 178"), 1);
    study_close(&study);
}

/* ---- Reading the trail ---- */

static void note_change(const struct als_audit_row *row, void *context)
{
    struct seen *seen = context;
    size_t used = strlen(seen->text);
    snprintf(seen->text + used, sizeof seen->text - used, "%lld %s %s %s %s %s\n",
             (long long)row->change_id, row->user, row->command, row->reason ? row->reason : "-",
             row->source_name ? row->source_name : "-",
             row->source_sha256 ? row->source_sha256 : "-");
    cr_expect_eq(strlen(row->digest_hex), 64);
    cr_expect_eq(strlen(row->at_utc), strlen("2026-01-01T00:00:00.000Z"));
    seen->count++;
}

static void note_value(const struct als_audit_cell *cell, void *context)
{
    struct seen *seen = context;
    size_t used = strlen(seen->text);
    snprintf(seen->text + used, sizeof seen->text - used, "%s %s %s %s %s>%s (%s)\n",
             cell->operation, cell->table, cell->key, cell->column,
             cell->old_text ? cell->old_text : "(none)", cell->new_text ? cell->new_text : "(none)",
             cell->reason);
    seen->count++;
}

Test(change, lists_change_sets_and_every_changed_value)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct seen seen = {0, ""};
    study_open(&study);
    study_fill(&study, 2);
    struct als_change_info info = {.user = "anna",
                                   .command = "import patients",
                                   .reason = "source data checked",
                                   .source_name = "patients.csv"};
    assert_ok(als_change_begin(study.store, &info, &err), &err);
    struct als_patient patient = {.patient = "P1", .height_cm = 150};
    assert_ok(als_patient_put(study.store, &patient, 1u << 3, NULL, &err), &err);
    patient.height_cm = 151;
    assert_ok(als_patient_put(study.store, &patient, 1u << 3, NULL, &err), &err);
    als_change_set_source(study.store, "00ff");
    study_commit(&study);
    study_begin(&study, "form of P2");
    study_add_alsfrsr(&study, 2, "SCR", 18264, 1);
    study_commit(&study);

    assert_ok(als_audit_each(study.store, note_change, &seen, &err), &err);
    cr_expect_eq(seen.count, 4);
    cr_expect_not_null(
        strstr(seen.text, "3 anna import patients source data checked patients.csv 00ff\n"), "%s",
        seen.text);

    seen = (struct seen){0, ""};
    assert_ok(als_audit_cells(study.store, "P1", note_value, &seen, &err), &err);
    cr_expect_str_eq(seen.text, "update patient P1 height_cm 178>150 (source data checked)\n"
                                "update patient P1 height_cm 150>151 (source data checked)\n");
    seen = (struct seen){0, ""};
    assert_ok(als_audit_cells(study.store, NULL, note_value, &seen, &err), &err);
    cr_expect_eq(seen.count, 2 + 12, "%s", seen.text);
    cr_expect_not_null(strstr(seen.text, "update a_alsfrsr P2/SCR speech 4>1 (form of P2)\n"), "%s",
                       seen.text);
    study_close(&study);
}

/* ---- Order of entry ---- */

/* The digest that is streamed and the one that is rebuilt are the same function. */
Test(change, digests_do_not_depend_on_the_order_of_entry)
{
    char tables[2][512];
    for (int reverse = 0; reverse < 2; reverse++) {
        struct study study;
        study_open(&study);
        study_begin(&study, NULL);
        for (int i = 1; i <= 5; i++) {
            char name[8];
            snprintf(name, sizeof name, "P%d", i);
            study_add_patient(&study, name);
        }
        for (int i = 0; i < 5; i++)
            study_add_alsfrsr(&study, reverse ? 5 - i : i + 1, "SCR", 18262, 2);
        study_commit(&study);
        cr_expect_eq(study_verify(&study, NULL, 0), 0);
        char command[700];
        snprintf(command, sizeof command,
                 "sqlite3 '%s' 'SELECT tables FROM change_set WHERE change_id = 2'", study.path);
        FILE *pipe = popen(command, "r");
        cr_assert_not_null(pipe);
        size_t n = fread(tables[reverse], 1, sizeof tables[0] - 1, pipe);
        tables[reverse][n] = '\0';
        pclose(pipe);
        study_close(&study);
    }
    cr_expect_not_null(strstr(tables[0], "a_alsfrsr 5 "));
    cr_expect_str_eq(tables[0], tables[1]);
}
