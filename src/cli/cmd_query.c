/* `query list|show|open|answer|close|reopen`. */
#include "commands.h"
#include "names.h"

#include <string.h>

#include "alstrack/store/query.h"

/* ---- Listing ---- */

static enum als_status read_filter(struct als_cli *cli, struct als_query_filter *filter, int *today,
                                   struct als_err *err)
{
    const char *state = als_args_text(&cli->args, "state");
    const char *older = als_args_text(&cli->args, "older");
    int days = 0;
    *filter = (struct als_query_filter){.site = als_args_text(&cli->args, "site"),
                                        .states = 1u << ALS_QUERY_OPEN | 1u << ALS_QUERY_ANSWERED,
                                        .opened_before = ALS_NO_DAY};
    for (unsigned i = 0; state && i <= ALS_QUERY_CLOSED; i++)
        if (strcmp(state, als_query_state_names[i]) == 0)
            filter->states = 1u << i;
    if (state && strcmp(state, "all") == 0)
        filter->states = 0;
    enum als_status status = als_cli_today(cli, today, err);
    if (!status && older)
        status = als_cli_integer(older, "--older", &days, err);
    if (!status && older)
        filter->opened_before = *today - days;
    if (!status)
        status = als_cli_site_check(cli, filter->site, err);
    return status ? status
                  : als_cli_patient_id(cli, als_args_text(&cli->args, "patient"),
                                       &filter->patient_id, err);
}

static void list_row(struct als_cli *cli, struct als_table *table, const struct als_query *query,
                     int today)
{
    als_table_text(table, query->name);
    als_table_text(table, als_store_patient_name(cli->store, query->patient_id));
    als_table_text(table,
                   query->visit_no ? als_store_visit_code(cli->store, query->visit_no) : NULL);
    als_table_text(table, query->record);
    als_table_text(table, query->rater);
    als_table_text(table, query->item);
    als_table_text(table, query->rule);
    als_table_text(table, als_query_state_names[query->state]);
    if (query->rule)
        als_table_yesno(table, query->found);
    else
        als_table_missing(table);
    als_table_integer(table, als_query_age_days(query, today));
    als_table_text(table, query->value);
    als_table_text(table, query->value_now);
    als_table_text(table, query->message);
    als_table_text(table, query->last_text);
    als_table_text(table, query->last_by);
    als_table_text(table, query->opened_at);
    als_table_text(table, query->opened_by);
}

static struct als_table *new_list(void)
{
    static const struct als_table_column columns[] = {
        {.name = "query", .type = ALS_CELL_TEXT},
        {.name = "patient", .type = ALS_CELL_TEXT},
        {.name = "visit", .type = ALS_CELL_TEXT},
        {.name = "instrument", .type = ALS_CELL_TEXT},
        {.name = "rater", .type = ALS_CELL_TEXT},
        {.name = "item", .type = ALS_CELL_TEXT},
        {.name = "rule", .type = ALS_CELL_TEXT},
        {.name = "state", .type = ALS_CELL_TEXT},
        {.name = "found", .type = ALS_CELL_YESNO},
        {.name = "age_days", .type = ALS_CELL_INTEGER},
        {.name = "value", .type = ALS_CELL_TEXT},
        {.name = "value_now", .type = ALS_CELL_TEXT},
        {.name = "message", .type = ALS_CELL_TEXT},
        {.name = "last_text", .type = ALS_CELL_TEXT},
        {.name = "last_by", .type = ALS_CELL_TEXT},
        {.name = "opened_utc", .type = ALS_CELL_TEXT},
        {.name = "opened_by", .type = ALS_CELL_TEXT},
    };
    return als_table_new(columns, sizeof columns / sizeof columns[0]);
}

enum als_status als_cmd_query_list(struct als_cli *cli, struct als_err *err)
{
    struct als_query_filter filter;
    struct als_query_list list;
    int today;
    enum als_status status = read_filter(cli, &filter, &today, err);
    if (!status)
        status = als_query_load(cli->store, &filter, cli->arena, &list, err);
    if (status)
        return status;
    struct als_table *table = new_list();
    for (size_t i = 0; i < list.count; i++)
        list_row(cli, table, &list.items[i], today);
    return als_cli_emit(cli, table, err);
}

