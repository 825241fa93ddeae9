/* Copies of a study. */
#include "study.h"

Test(backup, copies_a_study_that_verifies)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_store *copy;
    char path[320], head[65], copied_head[65];
    size_t findings;
    study_open(&study);
    study_fill(&study, 5);
    snprintf(path, sizeof path, "%s/copy.db", study.folder);
    study_reopen(&study, ALS_STORE_READ);
    assert_ok(als_store_backup(study.store, path, &err), &err);
    assert_ok(als_audit_head(study.store, head, &err), &err);
    assert_ok(als_store_open(path, ALS_STORE_WRITE, &copy, &err), &err);
    assert_ok(als_audit_head(copy, copied_head, &err), &err);
    cr_expect_str_eq(head, copied_head);
    cr_expect_str_eq(als_store_uuid(copy), als_store_uuid(study.store));
    assert_ok(als_audit_verify(copy, head, NULL, &findings, &err), &err);
    cr_expect_eq(findings, 0);
    als_store_close(copy);
    cr_expect_eq(als_store_backup(study.store, path, &err), ALS_CANNOT_CREATE, "never overwrites");
    char command[700];
    snprintf(command, sizeof command, "test \"$(ls '%s' | tr '\\n' ' ')\" = 'copy.db study.db '",
             study.folder);
    cr_expect_eq(system(command), 0, "and leaves nothing else");
    study_close(&study);
}

Test(backup, refuses_to_keep_a_copy_that_does_not_verify)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    char path[320];
    study_open(&study);
    study_fill(&study, 2);
    study_sql(&study, "UPDATE patient SET height_cm = 150 WHERE patient = 'P1'");
    snprintf(path, sizeof path, "%s/copy.db", study.folder);
    cr_expect_eq(als_store_backup(study.store, path, &err), ALS_DATA);
    cr_expect_neq(access(path, F_OK), 0);
    study_close(&study);
}
