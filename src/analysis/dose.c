/* `analyze dose`: how far each dose cohort has come, and what the escalation rule suggests. */
#include "alstrack/analysis/dose.h"

#include <stdlib.h>
#include <string.h>

#include "alstrack/core/count.h"
#include "alstrack/schedule/gate.h"
#include "alstrack/stat/dose.h"
#include "dose_patient.h"
#include "noted.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct run {
    const struct als_protocol *protocol;
    struct als_patient_list patients;
    struct als_event_list events;
    struct als_visit_list visits;
    struct als_adverse_event_list adverse;
    int as_of;
    struct dose_patient *treated; /* by day of the first infusion */
    size_t n;
    size_t untreated_toxicity, later;
    struct als_noted no_cohort, partial, too_close, undated, before;
};

/* What a row of the board says. */
struct board {
    size_t treated, completed, observing, evaluable, left, toxic;
    size_t staying; /* of the completed, those who have not left */
    int first, last, gate, closest;
    bool spacing_ok;
};

/* Dose-limiting events after the first infusion and known by the as-of day. */
static bool has_toxicity(struct run *run, struct als_span span, const char *patient, int infusion)
{
    bool toxic = false, undated = false, before = false;
    for (size_t i = span.first; i < span.first + span.count; i++) {
        const struct als_adverse_event *event = &run->adverse.items[i];
        if (event->dlt != 1)
            continue;
        enum dose_onset onset = dose_onset_of(event, infusion, run->as_of);
        run->later += onset == DOSE_ONSET_LATER;
        before |= onset == DOSE_ONSET_BEFORE;
        undated |= onset == DOSE_ONSET_UNDATED;
        toxic |= onset == DOSE_ONSET_COUNTS || onset == DOSE_ONSET_UNDATED;
    }
    if (undated)
        als_noted_add(&run->undated, patient);
    if (before)
        als_noted_add(&run->before, patient);
    return toxic;
}

static int compare_first(const void *a, const void *b)
{
    const struct dose_patient *one = a, *other = b;
    if (one->first != other->first)
        return one->first < other->first ? -1 : 1;
    return strcmp(one->patient, other->patient);
}

static void add_treated(struct run *run, const struct dose_patient *one)
{
    if (one->cohort == run->protocol->n_cohorts)
        als_noted_add(&run->no_cohort, one->patient);
    if (one->has_partial_day)
        als_noted_add(&run->partial, one->patient);
    run->treated[run->n++] = *one;
}

static void collect(struct als_store *store, struct run *run, struct als_arena *arena)
{
    struct als_span event = {0}, visit = {0}, adverse = {0};
    for (size_t i = 0; i < run->patients.count; i++) {
        const struct als_patient *patient = &run->patients.items[i];
        struct dose_patient one = {.cohort = dose_cohort_of(run->protocol, patient),
                                   .patient = patient->patient};
        event = als_events_of(&run->events, event.first + event.count, patient->id);
        visit = als_visits_of(&run->visits, visit.first + visit.count, patient->id);
        adverse = dose_adverse_of(&run->adverse, adverse.first + adverse.count, patient->id);
        const struct als_event *events = run->events.items + event.first;
        bool treated = dose_take_infusions(run->protocol, events, event.count, run->as_of, &one);
        one.toxicity = has_toxicity(run, adverse, one.patient, one.treated_from);
        if (!treated) {
            run->untreated_toxicity += one.toxicity;
            continue;
        }
        struct als_patient_facts facts;
        als_facts_from(store, patient, events, event.count, run->visits.items + visit.first,
                       visit.count, arena, &facts);
        dose_take_watch(run->protocol, &facts, events, event.count, run->as_of, arena, &one);
        add_treated(run, &one);
    }
    qsort(run->treated, run->n, sizeof *run->treated, compare_first);
}

/* The rule is about new patients of the trial, so neighbours may be of different cohorts. */
static void check_spacing(struct run *run)
{
    for (size_t i = 0; i < run->n; i++) {
        struct dose_patient *one = &run->treated[i];
        one->since_last = i ? one->first - run->treated[i - 1].first : ALS_NO_DAY;
        const int pair[2] = {i ? run->treated[i - 1].first : one->first, one->first};
        one->too_close = i > 0 && !als_gate_spacing(pair, 2, run->protocol->spacing_days, NULL);
        if (one->too_close)
            als_noted_add(&run->too_close, one->patient);
    }
}

/* Who left the observation too early counts for nothing, unless a toxicity was seen. */
static bool has_left(const struct dose_patient *one)
{
    return !one->toxicity && one->watch == DOSE_LEFT;
}

