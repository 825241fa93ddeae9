/* Wrong protocol files: each mistake has its line, column, code and hint; nominal days. */
#include "support_define.h"

/* Line numbers of the table below count in this text. */
static const char base[] =
    "protocol: trial-1\n"                                        /* 1 */
    "title: A trial\n"                                           /* 2 */
    "version: '1'\n"                                             /* 3 */
    "months: days\n"                                             /* 4 */
    "fvc_equation: none\n"                                       /* 5 */
    "sites: [{code: A, name: Here}]\n"                           /* 6 */
    "cohorts:\n"                                                 /* 7 */
    "  - {code: '1', label: One dose, doses: 1}\n"               /* 8 */
    "  - {code: '2', label: Two, doses: 2, interval_days: 30}\n" /* 9 */
    "procedures: [mri, csf]\n"                                   /* 10 */
    "events: [relapse]\n"                                        /* 11 */
    "visits:\n"                                                  /* 12 */
    "  - code: SCR\n"                                            /* 13 */
    "    label: Screening\n"                                     /* 14 */
    "    anchor: event consent\n"                                /* 15 */
    "    offset: 0 days\n"                                       /* 16 */
    "    window: -3/+3\n"                                        /* 17 */
    "    epoch: pre\n"                                           /* 18 */
    "    assess: [alsfrsr, {instrument: fvc, optional: true}]\n" /* 19 */
    "    procedures: [mri]\n"                                    /* 20 */
    "  - code: D0\n"                                             /* 21 */
    "    label: Infusion\n"                                      /* 22 */
    "    anchor: visit SCR\n"                                    /* 23 */
    "    offset: 4 weeks\n"                                      /* 24 */
    "    window: -0/+0\n"                                        /* 25 */
    "    epoch: pre\n"                                           /* 26 */
    "    infusion: 1\n"                                          /* 27 */
    "  - code: SECOND\n"                                         /* 28 */
    "    label: Infusion 2\n"                                    /* 29 */
    "    anchor: infusion 1\n"                                   /* 30 */
    "    offset: 30 days\n"                                      /* 31 */
    "    window: -2/+2\n"                                        /* 32 */
    "    epoch: post\n"                                          /* 33 */
    "    infusion: 2\n"                                          /* 34 */
    "    cohort: '2'\n"                                          /* 35 */
    "  - code: MN3\n"                                            /* 36 */
    "    label: Month 3\n"                                       /* 37 */
    "    anchor: last planned infusion\n"                        /* 38 */
    "    offset: 3 months\n"                                     /* 39 */
    "    window: -14/+14\n"                                      /* 40 */
    "    epoch: post\n"                                          /* 41 */
    "    mode: phone\n"                                          /* 42 */
    "    assess: [alsfrsr]\n"                                    /* 43 */
    "baselines:\n"                                               /* 44 */
    "  alsfrsr: last before infusion\n"                          /* 45 */
    "  fvc: historical 90 days\n"                                /* 46 */
    "eligibility:\n"                                             /* 47 */
    "  - {id: I1, type: inclusion, auto: \"fvc_pct >= 70\", text: FVC}\n"
    "  - {id: E1, type: exclusion, manual: cancer, text: Cancer}\n"       /* 49 */
    "  - id: E2\n"                                                        /* 50 */
    "    type: exclusion\n"                                               /* 51 */
    "    auto: el_escorial in possible, suspected\n"                      /* 52 */
    "    manual: opinion\n"                                               /* 53 */
    "    if: sex = 'F'\n"                                                 /* 54 */
    "    at: SCR\n"                                                       /* 55 */
    "    text: Either\n"                                                  /* 56 */
    "analysis:\n"                                                         /* 57 */
    "  measure: alsfrsr.total\n"                                          /* 58 */
    "  time_zero: infusion 1\n"                                           /* 59 */
    "  responders:\n"                                                     /* 60 */
    "    - {code: R25, label: Better, percent: 25}\n"                     /* 61 */
    "adverse_events:\n"                                                   /* 62 */
    "  system: severity-3\n"                                              /* 63 */
    "  grades: {1: mild, 2: moderate, 3: severe}\n"                       /* 64 */
    "  causality: [cells, disease]\n"                                     /* 65 */
    "escalation: {rule: time-gate, patients: 3, observation_days: 30}\n"; /* 66 */

