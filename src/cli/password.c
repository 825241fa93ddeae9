/* Passwords from a terminal or a file. */
#include "password.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

void als_password_wipe(char password[ALS_PASSWORD_ROOM])
{
    volatile char *byte = password;
    for (size_t i = 0; i < ALS_PASSWORD_ROOM; i++)
        byte[i] = '\0';
}

/* A line without its end. */
static enum als_status read_line(int descriptor, const char *what, char password[ALS_PASSWORD_ROOM],
                                 struct als_err *err)
{
    size_t n = 0;
    char c = '\0';
    ssize_t got;
    while ((got = read(descriptor, &c, 1)) == 1 && c != '\n' && c != '\003') {
        if (n + 1 == ALS_PASSWORD_ROOM)
            return als_fail(err, ALS_DATA, "E-TOO-LONG", "%s: the password is too long", what);
        password[n++] = c;
    }
    if (got < 0)
        return als_fail(err, ALS_IO, "E-READ", "%s: %s", what, strerror(errno));
    if (c == '\003')
        return als_fail(err, ALS_INTERRUPTED, "", "interrupted");
    n -= n && password[n - 1] == '\r';
    password[n] = '\0';
    return ALS_OK;
}

enum als_status als_password_read(const char *path, char password[ALS_PASSWORD_ROOM],
                                  struct als_err *err)
{
    bool standard = strcmp(path, "-") == 0;
    int descriptor = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return als_fail(err, ALS_NO_INPUT, "E-NO-FILE", "%s: %s", path, strerror(errno));
    enum als_status status =
        read_line(descriptor, standard ? "standard input" : path, password, err);
    if (!standard)
        close(descriptor);
    return status;
}

/* Control-C arrives as a character, so that the echo comes back before anything ends. */
enum als_status als_password_ask(const char *prompt, char password[ALS_PASSWORD_ROOM], bool *asked,
                                 struct als_err *err)
{
    struct termios before, quiet;
    *asked = false;
    int terminal = isatty(STDIN_FILENO) ? open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY) : -1;
    if (terminal < 0)
        return ALS_OK;
    if (tcgetattr(terminal, &before) != 0) {
        close(terminal);
        return ALS_OK;
    }
    *asked = true;
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    tcsetattr(terminal, TCSAFLUSH, &quiet);
    ssize_t shown = write(terminal, prompt, strlen(prompt));
    enum als_status status =
        shown < 0 ? als_fail(err, ALS_IO, "E-WRITE", "the terminal: %s", strerror(errno))
                  : read_line(terminal, "the terminal", password, err);
    tcsetattr(terminal, TCSAFLUSH, &before);
    shown = write(terminal, "\n", 1);
    close(terminal);
    return status;
}

enum als_status als_password_new(struct als_cli *cli, const char *user,
                                 char password[ALS_PASSWORD_ROOM], struct als_err *err)
{
    const char *path = als_args_text(&cli->args, "new-password-file");
    /* Of the first user nobody else's password can be meant. */
    if (!path && !als_store_has_users(cli->store))
        path = als_args_text(&cli->args, "password-file");
    if (path)
        return als_password_read(path, password, err);
    bool asked = false;
    char again[ALS_PASSWORD_ROOM];
    enum als_status status = als_password_ask(
        als_arena_printf(cli->arena, "New password for %s: ", user), password, &asked, err);
    if (!status && !asked) {
        als_fail(err, ALS_USAGE, "E-PASSWORD", "no terminal to ask for the password of %s at",
                 user);
        als_err_hint(err, "--new-password-file FILE, or - for standard input");
        return ALS_USAGE;
    }
    if (!status)
        status = als_password_ask("Again: ", again, &asked, err);
    if (!status && strcmp(password, again) != 0)
        status = als_fail(err, ALS_DATA, "E-PASSWORD", "the two passwords differ");
    als_password_wipe(again);
    return status;
}