static void add_patient(const struct dose_patient *one, struct board *board)
{
    board->treated++;
    board->completed += one->completed != ALS_NO_DAY;
    board->toxic += one->toxicity;
    board->evaluable += one->toxicity || one->watch == DOSE_WATCHED;
    board->left += has_left(one);
    board->staying += one->completed != ALS_NO_DAY && !has_left(one);
    board->observing +=
        !one->toxicity && (one->watch == DOSE_WATCHING || one->watch == DOSE_UNSEEN);
    board->spacing_ok &= !one->too_close;
    if (board->first == ALS_NO_DAY)
        board->first = one->first;
    board->last = one->last > board->last ? one->last : board->last;
    if (one->since_last != ALS_NO_DAY &&
        (board->closest == ALS_NO_DAY || one->since_last < board->closest))
        board->closest = one->since_last;
}

static struct board board_of(const struct run *run, size_t cohort)
{
    struct board board = {.first = ALS_NO_DAY,
                          .last = ALS_NO_DAY,
                          .gate = ALS_NO_DAY,
                          .closest = ALS_NO_DAY,
                          .spacing_ok = true};
    struct als_gate_patient *gate = als_alloc_array(run->n + 1, sizeof *gate);
    for (size_t i = 0; i < run->n; i++) {
        const struct dose_patient *one = &run->treated[i];
        if (one->cohort != cohort)
            continue;
        gate[board.treated] =
            (struct als_gate_patient){has_left(one) ? ALS_NO_DAY : one->completed, one->toxicity};
        add_patient(one, &board);
    }
    if (run->protocol->escalation == ALS_ESCALATION_TIME_GATE)
        board.gate = als_gate_day(gate, board.treated, run->protocol->gate_patients,
                                  run->protocol->gate_observation_days);
    free(gate);
    return board;
}

/* The gate may be due by the calendar while nobody has seen the patients. */
static void suggest_by_gate(const struct run *run, const struct board *board, bool last_cohort,
                            struct als_buf *text)
{
    char date[ALS_DATE_TEXT];
    size_t needed = run->protocol->gate_patients;
    if (board->toxic)
        als_buf_printf(text, "do not open the next cohort: %zu with dose-limiting toxicity",
                       board->toxic);
    else if (board->gate == ALS_NO_DAY)
        als_buf_printf(text, "wait: %zu of %zu have completed treatment%s", board->staying, needed,
                       board->staying < board->completed ? " and stayed" : "");
    else if (board->gate > run->as_of)
        als_buf_printf(text, "wait until %s", als_day_format(board->gate, date));
    else if (board->evaluable < needed)
        als_buf_printf(text, "wait: %zu of %zu were seen at the end of the observation",
                       board->evaluable, needed);
    else
        als_buf_text(text, last_cohort ? "gate passed, no further cohort is planned"
                                       : "the next cohort may open");
}

static void suggest_by_counts(const struct run *run, const struct board *board,
                              struct als_buf *text)
{
    enum als_dose_advice advice;
    if (run->protocol->escalation == ALS_ESCALATION_3_3) {
        advice = als_dose_3plus3(board->evaluable, board->toxic);
    } else {
        struct als_boin design = als_boin_design(run->protocol->target_rate);
        advice = board->evaluable ? als_boin_advise(&design, board->evaluable, board->toxic)
                                  : ALS_DOSE_FILL;
    }
    if (advice == ALS_DOSE_INVALID)
        als_buf_printf(text, "the rule does not cover %zu of %zu", board->toxic, board->evaluable);
    else
        als_buf_printf(text, "%s (%zu of %zu evaluable with dose-limiting toxicity)",
                       als_dose_advice_text(advice), board->toxic, board->evaluable);
    if (board->observing)
        als_buf_printf(text, ", %zu still under observation", board->observing);
}

static void add_suggestion(const struct run *run, const struct board *board, bool last_cohort,
                           struct als_buf *text, struct als_table *table)
{
    als_buf_clear(text);
    if (run->protocol->escalation == ALS_ESCALATION_NONE || board->treated == 0) {
        als_table_missing(table);
        return;
    }
    if (run->protocol->escalation == ALS_ESCALATION_TIME_GATE)
        suggest_by_gate(run, board, last_cohort, text);
    else
        suggest_by_counts(run, board, text);
    if (board->left)
        als_buf_printf(text, ", %zu cannot be counted as observed", board->left);
    als_buf_text(text, "; committee decides");
    als_table_text(table, text->data);
}

