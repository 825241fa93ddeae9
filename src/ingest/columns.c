/*
 * Settles which column of a file is what.
 */
#include "columns.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/buf.h"
#include "alstrack/ingest/import.h"

static const char *const patients[] = {"patient",   "site", "sex",    "birth_date",
                                       "height_cm", "arm",  "cohort", "onset_site"};
static const char *const events[] = {"patient", "event", "date", "value", "unit", "note"};
static const char *const visits[] = {"patient", "visit", "date", "mode", "status", "reason"};
static const char *const ae[] = {"patient", "ae_id",   "visit",    "term",   "onset",   "end",
                                 "grade",   "serious", "relation", "action", "outcome", "dlt"};
static const char *const before_items[] = {"patient", "visit", "date"};
static const char *const after_items[] = {"mode", "rater", "respondent", "status", "reason"};

#define N(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
    const char *kind;
    const char *const *names;
    size_t n, n_keys;
} plain_kinds[] = {
    [ALS_KIND_PATIENTS] = {"patients", patients, N(patients), 1},
    [ALS_KIND_EVENTS] = {"events", events, N(events), 3},
    [ALS_KIND_VISITS] = {"visits", visits, N(visits), 3},
    [ALS_KIND_AE] = {"ae", ae, N(ae), 2},
};

/* Columns of an instrument up to, not including, the reasons of items. */
static size_t instrument_names(const struct als_instrument *instrument, const char **names,
                               size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < N(before_items); i++, n++)
        if (n < room)
            names[n] = before_items[i];
    for (size_t i = 0; i < instrument->n_items; i++, n++)
        if (n < room)
            names[n] = instrument->items[i].code;
    for (size_t i = 0; i < N(after_items); i++, n++)
        if (n < room)
            names[n] = after_items[i];
    return n;
}

size_t als_import_columns(const struct als_store *store, const char *kind, const char **names,
                          size_t room)
{
    for (size_t k = 0; k < N(plain_kinds); k++) {
        if (strcmp(plain_kinds[k].kind, kind) != 0)
            continue;
        for (size_t i = 0; i < plain_kinds[k].n && i < room; i++)
            names[i] = plain_kinds[k].names[i];
        return plain_kinds[k].n;
    }
    const struct als_instrument *instrument = als_store_find_instrument(store, kind);
    return instrument ? instrument_names(instrument, names, room) : 0;
}

void als_columns_init(struct als_columns *columns, enum als_kind kind,
                      const struct als_instrument *instrument)
{
    *columns = (struct als_columns){.kind = kind,
                                    .instrument = instrument,
                                    .arena = als_arena_new(),
                                    .n_keys = 3,
                                    .reject_reason = -1};
    if (!instrument) {
        columns->n_names = plain_kinds[kind].n;
        columns->n_keys = plain_kinds[kind].n_keys;
        columns->names = als_arena_array(columns->arena, columns->n_names, sizeof(char *));
        memcpy(columns->names, plain_kinds[kind].names, columns->n_names * sizeof(char *));
    } else {
        const size_t n = instrument_names(instrument, NULL, 0);
        columns->n_names = n + instrument->n_items;
        columns->names = als_arena_array(columns->arena, columns->n_names, sizeof(char *));
        instrument_names(instrument, columns->names, n);
        for (size_t i = 0; i < instrument->n_items; i++)
            columns->names[n + i] =
                als_arena_printf(columns->arena, "%s.reason", instrument->items[i].code);
    }
    columns->at = als_arena_array(columns->arena, columns->n_names, sizeof *columns->at);
    for (size_t i = 0; i < columns->n_names; i++)
        columns->at[i] = -1;
}

void als_columns_release(struct als_columns *columns)
{
    als_arena_free(columns->arena);
    *columns = (struct als_columns){.n_names = 0};
}

__attribute__((format(printf, 7, 8))) static void
tell(struct als_findings *findings, enum als_severity severity, const char *code,
     const struct als_csv_record *record, size_t field, const char *hint, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    als_finding_add(findings, severity, code, record, field, NULL, hint, format, args);
    va_end(args);
}

