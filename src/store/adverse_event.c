/* Adverse events. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store_int.h"

static enum als_status check_grade(const struct als_protocol *protocol, int grade,
                                   struct als_err *err)
{
    if (grade == ALS_UNSAID)
        return ALS_OK;
    for (size_t i = 0; i < protocol->n_grades; i++) {
        if (protocol->grades[i].grade == grade)
            return ALS_OK;
    }
    als_fail(err, ALS_DATA, "E-RANGE", "grade: %d is not a grade of the protocol", grade);
    if (protocol->n_grades)
        als_err_hint(err, "%s has the grades %d to %d", protocol->ae_system,
                     protocol->grades[0].grade, protocol->grades[protocol->n_grades - 1].grade);
    return ALS_DATA;
}

static enum als_status check_yesno(const char *field, int value, struct als_err *err)
{
    if (value == ALS_UNSAID || value == 0 || value == 1)
        return ALS_OK;
    return als_fail(err, ALS_DATA, "E-CHOICE", "%s: expected Y or N", field);
}

/* Categories between semicolons; blanks around one do not count. */
static enum als_status check_relation(const struct als_protocol *protocol, const char *relation,
                                      struct als_err *err)
{
    enum als_status status = ALS_OK;
    if (!als_or_missing(relation) || protocol->n_causality == 0)
        return ALS_OK;
    char *copy = als_strdup(relation);
    for (char *part = copy; part && status == ALS_OK;) {
        char *next = strchr(part, ';');
        if (next)
            *next++ = '\0';
        part += strspn(part, " ");
        size_t length = strlen(part);
        while (length && part[length - 1] == ' ')
            part[--length] = '\0';
        status =
            als_check_choice("relation", part, protocol->causality, protocol->n_causality, err);
        part = next;
    }
    free(copy);
    return status;
}

static enum als_status check(const struct als_store *store, const struct als_adverse_event *ae,
                             unsigned given, struct als_err *err)
{
    const struct als_protocol *protocol = store->protocol;
    enum als_status status = als_check_name("ae_id", ae->ae_id, 64, err);
    if (status == ALS_OK && als_is_given(given, 0) && ae->visit_no &&
        !als_store_visit_code(store, ae->visit_no))
        status = als_fail(err, ALS_DATA, "E-VISIT", "no visit has the number %d", ae->visit_no);
    if (status == ALS_OK && als_is_given(given, 1) && !als_or_missing(ae->term))
        status = als_fail(err, ALS_DATA, "E-REQUIRED", "term: is missing");
    if (status == ALS_OK && als_is_given(given, 2))
        status = als_check_date("onset", ae->onset, err);
    if (status == ALS_OK && als_is_given(given, 3))
        status = als_check_date("end", ae->end, err);
    if (status == ALS_OK && als_is_given(given, 4))
        status = check_grade(protocol, ae->grade, err);
    if (status == ALS_OK && als_is_given(given, 5))
        status = check_yesno("serious", ae->serious, err);
    if (status == ALS_OK && als_is_given(given, 6))
        status = check_relation(protocol, ae->relation, err);
    if (status == ALS_OK && als_is_given(given, 9))
        status = check_yesno("dlt", ae->dlt, err);
    return status;
}

/* The row as it is stored; id 0 when there is none. */
struct stored_ae {
    int64_t id;
    char onset[ALS_DATE_TEXT], end[ALS_DATE_TEXT]; /* "" = missing */
};

static void copy_date(sqlite3_stmt *stmt, int column, char date[ALS_DATE_TEXT])
{
    const char *text = (const char *)sqlite3_column_text(stmt, column);
    snprintf(date, ALS_DATE_TEXT, "%s", text ? text : "");
}

static enum als_status find(struct als_store *store, const struct als_adverse_event *ae,
                            struct stored_ae *stored, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_cached(store,
                       "SELECT adverse_event_id, onset, end_date FROM adverse_event"
                       " WHERE patient_id = ?1 AND ae_id = ?2",
                       &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, ae->patient_id);
    als_bind_text(stmt, 2, ae->ae_id);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    *stored = (struct stored_ae){.id = 0};
    if (status == ALS_OK && row) {
        stored->id = sqlite3_column_int64(stmt, 0);
        copy_date(stmt, 1, stored->onset);
        copy_date(stmt, 2, stored->end);
    }
    als_sql_done(stmt);
    return status;
}

