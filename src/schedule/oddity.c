/* Dates that are in the wrong order, doses that do not keep to the plan, values beyond belief. */
#include "alstrack/schedule/oddity.h"

#include <math.h>
#include <string.h>

#include "alstrack/core/fold.h"
#include "alstrack/core/hours.h"
#include "alstrack/core/num.h"

const char *als_oddity_field(const char *record, const char *rule)
{
    static const struct {
        const char *record, *rule, *field; /* rule NULL: any other */
    } fields[] = {{"patient", "W-HEIGHT", "height_cm"},
                  {"patient", NULL, "birth_date"},
                  {"event", "W-CELLS", "value"},
                  {"event", "W-HOURS", "value"},
                  {"ae", "W-NO-DEATH", "grade"},
                  {"ae", "W-TERM", "term"},
                  {"ae", NULL, "onset"}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (strcmp(fields[i].record, record) == 0 &&
            (!fields[i].rule || strcmp(fields[i].rule, rule) == 0))
            return fields[i].field;
    return "date";
}

int als_date_first_day(struct als_date date)
{
    int year, month, day;
    if (date.day == ALS_NO_DAY)
        return ALS_NO_DAY;
    als_day_to_civil(date.day, &year, &month, &day);
    if (date.precision == ALS_PRECISION_YEAR)
        return als_day_from_civil(year, 1, 1);
    return date.precision == ALS_PRECISION_MONTH ? als_day_from_civil(year, month, 1) : date.day;
}

int als_date_last_day(struct als_date date)
{
    int year, month, day;
    if (date.day == ALS_NO_DAY)
        return ALS_NO_DAY;
    als_day_to_civil(date.day, &year, &month, &day);
    if (date.precision == ALS_PRECISION_YEAR)
        return als_day_from_civil(year, 12, 31);
    if (date.precision == ALS_PRECISION_MONTH)
        return als_day_add_months(als_day_from_civil(year, month, 1), 1) - 1;
    return date.day;
}

/* The first event of that name; NULL if there is none. */
static const struct als_event_fact *find(const struct als_patient_facts *facts, const char *event)
{
    for (size_t i = 0; i < facts->n_events; i++)
        if (facts->events[i].date.day != ALS_NO_DAY && strcmp(facts->events[i].event, event) == 0)
            return &facts->events[i];
    return NULL;
}

int als_death_latest(const struct als_patient_facts *facts)
{
    const struct als_event_fact *death = find(facts, "death");
    return death ? als_date_last_day(death->date) : ALS_NO_DAY;
}

struct als_day_limits als_limits_of(const struct als_patient_facts *facts, struct als_date birth,
                                    int today)
{
    const struct als_event_fact *consent = find(facts, "consent");
    return (struct als_day_limits){.birth_first = als_date_first_day(birth),
                                   .death_last = als_death_latest(facts),
                                   .consent_first =
                                       consent ? als_date_first_day(consent->date) : ALS_NO_DAY,
                                   .today = today ? today : ALS_NO_DAY};
}

/* ---- Events ---- */

static bool is_one_of(const char *event, const char *const *events)
{
    for (size_t i = 0; events[i]; i++)
        if (strcmp(events[i], event) == 0)
            return true;
    return false;
}

/* Events that happen to the living; others may be found out or settled after death. */
static const char *const of_the_living[] = {
    "onset",       "diagnosis",    "consent", "infusion",         "niv_start", "ventilation",
    "gastrostomy", "tracheostomy", "pav",     "last_known_alive", NULL};

/* What cannot come before what. */
static const struct {
    const char *earlier, *later[7];
} orders[] = {
    {"onset",
     {"diagnosis", "niv_start", "ventilation", "gastrostomy", "tracheostomy", "pav", NULL}},
    {"consent", {"infusion", "withdrawal", NULL}}};

static void judge_order(const struct als_patient_facts *facts, const struct als_event_fact *event,
                        struct als_verdict_list *out)
{
    char text[ALS_DATE_TEXT];
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        const struct als_event_fact *earlier = find(facts, orders[i].earlier);
        if (earlier && is_one_of(event->event, orders[i].later) &&
            als_date_last_day(event->date) < als_date_first_day(earlier->date))
            als_verdict_add(out, "W-ORDER", ALS_RULE_SOFT, -1, "%s before %s on %s", event->event,
                            earlier->event, als_date_format(earlier->date, text));
    }
}

