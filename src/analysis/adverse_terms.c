/* Adverse events by term or relation: patients by worst grade, events, seriousness, rates. */
#include <stdlib.h>
#include <string.h>

#include "adverse_tally.h"
#include "alstrack/analysis/slopes.h"
#include "patients.h"

static void add_grade(struct adverse_tally *tally, int grade)
{
    size_t at = 0;
    while (at < tally->n_grades && tally->grades[at] < grade)
        at++;
    if (grade == ALS_UNSAID || (at < tally->n_grades && tally->grades[at] == grade) ||
        tally->n_grades == ADVERSE_GRADES)
        return;
    memmove(&tally->grades[at + 1], &tally->grades[at],
            (tally->n_grades - at) * sizeof tally->grades[0]);
    tally->grades[at] = grade;
    tally->n_grades++;
}

/* Columns for the grades of the protocol and for any other that is stored. */
static void find_grades(struct adverse_tally *tally)
{
    const struct als_adverse_data *data = tally->data;
    for (size_t i = 0; i < data->protocol->n_grades; i++)
        add_grade(tally, data->protocol->grades[i].grade);
    for (size_t i = 0; i < data->adverse.count; i++)
        add_grade(tally, data->adverse.items[i].grade);
}

/* ---------------------------------------------------------------- events */

static void add_ref(struct adverse_tally *tally, const struct adverse_ref *ref, const char *heading)
{
    if (tally->n_refs == tally->room) {
        tally->room = tally->room ? 2 * tally->room : 256;
        tally->refs = als_realloc_array(tally->refs, tally->room, sizeof *tally->refs);
    }
    tally->refs[tally->n_refs] = *ref;
    tally->refs[tally->n_refs++].heading = heading;
}

static bool is_wanted(const struct adverse_tally *tally, const struct adverse_ref *ref)
{
    const struct als_adverse_options *options = tally->options;
    return (!options->only_emergent || ref->emergent) &&
           (!options->only_serious || ref->ae->serious == 1) &&
           (!options->only_related || ref->relation.treatment) &&
           (!options->only_dlt || ref->ae->dlt == 1);
}

/* An event counts under each category that it names. */
static void add_relations(struct adverse_tally *tally, const struct adverse_ref *ref)
{
    for (size_t i = 0; i < ref->relation.n_categories; i++)
        add_ref(tally, ref, tally->data->protocol->causality[ref->relation.categories[i]]);
    if (ref->relation.n_categories == 0)
        add_ref(tally, ref, ref->ae->relation ? "another relation" : "no relation stated");
}

/* One patient of the population. */
struct person {
    size_t index;
    struct als_follow_up follow;
    int procedure_day; /* first harvest of cells; ALS_NO_DAY: none */
};

/* On or after the first infusion; what is related to a procedure, also after the harvest. */
static bool is_emergent(const struct person *person, const struct adverse_ref *ref, bool unknown,
                        int latest)
{
    int from = person->follow.first_infusion;
    if (ref->relation.procedure && person->procedure_day != ALS_NO_DAY &&
        (from == ALS_NO_DAY || person->procedure_day < from))
        from = person->procedure_day;
    return from != ALS_NO_DAY && (unknown || latest >= from);
}

static void add_event(struct adverse_tally *tally, const struct person *person,
                      const struct als_adverse_event *ae)
{
    const struct als_follow_up *follow = &person->follow;
    struct als_date onset = als_date_of(ae->onset);
    int latest = als_date_latest(onset), earliest = als_date_earliest(onset);
    bool unknown = onset.precision == ALS_PRECISION_NONE;
    struct adverse_ref ref = {.group = tally->names.of[person->index],
                              .patient = person->index,
                              .ae = ae,
                              .relation = als_relation_read(tally->data->protocol, ae->relation)};
    ref.emergent = is_emergent(person, &ref, unknown, latest);
    ref.in_period =
        follow->exposure_from != ALS_NO_DAY &&
        (unknown || (latest >= follow->exposure_from && earliest <= follow->exposure_to));
    if (!is_wanted(tally, &ref)) {
        tally->filtered++;
        return;
    }
    add_ref(tally, &ref, NULL);
    if (tally->options->by_relation)
        add_relations(tally, &ref);
    else
        add_ref(tally, &ref, ae->term);
    tally->no_onset += unknown;
    tally->no_relation += !ae->relation;
    tally->other_relation += ref.relation.other;
}

