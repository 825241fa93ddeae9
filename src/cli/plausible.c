/* Plausibility rules, items that apply, windows and death, for one recorded row. */
#include "plausible.h"

#include <math.h>
#include <string.h>

#include "alstrack/core/date.h"
#include "alstrack/schedule/oddity.h"
#include "alstrack/score/expr_eval.h"

static bool happened(const struct als_patient_facts *facts, const char *event, int day)
{
    for (size_t i = 0; i < facts->n_events; i++)
        if (facts->events[i].date.day != ALS_NO_DAY && facts->events[i].date.day <= day &&
            strcmp(facts->events[i].event, event) == 0)
            return true;
    return false;
}

/* What a name in a condition stands for: an item, a score, event.NAME; anything else is missing. */
static struct als_value value_of(const struct als_cli *cli, const struct als_plausible *assessment,
                                 const struct als_patient_facts *facts, const char *name)
{
    const struct als_instrument *instrument = assessment->instrument;
    ptrdiff_t item = als_instrument_item(instrument, name);
    if (item >= 0)
        return assessment->values[item];
    ptrdiff_t score = als_instrument_score(instrument, name);
    if (score >= 0) {
        struct als_person person = als_patient_person(
            assessment->patient, als_store_protocol(cli->store), assessment->day);
        struct als_score_value value =
            als_score_compute(instrument, (size_t)score, assessment->values, &person);
        if (isnan(value.value))
            return ALS_MISSING_VALUE;
        return (struct als_value){.kind = ALS_VALUE_NUMBER, .number = value.value};
    }
    if (strncmp(name, "event.", 6) == 0)
        return (struct als_value){.kind = ALS_VALUE_INTEGER,
                                  .integer = happened(facts, name + 6, assessment->day)};
    return ALS_MISSING_VALUE;
}

static enum als_truth truth(const struct als_cli *cli, const struct als_plausible *assessment,
                            const struct als_patient_facts *facts, const struct als_expr *expr)
{
    struct als_value *names = als_arena_array(cli->arena, expr->n_names + 1, sizeof *names);
    for (size_t i = 0; i < expr->n_names; i++)
        names[i] = value_of(cli, assessment, facts, expr->names[i]);
    return als_expr_truth(expr, names);
}

static void check_items(struct als_cli *cli, const struct als_plausible *assessment,
                        const struct als_patient_facts *facts)
{
    struct als_buf missing;
    als_buf_init(&missing, ALS_BUF_LARGE);
    for (size_t i = 0; i < assessment->instrument->n_items; i++) {
        const struct als_item *item = &assessment->instrument->items[i];
        bool answered = assessment->values[i].kind != ALS_VALUE_MISSING;
        bool asked = !item->applies || truth(cli, assessment, facts, item->applies) != ALS_FALSE;
        if (answered && !asked)
            als_cli_tell(cli, "warning: %s: an answer to an item that does not apply [W-NOT-ASKED]",
                         item->code);
        if (!answered && asked && item->required && !assessment->reasons[i])
            als_buf_printf(&missing, "%s%s", missing.length ? ", " : "", item->code);
    }
    if (missing.length)
        als_cli_tell(cli, "warning: not answered, and no reason given: %s [W-INCOMPLETE]",
                     missing.data);
    als_buf_release(&missing);
}

static void tell_oddities(struct als_cli *cli, const struct als_oddity *oddities, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        als_cli_tell(cli, "warning: %s [%s]", oddities[i].what, oddities[i].code);
        if (oddities[i].hint)
            als_cli_tell(cli, "hint: %s", oddities[i].hint);
    }
}

static struct als_date birth_of(const struct als_patient *patient)
{
    struct als_date birth = ALS_NO_DATE;
    if (patient->birth_date)
        (void)als_date_parse(patient->birth_date, strlen(patient->birth_date), &birth);
    return birth;
}

static void tell_day(struct als_cli *cli, const struct als_patient *patient,
                     const struct als_patient_facts *facts, const char *what, int day)
{
    struct als_oddity oddities[ALS_ODDITIES];
    const size_t n = als_day_oddities(what, als_date_first_day(birth_of(patient)),
                                      als_death_latest(facts), day, oddities);
    tell_oddities(cli, oddities, n);
}