static enum als_status check_order(const struct als_adverse_event *ae, unsigned given,
                                   const struct stored_ae *stored, struct als_err *err)
{
    return als_adverse_event_order(als_is_given(given, 2) ? ae->onset : stored->onset,
                                   als_is_given(given, 3) ? ae->end : stored->end, err);
}

/* The parts of a date stand in order of weight. */
enum als_status als_adverse_event_order(const char *onset, const char *end, struct als_err *err)
{
    if (!als_or_missing(onset) || !als_or_missing(end))
        return ALS_OK;
    size_t known = strlen(onset) < strlen(end) ? strlen(onset) : strlen(end);
    if (strncmp(end, onset, known) >= 0)
        return ALS_OK;
    return als_fail(err, ALS_DATA, "E-ORDER", "end: %s is before the onset, %s", end, onset);
}

/* Planned visits are everyone's; an extra one is a patient's own. */
static enum als_status check_visit(struct als_store *store, const struct als_adverse_event *ae,
                                   struct als_err *err)
{
    sqlite3_stmt *stmt;
    if (ae->visit_no < ALS_EXTRA_VISIT_FIRST)
        return ALS_OK;
    enum als_status status =
        als_sql_cached(store, "SELECT 1 FROM visit WHERE visit_id = ?1", &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, als_key_visit(ae->patient_id, ae->visit_no));
    bool found;
    status = als_sql_step(store, stmt, &found, err);
    als_sql_done(stmt);
    if (status == ALS_OK && !found)
        status = als_fail(err, ALS_DATA, "E-VISIT", "visit: %s has no visit %s",
                          als_word_patient(store, ae->patient_id),
                          als_store_visit_code(store, ae->visit_no));
    return status;
}

static struct als_row_cell number(unsigned given, unsigned bit, int value, int missing)
{
    struct als_row_cell cell = als_cell_integer(value);
    if (value == missing)
        cell.kind = ALS_ROW_NULL;
    return als_cell_when(als_is_given(given, bit), cell);
}

enum als_status als_adverse_event_put(struct als_store *store, const struct als_adverse_event *ae,
                                      unsigned given, enum als_put *what, struct als_err *err)
{
    struct als_relation *table;
    struct stored_ae stored = {.id = 0};
    enum als_status status = check(store, ae, given, err);
    if (status == ALS_OK)
        status = als_relation_find(store, "adverse_event", &table, err);
    if (status == ALS_OK)
        status = find(store, ae, &stored, err);
    if (status == ALS_OK && !stored.id)
        status = als_check_id("ae_id", ae->ae_id, err);
    if (status == ALS_OK)
        status = check_order(ae, given, &stored, err);
    if (status == ALS_OK && als_is_given(given, 0))
        status = check_visit(store, ae, err);
    if (status == ALS_OK && !stored.id && !(als_is_given(given, 1) && als_or_missing(ae->term)))
        status = als_fail(err, ALS_DATA, "E-REQUIRED", "term: is missing");
    if (status != ALS_OK)
        return status;
    struct als_row_cell system = als_cell_text(store->protocol->ae_system);
    if (!system.text)
        system = als_cell_text("none");
    /* A grade keeps the system it was given in; a new grade is in the present one. */
    system.given = als_is_given(given, 4);
    system.initial = system.quiet = true;
    struct als_row_cell cells[] = {
        als_cell_integer(ae->patient_id),          als_cell_text(ae->ae_id),
        number(given, 0, ae->visit_no, 0),         als_given_text(given, 1, ae->term),
        als_given_text(given, 2, ae->onset),       als_given_text(given, 3, ae->end),
        number(given, 4, ae->grade, ALS_UNSAID),   system,
        number(given, 5, ae->serious, ALS_UNSAID), als_given_text(given, 6, ae->relation),
        als_given_text(given, 7, ae->action),      als_given_text(given, 8, ae->outcome),
        number(given, 9, ae->dlt, ALS_UNSAID)};
    return als_row_put(store, table, &stored.id, cells, false, what, err);
}

