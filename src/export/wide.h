/*
 * An instrument's file with one row per assessment: everything that a form holds, scores behind it.
 */
#ifndef ALSTRACK_EXPORT_WIDE_H
#define ALSTRACK_EXPORT_WIDE_H

#include "rows.h"

struct als_wide {
    const struct als_ranges *ranges; /* store, readers, progress */
    const struct als_people *people;
    const struct als_instrument *instrument;
    const char *path; /* "-": standard output */
    const char *file; /* its name in descriptions */
    bool bom;
    const char *head; /* digest of the trail that must still hold at the end; NULL: not asked */
};

/* Write the file and describe it in *out, made in arena. Columns of item reasons are there for the
 * items of which some assessment has one. */
ALS_CHECKED enum als_status als_wide_write(const struct als_wide *wide, struct als_arena *arena,
                                           struct als_dataset **out, struct als_err *err);

/* Several connections read one after another: what they read is one state of the study only if the
 * trail has not moved meanwhile. ALS_BUSY, E-CHANGED if it has. */
ALS_CHECKED enum als_status als_export_unchanged(struct als_store *store, const char *head,
                                                 struct als_err *err);

#endif
