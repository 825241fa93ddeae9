/* `visit record`: that a visit took place or not, and the procedures done at it. */
#include "ask.h"
#include "commands.h"
#include "names.h"
#include "verdicts.h"

#include <string.h>

#include "alstrack/core/date.h"
#include "alstrack/score/reason.h"

enum { DAY = 1u, MODE = 2u, NOT_DONE = 4u, REASON = 8u };
enum { PROCEDURE_DAY = 1u, PROCEDURE_NOT_DONE = 2u, PROCEDURE_REASON = 4u };

struct request {
    struct als_patient patient;
    const char *code;
    int day; /* ALS_NO_DAY when no date was given */
    const char *mode, *not_done;
    size_t n_procedures;
};

/* A procedure as it was written: NAME, NAME=done, NAME=DATE, NAME=not-done:REASON. */
static enum als_status parse_procedure(struct als_cli *cli, const char *text, int visit_day,
                                       struct als_procedure *out, struct als_err *err)
{
    size_t length = strcspn(text, "=");
    const char *name = als_arena_strndup(cli->arena, text, length);
    const char *state = text[length] ? text + length + 1 : "done";
    *out = (struct als_procedure){.procedure = name, .day = visit_day};
    if (strcmp(state, "done") == 0)
        return ALS_OK;
    if (strncmp(state, "not-done", 8) == 0 && (state[8] == ':' || state[8] == '\0')) {
        out->not_done = true;
        out->day = ALS_NO_DAY;
        out->reason = state[8] && state[9] ? state + 9 : NULL;
        if (out->reason)
            return als_cli_reason_check(out->reason, err);
        return als_fail(err, ALS_USAGE, "E-REASON",
                        "a procedure that was not done needs a reason: %s=not-done:REASON", name);
    }
    if (als_date_parse_full(state, strlen(state), &out->day))
        return ALS_OK;
    return als_fail(err, ALS_USAGE, "E-OPTION",
                    "--procedure %s= takes done, a date or not-done:REASON, not '%s'", name, state);
}

static enum als_status read_request(struct als_cli *cli, struct request *request,
                                    struct als_err *err)
{
    *request = (struct request){.code = als_args_operand(&cli->args, 1),
                                .day = ALS_NO_DAY,
                                .mode = als_args_text(&cli->args, "mode"),
                                .not_done = als_args_text(&cli->args, "not-done")};
    size_t position = 0;
    while (als_args_next(&cli->args, "procedure", &position))
        request->n_procedures++;
    const char *date = als_args_operand(&cli->args, 2);
    enum als_status status =
        als_cli_patient(cli, als_args_operand(&cli->args, 0), &request->patient, err);
    if (!status)
        status = als_cli_visit_check(cli, request->code, err);
    if (!status && date)
        status = als_cli_day(date, "DATE", &request->day, err);
    if (status)
        return status;
    if (date && request->not_done)
        return als_fail(err, ALS_USAGE, "E-OPTION",
                        "a visit has a DATE or was --not-done, not both");
    if (request->not_done)
        return als_cli_reason_check(request->not_done, err);
    if (!date && !request->n_procedures)
        return als_fail(err, ALS_USAGE, "E-OPERAND", "DATE is missing, or --not-done REASON");
    return ALS_OK;
}

/* ---- Asking on a terminal ---- */

static enum als_status ask_reason(struct als_cli *cli, const char *label, const char **reason,
                                  struct als_err *err)
{
    struct als_ask ask = {.label = label, .required = true};
    ask.choices = als_reasons(&ask.n_choices);
    return als_ask_one(cli, &ask, reason, err);
}

static enum als_status check_visit(struct als_cli *cli, const char *text, struct als_err *err)
{
    return als_cli_visit_check(cli, text, err);
}

static enum als_status ask_key(struct als_cli *cli, struct als_err *err)
{
    const char **visits = als_arena_array(cli->arena, ALS_NAMES_ROOM, sizeof *visits);
    const struct als_ask key[] = {
        {.label = "Patient", .required = true, .check = als_ask_check_patient},
        {.label = "Visit",
         .hint = "or UNS1, UNS2 ..., ET",
         .choices = visits,
         .n_choices = als_names_visits(cli->store, visits, ALS_NAMES_ROOM),
         .offered = true,
         .required = true,
         .check = check_visit},
    };
    return als_ask_each(cli, key, 2, err);
}

