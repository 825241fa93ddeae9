/* What is said of an assessment, by its instrument's rules and by those of every instrument. */
#include "alstrack/score/judge.h"
#include "scales.h"

/* One visit of a series of ALSFRS-R. */
struct visit {
    const char *date, *answers, *form;
    const char *verdicts; /* "CODE item" joined by ", " in the order of the rules */
};

static int day_of(const char *text)
{
    int day = ALS_NO_DAY;
    cr_assert(als_date_parse_full(text, strlen(text), &day), "%s", text);
    return day;
}

static struct als_judge_input plain_input(void)
{
    return (struct als_judge_input){.limits = {ALS_NO_DAY, ALS_NO_DAY, ALS_NO_DAY, ALS_NO_DAY},
                                    .window_from = ALS_NO_DAY,
                                    .window_to = ALS_NO_DAY,
                                    .visit_day = ALS_NO_DAY,
                                    .visit = "MN1",
                                    .study_begins = ALS_NO_DAY};
}

static const char *codes_of(const struct als_instrument *instrument,
                            const struct als_verdict_list *list)
{
    char *text = als_arena_strdup(list->arena, "");
    for (size_t i = 0; i < list->count; i++)
        text = als_arena_printf(
            list->arena, "%s%s%s%s%s", text, i ? ", " : "", list->items[i].code,
            list->items[i].item < 0 ? "" : " ",
            list->items[i].item < 0 ? "" : instrument->items[list->items[i].item].code);
    return text;
}

/* The noisy patient of the domain's worked example, who died on 2021-01-15: what each visit must
 * give, and "walking 0 with stairs above 0" at the last, which that example's script leaves out. */
static const struct visit noisy[] = {
    {"2020-01-10", "444333333444", "a", ""},
    {"2020-02-10", "444323332444", "a", ""},
    {"2020-04-10", "443122221444", "a", ""},
    {"2020-07-11", "341322220332", "a",
     "SWALLOWING_NO_GASTROSTOMY swallowing, SUPPORT_NO_NIV respiratory_insufficiency, "
     "ITEM_UP handwriting"},
    {"2020-10-12", "343221210434", "a",
     "ITEM_UP swallowing, ITEM_UP respiratory_insufficiency, TOTAL_UP"},
    {"2021-01-20", "330111101220", "b",
     "STAIRS_WITHOUT_WALKING walking, FORM_B_NO_GASTROSTOMY cutting_form, "
     "SUPPORT_NO_NIV respiratory_insufficiency, INVASIVE_NO_EVENT respiratory_insufficiency, "
     "ITEM_FROM_ZERO stairs, ITEM_DOWN swallowing, ITEM_DOWN respiratory_insufficiency, "
     "TOTAL_FAST, W-AFTER-DEATH"}};

Test(judge, says_of_a_noisy_patient_what_the_worked_example_says)
{
    struct als_instrument *scale = load_scale("alsfrsr");
    struct als_judge *judge = als_judge_new(scale);
    struct als_value values[COUNT(noisy)][MOST_ITEMS];
    struct als_sitting before;
    for (size_t i = 0; i < COUNT(noisy); i++) {
        struct als_verdict_list out = {.arena = als_arena_new()};
        struct als_judge_input input = plain_input();
        fill_alsfrsr(scale, noisy[i].answers, values[i]);
        values[i][item_of(scale, "cutting_form")] = text_value(noisy[i].form);
        input.now = (struct als_sitting){.values = values[i], .day = day_of(noisy[i].date)};
        input.previous = i ? &before : NULL;
        input.limits.death_last = day_of("2021-01-15");
        als_judge_run(judge, &input, &out);
        cr_assert_str_eq(codes_of(scale, &out), noisy[i].verdicts, "%s", noisy[i].date);
        before = input.now;
        als_arena_free(out.arena);
    }
    als_judge_free(judge);
    als_instrument_free(scale);
    assert_no_leaks();
}

Test(judge, says_from_what_to_what)
{
    struct als_instrument *scale = load_scale("alsfrsr");
    struct als_judge *judge = als_judge_new(scale);
    struct als_value first[MOST_ITEMS], second[MOST_ITEMS];
    fill_alsfrsr(scale, "443122221444", first);
    fill_alsfrsr(scale, "443322221444", second);
    const struct als_sitting before = {.values = first, .day = 0};
    struct als_judge_input input = plain_input();
    input.now = (struct als_sitting){.values = second, .day = 91};
    input.previous = &before;
    struct als_verdict_list out = {.arena = als_arena_new()};
    als_judge_run(judge, &input, &out);
    const struct als_verdict *up =
        als_verdict_find(&out, "ITEM_UP", als_instrument_item(scale, "handwriting"));
    cr_assert_not_null(up);
    cr_assert_str_eq(up->message,
                     "better by 2 points or more than at the assessment before (1, now 3)");
    const struct als_verdict *total = als_verdict_find(&out, "TOTAL_UP", -1);
    cr_assert_not_null(total);
    assert_close(total->score, 35, 1e-12);
    als_arena_free(out.arena);
    als_judge_free(judge);
    als_instrument_free(scale);
}

