/* `event add|list`. */
#include "commands.h"
#include "names.h"

#include <math.h>

enum { DATE = 1u, VALUE = 2u, UNIT = 4u, NOTE = 8u };

static enum als_status fill(struct als_cli *cli, struct als_event *event, unsigned *given,
                            struct als_err *err)
{
    event->date = als_args_operand(&cli->args, 2);
    *given = DATE;
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

enum als_status als_cmd_event_add(struct als_cli *cli, struct als_err *err)
{
    struct als_patient patient;
    struct als_event event = {.event = als_args_operand(&cli->args, 1)};
    unsigned given = 0;
    enum als_status status = als_cli_patient(cli, als_args_operand(&cli->args, 0), &patient, err);
    if (!status)
        status = fill(cli, &event, &given, err);
    if (!status)
        status = als_cli_begin(cli, err);
    if (status)
        return status;
    event.patient_id = patient.id;
    enum als_put what;
    return als_cli_end(cli, als_event_put(cli->store, &event, given, &what, err), err);
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
        als_table_text(table, als_cli_patient_name(&patients, event->patient_id));
        als_table_text(table, event->event);
        als_table_text(table, event->date);
        als_table_number(table, event->value);
        als_table_text(table, event->unit);
        als_table_text(table, event->note);
    }
    return als_cli_emit(cli, table, err);
}