/* Done, not done with the reason, or not said: for each procedure that the protocol plans. */
static enum als_status ask_procedures(struct als_cli *cli, const struct als_visit_plan *plan,
                                      struct als_err *err)
{
    static const char *const states[] = {"done", "not done"};
    enum als_status status = ALS_OK;
    for (size_t i = 0; plan && i < plan->n_procedures && !status; i++) {
        const char *name = plan->procedures[i], *state = NULL, *reason = NULL;
        const struct als_ask ask = {.label = als_arena_printf(cli->arena, "Procedure %s", name),
                                    .choices = states,
                                    .n_choices = 2};
        status = als_ask_one(cli, &ask, &state, err);
        if (!status && state == states[1])
            status = ask_reason(cli, "Why was it not done?", &reason, err);
        if (!status && state)
            als_args_add(&cli->args, cli->arena, "procedure",
                         reason ? als_arena_printf(cli->arena, "%s=not-done:%s", name, reason)
                                : als_arena_printf(cli->arena, "%s=done", name));
    }
    return status;
}

static enum als_status ask_held(struct als_cli *cli, struct als_err *err)
{
    static const char *const modes[] = {"clinic", "phone", "video", "home"};
    const struct als_protocol *protocol = als_store_protocol(cli->store);
    const ptrdiff_t place = als_protocol_visit(protocol, als_args_operand(&cli->args, 1));
    const struct als_visit_plan *plan = place >= 0 ? &protocol->visits[place] : NULL;
    char text[ALS_DATE_TEXT];
    int today;
    enum als_status status = als_cli_today(cli, &today, err);
    if (status)
        return status;
    const struct als_ask date = {.label = "Date",
                                 .hint = "YYYY-MM-DD",
                                 .fallback = als_day_format(today, text),
                                 .check = als_ask_check_day};
    const struct als_ask mode = {.option = "mode",
                                 .label = "How it was held",
                                 .choices = modes,
                                 .n_choices = 4,
                                 .fallback = plan && plan->mode ? plan->mode : "clinic"};
    const char *day = NULL;
    status = als_ask_one(cli, &date, &day, err);
    if (!status)
        als_args_add(&cli->args, cli->arena, NULL, als_arena_strdup(cli->arena, day));
    if (!status)
        status = als_ask_each(cli, &mode, 1, err);
    return status ? status : ask_procedures(cli, plan, err);
}

/* Whoever says neither when it took place, nor that it did not, nor what was done. */
static enum als_status ask(struct als_cli *cli, struct als_err *err)
{
    static const char *const yes_no[] = {"yes", "no"};
    const struct als_ask took_place = {
        .label = "Did it take place?", .choices = yes_no, .n_choices = 2, .fallback = "yes"};
    const struct als_ask needed[] = {{.required = true}, {.required = true}, {.required = true}};
    const char *answer = NULL, *reason = NULL;
    if (als_args_text(&cli->args, "not-done") || als_args_text(&cli->args, "procedure") ||
        !als_ask_wanted(cli, needed, 3, false))
        return ALS_OK;
    enum als_status status = ask_key(cli, err);
    if (!status)
        status = als_ask_one(cli, &took_place, &answer, err);
    if (status || *answer == 'y')
        return status ? status : ask_held(cli, err);
    status = ask_reason(cli, "Why not?", &reason, err);
    if (!status)
        als_args_add(&cli->args, cli->arena, "not-done", reason);
    return status;
}

/* The day on which the visit is stored to have taken place; ALS_NO_DAY if it is not. */
static enum als_status stored_day(struct als_cli *cli, const struct request *request, int visit_no,
                                  int *day, struct als_err *err)
{
    struct als_visit_list visits;
    enum als_status status =
        als_visit_load(cli->store, request->patient.id, cli->arena, &visits, err);
    *day = ALS_NO_DAY;
    for (size_t i = 0; !status && i < visits.count; i++)
        if (visits.items[i].visit_no == visit_no)
            *day = visits.items[i].day;
    return status;
}

