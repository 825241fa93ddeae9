/* Every definition that is shipped loads without a finding. */
#include "support_define.h"

Test(shipped, instruments_load_without_findings)
{
    struct library library;
    library_load(&library);
    cr_assert_geq(library.n, 15);
    for (size_t i = 0; i < library.n; i++)
        cr_assert_str_eq(library.items[i]->code, als_builtin_instruments[i].name,
                         "a file is called as its instrument");
    library_free(&library);
    assert_no_leaks();
}

Test(shipped, labels_and_exchange_codes_are_complete)
{
    struct library library;
    library_load(&library);
    for (size_t i = 0; i < library.n; i++) {
        const struct als_instrument *one = library.items[i];
        cr_assert(one->title[0] && one->version[0] && one->licence && one->citation, "%s",
                  one->code);
        for (size_t k = 0; k < one->n_items; k++) {
            const struct als_item *item = &one->items[k];
            cr_assert(item->label[0], "%s.%s", one->code, item->code);
            cr_assert(!item->testcd || strlen(item->testcd) <= 8, "%s.%s", one->code, item->code);
            for (size_t m = 0; m < k; m++)
                cr_assert(!item->testcd || !one->items[m].testcd ||
                              strcmp(item->testcd, one->items[m].testcd) != 0,
                          "%s.%s", one->code, item->code);
            for (size_t m = 0; m < item->n_choices; m++)
                cr_assert(item->choices[m].label[0], "%s.%s", one->code, item->code);
        }
        for (size_t k = 0; k < one->n_scores; k++)
            cr_assert(one->scores[k].label[0], "%s.%s", one->code, one->scores[k].code);
    }
    library_free(&library);
    assert_no_leaks();
}

static void check_protocol(const struct als_protocol *one, const char *file)
{
    cr_assert_eq(strncmp(file, one->code, strlen(one->code)), 0, "%s is called %s", file,
                 one->code);
    for (size_t c = 0; c < one->n_cohorts; c++) {
        ptrdiff_t zero = -1;
        for (size_t i = 0; i < one->n_visits; i++)
            if (one->visits[i].infusion_number == 1)
                zero = (ptrdiff_t)i;
        cr_assert_geq(zero, 0, "%s", file);
        cr_assert_eq(als_protocol_nominal_day(one, (size_t)zero, &one->cohorts[c]), 0, "%s", file);
        for (size_t i = 0; i < one->n_visits; i++)
            cr_assert(one->visits[i].epoch == ALS_EPOCH_PRE ||
                          als_protocol_nominal_day(one, i, &one->cohorts[c]) > 0,
                      "%s: %s is after treatment", file, one->visits[i].code);
    }
}

Test(shipped, protocols_load_without_findings)
{
    struct library library;
    library_load(&library);
    cr_assert_geq(each_protocol(&library, check_protocol), 5);
    library_free(&library);
    assert_no_leaks();
}

Test(shipped, alsfrsr_is_read_as_it_is_written)
{
    const struct als_builtin *file = als_builtin_find("alsfrsr");
    cr_assert_not_null(file);
    cr_assert_null(als_builtin_find("alsfrs-r"));
    struct als_instrument *one = good_instrument(file->text);
    cr_assert_eq(one->n_items, 13);
    cr_assert(one->higher_is_better);
    cr_assert_str_eq(one->main_score, "total");
    cr_assert_str_eq(one->source, file->text);
    const struct als_item *cutting = &one->items[als_instrument_item(one, "cutting")];
    cr_assert(cutting->type == ALS_ITEM_CHOICE && cutting->numeric_choice && cutting->required);
    cr_assert_eq(cutting->n_choices, 5);
    cr_assert_eq(cutting->choices[1].number, 3);
    cr_assert_str_eq(cutting->choices[1].label_b, "clumsy but independent");
    cr_assert_null(cutting->choices[0].label_b);
    cr_assert_str_eq(cutting->variant->source, "cutting_form = 'b'");
    const struct als_item *form = &one->items[als_instrument_item(one, "cutting_form")];
    cr_assert(form->type == ALS_ITEM_CHOICE && !form->numeric_choice && !form->required);
    cr_assert_str_eq(form->choices[1].prefill->source, "event.gastrostomy");
    const struct als_score *total = &one->scores[als_instrument_score(one, "total")];
    cr_assert(total->n_items == 12 && total->min == 0 && total->max == 48);
    cr_assert(als_score_is_own(total) && !total->derived && !total->domain);
    const struct als_score *prorated = &one->scores[als_instrument_score(one, "total_prorated")];
    cr_assert(prorated->missing == ALS_MISSING_PRORATED && prorated->min_answered == 10);
    const struct als_score *mean = &one->scores[als_instrument_score(one, "alsfrs_total_mean")];
    cr_assert(mean->n_items == 9 && mean->n_mean_items == 3 && mean->max == 40 && mean->derived);
    cr_assert_str_eq(mean->derived_measure, "alsfrs.total");
    cr_assert_eq(als_instrument_item(one, "total"), -1);
    cr_assert_eq(one->rules[0].level, ALS_RULE_SOFT);
    als_instrument_free(one);
    als_instrument_free(NULL);
    assert_no_leaks();
}

