/* One patient: registration, curve, slope, visits, events, adverse events. */
#include <limits.h>
#include <string.h>

#include "alstrack/analysis/slopes.h"
#include "alstrack/analysis/visits.h"
#include "alstrack/core/num.h"
#include "pages.h"
#include "signatures.h"
#include "view.h"

static void write_facts(struct als_html *page, const struct als_patient *patient)
{
    struct als_arena *arena = page->request->arena;
    als_html_markup(page, "<dl class=\"strip\">");
    als_view_fact(page, "Site", patient->site);
    als_view_fact(page, "Sex", patient->sex);
    als_view_fact(page, "Born", patient->birth_date);
    if (patient->height_cm > 0)
        als_view_fact(page, "Height", als_arena_printf(arena, "%g cm", patient->height_cm));
    als_view_fact(page, "Arm", patient->arm);
    als_view_fact(page, "Cohort", patient->cohort);
    als_view_fact(page, "Onset", patient->onset_site);
    als_html_markup(page, "</dl>\n");
}

/* Further pages of the patient. */
static void write_ways(struct als_html *page, const char *patient)
{
    static const struct {
        const char *url, *text;
    } ways[] = {
        {"/patients/{}/edit", "Correct the registration"},
        {"/patients/{}/eligibility", "Eligibility"},
        {"/queries?patient={}", "Queries"},
        {"/audit?patient={}", "What was changed"},
    };
    als_html_markup(page, "<ul class=\"ways\">");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        als_html_way(page, als_url(page->request->arena, ways[i].url, patient, NULL), ways[i].text);
    als_html_markup(page, "</ul>\n");
}

/* ---- The curve ---- */

static void write_chart(struct als_html *page, const char *patient, const char *measure)
{
    struct als_arena *arena = page->request->arena;
    als_view_chart(
        page,
        measure ? als_url(arena, "/patients/{}/chart.svg?measure={}", patient, measure, NULL)
                : als_url(arena, "/patients/{}/chart.svg", patient, NULL),
        als_arena_printf(arena,
                         "Progression of %s: the values are in the tables below and in the export",
                         patient));
}

static enum als_status write_slope(struct als_html *page, const char *patient, const char *measure,
                                   struct als_err *err)
{
    const struct als_slopes_options options = {
        .measure = measure, .patient = patient, .from_day = INT_MIN, .to_day = INT_MAX};
    struct als_table *table;
    enum als_status status = als_analyze_slopes(page->request->store, &options, &table, err);
    if (status)
        return status;
    als_view_table(page, table, "Rate of change per month");
    als_table_free(table);
    return ALS_OK;
}

/* Measures that a chart can be drawn of: each instrument's main score. */
static void write_measures(struct als_html *page, const char *patient, const char *chosen)
{
    const struct als_store *store = page->request->store;
    struct als_arena *arena = page->request->arena;
    const char *current = chosen ? chosen : als_store_protocol(store)->measure;
    als_html_markup(page, "<nav aria-label=\"Measure\" class=\"tabs\"><ul>");
    for (size_t i = 0; i < als_store_instrument_count(store); i++) {
        const struct als_instrument *instrument = als_store_instrument(store, i);
        if (!instrument->main_score || instrument->n_scores == 0)
            continue;
        const char *measure =
            als_arena_printf(arena, "%s.%s", instrument->code, instrument->main_score);
        als_html_markup(page, "<li>");
        als_html_element(page, "a",
                         instrument->short_title ? instrument->short_title : instrument->title,
                         "href", als_url(arena, "/patients/{}?measure={}", patient, measure, NULL),
                         "aria-current", current && strcmp(current, measure) == 0 ? "true" : NULL);
        als_html_markup(page, "</li>");
    }
    als_html_markup(page, "</ul></nav>\n");
}

/* ---- Visits ---- */

static const char *deviation(const struct als_request *request, const struct als_visit_row *row)
{
    if (row->target == ALS_NO_DAY || row->actual == ALS_NO_DAY)
        return "";
    const char *from_target = als_arena_printf(request->arena, "%+d d", row->offset_days);
    if (row->outside_days == 0)
        return from_target;
    return als_arena_printf(request->arena, "%s, %d outside", from_target,
                            row->outside_days < 0 ? -row->outside_days : row->outside_days);
}

static void write_visit(struct als_html *page, const char *patient, const struct als_visit_row *row,
                        const struct als_visit *recorded)
{
    struct als_request *request = page->request;
    als_html_row(page);
    als_html_head(page, als_url(request->arena, "/patients/{}/visits/{}", patient, row->code, NULL),
                  row->plan ? als_arena_printf(request->arena, "%s %s", row->code, row->plan->label)
                            : row->code);
    als_html_cell_begin(page);
    als_view_status(page, row, recorded != NULL);
    als_html_cell_end(page);
    als_html_cell(page, als_view_day(request, row->actual));
    als_html_cell(page, als_view_day(request, row->target));
    als_html_cell(page, row->target == ALS_NO_DAY
                            ? ""
                            : als_arena_printf(request->arena, "%s to %s",
                                               als_view_day(request, row->window_from),
                                               als_view_day(request, row->window_to)));
    als_html_cell(page, deviation(request, row));
    als_html_cell(page, recorded ? recorded->mode : NULL);
    als_html_cell(page, recorded ? recorded->reason : NULL);
}

