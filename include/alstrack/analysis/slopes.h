/*
 * Rates of decline per patient by least squares: design section 6, `analyze slopes`.
 */
#ifndef ALSTRACK_ANALYSIS_SLOPES_H
#define ALSTRACK_ANALYSIS_SLOPES_H

#include "alstrack/analysis/table.h"
#include "alstrack/analysis/timeline.h"
#include "alstrack/stat/ols.h"
#include "alstrack/store/scan.h"

/* One patient's values of one measure in order of day, time in months from time zero. A visit is
 * one point, whoever rated it: the mean of its raters' values, on the day of the first. */
struct als_series_point {
    int day;
    int visit_no;
    double month; /* (day - zero_day) / 30.4375 */
    double value;
    unsigned n;       /* values that it is the mean of */
    unsigned sources; /* of those values, each its bit: als_source_bit */
};
/* 0 for ALS_SOURCE_NONE. */
unsigned als_source_bit(enum als_score_source source);
/* Are values of different sources among them, such as computed and entered? */
bool als_sources_differ(unsigned sources);
struct als_series {
    int64_t patient_id;
    int zero_day; /* as in als_timeline, else the day of the first value: always known */
    enum als_zero zero;
    bool zero_is_partial;
    int death_day; /* last day on which death may have been; ALS_NO_DAY: no death known */
    const struct als_series_point *points;
    size_t count;
};

/* How many of its points come before those after death. */
size_t als_series_alive(const struct als_series *series);

/* Calls receive once per patient of the list with at least one value, in order of patient id.
 * Values after death are points of their own, and given too: see als_slope_fit. The series is
 * borrowed during the call. */
typedef void als_series_fn(const struct als_series *series, void *context);
ALS_CHECKED enum als_status als_series_each(struct als_store *store,
                                            const struct als_measure *measure,
                                            const struct als_patient_list *patients,
                                            als_series_fn *receive, void *context,
                                            struct als_err *err);
/* The same; *missing counts the assessments that have no value. */
ALS_CHECKED enum als_status als_series_each_counted(struct als_store *store,
                                                    const struct als_measure *measure,
                                                    const struct als_patient_list *patients,
                                                    als_series_fn *receive, void *context,
                                                    size_t *missing, struct als_err *err);

/* The straight line through one series. A slope ends at death; ventilation and tracheostomy do not
 * end it. */
struct als_slope {
    struct als_ols fit; /* t in months from time zero */
    size_t averaged;    /* points that are means of several raters' values */
    int first_day, last_day;
    size_t after_death, outside; /* values left out: after death; outside the asked days */
    size_t low;                  /* values used of ALS_FLOOR_POINTS or less */
    bool mixed;                  /* values of more than one source, such as computed and entered */
    bool reliable;               /* at least 3 visits over at least 60 days */
};
/* Near its floor ALSFRS-R falls more slowly: totals of so many points and less. */
#define ALS_FLOOR_POINTS    25
#define ALS_RELIABLE_VISITS 3
#define ALS_RELIABLE_DAYS   60
/* from_day, to_day: from time zero, included; INT_MIN, INT_MAX: no limit. */
struct als_slope als_slope_fit(const struct als_series *series, int from_day, int to_day);

struct als_slopes_options {
    const char *measure;  /* NULL: the protocol's */
    const char *patient;  /* NULL: all */
    const char *by;       /* patient factor: arm, cohort, site, sex, onset_site; NULL: none */
    int from_day, to_day; /* days relative to time zero, included; INT_MIN, INT_MAX: no limit */
};

/* Columns patient[,group],measure,n,first_date,last_date,span_days,slope,se,ci_low,ci_high,
 * intercept,r2,residual_sd,reliable. Patients without a value have n 0 and empty cells. Notes say
 * method, time zero, month length, counts, group means of slopes, and warnings (mixed FVC sources,
 * fewer than three visits). */
ALS_CHECKED enum als_status als_analyze_slopes(struct als_store *store,
                                               const struct als_slopes_options *options,
                                               struct als_table **out, struct als_err *err);

/* Value of a patient factor: arm, cohort, site, sex, onset_site; NULL when missing.
 * als_factor_known tells a factor's name from a mistake. */
bool als_factor_known(const char *factor);
const char *als_factor_value(const struct als_patient *patient, const char *factor);

#endif
