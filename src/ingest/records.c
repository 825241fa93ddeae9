/*
 * Imports patients, events, visits and adverse events, row by row.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/store/bulk.h"
#include "importer.h"
#include "row.h"

#define ROWS_BETWEEN 4096 /* rows between sending findings */

struct records {
    struct als_importer *importer;
    struct als_row row;
    struct als_arena *arena;   /* texts of the rows since the last sending */
    struct als_text_map named; /* keys of patients, events and adverse events, with their lines */
    struct als_seen *visits;   /* keys of visits */
    struct als_buf key;
    int64_t patient_id; /* of the row */
    uint8_t *touched;   /* [patient_id]: something was entered or changed */
    size_t touched_room;
};

/* Examine the row and, unless it is bad, put it. */
typedef enum als_status put_fn(struct records *records, enum als_put *what, struct als_err *err);

static const char *text(struct records *records, size_t column)
{
    return als_row_text(&records->row, column, 400, records->arena);
}

static unsigned given(const struct records *records, size_t column, unsigned bit)
{
    return als_column_present(records->row.columns, column) ? 1u << bit : 0;
}

/* Refuse the row if the file has named the key in records->key before. */
static void check_twice(struct records *records, size_t column)
{
    struct als_row *row = &records->row;
    const struct als_buf *key = &records->key;
    const size_t *line = als_text_map_find(&records->named, key->data, key->length);
    if (line)
        als_row_fail(row, column, "E-TWICE", "keep one of the two rows",
                     "the same key is on line %zu already", *line);
    else if (!row->bad)
        als_text_map_add(&records->named, key->data, key->length, row->record->line);
}

static void make_key(struct records *records, size_t n_columns)
{
    als_buf_clear(&records->key);
    for (size_t i = 0; i < n_columns; i++) {
        const struct als_csv_field cell = als_row_cell(&records->row, i);
        als_buf_add(&records->key, cell.text, cell.length);
        als_buf_char(&records->key, '\n');
    }
}

static int64_t patient_id(const struct records *records, size_t index)
{
    return records->row.bad ? 0 : records->importer->roster.patients.items[index].id;
}

/* ---- Patients ---- */

static const char *site(struct records *records)
{
    const struct als_protocol *protocol = records->importer->protocol;
    if (protocol->n_sites == 0)
        return text(records, ALS_PATIENTS_SITE);
    const char **codes = als_arena_array(records->arena, protocol->n_sites, sizeof *codes);
    for (size_t i = 0; i < protocol->n_sites; i++)
        codes[i] = protocol->sites[i].code;
    const ptrdiff_t found =
        als_row_choice(&records->row, ALS_PATIENTS_SITE, codes, protocol->n_sites);
    return found < 0 ? NULL : codes[found];
}

static const char *cohort(struct records *records)
{
    const struct als_protocol *protocol = records->importer->protocol;
    const char **codes = als_arena_array(records->arena, protocol->n_cohorts + 1, sizeof *codes);
    for (size_t i = 0; i < protocol->n_cohorts; i++)
        codes[i] = protocol->cohorts[i].code;
    const ptrdiff_t found =
        als_row_choice(&records->row, ALS_PATIENTS_COHORT, codes, protocol->n_cohorts);
    return found < 0 ? NULL : codes[found];
}

