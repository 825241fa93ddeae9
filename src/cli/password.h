/*
 * Asking for a password: never on the command line, never from the environment.
 */
#ifndef ALSTRACK_CLI_PASSWORD_H
#define ALSTRACK_CLI_PASSWORD_H

#include "context.h"

#define ALS_PASSWORD_ROOM 1200

/* The first line of a file, `-` being standard input. */
ALS_CHECKED enum als_status als_password_read(const char *path, char password[ALS_PASSWORD_ROOM],
                                              struct als_err *err);
/* From the terminal, without echo. *asked false when there is no terminal to ask at. */
ALS_CHECKED enum als_status als_password_ask(const char *prompt, char password[ALS_PASSWORD_ROOM],
                                             bool *asked, struct als_err *err);
/* A new one: --new-password-file, else asked for twice. */
ALS_CHECKED enum als_status als_password_new(struct als_cli *cli, const char *user,
                                             char password[ALS_PASSWORD_ROOM], struct als_err *err);
void als_password_wipe(char password[ALS_PASSWORD_ROOM]);

#endif
