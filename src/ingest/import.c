/*
 * One import from beginning to end: header, change set, rows, and whether to keep them.
 */
#include <string.h>
#include <sys/stat.h>

#include "alstrack/core/buf.h"
#include "importer.h"

#define SUMMARY_BYTES 160

void als_importer_send(struct als_importer *importer, struct als_findings *findings)
{
    als_findings_sort(findings);
    als_findings_send(findings, importer->file, importer->sink);
    importer->result->errors += findings->errors;
    als_findings_clear(findings);
}

void als_importer_reject(struct als_importer *importer, const struct als_findings *findings,
                         size_t line, const char *raw, size_t raw_length)
{
    if (!importer->options->rejects)
        return;
    importer->result->rejected++;
    if (!importer->rejects.open)
        return;
    struct als_buf reason;
    als_buf_init(&reason, 64 * 1024);
    als_findings_reason(findings, line, &reason);
    als_rejects_add(&importer->rejects, raw, raw_length, reason.data);
    als_buf_release(&reason);
}

void als_importer_finding(struct als_importer *importer, size_t line,
                          const struct als_check_row *row)
{
    struct als_buf what;
    als_buf_init(&what, 600);
    als_buf_text(&what, als_store_patient_name(importer->store, row->patient_id));
    if (row->visit_no)
        als_buf_printf(&what, " at %s", als_store_visit_code(importer->store, row->visit_no));
    als_buf_printf(&what, ", %s", row->record);
    if (row->item)
        als_buf_printf(&what, ", %s", row->item);
    als_buf_printf(&what, ": %s", row->verdict.message);
    als_finding_line(&importer->findings, line, &row->verdict, what.data);
    als_buf_release(&what);
}

void als_importer_queries(struct als_importer *importer, const struct als_check_counts *counts)
{
    importer->result->opened += counts->opened;
    importer->result->refreshed += counts->refreshed;
    importer->result->gone += counts->gone;
}

enum als_status als_importer_progress(const struct als_importer *importer, double fraction,
                                      struct als_err *err)
{
    const struct als_import_options *options = importer->options;
    if (!options->progress || options->progress(fraction, options->progress_context))
        return ALS_OK;
    return als_fail(err, ALS_INTERRUPTED, "E-INTERRUPTED", "interrupted, nothing was stored");
}

static enum als_status unknown_kind(const struct als_store *store, const char *kind,
                                    struct als_err *err)
{
    const char *kinds[260] = {"patients", "events", "visits", "ae"};
    size_t n = 4;
    for (size_t i = 0; i < als_store_instrument_count(store) && n < 260; i++)
        kinds[n++] = als_store_instrument(store, i)->code;
    als_fail(err, ALS_USAGE, "E-KIND",
             "'%s' cannot be imported: it is neither patients, events, "
             "visits, ae nor an instrument of this study",
             kind);
    const char *nearest = als_nearest(kind, kinds, n);
    if (nearest)
        als_err_hint(err, "did you mean '%s'?", nearest);
    return ALS_USAGE;
}

static enum als_status find_kind(struct als_importer *importer, struct als_err *err)
{
    static const char *const kinds[] = {"patients", "events", "visits", "ae"};
    const char *kind = importer->options->kind;
    enum als_kind found = ALS_KIND_INSTRUMENT;
    for (size_t i = 0; i < 4; i++)
        if (strcmp(kinds[i], kind) == 0)
            found = (enum als_kind)i;
    if (found == ALS_KIND_INSTRUMENT) {
        importer->instrument = als_store_find_instrument(importer->store, kind);
        if (!importer->instrument)
            return unknown_kind(importer->store, kind, err);
    }
    als_columns_init(&importer->columns, found, importer->instrument);
    return ALS_OK;
}

/* Rows would be lost if the rejects took the place of their source. */
static enum als_status check_rejects(const struct als_import_options *options, struct als_err *err)
{
    struct stat source, rejects;
    if (options->rejects && stat(options->path, &source) == 0 &&
        stat(options->rejects, &rejects) == 0 && source.st_dev == rejects.st_dev &&
        source.st_ino == rejects.st_ino)
        return als_fail(err, ALS_USAGE, "E-REJECTS", "%s: the rejects would replace their source",
                        options->rejects);
    return ALS_OK;
}

