/* What is redacted is gone, and the trail still verifies. */
#include "alstrack/store/key.h"
#include "alstrack/store/query.h"
#include "alstrack/store/redact.h"
#include "study.h"

#define SECRET "Eva Novakova"

static bool file_holds(const struct study *study, const char *text)
{
    FILE *file = fopen(study->path, "rb");
    cr_assert_not_null(file);
    size_t n = strlen(text), at = 0;
    int c;
    bool found = false;
    while (!found && (c = getc(file)) != EOF) {
        at = c == text[at] ? at + 1 : c == text[0];
        found = at == n;
    }
    fclose(file);
    return found;
}

static void put_note(struct study *study, const char *note)
{
    struct als_err err = {.status = ALS_OK};
    struct als_event event = {
        .patient_id = 1, .event = "relapse", .date = "2020-05-01", .note = note};
    assert_ok(als_event_put(study->store, &event, 1u | 1u << 3, NULL, &err), &err);
}

static void put_term(struct study *study, const char *term)
{
    struct als_err err = {.status = ALS_OK};
    struct als_adverse_event ae = {.patient_id = 1, .ae_id = "1", .term = term};
    assert_ok(als_adverse_event_put(study->store, &ae, 1u << 1, NULL, &err), &err);
}

/* The secret in a note that was changed since, and in a term that stands. */
static void fill(struct study *study)
{
    study_open(study);
    study_fill(study, 2);
    study_begin(study, "texts");
    put_note(study, "called by " SECRET);
    put_term(study, "seen with " SECRET);
    study_commit(study);
    study_begin(study, "correction");
    put_note(study, "called by a relative");
    study_commit(study);
}

static size_t redact(struct study *study, const struct als_redact_target *target)
{
    struct als_err err = {.status = ALS_OK};
    size_t values;
    study_begin(study, "a name");
    assert_ok(als_redact(study->store, target, &values, &err), &err);
    study_commit(study);
    assert_ok(als_redact_scrub(study->store, &err), &err);
    return values;
}

static const struct als_redact_target note = {
    .patient_id = 1, .record = "event", .name = "relapse", .field = "note"};
static const struct als_redact_target term = {
    .patient_id = 1, .record = "ae", .name = "1", .field = "term"};

Test(redact, takes_every_byte_out_of_the_file_and_verifies)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    char text[4096];
    int64_t n = 0;
    fill(&study);
    cr_assert(file_holds(&study, SECRET));
    cr_expect_eq(redact(&study, &note), 2, "the note and the one before it");
    cr_expect_eq(redact(&study, &term), 2, "the term and the one before it");
    als_store_close(study.store);
    study.store = NULL;
    cr_expect_not(file_holds(&study, SECRET));
    study_reopen(&study, ALS_STORE_WRITE);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    assert_ok(als_redaction_count(study.store, &n, &err), &err);
    cr_expect_eq(n, 4);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM adverse_event"
                                      " WHERE term = '(redacted)'"),
                 1);
    study_close(&study);
}

Test(redact, keeps_heads_that_were_noted_before)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    char head[65];
    size_t findings;
    fill(&study);
    assert_ok(als_audit_head(study.store, head, &err), &err);
    redact(&study, &note);
    redact(&study, &term);
    assert_ok(als_audit_verify(study.store, head, NULL, &findings, &err), &err);
    cr_expect_eq(findings, 0);
    study_close(&study);
}

Test(redact, hides_no_edit_before_and_none_after)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    size_t values;
    char text[4096];
    fill(&study);
    study_sql(&study, "UPDATE event SET value = 7 WHERE event = 'relapse'");
    study_begin(&study, "a name");
    cr_expect_eq(als_redact(study.store, &note, &values, &err), ALS_DATA);
    cr_expect_str_eq(err.code, "E-DAMAGED");
    als_change_abandon(study.store);
    study_sql(&study, "UPDATE event SET value = NULL WHERE event = 'relapse'");
    redact(&study, &note);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    study_sql(&study, "UPDATE event SET value = 7 WHERE event = 'relapse'");
    cr_expect_gt(study_verify(&study, text, sizeof text), 0);
    study_sql(&study, "UPDATE event SET value = NULL, note = 'x' WHERE event = 'relapse'");
    cr_expect_gt(study_verify(&study, text, sizeof text), 0);
    study_close(&study);
}

