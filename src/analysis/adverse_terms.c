/* Adverse events by term: patients by worst grade, events, seriousness, causality, rates. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adverse_int.h"
#include "alstrack/analysis/slopes.h"
#include "patients.h"

#define ANY        "any event"
#define MAX_GRADES 9 /* distinct grades that have a column of their own */

struct group {
    const char *name; /* "all", or the factor's value; NULL = missing */
    size_t patients;
    double months;
};

/* One event under one heading: its own term and, a second time, ANY. */
struct ref {
    size_t group;
    const char *term; /* NULL = ANY */
    size_t patient;
    const struct als_adverse_event *ae;
    bool emergent, in_period;
};

struct row {
    size_t group;
    const char *term;
    size_t patients, events;
    size_t worst[MAX_GRADES], ungraded;
    size_t serious, related, dlt, emergent, in_period;
};

struct tally {
    const struct als_adverse_data *data;
    const char *by;
    struct group *groups;
    size_t n_groups;
    int grades[MAX_GRADES];
    size_t n_grades;
    struct ref *refs;
    size_t n_refs;
    struct row *rows;
    size_t n_rows;
    size_t no_exposure, no_onset, no_relation, other_relation;
};

static const char *name_of(const struct tally *tally, const struct als_patient *patient)
{
    return tally->by ? als_factor_value(patient, tally->by) : "all";
}

static int compare_names(const char *a, const char *b)
{
    if (!a || !b)
        return !a - !b;
    return strcmp(a, b);
}

static int compare_groups(const void *left, const void *right)
{
    const struct group *a = left, *b = right;
    return compare_names(a->name, b->name);
}

static size_t find_group(const struct tally *tally, const char *name)
{
    size_t i = 0;
    while (i < tally->n_groups && compare_names(tally->groups[i].name, name) != 0)
        i++;
    return i;
}

static void make_groups(struct tally *tally)
{
    const struct als_patient_list *patients = &tally->data->patients;
    size_t room = 0;
    for (size_t i = 0; i < patients->count; i++) {
        const char *name = name_of(tally, &patients->items[i]);
        if (find_group(tally, name) < tally->n_groups)
            continue;
        if (tally->n_groups == room) {
            room = room ? 2 * room : 8;
            tally->groups = als_realloc_array(tally->groups, room, sizeof *tally->groups);
        }
        tally->groups[tally->n_groups++] = (struct group){.name = name};
    }
    if (tally->n_groups)
        qsort(tally->groups, tally->n_groups, sizeof *tally->groups, compare_groups);
}

static void add_grade(struct tally *tally, int grade)
{
    size_t at = 0;
    while (at < tally->n_grades && tally->grades[at] < grade)
        at++;
    if (grade == ALS_UNSAID || (at < tally->n_grades && tally->grades[at] == grade) ||
        tally->n_grades == MAX_GRADES)
        return;
    memmove(&tally->grades[at + 1], &tally->grades[at],
            (tally->n_grades - at) * sizeof tally->grades[0]);
    tally->grades[at] = grade;
    tally->n_grades++;
}

/* Columns for the grades of the protocol and for any other that is stored. */
static void find_grades(struct tally *tally)
{
    const struct als_adverse_data *data = tally->data;
    for (size_t i = 0; i < data->protocol->n_grades; i++)
        add_grade(tally, data->protocol->grades[i].grade);
    for (size_t i = 0; i < data->adverse.count; i++)
        add_grade(tally, data->adverse.items[i].grade);
}

enum relation { RELATION_NONE, RELATION_TREATMENT, RELATION_OTHER };

/* One category of the list. The disease itself is no relation to treatment. */
static enum relation judge_category(const struct als_protocol *protocol, const char *text,
                                    size_t length)
{
    for (size_t i = 0; i < protocol->n_causality; i++) {
        const char *category = protocol->causality[i];
        if (strlen(category) == length && memcmp(category, text, length) == 0)
            return strncmp(category, "disease", 7) == 0 ? RELATION_NONE : RELATION_TREATMENT;
    }
    return RELATION_OTHER;
}

