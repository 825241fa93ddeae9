/* `ae add|edit|list`. */
#include "ask.h"
#include "commands.h"
#include "names.h"
#include "verdicts.h"

#include <string.h>

enum { VISIT, TERM, ONSET, END, GRADE, SERIOUS, RELATION, ACTION, OUTCOME, DLT };

static const struct {
    const char *option;
    unsigned bit;
    size_t place;
} text_options[] = {
    {"term", TERM, offsetof(struct als_adverse_event, term)},
    {"onset", ONSET, offsetof(struct als_adverse_event, onset)},
    {"end", END, offsetof(struct als_adverse_event, end)},
    {"relation", RELATION, offsetof(struct als_adverse_event, relation)},
    {"action", ACTION, offsetof(struct als_adverse_event, action)},
    {"outcome", OUTCOME, offsetof(struct als_adverse_event, outcome)},
};

static void fill_texts(struct als_cli *cli, struct als_adverse_event *ae, unsigned *given)
{
    for (size_t i = 0; i < sizeof text_options / sizeof text_options[0]; i++) {
        const char *text = als_args_text(&cli->args, text_options[i].option);
        if (!text)
            continue;
        *given |= 1u << text_options[i].bit;
        const char **place = (const char **)((char *)ae + text_options[i].place);
        *place = *text ? text : NULL;
    }
}

static void fill_yesno(struct als_cli *cli, const char *option, unsigned bit, int *out,
                       unsigned *given)
{
    const char *text = als_args_text(&cli->args, option);
    *out = ALS_UNSAID;
    if (!text)
        return;
    *given |= 1u << bit;
    if (*text)
        *out = text[0] == 'y';
}

static enum als_status fill_grade(struct als_cli *cli, struct als_adverse_event *ae,
                                  unsigned *given, struct als_err *err)
{
    const char *text = als_args_text(&cli->args, "grade");
    ae->grade = ALS_UNSAID;
    if (!text)
        return ALS_OK;
    *given |= 1u << GRADE;
    return *text ? als_cli_integer(text, "--grade", &ae->grade, err) : ALS_OK;
}

static enum als_status fill(struct als_cli *cli, struct als_adverse_event *ae, unsigned *given,
                            struct als_err *err)
{
    fill_yesno(cli, "serious", SERIOUS, &ae->serious, given);
    fill_yesno(cli, "dlt", DLT, &ae->dlt, given);
    const char *visit = als_args_text(&cli->args, "visit");
    fill_texts(cli, ae, given);
    enum als_status status = fill_grade(cli, ae, given, err);
    if (!status && visit && *visit)
        status = als_cli_visit_check(cli, visit, err);
    if (visit)
        *given |= 1u << VISIT;
    return status;
}

static enum als_status find(struct als_cli *cli, int64_t patient_id, const char *ae_id, bool *there,
                            struct als_err *err)
{
    struct als_adverse_event_list list;
    enum als_status status = als_adverse_event_load(cli->store, patient_id, cli->arena, &list, err);
    *there = false;
    for (size_t i = 0; !status && i < list.count; i++)
        *there |= strcmp(list.items[i].ae_id, ae_id) == 0;
    return status;
}

struct putting {
    struct als_adverse_event ae;
    unsigned given;
    bool there; /* its key is stored */
};

static enum als_status put(struct als_cli *cli, void *context, struct als_recorded *recorded,
                           struct als_err *err)
{
    const struct putting *putting = context;
    struct als_adverse_event ae = putting->ae;
    const char *visit = als_args_text(&cli->args, "visit");
    enum als_status status = ALS_OK;
    enum als_put what = ALS_PUT_SAME;
    if (visit && *visit)
        status = als_cli_visit_number(cli, visit, &ae.visit_no, err);
    if (!status)
        status = als_adverse_event_put(cli->store, &ae, putting->given, &what, err);
    recorded->record = "ae";
    recorded->item = ae.ae_id;
    recorded->patient_id = what == ALS_PUT_SAME ? 0 : ae.patient_id;
    return status;
}

