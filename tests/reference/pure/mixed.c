/* Mixed models: every fit of expected/mixed_*.csv, singular fits, and what is not identifiable. */
#include "alstrack/stat/lmm.h"
#include "reference.h"

enum { MOST_TERMS = 8 };

struct model {
    struct csv data;
    const char *terms[MOST_TERMS];
    size_t p, q, n, n_subjects;
    size_t *first, *row; /* row of the data set of each subject's first value */
    double *x, *z, *y;
    void *work;
    struct als_lmm fit;
};

/* Rows of a data set come subject by subject; those without y are left out. */
static void fill(struct model *model, const char *set, size_t q)
{
    model->data = csv_read("data", set);
    size_t n = model->data.n;
    model->q = q;
    model->first = calloc(n + 2, sizeof(size_t));
    model->row = calloc(n + 2, sizeof(size_t));
    model->y = calloc(n, sizeof(double));
    model->x = calloc(n * MOST_TERMS, sizeof(double));
    model->z = calloc(n * 2, sizeof(double));
    for (size_t i = 0; i < n; i++) {
        double y = csv_number(&model->data, i, "y");
        if (isnan(y))
            continue;
        bool next = model->n_subjects == 0 ||
                    !csv_is(&model->data, i, "subj",
                            csv_text(&model->data, model->row[model->n_subjects - 1], "subj"));
        if (next)
            model->row[model->n_subjects++] = i;
        for (size_t k = 0; k < model->p; k++)
            model->x[model->n * model->p + k] = term_value(model->terms[k], &model->data, i);
        model->z[model->n * q] = 1;
        if (q == 2)
            model->z[model->n * q + 1] = csv_number(&model->data, i, "time");
        model->y[model->n++] = y;
        model->first[model->n_subjects] = model->n;
    }
}

static void fit(struct model *model, const char *structure, const char *method)
{
    struct als_lmm_data data = {model->n_subjects, model->first, model->p, model->q,
                                model->y,          model->x,     model->z};
    model->work = malloc(als_lmm_workspace(model->n_subjects, model->p, model->q));
    model->fit =
        als_lmm_fit(&data, strcmp(structure, "diag") == 0 ? ALS_LMM_DIAGONAL : ALS_LMM_UNSTRUCTURED,
                    strcmp(method, "ML") == 0 ? ALS_LMM_ML : ALS_LMM_REML, model->work);
}

static void release(struct model *model)
{
    free(model->first);
    free(model->row);
    free(model->x);
    free(model->z);
    free(model->y);
    free(model->work);
    csv_free(&model->data);
}

static bool is_same_model(const struct csv *one, size_t i, const struct csv *other, size_t k)
{
    static const char *const keys[] = {"set", "model", "method"};
    for (size_t c = 0; c < 3; c++)
        if (!csv_is(one, i, keys[c], csv_text(other, k, keys[c])))
            return false;
    return true;
}

/* Terms of model i, in order. */
static void take_terms(struct model *model, const struct csv *fits, size_t i,
                       const struct csv *fixed)
{
    for (size_t k = 0; k < fixed->n; k++)
        if (is_same_model(fits, i, fixed, k))
            model->terms[model->p++] = csv_text(fixed, k, "term");
}

static void check_fixed(const struct model *model, const struct csv *fits, size_t i,
                        const struct csv *fixed, const char *where)
{
    size_t term = 0;
    for (size_t k = 0; k < fixed->n; k++) {
        if (!is_same_model(fits, i, fixed, k))
            continue;
        double combination[MOST_TERMS] = {0};
        combination[term++] = 1;
        struct als_estimate e = als_lmm_contrast(&model->fit, combination);
        double se = csv_number(fixed, k, "se");
        check("mixed: fixed effects (in SE)", e.estimate, csv_number(fixed, k, "estimate"), se,
              1e-10, "%s", where);
        check_relative("mixed: SE", e.se, se, 1e-9, where);
        check_relative("mixed: Satterthwaite df", e.df, csv_number(fixed, k, "df_satterthwaite"),
                       1e-6, where);
    }
}

static double variance_named(const struct als_lmm *fit, const char *name, double *se, double *scale)
{
    double s11 = sqrt(fit->g[0][0]), s22 = fit->q > 1 ? sqrt(fit->g[1][1]) : NAN;
    if (strcmp(name, "var_intercept") == 0)
        return *se = fit->g_se[0][0], *scale = s11 * s11;
    if (strcmp(name, "var_slope") == 0)
        return *se = fit->g_se[1][1], *scale = s22 * s22;
    if (strcmp(name, "cov_int_slope") == 0) {
        *se = fit->g_se[0][1];
        *scale = s11 * s22;
        return fit->g[0][1];
    }
    *se = NAN;
    *scale = 1;
    if (strcmp(name, "corr") == 0)
        return fit->g[0][1] / (s11 * s22);
    if (strcmp(name, "icc") == 0)
        return s11 * s11 / (s11 * s11 + fit->residual_variance);
    *se = fit->residual_variance_se;
    return *scale = fit->residual_variance;
}

static void check_variances(const struct model *model, const struct csv *fits, size_t i,
                            const struct csv *variances, const char *where)
{
    for (size_t k = 0; k < variances->n; k++) {
        if (!is_same_model(fits, i, variances, k))
            continue;
        double se, scale;
        double value = variance_named(&model->fit, csv_text(variances, k, "name"), &se, &scale);
        check("mixed: variances, covariance", value, csv_number(variances, k, "value"), scale, 1e-9,
              "%s %s", where, csv_text(variances, k, "name"));
        double expected = csv_number(variances, k, "se_obsinfo");
        check_relative("mixed: SE of variances", se, expected, 1e-8, where);
    }
}

