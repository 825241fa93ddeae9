/* The study that tests of imports share. */
#include "trial.h"

#include "als_test.h"
#include "alstrack/core/file.h"
#include "alstrack/define/builtin.h"

static const char protocol_text[] =
    "protocol: test-nct00000000\n"
    "title: A small trial for tests\n"
    "version: \"1.0\"\n"
    "registration: NCT00000000\n"
    "sponsor: Nobody\n"
    "months: days\n"
    "fvc_equation: ecsc\n"
    "sites:\n"
    "  - {code: PRG, name: Prague}\n"
    "cohorts:\n"
    "  - {code: low, label: Low dose, doses: 1, cells_per_dose: 1e6, planned_patients: 3}\n"
    "procedures: [mri]\n"
    "events: [relapse]\n"
    "visits:\n"
    "  - {code: SCR, label: Screening, anchor: event consent, offset: 0 days, window: -7/+7,"
    " epoch: pre, assess: [alsfrsr, fvc], procedures: [mri]}\n"
    "  - {code: D0, label: Treatment, anchor: visit SCR, offset: 28 days, window: -2/+2,"
    " epoch: pre, infusion: 1, assess: [alsfrsr]}\n"
    "  - {code: MN1, label: First month, anchor: infusion 1, offset: 30 days, window: -7/+7,"
    " epoch: post, assess: [alsfrsr, fvc], ae_review: true}\n"
    "  - {code: MN3, label: Third month, anchor: infusion 1, offset: 91 days, window: -14/+14,"
    " epoch: post, assess: [alsfrsr, fvc]}\n"
    "baselines: {alsfrsr: last before infusion}\n"
    "eligibility:\n"
    "  - {id: I1, type: inclusion, manual: consent, text: Consent}\n"
    "analysis: {measure: alsfrsr.total, time_zero: infusion 1, lead_in: true, responders: []}\n"
    "adverse_events: {system: severity-3, grades: {1: mild, 2: moderate, 3: severe},"
    " causality: [cell product, procedure, disease], terms: [headache]}\n"
    "escalation: {rule: none}\n";

static void print_diag(const struct als_diag *diag, void *context)
{
    (void)context;
    als_diag_print(stderr, diag, 0);
}
static const struct als_sink to_stderr = {print_diag, NULL};

static struct als_instrument *instrument(const char *name)
{
    const struct als_builtin *builtin = als_builtin_find(name);
    cr_assert_not_null(builtin);
    struct als_instrument *parsed =
        als_instrument_parse(name, builtin->text, builtin->length, &to_stderr);
    cr_assert_not_null(parsed);
    return parsed;
}

static const struct als_instrument *lookup(const char *code, void *context)
{
    struct als_instrument **both = context;
    for (size_t i = 0; i < 2; i++)
        if (strcmp(both[i]->code, code) == 0)
            return both[i];
    return NULL;
}

void trial_open(struct trial *trial, bool with_patients)
{
    *trial = (struct trial){.store = NULL};
    test_folder(trial->folder);
    snprintf(trial->path, sizeof trial->path, "%s/s.db", trial->folder);
    snprintf(trial->csv, sizeof trial->csv, "%s/in.csv", trial->folder);
    als_buf_init(&trial->said, ALS_BUF_LARGE);
    als_buf_init(&trial->cells, ALS_BUF_LARGE);
    struct als_instrument *both[2] = {instrument("alsfrsr"), instrument("fvc")};
    struct als_protocol *protocol = als_protocol_parse(
        "test.yaml", protocol_text, strlen(protocol_text), lookup, both, &to_stderr);
    cr_assert_not_null(protocol);
    const struct als_change_info info = {.user = "tester", .command = "init"};
    const struct als_instrument *list[2] = {both[0], both[1]};
    struct als_err err = {.code = ""};
    cr_assert_eq(als_store_create(trial->path, protocol, list, 2, &info, &err), ALS_OK, "%s",
                 err.text);
    als_protocol_free(protocol);
    als_instrument_free(both[0]);
    als_instrument_free(both[1]);
    trial_reopen(trial);
    if (!with_patients)
        return;
    trial_must(trial, "patients",
               "patient,sex,birth_date,height_cm,cohort\nP1,F,1960-02,165,low\nP2,M,,,\nP3,M,,,\n");
    trial_must(trial, "events",
               "patient,event,date\nP1,consent,2020-02-01\nP1,infusion,2020-03-02\n"
               "P3,death,2020-05-10\n");
}

