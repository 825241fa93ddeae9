/* `patient add|edit|list|show`. */
#include "ask.h"
#include "commands.h"
#include "names.h"
#include "verdicts.h"

#include <math.h>
#include <string.h>

#include "alstrack/store/lock.h"
#include "alstrack/store/screening.h"

enum { SITE, SEX, BIRTH_DATE, HEIGHT, ARM, COHORT, ONSET_SITE };

/* Options that are text: their bit in `given`, and where they go. */
static const struct {
    const char *option;
    unsigned bit;
    size_t place;
} text_options[] = {
    {"site", SITE, offsetof(struct als_patient, site)},
    {"sex", SEX, offsetof(struct als_patient, sex)},
    {"birth-date", BIRTH_DATE, offsetof(struct als_patient, birth_date)},
    {"arm", ARM, offsetof(struct als_patient, arm)},
    {"cohort", COHORT, offsetof(struct als_patient, cohort)},
    {"onset-site", ONSET_SITE, offsetof(struct als_patient, onset_site)},
};

/* Options into the struct; *given gets the bits of those that were there. What they may say is the
 * business of the store. */
static enum als_status fill(struct als_cli *cli, struct als_patient *patient, unsigned *given,
                            struct als_err *err)
{
    for (size_t i = 0; i < sizeof text_options / sizeof text_options[0]; i++) {
        const char *text = als_args_text(&cli->args, text_options[i].option);
        if (!text)
            continue;
        *given |= 1u << text_options[i].bit;
        const char **place = (const char **)((char *)patient + text_options[i].place);
        *place = *text ? text : NULL;
    }
    const char *height = als_args_text(&cli->args, "height");
    patient->height_cm = NAN;
    if (!height)
        return ALS_OK;
    *given |= 1u << HEIGHT;
    return *height ? als_cli_number(height, "--height", &patient->height_cm, err) : ALS_OK;
}

struct putting {
    struct als_patient patient;
    unsigned given;
};

static enum als_status put(struct als_cli *cli, void *context, struct als_recorded *recorded,
                           struct als_err *err)
{
    const struct putting *putting = context;
    struct als_patient patient = putting->patient;
    enum als_put what;
    const enum als_status status =
        als_patient_put(cli->store, &patient, putting->given, &what, err);
    recorded->record = "patient";
    recorded->patient_id = what == ALS_PUT_SAME ? 0 : patient.id;
    return status;
}

/* ---- Asking on a terminal ---- */

static enum als_status check_new(struct als_cli *cli, const char *text, struct als_err *err)
{
    struct als_patient there;
    struct als_err none;
    if (als_patient_get(cli->store, text, cli->arena, &there, &none) == ALS_OK)
        return als_fail(err, ALS_DATA, "E-EXISTS", "patient %s is registered already", text);
    return ALS_OK;
}

static void offer_sites(const struct als_cli *cli, struct als_ask *ask)
{
    const struct als_protocol *protocol = als_store_protocol(cli->store);
    const char **codes = als_arena_array(cli->arena, 2 * protocol->n_sites + 1, sizeof *codes);
    const char **names = codes + protocol->n_sites;
    for (size_t i = 0; i < protocol->n_sites; i++) {
        codes[i] = protocol->sites[i].code;
        names[i] = protocol->sites[i].name;
    }
    ask->choices = codes;
    ask->labels = names;
    ask->n_choices = protocol->n_sites;
    ask->fallback = protocol->n_sites == 1 ? codes[0] : NULL;
}

static void offer_cohorts(const struct als_cli *cli, struct als_ask *ask)
{
    const struct als_protocol *protocol = als_store_protocol(cli->store);
    const char **codes = als_arena_array(cli->arena, 2 * protocol->n_cohorts + 1, sizeof *codes);
    const char **labels = codes + protocol->n_cohorts;
    for (size_t i = 0; i < protocol->n_cohorts; i++) {
        codes[i] = protocol->cohorts[i].code;
        labels[i] = protocol->cohorts[i].label;
    }
    ask->choices = codes;
    ask->labels = labels;
    ask->n_choices = protocol->n_cohorts;
    ask->fallback = protocol->n_cohorts == 1 ? codes[0] : NULL;
}

enum { N_FIELDS = 7 };

/* What can be said of a patient, beside what is stored (NULL: nobody is). The arm is known to few:
 * it is asked for only where it is stored. Returns how many there are. */