static void add_row(const struct run *run, size_t cohort, struct als_buf *text,
                    struct als_table *table)
{
    const struct als_cohort *plan = &run->protocol->cohorts[cohort];
    struct board board = board_of(run, cohort);
    als_table_text(table, plan->code);
    als_table_text(table, plan->label);
    if (plan->planned_patients)
        als_table_integer(table, (int64_t)plan->planned_patients);
    else
        als_table_missing(table);
    const size_t counts[] = {board.treated,   board.completed, board.observing,
                             board.evaluable, board.left,      board.toxic};
    for (size_t i = 0; i < COUNT(counts); i++)
        als_table_integer(table, (int64_t)counts[i]);
    als_table_day(table, board.first);
    als_table_day(table, board.last);
    als_table_day(table, board.gate);
    if (board.closest == ALS_NO_DAY)
        als_table_missing(table);
    else
        als_table_integer(table, board.closest);
    if (board.treated && run->protocol->spacing_days)
        als_table_yesno(table, board.spacing_ok);
    else
        als_table_missing(table);
    add_suggestion(run, &board, cohort + 1 == run->protocol->n_cohorts, text, table);
}

static void note_rule(const struct run *run, struct als_table *table)
{
    const struct als_protocol *protocol = run->protocol;
    struct als_boin design = als_boin_design(protocol->target_rate);
    switch (protocol->escalation) {
    case ALS_ESCALATION_TIME_GATE:
        als_table_note(table,
                       "rule: the next cohort may open when %zu patients have completed treatment "
                       "and %d days of observation, none of the cohort with dose-limiting "
                       "toxicity",
                       protocol->gate_patients, protocol->gate_observation_days);
        break;
    case ALS_ESCALATION_3_3:
        als_table_note(table, "rule: 3+3, patients are evaluable after %d days of observation",
                       protocol->gate_observation_days);
        break;
    case ALS_ESCALATION_BOIN:
        als_table_note(table,
                       "rule: BOIN with target %g, escalate at a rate up to %.6f, de-escalate from "
                       "%.6f, eliminate when P(rate > target) > %g; patients are evaluable after "
                       "%d days of observation",
                       design.target, design.escalate, design.deescalate, design.cutoff,
                       protocol->gate_observation_days);
        break;
    case ALS_ESCALATION_NONE:
        als_table_note(table, "the protocol has no escalation rule: nothing is suggested");
        break;
    }
    if (protocol->spacing_days)
        als_table_note(table, "new patients are treated at least %d days apart",
                       protocol->spacing_days);
}

/* "P1 in cohort 1", with every name: the committee has to look at each. */
static void say_patient(const struct run *run, const struct dose_patient *one, struct als_buf *text)
{
    als_buf_printf(text, "%s%s", text->length ? ", " : "", one->patient);
    if (one->cohort < run->protocol->n_cohorts)
        als_buf_printf(text, " in cohort %s", run->protocol->cohorts[one->cohort].code);
}

static void note_left(const struct run *run, struct als_buf *text, struct als_table *table)
{
    size_t n = 0;
    als_buf_clear(text);
    for (size_t i = 0; i < run->n; i++) {
        const struct dose_patient *one = &run->treated[i];
        if (!has_left(one))
            continue;
        say_patient(run, one, text);
        als_buf_printf(text, " (%s)", one->left);
        n++;
    }
    if (n)
        als_table_note(table,
                       "warning: %zu cannot be counted as observed, the committee decides: %s", n,
                       text->data);
}

static void note_unseen(const struct run *run, struct als_buf *text, struct als_table *table)
{
    char date[ALS_DATE_TEXT];
    size_t n = 0;
    als_buf_clear(text);
    for (size_t i = 0; i < run->n; i++) {
        const struct dose_patient *one = &run->treated[i];
        if (one->toxicity || one->watch != DOSE_UNSEEN)
            continue;
        say_patient(run, one, text);
        als_buf_printf(text, " (observation until %s, ",
                       als_day_format(one->completed + run->protocol->gate_observation_days, date));
        als_buf_printf(text, "last known %s)", als_day_format(one->last_known, date));
        n++;
    }
    if (n)
        als_table_note(table,
                       "warning: %zu not yet evaluable, no visit or event on the last day of the "
                       "observation or later: %s",
                       n, text->data);
}

