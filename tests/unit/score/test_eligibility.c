/* Eligibility: pass, fail or unknown, and never one for the other. */
#include "scales.h"

#include <math.h>
#include <stdlib.h>

#include "alstrack/core/buf.h"
#include "alstrack/core/file.h"
#include "alstrack/score/eligibility.h"

/* ---- One criterion ---- */

/* Two fields: `x`, the one that is compared, and `c`, that the condition asks for. */
struct pair {
    struct als_fact x, c;
};

static struct als_fact fact_of_pair(const char *field, void *context)
{
    const struct pair *pair = context;
    return field[0] == 'x' ? pair->x : pair->c;
}

static struct als_fact number(double value)
{
    return (struct als_fact){.value = number_value(value)};
}

static struct als_fact text(const char *value)
{
    return (struct als_fact){.value = text_value(value)};
}

static struct als_fact between(double low, double high)
{
    return (struct als_fact){
        .value = number_value((low + high) / 2), .low = low, .high = high, .ranged = true};
}

static struct als_criterion one_value(bool inclusion, enum als_compare compare,
                                      const char *const *value)
{
    return (struct als_criterion){.id = "I1",
                                  .inclusion = inclusion,
                                  .kind = ALS_CRITERION_AUTO,
                                  .field = "x",
                                  .compare = compare,
                                  .values = value,
                                  .n_values = 1};
}

static enum als_criterion_verdict judge(const struct als_criterion *criterion, struct als_fact x)
{
    struct pair pair = {x, ALS_NO_FACT};
    return als_criterion_judge(criterion, fact_of_pair, &pair, ALS_UNKNOWN).verdict;
}

Test(eligibility, limits_are_as_strict_as_the_trials_have_them)
{
    static const char *const limits[] = {"65"};
    static const struct {
        enum als_compare compare;
        enum als_criterion_verdict below, at, above;
    } rows[] = {
        {ALS_CMP_LT, ALS_CRITERION_PASS, ALS_CRITERION_FAIL, ALS_CRITERION_FAIL},
        {ALS_CMP_LE, ALS_CRITERION_PASS, ALS_CRITERION_PASS, ALS_CRITERION_FAIL},
        {ALS_CMP_GT, ALS_CRITERION_FAIL, ALS_CRITERION_FAIL, ALS_CRITERION_PASS},
        {ALS_CMP_GE, ALS_CRITERION_FAIL, ALS_CRITERION_PASS, ALS_CRITERION_PASS},
        {ALS_CMP_EQ, ALS_CRITERION_FAIL, ALS_CRITERION_PASS, ALS_CRITERION_FAIL},
        {ALS_CMP_NE, ALS_CRITERION_PASS, ALS_CRITERION_FAIL, ALS_CRITERION_PASS},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct als_criterion criterion = one_value(true, rows[i].compare, limits);
        cr_expect_eq(judge(&criterion, number(nextafter(65, 0))), rows[i].below, "%zu below", i);
        cr_expect_eq(judge(&criterion, number(65)), rows[i].at, "%zu at", i);
        cr_expect_eq(judge(&criterion, number(nextafter(65, 99))), rows[i].above, "%zu above", i);
        cr_expect_eq(judge(&criterion, ALS_NO_FACT), ALS_CRITERION_UNKNOWN, "%zu unknown", i);
    }
}

Test(eligibility, an_exclusion_must_be_false)
{
    static const char *const limits[] = {"70"};
    struct als_criterion criterion = one_value(false, ALS_CMP_LT, limits);
    cr_expect_eq(judge(&criterion, number(69.9)), ALS_CRITERION_FAIL);
    cr_expect_eq(judge(&criterion, number(70)), ALS_CRITERION_PASS);
    cr_expect_eq(judge(&criterion, ALS_NO_FACT), ALS_CRITERION_UNKNOWN);
}

Test(eligibility, words_and_yes_or_no_are_compared_as_they_are_stored)
{
    static const char *const words[] = {"postmenopausal", "hysterectomy"};
    static const char *const yes[] = {"Y"};
    struct als_criterion criterion = one_value(true, ALS_CMP_IN, words);
    criterion.n_values = 2;
    cr_expect_eq(judge(&criterion, text("hysterectomy")), ALS_CRITERION_PASS);
    cr_expect_eq(judge(&criterion, text("childbearing")), ALS_CRITERION_FAIL);
    cr_expect_eq(judge(&criterion, text("post")), ALS_CRITERION_FAIL,
                 "the start of a word is not it");
    criterion = one_value(false, ALS_CMP_EQ, yes);
    cr_expect_eq(judge(&criterion, (struct als_fact){.value = integer_value(1)}),
                 ALS_CRITERION_FAIL);
    cr_expect_eq(judge(&criterion, (struct als_fact){.value = integer_value(0)}),
                 ALS_CRITERION_PASS);
    cr_expect_eq(judge(&criterion, number(4)), ALS_CRITERION_UNKNOWN, "4 is neither yes nor no");
    criterion.compare = ALS_CMP_NE;
    cr_expect_eq(judge(&criterion, number(4)), ALS_CRITERION_UNKNOWN);
    cr_expect_eq(judge(&criterion, text("N")), ALS_CRITERION_FAIL, "an exclusion that is true");
}

