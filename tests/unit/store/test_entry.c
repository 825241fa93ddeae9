/* Saving on a form: doubtful values are confirmed, other writers are noticed, queries are kept. */
#include "alstrack/store/entry.h"
#include "alstrack/store/lock.h"
#include "alstrack/store/query.h"
#include "study.h"

#include "alstrack/define/builtin.h"

#define FIRST_DAY 18300

/* A form of an ALSFRS-R: one digit an item, '-' for none. */
struct form {
    struct study *study;
    struct als_arena *arena;
    int64_t patient;
    struct als_entry entry;
    struct als_entry_outcome outcome;
    struct als_err err;
    struct als_value values[64];
    struct als_justification said[4];
};

static void form_open(struct form *form, struct study *study, int64_t patient)
{
    *form = (struct form){.study = study, .arena = als_arena_new(), .patient = patient};
}

static void fill(struct form *form, const char *visit, int day, const char *answers)
{
    const struct als_instrument *scale = als_store_find_instrument(form->study->store, "alsfrsr");
    size_t at = 0;
    for (size_t i = 0; i < scale->n_items; i++) {
        form->values[i] = ALS_MISSING_VALUE;
        if (scale->items[i].numeric_choice && answers[at++] != '-')
            form->values[i] =
                (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = answers[at - 1] - '0'};
    }
    form->entry = (struct als_entry){.instrument = scale,
                                     .assessment = {.patient_id = form->patient,
                                                    .visit_no = study_visit(form->study, visit),
                                                    .day = day,
                                                    .values = form->values},
                                     .given = ALS_GIVEN_ALL,
                                     .expected_change = ALS_ANY_CHANGE,
                                     .strict = true,
                                     .justifications = form->said,
                                     .arena = form->arena};
}

static void confirm(struct form *form, const char *code, const char *item, const char *text)
{
    form->said[form->entry.n_justifications++] = (struct als_justification){
        code, item ? als_instrument_item(form->entry.instrument, item) : -1, text};
}

/* In a change set of its own. */
static enum als_status save(struct form *form)
{
    form->err = (struct als_err){.code = ""};
    study_begin(form->study, "test");
    const enum als_status status =
        als_entry_save(form->study->store, &form->entry, &form->outcome, &form->err);
    if (status == ALS_OK)
        (void)study_commit(form->study);
    else
        als_change_abandon(form->study->store);
    return status;
}

static void assert_saved(struct form *form)
{
    cr_assert_eq(save(form), ALS_OK, "[%s] %s", form->err.code, form->err.text);
}

static void assert_refused(struct form *form, const char *code)
{
    cr_assert_eq(save(form), ALS_DATA);
    cr_assert_str_eq(form->err.code, code, "%s", form->err.text);
}

/* "MN1 stairs RULE state value" of every query of the patient, one per line. */
static const char *queries(struct form *form)
{
    const struct als_query_filter filter = {.patient_id = form->patient,
                                            .opened_before = ALS_NO_DAY};
    struct als_query_list list;
    struct als_err err = {.code = ""};
    assert_ok(als_query_load(form->study->store, &filter, form->arena, &list, &err), &err);
    char *text = als_arena_strdup(form->arena, "");
    for (size_t i = 0; i < list.count; i++) {
        const struct als_query *query = &list.items[i];
        text = als_arena_printf(
            form->arena, "%s%s %s %s %s %s%s\n", text,
            als_store_visit_code(form->study->store, query->visit_no),
            query->item ? query->item : "-", query->rule, als_query_state_names[query->state],
            query->value_now ? query->value_now : "-", query->found ? "" : " gone");
    }
    return text;
}

static void form_close(struct form *form)
{
    als_arena_free(form->arena);
}

static void begin(struct study *study, struct form *form)
{
    study_open(study);
    study_begin(study, NULL);
    form_open(form, study, study_add_patient(study, "P1"));
    (void)study_commit(study);
}

static void end(struct study *study, struct form *form)
{
    form_close(form);
    cr_assert_eq(study_verify(study, NULL, 0), 0);
    study_close(study);
}

