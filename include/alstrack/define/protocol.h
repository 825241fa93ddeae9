/*
 * What a trial plans: visits, when they are due, what is measured, cohorts, eligibility, endpoints,
 * adverse-event grading. Read from a YAML file (samples/protocols/README.md describes the keys),
 * immutable afterwards. Owned by its arena; ends with als_protocol_free.
 */
#ifndef ALSTRACK_DEFINE_PROTOCOL_H
#define ALSTRACK_DEFINE_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/date.h"
#include "alstrack/core/diag.h"
#include "alstrack/core/err.h"
#include "alstrack/define/expr.h"
#include "alstrack/define/instrument.h"

enum als_anchor_kind {
    ALS_ANCHOR_EVENT,        /* date of the first event of that name */
    ALS_ANCHOR_INFUSION,     /* the n-th infusion, n from 1 */
    ALS_ANCHOR_LAST_PLANNED, /* the last infusion planned for the patient's cohort; the last one
                                received once treatment is stopped: by the event
                                treatment_stopped, withdrawal, loss to follow-up or death */
    ALS_ANCHOR_VISIT         /* actual date of another visit, its target until it is done */
};

struct als_anchor {
    enum als_anchor_kind kind;
    const char *event; /* ALS_ANCHOR_EVENT */
    size_t number;     /* ALS_ANCHOR_INFUSION: n */
    size_t visit;      /* ALS_ANCHOR_VISIT: index into visits */
};

enum als_epoch { ALS_EPOCH_PRE, ALS_EPOCH_POST };

struct als_visit_item {
    size_t instrument; /* index into als_protocol.instruments */
    bool optional;
};

struct als_visit_plan {
    const char *code;  /* [A-Z][A-Z0-9]{0,11}: SCR, BL, D0, WK2, MN1 */
    const char *label; /* the protocol's own name: Visit VI */
    struct als_anchor anchor;
    bool in_months;              /* offset counts months of the protocol's convention */
    int offset;                  /* days, or months when in_months */
    int before_days, after_days; /* window around the target, both >= 0 */
    const char *mode;            /* clinic, phone, video, home; NULL = clinic */
    enum als_epoch epoch;
    bool optional;
    const char *infusion;   /* non-NULL: treatment is given at this visit (label of the infusion) */
    size_t infusion_number; /* 1 for the first; 0 when none is given */
    const char *cohort;     /* only for this cohort; NULL = all */
    const struct als_visit_item *assessments;
    size_t n_assessments;
    const char *const *procedures; /* codes such as mri, csf, labs */
    size_t n_procedures;
    bool ae_review;
    const char *inferred; /* why this day was inferred; NULL when the source states it */
};

struct als_cohort {
    const char *code, *label;
    size_t n_doses;          /* planned infusions, >= 1 */
    double cells_per_dose;   /* 0 = not stated */
    int interval_days;       /* between infusions; 0 when one */
    size_t planned_patients; /* 0 = not stated */
};

struct als_site {
    const char *code, *name;
};

enum als_criterion_kind {
    ALS_CRITERION_AUTO = 1,
    ALS_CRITERION_MANUAL = 2,
    ALS_CRITERION_BOTH = 3
};
enum als_compare {
    ALS_CMP_EQ,
    ALS_CMP_NE,
    ALS_CMP_LT,
    ALS_CMP_LE,
    ALS_CMP_GT,
    ALS_CMP_GE,
    ALS_CMP_IN
};

struct als_criterion {
    const char *id; /* I1, E13a */
    bool inclusion; /* must be true; an exclusion must be false */
    enum als_criterion_kind kind;
    const char *field; /* what is compared: age, el_escorial, fvc_pct …; for ALS_CRITERION_MANUAL
                          the name of the decision, which must equal Y */
    enum als_compare compare;
    const char *const *values; /* one, or several for ALS_CMP_IN */
    size_t n_values;
    const char *unit;
    const struct als_expr *condition; /* applies only when true; NULL = always */
    const char *text;
    const char *evaluate_at; /* visit code, or "each infusion"; NULL = screening */
    const char *manual;      /* name of the human decision; NULL for ALS_CRITERION_AUTO */
};

enum als_baseline_kind {
    ALS_BASELINE_LAST_BEFORE_ANCHOR,
    ALS_BASELINE_VISIT,
    ALS_BASELINE_HISTORICAL
};
struct als_baseline_rule {
    size_t instrument;
    enum als_baseline_kind kind;
    size_t visit;     /* ALS_BASELINE_VISIT: index into visits */
    int max_age_days; /* ALS_BASELINE_HISTORICAL: before the screening visit */
};

