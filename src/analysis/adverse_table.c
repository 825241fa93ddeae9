/* Counted adverse events as a table, and how they were counted. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "adverse_tally.h"
#include "alstrack/core/buf.h"
#include "alstrack/core/count.h"
#include "alstrack/stat/summary.h"

#define ANY "any event"

static struct als_table *new_table(const struct adverse_tally *tally)
{
    static const struct als_table_column before[] = {
        {"of_patients", "of", ALS_CELL_INTEGER, 0},
        {"patients", NULL, ALS_CELL_INTEGER, 0},
        {"percent", "%", ALS_CELL_NUMBER, 1},
        {"events", NULL, ALS_CELL_INTEGER, 0},
    };
    static const struct als_table_column after[] = {
        {"grade_missing", "ungraded", ALS_CELL_INTEGER, 0},
        {"serious", NULL, ALS_CELL_INTEGER, 0},
        {"related", NULL, ALS_CELL_INTEGER, 0},
        {"dlt", "DLT", ALS_CELL_INTEGER, 0},
        {"emergent", NULL, ALS_CELL_INTEGER, 0},
        {"in_period", "in period", ALS_CELL_INTEGER, 0},
        {"patient_months", "months", ALS_CELL_NUMBER, 1},
        {"per_patient_month", "per month", ALS_CELL_NUMBER, 3},
        {"patients_serious", "patients, serious", ALS_CELL_INTEGER, 0},
        {"patients_related", "patients, related", ALS_CELL_INTEGER, 0},
        {"patients_emergent", "patients, emergent", ALS_CELL_INTEGER, 0},
        {"fisher_p", "Fisher p", ALS_CELL_NUMBER, 4},
    };
    enum { BEFORE = sizeof before / sizeof before[0], AFTER = sizeof after / sizeof after[0] };
    struct als_table_column columns[2 + BEFORE + ADVERSE_GRADES + AFTER];
    char names[ADVERSE_GRADES][24], labels[ADVERSE_GRADES][64];
    size_t n = 0;
    columns[n++] = (struct als_table_column){"group", tally->options->by, ALS_CELL_TEXT, 0};
    columns[n++] = (struct als_table_column){tally->options->by_relation ? "relation" : "term",
                                             NULL, ALS_CELL_TEXT, 0};
    for (size_t i = 0; i < BEFORE; i++)
        columns[n++] = before[i];
    for (size_t i = 0; i < tally->n_grades; i++) {
        const char *word = "";
        for (size_t k = 0; k < tally->data->protocol->n_grades; k++)
            if (tally->data->protocol->grades[k].grade == tally->grades[i])
                word = tally->data->protocol->grades[k].label;
        snprintf(names[i], sizeof names[i], "grade_%d", tally->grades[i]);
        snprintf(labels[i], sizeof labels[i], "%d %s", tally->grades[i], word ? word : "");
        columns[n++] = (struct als_table_column){names[i], labels[i], ALS_CELL_INTEGER, 0};
    }
    for (size_t i = 0; i < AFTER; i++)
        columns[n++] = after[i];
    return als_table_new(columns, n);
}

/* ---------------------------------------------------------------- two groups */

static bool two_groups(const struct adverse_tally *tally)
{
    return tally->options->by && als_groups_are_two(&tally->names);
}

