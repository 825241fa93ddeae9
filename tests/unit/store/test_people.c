/* Users, roles, sites, sessions: what the store lets whom see and do. */
#include "alstrack/store/lock.h"
#include "alstrack/store/people.h"
#include "alstrack/store/sign.h"
#include "study.h"

#define PASSWORD "correct horse"

/* Patients P1 and P2 in Prague, B1 in Brno, P9 of no site; users of every role. Change sets: 1
 * init, 2 patients, 3 admin, 4 the others. */
static void act(struct study *study, const char *name)
{
    struct als_err err = {.status = ALS_OK};
    struct als_user user;
    struct als_arena *arena = als_arena_new();
    assert_ok(als_user_get(study->store, name, arena, &user, &err), &err);
    assert_ok(als_store_act_as(study->store, &user, &err), &err);
    als_arena_free(arena);
}

static void add_user(struct study *study, const char *name, enum als_role role, const char *sites)
{
    struct als_err err = {.status = ALS_OK};
    struct als_user user = {.user = name, .full_name = "Full Name", .role = role, .sites = sites};
    assert_ok(als_user_add(study->store, &user, PASSWORD, &err), &err);
}

static void move_to(struct study *study, const char *patient, const char *site)
{
    struct als_err err = {.status = ALS_OK};
    struct als_patient moved = {.patient = patient, .site = site};
    assert_ok(als_patient_put(study->store, &moved, 1u << 0, NULL, &err), &err);
}

static void fill(struct study *study)
{
    study_open(study);
    study_fill(study, 4);
    study_begin(study, "of other sites");
    move_to(study, "P3", "BRN");
    move_to(study, "P4", NULL);
    study_commit(study);
    study_begin(study, NULL);
    add_user(study, "root", ALS_ROLE_ADMIN, NULL);
    study_commit(study);
    act(study, "root");
    study_begin(study, NULL);
    add_user(study, "dora", ALS_ROLE_DATA_MANAGER, NULL);
    add_user(study, "cora", ALS_ROLE_COORDINATOR, "PRG");
    add_user(study, "mona", ALS_ROLE_MONITOR, "PRG;BRN");
    add_user(study, "stan", ALS_ROLE_STATISTICIAN, NULL);
    add_user(study, "rea", ALS_ROLE_READ_ONLY, NULL);
    study_commit(study);
}

static size_t patients_seen(struct study *study)
{
    struct als_err err = {.status = ALS_OK};
    struct als_patient_list list;
    struct als_arena *arena = als_arena_new();
    assert_ok(als_patient_load(study->store, arena, &list, &err), &err);
    als_arena_free(arena);
    return list.count;
}

static void count_point(const struct als_point *point, void *context)
{
    size_t *n = context;
    (void)point;
    ++*n;
}

static size_t points_seen(struct study *study, const char *name)
{
    struct als_err err = {.status = ALS_OK};
    struct als_measure measure;
    struct als_patient_list list;
    struct als_arena *arena = als_arena_new();
    size_t n = 0;
    assert_ok(als_patient_load(study->store, arena, &list, &err), &err);
    assert_ok(als_measure_find(study->store, name, &measure, &err), &err);
    assert_ok(
        als_points_each(study->store, &measure, &list, 0, INT64_MAX, count_point, &n, NULL, &err),
        &err);
    als_arena_free(arena);
    return n;
}

#define expect_refused(call, wanted)                                                               \
    do {                                                                                           \
        struct als_err refusal = {.status = ALS_OK};                                               \
        cr_expect_eq((call), ALS_NOT_PERMITTED, "[%s] %s", refusal.code, refusal.text);            \
        cr_expect_str_eq(refusal.code, wanted, "%s", refusal.text);                                \
    } while (0)

/* ---- Users ---- */

Test(people, must_begin_with_an_admin)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_user user = {
        .user = "cora", .full_name = "Cora", .role = ALS_ROLE_COORDINATOR, .sites = "PRG"};
    study_open(&study);
    study_begin(&study, NULL);
    cr_expect_eq(als_user_add(study.store, &user, PASSWORD, &err), ALS_DATA);
    cr_expect_str_eq(err.code, "E-FIRST");
    als_change_abandon(study.store);
    cr_expect_not(als_store_has_users(study.store));
    study_close(&study);
}

