/* `visit list|due`: schedules and the worklist, as tables and as calendars. */
#include "cohort.h"
#include "commands.h"
#include "names.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alstrack/core/date.h"
#include "alstrack/core/file.h"
#include "alstrack/core/num.h"

#define SOON_DAYS 14

/* A calendar's stamp: SOURCE_DATE_EPOCH, else midnight of the day that counts as today, so that the
 * same question gives the same bytes. */
static const char *calendar_stamp(int today, char text[20])
{
    int64_t epoch;
    const char *given = als_cli_stamp();
    struct tm utc = {0};
    if (given && als_num_parse_integer(given, strlen(given), &epoch)) {
        time_t at = (time_t)epoch;
        gmtime_r(&at, &utc);
    } else {
        int year, month;
        als_day_to_civil(today, &year, &month, &utc.tm_mday);
        utc.tm_year = year - 1900;
        utc.tm_mon = month - 1;
    }
    strftime(text, 20, "%Y%m%dT%H%M%SZ", &utc);
    return text;
}

static enum als_status write_calendar(const char *path, const struct als_buf *calendar,
                                      struct als_err *err)
{
    struct als_file_out out;
    enum als_status status = als_file_create(path, &out, err);
    if (status)
        return status;
    fwrite(calendar->data, 1, calendar->length, out.stream);
    return als_file_commit(&out, err);
}

/* ---- visit list ---- */

static const struct als_visit *recorded(const struct als_cli *cli, const struct als_visit *visits,
                                        size_t n, const char *code)
{
    int number = als_store_visit_no(cli->store, code, strlen(code));
    for (size_t i = 0; i < n; i++)
        if (visits[i].visit_no == number)
            return &visits[i];
    return NULL;
}

static void list_row(struct als_cli *cli, struct als_table *table, const struct als_visit_row *row,
                     const struct als_visit *visit)
{
    als_table_text(table, row->code);
    als_table_text(table, row->plan ? row->plan->label : NULL);
    als_table_text(table, row->plan ? als_cli_anchor_text(cli->arena,
                                                          als_store_protocol(cli->store), row->plan)
                                    : NULL);
    als_table_day(table, row->target);
    als_table_day(table, row->window_from);
    als_table_day(table, row->window_to);
    als_table_day(table, row->actual);
    als_table_text(table, als_visit_status_name(row->status));
    if (row->target != ALS_NO_DAY && row->actual != ALS_NO_DAY) {
        als_table_integer(table, row->offset_days);
        als_table_integer(table, row->outside_days);
    } else {
        als_table_missing(table);
        als_table_missing(table);
    }
    als_table_text(table, visit ? visit->mode : NULL);
    als_table_text(table, visit ? visit->reason : NULL);
}

static struct als_table *list_table(struct als_cli *cli, const struct als_visit_row *rows,
                                    size_t n_rows, const struct als_visit_list *visits)
{
    static const struct als_table_column columns[] = {
        {.name = "visit", .type = ALS_CELL_TEXT},
        {.name = "label", .type = ALS_CELL_TEXT},
        {.name = "due", .type = ALS_CELL_TEXT},
        {.name = "target", .type = ALS_CELL_TEXT},
        {.name = "window_from", .type = ALS_CELL_TEXT},
        {.name = "window_to", .type = ALS_CELL_TEXT},
        {.name = "date", .type = ALS_CELL_TEXT},
        {.name = "status", .type = ALS_CELL_TEXT},
        {.name = "offset_days", .type = ALS_CELL_INTEGER},
        {.name = "outside_days", .type = ALS_CELL_INTEGER},
        {.name = "mode", .type = ALS_CELL_TEXT},
        {.name = "reason", .type = ALS_CELL_TEXT},
    };
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    bool on_target = false, on_partial = false, needs_cohort = false;
    for (size_t i = 0; i < n_rows; i++) {
        list_row(cli, table, &rows[i], recorded(cli, visits->items, visits->count, rows[i].code));
        on_target |= rows[i].anchor_is_target;
        on_partial |= rows[i].anchor_is_partial;
        needs_cohort |= rows[i].needs_cohort;
    }
    if (on_target)
        als_table_note(table, "Targets that hang on a visit not yet done count from its target.");
    if (on_partial)
        als_table_note(table, "Targets that hang on a partial date count from its middle.");
    if (needs_cohort)
        als_table_note(table, "Targets that depend on the cohort wait until it is known: "
                              "alstrack patient edit PATIENT --cohort COHORT");
    return table;
}

