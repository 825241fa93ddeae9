/* Which visit to enter, asked where the command line leaves it out. */
#include "ask.h"
#include "enter.h"
#include "names.h"

#include <string.h>

#include "alstrack/analysis/visits.h"

enum {
    OFFERED = 15,  /* so many due visits fit on a screen */
    SOON_DAYS = 14 /* as `visit due` counts */
};

/* "P01" is a patient, "P01 MN3" a patient and a visit. */
static enum als_status split(struct als_cli *cli, const char *text, const char **patient,
                             const char **visit, struct als_err *err)
{
    struct als_patient found;
    struct als_err none;
    const char *blank = strrchr(text, ' ');
    *patient = text;
    *visit = NULL;
    if (als_cli_patient(cli, text, &found, err) == ALS_OK)
        return ALS_OK;
    if (!blank)
        return err->status;
    *patient = als_arena_strndup(cli->arena, text, (size_t)(blank - text));
    *visit = blank + 1;
    return als_cli_patient(cli, *patient, &found, &none) == ALS_OK
               ? als_cli_visit_check(cli, *visit, err)
               : err->status;
}

static enum als_status check_which(struct als_cli *cli, const char *text, struct als_err *err)
{
    const char *patient, *visit;
    return split(cli, text, &patient, &visit, err);
}

static const char *due_words(struct als_arena *arena, const struct als_visit_row *row)
{
    char from[ALS_DATE_TEXT], to[ALS_DATE_TEXT];
    return als_arena_printf(arena, "%s, %s, %s to %s", row->plan->label, als_due_word(row->status),
                            als_day_format(row->window_from, from),
                            als_day_format(row->window_to, to));
}

/* Those that are due now, then those that are overdue, then those that are soon. */
static size_t offer_due(struct als_arena *arena, const struct als_worklist *list,
                        const char *choices[OFFERED], const char *labels[OFFERED])
{
    static const enum als_visit_status order[] = {ALS_VISIT_DUE, ALS_VISIT_MISSED,
                                                  ALS_VISIT_PLANNED};
    size_t n = 0;
    for (size_t k = 0; k < sizeof order / sizeof order[0]; k++)
        for (size_t i = 0; i < list->count && n < OFFERED; i++) {
            const struct als_due_visit *due = &list->items[i];
            if (due->row.status != order[k])
                continue;
            choices[n] = als_arena_printf(arena, "%s %s", due->patient, due->row.code);
            labels[n++] = due_words(arena, &due->row);
        }
    return n;
}

static enum als_status ask_due(struct als_cli *cli, int today, struct als_err *err)
{
    struct als_worklist list;
    const char *choices[OFFERED], *labels[OFFERED], *text, *patient, *visit;
    enum als_status status =
        als_worklist_load(cli->store, today, SOON_DAYS, NULL, cli->arena, &list, err);
    if (status)
        return status;
    const size_t n = offer_due(cli->arena, &list, choices, labels);
    const struct als_ask which = {
        .label = "Which visit?",
        .hint = list.count > n ? als_arena_printf(
                                     cli->arena, "a number, or a patient; %zu more are due or soon",
                                     list.count - n)
                               : "a number, or a patient",
        .choices = choices,
        .labels = labels,
        .n_choices = n,
        .offered = true,
        .required = true,
        .check = check_which};
    status = als_ask_one(cli, &which, &text, err);
    if (!status)
        status = split(cli, text, &patient, &visit, err);
    if (status)
        return status;
    als_args_add(&cli->args, cli->arena, NULL, patient);
    if (visit)
        als_args_add(&cli->args, cli->arena, NULL, visit);
    return ALS_OK;
}

static const char *visit_words(struct als_arena *arena, const struct als_visit_row *row)
{
    char day[ALS_DATE_TEXT];
    const int when = row->actual != ALS_NO_DAY ? row->actual : row->target;
    return als_arena_printf(arena, "%s%s%s %s", row->plan ? row->plan->label : "",
                            row->plan ? ", " : "", als_visit_status_name(row->status),
                            when == ALS_NO_DAY ? "" : als_day_format(when, day));
}

/* The visits of the patient; the first that is due is meant by Enter. */
static enum als_status ask_visit(struct als_cli *cli, int today, struct als_err *err)
{
    struct als_patient patient;
    struct als_visit_plan_of plan;
    enum als_status status = als_cli_patient(cli, als_args_operand(&cli->args, 0), &patient, err);
    if (!status)
        status = als_visit_plan_load(cli->store, &patient, today, cli->arena, &plan, err);
    if (status)
        return status;
    const char **codes = als_arena_array(cli->arena, 2 * plan.n_rows + 1, sizeof *codes);
    struct als_ask which = {.label = "Which visit?",
                            .hint = "a number or a code, such as UNS1",
                            .choices = codes,
                            .labels = codes + plan.n_rows,
                            .n_choices = plan.n_rows,
                            .offered = true,
                            .required = true,
                            .check = als_cli_visit_check};
    for (size_t i = 0; i < plan.n_rows; i++) {
        codes[i] = plan.rows[i].code;
        codes[plan.n_rows + i] = visit_words(cli->arena, &plan.rows[i]);
        if (!which.fallback && plan.rows[i].status == ALS_VISIT_DUE)
            which.fallback = codes[i];
    }
    return als_ask_each(cli, (const struct als_ask[]){{.required = true}, which}, 2, err);
}

enum als_status ask_which(struct als_cli *cli, struct als_err *err)
{
    int today;
    enum als_status status = als_cli_today(cli, &today, err);
    if (!status && cli->args.n_operands == 0)
        status = ask_due(cli, today, err);
    if (!status && cli->args.n_operands == 1)
        status = ask_visit(cli, today, err);
    return status;
}