Test(entry, saves_what_nothing_is_said_of)
{
    struct study study;
    struct form form;
    begin(&study, &form);
    fill(&form, "SCR", FIRST_DAY, "444444444444");
    assert_saved(&form);
    cr_assert_eq(form.outcome.what, ALS_PUT_NEW);
    cr_assert_eq(form.outcome.verdicts.count, 0);
    cr_assert_str_eq(queries(&form), "");
    end(&study, &form);
}

Test(entry, wants_a_reason_for_what_is_doubtful_and_keeps_it_as_the_answer)
{
    struct study study;
    struct form form;
    begin(&study, &form);
    fill(&form, "SCR", FIRST_DAY, "444444403444"); /* walking 0, stairs 3 */
    assert_refused(&form, "E-CONFIRM");
    cr_assert_eq(form.outcome.verdicts.count, 1);
    cr_assert(!form.outcome.confirmed[0]);
    cr_assert_eq(study_number(&study, "SELECT count(*) FROM a_alsfrsr"), 0);
    confirm(&form, "STAIRS_WITHOUT_WALKING", "stairs", "blank for another item");
    assert_refused(&form, "E-CONFIRM");
    form.entry.n_justifications = 0;
    confirm(&form, "STAIRS_WITHOUT_WALKING", "walking", "   ");
    assert_refused(&form, "E-CONFIRM");
    form.entry.n_justifications = 0;
    confirm(&form, "STAIRS_WITHOUT_WALKING", NULL, "climbs on all fours");
    assert_saved(&form);
    cr_assert(form.outcome.confirmed[0]);
    cr_assert_eq(form.outcome.opened, 1);
    cr_assert_str_eq(queries(&form), "SCR walking STAIRS_WITHOUT_WALKING answered 0\n");
    end(&study, &form);
}

Test(entry, tells_a_lock_before_it_asks_for_reasons)
{
    struct study study;
    struct form form;
    enum als_put what;
    begin(&study, &form);
    const struct als_scope scope = {form.patient, study_visit(&study, "SCR")};
    study_begin(&study, NULL);
    assert_ok(als_lock_put(study.store, &scope, &what, &form.err), &form.err);
    (void)study_commit(&study);
    fill(&form, "SCR", FIRST_DAY, "444444403444");
    cr_assert_eq(save(&form), ALS_NOT_PERMITTED);
    cr_assert_str_eq(form.err.code, "E-LOCKED", "%s", form.err.text);
    cr_assert_eq(form.outcome.verdicts.count, 0);
    end(&study, &form);
}

Test(entry, asks_again_only_when_the_value_is_another)
{
    struct study study;
    struct form form;
    begin(&study, &form);
    fill(&form, "SCR", FIRST_DAY, "441444444444");
    form.entry.strict = false;
    assert_saved(&form);
    cr_assert_str_eq(queries(&form), "SCR swallowing SWALLOWING_NO_GASTROSTOMY open 1\n");
    fill(&form, "SCR", FIRST_DAY, "341444444444");
    assert_saved(&form); /* the query stands already */
    cr_assert_eq(form.outcome.opened + form.outcome.refreshed, 0);
    fill(&form, "SCR", FIRST_DAY, "340444444444");
    assert_refused(&form, "E-CONFIRM");
    form.entry.strict = false;
    assert_saved(&form);
    cr_assert_eq(form.outcome.refreshed, 1);
    cr_assert_str_eq(queries(&form), "SCR swallowing SWALLOWING_NO_GASTROSTOMY open 0\n");
    fill(&form, "SCR", FIRST_DAY, "344444444444");
    assert_saved(&form);
    cr_assert_eq(form.outcome.gone, 1);
    cr_assert_str_eq(queries(&form), "SCR swallowing SWALLOWING_NO_GASTROSTOMY open 0 gone\n");
    end(&study, &form);
}

Test(entry, follows_the_next_assessment_which_looks_back)
{
    struct study study;
    struct form form;
    begin(&study, &form);
    fill(&form, "MN1", FIRST_DAY + 60, "444444444444");
    assert_saved(&form);
    fill(&form, "MN3", FIRST_DAY + 120, "444444444444");
    assert_saved(&form);
    fill(&form, "SCR", FIRST_DAY, "442444444444"); /* MN1 is now two points better */
    assert_saved(&form);
    cr_assert_eq(form.outcome.verdicts.count, 0);
    cr_assert_eq(form.outcome.opened, 2);
    cr_assert_str_eq(queries(&form), "MN1 swallowing ITEM_UP open 4\nMN1 - TOTAL_UP open 48\n");
    fill(&form, "SCR", FIRST_DAY, "444444444444");
    assert_saved(&form);
    cr_assert_eq(form.outcome.gone, 2);
    end(&study, &form);
}

