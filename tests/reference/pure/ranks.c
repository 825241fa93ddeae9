/* Joint ranks, change from baseline, slopes before and after: the expected files of these. */
#include "alstrack/stat/joint_rank.h"
#include "alstrack/stat/ols.h"
#include "alstrack/stat/rank.h"
#include "alstrack/stat/regress.h"
#include "alstrack/stat/summary.h"
#include "reference.h"

/* ---------------------------------------------------------------- joint ranks */

enum { PATIENTS = 12, VISITS = 5 };

static struct als_joint_rank rank_patients(bool strict, bool equal, void **work)
{
    static double time[PATIENTS], change[PATIENTS * VISITS];
    static bool died[PATIENTS], treated[PATIENTS];
    static const char *const months[VISITS] = {"1", "3", "6", "9", "12"};
    struct csv surv = csv_read("data", "cafs12_surv"), values = csv_read("data", "cafs12_long");
    for (size_t i = 0; i < PATIENTS; i++) {
        time[i] = csv_number(&surv, i, "time");
        died[i] = csv_number(&surv, i, "event") > 0;
        treated[i] = csv_is(&surv, i, "group", "T");
        for (size_t v = 0; v < VISITS; v++) {
            change[i * VISITS + v] = NAN;
            for (size_t k = 0; k < values.n; k++)
                if (csv_is(&values, k, "subj", csv_text(&surv, i, "subj")) &&
                    csv_is(&values, k, "visit", months[v]))
                    change[i * VISITS + v] =
                        csv_number(&values, k, "y") - csv_number(&surv, i, "base");
        }
    }
    csv_free(&surv);
    csv_free(&values);
    struct als_joint_rank_data data = {
        .n = PATIENTS,
        .n_visits = VISITS,
        .time = time,
        .died = died,
        .change = change,
        .treated = treated,
        .horizon = 12,
        .death = strict ? ALS_JOINT_RANK_ALWAYS : ALS_JOINT_RANK_FOLLOWED,
        .same_day = equal ? ALS_JOINT_RANK_EQUAL : ALS_JOINT_RANK_FUNCTION};
    *work = malloc(als_joint_rank_workspace(PATIENTS, VISITS));
    return als_joint_rank(&data, *work);
}

static void check_rules(const char *death_rule, const char *tie)
{
    void *work;
    struct als_joint_rank r =
        rank_patients(strcmp(death_rule, "fs") != 0, strcmp(tie, "function") != 0, &work);
    struct csv patients = csv_read("expected", "joint_rank_patients");
    struct csv tests = csv_read("expected", "joint_rank_tests");
    size_t at = 0;
    for (size_t k = 0; k < patients.n; k++) {
        if (!csv_is(&patients, k, "deathrule", death_rule) ||
            !csv_is(&patients, k, "deathtie", tie))
            continue;
        check("joint rank: scores", (double)r.score[at], csv_number(&patients, k, "score"), 1, 0,
              "%s", tie);
        check("joint rank: ranks", r.rank[at], csv_number(&patients, k, "rank"), 1, 0, "%s", tie);
        at++;
    }
    const struct {
        const char *name;
        double value;
    } ours[] = {{"mean_rank_trt", r.mean_rank[1]},
                {"mean_rank_ref", r.mean_rank[0]},
                {"median_rank_trt", r.median_rank[1]},
                {"median_rank_ref", r.median_rank[0]},
                {"sumscore_trt", (double)r.treated_score},
                {"var_FS", r.variance},
                {"z_FS", r.z},
                {"p_FS", r.p},
                {"wins", (double)r.wins},
                {"losses", (double)r.losses},
                {"ties", (double)r.ties},
                {"win_ratio", r.win_ratio},
                {"win_odds", r.win_odds},
                {"net_benefit", r.net_benefit},
                {"prob_index", r.win_probability},
                {"pairs_by_death", (double)r.by_death},
                {"pairs_by_function", (double)r.by_function}};
    for (size_t k = 0; k < tests.n; k++) {
        if (!csv_is(&tests, k, "deathrule", death_rule) || !csv_is(&tests, k, "deathtie", tie))
            continue;
        for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
            if (csv_is(&tests, k, "stat", ours[i].name))
                check_relative("joint rank: tests and pairs", ours[i].value,
                               csv_number(&tests, k, "value"), 1e-12, ours[i].name);
    }
    csv_free(&patients);
    csv_free(&tests);
    free(work);
}

