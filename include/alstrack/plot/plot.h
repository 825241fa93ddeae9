/*
 * Charts, drawn by gnuplot (>= 5.4, a separate program). Format by file ending: .svg, .png, .pdf.
 * ALS_UNAVAILABLE when gnuplot is not installed, with how to install it.
 */
#ifndef ALSTRACK_PLOT_PLOT_H
#define ALSTRACK_PLOT_PLOT_H

#include "alstrack/store/store.h"

struct als_plot_options {
    const char *measure; /* NULL: the protocol's */
    const char *by;      /* patient factor, for spaghetti and mean; NULL: none */
    int as_of_day;
    const char *data;  /* also write the exact table drawn, as CSV, here; NULL: not */
    const char *stamp; /* SOURCE_DATE_EPOCH text or NULL */
    bool (*progress)(double fraction, void *context); /* false stops: ALS_INTERRUPTED */
    void *progress_context;
};

/* The progression page of one patient. */
ALS_CHECKED enum als_status als_plot_patient(struct als_store *store, const char *patient,
                                             const char *path,
                                             const struct als_plot_options *options,
                                             struct als_err *err);
/* Every patient: FOLDER/PATIENT.ENDING, one gnuplot process per processor. *charts counts them. */
ALS_CHECKED enum als_status als_plot_all_patients(struct als_store *store, const char *folder,
                                                  const char *ending,
                                                  const struct als_plot_options *options,
                                                  size_t *charts, struct als_err *err);
/* All patients' curves and the mean line. */
ALS_CHECKED enum als_status als_plot_spaghetti(struct als_store *store, const char *path,
                                               const struct als_plot_options *options,
                                               struct als_err *err);

#endif
