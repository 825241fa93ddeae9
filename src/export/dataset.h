/*
 * What is known of one exported file besides its rows: columns with types, labels, units and codes.
 * Descriptions, loaders and the manifest are written from it, the header line too.
 */
#ifndef ALSTRACK_EXPORT_DATASET_H
#define ALSTRACK_EXPORT_DATASET_H

#include "alstrack/core/alloc.h"
#include "alstrack/core/buf.h"
#include "alstrack/define/instrument.h"
#include "alstrack/store/digest.h"

enum als_field_type {
    ALS_FIELD_TEXT,
    ALS_FIELD_INTEGER,
    ALS_FIELD_NUMBER,
    ALS_FIELD_DATE,    /* YYYY-MM-DD */
    ALS_FIELD_PARTIAL, /* the same, YYYY-MM or YYYY */
    ALS_FIELD_YESNO    /* Y or N */
};
const char *als_field_type_name(enum als_field_type type);

struct als_field_code {
    const char *code, *label;
};

struct als_field {
    const char *name, *label;
    enum als_field_type type;
    const char *unit; /* NULL if none */
    const struct als_field_code *codes;
    size_t n_codes;
    size_t widest; /* bytes of the longest value, found when the file is read again */
};

struct als_dataset {
    const char *file;  /* patients.csv */
    const char *title; /* what one row is */
    const char *key;   /* columns that name a row, space between them */
    struct als_field *fields;
    size_t n_fields, room;
    size_t rows, bytes;
    char sha256[ALS_SHA256_HEX];
    struct als_arena *arena; /* borrowed; owns all of the above */
};

struct als_dataset *als_dataset_new(struct als_arena *arena, const char *file, const char *title,
                                    const char *key);
struct als_field *als_dataset_add(struct als_dataset *dataset, const char *name, const char *label,
                                  enum als_field_type type, const char *unit);
/* Several at once: an array that ends with a field without name. */
void als_dataset_add_all(struct als_dataset *dataset, const struct als_field *fields);
void als_field_set_choices(struct als_dataset *dataset, struct als_field *field,
                           const struct als_item *item);

/* Append the header line, after a byte-order mark if asked for. */
void als_dataset_header(const struct als_dataset *dataset, bool bom, struct als_buf *out);

#endif
