/* From a study to a page: every visit, gap, milestone and adverse event finds its place. */
#include "als_test.h"
#include "alstrack/define/builtin.h"
#include "alstrack/plot/plot.h"
#include "alstrack/store/record.h"
#include "page.h"

static const char protocol_text[] =
    "protocol: plot-test\ntitle: For charts\nversion: \"1.0\"\nregistration: none\n"
    "sponsor: none\nmonths: days\nfvc_equation: none\n"
    "sites:\n  - {code: PRG, name: Prague}\n"
    "cohorts:\n  - {code: \"1\", label: One dose, doses: 1}\n"
    "procedures: []\nevents: [relapse]\n"
    "visits:\n"
    "  - {code: SCR, label: Screening, anchor: event consent, offset: 0 days, window: -7/+7,"
    " epoch: pre, assess: [alsfrsr]}\n"
    "  - {code: D0, label: Treatment, anchor: visit SCR, offset: 60 days, window: -7/+7,"
    " epoch: pre, infusion: 1, assess: [alsfrsr]}\n"
    "  - {code: MN1, label: 1, anchor: infusion 1, offset: 30 days, window: -7/+7, epoch: post,"
    " assess: [alsfrsr]}\n"
    "  - {code: MN3, label: 3, anchor: infusion 1, offset: 91 days, window: -14/+14, epoch: post,"
    " assess: [alsfrsr]}\n"
    "  - {code: MN6, label: 6, anchor: infusion 1, offset: 183 days, window: -14/+14,"
    " epoch: post, assess: [alsfrsr]}\n"
    "  - {code: MN9, label: 9, anchor: infusion 1, offset: 274 days, window: -14/+14,"
    " epoch: post, assess: [alsfrsr]}\n"
    "baselines: {alsfrsr: last before infusion}\n"
    "eligibility:\n  - {id: I1, type: inclusion, manual: consent, text: Consent}\n"
    "analysis: {measure: alsfrsr.total, time_zero: infusion 1, lead_in: true, responders: []}\n"
    "adverse_events: {system: severity-3, grades: {1: mild, 2: moderate, 3: severe},"
    " causality: [procedure], terms: [headache]}\n"
    "escalation: {rule: none}\n";

static struct als_instrument *alsfrsr;
static struct als_store *store;
static struct als_err err;
static char folder[256], path[300];

#define OK(call) cr_assert_eq((call), ALS_OK, "%s %s", err.text, err.hint)

static const struct als_instrument *lookup(const char *code, void *context)
{
    (void)context;
    return strcmp(code, "alsfrsr") == 0 ? alsfrsr : NULL;
}

static const struct als_change_info info = {.user = "tester", .command = "test"};
static const int zero = 16000; /* day of the infusion */

static const char *date(int day)
{
    static char texts[8][ALS_DATE_TEXT];
    static int turn;
    turn = (turn + 1) % 8;
    return als_day_format(day, texts[turn]);
}

static void add_event(int64_t patient, const char *name, const char *when)
{
    enum als_put what;
    struct als_event event = {.patient_id = patient, .event = name, .date = when, .value = NAN};
    OK(als_event_put(store, &event, ALS_GIVEN_ALL, &what, &err));
}

static void add_total(int64_t patient, const char *visit, int day, int total)
{
    struct als_value values[64] = {0};
    for (size_t i = 0; i < alsfrsr->n_items; i++)
        values[i] = ALS_MISSING_VALUE;
    const struct als_score *score =
        &alsfrsr->scores[als_instrument_score(alsfrsr, alsfrsr->main_score)];
    for (size_t i = 0; i < score->n_items; i++) {
        int answer = total > 4 ? 4 : total;
        total -= answer;
        values[score->items[i]] = (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = answer};
    }
    enum als_put what;
    struct als_assessment assessment = {.patient_id = patient,
                                        .visit_no = als_store_visit_no(store, visit, strlen(visit)),
                                        .day = day,
                                        .values = values};
    OK(als_assessment_put(store, alsfrsr, &assessment, ALS_GIVEN_ALL, NULL, &what, &err));
}

