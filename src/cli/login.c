/* Passwords, sessions and who acts. */
#include "login.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "password.h"

#include "alstrack/store/key.h"

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* Of an option that the command may lack. */
static const char *given(const struct als_cli *cli, const char *name)
{
    for (size_t i = 0; i < cli->args.n_given; i++)
        if (strcmp(cli->args.given[i].option->name, name) == 0)
            return cli->args.given[i].value;
    return NULL;
}

static const char *login_name(struct als_cli *cli)
{
    struct passwd entry, *found = NULL;
    char text[4096];
    if (getpwuid_r(geteuid(), &entry, text, sizeof text, &found) == 0 && found)
        return als_arena_strdup(cli->arena, found->pw_name);
    return als_arena_printf(cli->arena, "uid %ld", (long)geteuid());
}

const char *als_cli_user(struct als_cli *cli)
{
    const char *user = given(cli, "user");
    if (!user || !*user)
        user = environment("ALSTRACK_USER");
    return user ? user : login_name(cli);
}

enum als_status als_cli_use_key(struct als_cli *cli, struct als_err *err)
{
    const struct als_option *options[ALS_COMMAND_OPTIONS];
    size_t n = als_command_options(cli->args.command, options);
    bool concerned = cli->args.command->flags & (ALS_CMD_STAYS | ALS_CMD_USERS);
    for (size_t i = 0; i < n; i++)
        concerned = concerned || strcmp(options[i]->name, "key-file") == 0;
    const char *path = given(cli, "key-file");
    if (!path)
        path = environment("ALSTRACK_KEY_FILE");
    return concerned && path ? als_key_use(path, err) : ALS_OK;
}

/* ---- The file with the token ---- */

/* The folder is made when it is not there; NULL when there is no place for it. */
static const char *token_path(struct als_cli *cli, bool make)
{
    const char *base = environment("XDG_RUNTIME_DIR"), *home = environment("HOME");
    if (!base)
        base = environment("XDG_CONFIG_HOME");
    if (!base && home) {
        base = als_arena_printf(cli->arena, "%s/.config", home);
        if (make)
            (void)mkdir(base, 0700);
    }
    if (!base)
        return NULL;
    const char *folder = als_arena_printf(cli->arena, "%s/alstrack", base);
    if (make)
        (void)mkdir(folder, 0700);
    return als_arena_printf(cli->arena, "%s/session-%s", folder, als_store_uuid(cli->store));
}

static enum als_status write_token(struct als_cli *cli, const char token[ALS_TOKEN_TEXT],
                                   struct als_err *err)
{
    const char *path = token_path(cli, true);
    if (!path)
        return als_fail(err, ALS_CANNOT_CREATE, "E-SESSION-FILE",
                        "there is no home folder to keep a session in");
    (void)unlink(path);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool written = descriptor >= 0 && write(descriptor, token, ALS_TOKEN_TEXT - 1) > 0;
    int why = errno;
    if (descriptor >= 0)
        close(descriptor);
    if (!written)
        return als_fail(err, ALS_CANNOT_CREATE, "E-SESSION-FILE", "%s: %s", path, strerror(why));
    return ALS_OK;
}

/* Only a file that nobody else can read or write counts. */
static bool read_token(struct als_cli *cli, char token[ALS_TOKEN_TEXT])
{
    struct stat info;
    const char *path = token_path(cli, false);
    int descriptor = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    if (descriptor < 0)
        return false;
    bool good = fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode) &&
                info.st_uid == geteuid() && (info.st_mode & 077) == 0 &&
                read(descriptor, token, ALS_TOKEN_TEXT - 1) == ALS_TOKEN_TEXT - 1;
    token[ALS_TOKEN_TEXT - 1] = '\0';
    close(descriptor);
    return good;
}

/* ---- Who is it? ---- */

static enum als_status by_password(struct als_cli *cli, const char *user, const char *password,
                                   struct als_err *err)
{
    struct als_user found;
    enum als_status status = als_user_check(cli->store, user, password, cli->arena, &found, err);
    return status ? status : als_store_act_as(cli->store, &found, err);
}

/* The user of the session; id 0 when there is none, or one of somebody else than --user. */
static enum als_status read_session(struct als_cli *cli, struct als_user *user, struct als_err *err)
{
    char token[ALS_TOKEN_TEXT];
    const char *wanted = given(cli, "user");
    *user = (struct als_user){.id = 0};
    if (!read_token(cli, token))
        return ALS_OK;
    struct als_err over = {.status = ALS_OK};
    enum als_status status = als_session_find(cli->store, token, cli->arena, user, &over);
    if (status == ALS_NOT_PERMITTED ||
        (wanted && *wanted && !status && strcmp(wanted, user->user) != 0)) {
        *user = (struct als_user){.id = 0};
        return ALS_OK;
    }
    if (status)
        *err = over;
    return status;
}

static enum als_status ask(struct als_cli *cli, const char *user, char *password, bool *asked,
                           struct als_err *err)
{
    const char *path = given(cli, "password-file");
    *asked = true;
    if (path)
        return als_password_read(path, password, err);
    return als_password_ask(als_arena_printf(cli->arena, "Password for %s: ", user), password,
                            asked, err);
}