static size_t fill_asks(struct als_cli *cli, const struct als_patient *stored,
                        struct als_ask asks[N_FIELDS])
{
    static const char *const sexes[] = {"F", "M"}, *const onsets[] = {"bulbar", "spinal"};
    static const struct als_patient nobody = {.height_cm = NAN};
    const struct als_patient *from = stored ? stored : &nobody;
    size_t n = 0;
    asks[n] = (struct als_ask){.option = "site", .label = "Site", .stored = from->site};
    offer_sites(cli, &asks[n++]);
    asks[n++] = (struct als_ask){
        .option = "sex", .label = "Sex", .choices = sexes, .n_choices = 2, .stored = from->sex};
    asks[n++] = (struct als_ask){.option = "birth-date",
                                 .label = "Date of birth",
                                 .hint = "YYYY-MM-DD, YYYY-MM or YYYY",
                                 .check = als_ask_check_date,
                                 .stored = from->birth_date};
    asks[n] = (struct als_ask){.option = "height",
                               .label = "Height",
                               .hint = "centimetres",
                               .check = als_ask_check_number};
    if (!isnan(from->height_cm))
        asks[n].stored = als_arena_printf(cli->arena, "%g", from->height_cm);
    n++;
    if (from->arm)
        asks[n++] = (struct als_ask){.option = "arm", .label = "Arm", .stored = from->arm};
    asks[n] = (struct als_ask){.option = "cohort", .label = "Cohort", .stored = from->cohort};
    offer_cohorts(cli, &asks[n++]);
    asks[n++] = (struct als_ask){.option = "onset-site",
                                 .label = "Where the disease began",
                                 .choices = onsets,
                                 .n_choices = 2,
                                 .offered = true,
                                 .stored = from->onset_site};
    return n;
}

/* Is somebody to be asked for the key, or since nothing but it was given? */
static bool asks_for_all(const struct als_cli *cli)
{
    const struct als_ask asks[] = {
        {.required = true},   {.option = "site"}, {.option = "sex"},    {.option = "birth-date"},
        {.option = "height"}, {.option = "arm"},  {.option = "cohort"}, {.option = "onset-site"}};
    return als_ask_wanted(cli, asks, sizeof asks / sizeof asks[0], true);
}

static enum als_status ask(struct als_cli *cli, struct als_err *err)
{
    const struct als_ask key = {
        .label = "Patient", .hint = "a code, no name", .required = true, .check = check_new};
    struct als_ask asks[N_FIELDS];
    if (!asks_for_all(cli))
        return ALS_OK;
    const enum als_status status = als_ask_each(cli, &key, 1, err);
    return status ? status : als_ask_each(cli, asks, fill_asks(cli, NULL, asks), err);
}

static enum als_status ask_changes(struct als_cli *cli, struct als_err *err)
{
    const struct als_ask key = {
        .label = "Patient", .required = true, .check = als_ask_check_patient};
    struct als_ask asks[N_FIELDS];
    struct als_patient stored;
    if (!asks_for_all(cli))
        return ALS_OK;
    enum als_status status = als_ask_each(cli, &key, 1, err);
    if (!status)
        status = als_cli_patient(cli, als_args_operand(&cli->args, 0), &stored, err);
    const struct als_scope scope = {.patient_id = status ? 0 : stored.id};
    if (!status)
        status = als_lock_check(cli->store, &scope, err);
    return status ? status : als_ask_correction(cli, asks, fill_asks(cli, &stored, asks), err);
}

enum als_status als_cmd_patient_add(struct als_cli *cli, struct als_err *err)
{
    enum als_status status = ask(cli, err);
    if (status)
        return status;
    struct putting putting = {.patient = {.patient = als_args_operand(&cli->args, 0)}};
    struct als_patient there;
    struct als_err none;
    status = fill(cli, &putting.patient, &putting.given, err);
    if (status)
        return status;
    const char *name = putting.patient.patient;
    status = als_patient_get(cli->store, name, cli->arena, &there, &none);
    if (status == ALS_OK) {
        status = als_fail(err, ALS_DATA, "E-EXISTS", "patient %s is registered already", name);
        als_err_hint(err, "'alstrack patient edit' changes what is stored");
        return status;
    }
    return als_cli_enter(cli, put, &putting, err);
}

enum als_status als_cmd_patient_edit(struct als_cli *cli, struct als_err *err)
{
    enum als_status status = ask_changes(cli, err);
    if (status)
        return status;
    struct putting putting = {.patient = {.patient = als_args_operand(&cli->args, 0)}};
    struct als_patient there;
    status = als_cli_patient(cli, putting.patient.patient, &there, err);
    if (!status)
        status = fill(cli, &putting.patient, &putting.given, err);
    if (status)
        return status;
    if (!putting.given)
        return als_fail(err, ALS_USAGE, "E-OPTION", "nothing to change was given");
    return als_cli_enter(cli, put, &putting, err);
}

enum als_status als_cmd_patient_list(struct als_cli *cli, struct als_err *err)
{
    static const struct als_table_column columns[] = {
        {.name = "patient", .type = ALS_CELL_TEXT},
        {.name = "site", .type = ALS_CELL_TEXT},
        {.name = "sex", .type = ALS_CELL_TEXT},
        {.name = "birth_date", .type = ALS_CELL_TEXT},
        {.name = "height_cm", .type = ALS_CELL_NUMBER, .decimals = -1},
        {.name = "arm", .type = ALS_CELL_TEXT},
        {.name = "cohort", .type = ALS_CELL_TEXT},
        {.name = "onset_site", .type = ALS_CELL_TEXT},
    };
    struct als_patient_list list;
    enum als_status status = als_patient_load(cli->store, cli->arena, &list, err);
    if (status)
        return status;
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < list.count; i++) {
        const struct als_patient *patient = &list.items[i];
        als_table_text(table, patient->patient);
        als_table_text(table, patient->site);
        als_table_text(table, patient->sex);
        als_table_text(table, patient->birth_date);
        als_table_number(table, patient->height_cm);
        als_table_text(table, patient->arm);
        als_table_text(table, patient->cohort);
        als_table_text(table, patient->onset_site);
    }
    return als_cli_emit(cli, table, err);
}