static void note_patients(const struct run *run, struct als_table *table)
{
    const struct {
        const struct als_noted *noted;
        const char *text;
    } notes[] = {
        {&run->too_close, "warning: treated too soon after the patient before"},
        {&run->no_cohort, "warning: treated without a cohort, so in no row"},
        {&run->partial, "warning: an infusion is a date without a day"},
        {&run->undated, "warning: dose-limiting toxicity without a date, counted"},
        {&run->before, "warning: dose-limiting toxicity before the first infusion, not counted"},
    };
    char date[ALS_DATE_TEXT];
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    als_table_note(table, "as of %s: %s, %zu treated", als_day_format(run->as_of, date),
                   als_counted(run->patients.count, "patient").text, run->n);
    for (size_t i = 0; i < COUNT(notes); i++)
        if (notes[i].noted->count)
            als_table_note(table, "%s: %s", notes[i].text, als_noted_say(notes[i].noted, &text));
    note_left(run, &text, table);
    note_unseen(run, &text, table);
    als_buf_release(&text);
    if (run->untreated_toxicity)
        als_table_note(table,
                       "warning: patients with dose-limiting toxicity but no infusion, not "
                       "counted: %zu",
                       run->untreated_toxicity);
    if (run->later)
        als_table_note(table, "dose-limiting toxicities after the as-of day, not counted: %zu",
                       run->later);
}

/* Under 3+3 the levels together say where the maximum tolerated dose is. */
static void note_tolerated(const struct run *run, struct als_table *table)
{
    size_t n = run->protocol->n_cohorts;
    if (run->protocol->escalation != ALS_ESCALATION_3_3)
        return;
    size_t *treated = als_alloc_array(2 * n, sizeof *treated), *toxic = treated + n;
    for (size_t i = 0; i < n; i++) {
        struct board board = board_of(run, i);
        treated[i] = board.evaluable;
        toxic[i] = board.toxic;
    }
    struct als_dose_mtd mtd = als_dose_3plus3_mtd(n, treated, toxic);
    free(treated);
    if (mtd.status == ALS_DOSE_MTD_FOUND)
        als_table_note(table, "maximum tolerated dose by 3+3: cohort %s; committee decides",
                       run->protocol->cohorts[mtd.level].code);
    else if (mtd.status == ALS_DOSE_MTD_NONE)
        als_table_note(table, "no dose is tolerated by 3+3; committee decides");
    else if (mtd.status == ALS_DOSE_MTD_NOT_REACHED)
        als_table_note(table, "the highest dose passed 3+3: no maximum was reached");
}

static struct als_table *tell(const struct run *run)
{
    static const struct als_table_column columns[] = {
        {"cohort", NULL, ALS_CELL_TEXT, 0},
        {"label", NULL, ALS_CELL_TEXT, 0},
        {"planned", NULL, ALS_CELL_INTEGER, 0},
        {"treated", NULL, ALS_CELL_INTEGER, 0},
        {"completed", NULL, ALS_CELL_INTEGER, 0},
        {"observing", NULL, ALS_CELL_INTEGER, 0},
        {"evaluable", NULL, ALS_CELL_INTEGER, 0},
        {"not_evaluable", "not evaluable", ALS_CELL_INTEGER, 0},
        {"dlt", "DLT", ALS_CELL_INTEGER, 0},
        {"first_infusion", "first infusion", ALS_CELL_TEXT, 0},
        {"last_infusion", "last infusion", ALS_CELL_TEXT, 0},
        {"gate_date", "gate date", ALS_CELL_TEXT, 0},
        {"closest_days", "closest days", ALS_CELL_INTEGER, 0},
        {"spacing_ok", "spacing kept", ALS_CELL_YESNO, 0},
        {"suggestion", NULL, ALS_CELL_TEXT, 0},
    };
    struct als_table *table = als_table_new(columns, COUNT(columns));
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    for (size_t i = 0; i < run->protocol->n_cohorts; i++)
        add_row(run, i, &text, table);
    als_buf_release(&text);
    note_rule(run, table);
    note_patients(run, table);
    note_tolerated(run, table);
    als_table_note(table, "suggestions only: the committee decides");
    return table;
}

enum als_status als_analyze_dose(struct als_store *store, int as_of_day, struct als_table **out,
                                 struct als_err *err)
{
    struct run run = {.protocol = als_store_protocol(store), .as_of = as_of_day};
    struct als_arena *arena = als_arena_new();
    enum als_status status = als_patient_load(store, arena, &run.patients, err);
    if (status == ALS_OK)
        status = als_event_load(store, 0, arena, &run.events, err);
    if (status == ALS_OK)
        status = als_adverse_event_load(store, 0, arena, &run.adverse, err);
    if (status == ALS_OK)
        status = als_visit_load(store, 0, arena, &run.visits, err);
    if (status == ALS_OK) {
        run.treated = als_arena_array(arena, run.patients.count + 1, sizeof *run.treated);
        collect(store, &run, arena);
        check_spacing(&run);
        *out = tell(&run);
    }
    als_arena_free(arena);
    return status;
}
