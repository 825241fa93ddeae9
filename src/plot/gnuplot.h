/*
 * Running gnuplot: the only place that starts it.
 *
 * Charts are scripts that name no output: what they draw goes to a file in memory, which only
 * gnuplot and this program know. Each process draws many, one after the other, fed through its
 * standard input; charts go to the process with the least to do. Every script is followed by a line
 * that gnuplot prints on its standard error: that chart is done. A process ends at the first error,
 * and what it said since the last such line is about the chart it was at.
 *
 * No start-up file of the user is read, nothing is written to a folder.
 */
#ifndef ALSTRACK_PLOT_GNUPLOT_H
#define ALSTRACK_PLOT_GNUPLOT_H

#include <stddef.h>

#include "alstrack/core/buf.h"
#include "alstrack/core/err.h"

struct als_gnuplot; /* opaque */

/* Receives a chart that has ended; frees what `chart` points to. `complaint` is what gnuplot said
 * when it ended at this chart, perhaps nothing, or NULL when the script was done; that what was
 * drawn is whole is the receiver's to check; it may change it in place. A failure ends the drawing.
 * When drawing is abandoned, the charts still under way are not received but dropped. */
struct als_gnuplot_receiver {
    enum als_status (*receive)(void *chart, struct als_buf *drawn, const char *complaint,
                               struct als_err *err);
    void (*drop)(void *chart);
};

/* Processes are started when there is work for them, at most `processes` (0: one per processor).
 * ALS_UNAVAILABLE at the first chart when gnuplot is not installed. */
struct als_gnuplot *als_gnuplot_new(size_t processes, const struct als_gnuplot_receiver *receiver);

/* Hand over one chart. May receive earlier ones. Owns `chart` also on failure. */
ALS_CHECKED enum als_status als_gnuplot_draw(struct als_gnuplot *gnuplot,
                                             const struct als_buf *script, void *chart,
                                             struct als_err *err);

/* Wait until all charts are received and the processes have ended. Frees gnuplot. */
ALS_CHECKED enum als_status als_gnuplot_finish(struct als_gnuplot *gnuplot, struct als_err *err);

/* Stop at once and drop what is under way. NULL is fine. */
void als_gnuplot_abandon(struct als_gnuplot *gnuplot);

#endif
