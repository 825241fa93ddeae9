/* Locks hold, signatures tell. */
#include "alstrack/store/bulk.h"
#include "alstrack/store/lock.h"
#include "alstrack/store/people.h"
#include "alstrack/store/redact.h"
#include "alstrack/store/sign.h"
#include "study.h"

#define PASSWORD "correct horse"

#define expect_locked(call)                                                                        \
    do {                                                                                           \
        struct als_err refusal = {.status = ALS_OK};                                               \
        cr_expect_eq((call), ALS_NOT_PERMITTED, "[%s] %s", refusal.code, refusal.text);            \
        cr_expect_str_eq(refusal.code, "E-LOCKED", "%s", refusal.text);                            \
        cr_expect_not_null(strstr(refusal.text, "was locked by tester on 20"), "%s",               \
                           refusal.text);                                                          \
    } while (0)

static void lock(struct study *study, int64_t patient, const char *visit)
{
    struct als_err err = {.status = ALS_OK};
    struct als_scope scope = {patient, visit ? study_visit(study, visit) : 0};
    enum als_put what;
    study_begin(study, NULL);
    assert_ok(als_lock_put(study->store, &scope, &what, &err), &err);
    cr_assert_eq(what, ALS_PUT_NEW);
    study_commit(study);
}

static enum als_status put_alsfrsr(struct study *study, int64_t patient, const char *visit, int day,
                                   struct als_err *err)
{
    const struct als_instrument *instrument = als_store_find_instrument(study->store, "alsfrsr");
    struct als_value values[64] = {ALS_MISSING_VALUE};
    struct als_assessment assessment = {
        .patient_id = patient, .visit_no = study_visit(study, visit), .day = day, .values = values};
    return als_assessment_put(study->store, instrument, &assessment, 1u, NULL, NULL, err);
}

static enum als_status put_height(struct study *study, const char *name, double height,
                                  struct als_err *err)
{
    struct als_patient patient = {.patient = name, .height_cm = height};
    return als_patient_put(study->store, &patient, 1u << 3, NULL, err);
}

static enum als_status put_death(struct study *study, int64_t patient, struct als_err *err)
{
    struct als_event event = {.patient_id = patient, .event = "death", .date = "2021-05"};
    return als_event_put(study->store, &event, 1u, NULL, err);
}

Test(lock, of_a_visit_holds_what_belongs_to_it_and_nothing_else)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    study_open(&study);
    study_fill(&study, 2);
    lock(&study, 1, "SCR");
    study_begin(&study, "tries");
    struct als_visit visit = {.patient_id = 1, .visit_no = 1, .day = 18000};
    struct als_procedure procedure = {
        .patient_id = 1, .visit_no = 1, .procedure = "mri", .day = 18000};
    struct als_adverse_event ae = {.patient_id = 1, .ae_id = "9", .term = "rash", .visit_no = 1};
    expect_locked(put_alsfrsr(&study, 1, "SCR", 18000, &refusal));
    expect_locked(als_visit_put(study.store, &visit, 1u, NULL, &refusal));
    expect_locked(als_procedure_put(study.store, &procedure, 3u, NULL, &refusal));
    expect_locked(als_adverse_event_put(study.store, &ae, 3u, NULL, &refusal));
    assert_ok(put_alsfrsr(&study, 1, "MN3", 18400, &err), &err);
    assert_ok(put_alsfrsr(&study, 2, "SCR", 18264, &err), &err);
    assert_ok(put_height(&study, "P1", 180, &err), &err);
    assert_ok(put_death(&study, 1, &err), &err);
    study_commit(&study);
    study_close(&study);
}

Test(lock, of_a_patient_holds_all_of_the_patient)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    study_open(&study);
    study_fill(&study, 2);
    lock(&study, 1, NULL);
    study_begin(&study, "tries");
    expect_locked(put_alsfrsr(&study, 1, "MN3", 18400, &refusal));
    expect_locked(put_height(&study, "P1", 180, &refusal));
    expect_locked(put_death(&study, 1, &refusal));
    assert_ok(put_death(&study, 2, &err), &err);
    study_commit(&study);
    study_close(&study);
}