static void fact(struct als_table *table, const char *field, const char *value)
{
    if (!value || !*value)
        return;
    als_table_text(table, field);
    als_table_text(table, value);
}

static void registration(struct als_arena *arena, struct als_table *table,
                         const struct als_patient *patient)
{
    fact(table, "patient", patient->patient);
    fact(table, "site", patient->site);
    fact(table, "sex", patient->sex);
    fact(table, "birth_date", patient->birth_date);
    if (!isnan(patient->height_cm))
        fact(table, "height_cm", als_arena_printf(arena, "%g", patient->height_cm));
    fact(table, "arm", patient->arm);
    fact(table, "cohort", patient->cohort);
    fact(table, "onset_site", patient->onset_site);
}

/* The last visit that took place and the next one that is due or will be. */
static enum als_status visits(struct als_cli *cli, struct als_table *table,
                              const struct als_patient *patient, int today, struct als_err *err)
{
    const struct als_protocol *protocol = als_store_protocol(cli->store);
    struct als_patient_facts facts;
    enum als_status status = als_facts_load(cli->store, patient, cli->arena, &facts, err);
    if (status)
        return status;
    struct als_visit_row *rows =
        als_arena_array(cli->arena, protocol->n_visits + facts.n_visits, sizeof *rows);
    size_t n = als_schedule_build(protocol, &facts, today, rows);
    const struct als_visit_row *last = NULL, *next = NULL;
    for (size_t i = 0; i < n; i++) {
        if (rows[i].actual != ALS_NO_DAY && (!last || rows[i].actual >= last->actual))
            last = &rows[i];
        bool ahead = rows[i].status == ALS_VISIT_DUE || rows[i].status == ALS_VISIT_PLANNED;
        if (ahead && (!next || rows[i].target < next->target))
            next = &rows[i];
    }
    char from[ALS_DATE_TEXT], to[ALS_DATE_TEXT];
    if (last)
        fact(table, "last_visit",
             als_arena_printf(cli->arena, "%s on %s", last->code,
                              als_day_format(last->actual, from)));
    if (next)
        fact(table, "next_visit",
             als_arena_printf(
                 cli->arena, "%s (%s), %s to %s", next->code, als_visit_status_name(next->status),
                 als_day_format(next->window_from, from), als_day_format(next->window_to, to)));
    return ALS_OK;
}

static enum als_status milestones(struct als_cli *cli, struct als_table *table,
                                  const struct als_patient *patient, struct als_err *err)
{
    struct als_event_list events;
    enum als_status status = als_event_load(cli->store, patient->id, cli->arena, &events, err);
    for (size_t i = 0; !status && i < events.count; i++)
        fact(table, events.items[i].event, events.items[i].date);
    struct als_adverse_event_list list;
    if (!status)
        status = als_adverse_event_load(cli->store, patient->id, cli->arena, &list, err);
    if (!status)
        fact(table, "adverse_events", als_arena_printf(cli->arena, "%zu", list.count));
    return status;
}

/* Nothing is said where the protocol has no criteria. */
static enum als_status eligibility(struct als_cli *cli, struct als_table *table,
                                   const struct als_patient *patient, int today,
                                   struct als_err *err)
{
    struct als_worksheet sheet;
    if (als_store_protocol(cli->store)->n_criteria == 0)
        return ALS_OK;
    enum als_status status =
        als_worksheet_load(cli->store, patient->id, today, cli->arena, &sheet, err);
    if (status)
        return status;
    fact(table, "eligibility", als_eligibility_name(sheet.eligibility));
    fact(table, "criteria_failed", sheet.failed);
    fact(table, "criteria_unknown", sheet.unknown);
    return ALS_OK;
}

enum als_status als_cmd_patient_show(struct als_cli *cli, struct als_err *err)
{
    static const struct als_table_column columns[] = {
        {.name = "field", .type = ALS_CELL_TEXT},
        {.name = "value", .type = ALS_CELL_TEXT},
    };
    struct als_patient patient;
    int today = 0;
    enum als_status status = als_cli_today(cli, &today, err);
    if (!status)
        status = als_cli_patient(cli, als_args_operand(&cli->args, 0), &patient, err);
    if (status)
        return status;
    struct als_table *table = als_table_new(columns, 2);
    registration(cli->arena, table, &patient);
    status = milestones(cli, table, &patient, err);
    if (!status)
        status = eligibility(cli, table, &patient, today, err);
    if (!status)
        status = visits(cli, table, &patient, today, err);
    if (!status)
        return als_cli_emit(cli, table, err);
    als_table_free(table);
    return status;
}