Test(people, act_as_nobody_once_there_are_users)
{
    struct study study;
    struct als_change_info info = {.user = "anybody", .command = "test"};
    fill(&study);
    study_reopen(&study, ALS_STORE_WRITE);
    cr_expect(als_store_has_users(study.store));
    cr_expect_null(als_store_actor(study.store));
    cr_expect_eq(patients_seen(&study), 0);
    cr_expect_eq(points_seen(&study, "alsfrsr.total"), 0);
    expect_refused(als_change_begin(study.store, &info, &refusal), "E-LOGIN");
    expect_refused(als_may(study.store, ALS_ACT_SEE, 0, &refusal), "E-LOGIN");
    study_close(&study);
}

static const struct {
    const char *what;
    struct als_user user;
    const char *password, *code;
} refused[] = {
    {"a name twice",
     {.user = "cora", .full_name = "C", .role = ALS_ROLE_MONITOR},
     PASSWORD,
     "E-EXISTS"},
    {"a name that looks like another",
     {.user = "C\xC3\xB3ra", .full_name = "C", .role = ALS_ROLE_MONITOR},
     PASSWORD,
     "E-LOOK-ALIKE"},
    {"a name with a character that cannot be seen",
     {.user = "d\xE2\x80\x8B", .full_name = "C", .role = ALS_ROLE_MONITOR},
     PASSWORD,
     "E-TEXT"},
    {"a coordinator without a site",
     {.user = "x", .full_name = "X", .role = ALS_ROLE_COORDINATOR},
     PASSWORD,
     "E-SITES"},
    {"an admin of a site",
     {.user = "x", .full_name = "X", .role = ALS_ROLE_ADMIN, .sites = "PRG"},
     PASSWORD,
     "E-SITES"},
    {"a site that is none",
     {.user = "x", .full_name = "X", .role = ALS_ROLE_MONITOR, .sites = "PRG;PARIS"},
     PASSWORD,
     "E-CHOICE"},
    {"a short password",
     {.user = "x", .full_name = "X", .role = ALS_ROLE_MONITOR},
     "123456789",
     "E-PASSWORD"},
    {"no name", {.user = "", .full_name = "X", .role = ALS_ROLE_MONITOR}, PASSWORD, "E-REQUIRED"},
    {"no full name",
     {.user = "x", .full_name = "", .role = ALS_ROLE_MONITOR},
     PASSWORD,
     "E-REQUIRED"},
};

Test(people, are_checked_when_they_are_added)
{
    struct study study;
    fill(&study);
    study_begin(&study, NULL);
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct als_err err = {.status = ALS_OK};
        struct als_user user = refused[i].user;
        cr_expect_eq(als_user_add(study.store, &user, refused[i].password, &err), ALS_DATA, "%s",
                     refused[i].what);
        cr_expect_str_eq(err.code, refused[i].code, "%s: %s", refused[i].what, err.text);
    }
    als_change_abandon(study.store);
    study_close(&study);
}

Test(people, keep_one_admin_who_can_log_in)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_user root = {
        .user = "root", .full_name = "Full Name", .role = ALS_ROLE_ADMIN, .disabled = true};
    fill(&study);
    study_begin(&study, "leaves");
    cr_expect_eq(als_user_edit(study.store, &root, NULL, &err), ALS_DATA);
    cr_expect_str_eq(err.code, "E-LAST-ADMIN");
    als_change_abandon(study.store);
    study_close(&study);
}

Test(people, leave_no_password_hash_in_the_history)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    char text[4096];
    fill(&study);
    study_begin(&study, NULL);
    assert_ok(als_user_set_password(study.store, "cora", "another password", &err), &err);
    study_commit(&study);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM history WHERE table_name = 'account'"),
                 1);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM history WHERE old_row LIKE '%argon2%'"),
                 0);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM account_password"
                                      " WHERE encoded LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'"),
                 6);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    study_close(&study);
}

/* ---- Logging in ---- */

static enum als_status try_password(struct study *study, const char *name, const char *password,
                                    struct als_err *err)
{
    struct als_user user;
    struct als_arena *arena = als_arena_new();
    enum als_status status = als_user_check(study->store, name, password, arena, &user, err);
    als_arena_free(arena);
    return status;
}

Test(login, asks_for_the_password)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    fill(&study);
    assert_ok(try_password(&study, "cora", PASSWORD, &err), &err);
    expect_refused(try_password(&study, "cora", "correct house", &refusal), "E-LOGIN");
    expect_refused(try_password(&study, "nobody", PASSWORD, &refusal), "E-LOGIN");
    expect_refused(try_password(&study, "cora", "", &refusal), "E-LOGIN");
    study_close(&study);
}

