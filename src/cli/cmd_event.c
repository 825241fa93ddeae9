/* `event add|edit|remove|list`. */
#include "ask.h"
#include "commands.h"
#include "names.h"
#include "verdicts.h"

#include <math.h>
#include <string.h>

#include "alstrack/core/hours.h"
#include "alstrack/store/lock.h"

enum { DATE = 1u, VALUE = 2u, UNIT = 4u, NOTE = 8u };

/* What was said of the event beside its date. */
static enum als_status fill(struct als_cli *cli, struct als_event *event, unsigned *given,
                            struct als_err *err)
{
    enum als_status status = ALS_OK;
    const char *value = als_args_text(&cli->args, "value");
    event->value = NAN;
    if (value) {
        *given |= VALUE;
        status = *value ? als_cli_number(value, "--value", &event->value, err) : ALS_OK;
    }
    const char *unit = als_args_text(&cli->args, "unit");
    if (unit) {
        *given |= UNIT;
        event->unit = *unit ? unit : NULL;
    }
    const char *note = als_args_text(&cli->args, "note");
    if (note) {
        *given |= NOTE;
        event->note = *note ? note : NULL;
    }
    return status;
}

struct putting {
    struct als_event event;
    unsigned given;
};

static enum als_status put(struct als_cli *cli, void *context, struct als_recorded *recorded,
                           struct als_err *err)
{
    const struct putting *putting = context;
    struct als_event event = putting->event;
    enum als_put what = ALS_PUT_SAME;
    enum als_status status = als_event_put(cli->store, &event, putting->given, &what, err);
    if (status)
        return status;
    recorded->record = "event";
    recorded->item = als_event_item(als_store_protocol(cli->store), &event, cli->arena);
    recorded->patient_id = what == ALS_PUT_SAME ? 0 : event.patient_id;
    return ALS_OK;
}

/* Visits are counted from an infusion, so that its date must be a day. */
static enum als_status check_date(struct als_cli *cli, const char *text, struct als_err *err)
{
    const char *event = als_args_operand(&cli->args, 1);
    return strcmp(event, "infusion") == 0 ? als_ask_check_day(cli, text, err)
                                          : als_ask_check_date(cli, text, err);
}

static enum als_status check_hours(struct als_cli *cli, const char *text, struct als_err *err)
{
    double hours;
    (void)cli;
    enum als_status status = als_cli_number(text, "this", &hours, err);
    if (!status && isnan(als_hours_a_day(hours, NULL)))
        status = als_fail(err, ALS_DATA, "E-RANGE", "expected 0 to 24 hours a day");
    return status;
}

/* What is missing, asked on a terminal: a number belongs to some events only. */
static enum als_status ask(struct als_cli *cli, struct als_err *err)
{
    const char **names = als_arena_array(cli->arena, ALS_NAMES_ROOM, sizeof *names);
    const struct als_ask key[] = {
        {.label = "Patient", .required = true, .check = als_ask_check_patient},
        {.label = "Event",
         .choices = names,
         .n_choices = als_names_events(cli->store, names, ALS_NAMES_ROOM),
         .required = true},
        {.label = "Date",
         .hint = "YYYY-MM-DD, YYYY-MM or YYYY",
         .required = true,
         .check = check_date},
    };
    const struct als_ask infusion[] = {
        {.option = "value",
         .label = "Cells given",
         .hint = "such as 15e6",
         .check = als_ask_check_number},
    };
    const struct als_ask hours[] = {
        {.option = "value",
         .label = "Hours a day from then on",
         .hint = "0 to 24, 0 when ventilation ended",
         .required = true,
         .check = check_hours},
    };
    const struct als_ask more[] = {{.option = "note", .label = "Note"}};
    if (!als_ask_wanted(cli, key, 3, false))
        return ALS_OK;
    enum als_status status = als_ask_each(cli, key, 3, err);
    const char *event = status ? "" : als_args_operand(&cli->args, 1);
    if (!status && strcmp(event, "infusion") == 0)
        status = als_ask_each(cli, infusion, 1, err);
    if (!status && strcmp(event, "ventilation") == 0)
        status = als_ask_each(cli, hours, 1, err);
    return status ? status : als_ask_each(cli, more, 1, err);
}

