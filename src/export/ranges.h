/*
 * Work over ranges of patients whose output belongs together in order: threads with one connection
 * to the study each format ranges, the caller's thread hashes and writes them as they come due.
 */
#ifndef ALSTRACK_EXPORT_RANGES_H
#define ALSTRACK_EXPORT_RANGES_H

#include "alstrack/core/buf.h"
#include "alstrack/store/store.h"
#include "out.h"

struct als_ranges {
    struct als_store *store; /* used itself when one thread is enough; else for its path */
    unsigned readers;        /* 0 = one per core */
    size_t n_patients;
    void *context;
    /* State of one thread, made from its connection; format appends patients [first, end) of the
     * list to out and adds the rows to *rows. */
    void *(*begin)(struct als_store *store, void *context);
    enum als_status (*format)(void *state, size_t first, size_t end, struct als_buf *out,
                              size_t *rows, struct als_err *err);
    void (*end)(void *state);
    bool (*progress)(double fraction, void *context); /* may be NULL; false stops the work */
    void *progress_context;
};

ALS_CHECKED enum als_status als_ranges_write(const struct als_ranges *ranges, struct als_out *out,
                                             size_t *rows, struct als_err *err);

#endif
