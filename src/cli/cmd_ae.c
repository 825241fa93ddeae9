/* `ae add|edit|remove|list`. */
#include "ask.h"
#include "commands.h"
#include "names.h"
#include "verdicts.h"

#include <string.h>

#include "alstrack/store/lock.h"

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

/* The stored one of that number, NULL when there is none; in the command's arena. */
static enum als_status find(struct als_cli *cli, int64_t patient_id, const char *ae_id,
                            const struct als_adverse_event **out, struct als_err *err)
{
    struct als_adverse_event_list list;
    enum als_status status = als_adverse_event_load(cli->store, patient_id, cli->arena, &list, err);
    *out = NULL;
    const struct als_adverse_event *items = list.items;
    for (size_t i = 0; !status && i < list.count && !*out; i++)
        if (strcmp(items[i].ae_id, ae_id) == 0)
            *out = items + i;
    return status;
}

/* The one that the operands name, which must be there. */
static enum als_status find_named(struct als_cli *cli, const struct als_adverse_event **out,
                                  struct als_err *err)
{
    struct als_patient patient;
    const char *name = als_args_operand(&cli->args, 0), *ae_id = als_args_operand(&cli->args, 1);
    enum als_status status = als_cli_patient(cli, name, &patient, err);
    if (!status)
        status = find(cli, patient.id, ae_id, out, err);
    if (!status && !*out)
        status = als_fail(err, ALS_NO_INPUT, "E-NAME", "%s has no adverse event %s", name, ae_id);
    return status;
}