static enum relation judge_relation(const struct als_protocol *protocol, const char *relation)
{
    enum relation found = RELATION_NONE;
    for (const char *part = relation; part && *part;) {
        part += strspn(part, "; ");
        size_t length = strcspn(part, ";"), trimmed = length;
        while (trimmed && part[trimmed - 1] == ' ')
            trimmed--;
        enum relation one = trimmed ? judge_category(protocol, part, trimmed) : RELATION_NONE;
        if (one == RELATION_TREATMENT)
            return one;
        if (one == RELATION_OTHER)
            found = one;
        part += length;
    }
    return found;
}

static void add_event(struct tally *tally, size_t patient, const struct als_follow_up *follow,
                      const struct als_adverse_event *ae)
{
    struct als_date onset = als_date_of(ae->onset);
    int latest = als_date_latest(onset), earliest = als_date_earliest(onset);
    bool unknown = onset.precision == ALS_PRECISION_NONE;
    struct ref ref = {.group =
                          find_group(tally, name_of(tally, &tally->data->patients.items[patient])),
                      .patient = patient,
                      .ae = ae};
    ref.emergent =
        follow->first_infusion != ALS_NO_DAY && (unknown || latest >= follow->first_infusion);
    ref.in_period =
        follow->exposure_from != ALS_NO_DAY &&
        (unknown || (latest >= follow->exposure_from && earliest <= follow->exposure_to));
    tally->refs[tally->n_refs++] = ref;
    ref.term = ae->term;
    tally->refs[tally->n_refs++] = ref;
    tally->no_onset += unknown;
    tally->no_relation += !ae->relation;
    tally->other_relation += judge_relation(tally->data->protocol, ae->relation) == RELATION_OTHER;
}

static void go_through_patients(struct tally *tally)
{
    const struct als_adverse_data *data = tally->data;
    struct als_span event = {0}, visit = {0};
    size_t ae = 0;
    tally->refs = als_alloc_array(2 * data->adverse.count, sizeof *tally->refs);
    for (size_t i = 0; i < data->patients.count; i++) {
        const struct als_patient *patient = &data->patients.items[i];
        event = als_events_of(&data->events, event.first + event.count, patient->id);
        visit = als_visits_of(&data->visits, visit.first + visit.count, patient->id);
        struct als_patient_facts facts;
        als_facts_from(data->store, patient, data->events.items + event.first, event.count,
                       data->visits.items + visit.first, visit.count, data->arena, &facts);
        struct als_follow_up follow = als_follow_up(
            data->protocol, &facts, data->events.items + event.first, event.count, data->as_of_day);
        struct group *group = &tally->groups[find_group(tally, name_of(tally, patient))];
        group->patients++;
        group->months += als_exposure_days(&follow) / ALS_DAYS_PER_MONTH;
        tally->no_exposure += follow.exposure_from == ALS_NO_DAY;
        for (; ae < data->adverse.count && data->adverse.items[ae].patient_id == patient->id; ae++)
            add_event(tally, i, &follow, &data->adverse.items[ae]);
    }
}

static int compare_terms(const char *a, const char *b)
{
    if (!a || !b)
        return !!a - !!b; /* ANY first */
    return strcmp(a, b);
}

static int compare_refs(const void *left, const void *right)
{
    const struct ref *a = left, *b = right;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    int order = compare_terms(a->term, b->term);
    if (order)
        return order;
    return (a->patient > b->patient) - (a->patient < b->patient);
}

/* A patient counts once in a row, with the worst grade. */
static void close_patient(const struct tally *tally, struct row *row, int worst)
{
    row->patients++;
    for (size_t i = 0; i < tally->n_grades; i++) {
        if (tally->grades[i] == worst) {
            row->worst[i]++;
            return;
        }
    }
    row->ungraded++;
}

