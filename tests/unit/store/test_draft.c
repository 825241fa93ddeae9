/* Drafts: kept, replaced, found again, gone with the save, and never part of the trail. */
#include "study.h"

#include "alstrack/store/draft.h"

static struct study study;
static struct als_err err;
static struct als_arena *arena;
static int64_t patient;

static void open_study(void)
{
    err = (struct als_err){.status = ALS_OK};
    arena = als_arena_new();
    study_open(&study);
    study_begin(&study, NULL);
    patient = study_add_patient(&study, "P1");
    study_commit(&study);
}

static void close_study(void)
{
    als_arena_free(arena);
    study_close(&study);
}

static struct als_draft a_draft(const char *user, const char *content)
{
    return (struct als_draft){.user = user,
                              .patient_id = patient,
                              .visit = "SCR",
                              .instrument = "alsfrsr",
                              .expected_change = 7,
                              .content = content};
}

static void put(const struct als_draft *draft)
{
    assert_ok(als_draft_put(study.store, draft, &err), &err);
}

static bool get(const struct als_draft *key, struct als_draft *out)
{
    bool found;
    assert_ok(als_draft_get(study.store, key, arena, out, &found, &err), &err);
    return found;
}

TestSuite(draft, .init = open_study);

Test(draft, is_found_again_in_another_process_and_replaced_by_the_next_answer)
{
    struct als_draft draft = a_draft("ann", "speech\t4\n"), found;
    put(&draft);
    study_reopen(&study, ALS_STORE_WRITE);
    cr_assert(get(&draft, &found));
    cr_expect_str_eq(found.content, "speech\t4\n");
    cr_expect_eq(found.expected_change, 7);
    cr_expect_null(found.rater);
    cr_expect_eq(strlen(found.touched_utc), strlen("2024-01-01T00:00:00.000Z"));
    draft.content = "speech\t3\n";
    put(&draft);
    const char *started = found.started_utc;
    cr_assert(get(&draft, &found));
    cr_expect_str_eq(found.content, "speech\t3\n");
    cr_expect_str_eq(found.started_utc, started, "the first writing is remembered");
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM draft"), 1);
    close_study();
}

Test(draft, belongs_to_its_user_and_its_rater)
{
    struct als_draft anns = a_draft("ann", "a"), bobs = a_draft("bob", "b"), found;
    struct als_draft second = a_draft("ann", "c");
    second.rater = "R2";
    put(&anns);
    put(&bobs);
    put(&second);
    cr_assert(get(&bobs, &found));
    cr_expect_str_eq(found.content, "b");
    cr_assert(get(&second, &found));
    cr_expect_str_eq(found.content, "c");
    cr_expect_str_eq(found.rater, "R2");
    struct als_draft_list list;
    assert_ok(als_draft_load(study.store, "ann", 0, arena, &list, &err), &err);
    cr_expect_eq(list.count, 2);
    assert_ok(als_draft_load(study.store, NULL, patient, arena, &list, &err), &err);
    cr_expect_eq(list.count, 3);
    close_study();
}

Test(draft, can_be_discarded_and_discarding_nothing_is_fine)
{
    struct als_draft draft = a_draft("ann", "a"), found;
    put(&draft);
    assert_ok(als_draft_discard(study.store, &draft, &err), &err);
    cr_expect_not(get(&draft, &found));
    assert_ok(als_draft_discard(study.store, &draft, &err), &err);
    close_study();
}

Test(draft, goes_in_the_transaction_of_the_save_and_stays_when_that_is_abandoned)
{
    struct als_draft draft = a_draft("ann", "a"), found;
    put(&draft);
    study_begin(&study, NULL);
    study_add_alsfrsr(&study, patient, "SCR", 20000, 3);
    assert_ok(als_draft_discard(study.store, &draft, &err), &err);
    als_change_abandon(study.store);
    cr_expect(get(&draft, &found), "nothing was saved, so nothing is lost");
    study_begin(&study, NULL);
    study_add_alsfrsr(&study, patient, "SCR", 20000, 3);
    assert_ok(als_draft_discard(study.store, &draft, &err), &err);
    study_commit(&study);
    cr_expect_not(get(&draft, &found));
    close_study();
}

Test(draft, leaves_the_trail_as_it_was)
{
    char before[65], after[65];
    struct als_draft draft = a_draft("ann", "a");
    assert_ok(als_audit_head(study.store, before, &err), &err);
    put(&draft);
    assert_ok(als_audit_head(study.store, after, &err), &err);
    cr_expect_str_eq(before, after);
    cr_expect_eq(study_verify(&study, NULL, 0), 0);
    close_study();
}

Test(draft, of_an_unknown_patient_or_of_a_store_for_reading_is_refused)
{
    struct als_draft draft = a_draft("ann", "a");
    draft.patient_id = 999;
    cr_expect_eq(als_draft_put(study.store, &draft, &err), ALS_DATA);
    cr_expect_str_eq(err.code, "E-REFERENCE");
    study_reopen(&study, ALS_STORE_READ);
    draft.patient_id = patient;
    cr_expect_eq(als_draft_put(study.store, &draft, &err), ALS_NOT_PERMITTED);
    close_study();
}

Test(draft, is_written_while_the_study_is_in_wal_mode_with_a_reader)
{
    struct als_draft draft = a_draft("ann", "a"), found;
    study_sql(&study, "PRAGMA journal_mode = WAL");
    struct als_store *reader;
    assert_ok(als_store_open(study.path, ALS_STORE_READ, &reader, &err), &err);
    put(&draft);
    bool there = false;
    assert_ok(als_draft_get(reader, &draft, arena, &found, &there, &err), &err);
    cr_expect(there);
    als_store_close(reader);
    close_study();
}