Test(login, says_the_same_of_unknown_names_and_wrong_passwords)
{
    struct study study;
    struct als_err wrong = {.status = ALS_OK}, unknown = {.status = ALS_OK};
    fill(&study);
    cr_expect_eq(try_password(&study, "cora", "correct house", &wrong), ALS_NOT_PERMITTED);
    cr_expect_eq(try_password(&study, "nobody", "correct house", &unknown), ALS_NOT_PERMITTED);
    cr_expect_str_eq(wrong.text, unknown.text);
    cr_expect_str_eq(wrong.hint, unknown.hint);
    study_close(&study);
}

Test(login, must_wait_after_five_failures_also_with_the_right_password)
{
    struct study study;
    static const char *const names[] = {"cora", "nobody"};
    fill(&study);
    for (size_t n = 0; n < COUNT(names); n++) {
        for (int i = 0; i < 5; i++)
            expect_refused(try_password(&study, names[n], "correct house", &refusal), "E-LOGIN");
        expect_refused(try_password(&study, names[n], PASSWORD, &refusal), "E-WAIT");
    }
    struct als_err err = {.status = ALS_OK};
    study_sql(&study, "UPDATE login_attempt SET until = until - 31");
    assert_ok(try_password(&study, "cora", PASSWORD, &err), &err);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM login_attempt WHERE user = 'cora'"), 0);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM access WHERE what = 'login-failed'"),
                 10);
    study_close(&study);
}

Test(login, waits_longer_after_each_failure_up_to_an_hour)
{
    struct study study;
    static const int64_t waits[] = {30, 60, 120, 240, 480, 960, 1920, 3600, 3600};
    fill(&study);
    for (int i = 0; i < 4; i++)
        expect_refused(try_password(&study, "cora", "correct house", &refusal), "E-LOGIN");
    for (size_t i = 0; i < COUNT(waits); i++) {
        study_sql(&study, "UPDATE login_attempt SET until = 0");
        expect_refused(try_password(&study, "cora", "correct house", &refusal), "E-LOGIN");
        cr_expect_eq(study_number(&study, "SELECT until - failed_at FROM login_attempt"), waits[i]);
    }
    study_close(&study);
}

Test(login, renews_a_password_whose_parameters_are_old)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    char text[4096];
    fill(&study);
    /* "correct horse" with 8 KiB and 1 pass; its mark as the study would keep it. */
    study_sql(
        &study,
        "UPDATE account_password SET encoded = '$argon2id$v=19$m=8,t=1,p=1$"
        "c2FsdHNhbHRzYWx0c2FsdA$t5QLzMlfSPLMezb1X/hRw1bKTTpryM1JhqBpLyqseOw' WHERE account_id = 3");
    assert_ok(try_password(&study, "cora", PASSWORD, &err), &err);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM account_password"
                                      " WHERE encoded LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'"),
                 6);
    assert_ok(try_password(&study, "cora", PASSWORD, &err), &err);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    study_close(&study);
}

Test(login, keeps_out_who_was_disabled)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_user cora = {.user = "cora",
                            .full_name = "Full Name",
                            .role = ALS_ROLE_COORDINATOR,
                            .sites = "PRG",
                            .disabled = true};
    fill(&study);
    study_begin(&study, "left the site");
    assert_ok(als_user_edit(study.store, &cora, NULL, &err), &err);
    study_commit(&study);
    expect_refused(try_password(&study, "cora", PASSWORD, &refusal), "E-LOGIN");
    study_close(&study);
}

/* ---- Sessions ---- */

static void log_in(struct study *study, const char *name, char token[ALS_TOKEN_TEXT])
{
    struct als_err err = {.status = ALS_OK};
    struct als_user user;
    struct als_arena *arena = als_arena_new();
    assert_ok(als_session_open(study->store, name, PASSWORD, arena, token, &user, &err), &err);
    als_arena_free(arena);
}

static enum als_status whose(struct study *study, const char *token, char name[65],
                             struct als_err *err)
{
    struct als_user user;
    struct als_arena *arena = als_arena_new();
    enum als_status status = als_session_find(study->store, token, arena, &user, err);
    if (status == ALS_OK)
        snprintf(name, 65, "%s", user.user);
    als_arena_free(arena);
    return status;
}