Test(redact, lets_the_study_go_on)
{
    struct study study;
    char text[4096];
    fill(&study);
    redact(&study, &note);
    study_begin(&study, "more is known");
    put_note(&study, "called by a friend");
    study_commit(&study);
    redact(&study, &note);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    study_close(&study);
}

Test(redact, needs_a_reason_and_something_to_take)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_redact_target nothing = note;
    size_t values;
    nothing.name = "death";
    fill(&study);
    study_begin(&study, NULL);
    cr_expect_eq(als_redact(study.store, &note, &values, &err), ALS_DATA);
    als_change_abandon(study.store);
    study_begin(&study, "a name");
    cr_expect_eq(als_redact(study.store, &nothing, &values, &err), ALS_NO_INPUT);
    als_change_abandon(study.store);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM redaction"), 0);
    study_close(&study);
}

static void remove_note(struct study *study)
{
    struct als_err err = {.status = ALS_OK};
    struct als_arena *arena = als_arena_new();
    struct als_event_list events;
    assert_ok(als_event_load(study->store, 1, arena, &events, &err), &err);
    study_begin(study, "never was");
    for (size_t i = 0; i < events.count; i++)
        if (strcmp(events.items[i].event, "relapse") == 0)
            assert_ok(als_event_remove(study->store, &events.items[i], &err), &err);
    study_commit(study);
    als_arena_free(arena);
}

Test(redact, takes_a_text_out_of_an_event_that_was_taken_out)
{
    struct study study;
    char text[4096];
    fill(&study);
    redact(&study, &term);
    remove_note(&study);
    cr_expect_eq(redact(&study, &note), 2, "the note when it was removed, and the one before");
    als_store_close(study.store);
    study.store = NULL;
    cr_expect_not(file_holds(&study, SECRET));
    study_reopen(&study, ALS_STORE_WRITE);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    study_close(&study);
}

Test(redact, leaves_alone_what_has_the_key_of_a_removed_row)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    char text[4096];
    fill(&study);
    remove_note(&study);
    study_begin(&study, "another");
    struct als_event other = {
        .patient_id = 1, .event = "niv_start", .date = "2020-06-01", .note = "mask"};
    assert_ok(als_event_put(study.store, &other, 1u | 1u << 3, NULL, &err), &err);
    study_commit(&study);
    cr_assert_eq(study_number(&study, "SELECT count(*) FROM event JOIN history ON row_id = event_id"
                                      " AND table_name = 'event' AND operation = 'delete'"),
                 1, "the key is given again");
    redact(&study, &note);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM event WHERE note = 'mask'"), 1);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    study_close(&study);
}

static void ask_about(struct study *study, const char *record, const char *item)
{
    struct als_err err = {.status = ALS_OK};
    struct als_arena *arena = als_arena_new();
    struct als_query query = {
        .patient_id = 1, .record = record, .item = item, .message = "is it " SECRET "?"};
    study_begin(study, NULL);
    assert_ok(als_query_open(study->store, &query, arena, &err), &err);
    assert_ok(als_query_act(study->store, &query, ALS_QUERY_ANSWER, "it was " SECRET, &err), &err);
    study_commit(study);
    als_arena_free(arena);
}

Test(redact, takes_texts_out_of_queries_about_events_and_adverse_events)
{
    struct study study;
    char text[4096];
    fill(&study);
    ask_about(&study, "event", "relapse");
    ask_about(&study, "event", "relapse 2020-05-01");
    ask_about(&study, "ae", "1");
    redact(&study, &note);
    redact(&study, &term);
    als_store_close(study.store);
    study.store = NULL;
    cr_expect_not(file_holds(&study, SECRET));
    study_reopen(&study, ALS_STORE_WRITE);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    study_close(&study);
}

