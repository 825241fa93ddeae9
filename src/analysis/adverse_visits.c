/* Adverse events by visit: what the review said and the worst grade recorded there. */
#include <stdlib.h>
#include <string.h>

#include "adverse_int.h"
#include "alstrack/core/buf.h"
#include "alstrack/store/scan.h"
#include "patients.h"

#define REVIEW "ae-review"

/* The answer to the review at one visit. */
struct review {
    int64_t patient_id;
    int visit_no;
    const char *answer; /* label in words */
};

struct reviews {
    struct review *items; /* by patient and visit number */
    size_t count, room;
};

static const char *answer_text(const struct als_value *value, struct als_arena *arena)
{
    if (value->kind != ALS_VALUE_TEXT)
        return NULL;
    char *text = als_arena_strndup(arena, value->text, value->length);
    for (char *c = text; *c; c++)
        if (*c == '_')
            *c = ' ';
    return text;
}

/* Answers of several raters at one visit: the most telling one counts. */
static bool says_more(const char *answer, const char *than)
{
    static const char *const order[] = {"not asked", "none", "listed"};
    size_t a = 0, b = 0;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        a = strcmp(answer, order[i]) == 0 ? i + 1 : a;
        b = than && strcmp(than, order[i]) == 0 ? i + 1 : b;
    }
    return a > b;
}

static void add_review(struct reviews *reviews, const struct als_assessment *row,
                       const char *answer)
{
    struct review *last = reviews->count ? &reviews->items[reviews->count - 1] : NULL;
    if (last && last->patient_id == row->patient_id && last->visit_no == row->visit_no) {
        if (says_more(answer, last->answer))
            last->answer = answer;
        return;
    }
    if (reviews->count == reviews->room) {
        reviews->room = reviews->room ? 2 * reviews->room : 256;
        reviews->items = als_realloc_array(reviews->items, reviews->room, sizeof *reviews->items);
    }
    reviews->items[reviews->count++] = (struct review){row->patient_id, row->visit_no, answer};
}

/* A study whose protocol plans no review has no such instrument: no answers then. */
static enum als_status load_reviews(const struct als_adverse_data *data, struct reviews *reviews,
                                    struct als_err *err)
{
    const struct als_instrument *instrument = als_store_find_instrument(data->store, REVIEW);
    ptrdiff_t item = instrument ? als_instrument_item(instrument, "review") : -1;
    if (item < 0 || data->patients.count == 0)
        return ALS_OK;
    struct als_scan *scan;
    enum als_status status =
        als_scan_open(data->store, instrument, ALS_SCAN_ITEMS, data->patients.items[0].id,
                      data->patients.items[data->patients.count - 1].id, &scan, err);
    if (status != ALS_OK)
        return status;
    const struct als_assessment *row;
    while ((status = als_scan_next(scan, &row, err)) == ALS_OK && row) {
        const char *answer = row->not_done ? NULL : answer_text(&row->values[item], data->arena);
        if (answer)
            add_review(reviews, row, answer);
    }
    als_scan_close(scan);
    return status;
}

struct cursor {
    const struct als_adverse_data *data;
    const struct reviews *reviews;
    struct als_table *table;
    struct als_span visits, adverse;
    size_t review;
    size_t unlinked, none_but_listed, listed_but_none;
    struct als_buf terms;
};

static bool is_planned_review(const struct als_adverse_data *data, int visit_no)
{
    ptrdiff_t plan = als_store_plan_of(data->store, visit_no);
    return plan >= 0 && data->protocol->visits[plan].ae_review;
}

static const char *review_at(struct cursor *cursor, int64_t patient_id, int visit_no)
{
    const struct reviews *reviews = cursor->reviews;
    while (cursor->review < reviews->count &&
           (reviews->items[cursor->review].patient_id < patient_id ||
            (reviews->items[cursor->review].patient_id == patient_id &&
             reviews->items[cursor->review].visit_no < visit_no)))
        cursor->review++;
    if (cursor->review == reviews->count)
        return NULL;
    const struct review *review = &reviews->items[cursor->review];
    bool here = review->patient_id == patient_id && review->visit_no == visit_no;
    return here ? review->answer : NULL;
}

/* Events of the visit: how many, the worst grade, distinct terms in order of onset. */
static size_t collect(struct cursor *cursor, int visit_no, int *worst)
{
    const struct als_adverse_event *all = cursor->data->adverse.items + cursor->adverse.first;
    size_t events = 0;
    *worst = ALS_UNSAID;
    als_buf_clear(&cursor->terms);
    for (size_t i = 0; i < cursor->adverse.count; i++) {
        if (all[i].visit_no != visit_no)
            continue;
        events++;
        *worst = all[i].grade > *worst ? all[i].grade : *worst;
        bool known = false;
        for (size_t k = 0; k < i && !known; k++)
            known = all[k].visit_no == visit_no && strcmp(all[k].term, all[i].term) == 0;
        if (!known)
            als_buf_printf(&cursor->terms, "%s%s", cursor->terms.length ? "; " : "", all[i].term);
    }
    return events;
}