static void count_event(const struct tally *tally, struct row *row, const struct ref *ref)
{
    row->events++;
    row->serious += ref->ae->serious == 1;
    row->dlt += ref->ae->dlt == 1;
    row->related += judge_relation(tally->data->protocol, ref->ae->relation) == RELATION_TREATMENT;
    row->emergent += ref->emergent;
    row->in_period += ref->in_period;
}

/* Group by group the row of all events, then the commonest term first. */
static int compare_rows(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (!a->term || !b->term)
        return compare_terms(a->term, b->term);
    if (a->patients != b->patients)
        return a->patients > b->patients ? -1 : 1;
    if (a->events != b->events)
        return a->events > b->events ? -1 : 1;
    return strcmp(a->term, b->term);
}

static void count_rows(struct tally *tally)
{
    tally->rows = als_alloc_array(tally->n_groups + tally->n_refs, sizeof *tally->rows);
    struct row *row = NULL;
    const struct ref *last = NULL;
    int worst = ALS_UNSAID;
    for (size_t i = 0; i < tally->n_refs; i++) {
        const struct ref *ref = &tally->refs[i];
        bool new_row =
            !last || ref->group != last->group || compare_terms(ref->term, last->term) != 0;
        if (last && (new_row || ref->patient != last->patient)) {
            close_patient(tally, row, worst);
            worst = ALS_UNSAID;
        }
        if (new_row) {
            row = &tally->rows[tally->n_rows++];
            *row = (struct row){.group = ref->group, .term = ref->term};
        }
        count_event(tally, row, ref);
        worst = ref->ae->grade > worst ? ref->ae->grade : worst;
        last = ref;
    }
    if (last)
        close_patient(tally, row, worst);
}

/* A group without any event has its row too: nothing happened is a result. */
static void add_empty_groups(struct tally *tally)
{
    for (size_t i = 0; i < tally->n_groups; i++) {
        bool found = false;
        for (size_t k = 0; k < tally->n_rows && !found; k++)
            found = tally->rows[k].group == i;
        if (!found)
            tally->rows[tally->n_rows++] = (struct row){.group = i};
    }
}

static struct als_table *new_table(const struct tally *tally)
{
    struct als_table_column columns[14 + MAX_GRADES];
    char names[MAX_GRADES][24], labels[MAX_GRADES][64];
    size_t n = 0;
    columns[n++] = (struct als_table_column){"group", tally->by, ALS_CELL_TEXT, 0};
    columns[n++] = (struct als_table_column){"term", NULL, ALS_CELL_TEXT, 0};
    columns[n++] = (struct als_table_column){"of_patients", "of", ALS_CELL_INTEGER, 0};
    columns[n++] = (struct als_table_column){"patients", NULL, ALS_CELL_INTEGER, 0};
    columns[n++] = (struct als_table_column){"percent", "%", ALS_CELL_NUMBER, 1};
    columns[n++] = (struct als_table_column){"events", NULL, ALS_CELL_INTEGER, 0};
    for (size_t i = 0; i < tally->n_grades; i++) {
        const char *word = "";
        for (size_t k = 0; k < tally->data->protocol->n_grades; k++)
            if (tally->data->protocol->grades[k].grade == tally->grades[i])
                word = tally->data->protocol->grades[k].label;
        snprintf(names[i], sizeof names[i], "grade_%d", tally->grades[i]);
        snprintf(labels[i], sizeof labels[i], "%d %s", tally->grades[i], word ? word : "");
        columns[n++] = (struct als_table_column){names[i], labels[i], ALS_CELL_INTEGER, 0};
    }
    columns[n++] = (struct als_table_column){"grade_missing", "ungraded", ALS_CELL_INTEGER, 0};
    columns[n++] = (struct als_table_column){"serious", NULL, ALS_CELL_INTEGER, 0};
    columns[n++] = (struct als_table_column){"related", NULL, ALS_CELL_INTEGER, 0};
    columns[n++] = (struct als_table_column){"dlt", "DLT", ALS_CELL_INTEGER, 0};
    columns[n++] = (struct als_table_column){"emergent", NULL, ALS_CELL_INTEGER, 0};
    columns[n++] = (struct als_table_column){"in_period", "in period", ALS_CELL_INTEGER, 0};
    columns[n++] = (struct als_table_column){"patient_months", "months", ALS_CELL_NUMBER, 1};
    columns[n++] = (struct als_table_column){"per_patient_month", "per month", ALS_CELL_NUMBER, 3};
    return als_table_new(columns, n);
}

