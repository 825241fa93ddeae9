/* Two versions of a definition: what stored records survive and what they do not. */
#include "support_define.h"

static const char scale[] =
    "instrument: scale\ntitle: A scale\nversion: '1'\ndirection: higher is better\n"
    "main_score: total\n"
    "items:\n"
    "  - {code: speech, label: Speech, choices: {2: good, 1: fair, 0: none}}\n"
    "  - {code: weight, label: Weight, type: number, min: 20, max: 200, decimals: 1, unit: kg}\n"
    "  - {code: note, label: Note, type: text, required: false}\n"
    "  - {code: form, label: Form, choices: {1: first, 2: second}}\n"
    "scores:\n"
    "  - {code: total, label: Total, sum: [speech]}\n"
    "rules:\n"
    "  - {code: ODD, level: soft, when: speech = 0, message: odd}\n";

static const struct {
    const char *old, *new;
    size_t breaking;  /* destructive changes */
    const char *code; /* of the one finding that says `what` */
    const char *what;
} scale_cases[] = {
    {"title: A scale", "title: The scale", 0, "I-CHANGED", "title was A scale, is now The scale"},
    {"  - {code: note, label: Note, type: text, required: false}\n", "", 1, "E-REMOVED",
     "item note: removed"},
    {"scores:", "  - {code: more, label: More, type: date}\nscores:", 0, "I-ADDED",
     "item more: added"},
    {"type: text", "type: date", 1, "E-CHANGED", "item note: type was text, is now date"},
    {"0: none", "0: none, 3: best", 0, "I-ADDED", "item speech, choice 3: added"},
    {"1: fair, ", "", 1, "E-REMOVED", "item speech, choice 1: removed"},
    {"2: second", "2: second, x: other", 1, "E-CHANGED",
     "item form: numeric choices was true, is now false"},
    {"1: fair", "1: so so", 0, "I-CHANGED", "item speech, choice 1: label was fair, is now so so"},
    {"min: 20", "min: 10", 0, "I-CHANGED", "item weight: min was 20, is now 10"},
    {"min: 20", "min: 30", 1, "E-NARROWER", "item weight: min was 20, is now 30: narrower"},
    {"max: 200", "max: 150", 1, "E-NARROWER", "item weight: max was 200, is now 150: narrower"},
    {"max: 200, ", "", 0, "I-CHANGED", "item weight: max was 200, is now open"},
    {"decimals: 1", "decimals: 0", 1, "E-NARROWER",
     "item weight: decimals was 1, is now 0: narrower"},
    {"unit: kg", "unit: lb", 1, "E-CHANGED", "item weight: unit was kg, is now lb"},
    {", required: false", "", 0, "I-CHANGED", "item note: required was false, is now true"},
    {"sum: [speech]", "sum: [speech, weight]", 0, "W-SCORE",
     "score total: items was speech, is now speech, weight"},
    {"sum: [speech]", "mean: [speech]", 0, "W-SCORE", "score total: kind was sum, is now mean"},
    {"sum: [speech]", "sum: [speech], missing: {prorate: 1}", 0, "W-SCORE",
     "score total: missing was strict, is now prorate"},
    {"code: total, label: Total,", "code: total, label: Sum,", 0, "I-CHANGED",
     "score total: label was Total, is now Sum"},
    {"when: speech = 0", "when: speech = 1", 0, "I-CHANGED",
     "rule ODD: when was speech = 0, is now speech = 1"},
    {"instrument: scale", "instrument: other", 1, "E-CHANGED",
     "instrument was scale, is now other"},
    {"rules:", "  - {code: twice, label: T, sum: [speech]}\nrules:", 0, "I-ADDED",
     "score twice: added"},
};

static const struct als_diag *finding_says(const struct als_diag_list *list, const char *what)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].what, what) == 0)
            return &list->items[i];
    return NULL;
}

TABLE_TEST(compare, judges_changes_of_an_instrument, scale_cases)
{
    char *text = with(scale, scale_cases[*row_].old, scale_cases[*row_].new);
    struct als_instrument *old_one = good_instrument(scale), *new_one = good_instrument(text);
    struct als_diag_list list;
    als_diag_list_init(&list, 0);
    const struct als_sink sink = als_diag_list_sink(&list);
    size_t breaking = als_instrument_compare(old_one, new_one, &sink);
    const struct als_diag *found = finding_says(&list, scale_cases[*row_].what);
    if (!found || breaking != scale_cases[*row_].breaking)
        print_findings(&list);
    cr_assert_not_null(found, "%s", scale_cases[*row_].what);
    cr_assert_str_eq(found->code, scale_cases[*row_].code);
    cr_assert_eq(breaking, scale_cases[*row_].breaking);
    cr_assert_eq(list.errors, breaking);
    als_diag_list_release(&list);
    als_instrument_free(old_one);
    als_instrument_free(new_one);
    free(text);
    assert_no_leaks();
}

static const char trial[] =
    "protocol: trial\ntitle: A trial\nversion: '1'\n"
    "sites: [{code: A, name: Here}, {code: B, name: There}]\n"
    "cohorts: [{code: '1', label: One, doses: 1}, {code: '2', label: Two, doses: 1}]\n"
    "procedures: [mri, csf]\n"
    "events: [relapse]\n"
    "visits:\n"
    "  - {code: D0, label: D, anchor: event consent, offset: 0 days, window: -0/+0, epoch: pre, "
    "infusion: 1, assess: [alsfrs, fvc]}\n"
    "  - {code: MN1, label: M1, anchor: infusion 1, offset: 30 days, window: -7/+7, epoch: post, "
    "assess: [alsfrs, fvc]}\n"
    "  - {code: MN3, label: M3, anchor: infusion 1, offset: 91 days, window: -7/+7, epoch: post, "
    "assess: [alsfrs], procedures: [mri]}\n"
    "baselines: {fvc: visit D0}\n"
    "eligibility:\n"
    "  - {id: I1, type: inclusion, auto: \"fvc_pct >= 70\", text: FVC}\n"
    "analysis: {measure: alsfrs.total, time_zero: infusion 1}\n"
    "adverse_events: {system: severity-3, grades: {1: mild, 2: moderate, 3: severe}, causality: "
    "[cells, disease], terms: [headache]}\n";