enum als_status als_cmd_event_add(struct als_cli *cli, struct als_err *err)
{
    enum als_status status = ask(cli, err);
    if (status)
        return status;
    struct als_patient patient;
    struct putting putting = {.event = {.event = als_args_operand(&cli->args, 1),
                                        .date = als_args_operand(&cli->args, 2)},
                              .given = DATE};
    status = als_cli_patient(cli, als_args_operand(&cli->args, 0), &patient, err);
    if (!status)
        status = fill(cli, &putting.event, &putting.given, err);
    if (status)
        return status;
    putting.event.patient_id = patient.id;
    return als_cli_enter(cli, put, &putting, err);
}

/* The stored event that PATIENT, EVENT and --date name; the date may be left out when the patient
 * has only one event of that name. */
static enum als_status find(struct als_cli *cli, struct als_patient *patient, struct als_event *out,
                            struct als_err *err)
{
    const char *name = als_args_operand(&cli->args, 1), *date = als_args_text(&cli->args, "date");
    struct als_event_list events;
    enum als_status status = als_cli_patient(cli, als_args_operand(&cli->args, 0), patient, err);
    if (!status)
        status = als_event_load(cli->store, patient->id, cli->arena, &events, err);
    if (status)
        return status;
    struct als_buf dates;
    als_buf_init(&dates, 300);
    size_t found = 0, named = 0;
    for (size_t i = 0; i < events.count; i++) {
        if (strcmp(events.items[i].event, name) != 0)
            continue;
        als_buf_printf(&dates, "%s%s", named++ ? ", " : "", events.items[i].date);
        if (date && strcmp(events.items[i].date, date) != 0)
            continue;
        *out = events.items[i];
        found++;
    }
    if (found != 1)
        status =
            als_fail(err, found ? ALS_USAGE : ALS_NO_INPUT, found ? "E-OPTION" : "E-EVENT",
                     found ? "%s has more than one %s: --date says which" : "%s has no such %s",
                     patient->patient, name);
    if (found != 1 && named)
        als_err_hint(err, "there %s %s", named == 1 ? "is" : "are", dates.data);
    als_buf_release(&dates);
    return status;
}

/* ---- Asking what is stored ---- */

/* Those that the patient has, to choose one of; its date then is the option. */
static enum als_status ask_stored(struct als_cli *cli, const struct als_patient *patient,
                                  struct als_err *err)
{
    struct als_event_list list;
    enum als_status status = als_event_load(cli->store, patient->id, cli->arena, &list, err);
    if (!status && list.count == 0)
        status = als_fail(err, ALS_NO_INPUT, "E-EVENT", "%s has no event", patient->patient);
    if (status)
        return status;
    const char **choices = als_arena_array(cli->arena, list.count, sizeof *choices), *chosen;
    for (size_t i = 0; i < list.count; i++)
        choices[i] = als_arena_printf(cli->arena, "%s %s", list.items[i].event, list.items[i].date);
    const struct als_ask which = {
        .label = "Event", .choices = choices, .n_choices = list.count, .required = true};
    status = als_ask_one(cli, &which, &chosen, err);
    for (size_t i = 0; i < list.count && !status; i++) {
        if (choices[i] != chosen)
            continue;
        als_args_add(&cli->args, cli->arena, NULL, list.items[i].event);
        als_args_add(&cli->args, cli->arena, "date", list.items[i].date);
    }
    return status;
}

/* Patient and event, as far as they were not given; a lock is told before more is asked. */
static enum als_status ask_stored_key(struct als_cli *cli, struct als_err *err)
{
    const struct als_ask key = {
        .label = "Patient", .required = true, .check = als_ask_check_patient};
    struct als_patient patient;
    enum als_status status = als_ask_each(cli, &key, 1, err);
    if (!status)
        status = als_cli_patient(cli, als_args_operand(&cli->args, 0), &patient, err);
    if (status)
        return status;
    const struct als_scope scope = {.patient_id = patient.id};
    status = als_lock_check(cli->store, &scope, err);
    if (status || cli->args.n_operands > 1)
        return status;
    return ask_stored(cli, &patient, err);
}

/* Is somebody to be asked for the key, or for what changes? */
static bool asks_for(const struct als_cli *cli, bool fields)
{
    const struct als_ask asks[] = {{.required = true},  {.required = true}, {.option = "to"},
                                   {.option = "value"}, {.option = "unit"}, {.option = "note"}};
    return als_ask_wanted(cli, asks, fields ? 6 : 2, fields);
}

