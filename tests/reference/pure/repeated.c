/* Repeated measures with unstructured covariance: expected/repeated_*.csv. */
#include "alstrack/stat/repeated.h"
#include "reference.h"

enum { MOST_TERMS = 16, VISITS = 4 };

/* orthodont has its visits as ages, fev as VIS1 to VIS4. */
static const char *visit_name(const struct csv *data, size_t row, const char *set)
{
    return csv_text(data, row, strcmp(set, "fev") == 0 ? "visit" : "time");
}
static const char *const visits[2][VISITS] = {{"8", "10", "12", "14"},
                                              {"VIS1", "VIS2", "VIS3", "VIS4"}};

struct repeated_model {
    struct csv data;
    size_t n, n_subjects, p;
    const char *terms[MOST_TERMS];
    size_t *first, *visit, *row;
    double *z, *y;
    ptrdiff_t column[VISITS * MOST_TERMS];
    void *work;
    struct als_repeated fit;
};

static size_t visit_number(const struct repeated_model *model, size_t row, const char *set)
{
    size_t i = 0;
    const char *const *names = visits[strcmp(set, "fev") == 0];
    while (strcmp(names[i], visit_name(&model->data, row, set)) != 0)
        i++;
    return i;
}

/* The visit that a term is of; -1: every one. */
static ptrdiff_t visit_of_term(const char *term, const char *set)
{
    const char *at = strstr(term, "visit");
    if (!at)
        return -1;
    size_t length = strcspn(at + 5, ":");
    for (ptrdiff_t i = 0; i < VISITS; i++) {
        const char *name = visits[strcmp(set, "fev") == 0][i];
        if (strlen(name) == length && strncmp(name, at + 5, length) == 0)
            return i;
    }
    return -1;
}

/* The rest of a term is the same at every visit of a patient. */
static double value_without_visit(const char *term, const struct csv *data, size_t row)
{
    char rest[128] = "", text[128];
    snprintf(text, sizeof text, "%s", term);
    for (char *part = strtok(text, ":"); part; part = strtok(NULL, ":")) {
        if (strncmp(part, "visit", 5) == 0)
            continue;
        size_t length = strlen(rest);
        snprintf(rest + length, sizeof rest - length, "%s%s", length ? ":" : "", part);
    }
    return *rest ? term_value(rest, data, row) : 1;
}

static void fill(struct repeated_model *model, const char *set)
{
    model->data = csv_read("data", set);
    size_t n = model->data.n, last = 0;
    model->first = calloc(n + 2, sizeof(size_t));
    model->visit = calloc(n, sizeof(size_t));
    model->row = calloc(n, sizeof(size_t));
    model->y = calloc(n, sizeof(double));
    model->z = calloc(n * MOST_TERMS, sizeof(double));
    for (size_t i = 0; i < n; i++) {
        double y = csv_number(&model->data, i, "y");
        if (isnan(y))
            continue;
        if (model->n == 0 || !csv_is(&model->data, i, "subj", csv_text(&model->data, last, "subj")))
            model->n_subjects++;
        last = i;
        for (size_t k = 0; k < model->p; k++)
            model->z[(model->n_subjects - 1) * model->p + k] =
                value_without_visit(model->terms[k], &model->data, i);
        model->visit[model->n] = visit_number(model, i, set);
        model->row[model->n] = i;
        model->y[model->n++] = y;
        model->first[model->n_subjects] = model->n;
    }
}

static bool is_model(const struct csv *csv, size_t row, const char *set, const char *method)
{
    return csv_is(csv, row, "model", set) && csv_is(csv, row, "method", method);
}

/* Weights of an adjusted mean: equal over sexes and races, at the visit and group. */
static void adjusted(const struct repeated_model *model, const char *visit, const char *group,
                     double sign, double *weights)
{
    for (size_t k = 0; k < model->p; k++) {
        char text[128];
        double product = sign;
        snprintf(text, sizeof text, "%s", model->terms[k]);
        for (char *at = text; at;) {
            char *colon = strchr(at, ':');
            if (colon)
                *colon++ = '\0';
            if (strncmp(at, "visit", 5) == 0)
                product *= strcmp(at + 5, visit) == 0;
            else if (strncmp(at, "group", 5) == 0)
                product *= strcmp(at + 5, group) == 0;
            else if (strncmp(at, "race", 4) == 0)
                product /= 3;
            else if (strncmp(at, "sex", 3) == 0)
                product /= 2;
            at = colon;
        }
        weights[k] += product;
    }
}

