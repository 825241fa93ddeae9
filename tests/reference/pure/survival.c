/* Kaplan-Meier, restricted means, log-rank and Cox: expected/km*.csv, rmst, logrank, cox. */
#include "alstrack/stat/survival.h"
#include "reference.h"

enum { GROUPS = 3 };
static const char *const groups[GROUPS] = {"Biomarker_Programm", "LIPCAL_Placebo",
                                           "Trophos_Placebo"};

struct cohort {
    size_t n;
    struct als_case *cases, *work;
    struct als_km_row *rows;
    size_t n_rows;
};

static size_t group_of(const struct csv *data, size_t row)
{
    size_t i = 0;
    while (!csv_is(data, row, "group", groups[i]))
        i++;
    return i;
}

/* Cases with a time; of one group, or of all when group is "ALL". */
static struct cohort take(const struct csv *data, const char *group)
{
    struct cohort c = {.cases = calloc(data->n + 1, sizeof *c.cases),
                       .work = calloc(data->n + 1, sizeof *c.work),
                       .rows = calloc(data->n + 1, sizeof *c.rows)};
    for (size_t i = 0; i < data->n; i++) {
        double time = csv_number(data, i, "time");
        if (isnan(time) || (strcmp(group, "ALL") != 0 && !csv_is(data, i, "group", group)))
            continue;
        c.cases[c.n] = (struct als_case){.time = time,
                                         .event = csv_number(data, i, "event") > 0,
                                         .group = group_of(data, i),
                                         .stratum = csv_is(data, i, "sex", "male"),
                                         .row = c.n};
        c.n++;
    }
    als_km_fit(c.n, c.cases, c.work, c.rows, &c.n_rows);
    return c;
}

static void release(struct cohort *c)
{
    free(c->cases);
    free(c->work);
    free(c->rows);
}

static void check_curve(const struct csv *data, const char *group)
{
    struct cohort c = take(data, group);
    struct csv km = csv_read("expected", "km"), quantiles = csv_read("expected", "km_quantiles");
    struct csv means = csv_read("expected", "rmst");
    size_t at = 0;
    for (size_t k = 0; k < km.n; k++) {
        if (!csv_is(&km, k, "set", "als_nfl") || !csv_is(&km, k, "group", group))
            continue;
        const struct als_km_row *row = &c.rows[at++];
        check("km: times", row->time, csv_number(&km, k, "time"), 1, 0, "%s", group);
        check("km: at risk", (double)row->at_risk, csv_number(&km, k, "n_risk"), 1, 0, "%s", group);
        check("km: events", (double)row->events, csv_number(&km, k, "n_event"), 1, 0, "%s", group);
        check_relative("km: S(t)", row->survival, csv_number(&km, k, "surv"), 1e-13, group);
        check("km: Greenwood SE", row->se, csv_number(&km, k, "se_greenwood"), 1, 1e-13, "%s",
              group);
        check("km: log-log limits", row->ci_low, csv_number(&km, k, "lo_loglog"), 1, 1e-13, "%s",
              group);
        check("km: log-log limits", row->ci_high, csv_number(&km, k, "hi_loglog"), 1, 1e-13, "%s",
              group);
    }
    for (size_t k = 0; k < quantiles.n; k++) {
        if (!csv_is(&quantiles, k, "set", "als_nfl") || !csv_is(&quantiles, k, "group", group) ||
            !csv_is(&quantiles, k, "conf", "log-log"))
            continue;
        struct als_km_quantile q =
            als_km_quantile(c.rows, c.n_rows, csv_number(&quantiles, k, "prob"));
        check_relative("km: quantiles", q.time, csv_number(&quantiles, k, "time"), 1e-13, group);
        check_relative("km: limits of quantiles", q.ci_low, csv_number(&quantiles, k, "lo"), 1e-13,
                       group);
        check_relative("km: limits of quantiles", q.ci_high, csv_number(&quantiles, k, "hi"), 1e-13,
                       group);
    }
    for (size_t k = 0; k < means.n; k++) {
        if (!csv_is(&means, k, "group", group))
            continue;
        struct als_km_mean mean =
            als_km_restricted_mean(c.rows, c.n_rows, csv_number(&means, k, "tau"));
        check_relative("restricted mean", mean.mean, csv_number(&means, k, "rmst"), 1e-13, group);
        check("restricted mean: SE", mean.se, csv_number(&means, k, "se"), 1, 1e-12, "%s", group);
    }
    csv_free(&km);
    csv_free(&quantiles);
    csv_free(&means);
    release(&c);
}