static const struct {
    const char *old, *new; /* replaced in the text above */
    const char *code;
    size_t line, column;
    const char *says; /* part of the message or hint; NULL when the place is enough */
} cases[] = {
    {"protocol: trial-1", "protocol: Trial 1", "E-CODE", 1, 11, NULL},
    {"months: days", "months: day", "E-VALUE", 4, 9, "did you mean days?"},
    {"fvc_equation: none", "fvc_equation: gli", "E-VALUE", 5, 15, "nhanes3"},
    {"{code: A, name: Here}", "{code: A, name: Here}, {code: A, name: B}", "E-DUPLICATE", 6, 39,
     "site \"A\""},
    {"doses: 1}", "doses: 0}", "E-RANGE", 8, 41, "found 0"},
    {"doses: 1}", "doses: one}", "E-TYPE", 8, 41, "whole number"},
    {"code: '2', label", "code: '1', label", "E-DUPLICATE", 9, 12, "on line 8"},
    {", interval_days: 30", "", "E-KEY-MISSING", 9, 5, "interval_days"},
    {"[mri, csf]", "[mri, mri]", "E-DUPLICATE", 10, 19, "listed twice"},
    {"[mri, csf]", "mri", "E-TYPE", 10, 13, "expected a list"},
    {"[relapse]", "[death]", "E-DUPLICATE", 11, 10, "built in"},
    {"code: SCR", "code: scr", "E-CODE", 13, 11, "capital"},
    {"code: SCR", "code: UNS7", "E-RESERVED", 13, 11, "unscheduled"},
    {"code: D0", "code: SCR", "E-DUPLICATE", 21, 11, "on line 13"},
    {"event consent", "event consnt", "E-EVENT-UNKNOWN", 15, 13, "did you mean consent?"},
    {"event consent", "event relapsed", "E-EVENT-UNKNOWN", 15, 13, "did you mean relapse?"},
    {"event consent", "consent", "E-ANCHOR", 15, 13, "expected event NAME"},
    {"event consent", "infusion 0", "E-ANCHOR", 15, 13, NULL},
    {"offset: 0 days", "offset: zero", "E-OFFSET", 16, 13, "found \"zero\""},
    {"offset: 0 days", "offset: 5", "E-OFFSET", 16, 13, "28 days"},
    {"offset: 0 days", "offset: 5 years", "E-OFFSET", 16, 13, NULL},
    {"offset: 0 days", "offset: 99999999999 days", "E-OFFSET", 16, 13, NULL},
    {"offset: 0 days", "offset: [0]", "E-TYPE", 16, 13, "found a list"},
    {"window: -3/+3", "window: 3", "E-WINDOW", 17, 13, "-DAYS/+DAYS"},
    {"window: -3/+3", "window: +3/-3", "E-WINDOW", 17, 13, NULL},
    {"window: -3/+3", "window: -3/+", "E-WINDOW", 17, 13, NULL},
    {"window: -3/+3", "window: -3/+28", "E-OVERLAP", 25, 13, "that of SCR (line 17) ends on day 0"},
    {"window: -14/+14", "window: -89/+14", "E-OVERLAP", 40, 13, "SECOND (line 32)"},
    {"window: -14/+14", "window: -95/+14", "E-OVERLAP", 40, 13, "in cohort 1"},
    {"epoch: pre\n    assess", "epoch: before\n    assess", "E-VALUE", 18, 12, "pre or post"},
    {"    epoch: pre\n    infusion", "    infusion", "E-KEY-MISSING", 21, 5, "\"epoch\""},
    {"[alsfrsr, {", "[alsfrs-r, {", "E-INSTRUMENT-UNKNOWN", 19, 14, "did you mean alsfrsr?"},
    {"instrument: fvc", "instrument: fvx", "E-INSTRUMENT-UNKNOWN", 19, 36, "did you mean fvc?"},
    {"{instrument: fvc", "{instrument: alsfrsr", "E-DUPLICATE", 19, 23, "twice"},
    {"optional: true", "optinal: true", "E-KEY-UNKNOWN", 19, 41, "did you mean optional?"},
    {"procedures: [mri]", "procedures: [mro]", "E-PROCEDURE-UNKNOWN", 20, 18, "did you mean mri?"},
    {"visit SCR", "visit SCRN", "E-VISIT-UNKNOWN", 23, 13, "did you mean SCR?"},
    {"visit SCR", "visit D0", "E-CYCLE", 23, 13, "D0"},
    {"event consent", "visit D0", "E-CYCLE", 15, 13, "SCR, D0"},
    {"event consent", "infusion 1", "E-CYCLE", 15, 13, "SCR, D0"},
    {"infusion: 1", "infusion: 3", "E-INFUSION", 27, 15, "more than 2 doses"},
    {"infusion: 1", "infusion: 2", "E-INFUSION", 34, 15, "at visit D0 already, on line 27"},
    {"infusion: 1", "infusion: 0", "E-INFUSION", 27, 15, "from 1"},
    {"anchor: infusion 1", "anchor: infusion 3", "E-INFUSION", 30, 13, "no infusion 3"},
    {"cohort: '2'", "cohort: '3'", "E-COHORT-UNKNOWN", 35, 13, NULL},
    {"cohort: '2'", "cohort: '1'", "E-INFUSION", 34, 15, "more than 1 dose"},
    {"last planned infusion", "visit SECOND", "E-ANCHOR", 38, 13, "for cohort 2 only"},
    {"offset: 3 months", "offset: -3 months", "E-ORDER", 39, 13, "order of time"},
    {"mode: phone", "mode: fone", "E-VALUE", 42, 11, "did you mean phone?"},
    {"alsfrsr: last before", "alsfrs: last before", "E-INSTRUMENT-UNKNOWN", 45, 3,
     "did you mean alsfrsr?"},
    {"last before infusion", "last before", "E-BASELINE", 45, 12, "visit CODE"},
    {"historical 90 days", "visit MN3", "E-BASELINE", 46, 8, "does not assess"},
    {"historical 90 days", "visit MN4", "E-VISIT-UNKNOWN", 46, 8, "did you mean MN3?"},
    {"historical 90 days", "historical days", "E-BASELINE", 46, 8, NULL},
    {"type: inclusion", "type: inclusive", "E-VALUE", 48, 20, "did you mean inclusion?"},
    {"fvc_pct >= 70", "fvc_pct => 70", "E-CRITERION", 48, 47, "a value"},
    {"fvc_pct >= 70", "fvc_pct ~ 70", "E-CRITERION", 48, 46, ">= or in"},
    {"fvc_pct >= 70", "fvc_pct >=", "E-CRITERION", 48, 48, "a value"},
    {"fvc_pct >= 70", "fvc_pct >= high", "E-CRITERION", 48, 49, "a number"},
    {"fvc_pct >= 70", ">= 70", "E-CRITERION", 48, 38, "a field"},
    {"fvc_pct >= 70", "fvc_pc >= 70", "E-FIELD", 48, 38, "there is no field 'fvc_pc'"},
    {"fvc_pct >= 70", "norris_total >= 70", "E-FIELD", 48, 38, "no field 'norris_total'"},
    {"el_escorial in", "el_escoriall in", "E-FIELD", 52, 11, "no field 'el_escoriall'"},
    {"if: sex = 'F'", "if: sex = 'sx' or sx = 'F'", "E-FIELD", 54, 23, "did you mean sex?"},
    {"id: E1", "id: I1", "E-DUPLICATE", 49, 10, "on line 48"},
    {"manual: cancer, ", "", "E-CRITERION", 49, 5, "auto, manual or both"},
    {"possible, suspected", "possible,, suspected", "E-CRITERION", 52, 35, "a value"},
    {"if: sex = 'F'", "if: sex = 'F", "E-EXPRESSION", 54, 15, "closing quote"},
    {"at: SCR", "at: BL", "E-VISIT-UNKNOWN", 55, 9, NULL},
    {"alsfrsr.total", "alsfrsr.totl", "E-MEASURE", 58, 12, "no score or item"},
    {"alsfrsr.total", "norris.total", "E-MEASURE", 58, 12, "no visit assesses"},
    {"alsfrsr.total", "total", "E-MEASURE", 58, 12, "INSTRUMENT.SCORE"},
    {"infusion 1\n  responders", "visit D0\n  responders", "E-ANCHOR", 59, 14, "time zero"},
    {"percent: 25", "percent: 25, points: 1", "E-RESPONDER", 61, 7, "both"},
    {", percent: 25", "", "E-RESPONDER", 61, 7, "neither"},
    {"percent: 25", "percent: -25", "E-RESPONDER", 61, 43, "above 0"},
    {"percent: 25", "percent: 25, measure: fvc.total", "E-MEASURE", 61, 56, "no score or item"},
    {"severity-3", "severity-4", "E-VALUE", 63, 11, "did you mean severity-3?"},
    {"1: mild, 2: moderate", "2: moderate, 1: mild", "E-GRADE", 64, 25, "ascend"},
    {", 3: severe", "", "E-GRADE", 64, 11, "2 are named"},
    {"3: severe", "6: severe", "E-GRADE", 64, 34, "1 to 5"},
    {"[cells, disease]", "[cells, cells]", "E-DUPLICATE", 65, 22, "twice"},
    {"time-gate", "time-gat", "E-VALUE", 66, 20, "did you mean time-gate?"},
    {"patients: 3, ", "", "E-ESCALATION", 66, 13, "at least 1"},
    {"time-gate, patients", "boin, patients", "E-ESCALATION", 66, 13, "target between 0 and 1"},
    {"observation_days: 30", "observation_days: 30, target: 0.3", "E-ESCALATION", 66, 66,
     "only boin"},
    {"analysis:\n", "analyses:\n", "E-KEY-UNKNOWN", 57, 1, "did you mean analysis?"},
    {"analysis:\n", "analyses:\n", "E-KEY-MISSING", 1, 1, "\"analysis\""},
    {"cohorts:", "cohorts: []\nx:", "E-LIMIT", 7, 10, "1 to 100 cohorts"},
    {"visits:", "visits: []\nx:", "E-LIMIT", 12, 9, "found 0"},
};