void check_joint_rank(void)
{
    struct csv tests = csv_read("expected", "joint_rank_tests");
    for (size_t k = 0; k < tests.n; k++)
        if (csv_is(&tests, k, "stat", "n"))
            check_rules(csv_text(&tests, k, "deathrule"), csv_text(&tests, k, "deathtie"));
    csv_free(&tests);
}

/* ---------------------------------------------------------------- change from baseline */

enum { MOST = 1000 };

struct visit_values {
    size_t n;
    double y[MOST], change[MOST], percent[MOST], baseline[MOST];
};

/* Values of one visit and group; orthodont's baseline is the value at age 8. */
static void take_visit(const char *set, const char *visit, const char *group,
                       struct visit_values *out)
{
    struct csv data = csv_read("data", set);
    bool is_fev = strcmp(set, "fev") == 0;
    double baseline = NAN;
    out->n = 0;
    for (size_t i = 0; i < data.n; i++) {
        if (is_fev)
            baseline = csv_number(&data, i, "base");
        else if (csv_is(&data, i, "time", "8"))
            baseline = csv_number(&data, i, "y");
        bool here = is_fev ? csv_is(&data, i, "visit", visit) : csv_is(&data, i, "time", visit + 3);
        double y = csv_number(&data, i, "y");
        if (!here || isnan(y) || (strcmp(group, "ALL") != 0 && !csv_is(&data, i, "group", group)))
            continue;
        out->y[out->n] = y;
        out->baseline[out->n] = baseline;
        out->change[out->n] = y - baseline;
        out->percent[out->n++] = 100 * (y - baseline) / baseline;
    }
    csv_free(&data);
}

static void check_summaries(void)
{
    struct csv expected = csv_read("expected", "change_summary");
    static struct visit_values values;
    static double sorted[MOST];
    for (size_t k = 0; k < expected.n; k++) {
        take_visit(csv_text(&expected, k, "set"), csv_text(&expected, k, "visit"),
                   csv_text(&expected, k, "group"), &values);
        const char *measure = csv_text(&expected, k, "measure");
        const double *own = strcmp(measure, "y") == 0      ? values.y
                            : strcmp(measure, "chg") == 0  ? values.change
                            : strcmp(measure, "pchg") == 0 ? values.percent
                                                           : values.baseline;
        struct als_summary s = als_summarise(values.n, own, ALS_QUANTILE_LINEAR, sorted);
        double scale = fabs(s.mean) + s.sd;
        if ((double)s.n != csv_number(&expected, k, "n") && strcmp(measure, "base") == 0)
            continue; /* of all patients, not of those seen at the visit */
        check("change: n", (double)s.n, csv_number(&expected, k, "n"), 1, 0, "%s", measure);
        const struct {
            const char *name;
            double value;
        } numbers[] = {{"mean", s.mean},
                       {"sd", s.sd},
                       {"se", s.se},
                       {"ci_lo", s.ci_low},
                       {"ci_hi", s.ci_high},
                       {"min", s.minimum},
                       {"q1_type7", s.q1},
                       {"median", s.median},
                       {"q3_type7", s.q3},
                       {"max", s.maximum},
                       {"q1_type2", als_quantile(s.n, sorted, 0.25, ALS_QUANTILE_STEP)},
                       {"q3_type2", als_quantile(s.n, sorted, 0.75, ALS_QUANTILE_STEP)}};
        for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
            check("change: mean, SD, SE, limits, quartiles", numbers[i].value,
                  csv_number(&expected, k, numbers[i].name), scale, 1e-12, "%s", numbers[i].name);
        struct als_t_test t = als_t_one_sample(values.n, own);
        check_relative("change: t", t.t, csv_number(&expected, k, "t"), 1e-11, measure);
        check("change: paired p", t.p, csv_number(&expected, k, "p_paired"),
              fmax(csv_number(&expected, k, "p_paired"), 1e-12), 1e-9, "%s", measure);
    }
    csv_free(&expected);
}