void trial_reopen(struct trial *trial)
{
    als_store_close(trial->store);
    struct als_err err = {.code = ""};
    cr_assert_eq(als_store_open(trial->path, ALS_STORE_WRITE, &trial->store, &err), ALS_OK, "%s",
                 err.text);
}

static const struct als_instrument *stored(const char *code, void *context)
{
    return als_store_find_instrument(context, code);
}

void trial_amend(struct trial *trial, const char *instead_of, const char *text)
{
    struct als_buf amended;
    als_buf_init(&amended, ALS_BUF_LARGE);
    const char *at = strstr(protocol_text, instead_of);
    cr_assert_not_null(at);
    als_buf_add(&amended, protocol_text, (size_t)(at - protocol_text));
    als_buf_text(&amended, text);
    als_buf_text(&amended, at + strlen(instead_of));
    struct als_protocol *protocol = als_protocol_parse("test.yaml", amended.data, amended.length,
                                                       stored, trial->store, &to_stderr);
    cr_assert_not_null(protocol);
    protocol->version = "1.1";
    const struct als_change_info info = {
        .user = "tester", .command = "amend", .reason = "amendment"};
    struct als_err err = {.code = ""};
    cr_assert_eq(als_change_begin(trial->store, &info, &err), ALS_OK, "%s", err.text);
    cr_assert_eq(als_store_adopt_protocol(trial->store, protocol, &err), ALS_OK, "%s", err.text);
    cr_assert_eq(als_change_commit(trial->store, NULL, &err), ALS_OK, "%s", err.text);
    als_protocol_free(protocol);
    als_buf_release(&amended);
}

void trial_close(struct trial *trial)
{
    static const char *const files[] = {"s.db", "s.db-journal", "in.csv", "rejects.csv", "map.csv"};
    als_store_close(trial->store);
    for (size_t i = 0; i < COUNT(files); i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", trial->folder, files[i]);
        remove(path);
    }
    cr_assert_eq(rmdir(trial->folder), 0, "files are left in %s", trial->folder);
    als_buf_release(&trial->said);
    als_buf_release(&trial->cells);
    assert_no_leaks();
}

static void hear(const struct als_diag *diag, void *context)
{
    static const char *const severities[] = {"error", "warning", "info"};
    struct als_buf *said = context;
    als_buf_printf(said, "%zu:%zu %s ", diag->line, diag->column, severities[diag->severity]);
    if (diag->field)
        als_buf_printf(said, "%s: ", diag->field);
    als_buf_printf(said, "%s [%s]", diag->what, diag->code);
    if (diag->hint && diag->hint[0])
        als_buf_printf(said, " hint: %s", diag->hint);
    als_buf_char(said, '\n');
}

static void hear_cell(const struct als_cell_change *cell, void *context)
{
    als_buf_printf(context, "%s %s %s %s\n", cell->key, cell->column,
                   cell->old_text ? cell->old_text : "-", cell->new_text ? cell->new_text : "-");
}

enum als_status trial_import(struct trial *trial, const char *kind, const char *text)
{
    if (text)
        test_write_file(trial->csv, text);
    als_buf_clear(&trial->said);
    als_buf_clear(&trial->cells);
    trial->options.kind = kind;
    trial->options.path = trial->csv;
    trial->options.on_change = hear_cell;
    trial->options.change_context = &trial->cells;
    struct als_change_info info = {.user = "tester", .command = "import", .reason = trial->reason};
    const struct als_sink sink = {hear, &trial->said};
    trial->err = (struct als_err){.code = ""};
    return als_import(trial->store, &trial->options, &info, &sink, &trial->result, &trial->err);
}