/* ---- The key outside the study ---- */

static void register_key(struct study *study, const char *name, char path[400])
{
    struct als_err err = {.status = ALS_OK};
    snprintf(path, 400, "%s/%s", study->folder, name);
    assert_ok(als_key_make(path, &err), &err);
    study_begin(study, NULL);
    assert_ok(als_key_register(study->store, path, &err), &err);
    study_commit(study);
    assert_ok(als_key_use(path, &err), &err);
}

static void one_more(struct study *study)
{
    study_begin(study, "again");
    put_note(study, study_number(study, "SELECT max(change_id) FROM change_set") % 2 ? "a" : "b");
    study_commit(study);
}

/* ---- Reasons ---- */

/* A change set whose reason names somebody; its number. */
static int64_t told(struct study *study)
{
    fill(study);
    study_begin(study, "told by a sister, " SECRET "-Mala");
    put_note(study, "changed");
    study_commit(study);
    return study_number(study, "SELECT max(change_id) FROM change_set");
}

static void redact_reason(struct study *study, int64_t change_id)
{
    struct als_err err = {.status = ALS_OK};
    study_begin(study, "a name");
    assert_ok(als_redact_reason(study->store, change_id, &err), &err);
    study_commit(study);
    assert_ok(als_redact_scrub(study->store, &err), &err);
}

struct seen_reason {
    int64_t change_id, by_change;
    size_t n;
};

static void see_reason(int64_t change_id, int64_t by_change, const char *user, void *context)
{
    struct seen_reason *seen = context;
    (void)user;
    *seen = (struct seen_reason){change_id, by_change, seen->n + 1};
}

Test(reason, is_taken_out_of_the_file_while_every_head_still_holds)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct seen_reason seen = {.n = 0};
    char head[65], text[4096];
    size_t findings;
    const int64_t change_id = told(&study);
    assert_ok(als_audit_head(study.store, head, &err), &err);
    cr_assert(file_holds(&study, SECRET "-Mala"));
    redact_reason(&study, change_id);
    als_store_close(study.store);
    study.store = NULL;
    cr_expect_not(file_holds(&study, SECRET "-Mala"));
    study_reopen(&study, ALS_STORE_WRITE);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    assert_ok(als_audit_verify(study.store, head, NULL, &findings, &err), &err);
    cr_expect_eq(findings, 0, "the head that was noted before is still there");
    assert_ok(als_redacted_reasons(study.store, see_reason, &seen, &err), &err);
    cr_expect_eq(seen.n, 1);
    cr_expect_eq(seen.change_id, change_id);
    cr_expect_eq(seen.by_change, change_id + 1);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM redaction WHERE table_name ="
                                      " 'change_set' AND length(salt) = 32"
                                      " AND length(digest) = 64"),
                 1, "its salted hash stays");
    study_close(&study);
}

Test(reason, is_held_by_the_trail_before_and_after)
{
    static const struct {
        const char *sql;
        bool good;
    } edits[] = {
        {"UPDATE change_set SET reason = 'other' WHERE reason = 'correction'", false},
        {"UPDATE change_set SET reason = 'correction' WHERE reason = 'other'", true},
        {"UPDATE change_set SET reason = '(redacted)' WHERE reason = 'correction'", false},
        {"UPDATE change_set SET reason = 'correction' WHERE reason = '(redacted)'"
         " AND change_id = 4",
         true},
        {"UPDATE change_set SET reason = NULL WHERE reason = '(redacted)'", false},
        {"UPDATE change_set SET reason = 'made up' WHERE change_id = 5", false},
        {"UPDATE change_set SET reason = '(redacted)' WHERE change_id = 5", true},
        {"UPDATE change_set SET reason_mark = NULL WHERE reason = '(redacted)'", false},
    };
    struct study study;
    char text[4096];
    const int64_t change_id = told(&study);
    cr_assert_eq(change_id, 5);
    redact_reason(&study, change_id);
    study_sql(&study, "DROP TRIGGER change_set_is_final");
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        study_sql(&study, edits[i].sql);
        study_verify(&study, text, sizeof text);
        cr_expect_eq(strstr(text, "its own record was edited") == NULL, edits[i].good, "%s: %s",
                     edits[i].sql, text);
    }
    study_close(&study);
}