TABLE_TEST(protocol, places_each_mistake, cases)
{
    struct library library = {.n = 0};
    char *text = with(base, cases[*row_].old, cases[*row_].new);
    struct als_diag_list list;
    als_diag_list_init(&list, 0);
    const struct als_sink sink = als_diag_list_sink(&list);
    cr_assert_null(
        als_protocol_parse("trial.yaml", text, strlen(text), library_find, &library, &sink), "%s",
        cases[*row_].new);
    const struct als_diag *found =
        finding_at(&list, cases[*row_].code, cases[*row_].line, cases[*row_].column);
    if (!found)
        print_findings(&list);
    cr_assert_not_null(found, "%s: no %s at %zu:%zu", cases[*row_].new, cases[*row_].code,
                       cases[*row_].line, cases[*row_].column);
    cr_assert(!cases[*row_].says || strstr(found->what, cases[*row_].says) ||
                  (found->hint && strstr(found->hint, cases[*row_].says)),
              "%s / %s", found->what, found->hint ? found->hint : "");
    als_diag_list_release(&list);
    free(text);
    library_free(&library);
    assert_no_leaks();
}

Test(protocol, the_text_that_the_table_changes_is_right)
{
    struct library library = {.n = 0};
    struct als_protocol *one = good_protocol(base, &library);
    const struct als_criterion *both = &one->criteria[2];
    cr_assert(both->kind == ALS_CRITERION_BOTH && both->compare == ALS_CMP_IN);
    cr_assert_eq(both->n_values, 2);
    cr_assert_str_eq(both->values[0], "possible");
    cr_assert_str_eq(both->values[1], "suspected");
    cr_assert_str_eq(both->manual, "opinion");
    cr_assert_str_eq(both->evaluate_at, "SCR");
    cr_assert_null(one->criteria[0].manual);
    cr_assert(one->criteria[0].inclusion && !one->criteria[1].inclusion);
    cr_assert(one->visits[0].assessments[1].optional && !one->visits[0].assessments[0].optional);
    cr_assert(one->visits[3].in_months && one->visits[3].offset == 3);
    cr_assert_str_eq(one->visits[3].mode, "phone");
    cr_assert_null(one->visits[0].mode);
    cr_assert(als_protocol_has_event(one, "relapse"));
    cr_assert_eq(one->baselines[1].kind, ALS_BASELINE_HISTORICAL);
    cr_assert_eq(one->baselines[1].max_age_days, 90);
    als_protocol_free(one);
    library_free(&library);
    assert_no_leaks();
}

