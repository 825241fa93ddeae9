/*
 * One engine: what is said of an assessment, or of a patient, event, visit or adverse event, does
 * not depend on the way in. Invented patients are imported as files, saved one by one as forms and
 * the command line do, and checked as a whole.
 */
#include "als_test.h"
#include "trial.h"

#include <math.h>

#include "alstrack/store/entry.h"
#include "alstrack/store/query.h"

enum { PATIENTS = 300, ITEMS = 12 };

static const char *const items[ITEMS] = {
    "speech",  "salivation", "swallowing", "handwriting", "cutting",   "dressing",
    "turning", "walking",    "stairs",     "dyspnea",     "orthopnea", "respiratory_insufficiency"};

static unsigned draw(unsigned *seed, unsigned below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 10) % below;
}

/* A row of the file and of a form. */
struct line {
    int patient, visit, day;
    char answers[ITEMS]; /* '-' = none */
    char form;           /* a, b or '-' */
    int rater;           /* 0 = none */
};

struct invented {
    struct line lines[PATIENTS * 6];
    size_t n;
    struct als_buf events;
};

static void invent_events(struct invented *all, unsigned *seed, int patient)
{
    static const char *const names[] = {"gastrostomy", "niv_start", "tracheostomy",
                                        "death",       "consent",   "infusion"};
    char date[ALS_DATE_TEXT];
    for (size_t i = 0; i < COUNT(names); i++)
        if (draw(seed, 3) == 0)
            als_buf_printf(&all->events, "Q%d,%s,%s\n", patient, names[i],
                           als_day_format(18200 + (int)draw(seed, 500), date));
}

/* Visits of the plan and extra ones. */
static const char *code_of(const struct line *line, char code[16])
{
    static const char *const planned[] = {"SCR", "D0", "MN1", "MN3"};
    if (line->patient % 3 == 0 && line->visit <= 4)
        return planned[line->visit - 1];
    snprintf(code, 16, "UNS%d", line->visit);
    return code;
}

/* A course with the jumps, gaps, swapped days and raters that people produce. */
static void invent_patient(struct invented *all, unsigned *seed, int patient)
{
    char answers[ITEMS];
    int day = 18200 + (int)draw(seed, 100);
    for (size_t i = 0; i < ITEMS; i++)
        answers[i] = (char)('2' + draw(seed, 3));
    const size_t first = all->n, visits = 2 + draw(seed, 5);
    for (size_t v = 0; v < visits; v++) {
        struct line *line = &all->lines[all->n++];
        *line = (struct line){.patient = patient, .visit = (int)v + 1, .day = day};
        for (size_t i = 0; i < ITEMS; i++) {
            if (draw(seed, 4) == 0)
                answers[i] = (char)('0' + draw(seed, 5));
            line->answers[i] = draw(seed, 25) == 0 ? '-' : answers[i];
        }
        line->form = "ab-"[draw(seed, 3)];
        line->rater = (int)draw(seed, 3);
        if (v > 0 && draw(seed, 8) == 0 && line[-1].visit == (int)v) /* somebody else rates too */
            line->visit = (int)v, line->rater = (line[-1].rater + 1 + (int)draw(seed, 2)) % 3;
        day += draw(seed, 12) == 0 ? 0 : 10 + (int)draw(seed, 90);
        day -= draw(seed, 15) == 0 ? 120 : 0;
    }
    /* Half of the patients do not come in order. */
    for (size_t i = first; patient % 2 && i < all->n; i++) {
        const size_t k = first + draw(seed, (unsigned)(all->n - first));
        const struct line swapped = all->lines[i];
        all->lines[i] = all->lines[k];
        all->lines[k] = swapped;
    }
}

static void invent(struct invented *all)
{
    unsigned seed = 20;
    als_buf_init(&all->events, ALS_BUF_LARGE);
    als_buf_text(&all->events, "patient,event,date\n");
    for (int patient = 1; patient <= PATIENTS; patient++) {
        invent_events(all, &seed, patient);
        invent_patient(all, &seed, patient);
    }
    /* Some rows come long after the others of their patient. */
    for (size_t i = 0; i + 40 < all->n; i += 40) {
        const struct line moved = all->lines[i];
        all->lines[i] = all->lines[i + 39];
        all->lines[i + 39] = moved;
    }
}