/* Patient and key from the operands, options into the adverse event, and whether it is stored. */
static enum als_status prepare(struct als_cli *cli, struct putting *putting, struct als_err *err)
{
    struct als_patient patient = {0};
    *putting = (struct putting){.ae = {.ae_id = als_args_operand(&cli->args, 1)}};
    enum als_status status = als_cli_patient(cli, als_args_operand(&cli->args, 0), &patient, err);
    if (!status)
        status = fill(cli, &putting->ae, &putting->given, err);
    putting->ae.patient_id = patient.id;
    return status ? status : find(cli, patient.id, putting->ae.ae_id, &putting->there, err);
}

/* ---- Asking on a terminal ---- */

/* The first number that no adverse event of the patient has; NULL when the patient is not known. */
static const char *next_id(struct als_cli *cli)
{
    struct als_patient patient;
    struct als_err none;
    if (als_cli_patient(cli, als_args_operand(&cli->args, 0), &patient, &none) != ALS_OK)
        return NULL;
    for (int i = 1;; i++) {
        const char *id = als_arena_printf(cli->arena, "%d", i);
        bool there;
        if (find(cli, patient.id, id, &there, &none) != ALS_OK)
            return NULL;
        if (!there)
            return id;
    }
}

static void offer_grades(const struct als_cli *cli, struct als_ask *ask)
{
    const struct als_protocol *protocol = als_store_protocol(cli->store);
    const char **codes = als_arena_array(cli->arena, 2 * protocol->n_grades + 1, sizeof *codes);
    const char **labels = codes + protocol->n_grades;
    for (size_t i = 0; i < protocol->n_grades; i++) {
        codes[i] = als_arena_printf(cli->arena, "%d", protocol->grades[i].grade);
        labels[i] = protocol->grades[i].label;
    }
    ask->choices = codes;
    ask->labels = labels;
    ask->n_choices = protocol->n_grades;
}

static enum als_status ask_key(struct als_cli *cli, struct als_err *err)
{
    const struct als_ask patient = {
        .label = "Patient", .required = true, .check = als_ask_check_patient};
    enum als_status status = als_ask_each(cli, &patient, 1, err);
    if (status)
        return status;
    const struct als_ask key[] = {
        patient,
        {.label = "Number of the adverse event", .required = true, .fallback = next_id(cli)}};
    return als_ask_each(cli, key, 2, err);
}

static enum als_status ask_rest(struct als_cli *cli, struct als_err *err)
{
    static const char *const yes_no[] = {"yes", "no"};
    static const char *const outcomes[] = {"recovered", "recovering", "not recovered",
                                           "recovered with sequelae", "fatal"};
    const struct als_protocol *protocol = als_store_protocol(cli->store);
    const char **visits = als_arena_array(cli->arena, ALS_NAMES_ROOM, sizeof *visits);
    struct als_ask asks[] = {
        {.option = "term",
         .label = "What happened",
         .choices = protocol->ae_terms,
         .n_choices = protocol->n_ae_terms,
         .hint = "a number, or in words",
         .offered = true,
         .required = true},
        {.option = "grade", .label = "Grade"},
        {.option = "onset",
         .label = "Since when",
         .hint = "YYYY-MM-DD, YYYY-MM or YYYY",
         .check = als_ask_check_date},
        {.option = "end",
         .label = "Until when",
         .hint = "Enter while it lasts",
         .check = als_ask_check_date},
        {.option = "relation",
         .label = "Related to",
         .hint = "a number, or several with ; between",
         .choices = protocol->causality,
         .n_choices = protocol->n_causality,
         .offered = true},
        {.option = "serious", .label = "Serious", .choices = yes_no, .n_choices = 2},
        {.option = "outcome",
         .label = "Outcome",
         .choices = outcomes,
         .n_choices = 5,
         .offered = true},
        {.option = "visit",
         .label = "Recorded at visit",
         .choices = visits,
         .n_choices = als_names_visits(cli->store, visits, ALS_NAMES_ROOM)},
    };
    offer_grades(cli, &asks[1]);
    return als_ask_each(cli, asks, sizeof asks / sizeof asks[0], err);
}

