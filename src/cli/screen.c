/* Lines for a terminal. */
#include "screen.h"

#include <stdarg.h>
#include <string.h>

#include "alstrack/core/utf8.h"

static const char *const on[] = {"", "\033[1m", "\033[2m", "\033[1;31m"};

void als_screen_begin(struct als_screen *screen, struct als_tty *tty)
{
    als_tty_measure(tty);
    *screen = (struct als_screen){.tty = tty};
    als_buf_init(&screen->text, ALS_BUF_LARGE);
    if (!tty->plain)
        als_buf_text(&screen->text, "\033[H\033[2J");
}

static void put_line(struct als_screen *screen, enum als_style style, size_t indent,
                     const char *text, size_t length)
{
    const bool styled = screen->tty->colour && style != ALS_STYLE_PLAIN && length;
    als_buf_printf(&screen->text, "%*s%s", (int)indent, "", styled ? on[style] : "");
    als_buf_add(&screen->text, text, length);
    als_buf_text(&screen->text, styled ? "\033[0m\n" : "\n");
    screen->lines++;
}

void als_screen_line(struct als_screen *screen, enum als_style style, size_t hang,
                     const char *format, ...)
{
    struct als_buf raw, line;
    va_list args;
    als_buf_init(&raw, ALS_BUF_LARGE);
    als_buf_init(&line, ALS_BUF_LARGE);
    va_start(args, format);
    als_buf_vprintf(&raw, format, args);
    va_end(args);
    als_utf8_visible(&line, raw.data, raw.length);
    const size_t room = (size_t)screen->tty->columns - 1;
    size_t indent = 0, at = 0;
    do {
        size_t next;
        const size_t length =
            als_utf8_break(line.data + at, line.length - at, room - indent, &next);
        put_line(screen, style, indent, line.data + at, length);
        indent = hang < room / 2 ? hang : 0;
        at += next;
    } while (at < line.length);
    als_buf_release(&line);
    als_buf_release(&raw);
}

void als_screen_gap(struct als_screen *screen)
{
    if (!screen->tty->plain)
        put_line(screen, ALS_STYLE_PLAIN, 0, "", 0);
}

void als_screen_rule(struct als_screen *screen)
{
    for (int i = 1; i < screen->tty->columns; i++)
        als_buf_char(&screen->text, '-');
    als_buf_text(&screen->text, "\n");
    screen->lines++;
}

void als_screen_end(struct als_screen *screen)
{
    als_tty_put(screen->text.data, screen->text.length);
    als_buf_release(&screen->text);
}