static void open_study(struct trial *trial, const struct invented *all)
{
    struct als_buf patients;
    trial_open(trial, false);
    als_buf_init(&patients, ALS_BUF_LARGE);
    als_buf_text(&patients, "patient,sex,birth_date\n");
    for (int i = 1; i <= PATIENTS; i++)
        als_buf_printf(&patients, "Q%d,F,1960\n", i);
    trial_must(trial, "patients", patients.data);
    trial_must(trial, "events", all->events.data);
    als_buf_release(&patients);
}

/* ---- The ways in ---- */

static void import_all(struct trial *trial, const struct invented *all, size_t from, size_t to)
{
    struct als_buf text;
    char date[ALS_DATE_TEXT], code[16];
    als_buf_init(&text, ALS_BUF_LARGE);
    als_buf_text(&text, "patient,visit,date");
    for (size_t i = 0; i < ITEMS; i++)
        als_buf_printf(&text, ",%s", items[i]);
    als_buf_text(&text, ",cutting_form,rater\n");
    for (size_t n = from; n < to; n++) {
        const struct line *line = &all->lines[n];
        als_buf_printf(&text, "Q%d,%s,%s", line->patient, code_of(line, code),
                       als_day_format(line->day, date));
        for (size_t i = 0; i < ITEMS; i++)
            als_buf_printf(&text, line->answers[i] == '-' ? "," : ",%c", line->answers[i]);
        als_buf_printf(&text, line->form == '-' ? "," : ",%c", line->form);
        als_buf_printf(&text, line->rater ? ",rater %d\n" : ",\n", line->rater);
    }
    trial_must(trial, "alsfrsr", text.data);
    als_buf_release(&text);
}

static void save_one(struct trial *trial, const struct line *line)
{
    const struct als_instrument *scale = als_store_find_instrument(trial->store, "alsfrsr");
    struct als_value values[64] = {ALS_MISSING_VALUE};
    struct als_err err = {.code = ""};
    struct als_arena *arena = als_arena_new();
    struct als_patient patient;
    char code[16], rater[16];
    int visit_no = 0, rater_no = 0;
    for (size_t i = 0; i < ITEMS; i++)
        if (line->answers[i] != '-')
            values[als_instrument_item(scale, items[i])] =
                (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = line->answers[i] - '0'};
    if (line->form != '-')
        values[als_instrument_item(scale, "cutting_form")] =
            (struct als_value){.kind = ALS_VALUE_TEXT, .text = &line->form, .length = 1};
    snprintf(code, sizeof code, "Q%d", line->patient);
    cr_assert_eq(als_patient_get(trial->store, code, arena, &patient, &err), ALS_OK);
    cr_assert_eq(als_store_add_visit_code(trial->store, code_of(line, code), &visit_no, &err),
                 ALS_OK);
    snprintf(rater, sizeof rater, "rater %d", line->rater);
    if (line->rater)
        cr_assert_eq(als_store_add_rater(trial->store, rater, &rater_no, &err), ALS_OK);
    const struct als_entry entry = {.instrument = scale,
                                    .assessment = {.patient_id = patient.id,
                                                   .visit_no = visit_no,
                                                   .rater_no = rater_no,
                                                   .day = line->day,
                                                   .values = values},
                                    .given = ALS_GIVEN_ALL,
                                    .expected_change = 0,
                                    .arena = arena};
    struct als_entry_outcome outcome;
    cr_assert_eq(als_entry_save(trial->store, &entry, &outcome, &err), ALS_OK, "%s", err.text);
    als_arena_free(arena);
}

static void save_all(struct trial *trial, const struct invented *all)
{
    struct als_change_info info = {.user = "tester", .command = "record"};
    struct als_err err = {.code = ""};
    for (size_t i = 0; i < all->n; i++) {
        if (i % 30 == 0)
            cr_assert_eq(als_change_begin(trial->store, &info, &err), ALS_OK);
        save_one(trial, &all->lines[i]);
        if (i % 30 == 29 || i + 1 == all->n)
            cr_assert_eq(als_change_commit(trial->store, NULL, &err), ALS_OK, "%s", err.text);
    }
}