static bool same_heading(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Every heading has a row in every group. */
static const struct adverse_row *row_of(const struct adverse_tally *tally, size_t group,
                                        const char *heading)
{
    size_t i = 0;
    while (tally->rows[i].group != group || !same_heading(tally->rows[i].heading, heading))
        i++;
    return &tally->rows[i];
}

/* The comparison stands in the row of the second group. */
static double compare(const struct adverse_tally *tally, const struct adverse_row *row)
{
    if (!two_groups(tally) || row->group != 1)
        return NAN;
    const struct adverse_row *first = row_of(tally, 0, row->heading);
    size_t n1 = tally->groups[0].patients, n2 = tally->groups[1].patients;
    return n1 && n2 ? als_fisher_p(first->patients, n1, row->patients, n2) : NAN;
}

/* ---------------------------------------------------------------- rows and notes */

static void write_row(const struct adverse_tally *tally, const struct adverse_row *row,
                      struct als_table *table)
{
    const struct adverse_group *group = &tally->groups[row->group];
    double of = (double)group->patients;
    als_table_text(table, tally->options->by ? tally->names.names[row->group] : "all");
    als_table_text(table, row->heading ? row->heading : ANY);
    als_table_integer(table, (int64_t)group->patients);
    als_table_integer(table, (int64_t)row->patients);
    als_table_number(table, of > 0 ? 100.0 * (double)row->patients / of : NAN);
    als_table_integer(table, (int64_t)row->events);
    for (size_t i = 0; i < tally->n_grades; i++)
        als_table_integer(table, (int64_t)row->worst[i]);
    const size_t counts[] = {row->ungraded, row->serious,  row->related,
                             row->dlt,      row->emergent, row->in_period};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        als_table_integer(table, (int64_t)counts[i]);
    als_table_number(table, group->months);
    als_table_number(table, group->months > 0 ? (double)row->in_period / group->months : NAN);
    als_table_integer(table, (int64_t)row->patients_serious);
    als_table_integer(table, (int64_t)row->patients_related);
    als_table_integer(table, (int64_t)row->patients_emergent);
    als_table_number(table, compare(tally, row));
}

static void note_population(const struct adverse_tally *tally, struct als_table *table)
{
    const struct als_adverse_options *options = tally->options;
    als_table_note(table, "population: %s: %zu of %s",
                   options->untreated_too ? "all patients"
                                          : "safety set, those with an infusion by that day",
                   tally->n_population, als_counted(tally->data->patients.count, "patient").text);
    if (tally->untreated)
        als_table_note(table, "left out: patients without an infusion: %zu, with %s",
                       tally->untreated, als_counted(tally->untreated_events, "event").text);
    if (!options->only_emergent && !options->only_serious && !options->only_related &&
        !options->only_dlt)
        return;
    als_table_note(table, "only events that are%s%s%s%s; others left out: %zu",
                   options->only_emergent ? " emergent" : "",
                   options->only_serious ? " serious" : "", options->only_related ? " related" : "",
                   options->only_dlt ? " dose-limiting" : "", tally->filtered);
}

static void note_method(const struct adverse_tally *tally, struct als_table *table)
{
    char as_of[ALS_DATE_TEXT];
    const char *system = tally->data->protocol->ae_system;
    als_table_note(table,
                   "adverse events graded by %s; a patient counts once per row, with the "
                   "worst grade; events with onset up to %s",
                   system ? system : "no system", als_day_format(tally->data->as_of_day, as_of));
    note_population(tally, table);
    als_table_note(table, "emergent: onset on or after the first infusion, or, when related to a "
                          "procedure, on or after the harvest of cells; related: to anything "
                          "but the disease; a date that may be either counts");
    if (tally->options->by_relation)
        als_table_note(table, "an event counts under each relation that it names");
    als_table_note(table,
                   "patient-months of %.4f days from the first infusion, else consent, to the end "
                   "of participation, else the last day known; the rate is events of that period "
                   "per patient-month",
                   ALS_DAYS_PER_MONTH);
    if (two_groups(tally))
        als_table_note(table, "patients of the two groups compared by Fisher's exact test, "
                              "two-sided, in the row of the second; p not adjusted for how many "
                              "there are");
}

static void note_gaps(const struct adverse_tally *tally, struct als_table *table)
{
    if (!tally->options->by_relation)
        als_adverse_note_spellings(tally->data, table);
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

struct als_table *adverse_tally_table(const struct adverse_tally *tally)
{
    struct als_table *table = new_table(tally);
    for (size_t i = 0; i < tally->n_rows; i++)
        write_row(tally, &tally->rows[i], table);
    note_method(tally, table);
    note_gaps(tally, table);
    return table;
}
