/* `record`: one assessment from the command line, and its scores. */
#include "commands.h"
#include "names.h"
#include "plausible.h"

#include <math.h>
#include <string.h>

#include "alstrack/core/date.h"
#include "alstrack/score/score.h"
#include "alstrack/store/scan.h"

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

/* The row as it is stored, also inside the open change set. Values live in the command's arena. */
struct stored {
    bool there;
    int day;
    struct als_value *values;
    const char **reasons;
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

static void keep_row(struct als_cli *cli, const struct als_instrument *instrument,
                     const struct als_assessment *row, struct stored *stored)
{
    size_t n = instrument->n_items;
    stored->there = true;
    stored->day = row->day;
    stored->values = als_arena_array(cli->arena, n, sizeof *stored->values);
    stored->reasons = als_arena_array(cli->arena, n, sizeof *stored->reasons);
    for (size_t i = 0; i < n; i++) {
        stored->values[i] = row->values[i];
        if (row->values[i].kind == ALS_VALUE_TEXT)
            stored->values[i].text =
                als_arena_strndup(cli->arena, row->values[i].text, row->values[i].length);
        if (row->item_reasons)
            stored->reasons[i] = als_arena_strdup(cli->arena, row->item_reasons[i]);
    }
}

static enum als_status find_row(struct als_cli *cli, const struct request *request, int visit_no,
                                int rater_no, struct stored *stored, struct als_err *err)
{
    *stored = (struct stored){.day = ALS_NO_DAY};
    struct als_scan *scan;
    enum als_status status = als_scan_open(cli->store, request->instrument, ALS_SCAN_ITEMS,
                                           request->patient.id, request->patient.id, &scan, err);
    if (status)
        return status;
    const struct als_assessment *row;
    while (!(status = als_scan_next(scan, &row, err)) && row)
        if (row->visit_no == visit_no && row->rater_no == rater_no)
            keep_row(cli, request->instrument, row, stored);
    als_scan_close(scan);
    return status;
}

/* Without --date: the day that is stored for this assessment, else the day on which the visit is
 * recorded to have taken place. Nothing else is taken for it. */
static enum als_status resolve_day(struct als_cli *cli, struct request *request, int visit_no,
                                   const struct stored *stored, struct als_err *err)
{
    if (request->day != ALS_NO_DAY || request->not_done)
        return ALS_OK;
    request->day = stored->day;
    struct als_visit_list visits;
    enum als_status status =
        als_visit_load(cli->store, request->patient.id, cli->arena, &visits, err);
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
                                     const struct stored *stored)
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
    for (size_t i = 0; i < instrument->n_scores && stored->there; i++) {
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

static enum als_status put(struct als_cli *cli, struct request *request, struct stored *stored,
                           struct als_err *err)
{
    int visit_no, rater_no = 0;
    enum als_status status = als_cli_visit_number(cli, request->visit, &visit_no, err);
    if (!status && request->rater)
        status = als_store_add_rater(cli->store, request->rater, &rater_no, err);
    if (!status)
        status = find_row(cli, request, visit_no, rater_no, stored, err);
    if (!status)
        status = resolve_day(cli, request, visit_no, stored, err);
    if (status)
        return status;
    struct als_assessment assessment = {
        .patient_id = request->patient.id,
        .visit_no = visit_no,
        .rater_no = rater_no,
        .day = request->day,
        .mode = request->mode,
        .respondent = request->respondent,
        .not_done = request->not_done != NULL,
        .reason = request->not_done,
        .values = request->values,
        .item_reasons = request->any_reason ? request->item_reasons : NULL,
    };
    unsigned given = DAY | NOT_DONE | REASON;
    given |= (request->mode ? MODE : 0) | (request->respondent ? RESPONDENT : 0);
    enum als_put what;
    status = als_assessment_put(cli->store, request->instrument, &assessment, given,
                                request->not_done ? NULL : request->given_items, &what, err);
    if (!status)
        status = find_row(cli, request, visit_no, rater_no, stored, err);
    if (status || request->not_done)
        return status;
    struct als_plausible plausible = {.instrument = request->instrument,
                                      .patient = &request->patient,
                                      .values = stored->values,
                                      .reasons = stored->reasons,
                                      .visit = request->visit,
                                      .day = stored->day};
    return als_plausible_check(cli, &plausible, err);
}

enum als_status als_cmd_record(struct als_cli *cli, struct als_err *err)
{
    struct request request;
    struct stored stored = {0};
    enum als_status status = read_request(cli, &request, err);
    if (!status)
        status = als_cli_begin(cli, err);
    if (status)
        return status;
    status = als_cli_end(cli, put(cli, &request, &stored, err), err);
    if (status || request.not_done)
        return status;
    return als_cli_emit(cli, score_table(cli, &request, &stored), err);
}