Test(judge, notices_that_others_have_rated_the_same_visit)
{
    struct als_instrument *scale = load_scale("alsfrsr");
    struct als_judge *judge = als_judge_new(scale);
    struct als_value values[MOST_ITEMS];
    fill_alsfrsr(scale, "444444444444", values);
    struct als_judge_input input = plain_input();
    input.now = (struct als_sitting){.values = values, .day = 1, .rater = "MP"};
    input.other_raters = "without a rater, by AL";
    struct als_verdict_list out = {.arena = als_arena_new()};
    als_judge_run(judge, &input, &out);
    cr_assert_str_eq(codes_of(scale, &out), "W-TWO-RATERS");
    cr_assert_str_eq(
        out.items[0].message,
        "the same visit is stored without a rater, by AL, too: analyses take the mean");
    cr_assert_eq(out.items[0].level, ALS_RULE_SOFT);
    als_arena_free(out.arena);
    als_judge_free(judge);
    als_instrument_free(scale);
}

/* ---- Names of conditions ---- */

static const char scale_text[] =
    "instrument: small\ntitle: A small scale\nversion: \"1\"\ndirection: higher is better\n"
    "main_score: total\n"
    "items:\n"
    "  - {code: one, label: One, choices: {0: none, 1: some, 2: all}}\n"
    "  - {code: two, label: Two, type: integer, range: [0, 400], required: false}\n"
    "  - {code: kind, label: Kind, type: choice, required: false, choices: {a: A, b: B}}\n"
    "  - {code: extra, label: Extra, type: yes-no, applies: one = 1}\n"
    "scores:\n"
    "  - {code: total, label: Total, sum: [one, two]}\n"
    "rules:\n"
    "  - {code: FIRES, level: soft, when: \"%s\", message: it fires%s}\n";

struct name_case {
    const char *when;
    bool fires_first, fires_second;
};
/* First assessment: one 1, two 10, kind a, extra Y, by ann, in the clinic, a woman of 50.
 * Second, 61 days later: one 2, two missing, kind missing, by bob, by phone; a fall on its day. */
static const struct name_case name_cases[] = {
    {"one = 1", true, false},
    {"previous.one = 1", false, true},
    {"change.one >= 1", false, true},
    {"change.one < 5", false, true},
    {"change.two > 0 or one = 2", false, true},
    {"change.two > 0", false, false},
    {"previous.two = 10", false, true},
    {"previous.kind = 'a'", false, true},
    {"kind = 'a'", true, false},
    {"kind != 'a'", false, false},
    {"not answered.kind", false, true},
    {"answered.kind and answered.two", true, false},
    {"answered.two", true, false},
    {"not answered.two", false, true},
    {"total = 11", true, false},
    {"previous.total = 11 and one = 2", false, true},
    {"months > 2", false, true},
    {"months > 2.005", false, false},
    {"rater.changed = 1", false, true},
    {"not rater.changed", false, false},
    {"mode = 'phone'", false, true},
    {"event.fall", false, true},
    {"not event.fall", true, false},
    {"patient.sex = 'F'", true, true},
    {"patient.age >= 50 and patient.age < 51", true, true},
};

TABLE_TEST(judge, knows_every_name_of_a_condition, name_cases)
{
    char text[1200];
    snprintf(text, sizeof text, scale_text, name_cases[*row_].when, "");
    struct als_diag_list findings;
    als_diag_list_init(&findings, 0);
    const struct als_sink sink = als_diag_list_sink(&findings);
    struct als_instrument *scale = als_instrument_parse("small", text, strlen(text), &sink);
    cr_assert_not_null(scale, "%s: %s", name_cases[*row_].when,
                       findings.count ? findings.items[0].what : "");
    const struct als_value first[] = {integer_value(1), integer_value(10), text_value("a"),
                                      integer_value(1)};
    const struct als_value second[] = {integer_value(2), ALS_MISSING_VALUE, ALS_MISSING_VALUE,
                                       ALS_MISSING_VALUE};
    const struct als_person her = {.sex = ALS_SEX_FEMALE, .age_years = 50};
    const struct als_event_fact fall = {"fall", {161, ALS_PRECISION_DAY}};
    struct als_judge_input input = plain_input();
    input.events = &fall;
    input.n_events = 1;
    input.now = (struct als_sitting){
        .values = first, .day = 100, .mode = "clinic", .rater = "ann", .person = her};
    struct als_judge *judge = als_judge_new(scale);
    struct als_verdict_list out = {.arena = als_arena_new()};
    als_judge_run(judge, &input, &out);
    cr_assert_eq(als_verdict_find(&out, "FIRES", -1) ||
                     (out.count && out.items[0].item >= 0 && !strcmp(out.items[0].code, "FIRES")),
                 name_cases[*row_].fires_first, "%s", name_cases[*row_].when);
    const struct als_sitting before = input.now;
    input.previous = &before;
    input.now = (struct als_sitting){
        .values = second, .day = 161, .mode = "phone", .rater = "bob", .person = her};
    out.count = 0;
    als_judge_run(judge, &input, &out);
    cr_assert_eq(out.count && !strcmp(out.items[0].code, "FIRES"), name_cases[*row_].fires_second,
                 "%s", name_cases[*row_].when);
    als_arena_free(out.arena);
    als_judge_free(judge);
    als_instrument_free(scale);
    als_diag_list_release(&findings);
    assert_no_leaks();
}

