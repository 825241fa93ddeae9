/* Whatever was tampered with, verify finds it and names the change set. */
#include "study.h"

static const char drop_triggers[] =
    "DROP TRIGGER change_set_is_final; DROP TRIGGER change_set_stays;"
    "DROP TRIGGER change_set_is_new; DROP TRIGGER history_is_final;"
    "DROP TRIGGER history_stays; DROP TRIGGER history_is_new;";

/* Change sets: 1 init, 2 first entries, 3 corrections with a reason, 4 one more assessment. */
static void fill(struct study *study)
{
    struct als_err err = {.status = ALS_OK};
    study_open(study);
    study_fill(study, 4);
    study_begin(study, "read the paper form again");
    cr_assert_eq(study_add_alsfrsr(study, 2, "SCR", 18264, 2), ALS_PUT_CHANGED);
    struct als_patient patient = {.patient = "P3", .height_cm = 181};
    assert_ok(als_patient_put(study->store, &patient, 1u << 3, NULL, &err), &err);
    int rater;
    assert_ok(als_store_add_rater(study->store, "Dr. Ota", &rater, &err), &err);
    cr_assert_eq(study_commit(study), 3);
    study_begin(study, NULL);
    study_add_alsfrsr(study, 1, "MN3", 18382, 2);
    cr_assert_eq(study_commit(study), 4);
}

Test(verify, finds_nothing_in_an_untouched_study)
{
    struct study study;
    char text[4096];
    fill(&study);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    study_reopen(&study, ALS_STORE_READ);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    study_close(&study);
}

