/* `patient screen`: the eligibility worksheet of a patient, or the screening log of all. */
#include "commands.h"
#include "names.h"

#include <string.h>

#include "alstrack/store/screening.h"

/* What --answer says. */
struct reply {
    const char *criterion;
    bool yes;
};

static enum als_status parse_reply(struct als_cli *cli, const char *text, struct reply *out,
                                   struct als_err *err)
{
    static const struct {
        const char *word;
        bool yes;
    } words[] = {{"yes", true}, {"no", false}, {"Y", true}, {"N", false}};
    size_t length = strcspn(text, "=");
    for (size_t i = 0; length && text[length] && i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(text + length + 1, words[i].word) != 0)
            continue;
        *out = (struct reply){als_arena_strndup(cli->arena, text, length), words[i].yes};
        return ALS_OK;
    }
    return als_fail(err, ALS_USAGE, "E-OPTION", "--answer takes ID=yes or ID=no, not '%s'", text);
}

/* The point at which a criterion is answered: --at, else the only one that it has. */
static enum als_status point_of(struct als_cli *cli, const struct als_worksheet *sheet,
                                const char *criterion, int *visit_no, struct als_err *err)
{
    const char *at = als_args_text(&cli->args, "at"), *list = "";
    const struct als_protocol *protocol = als_store_protocol(cli->store);
    size_t n = 0;
    if (at)
        return als_cli_visit_number(cli, at, visit_no, err);
    /* What the protocol does not ask is refused by the store, whatever the visit. */
    const char *screening = protocol->visits[als_screening_visit(protocol)].code;
    *visit_no = als_store_visit_no(cli->store, screening, strlen(screening));
    for (size_t i = 0; i < sheet->n_rows; i++) {
        const struct als_screen_row *row = &sheet->rows[i];
        if (strcmp(row->criterion->id, criterion) != 0)
            continue;
        *visit_no = sheet->points[row->point].visit_no;
        list = als_arena_printf(cli->arena, "%s%s--at %s", list, n++ ? " or " : "",
                                sheet->points[row->point].visit);
    }
    if (n < 2)
        return ALS_OK;
    enum als_status status =
        als_fail(err, ALS_USAGE, "E-OPTION", "%s is evaluated more than once: say when", criterion);
    als_err_hint(err, "%s", list);
    return status;
}

static enum als_status put_replies(struct als_cli *cli, const struct als_patient *patient,
                                   const struct als_worksheet *sheet, int today,
                                   struct als_err *err)
{
    size_t position = 0;
    enum als_status status = ALS_OK;
    const char *note = als_args_text(&cli->args, "note");
    for (const char *text; !status && (text = als_args_next(&cli->args, "answer", &position));) {
        struct reply reply = {NULL, false};
        struct als_answer answer = {.patient_id = patient->id, .day = today, .note = note};
        status = parse_reply(cli, text, &reply, err);
        if (!status)
            status = point_of(cli, sheet, reply.criterion, &answer.visit_no, err);
        if (status)
            break;
        answer.criterion = reply.criterion;
        answer.yes = reply.yes;
        status = als_answer_put(cli->store, &answer, note ? ALS_GIVEN_ALL : 1u, NULL, err);
    }
    return status;
}

static enum als_status answer(struct als_cli *cli, const struct als_patient *patient, int today,
                              struct als_err *err)
{
    struct als_worksheet sheet;
    enum als_status status =
        als_worksheet_load(cli->store, patient->id, today, cli->arena, &sheet, err);
    if (!status)
        status = als_cli_begin(cli, err);
    if (status)
        return status;
    return als_cli_end(cli, put_replies(cli, patient, &sheet, today, err), err);
}

/* ---- One patient ---- */

static const struct als_table_column worksheet_columns[] = {
    {.name = "criterion", .type = ALS_CELL_TEXT},   {.name = "type", .type = ALS_CELL_TEXT},
    {.name = "at", .type = ALS_CELL_TEXT},          {.name = "verdict", .type = ALS_CELL_TEXT},
    {.name = "automatic", .type = ALS_CELL_TEXT},   {.name = "manual", .type = ALS_CELL_TEXT},
    {.name = "value", .type = ALS_CELL_TEXT},       {.name = "source", .type = ALS_CELL_TEXT},
    {.name = "answer", .type = ALS_CELL_TEXT},      {.name = "answered_by", .type = ALS_CELL_TEXT},
    {.name = "answered_on", .type = ALS_CELL_TEXT}, {.name = "note", .type = ALS_CELL_TEXT},
    {.name = "needs", .type = ALS_CELL_TEXT},       {.name = "text", .type = ALS_CELL_TEXT},
};

static void put_row(struct als_table *table, const struct als_worksheet *sheet,
                    const struct als_screen_row *row)
{
    als_table_text(table, row->criterion->id);
    als_table_text(table, row->criterion->inclusion ? "inclusion" : "exclusion");
    als_table_text(table, sheet->points[row->point].visit);
    als_table_text(table, als_criterion_verdict_name(row->result.verdict));
    als_table_text(table, als_criterion_verdict_name(row->result.automatic));
    als_table_text(table, als_criterion_verdict_name(row->result.manual));
    als_table_text(table, row->value);
    als_table_text(table, row->source);
    als_table_text(table, row->answer ? row->answer->yes ? "yes" : "no" : "");
    als_table_text(table, row->answer ? row->answer->user : "");
    als_table_day(table, row->answer ? row->answer->day : ALS_NO_DAY);
    als_table_text(table, row->answer ? row->answer->note : "");
    als_table_text(table, row->needs);
    als_table_text(table, row->criterion->text);
}