Test(judge, judges_a_rule_for_each_item_of_its_list)
{
    char text[1200];
    snprintf(text, sizeof text, scale_text, "item >= 2 and answered.item", ", each: [one, two]");
    struct als_instrument *scale = als_instrument_parse("small", text, strlen(text), NULL);
    cr_assert_not_null(scale);
    struct als_judge *judge = als_judge_new(scale);
    const struct als_value values[] = {integer_value(2), integer_value(300), text_value("b"),
                                       integer_value(0)};
    struct als_judge_input input = plain_input();
    input.now = (struct als_sitting){.values = values, .day = 1};
    struct als_verdict_list out = {.arena = als_arena_new()};
    als_judge_run(judge, &input, &out);
    cr_assert_str_eq(codes_of(scale, &out), "FIRES one, FIRES two, W-NOT-ASKED extra");
    cr_assert(!als_judge_looks_back(judge));
    als_arena_free(out.arena);
    als_judge_free(judge);
    als_instrument_free(scale);
}

/* ---- Rules of every instrument ---- */

struct day_case {
    int day;
    const char *verdicts;
};
/* Born on day 0 or later, consent on 100, window 110 to 120, died by 200, today 300; a historical
 * baseline may be 30 days older than screening on 100. */
static const struct day_case day_cases[] = {
    {-1, "W-BEFORE-BIRTH, W-BEFORE-CONSENT, W-WINDOW"},
    {99, "W-BEFORE-CONSENT, W-WINDOW"},
    {100, "W-WINDOW"},
    {110, ""},
    {120, ""},
    {121, "W-WINDOW"},
    {201, "W-AFTER-DEATH, W-WINDOW"},
    {301, "W-AFTER-DEATH, W-WINDOW"}, /* another time zone may have that day */
    {302, "W-AFTER-DEATH, W-FUTURE, W-WINDOW"},
};

static struct als_judge_input dated_input(const struct als_value *values, int day)
{
    struct als_judge_input input = plain_input();
    input.now = (struct als_sitting){.values = values, .day = day};
    input.limits = (struct als_day_limits){
        .birth_first = 0, .death_last = 200, .consent_first = 100, .today = 300};
    input.window_from = 110;
    input.window_to = 120;
    return input;
}

TABLE_TEST(judge, judges_the_day, day_cases)
{
    struct als_instrument *scale = load_scale("alsfrsr");
    struct als_judge *judge = als_judge_new(scale);
    struct als_value values[MOST_ITEMS];
    fill_alsfrsr(scale, "444444444444", values);
    struct als_verdict_list out = {.arena = als_arena_new()};
    struct als_judge_input input = dated_input(values, day_cases[*row_].day);
    als_judge_run(judge, &input, &out);
    cr_assert_str_eq(codes_of(scale, &out), day_cases[*row_].verdicts);
    /* What the visit's own record says is not said again. */
    out.count = 0;
    input.visit_day = input.now.day;
    als_judge_run(judge, &input, &out);
    cr_assert_null(als_verdict_find(&out, "W-WINDOW", -1));
    als_arena_free(out.arena);
    als_judge_free(judge);
    als_instrument_free(scale);
}

Test(judge, takes_a_measurement_from_before_the_study_by_its_age)
{
    struct als_instrument *scale = load_scale("alsfrsr");
    struct als_judge *judge = als_judge_new(scale);
    struct als_value values[MOST_ITEMS];
    fill_alsfrsr(scale, "444444444444", values);
    struct als_verdict_list out = {.arena = als_arena_new()};
    static const struct {
        int day;
        const char *verdicts;
    } ages[] = {{70, ""}, {69, "W-HISTORICAL-OLD"}, {100, "W-WINDOW"}};
    for (size_t i = 0; i < COUNT(ages); i++) {
        struct als_judge_input input = dated_input(values, ages[i].day);
        input.study_begins = 100;
        input.historical_days = 30;
        out.count = 0;
        als_judge_run(judge, &input, &out);
        cr_assert_str_eq(codes_of(scale, &out), ages[i].verdicts, "day %d", ages[i].day);
    }
    als_arena_free(out.arena);
    als_judge_free(judge);
    als_instrument_free(scale);
}

