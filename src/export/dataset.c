/* Descriptions of exported files. */
#include "dataset.h"

#include <string.h>

#include "field.h"

const char *als_field_type_name(enum als_field_type type)
{
    static const char *const names[] = {"text", "integer",      "number",
                                        "date", "partial date", "yes-no"};
    return names[type];
}

struct als_dataset *als_dataset_new(struct als_arena *arena, const char *file, const char *title,
                                    const char *key)
{
    struct als_dataset *dataset = als_arena_take(arena, sizeof *dataset);
    dataset->arena = arena;
    dataset->file = als_arena_strdup(arena, file);
    dataset->title = als_arena_strdup(arena, title);
    dataset->key = als_arena_strdup(arena, key);
    return dataset;
}

struct als_field *als_dataset_add(struct als_dataset *dataset, const char *name, const char *label,
                                  enum als_field_type type, const char *unit)
{
    if (dataset->n_fields == dataset->room) {
        size_t room = dataset->room ? 2 * dataset->room : 32;
        struct als_field *fields = als_arena_array(dataset->arena, room, sizeof *fields);
        if (dataset->n_fields)
            memcpy(fields, dataset->fields, dataset->n_fields * sizeof *fields);
        dataset->fields = fields;
        dataset->room = room;
    }
    struct als_field *field = &dataset->fields[dataset->n_fields++];
    *field = (struct als_field){.name = als_arena_strdup(dataset->arena, name),
                                .label = als_arena_strdup(dataset->arena, label),
                                .type = type,
                                .unit = als_arena_strdup(dataset->arena, unit)};
    return field;
}

void als_dataset_add_all(struct als_dataset *dataset, const struct als_field *fields)
{
    for (; fields->name; fields++) {
        struct als_field *field =
            als_dataset_add(dataset, fields->name, fields->label, fields->type, fields->unit);
        field->codes = fields->codes;
        field->n_codes = fields->n_codes;
    }
}

void als_field_set_choices(struct als_dataset *dataset, struct als_field *field,
                           const struct als_item *item)
{
    struct als_field_code *codes = als_arena_array(dataset->arena, item->n_choices, sizeof *codes);
    for (size_t i = 0; i < item->n_choices; i++) {
        const struct als_choice *choice = &item->choices[i];
        codes[i].code = choice->code;
        codes[i].label =
            choice->label_b && strcmp(choice->label_b, choice->label) != 0
                ? als_arena_printf(dataset->arena, "%s / %s", choice->label, choice->label_b)
                : choice->label;
    }
    field->codes = codes;
    field->n_codes = item->n_choices;
}

void als_dataset_header(const struct als_dataset *dataset, bool bom, struct als_buf *out)
{
    if (bom)
        als_buf_text(out, "\xEF\xBB\xBF");
    for (size_t i = 0; i < dataset->n_fields; i++)
        als_field_cell_text(out, dataset->fields[i].name);
    als_field_end_row(out);
}
