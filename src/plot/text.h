/*
 * Text on a chart: how wide it is, how it is shortened, and how it is handed to gnuplot so that
 * nothing in it can be a command.
 *
 * Widths are those of Liberation Sans (the same as Arial and Helvetica), so that what is laid out
 * here fits whichever of the three the reader has. Sizes and widths are in the canvas's units.
 */
#ifndef ALSTRACK_PLOT_TEXT_H
#define ALSTRACK_PLOT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/buf.h"

double als_text_width(const char *text, double size, bool bold);

/* The text itself if it is no wider than `width`, else its beginning and an ellipsis. */
const char *als_text_fit(struct als_arena *arena, const char *text, double size, bool bold,
                         double width);

/* Append as a single-quoted gnuplot string. Control characters become blanks, and bytes that are
 * not UTF-8 become '?', so that one line stays one line and an SVG stays XML. */
void als_text_quote(struct als_buf *out, const char *text);

/* Append as XML character data, cleaned in the same way. */
void als_text_xml(struct als_buf *out, const char *text);

#endif