static void note_point(struct als_table *table, const struct als_screen_point *point)
{
    char date[ALS_DATE_TEXT];
    if (point->time == ALS_POINT_NEVER)
        return;
    if (point->n_later == point->n_criteria)
        als_table_note(table, "%s: its time has not come", point->visit);
    else
        als_table_note(table, "%s: %s, from what is known of %s%s", point->visit,
                       als_eligibility_name(point->eligibility), als_day_format(point->day, date),
                       point->done ? "" : "; the visit is not recorded yet");
}

static void note_overall(struct als_table *table, const struct als_worksheet *sheet)
{
    als_table_note(table, "eligibility: %s%s%s%s%s", als_eligibility_name(sheet->eligibility),
                   sheet->failed[0] ? "; fails " : "", sheet->failed,
                   sheet->unknown[0] ? "; unknown " : "", sheet->unknown);
}

static enum als_status show(struct als_cli *cli, const struct als_patient *patient, int today,
                            struct als_err *err)
{
    struct als_worksheet sheet;
    const char *at = als_args_text(&cli->args, "at");
    enum als_status status =
        als_worksheet_load(cli->store, patient->id, today, cli->arena, &sheet, err);
    if (status)
        return status;
    struct als_table *table =
        als_table_new(worksheet_columns, sizeof worksheet_columns / sizeof worksheet_columns[0]);
    for (size_t i = 0; i < sheet.n_rows; i++) {
        if (!at || strcmp(sheet.points[sheet.rows[i].point].visit, at) == 0)
            put_row(table, &sheet, &sheet.rows[i]);
    }
    for (size_t i = 0; i < sheet.n_points; i++) {
        if (!at || strcmp(sheet.points[i].visit, at) == 0)
            note_point(table, &sheet.points[i]);
    }
    note_overall(table, &sheet);
    return als_cli_emit(cli, table, err);
}

/* ---- All patients ---- */

static enum als_status log_all(struct als_cli *cli, int today, struct als_err *err)
{
    static const struct als_table_column columns[] = {
        {.name = "patient", .type = ALS_CELL_TEXT},     {.name = "site", .type = ALS_CELL_TEXT},
        {.name = "eligibility", .type = ALS_CELL_TEXT}, {.name = "failed", .type = ALS_CELL_TEXT},
        {.name = "unknown", .type = ALS_CELL_TEXT},     {.name = "screened", .type = ALS_CELL_TEXT},
    };
    struct als_screening *screening;
    enum als_status status = als_screening_open(cli->store, 0, INT64_MAX, today, &screening, err);
    if (status)
        return status;
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    const struct als_patient *patient = NULL;
    do {
        struct als_arena *arena = als_arena_new();
        struct als_worksheet sheet;
        status = als_screening_next(screening, arena, &patient, &sheet, err);
        if (!status && patient) {
            bool screened = sheet.n_points && sheet.points[0].done;
            als_table_text(table, patient->patient);
            als_table_text(table, patient->site);
            als_table_text(table, als_eligibility_name(sheet.eligibility));
            als_table_text(table, sheet.failed);
            als_table_text(table, sheet.unknown);
            als_table_day(table, screened ? sheet.points[0].day : ALS_NO_DAY);
        }
        als_arena_free(arena);
    } while (!status && patient);
    als_screening_close(screening);
    if (!status)
        return als_cli_emit(cli, table, err);
    als_table_free(table);
    return status;
}

static enum als_status check_operands(struct als_cli *cli, bool answers, struct als_err *err)
{
    bool one = als_args_operand(&cli->args, 0) != NULL;
    if (!one && (answers || als_args_text(&cli->args, "at")))
        return als_fail(err, ALS_USAGE, "E-OPERAND", "PATIENT is missing");
    if (!answers && (als_args_text(&cli->args, "note") || als_args_text(&cli->args, "reason")))
        return als_fail(err, ALS_USAGE, "E-OPTION", "--note and --reason go with --answer");
    return ALS_OK;
}

enum als_status als_cmd_patient_screen(struct als_cli *cli, struct als_err *err)
{
    size_t position = 0;
    int today = 0;
    bool answers = als_args_next(&cli->args, "answer", &position) != NULL;
    struct als_patient patient;
    enum als_status status = check_operands(cli, answers, err);
    if (!status)
        status = als_cli_today(cli, &today, err);
    if (!status)
        status = als_cli_open(cli, answers ? ALS_STORE_WRITE : ALS_STORE_READ, err);
    if (status)
        return status;
    if (als_store_protocol(cli->store)->n_criteria == 0)
        return als_fail(err, ALS_DATA, "E-CRITERION", "the protocol has no eligibility criteria");
    if (!als_args_operand(&cli->args, 0))
        return log_all(cli, today, err);
    status = als_cli_patient(cli, als_args_operand(&cli->args, 0), &patient, err);
    if (!status && als_args_text(&cli->args, "at"))
        status = als_cli_visit_check(cli, als_args_text(&cli->args, "at"), err);
    if (!status && answers)
        status = answer(cli, &patient, today, err);
    if (status)
        return status;
    if (answers && als_args_text(&cli->args, "as-of"))
        als_store_cut(cli->store, today);
    return show(cli, &patient, today, err);
}