/* Consent is placed so that D0 is day 0; months are 30.4375 days; the last planned infusion of
 * cohort 2 is a month later. */
Test(protocol, nominal_days_follow_the_cohort)
{
    struct library library = {.n = 0};
    struct als_protocol *one = good_protocol(base, &library);
    static const struct {
        const char *visit, *cohort;
        int day;
    } expected[] = {{"SCR", "1", -28},   {"SCR", "2", -28}, {"D0", "1", 0},    {"D0", "2", 0},
                    {"SECOND", "2", 30}, {"MN3", "1", 91},  {"MN3", "2", 121}, {"MN3", NULL, 91}};
    for (size_t i = 0; i < COUNT(expected); i++) {
        const struct als_cohort *cohort =
            expected[i].cohort ? als_protocol_cohort(one, expected[i].cohort) : NULL;
        cr_assert_eq(als_protocol_nominal_day(
                         one, (size_t)als_protocol_visit(one, expected[i].visit), cohort),
                     expected[i].day, "%s", expected[i].visit);
    }
    als_protocol_free(one);
    library_free(&library);
    assert_no_leaks();
}

/* A protocol that gives nothing counts from consent. */
Test(protocol, without_infusion_days_count_from_consent)
{
    static const char text[] = "protocol: watch\ntitle: Watch\nversion: '1'\n"
                               "cohorts: [{code: all, label: All, doses: 1}]\n"
                               "visits:\n"
                               "  - {code: BL, label: B, anchor: event diagnosis, offset: 0 days, "
                               "window: -1/+1, epoch: pre, assess: [alsfrs]}\n"
                               "  - {code: MN6, label: M, anchor: visit BL, offset: 6 months, "
                               "window: -9/+9, epoch: post, assess: [alsfrs]}\n"
                               "analysis: {measure: alsfrs.total, time_zero: event diagnosis}\n"
                               "adverse_events: {system: severity-3, grades: {1: a, 2: b, 3: c}}\n";
    struct library library = {.n = 0};
    struct als_protocol *one = good_protocol(text, &library);
    cr_assert_eq(als_protocol_nominal_day(one, 0, NULL), 0);
    cr_assert_eq(als_protocol_nominal_day(one, 1, NULL), 183);
    cr_assert_eq(one->time_zero.kind, ALS_ANCHOR_EVENT);
    als_protocol_free(one);
    library_free(&library);
    assert_no_leaks();
}