/* day is ALS_NO_DAY when the visit is not known to have taken place. */
static void write_visit(struct cursor *cursor, const struct als_patient *patient, int visit_no,
                        int day, const char *review)
{
    int worst;
    size_t events = collect(cursor, visit_no, &worst);
    bool expected = day != ALS_NO_DAY && day <= cursor->data->as_of_day &&
                    is_planned_review(cursor->data, visit_no);
    if (!expected && !review && events == 0)
        return;
    als_table_text(cursor->table, patient->patient);
    als_table_text(cursor->table, als_store_visit_code(cursor->data->store, visit_no));
    als_table_day(cursor->table, day);
    als_table_text(cursor->table, review);
    als_table_integer(cursor->table, (int64_t)events);
    if (worst == ALS_UNSAID)
        als_table_missing(cursor->table);
    else
        als_table_integer(cursor->table, worst);
    als_table_text(cursor->table, cursor->terms.data);
    cursor->none_but_listed += review && strcmp(review, "none") == 0 && events;
    cursor->listed_but_none += review && strcmp(review, "listed") == 0 && !events;
}

static bool has_visit_row(const struct cursor *cursor, int visit_no)
{
    const struct als_visit *visits = cursor->data->visits.items + cursor->visits.first;
    for (size_t i = 0; i < cursor->visits.count; i++)
        if (visits[i].visit_no == visit_no)
            return true;
    return false;
}

/* Visits of the patient in order of number, then those that only events name. */
static void write_patient(struct cursor *cursor, const struct als_patient *patient)
{
    const struct als_visit *visits = cursor->data->visits.items + cursor->visits.first;
    const struct als_adverse_event *adverse = cursor->data->adverse.items + cursor->adverse.first;
    for (size_t i = 0; i < cursor->visits.count; i++) {
        int day = visits[i].not_done ? ALS_NO_DAY : visits[i].day;
        const char *review = review_at(cursor, patient->id, visits[i].visit_no);
        write_visit(cursor, patient, visits[i].visit_no, day, review);
    }
    for (size_t i = 0; i < cursor->adverse.count; i++) {
        int visit_no = adverse[i].visit_no;
        bool earlier = false;
        for (size_t k = 0; k < i && !earlier; k++)
            earlier = adverse[k].visit_no == visit_no;
        if (visit_no == 0)
            cursor->unlinked++;
        else if (!earlier && !has_visit_row(cursor, visit_no))
            write_visit(cursor, patient, visit_no, ALS_NO_DAY, NULL);
    }
}

static void write_notes(const struct cursor *cursor)
{
    struct als_table *table = cursor->table;
    als_table_note(table, "one row per visit that took place with a planned review, and per other "
                          "visit with events; an empty review was not recorded");
    if (cursor->unlinked)
        als_table_note(table, "warning: events that are linked to no visit and so not shown: %zu",
                       cursor->unlinked);
    if (cursor->none_but_listed)
        als_table_note(table, "warning: visits reviewed as none that have events: %zu",
                       cursor->none_but_listed);
    if (cursor->listed_but_none)
        als_table_note(table, "warning: visits reviewed as listed that have no events: %zu",
                       cursor->listed_but_none);
    als_adverse_note_spellings(cursor->data, table);
    if (cursor->data->later)
        als_table_note(table, "events left out for an onset after the as-of day: %zu",
                       cursor->data->later);
}

static void write_table(const struct als_adverse_data *data, const struct reviews *reviews,
                        struct als_table *table)
{
    struct cursor cursor = {.data = data, .reviews = reviews, .table = table};
    als_buf_init(&cursor.terms, ALS_BUF_LARGE);
    for (size_t i = 0; i < data->patients.count; i++) {
        const struct als_patient *patient = &data->patients.items[i];
        cursor.visits =
            als_visits_of(&data->visits, cursor.visits.first + cursor.visits.count, patient->id);
        struct als_span *span = &cursor.adverse;
        span->first += span->count;
        span->count = 0;
        while (span->first + span->count < data->adverse.count &&
               data->adverse.items[span->first + span->count].patient_id == patient->id)
            span->count++;
        write_patient(&cursor, patient);
    }
    write_notes(&cursor);
    als_buf_release(&cursor.terms);
}

enum als_status als_adverse_by_visit(const struct als_adverse_data *data, struct als_table **out,
                                     struct als_err *err)
{
    static const struct als_table_column columns[] = {
        {"patient", NULL, ALS_CELL_TEXT, 0},   {"visit", NULL, ALS_CELL_TEXT, 0},
        {"date", NULL, ALS_CELL_TEXT, 0},      {"review", NULL, ALS_CELL_TEXT, 0},
        {"events", NULL, ALS_CELL_INTEGER, 0}, {"max_grade", "max grade", ALS_CELL_INTEGER, 0},
        {"terms", NULL, ALS_CELL_TEXT, 0}};
    struct reviews reviews = {0};
    enum als_status status = load_reviews(data, &reviews, err);
    if (status == ALS_OK) {
        *out = als_table_new(columns, sizeof columns / sizeof columns[0]);
        write_table(data, &reviews, *out);
    }
    free(reviews.items);
    return status;
}
