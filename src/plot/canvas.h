/*
 * Drawing on a page of several panels: gnuplot commands for text, lines and boxes at places of the
 * canvas (origin top left, y downwards, in canvas units), and for panels with axes of their own.
 *
 * What is placed on the canvas is drawn together with the next panel and forgotten after it.
 */
#ifndef ALSTRACK_PLOT_CANVAS_H
#define ALSTRACK_PLOT_CANVAS_H

#include <stdbool.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/buf.h"

struct als_canvas {
    struct als_buf *out;
    struct als_arena *arena;
    double width, height;
};

enum als_align { ALS_LEFT, ALS_CENTRE, ALS_RIGHT };

struct als_style {
    double size;
    bool bold;
    const char *colour;
    enum als_align align;
};

/* y is the middle of the line of text. */
void als_canvas_text(const struct als_canvas *canvas, double x, double y,
                     const struct als_style *style, const char *text);
/* As above, shortened to fit `room`. Returns the width used. */
double als_canvas_text_within(const struct als_canvas *canvas, double x, double y, double room,
                              const struct als_style *style, const char *text);

struct als_stroke {
    const char *colour;
    double width;
    const char *dash; /* gnuplot dash type */
    bool arrow;       /* head at the second end */
    bool behind;      /* below the data */
};
void als_canvas_line(const struct als_canvas *canvas, double x1, double y1, double x2, double y2,
                     const struct als_stroke *stroke);
/* edge NULL: no border. Always behind the data. */
void als_canvas_box(const struct als_canvas *canvas, double x1, double y1, double x2, double y2,
                    const char *fill, const char *edge);
void als_canvas_mark(const struct als_canvas *canvas, double x, double y, int point_type,
                     double size, const char *colour);

/* Begin and end a page: everything between is one picture. */
void als_canvas_begin(const struct als_canvas *canvas);
void als_canvas_end(const struct als_canvas *canvas);

struct als_panel {
    double left, right, top, bottom; /* on the canvas */
    double x_low, x_high, y_low, y_high;
};
double als_panel_x(const struct als_panel *panel, double x); /* place on the canvas */
double als_panel_y(const struct als_panel *panel, double y);
bool als_panel_has_x(const struct als_panel *panel, double x);

/* Set margins and ranges; no tics, no frame. */
void als_panel_begin(const struct als_canvas *canvas, const struct als_panel *panel);
/* Axis lines at left and below. */
void als_panel_frame(const struct als_canvas *canvas);
void als_panel_y_tics(const struct als_canvas *canvas, double low, double step, double high);
void als_panel_x_tics(const struct als_canvas *canvas, double low, double step, double high);
/* Draw the panel: `plots` is the rest of a plot command, or empty for none. */
void als_panel_end(const struct als_canvas *canvas, const struct als_panel *panel,
                   const char *plots);

/* A number in a script, in full precision. */
void als_canvas_number(struct als_buf *out, double value);

#endif