static void write_row(const struct tally *tally, const struct row *row, struct als_table *table)
{
    const struct group *group = &tally->groups[row->group];
    als_table_text(table, group->name);
    als_table_text(table, row->term ? row->term : ANY);
    als_table_integer(table, (int64_t)group->patients);
    als_table_integer(table, (int64_t)row->patients);
    als_table_number(table, 100.0 * (double)row->patients / (double)group->patients);
    als_table_integer(table, (int64_t)row->events);
    for (size_t i = 0; i < tally->n_grades; i++)
        als_table_integer(table, (int64_t)row->worst[i]);
    als_table_integer(table, (int64_t)row->ungraded);
    als_table_integer(table, (int64_t)row->serious);
    als_table_integer(table, (int64_t)row->related);
    als_table_integer(table, (int64_t)row->dlt);
    als_table_integer(table, (int64_t)row->emergent);
    als_table_integer(table, (int64_t)row->in_period);
    als_table_number(table, group->months);
    if (group->months > 0)
        als_table_number(table, (double)row->in_period / group->months);
    else
        als_table_missing(table);
}

static void write_notes(const struct tally *tally, struct als_table *table)
{
    char as_of[ALS_DATE_TEXT];
    als_table_note(table,
                   "adverse events graded by %s; a patient counts once per row, with the "
                   "worst grade; events with onset up to %s",
                   tally->data->protocol->ae_system ? tally->data->protocol->ae_system
                                                    : "no system",
                   als_day_format(tally->data->as_of_day, as_of));
    als_table_note(table, "emergent: onset on or after the first infusion; related: to anything "
                          "but the disease; a date that may be either counts");
    als_table_note(table,
                   "patient-months of %.4f days from the first infusion, else consent, to the end "
                   "of participation, else the last day known; the rate is events of that period "
                   "per patient-month",
                   ALS_DAYS_PER_MONTH);
    if (tally->no_exposure)
        als_table_note(table, "patients without infusion or consent, who add no months: %zu",
                       tally->no_exposure);
    if (tally->no_onset)
        als_table_note(table, "warning: events without a date of onset: %zu", tally->no_onset);
    if (tally->no_relation)
        als_table_note(table, "events without a relation, not counted as related: %zu",
                       tally->no_relation);
    if (tally->other_relation)
        als_table_note(table,
                       "warning: events with a relation that the protocol does not name, not "
                       "counted as related: %zu",
                       tally->other_relation);
    if (tally->data->later)
        als_table_note(table, "events left out for an onset after that day: %zu",
                       tally->data->later);
}

struct als_table *als_adverse_by_term(const struct als_adverse_data *data, const char *by)
{
    struct tally tally = {.data = data, .by = by};
    make_groups(&tally);
    find_grades(&tally);
    go_through_patients(&tally);
    if (tally.n_refs)
        qsort(tally.refs, tally.n_refs, sizeof *tally.refs, compare_refs);
    count_rows(&tally);
    add_empty_groups(&tally);
    if (tally.n_rows)
        qsort(tally.rows, tally.n_rows, sizeof *tally.rows, compare_rows);
    struct als_table *table = new_table(&tally);
    for (size_t i = 0; i < tally.n_rows; i++)
        write_row(&tally, &tally.rows[i], table);
    write_notes(&tally, table);
    free(tally.groups);
    free(tally.refs);
    free(tally.rows);
    return table;
}
