/* What belongs under the tables of `analyze prepost`: method, counts, tests, responders, warnings.
 */
#include "prepost_int.h"

#include <math.h>
#include <string.h>

#include "alstrack/core/count.h"
#include "noted.h"

/* Fields of entry rules that look at how fast a patient declines before treatment. */
static bool is_rate(const char *field)
{
    static const char *const words[] = {"slope", "decline", "progression", "deltafs", "delta_fs"};
    for (size_t i = 0; field && i < sizeof words / sizeof words[0]; i++)
        if (strstr(field, words[i]))
            return true;
    return false;
}

static void note_method(const struct als_prepost_run *run, struct als_table *table)
{
    const char *unit = als_measure_unit(&run->measures[0]);
    bool more = run->measures[0].instrument->higher_is_better;
    als_table_note(table,
                   "%s: least-squares lines before and after time zero, %s per month of %.4f "
                   "days; change = after - before, %s = slower decline",
                   run->measures[0].name, *unit ? unit : "units", ALS_DAYS_PER_MONTH,
                   more ? "positive" : "negative");
    als_table_note(table,
                   "improvement: change in percent of the slope before; missing unless that is a "
                   "decline of at least %.2f a month",
                   als_prepost_least_decline);
    als_table_note(table,
                   "broken stick: level + before min(t, 0) + after max(t, 0) through all values, "
                   "t with n - 3 degrees of freedom; values very close in time make it explode");
    als_note_zero(run->protocol, run->zero, table);
    als_table_note(table, run->options->exclude_zero
                              ? "values on the day of time zero count before it only"
                              : "values on the day of time zero count before and after it");
}

static void note_counts(const struct als_prepost_run *run, struct als_table *table)
{
    size_t both = 0, one = 0, no_zero = 0, no_value = 0;
    for (size_t i = 0; i < run->patients.count; i++) {
        const struct als_prepost *fit = &run->fits[i];
        bool before = fit->before.fit.status == ALS_OLS_OK;
        bool after = fit->after.fit.status == ALS_OLS_OK;
        both += before && after;
        one += before != after;
        no_value += !fit->has_values;
        no_zero += fit->has_values && !fit->has_zero;
    }
    als_table_note(table,
                   "%s: %zu with both slopes, %zu with one only; left out: %zu without "
                   "time zero, %zu without a value",
                   als_counted(run->patients.count, "patient").text, both, one, no_zero, no_value);
    if (run->missing)
        als_table_note(table, "%s without a value left out",
                       als_counted(run->missing, "assessment").text);
    als_note_raters(run->averaged, table);
    if (run->after_death)
        als_table_note(table, "warning: %s dated after death left out",
                       als_counted(run->after_death, "value").text);
    if (run->left_out)
        als_table_note(table, "responder definitions in points of another measure left out: %zu",
                       run->left_out);
}

static void note_tests(const struct als_prepost_run *run, size_t group, bool stick,
                       const char *name, struct als_table *table)
{
    size_t patients;
    struct als_prepost_tests tests = als_prepost_tests_of(run, group, stick, &patients);
    const char *method = stick ? "broken stick" : "separate lines";
    const struct als_t_test *t = &tests.t;
    if (tests.n == 0)
        als_table_note(table, "%s, %s: no change, %s", name, method,
                       als_counted(patients, "patient").text);
    else if (isnan(t->p))
        als_table_note(table, "%s, %s: mean change of %zu of %s %.6f; no test: %s", name, method,
                       tests.n, als_counted(patients, "patient").text, t->difference,
                       tests.n == 1 ? "one patient" : "all changes are equal");
    else
        als_table_note(table,
                       "%s, %s: mean change of %zu of %s %.6f, SD %.6f, 95 %% t interval "
                       "%.6f to %.6f; paired t %.4f, df %.0f, p %.6f; Wilcoxon W+ %g of %zu, %s p "
                       "%.6f",
                       name, method, tests.n, als_counted(patients, "patient").text, t->difference,
                       t->sd1, t->ci_low, t->ci_high, t->t, t->df, t->p, tests.wilcoxon.statistic,
                       tests.wilcoxon.n, isnan(tests.wilcoxon.p_exact) ? "normal" : "exact",
                       isnan(tests.wilcoxon.p_exact) ? tests.wilcoxon.p : tests.wilcoxon.p_exact);
}