enum als_status als_plausible_event(struct als_cli *cli, const struct als_patient *patient,
                                    const struct als_event *event, struct als_err *err)
{
    struct als_patient_facts facts;
    const enum als_status status = als_facts_load(cli->store, patient, cli->arena, &facts, err);
    if (status)
        return status;
    struct als_event_fact fact = {event->event, ALS_NO_DATE};
    (void)als_date_parse(event->date, strlen(event->date), &fact.date);
    struct als_oddity oddities[ALS_ODDITIES];
    const size_t n = als_event_oddities(als_store_protocol(cli->store), &facts, birth_of(patient),
                                        &fact, oddities);
    tell_oddities(cli, oddities, n);
    return ALS_OK;
}

enum als_status als_plausible_visit(struct als_cli *cli, const struct als_patient *patient, int day,
                                    struct als_err *err)
{
    struct als_patient_facts facts;
    const enum als_status status = als_facts_load(cli->store, patient, cli->arena, &facts, err);
    if (!status)
        tell_day(cli, patient, &facts, "a visit", day);
    return status;
}

enum als_status als_plausible_check(struct als_cli *cli, const struct als_plausible *assessment,
                                    struct als_err *err)
{
    struct als_patient_facts facts;
    enum als_status status =
        als_facts_load(cli->store, assessment->patient, cli->arena, &facts, err);
    if (status)
        return status;
    const struct als_instrument *instrument = assessment->instrument;
    for (size_t i = 0; i < instrument->n_rules; i++) {
        const struct als_rule *rule = &instrument->rules[i];
        if (truth(cli, assessment, &facts, rule->when) != ALS_TRUE)
            continue;
        if (rule->level == ALS_RULE_HARD)
            return als_fail(err, ALS_DATA, rule->code, "%s", rule->message);
        als_cli_tell(cli, "%s: %s [%s]", rule->level == ALS_RULE_SOFT ? "warning" : "info",
                     rule->message, rule->code);
    }
    check_items(cli, assessment, &facts);
    tell_day(cli, assessment->patient, &facts, "an assessment", assessment->day);
    return als_plausible_window(cli, assessment->patient, assessment->visit, assessment->day, true,
                                err);
}

static void tell_window(struct als_cli *cli, const struct als_visit_row *row, int day, bool quiet)
{
    char from[ALS_DATE_TEXT], to[ALS_DATE_TEXT];
    als_day_format(row->window_from, from);
    als_day_format(row->window_to, to);
    int before = row->window_from - day, after = day - row->window_to;
    if (before > 0 || after > 0)
        als_cli_tell(cli, "warning: %s %s the window of %s, %s to %s [W-WINDOW]",
                     als_cli_count(cli, (size_t)(before > 0 ? before : after), "day"),
                     before > 0 ? "before" : "after", row->code, from, to);
    else if (!quiet)
        als_cli_tell(cli, "  inside the window of %s, %s to %s", row->code, from, to);
}

enum als_status als_plausible_window(struct als_cli *cli, const struct als_patient *patient,
                                     const char *visit, int day, bool quiet, struct als_err *err)
{
    const struct als_protocol *protocol = als_store_protocol(cli->store);
    struct als_patient_facts facts;
    enum als_status status = als_facts_load(cli->store, patient, cli->arena, &facts, err);
    if (status)
        return status;
    struct als_visit_row *rows =
        als_arena_array(cli->arena, protocol->n_visits + facts.n_visits + 1, sizeof *rows);
    size_t n = als_schedule_build(protocol, &facts, day, rows);
    for (size_t i = 0; i < n; i++)
        if (rows[i].gap_too_long && strcmp(rows[i].code, visit) == 0)
            als_cli_tell(cli, "warning: %s after the visit before; at most %d [W-GAP]",
                         als_cli_count(cli, (size_t)rows[i].gap_days, "day"),
                         protocol->longest_gap_days);
    for (size_t i = 0; i < n; i++)
        if (rows[i].plan && strcmp(rows[i].code, visit) == 0 && rows[i].target != ALS_NO_DAY)
            tell_window(cli, &rows[i], day, quiet);
    return ALS_OK;
}