enum als_status als_cmd_visit_list(struct als_cli *cli, struct als_err *err)
{
    struct als_patient patient = {0};
    struct als_patient_facts facts;
    struct als_visit_list visits;
    int today = 0;
    enum als_status status = als_cli_today(cli, &today, err);
    if (!status)
        status = als_cli_patient(cli, als_args_operand(&cli->args, 0), &patient, err);
    if (!status)
        status = als_facts_load(cli->store, &patient, cli->arena, &facts, err);
    if (!status)
        status = als_visit_load(cli->store, patient.id, cli->arena, &visits, err);
    if (status)
        return status;
    const struct als_protocol *protocol = als_store_protocol(cli->store);
    struct als_visit_row *rows =
        als_arena_array(cli->arena, protocol->n_visits + facts.n_visits + 1, sizeof *rows);
    size_t n = als_schedule_build(protocol, &facts, today, rows);
    const char *path = als_args_text(&cli->args, "ics");
    if (!path)
        return als_cli_emit(cli, list_table(cli, rows, n, &visits), err);
    char stamp[20];
    struct als_buf calendar;
    als_buf_init(&calendar, ALS_BUF_LARGE);
    als_ics_begin(&calendar);
    als_ics_visits(&calendar, als_store_uuid(cli->store), patient.patient, rows, n,
                   calendar_stamp(today, stamp));
    als_ics_end(&calendar);
    status = write_calendar(path, &calendar, err);
    als_buf_release(&calendar);
    return status;
}

/* ---- visit due ---- */

struct due_row {
    const char *patient;
    struct als_visit_row row;
    size_t order; /* in which it was found, for a stable order */
};

/* Patients with visits that have no target yet, by what they wait for. */
struct wait {
    const char *what;
    size_t patients;
    const struct als_patient *last; /* the one counted last */
};
#define WAITS_MOST 16

struct worklist {
    struct als_cli *cli;
    struct wait waits[WAITS_MOST];
    size_t n_waits, waiting;
    int today, within;
    struct due_row *rows;
    size_t count, room;
};

/* Overdue until someone says what became of it; optional visits are not chased. */
static bool belongs(const struct worklist *list, const struct als_visit_row *row,
                    const struct als_visit *visit)
{
    if (row->status == ALS_VISIT_DUE)
        return true;
    if (row->status == ALS_VISIT_MISSED)
        return !visit && !row->plan->optional;
    return row->status == ALS_VISIT_PLANNED && row->window_from - list->today <= list->within;
}

static const char *awaited(const struct worklist *list, const struct als_visit_row *row)
{
    const struct als_protocol *protocol = als_store_protocol(list->cli->store);
    const struct als_anchor *root =
        als_schedule_root(protocol, (size_t)(row->plan - protocol->visits));
    if (row->needs_cohort)
        return "the cohort";
    if (root->kind == ALS_ANCHOR_EVENT)
        return root->event;
    if (root->kind == ALS_ANCHOR_INFUSION)
        return als_arena_printf(list->cli->arena, "infusion %zu", root->number);
    return "the last planned infusion";
}

static void note_wait(struct worklist *list, const struct als_patient *patient, const char *what)
{
    size_t i = 0;
    while (i < list->n_waits && strcmp(list->waits[i].what, what) != 0)
        i++;
    if (i == WAITS_MOST)
        return;
    if (i == list->n_waits)
        list->waits[list->n_waits++] = (struct wait){.what = what};
    list->waits[i].patients += list->waits[i].last != patient;
    list->waits[i].last = patient;
}

static void collect_waits(struct worklist *list, const struct als_cohort_patient *patient)
{
    bool waits = false;
    for (size_t i = 0; i < patient->n_rows; i++) {
        if (patient->rows[i].status != ALS_VISIT_UNSCHEDULED)
            continue;
        note_wait(list, patient->patient, awaited(list, &patient->rows[i]));
        waits = true;
    }
    list->waiting += waits;
}

/* Whose visits cannot be on the list, and why. */
static void tell_waits(const struct worklist *list, struct als_table *table)
{
    struct als_buf text;
    if (list->waiting == 0)
        return;
    als_buf_init(&text, 4096);
    for (size_t i = 0; i < list->n_waits; i++)
        als_buf_printf(&text, "%s%zu for %s", i ? ", " : "", list->waits[i].patients,
                       list->waits[i].what);
    als_table_note(table, "%s with visits that have no date to count from yet: %s.",
                   als_cli_count(list->cli, list->waiting, "patient"), text.data);
    als_buf_release(&text);
}