static void check_logrank(const struct csv *data, bool stratified)
{
    struct cohort c = take(data, "ALL");
    for (size_t i = 0; i < c.n && !stratified; i++)
        c.cases[i].stratum = 0;
    struct als_logrank_group own[GROUPS];
    double matrix[GROUPS * (GROUPS + 1)];
    struct als_logrank test = als_logrank_test(c.n, c.cases, GROUPS, c.work, own, matrix);
    struct csv expected = csv_read("expected", "logrank");
    for (size_t k = 0; k < expected.n; k++) {
        if (!csv_is(&expected, k, "test", "logrank") ||
            csv_is(&expected, k, "strata", "sex") != stratified)
            continue;
        const struct als_logrank_group *group = &own[group_of(&expected, k)];
        check_relative("log-rank: chi-squared", test.chisq, csv_number(&expected, k, "chisq"),
                       1e-11, "");
        check_relative("log-rank: p", test.p, csv_number(&expected, k, "p"), 1e-11, "");
        check("log-rank: observed", (double)group->observed, csv_number(&expected, k, "obs"), 1, 0,
              "%s", "");
        check_relative("log-rank: expected", group->expected, csv_number(&expected, k, "exp"),
                       1e-11, "");
        check_relative("log-rank: variance", group->variance, csv_number(&expected, k, "var"),
                       1e-11, "");
    }
    csv_free(&expected);
    release(&c);
}

static void check_cox(const struct csv *data)
{
    struct cohort c = take(data, "ALL");
    double *x = calloc(c.n * 2, sizeof *x), *workspace = calloc(als_cox_workspace(2), sizeof *x);
    for (size_t i = 0; i < c.n; i++) {
        c.cases[i].stratum = 0;
        if (c.cases[i].group > 0)
            x[i * 2 + c.cases[i].group - 1] = 1;
    }
    struct als_cox_term terms[2];
    struct als_cox cox = als_cox_fit(c.n, c.cases, 2, x, c.work, workspace, terms);
    struct csv expected = csv_read("expected", "cox");
    for (size_t k = 0; k < 2; k++) {
        check_relative("Cox: coefficient", terms[k].coefficient, csv_number(&expected, k, "coef"),
                       1e-9, "");
        if (terms[k].estimable)
            check_relative("Cox: SE", terms[k].se, csv_number(&expected, k, "se"), 1e-9, "");
        check_relative("Cox: p", terms[k].p, csv_number(&expected, k, "p"), 1e-8, "");
    }
    check_relative("Cox: log-likelihood at 0", cox.log_likelihood_null,
                   csv_number(&expected, 0, "loglik0"), 1e-12, "");
    check_relative("Cox: log-likelihood", cox.log_likelihood, csv_number(&expected, 0, "loglik"),
                   1e-8, "");
    check_relative("Cox: score test", cox.score_chisq, csv_number(&expected, 0, "score_chisq"),
                   1e-9, "");
    csv_free(&expected);
    free(x);
    free(workspace);
    release(&c);
}

void check_survival(void)
{
    struct csv data = csv_read("data", "als_nfl_surv");
    check_curve(&data, "ALL");
    for (size_t i = 0; i < GROUPS; i++)
        check_curve(&data, groups[i]);
    check_logrank(&data, false);
    check_logrank(&data, true);
    check_cox(&data);
    csv_free(&data);
}
