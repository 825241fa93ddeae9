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
als_handler_fn als_page_verify;

/* page_eligibility.c */
als_handler_fn als_page_eligibility;
als_handler_fn als_page_decide;

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

#endif
