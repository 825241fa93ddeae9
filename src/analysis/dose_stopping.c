/* `analyze dose --stop-rate`: is the rate of harm likely to be above a limit? */
#include <math.h>
#include <string.h>

#include "adverse_relation.h"
#include "alstrack/analysis/dose.h"
#include "alstrack/stat/dose.h"
#include "dose_patient.h"
#include "noted.h"

struct count {
    size_t treated, harmed;
};

struct run {
    const struct als_protocol *protocol;
    const struct als_stopping_options *options;
    int as_of;
    struct als_patient_list patients;
    struct als_event_list events;
    struct als_adverse_event_list adverse;
    struct count *counts; /* per cohort of the protocol, then all treated */
    size_t undated;
    struct als_noted no_cohort;
};

static bool is_harm(const struct run *run, const struct als_adverse_event *event)
{
    switch (run->options->harm) {
    case ALS_STOPPING_DLT:
        return event->dlt == 1;
    case ALS_STOPPING_SERIOUS:
        return event->serious == 1;
    default:
        return event->serious == 1 && als_relation_read(run->protocol, event->relation).treatment;
    }
}

static bool was_harmed(struct run *run, struct als_span span, int infusion)
{
    bool harmed = false;
    for (size_t i = span.first; i < span.first + span.count; i++) {
        const struct als_adverse_event *event = &run->adverse.items[i];
        enum dose_onset onset = dose_onset_of(event, infusion, run->as_of);
        if (!is_harm(run, event) || onset == DOSE_ONSET_BEFORE || onset == DOSE_ONSET_LATER)
            continue;
        run->undated += onset == DOSE_ONSET_UNDATED;
        harmed = true;
    }
    return harmed;
}

static void add(struct count *count, bool harmed)
{
    count->treated++;
    count->harmed += harmed;
}

static void collect(struct run *run)
{
    size_t n_cohorts = run->protocol->n_cohorts;
    struct als_span event = {0}, ae = {0};
    for (size_t i = 0; i < run->patients.count; i++) {
        const struct als_patient *patient = &run->patients.items[i];
        event = als_events_of(&run->events, event.first + event.count, patient->id);
        ae = dose_adverse_of(&run->adverse, ae.first + ae.count, patient->id);
        struct dose_patient one = {.cohort = dose_cohort_of(run->protocol, patient)};
        if (!dose_take_infusions(run->protocol, run->events.items + event.first, event.count,
                                 run->as_of, &one))
            continue;
        bool harmed = was_harmed(run, ae, one.treated_from);
        add(&run->counts[n_cohorts], harmed);
        if (one.cohort < n_cohorts)
            add(&run->counts[one.cohort], harmed);
        else
            als_noted_add(&run->no_cohort, patient->patient);
    }
}

static void add_row(const struct run *run, size_t row, struct als_table *table)
{
    const struct als_stopping_options *options = run->options;
    const struct count *count = &run->counts[row];
    bool all = row == run->protocol->n_cohorts;
    struct als_beta_posterior posterior =
        als_beta_posterior(options->prior_a, options->prior_b, count->treated, count->harmed);
    double above = als_beta_exceeds(&posterior, options->rate);
    size_t stop_at = als_beta_stop_at(options->prior_a, options->prior_b, count->treated,
                                      options->rate, options->confidence);
    bool stop = count->treated > 0 && count->harmed >= stop_at;
    als_table_text(table, all ? "all" : run->protocol->cohorts[row].code);
    als_table_text(table, all ? NULL : run->protocol->cohorts[row].label);
    als_table_integer(table, (int64_t)count->treated);
    als_table_integer(table, (int64_t)count->harmed);
    als_table_number(table, posterior.mean);
    als_table_number(table, posterior.low);
    als_table_number(table, posterior.high);
    als_table_number(table, above);
    if (count->treated > 0 && stop_at <= count->treated)
        als_table_integer(table, (int64_t)stop_at);
    else
        als_table_missing(table);
    als_table_text(table, count->treated == 0 ? NULL
                          : stop              ? "stop for review; committee decides"
                                              : "go on; committee decides");
}