static void judge_doses(const struct als_protocol *protocol, const struct als_patient_facts *facts,
                        const struct als_event_fact *event, struct als_verdict_list *out)
{
    static const char hint[] = "'event edit' corrects a date, 'event remove' takes an event out";
    struct als_dose_plan plan;
    const enum als_dose_check dose =
        als_schedule_check_dose(protocol, facts, event->date.day, &plan);
    size_t earlier = 0;
    int last = ALS_NO_DAY;
    for (size_t i = 0; i < facts->n_events; i++) {
        const struct als_event_fact *other = &facts->events[i];
        if (strcmp(other->event, "infusion") != 0 || other->date.day >= event->date.day)
            continue;
        earlier++;
        last = other->date.day > last ? other->date.day : last;
    }
    switch (dose) {
    case ALS_DOSES_FINE:
        return;
    case ALS_DOSES_TOO_MANY: /* said of those beyond the plan */
        if (earlier < plan.planned)
            return;
        als_verdict_add(out, "W-DOSES", ALS_RULE_SOFT, -1, "%zu infusions, %zu planned",
                        plan.received, plan.planned);
        break;
    case ALS_DOSES_TOO_CLOSE: /* said of the later one */
        if (last == ALS_NO_DAY || 2 * (event->date.day - last) >= plan.interval_days)
            return;
        als_verdict_add(out, "W-DOSES", ALS_RULE_SOFT, -1,
                        "two infusions less than half the planned interval of %d days apart",
                        plan.interval_days);
        break;
    }
    als_verdict_hint(out, hint);
}

static const double FEWEST_CELLS = 1e6, MOST_CELLS = 5e8;

/* Cells planned for the patient's cohort, or in every cohort; 0 when not known. */
static double planned_cells(const struct als_protocol *protocol, const char *cohort)
{
    double cells = 0;
    for (size_t i = 0; i < protocol->n_cohorts; i++) {
        const struct als_cohort *one = &protocol->cohorts[i];
        if (cohort && strcmp(one->code, cohort) != 0)
            continue;
        if (cells > 0 && (one->cells_per_dose < cells || one->cells_per_dose > cells))
            return 0;
        cells = one->cells_per_dose;
    }
    return cells;
}

static void judge_cells(const struct als_protocol *protocol, const struct als_patient_facts *facts,
                        double cells, const char *unit, struct als_verdict_list *out)
{
    static const char hint[] = "write the number of cells: 1 x 10(8) is 1e8, unit cells";
    char text[ALS_NUM_TEXT], plan[ALS_NUM_TEXT];
    if (isnan(cells) || (unit && strcmp(unit, "cells") != 0))
        return;
    const double planned = planned_cells(protocol, facts->cohort);
    als_num_format(cells, text);
    als_num_format(planned, plan);
    /* A protocol's own plan comes before the bounds of the field. */
    if (planned > 0 && (cells < planned / 2 || cells > planned * 2))
        als_verdict_add(out, "W-CELLS", ALS_RULE_SOFT, -1, "%s cells, planned are %s", text, plan);
    else if (planned <= 0 && (cells < FEWEST_CELLS || cells > MOST_CELLS))
        als_verdict_add(out, "W-CELLS", ALS_RULE_SOFT, -1,
                        "%s cells; a dose outside 1e6 to 5e8 cells is unusual", text);
    else
        return;
    als_verdict_hint(out, hint);
}

/* Hours that are none of a day are of no use to find permanent ventilation. */
static void judge_hours(const struct als_event_fact *event, double value, const char *unit,
                        struct als_verdict_list *out)
{
    static const char *const in_hours[] = {"niv_start", "ventilation", "tracheostomy", "pav", NULL};
    char text[ALS_NUM_TEXT];
    if (!is_one_of(event->event, in_hours) || isnan(value) || !isnan(als_hours_a_day(value, unit)))
        return;
    als_num_format(value, text);
    als_verdict_add(out, "W-HOURS", ALS_RULE_SOFT, -1, "%s %s is no number of hours a day", text,
                    unit ? unit : "hours");
    als_verdict_hint(out, "hours of ventilation a day, 0 to 24, unit h/day");
}

static void judge_precision(const struct als_protocol *protocol, const struct als_event_fact *event,
                            struct als_verdict_list *out)
{
    if (event->date.precision == ALS_PRECISION_DAY)
        return;
    for (size_t v = 0; v < protocol->n_visits; v++) {
        const struct als_anchor *root = als_schedule_root(protocol, v);
        if (root->kind != ALS_ANCHOR_EVENT || strcmp(root->event, event->event) != 0)
            continue;
        als_verdict_add(out, "W-PARTIAL", ALS_RULE_INFO, -1,
                        "visits are counted from %s, whose day is not known", event->event);
        return;
    }
}