static void add_adverse(int64_t patient, const char *id, const char *onset, const char *end,
                        const char *outcome)
{
    enum als_put what;
    struct als_adverse_event ae = {.patient_id = patient,
                                   .ae_id = id,
                                   .term = "headache",
                                   .onset = onset,
                                   .end = end,
                                   .grade = 2,
                                   .serious = 0,
                                   .outcome = outcome,
                                   .dlt = ALS_UNSAID};
    OK(als_adverse_event_put(store, &ae, ALS_GIVEN_ALL, &what, &err));
}

static int64_t add_patient(const char *name)
{
    enum als_put what;
    struct als_patient patient = {.patient = name, .site = "PRG", .height_cm = NAN, .cohort = "1"};
    OK(als_patient_put(store, &patient, ALS_GIVEN_ALL, &what, &err));
    return patient.id;
}

static void setup(void)
{
    const struct als_builtin *builtin = als_builtin_find("alsfrsr");
    alsfrsr = als_instrument_parse("alsfrsr", builtin->text, builtin->length, NULL);
    struct als_protocol *protocol =
        als_protocol_parse("plot-test", protocol_text, strlen(protocol_text), lookup, NULL, NULL);
    cr_assert_not_null(protocol);
    snprintf(path, sizeof path, "%s/study.db", test_folder(folder));
    const struct als_instrument *const instruments[] = {alsfrsr};
    OK(als_store_create(path, protocol, instruments, 1, &info, &err));
    als_protocol_free(protocol);
    OK(als_store_open(path, ALS_STORE_WRITE, &store, &err));
    OK(als_change_begin(store, &info, &err));
    int64_t one = add_patient("one");
    add_event(one, "consent", date(zero - 60));
    add_event(one, "infusion", date(zero));
    add_event(one, "niv_start", "2014-01");
    add_total(one, "SCR", zero - 58, 40);
    add_total(one, "D0", zero, 38);
    add_total(one, "MN1", zero + 45, 37); /* eight days after the window */
    add_total(one, "MN6", zero + 180, 32);
    add_adverse(one, "1", date(zero + 2), date(zero + 5), NULL);
    add_adverse(one, "2", date(zero + 20), NULL, NULL);
    add_adverse(one, "3", date(zero + 30), NULL, "Recovered/Resolved");
    add_adverse(one, "4", NULL, NULL, NULL);
    add_patient("two");
    OK(als_change_commit(store, NULL, &err));
}

static void teardown(void)
{
    als_store_close(store);
    als_instrument_free(alsfrsr);
    assert_no_leaks();
}
TestSuite(page_collect, .init = setup, .fini = teardown);

static struct als_page collect(const char *patient, struct als_page_source **source,
                               struct als_arena *arena)
{
    struct als_plot_options options = {.as_of_day = zero + 220};
    struct als_page page;
    OK(als_page_source_open(store, patient, &options, source, &err));
    OK(als_page_collect(*source, 0, arena, &page, &err));
    return page;
}

Test(page_collect, points_gaps_windows_and_next_visit)
{
    struct als_page_source *source;
    struct als_arena *arena = als_arena_new();
    struct als_page page = collect("one", &source, arena);
    cr_assert_eq(page.zero_day, zero);
    cr_assert_str_eq(page.zero_label, "infusion 1");
    cr_assert_eq(page.main.n_points, 4);
    static const struct {
        const char *visit;
        int value;
        bool outside;
    } points[] = {{"SCR", 40, false}, {"D0", 38, false}, {"MN1", 37, true}, {"MN6", 32, false}};
    for (size_t i = 0; i < 4; i++) {
        cr_assert_str_eq(page.main.points[i].visit, points[i].visit);
        assert_close(page.main.points[i].value, points[i].value, 0);
        cr_assert_eq(page.main.points[i].outside, points[i].outside, "%s", points[i].visit);
    }
    cr_assert_eq(page.n_gaps, 1);
    cr_assert_str_eq(page.gaps[0].visit, "MN3");
    cr_assert_eq(page.gaps[0].day, zero + 91);
    cr_assert_str_eq(page.visits[page.next_visit].code, "MN9");
    cr_assert_eq(strncmp(page.next, "next: MN9 ", 10), 0, "%s", page.next);
    cr_assert_eq(page.n_domains, 4);
    als_page_source_close(source);
    als_arena_free(arena);
}