static enum als_status put_patient(struct records *records, enum als_put *what, struct als_err *err)
{
    static const char *const sexes[] = {"F", "M"};
    struct als_row *row = &records->row;
    struct als_patient patient = {
        .patient = als_row_text(row, ALS_IN_PATIENT, 64, records->arena),
        .site = site(records),
        .height_cm =
            als_row_number(row, ALS_PATIENTS_HEIGHT_CM, 50, 250, "a number from 50 to 250 cm"),
        .arm = text(records, ALS_PATIENTS_ARM),
        .cohort = cohort(records),
        .onset_site = text(records, ALS_PATIENTS_ONSET_SITE),
    };
    const ptrdiff_t sex = als_row_choice(row, ALS_PATIENTS_SEX, sexes, 2);
    patient.sex = sex < 0 ? NULL : sexes[sex];
    als_row_date(row, ALS_PATIENTS_BIRTH_DATE, false);
    patient.birth_date = text(records, ALS_PATIENTS_BIRTH_DATE);
    if (!patient.patient)
        als_row_expect(row, ALS_IN_PATIENT, "a patient");
    make_key(records, 1);
    check_twice(records, ALS_IN_PATIENT);
    if (row->bad)
        return ALS_OK;
    unsigned columns = 0;
    for (unsigned i = 0; i < 7; i++)
        columns |= given(records, ALS_PATIENTS_SITE + i, i);
    const enum als_status status =
        als_patient_put(records->importer->store, &patient, columns, what, err);
    records->patient_id = patient.id;
    return status;
}

/* ---- Events ---- */

static const char *event_name(struct records *records)
{
    const struct als_protocol *protocol = records->importer->protocol;
    size_t n = 0;
    while (als_event_names[n])
        n++;
    const char **names = als_arena_array(records->arena, n + protocol->n_events, sizeof *names);
    memcpy(names, als_event_names, n * sizeof *names);
    memcpy(names + n, protocol->events, protocol->n_events * sizeof *names);
    const ptrdiff_t found =
        als_row_choice(&records->row, ALS_EVENTS_EVENT, names, n + protocol->n_events);
    if (als_row_cell(&records->row, ALS_EVENTS_EVENT).length == 0)
        als_row_expect(&records->row, ALS_EVENTS_EVENT, "the name of an event");
    return found < 0 ? NULL : names[found];
}

/* Visits are counted from infusions, so a month or a year will not do. */
static void check_event_date(struct records *records, const char *event)
{
    if (event && strcmp(event, "infusion") == 0)
        (void)als_row_day(&records->row, ALS_EVENTS_DATE, true);
    else
        (void)als_row_date(&records->row, ALS_EVENTS_DATE, true);
}

static enum als_status put_event(struct records *records, enum als_put *what, struct als_err *err)
{
    struct als_row *row = &records->row;
    const size_t patient = als_row_patient(row, &records->importer->roster);
    const char *name = event_name(records);
    bool hours = name && strcmp(name, "ventilation") == 0;
    struct als_event event = {
        .patient_id = patient_id(records, patient),
        .event = name,
        .value = hours ? als_row_number(row, ALS_EVENTS_VALUE, 0, 24, "0 to 24 hours a day")
                       : als_row_number(row, ALS_EVENTS_VALUE, -HUGE_VAL, HUGE_VAL, "a number"),
        .unit = text(records, ALS_EVENTS_UNIT),
        .note = als_row_text(row, ALS_EVENTS_NOTE, 4000, records->arena),
    };
    check_event_date(records, event.event);
    event.date = text(records, ALS_EVENTS_DATE);
    if (event.event)
        make_key(records, als_event_repeats(records->importer->protocol, event.event) ? 3 : 2);
    if (!row->bad)
        check_twice(records, ALS_EVENTS_EVENT);
    if (row->bad)
        return ALS_OK;
    unsigned columns = 0;
    for (unsigned i = 0; i < 4; i++)
        columns |= given(records, ALS_EVENTS_DATE + i, i);
    records->patient_id = event.patient_id;
    return als_event_put(records->importer->store, &event, columns, what, err);
}

/* ---- Visits ---- */

static enum als_status visit_number(struct records *records, size_t column, int *number,
                                    struct als_err *err)
{
    struct als_importer *importer = records->importer;
    const char *extra;
    *number = als_row_visit(&records->row, column, &importer->codes, records->arena, &extra);
    if (!extra || records->row.bad)
        return ALS_OK;
    return als_store_add_visit_code(importer->store, extra, number, err);
}