static void collect(const struct als_cohort_patient *patient, void *context)
{
    struct worklist *list = context;
    collect_waits(list, patient);
    for (size_t i = 0; i < patient->n_rows; i++) {
        const struct als_visit_row *row = &patient->rows[i];
        if (!belongs(list, row, recorded(list->cli, patient->visits, patient->n_visits, row->code)))
            continue;
        if (list->count == list->room) {
            list->room = list->room ? 2 * list->room : 64;
            list->rows = als_realloc_array(list->rows, list->room, sizeof *list->rows);
        }
        list->rows[list->count] = (struct due_row){patient->patient->patient, *row, list->count};
        list->count++;
    }
}

static int by_window_end(const void *left, const void *right)
{
    const struct due_row *a = left, *b = right;
    if (a->row.window_to != b->row.window_to)
        return a->row.window_to < b->row.window_to ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static struct als_table *due_table(const struct worklist *list)
{
    static const struct als_table_column columns[] = {
        {.name = "patient", .type = ALS_CELL_TEXT},
        {.name = "visit", .type = ALS_CELL_TEXT},
        {.name = "label", .type = ALS_CELL_TEXT},
        {.name = "status", .type = ALS_CELL_TEXT},
        {.name = "target", .type = ALS_CELL_TEXT},
        {.name = "window_from", .type = ALS_CELL_TEXT},
        {.name = "window_to", .type = ALS_CELL_TEXT},
        {.name = "days_left", .type = ALS_CELL_INTEGER},
    };
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    size_t counts[3] = {0};
    for (size_t i = 0; i < list->count; i++) {
        const struct als_visit_row *row = &list->rows[i].row;
        bool overdue = row->status == ALS_VISIT_MISSED, due = row->status == ALS_VISIT_DUE;
        counts[overdue ? 0 : due ? 1 : 2]++;
        als_table_text(table, list->rows[i].patient);
        als_table_text(table, row->code);
        als_table_text(table, row->plan->label);
        als_table_text(table, overdue ? "overdue" : due ? "due" : "soon");
        als_table_day(table, row->target);
        als_table_day(table, row->window_from);
        als_table_day(table, row->window_to);
        als_table_integer(table, row->window_to - list->today);
    }
    char today[ALS_DATE_TEXT];
    als_table_note(table, "%s: %zu overdue, %zu due, %zu within %d days.",
                   als_day_format(list->today, today), counts[0], counts[1], counts[2],
                   list->within);
    tell_waits(list, table);
    return table;
}

static enum als_status due_calendar(const struct worklist *list, const char *path,
                                    struct als_err *err)
{
    char stamp[20];
    struct als_buf calendar;
    als_buf_init(&calendar, ALS_BUF_LARGE);
    als_ics_begin(&calendar);
    for (size_t i = 0; i < list->count; i++)
        als_ics_visits(&calendar, als_store_uuid(list->cli->store), list->rows[i].patient,
                       &list->rows[i].row, 1, calendar_stamp(list->today, stamp));
    als_ics_end(&calendar);
    enum als_status status = write_calendar(path, &calendar, err);
    als_buf_release(&calendar);
    return status;
}

enum als_status als_cmd_visit_due(struct als_cli *cli, struct als_err *err)
{
    struct worklist list = {.cli = cli, .within = SOON_DAYS};
    const char *within = als_args_text(&cli->args, "within");
    enum als_status status = als_cli_today(cli, &list.today, err);
    if (!status && within)
        status = als_cli_integer(within, "--within", &list.within, err);
    if (!status && list.within < 0)
        status = als_fail(err, ALS_USAGE, "E-NUMBER", "--within is 0 or more, not %d", list.within);
    if (!status)
        status = als_cohort_each(cli, list.today, collect, &list, err);
    if (list.count)
        qsort(list.rows, list.count, sizeof *list.rows, by_window_end);
    const char *path = als_args_text(&cli->args, "ics");
    if (!status && path)
        status = due_calendar(&list, path, err);
    else if (!status)
        status = als_cli_emit(cli, due_table(&list), err);
    free(list.rows);
    return status;
}
