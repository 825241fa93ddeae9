/* The cohort: standard analyses, as tables. */
#include <limits.h>
#include <string.h>

#include "alstrack/analysis/adverse.h"
#include "alstrack/analysis/change.h"
#include "alstrack/analysis/dose.h"
#include "alstrack/analysis/prepost.h"
#include "alstrack/analysis/slopes.h"
#include "alstrack/analysis/stages.h"
#include "alstrack/analysis/survival.h"
#include "pages.h"
#include "view.h"

/* What the filter at the top chose. */
struct choice {
    const char *analysis, *measure, *by;
};

typedef enum als_status run_fn(struct als_html *page, const struct choice *choice,
                               struct als_err *err);

static enum als_status show(struct als_html *page, struct als_table *table, const char *caption,
                            enum als_status status)
{
    if (status)
        return status;
    als_view_table(page, table, caption);
    als_table_free(table);
    return ALS_OK;
}

static enum als_status run_slopes(struct als_html *page, const struct choice *choice,
                                  struct als_err *err)
{
    const struct als_slopes_options options = {
        .measure = choice->measure, .by = choice->by, .from_day = INT_MIN, .to_day = INT_MAX};
    struct als_table *table = NULL;
    struct als_arena *arena = page->request->arena;
    als_view_chart(page,
                   als_url(arena, "/cohort/chart.svg?measure={}&by={}",
                           choice->measure ? choice->measure : "", choice->by ? choice->by : "",
                           NULL),
                   "Curves of all patients and their mean; the slopes are in the table below");
    return show(page, table, "Slopes per month",
                als_analyze_slopes(page->request->store, &options, &table, err));
}

static enum als_status run_change(struct als_html *page, const struct choice *choice,
                                  struct als_err *err)
{
    const struct als_change_options options = {.measure = choice->measure, .by = choice->by};
    struct als_table *table = NULL;
    enum als_status status = als_analyze_change(page->request->store, &options, &table, err);
    return show(page, table, "Values and change by visit", status);
}

static enum als_status run_prepost(struct als_html *page, const struct choice *choice,
                                   struct als_err *err)
{
    const struct als_prepost_options options = {.measure = choice->measure, .by = choice->by};
    struct als_table *table = NULL;
    enum als_status status = als_analyze_prepost(page->request->store, &options, &table, err);
    return show(page, table, "Before and after treatment", status);
}

static enum als_status run_survival(struct als_html *page, const struct choice *choice,
                                    struct als_err *err)
{
    const struct als_survival_options options = {.endpoint = "death", .by = choice->by};
    struct als_result result;
    enum als_status status = als_analyze_survival(page->request->store, &options, &result, err);
    if (status)
        return status;
    als_view_result(page, &result, "Survival");
    als_result_release(&result);
    return ALS_OK;
}

static enum als_status run_stages(struct als_html *page, const struct choice *choice,
                                  struct als_err *err)
{
    const struct als_stages_options options = {.by = choice->by};
    struct als_result result;
    enum als_status status = als_analyze_stages(page->request->store, &options, &result, err);
    if (status)
        return status;
    als_view_result(page, &result, "Stages by visit");
    als_result_release(&result);
    return ALS_OK;
}

static enum als_status run_adverse(struct als_html *page, const struct choice *choice,
                                   struct als_err *err)
{
    const struct als_adverse_options options = {.by = choice->by};
    struct als_table *table = NULL;
    enum als_status status =
        als_analyze_adverse(page->request->store, &options, page->request->today, &table, err);
    return show(page, table, "Adverse events", status);
}

static enum als_status run_dose(struct als_html *page, const struct choice *choice,
                                struct als_err *err)
{
    struct als_table *table = NULL;
    (void)choice;
    enum als_status status =
        als_analyze_dose(page->request->store, page->request->today, &table, err);
    return show(page, table, "Dose cohorts", status);
}

static const struct {
    const char *name, *label;
    run_fn *run;
} analyses[] = {
    {"slopes", "Slopes", run_slopes},
    {"change", "Change by visit", run_change},
    {"prepost", "Before and after", run_prepost},
    {"survival", "Survival", run_survival},
    {"stages", "Stages", run_stages},
    {"ae", "Adverse events", run_adverse},
    {"dose", "Dose cohorts", run_dose},
};
#define ANALYSES (sizeof analyses / sizeof *analyses)

static void write_measures(struct als_html *page, const struct choice *choice)
{
    const struct als_store *store = page->request->store;
    struct als_arena *arena = page->request->arena;
    size_t n = 1, room = 1;
    for (size_t i = 0; i < als_store_instrument_count(store); i++)
        room += als_store_instrument(store, i)->n_scores;
    struct als_input_choice *choices = als_arena_array(arena, room, sizeof *choices);
    choices[0] = (struct als_input_choice){"", "the protocol's", NULL};
    for (size_t i = 0; i < als_store_instrument_count(store); i++) {
        const struct als_instrument *instrument = als_store_instrument(store, i);
        for (size_t k = 0; k < instrument->n_scores; k++)
            choices[n++] = (struct als_input_choice){
                als_arena_printf(arena, "%s.%s", instrument->code, instrument->scores[k].code),
                instrument->scores[k].label, NULL};
    }
    als_input_select(
        page, &(struct als_input){.name = "measure", .label = "Measure", .value = choice->measure},
        choices, n);
}

static void write_filter(struct als_html *page, const struct choice *choice)
{
    static const struct als_input_choice factors[] = {
        {"", "nobody apart", NULL}, {"arm", "arm", NULL}, {"cohort", "cohort", NULL},
        {"site", "site", NULL},     {"sex", "sex", NULL}, {"onset_site", "site of onset", NULL}};
    struct als_input_choice names[ANALYSES];
    for (size_t i = 0; i < ANALYSES; i++)
        names[i] = (struct als_input_choice){analyses[i].name, analyses[i].label, NULL};
    als_html_filter(page, "/cohort");
    als_input_select(
        page,
        &(struct als_input){.name = "analysis", .label = "Analysis", .value = choice->analysis},
        names, ANALYSES);
    write_measures(page, choice);
    als_input_select(page, &(struct als_input){.name = "by", .label = "By", .value = choice->by},
                     factors, sizeof factors / sizeof *factors);
    als_html_buttons(page);
    als_input_button(page, "Show", NULL, NULL);
    als_html_buttons_end(page);
    als_html_form_end(page);
}

enum als_status als_page_cohort(struct als_request *request, struct als_response *response,
                                struct als_err *err)
{
    struct choice choice = {.analysis = als_request_chosen(request, "analysis"),
                            .measure = als_request_chosen(request, "measure"),
                            .by = als_request_chosen(request, "by")};
    struct als_html page;
    size_t i = 0;
    while (choice.analysis && i < ANALYSES && strcmp(analyses[i].name, choice.analysis) != 0)
        i++;
    if (i == ANALYSES)
        return als_fail(err, ALS_USAGE, "E-NAME", "there is no analysis '%s'", choice.analysis);
    als_html_begin(&page, request, response, "Cohort");
    page.wide = true;
    als_html_body(&page);
    write_filter(&page, &choice);
    als_html_element(&page, "h2", analyses[i].label, NULL);
    enum als_status status = analyses[i].run(&page, &choice, err);
    if (!status)
        als_html_end(&page);
    return status;
}
