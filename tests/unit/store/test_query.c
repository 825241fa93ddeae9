/* Queries: what people may do in which state, what rules add, and that nothing is lost. */
#include "alstrack/store/judge.h"
#include "alstrack/store/query.h"
#include "study.h"

static const int NEXT[3][3] = {
    /* answer, close, reopen; -1: not possible */
    [ALS_QUERY_OPEN] = {ALS_QUERY_ANSWERED, ALS_QUERY_CLOSED, -1},
    [ALS_QUERY_ANSWERED] = {ALS_QUERY_ANSWERED, ALS_QUERY_CLOSED, ALS_QUERY_OPEN},
    [ALS_QUERY_CLOSED] = {-1, -1, ALS_QUERY_OPEN},
};

/* A study with one patient and one doubtful visit. */
struct asked {
    struct study study;
    struct als_arena *arena;
    int64_t patient;
};

static void asked_open(struct asked *asked)
{
    study_open(&asked->study);
    asked->arena = als_arena_new();
    study_begin(&asked->study, NULL);
    asked->patient = study_add_patient(&asked->study, "P1");
    study_add_alsfrsr(&asked->study, asked->patient, "SCR", 18300, 4);
    (void)study_commit(&asked->study);
}

static void asked_close(struct asked *asked)
{
    als_arena_free(asked->arena);
    cr_assert_eq(study_verify(&asked->study, NULL, 0), 0);
    study_close(&asked->study);
}

static struct als_query ask(struct asked *asked, const char *message)
{
    struct als_err err = {.code = ""};
    struct als_query query = {.patient_id = asked->patient,
                              .visit_no = study_visit(&asked->study, "SCR"),
                              .record = "alsfrsr",
                              .item = "stairs",
                              .message = message};
    study_begin(&asked->study, NULL);
    assert_ok(als_query_open(asked->study.store, &query, asked->arena, &err), &err);
    (void)study_commit(&asked->study);
    return query;
}

static struct als_query get(struct asked *asked, const char *name)
{
    struct als_err err = {.code = ""};
    struct als_query query;
    assert_ok(als_query_get(asked->study.store, name, asked->arena, &query, &err), &err);
    return query;
}

static enum als_status act(struct asked *asked, const char *name, enum als_query_action action,
                           const char *text, struct als_err *err)
{
    const struct als_query query = get(asked, name);
    study_begin(&asked->study, NULL);
    const enum als_status status = als_query_act(asked->study.store, &query, action, text, err);
    if (status == ALS_OK)
        (void)study_commit(&asked->study);
    else
        als_change_abandon(asked->study.store);
    return status;
}

Test(query, allows_in_each_state_what_its_table_says)
{
    for (int state = 0; state < 3; state++)
        for (int action = 0; action < 3; action++) {
            enum als_query_state after = ALS_QUERY_CLOSED;
            const bool possible =
                als_query_next((enum als_query_state)state, (enum als_query_action)action, &after);
            cr_assert_eq(possible, NEXT[state][action] >= 0);
            if (possible)
                cr_assert_eq((int)after, NEXT[state][action]);
        }
}

/* Every sequence of up to four actions, with the study itself. */
Test(query, goes_through_every_sequence_of_actions, .timeout = 120)
{
    static const char *const steps[] = {"answered", "closed", "reopened"};
    struct asked asked;
    asked_open(&asked);
    for (int code = 0; code < 81; code++) {
        const struct als_query query = ask(&asked, "is this so?");
        enum als_query_state state = ALS_QUERY_OPEN;
        size_t taken = 1;
        const char *last = "opened";
        for (int step = 0, rest = code; step < 4; step++, rest /= 3) {
            struct als_err err = {.code = ""};
            const int action = rest % 3, next = NEXT[state][action];
            const enum als_status status =
                act(&asked, query.name, (enum als_query_action)action, "because", &err);
            cr_assert_eq(status, next >= 0 ? ALS_OK : ALS_USAGE, "%d: %s", code, err.text);
            cr_assert_str_eq(err.code, next >= 0 ? "" : "E-STATE");
            if (next < 0)
                continue;
            state = (enum als_query_state)next;
            last = steps[action];
            taken++;
        }
        const struct als_query now = get(&asked, query.name);
        struct als_query_steps history;
        struct als_err err = {.code = ""};
        cr_assert_eq(now.state, state, "sequence %d", code);
        cr_assert_eq(now.closed_day != ALS_NO_DAY, state == ALS_QUERY_CLOSED);
        assert_ok(als_query_history(asked.study.store, now.id, asked.arena, &history, &err), &err);
        cr_assert_eq(history.count, taken);
        cr_assert_str_eq(history.items[taken - 1].step, last);
        cr_assert_str_eq(history.items[taken - 1].user, "tester");
    }
    asked_close(&asked);
}