static void check_ancova(const struct visit_values *one, const struct visit_values *other,
                         const struct csv *expected, size_t k)
{
    static double x[2 * MOST * 3], y[2 * MOST], work[20 * MOST];
    static const double group[3] = {0, 1, 0};
    double scratch[3];
    size_t n = 0;
    for (size_t g = 0; g < 2; g++) {
        const struct visit_values *own = g ? one : other;
        for (size_t i = 0; i < own->n; i++, n++) {
            x[3 * n] = 1;
            x[3 * n + 1] = (double)g;
            x[3 * n + 2] = own->baseline[i];
            y[n] = own->change[i];
        }
    }
    struct als_regression fit = als_regress_fit(n, 3, x, y, work);
    struct als_estimate e = als_regress_contrast(&fit, group, scratch);
    double se = csv_number(expected, k, "ancova_se");
    check("change: ANCOVA difference (in SE)", e.estimate, csv_number(expected, k, "ancova_diff"),
          se, 1e-12, "row %zu", k);
    check_relative("change: ANCOVA SE", e.se, se, 1e-12, "");
    check_relative("change: ANCOVA p", e.p, csv_number(expected, k, "ancova_p"), 1e-10, "");
}

static void check_comparisons(void)
{
    struct csv expected = csv_read("expected", "change_compare");
    static struct visit_values one, other;
    static struct als_ranked ranked[2 * MOST];
    for (size_t k = 0; k < expected.n; k++) {
        const char *set = csv_text(&expected, k, "set"), *visit = csv_text(&expected, k, "visit");
        take_visit(set, visit, csv_text(&expected, k, "group"), &one);
        take_visit(set, visit, csv_text(&expected, k, "ref"), &other);
        const struct als_t_test tests[2] = {als_t_pooled(one.n, one.change, other.n, other.change),
                                            als_t_welch(one.n, one.change, other.n, other.change)};
        static const char *const names[2][5] = {
            {"t_pooled", "df_pooled", "p_pooled", "lo_pooled", "hi_pooled"},
            {"t_welch", "df_welch", "p_welch", "lo_welch", "hi_welch"}};
        for (size_t i = 0; i < 2; i++) {
            const double numbers[5] = {tests[i].t, tests[i].df, tests[i].p, tests[i].ci_low,
                                       tests[i].ci_high};
            for (size_t j = 0; j < 5; j++)
                check_relative("change: t tests of two groups", numbers[j],
                               csv_number(&expected, k, names[i][j]), 1e-11, names[i][j]);
        }
        double *workspace = calloc(als_rank_sum_workspace(one.n, other.n) + 1, sizeof *workspace);
        struct als_wilcoxon w =
            als_rank_sum(one.n, one.change, other.n, other.change, ranked, workspace);
        check("change: Wilcoxon W", w.statistic, csv_number(&expected, k, "wilcox_W"), 1, 0, "%s",
              set);
        check_relative("change: Wilcoxon p", w.p, csv_number(&expected, k, "wilcox_p_nocorr"),
                       1e-12, set);
        check_relative("change: Wilcoxon p", w.p_corrected,
                       csv_number(&expected, k, "wilcox_p_corr"), 1e-12, set);
        free(workspace);
        check_ancova(&one, &other, &expected, k);
    }
    csv_free(&expected);
}

void check_change(void)
{
    check_summaries();
    check_comparisons();
}

/* ---------------------------------------------------------------- before and after */