/* ---- What was said ---- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Lines in order of their text. */
static void sort_lines(struct als_buf *text)
{
    char **lines = als_alloc_array(text->length + 1, sizeof *lines);
    size_t n = 0;
    struct als_buf sorted;
    als_buf_init(&sorted, ALS_BUF_LARGE);
    for (char *line = strtok(text->data, "\n"); line; line = strtok(NULL, "\n"))
        lines[n++] = line;
    qsort(lines, n, sizeof *lines, by_text);
    for (size_t i = 0; i < n; i++)
        als_buf_printf(&sorted, "%s\n", lines[i]);
    free(lines);
    als_buf_release(text);
    *text = sorted;
}

static void add_line(struct als_buf *out, struct als_store *store, int64_t patient_id, int visit_no,
                     const char *rater, const char *item, const char *rule, const char *value)
{
    als_buf_printf(out, "%s %s %s %s %s %s\n", als_store_patient_name(store, patient_id),
                   visit_no ? als_store_visit_code(store, visit_no) : "-", rater ? rater : "-",
                   item ? item : "-", rule, value ? value : "-");
}

/* Baselines are looked for where records are entered one by one; files bring them in any order. */
enum baselines { WITHOUT_BASELINES, WITH_BASELINES };

/* Queries whose rule fires. */
static void list_queries(struct trial *trial, struct als_buf *out)
{
    const struct als_query_filter filter = {.opened_before = ALS_NO_DAY};
    struct als_arena *arena = als_arena_new();
    struct als_query_list list;
    struct als_err err = {.code = ""};
    als_buf_init(out, ALS_BUF_LARGE);
    cr_assert_eq(als_query_load(trial->store, &filter, arena, &list, &err), ALS_OK);
    for (size_t i = 0; i < list.count; i++) {
        const struct als_query *query = &list.items[i];
        if (query->found)
            add_line(out, trial->store, query->patient_id, query->visit_no, query->rater,
                     query->item, query->rule, query->value_now);
    }
    als_arena_free(arena);
    sort_lines(out);
}

struct listing {
    struct als_store *store;
    struct als_buf *out;
};

static void list_row(const struct als_check_row *row, void *context)
{
    const struct listing *listing = context;
    if (row->verdict.level == ALS_RULE_SOFT)
        add_line(listing->out, listing->store, row->patient_id, row->visit_no, row->rater,
                 row->item, row->verdict.code, row->value);
}

static void list_findings(struct trial *trial, enum baselines baselines, struct als_buf *out)
{
    const struct als_check_options options = {.baselines = baselines == WITH_BASELINES};
    struct listing listing = {trial->store, out};
    struct als_check_counts counts;
    struct als_err err = {.code = ""};
    als_buf_init(out, ALS_BUF_LARGE);
    cr_assert_eq(als_check(trial->store, &options, list_row, &listing, &counts, &err), ALS_OK);
    sort_lines(out);
}

static void assert_same(const struct als_buf *a, const struct als_buf *b, const char *what)
{
    size_t at = 0;
    while (a->data[at] && a->data[at] == b->data[at])
        at++;
    while (at > 0 && a->data[at - 1] != '\n')
        at--;
    cr_assert_str_eq(a->data, b->data, "%s differ at:\n%.100s\n--\n%.100s", what, a->data + at,
                     b->data + at);
}

Test(routes, say_the_same_of_every_assessment)
{
    static const char *const rules[] = {"W-TWO-RATERS", "W-SAME-DAY", "W-VISIT-ORDER",
                                        "W-NO-BASELINE"};
    struct invented *all = als_alloc(sizeof *all);
    struct trial imported, entered, halved;
    struct als_buf by_import, by_entry, by_halves, by_check, with_baselines;
    invent(all);
    open_study(&imported, all);
    import_all(&imported, all, 0, all->n);
    list_queries(&imported, &by_import);
    list_findings(&imported, WITHOUT_BASELINES, &by_check);
    list_findings(&imported, WITH_BASELINES, &with_baselines);
    for (size_t i = 0; i < COUNT(rules); i++)
        cr_expect(strstr(with_baselines.data, rules[i]), "%s never fires", rules[i]);
    cr_assert_gt(by_check.length, 20000, "too little is doubtful to compare");
    assert_same(&by_import, &by_check, "import and check");
    open_study(&entered, all);
    save_all(&entered, all);
    list_queries(&entered, &by_entry);
    assert_same(&by_entry, &with_baselines, "entry and check");
    open_study(&halved, all);
    import_all(&halved, all, 0, all->n / 3);
    import_all(&halved, all, all->n / 3, all->n);
    list_queries(&halved, &by_halves);
    assert_same(&by_halves, &by_check, "two imports and check");
    cr_assert_eq(trial_verify(&imported) + trial_verify(&entered) + trial_verify(&halved), 0);
    als_buf_release(&by_import);
    als_buf_release(&by_entry);
    als_buf_release(&by_halves);
    als_buf_release(&by_check);
    als_buf_release(&with_baselines);
    als_buf_release(&all->events);
    free(all);
    trial_close(&imported);
    trial_close(&entered);
    trial_close(&halved);
}