static enum als_status ask_changes(struct als_cli *cli, struct als_err *err)
{
    struct als_patient patient;
    struct als_event event;
    struct als_ask asks[3];
    size_t n = 0;
    if (!asks_for(cli, true))
        return ALS_OK;
    enum als_status status = ask_stored_key(cli, err);
    if (!status)
        status = find(cli, &patient, &event, err);
    if (status)
        return status;
    asks[n++] = (struct als_ask){.option = "to",
                                 .label = "Date",
                                 .hint = "YYYY-MM-DD, YYYY-MM or YYYY",
                                 .required = true,
                                 .check = check_date,
                                 .stored = event.date};
    if (strcmp(event.event, "infusion") == 0)
        asks[n++] = (struct als_ask){
            .option = "value",
            .label = "Cells given",
            .hint = "such as 15e6",
            .check = als_ask_check_number,
            .stored = isnan(event.value) ? NULL : als_arena_printf(cli->arena, "%g", event.value)};
    asks[n++] = (struct als_ask){.option = "note", .label = "Note", .stored = event.note};
    return als_ask_correction(cli, asks, n, err);
}

enum als_status als_cmd_event_edit(struct als_cli *cli, struct als_err *err)
{
    struct als_patient patient;
    struct putting putting = {.given = 0};
    enum als_status status = ask_changes(cli, err);
    if (!status)
        status = find(cli, &patient, &putting.event, err);
    if (status)
        return status;
    const char *to = als_args_text(&cli->args, "to");
    if (to) {
        putting.given = DATE;
        putting.event.date = to;
    }
    status = fill(cli, &putting.event, &putting.given, err);
    if (!status && !putting.given)
        status = als_fail(err, ALS_USAGE, "E-OPTION",
                          "nothing to change: --to, --value, --unit or --note is missing");
    return status ? status : als_cli_enter(cli, put, &putting, err);
}

enum als_status als_cmd_event_remove(struct als_cli *cli, struct als_err *err)
{
    struct als_patient patient;
    struct als_event event;
    const bool asks = asks_for(cli, false);
    enum als_status status = asks ? ask_stored_key(cli, err) : ALS_OK;
    if (!status)
        status = find(cli, &patient, &event, err);
    if (!status && asks)
        status = als_ask_reason(
            cli,
            als_arena_printf(cli->arena, "Why is %s of %s taken out?", event.event, event.date),
            err);
    if (!status)
        status = als_cli_begin(cli, err);
    if (status)
        return status;
    status = als_event_remove(cli->store, &event, err);
    if (!status) {
        als_cli_tell(cli, "  event %s/%s/%s: removed", patient.patient, event.event, event.date);
        status = als_cli_follow(cli, patient.id, err);
    }
    return als_cli_end(cli, status, err);
}

enum als_status als_cmd_event_list(struct als_cli *cli, struct als_err *err)
{
    static const struct als_table_column columns[] = {
        {.name = "patient", .type = ALS_CELL_TEXT},
        {.name = "event", .type = ALS_CELL_TEXT},
        {.name = "date", .type = ALS_CELL_TEXT},
        {.name = "value", .type = ALS_CELL_NUMBER, .decimals = -1},
        {.name = "unit", .type = ALS_CELL_TEXT},
        {.name = "note", .type = ALS_CELL_TEXT},
    };
    int64_t id = 0;
    struct als_patient_list patients;
    struct als_event_list events;
    enum als_status status = als_cli_patient_id(cli, als_args_operand(&cli->args, 0), &id, err);
    if (!status)
        status = als_patient_load(cli->store, cli->arena, &patients, err);
    if (!status)
        status = als_event_load(cli->store, id, cli->arena, &events, err);
    if (status)
        return status;
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < events.count; i++) {
        const struct als_event *event = &events.items[i];
        als_table_text(table, als_patient_name(&patients, event->patient_id));
        als_table_text(table, event->event);
        als_table_text(table, event->date);
        als_table_number(table, event->value);
        als_table_text(table, event->unit);
        als_table_text(table, event->note);
    }
    return als_cli_emit(cli, table, err);
}
