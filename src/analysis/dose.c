/* `analyze dose`: how far each dose cohort has come, and what the escalation rule suggests. */
#include "alstrack/analysis/dose.h"

#include <stdlib.h>
#include <string.h>

#include "alstrack/schedule/gate.h"
#include "alstrack/stat/dose.h"
#include "noted.h"
#include "patients.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* One treated patient. */
struct treated {
    size_t cohort;
    const char *patient;
    int first, last; /* infusions */
    int completed;   /* ALS_NO_DAY: not all planned infusions yet */
    bool toxicity;
    bool too_close; /* to the patient treated before */
    int since_last; /* days after that patient's first infusion; ALS_NO_DAY for the very first */
};

struct run {
    const struct als_protocol *protocol;
    struct als_patient_list patients;
    struct als_event_list events;
    struct als_adverse_event_list adverse;
    int as_of;
    struct treated *treated; /* by day of the first infusion */
    size_t n;
    size_t untreated_toxicity, later;
    struct als_noted no_cohort, partial, too_close, undated;
};

/* What a row of the board says. */
struct board {
    size_t treated, completed, observing, evaluable, toxic;
    int first, last, gate, closest;
    bool spacing_ok;
};

static bool is_known(const struct run *run, int day)
{
    return day != ALS_NO_DAY && day <= run->as_of;
}

/* Infusions of one patient up to the as-of day, which come in order of day. */
static size_t take_infusions(struct run *run, const struct als_event *events, size_t n,
                             size_t planned, struct treated *out)
{
    size_t infusions = 0;
    for (size_t i = 0; i < n; i++) {
        struct als_date date = als_date_of(events[i].date);
        if (strcmp(events[i].event, "infusion") != 0 || !is_known(run, date.day))
            continue;
        infusions++;
        if (infusions == 1)
            out->first = date.day;
        out->last = date.day;
        if (infusions == planned)
            out->completed = date.day;
        if (date.precision != ALS_PRECISION_DAY)
            als_noted_add(&run->partial, out->patient);
    }
    return infusions;
}

/* Dose-limiting events known by the as-of day. One without a date counts: leaving it out would be
 * the dangerous mistake. */
static bool has_toxicity(struct run *run, const struct als_patient *patient, size_t *from)
{
    const struct als_adverse_event_list *list = &run->adverse;
    bool toxic = false;
    while (*from < list->count && list->items[*from].patient_id < patient->id)
        ++*from;
    for (; *from < list->count && list->items[*from].patient_id == patient->id; ++*from) {
        const struct als_adverse_event *event = &list->items[*from];
        int onset = als_date_earliest(als_date_of(event->onset));
        if (event->dlt != 1)
            continue;
        if (onset != ALS_NO_DAY && onset > run->as_of) {
            run->later++;
            continue;
        }
        if (onset == ALS_NO_DAY)
            als_noted_add(&run->undated, patient->patient);
        toxic = true;
    }
    return toxic;
}

/* Index of the patient's cohort; n_cohorts if it has none among several. */
static size_t cohort_of(const struct run *run, const struct als_patient *patient)
{
    const struct als_protocol *protocol = run->protocol;
    if (!patient->cohort)
        return protocol->n_cohorts == 1 ? 0 : protocol->n_cohorts;
    const struct als_cohort *cohort = als_protocol_cohort(protocol, patient->cohort);
    return cohort ? (size_t)(cohort - protocol->cohorts) : protocol->n_cohorts;
}

static int compare_first(const void *a, const void *b)
{
    const struct treated *one = a, *other = b;
    if (one->first != other->first)
        return one->first < other->first ? -1 : 1;
    return strcmp(one->patient, other->patient);
}