Test(entry, asks_whether_a_second_rater_of_a_visit_is_meant)
{
    struct study study;
    struct form form;
    struct als_err err;
    begin(&study, &form);
    fill(&form, "MN1", FIRST_DAY, "444333333444");
    study_begin(&study, "test");
    assert_ok(als_store_add_rater(study.store, "MP", &form.entry.assessment.rater_no, &err), &err);
    (void)study_commit(&study);
    assert_saved(&form);
    /* Of another day, so that it is not the previous one of anything. */
    fill(&form, "MN1", FIRST_DAY + 1, "444333333444");
    assert_refused(&form, "E-CONFIRM");
    cr_assert_str_eq(form.err.text, "the same visit is stored by MP, too: analyses take the mean "
                                    "[W-TWO-RATERS]");
    confirm(&form, "W-TWO-RATERS", NULL, "training of raters");
    assert_saved(&form);
    cr_assert_str_eq(queries(&form), "MN1 - W-TWO-RATERS answered -\n"
                                     "MN1 - W-TWO-RATERS open -\n");
    form.entry.assessment.not_done = true;
    form.entry.assessment.reason = "entered twice";
    for (size_t i = 0; i < form.entry.instrument->n_items; i++)
        form.values[i] = ALS_MISSING_VALUE;
    assert_saved(&form);
    cr_assert_str_eq(queries(&form), "MN1 - W-TWO-RATERS answered - gone\n"
                                     "MN1 - W-TWO-RATERS open - gone\n");
    end(&study, &form);
}

Test(entry, asks_about_the_visit_that_it_makes_or_moves)
{
    struct study study;
    struct form form;
    begin(&study, &form);
    fill(&form, "MN1", FIRST_DAY + 60, "444444444444");
    assert_saved(&form);
    fill(&form, "MN3", FIRST_DAY, "444444444444");
    assert_refused(&form, "E-CONFIRM");
    cr_assert_not_null(strstr(form.err.text, "[W-VISIT-ORDER]"), "%s", form.err.text);
    cr_assert_eq(form.outcome.verdicts.count, 1);
    cr_assert_not(form.outcome.confirmed[0]);
    confirm(&form, "W-VISIT-ORDER", NULL, "came early");
    assert_saved(&form);
    cr_assert_str_eq(queries(&form), "MN3 - W-VISIT-ORDER answered 2020-02-08\n");
    form.entry.n_justifications = 0;
    assert_saved(&form);
    cr_assert_eq(form.outcome.opened, 0, "it was said");
    end(&study, &form);
}

Test(entry, tells_what_it_makes_of_other_records)
{
    struct study study;
    struct form form;
    begin(&study, &form);
    fill(&form, "MN1", FIRST_DAY + 60, "444444444444");
    assert_saved(&form);
    fill(&form, "SCR", FIRST_DAY, "442444444444");
    assert_saved(&form);
    cr_assert_eq(form.outcome.others.count, 2);
    const struct als_check_row *row = &form.outcome.others.items[0];
    cr_assert_str_eq(row->verdict.code, "ITEM_UP");
    cr_assert_str_eq(row->item, "swallowing");
    cr_assert_eq(row->visit_no, study_visit(&study, "MN1"));
    end(&study, &form);
}