/* The slopes are those that the analysis gives for days up to and from time zero. */
Test(page_collect, lines_are_those_of_the_analysis)
{
    struct als_page_source *source;
    struct als_arena *arena = als_arena_new();
    struct als_page page = collect("one", &source, arena);
    cr_assert_eq(page.n_fits, 2);
    cr_assert_str_eq(page.fits[0].name, "pre");
    cr_assert_eq(page.fits[0].ols.n, 2);
    assert_close(page.fits[0].ols.slope, -2 / (58 / 30.4375), 1e-12);
    cr_assert_eq(page.fits[1].ols.n, 3);
    const double t[] = {0, 45 / 30.4375, 180 / 30.4375}, y[] = {38, 37, 32};
    struct als_ols post = als_ols_fit(3, t, y);
    assert_close(page.fits[1].ols.slope, post.slope, 1e-12);
    assert_close(page.fits[1].ols.ci_low, post.ci_low, 1e-12);
    als_page_source_close(source);
    als_arena_free(arena);
}

Test(page_collect, events_keep_their_precision_and_adverse_events_their_end)
{
    struct als_page_source *source;
    struct als_arena *arena = als_arena_new();
    struct als_page page = collect("one", &source, arena);
    bool partial = false, today = false;
    for (size_t i = 0; i < page.n_events; i++) {
        partial = partial || strcmp(page.events[i].label, "NIV (2014-01)") == 0;
        today = today || page.events[i].kind == ALS_PAGE_TODAY;
        cr_assert(i == 0 || page.events[i - 1].day <= page.events[i].day);
    }
    cr_assert(partial && today);
    cr_assert_not_null(strstr(page.history, "consent "));
    cr_assert_eq(page.n_adverse, 3);
    cr_assert_eq(page.n_undated, 1);
    cr_assert_not(page.adverse[0].ongoing);
    cr_assert(page.adverse[1].ongoing);
    cr_assert_not(page.adverse[2].ongoing, "an outcome that says recovered was passed over");
    cr_assert_eq(page.worst_grade, 3);
    als_page_source_close(source);
    als_arena_free(arena);
}

Test(page_collect, all_patients_are_drawn_with_data_or_without)
{
    size_t charts = 0;
    struct als_plot_options options = {.as_of_day = zero + 220};
    OK(als_plot_all_patients(store, folder, "svg", &options, &charts, &err));
    cr_assert_eq(charts, 2);
    static const char *const names[] = {"one.svg", "two.svg"};
    for (size_t i = 0; i < COUNT(names); i++) {
        char chart[400];
        snprintf(chart, sizeof chart, "%s/%s", folder, names[i]);
        cr_assert_eq(access(chart, R_OK), 0, "%s", chart);
    }
    snprintf(path, sizeof path, "%s/all.png", folder);
    options.by = "cohort";
    OK(als_plot_spaghetti(store, path, &options, &err));
    cr_assert_eq(access(path, R_OK), 0);
}

Test(page_collect, unknown_names_are_refused)
{
    struct als_plot_options options = {.as_of_day = zero};
    snprintf(path, sizeof path, "%s/x.svg", folder);
    cr_assert_eq(als_plot_patient(store, "nobody", path, &options, &err), ALS_NO_INPUT);
    options.measure = "alsfrsr.nothing";
    cr_assert_eq(als_plot_patient(store, "one", path, &options, &err), ALS_USAGE);
    options = (struct als_plot_options){.as_of_day = zero, .by = "hair"};
    cr_assert_eq(als_plot_spaghetti(store, path, &options, &err), ALS_USAGE);
    cr_assert_eq(als_plot_patient(store, "one", "x.gif", &options, &err), ALS_USAGE);
}