Test(judge, asks_for_answers_or_reasons_and_notices_another_visit_of_the_day)
{
    struct als_instrument *scale = load_scale("alsfrsr");
    struct als_judge *judge = als_judge_new(scale);
    struct als_value values[MOST_ITEMS];
    const char *reasons[MOST_ITEMS] = {NULL};
    fill_alsfrsr(scale, "44-4444444--", values);
    reasons[item_of(scale, "swallowing")] = "too_weak";
    struct als_judge_input input = plain_input();
    input.now = (struct als_sitting){.values = values, .item_reasons = reasons, .day = 1};
    input.same_day_visit = "SCR";
    struct als_verdict_list out = {.arena = als_arena_new()};
    als_judge_run(judge, &input, &out);
    cr_assert_str_eq(codes_of(scale, &out), "W-INCOMPLETE orthopnea, W-SAME-DAY");
    cr_assert_str_eq(out.items[0].message,
                     "not answered, and no reason given; nor: respiratory_insufficiency");
    cr_assert_eq(out.items[0].level, ALS_RULE_INFO);
    als_arena_free(out.arena);
    als_judge_free(judge);
    als_instrument_free(scale);
}

static unsigned draw(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16;
}

/* Twelve answers at random, or nearly those of before, as of a patient who is much the same. */
static void draw_answers(unsigned *seed, const char *before, char answers[13])
{
    for (size_t i = 0; i < 12; i++) {
        const unsigned number = draw(seed);
        answers[i] = number % 9 == 0 ? '-' : (char)('0' + number % 5);
        if (before && draw(seed) % 8)
            answers[i] = before[i];
    }
    answers[12] = '\0';
}

static struct als_verdict_list verdicts_of(struct als_judge *judge, struct als_judge_input input,
                                           struct als_sitting now, struct als_sitting before,
                                           struct als_arena *arena)
{
    struct als_verdict_list list = {.arena = arena};
    input.now = now;
    input.previous = &before;
    als_judge_run(judge, &input, &list);
    return list;
}

/* The same verdicts whether ranks and scores are given or found, for answers drawn at random; and
 * the same as without any look-up: an answer without a rank is always evaluated. */
Test(judge, says_the_same_from_ranks_and_from_values)
{
    struct als_instrument *scale = load_scale("alsfrsr");
    struct als_judge *judge = als_judge_new(scale);
    struct als_value values[2][MOST_ITEMS];
    uint8_t ranks[2][MOST_ITEMS], none[2][MOST_ITEMS];
    char answers[2][13];
    unsigned seed = 7;
    for (int round = 0; round < 3000; round++) {
        struct als_arena *arena = als_arena_new();
        struct als_sitting given[2], found[2], plain[2];
        for (size_t s = 0; s < 2; s++) {
            draw_answers(&seed, s && round % 2 ? answers[0] : NULL, answers[s]);
            fill_alsfrsr(scale, answers[s], values[s]);
            for (size_t i = 0; i < scale->n_items; i++) {
                ranks[s][i] = als_rank(&scale->items[i], &values[s][i]);
                none[s][i] = ranks[s][i] ? ALS_NO_RANK : 0;
            }
            found[s] = given[s] = plain[s] =
                (struct als_sitting){.values = values[s], .day = (int)s * 60 + round % 50};
            given[s].ranks = ranks[s];
            given[s].scores = als_score_cache_new(scale, arena);
            plain[s].ranks = none[s];
        }
        const struct als_judge_input input = plain_input();
        struct als_verdict_list a = verdicts_of(judge, input, given[1], given[0], arena);
        struct als_verdict_list b = verdicts_of(judge, input, found[1], found[0], arena);
        struct als_verdict_list c = verdicts_of(judge, input, plain[1], plain[0], arena);
        cr_assert_str_eq(codes_of(scale, &a), codes_of(scale, &c));
        cr_assert_str_eq(codes_of(scale, &b), codes_of(scale, &c));
        /* The other way round, with the scores that are known by now. */
        a = verdicts_of(judge, input, given[0], given[1], arena);
        c = verdicts_of(judge, input, plain[0], plain[1], arena);
        cr_assert_str_eq(codes_of(scale, &a), codes_of(scale, &c));
        als_arena_free(arena);
    }
    als_judge_free(judge);
    als_instrument_free(scale);
    assert_no_leaks();
}