static enum als_status identify(struct als_cli *cli, struct als_err *err)
{
    char password[ALS_PASSWORD_ROOM];
    struct als_user session;
    bool asked = false;
    enum als_status status = read_session(cli, &session, err);
    if (status)
        return status;
    if (session.id && !given(cli, "password-file"))
        return als_store_act_as(cli->store, &session, err);
    const char *user = session.id ? session.user : als_cli_user(cli);
    status = ask(cli, user, password, &asked, err);
    if (!status && !asked) {
        als_fail(err, ALS_NOT_PERMITTED, "E-LOGIN", "%s: the study has users: who are you?",
                 als_store_path(cli->store));
        als_err_hint(err, "'alstrack login' opens a session; or give --user NAME --password-file "
                          "FILE");
        return ALS_NOT_PERMITTED;
    }
    if (!status)
        status = by_password(cli, user, password, err);
    als_password_wipe(password);
    return status;
}

enum als_status als_cli_authenticate(struct als_cli *cli, enum als_act act, struct als_err *err)
{
    struct als_user session;
    if (!als_store_has_users(cli->store))
        return ALS_OK;
    enum als_status status;
    if (act == ALS_ACT_FREE) {
        status = read_session(cli, &session, err);
        if (!status && session.id)
            status = als_store_act_as(cli->store, &session, err);
    } else {
        status = identify(cli, err);
    }
    return status ? status : als_may(cli->store, act, 0, err);
}

enum als_status als_cli_confirm_password(struct als_cli *cli, struct als_err *err)
{
    char password[ALS_PASSWORD_ROOM];
    struct als_user again;
    bool asked = false;
    const struct als_user *actor = als_store_actor(cli->store);
    if (!actor)
        return ALS_OK; /* als_sign says that there must be users */
    enum als_status status = ask(cli, actor->user, password, &asked, err);
    if (!status && !asked)
        status = als_fail(err, ALS_NOT_PERMITTED, "E-PASSWORD",
                          "a signature asks for the password again: at a terminal, or with "
                          "--password-file");
    if (!status)
        status = als_user_check(cli->store, actor->user, password, cli->arena, &again, err);
    als_password_wipe(password);
    return status;
}

enum als_status als_cli_log(struct als_cli *cli, const char *what, const char *detail,
                            struct als_err *err)
{
    struct als_err problem = {.status = ALS_OK};
    bool users = als_store_has_users(cli->store);
    enum als_status status =
        als_access_log(cli->store, users ? NULL : als_cli_user(cli), what, detail, &problem);
    if (!status)
        return ALS_OK;
    if (!users) {
        fprintf(stderr, "not recorded in the log of access: %s\n", problem.text);
        return ALS_OK;
    }
    *err = problem;
    als_err_hint(err, "in a study with users, what leaves it must be recorded");
    return status;
}

/* ---- login, logout ---- */

enum als_status als_cmd_login(struct als_cli *cli, struct als_err *err)
{
    char password[ALS_PASSWORD_ROOM], token[ALS_TOKEN_TEXT];
    struct als_user user = {.id = 0};
    bool asked = false;
    const char *name = als_cli_user(cli);
    enum als_status status = als_cli_open(cli, ALS_STORE_WRITE, err);
    if (!status && !als_store_has_users(cli->store)) {
        als_fail(err, ALS_USAGE, "E-NO-USERS", "%s: the study has no users, nobody need log in",
                 als_store_path(cli->store));
        als_err_hint(err, "'alstrack user add' enters the first, an admin");
        return ALS_USAGE;
    }
    if (!status)
        status = ask(cli, name, password, &asked, err);
    if (!status && !asked)
        status = als_fail(err, ALS_USAGE, "E-PASSWORD",
                          "no terminal to ask at: --password-file FILE, or - for standard input");
    if (!status)
        status = als_session_open(cli->store, name, password, cli->arena, token, &user, err);
    als_password_wipe(password);
    if (status && strcmp(err->code, "E-LOGIN") == 0 && !given(cli, "user"))
        als_err_hint(err, "asked for %s, who is logged in here: --user NAME is somebody else",
                     name);
    if (!status)
        status = write_token(cli, token, err);
    if (!status)
        fprintf(stderr,
                "logged in as %s, %s%s%s; the session ends after %d minutes without use, "
                "after %d hours, or with 'alstrack logout'\n",
                user.user, als_role_name(user.role), user.sites ? " of " : "",
                user.sites ? user.sites : "", ALS_SESSION_IDLE_SECONDS / 60,
                ALS_SESSION_ABSOLUTE_SECONDS / 3600);
    return status;
}

enum als_status als_cmd_logout(struct als_cli *cli, struct als_err *err)
{
    char token[ALS_TOKEN_TEXT];
    enum als_status status = als_cli_open(cli, ALS_STORE_WRITE, err);
    if (status)
        return status;
    if (!read_token(cli, token)) {
        fputs("nobody is logged in\n", stderr);
        return ALS_OK;
    }
    status = als_session_close(cli->store, token, err);
    if (!status && unlink(token_path(cli, false)) != 0)
        status = als_fail(err, ALS_IO, "E-SESSION-FILE", "%s: %s", token_path(cli, false),
                          strerror(errno));
    if (!status)
        fputs("logged out\n", stderr);
    return status;
}