static enum als_status put_procedures(struct als_cli *cli, const struct request *request,
                                      int visit_no, int day, struct als_err *err)
{
    size_t position = 0;
    for (const char *text; (text = als_args_next(&cli->args, "procedure", &position));) {
        struct als_procedure procedure;
        enum als_put what;
        enum als_status status = parse_procedure(cli, text, day, &procedure, err);
        if (!status && procedure.day == ALS_NO_DAY && !procedure.not_done)
            status = als_fail(err, ALS_USAGE, "E-OPERAND",
                              "DATE is missing: visit %s is not recorded yet", request->code);
        if (status)
            return status;
        procedure.patient_id = request->patient.id;
        procedure.visit_no = visit_no;
        status =
            als_procedure_put(cli->store, &procedure,
                              PROCEDURE_DAY | PROCEDURE_NOT_DONE | PROCEDURE_REASON, &what, err);
        if (status)
            return status;
    }
    return ALS_OK;
}

/* How the visit lies to its window, when inside; outside is a verdict. */
static enum als_status tell_window(struct als_cli *cli, const struct request *request,
                                   struct als_err *err)
{
    const struct als_protocol *protocol = als_store_protocol(cli->store);
    struct als_patient_facts facts;
    enum als_status status = als_facts_load(cli->store, &request->patient, cli->arena, &facts, err);
    if (status)
        return status;
    struct als_visit_row *rows =
        als_arena_array(cli->arena, protocol->n_visits + facts.n_visits + 1, sizeof *rows);
    const size_t n = als_schedule_build(protocol, &facts, request->day, rows);
    char from[ALS_DATE_TEXT], to[ALS_DATE_TEXT];
    for (size_t i = 0; i < n; i++)
        if (rows[i].plan && strcmp(rows[i].code, request->code) == 0 &&
            rows[i].target != ALS_NO_DAY && request->day >= rows[i].window_from &&
            request->day <= rows[i].window_to)
            als_cli_tell(cli, "  inside the window of %s, %s to %s", rows[i].code,
                         als_day_format(rows[i].window_from, from),
                         als_day_format(rows[i].window_to, to));
    return ALS_OK;
}

/* What else the plan of the visit asks for. */
static enum als_status tell_plan(struct als_cli *cli, const struct request *request,
                                 struct als_err *err)
{
    const struct als_protocol *protocol = als_store_protocol(cli->store);
    ptrdiff_t visit = als_protocol_visit(protocol, request->code);
    if (visit < 0)
        return ALS_OK;
    if (protocol->visits[visit].infusion)
        als_cli_tell(cli,
                     "hint: treatment belongs to this visit; if it was given: "
                     "alstrack event add %s infusion DATE",
                     request->patient.patient);
    return tell_window(cli, request, err);
}

static enum als_status put(struct als_cli *cli, void *context, struct als_recorded *recorded,
                           struct als_err *err)
{
    const struct request *request = context;
    struct als_visit visit = {.patient_id = request->patient.id,
                              .day = request->day,
                              .mode = request->mode,
                              .not_done = request->not_done != NULL,
                              .reason = request->not_done};
    enum als_status status = als_cli_visit_number(cli, request->code, &visit.visit_no, err);
    if (status)
        return status;
    int day = request->day;
    if (request->day != ALS_NO_DAY || request->not_done) {
        unsigned given = DAY | NOT_DONE | REASON | (request->mode ? MODE : 0);
        enum als_put what;
        status = als_visit_put(cli->store, &visit, given, &what, err);
    } else {
        status = stored_day(cli, request, visit.visit_no, &day, err);
    }
    if (!status)
        status = put_procedures(cli, request, visit.visit_no, day, err);
    if (!status && request->day != ALS_NO_DAY)
        status = tell_plan(cli, request, err);
    recorded->patient_id = request->patient.id;
    recorded->record = "visit";
    recorded->visit_no = visit.visit_no;
    return status;
}

enum als_status als_cmd_visit_record(struct als_cli *cli, struct als_err *err)
{
    struct request request;
    enum als_status status = ask(cli, err);
    if (!status)
        status = read_request(cli, &request, err);
    return status ? status : als_cli_enter(cli, put, &request, err);
}