Test(lock, of_the_study_holds_everything)
{
    struct study study;
    study_open(&study);
    study_fill(&study, 2);
    lock(&study, 0, NULL);
    study_begin(&study, "tries");
    expect_locked(put_height(&study, "P2", 180, &refusal));
    expect_locked(put_height(&study, "P99", 180, &refusal));
    expect_locked(put_death(&study, 2, &refusal));
    als_change_abandon(study.store);
    struct als_protocol *protocol = study_protocol();
    protocol->version = "1.1";
    study_begin(&study, "amendment");
    expect_locked(als_store_adopt_protocol(study.store, protocol, &refusal));
    als_change_abandon(study.store);
    als_protocol_free(protocol);
    study_close(&study);
}

Test(lock, lets_rows_pass_that_say_the_same)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    study_open(&study);
    study_fill(&study, 1);
    lock(&study, 0, NULL);
    study_begin(&study, NULL);
    assert_ok(put_height(&study, "P1", 178, &err), &err);
    cr_expect_eq(study_commit(&study), 0);
    study_close(&study);
}

Test(lock, comes_off_only_with_a_reason_and_stays_in_the_trail)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_scope scope = {1, 0}, other = {2, 0};
    char text[4096];
    study_open(&study);
    study_fill(&study, 2);
    lock(&study, 1, NULL);
    study_begin(&study, NULL);
    cr_expect_eq(als_lock_remove(study.store, &scope, &err), ALS_DATA);
    als_change_abandon(study.store);
    study_begin(&study, "query 3");
    cr_expect_eq(als_lock_remove(study.store, &other, &err), ALS_NO_INPUT);
    cr_expect_str_eq(err.code, "E-NOT-LOCKED");
    als_change_abandon(study.store);
    study_begin(&study, "query 3");
    assert_ok(als_lock_remove(study.store, &scope, &err), &err);
    study_commit(&study);
    study_begin(&study, NULL);
    assert_ok(put_death(&study, 1, &err), &err);
    study_commit(&study);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM history WHERE table_name = 'lock'"), 1);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    study_close(&study);
}

Test(lock, holds_rows_of_a_batch_one_by_one)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    study_open(&study);
    study_fill(&study, 2);
    lock(&study, 1, "MN3");
    const struct als_instrument *instrument = als_store_find_instrument(study.store, "alsfrsr");
    struct als_batch *batch = als_batch_new(instrument);
    struct als_bulk *bulk;
    study_begin(&study, NULL);
    assert_ok(als_bulk_open(study.store, instrument, false, &bulk, &err), &err);
    batch->n = 2;
    batch->given = 1u;
    for (size_t i = 0; i < 2; i++) {
        batch->assessment_id[i] =
            als_key_assessment(als_key_visit((int64_t)i + 1, study_visit(&study, "MN3")), 0);
        batch->day[i] = 18400;
        for (size_t k = 0; k < instrument->n_items; k++) {
            if (als_item_cell_type(&instrument->items[k]) == ALS_CELL_INTEGER)
                batch->cells[k][i].integer = ALS_BULK_MISSING;
        }
    }
    assert_ok(als_bulk_put(bulk, batch, &err), &err);
    cr_expect_eq(batch->outcome[0], ALS_BULK_CONFLICT);
    cr_expect_eq(batch->outcome[1], ALS_PUT_NEW);
    cr_assert_eq(batch->n_conflicts, 1);
    cr_expect_str_eq(batch->conflicts[0].code, "E-LOCKED");
    als_bulk_close(bulk);
    study_commit(&study);
    als_batch_free(batch);
    study_close(&study);
}

/* ---- Signatures ---- */

static void fill(struct study *study)
{
    struct als_err err = {.status = ALS_OK};
    struct als_user user = {.user = "root", .full_name = "Rosa Root", .role = ALS_ROLE_ADMIN};
    study_open(study);
    study_fill(study, 2);
    study_begin(study, NULL);
    assert_ok(als_user_add(study->store, &user, PASSWORD, &err), &err);
    study_commit(study);
    struct als_arena *arena = als_arena_new();
    assert_ok(als_user_get(study->store, "root", arena, &user, &err), &err);
    assert_ok(als_store_act_as(study->store, &user, &err), &err);
    als_arena_free(arena);
}

static int64_t sign(struct study *study, int64_t patient, const char *visit)
{
    struct als_err err = {.status = ALS_OK};
    struct als_scope scope = {patient, visit ? study_visit(study, visit) : 0};
    struct als_signature signature;
    struct als_arena *arena = als_arena_new();
    study_begin(study, NULL);
    assert_ok(als_sign(study->store, &scope, "reviewed", &signature, arena, &err), &err);
    cr_expect_str_eq(signature.full_name, "Rosa Root");
    als_arena_free(arena);
    return study_commit(study);
}