struct putting {
    struct als_adverse_event ae;
    unsigned given;
    const struct als_adverse_event *stored; /* of its key; NULL */
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
    return status ? status : find(cli, patient.id, putting->ae.ae_id, &putting->stored, err);
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
        const struct als_adverse_event *there;
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

/* An end goes with the onset that was given or is stored. */
static enum als_status check_end(struct als_cli *cli, const char *text, struct als_err *err)
{
    struct als_err none;
    const struct als_adverse_event *stored = NULL;
    const char *onset = als_args_text(&cli->args, "onset");
    if (!onset && find_named(cli, &stored, &none) == ALS_OK)
        onset = stored->onset;
    const enum als_status status = als_ask_check_date(cli, text, err);
    return status ? status : als_adverse_event_order(onset, text, err);
}

enum { N_FIELDS = 10 };

/* What can be said of one, beside what is stored (NULL: nothing is). Whether it limits the dose is
 * asked where doses escalate. Returns how many there are. */
static size_t fill_asks(struct als_cli *cli, const struct als_adverse_event *stored,
                        struct als_ask asks[N_FIELDS])
{
    static const char *const yes_no[] = {"yes", "no"};
    static const struct als_adverse_event none = {
        .grade = ALS_UNSAID, .serious = ALS_UNSAID, .dlt = ALS_UNSAID};
    const struct als_protocol *protocol = als_store_protocol(cli->store);
    const char **visits = als_arena_array(cli->arena, ALS_NAMES_ROOM, sizeof *visits);
    const struct als_adverse_event *from = stored ? stored : &none;
    size_t n_actions, n_outcomes, n = 0;
    const char *const *actions = als_adverse_event_actions(&n_actions);
    const char *const *outcomes = als_adverse_event_outcomes(&n_outcomes);
    asks[n++] = (struct als_ask){.option = "term",
                                 .label = "What happened",
                                 .choices = protocol->ae_terms,
                                 .n_choices = protocol->n_ae_terms,
                                 .hint = "a number, or in words",
                                 .offered = true,
                                 .required = true,
                                 .stored = from->term};
    asks[n] = (struct als_ask){.option = "grade", .label = "Grade"};
    if (from->grade != ALS_UNSAID)
        asks[n].stored = als_arena_printf(cli->arena, "%d", from->grade);
    offer_grades(cli, &asks[n++]);
    asks[n++] = (struct als_ask){.option = "onset",
                                 .label = "Since when",
                                 .hint = "YYYY-MM-DD, YYYY-MM or YYYY",
                                 .check = als_ask_check_date,
                                 .stored = from->onset};
    asks[n++] = (struct als_ask){.option = "end",
                                 .label = "Until when",
                                 .hint = from->end ? NULL : "Enter while it lasts",
                                 .check = check_end,
                                 .stored = from->end};
    asks[n++] = (struct als_ask){.option = "relation",
                                 .label = "Related to",
                                 .hint = "a number, or several with ; between",
                                 .choices = protocol->causality,
                                 .n_choices = protocol->n_causality,
                                 .offered = true,
                                 .stored = from->relation};
    asks[n++] = (struct als_ask){.option = "serious",
                                 .label = "Serious",
                                 .choices = yes_no,
                                 .n_choices = 2,
                                 .stored = from->serious < 0 ? NULL : yes_no[!from->serious]};
    asks[n++] = (struct als_ask){.option = "action",
                                 .label = "Action taken",
                                 .choices = actions,
                                 .n_choices = n_actions,
                                 .offered = true,
                                 .stored = from->action};
    asks[n++] = (struct als_ask){.option = "outcome",
                                 .label = "Outcome",
                                 .choices = outcomes,
                                 .n_choices = n_outcomes,
                                 .offered = true,
                                 .stored = from->outcome};
    if (protocol->escalation != ALS_ESCALATION_NONE || from->dlt != ALS_UNSAID)
        asks[n++] = (struct als_ask){.option = "dlt",
                                     .label = "Dose-limiting",
                                     .choices = yes_no,
                                     .n_choices = 2,
                                     .stored = from->dlt < 0 ? NULL : yes_no[!from->dlt]};
    asks[n++] = (struct als_ask){.option = "visit",
                                 .label = "Recorded at visit",
                                 .choices = visits,
                                 .n_choices = als_names_visits(cli->store, visits, ALS_NAMES_ROOM)};
    if (from->visit_no)
        asks[n - 1].stored = als_store_visit_code(cli->store, from->visit_no);
    return n;
}

static enum als_status ask_rest(struct als_cli *cli, struct als_err *err)
{
    struct als_ask asks[N_FIELDS];
    return als_ask_each(cli, asks, fill_asks(cli, NULL, asks), err);
}

/* Those that the patient has, to choose one of. */
static enum als_status ask_stored_key(struct als_cli *cli, struct als_err *err)
{
    const struct als_ask patient = {
        .label = "Patient", .required = true, .check = als_ask_check_patient};
    struct als_patient found = {.id = 0};
    struct als_adverse_event_list list = {NULL, 0};
    enum als_status status = als_ask_each(cli, &patient, 1, err);
    if (!status)
        status = als_cli_patient(cli, als_args_operand(&cli->args, 0), &found, err);
    if (!status)
        status = als_adverse_event_load(cli->store, found.id, cli->arena, &list, err);
    if (!status && list.count == 0)
        status = als_fail(err, ALS_NO_INPUT, "E-NAME", "%s has no adverse event", found.patient);
    if (status)
        return status;
    const char **ids = als_arena_array(cli->arena, 2 * list.count, sizeof *ids);
    for (size_t i = 0; i < list.count; i++) {
        const struct als_adverse_event *ae = &list.items[i];
        ids[i] = ae->ae_id;
        ids[list.count + i] = als_arena_printf(cli->arena, "%s%s%s", ae->term,
                                               ae->onset ? ", " : "", ae->onset ? ae->onset : "");
    }
    const struct als_ask key[] = {patient,
                                  {.label = "Number of the adverse event",
                                   .choices = ids,
                                   .labels = ids + list.count,
                                   .n_choices = list.count,
                                   .required = true}};
    return als_ask_each(cli, key, 2, err);
}

/* Is somebody to be asked for the key, or for what changes? */
static bool asks_for(const struct als_cli *cli, bool fields)
{
    const struct als_ask asks[] = {
        {.required = true},   {.required = true},    {.option = "term"},    {.option = "onset"},
        {.option = "end"},    {.option = "grade"},   {.option = "serious"}, {.option = "relation"},
        {.option = "action"}, {.option = "outcome"}, {.option = "dlt"},     {.option = "visit"}};
    return als_ask_wanted(cli, asks, fields ? sizeof asks / sizeof asks[0] : 2, fields);
}

static enum als_status check_lock(const struct als_cli *cli, const struct als_adverse_event *ae,
                                  struct als_err *err)
{
    const struct als_scope scope = {.patient_id = ae->patient_id, .visit_no = ae->visit_no};
    return als_lock_check(cli->store, &scope, err);
}

/* The key, and the fields beside what is stored. */
static enum als_status ask_changes(struct als_cli *cli, struct als_err *err)
{
    const struct als_adverse_event *stored;
    struct als_ask asks[N_FIELDS];
    if (!asks_for(cli, true))
        return ALS_OK;
    enum als_status status = ask_stored_key(cli, err);
    if (!status)
        status = find_named(cli, &stored, err);
    if (!status)
        status = check_lock(cli, stored, err);
    return status ? status : als_ask_correction(cli, asks, fill_asks(cli, stored, asks), err);
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
    if (putting.stored) {
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
    enum als_status status = ask_changes(cli, err);
    if (!status)
        status = prepare(cli, &putting, err);
    if (!status)
        status = find_named(cli, &putting.stored, err);
    if (status)
        return status;
    if (!putting.given)
        return als_fail(err, ALS_USAGE, "E-OPTION", "nothing to change was given");
    return als_cli_enter(cli, put, &putting, err);
}

enum als_status als_cmd_ae_remove(struct als_cli *cli, struct als_err *err)
{
    const struct als_adverse_event *ae;
    const bool asks = asks_for(cli, false);
    enum als_status status = asks ? ask_stored_key(cli, err) : ALS_OK;
    if (!status)
        status = find_named(cli, &ae, err);
    if (!status)
        status = check_lock(cli, ae, err);
    if (!status && asks)
        status = als_ask_reason(
            cli, als_arena_printf(cli->arena, "Why is %s, %s, taken out?", ae->ae_id, ae->term),
            err);
    if (!status)
        status = als_cli_begin(cli, err);
    if (status)
        return status;
    status = als_adverse_event_remove(cli->store, ae, err);
    if (!status) {
        als_cli_tell(cli, "  adverse event %s/%s, %s: removed", als_args_operand(&cli->args, 0),
                     ae->ae_id, ae->term);
        status = als_cli_follow(cli, ae->patient_id, err);
    }
    return als_cli_end(cli, status, err);
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