void als_event_judge(const struct als_protocol *protocol, const struct als_patient_facts *facts,
                     struct als_date birth, int today, const struct als_event_fact *event,
                     double value, const char *unit, struct als_verdict_list *out)
{
    if (event->date.day == ALS_NO_DAY)
        return;
    const struct als_day_limits limits = als_limits_of(facts, birth, today);
    const int first = als_date_first_day(event->date);
    if (limits.birth_first != ALS_NO_DAY && als_date_last_day(event->date) < limits.birth_first)
        als_verdict_add(out, "W-BEFORE-BIRTH", ALS_RULE_SOFT, -1, "%s before the patient's birth",
                        event->event);
    if (limits.death_last != ALS_NO_DAY && is_one_of(event->event, of_the_living) &&
        first > limits.death_last)
        als_verdict_add(out, "W-AFTER-DEATH", ALS_RULE_SOFT, -1, "%s after the patient's death",
                        event->event);
    if (limits.today != ALS_NO_DAY && first > limits.today + ALS_CLOCK_DAYS)
        als_verdict_add(out, "W-FUTURE", ALS_RULE_SOFT, -1, "%s in the future", event->event);
    judge_order(facts, event, out);
    if (strcmp(event->event, "infusion") == 0) {
        judge_doses(protocol, facts, event, out);
        judge_cells(protocol, facts, value, unit, out);
    }
    judge_hours(event, value, unit, out);
    judge_precision(protocol, event, out);
}

/* ---- Registration ---- */

static const double SHORTEST_CM = 120, TALLEST_CM = 210, CM_PER_INCH = 2.54;
static const double YOUNGEST_YEARS = 18, OLDEST_YEARS = 90;

void als_patient_judge(const struct als_patient_facts *facts, struct als_date birth,
                       double height_cm, int today, struct als_verdict_list *out)
{
    const struct als_day_limits limits = als_limits_of(facts, birth, today);
    char text[ALS_NUM_TEXT];
    if (limits.birth_first != ALS_NO_DAY && limits.today != ALS_NO_DAY &&
        limits.birth_first > limits.today + ALS_CLOCK_DAYS)
        als_verdict_add(out, "W-FUTURE", ALS_RULE_SOFT, -1, "birth in the future");
    if (height_cm < SHORTEST_CM || height_cm > TALLEST_CM) {
        als_num_format(height_cm, text);
        als_verdict_add(out, "W-HEIGHT", ALS_RULE_SOFT, -1,
                        "a height of %s cm; outside 120 to 210 cm is unusual", text);
        if (height_cm * CM_PER_INCH >= SHORTEST_CM && height_cm * CM_PER_INCH <= TALLEST_CM)
            als_verdict_hint(out, "heights are in centimetres: this may be inches");
    }
    if (birth.day == ALS_NO_DAY || limits.consent_first == ALS_NO_DAY)
        return;
    const int consent = limits.consent_first;
    if (als_years_between(als_date_first_day(birth), consent) < YOUNGEST_YEARS ||
        als_years_between(als_date_last_day(birth), consent) > OLDEST_YEARS)
        als_verdict_add(out, "W-AGE", ALS_RULE_SOFT, -1,
                        "under 18 or over 90 years at consent is unusual");
}

/* ---- Visits ---- */

static ptrdiff_t row_of(const struct als_visit_row *rows, size_t n_rows, const char *code)
{
    for (size_t i = 0; i < n_rows; i++)
        if (strcmp(rows[i].code, code) == 0)
            return (ptrdiff_t)i;
    return -1;
}

/* Said of the later one in the plan, against the nearest earlier one that was done. */
static void judge_visit_order(const struct als_visit_row *rows, size_t row, int day,
                              struct als_verdict_list *out)
{
    char text[ALS_DATE_TEXT];
    for (size_t i = row; i-- > 0;) {
        if (!rows[i].plan || rows[i].actual == ALS_NO_DAY)
            continue;
        if (day < rows[i].actual)
            als_verdict_add(out, "W-VISIT-ORDER", ALS_RULE_SOFT, -1,
                            "%s before %s, which comes earlier and was on %s", rows[row].code,
                            rows[i].code, als_day_format(rows[i].actual, text));
        return;
    }
}

/* Every other visit that was done is taken. */
static void judge_assignment(const struct als_visit_row *rows, size_t n_rows, const char *code,
                             int day, struct als_verdict_list *out)
{
    bool *taken = als_arena_array(out->arena, n_rows + 1, sizeof *taken);
    for (size_t i = 0; i < n_rows; i++)
        taken[i] = rows[i].actual != ALS_NO_DAY && strcmp(rows[i].code, code) != 0;
    const ptrdiff_t best = als_schedule_match(rows, n_rows, taken, day);
    const char *now = best < 0 ? "an unscheduled one" : rows[best].code;
    const bool extra = strncmp(code, "UNS", 3) == 0;
    if (best < 0 ? extra : strcmp(now, code) == 0)
        return;
    als_verdict_add(out, "W-ASSIGNED", ALS_RULE_SOFT, -1,
                    "the visit was chosen from the date; now it would be %s", now);
}