Test(entry, notices_another_writer)
{
    struct study study;
    struct form mine, theirs;
    struct als_assessment loaded;
    int64_t change_id;
    begin(&study, &mine);
    form_open(&theirs, &study, mine.patient);
    const struct als_instrument *scale = als_store_find_instrument(study.store, "alsfrsr");
    const int visit = study_visit(&study, "SCR");
    /* Both load an empty form; theirs is saved first. */
    fill(&theirs, "SCR", FIRST_DAY, "444444444444");
    theirs.entry.expected_change = 0;
    assert_saved(&theirs);
    fill(&mine, "SCR", FIRST_DAY, "333333333334");
    mine.entry.expected_change = 0;
    assert_refused(&mine, "E-CHANGED-MEANWHILE");
    cr_assert_eq(mine.outcome.stored.values[0].integer, 4, "theirs is shown");
    /* Both load what is stored; mine is saved first. */
    assert_ok(als_assessment_get(study.store, mine.patient, visit, scale, 0, mine.arena, &loaded,
                                 &change_id, &mine.err),
              &mine.err);
    cr_assert_gt(change_id, 0);
    cr_assert_eq(mine.outcome.found_change, change_id);
    mine.entry.expected_change = theirs.entry.expected_change = change_id;
    assert_saved(&mine);
    fill(&theirs, "SCR", FIRST_DAY, "222222222224");
    theirs.entry.expected_change = change_id;
    assert_refused(&theirs, "E-CHANGED-MEANWHILE");
    cr_assert_eq(study_number(&study, "SELECT total FROM a_alsfrsr"), 37);
    /* A row that is gone by key is not there. */
    assert_ok(als_assessment_get(study.store, mine.patient, visit, scale, 5, mine.arena, &loaded,
                                 &change_id, &mine.err),
              &mine.err);
    cr_assert_eq(change_id, 0);
    form_close(&theirs);
    end(&study, &mine);
}

Test(entry, reads_back_what_was_saved)
{
    struct study study;
    struct form form;
    struct als_assessment loaded;
    int64_t change_id;
    const char *reasons[64] = {NULL};
    begin(&study, &form);
    fill(&form, "SCR", FIRST_DAY, "44444444444-");
    reasons[als_instrument_item(form.entry.instrument, "respiratory_insufficiency")] = "equipment";
    form.entry.assessment.item_reasons = reasons;
    form.entry.assessment.mode = "video";
    form.entry.assessment.respondent = "daughter";
    assert_saved(&form);
    assert_ok(als_assessment_get(study.store, form.patient, study_visit(&study, "SCR"),
                                 form.entry.instrument, 0, form.arena, &loaded, &change_id,
                                 &form.err),
              &form.err);
    cr_assert_eq(loaded.day, FIRST_DAY);
    cr_assert_str_eq(loaded.mode, "video");
    cr_assert_str_eq(loaded.respondent, "daughter");
    cr_assert(!loaded.not_done);
    for (size_t i = 0; i < form.entry.instrument->n_items; i++) {
        cr_assert_eq(loaded.values[i].kind, form.values[i].kind);
        const char *reason = loaded.item_reasons[i];
        cr_assert(reasons[i] ? reason && strcmp(reason, reasons[i]) == 0 : !reason);
    }
    end(&study, &form);
}

/* A study whose FVC has a hard rule. */
Test(entry, refuses_what_a_hard_rule_forbids)
{
    struct study study;
    struct form form;
    begin(&study, &form);
    struct als_err err = {.code = ""};
    const struct als_builtin *builtin = als_builtin_find("alsfrsr");
    char *text = als_strdup(builtin->text);
    char *level = strstr(strstr(text, "STAIRS_WITHOUT_WALKING"), "soft");
    memcpy(level, "hard", 4);
    struct als_instrument *strict = study_parse_instrument(text);
    study_begin(&study, "stricter");
    assert_ok(als_store_adopt_instrument(study.store, strict, false, &err), &err);
    (void)study_commit(&study);
    fill(&form, "SCR", FIRST_DAY, "444444403444");
    form.entry.strict = false;
    confirm(&form, "STAIRS_WITHOUT_WALKING", NULL, "it is so");
    assert_refused(&form, "E-HARD");
    cr_assert_eq(study_number(&study, "SELECT count(*) FROM a_alsfrsr"), 0);
    als_instrument_free(strict);
    free(text);
    end(&study, &form);
}

Test(entry, has_nothing_to_say_of_what_was_not_done)
{
    struct study study;
    struct form form;
    begin(&study, &form);
    fill(&form, "SCR", FIRST_DAY, "444444403444");
    form.entry.strict = false;
    assert_saved(&form);
    fill(&form, "SCR", ALS_NO_DAY, "------------");
    form.entry.assessment.not_done = true;
    form.entry.assessment.reason = "refused";
    assert_saved(&form);
    cr_assert_eq(form.outcome.gone, 1);
    end(&study, &form);
}