Test(session, belongs_to_who_logged_in_until_it_is_closed)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    char token[ALS_TOKEN_TEXT], name[65];
    fill(&study);
    log_in(&study, "mona", token);
    assert_ok(whose(&study, token, name, &err), &err);
    cr_expect_str_eq(name, "mona");
    assert_ok(als_session_close(study.store, token, &err), &err);
    expect_refused(whose(&study, token, name, &refusal), "E-SESSION");
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM access WHERE user = 'mona'"
                                      " AND what IN ('login', 'logout')"),
                 2);
    study_close(&study);
}

Test(session, keeps_no_token_in_the_study)
{
    struct study study;
    char token[ALS_TOKEN_TEXT], sql[200];
    fill(&study);
    log_in(&study, "mona", token);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM session WHERE lower(hex(token_digest)) = '%s'",
             token);
    cr_expect_eq(study_number(&study, sql), 0);
    study_close(&study);
}

static const struct {
    const char *what, *sql;
} endings[] = {
    {"31 minutes unused", "UPDATE session SET used = used - 31 * 60"},
    {"12 hours old", "UPDATE session SET opened = opened - 12 * 3600 - 1"},
};

TABLE_TEST(session, ends_by_time, endings)
{
    struct study study;
    char token[ALS_TOKEN_TEXT], name[65];
    fill(&study);
    log_in(&study, "mona", token);
    study_sql(&study, endings[*row_].sql);
    expect_refused(whose(&study, token, name, &refusal), "E-SESSION");
    study_close(&study);
}

Test(session, goes_on_while_it_is_used)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    char token[ALS_TOKEN_TEXT], name[65];
    fill(&study);
    log_in(&study, "mona", token);
    for (int i = 0; i < 3; i++) {
        study_sql(&study, "UPDATE session SET used = used - 29 * 60");
        assert_ok(whose(&study, token, name, &err), &err);
    }
    study_close(&study);
}

Test(session, ends_when_role_or_password_change)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    char first[ALS_TOKEN_TEXT], second[ALS_TOKEN_TEXT], other[ALS_TOKEN_TEXT], name[65];
    struct als_user mona = {.user = "mona", .full_name = "Full Name", .role = ALS_ROLE_READ_ONLY};
    fill(&study);
    log_in(&study, "mona", first);
    log_in(&study, "cora", second);
    log_in(&study, "stan", other);
    study_begin(&study, "changed jobs");
    assert_ok(als_user_edit(study.store, &mona, NULL, &err), &err);
    assert_ok(als_user_set_password(study.store, "cora", "another password", &err), &err);
    study_commit(&study);
    expect_refused(whose(&study, first, name, &refusal), "E-SESSION");
    expect_refused(whose(&study, second, name, &refusal), "E-SESSION");
    assert_ok(whose(&study, other, name, &err), &err);
    study_close(&study);
}

/* ---- Sites ---- */

Test(site, of_others_holds_nothing_to_see)
{
    struct study study;
    struct als_arena *arena = als_arena_new();
    struct als_patient patient;
    fill(&study);
    cr_expect_eq(patients_seen(&study), 4);
    const size_t all = points_seen(&study, "alsfrsr.total");
    act(&study, "cora");
    cr_expect_eq(patients_seen(&study), 2);
    cr_expect_eq(points_seen(&study, "alsfrsr.total"), all / 2);
    expect_refused(als_patient_get(study.store, "P3", arena, &patient, &refusal), "E-SITE");
    expect_refused(als_patient_get(study.store, "none", arena, &patient, &refusal), "E-SITE");
    act(&study, "mona");
    cr_expect_eq(patients_seen(&study), 3, "a patient of no site is nobody's but those of all");
    act(&study, "stan");
    cr_expect_eq(patients_seen(&study), 4);
    als_arena_free(arena);
    study_close(&study);
}

Test(site, holds_for_every_kind_of_record)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_arena *arena = als_arena_new();
    struct als_event_list events;
    struct als_visit_list visits;
    struct als_procedure_list procedures;
    struct als_adverse_event_list aes;
    fill(&study);
    act(&study, "cora");
    assert_ok(als_event_load(study.store, 0, arena, &events, &err), &err);
    assert_ok(als_visit_load(study.store, 0, arena, &visits, &err), &err);
    assert_ok(als_procedure_load(study.store, 0, arena, &procedures, &err), &err);
    assert_ok(als_adverse_event_load(study.store, 0, arena, &aes, &err), &err);
    cr_assert(events.count && visits.count && procedures.count && aes.count);
    for (size_t i = 0; i < events.count; i++)
        cr_expect_leq(events.items[i].patient_id, 2);
    for (size_t i = 0; i < visits.count; i++)
        cr_expect_leq(visits.items[i].patient_id, 2);
    for (size_t i = 0; i < procedures.count; i++)
        cr_expect_leq(procedures.items[i].patient_id, 2);
    for (size_t i = 0; i < aes.count; i++)
        cr_expect_leq(aes.items[i].patient_id, 2);
    assert_ok(als_event_load(study.store, 3, arena, &events, &err), &err);
    cr_expect_eq(events.count, 0);
    als_arena_free(arena);
    study_close(&study);
}

