/*
 * Collects findings about records of a file.
 */
#include "finding.h"

#include <stdlib.h>
#include <string.h>

#include "alstrack/core/buf.h"

#define SOURCE_SHOWN 400 /* bytes of a line that a finding keeps */

void als_findings_init(struct als_findings *findings)
{
    *findings = (struct als_findings){.arena = als_arena_new()};
}

void als_findings_clear(struct als_findings *findings)
{
    if (findings->count == 0)
        return;
    als_arena_clear(findings->arena);
    findings->count = findings->errors = 0;
}

void als_findings_release(struct als_findings *findings)
{
    free(findings->items);
    als_arena_free(findings->arena);
    *findings = (struct als_findings){.count = 0};
}

static void add(struct als_findings *findings, const struct als_diag *diag, size_t record)
{
    if (findings->count == findings->room) {
        findings->room = findings->room ? 2 * findings->room : 16;
        findings->items =
            als_realloc_array(findings->items, findings->room, sizeof *findings->items);
    }
    findings->items[findings->count] =
        (struct als_finding){.diag = *diag, .record = record, .arrival = findings->count};
    findings->count++;
    findings->errors += diag->severity == ALS_SEVERITY_ERROR;
}

static const char *print(struct als_arena *arena, const char *format, va_list args)
{
    char text[600];
    vsnprintf(text, sizeof text, format, args);
    return als_arena_strdup(arena, text);
}

void als_finding_add(struct als_findings *findings, enum als_severity severity, const char *code,
                     const struct als_csv_record *record, size_t field, const char *name,
                     const char *hint, const char *format, va_list args)
{
    struct als_csv_place place = {
        .line = record->line, .column = 1, .text = record->raw, .length = record->raw_length};
    if (field != ALS_NO_FIELD)
        place = als_csv_locate(record, field);
    const size_t shown =
        place.length < SOURCE_SHOWN + place.column ? place.length : SOURCE_SHOWN + place.column;
    const struct als_diag diag = {
        .severity = severity,
        .code = als_arena_strdup(findings->arena, code),
        .line = place.line,
        .column = place.column,
        .field = als_arena_strdup(findings->arena, name),
        .what = print(findings->arena, format, args),
        .hint = als_arena_strdup(findings->arena, hint),
        .source = als_arena_strndup(findings->arena, place.text, shown),
    };
    add(findings, &diag, record->line);
}

void als_finding_row(struct als_findings *findings, const char *code, size_t line, const char *raw,
                     size_t raw_length, const char *hint, const char *format, ...)
{
    const struct als_csv_field whole = {.text = raw, .length = raw_length};
    const struct als_csv_record record = {
        .fields = &whole, .n = 1, .line = line, .raw = raw, .raw_length = raw_length};
    va_list args;
    va_start(args, format);
    als_finding_add(findings, ALS_SEVERITY_ERROR, code, &record, 0, NULL, hint, format, args);
    va_end(args);
}

void als_finding_line(struct als_findings *findings, size_t line, const struct als_verdict *verdict,
                      const char *what)
{
    static const enum als_severity severities[] = {[ALS_RULE_HARD] = ALS_SEVERITY_ERROR,
                                                   [ALS_RULE_SOFT] = ALS_SEVERITY_WARNING,
                                                   [ALS_RULE_INFO] = ALS_SEVERITY_INFO};
    const struct als_diag diag = {
        .severity = severities[verdict->level],
        .code = als_arena_strdup(findings->arena, verdict->code),
        .line = line,
        .what = als_arena_strdup(findings->arena, what),
        .hint = als_arena_strdup(findings->arena, verdict->hint),
    };
    add(findings, &diag, line);
}

void als_finding_fault(struct als_findings *findings, const struct als_csv_fault *fault)
{
    const struct als_diag diag = {
        .severity = ALS_SEVERITY_ERROR,
        .code = fault->code,
        .line = fault->line,
        .column = fault->column,
        .what = als_arena_strdup(findings->arena, fault->what),
        .hint = als_arena_strdup(findings->arena, fault->hint),
        .source = als_arena_strdup(findings->arena, fault->source),
    };
    add(findings, &diag, fault->line);
}

static int by_record(const void *a, const void *b)
{
    const struct als_finding *x = a, *y = b;
    if (x->record != y->record)
        return x->record < y->record ? -1 : 1;
    return x->arrival < y->arrival ? -1 : x->arrival > y->arrival;
}

void als_findings_sort(struct als_findings *findings)
{
    if (findings->count > 1)
        qsort(findings->items, findings->count, sizeof *findings->items, by_record);
}

void als_findings_send(struct als_findings *findings, const char *file, const struct als_sink *sink)
{
    for (size_t i = 0; i < findings->count; i++) {
        findings->items[i].diag.file = file;
        als_diag_send(sink, &findings->items[i].diag);
    }
}

/* Index of the first finding of the record, or of where it would be. */
static size_t first_of(const struct als_findings *findings, size_t record)
{
    size_t low = 0, high = findings->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (findings->items[middle].record < record)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void als_findings_reason(const struct als_findings *findings, size_t line, struct als_buf *out)
{
    bool first = true;
    for (size_t i = first_of(findings, line);
         i < findings->count && findings->items[i].record == line; i++) {
        const struct als_diag *diag = &findings->items[i].diag;
        if (diag->severity != ALS_SEVERITY_ERROR)
            continue;
        als_buf_text(out, first ? "" : "; ");
        if (diag->field)
            als_buf_printf(out, "%s: ", diag->field);
        als_buf_text(out, diag->what);
        first = false;
    }
}