static const struct {
    const char *old, *new;
    size_t breaking;
    const char *code, *what;
} trial_cases[] = {
    {", {code: B, name: There}", "", 1, "E-REMOVED", "site B: removed"},
    {", {code: '2', label: Two, doses: 1}", "", 1, "E-REMOVED", "cohort 2: removed"},
    {"[mri, csf]", "[mri]", 1, "E-REMOVED", "procedures csf: removed"},
    {"[relapse]", "[relapse, fall]", 0, "I-ADDED", "events fall: added"},
    {"[relapse]", "[]", 1, "E-REMOVED", "events relapse: removed"},
    {"code: MN3", "code: MN4", 1, "E-REMOVED", "visit MN3: removed"},
    {"code: MN3", "code: MN4", 1, "I-ADDED", "visit MN4: added"},
    {"offset: 91 days", "offset: 3 months", 0, "I-CHANGED", "visit MN3: offset was 91, is now 3"},
    {"anchor: infusion 1, offset: 91 days", "anchor: visit MN1, offset: 61 days", 0, "I-CHANGED",
     "visit MN3: anchor was infusion 1, is now visit MN1"},
    {"-7/+7, epoch: post, assess: [alsfrs, fvc]", "-7/+9, epoch: post, assess: [alsfrs, fvc]", 0,
     "I-CHANGED", "visit MN1: window after was 7, is now 9"},
    {"epoch: post, assess: [alsfrs, fvc]", "epoch: post, assess: [alsfrs]", 0, "I-CHANGED",
     "visit MN1: assess was alsfrs, fvc, is now alsfrs"},
    {"epoch: post, assess: [alsfrs, fvc]", "epoch: post, assess: [alsfrs, fvc, emg]", 0, "I-ADDED",
     "instruments emg: added"},
    {"procedures: [mri]}", "procedures: [csf]}", 0, "I-REMOVED",
     "visit MN3, procedures mri: removed"},
    {"fvc: visit D0", "fvc: visit MN1", 0, "I-CHANGED",
     "baselines was fvc: visit D0, is now fvc: visit MN1"},
    {">= 70", ">= 60", 0, "I-CHANGED", "criterion I1: values was 70, is now 60"},
    {"time_zero: infusion 1", "time_zero: event onset", 0, "I-CHANGED",
     "time_zero was infusion 1, is now event onset"},
    {"1: mild", "1: slight", 0, "I-CHANGED",
     "grades was 1 mild, 2 moderate, 3 severe, is now 1 slight, 2 moderate, 3 severe"},
    {"severity-3, grades: {1: mild, 2: moderate, 3: severe}",
     "ctcae-5, grades: {1: a, 2: b, 3: c, 4: d, 5: e}", 1, "E-CHANGED",
     "system was severity-3, is now ctcae-5"},
    {"[cells, disease]", "[cells]", 1, "E-REMOVED", "causality disease: removed"},
    {"[headache]", "[fever]", 0, "I-REMOVED", "terms headache: removed"},
    {"code: '1', label: One, doses: 1}, {code: '2', label: Two, doses: 1}",
     "code: '2', label: Two, doses: 1}, {code: '1', label: One, doses: 1}", 0, "I-ORDER",
     "cohorts are in another order"},
    {"protocol: trial", "protocol: other", 1, "E-CHANGED", "protocol was trial, is now other"},
};

TABLE_TEST(compare, judges_changes_of_a_protocol, trial_cases)
{
    struct library library = {.n = 0};
    char *text = with(trial, trial_cases[*row_].old, trial_cases[*row_].new);
    struct als_protocol *old_one = good_protocol(trial, &library);
    struct als_protocol *new_one = good_protocol(text, &library);
    struct als_diag_list list;
    als_diag_list_init(&list, 0);
    const struct als_sink sink = als_diag_list_sink(&list);
    size_t breaking = als_protocol_compare(old_one, new_one, &sink);
    const struct als_diag *found = finding_says(&list, trial_cases[*row_].what);
    if (!found || breaking != trial_cases[*row_].breaking)
        print_findings(&list);
    cr_assert_not_null(found, "%s", trial_cases[*row_].what);
    cr_assert_str_eq(found->code, trial_cases[*row_].code);
    cr_assert_eq(breaking, trial_cases[*row_].breaking);
    cr_assert_eq(list.errors, breaking);
    als_diag_list_release(&list);
    als_protocol_free(old_one);
    als_protocol_free(new_one);
    free(text);
    library_free(&library);
    assert_no_leaks();
}

Test(compare, equal_definitions_differ_in_nothing)
{
    struct library library;
    library_load(&library);
    struct als_protocol *one = good_protocol(trial, &library);
    cr_assert_eq(als_protocol_compare(one, one, NULL), 0);
    for (size_t i = 0; i < library.n; i++)
        cr_assert_eq(als_instrument_compare(library.items[i], library.items[i], NULL), 0);
    als_protocol_free(one);
    library_free(&library);
    assert_no_leaks();
}