void trial_must(struct trial *trial, const char *kind, const char *text)
{
    const enum als_status status = trial_import(trial, kind, text);
    cr_assert_eq(status, ALS_OK, "status %d: %s\n%s", (int)status, trial->err.text,
                 trial->said.data);
    cr_assert_eq(trial->result.errors, 0, "%s", trial->said.data);
}

static const char *name_of(const struct als_patient_list *patients, int64_t id)
{
    for (size_t i = 0; i < patients->count; i++)
        if (patients->items[i].id == id)
            return patients->items[i].patient;
    return "?";
}

static void print_row(struct trial *trial, const struct als_instrument *definition,
                      const struct als_assessment *row, const char *patient, size_t n,
                      struct als_buf *out)
{
    char text[64];
    const char *rater = als_store_rater(trial->store, row->rater_no);
    als_buf_printf(out, "%s %s %s %s %s ", patient,
                   als_store_visit_code(trial->store, row->visit_no), rater ? rater : "-",
                   row->day == ALS_NO_DAY ? "-" : als_day_format(row->day, text),
                   row->not_done ? "not-done" : "done");
    if (row->reason)
        als_buf_printf(out, "(%s) ", row->reason);
    for (size_t i = 0; i < n; i++) {
        als_value_format(&definition->items[i], &row->values[i], text, sizeof text);
        als_buf_printf(out, "%s%s", i ? "/" : "", text[0] ? text : ".");
        if (row->item_reasons && row->item_reasons[i])
            als_buf_printf(out, "(%s)", row->item_reasons[i]);
    }
    als_buf_char(out, ';');
}

const char *trial_rows(struct trial *trial, const char *code, size_t n, struct als_buf *out)
{
    const struct als_instrument *definition = als_store_find_instrument(trial->store, code);
    struct als_arena *arena = als_arena_new();
    struct als_patient_list patients;
    struct als_scan *scan;
    const struct als_assessment *row;
    struct als_err err = {.code = ""};
    cr_assert_eq(als_patient_load(trial->store, arena, &patients, &err), ALS_OK);
    cr_assert_eq(als_scan_open(trial->store, definition, ALS_SCAN_ITEMS | ALS_SCAN_COLUMNS, 0,
                               INT64_MAX, &scan, &err),
                 ALS_OK, "%s", err.text);
    als_buf_clear(out);
    while (als_scan_next(scan, &row, &err) == ALS_OK && row)
        print_row(trial, definition, row, name_of(&patients, row->patient_id), n, out);
    als_scan_close(scan);
    als_arena_free(arena);
    return out->data;
}

const char *trial_visits(struct trial *trial, const char *name, struct als_buf *out)
{
    struct als_arena *arena = als_arena_new();
    struct als_patient patient;
    struct als_visit_list visits;
    struct als_err err = {.code = ""};
    cr_assert_eq(als_patient_get(trial->store, name, arena, &patient, &err), ALS_OK);
    cr_assert_eq(als_visit_load(trial->store, patient.id, arena, &visits, &err), ALS_OK);
    als_buf_clear(out);
    for (size_t i = 0; i < visits.count; i++) {
        const struct als_visit *visit = &visits.items[i];
        char day[ALS_DATE_TEXT];
        als_buf_printf(out, "%s %s%s%s;", als_store_visit_code(trial->store, visit->visit_no),
                       visit->not_done ? "not-done" : als_day_format(visit->day, day),
                       visit->assigned ? " assigned" : "", visit->made ? " made" : "");
    }
    als_arena_free(arena);
    return out->data;
}

size_t trial_verify(struct trial *trial)
{
    size_t findings = 0;
    struct als_err err = {.code = ""};
    cr_assert_eq(als_audit_verify(trial->store, NULL, &to_stderr, &findings, &err) == ALS_OK ||
                     findings > 0,
                 true, "%s", err.text);
    return findings;
}

const char *trial_file(struct trial *trial, const char *name, struct als_buf *out)
{
    char path[600];
    struct als_err err = {.code = ""};
    snprintf(path, sizeof path, "%s/%s", trial->folder, name);
    als_buf_clear(out);
    cr_assert_eq(als_file_read(path, out, &err), ALS_OK, "%s", err.text);
    return out->data;
}
