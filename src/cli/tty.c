/* Keys and lines from a terminal. */
#include "tty.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "alstrack/core/utf8.h"
#include "context.h"

#define ESCAPE_MS 50 /* the rest of an escape sequence follows at once */

static struct termios given; /* as it was before */
static volatile sig_atomic_t taken, resized;
static int users; /* who has opened it and not closed it yet */

static void note_size(int number)
{
    (void)number;
    resized = 1;
}

bool als_tty_is_there(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

void als_tty_measure(struct als_tty *tty)
{
    struct winsize size = {0};
    const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0;
    tty->rows = known && size.ws_row >= 4 ? size.ws_row : 24;
    tty->columns = known && size.ws_col >= 20 ? size.ws_col : 80;
}

/* Keys one by one and unseen. A stopped or dumped program would leave the terminal to the shell
 * like that, so that nothing but Ctrl-C is a signal. */
static bool take_terminal(void)
{
    struct termios keys = given;
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    keys.c_cc[VMIN] = 1;
    keys.c_cc[VTIME] = 0;
    keys.c_cc[VSUSP] = keys.c_cc[VQUIT] = _POSIX_VDISABLE;
    struct sigaction action = {.sa_handler = note_size};
    sigemptyset(&action.sa_mask);
    sigaction(SIGWINCH, &action, NULL);
    taken = tcsetattr(STDIN_FILENO, TCSADRAIN, &keys) == 0;
    return taken;
}

bool als_tty_open(struct als_tty *tty)
{
    if (!als_tty_is_there() || (!users && tcgetattr(STDIN_FILENO, &given) != 0))
        return false;
    const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
    tty->plain = !term || !*term || strcmp(term, "dumb") == 0;
    tty->colour = !tty->plain && !(no_colour && *no_colour);
    als_tty_measure(tty);
    if (!users && !take_terminal())
        return false;
    users++;
    return true;
}

void als_tty_give_back(void)
{
    if (taken)
        tcsetattr(STDIN_FILENO, TCSANOW, &given);
    taken = 0;
}

void als_tty_close(void)
{
    if (users && --users == 0)
        als_tty_give_back();
}

void als_tty_put(const char *text, size_t length)
{
    while (length) {
        const ssize_t n = write(STDERR_FILENO, text, length);
        if (n < 0 && errno != EINTR)
            return; /* nobody is there: reading will say so */
        text += n > 0 ? n : 0;
        length -= n > 0 ? (size_t)n : 0;
    }
}

/* ---- Keys ---- */

/* Bytes that were read and belong to the next key, the last one first. */
static int kept[8];
static size_t n_kept;

static void keep_byte(int byte)
{
    kept[n_kept++] = byte;
}

/* The next byte, or what stands for none. */
static int read_byte(void)
{
    unsigned char byte;
    if (n_kept)
        return kept[--n_kept];
    for (;;) {
        if (als_cli_interrupted())
            return ALS_KEY_INTERRUPT;
        if (resized) {
            resized = 0;
            return ALS_KEY_RESIZED;
        }
        const ssize_t n = read(STDIN_FILENO, &byte, 1);
        if (n == 1)
            return byte;
        if (n == 0 || errno != EINTR)
            return ALS_KEY_LEAVE;
    }
}

static bool more_follows(void)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&in, 1, ESCAPE_MS) == 1;
}

/* After ESC: an arrow or the like, -1 for a sequence that is not known. */
static int read_sequence(void)
{
    static const struct {
        const char *text;
        int key;
    } known[] = {{"A", ALS_KEY_UP},        {"B", ALS_KEY_DOWN},     {"C", ALS_KEY_RIGHT},
                 {"D", ALS_KEY_LEFT},      {"5~", ALS_KEY_PAGE_UP}, {"6~", ALS_KEY_PAGE_DOWN},
                 {"3~", ALS_KEY_BACKSPACE}};
    if (!more_follows())
        return ALS_KEY_ESCAPE;
    char text[16] = "";
    size_t n = 0;
    int byte = read_byte();
    if (byte != '[' && byte != 'O')
        return -1;
    while (n < sizeof text - 1 && more_follows()) {
        byte = read_byte();
        if (byte > 0x7E)
            return -1;
        text[n++] = (char)byte;
        if (byte >= 0x40)
            break;
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(text, known[i].text) == 0)
            return known[i].key;
    return -1;
}

/* The character that begins with `first`. If there is none, nothing but that byte is taken. */
static int read_character(int first)
{
    const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1;
    char bytes[4] = {(char)first};
    uint32_t point;
    for (size_t n = 1; n < length; n++) {
        const int byte = read_byte();
        bytes[n] = (char)byte;
        if (byte < 0x80 || byte > 0xBF) {
            keep_byte(byte);
            while (--n)
                keep_byte((unsigned char)bytes[n]);
            return ALS_KEY_BYTE + first;
        }
    }
    if (length > 1 && als_utf8_next(bytes, length, &point) == length)
        return (int)point;
    for (size_t n = length - 1; n; n--)
        keep_byte((unsigned char)bytes[n]);
    return ALS_KEY_BYTE + first;
}

