/* Composing and recognising manifest.json. */
#include "manifest.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define KIND         "alstrack csv export"
#define MANIFEST_MAX ((size_t)16 << 20)

static json_t *text(const char *value)
{
    json_t *json = json_string(value ? value : "");
    if (!json)
        als_bug("a manifest entry that is not UTF-8");
    return json;
}

static json_t *describe_study(const struct als_export *export, const char *head)
{
    const struct als_protocol *protocol = export->protocol;
    json_t *study = json_object(), *plan = json_object(), *instruments = json_object();
    json_object_set_new(study, "uuid", text(als_store_uuid(export->store)));
    json_object_set_new(study, "trail_head", text(head));
    json_object_set_new(plan, "code", text(protocol->code));
    json_object_set_new(plan, "version", text(protocol->version));
    if (protocol->registration)
        json_object_set_new(plan, "registration", text(protocol->registration));
    json_object_set_new(study, "protocol", plan);
    for (size_t i = 0; i < als_store_instrument_count(export->store); i++) {
        const struct als_instrument *instrument = als_store_instrument(export->store, i);
        json_object_set_new(instruments, instrument->code, text(instrument->version));
    }
    json_object_set_new(study, "instruments", instruments);
    return study;
}

static json_t *describe_file(const char *name, size_t bytes, const char *sha256)
{
    json_t *file = json_object();
    json_object_set_new(file, "file", text(name));
    json_object_set_new(file, "bytes", json_integer((json_int_t)bytes));
    json_object_set_new(file, "sha256", text(sha256));
    return file;
}

static json_t *describe_files(const struct als_export *export, const struct als_side_file *sides,
                              size_t n_sides)
{
    json_t *files = json_array();
    for (size_t i = 0; i < export->n_datasets; i++) {
        const struct als_dataset *dataset = export->datasets[i];
        json_t *file = describe_file(dataset->file, dataset->bytes, dataset->sha256);
        json_object_set_new(file, "rows", json_integer((json_int_t)dataset->rows));
        json_object_set_new(file, "columns", json_integer((json_int_t)dataset->n_fields));
        json_array_append_new(files, file);
    }
    for (size_t i = 0; i < n_sides; i++)
        json_array_append_new(files, describe_file(sides[i].file, sides[i].bytes, sides[i].sha256));
    return files;
}

void als_manifest_compose(const struct als_export *export, const struct als_side_file *sides,
                          size_t n_sides, const char *head, struct als_buf *out)
{
    char as_of[ALS_DATE_TEXT];
    const struct als_export_options *options = export->options;
    json_t *root = json_object();
    json_object_set_new(root, "kind", text(KIND));
    json_object_set_new(root, "format", json_integer(1));
    if (options->program)
        json_object_set_new(root, "program", text(options->program));
    if (options->stamp)
        json_object_set_new(root, "stamp", text(options->stamp));
    json_object_set_new(root, "study", describe_study(export, head));
    json_object_set_new(root, "as_of", text(als_day_format(options->as_of_day, as_of)));
    json_object_set_new(root, "filters", json_object());
    json_object_set_new(root, "month_days", json_real(ALS_DAYS_PER_MONTH));
    json_object_set_new(root, "files", describe_files(export, sides, n_sides));
    char *dump = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    if (!dump)
        als_bug("the manifest cannot be written");
    als_buf_text(out, dump);
    als_buf_char(out, '\n');
    free(dump);
    json_decref(root);
}

static bool is_ours(const json_t *root)
{
    const char *kind = json_string_value(json_object_get(root, "kind"));
    return kind && strcmp(kind, KIND) == 0 && json_is_array(json_object_get(root, "files"));
}

bool als_manifest_read(const char *folder, struct als_arena *arena, const char *const **files,
                       size_t *n_files)
{
    struct als_buf buf;
    struct als_err ignored;
    als_buf_init(&buf, MANIFEST_MAX);
    const char *path = als_arena_printf(arena, "%s/" ALS_MANIFEST, folder);
    json_t *root = NULL;
    if (als_file_read(path, &buf, &ignored) == ALS_OK)
        root = json_loadb(buf.data, buf.length, 0, NULL);
    bool ours = root && is_ours(root);
    if (ours) {
        const json_t *list = json_object_get(root, "files");
        const char **names = als_arena_array(arena, json_array_size(list), sizeof *names);
        *n_files = 0;
        for (size_t i = 0; i < json_array_size(list); i++) {
            const char *name = json_string_value(json_object_get(json_array_get(list, i), "file"));
            if (name)
                names[(*n_files)++] = als_arena_strdup(arena, name);
        }
        *files = names;
    }
    json_decref(root);
    als_buf_release(&buf);
    return ours;
}
