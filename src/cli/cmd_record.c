/* `record`: one assessment from the command line, and its scores. */
#include "commands.h"
#include "names.h"
#include "verdicts.h"

#include <math.h>
#include <string.h>

#include "alstrack/core/date.h"
#include "alstrack/score/score.h"
#include "alstrack/store/entry.h"

enum { DAY = 1u, MODE = 2u, RESPONDENT = 4u, NOT_DONE = 8u, REASON = 16u };

struct request {
    struct als_patient patient;
    const char *visit;
    const struct als_instrument *instrument;
    struct als_value *values;  /* n_items */
    bool *given_items;         /* n_items */
    const char **item_reasons; /* n_items */
    bool any_reason;
    int day; /* ALS_NO_DAY until it is known */
    const char *mode, *respondent, *not_done, *rater;
};

static enum als_status parse_value(struct request *request, size_t item, const char *text,
                                   struct als_err *err)
{
    const struct als_item *definition = &request->instrument->items[item];
    char expected[200];
    request->given_items[item] = true;
    if (als_value_parse(definition, text, strlen(text), &request->values[item], expected,
                        sizeof expected))
        return ALS_OK;
    return als_fail(err, ALS_DATA, "E-VALUE", "%s is %s, not '%s'", definition->code, expected,
                    text);
}

/* One word: ITEM=VALUE or ITEM.reason=REASON. */
static enum als_status parse_word(struct als_cli *cli, struct request *request, const char *word,
                                  struct als_err *err)
{
    const struct als_instrument *instrument = request->instrument;
    size_t length = strcspn(word, "=");
    if (!word[length])
        return als_fail(err, ALS_USAGE, "E-OPERAND", "'%s' is not ITEM=VALUE", word);
    char *name = als_arena_strndup(cli->arena, word, length);
    bool reason = length > 7 && strcmp(name + length - 7, ".reason") == 0;
    if (reason)
        name[length - 7] = '\0';
    ptrdiff_t item = als_instrument_item(instrument, name);
    if (item < 0) {
        const char *names[ALS_NAMES_ROOM];
        size_t n = als_names_items(instrument, names, ALS_NAMES_ROOM);
        return als_cli_no_such(ALS_USAGE, "item", name, names, n, err);
    }
    const char *text = word + length + 1;
    if (!reason && request->given_items[item])
        return als_fail(err, ALS_USAGE, "E-OPERAND", "%s is given twice", name);
    if (!reason)
        return parse_value(request, (size_t)item, text, err);
    request->item_reasons[item] = *text ? text : NULL;
    request->any_reason = true;
    return *text ? als_cli_reason_check(text, err) : ALS_OK;
}

static enum als_status read_options(struct als_cli *cli, struct request *request,
                                    struct als_err *err)
{
    const char *date = als_args_text(&cli->args, "date");
    request->day = ALS_NO_DAY;
    request->mode = als_args_text(&cli->args, "mode");
    request->respondent = als_args_text(&cli->args, "respondent");
    request->not_done = als_args_text(&cli->args, "not-done");
    request->rater = als_args_text(&cli->args, "rater");
    bool values = cli->args.n_operands > 3;
    if (request->not_done && values)
        return als_fail(err, ALS_USAGE, "E-OPTION",
                        "an assessment has values or was --not-done, not both");
    if (request->not_done) {
        enum als_status status = als_cli_reason_check(request->not_done, err);
        if (status)
            return status;
    }
    if (!values && !request->not_done)
        return als_fail(err, ALS_USAGE, "E-OPERAND", "ITEM=VALUE is missing, or --not-done REASON");
    return date ? als_cli_day(date, "--date", &request->day, err) : ALS_OK;
}

static enum als_status read_request(struct als_cli *cli, struct request *request,
                                    struct als_err *err)
{
    const struct als_args *args = &cli->args;
    *request = (struct request){.visit = als_args_operand(args, 1)};
    enum als_status status =
        als_cli_patient(cli, als_args_operand(args, 0), &request->patient, err);
    if (!status)
        status = als_cli_visit_check(cli, request->visit, err);
    if (!status)
        status = als_cli_instrument(cli, als_args_operand(args, 2), &request->instrument, err);
    if (!status)
        status = read_options(cli, request, err);
    if (status)
        return status;
    size_t n = request->instrument->n_items;
    request->values = als_arena_array(cli->arena, n, sizeof *request->values);
    request->given_items = als_arena_array(cli->arena, n, sizeof *request->given_items);
    request->item_reasons = als_arena_array(cli->arena, n, sizeof *request->item_reasons);
    for (size_t i = 3; i < args->n_operands && !status; i++)
        status = parse_word(cli, request, args->operands[i], err);
    return status;
}

/* ---- What is stored ---- */

/* Without --date: the day that is stored for this assessment, else the day on which the visit is
 * recorded to have taken place. Nothing else is taken for it. */