static void note(const struct run *run, struct als_table *table)
{
    static const char *const harms[] = {[ALS_STOPPING_RELATED] = "a serious event related to "
                                                                 "treatment",
                                        [ALS_STOPPING_SERIOUS] = "a serious event",
                                        [ALS_STOPPING_DLT] = "a dose-limiting toxicity"};
    const struct als_stopping_options *options = run->options;
    char date[ALS_DATE_TEXT];
    als_table_note(table,
                   "patients with %s on or after the first infusion, as of %s; stop when "
                   "P(rate > %g) > %g, prior Beta(%g, %g); stop_at: patients that reach it",
                   harms[options->harm], als_day_format(run->as_of, date), options->rate,
                   options->confidence, options->prior_a, options->prior_b);
    if (run->undated)
        als_table_note(table, "warning: events without a date, counted: %zu", run->undated);
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    if (run->no_cohort.count)
        als_table_note(table, "warning: treated without a cohort, counted in all only: %s",
                       als_noted_say(&run->no_cohort, &text));
    als_buf_release(&text);
    als_table_note(table, "suggestions only: the committee decides");
}

static struct als_table *tell(const struct run *run)
{
    static const struct als_table_column columns[] = {
        {"cohort", NULL, ALS_CELL_TEXT, 0},
        {"label", NULL, ALS_CELL_TEXT, 0},
        {"treated", NULL, ALS_CELL_INTEGER, 0},
        {"with_event", "with event", ALS_CELL_INTEGER, 0},
        {"rate", NULL, ALS_CELL_NUMBER, 3},
        {"ci_low", "95 % low", ALS_CELL_NUMBER, 3},
        {"ci_high", "95 % high", ALS_CELL_NUMBER, 3},
        {"probability", "P(above)", ALS_CELL_NUMBER, 4},
        {"stop_at", "stop at", ALS_CELL_INTEGER, 0},
        {"suggestion", NULL, ALS_CELL_TEXT, 0},
    };
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    for (size_t row = 0; row <= run->protocol->n_cohorts; row++)
        add_row(run, row, table);
    note(run, table);
    return table;
}

static enum als_status check(const struct als_stopping_options *options, struct als_err *err)
{
    if (!(options->rate > 0 && options->rate < 1))
        return als_fail(err, ALS_USAGE, "E-RATE", "the rate must lie between 0 and 1, not %g",
                        options->rate);
    if (!(options->confidence > 0 && options->confidence < 1))
        return als_fail(err, ALS_USAGE, "E-RATE",
                        "the probability must lie between 0 and 1, not %g", options->confidence);
    if (!(options->prior_a > 0 && options->prior_b > 0 && isfinite(options->prior_a) &&
          isfinite(options->prior_b)))
        return als_fail(err, ALS_USAGE, "E-RATE", "a prior needs two numbers above 0");
    return ALS_OK;
}

enum als_status als_analyze_stopping(struct als_store *store,
                                     const struct als_stopping_options *options, int as_of_day,
                                     struct als_table **out, struct als_err *err)
{
    struct run run = {
        .protocol = als_store_protocol(store), .options = options, .as_of = as_of_day};
    enum als_status status = check(options, err);
    if (status != ALS_OK)
        return status;
    struct als_arena *arena = als_arena_new();
    run.counts = als_arena_array(arena, run.protocol->n_cohorts + 1, sizeof *run.counts);
    status = als_patient_load(store, arena, &run.patients, err);
    if (status == ALS_OK)
        status = als_event_load(store, 0, arena, &run.events, err);
    if (status == ALS_OK)
        status = als_adverse_event_load(store, 0, arena, &run.adverse, err);
    if (status == ALS_OK) {
        collect(&run);
        *out = tell(&run);
    }
    als_arena_free(arena);
    return status;
}