enum als_status als_adverse_event_remove(struct als_store *store,
                                         const struct als_adverse_event *ae, struct als_err *err)
{
    struct als_relation *table;
    struct stored_ae stored;
    enum als_status status = als_change_require(store, err);
    if (status == ALS_OK && !store->change.has_reason) {
        status = als_fail(err, ALS_DATA, "E-CONFLICT",
                          "taking out adverse event %s of %s changes what is stored", ae->ae_id,
                          als_word_patient(store, ae->patient_id));
        als_err_hint(err, "give a reason to change stored values");
    }
    if (status == ALS_OK)
        status = als_relation_find(store, "adverse_event", &table, err);
    if (status == ALS_OK)
        status = find(store, ae, &stored, err);
    if (status != ALS_OK)
        return status;
    if (!stored.id)
        return als_fail(err, ALS_NO_INPUT, "E-NAME", "%s has no adverse event %s",
                        als_word_patient(store, ae->patient_id), ae->ae_id);
    return als_row_delete(store, table, stored.id, err);
}

const char *const *als_adverse_event_actions(size_t *n)
{
    static const char *const actions[] = {"none", "dose delayed", "treatment stopped", "medication",
                                          "hospital"};
    *n = sizeof actions / sizeof actions[0];
    return actions;
}

const char *const *als_adverse_event_outcomes(size_t *n)
{
    static const char *const outcomes[] = {"recovered",     "recovering", "recovered with sequelae",
                                           "not recovered", "fatal",      "unknown"};
    *n = sizeof outcomes / sizeof outcomes[0];
    return outcomes;
}

static int said(sqlite3_stmt *stmt, int column, int missing)
{
    return sqlite3_column_type(stmt, column) == SQLITE_NULL ? missing
                                                            : sqlite3_column_int(stmt, column);
}

static struct als_adverse_event read_ae(sqlite3_stmt *stmt, struct als_arena *arena)
{
    return (struct als_adverse_event){.patient_id = sqlite3_column_int64(stmt, 0),
                                      .ae_id = als_column_text(stmt, 1, arena),
                                      .visit_no = said(stmt, 2, 0),
                                      .term = als_column_text(stmt, 3, arena),
                                      .onset = als_column_text(stmt, 4, arena),
                                      .end = als_column_text(stmt, 5, arena),
                                      .grade = said(stmt, 6, ALS_UNSAID),
                                      .serious = said(stmt, 7, ALS_UNSAID),
                                      .relation = als_column_text(stmt, 8, arena),
                                      .action = als_column_text(stmt, 9, arena),
                                      .outcome = als_column_text(stmt, 10, arena),
                                      .dlt = said(stmt, 11, ALS_UNSAID)};
}

enum als_status als_adverse_event_load(struct als_store *store, int64_t patient_id,
                                       struct als_arena *arena, struct als_adverse_event_list *out,
                                       struct als_err *err)
{
    sqlite3_stmt *stmt;
    *out = (struct als_adverse_event_list){NULL, 0};
    enum als_status status =
        als_sql_prepare(store,
                        "SELECT patient_id, ae_id, visit_no, term, onset, end_date, grade, serious,"
                        " relation, action, outcome, dlt FROM adverse_event"
                        " WHERE ?1 = 0 OR patient_id = ?1 ORDER BY patient_id, onset, ae_id",
                        &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, patient_id);
    struct als_adverse_event *list = NULL;
    size_t n = 0, room = 0;
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        if (n == room) {
            room = room ? 2 * room : 16;
            list = als_realloc_array(list, room, sizeof *list);
        }
        list[n] = read_ae(stmt, arena);
        if (als_date_is_cut(store, list[n].end))
            list[n].end = NULL;
        n += !als_date_is_cut(store, list[n].onset);
    }
    sqlite3_finalize(stmt);
    if (status == ALS_OK && n > 0) {
        out->items = als_arena_array(arena, n, sizeof *list);
        memcpy(out->items, list, n * sizeof *list);
        out->count = n;
    }
    free(list);
    return status;
}