/* ---------------------------------------------------------------- patients */

/* Procedures by which cells are taken, by the words that protocols have for them. */
static bool takes_cells(const char *procedure)
{
    static const char *const words[] = {"harvest", "biopsy", "aspiration"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strstr(procedure, words[i]))
            return true;
    return false;
}

static int first_harvest(const struct als_procedure_list *list, size_t *at, int64_t patient_id)
{
    int first = ALS_NO_DAY;
    while (*at < list->count && list->items[*at].patient_id < patient_id)
        ++*at;
    for (; *at < list->count && list->items[*at].patient_id == patient_id; ++*at) {
        const struct als_procedure *procedure = &list->items[*at];
        if (!procedure->not_done && procedure->day != ALS_NO_DAY &&
            takes_cells(procedure->procedure) && (first == ALS_NO_DAY || procedure->day < first))
            first = procedure->day;
    }
    return first;
}

static void take_patient(struct adverse_tally *tally, const struct person *person,
                         const struct als_adverse_event *events, size_t n)
{
    bool treated = person->follow.first_infusion != ALS_NO_DAY;
    if (!treated && !tally->options->untreated_too) {
        tally->untreated++;
        tally->untreated_events += n;
        return;
    }
    struct adverse_group *group = &tally->groups[tally->names.of[person->index]];
    tally->n_population++;
    group->patients++;
    group->months += als_exposure_days(&person->follow) / ALS_DAYS_PER_MONTH;
    tally->no_exposure += person->follow.exposure_from == ALS_NO_DAY;
    for (size_t i = 0; i < n; i++)
        add_event(tally, person, &events[i]);
}

static void go_through_patients(struct adverse_tally *tally)
{
    const struct als_adverse_data *data = tally->data;
    struct als_span event = {0}, visit = {0}, ae = {0};
    size_t procedure = 0;
    for (size_t i = 0; i < data->patients.count; i++) {
        const struct als_patient *patient = &data->patients.items[i];
        event = als_events_of(&data->events, event.first + event.count, patient->id);
        visit = als_visits_of(&data->visits, visit.first + visit.count, patient->id);
        ae.first += ae.count;
        ae.count = 0;
        while (ae.first + ae.count < data->adverse.count &&
               data->adverse.items[ae.first + ae.count].patient_id == patient->id)
            ae.count++;
        struct als_patient_facts facts;
        als_facts_from(data->store, patient, data->events.items + event.first, event.count,
                       data->visits.items + visit.first, visit.count, data->arena, &facts);
        struct person person = {
            .index = i,
            .follow = als_follow_up(data->protocol, &facts, data->events.items + event.first,
                                    event.count, data->as_of_day),
            .procedure_day = first_harvest(&data->procedures, &procedure, patient->id)};
        take_patient(tally, &person, data->adverse.items + ae.first, ae.count);
    }
}

/* ---------------------------------------------------------------- rows */

static int compare_headings(const char *a, const char *b)
{
    if (!a || !b)
        return !!a - !!b; /* all events first */
    return strcmp(a, b);
}

static int compare_refs(const void *left, const void *right)
{
    const struct adverse_ref *a = left, *b = right;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    int order = compare_headings(a->heading, b->heading);
    if (order)
        return order;
    return (a->patient > b->patient) - (a->patient < b->patient);
}

/* What is true of a patient in a row, over the events. */
struct seen {
    int worst;
    bool serious, related, emergent;
};

/* A patient counts once in a row, with the worst grade. */
static void close_patient(const struct adverse_tally *tally, struct adverse_row *row,
                          const struct seen *seen)
{
    size_t i = 0;
    while (i < tally->n_grades && tally->grades[i] != seen->worst)
        i++;
    row->patients++;
    row->patients_serious += seen->serious;
    row->patients_related += seen->related;
    row->patients_emergent += seen->emergent;
    if (i < tally->n_grades)
        row->worst[i]++;
    else
        row->ungraded++;
}