static void collect(struct run *run)
{
    struct als_span span = {0};
    size_t adverse = 0;
    for (size_t i = 0; i < run->patients.count; i++) {
        const struct als_patient *patient = &run->patients.items[i];
        size_t cohort = cohort_of(run, patient);
        size_t planned =
            cohort < run->protocol->n_cohorts ? run->protocol->cohorts[cohort].n_doses : 0;
        struct treated one = {.cohort = cohort,
                              .patient = patient->patient,
                              .first = ALS_NO_DAY,
                              .last = ALS_NO_DAY,
                              .completed = ALS_NO_DAY};
        span = als_events_of(&run->events, span.first + span.count, patient->id);
        size_t infusions =
            take_infusions(run, run->events.items + span.first, span.count, planned, &one);
        one.toxicity = has_toxicity(run, patient, &adverse);
        if (infusions == 0) {
            run->untreated_toxicity += one.toxicity;
            continue;
        }
        if (cohort == run->protocol->n_cohorts)
            als_noted_add(&run->no_cohort, patient->patient);
        run->treated[run->n++] = one;
    }
    qsort(run->treated, run->n, sizeof *run->treated, compare_first);
}

/* The rule is about new patients of the trial, so neighbours may be of different cohorts. */
static void check_spacing(struct run *run)
{
    for (size_t i = 0; i < run->n; i++) {
        struct treated *one = &run->treated[i];
        one->since_last = i ? one->first - run->treated[i - 1].first : ALS_NO_DAY;
        const int pair[2] = {i ? run->treated[i - 1].first : one->first, one->first};
        one->too_close = i > 0 && !als_gate_spacing(pair, 2, run->protocol->spacing_days, NULL);
        if (one->too_close)
            als_noted_add(&run->too_close, one->patient);
    }
}

static void add_patient(const struct run *run, const struct treated *one, struct board *board)
{
    bool completed = one->completed != ALS_NO_DAY;
    bool observed =
        completed && one->completed + run->protocol->gate_observation_days <= run->as_of;
    board->treated++;
    board->completed += completed;
    board->toxic += one->toxicity;
    board->evaluable += observed || one->toxicity;
    board->observing += !observed && !one->toxicity;
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
        const struct treated *one = &run->treated[i];
        if (one->cohort != cohort)
            continue;
        gate[board.treated] = (struct als_gate_patient){one->completed, one->toxicity};
        add_patient(run, one, &board);
    }
    if (run->protocol->escalation == ALS_ESCALATION_TIME_GATE)
        board.gate = als_gate_day(gate, board.treated, run->protocol->gate_patients,
                                  run->protocol->gate_observation_days);
    free(gate);
    return board;
}

static void suggest_by_gate(const struct run *run, const struct board *board, bool last_cohort,
                            struct als_buf *text)
{
    char date[ALS_DATE_TEXT];
    if (board->toxic)
        als_buf_printf(text, "do not open the next cohort: %zu with dose-limiting toxicity",
                       board->toxic);
    else if (board->gate == ALS_NO_DAY)
        als_buf_printf(text, "wait: %zu of %zu have completed treatment", board->completed,
                       run->protocol->gate_patients);
    else if (board->gate > run->as_of)
        als_buf_printf(text, "wait until %s", als_day_format(board->gate, date));
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
    const size_t counts[] = {board.treated, board.completed, board.observing, board.evaluable,
                             board.toxic};
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
                       "%.6f, eliminate when P(rate > target) > %g",
                       design.target, design.escalate, design.deescalate, design.cutoff);
        break;
    case ALS_ESCALATION_NONE:
        als_table_note(table, "the protocol has no escalation rule: nothing is suggested");
        break;
    }
    if (protocol->spacing_days)
        als_table_note(table, "new patients are treated at least %d days apart",
                       protocol->spacing_days);
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
    };
    char date[ALS_DATE_TEXT];
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    als_table_note(table, "as of %s: %zu patients, %zu treated", als_day_format(run->as_of, date),
                   run->patients.count, run->n);
    for (size_t i = 0; i < COUNT(notes); i++)
        if (notes[i].noted->count)
            als_table_note(table, "%s: %s", notes[i].text, als_noted_say(notes[i].noted, &text));
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
    if (status == ALS_OK) {
        run.treated = als_arena_array(arena, run.patients.count + 1, sizeof *run.treated);
        collect(&run);
        check_spacing(&run);
        *out = tell(&run);
    }
    als_arena_free(arena);
    return status;
}