static enum als_status put_visit(struct records *records, enum als_put *what, struct als_err *err)
{
    struct als_importer *importer = records->importer;
    struct als_row *row = &records->row;
    const size_t patient = als_row_patient(row, &importer->roster);
    struct als_visit visit = {.day = ALS_NO_DAY};
    visit.not_done = als_row_not_done(row, ALS_VISITS_STATUS, ALS_VISITS_REASON, &visit.reason);
    visit.day = als_row_day(row, ALS_VISITS_DATE, !visit.not_done);
    const ptrdiff_t mode = als_row_choice(row, ALS_VISITS_MODE, als_modes, ALS_MODE_COUNT);
    visit.mode = mode < 0 ? NULL : als_modes[mode];
    if (als_row_cell(row, ALS_VISITS_VISIT).length == 0)
        als_row_expect(row, ALS_VISITS_VISIT, "the code of a visit");
    enum als_status status = visit_number(records, ALS_VISITS_VISIT, &visit.visit_no, err);
    if (status != ALS_OK || row->bad)
        return status;
    visit.patient_id = importer->roster.patients.items[patient].id;
    size_t first_line;
    status = als_seen_add(records->visits, als_key_visit(visit.patient_id, visit.visit_no),
                          row->record->line, &first_line, err);
    if (status != ALS_OK)
        return status;
    if (first_line) {
        als_row_fail(row, ALS_VISITS_VISIT, "E-TWICE", "keep one of the two rows",
                     "the same key is on line %zu already", first_line);
        return ALS_OK;
    }
    records->patient_id = visit.patient_id;
    const unsigned columns = 1u << 0 | given(records, ALS_VISITS_MODE, 1) | 1u << 2 | 1u << 3;
    return als_visit_put(importer->store, &visit, columns, what, err);
}

/* ---- Adverse events ---- */

static int grade(struct records *records)
{
    const struct als_protocol *protocol = records->importer->protocol;
    const char **codes = als_arena_array(records->arena, protocol->n_grades + 1, sizeof *codes);
    for (size_t i = 0; i < protocol->n_grades; i++)
        codes[i] = als_arena_printf(records->arena, "%d", protocol->grades[i].grade);
    const ptrdiff_t found = als_row_choice(&records->row, ALS_AE_GRADE, codes, protocol->n_grades);
    return found < 0 ? ALS_UNSAID : protocol->grades[found].grade;
}

/* Several causes stand apart by semicolons; each must be one of the protocol's. */
static const char *relation(struct records *records)
{
    const struct als_protocol *protocol = records->importer->protocol;
    const char *all = text(records, ALS_AE_RELATION);
    const char *at = all;
    while (at && protocol->n_causality > 0) {
        at += strspn(at, " ");
        const size_t whole = strcspn(at, ";");
        size_t length = whole;
        while (length > 0 && at[length - 1] == ' ')
            length--;
        bool known = length == 0;
        for (size_t i = 0; i < protocol->n_causality; i++)
            known = known || (strlen(protocol->causality[i]) == length &&
                              memcmp(protocol->causality[i], at, length) == 0);
        if (!known) {
            struct als_buf expected;
            als_buf_init(&expected, 400);
            for (size_t i = 0; i < protocol->n_causality; i++)
                als_buf_printf(&expected, "%s%s", i ? ", " : "one or more of ",
                               protocol->causality[i]);
            als_buf_text(&expected, ", with ; between");
            als_row_expect(&records->row, ALS_AE_RELATION, expected.data);
            als_buf_release(&expected);
            break;
        }
        at = at[whole] == ';' ? at + whole + 1 : NULL;
    }
    return all;
}

