/*
 * The file a chart becomes: its format, gnuplot's terminal for it, and what is done to what gnuplot
 * drew before it takes its name: checked for being whole, given a description (SVG) or a fixed date
 * (PDF), and put in place by temporary file and rename. The same chart gives the same bytes.
 */
#ifndef ALSTRACK_PLOT_OUTPUT_H
#define ALSTRACK_PLOT_OUTPUT_H

#include <stdbool.h>

#include "alstrack/core/buf.h"
#include "alstrack/core/err.h"
#include "gnuplot.h"

enum als_format { ALS_FORMAT_SVG, ALS_FORMAT_PNG, ALS_FORMAT_PDF };

/* The format that the file name's ending names. ALS_USAGE for any other. */
ALS_CHECKED enum als_status als_format_of(const char *path, enum als_format *format,
                                          struct als_err *err);

struct als_chart_info {
    const char *path;
    double width, height; /* of the canvas, in units of 1/96 inch */
    const char *title;    /* for readers who do not see the picture */
    const char *description;
    int day;           /* the chart's date, when there is no stamp */
    const char *stamp; /* SOURCE_DATE_EPOCH text or NULL */
    bool one_of_many;  /* is put in place at once, but is on the disk only by als_output_sync */
};

/* Draw `body` (a script without terminal and output) into info->path. Returns when gnuplot has been
 * handed the chart; it is at its path when als_gnuplot_finish has succeeded. */
ALS_CHECKED enum als_status als_output_draw(struct als_gnuplot *gnuplot,
                                            const struct als_chart_info *info,
                                            const struct als_buf *body, struct als_err *err);

/* Make the charts of a folder durable that were drawn as one of many: one wait for the disk instead
 * of one for each. */
ALS_CHECKED enum als_status als_output_sync(const char *folder, struct als_err *err);

/* Receives the charts that als_output_draw hands over. */
extern const struct als_gnuplot_receiver als_output_receiver;

#endif