Test(site, of_others_takes_no_writing)
{
    struct study study;
    fill(&study);
    act(&study, "cora");
    study_begin(&study, "tries");
    struct als_patient theirs = {.patient = "P3", .height_cm = 170};
    struct als_patient new_one = {.patient = "B2", .site = "BRN"}, none = {.patient = "B2"};
    struct als_patient mine = {.patient = "P1", .site = "BRN"};
    struct als_event event = {.patient_id = 3, .event = "death", .date = "2021"};
    struct als_visit visit = {.patient_id = 3, .visit_no = 1, .day = 18300};
    struct als_procedure procedure = {
        .patient_id = 3, .visit_no = 1, .procedure = "mri", .day = 18300};
    struct als_adverse_event ae = {.patient_id = 3, .ae_id = "9", .term = "rash"};
    expect_refused(als_patient_put(study.store, &theirs, 1u << 3, NULL, &refusal), "E-SITE");
    expect_refused(als_patient_put(study.store, &new_one, 1u << 0, NULL, &refusal), "E-SITE");
    expect_refused(als_patient_put(study.store, &none, 0, NULL, &refusal), "E-SITE");
    expect_refused(als_patient_put(study.store, &mine, 1u << 0, NULL, &refusal), "E-SITE");
    expect_refused(als_event_put(study.store, &event, 1u, NULL, &refusal), "E-SITE");
    expect_refused(als_visit_put(study.store, &visit, 1u, NULL, &refusal), "E-SITE");
    expect_refused(als_procedure_put(study.store, &procedure, 3u, NULL, &refusal), "E-SITE");
    expect_refused(als_adverse_event_put(study.store, &ae, 2u, NULL, &refusal), "E-SITE");
    expect_refused(als_may(study.store, ALS_ACT_ENTER, 3, &refusal), "E-SITE");
    als_change_abandon(study.store);
    study_begin(&study, NULL);
    struct als_err err = {.status = ALS_OK};
    struct als_patient own = {.patient = "P5", .site = "PRG"};
    assert_ok(als_patient_put(study.store, &own, 1u << 0, NULL, &err), &err);
    study_add_alsfrsr(&study, own.id, "SCR", 18300, 3);
    study_add_alsfrsr(&study, 1, "MN3", 18400, 3);
    study_commit(&study);
    study_close(&study);
}

Test(site, holds_for_another_store_on_the_same_file)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_store *again, *mine;
    fill(&study);
    act(&study, "cora");
    assert_ok(als_store_open_again(study.store, &again, &err), &err);
    mine = study.store;
    study.store = again;
    cr_expect_eq(patients_seen(&study), 2);
    study.store = mine;
    als_store_close(again);
    study_close(&study);
}

static void count_rows(const struct als_audit_row *row, void *context)
{
    int64_t *rows = context;
    rows[0]++;
    rows[1] += row->row_count;
}

Test(site, of_others_has_no_part_in_the_trail)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    int64_t all[2] = {0}, seen[2] = {0}, again[2] = {0};
    fill(&study);
    study_begin(&study, "about P3 alone");
    study_add_alsfrsr(&study, 3, "MN3", 18400, 1);
    study_commit(&study);
    assert_ok(als_audit_each(study.store, count_rows, all, &err), &err);
    act(&study, "mona");
    assert_ok(als_audit_each(study.store, count_rows, seen, &err), &err);
    cr_expect_eq(seen[0], all[0]);
    act(&study, "cora");
    assert_ok(als_audit_each(study.store, count_rows, again, &err), &err);
    cr_expect_eq(again[0], all[0] - 2, "neither the assessment of P3 nor the move to Brno");
    cr_expect_lt(again[1], seen[1]);
    study_close(&study);
}

/* ---- Roles ---- */