__attribute__((format(printf, 6, 7))) static void
complain(struct als_findings *findings, const char *code, const struct als_csv_record *record,
         size_t field, const char *hint, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    als_finding_add(findings, ALS_SEVERITY_ERROR, code, record, field, NULL, hint, format, args);
    va_end(args);
}

/* ---- Map of other people's headers ---- */

static void read_pair(struct als_header_map *map, const struct als_csv_record *record,
                      struct als_findings *findings)
{
    if (record->n != 2) {
        complain(findings, "E-MAP", record, ALS_NO_FIELD, "one line for each column: theirs,ours",
                 "expected 2 columns, found %zu", record->n);
        return;
    }
    const char *theirs =
        als_arena_strndup(map->arena, record->fields[0].text, record->fields[0].length);
    for (size_t i = 0; i < map->count; i++)
        if (strcmp(map->pairs[i].theirs, theirs) == 0) {
            complain(findings, "E-MAP", record, 0, NULL, "'%s' is mapped on line %zu already",
                     theirs, map->pairs[i].line);
            return;
        }
    map->pairs = als_realloc_array(map->pairs, map->count + 1, sizeof *map->pairs);
    map->pairs[map->count++] = (struct als_header_pair){
        .theirs = theirs,
        .ours = als_arena_strndup(map->arena, record->fields[1].text, record->fields[1].length),
        .line = record->line};
}

static bool is(const struct als_csv_field *field, const char *text)
{
    return field->length == strlen(text) && memcmp(field->text, text, field->length) == 0;
}

static bool is_map_header(const struct als_csv_record *record)
{
    return record->n == 2 &&
           (is(&record->fields[0], "theirs") || is(&record->fields[0], "their")) &&
           (is(&record->fields[1], "ours") || is(&record->fields[1], "our"));
}

enum als_status als_header_map_read(const char *path, struct als_header_map *map,
                                    struct als_findings *findings, struct als_err *err)
{
    *map = (struct als_header_map){.arena = als_arena_new()};
    struct als_csv *csv;
    enum als_status status = als_csv_open(path, &csv, err);
    if (status != ALS_OK)
        return status;
    struct als_csv_record record;
    bool first = true;
    while ((status = als_csv_next(csv, &record, err)) == ALS_OK && record.n > 0) {
        if (!first || !is_map_header(&record))
            read_pair(map, &record, findings);
        first = false;
    }
    if (status == ALS_DATA) {
        als_finding_fault(findings, als_csv_fault(csv));
        status = ALS_OK;
    }
    als_csv_close(csv, NULL);
    return status;
}

void als_header_map_release(struct als_header_map *map)
{
    free(map->pairs);
    als_arena_free(map->arena);
    *map = (struct als_header_map){.count = 0};
}

/* What we call their column, in the arena; NULL when the map leaves it out. */
static const char *our_name(const struct als_columns *columns, const struct als_csv_field *field,
                            struct als_header_map *map)
{
    const char *theirs = als_arena_strndup(columns->arena, field->text, field->length);
    for (size_t i = 0; map && i < map->count; i++)
        if (strcmp(map->pairs[i].theirs, theirs) == 0) {
            map->pairs[i].used = true;
            return map->pairs[i].ours[0] ? map->pairs[i].ours : NULL;
        }
    return theirs;
}

/* ---- Header ---- */

static ptrdiff_t known(const struct als_columns *columns, const char *name)
{
    for (size_t i = 0; i < columns->n_names; i++)
        if (strcmp(columns->names[i], name) == 0)
            return (ptrdiff_t)i;
    return -1;
}

ptrdiff_t als_columns_stored(const struct als_columns *columns, const char *stored)
{
    return known(columns, strcmp(stored, "day") == 0        ? "date"
                          : strcmp(stored, "visit_no") == 0 ? "visit"
                                                            : stored);
}

/* The column that a name was meant to be: the same but for case, blanks and hyphens, or nearly. */
static const char *meant(const struct als_columns *columns, const char *name)
{
    char plain[128];
    size_t n = 0;
    for (const char *c = name; *c && n + 1 < sizeof plain; c++)
        plain[n++] = *c == ' ' || *c == '-' ? '_' : (char)tolower((unsigned char)*c);
    while (n > 0 && plain[n - 1] == '_')
        n--;
    plain[n] = '\0';
    const char *start = plain + strspn(plain, "_");
    const ptrdiff_t same = known(columns, start);
    return same >= 0 ? columns->names[same] : als_nearest(start, columns->names, columns->n_names);
}