static void examine_ae(struct records *records, struct als_adverse_event *ae)
{
    struct als_row *row = &records->row;
    ae->patient_id = patient_id(records, als_row_patient(row, &records->importer->roster));
    ae->ae_id = als_row_text(row, ALS_AE_AE_ID, 64, records->arena);
    if (!ae->ae_id)
        als_row_expect(row, ALS_AE_AE_ID, "the number of the adverse event");
    ae->term = text(records, ALS_AE_TERM);
    if (!ae->term)
        als_row_expect(row, ALS_AE_TERM, "what happened");
    const struct als_date onset = als_row_date(row, ALS_AE_ONSET, false);
    const struct als_date end = als_row_date(row, ALS_AE_END, false);
    ae->onset = text(records, ALS_AE_ONSET);
    ae->end = text(records, ALS_AE_END);
    if (onset.precision == ALS_PRECISION_DAY && end.precision == ALS_PRECISION_DAY &&
        end.day < onset.day)
        als_row_fail(row, ALS_AE_END, "E-ORDER", NULL, "it ends on %s, before its onset on %s",
                     ae->end, ae->onset);
    ae->grade = grade(records);
    ae->serious = als_row_yes_no(row, ALS_AE_SERIOUS);
    ae->relation = relation(records);
    ae->action = text(records, ALS_AE_ACTION);
    ae->outcome = text(records, ALS_AE_OUTCOME);
    ae->dlt = als_row_yes_no(row, ALS_AE_DLT);
}

static enum als_status put_ae(struct records *records, enum als_put *what, struct als_err *err)
{
    struct als_adverse_event ae = {.patient_id = 0};
    examine_ae(records, &ae);
    make_key(records, 2);
    if (!records->row.bad)
        check_twice(records, ALS_AE_AE_ID);
    const enum als_status status = visit_number(records, ALS_AE_VISIT, &ae.visit_no, err);
    if (status != ALS_OK || records->row.bad)
        return status;
    unsigned columns = 0;
    for (unsigned i = 0; i < 10; i++)
        columns |= given(records, ALS_AE_VISIT + i, i);
    records->patient_id = ae.patient_id;
    return als_adverse_event_put(records->importer->store, &ae, columns, what, err);
}

/* ---- What rules say ---- */

static void touch(struct records *records)
{
    const size_t id = (size_t)records->patient_id;
    if (id >= records->touched_room) {
        const size_t room = 2 * id + 256;
        records->touched = als_realloc_array(records->touched, room, 1);
        memset(records->touched + records->touched_room, 0, room - records->touched_room);
        records->touched_room = room;
    }
    records->touched[id] = 1;
}

static bool is_touched(int64_t patient_id, void *context)
{
    const struct records *records = context;
    return (size_t)patient_id < records->touched_room && records->touched[patient_id];
}

/* Line of the file that holds the record that a finding is about; 0 if none does. */
static size_t line_of(struct records *records, const struct als_check_row *row)
{
    static const char *const names[] = {[ALS_KIND_PATIENTS] = "patient",
                                        [ALS_KIND_EVENTS] = "event",
                                        [ALS_KIND_VISITS] = "visit",
                                        [ALS_KIND_AE] = "ae"};
    const struct als_importer *importer = records->importer;
    const enum als_kind kind = importer->columns.kind;
    size_t line = 0;
    if (strcmp(row->record, names[kind]) != 0)
        return 0;
    if (kind == ALS_KIND_VISITS) {
        /* A line that cannot be found again is no reason to stop. */
        (void)!als_seen_line(records->visits, als_key_visit(row->patient_id, row->visit_no), &line,
                             NULL);
        return line;
    }
    als_buf_clear(&records->key);
    als_buf_printf(&records->key, "%s\n", als_store_patient_name(importer->store, row->patient_id));
    for (const char *c = row->item; c && *c; c++)
        als_buf_char(&records->key, kind == ALS_KIND_EVENTS && *c == ' ' ? '\n' : *c);
    if (row->item)
        als_buf_char(&records->key, '\n');
    const size_t *found =
        als_text_map_find(&records->named, records->key.data, records->key.length);
    return found ? *found : 0;
}

static void receive(const struct als_check_row *row, void *context)
{
    struct records *records = context;
    struct als_importer *importer = records->importer;
    const size_t line = line_of(records, row);
    importer->result->out_of_window += line && strcmp(row->verdict.code, "W-WINDOW") == 0;
    if ((line || row->fresh) && als_warnings_count(&importer->warnings, &row->verdict))
        als_importer_finding(importer, line, row);
}