/* Signature by number: 0 when valid, else the change set that broke it. */
static int64_t broken_by(struct study *study, size_t index)
{
    struct als_err err = {.status = ALS_OK};
    struct als_signature_list list;
    struct als_arena *arena = als_arena_new();
    assert_ok(als_signature_load(study->store, 0, arena, &list, &err), &err);
    cr_assert_lt(index, list.count);
    int64_t by = list.items[index].broken_by;
    cr_expect_eq(list.items[index].valid, by == 0);
    als_arena_free(arena);
    return by;
}

Test(sign, is_valid_until_what_is_signed_changes)
{
    struct study study;
    fill(&study);
    sign(&study, 1, "SCR");
    sign(&study, 1, NULL);
    sign(&study, 0, NULL);
    sign(&study, 2, "SCR");
    for (size_t i = 0; i < 4; i++)
        cr_expect_eq(broken_by(&study, i), 0, "signature %zu", i);
    study_begin(&study, "misread");
    study_add_alsfrsr(&study, 1, "SCR", 18262, 1);
    int64_t change = study_commit(&study);
    for (size_t i = 0; i < 3; i++)
        cr_expect_eq(broken_by(&study, i), change, "signature %zu", i);
    cr_expect_eq(broken_by(&study, 3), 0, "of another patient");
    study_close(&study);
}

Test(sign, is_broken_by_what_is_added_too)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    fill(&study);
    sign(&study, 1, "SCR");
    sign(&study, 1, NULL);
    study_begin(&study, NULL);
    assert_ok(put_death(&study, 1, &err), &err);
    int64_t change = study_commit(&study);
    cr_expect_eq(broken_by(&study, 0), 0, "an event belongs to no visit");
    cr_expect_eq(broken_by(&study, 1), change);
    study_close(&study);
}

Test(sign, is_broken_by_a_removal)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_event_list events;
    struct als_arena *arena = als_arena_new();
    fill(&study);
    sign(&study, 1, NULL);
    study_begin(&study, "of another");
    assert_ok(als_event_load(study.store, 1, arena, &events, &err), &err);
    assert_ok(als_event_remove(study.store, &events.items[0], &err), &err);
    int64_t change = study_commit(&study);
    cr_expect_eq(broken_by(&study, 0), change);
    als_arena_free(arena);
    study_close(&study);
}

Test(sign, is_broken_by_a_redaction)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_redact_target target = {
        .patient_id = 1, .record = "alsfrsr", .visit_no = 1, .field = "speech"};
    size_t values;
    fill(&study);
    sign(&study, 1, "SCR");
    study_begin(&study, "of another");
    assert_ok(als_redact(study.store, &target, &values, &err), &err);
    int64_t change = study_commit(&study);
    cr_expect_eq(broken_by(&study, 0), change);
    study_close(&study);
}

Test(sign, is_not_broken_by_locks_and_signatures)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_scope scope = {1, 0};
    fill(&study);
    sign(&study, 1, NULL);
    sign(&study, 1, NULL);
    study_begin(&study, NULL);
    assert_ok(als_lock_put(study.store, &scope, NULL, &err), &err);
    study_commit(&study);
    cr_expect_eq(broken_by(&study, 0), 0);
    study_close(&study);
}

Test(sign, needs_users_and_something_to_sign)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_scope scope = {1, 0}, empty = {1, 0};
    struct als_signature signature;
    struct als_arena *arena = als_arena_new();
    study_open(&study);
    study_fill(&study, 1);
    study_begin(&study, NULL);
    cr_expect_eq(als_sign(study.store, &scope, "reviewed", &signature, arena, &err),
                 ALS_NOT_PERMITTED);
    cr_expect_str_eq(err.code, "E-NO-USERS");
    als_change_abandon(study.store);
    study_close(&study);
    fill(&study);
    empty.visit_no = study_visit(&study, "MN3");
    study_begin(&study, NULL);
    cr_expect_eq(als_sign(study.store, &empty, "reviewed", &signature, arena, &err), ALS_NO_INPUT);
    als_change_abandon(study.store);
    als_arena_free(arena);
    study_close(&study);
}