static int key_of(int byte)
{
    switch (byte) {
    case 0x7F:
    case '\b':
        return ALS_KEY_BACKSPACE;
    case '\r':
    case '\n':
        return ALS_KEY_ENTER;
    case '\t':
        return ALS_KEY_TAB;
    case 0x04:
        return ALS_KEY_LEAVE;
    case 0x15:
        return ALS_KEY_ERASE_LINE;
    case 0x17:
        return ALS_KEY_ERASE_WORD;
    case 0x1B:
        return read_sequence();
    default:
        return byte >= 0x80 && byte <= 0xFF ? read_character(byte) : byte < 0x20 ? -1 : byte;
    }
}

int als_tty_key(void)
{
    int key = -1;
    while (key < 0)
        key = key_of(read_byte());
    return key;
}

/* ---- Lines ---- */

static void show_line(const struct als_tty *tty, const char *prompt, const struct als_buf *line)
{
    struct als_buf out;
    uint32_t point;
    if (tty->plain)
        return;
    als_buf_init(&out, ALS_BUF_LARGE);
    const size_t room = (size_t)tty->columns - 1 - strlen(prompt);
    size_t from = 0;
    while (als_utf8_width(line->data + from, line->length - from) > room)
        from += als_utf8_next(line->data + from, line->length - from, &point);
    als_buf_printf(&out, "\r\033[K%s", prompt);
    als_utf8_visible(&out, line->data + from, line->length - from);
    als_tty_put(out.data, out.length);
    als_buf_release(&out);
}

static void erase(const struct als_tty *tty, struct als_buf *line)
{
    do
        line->length--;
    while (line->length && ((unsigned char)line->data[line->length] & 0xC0) == 0x80);
    line->data[line->length] = '\0';
    if (tty->plain)
        als_tty_put("\b \b", 3);
}

static void add_character(const struct als_tty *tty, struct als_buf *line, int code)
{
    char bytes[4] = {(char)(code - ALS_KEY_BYTE)};
    const size_t n = code < ALS_KEY_BYTE ? als_utf8_encode((uint32_t)code, bytes) : 1;
    als_buf_add(line, bytes, n);
    if (tty->plain)
        als_tty_put(bytes, n);
}

static bool ends_line(int key, const struct als_buf *line, const char *commands)
{
    if (key >= ALS_KEY_BYTE)
        return false;
    if (key >= ALS_KEY_BACKSPACE)
        return key != ALS_KEY_ERASE_LINE && key != ALS_KEY_ERASE_WORD && key != ALS_KEY_LEFT &&
               key != ALS_KEY_RIGHT && (key != ALS_KEY_BACKSPACE || line->length == 0);
    return line->length == 0 && key < 0x80 && key && strchr(commands, key);
}

static void edit(const struct als_tty *tty, struct als_buf *line, int key)
{
    if (key == ALS_KEY_BACKSPACE)
        erase(tty, line);
    else if (key == ALS_KEY_ERASE_LINE)
        while (line->length)
            erase(tty, line);
    else if (key == ALS_KEY_ERASE_WORD) {
        while (line->length && line->data[line->length - 1] == ' ')
            erase(tty, line);
        while (line->length && line->data[line->length - 1] != ' ')
            erase(tty, line);
    } else if (key < ALS_KEY_BACKSPACE || key >= ALS_KEY_BYTE)
        add_character(tty, line, key);
}

static void begin_line(const struct als_tty *tty, const char *prompt, const struct als_buf *line)
{
    if (!tty->plain)
        return; /* the whole line is drawn at each key */
    als_tty_put(prompt, strlen(prompt));
    als_tty_put(line->data, line->length);
}

/* Letters of another encoding would be lost, or become others. */
static bool is_refused(struct als_buf *line)
{
    static const char why[] =
        "\n  that is not UTF-8, so it was not taken: set the terminal to UTF-8, "
        "or write without accents\n";
    if (als_utf8_is_valid(line->data, line->length))
        return false;
    als_tty_put(why, sizeof why - 1);
    als_buf_clear(line);
    return true;
}

int als_tty_line(const struct als_tty *tty, const char *prompt, struct als_buf *line,
                 const char *commands)
{
    begin_line(tty, prompt, line);
    for (;;) {
        show_line(tty, prompt, line);
        const int key = als_tty_key();
        if (!ends_line(key, line, commands)) {
            edit(tty, line, key);
            continue;
        }
        if (key == ALS_KEY_ENTER && is_refused(line)) {
            begin_line(tty, prompt, line);
            continue;
        }
        if (key != ALS_KEY_RESIZED)
            als_tty_put("\n", 1);
        return key;
    }
}