static void note_responders(const struct als_prepost_run *run, size_t group, const char *name,
                            struct als_table *table)
{
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    for (size_t rule = 0; rule < run->n_rules; rule++) {
        struct als_prepost_count count = als_prepost_count_of(run, group, rule);
        als_buf_printf(&text, "%s%s %zu of %zu", rule ? ", " : "", run->rules[rule].responder->code,
                       count.responders, count.of);
    }
    if (run->n_rules)
        als_table_note(table, "%s, responders: %s", name, text.data);
    als_buf_release(&text);
}

static void note_group(const struct als_prepost_run *run, size_t group, const char *name,
                       struct als_table *table)
{
    note_tests(run, group, false, name, table);
    note_tests(run, group, true, name, table);
    note_responders(run, group, name, table);
}

void als_prepost_note_entry(const struct als_protocol *protocol, struct als_table *table)
{
    for (size_t i = 0; i < protocol->n_criteria; i++) {
        if (!is_rate(protocol->criteria[i].field))
            continue;
        als_table_note(table,
                       "warning: entry rule %s (%s) selects by the rate of decline: patients "
                       "chosen for a fast decline look better afterwards without any effect "
                       "(regression to the mean)",
                       protocol->criteria[i].id, protocol->criteria[i].field);
        return;
    }
    if (protocol->lead_in)
        als_table_note(table,
                       "no entry rule of the protocol names a rate of decline; were patients "
                       "chosen by their decline in the lead-in all the same, the change is "
                       "biased by regression to the mean");
    else
        als_table_note(table,
                       "warning: the protocol plans no lead-in: slopes before treatment rest "
                       "on few visits");
}

static void note_patients(const struct als_prepost_run *run, struct als_table *table)
{
    struct als_noted few = {0}, unshared = {0}, mixed = {0}, partial = {0};
    for (size_t i = 0; i < run->patients.count; i++) {
        const struct als_prepost *fit = &run->fits[i];
        const char *patient = run->patients.items[i].patient;
        if (!fit->has_zero)
            continue;
        if (fit->before.fit.n < ALS_RELIABLE_VISITS || fit->after.fit.n < ALS_RELIABLE_VISITS)
            als_noted_add(&few, patient);
        if (fit->on_zero == 0)
            als_noted_add(&unshared, patient);
        if (fit->before.mixed || fit->after.mixed)
            als_noted_add(&mixed, patient);
        if (run->partial_zero[i])
            als_noted_add(&partial, patient);
    }
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    if (few.count)
        als_table_note(table, "warning: fewer than three visits before or after time zero: %s",
                       als_noted_say(&few, &text));
    if (unshared.count)
        als_table_note(table, "no value on the day of time zero, so the lines share none: %s",
                       als_noted_say(&unshared, &text));
    if (mixed.count)
        als_table_note(table,
                       "warning: slopes over values of mixed sources (computed and entered or "
                       "prorated): %s",
                       als_noted_say(&mixed, &text));
    if (partial.count)
        als_table_note(table, "warning: time zero is a date without a day: %s",
                       als_noted_say(&partial, &text));
    als_note_truncated(&run->died, &text, table);
    als_buf_release(&text);
}

void als_prepost_notes(const struct als_prepost_run *run, struct als_table *table)
{
    note_method(run, table);
    note_counts(run, table);
    note_group(run, run->groups.count, "all patients", table);
    struct als_buf name;
    als_buf_init(&name, ALS_BUF_LARGE);
    for (size_t i = 0; run->options->by && i < run->groups.count; i++) {
        als_buf_clear(&name);
        als_buf_printf(&name, "%s %s", run->options->by,
                       run->groups.names[i] ? run->groups.names[i] : "missing");
        note_group(run, i, name.data, table);
    }
    als_buf_release(&name);
    note_patients(run, table);
    als_note_floor(run->low, run->values, table);
    als_prepost_note_entry(run->protocol, table);
}