Test(eligibility, what_is_known_within_bounds_counts_when_both_ends_agree)
{
    static const char *const limits[] = {"24"};
    struct als_criterion criterion = one_value(true, ALS_CMP_LT, limits);
    cr_expect_eq(judge(&criterion, between(22.5, 23.5)), ALS_CRITERION_PASS);
    cr_expect_eq(judge(&criterion, between(24, 25)), ALS_CRITERION_FAIL);
    cr_expect_eq(judge(&criterion, between(23.5, 24.5)), ALS_CRITERION_UNKNOWN);
    criterion.compare = ALS_CMP_EQ;
    cr_expect_eq(judge(&criterion, between(23.5, 24.5)), ALS_CRITERION_UNKNOWN);
}

Test(eligibility, a_condition_that_does_not_hold_makes_it_not_applicable)
{
    static const char *const limits[] = {"15"};
    struct als_arena *arena = als_arena_new();
    size_t at;
    const char *expected;
    struct als_criterion criterion = one_value(false, ALS_CMP_LT, limits);
    criterion.condition = als_expr_parse(arena, "c = 'Y'", 7, &at, &expected);
    struct pair pair = {number(14), {.value = integer_value(1)}};
    cr_expect_eq(als_criterion_judge(&criterion, fact_of_pair, &pair, ALS_UNKNOWN).verdict,
                 ALS_CRITERION_FAIL);
    pair.c.value = integer_value(0);
    struct als_criterion_result result =
        als_criterion_judge(&criterion, fact_of_pair, &pair, ALS_UNKNOWN);
    cr_expect_eq(result.verdict, ALS_CRITERION_NOT_APPLICABLE);
    cr_expect_eq(result.automatic, ALS_CRITERION_FAIL, "the part keeps its own verdict");
    pair.c = ALS_NO_FACT;
    cr_expect_eq(als_criterion_judge(&criterion, fact_of_pair, &pair, ALS_UNKNOWN).verdict,
                 ALS_CRITERION_UNKNOWN);
    pair.x = number(30);
    cr_expect_eq(als_criterion_judge(&criterion, fact_of_pair, &pair, ALS_UNKNOWN).verdict,
                 ALS_CRITERION_UNKNOWN, "whether it applies is still to be found out");
    als_arena_free(arena);
}

Test(eligibility, a_condition_on_bounds_is_unknown_when_they_disagree)
{
    static const char *const limits[] = {"1"};
    struct als_arena *arena = als_arena_new();
    size_t at;
    const char *expected;
    struct als_criterion criterion = one_value(true, ALS_CMP_GE, limits);
    criterion.condition = als_expr_parse(arena, "c >= 50", 7, &at, &expected);
    struct pair pair = {number(1), between(49, 51)};
    cr_expect_eq(als_criterion_judge(&criterion, fact_of_pair, &pair, ALS_UNKNOWN).verdict,
                 ALS_CRITERION_UNKNOWN);
    pair.c = between(50, 51);
    cr_expect_eq(als_criterion_judge(&criterion, fact_of_pair, &pair, ALS_UNKNOWN).verdict,
                 ALS_CRITERION_PASS);
    als_arena_free(arena);
}

Test(eligibility, neither_part_of_a_criterion_replaces_the_other)
{
    static const char *const limits[] = {"365"};
    static const struct {
        double days; /* NAN: not known */
        enum als_truth answer;
        enum als_criterion_verdict automatic, manual, both;
    } rows[] = {
        {9999, ALS_FALSE, ALS_CRITERION_PASS, ALS_CRITERION_PASS, ALS_CRITERION_PASS},
        {100, ALS_FALSE, ALS_CRITERION_FAIL, ALS_CRITERION_PASS, ALS_CRITERION_FAIL},
        {9999, ALS_TRUE, ALS_CRITERION_PASS, ALS_CRITERION_FAIL, ALS_CRITERION_FAIL},
        {9999, ALS_UNKNOWN, ALS_CRITERION_PASS, ALS_CRITERION_UNKNOWN, ALS_CRITERION_UNKNOWN},
        {100, ALS_UNKNOWN, ALS_CRITERION_FAIL, ALS_CRITERION_UNKNOWN, ALS_CRITERION_FAIL},
        {NAN, ALS_TRUE, ALS_CRITERION_UNKNOWN, ALS_CRITERION_FAIL, ALS_CRITERION_FAIL},
        {NAN, ALS_FALSE, ALS_CRITERION_UNKNOWN, ALS_CRITERION_PASS, ALS_CRITERION_UNKNOWN},
    };
    struct als_criterion criterion = one_value(false, ALS_CMP_LE, limits);
    criterion.kind = ALS_CRITERION_BOTH;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pair pair = {isnan(rows[i].days) ? ALS_NO_FACT : number(rows[i].days), ALS_NO_FACT};
        struct als_criterion_result result =
            als_criterion_judge(&criterion, fact_of_pair, &pair, rows[i].answer);
        cr_expect_eq(result.automatic, rows[i].automatic, "row %zu", i);
        cr_expect_eq(result.manual, rows[i].manual, "row %zu", i);
        cr_expect_eq(result.verdict, rows[i].both, "row %zu", i);
    }
}

