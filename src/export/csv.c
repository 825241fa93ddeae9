/* `export csv`: a folder of typed CSV files with all that is needed to read and to trust them. */
#include "alstrack/export/csv.h"

#include <stdlib.h>
#include <string.h>

#include "alstrack/store/change.h"
#include "describe.h"
#include "folder.h"
#include "folder_files.h"
#include "manifest.h"
#include "recount.h"
#include "wide.h"

/* Files of fixed names; an instrument that is called like one of them gets a prefix. */
static const char *const fixed_names[] = {"patients",    "visits", "events",       "adverse_events",
                                          "procedures",  "cohort", "observations", "dictionary",
                                          "eligibility", "queries"};

static const char *instrument_file(struct als_export *export, const char *code)
{
    for (size_t i = 0; i < sizeof fixed_names / sizeof fixed_names[0]; i++)
        if (strcmp(code, fixed_names[i]) == 0)
            return als_arena_printf(export->arena, "instrument-%s.csv", code);
    return als_arena_printf(export->arena, "%s.csv", code);
}

static enum als_status write_instruments(struct als_export *export, struct als_err *err)
{
    enum als_status status = ALS_OK;
    size_t n = als_store_instrument_count(export->store);
    for (size_t i = 0; i < n && status == ALS_OK; i++) {
        const struct als_instrument *instrument = als_store_instrument(export->store, i);
        const char *file = instrument_file(export, instrument->code);
        struct als_wide wide = {.ranges = &export->ranges,
                                .people = &export->people,
                                .instrument = instrument,
                                .path = als_export_path(export, file),
                                .file = file,
                                .bom = export->options->bom};
        struct als_dataset *dataset;
        status = als_wide_write(&wide, export->arena, &dataset, err);
        if (status == ALS_OK)
            als_export_add(export, dataset);
    }
    return status;
}

static enum als_status write_data(struct als_export *export, struct als_err *err)
{
    static enum als_status (*const writers[])(struct als_export *, struct als_err *) = {
        als_export_patients,     als_export_visits,      als_export_events,  als_export_adverse,
        als_export_procedures,   als_export_eligibility, als_export_queries, write_instruments,
        als_export_observations, als_export_cohort};
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < sizeof writers / sizeof writers[0] && status == ALS_OK; i++)
        status = writers[i](export, err);
    for (size_t i = 0; i < export->n_datasets && status == ALS_OK; i++)
        status = als_recount(als_export_path(export, export->datasets[i]->file),
                             export->datasets[i], err);
    return status;
}

static enum als_status write_text(struct als_export *export, const struct als_buf *text,
                                  struct als_side_file *side, struct als_err *err)
{
    struct als_out out;
    enum als_status status = als_out_open(als_export_path(export, side->file), &out, err);
    if (status != ALS_OK)
        return status;
    als_out_write(&out, text->data, text->length);
    side->bytes = out.bytes;
    return als_out_close(&out, side->sha256, err);
}

/* Descriptions of the data files, then the manifest of all. */
static enum als_status write_descriptions(struct als_export *export, const char *head,
                                          struct als_err *err)
{
    static void (*const composers[])(const struct als_datasets *, struct als_buf *) = {
        als_describe_columns, als_describe_dictionary, als_describe_r,
        als_describe_python,  als_describe_sas,        als_describe_spss};
    struct als_side_file sides[] = {{.file = "columns.json"}, {.file = "dictionary.csv"},
                                    {.file = "load.R"},       {.file = "load.py"},
                                    {.file = "load.sas"},     {.file = "load.sps"}};
    enum { N_SIDES = sizeof sides / sizeof sides[0] };
    struct als_datasets sets = {export->datasets, export->n_datasets, export->options->bom};
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < N_SIDES && status == ALS_OK; i++) {
        als_buf_clear(&text);
        composers[i](&sets, &text);
        status = write_text(export, &text, &sides[i], err);
    }
    if (status == ALS_OK) {
        struct als_side_file manifest = {.file = ALS_MANIFEST};
        als_buf_clear(&text);
        als_manifest_compose(export, sides, N_SIDES, head, &text);
        status = write_text(export, &text, &manifest, err);
    }
    als_buf_release(&text);
    return status;
}

/* Of all files; each counts the same, and within one it never goes back. */
static bool tell_progress(double fraction, void *context)
{
    struct als_export *export = context;
    enum { OTHER_FILES = 9 };
    double files = OTHER_FILES + (double)als_store_instrument_count(export->store);
    double done = ((double)export->n_datasets + fraction) / files;
    if (done <= export->told)
        return true;
    export->told = done;
    return export->options->progress(done, export->options->progress_context);
}

static enum als_status fill_folder(struct als_export *export, struct als_err *err)
{
    char head[65];
    enum als_status status = als_audit_head(export->store, head, err);
    if (status == ALS_OK)
        status = als_people_load(export->store, &export->people, err);
    if (status != ALS_OK)
        return status;
    status = als_event_load(export->store, 0, export->arena, &export->events, err);
    if (status == ALS_OK)
        status = write_data(export, err);
    if (status == ALS_OK)
        status = als_export_unchanged(export->store, head, err);
    if (status == ALS_OK)
        status = write_descriptions(export, head, err);
    als_people_free(&export->people);
    return status;
}

enum als_status als_export_csv(struct als_store *store, const struct als_export_options *options,
                               struct als_export_result *result, struct als_err *err)
{
    struct als_folder folder = {0};
    struct als_export export = {.store = store,
                                .protocol = als_store_protocol(store),
                                .options = options,
                                .arena = als_arena_new()};
    export.ranges = (struct als_ranges){.store = store,
                                        .readers = options->readers,
                                        .progress = options->progress ? tell_progress : NULL,
                                        .progress_context = &export};
    enum als_status status = als_folder_begin(options->folder, export.arena, &folder, err);
    if (status == ALS_OK) {
        export.folder = folder.temporary;
        status = fill_folder(&export, err);
    }
    if (status == ALS_OK)
        status = als_folder_publish(&folder, err);
    als_folder_abandon(&folder);
    if (status == ALS_OK && result) {
        enum { DESCRIPTIONS = 7 };
        *result = (struct als_export_result){.files = export.n_datasets + DESCRIPTIONS};
        for (size_t i = 0; i < export.n_datasets; i++)
            result->rows += export.datasets[i]->rows;
    }
    free(export.datasets);
    als_arena_free(export.arena);
    return status;
}

enum als_status als_export_wide(struct als_store *store, const char *instrument, const char *path,
                                unsigned readers, char sha256_hex[65], size_t *rows,
                                struct als_err *err)
{
    const struct als_instrument *which = als_store_find_instrument(store, instrument);
    if (!which)
        return als_fail(err, ALS_USAGE, "E-INSTRUMENT", "%s: the study has no such instrument",
                        instrument);
    char head[65];
    struct als_people people;
    enum als_status status = als_audit_head(store, head, err);
    if (status == ALS_OK)
        status = als_people_load(store, &people, err);
    if (status != ALS_OK)
        return status;
    struct als_arena *arena = als_arena_new();
    struct als_ranges ranges = {.store = store, .readers = readers};
    struct als_wide wide = {.ranges = &ranges,
                            .people = &people,
                            .instrument = which,
                            .path = path,
                            .file = path,
                            .head = head};
    struct als_dataset *dataset;
    status = als_wide_write(&wide, arena, &dataset, err);
    if (status == ALS_OK) {
        *rows = dataset->rows;
        memcpy(sha256_hex, dataset->sha256, sizeof dataset->sha256);
    }
    als_arena_free(arena);
    als_people_free(&people);
    return status;
}