static enum als_status resolve_day(struct als_cli *cli, struct request *request, int visit_no,
                                   int rater_no, struct als_err *err)
{
    if (request->day != ALS_NO_DAY || request->not_done)
        return ALS_OK;
    struct als_assessment stored;
    struct als_visit_list visits;
    int64_t change_id;
    enum als_status status =
        als_assessment_get(cli->store, request->patient.id, visit_no, request->instrument, rater_no,
                           cli->arena, &stored, &change_id, err);
    if (!status && change_id)
        request->day = stored.day;
    if (!status)
        status = als_visit_load(cli->store, request->patient.id, cli->arena, &visits, err);
    for (size_t i = 0; !status && i < visits.count && request->day == ALS_NO_DAY; i++)
        if (visits.items[i].visit_no == visit_no)
            request->day = visits.items[i].day;
    if (status || request->day != ALS_NO_DAY)
        return status;
    return als_fail(err, ALS_USAGE, "E-DATE",
                    "visit %s of %s is not recorded yet: give the day with --date", request->visit,
                    request->patient.patient);
}

/* ---- Scores ---- */

static const char *source_name(enum als_score_source source)
{
    static const char *const names[] = {NULL, "computed", "entered", "prorated"};
    return names[source];
}

static struct als_table *score_table(struct als_cli *cli, const struct request *request,
                                     const struct als_assessment *stored)
{
    static const struct als_table_column columns[] = {
        {.name = "measure", .type = ALS_CELL_TEXT},
        {.name = "label", .type = ALS_CELL_TEXT},
        {.name = "value", .type = ALS_CELL_NUMBER, .decimals = 2},
        {.name = "unit", .type = ALS_CELL_TEXT},
        {.name = "source", .type = ALS_CELL_TEXT},
    };
    const struct als_instrument *instrument = request->instrument;
    struct als_person person =
        als_patient_person(&request->patient, als_store_protocol(cli->store), stored->day);
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < instrument->n_scores; i++) {
        const struct als_score *score = &instrument->scores[i];
        struct als_score_value value = als_score_compute(instrument, i, stored->values, &person);
        als_table_text(table, als_arena_printf(cli->arena, "%s.%s", instrument->code, score->code));
        als_table_text(table, score->label);
        als_table_number(table, value.value);
        als_table_text(table, score->unit);
        als_table_text(table, source_name(value.source));
    }
    return table;
}

/* ---- Storing ---- */

static void tell(struct als_cli *cli, const struct request *request, const struct als_entry *entry,
                 const struct als_entry_outcome *outcome)
{
    const struct als_verdict_list *verdicts = &outcome->verdicts;
    for (size_t i = 0; i < verdicts->count; i++) {
        const struct als_verdict *verdict = &verdicts->items[i];
        als_cli_tell_verdict(
            cli, NULL, verdict->item < 0 ? NULL : request->instrument->items[verdict->item].code,
            verdict);
    }
    als_cli_tell_news(cli, &outcome->others);
    als_cli_tell_idle(cli, entry->justifications, entry->n_justifications, verdicts);
    als_cli_tell_queries(cli, request->patient.patient, outcome->opened, outcome->refreshed,
                         outcome->gone);
}

static enum als_status put(struct als_cli *cli, struct request *request,
                           struct als_entry_outcome *outcome, struct als_err *err)
{
    int visit_no, rater_no = 0;
    enum als_status status = als_cli_visit_number(cli, request->visit, &visit_no, err);
    if (!status && request->rater)
        status = als_store_add_rater(cli->store, request->rater, &rater_no, err);
    if (!status)
        status = resolve_day(cli, request, visit_no, rater_no, err);
    if (status)
        return status;
    struct als_entry entry = {
        .instrument = request->instrument,
        .assessment = {.patient_id = request->patient.id,
                       .visit_no = visit_no,
                       .rater_no = rater_no,
                       .day = request->day,
                       .mode = request->mode,
                       .respondent = request->respondent,
                       .not_done = request->not_done != NULL,
                       .reason = request->not_done,
                       .values = request->values,
                       .item_reasons = request->any_reason ? request->item_reasons : NULL},
        .given = DAY | NOT_DONE | REASON | (request->mode ? MODE : 0) |
                 (request->respondent ? RESPONDENT : 0),
        .given_items = request->not_done ? NULL : request->given_items,
        .expected_change = ALS_ANY_CHANGE,
        .arena = cli->arena};
    struct als_justification *confirmations;
    status = als_cli_today(cli, &entry.today, err);
    if (!status)
        status = als_cli_confirmations(cli, request->instrument, &confirmations,
                                       &entry.n_justifications, err);
    if (status)
        return status;
    entry.justifications = confirmations;
    status = als_entry_save(cli->store, &entry, outcome, err);
    if (!status)
        tell(cli, request, &entry, outcome);
    return status;
}

enum als_status als_cmd_record(struct als_cli *cli, struct als_err *err)
{
    struct request request;
    struct als_entry_outcome outcome;
    enum als_status status = read_request(cli, &request, err);
    if (!status)
        status = als_cli_begin(cli, err);
    if (status)
        return status;
    status = als_cli_end(cli, put(cli, &request, &outcome, err), err);
    if (status || request.not_done)
        return status;
    return als_cli_emit(cli, score_table(cli, &request, &outcome.stored), err);
}