void als_visit_judge(const struct als_visit_row *rows, size_t n_rows, int longest_gap_days,
                     const char *code, int day, bool assigned, const struct als_day_limits *limits,
                     struct als_verdict_list *out)
{
    als_verdict_day(out, "a visit", day, limits);
    const ptrdiff_t row = row_of(rows, n_rows, code);
    if (row >= 0 && rows[row].gap_too_long)
        als_verdict_add(out, "W-GAP", ALS_RULE_INFO, -1,
                        "%d days after the visit before; at most %d are planned",
                        rows[row].gap_days, longest_gap_days);
    if (row >= 0 && rows[row].plan) {
        judge_visit_order(rows, (size_t)row, day, out);
        if (rows[row].target != ALS_NO_DAY)
            als_verdict_window(out, day, code, rows[row].window_from, rows[row].window_to);
    }
    if (assigned)
        judge_assignment(rows, n_rows, code, day, out);
}

/* ---- Adverse events ---- */

/* Terms count as one however they are spelled, but whoever reads the stored ones has to know. */
static void judge_term(const struct als_protocol *protocol, const char *term,
                       struct als_verdict_list *out)
{
    for (size_t i = 0; term && i < protocol->n_ae_terms; i++)
        if (strcmp(protocol->ae_terms[i], term) == 0)
            return;
    for (size_t i = 0; term && i < protocol->n_ae_terms; i++)
        if (als_fold_compare(protocol->ae_terms[i], term) == 0) {
            als_verdict_add(out, "W-TERM", ALS_RULE_INFO, -1, "the protocol spells this term '%s'",
                            protocol->ae_terms[i]);
            return;
        }
}

void als_adverse_judge(const struct als_protocol *protocol, const struct als_day_limits *limits,
                       const char *term, struct als_date onset, int grade, int visit_day,
                       struct als_verdict_list *out)
{
    const int first = als_date_first_day(onset), last = als_date_last_day(onset);
    if (first != ALS_NO_DAY) {
        if (limits->birth_first != ALS_NO_DAY && last < limits->birth_first)
            als_verdict_add(out, "W-BEFORE-BIRTH", ALS_RULE_SOFT, -1,
                            "an onset before the patient's birth");
        if (limits->death_last != ALS_NO_DAY && first > limits->death_last)
            als_verdict_add(out, "W-AFTER-DEATH", ALS_RULE_SOFT, -1,
                            "an onset after the patient's death");
        if (limits->today != ALS_NO_DAY && first > limits->today + ALS_CLOCK_DAYS)
            als_verdict_add(out, "W-FUTURE", ALS_RULE_SOFT, -1, "an onset in the future");
        if (limits->consent_first != ALS_NO_DAY && last < limits->consent_first)
            als_verdict_add(out, "W-BEFORE-CONSENT", ALS_RULE_SOFT, -1,
                            "an onset before the patient's consent");
        if (visit_day != ALS_NO_DAY && first > visit_day)
            als_verdict_add(out, "W-ORDER", ALS_RULE_SOFT, -1,
                            "recorded at a visit before its onset");
    }
    if (grade == 5 && protocol->ae_system && strcmp(protocol->ae_system, "ctcae-5") == 0 &&
        limits->death_last == ALS_NO_DAY)
        als_verdict_add(out, "W-NO-DEATH", ALS_RULE_SOFT, -1,
                        "grade 5 is death, but there is no death event");
    judge_term(protocol, term, out);
}

/* ---- Baselines ---- */

static bool may_be_baseline(const struct als_protocol *protocol,
                            const struct als_baseline_rule *rule, int zero, int screening, int day,
                            ptrdiff_t plan)
{
    if (rule->kind == ALS_BASELINE_VISIT)
        return plan == (ptrdiff_t)rule->visit;
    if (rule->kind == ALS_BASELINE_LAST_BEFORE_ANCHOR)
        return day <= zero;
    if (plan >= 0 && strcmp(protocol->visits[plan].code, "SCR") == 0)
        return true;
    return screening != ALS_NO_DAY && day <= screening && day >= screening - rule->max_age_days;
}

void als_baseline_judge(const struct als_protocol *protocol, const struct als_baseline_rule *rule,
                        int zero, int screening, const int *days, const ptrdiff_t *plans, size_t n,
                        bool excused, struct als_verdict_list *out)
{
    if (zero == ALS_NO_DAY || excused)
        return;
    for (size_t i = 0; i < n; i++)
        if (may_be_baseline(protocol, rule, zero, screening, days[i], plans[i]))
            return;
    als_verdict_add(out, "W-NO-BASELINE", ALS_RULE_SOFT, -1,
                    "treatment has begun, and nothing counts as baseline");
}