/* What is done to the file, and a text that must be among the findings. */
static const struct tampering {
    const char *sql, *expected;
} tamperings[] = {
    /* first entries: edited, deleted, added, attributed to another change set */
    {"UPDATE a_alsfrsr SET speech = 0 WHERE assessment_id >> 24 = 1 AND speech = 4",
     "change set 2 "},
    {"UPDATE a_alsfrsr SET day = day + 1 WHERE assessment_id >> 24 = 4", "change set 2 "},
    {"UPDATE a_alsfrsr SET cutting_form = 'b' WHERE change_id = 4", "change set 4 "},
    {"DELETE FROM a_alsfrsr WHERE change_id = 4", "change set 4 "},
    {"INSERT INTO a_alsfrsr (assessment_id, day, status, version_no, change_id) SELECT"
     " assessment_id + 1, day, status, version_no, 2 FROM a_alsfrsr WHERE change_id = 4",
     "change set 2 "},
    {"UPDATE a_alsfrsr SET change_id = 2 WHERE change_id = 4", "change set 4 "},
    {"UPDATE a_alsfrsr SET assessment_id = assessment_id + 1 WHERE change_id = 4", "change set 4 "},
    {"UPDATE a_alsfrsr SET change_id = 99 WHERE change_id = 4", "change set 99"},
    {"UPDATE a_alsfrsr SET version_no = 2 WHERE change_id = 4", "change set 4 "},
    {"UPDATE a_alsfrsr SET item_reasons = '{}' WHERE change_id = 4", "change set 4 "},
    {"UPDATE patient SET birth_date = '1961' WHERE patient = 'P1'", "change set 2 "},
    {"UPDATE patient SET patient = 'P9' WHERE patient = 'P1'", "change set 2 "},
    {"UPDATE patient SET height_cm = 180 WHERE patient = 'P3'", "change set 3 "},
    {"INSERT INTO patient (patient, change_id) VALUES ('P5', 2)", "change set 2 "},
    {"PRAGMA foreign_keys = OFF; DELETE FROM patient WHERE patient = 'P4'", "change set 2 "},
    {"UPDATE patient SET change_id = 3 WHERE patient = 'P4'", "change set 3 "},
    {"UPDATE event SET date = '2019' WHERE event = 'onset' AND patient_id = 2", "change set 2 "},
    {"UPDATE event SET value = 2e6 WHERE event = 'infusion' AND patient_id = 2", "change set 2 "},
    {"UPDATE event SET patient_id = 4, date = '2017' WHERE event = 'onset' AND patient_id = 3",
     "change set 2 "},
    {"DELETE FROM event WHERE event = 'onset' AND patient_id = 2", "change set 2 "},
    {"INSERT INTO event (patient_id, event, date, change_id) VALUES (1, 'death', '2020', 2)",
     "change set 2 "},
    {"UPDATE event SET change_id = 4 WHERE event = 'onset' AND patient_id = 2", "change set 4 "},
    {"UPDATE visit SET day = day - 1 WHERE change_id = 4", "change set 4 "},
    {"UPDATE visit SET mode = 'phone' WHERE change_id = 4", "change set 4 "},
    {"DELETE FROM visit WHERE change_id = 4", "change set 4 "},
    {"INSERT INTO visit (visit_id, day, status, change_id) VALUES (8196, 18300, 'done', 4)",
     "change set 4 "},
    {"UPDATE visit SET change_id = 2 WHERE change_id = 4", "change set 2 "},
    {"UPDATE procedure SET status = 'not-done' WHERE procedure_id = 2", "change set 2 "},
    {"DELETE FROM procedure WHERE procedure_id = 4", "change set 2 "},
    {"INSERT INTO procedure (visit_id, procedure, status, change_id) VALUES (4098, 'mri',"
     " 'not-done', 2)",
     "change set 2 "},
    {"UPDATE procedure SET change_id = 3 WHERE procedure_id = 4", "change set 3 "},
    {"UPDATE adverse_event SET grade = 3 WHERE patient_id = 2", "change set 2 "},
    {"UPDATE adverse_event SET visit_no = 1 WHERE patient_id = 2", "change set 2 "},
    {"DELETE FROM adverse_event WHERE patient_id = 4", "change set 2 "},
    {"INSERT INTO adverse_event (patient_id, ae_id, term, system, change_id) VALUES (1, '2', 'x',"
     " 'severity-3', 4)",
     "change set 4 "},
    {"UPDATE adverse_event SET change_id = 4 WHERE patient_id = 4", "change set 4 "},
    {"UPDATE visit_code SET label = 'Other' WHERE code = 'MN3'", "change set 1 "},
    {"UPDATE visit_code SET code = 'X' WHERE code = 'MN3'; UPDATE visit_code SET code = 'MN3' WHERE"
     " code = 'MN1'; UPDATE visit_code SET code = 'MN1' WHERE code = 'X'",
     "change set 1 "},
    {"INSERT INTO visit_code VALUES (77, 'NEW', 'New', 1)", "change set 1 "},
    {"PRAGMA foreign_keys = OFF; DELETE FROM visit_code WHERE code = 'MN3'", "change set 1 "},
    {"UPDATE visit_code SET change_id = 2 WHERE code = 'MN3'", "change set 2 "},
    {"UPDATE rater SET rater = 'Dr. Who'", "change set 3 "},
    {"DELETE FROM rater", "change set 3 "},
    {"INSERT INTO rater VALUES (2, 'Dr. Who', 3)", "change set 3 "},
    {"UPDATE rater SET change_id = 2", "change set 2 "},
    {"UPDATE definition SET source = source || ' ' WHERE code = 'fvc'", "change set 1 "},
    {"UPDATE definition SET change_id = 2 WHERE code = 'fvc'", "change set 2 "},
    /* the trail itself */
    {"UPDATE history SET old_row = replace(old_row, '4', '3') WHERE table_name = 'a_alsfrsr'",
     "change set 2 "},
    {"UPDATE history SET old_row = replace(old_row, '178.0', '177.0')", "change set 3 "},
    {"UPDATE history SET row_key = 'P1' WHERE table_name = 'patient'", "change set 3 "},
    {"UPDATE history SET patient_id = 1 WHERE table_name = 'patient'", "another patient"},
    {"UPDATE history SET operation = 'delete' WHERE table_name = 'patient'", "change set 3 "},
    {"UPDATE history SET old_change = 1 WHERE table_name = 'patient'", "change set 3 "},
    {"UPDATE history SET change_id = 4 WHERE table_name = 'patient'", "change set 4 "},
    {"UPDATE history SET table_name = 'visit' WHERE table_name = 'patient'", "change set 3 "},
    {"UPDATE history SET table_name = 'nowhere' WHERE table_name = 'patient'", "nowhere"},
    {"UPDATE history SET row_id = 4 WHERE table_name = 'patient'", "change set 3 "},
    {"UPDATE history SET old_row = '{\"patient\":' WHERE table_name = 'patient'", "cannot be read"},
    {"DELETE FROM history WHERE table_name = 'patient'", "change set 3 "},
    {"INSERT INTO history SELECT 90, 4, table_name, row_id, row_key, patient_id, operation, 3,"
     " old_row FROM history WHERE table_name = 'patient'",
     "change set 4 "},
    {"UPDATE change_set SET user = 'other' WHERE change_id = 3", "change set 3 "},
    {"UPDATE change_set SET at_utc = '2020-01-01T00:00:00.000Z' WHERE change_id = 3",
     "change set 3 "},
    {"UPDATE change_set SET reason = NULL WHERE change_id = 3", "change set 3 "},
    {"UPDATE change_set SET authenticated = 1 WHERE change_id = 3", "change set 3 "},
    {"UPDATE change_set SET row_count = 1 WHERE change_id = 3", "change set 3 "},
    {"UPDATE change_set SET tables = '' WHERE change_id = 3", "change set 3 "},
    {"UPDATE change_set SET digest = randomblob(32) WHERE change_id = 3",
     "does not follow from the change set before"},
    {"UPDATE change_set SET parent_digest = randomblob(32) WHERE change_id = 3", "change set 3 "},
    {"PRAGMA foreign_keys = OFF; DELETE FROM change_set WHERE change_id = 3", "change set 3"},
    {"PRAGMA foreign_keys = OFF; DELETE FROM change_set WHERE change_id = 4", "change set 4"},
    {"UPDATE study SET value = 'x' WHERE name = 'study_uuid'", "facts about the study"},
    /* the schema */
    {"CREATE TRIGGER t AFTER INSERT ON patient BEGIN SELECT 1; END", "the trigger t is not part"},
    {"DROP VIEW v_fvc; CREATE VIEW v_fvc AS SELECT 1 AS patient", "the view v_fvc was edited"},
    {"DROP VIEW v_fvc", "the view v_fvc was removed"},
    {"PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, '+ \"stairs\"',"
     " '+ 2 * \"stairs\"') WHERE name = 'a_alsfrsr'",
     "the table a_alsfrsr was edited"},
    {"PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, '4095', '4096')"
     " WHERE name = 'rater'",
     "the table rater was edited"},
    {"SELECT 1", "append-only"}, /* the triggers are gone */
};