Test(query, wants_a_text_where_people_explain)
{
    struct asked asked;
    asked_open(&asked);
    struct als_err err = {.code = ""};
    const struct als_query query = ask(&asked, "is this so?");
    cr_assert_eq(act(&asked, query.name, ALS_QUERY_ANSWER, "  ", &err), ALS_USAGE);
    cr_assert_str_eq(err.code, "E-TEXT");
    assert_ok(act(&asked, query.name, ALS_QUERY_CLOSE, NULL, &err), &err);
    cr_assert_eq(act(&asked, query.name, ALS_QUERY_REOPEN, NULL, &err), ALS_USAGE);
    study_begin(&asked.study, NULL);
    struct als_query blank = query;
    blank.message = "";
    cr_assert_eq(als_query_open(asked.study.store, &blank, asked.arena, &err), ALS_USAGE);
    als_change_abandon(asked.study.store);
    asked_close(&asked);
}

Test(query, is_about_something_that_is_there)
{
    struct asked asked;
    asked_open(&asked);
    struct als_err err = {.code = ""};
    const struct als_query query = ask(&asked, "is this so?");
    cr_assert_str_eq(query.name, "P1/1");
    cr_assert_str_eq(query.value, "4");
    cr_assert_gt(query.value_change, 0);
    static const struct {
        const char *record, *item;
        bool visit;
    } nothing[] = {{"alsfrsr", "stairs", false},
                   {"event", "death", false},
                   {"ae", "7", false},
                   {"fvc", NULL, true}};
    for (size_t i = 0; i < COUNT(nothing); i++) {
        struct als_query wrong = {.patient_id = asked.patient,
                                  .visit_no = nothing[i].visit ? query.visit_no : 0,
                                  .record = nothing[i].record,
                                  .item = nothing[i].item,
                                  .message = "?"};
        study_begin(&asked.study, NULL);
        cr_assert_eq(als_query_open(asked.study.store, &wrong, asked.arena, &err), ALS_NO_INPUT);
        cr_assert_str_eq(err.code, "E-RECORD");
        als_change_abandon(asked.study.store);
    }
    static const char *const names[] = {"P1/2", "P1/0", "P1", "P2/1", "P1/x", "", "P1/1x"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct als_query none;
        cr_assert_eq(als_query_get(asked.study.store, names[i], asked.arena, &none, &err),
                     ALS_NO_INPUT, "%s", names[i]);
    }
    asked_close(&asked);
}

Test(query, is_found_by_state_patient_record_and_age)
{
    struct asked asked;
    asked_open(&asked);
    struct als_err err = {.code = ""};
    const struct als_query first = ask(&asked, "one");
    (void)ask(&asked, "two");
    assert_ok(act(&asked, first.name, ALS_QUERY_CLOSE, NULL, &err), &err);
    const int today = get(&asked, first.name).opened_day;
    const struct {
        struct als_query_filter filter;
        size_t n;
    } cases[] = {
        {{.opened_before = ALS_NO_DAY}, 2},
        {{.opened_before = ALS_NO_DAY, .states = 1u << ALS_QUERY_OPEN}, 1},
        {{.opened_before = ALS_NO_DAY, .states = 1u << ALS_QUERY_ANSWERED}, 0},
        {{.opened_before = ALS_NO_DAY, .patient_id = asked.patient}, 2},
        {{.opened_before = ALS_NO_DAY, .patient_id = asked.patient + 1}, 0},
        {{.opened_before = ALS_NO_DAY, .site = "PRG"}, 2},
        {{.opened_before = ALS_NO_DAY, .site = "BRN"}, 0},
        {{.opened_before = ALS_NO_DAY, .record = "fvc"}, 0},
        {{.opened_before = ALS_NO_DAY, .visit_no = first.visit_no}, 2},
        {{.opened_before = today}, 0},
        {{.opened_before = today + 1}, 2},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct als_query_list list;
        assert_ok(als_query_load(asked.study.store, &cases[i].filter, asked.arena, &list, &err),
                  &err);
        cr_assert_eq(list.count, cases[i].n, "case %zu: %zu", i, list.count);
    }
    const struct als_query open = get(&asked, "P1/2"), closed = get(&asked, "P1/1");
    cr_assert_eq(als_query_age_days(&open, today + 9), 9);
    cr_assert_eq(als_query_age_days(&closed, today + 9), 0, "its time is over");
    study_reopen(&asked.study, ALS_STORE_READ);
    als_store_cut(asked.study.store, today - 1);
    struct als_query_list list;
    assert_ok(als_query_load(asked.study.store, &cases[0].filter, asked.arena, &list, &err), &err);
    cr_assert_eq(list.count, 0, "nobody had asked yet");
    asked_close(&asked);
}

/* ---- The whole study ---- */

struct found {
    struct als_arena *arena;
    const struct als_store *store;
    char *text;
};