/* ---- Records that are no assessments ---- */

enum { REGISTERED = 150, MOST_ROWS = 6 * REGISTERED };

/* What is invented, as files have it and as people do. */
struct records {
    struct als_patient patients[REGISTERED];
    struct als_event events[MOST_ROWS];
    struct als_visit visits[MOST_ROWS];
    struct als_adverse_event adverse[MOST_ROWS];
    size_t n_events, n_visits, n_adverse;
    struct als_arena *arena;
};

static const char *const codes_of_visits[] = {"SCR", "D0", "MN1", "MN3", "UNS1", "ET"};

static const char *draw_date(struct records *all, unsigned *seed)
{
    char date[ALS_DATE_TEXT];
    als_day_format(18100 + (int)draw(seed, 700), date);
    if (draw(seed, 5) == 0)
        date[7] = '\0';
    return als_arena_strdup(all->arena, date);
}

static void invent_record_events(struct records *all, unsigned *seed, int64_t id)
{
    static const char *const names[] = {"onset",     "diagnosis",   "consent",
                                        "niv_start", "gastrostomy", "death"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (draw(seed, 2) == 0)
            all->events[all->n_events++] = (struct als_event){
                .patient_id = id, .event = names[i], .date = draw_date(all, seed), .value = NAN};
    for (unsigned i = draw(seed, 3); i > 0 && all->n_events < MOST_ROWS; i--) {
        char date[ALS_DATE_TEXT];
        als_day_format(18200 + (int)(200 * i + draw(seed, 100)), date);
        all->events[all->n_events++] =
            (struct als_event){.patient_id = id,
                               .event = "infusion",
                               .date = als_arena_strdup(all->arena, date),
                               .value = (const double[]){15, 1e6, 2e9}[draw(seed, 3)]};
    }
}

static void invent_records(struct records *all)
{
    unsigned seed = 77;
    all->arena = als_arena_new();
    for (int i = 0; i < REGISTERED; i++) {
        const int64_t id = i + 1;
        char date[ALS_DATE_TEXT];
        all->patients[i] = (struct als_patient){
            .patient = als_arena_printf(all->arena, "Q%d", i + 1),
            .birth_date = als_arena_strdup(
                all->arena,
                als_day_format(draw(&seed, 6) ? -4000 + (int)draw(&seed, 4000) : 18400, date)),
            .height_cm = (const double[]){66, 170, 181.5, 230}[draw(&seed, 4)]};
        invent_record_events(all, &seed, id);
        for (size_t v = 0; v < COUNT(codes_of_visits); v++)
            if (draw(&seed, 2))
                all->visits[all->n_visits++] =
                    (struct als_visit){.patient_id = id,
                                       .visit_no = (int)v, /* until its number is known */
                                       .day = 18150 + (int)draw(&seed, 500)};
        for (unsigned k = draw(&seed, 4); k > 0; k--)
            all->adverse[all->n_adverse++] =
                (struct als_adverse_event){.patient_id = id,
                                           .ae_id = als_arena_printf(all->arena, "%u", k),
                                           .term = "headache",
                                           .onset = draw_date(all, &seed),
                                           .grade = 1 + (int)draw(&seed, 3),
                                           .serious = ALS_UNSAID,
                                           .dlt = ALS_UNSAID,
                                           .visit_no = (int)draw(&seed, 4)};
    }
}

static void import_records(struct trial *trial, const struct records *all)
{
    struct als_buf text;
    char date[ALS_DATE_TEXT];
    als_buf_init(&text, ALS_BUF_LARGE);
    als_buf_text(&text, "patient,birth_date,height_cm\n");
    for (size_t i = 0; i < REGISTERED; i++)
        als_buf_printf(&text, "%s,%s,%g\n", all->patients[i].patient, all->patients[i].birth_date,
                       all->patients[i].height_cm);
    trial_must(trial, "patients", text.data);
    als_buf_clear(&text);
    als_buf_text(&text, "patient,event,date,value\n");
    for (size_t i = 0; i < all->n_events; i++) {
        als_buf_printf(&text, "Q%d,%s,%s,", (int)all->events[i].patient_id, all->events[i].event,
                       all->events[i].date);
        als_buf_printf(&text, isnan(all->events[i].value) ? "\n" : "%.0f\n", all->events[i].value);
    }
    trial_must(trial, "events", text.data);
    als_buf_clear(&text);
    als_buf_text(&text, "patient,visit,date\n");
    for (size_t i = 0; i < all->n_visits; i++)
        als_buf_printf(&text, "Q%d,%s,%s\n", (int)all->visits[i].patient_id,
                       codes_of_visits[all->visits[i].visit_no],
                       als_day_format(all->visits[i].day, date));
    trial_must(trial, "visits", text.data);
    als_buf_clear(&text);
    als_buf_text(&text, "patient,ae_id,visit,term,onset,grade\n");
    for (size_t i = 0; i < all->n_adverse; i++)
        als_buf_printf(&text, "Q%d,%s,%s,%s,%s,%d\n", (int)all->adverse[i].patient_id,
                       all->adverse[i].ae_id, codes_of_visits[all->adverse[i].visit_no],
                       all->adverse[i].term, all->adverse[i].onset, all->adverse[i].grade);
    trial_must(trial, "ae", text.data);
    als_buf_release(&text);
}

/* One record, one change set, as commands and forms do it. */
static void judge_record(struct trial *trial, const struct als_recorded *recorded,
                         enum als_status put)
{
    struct als_recorded given = *recorded;
    struct als_recorded_outcome outcome;
    struct als_err err = {.code = ""};
    given.arena = als_arena_new();
    cr_assert_eq(put, ALS_OK);
    cr_assert_eq(als_recorded_judge(trial->store, &given, &outcome, &err), ALS_OK, "%s", err.text);
    cr_assert_eq(als_change_commit(trial->store, NULL, &err), ALS_OK, "%s", err.text);
    als_arena_free(given.arena);
}

static void begin(struct trial *trial)
{
    struct als_change_info info = {.user = "tester", .command = "a command"};
    struct als_err err = {.code = ""};
    cr_assert_eq(als_change_begin(trial->store, &info, &err), ALS_OK, "%s", err.text);
}

static int number_of(struct trial *trial, int place)
{
    struct als_err err = {.code = ""};
    int number = 0;
    cr_assert_eq(als_store_add_visit_code(trial->store, codes_of_visits[place], &number, &err),
                 ALS_OK);
    return number;
}

static void enter_records(struct trial *trial, const struct records *all)
{
    const struct als_protocol *protocol = als_store_protocol(trial->store);
    struct als_err err = {.code = ""};
    enum als_put what;
    for (size_t i = 0; i < REGISTERED; i++) {
        struct als_patient patient = all->patients[i];
        begin(trial);
        const enum als_status put =
            als_patient_put(trial->store, &patient, ALS_GIVEN_ALL, &what, &err);
        judge_record(trial, &(struct als_recorded){.patient_id = patient.id, .record = "patient"},
                     put);
    }
    for (size_t i = 0; i < all->n_events; i++) {
        struct als_event event = all->events[i];
        begin(trial);
        const enum als_status put = als_event_put(trial->store, &event, ALS_GIVEN_ALL, &what, &err);
        judge_record(trial,
                     &(struct als_recorded){.patient_id = event.patient_id,
                                            .record = "event",
                                            .item = als_event_item(protocol, &event, all->arena)},
                     put);
    }
    for (size_t i = 0; i < all->n_visits; i++) {
        struct als_visit visit = all->visits[i];
        begin(trial);
        visit.visit_no = number_of(trial, visit.visit_no);
        const enum als_status put = als_visit_put(trial->store, &visit, ALS_GIVEN_ALL, &what, &err);
        judge_record(trial,
                     &(struct als_recorded){.patient_id = visit.patient_id,
                                            .record = "visit",
                                            .visit_no = visit.visit_no},
                     put);
    }
    for (size_t i = 0; i < all->n_adverse; i++) {
        struct als_adverse_event ae = all->adverse[i];
        begin(trial);
        ae.visit_no = number_of(trial, ae.visit_no);
        const enum als_status put =
            als_adverse_event_put(trial->store, &ae, ALS_GIVEN_ALL, &what, &err);
        judge_record(
            trial,
            &(struct als_recorded){.patient_id = ae.patient_id, .record = "ae", .item = ae.ae_id},
            put);
    }
}

Test(routes, say_the_same_of_every_patient_event_visit_and_adverse_event)
{
    static const char *const rules[] = {"W-HEIGHT",      "W-AGE",   "W-BEFORE-BIRTH",
                                        "W-AFTER-DEATH", "W-ORDER", "W-BEFORE-CONSENT",
                                        "W-DOSES",       "W-CELLS", "W-VISIT-ORDER"};
    struct records *all = als_alloc(sizeof *all);
    struct trial imported, entered;
    struct als_buf by_import, by_entry, by_check, with_baselines;
    invent_records(all);
    trial_open(&imported, false);
    import_records(&imported, all);
    list_queries(&imported, &by_import);
    list_findings(&imported, WITHOUT_BASELINES, &by_check);
    list_findings(&imported, WITH_BASELINES, &with_baselines);
    for (size_t i = 0; i < COUNT(rules); i++)
        cr_expect(strstr(by_check.data, rules[i]), "%s never fires", rules[i]);
    assert_same(&by_import, &by_check, "import and check");
    trial_open(&entered, false);
    enter_records(&entered, all);
    list_queries(&entered, &by_entry);
    assert_same(&by_entry, &with_baselines, "entry and check");
    cr_assert_eq(trial_verify(&imported) + trial_verify(&entered), 0);
    als_buf_release(&by_import);
    als_buf_release(&by_entry);
    als_buf_release(&by_check);
    als_buf_release(&with_baselines);
    als_arena_free(all->arena);
    free(all);
    trial_close(&imported);
    trial_close(&entered);
}

/* ---- What is confirmed, and what is refused ---- */

static enum als_status put_height(struct trial *trial, double height, const char *why,
                                  struct als_recorded_outcome *outcome, struct als_err *err)
{
    struct als_arena *arena = als_arena_new();
    struct als_patient patient = {.patient = "Q1", .height_cm = height};
    const struct als_justification justification = {.code = "W-HEIGHT", .item = -1, .text = why};
    const struct als_change_info info = {.user = "tester", .command = "a form", .reason = "a test"};
    enum als_put what;
    cr_assert_eq(als_change_begin(trial->store, &info, err), ALS_OK);
    cr_assert_eq(als_patient_put(trial->store, &patient, 1u << 3, &what, err), ALS_OK);
    const struct als_recorded recorded = {.patient_id = patient.id,
                                          .record = "patient",
                                          .justifications = &justification,
                                          .n_justifications = why ? 1 : 0,
                                          .strict = true,
                                          .arena = arena};
    const enum als_status status = als_recorded_judge(trial->store, &recorded, outcome, err);
    if (status)
        als_change_abandon(trial->store);
    else
        cr_assert_eq(als_change_commit(trial->store, NULL, err), ALS_OK);
    als_arena_free(arena);
    return status;
}

Test(routes, ask_once_why_a_value_of_a_record_is_right_and_again_when_it_is_another)
{
    struct trial trial;
    struct als_recorded_outcome outcome;
    struct als_err err = {.code = ""};
    struct als_buf queries;
    trial_open(&trial, false);
    cr_expect_eq(put_height(&trial, 66, NULL, &outcome, &err), ALS_DATA);
    cr_expect_str_eq(err.code, "E-CONFIRM");
    cr_expect(strstr(err.hint, "inches"), "%s", err.hint);
    cr_expect_eq(put_height(&trial, 66, "sits in a wheelchair", &outcome, &err), ALS_OK);
    cr_expect_eq(outcome.opened, 1);
    cr_expect_eq(put_height(&trial, 66, NULL, &outcome, &err), ALS_OK, "it was asked already");
    cr_expect_eq(put_height(&trial, 67, NULL, &outcome, &err), ALS_DATA, "another value");
    cr_expect_eq(put_height(&trial, 67, "measured again", &outcome, &err), ALS_OK);
    cr_expect_eq(outcome.refreshed, 1);
    list_queries(&trial, &queries);
    cr_expect_str_eq(queries.data, "Q1 - - - W-HEIGHT 67\n");
    als_buf_release(&queries);
    trial_close(&trial);
}