struct als_responder {
    const char *code, *label;
    const char *measure; /* NULL = the analysis measure */
    bool percent; /* threshold counts percent of the pre-treatment slope, else points/month */
    double threshold;
};

struct als_grade {
    int grade;
    const char *label;
};

enum als_month_rule { ALS_MONTH_DAYS, ALS_MONTH_CALENDAR };
enum als_fvc_equation { ALS_FVC_NONE, ALS_FVC_NHANES3, ALS_FVC_ECSC };
enum als_escalation {
    ALS_ESCALATION_NONE,
    ALS_ESCALATION_TIME_GATE,
    ALS_ESCALATION_3_3,
    ALS_ESCALATION_BOIN
};

struct als_protocol {
    const char *code; /* mayo-nct01609283: [a-z0-9-]+ */
    const char *title, *version, *registration, *sponsor;
    const struct als_site *sites;
    size_t n_sites;
    const struct als_cohort *cohorts;
    size_t n_cohorts; /* at least one */
    enum als_month_rule month_rule;
    int longest_gap_days; /* most days from one visit to the next; 0 = no limit */
    enum als_fvc_equation fvc_equation;
    const char *const *instruments; /* codes, in order of first mention */
    size_t n_instruments;
    const char *const *events; /* the protocol's own, beside als_event_names */
    size_t n_events;
    const char *const *procedures;
    size_t n_procedures;
    const struct als_visit_plan *visits; /* in file order, which is time order */
    size_t n_visits;
    const struct als_baseline_rule *baselines;
    size_t n_baselines;
    const struct als_criterion *criteria;
    size_t n_criteria;
    const char *measure;         /* default analysis, such as alsfrsr.total */
    struct als_anchor time_zero; /* an event or the first infusion */
    bool lead_in;
    const struct als_responder *responders;
    size_t n_responders;
    const char *ae_system; /* "severity-3" or "ctcae-5" */
    const struct als_grade *grades;
    size_t n_grades;
    const char *const *causality; /* relations: cell product, procedure, disease … */
    size_t n_causality;
    const char *const *ae_terms; /* named in the protocol */
    size_t n_ae_terms;
    enum als_escalation escalation;
    size_t gate_patients;      /* patients of a cohort that must have completed … */
    int gate_observation_days; /* … treatment and this many days without significant toxicity */
    int spacing_days;          /* least days between new patients' injections; 0 = none */
    double target_rate;        /* BOIN; 0 otherwise */
    const char *source;        /* the YAML text */
    struct als_arena *arena;
};

/* A milestone of a patient. Borrowed. */
struct als_event_fact {
    const char *event; /* name */
    struct als_date date;
};

/* Event names that every protocol has, NULL-terminated. The course of ventilation is a row of
 * events `ventilation`, each with the hours a day (value) from its date on, 0 for the end. */
extern const char *const als_event_names[];
bool als_protocol_has_event(const struct als_protocol *protocol, const char *name);

/* Says whether an instrument of that code exists, and gives it for checks; NULL if it does not. */
typedef const struct als_instrument *als_instrument_lookup(const char *code, void *context);

/* As als_instrument_parse. Unknown instruments are errors, overlapping windows of neighbouring
 * visits (per cohort, at nominal dates) too, as are anchor cycles and unknown anchors. */
struct als_protocol *als_protocol_parse(const char *name, const char *text, size_t length,
                                        als_instrument_lookup *lookup, void *context,
                                        const struct als_sink *sink);
void als_protocol_free(struct als_protocol *protocol);

ptrdiff_t als_protocol_visit(const struct als_protocol *protocol, const char *code);
ptrdiff_t als_protocol_instrument(const struct als_protocol *protocol, const char *code);
const struct als_cohort *als_protocol_cohort(const struct als_protocol *protocol, const char *code);

/* Day of a visit relative to the protocol's first infusion visit when everyone keeps to the plan,
 * for the cohort (NULL: the first). Used for overlap checks, axes and the schedule of activities.
 */
int als_protocol_nominal_day(const struct als_protocol *protocol, size_t visit,
                             const struct als_cohort *cohort);

/* Send every difference: additive ones as info, those that would orphan or reinterpret stored
 * records (removed visit, removed instrument at a visit is additive) as errors. Returns the number
 * of the latter. */
size_t als_protocol_compare(const struct als_protocol *old_one, const struct als_protocol *new_one,
                            const struct als_sink *sink);

struct als_buf;
void als_protocol_pack(const struct als_protocol *protocol, struct als_buf *out);
ALS_CHECKED enum als_status als_protocol_unpack(const void *bytes, size_t length,
                                                struct als_protocol **out, struct als_err *err);

#endif