static const struct {
    const char *user;
    unsigned acts; /* bit = enum als_act */
} may[] = {
#define A(act) (1u << ALS_ACT_##act)
    {"root", A(SEE) | A(ENTER) | A(ANSWER) | A(QUERY) | A(ANALYZE) | A(EXPORT) | A(SIGN) | A(LOCK) |
                 A(DEFINE) | A(REDACT) | A(KEEP) | A(USERS) | A(OWN)},
    {"dora", A(SEE) | A(ENTER) | A(ANSWER) | A(QUERY) | A(ANALYZE) | A(EXPORT) | A(SIGN) | A(LOCK) |
                 A(DEFINE) | A(REDACT) | A(KEEP) | A(OWN)},
    {"cora", A(SEE) | A(ENTER) | A(ANSWER) | A(SIGN) | A(OWN)},
    {"mona", A(SEE) | A(QUERY) | A(SIGN) | A(OWN)},
    {"stan", A(SEE) | A(ANALYZE) | A(EXPORT) | A(OWN)},
    {"rea", A(SEE) | A(OWN)},
#undef A
};

Test(role, may_do_what_it_is_for_and_no_more)
{
    struct study study;
    fill(&study);
    for (size_t i = 0; i < COUNT(may); i++) {
        act(&study, may[i].user);
        for (int a = ALS_ACT_SEE; a < ALS_ACT_COUNT; a++) {
            struct als_err err = {.status = ALS_OK};
            enum als_status status = als_may(study.store, (enum als_act)a, 0, &err);
            bool wanted = may[i].acts >> a & 1;
            cr_expect_eq(status, wanted ? ALS_OK : ALS_NOT_PERMITTED, "%s and act %d", may[i].user,
                         a);
            cr_expect_str_eq(err.code, wanted ? "" : "E-ROLE");
        }
    }
    study_close(&study);
}

Test(role, holds_in_the_store_whatever_the_caller_asks)
{
    static const char *const readers[] = {"mona", "stan", "rea"};
    struct study study;
    fill(&study);
    for (size_t i = 0; i < COUNT(readers); i++) {
        act(&study, readers[i]);
        study_begin(&study, "tries");
        struct als_patient patient = {.patient = "P1", .height_cm = 170};
        struct als_event event = {.patient_id = 1, .event = "death", .date = "2021"};
        struct als_user user = {.user = readers[i], .full_name = "F", .role = ALS_ROLE_ADMIN};
        struct als_scope study_scope = {0, 0};
        expect_refused(als_patient_put(study.store, &patient, 1u << 3, NULL, &refusal), "E-ROLE");
        expect_refused(als_event_put(study.store, &event, 1u, NULL, &refusal), "E-ROLE");
        expect_refused(als_user_edit(study.store, &user, NULL, &refusal), "E-ROLE");
        expect_refused(als_user_set_password(study.store, "root", PASSWORD, &refusal), "E-ROLE");
        expect_refused(als_lock_put(study.store, &study_scope, NULL, &refusal), "E-ROLE");
        als_change_abandon(study.store);
    }
    study_close(&study);
}

Test(role, lets_everybody_change_the_own_password)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    fill(&study);
    act(&study, "rea");
    study_begin(&study, NULL);
    assert_ok(als_user_set_password(study.store, "rea", "another password", &err), &err);
    study_commit(&study);
    assert_ok(try_password(&study, "rea", "another password", &err), &err);
    study_close(&study);
}

static void note_user(const struct als_audit_row *row, void *context)
{
    char *text = context;
    snprintf(text, 100, "%s %d", row->user, row->authenticated);
}

Test(role, signs_its_change_sets_whatever_the_caller_says)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    char text[100] = "";
    fill(&study);
    act(&study, "cora");
    study_begin(&study, NULL);
    study_add_alsfrsr(&study, 1, "MN3", 18400, 3);
    study_commit(&study);
    assert_ok(als_audit_each(study.store, note_user, text, &err), &err);
    cr_expect_str_eq(text, "cora 1");
    study_close(&study);
}

Test(role, is_looked_up_again_when_another_process_has_written)
{
    struct study study;
    struct als_change_info info = {.user = "x", .command = "test"};
    fill(&study);
    act(&study, "cora");
    study_sql(&study, "UPDATE account SET role = 'read-only' WHERE user = 'cora'");
    expect_refused(als_change_begin(study.store, &info, &refusal), "E-LOGIN");
    study_close(&study);
}
