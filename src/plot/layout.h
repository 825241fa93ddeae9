/*
 * Where labels go so that none lies on another. Pure geometry: positions and widths in, rows and
 * places out. All lengths are in the canvas's units.
 */
#ifndef ALSTRACK_PLOT_LAYOUT_H
#define ALSTRACK_PLOT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#define ALS_LAYOUT_HIDDEN (-1)

struct als_slot {
    double at;    /* in: the point the label belongs to */
    double width; /* in: of its text */
    int rank;     /* in: lower is placed first, for als_layout_centred and als_layout_spans */
    int row;      /* out: 0 is nearest to the plot; ALS_LAYOUT_HIDDEN when there is no room */
    double left;  /* out: where the text begins */
};

/* Flags: each label stands on a pole at `at` and its text begins `pad` to the right of it, or ends
 * `pad` to the left of it where there is no room at the right. Texts stay between left and right;
 * none touches another text or a pole. Returns the number of rows used, at most max_rows; what does
 * not fit is hidden. */
size_t als_layout_flags(struct als_slot *slots, size_t n, double pad, double left, double right,
                        size_t max_rows);

/* Texts centred on their points, moved inwards at left and right, at least `gap` apart in a row.
 * Returns the number of rows used, at most max_rows; what does not fit is hidden. */
size_t als_layout_centred(struct als_slot *slots, size_t n, double left, double right, double gap,
                          size_t max_rows);

/* Spans from `at` to `at + width`, at least `gap` apart in a row. As above. */
size_t als_layout_spans(struct als_slot *slots, size_t n, double gap, size_t max_rows);

#endif