/* A term is needed; who gives none is asked for all of it. */
static enum als_status ask(struct als_cli *cli, struct als_err *err)
{
    const struct als_ask needed[] = {
        {.required = true}, {.required = true}, {.option = "term", .required = true}};
    if (!als_ask_wanted(cli, needed, 3, false))
        return ALS_OK;
    const enum als_status status = ask_key(cli, err);
    return status ? status : ask_rest(cli, err);
}

enum als_status als_cmd_ae_add(struct als_cli *cli, struct als_err *err)
{
    struct putting putting;
    enum als_status status = ask(cli, err);
    if (!status)
        status = prepare(cli, &putting, err);
    if (status)
        return status;
    if (!putting.ae.term)
        return als_fail(err, ALS_USAGE, "E-OPTION", "--term TEXT is missing");
    if (putting.there) {
        status = als_fail(err, ALS_DATA, "E-EXISTS", "%s has an adverse event %s already",
                          als_args_operand(&cli->args, 0), putting.ae.ae_id);
        als_err_hint(err, "'alstrack ae edit' changes what is stored");
        return status;
    }
    return als_cli_enter(cli, put, &putting, err);
}

enum als_status als_cmd_ae_edit(struct als_cli *cli, struct als_err *err)
{
    struct putting putting;
    enum als_status status = prepare(cli, &putting, err);
    if (status)
        return status;
    if (!putting.there)
        return als_fail(err, ALS_NO_INPUT, "E-NAME", "%s has no adverse event %s",
                        als_args_operand(&cli->args, 0), putting.ae.ae_id);
    if (!putting.given)
        return als_fail(err, ALS_USAGE, "E-OPTION", "nothing to change was given");
    return als_cli_enter(cli, put, &putting, err);
}

static void cell_yesno(struct als_table *table, int value)
{
    als_table_text(table, value == ALS_UNSAID ? NULL : value ? "Y" : "N");
}

static void list_row(struct als_cli *cli, struct als_table *table,
                     const struct als_patient_list *patients, const struct als_adverse_event *ae)
{
    als_table_text(table, als_patient_name(patients, ae->patient_id));
    als_table_text(table, ae->ae_id);
    als_table_text(table, ae->visit_no ? als_store_visit_code(cli->store, ae->visit_no) : NULL);
    als_table_text(table, ae->term);
    als_table_text(table, ae->onset);
    als_table_text(table, ae->end);
    if (ae->grade == ALS_UNSAID)
        als_table_missing(table);
    else
        als_table_integer(table, ae->grade);
    cell_yesno(table, ae->serious);
    als_table_text(table, ae->relation);
    als_table_text(table, ae->action);
    als_table_text(table, ae->outcome);
    cell_yesno(table, ae->dlt);
}

enum als_status als_cmd_ae_list(struct als_cli *cli, struct als_err *err)
{
    static const struct als_table_column columns[] = {
        {.name = "patient", .type = ALS_CELL_TEXT},  {.name = "ae_id", .type = ALS_CELL_TEXT},
        {.name = "visit", .type = ALS_CELL_TEXT},    {.name = "term", .type = ALS_CELL_TEXT},
        {.name = "onset", .type = ALS_CELL_TEXT},    {.name = "end", .type = ALS_CELL_TEXT},
        {.name = "grade", .type = ALS_CELL_INTEGER}, {.name = "serious", .type = ALS_CELL_TEXT},
        {.name = "relation", .type = ALS_CELL_TEXT}, {.name = "action", .type = ALS_CELL_TEXT},
        {.name = "outcome", .type = ALS_CELL_TEXT},  {.name = "dlt", .type = ALS_CELL_TEXT},
    };
    int64_t id = 0;
    struct als_patient_list patients;
    struct als_adverse_event_list list;
    enum als_status status = als_cli_patient_id(cli, als_args_operand(&cli->args, 0), &id, err);
    if (!status)
        status = als_patient_load(cli->store, cli->arena, &patients, err);
    if (!status)
        status = als_adverse_event_load(cli->store, id, cli->arena, &list, err);
    if (status)
        return status;
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < list.count; i++)
        list_row(cli, table, &patients, &list.items[i]);
    return als_cli_emit(cli, table, err);
}