__attribute__((format(printf, 3, 4))) static void
file_error(struct als_importer *importer, const char *code, const char *format, ...)
{
    char what[SUMMARY_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    const struct als_diag diag = {
        .severity = ALS_SEVERITY_ERROR, .code = code, .file = importer->file, .what = what};
    als_diag_send(importer->sink, &diag);
    importer->result->errors++;
}

static void check_map_used(struct als_importer *importer, const struct als_header_map *map)
{
    for (size_t i = 0; i < map->count; i++) {
        if (map->pairs[i].used)
            continue;
        char what[SUMMARY_BYTES];
        snprintf(what, sizeof what, "the file has no column '%.100s'", map->pairs[i].theirs);
        const struct als_diag diag = {.severity = ALS_SEVERITY_ERROR,
                                      .code = "E-MAP",
                                      .file = importer->options->map,
                                      .line = map->pairs[i].line,
                                      .column = 1,
                                      .what = what};
        als_diag_send(importer->sink, &diag);
        importer->result->errors++;
    }
}

/* Settle the columns; *ready is false when the header is no basis for reading on. */
static enum als_status read_columns(struct als_importer *importer,
                                    const struct als_csv_record *header, struct als_header_map *map,
                                    struct als_err *err)
{
    const char *path = importer->options->map;
    if (path) {
        const enum als_status status = als_header_map_read(path, map, &importer->findings, err);
        if (status != ALS_OK)
            return status;
        const char *file = importer->file;
        importer->file = path;
        als_importer_send(importer, &importer->findings);
        importer->file = file;
    }
    als_columns_read(&importer->columns, header, path ? map : NULL, &importer->findings);
    als_importer_send(importer, &importer->findings);
    check_map_used(importer, map);
    return ALS_OK;
}

static enum als_status read_header(struct als_importer *importer, struct als_err *err)
{
    struct als_csv_record header;
    enum als_status status = als_csv_next(importer->csv, &header, err);
    if (status == ALS_DATA) {
        als_finding_fault(&importer->findings, als_csv_fault(importer->csv));
        als_importer_send(importer, &importer->findings);
        return ALS_OK;
    }
    if (status != ALS_OK)
        return status;
    if (header.n == 0) {
        file_error(importer, "E-EMPTY", "the file is empty");
        return ALS_OK;
    }
    struct als_header_map map = {.count = 0};
    status = read_columns(importer, &header, &map, err);
    als_header_map_release(&map);
    if (status != ALS_OK || importer->result->errors > 0 || importer->options->dry_run)
        return status;
    return als_rejects_open(&importer->rejects, importer->options->rejects, &header,
                            &importer->columns, err);
}

static enum als_status read_rows(struct als_importer *importer, struct als_err *err)
{
    struct als_arena *arena = als_arena_new();
    als_visit_codes_load(&importer->codes, importer->store, arena);
    enum als_status status = ALS_OK;
    if (importer->columns.kind != ALS_KIND_PATIENTS)
        status = als_roster_load(importer->store, importer->options->today, &importer->roster, err);
    if (status == ALS_OK)
        status = importer->instrument ? als_import_assessments(importer, err)
                                      : als_import_records(importer, err);
    if (importer->columns.kind != ALS_KIND_PATIENTS)
        als_roster_release(&importer->roster);
    als_arena_free(arena);
    if (status == ALS_OK && importer->result->rows == 0 && importer->result->errors == 0)
        file_error(importer, "E-EMPTY", "there are no rows after the header");
    return status;
}

static void sum_warnings(struct als_importer *importer)
{
    for (size_t i = 0; i < importer->warnings.n; i++) {
        const struct als_warning_kind *kind = &importer->warnings.kinds[i];
        if (kind->level == ALS_RULE_SOFT)
            importer->result->warnings += kind->count;
        if (kind->count <= ALS_WARNINGS_SHOWN)
            continue;
        char what[SUMMARY_BYTES];
        snprintf(what, sizeof what, "%zu rows in all; the first %d are shown", kind->count,
                 ALS_WARNINGS_SHOWN);
        const struct als_diag diag = {
            .severity = kind->level == ALS_RULE_SOFT ? ALS_SEVERITY_WARNING : ALS_SEVERITY_INFO,
            .code = kind->code,
            .file = importer->file,
            .what = what};
        als_diag_send(importer->sink, &diag);
    }
}

static enum als_status refuse(struct als_importer *importer, struct als_err *err)
{
    struct als_import_result *result = importer->result;
    result->entered = result->changed = result->same = 0;
    return als_fail(err, ALS_DATA, "E-IMPORT", "%s: %zu error%s, nothing is stored", importer->file,
                    result->errors, result->errors == 1 ? "" : "s");
}

/* Rows are all read: keep them or not. The rejects come first: without them, rows would be lost. */
static enum als_status settle(struct als_importer *importer, struct als_err *err)
{
    struct als_import_result *result = importer->result;
    const bool keep = !importer->broken && result->rows > 0 &&
                      (result->errors == 0 || importer->options->rejects);
    if (!keep) {
        als_change_abandon(importer->store);
        return refuse(importer, err);
    }
    if (importer->options->dry_run) {
        als_change_abandon(importer->store);
        return result->rejected > 0 ? ALS_FINDINGS : ALS_OK;
    }
    enum als_status status = als_rejects_commit(&importer->rejects, err);
    if (status != ALS_OK) {
        als_change_abandon(importer->store);
        return status;
    }
    als_change_set_source(importer->store, result->source_sha256);
    status = als_change_commit(importer->store, &result->change_id, err);
    if (status == ALS_OK && result->rejected > 0)
        return ALS_FINDINGS;
    return status;
}

static enum als_status import_rows(struct als_importer *importer, struct als_err *err)
{
    struct als_change_info info = *importer->info;
    if (importer->options->dry_run) {
        /* Show what would change; but with rejects, rows that lack a reason are left out. */
        if (!importer->options->rejects)
            info.reason = "dry run";
        als_store_on_cell_change(importer->store, importer->options->on_change,
                                 importer->options->change_context);
    }
    enum als_status status = als_change_begin(importer->store, &info, err);
    if (status == ALS_OK) {
        status = read_rows(importer, err);
        sum_warnings(importer);
        if (status != ALS_OK)
            als_change_abandon(importer->store);
    }
    als_store_on_cell_change(importer->store, NULL, NULL);
    als_csv_close(importer->csv, importer->result->source_sha256);
    importer->csv = NULL;
    return status == ALS_OK ? settle(importer, err) : status;
}

static enum als_status import_file(struct als_importer *importer, struct als_err *err)
{
    enum als_status status = read_header(importer, err);
    if (status == ALS_OK && importer->result->errors > 0)
        status = refuse(importer, err);
    else if (status == ALS_OK)
        status = import_rows(importer, err);
    als_csv_close(importer->csv, NULL);
    als_rejects_abandon(&importer->rejects);
    return status;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strcmp(path, "-") == 0 ? "standard input" : slash ? slash + 1 : path;
}

enum als_status als_import(struct als_store *store, const struct als_import_options *options,
                           struct als_change_info *info, const struct als_sink *sink,
                           struct als_import_result *result, struct als_err *err)
{
    *result = (struct als_import_result){.rows = 0};
    info->source_name = base_name(options->path);
    info->source_sha256 = NULL;
    struct als_importer importer = {
        .store = store,
        .protocol = als_store_protocol(store),
        .options = options,
        .info = info,
        .sink = sink,
        .result = result,
        .file = strcmp(options->path, "-") == 0 ? "standard input" : options->path,
    };
    enum als_status status = find_kind(&importer, err);
    if (status != ALS_OK)
        return status;
    status = check_rejects(options, err);
    if (status == ALS_OK)
        status = als_csv_open(options->path, &importer.csv, err);
    if (status == ALS_OK) {
        als_findings_init(&importer.findings);
        status = import_file(&importer, err);
        als_findings_release(&importer.findings);
        info->source_sha256 = result->source_sha256;
    }
    als_columns_release(&importer.columns);
    return status;
}