/* ALSFRS may be analysed in a trial that assesses ALSFRS-R, which gives it. */
Test(protocol, a_derived_measure_is_known)
{
    struct library library = {.n = 0};
    char *text = with(base, "measure: alsfrsr.total", "measure: alsfrs.total");
    struct als_protocol *one = good_protocol(text, &library);
    cr_assert_str_eq(one->measure, "alsfrs.total");
    als_protocol_free(one);
    free(text);
    library_free(&library);
    assert_no_leaks();
}

/* An instrument may name events of its own, which the protocol must then have. */
Test(protocol, events_of_instruments_must_be_in_the_protocol)
{
    static const char scale[] =
        "instrument: scale\ntitle: S\nversion: '1'\n"
        "items: [{code: a, label: A, type: integer}]\n"
        "rules: [{code: R, level: soft, when: a = 1 and event.%s, message: m}]\n";
    char scale_text[512];
    char *text = with(base, "assess: [alsfrsr]", "assess: [alsfrsr, scale]");
    for (int known = 0; known < 2; known++) {
        struct library library = {.n = 0};
        snprintf(scale_text, sizeof scale_text, scale, known ? "relapse" : "second_opinion");
        library.items[library.n++] = good_instrument(scale_text);
        struct als_diag_list list;
        als_diag_list_init(&list, 0);
        const struct als_sink sink = als_diag_list_sink(&list);
        struct als_protocol *one =
            als_protocol_parse("t", text, strlen(text), library_find, &library, &sink);
        cr_assert_eq(one != NULL, known == 1);
        if (!known)
            cr_assert_not_null(finding_at(&list, "E-EVENT-UNKNOWN", 43, 23));
        als_protocol_free(one);
        als_diag_list_release(&list);
        library_free(&library);
    }
    free(text);
    assert_no_leaks();
}

/* Without a lookup, instruments are taken on trust. */
Test(protocol, needs_no_lookup)
{
    struct als_protocol *one = als_protocol_parse("t", base, strlen(base), NULL, NULL, NULL);
    cr_assert_not_null(one);
    cr_assert_eq(one->n_instruments, 2);
    als_protocol_free(one);
    als_protocol_free(NULL);
    assert_no_leaks();
}

Test(protocol, limits_the_number_of_visits)
{
    const char *head =
        "protocol: p\ntitle: P\nversion: '1'\n"
        "cohorts: [{code: a, label: A, doses: 1}]\n"
        "analysis: {measure: alsfrs.total, time_zero: event consent}\n"
        "adverse_events: {system: severity-3, grades: {1: a, 2: b, 3: c}}\nvisits:\n";
    for (int n = 900; n <= 901; n++) {
        struct als_buf text;
        als_buf_init(&text, 1 << 20);
        als_buf_text(&text, head);
        for (int i = 0; i < n; i++)
            als_buf_printf(&text,
                           "  - {code: V%d, label: V, anchor: event consent, offset: %d days, "
                           "window: -0/+0, epoch: post, assess: [alsfrs]}\n",
                           i, i);
        struct als_diag_list list;
        als_diag_list_init(&list, 0);
        const struct als_sink sink = als_diag_list_sink(&list);
        struct als_protocol *one =
            als_protocol_parse("p", text.data, text.length, NULL, NULL, &sink);
        cr_assert_eq(one != NULL, n == 900);
        cr_assert(n == 900 || strcmp(list.items[0].code, "E-LIMIT") == 0);
        als_protocol_free(one);
        als_diag_list_release(&list);
        als_buf_release(&text);
    }
    assert_no_leaks();
}