Test(eligibility, one_fail_is_enough_and_one_unknown_keeps_it_pending)
{
    struct als_criterion_result results[] = {{.verdict = ALS_CRITERION_PASS},
                                             {.verdict = ALS_CRITERION_NOT_APPLICABLE},
                                             {.verdict = ALS_CRITERION_LATER},
                                             {.verdict = ALS_CRITERION_UNKNOWN},
                                             {.verdict = ALS_CRITERION_FAIL}};
    cr_expect_eq(als_eligibility_overall(results, 3), ALS_ELIGIBLE);
    cr_expect_eq(als_eligibility_overall(results, 4), ALS_ELIGIBILITY_PENDING);
    cr_expect_eq(als_eligibility_overall(results, 5), ALS_NOT_ELIGIBLE);
}

/* ---- Five candidates, five trials ---- */

/* A fact as a criterion names it; "" is not known. Numbers are numbers, other words are texts. */
struct named {
    const char *field, *value;
};
static const struct named ideal[] = {
    {"el_escorial", "definite"},
    {"sex", "M"},
    {"age", "52.3"},
    {"age_completed", "52"},
    {"disease_duration", "16"},
    {"fvc_pct", "84"},
    {"alsfrsr_total", "39"},
    {"alsfrs_swallowing", "4"},
    {"alsfrs_walking", "3"},
    {"onset_site", "spinal"},
    {"alsfrs_decline_6m", "5"},
    {"stms_total", "36"},
    {"bdi_total", "8"},
    {"days_since_cv_event", "9999"},
    {"days_since_investigational_drug", "9999"},
    {"tracheostomy", "N"},
    {"ventilator_dependent", "N"},
    {"prior_cell_therapy", "N"},
    {"max_ast_alt_xuln", "1.1"},
    {"creatinine_xuln", "0.8"},
    {"any_positive_serology", "N"},
    {"days_since_immunosuppressant", "9999"},
    {"pregnant_or_breastfeeding", "N"},
    {"niv", "N"},
    {"diaphragm_pacing", "N"},
    {"days_since_substance_abuse", "9999"},
    {"gastrostomy", "N"},
    {"baseline_age_days", "40"},
    {"days_since_hospitalization", "9999"},
    {"riluzole", "taking"},
    {"riluzole_stable_days", "120"},
    {"primary_bulbar_palsy", "N"},
    {"norris_bulbar", "36"},
    {"norris_spinal", "50"},
};

enum { TRIALS = 5 };
static const char *const trials[TRIALS] = {"mayo-nct01609283", "sao-paulo-nct02917681",
                                           "tca-nct01082653", "isfahan-nct02116634",
                                           "bioinova-nct03828123"};

static const struct candidate {
    const char *name;
    struct named facts[10]; /* that differ from the ideal */
    const char *fail[TRIALS], *unknown[TRIALS];
} candidates[] = {
    {"ideal", {{NULL, NULL}}, {"", "", "", "", ""}, {"", "", "", "", ""}},
    {"a woman of 44, fertile, probable, FVC 67",
     {{"sex", "F"},
      {"age", "44"},
      {"age_completed", "44"},
      {"reproductive_status", "childbearing"},
      {"el_escorial", "probable"},
      {"fvc_pct", "67"},
      {"alsfrsr_total", "33"}},
     {"I1,I3", "", "", "", "I1,E1"},
     {"", "", "", "", ""}},
    {"a man of 66.2, FVC 65.0, NIV, bulbar palsy, Norris bulbar 14",
     {{"age", "66.2"},
      {"age_completed", "66"},
      {"fvc_pct", "65.0"},
      {"niv", "Y"},
      {"primary_bulbar_palsy", "Y"},
      {"norris_bulbar", "14"},
      {"onset_site", "bulbar"},
      {"alsfrsr_total", "30"},
      {"alsfrs_swallowing", "2"},
      {"disease_duration", "11.9"}},
     {"I5a,I6", "E13a", "", "I0b,I2a,I3a", "I0b,E1,E2"},
     {"", "", "", "", ""}},
    {"a man of 65.9, FVC 70.0",
     {{"age", "65.9"}, {"age_completed", "65"}, {"fvc_pct", "70.0"}},
     {"", "", "", "I0b", ""},
     {"", "", "", "", ""}},
    {"serology and mental status not yet done, 24.0 months",
     {{"any_positive_serology", ""}, {"stms_total", ""}, {"disease_duration", "24.0"}},
     {"I5b", "", "", "", ""},
     {"E8", "E8", "", "", ""}},
};

