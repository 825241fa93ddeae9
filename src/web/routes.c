/* The table of routes. Rows of one part of the page stand together. */
#include "pages.h"
#include "route.h"

#define PUBLIC   ALS_ROUTE_PUBLIC
#define WRITES   ALS_ROUTE_WRITES
#define NO_STUDY ALS_ROUTE_NO_STUDY
#define PART     ALS_ROUTE_PART

static const struct als_route routes[] = {
    {ALS_GET, "/assets/{file}", als_page_asset, ALS_ACT_FREE, PUBLIC | NO_STUDY | PART},

    /* coming in and leaving */
    {ALS_GET, "/open/{token}", als_page_open_link, ALS_ACT_FREE, PUBLIC | PART},
    {ALS_GET, "/login", als_page_login_form, ALS_ACT_FREE, PUBLIC},
    {ALS_POST, "/login", als_page_login, ALS_ACT_FREE, PUBLIC},
    {ALS_POST, "/logout", als_page_logout, ALS_ACT_FREE, 0},

    /* forms; `new` before a name of that place */
    {ALS_GET, "/patients/new", als_page_patient_new, ALS_ACT_ENTER, 0},
    {ALS_POST, "/patients/new", als_page_patient_new, ALS_ACT_ENTER, WRITES},
    {ALS_GET, "/patients/{patient}/edit", als_page_patient_edit, ALS_ACT_SEE, 0},
    {ALS_POST, "/patients/{patient}/edit", als_page_patient_edit, ALS_ACT_ENTER, WRITES},
    {ALS_GET, "/patients/{patient}/events/new", als_page_event_new, ALS_ACT_ENTER, 0},
    {ALS_POST, "/patients/{patient}/events/new", als_page_event_new, ALS_ACT_ENTER, WRITES},
    {ALS_GET, "/patients/{patient}/events/{event}/{date}", als_page_event, ALS_ACT_SEE, 0},
    {ALS_POST, "/patients/{patient}/events/{event}/{date}", als_page_event, ALS_ACT_ENTER, WRITES},
    {ALS_POST, "/patients/{patient}/events/{event}/{date}/remove", als_page_event_remove,
     ALS_ACT_ENTER, WRITES},
    {ALS_GET, "/patients/{patient}/ae", als_page_ae_list, ALS_ACT_SEE, 0},
    {ALS_GET, "/patients/{patient}/ae/new", als_page_ae_new, ALS_ACT_ENTER, 0},
    {ALS_POST, "/patients/{patient}/ae/new", als_page_ae_new, ALS_ACT_ENTER, WRITES},
    {ALS_GET, "/patients/{patient}/ae/{ae}", als_page_ae, ALS_ACT_SEE, 0},
    {ALS_POST, "/patients/{patient}/ae/{ae}", als_page_ae, ALS_ACT_ENTER, WRITES},
    {ALS_POST, "/patients/{patient}/ae/{ae}/remove", als_page_ae_remove, ALS_ACT_ENTER, WRITES},
    {ALS_GET, "/patients/{patient}/visits/{visit}", als_page_visit, ALS_ACT_SEE, 0},
    {ALS_POST, "/patients/{patient}/visits/{visit}", als_page_visit_post, ALS_ACT_ENTER, WRITES},
    {ALS_GET, "/patients/{patient}/visits/{visit}/{instrument}", als_page_assessment, ALS_ACT_SEE,
     0},
    {ALS_POST, "/patients/{patient}/visits/{visit}/{instrument}", als_page_assessment_post,
     ALS_ACT_ENTER, WRITES},
    {ALS_POST, "/patients/{patient}/visits/{visit}/{instrument}/score", als_page_score,
     ALS_ACT_ENTER, PART},
    {ALS_POST, "/patients/{patient}/visits/{visit}/{instrument}/draft", als_page_draft,
     ALS_ACT_ENTER, PART | WRITES},
    {ALS_GET, "/patients/{patient}/visits/{visit}/{instrument}/print", als_page_print, ALS_ACT_SEE,
     0},
    {ALS_GET, "/patients/{patient}/visits/{visit}/{instrument}/ask/{item}", als_page_ask,
     ALS_ACT_QUERY, 0},
    {ALS_POST, "/patients/{patient}/visits/{visit}/{instrument}/ask/{item}", als_page_ask_post,
     ALS_ACT_QUERY, WRITES},
    {ALS_GET, "/history/{patient}/{visit}/{instrument}/{item}", als_page_history, ALS_ACT_SEE, 0},
    {ALS_GET, "/sign", als_page_sign_study, ALS_ACT_SIGN, 0},
    {ALS_POST, "/sign", als_page_sign_study_post, ALS_ACT_SIGN, WRITES},
    {ALS_GET, "/sign/{patient}", als_page_sign_patient, ALS_ACT_SIGN, 0},
    {ALS_POST, "/sign/{patient}", als_page_sign_patient_post, ALS_ACT_SIGN, WRITES},
    {ALS_GET, "/sign/{patient}/{visit}", als_page_sign, ALS_ACT_SIGN, 0},
    {ALS_POST, "/sign/{patient}/{visit}", als_page_sign_post, ALS_ACT_SIGN, WRITES},

    /* what is there */
    {ALS_GET, "/", als_page_home, ALS_ACT_SEE, 0},
    {ALS_GET, "/worklist.ics", als_page_calendar, ALS_ACT_SEE, PART},
    {ALS_GET, "/patients", als_page_patients, ALS_ACT_SEE, 0},
    {ALS_GET, "/patients/{patient}", als_page_patient, ALS_ACT_SEE, 0},
    {ALS_GET, "/patients/{patient}/chart.svg", als_page_patient_chart, ALS_ACT_SEE, PART},
    {ALS_GET, "/patients/{patient}/eligibility", als_page_eligibility, ALS_ACT_SEE, 0},
    {ALS_POST, "/patients/{patient}/eligibility", als_page_decide, ALS_ACT_ENTER, WRITES},
    {ALS_GET, "/matrix", als_page_matrix, ALS_ACT_SEE, 0},
    {ALS_GET, "/cohort", als_page_cohort, ALS_ACT_ANALYZE, 0},
    {ALS_GET, "/cohort/chart.svg", als_page_cohort_chart, ALS_ACT_ANALYZE, PART},
    {ALS_GET, "/exports", als_page_exports, ALS_ACT_EXPORT, 0},
    {ALS_POST, "/exports/csv", als_page_export_csv, ALS_ACT_EXPORT, PART},
    {ALS_POST, "/exports/instrument", als_page_export_instrument, ALS_ACT_EXPORT, PART},
    {ALS_GET, "/queries", als_page_queries, ALS_ACT_SEE, 0},
    {ALS_GET, "/queries/{patient}/{number}", als_page_query, ALS_ACT_SEE, 0},
    {ALS_POST, "/queries/{patient}/{number}", als_page_query_act, ALS_ACT_SEE, WRITES},
    {ALS_GET, "/locks", als_page_locks, ALS_ACT_SEE, 0},
    {ALS_POST, "/locks", als_page_lock, ALS_ACT_LOCK, WRITES},
    {ALS_GET, "/users", als_page_users, ALS_ACT_USERS, 0},
    {ALS_POST, "/users", als_page_user_add, ALS_ACT_USERS, WRITES},
    {ALS_GET, "/users/{user}", als_page_user, ALS_ACT_USERS, 0},
    {ALS_POST, "/users/{user}", als_page_user_edit, ALS_ACT_USERS, WRITES},
    {ALS_POST, "/users/{user}/password", als_page_user_password, ALS_ACT_USERS, WRITES},
    {ALS_GET, "/account", als_page_account, ALS_ACT_OWN, 0},
    {ALS_POST, "/account", als_page_account_password, ALS_ACT_OWN, WRITES},
    {ALS_GET, "/audit", als_page_audit, ALS_ACT_SEE, 0},
    {ALS_GET, "/audit/access", als_page_access, ALS_ACT_KEEP, 0},
    {ALS_POST, "/audit/verify", als_page_verify, ALS_ACT_SEE, 0},
};

const struct als_route *als_route_at(size_t index)
{
    return index < sizeof routes / sizeof routes[0] ? &routes[index] : NULL;
}