Test(reason, is_redacted_once_with_a_reason_where_there_is_one)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    const int64_t change_id = told(&study);
    const struct {
        const char *why;
        int64_t change_id;
        const char *code;
    } wrong[] = {
        {NULL, change_id, "E-REASON"}, {"a name", 999, "E-CHANGE"}, {"a name", 1, "E-NOTHING"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        study_begin(&study, wrong[i].why);
        cr_expect_neq(als_redact_reason(study.store, wrong[i].change_id, &err), ALS_OK);
        cr_expect_str_eq(err.code, wrong[i].code);
        als_change_abandon(study.store);
    }
    redact_reason(&study, change_id);
    study_begin(&study, "again");
    cr_expect_eq(als_redact_reason(study.store, change_id, &err), ALS_NO_INPUT);
    cr_expect_str_eq(err.code, "E-NOTHING");
    als_change_abandon(study.store);
    study_close(&study);
}

Test(key, seals_every_change_set_from_its_own_on)
{
    struct study study;
    char path[400], text[4096];
    fill(&study);
    register_key(&study, "first.key", path);
    one_more(&study);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM change_set WHERE seal IS NOT NULL"), 2);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    study_sql(&study, "DROP TRIGGER change_set_is_final;"
                      "UPDATE change_set SET seal = randomblob(32) WHERE change_id = 6");
    study_verify(&study, text, sizeof text);
    cr_expect_not_null(strstr(text, "is not sealed with the key"), "%s", text);
    study_sql(&study, "UPDATE change_set SET seal = NULL WHERE change_id = 6");
    study_verify(&study, text, sizeof text);
    cr_expect_not_null(strstr(text, "has no seal"), "%s", text);
    study_close(&study);
}

Test(key, finds_a_trail_that_was_made_anew_without_it)
{
    struct study study, forged;
    char path[400], text[4096];
    fill(&study);
    register_key(&study, "first.key", path);
    fill(&forged); /* consistent in itself */
    study_verify(&forged, text, sizeof text);
    cr_expect_not_null(strstr(text, "no change set was ever sealed with this key"), "%s", text);
    study_close(&forged);
    study_close(&study);
}

Test(key, can_be_followed_by_another_only_by_who_has_it)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    char first[400], second[400], third[400], text[4096];
    fill(&study);
    register_key(&study, "first.key", first);
    one_more(&study);
    register_key(&study, "second.key", second);
    one_more(&study);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    assert_ok(als_key_use(first, &err), &err);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    study_begin(&study, "again");
    put_note(&study, "c");
    cr_expect_eq(als_change_commit(study.store, NULL, &err), ALS_NOT_PERMITTED);
    cr_expect_str_eq(err.code, "E-KEY");
    snprintf(third, sizeof third, "%s/third.key", study.folder);
    assert_ok(als_key_make(third, &err), &err);
    study_begin(&study, NULL);
    cr_expect_eq(als_key_register(study.store, third, &err), ALS_NOT_PERMITTED);
    als_change_abandon(study.store);
    study_close(&study);
}

Test(key, is_made_for_its_owner_alone_and_never_over_another)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    char path[400], command[500];
    fill(&study);
    register_key(&study, "first.key", path);
    cr_expect_eq(als_key_make(path, &err), ALS_CANNOT_CREATE);
    snprintf(command, sizeof command, "test \"$(stat -c %%a '%s')\" = 600", path);
    cr_expect_eq(system(command), 0);
    study_close(&study);
}