static struct als_fact fact_from(const char *value)
{
    char *end;
    double parsed = strtod(value, &end);
    if (value[0] == '\0')
        return ALS_NO_FACT;
    if (strcmp(value, "Y") == 0 || strcmp(value, "N") == 0)
        return (struct als_fact){.value = integer_value(value[0] == 'Y')};
    return *end == '\0' ? number(parsed) : text(value);
}

static struct als_fact fact_of_candidate(const char *field, void *context)
{
    const struct candidate *candidate = context;
    for (size_t i = 0; i < COUNT(candidate->facts) && candidate->facts[i].field; i++)
        if (strcmp(candidate->facts[i].field, field) == 0)
            return fact_from(candidate->facts[i].value);
    for (size_t i = 0; i < COUNT(ideal); i++)
        if (strcmp(ideal[i].field, field) == 0)
            return fact_from(ideal[i].value);
    return ALS_NO_FACT;
}

static struct als_protocol *load_trial(const char *name)
{
    const char *root = getenv("ALSTRACK_ROOT");
    char path[1024];
    struct als_buf file;
    struct als_err err;
    snprintf(path, sizeof path, "%s/samples/protocols/%s.yaml", root ? root : ".", name);
    als_buf_init(&file, 1 << 20);
    cr_assert_eq(als_file_read(path, &file, &err), ALS_OK, "%s", path);
    struct als_protocol *protocol =
        als_protocol_parse(name, file.data, file.length, NULL, NULL, NULL);
    als_buf_release(&file);
    cr_assert_not_null(protocol, "%s", path);
    return protocol;
}

static void add_id(struct als_buf *list, const char *id)
{
    als_buf_printf(list, "%s%s", list->length ? "," : "", id);
}

static void judge_candidate(const struct als_protocol *protocol, size_t trial,
                            const struct candidate *candidate)
{
    struct als_buf fail, unknown;
    als_buf_init(&fail, 1000);
    als_buf_init(&unknown, 1000);
    struct als_criterion_result results[64];
    cr_assert_leq(protocol->n_criteria, COUNT(results));
    for (size_t i = 0; i < protocol->n_criteria; i++) {
        const struct als_criterion *criterion = &protocol->criteria[i];
        /* People say yes to what must be so and no to what must not. */
        enum als_truth answer = criterion->inclusion ? ALS_TRUE : ALS_FALSE;
        struct candidate copy = *candidate;
        results[i] = als_criterion_judge(criterion, fact_of_candidate, &copy, answer);
        if (results[i].verdict == ALS_CRITERION_FAIL)
            add_id(&fail, criterion->id);
        if (results[i].verdict == ALS_CRITERION_UNKNOWN)
            add_id(&unknown, criterion->id);
    }
    cr_expect_str_eq(fail.data, candidate->fail[trial], "%s, %s", candidate->name, protocol->code);
    cr_expect_str_eq(unknown.data, candidate->unknown[trial], "%s, %s", candidate->name,
                     protocol->code);
    enum als_eligibility expected = candidate->fail[trial][0]      ? ALS_NOT_ELIGIBLE
                                    : candidate->unknown[trial][0] ? ALS_ELIGIBILITY_PENDING
                                                                   : ALS_ELIGIBLE;
    cr_expect_eq(als_eligibility_overall(results, protocol->n_criteria), expected, "%s, %s",
                 candidate->name, protocol->code);
    als_buf_release(&fail);
    als_buf_release(&unknown);
}

Test(eligibility, five_candidates_in_five_trials_get_the_expected_verdicts)
{
    for (size_t t = 0; t < TRIALS; t++) {
        struct als_protocol *protocol = load_trial(trials[t]);
        cr_expect_gt(protocol->n_criteria, 3);
        for (size_t i = 0; i < COUNT(candidates); i++)
            judge_candidate(protocol, t, &candidates[i]);
        als_protocol_free(protocol);
    }
}