/* What is new may change what is to be said of all that is stored of a patient. */
static enum als_status check_touched(struct records *records, struct als_err *err)
{
    struct als_importer *importer = records->importer;
    const struct als_check_options options = {.wanted = is_touched,
                                              .wanted_context = records,
                                              .today = importer->options->today,
                                              .queries = true};
    struct als_check_counts counts = {.hard = 0};
    if (!records->touched)
        return ALS_OK;
    const enum als_status status =
        als_check(importer->store, &options, receive, records, &counts, err);
    als_importer_send(importer, &importer->findings);
    if (status == ALS_OK)
        als_importer_queries(importer, &counts);
    return status;
}

/* ---- All ---- */

static enum als_status import_row(struct records *records, put_fn *put, struct als_err *err)
{
    struct als_importer *importer = records->importer;
    struct als_row *row = &records->row;
    struct als_err problem = {.code = ""};
    enum als_put what = ALS_PUT_SAME;
    importer->result->rows++;
    row->bad = false;
    enum als_status status = ALS_OK;
    if (als_row_complete(row))
        status = put(records, &what, &problem);
    /* The row contradicts what is stored, or is held by a lock or a site. */
    if (status == ALS_DATA || status == ALS_NOT_PERMITTED) {
        const bool conflict = strcmp(problem.code, "E-CONFLICT") == 0;
        als_row_conflict(row, conflict ? als_conflict_column(importer->store) : "", problem.code,
                         problem.hint, problem.text);
    } else if (status != ALS_OK) {
        *err = problem;
        return status;
    }
    if (row->bad) {
        als_importer_reject(importer, &importer->findings, row->record->line, row->record->raw,
                            row->record->raw_length);
        return ALS_OK;
    }
    if (what != ALS_PUT_SAME)
        touch(records);
    if (what == ALS_PUT_NEW)
        importer->result->entered++;
    else if (what == ALS_PUT_CHANGED)
        importer->result->changed++;
    else
        importer->result->same++;
    return ALS_OK;
}

static enum als_status read_all(struct records *records, put_fn *put, struct als_err *err)
{
    struct als_importer *importer = records->importer;
    struct als_csv_record record;
    enum als_status status;
    records->row.record = &record;
    while ((status = als_csv_next(importer->csv, &record, err)) == ALS_OK && record.n > 0) {
        status = import_row(records, put, err);
        if (status != ALS_OK)
            return status;
        if (importer->result->rows % ROWS_BETWEEN != 0)
            continue;
        als_importer_send(importer, &importer->findings);
        status = als_importer_progress(importer, als_csv_progress(importer->csv), err);
        if (status != ALS_OK)
            return status;
        als_arena_free(records->arena);
        records->arena = als_arena_new();
    }
    if (status == ALS_DATA) {
        als_finding_fault(&importer->findings, als_csv_fault(importer->csv));
        importer->broken = true;
        status = ALS_OK;
    }
    als_importer_send(importer, &importer->findings);
    return status;
}

enum als_status als_import_records(struct als_importer *importer, struct als_err *err)
{
    static put_fn *const puts[] = {[ALS_KIND_PATIENTS] = put_patient,
                                   [ALS_KIND_EVENTS] = put_event,
                                   [ALS_KIND_VISITS] = put_visit,
                                   [ALS_KIND_AE] = put_ae};
    struct records records = {
        .importer = importer, .arena = als_arena_new(), .visits = als_seen_new(importer->store)};
    records.row = (struct als_row){.columns = &importer->columns, .findings = &importer->findings};
    als_text_map_init(&records.named);
    als_buf_init(&records.key, 4096);
    enum als_status status = read_all(&records, puts[importer->columns.kind], err);
    if (status == ALS_OK)
        status = check_touched(&records, err);
    free(records.touched);
    als_buf_release(&records.key);
    als_text_map_release(&records.named);
    als_seen_free(records.visits);
    als_arena_free(records.arena);
    return status;
}