/* Visits, anchors and offsets of AMSC-ALS-001. */
Test(shipped, bioinova_is_read_as_it_is_written)
{
    struct library library;
    library_load(&library);
    struct als_protocol *one =
        load_protocol(&library, "samples/protocols/bioinova-nct03828123.yaml");
    static const struct {
        const char *code;
        int day;
    } expected[] = {{"SCR", -183}, {"BMA", -28}, {"D0", 0},    {"D1", 1},     {"MN1", 30},
                    {"MN3", 91},   {"MN6", 183}, {"MN9", 274}, {"MN12", 365}, {"MN18", 548}};
    cr_assert_eq(one->n_visits, COUNT(expected));
    for (size_t i = 0; i < one->n_visits; i++) {
        cr_assert_str_eq(one->visits[i].code, expected[i].code);
        cr_assert_eq(als_protocol_nominal_day(one, i, NULL), expected[i].day, "%s",
                     expected[i].code);
    }
    const struct als_visit_plan *visit = &one->visits[als_protocol_visit(one, "MN3")];
    cr_assert_str_eq(visit->label, "Visit VI");
    cr_assert(visit->before_days == 14 && visit->after_days == 14 && !visit->in_months);
    cr_assert(visit->n_assessments == 3 && visit->ae_review && visit->epoch == ALS_EPOCH_POST);
    cr_assert_str_eq(one->instruments[visit->assessments[1].instrument], "norris");
    cr_assert_eq(one->visits[2].infusion_number, 1);
    cr_assert_not_null(one->visits[2].infusion);
    cr_assert_eq(one->cohorts[0].cells_per_dose, 15e6);
    cr_assert_eq(als_protocol_cohort(one, "1"), &one->cohorts[0]);
    cr_assert_null(als_protocol_cohort(one, "2"));
    cr_assert_eq(als_protocol_visit(one, "MN2"), -1);
    cr_assert_eq(als_protocol_instrument(one, "mvic"), -1);
    cr_assert(one->fvc_equation == ALS_FVC_ECSC && one->lead_in && one->n_responders == 6);
    cr_assert(one->responders[0].percent && one->responders[0].threshold == 25);
    cr_assert(!one->responders[5].percent && one->responders[5].threshold == 1.5);
    cr_assert(one->n_criteria == 17 && one->n_grades == 3 && one->n_causality == 3);
    const struct als_criterion *riluzole = &one->criteria[3];
    cr_assert_str_eq(riluzole->field, "riluzole_stable_days");
    cr_assert(riluzole->compare == ALS_CMP_GE && riluzole->n_values == 1);
    cr_assert_str_eq(riluzole->values[0], "61");
    cr_assert_str_eq(riluzole->condition->source, "riluzole != 'naive'");
    const struct als_criterion *consent = &one->criteria[5];
    cr_assert_eq(consent->kind, ALS_CRITERION_MANUAL);
    cr_assert_str_eq(consent->field, "consent");
    cr_assert_str_eq(consent->values[0], "Y");
    cr_assert(als_protocol_has_event(one, "pav") && !als_protocol_has_event(one, "relapse"));
    als_protocol_free(one);
    library_free(&library);
    assert_no_leaks();
}

/* Cohorts with two doses count from the second: 30 days later. */
Test(shipped, mayo_follow_up_runs_from_the_last_planned_infusion)
{
    struct library library;
    library_load(&library);
    struct als_protocol *one = load_protocol(&library, "samples/protocols/mayo-nct01609283.yaml");
    size_t mn3 = (size_t)als_protocol_visit(one, "MN3");
    size_t scr = (size_t)als_protocol_visit(one, "SCR");
    cr_assert_eq(als_protocol_nominal_day(one, mn3, als_protocol_cohort(one, "1")), 91);
    cr_assert_eq(als_protocol_nominal_day(one, mn3, als_protocol_cohort(one, "3")), 121);
    cr_assert_eq(als_protocol_nominal_day(one, scr, als_protocol_cohort(one, "3")), -84);
    cr_assert_eq(one->escalation, ALS_ESCALATION_TIME_GATE);
    cr_assert(one->gate_patients == 3 && one->gate_observation_days == 30 &&
              one->spacing_days == 7);
    const struct als_criterion *both = NULL, *several = NULL;
    for (size_t i = 0; i < one->n_criteria; i++) {
        both = one->criteria[i].kind == ALS_CRITERION_BOTH ? &one->criteria[i] : both;
        several = one->criteria[i].compare == ALS_CMP_IN && one->criteria[i].n_values > 1
                      ? &one->criteria[i]
                      : several;
    }
    cr_assert_not_null(both);
    cr_assert(!both->inclusion && both->manual && strcmp(both->values[0], "183") == 0);
    cr_assert_not_null(several);
    cr_assert_str_eq(several->values[1], "hysterectomy");
    als_protocol_free(one);
    library_free(&library);
    assert_no_leaks();
}