static void note_row(const struct als_check_row *row, void *context)
{
    struct found *found = context;
    found->text =
        als_arena_printf(found->arena, "%s%s %s %s %s %s%s\n", found->text,
                         row->visit_no ? als_store_visit_code(found->store, row->visit_no) : "-",
                         row->record, row->item ? row->item : "-", row->verdict.code,
                         row->query ? row->query : "-", row->query ? row->query_state : "");
}

static const char *check(struct asked *asked, bool queries, struct als_check_counts *counts)
{
    struct als_err err = {.code = ""};
    struct found found = {asked->arena, asked->study.store, als_arena_strdup(asked->arena, "")};
    const struct als_check_options options = {.queries = queries, .baselines = true};
    if (queries)
        study_begin(&asked->study, NULL);
    assert_ok(als_check(asked->study.store, &options, note_row, &found, counts, &err), &err);
    if (queries)
        (void)study_commit(&asked->study);
    return found.text;
}

static void add_event(struct asked *asked, const char *event, const char *date)
{
    struct als_err err = {.code = ""};
    struct als_event one = {
        .patient_id = asked->patient, .event = event, .date = date, .value = (double)NAN};
    study_begin(&asked->study, "test");
    assert_ok(als_event_put(asked->study.store, &one, ALS_GIVEN_ALL, NULL, &err), &err);
    (void)study_commit(&asked->study);
}

Test(check, opens_queries_once_marks_what_is_gone_and_closes_none)
{
    struct asked asked;
    struct als_check_counts counts;
    struct als_err err = {.code = ""};
    asked_open(&asked);
    cr_assert_str_eq(check(&asked, false, &counts), "");
    add_event(&asked, "death", "2020-01-31"); /* SCR is on 2020-02-08 */
    cr_assert_str_eq(check(&asked, false, &counts), "SCR alsfrsr - W-AFTER-DEATH -\n");
    cr_assert_eq(counts.soft, 1);
    cr_assert_str_eq(check(&asked, true, &counts), "SCR alsfrsr - W-AFTER-DEATH P1/1open\n");
    cr_assert_eq(counts.opened, 1);
    (void)check(&asked, true, &counts);
    cr_assert_eq(counts.opened + counts.refreshed + counts.gone, 0, "nothing is new");
    assert_ok(act(&asked, "P1/1", ALS_QUERY_ANSWER, "asked the site", &err), &err);
    add_event(&asked, "death", "2020-03");
    cr_assert_str_eq(check(&asked, true, &counts), "");
    cr_assert_eq(counts.gone, 1);
    struct als_query query = get(&asked, "P1/1");
    cr_assert_eq(query.state, ALS_QUERY_ANSWERED, "a person closes it");
    cr_assert(!query.found);
    add_event(&asked, "death", "2020-01");
    (void)check(&asked, true, &counts);
    query = get(&asked, "P1/1");
    cr_assert(query.found);
    assert_ok(act(&asked, "P1/1", ALS_QUERY_CLOSE, "accepted", &err), &err);
    (void)check(&asked, true, &counts);
    cr_assert_eq(get(&asked, "P1/1").state, ALS_QUERY_CLOSED, "the same value stays accepted");
    asked_close(&asked);
}

Test(check, opens_a_closed_query_again_when_the_value_is_another)
{
    struct asked asked;
    struct als_check_counts counts;
    struct als_err err = {.code = ""};
    asked_open(&asked);
    study_begin(&asked.study, NULL);
    study_add_alsfrsr(&asked.study, asked.patient, "MN1", 18400, 1); /* 36 points down */
    (void)study_commit(&asked.study);
    (void)check(&asked, true, &counts);
    cr_assert_gt(counts.opened, 3);
    const struct als_query before = get(&asked, "P1/1");
    assert_ok(act(&asked, "P1/1", ALS_QUERY_CLOSE, "seen", &err), &err);
    study_begin(&asked.study, "misread");
    study_add_alsfrsr(&asked.study, asked.patient, "MN1", 18400, 0);
    (void)study_commit(&asked.study);
    (void)check(&asked, true, &counts);
    cr_assert_gt(counts.refreshed, 0);
    const struct als_query after = get(&asked, "P1/1");
    cr_assert_eq(after.state, ALS_QUERY_OPEN);
    cr_assert_str_neq(after.value_now, before.value_now);
    cr_assert_str_eq(after.value, before.value, "what was asked about stays");
    asked_close(&asked);
}

Test(check, asks_for_a_baseline_once_treatment_has_begun)
{
    struct asked asked;
    struct als_check_counts counts;
    asked_open(&asked);
    add_event(&asked, "infusion", "2020-02-07"); /* before the only assessment */
    cr_assert_not_null(strstr(check(&asked, true, &counts), "- alsfrsr - W-NO-BASELINE P1/"));
    asked_close(&asked);
}