static void check_blups(const struct model *model, const struct csv *fits, size_t i,
                        const struct csv *blups, const char *where)
{
    static const char *const effects[] = {"int", "slope"};
    size_t subject = 0;
    for (size_t k = 0; k < blups->n; k++) {
        if (!is_same_model(fits, i, blups, k))
            continue;
        while (subject < model->n_subjects &&
               !csv_is(&model->data, model->row[subject], "subj", csv_text(blups, k, "subj")))
            subject++;
        for (size_t effect = 0; effect < model->q; effect++) {
            double random[2] = {effect == 0, effect == 1};
            char column[32];
            struct als_lmm_prediction own = als_lmm_subject(&model->fit, subject, NULL, random);
            double sd = sqrt(model->fit.g[effect][effect]);
            snprintf(column, sizeof column, "b_%s", effects[effect]);
            check("mixed: BLUPs (in SD)", own.value, csv_number(blups, k, column), sd, 1e-9, "%s",
                  where);
            snprintf(column, sizeof column, "condsd_%s", effects[effect]);
            check_relative("mixed: conditional SD", own.conditional_sd,
                           csv_number(blups, k, column), 1e-9, where);
            snprintf(column, sizeof column, "sepred_%s", effects[effect]);
            check_relative("mixed: SE of prediction", own.se, csv_number(blups, k, column), 1e-9,
                           where);
        }
    }
}

void check_mixed(void)
{
    struct csv fits = csv_read("expected", "mixed_fit"),
               fixed = csv_read("expected", "mixed_fixed");
    struct csv variances = csv_read("expected", "mixed_variance");
    struct csv blups = csv_read("expected", "mixed_blup");
    for (size_t i = 0; i < fits.n; i++) {
        struct model model = {0};
        char where[128];
        const char *structure = csv_text(&fits, i, "struct");
        snprintf(where, sizeof where, "%s %s %s", csv_text(&fits, i, "set"),
                 csv_text(&fits, i, "model"), csv_text(&fits, i, "method"));
        take_terms(&model, &fits, i, &fixed);
        fill(&model, csv_text(&fits, i, "set"), strcmp(structure, "ri") == 0 ? 1 : 2);
        fit(&model, structure, csv_text(&fits, i, "method"));
        check("mixed: counts", (double)model.fit.n, csv_number(&fits, i, "nobs"), 1, 0, "%s",
              where);
        check("mixed: log-likelihood (absolute)", model.fit.log_likelihood,
              csv_number(&fits, i, "logLik"), 1, 1e-8, "%s", where);
        check("mixed: AIC (absolute)", model.fit.aic, csv_number(&fits, i, "AIC_R"), 1, 2e-8, "%s",
              where);
        check_fixed(&model, &fits, i, &fixed, where);
        check_variances(&model, &fits, i, &variances, where);
        check_blups(&model, &fits, i, &blups, where);
        release(&model);
    }
    csv_free(&fits);
    csv_free(&fixed);
    csv_free(&variances);
    csv_free(&blups);
}

void check_singular(void)
{
    struct csv fits = csv_read("expected", "singular_fit");
    struct csv fixed = csv_read("expected", "singular_fixed");
    struct csv variances = csv_read("expected", "singular_variance");
    for (size_t i = 0; i < fits.n; i++) {
        struct model model = {.terms = {"(Intercept)", "time"}, .p = 2};
        const char *where = csv_text(&fits, i, "set");
        fill(&model, where, 2);
        fit(&model, "us", csv_text(&fits, i, "method"));
        check("singular: is recognised", model.fit.singular, 1, 1, 0, "%s", where);
        check("singular: log-likelihood (absolute)", model.fit.log_likelihood,
              csv_number(&fits, i, "logLik"), 1, 1e-6, "%s", where);
        size_t term = 0;
        for (size_t k = 0; k < fixed.n; k++) {
            if (!is_same_model(&fits, i, &fixed, k))
                continue;
            double combination[2] = {term == 0, term == 1}, se = csv_number(&fixed, k, "se");
            struct als_estimate e = als_lmm_contrast(&model.fit, combination);
            check("singular: fixed effects (in SE)", e.estimate, csv_number(&fixed, k, "estimate"),
                  se, 1e-6, "%s", where);
            check_relative("singular: SE", e.se, se, 1e-6, where);
            term++;
        }
        for (size_t k = 0; k < variances.n; k++) {
            if (!is_same_model(&fits, i, &variances, k))
                continue;
            double se, scale;
            double value = variance_named(&model.fit, csv_text(&variances, k, "name"), &se, &scale);
            check("singular: variances", value, csv_number(&variances, k, "value"), scale, 1e-6,
                  "%s", where);
        }
        release(&model);
    }
    csv_free(&fits);
    csv_free(&fixed);
    csv_free(&variances);
    struct model model = {.terms = {"(Intercept)", "time"}, .p = 2};
    fill(&model, "unident_orthodont2", 2);
    fit(&model, "us", "REML");
    check("not identifiable: is refused", model.fit.status, ALS_LMM_NOT_IDENTIFIABLE, 1, 0,
          "unident");
    release(&model);
}
