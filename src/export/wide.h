/*
 * An instrument's file with one row per assessment: everything that a form holds, scores behind it.
 */
#ifndef ALSTRACK_EXPORT_WIDE_H
#define ALSTRACK_EXPORT_WIDE_H

#include "rows.h"

/* Write the file at path ("-": standard output) and describe it in *out, made in arena. Columns of
 * item reasons are there for the items of which some assessment has one. */
ALS_CHECKED enum als_status
als_wide_write(const struct als_ranges *ranges, const struct als_people *people,
               const struct als_instrument *instrument, const char *path, const char *file,
               bool bom, struct als_arena *arena, struct als_dataset **out, struct als_err *err);

#endif