TABLE_TEST(verify, finds_what_was_done_to_the_file, tamperings)
{
    const struct tampering *tampering = &tamperings[*row_];
    struct study study;
    char text[16384];
    fill(&study);
    study_sql(&study, drop_triggers);
    cr_assert_eq(study_verify(&study, text, sizeof text), 6, "%s", text);
    study_sql(&study, tampering->sql);
    cr_expect_gt(study_verify(&study, text, sizeof text), 6 - (*row_ == COUNT(tamperings) - 1),
                 "nothing found: %s", tampering->sql);
    cr_expect_not_null(strstr(text, tampering->expected), "%s\nexpected %s among:\n%s",
                       tampering->sql, tampering->expected, text);
    study_close(&study);
}

Test(verify, finds_a_head_that_is_not_in_the_chain)
{
    struct study study;
    char head[65];
    size_t findings;
    struct als_err err = {.status = ALS_OK};
    fill(&study);
    assert_ok(als_audit_head(study.store, head, &err), &err);
    assert_ok(als_audit_verify(study.store, head, NULL, &findings, &err), &err);
    cr_expect_eq(findings, 0);
    study_sql(&study, "PRAGMA foreign_keys = OFF; DROP TRIGGER change_set_stays;"
                      "DELETE FROM change_set WHERE change_id = 4;"
                      "DELETE FROM a_alsfrsr WHERE change_id = 4;"
                      "DELETE FROM visit WHERE change_id = 4;"
                      "CREATE TRIGGER change_set_stays BEFORE DELETE ON change_set"
                      " BEGIN SELECT raise(ABORT, 'change sets are append-only'); END;");
    cr_expect_eq(study_verify(&study, NULL, 0), 0, "a cut trail is consistent in itself");
    assert_ok(als_audit_verify(study.store, head, NULL, &findings, &err), &err);
    cr_expect_eq(findings, 1, "but not with the head that was noted");
    study_close(&study);
}

Test(verify, follows_a_row_through_changes_in_any_order)
{
    struct study study;
    char text[4096];
    study_open(&study);
    study_fill(&study, 3);
    for (int round = 0; round < 6; round++) {
        study_begin(&study, "again");
        for (int64_t patient = 3; patient >= 1; patient--) {
            study_add_alsfrsr(&study, patient, "MN3", 18400 - round, round % 5);
            study_add_alsfrsr(&study, patient, "SCR", 18262, (round + 1) % 5);
            study_add_alsfrsr(&study, patient, "SCR", 18262, (round + 2) % 5);
        }
        study_commit(&study);
        cr_assert_eq(study_verify(&study, text, sizeof text), 0, "round %d: %s", round, text);
    }
    study_close(&study);
}