static void check_patient(const struct csv *data, const struct csv *expected, size_t k)
{
    double knot = csv_number(expected, k, "knot"), t[MOST], y[MOST], pre[MOST], post[MOST];
    double x[MOST * 3], work[20 * MOST], scratch[3];
    static const double change[3] = {0, -1, 1};
    const char *subject = csv_text(expected, k, "subj");
    size_t n = 0;
    for (size_t i = 0; i < data->n; i++) {
        double value = csv_number(data, i, "y");
        if (!csv_is(data, i, "subj", subject) || isnan(value))
            continue;
        t[n] = csv_number(data, i, "time");
        y[n] = value;
        pre[n] = t[n] <= knot ? value : NAN;
        post[n] = t[n] >= knot ? value : NAN;
        x[3 * n] = 1;
        x[3 * n + 1] = fmin(t[n] - knot, 0);
        x[3 * n + 2] = fmax(t[n] - knot, 0);
        n++;
    }
    struct als_ols before = als_ols_fit(n, t, pre), after = als_ols_fit(n, t, post);
    check("before and after: counts", (double)before.n, csv_number(expected, k, "n_pre"), 1, 0,
          "%s", subject);
    check("before and after: slopes", before.slope, csv_number(expected, k, "sep_pre_slope"),
          fmax(fabs(before.slope), 1e-2), 1e-11, "%s", subject);
    check("before and after: slopes", after.slope, csv_number(expected, k, "sep_post_slope"),
          fmax(fabs(after.slope), 1e-2), 1e-11, "%s", subject);
    if (isnan(csv_number(expected, k, "bs_change")))
        return;
    struct als_regression fit = als_regress_fit(n, 3, x, y, work);
    struct als_estimate e = als_regress_contrast(&fit, change, scratch);
    check("broken stick: change", e.estimate, csv_number(expected, k, "bs_change"),
          fmax(fabs(e.estimate), 1e-2), 1e-9, "%s", subject);
    if (!isnan(csv_number(expected, k, "bs_change_se")) && e.se > 0)
        check_relative("broken stick: SE", e.se, csv_number(expected, k, "bs_change_se"), 1e-9,
                       subject);
}

void check_prepost(void)
{
    struct csv expected = csv_read("expected", "prepost_patients");
    struct csv als = csv_read("data", "als_nfl"), sleep = csv_read("data", "sleepstudy");
    struct csv tests = csv_read("expected", "prepost_tests");
    for (size_t k = 0; k < expected.n; k++)
        check_patient(csv_is(&expected, k, "set", "als_nfl") ? &als : &sleep, &expected, k);
    for (size_t k = 0; k < tests.n; k++) {
        static double changes[MOST], workspace[1 << 22];
        static struct als_ranked ranked[MOST];
        size_t n = 0;
        for (size_t i = 0; i < expected.n; i++) {
            double own = csv_number(
                &expected, i, csv_is(&tests, k, "method", "sep") ? "sep_change" : "bs_change");
            if (csv_is(&expected, i, "set", csv_text(&tests, k, "set")) && !isnan(own))
                changes[n++] = own;
        }
        struct als_t_test t = als_t_one_sample(n, changes);
        check("paired tests: n", (double)n, csv_number(&tests, k, "n"), 1, 0, "%zu", k);
        check_relative("paired tests: mean, SE, t, p", t.difference,
                       csv_number(&tests, k, "mean_change"), 1e-11, "mean");
        check_relative("paired tests: mean, SE, t, p", t.se, csv_number(&tests, k, "se"), 1e-11,
                       "se");
        check_relative("paired tests: mean, SE, t, p", t.p, csv_number(&tests, k, "p"), 1e-11, "p");
        if (als_signed_rank_workspace(n) > sizeof workspace / sizeof workspace[0])
            continue;
        struct als_wilcoxon w = als_signed_rank(n, changes, ranked, workspace);
        check("paired tests: Wilcoxon V", w.statistic, csv_number(&tests, k, "wilcoxon_V"), 1, 0,
              "%zu", k);
        check_relative("paired tests: Wilcoxon p", w.p, csv_number(&tests, k, "wilcoxon_p_nocorr"),
                       1e-12, "");
        check_relative("paired tests: Wilcoxon p", w.p_corrected,
                       csv_number(&tests, k, "wilcoxon_p_corr"), 1e-12, "corrected");
    }
    csv_free(&expected);
    csv_free(&als);
    csv_free(&sleep);
    csv_free(&tests);
}
