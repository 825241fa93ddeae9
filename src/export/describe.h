/*
 * The files of an export that describe the others: columns.json, dictionary.csv, loaders. Each
 * appends its text to out.
 */
#ifndef ALSTRACK_EXPORT_DESCRIBE_H
#define ALSTRACK_EXPORT_DESCRIBE_H

#include <stdbool.h>

#include "dataset.h"

struct als_datasets {
    struct als_dataset *const *items;
    size_t count;
    bool bom; /* the CSVs start with a byte-order mark */
};

void als_describe_columns(const struct als_datasets *sets, struct als_buf *out);
void als_describe_dictionary(const struct als_datasets *sets, struct als_buf *out);
void als_describe_r(const struct als_datasets *sets, struct als_buf *out);
void als_describe_python(const struct als_datasets *sets, struct als_buf *out);
void als_describe_sas(const struct als_datasets *sets, struct als_buf *out);
void als_describe_spss(const struct als_datasets *sets, struct als_buf *out);

#endif
