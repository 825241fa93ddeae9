/*
 * How charts look: one font, one set of colours. Colours are from Okabe and Ito (2008), told apart
 * by colour-blind readers; whatever carries meaning also differs in dash, mark or height, so that
 * it can be read in grey.
 */
#ifndef ALSTRACK_PLOT_THEME_H
#define ALSTRACK_PLOT_THEME_H

#include <stddef.h>

#define ALS_FONT      "Liberation Sans"
#define ALS_FONT_SIZE 12
#define ALS_PNG_SCALE 1.5 /* pixels per canvas unit */

#define ALS_INK    "#1a1a1a"
#define ALS_FAINT  "#5c5c5c" /* secondary text: contrast 6.7 to 1 on white */
#define ALS_RULE   "#8c8c8c" /* axes */
#define ALS_GRID   "#e3e3e3"
#define ALS_WINDOW "#e8eff5" /* planned visit windows */
#define ALS_NEXT   "#f7dfa0" /* window of the next visit */
#define ALS_PRE    "#d55e00" /* before treatment: vermilion, dashed */
#define ALS_POST   "#0072b2" /* after treatment: blue, solid */

/* A look for the i-th of several lines: colour, dash, mark. Repeats after als_looks. */
struct als_look {
    const char *colour;
    const char *dash; /* gnuplot dash type */
    int mark;         /* gnuplot point type */
};
extern const size_t als_looks;
const struct als_look *als_look(size_t index);

/* Colour of an adverse event's grade: the worse, the darker. */
const char *als_grade_colour(int grade);

#endif
