/*
 * The check behind the row counts and digests of a manifest.
 */
#ifndef ALSTRACK_EXPORT_RECOUNT_H
#define ALSTRACK_EXPORT_RECOUNT_H

#include "dataset.h"

/* Read the file and compare rows, bytes and SHA-256 with the dataset: ALS_IO, E-VERIFY if they
 * differ. Notes the widest value of each column. */
ALS_CHECKED enum als_status als_recount(const char *path, struct als_dataset *dataset,
                                        struct als_err *err);

#endif
