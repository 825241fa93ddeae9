/*
 * A screen full of lines, put together and shown at once; on a terminal without cursor movement the
 * same lines follow those before.
 */
#ifndef ALSTRACK_CLI_SCREEN_H
#define ALSTRACK_CLI_SCREEN_H

#include "tty.h"

enum als_style { ALS_STYLE_PLAIN, ALS_STYLE_STRONG, ALS_STYLE_FAINT, ALS_STYLE_ALERT };

struct als_screen {
    const struct als_tty *tty;
    struct als_buf text;
    size_t lines; /* so far */
};

/* Measures the terminal. */
void als_screen_begin(struct als_screen *screen, struct als_tty *tty);
/* One or more lines, broken to the width; those after the first are indented by `hang`. */
__attribute__((format(printf, 4, 5))) void als_screen_line(struct als_screen *screen,
                                                           enum als_style style, size_t hang,
                                                           const char *format, ...);
void als_screen_gap(struct als_screen *screen);  /* an empty line; none on a plain terminal */
void als_screen_rule(struct als_screen *screen); /* a line across */
void als_screen_end(struct als_screen *screen);  /* shows and releases */

#endif