enum als_status als_cmd_query_show(struct als_cli *cli, struct als_err *err)
{
    static const struct als_table_column columns[] = {
        {.name = "step", .type = ALS_CELL_TEXT},  {.name = "at_utc", .type = ALS_CELL_TEXT},
        {.name = "user", .type = ALS_CELL_TEXT},  {.name = "text", .type = ALS_CELL_TEXT},
        {.name = "value", .type = ALS_CELL_TEXT}, {.name = "change", .type = ALS_CELL_INTEGER},
    };
    struct als_query query;
    struct als_query_steps steps;
    enum als_status status =
        als_query_get(cli->store, als_args_operand(&cli->args, 0), cli->arena, &query, err);
    if (!status)
        status = als_query_history(cli->store, query.id, cli->arena, &steps, err);
    if (status)
        return status;
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < steps.count; i++) {
        als_table_text(table, steps.items[i].step);
        als_table_text(table, steps.items[i].at_utc);
        als_table_text(table, steps.items[i].user);
        als_table_text(table, steps.items[i].text);
        als_table_text(table, steps.items[i].value);
        als_table_integer(table, steps.items[i].change_id);
    }
    const char *visit = query.visit_no ? als_store_visit_code(cli->store, query.visit_no) : "";
    als_table_note(table, "query %s: %s%s%s%s%s%s%s, %s%s", query.name, visit, *visit ? " " : "",
                   query.record, query.item ? ", " : "", query.item ? query.item : "",
                   query.rule ? ", " : "", query.rule ? query.rule : "",
                   als_query_state_names[query.state],
                   query.found ? "" : ", its rule no longer fires");
    return als_cli_emit(cli, table, err);
}

/* ---- Asking ---- */

/* What the query is about, from the options. */
static enum als_status read_subject(struct als_cli *cli, struct als_query *query,
                                    struct als_err *err)
{
    const char *visit = als_args_text(&cli->args, "visit");
    const char *instrument = als_args_text(&cli->args, "instrument");
    const char *event = als_args_text(&cli->args, "event"), *ae = als_args_text(&cli->args, "ae");
    const struct als_instrument *found = NULL;
    const int kinds = (instrument != NULL) + (event != NULL) + (ae != NULL);
    if (kinds > 1)
        return als_fail(err, ALS_USAGE, "E-OPTION",
                        "a query is about one thing: --instrument, --event or --ae");
    if (instrument && !visit)
        return als_fail(err, ALS_USAGE, "E-OPTION", "--visit VISIT is missing");
    enum als_status status = visit ? als_cli_visit_check(cli, visit, err) : ALS_OK;
    if (!status && instrument)
        status = als_cli_instrument(cli, instrument, &found, err);
    if (status)
        return status;
    query->record = found ? found->code : event ? "event" : ae ? "ae" : visit ? "visit" : "patient";
    query->item = event ? event : ae ? ae : als_args_text(&cli->args, "item");
    query->rater = als_args_text(&cli->args, "rater");
    return visit ? als_cli_visit_number(cli, visit, &query->visit_no, err) : ALS_OK;
}

enum als_status als_cmd_query_open(struct als_cli *cli, struct als_err *err)
{
    struct als_patient patient;
    struct als_query query = {.message = als_args_operand(&cli->args, 1)};
    enum als_status status = als_cli_patient(cli, als_args_operand(&cli->args, 0), &patient, err);
    if (!status)
        status = als_cli_begin(cli, err);
    if (status)
        return status;
    query.patient_id = patient.id;
    status = read_subject(cli, &query, err);
    if (!status)
        status = als_query_open(cli->store, &query, cli->arena, err);
    if (!status)
        als_cli_tell(cli, "  query %s: open", query.name);
    return als_cli_end(cli, status, err);
}

/* ---- Answering, closing, reopening ---- */

static enum als_status act(struct als_cli *cli, enum als_query_action action, struct als_err *err)
{
    struct als_query query;
    enum als_query_state after = ALS_QUERY_OPEN;
    const char *operand = als_args_operand(&cli->args, 1);
    const char *text = als_args_text(&cli->args, "text");
    if (operand && text)
        return als_fail(err, ALS_USAGE, "E-OPTION", "the text is given twice");
    enum als_status status =
        als_query_get(cli->store, als_args_operand(&cli->args, 0), cli->arena, &query, err);
    if (!status)
        status = als_cli_begin(cli, err);
    if (status)
        return status;
    status = als_query_act(cli->store, &query, action, operand ? operand : text, err);
    if (!status && als_query_next(query.state, action, &after))
        als_cli_tell(cli, "  query %s: %s", query.name, als_query_state_names[after]);
    return als_cli_end(cli, status, err);
}

enum als_status als_cmd_query_answer(struct als_cli *cli, struct als_err *err)
{
    return act(cli, ALS_QUERY_ANSWER, err);
}

enum als_status als_cmd_query_close(struct als_cli *cli, struct als_err *err)
{
    return act(cli, ALS_QUERY_CLOSE, err);
}

enum als_status als_cmd_query_reopen(struct als_cli *cli, struct als_err *err)
{
    return act(cli, ALS_QUERY_REOPEN, err);
}
