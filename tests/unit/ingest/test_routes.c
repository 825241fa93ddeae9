/*
 * One engine: what is said of an assessment does not depend on the way in. Invented patients are
 * imported as a file, saved one by one as forms and the command line do, and checked as a whole.
 */
#include "als_test.h"
#include "trial.h"

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
    static const char *const names[] = {"gastrostomy", "niv_start", "tracheostomy", "death",
                                        "consent"};
    char date[ALS_DATE_TEXT];
    for (size_t i = 0; i < COUNT(names); i++)
        if (draw(seed, 3) == 0)
            als_buf_printf(&all->events, "Q%d,%s,%s\n", patient, names[i],
                           als_day_format(18200 + (int)draw(seed, 500), date));
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
        day += draw(seed, 12) == 0 ? 0 : 10 + (int)draw(seed, 90);
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
    char date[ALS_DATE_TEXT];
    als_buf_init(&text, ALS_BUF_LARGE);
    als_buf_text(&text, "patient,visit,date");
    for (size_t i = 0; i < ITEMS; i++)
        als_buf_printf(&text, ",%s", items[i]);
    als_buf_text(&text, ",cutting_form,rater\n");
    for (size_t n = from; n < to; n++) {
        const struct line *line = &all->lines[n];
        als_buf_printf(&text, "Q%d,UNS%d,%s", line->patient, line->visit,
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
    snprintf(code, sizeof code, "UNS%d", line->visit);
    cr_assert_eq(als_store_add_visit_code(trial->store, code, &visit_no, &err), ALS_OK);
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

/* Queries of assessments whose rule fires. */
static void list_queries(struct trial *trial, struct als_buf *out)
{
    const struct als_query_filter filter = {.record = "alsfrsr", .opened_before = ALS_NO_DAY};
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
    if (row->verdict.level == ALS_RULE_SOFT && strcmp(row->record, "alsfrsr") == 0)
        add_line(listing->out, listing->store, row->patient_id, row->visit_no, row->rater,
                 row->item, row->verdict.code, row->value);
}

static void list_findings(struct trial *trial, struct als_buf *out)
{
    const struct als_check_options options = {.patient_id = 0};
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

Test(routes, say_the_same_of_every_assessment, .timeout = 250)
{
    struct invented *all = als_alloc(sizeof *all);
    struct trial imported, entered, halved;
    struct als_buf by_import, by_entry, by_halves, by_check;
    invent(all);
    open_study(&imported, all);
    import_all(&imported, all, 0, all->n);
    list_queries(&imported, &by_import);
    list_findings(&imported, &by_check);
    cr_assert_gt(by_check.length, 20000, "too little is doubtful to compare");
    assert_same(&by_import, &by_check, "import and check");
    open_study(&entered, all);
    save_all(&entered, all);
    list_queries(&entered, &by_entry);
    assert_same(&by_entry, &by_check, "entry and check");
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
    als_buf_release(&all->events);
    free(all);
    trial_close(&imported);
    trial_close(&entered);
    trial_close(&halved);
}