static void count_event(struct adverse_row *row, const struct adverse_ref *ref, struct seen *seen)
{
    row->events++;
    row->serious += ref->ae->serious == 1;
    row->dlt += ref->ae->dlt == 1;
    row->related += ref->relation.treatment;
    row->emergent += ref->emergent;
    row->in_period += ref->in_period;
    seen->worst = ref->ae->grade > seen->worst ? ref->ae->grade : seen->worst;
    seen->serious |= ref->ae->serious == 1;
    seen->related |= ref->relation.treatment;
    seen->emergent |= ref->emergent;
}

static void count_rows(struct adverse_tally *tally)
{
    static const struct seen nothing = {.worst = ALS_UNSAID};
    struct adverse_row *row = NULL;
    const struct adverse_ref *last = NULL;
    struct seen seen = nothing;
    for (size_t i = 0; i < tally->n_refs; i++) {
        const struct adverse_ref *ref = &tally->refs[i];
        bool new_row =
            !last || ref->group != last->group || compare_headings(ref->heading, last->heading);
        if (last && (new_row || ref->patient != last->patient)) {
            close_patient(tally, row, &seen);
            seen = nothing;
        }
        if (new_row) {
            row = &tally->rows[tally->n_rows++];
            *row = (struct adverse_row){.group = ref->group, .heading = ref->heading};
        }
        count_event(row, ref, &seen);
        last = ref;
    }
    if (last)
        close_patient(tally, row, &seen);
}

static int compare_heading_pointers(const void *left, const void *right)
{
    return compare_headings(*(const char *const *)left, *(const char *const *)right);
}

/* Distinct headings in order, that of all events first, also when there is none. */
static size_t list_headings(const struct adverse_tally *tally, const char **headings)
{
    size_t n = 1;
    headings[0] = NULL;
    for (size_t i = 0; i < tally->n_rows; i++)
        headings[i + 1] = tally->rows[i].heading;
    qsort(headings, tally->n_rows + 1, sizeof *headings, compare_heading_pointers);
    for (size_t i = 1; i <= tally->n_rows; i++)
        if (compare_headings(headings[i], headings[n - 1]) != 0)
            headings[n++] = headings[i];
    return n;
}

/* Every heading has a row in every group: that nothing happened is a result. Rows come in order of
 * group and heading. */
static void add_empty_rows(struct adverse_tally *tally)
{
    const char **headings = als_alloc_array(tally->n_rows + 1, sizeof *headings);
    size_t n_headings = list_headings(tally, headings), next = 0, n = 0;
    struct adverse_row *rows = als_alloc_array(n_headings * tally->names.count + 1, sizeof *rows);
    for (size_t group = 0; group < tally->names.count; group++) {
        for (size_t i = 0; i < n_headings; i++) {
            const struct adverse_row *row = &tally->rows[next];
            bool found = next < tally->n_rows && row->group == group &&
                         compare_headings(row->heading, headings[i]) == 0;
            next += found;
            rows[n++] = found ? *row : (struct adverse_row){.group = group, .heading = headings[i]};
        }
    }
    free(headings);
    free(tally->rows);
    tally->rows = rows;
    tally->n_rows = n;
}

/* Group by group the row of all events, then the commonest heading first. */
static int compare_rows(const void *left, const void *right)
{
    const struct adverse_row *a = left, *b = right;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (!a->heading || !b->heading)
        return compare_headings(a->heading, b->heading);
    if (a->patients != b->patients)
        return a->patients > b->patients ? -1 : 1;
    if (a->events != b->events)
        return a->events > b->events ? -1 : 1;
    return strcmp(a->heading, b->heading);
}

struct als_table *als_adverse_by_term(const struct als_adverse_data *data,
                                      const struct als_adverse_options *options)
{
    struct adverse_tally tally = {.data = data, .options = options};
    tally.names = als_groups_make(&data->patients, options->by, data->arena);
    tally.groups = als_alloc_array(tally.names.count + 1, sizeof *tally.groups);
    find_grades(&tally);
    go_through_patients(&tally);
    if (tally.n_refs)
        qsort(tally.refs, tally.n_refs, sizeof *tally.refs, compare_refs);
    tally.rows = als_alloc_array(tally.n_refs + 1, sizeof *tally.rows);
    count_rows(&tally);
    add_empty_rows(&tally);
    if (tally.n_rows)
        qsort(tally.rows, tally.n_rows, sizeof *tally.rows, compare_rows);
    struct als_table *table = adverse_tally_table(&tally);
    free(tally.groups);
    free(tally.refs);
    free(tally.rows);
    return table;
}