static void unknown_column(const struct als_columns *columns, const struct als_csv_record *header,
                           size_t field, const char *name, struct als_findings *findings)
{
    struct als_buf hint;
    als_buf_init(&hint, 380);
    const char *nearest = meant(columns, name);
    if (nearest)
        als_buf_printf(&hint, "did you mean '%s'?", nearest);
    else
        als_buf_text(&hint, "a map file can rename it, or leave it out (--map)");
    complain(findings, "E-COLUMN", header, field, hint.data, "unknown column '%s'", name);
    als_buf_release(&hint);
}

/* Is this a file with another separator? Then one finding says so, and nothing else is of use. */
static bool other_separator(const struct als_csv_record *header, struct als_findings *findings)
{
    size_t semicolons = 0, tabs = 0;
    for (size_t i = 0; i < header->raw_length; i++) {
        semicolons += header->raw[i] == ';';
        tabs += header->raw[i] == '\t';
    }
    const size_t commas = header->n - 1;
    if (semicolons <= commas && tabs <= commas)
        return false;
    const char *which = semicolons > tabs ? "semicolons" : "tabs";
    const char *first = memchr(header->raw, semicolons > tabs ? ';' : '\t', header->raw_length);
    const struct als_csv_field at = {.at = (size_t)(first - header->raw)};
    const struct als_csv_record place = {.fields = &at,
                                         .n = 1,
                                         .line = header->line,
                                         .raw = header->raw,
                                         .raw_length = header->raw_length};
    complain(findings, "E-SEPARATOR", &place, 0,
             "save it as CSV with commas, and with points in decimal numbers",
             "the columns are separated by %s, expected commas", which);
    return true;
}

static void missing_keys(const struct als_columns *columns, const struct als_csv_record *header,
                         struct als_findings *findings)
{
    for (size_t i = 0; i < columns->n_names; i++) {
        const bool needed =
            i < columns->n_keys || (columns->kind == ALS_KIND_AE && i == ALS_AE_TERM);
        if (!needed || als_column_present(columns, i))
            continue;
        const bool visit = columns->instrument && i == ALS_IN_VISIT;
        complain(findings, "E-COLUMN-MISSING", header, header->n,
                 visit ? "leave its cells empty to have visits found by date"
                       : "a map file can rename a column (--map)",
                 "there is no column '%s'", columns->names[i]);
    }
}

/* Rows that an import left out come back in, mended. */
static void note_reject_reason(struct als_columns *columns, const struct als_csv_record *header,
                               size_t field, struct als_findings *findings)
{
    columns->reject_reason = (ptrdiff_t)field;
    tell(findings, ALS_SEVERITY_INFO, "I-REJECTS", header, field, NULL,
         "column '" ALS_REJECT_REASON "' of an earlier import is ignored");
}

void als_columns_read(struct als_columns *columns, const struct als_csv_record *header,
                      struct als_header_map *map, struct als_findings *findings)
{
    columns->n_fields = header->n;
    if (other_separator(header, findings))
        return;
    for (size_t i = 0; i < header->n; i++) {
        const char *name = our_name(columns, &header->fields[i], map);
        if (name && strcmp(name, ALS_REJECT_REASON) == 0) {
            note_reject_reason(columns, header, i, findings);
            continue;
        }
        const ptrdiff_t column = name ? known(columns, name) : 0;
        if (!name)
            continue;
        if (column < 0)
            unknown_column(columns, header, i, name, findings);
        else if (columns->at[column] >= 0)
            complain(findings, "E-COLUMN-TWICE", header, i, NULL,
                     "column '%s' is there twice: as column %td and as column %zu", name,
                     columns->at[column] + 1, i + 1);
        else
            columns->at[column] = (ptrdiff_t)i;
    }
    missing_keys(columns, header, findings);
}
