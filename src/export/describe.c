/* columns.json for programs and dictionary.csv for people. */
#include "describe.h"

#include <jansson.h>
#include <stdlib.h>

#include "field.h"

/* Text of a definition or the program; both are UTF-8. */
static json_t *text(const char *value)
{
    json_t *json = json_string(value);
    if (!json)
        als_bug("a description that is not UTF-8");
    return json;
}

static json_t *describe_field(const struct als_field *field)
{
    json_t *json = json_object();
    json_object_set_new(json, "name", text(field->name));
    json_object_set_new(json, "type", text(als_field_type_name(field->type)));
    json_object_set_new(json, "label", text(field->label));
    if (field->unit && *field->unit)
        json_object_set_new(json, "unit", text(field->unit));
    if (field->n_codes) {
        json_t *codes = json_object();
        for (size_t i = 0; i < field->n_codes; i++)
            json_object_set_new(codes, field->codes[i].code, text(field->codes[i].label));
        json_object_set_new(json, "codes", codes);
    }
    return json;
}

void als_describe_columns(const struct als_datasets *sets, struct als_buf *out)
{
    json_t *root = json_object();
    for (size_t i = 0; i < sets->count; i++) {
        const struct als_dataset *dataset = sets->items[i];
        json_t *json = json_object(), *columns = json_array();
        for (size_t k = 0; k < dataset->n_fields; k++)
            json_array_append_new(columns, describe_field(&dataset->fields[k]));
        json_object_set_new(json, "title", text(dataset->title));
        json_object_set_new(json, "key", text(dataset->key));
        json_object_set_new(json, "columns", columns);
        json_object_set_new(root, dataset->file, json);
    }
    char *dump = json_dumps(root, JSON_INDENT(2));
    if (!dump)
        als_bug("columns.json cannot be written");
    als_buf_text(out, dump);
    als_buf_char(out, '\n');
    free(dump);
    json_decref(root);
}

static void put_codes(const struct als_field *field, struct als_buf *out)
{
    struct als_buf codes;
    als_buf_init(&codes, ALS_BUF_LARGE);
    for (size_t i = 0; i < field->n_codes; i++)
        als_buf_printf(&codes, "%s%s = %s", i ? "; " : "", field->codes[i].code,
                       field->codes[i].label);
    als_field_cell_text(out, codes.data);
    als_buf_release(&codes);
}

void als_describe_dictionary(const struct als_datasets *sets, struct als_buf *out)
{
    als_buf_text(out, "file,position,column,type,label,unit,codes\n");
    for (size_t i = 0; i < sets->count; i++) {
        const struct als_dataset *dataset = sets->items[i];
        for (size_t k = 0; k < dataset->n_fields; k++) {
            const struct als_field *field = &dataset->fields[k];
            als_field_cell_text(out, dataset->file);
            als_field_cell_integer(out, (int64_t)k + 1);
            als_field_cell_text(out, field->name);
            als_field_cell_text(out, als_field_type_name(field->type));
            als_field_cell_text(out, field->label);
            als_field_cell_text(out, field->unit);
            put_codes(field, out);
            als_field_end_row(out);
        }
    }
}
