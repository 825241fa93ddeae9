/*
 * The terminal as people sit before it: single keys, lines that are edited, and how large and how
 * clever it is. What is shown goes to standard error, so that standard output stays for data.
 *
 * A terminal that knows no cursor movement (TERM=dumb or none) gets plain lines one after the
 * other. The terminal is given back as it was on als_tty_close, and also when a signal ends the
 * program.
 */
#ifndef ALSTRACK_CLI_TTY_H
#define ALSTRACK_CLI_TTY_H

#include <stdbool.h>
#include <stddef.h>

#include "alstrack/core/buf.h"

struct als_tty {
    bool plain;  /* no cursor movement */
    bool colour; /* may be bold, dim, red */
    int rows, columns;
};

/* Is there somebody to ask: do standard input and standard error lead to a terminal? */
bool als_tty_is_there(void);

/* Keys one by one from now on, until it was closed as often as opened. False if there is no
 * terminal.
 */
bool als_tty_open(struct als_tty *tty);
void als_tty_close(void);
/* The same from a signal handler. */
void als_tty_give_back(void);
/* How large it is now. */
void als_tty_measure(struct als_tty *tty);

/* A key: the code point of a character, or one of these. */
enum als_key {
    ALS_KEY_BACKSPACE = 0x110000, /* above every code point */
    ALS_KEY_ENTER,
    ALS_KEY_TAB,
    ALS_KEY_ESCAPE,
    ALS_KEY_LEFT,
    ALS_KEY_RIGHT,
    ALS_KEY_UP,
    ALS_KEY_DOWN,
    ALS_KEY_PAGE_UP,
    ALS_KEY_PAGE_DOWN,
    ALS_KEY_ERASE_LINE,
    ALS_KEY_ERASE_WORD,
    ALS_KEY_RESIZED,         /* the window has another size */
    ALS_KEY_LEAVE,           /* Ctrl-D, or nobody is there any more */
    ALS_KEY_INTERRUPT,       /* Ctrl-C */
    ALS_KEY_BYTE = 0x110100, /* + a byte that is part of no character: the terminal is not UTF-8 */
};
/* Waits for one; what the program does not know is passed over. */
int als_tty_key(void);

/* Write at once. */
void als_tty_put(const char *text, size_t length);

/* Edit one line, shown after `prompt` (ASCII, short). Returns the key that ended it: ALS_KEY_ENTER
 * with the text in `line`; else, and then `line` is as far as it was typed, ALS_KEY_BACKSPACE on an
 * empty line, ALS_KEY_ESCAPE, _TAB, _UP, _DOWN, _RESIZED, _LEAVE, _INTERRUPT, or a character of
 * `commands` that was typed on an empty line. A line that is not UTF-8 is refused here, whole. */
int als_tty_line(const struct als_tty *tty, const char *prompt, struct als_buf *line,
                 const char *commands);

#endif
