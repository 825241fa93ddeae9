/*
 * Who is at the command line. In a study with users, in this order:
 *   --password-file FILE   the password of --user, of the session's user, ALSTRACK_USER or the
 * login name; a session              opened by `alstrack login`, if it is that of --user or none
 * was named; the terminal           asks for the password. The token of a session lies in
 * $XDG_RUNTIME_DIR/alstrack, else in $XDG_CONFIG_HOME/alstrack or
 * ~/.config/alstrack, in a file for each study that only its owner can read.
 */
#ifndef ALSTRACK_CLI_LOGIN_H
#define ALSTRACK_CLI_LOGIN_H

#include "context.h"

/* Let the open store act as whoever is at the command line, who must be allowed to do `act`. With
 * ALS_ACT_FREE nobody is asked: a session counts, if there is one. */
ALS_CHECKED enum als_status als_cli_authenticate(struct als_cli *cli, enum als_act act,
                                                 struct als_err *err);
/* Ask for the actor's password again, for a signature. */
ALS_CHECKED enum als_status als_cli_confirm_password(struct als_cli *cli, struct als_err *err);
/* Seal and verify with the key of --key-file or ALSTRACK_KEY_FILE, if the command has to do with
 * one and there is one. */
ALS_CHECKED enum als_status als_cli_use_key(struct als_cli *cli, struct als_err *err);
/* --user, ALSTRACK_USER or the login name. */
const char *als_cli_user(struct als_cli *cli);

/* Record access before data leave. In a study without users a log that cannot be written is only
 * told; with users it is refused: what leaves must be recorded. */
ALS_CHECKED enum als_status als_cli_log(struct als_cli *cli, const char *what, const char *detail,
                                        struct als_err *err);

#endif