static void check_means(const struct repeated_model *model, const char *set, const char *method)
{
    struct csv means = csv_read("expected", "repeated_lsmeans");
    for (size_t k = 0; k < means.n; k++) {
        if (!is_model(&means, k, set, method))
            continue;
        double weights[MOST_TERMS] = {0};
        bool is_fev = strcmp(set, "fev") == 0;
        const char *visit = csv_text(&means, k, "visit");
        if (csv_is(&means, k, "what", "diff")) {
            adjusted(model, visit, is_fev ? "TRT" : "Male", 1, weights);
            adjusted(model, visit, is_fev ? "PBO" : "Female", -1, weights);
        } else {
            adjusted(model, visit, csv_text(&means, k, "group"), 1, weights);
        }
        struct als_estimate e = als_repeated_contrast(&model->fit, weights);
        double se = csv_number(&means, k, "se");
        check("repeated: adjusted means (in SE)", e.estimate, csv_number(&means, k, "estimate"), se,
              1e-8, "%s %s", set, method);
        check_relative("repeated: SE of adjusted means", e.se, se, 1e-8, set);
        check_relative("repeated: df of adjusted means", e.df,
                       csv_number(&means, k, "df_satterthwaite"), 1e-6, set);
    }
    csv_free(&means);
}

static void check_one(const char *set, const char *method)
{
    struct repeated_model model = {0};
    struct csv fits = csv_read("expected", "repeated_fit");
    struct csv fixed = csv_read("expected", "repeated_fixed");
    struct csv covariances = csv_read("expected", "repeated_cov");
    for (size_t k = 0; k < fixed.n; k++)
        if (is_model(&fixed, k, set, method))
            model.terms[model.p++] = csv_text(&fixed, k, "term");
    fill(&model, set);
    for (size_t v = 0; v < VISITS; v++) {
        for (size_t k = 0; k < model.p; k++) {
            ptrdiff_t own = visit_of_term(model.terms[k], set);
            model.column[v * model.p + k] = own < 0 || own == (ptrdiff_t)v ? (ptrdiff_t)k : -1;
        }
    }
    struct als_repeated_data data = {model.n_subjects, model.first, VISITS,
                                     model.p,          model.visit, model.y,
                                     model.p,          model.z,     model.column};
    model.work = malloc(als_repeated_workspace(&data));
    model.fit = als_repeated_fit(&data, ALS_REPEATED_UNSTRUCTURED,
                                 strcmp(method, "ML") == 0 ? ALS_LMM_ML : ALS_LMM_REML, model.work);
    for (size_t i = 0; i < fits.n; i++)
        if (is_model(&fits, i, set, method))
            check("repeated: log-likelihood (absolute)", model.fit.log_likelihood,
                  csv_number(&fits, i, "logLik"), 1, 1e-8, "%s %s", set, method);
    size_t term = 0;
    for (size_t k = 0; k < fixed.n; k++) {
        if (!is_model(&fixed, k, set, method))
            continue;
        double combination[MOST_TERMS] = {0}, se = csv_number(&fixed, k, "se");
        combination[term++] = 1;
        struct als_estimate e = als_repeated_contrast(&model.fit, combination);
        check("repeated: fixed effects (in SE)", e.estimate, csv_number(&fixed, k, "estimate"), se,
              1e-8, "%s %s", set, method);
        check_relative("repeated: SE", e.se, se, 1e-8, set);
        check_relative("repeated: Satterthwaite df", e.df,
                       csv_number(&fixed, k, "df_satterthwaite"), 1e-6, set);
    }
    for (size_t k = 0; k < covariances.n; k++) {
        if (!is_model(&covariances, k, set, method))
            continue;
        size_t a = (size_t)csv_number(&covariances, k, "v1") - 1;
        size_t b = (size_t)csv_number(&covariances, k, "v2") - 1;
        const double *s = model.fit.covariance;
        check("repeated: covariances", s[a * VISITS + b], csv_number(&covariances, k, "cov"),
              sqrt(s[a * VISITS + a] * s[b * VISITS + b]), 1e-8, "%s %s", set, method);
    }
    check_means(&model, set, method);
    free(model.first);
    free(model.visit);
    free(model.row);
    free(model.z);
    free(model.y);
    free(model.work);
    csv_free(&model.data);
    csv_free(&fits);
    csv_free(&fixed);
    csv_free(&covariances);
}

void check_repeated(void)
{
    check_one("orthodont", "REML");
    check_one("orthodont", "ML");
    check_one("fev", "REML");
    check_one("fev", "ML");
}
