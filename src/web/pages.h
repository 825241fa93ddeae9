/*
 * The handlers that the table of routes names, in the files page_*.c.
 */
#ifndef ALSTRACK_WEB_PAGES_H
#define ALSTRACK_WEB_PAGES_H

#include "route.h"

/* page_asset.c */
als_handler_fn als_page_asset;

/* page_session.c: coming in and leaving */
als_handler_fn als_page_open_link;
als_handler_fn als_page_login_form;
als_handler_fn als_page_login;
als_handler_fn als_page_logout;
/* The login, with what was typed in a session that has ended (carry.h). */
void als_page_login_again(struct als_request *request, struct als_response *response);

/* page_home.c: the worklist */
als_handler_fn als_page_home;
als_handler_fn als_page_calendar;

/* page_patients.c, page_patient.c, page_chart.c, page_matrix.c, page_cohort.c, page_audit.c */
als_handler_fn als_page_patients;
als_handler_fn als_page_patient;
als_handler_fn als_page_patient_chart;
als_handler_fn als_page_cohort_chart;
als_handler_fn als_page_matrix;
als_handler_fn als_page_cohort;
als_handler_fn als_page_audit;
als_handler_fn als_page_access;
als_handler_fn als_page_verify;

/* page_eligibility.c */
als_handler_fn als_page_eligibility;
als_handler_fn als_page_decide;

/* page_queries.c */
als_handler_fn als_page_queries;
als_handler_fn als_page_query;
als_handler_fn als_page_query_act;

/* page_users.c, page_locks.c */
als_handler_fn als_page_users;
als_handler_fn als_page_user_add;
als_handler_fn als_page_user;
als_handler_fn als_page_user_edit;
als_handler_fn als_page_user_password;
als_handler_fn als_page_account;
als_handler_fn als_page_account_password;
als_handler_fn als_page_locks;
als_handler_fn als_page_lock;

/* page_exports.c */
als_handler_fn als_page_exports;
als_handler_fn als_page_export_csv;
als_handler_fn als_page_export_instrument;

/* page_assessment.c: the form of one assessment, with assess*.c and merge.c */
als_handler_fn als_page_assessment;
als_handler_fn als_page_assessment_post;

/* page_visit.c */
als_handler_fn als_page_visit;
als_handler_fn als_page_visit_post;

/* page_print.c, page_history.c, page_ask.c: an assessment on paper, what happened to a field of
 * it, a query about one */
als_handler_fn als_page_print;
als_handler_fn als_page_history;
als_handler_fn als_page_ask;
als_handler_fn als_page_ask_post;

/* page_sign.c */
als_handler_fn als_page_sign;
als_handler_fn als_page_sign_post;
als_handler_fn als_page_sign_patient;
als_handler_fn als_page_sign_patient_post;
als_handler_fn als_page_sign_study;
als_handler_fn als_page_sign_study_post;

/* page_patient_edit.c, page_event.c, page_ae.c: each shows its form and takes it */
als_handler_fn als_page_patient_new;
als_handler_fn als_page_patient_edit;
als_handler_fn als_page_event_new;
als_handler_fn als_page_event;
als_handler_fn als_page_event_remove;
als_handler_fn als_page_ae_list;
als_handler_fn als_page_ae_new;
als_handler_fn als_page_ae;
als_handler_fn als_page_ae_remove;

/* page_score.c: what the script of an assessment's form asks */
als_handler_fn als_page_score;
als_handler_fn als_page_draft;

#endif
