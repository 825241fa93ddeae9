/* Adverse events of two arms: comparison, relations, what is emergent, who is counted. */
#include "alstrack/analysis/adverse.h"
#include "alstrack/stat/summary.h"
#include "trial_results.h"

static struct als_table *adverse(struct trial *trial, struct als_adverse_options options)
{
    struct als_err err = {.status = ALS_OK};
    struct als_table *table = NULL;
    trial_commit(trial);
    trial_ok(als_analyze_adverse(trial->store, &options, trial_day("2016-12-31"), &table, &err),
             &err);
    trial_begin(trial);
    return table;
}

static size_t row_of(const struct als_table *table, const char *group, const char *column,
                     const char *heading)
{
    for (size_t i = 0; i < als_table_rows(table); i++)
        if (strcmp(trial_text(table, i, "group"), group) == 0 &&
            strcmp(trial_text(table, i, column), heading) == 0)
            return i;
    cr_assert_fail("no row %s of %s", heading, group);
    return 0;
}

static int64_t add_patient(struct trial *trial, const char *name, const char *arm, bool treated)
{
    int64_t patient = trial_patient(trial, name, arm);
    trial_event(trial, patient, "consent", "2015-12-01");
    if (treated)
        trial_event(trial, patient, "infusion", "2016-01-04");
    return patient;
}

/* Headache in 4 of 5 of arm A and 1 of 6 of B, falls in A alone; one of B is never treated. */
static void fill(struct trial *trial)
{
    char name[3] = "A1";
    trial_open(trial);
    for (int i = 0; i < 12; i++) {
        bool in_a = i < 5, treated = i != 11;
        name[0] = in_a ? 'A' : 'B';
        name[1] = (char)('1' + (in_a ? i : i - 5));
        int64_t patient = add_patient(trial, name, in_a ? "A" : "B", treated);
        if (i < 4 || i == 5)
            trial_adverse(trial, patient, "1", NULL, "headache", "2016-01-06", i == 0 ? 3 : 2);
        if (i == 2)
            trial_adverse(trial, patient, "2", NULL, "fall", "2016-02-01", 1);
        if (!treated)
            trial_adverse(trial, patient, "1", NULL, "fall", "2016-02-01", 1);
    }
}

Test(adverse_groups, are_compared_by_fishers_test)
{
    struct trial trial;
    fill(&trial);
    struct als_table *table = adverse(&trial, (struct als_adverse_options){.by = "arm"});
    size_t a = row_of(table, "A", "term", "headache"), b = row_of(table, "B", "term", "headache");
    cr_assert_eq(trial_integer(table, a, "of_patients"), 5);
    cr_assert_eq(trial_integer(table, b, "of_patients"), 6, "the untreated one is not counted");
    cr_assert(isnan(trial_number(table, a, "fisher_p")));
    assert_close(trial_number(table, b, "fisher_p"), als_fisher_p(4, 5, 1, 6), 1e-15);
    /* The one fall is as likely in any of 11 patients, and 5 are in A. */
    size_t fall = row_of(table, "B", "term", "fall");
    cr_assert_eq(trial_integer(table, fall, "patients"), 0, "a row although nothing happened");
    assert_close(trial_number(table, fall, "fisher_p"), 5.0 / 11, 1e-12);
    cr_assert(trial_noted(table, "without an infusion: 1, with 1 event"));
    als_table_free(table);
    table = adverse(&trial, (struct als_adverse_options){.by = "arm", .untreated_too = true});
    fall = row_of(table, "B", "term", "fall");
    cr_assert_eq(trial_integer(table, fall, "patients"), 1);
    cr_assert_eq(trial_integer(table, fall, "of_patients"), 7);
    als_table_free(table);
    table = adverse(&trial, (struct als_adverse_options){.by = "sex"});
    cr_assert(isnan(trial_number(table, 0, "fisher_p")), "one group is compared with nobody");
    als_table_free(table);
    trial_close(&trial);
}

/* The trial's grade 2 events are related to procedure and disease, the others to disease; grade 3
 * events are serious. */
Test(adverse_groups, count_an_event_under_each_relation)
{
    struct trial trial;
    fill(&trial);
    struct als_table *table = adverse(&trial, (struct als_adverse_options){.by_relation = true});
    cr_assert_str_eq(als_table_column(table, 1)->name, "relation");
    size_t any = row_of(table, "all", "relation", "any event");
    cr_assert_eq(trial_integer(table, any, "events"), 6);
    cr_assert_eq(trial_integer(table, any, "patients"), 5);
    cr_assert_eq(trial_integer(table, any, "patients_serious"), 1);
    cr_assert_eq(trial_integer(table, any, "patients_related"), 4);
    cr_assert_eq(trial_integer(table, row_of(table, "all", "relation", "procedure"), "patients"),
                 4);
    cr_assert_eq(trial_integer(table, row_of(table, "all", "relation", "disease"), "patients"), 5);
    als_table_free(table);
    trial_close(&trial);
}

Test(adverse_groups, are_of_the_events_asked_for_only)
{
    struct trial trial;
    fill(&trial);
    struct als_table *table = adverse(&trial, (struct als_adverse_options){.only_serious = true});
    cr_assert_eq(trial_integer(table, 0, "events"), 1);
    cr_assert(trial_noted(table, "only events that are serious; others left out: 5"));
    als_table_free(table);
    table =
        adverse(&trial, (struct als_adverse_options){.only_serious = true, .only_related = true});
    cr_assert_eq(trial_integer(table, 0, "events"), 0);
    als_table_free(table);
    table = adverse(&trial, (struct als_adverse_options){.only_related = true});
    cr_assert_eq(trial_integer(table, 0, "events"), 4);
    als_table_free(table);
    trial_close(&trial);
}

/* A harvest in December makes what is related to a procedure emergent from then on, and nothing
 * else. */
Test(adverse_groups, take_what_follows_a_harvest_as_emergent)
{
    struct trial trial;
    trial_open(&trial);
    trial_amend(&trial, "procedures: [mri]", "procedures: [mri, bm_harvest]");
    int64_t patient = add_patient(&trial, "P1", "A", true);
    struct als_err err = {.status = ALS_OK};
    struct als_procedure harvest = {.patient_id = patient,
                                    .visit_no = trial_visit(&trial, "SCR"),
                                    .procedure = "bm_harvest",
                                    .day = trial_day("2015-12-05")};
    trial_ok(als_procedure_put(trial.store, &harvest, ALS_GIVEN_ALL, NULL, &err), &err);
    trial_adverse(&trial, patient, "1", NULL, "pain", "2015-12-06", 2);     /* procedure */
    trial_adverse(&trial, patient, "2", NULL, "fall", "2015-12-06", 1);     /* disease */
    trial_adverse(&trial, patient, "3", NULL, "bruise", "2015-12-04", 2);   /* before it */
    trial_adverse(&trial, patient, "4", NULL, "headache", "2016-01-04", 1); /* the infusion */
    struct als_table *table = adverse(&trial, (struct als_adverse_options){.only_emergent = true});
    cr_assert_eq(trial_integer(table, 0, "events"), 2);
    cr_assert_eq(trial_integer(table, row_of(table, "all", "term", "pain"), "emergent"), 1);
    cr_assert_eq(trial_integer(table, row_of(table, "all", "term", "headache"), "emergent"), 1);
    als_table_free(table);
    trial_close(&trial);
}
