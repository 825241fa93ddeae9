/*
 * What the pages about a patient and about one visit share: whose they are, when the visit is due,
 * how it went, and what may be written.
 */
#ifndef ALSTRACK_WEB_VISIT_VIEW_H
#define ALSTRACK_WEB_VISIT_VIEW_H

#include "alstrack/schedule/schedule.h"
#include "alstrack/store/lock.h"
#include "alstrack/store/people.h"
#include "alstrack/store/record.h"
#include "page.h"

struct als_visit_view {
    struct als_patient patient;
    const char *code;
    int visit_no;                      /* 0: an extra visit that the study does not have yet */
    const struct als_visit_plan *plan; /* NULL: an extra visit */
    struct als_event_list events;
    struct als_patient_facts facts;
    const struct als_visit_row *rows; /* the patient's schedule */
    size_t n_rows;
    const struct als_visit_row *row; /* this visit's; NULL: an extra one without a record */
    bool there;                      /* recorded */
    struct als_visit stored;
    const char *title; /* "MN6, Visit VII" */
};

/* Of the parts {patient} and {visit} of the path; everything in the request's arena. ALS_NO_INPUT
 * when there is no such patient or visit. */
ALS_CHECKED enum als_status als_visit_view_load(struct als_request *request,
                                                struct als_visit_view *view, struct als_err *err);
/* The same for a code. */
ALS_CHECKED enum als_status als_visit_view_find(struct als_request *request, const char *patient,
                                                const char *code, struct als_visit_view *view,
                                                struct als_err *err);

/* "Month 6: target 2026-04-02, window 2026-03-26 to 2026-04-09, today +3 d"; why there is no target
 * if there is none. */
const char *als_visit_view_window(const struct als_visit_view *view, int today,
                                  struct als_arena *arena);

/* Crumbs to the patient, and to the visit unless it is NULL. */
void als_patient_crumbs(struct als_html *page, const char *patient);
void als_visit_crumbs(struct als_html *page, const struct als_visit_view *view);

/* The visit before (-1) or after (1) by date; NULL if there is none. */
const char *als_visit_neighbour_url(const struct als_visit_view *view, int by,
                                    struct als_arena *arena);
/* Links to both, which the keys [ and ] follow. */
void als_visit_neighbours(struct als_html *page, const struct als_visit_view *view);

/* The number of the visit, given to an extra one inside the open change set. */
ALS_CHECKED enum als_status als_visit_view_number(struct als_store *store,
                                                  struct als_visit_view *view, struct als_err *err);

/* Why nothing can be written here: role, site or lock, in words that say who and when; NULL if it
 * can. */
const char *als_why_not(struct als_request *request, int64_t patient_id, int visit_no);

/* The box that says so, at the top of a form that can only be read. Nothing for NULL. */
void als_html_read_only(struct als_html *page, const char *why);

#endif