static enum als_status write_visits(struct als_html *page, const struct als_patient *patient,
                                    struct als_err *err)
{
    struct als_request *request = page->request;
    struct als_visit_plan_of plan;
    enum als_status status =
        als_visit_plan_load(request->store, patient, request->today, request->arena, &plan, err);
    if (status)
        return status;
    als_html_element(page, "h2", "Visits", NULL);
    als_html_table(page, "Visits of the plan, and others", "Visit", "State", "Date", "Target",
                   "Window", "Deviation", "Mode", "Reason");
    for (size_t i = 0; i < plan.n_rows; i++)
        write_visit(page, patient->patient, &plan.rows[i],
                    als_visit_recorded(request->store, plan.visits.items, plan.visits.count,
                                       plan.rows[i].code));
    als_html_table_end(page);
    return ALS_OK;
}

/* ---- Events and adverse events ---- */

static void way(struct als_html *page, const char *url, const char *text)
{
    als_html_markup(page, "<ul class=\"ways\">");
    als_html_way(page, url, text);
    als_html_markup(page, "</ul>");
}

static enum als_status write_events(struct als_html *page, const struct als_patient *patient,
                                    struct als_err *err)
{
    struct als_request *request = page->request;
    struct als_event_list events;
    char value[ALS_NUM_TEXT];
    enum als_status status =
        als_event_load(request->store, patient->id, request->arena, &events, err);
    if (status)
        return status;
    als_html_element(page, "h2", "Events", NULL);
    if (events.count) {
        als_html_table(page, "Milestones, in order of date", "Event", "Date", "#Value", "Unit",
                       "Note");
        for (size_t i = 0; i < events.count; i++) {
            const struct als_event *event = &events.items[i];
            als_html_row(page);
            als_html_head(page,
                          als_url(request->arena, "/patients/{}/events/{}/{}", patient->patient,
                                  event->event, event->date, NULL),
                          event->event);
            als_html_cell(page, event->date);
            als_num_format(event->value, value);
            als_html_number(page, value);
            als_html_cell(page, event->unit);
            als_html_cell(page, event->note);
        }
        als_html_table_end(page);
    }
    way(page, als_url(request->arena, "/patients/{}/events/new", patient->patient, NULL),
        "Add an event");
    return ALS_OK;
}

static enum als_status write_adverse_events(struct als_html *page,
                                            const struct als_patient *patient, struct als_err *err)
{
    struct als_request *request = page->request;
    struct als_adverse_event_list list;
    enum als_status status =
        als_adverse_event_load(request->store, patient->id, request->arena, &list, err);
    if (status)
        return status;
    als_html_element(page, "h2", "Adverse events", NULL);
    if (list.count) {
        als_html_table(page, "Adverse events, in order of onset", "Term", "Onset", "End", "#Grade",
                       "Serious", "Relation", "Outcome", "Visit");
        for (size_t i = 0; i < list.count; i++) {
            const struct als_adverse_event *ae = &list.items[i];
            als_html_row(page);
            als_html_head(
                page,
                als_url(request->arena, "/patients/{}/ae/{}", patient->patient, ae->ae_id, NULL),
                ae->term);
            als_html_cell(page, ae->onset);
            als_html_cell(page, ae->end);
            als_html_number(page, ae->grade == ALS_UNSAID
                                      ? ""
                                      : als_arena_printf(request->arena, "%d", ae->grade));
            als_html_cell(page, ae->serious == ALS_UNSAID ? "" : ae->serious ? "yes" : "no");
            als_html_cell(page, ae->relation);
            als_html_cell(page, ae->outcome);
            als_html_cell(page,
                          ae->visit_no ? als_store_visit_code(request->store, ae->visit_no) : NULL);
        }
        als_html_table_end(page);
    }
    way(page, als_url(request->arena, "/patients/{}/ae/new", patient->patient, NULL),
        "Add an adverse event");
    return ALS_OK;
}

enum als_status als_page_patient(struct als_request *request, struct als_response *response,
                                 struct als_err *err)
{
    const char *measure = als_request_chosen(request, "measure");
    struct als_patient patient;
    struct als_html page;
    enum als_status status = als_patient_get(request->store, als_request_part(request, "patient"),
                                             request->arena, &patient, err);
    if (status)
        return status;
    als_html_begin(&page, request, response,
                   als_arena_printf(request->arena, "Patient %s", patient.patient));
    als_html_crumb(&page, "/patients", "Patients");
    page.wide = true;
    als_html_body(&page);
    write_facts(&page, &patient);
    write_ways(&page, patient.patient);
    als_html_element(&page, "h2", "Progression", NULL);
    write_measures(&page, patient.patient, measure);
    write_chart(&page, patient.patient, measure);
    status = write_slope(&page, patient.patient, measure, err);
    if (!status)
        status = write_visits(&page, &patient, err);
    if (!status)
        status = write_events(&page, &patient, err);
    if (!status)
        status = write_adverse_events(&page, &patient, err);
    if (status)
        return status;
    als_html_signatures(&page, &(struct als_scope){.patient_id = patient.id},
                        "Sign all that is stored of this patient");
    als_html_end(&page);
    return ALS_OK;
}
